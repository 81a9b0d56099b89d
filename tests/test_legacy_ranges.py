"""Three-point estimates and distributions in the custom fields of Microsoft Project and Primavera P6."""

from __future__ import annotations

from pathlib import Path

import pytest

import simcore
from simcore.models.distributions import Normal, Pert, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.legacy_ranges import AUTO, field_ranges_noted, ranges_from_fields
from simcore.models.legacy_values import legacy_expression
from simcore.models.plan import Activity, Plan
from tests.cli_cases import run
from tests.mspdi_documents import document
from tests.mspdi_documents import fields as elements
from tests.mspdi_documents import read as read_project
from tests.mspdi_documents import task as project_task
from tests.p6_cases import PLAN as P6
from tests.p6_cases import read as read_p6
from tests.p6_plans import plan, task
from tests.shared_data import SHARED, needs_shared

DAY = 480.0
USUAL = Triangular(8 * DAY, 10 * DAY, 15 * DAY)


def plan_with(*fields: dict[str, str]) -> Plan:
    """Activities A0, A1 ... of ten days with these custom fields."""
    return plan(*(task(f"A{n}", 10, fields=values) for n, values in enumerate(fields)))


def first(changed: Plan) -> object:
    return changed.activities[0].uncertainty


@pytest.mark.parametrize(
    "names",
    [("Optimistic", "Most Likely", "Pessimistic"), ("Min Duration", "Most Likely Duration", "Max Duration"),
     ("Low", "Base", "High"), ("Opti", "ML", "Pess"),
     ("Optimistic Dur.", "Expected Dur.", "Pessimistic Dur."), ("BEST CASE", "Realistic", "worst-case"),
     ("Risk Input - Duration Minimum", "Risk Input - Duration Most Likely", "Risk Input - Duration Maximum"),
     ("Minimum remaining duration (d)", "Likely remaining duration (d)", "Maximum remaining duration (d)")],
)  # fmt: skip
def test_estimates_are_recognised_by_the_names_of_their_fields(names: tuple[str, str, str]) -> None:
    found = ranges_from_fields(plan_with(dict(zip(names, ("8d", "10d", "15d"), strict=True))))
    assert first(found) == USUAL
    assert "Taken: ranges of the remaining duration of 1 activity from" in str(found.notes[0])
    assert found.ranges_from["duration of A0"].startswith("fields ")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(("8", "10", "15"), USUAL), (("PT64H0M0S", "PT80H", "P0DT120H0M0S"), USUAL),
     (("64 hrs", "2 wks", "15 days?"), USUAL),
     (("7,5", "10,0", "15"), Triangular(7.5 * DAY, 10 * DAY, 15 * DAY)),
     (("80%", "100%", "150%"), Triangular(0.8, 1.0, 1.5, relative=True)), (("8", "", "15"), USUAL),
     (("0", "0", "0"), None), (("", "", ""), None), (("PT0H0M0S", "PT0H0M0S", "PT0H0M0S"), None)],
)  # fmt: skip
def test_values_of_estimates(texts: tuple[str, str, str], expected: object) -> None:
    fields = dict(zip(("Min", "ML", "Max"), texts, strict=True))
    assert first(ranges_from_fields(plan_with({k: v for k, v in fields.items() if v}, {"Min": "1d", "Max": "99d"}))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Triangular(5;10;15)", Triangular(5 * DAY, 10 * DAY, 15 * DAY)),
     ("triangle(5, 10, 15)", Triangular(5 * DAY, 10 * DAY, 15 * DAY)),
     ("BetaPert(5d; 10d; 15d)", Pert(5 * DAY, 10 * DAY, 15 * DAY)), ("Uniform(2,5;7,5)", Uniform(2.5 * DAY, 7.5 * DAY)),
     ("Normal(80h; 16h)", Normal(10 * DAY, 2 * DAY)), ("=RiskTriang(5,10,15)", Triangular(5 * DAY, 10 * DAY, 15 * DAY)),
     ("Remaining Duration=RiskPert(90%;100%;120%)", Pert(0.9, 1.0, 1.2, relative=True))],
)  # fmt: skip
def test_distributions_as_text(text: str, expected: object) -> None:
    assert first(ranges_from_fields(plan_with({"Text7": text}, {"Text7": ""}))) == expected
    assert first(ranges_from_fields(plan_with({"Text7": text}), "text7")) == expected


