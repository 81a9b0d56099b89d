"""Excel to YAML to Excel to YAML loses nothing, for any risk model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import simcore
from simcore.models.finance import Finance
from simcore.models.formats.native import decode_text, merge_risks
from simcore.models.formats.native_finance import FINANCE_FIELDS
from simcore.models.formats.native_sections import RISKS_FIELDS
from simcore.models.formats.native_tree import parse_tree
from simcore.models.formats.register import merge_register, register_tree
from simcore.models.formats.register_cells import cell_node, node_text, same
from simcore.models.formats.register_document import Document, as_texts, plan_document, risks_yaml
from simcore.models.formats.register_fill import Content
from simcore.models.formats.register_sheets import sheets
from simcore.models.formats.register_write import register_workbook
from simcore.models.plan import Plan
from tests.cli_cases import run
from tests.plan_equality import differences
from tests.plan_strategies import plans
from tests.register_books import PLAN

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""Four turns of a plan take half a second; making a failing one smaller would take minutes."""
EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples").glob("*/risks.yaml"))


def bare(plan: Plan) -> Plan:
    """The plan without its risk model; accounts and curves are part of its work."""
    return plan.with_changes(
        risks=(), factors=(), correlations=(), branches=(), weather=(), scenarios=(), scales={}, ranges_from={}, focus=(),
        currency="", finance=Finance(accounts=plan.finance.accounts, curves=plan.finance.curves),
    )  # fmt: skip


def without_named_indices(plan: Plan) -> Plan:
    """The plan with costs that name none of its indices, and so can be without these."""
    activities = tuple(
        replace(a, cost=a.cost and replace(a.cost, index=None), expenses=tuple(replace(e, index=None) for e in a.expenses))
        for a in plan.activities
    )
    resources = {name: replace(resource, index=None) for name, resource in plan.resources.items()}
    return plan.with_changes(activities=activities, resources=resources, ranges_from={})


def document_of(tree: object) -> Document:
    texts = as_texts(tree)  # type: ignore[arg-type]
    assert isinstance(texts, dict)
    return texts


def through_excel(plan: Plan, sections: Document) -> tuple[Plan, Document]:
    data = register_workbook(sections, plan)
    return merge_register(plan, data, "r.xlsx"), document_of(register_tree(plan, data, "r.xlsx"))


def through_yaml(plan: Plan, sections: Document) -> tuple[Plan, Document]:
    data = risks_yaml(sections).encode()
    return merge_risks(plan, data, "r.yaml"), document_of(parse_tree(decode_text(data, "r.yaml"), "r.yaml"))


@settings(max_examples=15, phases=WITHOUT_SHRINKING)
@given(plans())
def test_any_risk_model_survives_every_turn(plan: Plan) -> None:
    plan = without_named_indices(plan)
    base = bare(plan)
    sections = plan_document(plan)
    for turn in (through_excel, through_yaml, through_excel, through_yaml):
        found, sections = turn(base, sections)
        assert differences(plan, found.with_changes(ranges_from={})) == []


@settings(max_examples=15, phases=WITHOUT_SHRINKING)
@given(plans())
def test_after_the_first_turn_documents_stay_what_they_are(plan: Plan) -> None:
    plan = without_named_indices(plan)
    base = bare(plan)
    _, first = through_excel(base, plan_document(plan))
    _, again = through_excel(base, through_yaml(base, first)[1])
    assert {k: v for k, v in first.items() if k != "format"} == {k: v for k, v in again.items() if k != "format"}


