"""The writer of the native format: what it writes is read back as the same plan, and looks as people write it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.formats.native import read_native
from simcore.models.formats.native_write import to_json, to_yaml
from simcore.models.formats.native_yaml import WIDTH, document, scalar
from simcore.models.plan import Activity, Plan, Project, Ref, Relationship
from tests.native_documents import plan_of
from tests.plan_equality import differences
from tests.plan_strategies import plans
from tests.shared_data import SHARED, needs_shared

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(plans())
def test_plans_are_read_back_as_they_were_written(plan: Plan) -> None:
    assert differences(plan, read_native(to_yaml(plan).encode(), "plan.yaml")) == []
    assert differences(plan, read_native(to_json(plan).encode(), "plan.json")) == []


def real_files() -> list[Path]:
    folders = ("micro", "p6", "other_formats")
    suffixes = (".xer", ".xml")
    return [path for name in folders for path in sorted((SHARED / "plans" / name).glob("*")) if path.suffix in suffixes]


@needs_shared
@pytest.mark.parametrize("path", real_files(), ids=lambda path: path.name)
def test_real_plans_lose_nothing(path: Path) -> None:
    try:
        plan = simcore.read(path)
    except simcore.PlanError:
        pytest.skip("not a plan, or a broken one")
    assert differences(plan, read_native(to_yaml(plan).encode(), "plan.yaml")) == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/plan.yaml")), ids=lambda path: path.parent.name)
def test_examples_lose_nothing(path: Path) -> None:
    plan = simcore.read(path, risks=path.with_name("risks.yaml"))
    assert differences(plan, read_native(to_yaml(plan).encode(), "plan.yaml")) == []


def test_writing_twice_gives_the_same_text() -> None:
    plan = simcore.read(EXAMPLES / "pump-station" / "plan.yaml")
    assert to_yaml(read_native(to_yaml(plan).encode(), "plan.yaml")) == to_yaml(plan)


WRITTEN = """\
format: 1

project:
  name: Pump station
  start: 2026-03-02
  calendar: standard
  currency: EUR
  focus: [done]

calendars:
  standard: {week: {mon-fri: [08:00-12:00, 13:00-17:00]}, holidays: [2026-04-03, 2026-12-24..2027-01-02]}
  night: {week: {mon-fri: [22:00-06:00]}, exceptions: {2026-04-11: [08:00-12:00]}}

wbs:
  A: Construction
  A.1: "Civil, works"

activities:
  survey: {name: Site survey, wbs: A.1, duration: 10d, uncertainty: "triangular(8d, 10d, 15d)"}
  design:
    name: Detailed design of everything there is to be designed in this station
    duration: 40d
    uncertainty: "triangular(90%, 100%, 130%)"
    after: [survey SS+10d, survey FF+50%]
    cost: {fixed: 180000, per_day: {value: 2400.5, uncertainty: "pert(90%, 100%, 140%)"}}
  done: {type: finish milestone, after: [design], constraint: {finish_no_later_than: 2026-12-18}}

risks:
  R1:
    probability: 30%
    impacts: [{activity: survey, duration: "triangular(20d, 40d, 90d)"}]
    mitigation: {cost: 15000, probability: 10%}

correlations:
  - {between: [duration of survey, duration of design], rank: 0.5}
"""


def test_it_looks_as_people_write_it() -> None:
    assert to_yaml(plan_of(WRITTEN)) == WRITTEN


@settings(max_examples=400)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, unique=True))
def test_any_text_survives_as_key_and_as_value(values: list[str]) -> None:
    sections = {"outer": {value: [value, {value: value}] for value in values}}
    loaded = yaml.load(document(sections), Loader=yaml.CBaseLoader)
    assert loaded == sections


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**18), 10**18)))
def test_numbers_are_exact(value: float) -> None:
    assert float(scalar(value)) == float(value)


@pytest.mark.parametrize(
    "word", ["yes", "NO", "null", "~", "1.10", "010", "1e3", "0x1F", "12:30", "-", "", ".5", ".inf", "=x", "a: b", "#"]
)
def test_texts_that_look_like_something_else_are_quoted(word: str) -> None:
    assert scalar(word).startswith('"')


def test_half_characters_are_replaced_where_they_cannot_be_written() -> None:
    assert scalar("a\ud800b") == '"a\\uFFFDb"'


def test_long_lists_are_wrapped() -> None:
    text = document({"calendars": {"c": {"holidays": [f"2026-01-{day:02}" for day in range(1, 29)]}}})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert yaml.safe_load(text)["calendars"]["c"]["holidays"][27].isoformat() == "2026-01-28"


def test_ids_of_several_projects_are_written_so_that_they_are_read_back() -> None:
    projects = tuple(Project(id=name, start=datetime(2026, 3, 2)) for name in ("P", "Q", "P:Q"))
    ids = (("P", "A"), ("Q", "A"), ("P", "Q:A"), ("P:Q", "B"), ("Q", "P:A1"), ("Q", "Q:C"))
    activities = tuple(Activity(project=project, id=own) for project, own in ids)
    links = (Relationship(Ref("P", "A"), Ref("Q", "Q:C")), Relationship(Ref("Q", "P:A1"), Ref("P:Q", "B")))
    plan = plan_of("activities: {}").with_changes(projects=projects, activities=activities, relationships=links)
    assert differences(plan, read_native(to_yaml(plan).encode(), "plan.yaml")) == []


def test_relationships_that_could_be_misread_are_written_long() -> None:
    plan = plan_of("activities: {A: {duration: 1d}, A SS: {duration: 1d}, Z: {duration: 1d, after: [{activity: A, type: SS}]}}")
    assert json.loads(to_json(plan))["activities"]["Z"]["after"] == [{"activity": "A", "type": "SS"}]
    assert differences(plan, read_native(to_yaml(plan).encode(), "plan.yaml")) == []


def test_write_takes_the_format_from_the_name(tmp_path: Path) -> None:
    plan = plan_of("activities: {A: {duration: 1d}}")
    simcore.write(plan, tmp_path / "plan.json")
    simcore.write(plan, tmp_path / "plan.yaml")
    assert json.loads((tmp_path / "plan.json").read_text())["activities"] == {"A": {"duration": "1d"}}
    assert differences(simcore.read(tmp_path / "plan.json"), simcore.read(tmp_path / "plan.yaml")) == []