@pytest.mark.parametrize("text", ["Excavate (north; south)", "Triangular", "Uniform(1;2;3)", "Normal(a;b)", "Approved (2)", ""])
def test_other_texts_are_no_distributions(text: str) -> None:
    assert legacy_expression(text) is None


def test_a_field_names_the_distribution_and_what_is_assumed_is_told() -> None:
    three = {"Min": "8", "ML": "10", "Max": "15"}
    shapes = ("BetaPert", "Uniform", "Triangle", "", "Weird")
    found = ranges_from_fields(plan_with(*({**three, "Curve": shape} for shape in shapes)))
    labels = [a.uncertainty.label for a in found.activities if a.uncertainty]
    assert labels == ["pert", "uniform", "triangular", "triangular", "triangular"]
    assert [str(note) for note in found.notes] == [
        "Taken: ranges of the remaining duration of 5 activities from 'Min', 'ML', 'Max', 'Curve'.",
        "Assumed: numbers without a unit are days (5 activities).",
        "Assumed: the distribution 'Weird' is triangular (1 activity).",
    ]


def test_hours_are_hours_where_the_name_says_so() -> None:
    found = ranges_from_fields(plan_with({"Min (hours)": "8", "ML hrs": "10", "Max (h)": "15"}))
    assert first(found) == Triangular(480.0, 600.0, 900.0)


def test_fields_can_be_named() -> None:
    source = plan_with({"Duration1": "PT64H", "Duration2": "PT80H", "Duration3": "PT120H"})
    assert first(ranges_from_fields(source, "Duration1, duration2, Duration3")) == USUAL
    with pytest.raises(PlanError, match=r"no custom field looks like .* Name them: --ranges-from-fields MIN,MODE,MAX"):
        ranges_from_fields(source, AUTO)
    with pytest.raises(PlanError, match=r"no activity has a field 'Duration4'\. Did you mean 'Duration"):
        ranges_from_fields(source, "Duration1,Duration2,Duration4")
    with pytest.raises(PlanError, match=r"'a,b' names neither one field nor three"):
        ranges_from_fields(source, "a,b")


def test_impossible_estimates_name_their_activities_all_at_once() -> None:
    wrong = ({"Min": "12d", "ML": "10d", "Max": "15d"}, {"Min": "soon", "Max": "9d"}, {"Min": "3d"}, {"Min": "1d", "Max": "20%"})
    with pytest.raises(PlanError) as caught:
        ranges_from_fields(plan_with(*wrong))
    lines = str(caught.value).splitlines()
    assert lines[0] == (
        "activity 'A0' fields 'Min', 'ML', 'Max': triangular: the minimum 12d is above the mode 10d; "
        "swap them or correct the estimate."
    )
    assert lines[1] == "activity 'A1' fields 'Min', 'ML', 'Max': 'soon' is not a duration; write a number and a unit, such as 5d."
    assert lines[2] == "activity 'A2' fields 'Min', 'ML', 'Max': 'Max' is empty; write it, or clear the others too."
    assert "mixes percentages" in lines[3]
    with pytest.raises(PlanError, match=r"activity 'A0' field 'T': 'sometime' is no distribution"):
        ranges_from_fields(plan_with({"T": "sometime"}), "T")


