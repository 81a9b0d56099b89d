"""Register workbooks as people open them: drop-downs, comments, sheets to look things up in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import simcore
from simcore.models.errors import PlanError
from simcore.models.formats.register_cells import EXPECTED
from simcore.models.formats.register_sheets import NOT_READ, flat_sheet, plain, sheets
from simcore.models.formats.register_write import SCALES, register_workbook
from tests.cli_cases import PLAN as SHED
from tests.cli_cases import RISKS, run
from tests.plan_equality import differences
from tests.register_books import PLAN, empty


def lists_of(page: Worksheet) -> dict[str, tuple[str, bool]]:
    """Drop-downs by header: where their words stand, and whether others are refused."""
    headers = {cell.column_letter: str(cell.value) for cell in page[1]}
    found = {}
    for validation in page.data_validations.dataValidation:
        column = str(validation.sqref)[: str(validation.sqref).index("2")]
        found[headers[column]] = str(validation.formula1), bool(validation.showErrorMessage)
    return found


def test_every_sheet_is_there_and_explained() -> None:
    book = empty()
    assert book.sheetnames[:3] == ["Guide", "Risks", "Impacts"]
    assert set(book.sheetnames) == {*sheets(), *NOT_READ, "Matrix"}
    for title, sheet in sheets().items():
        page = book[title]
        assert [cell.value for cell in page[1]] == [column.header for column in sheet.columns]
        assert page.freeze_panes == "B2"
        for cell, column in zip(page[1], sheet.columns, strict=True):
            assert cell.comment is not None
            assert column.help in cell.comment.text
            assert cell.comment.text.startswith("Needed. ") is (column.key in sheet.needs)
            assert page.column_dimensions[cell.column_letter].width == column.width
    guide = [str(cell.value) for row in book["Guide"].iter_rows() for cell in row]
    assert set(sheets()) <= set(guide)


def test_drop_downs() -> None:
    book = empty()
    risks, impacts = lists_of(book["Risks"]), lists_of(book["Impacts"])
    assert risks["Status"] == ('"open,closed"', True)
    assert risks["Probability"] == ("Scales!$A$2:$A$50", False)
    assert risks["Occurrence"][1] is False
    assert impacts["Risk"] == ("Risks!$A$2:$A$1000", True)
    assert impacts["Activity"] == ("Activities!$A$2:$A$5", False)
    assert lists_of(book["Uncertainty"])["Template"] == ("Templates!$A$2:$A$200", True)
    activities = [[cell.value for cell in row] for row in book["Activities"].iter_rows(min_row=2)]
    assert activities[0] == ["1010", "Piles", "C.1", "Piles", 20, "not started"]
    assert len(activities) == len(PLAN.activities)


def test_text_columns_keep_spreadsheets_from_making_dates_of_ranges() -> None:
    page = empty()["Impacts"]
    formats = {cell.value: page.column_dimensions[cell.column_letter].number_format for cell in page[1]}
    assert (formats["Activity"], formats["Duration"]) == ("@", "@")


def test_values_are_numbers_and_dates_where_they_are() -> None:
    sections = {"risks": {"R1": {"name": "=1+1", "probability": "12.5%", "mitigation": {"cost": "8000", "date": "2026-05-01"}}}}
    page = load_workbook(io.BytesIO(register_workbook(sections, PLAN)))["Risks"]
    cells = {page.cell(1, cell.column).value: cell for cell in page[2]}
    assert (cells["Probability"].value, cells["Probability"].number_format) == (0.125, "0.0##%")
    assert cells["Action cost"].value == 8000
    assert cells["Action date"].is_date
    assert (cells["Name"].value, cells["Name"].data_type) == ("=1+1", "s")


def test_the_heat_map_counts_words() -> None:
    page = empty()["Heat map"]
    assert page["A4"].value == '=IF(Scales!$A$6="","",Scales!$A$6)'
    assert page["B9"].value == '=IF(Scales!$A$2="","",Scales!$A$2)'
    assert page["F4"].value.startswith('=SUMPRODUCT((Impacts!$E$2:$E$1000=F$9)*(Impacts!$E$2:$E$1000<>"")')
    assert "Risks!$G$2:$G$1000,$A4" in page["F4"].value
    assert page["F4"].fill.fgColor.rgb != page["B8"].fill.fgColor.rgb


def test_words_of_a_new_register_grow() -> None:
    assert {len(words) for words in SCALES.values()} == {5}
    chances = [float(text.rstrip("%")) for text in SCALES["probability"].values()]
    assert chances == sorted(chances)


def test_a_text_that_no_cell_holds_is_refused() -> None:
    with pytest.raises(PlanError, match=r"r\.xlsx sheet 'Risks' cell C2: a text of 40,000 characters does not fit"):
        register_workbook({"risks": {"R1": {"description": "x" * 40_000}}}, PLAN, "r.xlsx")


def test_the_table_of_columns_is_sound() -> None:
    for sheet in (*sheets().values(), flat_sheet()):
        keys = [column.key for column in sheet.columns]
        headers = [plain(column.header) for column in sheet.columns]
        assert len(set(keys)) == len(keys)
        assert len(set(headers)) == len(headers)
        assert set(sheet.needs) <= set(keys)
        for column in sheet.columns:
            assert column.kind in {*EXPECTED, "text"}
            assert column.help
            assert len(f'"{",".join(column.choices)}"') < 256


@pytest.fixture
def shed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plan.yaml").write_text(SHED)
    (tmp_path / "risks.yaml").write_text(RISKS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_new_registers(shed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "register.xlsx", "--excel", "--plan", "plan.yaml") == 0
    said = capsys.readouterr().out
    assert "Wrote register.xlsx: the drop-downs offer 4 activities" in said
    assert "Next: simcore run plan.yaml --risks register.xlsx --report report.html" in said
    assert run("new", "register.xlsx", "--excel", "--plan", "plan.yaml") == 1
    assert "register.xlsx exists already" in capsys.readouterr().err
    assert run("new", "folder", "--excel", "--plan", "plan.yaml") == 0
    assert run("new", "empty.xlsx", "--excel") == 0
    assert (shed / "folder" / "register.xlsx").is_file()
    for book in ("register.xlsx", "folder/register.xlsx", "empty.xlsx"):
        assert simcore.read("plan.yaml", risks=book).risks == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["r.xlsx"], "A register is written with --excel"), (["d", "--plan", "plan.yaml"], "A register is written with --excel"),
     (["r.xlsx", "--excel", "--template", "starter"], "--template is for a new plan")],
)  # fmt: skip
def test_wrong_usage(arguments: list[str], message: str, shed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("template", ["starter", "plant-shutdown", "quay"])
def test_new_projects_with_a_workbook(template: str, shed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "with", "--excel", "--template", template) == 0
    assert run("new", "without", "--template", template) == 0
    plan = next(path for path in (shed / "with").iterdir() if path.name != "register.xlsx")
    assert not (shed / "with" / "risks.yaml").exists()
    read = simcore.read(plan, risks=shed / "with" / "register.xlsx")
    yaml = shed / "without" / "risks.yaml"
    expected = simcore.read(plan, risks=yaml) if yaml.exists() else simcore.read(plan)
    assert [line for line in differences(expected, read) if not line.startswith("scales")] == []
    assert set(read.scales) == set(SCALES)


def test_converting_says_what_it_wrote(shed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", "plan.yaml", "r.xlsx", "--risks", "risks.yaml") == 0
    assert capsys.readouterr().out == "Wrote r.xlsx: 1 risk, 1 impact, 0 factors.\n"
    assert run("convert", "plan.yaml", "-", "--only-risks", "--risks", "r.xlsx") == 0
    printed = capsys.readouterr().out
    assert "R1: {name: Rock, probability: 50%" in printed
    assert 'where: {id: dig}, duration: "triangular(4d, 5d, 9d)"' in printed
    assert "activities:" not in printed
    assert run("convert", "plan.yaml", "r.json", "--only-risks", "--risks", "r.xlsx") == 0
    assert simcore.read("plan.yaml", risks="r.json").risks == simcore.read("plan.yaml", risks="risks.yaml").risks
    assert run("convert", "plan.yaml", "r.xlsx", "--risks", "r.xlsx") == 2


def test_a_workbook_is_no_plan(shed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "r.xlsx", "--excel") == 0
    assert run("schedule", "r.xlsx") == 1
    expected = "r.xlsx: is a workbook, not a plan. A register goes with its plan: simcore run PLAN --risks r.xlsx."
    assert capsys.readouterr().err.strip() == expected
