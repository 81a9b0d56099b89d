"""What people do to a register is understood, and what is not read is said."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

import simcore
from simcore.models.branches import ConditionalBranch
from simcore.models.distributions import Triangular, Uniform
from simcore.models.formats.register import is_register, merge_register
from simcore.models.formats.register_cells import Cell, cell_text
from simcore.models.plan import Plan
from tests.register_books import PLAN, book_of, data_of, empty, problems_of, put, read_book

DAY = 480


def csv_of(*lines: str, encoding: str = "utf-8") -> Plan:
    return merge_register(PLAN, "\n".join(lines).encode(encoding), "risks.csv")


def notes_of(plan: Plan) -> list[str]:
    return [str(note) for note in plan.notes if "register.xlsx" in note.where or "risks.csv" in note.where]


def test_an_empty_register_adds_nothing_but_its_words() -> None:
    plan = read_book(empty())
    assert (plan.risks, plan.factors, plan.correlations, plan.activities) == ((), (), (), PLAN.activities)
    assert list(plan.scales["probability"]) == ["very low", "low", "medium", "high", "very high"]
    assert notes_of(plan) == []


def test_a_filled_register() -> None:
    book = empty()
    put(book, "Risks", 2, Risk_ID="R1", Name="Late", Description="Very", Category="Supply", Owner="Ann", Status="Open",
        Probability=0.3, Window_from=datetime(2026, 5, 1), Window_to=datetime(2026, 9, 30))  # fmt: skip
    put(book, "Risks", 2, Strikes="Start", Shared="Yes", Action="Order early", Action_cost=8000, Action_date=datetime(2026, 4, 1),
        Action_owner="Bob", Post_probability="very LOW")  # fmt: skip
    book["Risks"]["G2"].number_format = "0%"
    put(book, "Impacts", 2, Risk="R1", Activity="1010; crane", Duration="triangular(1d, 2d, 5d)", Cost="medium")
    put(book, "Impacts", 3, Risk="R1", When="post", Activity="crane", Duration="high")
    put(book, "Impacts", 4, Risk="R1", Link="1020 -> crane", Lag="uniform(1d, 2d)")
    put(book, "Actions", 2, Risk="R1", Action="Watch", Cost=100)
    plan = read_book(book)
    risk = plan.risks[0]
    assert (risk.name, risk.description, risk.category, risk.owner, risk.status) == ("Late", "Very", "Supply", "Ann", "open")
    assert (risk.probability, risk.window, risk.strikes) == (0.3, (datetime(2026, 5, 1), datetime(2026, 10, 1)), "start")
    assert risk.shared
    assert [impact.activity or impact.link for impact in risk.impacts] == ["1010", "crane", "1020 -> crane"]
    assert risk.impacts[0].duration == Triangular(1 * DAY, 2 * DAY, 5 * DAY)
    assert risk.impacts[0].cost == Uniform(0.05, 0.1, relative=True)
    assert risk.mitigation is not None
    assert [(a.name, a.cost, a.date, a.owner) for a in risk.mitigation.actions] == [
        ("Order early", 8000.0, datetime(2026, 4, 1), "Bob"), ("Watch", 100.0, None, ""),
    ]  # fmt: skip
    assert risk.mitigation.probability == 0.05
    assert [impact.duration for impact in risk.mitigation.impacts or ()] == [Uniform(0.2, 0.4, relative=True)]


def test_columns_in_any_order_under_other_names_with_titles_above_and_strangers_beside() -> None:
    book = book_of(
        Risks=[
            ["Register of the quay, revision 7", None, None, None],
            [],
            [" LIKELIHOOD (%)", "RAG status", "risk-id ", "Title", "Residual   probability"],
            [" 30 % ", "amber", " R1 ", "Late", 0.1],
            [None, None, None, None, None],
            ["", "red", "", "", ""],
        ],
        Notes=[["Anything"]],
    )
    plan = read_book(book)
    assert [(risk.id, risk.name, risk.probability) for risk in plan.risks] == [("R1", "Late", 0.3)]
    assert plan.risks[0].mitigation is not None
    assert plan.risks[0].mitigation.probability == 0.1
    assert notes_of(plan) == [
        "register.xlsx sheet 'Risks' cell B3: Ignored: the column 'RAG status', which is not one of a register.",
        "register.xlsx sheet 'Notes': Ignored: the sheet 'Notes', which is not one of a register.",
    ]


@pytest.mark.parametrize(
    ("written", "ids"),
    [(1010, ["1010"]), (1010.0, ["1010"]), ("1010; 1020", ["1010", "1020"]), ("1010\n1020", ["1010", "1020"]),
     ("1010, 1020", ["1010", "1020"]), ("[1010, 1020]", ["1010", "1020"]), ("{wbs: C}", ["1010", "1020"]),
     (" crane ", ["crane"])],
)  # fmt: skip
def test_ids_in_a_cell(written: object, ids: list[str]) -> None:
    book = book_of(Risks=[["Risk ID"], [7]], Impacts=[["Risk", "Activity", "Duration"], [7.0, written, "2d"]])
    assert [impact.activity for impact in read_book(book).risks[0].impacts] == ids


@pytest.mark.parametrize(
    ("written", "expected"),
    [("triangular(2,5d; 5d; 7,5d)", Triangular(2.5 * DAY, 5 * DAY, 7.5 * DAY)), ("Uniform( 1d ; 2d )", Uniform(DAY, 2 * DAY)),
     ("UNIFORM(5%, 10%)", Uniform(0.05, 0.1, relative=True))],
)  # fmt: skip
def test_ranges_with_semicolons_and_decimal_commas(written: str, expected: object) -> None:
    book = book_of(Risks=[["ID"], ["R1"]], Impacts=[["Risk", "Task ID", "Delay"], ["R1", "1010", written]])
    assert read_book(book).risks[0].impacts[0].duration == expected


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(Cell(0.07, True), "chance", "7%"), (Cell(0.3), "chance", "0.3"), (Cell("0,3"), "chance", "0.3"),
     (Cell("12,5 %"), "chance", "12.5 %"), (Cell("8,000"), "money", "8,000"), (Cell("8000,50"), "money", "8000.50"),
     (Cell(1e6), "money", "1000000"), (Cell("31.5.2026"), "date", "2026-05-31"), (Cell("2026/5/31"), "date", "2026-05-31"),
     (Cell(date(2026, 5, 31)), "date", "2026-05-31"),
     (Cell(datetime(2026, 5, 31, 17)), "date", "2026-05-31T17:00"), (Cell("x"), "flag", "yes"), (Cell(False), "flag", "no"),
     (Cell(1.0), "flag", "yes"), (Cell(" a b "), "text", " a b "), (Cell(3.0), "text", "3"), (Cell(0.2, True), "range", "20%"),
     (Cell("  "), "text", ""), (Cell(None), "id", "")],
)  # fmt: skip
def test_cells(value: Cell, kind: str, text: str) -> None:
    assert cell_text(value, kind) == text


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [(time(5, 10), "range", "a time of day"), (date(2026, 1, 1), "money", "stands where an amount of money is expected"),
     (True, "money", "TRUE stands where"), (46000.0, "end date", "format the cell as a date")],
)  # fmt: skip
def test_cells_of_the_wrong_kind(value: object, kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cell_text(Cell(value), kind)


def test_ranges_templates_factors_and_correlations() -> None:
    book = book_of(
        Templates=[["Name", "Duration", "Cost per day"], ["novel", "pert(80%, 100%, 200%)", "uniform(90%, 120%)"]],
        Uncertainty=[
            ["WBS", "Activity ID", "Template", "Duration"],
            ["C", None, "novel", None],
            [None, "cr*; x*", None, "uniform(9d, 12d)"],
        ],
        Factors=[["Factor", "Range", "Applies to"], ["crew", "uniform(90%, 120%)", "1010; 1020"]],
        Correlations=[
            ["Variables", "Group", "Quantity", "Rank", "Copula"],
            ["duration of 1010; rate of 1010", None, None, 0.5, "t(4)"],
            [None, "{wbs: C}", "duration", "0,3", None],
        ],
    )
    plan = read_book(book)
    ranges = {a.id: a.uncertainty.label for a in plan.activities if a.uncertainty is not None}
    assert ranges == {"1010": "pert", "1020": "pert", "crane": "uniform"}
    assert plan.factors[0].applies_to == ("1010", "1020")
    assert [(c.between, c.rank, c.degrees) for c in plan.correlations] == [
        (("duration of 1010", "rate of 1010"), 0.5, 4.0), (("duration of 1010", "duration of 1020"), 0.3, None),
    ]  # fmt: skip


def test_a_single_sheet_of_any_name_is_the_list_of_risks() -> None:
    rows = [["No", "Risk", "P", "Activity", "Delay"], [1, "Late", 0.2, "1010", "2d"], [1, None, None, "1020", "1d"]]
    plan = read_book(book_of(Tabelle1=rows))
    assert [(r.id, r.name, [i.activity for i in r.impacts]) for r in plan.risks] == [("1", "Late", ["1010", "1020"])]


def test_variables_between_commas_and_merged_cells_of_others() -> None:
    book = book_of(
        Uncertainty=[["Duration", "My notes", "More of them"], ["uniform(90%, 120%)", "a", "b"]],
        Correlations=[["Variables", "Rank"], ["duration of 1010, duration of 1020", 0.5]],
    )
    book["Uncertainty"].merge_cells("B2:C3")
    assert read_book(book).correlations[0].between == ("duration of 1010", "duration of 1020")


def test_a_matrix_with_one_triangle() -> None:
    names = ["duration of 1010", "duration of 1020", "duration of crane"]
    plan = PLAN.with_changes()
    rows = [[None, *names], [names[0], 1], [names[1], 0.5, 1], [names[2], None, 0.25, 1]]
    ranges = [["Duration"], ["triangular(90%, 100%, 130%)"]]
    for sheets in ({"Matrix": rows}, {"Correlations": [["Matrix", "Copula"], ["matrix west", "gaussian"]], "Matrix west": rows}):
        found = read_book(book_of(Uncertainty=ranges, **sheets), plan).correlations
        assert found[0].between == tuple(names)
        assert found[0].matrix == ((1.0, 0.5, 0.0), (0.5, 1.0, 0.25), (0.0, 0.25, 1.0))


def test_branches_weather_scenarios_and_settings() -> None:
    book = book_of(
        Risks=[["ID"], ["R1"]],
        Branches=[
            ["Branch", "Name", "Path", "Weight", "Activities", "When", "Then", "Stop"],
            ["test", "Test", "Passed", 0.7, None, None, None, None],
            ["test", None, "Failed", 0.3, "crane", None, None, None],
            ["plan b", None, None, None, None, "duration of 1010 > 70d", "1020", "yes"],
        ],
        Weather=[["Calendar", "Jan", "feb", "Persistence", "Region"], ["standard", 0.4, "25%", 0.3, "coast"]],
        Scenarios=[["Scenario", "Name", "Base", "Mitigate"], ["cheap", "Cheap", "pre", "R1"]],
        Settings=[["Setting", "Value"], ["focus", "done; crane"], ["currency", "EUR"]],
    )
    plan = read_book(book)
    first, second = plan.branches
    assert [(path.name, path.weight, path.activities) for path in first.paths] == [
        ("Passed", 0.7, ()), ("Failed", 0.3, ("crane",)),
    ]  # fmt: skip
    assert isinstance(second, ConditionalBranch)
    assert (second.quantity, second.limit, second.then, second.stop) == ("duration", 70 * DAY, ("1020",), True)
    assert plan.weather[0].monthly[:3] == (0.4, 0.25, 0.0)
    assert (plan.weather[0].persistence, plan.weather[0].region) == (0.3, "coast")
    assert plan.scenarios[0].mitigate == ("R1",)
    assert [ref.id for ref in plan.focus] == ["done", "crane"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_register_with_one_row_an_impact(separator: str, encoding: str) -> None:
    lines = [
        ["Risk ID", "Name", "Probability", "Activity", "Duration", "Cost", "Post probability"],
        ["R1", "Später", "30%", "1010", '"triangular(1d, 2d, 5d)"', "", "10%"],
        ["R1", "", "", "1020", '"uniform(1d, 4d)"', "500", ""],
        ["R2", '"Two\nlines"', "0.5", "crane", "", '"uniform(5%, 25%)"', ""],
    ]
    plan = csv_of(*(separator.join(line) for line in lines), encoding=encoding)
    assert [(r.id, r.name, r.probability, [i.activity for i in r.impacts]) for r in plan.risks] == [
        ("R1", "Später", 0.3, ["1010", "1020"]), ("R2", "Two\nlines", 0.5, ["crane"]),
    ]  # fmt: skip


def test_mistakes_in_csv_name_line_and_column() -> None:
    with pytest.raises(simcore.PlanError) as caught:
        csv_of("ID;Name;Probability;Activity;Duration", 'R1;"a\nb";0,3;1010;2d', "R2;;30;1010;2d", "R1;other;;1020;1d")
    assert str(caught.value).splitlines() == [
        "risks.csv:4 column C risk 'R2' probability: the probability 30 is not between 0% and 100%; write 30% for a percentage.",
        "risks.csv:5 column A: the risk 'R1' is there already, in risks.csv:2 column A. Give every risk an id of its own.",
    ]


def test_formulas_count_with_their_result(tmp_path: Path) -> None:
    """Values that a spreadsheet has stored with its formulas; those of a heat map that nobody has opened do not matter."""
    data = data_of(book_of(Risks=[["ID", "Probability"], ["R1", "=0.1+0.2"]]))
    name = "xl/worksheets/sheet1.xml"
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == name:
                content = content.replace(b"<v></v>", b"<v>0.3</v>").replace(b"<v />", b"<v>0.3</v>")
            new.writestr(entry, content)
    assert merge_register(PLAN, stream.getvalue(), "register.xlsx").risks[0].probability == 0.3


def test_what_a_file_is_its_content_says(tmp_path: Path) -> None:
    data = data_of(book_of(Risks=[["ID"], ["R1"]]))
    assert is_register(data, "risks.yaml")
    assert is_register(b"ID\nR1", "risks.csv")
    assert not is_register(b"risks: {}", "risks.xlsx")
    (tmp_path / "plan.yaml").write_text("project: {start: 2026-03-02}\nactivities: {A: {duration: 1d}}\n")
    (tmp_path / "register").write_bytes(data)
    assert [risk.id for risk in simcore.read(tmp_path / "plan.yaml", risks=tmp_path / "register").risks] == ["R1"]


def test_files_beside_the_workbook_are_found(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("project: {start: 2026-03-02}\nactivities: {A: {duration: 10d}}\n")
    days = (date(2025, 1, 1) + timedelta(days=n) for n in range(365))
    lines = [f"{day.isoformat()},{15 if day.month == 1 else 3}" for day in days]
    (tmp_path / "wind.csv").write_text("\n".join(["Date,wind", *lines]))
    rows = [["Calendar", "Record", "Date column", "Value column", "Above"], ["standard", "wind.csv", "Date", "wind", 12]]
    (tmp_path / "r.xlsx").write_bytes(data_of(book_of(Weather=rows)))
    found = simcore.read(tmp_path / "plan.yaml", risks=tmp_path / "r.xlsx").weather[0].record
    assert [sum(year) for year in found] == [31]


def test_an_untouched_workbook_can_be_opened_again() -> None:
    book = load_workbook(io.BytesIO(data_of(empty())))
    put(book, "Risks", 2, Risk_ID="R1", Probability=7)
    assert problems_of(book)[0].startswith("register.xlsx sheet 'Risks' cell G2 risk 'R1' probability: the probability 7")