def test_own_ranges_win_and_done_work_does_not_vary() -> None:
    three = {"Min": "8d", "ML": "10d", "Max": "15d"}
    own = Uniform(DAY, 2 * DAY)
    source = plan(
        task("A", 10, fields=three, uncertainty=own), task("B", 10, fields=three, inactive=True),
        Activity(project="P", id="M", fields=three), task("C", 10, fields=three),
    )  # fmt: skip
    assert [a.uncertainty for a in ranges_from_fields(source).activities] == [own, None, None, USUAL]


def test_a_note_says_that_there_are_ranges() -> None:
    noted = field_ranges_noted(plan_with({"Optimistic": "8d", "Pessimistic": "15d"}))
    assert [str(note) for note in noted.notes] == [
        "Ignored: the fields 'Optimistic', 'Pessimistic' look like ranges of the durations of 1 activity. "
        "--ranges-from-fields auto takes them."
    ]
    plain = plan_with({"Low": "yes", "Comment": "max"})
    assert field_ranges_noted(plain) is plain


def _attribute(field: str, value: str) -> str:
    return f"<ExtendedAttribute>{elements(FieldID=field, Value=value)}</ExtendedAttribute>"


def _project_file() -> bytes:
    ids = ("188743783", "188743784", "188743785")
    names = ("Optimistic", "Most likely", "Pessimistic")
    book = "".join(
        f"<ExtendedAttribute>{elements(FieldID=i, FieldName=f'Duration{n}', Alias=name)}</ExtendedAttribute>"
        for n, (i, name) in enumerate(zip(ids, names, strict=True), start=1)
    )
    values = "".join(_attribute(i, text) for i, text in zip(ids, ("PT6H0M0S", "PT8H0M0S", "PT16H0M0S"), strict=True))
    return document(project_task(1, body=values), extra=f"<ExtendedAttributes>{book}</ExtendedAttributes>")


def test_duration_fields_of_microsoft_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.xml"
    path.write_bytes(_project_file())
    assert first(simcore.read(path, ranges_from_fields="auto")) == Triangular(360.0, 480.0, 960.0)
    assert any("look like ranges" in note.what for note in simcore.read(path).notes)
    assert run("convert", path, tmp_path / "plan.yaml", "--ranges-from-fields", "auto") == 0
    assert "Taken: ranges of the remaining duration of 1 activity" in capsys.readouterr().err
    assert first(simcore.read(tmp_path / "plan.yaml")) == Triangular(360.0, 480.0, 960.0)


def test_ranges_of_the_plan_win_over_rules_of_a_risks_file(tmp_path: Path) -> None:
    (tmp_path / "plan.xml").write_bytes(_project_file())
    (tmp_path / "risks.yaml").write_text('uncertainty: {duration: "uniform(1d, 2d)"}\n')
    found = simcore.read(tmp_path / "plan.xml", tmp_path / "risks.yaml", ranges_from_fields="auto")
    assert first(found) == Triangular(360.0, 480.0, 960.0)


def test_a_text_field_of_microsoft_project() -> None:
    body = _attribute("188743731", "Triangular(1;2;5)")
    assert first(ranges_from_fields(read_project(project_task(1, body=body)))) == Triangular(DAY, 2 * DAY, 5 * DAY)


def test_user_defined_fields_of_p6() -> None:
    labels = ("Min Duration", "ML Duration", "Max Duration")
    tables = {
        **P6,
        "UDFTYPE": [{"udf_type_id": str(n), "table_name": "TASK", "udf_type_label": text} for n, text in enumerate(labels)],
        "UDFVALUE": [{"udf_type_id": str(n), "fk_id": "11", "udf_number": text} for n, text in enumerate(("4", "5", "8"))],
    }
    assert first(ranges_from_fields(read_p6(tables))) == Triangular(4 * DAY, 5 * DAY, 8 * DAY)


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "plans" / "p6").glob("*.xer"))[:12], ids=lambda path: path.stem)
def test_real_plans_are_not_mistaken(path: Path) -> None:
    found = simcore.read(path)
    assert not [note for note in found.notes if "--ranges-from-fields" in note.fix]
