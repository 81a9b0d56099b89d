"""The JSON Schema of the native format: it knows the keys that the reader knows, and tells right from wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from simcore.models.branches import CONDITIONS
from simcore.models.check_correlations import OF_ACTIVITIES
from simcore.models.check_risks import COMBINE, STATUS
from simcore.models.check_values import CHOICES
from simcore.models.finance import COST_KINDS
from simcore.models.formats import (
    native,
    native_activities,
    native_branches,
    native_calendars,
    native_correlations,
    native_costs,
    native_escalation,
    native_finance,
    native_impacts,
    native_links,
    native_project,
    native_ranges,
    native_risks,
    native_rules,
    native_scenarios,
    native_weather,
    native_where,
)
from simcore.models.formats.native_fields import Fields
from simcore.models.formats.native_write import to_document
from simcore.models.plan import ActivityType, ConstraintType, LagCalendar, Status
from simcore.models.risks import SCENARIOS
from simcore.models.scales import QUANTITIES
from tests.native_documents import plan_of, with_project

ROOT = Path(__file__).resolve().parents[1]
SCHEMA: dict[str, Any] = json.loads((files("simcore.models.formats") / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

TABLES: dict[str, Fields] = {
    "": native.PLAN_FIELDS,
    "project": native_project.SINGLE_PROJECT_FIELDS,
    "projectOfSeveral": native_project.PROJECT_FIELDS,
    "scheduling": native_project.SCHEDULING_FIELDS,
    "calendar": native_calendars.CALENDAR_FIELDS,
    "wbs": native_project.WBS_FIELDS,
    "resource": native_project.RESOURCE_FIELDS,
    "rate": native_project.RATE_FIELDS,
    "activity": native_activities.ACTIVITY_FIELDS,
    "link": native_links.LINK_FIELDS,
    "segment": native_activities.SEGMENT_FIELDS,
    "baseline": native_activities.BASELINE_FIELDS,
    "fileCost": native_activities.FILE_COST_FIELDS,
    "fileDates": native_activities.FILE_DATES_FIELDS,
    "cost": native_costs.COST_FIELDS,
    "amount": native_costs.AMOUNT_FIELDS,
    "assignment": native_costs.ASSIGNMENT_FIELDS,
    "expense": native_costs.EXPENSE_FIELDS,
    "risk": native_risks.RISK_FIELDS,
    "impact": native_impacts.IMPACT_FIELDS,
    "mitigation": native_risks.MITIGATION_FIELDS,
    "action": native_risks.ACTION_FIELDS,
    "factor": native_risks.FACTOR_FIELDS,
    "correlation": native_correlations.CORRELATION_FIELDS,
    "group": native_correlations.GROUP_FIELDS,
    "template": native_ranges.TEMPLATE_FIELDS,
    "rule": native_rules.RULE_FIELDS,
    "where": native_where.WHERE_FIELDS,
    "branch": native_branches.BRANCH_FIELDS,
    "path": native_branches.PATH_FIELDS,
    "weather": native_weather.WEATHER_FIELDS,
    "scenario": native_scenarios.SCENARIO_FIELDS,
    "finance": native_finance.FINANCE_FIELDS,
    "budget": native_finance.BUDGET_FIELDS,
    "discount": native_finance.DISCOUNT_FIELDS,
    "funding": native_finance.FUNDING_FIELDS,
    "account": native_finance.ACCOUNT_FIELDS,
    "escalation": native_escalation.ESCALATION_FIELDS,
    "appliesTo": native_escalation.APPLIES_FIELDS,
}


class _CoreLoader(yaml.SafeLoader):
    """Types as editors see them, by YAML 1.2: dates, times and words such as NO are texts."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
_CoreLoader.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: node.value if ":" in node.value else int(node.value),  # 22:00 is no number in YAML 1.2
)


def _keys_as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _keys_as_text(item) for key, item in value.items()}
    return [_keys_as_text(item) for item in value] if isinstance(value, list) else value


def both_ways(text: str) -> list[Any]:
    """A document as an editor sees it, and with every value a text, as simcore does."""
    return [_keys_as_text(yaml.load(text, Loader=loader)) for loader in (_CoreLoader, yaml.BaseLoader)]