WRITTEN = """
templates: {novel: "pert(80%, 100%, 200%)", dear: {duration: "uniform(1d, 2d)", fixed: "uniform(90%, 120%)"}}
uncertainty:
  - {where: {wbs: C, percent_complete: "< 50%", code: {Trade: [Civil, "a; b"], Phase: "2"}}, template: novel}
  - {where: {id: ["1010", "10*"], resource: crew*}, duration: "truncate(normal(10d, 2d), 5d, inf)", per_day: "uniform(90%, 120%)"}
scales:
  probability: {low: 10%, High: "triangular(20%, 30%, 50%)"}
  duration: {low: "uniform(1%, 5%)"}
  cost: {huge: "uniform(1000, 2000)"}
risks:
  R1:
    name: "=SUM(A1)"
    description: "line one\\nline two #REF!"
    probability: HIGH
    status: closed
    exclusive: group
    window: 2026-05-01..2026-09-30T12:00
    strikes: "uniform(0%, 50%)"
    occurrence: every 60d
    impacts:
      - {activity: ["1010", crane], duration: Low, cost: huge}
      - {activity: {wbs: C.1}, duration: "discrete(1d: 30%, 2d: 70%)"}
      - {link: 1020 -> crane, lag: "uniform(1d, 2d)"}
    mitigation: {actions: [{name: a, cost: 100, date: 2026-05-01, owner: Ann}, {name: "b;c"}], probability: low, impacts: []}
  "1010": {given: {R1: 80%, }, probability: 1%, mitigation: {impacts: [{activity: crane, cost: 5}]}}
  R3: {shared: yes, impact_rank: 0.5, combine: parallel, mitigation: {}}
factors: {"F 1": {uncertainty: "uniform(90%, 120%)", applies_to: {wbs: C}, probability: 0.333, costs: [material, expense]}}
correlations:
  - {between: [duration of 1010, cost of 1010], rank: -0.25, copula: t(4)}
  - {between: {where: {id: ["1010", "1020"]}, quantity: duration}, rank: 0.3}
  - {between: [rate of 1010, duration of crane, magnitude of R1], matrix: [[1, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 1]]}
branches:
  test: {name: Test, paths: [{weight: 70%, name: Passed}, {weight: 30%, activities: [crane, "1020"]}]}
weather:
  standard: {lost: {nov-feb: 40%, mar: 25%, "jun, aug": 5%}, persistence: 0.3, region: coast, correlation: 0.8}
scenarios: {cheap: {name: Cheap, base: pre, mitigate: [R1], without: ["1010", F 1]}}
focus: [done, crane]
currency: EUR
finance:
  price_date: 2026-03
  fiscal_year_start: oct
  budget: {amount: 2400000, contingency: 250000}
  discount: 6%
  escalation:
    steel: {index: {2026: 100, 2027: 103.5}, uncertainty: "uniform(70%, 160%)", applies_to: {cost: material, activity: {wbs: C}}}
    all: 2%
  funding: [{until: 2026-12-31, amount: 900000, name: "First; and"}, "2500000"]
  accounts: {C: Civil, D: {parent: C}}
  curves: {early: ["40", "30"]}
"""


def test_what_people_write_stays_as_it_is_written() -> None:
    plan = PLAN.with_changes(activities=tuple(replace(a, codes={"Trade": "Civil", "Phase": "2"}) for a in PLAN.activities))
    written = document_of(parse_tree(WRITTEN, "r.yaml"))
    expected, _ = through_yaml(plan, written)
    sections = written
    for turn in (through_excel, through_yaml, through_excel, through_yaml):
        found, sections = turn(plan, sections)
        assert differences(expected, found) == []
    for key in ("templates", "uncertainty", "scales", "correlations", "branches", "scenarios", "focus", "factors", "finance"):
        assert same(sections[key], written[key]), key


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_registers_of_the_examples(path: Path, tmp_path: Path) -> None:
    """With the commands: YAML to Excel to YAML gives the same model, and the same file from then on."""
    plan, book, again = path.parent / "plan.yaml", tmp_path / "r.xlsx", tmp_path / "again.xlsx"
    texts = [tmp_path / "1.yaml", tmp_path / "2.yaml"]
    assert run("convert", plan, book, "--risks", path) == 0
    assert run("convert", plan, texts[0], "--risks", book, "--only-risks") == 0
    assert run("convert", plan, again, "--risks", texts[0]) == 0
    assert run("convert", plan, texts[1], "--risks", again, "--only-risks") == 0
    assert texts[0].read_text() == texts[1].read_text()
    expected = simcore.read(plan, risks=path)
    for file in (book, texts[0], again):
        assert differences(expected, simcore.read(plan, risks=file)) == []


def test_ids_that_are_words_of_the_format(tmp_path: Path) -> None:
    written = document_of(parse_tree("risks: {shared: {shared: yes}, stop: {name: yes}}\nfactors: {no: {uncertainty: 90%, "
                                     "applies_to: {code: {shared: yes}}}}", "r.yaml"))  # fmt: skip
    plan = PLAN.with_changes(activities=tuple(replace(a, codes={"shared": "yes"}) for a in PLAN.activities))
    found, again = through_yaml(plan, through_excel(plan, written)[1])
    assert same(again, {"format": "1", **written, "risks": {"shared": {"shared": "true"}, "stop": {"name": "yes"}}})
    assert [risk.shared for risk in found.risks] == [True, False]


def test_every_section_of_a_risks_file_has_its_sheet() -> None:
    everything = Content({key: {} for key in RISKS_FIELDS})
    assert set(everything.rows) == set(sheets())
    known = {"risks", "factors", "templates", "uncertainty", "scales", "correlations", "branches", "weather", "scenarios"}
    assert known | {"format", "currency", "focus", "finance"} == set(RISKS_FIELDS)
    settings = next(column for column in sheets()["Settings"].columns if column.key == "id").choices
    assert set(settings) == {"format", "currency", "focus", *FINANCE_FIELDS}


WORDS = st.text(min_size=1).map(str.strip).filter(bool)


@given(st.lists(WORDS, min_size=1, max_size=3, unique=True), st.sampled_from(["list", "ids"]))
def test_lists_in_a_cell_read_back(items: list[str], kind: str) -> None:
    value = items[0] if len(items) == 1 else items
    text = node_text(value, kind)
    assert same(cell_node(text, kind, 1), value) or any("\ud800" <= c <= "\udfff" for c in text)
