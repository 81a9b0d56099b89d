"""The risk model beyond risks and factors in words: logic, resources, weather, scenarios, where ranges come from."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from simcore.models.branches import AnyBranch, Branch
from simcore.models.distributions import format_distribution
from simcore.models.formats.native_context import Context
from simcore.models.formats.native_fields import Report
from simcore.models.units import format_duration
from simcore.reports import wording
from simcore.reports.risk_text import capped, joined, percentages

if TYPE_CHECKING:
    from simcore.models.branches import ConditionalBranch, Path
    from simcore.models.plan import Plan
    from simcore.models.risks import Scenario
    from simcore.models.weather import Weather


@dataclass(frozen=True, kw_only=True)
class ModelPart:
    """A kind of element of the risk model, and what there is of it."""

    title: str
    lines: tuple[str, ...]


def model_parts(plan: Plan) -> tuple[ModelPart, ...]:
    """Everything about risk in a plan that is neither a risk, a factor, a correlation nor a range of an activity."""
    found = (
        ("Branches", tuple(_branch(plan, branch) for branch in plan.branches)),
        ("Activities and relationships that may not be", capped(list(_existence(plan)))),
        ("Uncertain lags", capped(list(_lags(plan)))),
        ("Uncertain prices, quantities and productivity", capped(list(_resources(plan)))),
        ("Weather", tuple(_weather(weather) for weather in plan.weather)),
        ("Scenarios", tuple(_scenario(scenario) for scenario in plan.scenarios)),
        ("Ranges by rules and templates", tuple(_sources(plan))),
        ("Scales", tuple(_scales(plan))),
    )
    return tuple(ModelPart(title=title, lines=lines) for title, lines in found if lines)


def _branch(plan: Plan, branch: AnyBranch) -> str:
    name = branch.name or branch.id
    if isinstance(branch, Branch):
        return f"{name}: {'; '.join(_path(path) for path in branch.paths)}"
    then = joined(branch.then) or "nothing"
    otherwise = f", else {joined(branch.otherwise)}" if branch.otherwise else ""
    stop = f"; {branch.activity} is abandoned there" if branch.stop else ""
    return f"{name}: when the {branch.quantity} of {branch.activity} passes {_limit(plan, branch)}, {then}{otherwise}{stop}"


def _path(path: Path) -> str:
    activities = joined(path.activities) or "nothing"
    return f"{wording.percent_text(path.weight)} {f'{path.name} ({activities})' if path.name else activities}"


def _limit(plan: Plan, branch: ConditionalBranch) -> str:
    if isinstance(branch.limit, datetime):
        return wording.date_text(branch.limit, is_finish=branch.quantity == "finish")
    if branch.quantity == "cost":
        return wording.short_money(branch.limit, plan.currency)
    activity = plan.by_ref[plan.find(branch.activity)]
    return format_duration(branch.limit, plan.calendar_of(activity).hours_per_day, activity.elapsed)


def _existence(plan: Plan) -> Iterator[str]:
    for activity in plan.activities:
        if activity.existence != 1.0:
            yield f"{plan.shown[activity.ref]}: exists with {wording.percent_text(activity.existence)}"
    for position, link in enumerate(plan.relationships):
        if link.probability != 1.0:
            yield f"{plan.link_name(position)}: holds with {wording.percent_text(link.probability)}"


def _lags(plan: Plan) -> Iterator[str]:
    context = Context.of(plan, Report(""))
    for position, link in enumerate(plan.relationships):
        if link.uncertainty is not None:
            yield f"{plan.link_name(position)}: {format_distribution(link.uncertainty, context.lag_values(link))}"


def _resources(plan: Plan) -> Iterator[str]:
    for resource in plan.resources.values():
        if resource.uncertainty is not None:
            yield f"price of {resource.id}: {percentages(resource.uncertainty)}"
        if resource.productivity is not None:
            yield f"productivity of {resource.id}: {percentages(resource.productivity)}"
    for activity in plan.activities:
        for assignment in activity.assignments:
            if assignment.uncertainty is not None:
                what = f"{assignment.resource or 'work'} on {plan.shown[activity.ref]}"
                yield f"quantity of {what}: {percentages(assignment.uncertainty)}"


def _weather(weather: Weather) -> str:
    if weather.record:
        text = f"{weather.calendar}: {wording.counted(len(weather.record), 'measured year')}"
    else:
        months = zip(wording.MONTHS, weather.monthly, strict=False)
        text = f"{weather.calendar}: working days lost, {', '.join(_months(list(months))) or 'none'}"
    if weather.persistence:
        text += f"; persistence {weather.persistence:g}"
    if weather.region:
        text += f"; with the region “{weather.region}”, {weather.correlation:g}"
    return text


def _months(chances: list[tuple[str, float]]) -> Iterator[str]:
    """Neighbouring months with the same chance together."""
    for chance, group in groupby(chances, key=lambda month: month[1]):
        names = [name for name, _ in group]
        if chance:
            months = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
            yield f"{months} {wording.percent_text(chance)}"


def _scenario(scenario: Scenario) -> str:
    parts = [f"from {wording.scenario_text(scenario.base)}"]
    parts += [f"mitigates {joined(scenario.mitigate)}"] if scenario.mitigate else []
    parts += [f"leaves {joined(scenario.leave)} unmitigated"] if scenario.leave else []
    parts += [f"without {joined(scenario.without)}"] if scenario.without else []
    name = f"{scenario.id} ({scenario.name})" if scenario.name else scenario.id
    return f"{name}: {', '.join(parts)}"


def _sources(plan: Plan) -> Iterator[str]:
    """How many ranges each rule or template gave."""
    counts = Counter((source, variable.partition(" of ")[0]) for variable, source in plan.ranges_from.items())
    for (source, quantity), count in counts.items():
        yield f"{source}: {quantity} of {wording.counted(count, 'activity')}"


def _scales(plan: Plan) -> Iterator[str]:
    for quantity, words in plan.scales.items():
        yield f"{quantity}: {', '.join(f'{word} {expression}' for word, expression in words.items())}"