def examples() -> list[str]:
    docs = (ROOT / "docs" / "plan-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL)
    return [with_project(block) if "activities:" in block else block for block in blocks] + [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.yaml"))
    ]


def _properties(name: str) -> set[str]:
    node = SCHEMA["$defs"][name] if name else SCHEMA
    for option in node.get("anyOf", ()):
        node = option if "properties" in option else node
    assert node["additionalProperties"] is False
    return set(node["properties"])


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", TABLES)
def test_schema_and_reader_know_the_same_keys(name: str) -> None:
    assert _properties(name) == set(TABLES[name])


def test_every_mapping_of_the_schema_is_compared() -> None:
    closed = {
        name
        for name, node in SCHEMA["$defs"].items()
        if any("properties" in option for option in (node, *node.get("anyOf", ())))
    }
    assert closed - {"constraint"} == set(TABLES) - {""}


def test_schema_and_reader_know_the_same_words() -> None:
    definitions = SCHEMA["$defs"]
    activity = definitions["activity"]["properties"]
    extra = {"milestone", "level of effort", "wbs summary"}
    assert set(activity["type"]["enum"]) == {str(kind) for kind in ActivityType} | extra
    assert set(activity["status"]["enum"]) == {str(status) for status in Status}
    assert definitions["risk"]["properties"]["status"]["enum"] == list(STATUS)
    assert definitions["risk"]["properties"]["combine"]["enum"] == list(COMBINE)
    assert definitions["scenario"]["properties"]["base"]["enum"] == list(SCENARIOS)
    assert definitions["group"]["properties"]["quantity"]["enum"] == list(OF_ACTIVITIES)
    assert set(SCHEMA["properties"]["scales"]["properties"]) == set(QUANTITIES)
    assert all(quantity in definitions["branch"]["properties"]["when"]["pattern"] for quantity in CONDITIONS)
    assert set(definitions["lagCalendar"]["enum"]) == {str(kind) for kind in LagCalendar}
    assert set(definitions["constraint"]["anyOf"][1]["properties"]) == {str(kind) for kind in ConstraintType}
    assert definitions["costKind"]["enum"] == [*COST_KINDS, "all"]
    assert definitions["assignedCost"]["anyOf"][1]["enum"] == [native_costs.PRICED]
    for key, words in CHOICES.items():
        assert definitions["scheduling"]["properties"][key]["enum"] == list(words)


@pytest.mark.parametrize("text", examples(), ids=range(len(examples())))
def test_examples_are_valid(text: str) -> None:
    for document in both_ways(text):
        VALIDATOR.validate(document)


def test_what_the_writer_writes_is_valid() -> None:
    for text in examples():
        if re.search("^activities:", text, re.MULTILINE) and ".csv" not in text:
            VALIDATOR.validate(json.loads(json.dumps(to_document(plan_of(text)))))


WRONG = {
    "no project": "activities: {A: {duration: 1d}}",
    "two kinds of project": "{project: {start: 2026-03-02}, projects: {}, activities: {}}",
    "another format": "{format: 2, project: {start: 2026-03-02}}",
    "misspelt section": "{project: {start: 2026-03-02}, activites: {}}",
    "misspelt key": "{project: {start: 2026-03-02}, activities: {A: {duraton: 1d}}}",
    "a list of activities": "{project: {start: 2026-03-02}, activities: [{id: A, duration: 1d}]}",
    "a duration without unit": "{project: {start: 2026-03-02}, activities: {A: {duration: 10}}}",
    "an unknown unit": "{project: {start: 2026-03-02}, activities: {A: {duration: 10x}}}",
    "a date of another land": "{project: {start: 02.03.2026}}",
    "an unknown type": "{project: {start: 2026-03-02}, activities: {A: {type: job}}}",
    "an unknown status": "{project: {start: 2026-03-02}, activities: {A: {status: done}}}",
    "an unknown constraint": "{project: {start: 2026-03-02}, activities: {A: {constraint: {finish_soon: 2026-03-02}}}}",
    "a relationship without activity": "{project: {start: 2026-03-02}, activities: {A: {after: [{type: FS}]}}}",
    "an unknown relationship": "{project: {start: 2026-03-02}, activities: {A: {after: [{activity: B, type: FX}]}}}",
    "money with a currency": "{project: {start: 2026-03-02}, activities: {A: {cost: {fixed: 10 EUR}}}}",
    "an amount without value": "{project: {start: 2026-03-02}, activities: {A: {cost: {fixed: {uncertainty: 5%}}}}}",
    "a broken distribution": "{project: {start: 2026-03-02}, activities: {A: {uncertainty: 'triangular(1d, 2d'}}}",
    "a broken shift": "{project: {start: 2026-03-02}, calendars: {c: {week: {mon: [8-12]}}}}",
    "a broken holiday": "{project: {start: 2026-03-02}, calendars: {c: {holidays: [24.12.2026]}}}",
    "a probability above 1": "{risks: {R: {probability: 1.5}}}",
    "a percentage above 100": "{risks: {R: {probability: 150%}}}",
    "an empty impact": "{risks: {R: {impacts: [{activity: A}]}}}",
    "a factor without range": "{factors: {F: {applies_to: [A]}}}",
    "a rank above 1": "{correlations: [{between: [duration of A, duration of B], rank: 2}]}",
    "a correlation of one": "{correlations: [{between: [duration of A], rank: 0.5}]}",
    "a variable without quantity": "{correlations: [{between: [A, B], rank: 0.5}]}",
    "a rule without range": "{uncertainty: [{where: {wbs: A}}]}",
    "an unknown filter": "{uncertainty: [{where: {colour: red}, duration: 'uniform(90%, 110%)'}]}",
    "an unknown scheduling option": "{scheduling: {logik: retained}}",
    "an unknown logic": "{scheduling: {logic: broken}}",
    "a resource of an unknown kind": "{resources: {R: {kind: robot}}}",
    "an impact on an activity with a lag": "{risks: {R: {impacts: [{activity: A, lag: 2d}]}}}",
    "an impact on a relationship with a cost": "{risks: {R: {impacts: [{link: A -> B, cost: 5}]}}}",
    "a window of words": "{risks: {R: {window: summer}}}",
    "an unknown occurrence": "{risks: {R: {occurrence: twice}}}",
    "an unknown status of a risk": "{risks: {R: {status: done}}}",
    "a branch of nothing": "{branches: {b: {name: Inspection}}}",
    "a branch of two kinds": "{branches: {b: {paths: [{weight: 100%}], when: duration of A > 5d, then: [B]}}}",
    "a path without weight": "{branches: {b: {paths: [{activities: [A]}]}}}",
    "a condition that asks for nothing": "{branches: {b: {when: A > 5d, then: [B]}}}",
    "weather of two kinds": "{weather: {c: {lost: {jan: 40%}, record: wind.csv}}}",
    "weather above 100%": "{weather: {c: {lost: {jan: 140%}}}}",
    "a year of ten days": "{weather: {c: {record: {2019: '0100100100'}}}}",
    "a scenario of every plan": "{scenarios: {post: {base: pre}}}",
    "an unknown scale": "{scales: {colour: {red: 5%}}}",
    "an empty template": "{templates: {novel: {}}}",
    "a rank and a matrix": "{correlations: [{between: [duration of A, duration of B], rank: 0.5, matrix: m.csv}]}",
    "an unknown copula": "{correlations: [{between: [duration of A, duration of B], rank: 0.5, copula: clayton}]}",
    "progress without a sign": "{uncertainty: [{where: {percent_complete: half}, duration: 5%}]}",
    "a cost by word": "{project: {start: 2026-03-02}, activities: {A: {resources: [{resource: r, remaining_cost: price}]}}}",
    "a rate without sign": "{finance: {escalation: {steel: {rate: 2.5}}}}",
    "a discount without rate": "{finance: {discount: {date: 2026-03-02}}}",
    "an index of nothing": "{finance: {escalation: {steel: {name: Steel}}}}",
    "an index by quarter": "{finance: {escalation: {steel: {index: {2026-Q1: 100}}}}}",
    "an index for robots": "{finance: {escalation: {steel: {rate: 2%, applies_to: robots}}}}",
    "a negative budget": "{finance: {budget: -1}}",
    "a limit without amount": "{finance: {funding: [{until: 2026-12-31}]}}",
    "an empty curve": "{finance: {curves: {early: []}}}",
    "a negative weight": "{finance: {curves: {early: [3, -1]}}}",
    "a fiscal year of 13 months": "{finance: {fiscal_year_start: 13}}",
    "a misspelt key of money": "{finance: {escalations: {}}}",
    "a segment without work": "{project: {start: 2026-03-02}, activities: {A: {segments: [{offset: 0d}]}}}",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong_documents_are_not_valid(text: str) -> None:
    for document in both_ways(text):
        assert not VALIDATOR.is_valid(document)
