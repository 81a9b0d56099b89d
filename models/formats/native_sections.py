"""The sections about risk, which a plan and a risks file for one have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simcore.models.branches import AnyBranch
from simcore.models.formats.native_branches import BranchReader
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_correlations import CorrelationReader
from simcore.models.formats.native_fields import Field, Fields, Scope, as_is, expect_table, text, texts
from simcore.models.formats.native_finance import FinanceReader
from simcore.models.formats.native_ranges import Templates, read_templates
from simcore.models.formats.native_risks import RiskReader
from simcore.models.formats.native_rules import Sources, apply_rules, read_rules
from simcore.models.formats.native_scales import read_scales
from simcore.models.formats.native_scenarios import read_scenarios
from simcore.models.formats.native_tree import Node, Table
from simcore.models.formats.native_weather import read_weather
from simcore.models.plan import Activity, Ref
from simcore.models.risks import Correlation, Factor, Risk, Scenario
from simcore.models.scales import Scales
from simcore.models.weather import Weather

FORMAT = 1


def _format(value: str, scope: Scope) -> int:
    if value != str(FORMAT):
        raise ValueError(f"format {value} is not known to this version of simcore; it reads format {FORMAT}")
    return FORMAT


def section(node: Node, scope: Scope, line: int) -> Table:
    """A section whose keys are ids."""
    return expect_table(node, Scope(scope.report, scope.label), line)


RISKS_FIELDS: Fields = {
    "format": Field("format", _format),
    "currency": Field("currency", text),
    "focus": Field("focus", texts, nested=True),
    "templates": Field("templates", section, nested=True),
    "uncertainty": Field("uncertainty", as_is, nested=True),
    "scales": Field("scales", section, nested=True),
    "risks": Field("risks", section, nested=True),
    "factors": Field("factors", section, nested=True),
    "correlations": Field("correlations", as_is, nested=True),
    "branches": Field("branches", section, nested=True),
    "weather": Field("weather", section, nested=True),
    "scenarios": Field("scenarios", section, nested=True),
    "finance": Field("finance", section, nested=True),
}
"""Keys of a risks file."""

_KINDS = {"risks": "risk", "factors": "factor", "branches": "branch", "weather": "weather", "scenarios": "scenario"}
"""Sections and what messages call their items."""


@dataclass
class Known:
    """Ids that variables of correlations may belong to although the sections at hand do not define them."""

    risks: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    correlations: int = 0


@dataclass(slots=True)
class Sections:
    """What the sections about risk give; ``lines`` are those of their items, as ``Plan.lines`` calls them."""

    activities: tuple[Activity, ...]
    ranges_from: Sources
    scales: Scales
    risks: tuple[Risk, ...]
    factors: tuple[Factor, ...]
    correlations: tuple[Correlation, ...]
    branches: tuple[AnyBranch, ...]
    weather: tuple[Weather, ...]
    scenarios: tuple[Scenario, ...]
    focus: tuple[Ref, ...]
    finance: Mapping[str, Any]  # attributes of Finance that are given
    lines: dict[str, int] = field(default_factory=dict)


def read_sections(
    values: Mapping[str, Any],
    context: Context,
    known: Known,
    focus_line: int,
    templates: Templates | None = None,
    origin: str = "",
) -> Sections:
    """The sections among the values of :data:`RISKS_FIELDS`.

    Parameters
    ----------
    values : mapping
        By name of the section.
    context : Context
        The plan they are about.
    known : Known
        What it has already.
    focus_line : int
        Where ``focus`` stands.
    templates : mapping, optional
        What ``templates`` holds, where that has been read already.
    origin : str
        Said behind the names of rules, such as `` of risks.yaml``.
    """
    report = context.report
    tables: dict[str, Table] = {name: values.get(name, Table(0)) for name in (*_KINDS, "templates", "scales")}
    context = replace(context, scales=read_scales(tables["scales"], report, context.scales))
    if templates is None:
        templates = read_templates(tables["templates"], report)
    rules = read_rules(values.get("uncertainty", ("", 0)), Scope(report, "uncertainty"), templates, origin)
    activities, sources = apply_rules(rules, context.index, context.tree) if rules else (context.index.activities, {})
    reader = RiskReader(context)
    finance = FinanceReader(context)
    named = {
        "risk": (*known.risks, *tables["risks"]),
        "factor": (*known.factors, *tables["factors"]),
        "resource": known.resources,
    }
    correlations = CorrelationReader(context, activities, named)
    focus = context.activities(values.get("focus", ()), Scope(report, "focus"), focus_line)
    return Sections(
        activities=activities,
        ranges_from=sources,
        scales=context.scales,
        risks=reader.risks(tables["risks"]),
        factors=reader.factors(tables["factors"]),
        correlations=correlations.read(*values.get("correlations", ("", 0))),
        branches=BranchReader(context).read(tables["branches"]),
        weather=read_weather(tables["weather"], report),
        scenarios=read_scenarios(tables["scenarios"], report),
        focus=tuple(activity.ref for activity in focus),
        finance=finance.read(values.get("finance", Table(0))),
        lines={
            **_lines(tables),
            **{f"correlation {known.correlations + i}": at for i, at in enumerate(correlations.lines, 1)},
            **finance.lines,
        },
    )


def _lines(tables: Mapping[str, Table]) -> dict[str, int]:
    return {f"{kind} {name}": tables[key].line_of(name) for key, kind in _KINDS.items() for name in tables[key]}
