"""What a report says about the variables of a run, as plain data: built once, shown by the terminal and by the page."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simcore.models.plan import Plan
from simcore.models.risks import SCENARIOS
from simcore.models.working_time import working_minutes
from simcore.reports import wording
from simcore.reports.money_parts import WHOLE_FROM, shown_amount
from simcore.sampled import DateVariable, MoneyVariable
from simcore.scenarios import resolve

if TYPE_CHECKING:
    from simcore.models.calendars import Calendar
    from simcore.results import Results

HEADLINE = 80
TABLE_PERCENTILES = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)
EMPHASISED = (50, 80, 90)
SHORT_SPREAD = timedelta(days=12)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a percentile table, as text."""

    label: str
    value: str
    error: str
    difference: str  # to the deterministic value
    percent: int | None = None

    @property
    def emphasised(self) -> bool:
        return self.percent in EMPHASISED


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One variable (a finish, a milestone, the cost), as text.

    Attributes
    ----------
    rows : tuple of Row
        The percentiles of ``TABLE_PERCENTILES``, then nothing else.
    varies : bool
        False when every iteration gave the same value.
    contingency : str
        What the headline percentile asks for beyond the deterministic value, with its other readings in brackets.
    """

    id: str
    name: str
    is_date: bool
    varies: bool
    deterministic: str
    probability: str
    probability_error: str
    rows: tuple[Row, ...]
    mean: Row
    sd: str
    smallest: str
    largest: str
    contingency: str
    currency: str = ""

    def row(self, percent: int) -> Row:
        """The line of one percentile."""
        return next(row for row in self.rows if row.percent == percent)

    @property
    def headline(self) -> Row:
        return self.row(HEADLINE)


def scenario_title(results: Results) -> str:
    """What the scenario of a run is called: one of the plan's own by the name that it gives it."""
    own = results.scenario not in SCENARIOS
    return wording.scenario_text(resolve(results.plan, results.scenario).name if own else results.scenario)


def finish_summary(results: Results) -> Summary:
    """The project finish."""
    return date_summary(results.finish, "finish", "Project finish", project_calendar(results.plan))


def cost_summary(results: Results) -> Summary | None:
    """The total cost; None for a plan without cost."""
    cost = priced(results)
    return None if cost is None else money_summary(cost, "cost", "Total cost", results.plan.currency)


def priced(results: Results) -> MoneyVariable | None:
    """The total cost, unless it is nothing in every iteration."""
    return results.cost if results.cost is not None and any((results.cost.smallest, results.cost.largest)) else None


def project_summaries(results: Results) -> tuple[Summary, ...]:
    """Finish of each project, where the plan has several."""
    names = {p.id: p.name for p in results.plan.projects}
    return tuple(
        date_summary(variable, key, _named(key, names.get(key, "")), project_calendar(results.plan, key))
        for key, variable in results.projects.items()
    )


def milestone_summaries(results: Results) -> tuple[Summary, ...]:
    """Milestones in focus."""
    plan, found = results.plan, []
    for key, variable in results.milestones.items():
        activity = plan.by_ref[plan.find(key)]
        found.append(date_summary(variable, key, _named(key, activity.name), plan.calendar_of(activity)))
    return tuple(found)


def _named(key: str, name: str) -> str:
    return f"{key} {name}" if name and name != key else key


def project_calendar(plan: Plan, project_id: str | None = None) -> Calendar | None:
    """Calendar in whose days a contingency is counted; None when the projects of a plan differ."""
    chosen = {p.calendar for p in plan.projects if project_id is None or p.id == project_id}
    name = chosen.pop() if len(chosen) == 1 else None
    return plan.calendars.get(name) if name else None


def with_clock(variable: DateVariable) -> bool:
    """Whether the time of day matters: the date varies, but only over few days."""
    return variable.varies and variable.p(95) - variable.p(5) < SHORT_SPREAD


def date_summary(variable: DateVariable, key: str, name: str, calendar: Calendar | None = None) -> Summary:
    """A date as text; with times of day where it spreads over few days only."""
    clock = with_clock(variable)
    planned = variable.deterministic

    def row(percent: int | None, value: datetime, label: str) -> Row:
        known = variable.iterations >= 4  # a standard error needs two replicates
        return Row(
            label=label,
            value=wording.date_text(value, clock),
            error=wording.date_error_text(variable.standard_error(percent or "mean") if known else None),
            difference=wording.span_text(value - planned, signed=True),
            percent=percent,
        )

    return Summary(
        id=key,
        name=name,
        is_date=True,
        varies=variable.varies,
        deterministic=wording.date_text(planned, clock),
        probability=wording.percent_text(variable.probability_of_deterministic),
        probability_error=wording.points_text(variable.probability_error(planned)),
        rows=tuple(row(percent, variable.p(percent), f"P{percent}") for percent in TABLE_PERCENTILES),
        mean=row(None, variable.mean, "Mean"),
        sd=wording.span_text(variable.sd),
        smallest=wording.date_text(variable.smallest, clock),
        largest=wording.date_text(variable.largest, clock),
        contingency=_date_contingency(planned, variable.p(HEADLINE), calendar),
    )


def money_summary(variable: MoneyVariable, key: str, name: str, currency: str) -> Summary:
    """An amount of money as text."""
    planned = variable.deterministic
    whole = abs(variable.p(HEADLINE)) >= WHOLE_FROM

    def beyond(value: float) -> float:
        """What lies between two amounts as they are printed, so that readers get it too."""
        return shown_amount(shown_amount(value, whole) - shown_amount(planned, whole), whole)

    def row(percent: int | None, value: float, label: str) -> Row:
        return Row(
            label=label,
            value=wording.money_text(value, whole=whole),
            error=wording.money_error_text(variable.standard_error(percent or "mean")),
            difference=wording.money_text(beyond(value), signed=True, whole=whole),
            percent=percent,
        )

    reserve = beyond(variable.p(HEADLINE))
    share = wording.relative_text(reserve, planned) if reserve else ""
    amount = " ".join(part for part in (currency, wording.money_text(reserve, whole=whole)) if part)
    return Summary(
        id=key,
        name=name,
        is_date=False,
        varies=variable.varies,
        deterministic=wording.money_text(planned, whole=whole),
        probability=wording.percent_text(variable.probability_of_deterministic),
        probability_error=wording.points_text(variable.probability_error(planned)),
        rows=tuple(row(percent, variable.p(percent), f"P{percent}") for percent in TABLE_PERCENTILES),
        mean=row(None, variable.mean, "Mean"),
        sd=wording.money_text(variable.sd),
        smallest=wording.money_text(variable.smallest),
        largest=wording.money_text(variable.largest),
        contingency=f"{amount} ({share})" if share else amount,
        currency=currency,
    )


def _date_contingency(planned: datetime, wanted: datetime, calendar: Calendar | None) -> str:
    text = wording.span_text(wanted - planned)
    if calendar is None or calendar.always_works or abs(wanted - planned) < timedelta(days=1):
        return text if wanted >= planned else f"{wording.MINUS}{text}"
    days = working_minutes(calendar, *sorted((planned, wanted))) / _usual_day(calendar)
    sign = "" if wanted >= planned else wording.MINUS
    return f"{sign}{text} ({sign}{days:,.0f} working days)"


def _usual_day(calendar: Calendar) -> float:
    """Minutes of the most common working day; ``hours_per_day`` may differ from what is really worked."""
    worked = Counter(sum(end - start for start, end in shifts) for shifts in calendar.week if shifts)
    return worked.most_common(1)[0][0] if worked else 60 * calendar.hours_per_day


def answer(results: Results) -> str:
    """The whole answer in one sentence."""
    finish, planned = results.finish, results.finish.deterministic
    clock = with_clock(finish)
    if not finish.varies:
        which = "Every iteration" if finish.iterations > 1 else "The only iteration"
        text = f"{which} finishes on {wording.date_text(finish.p(50), clock)}"
    else:
        wanted = finish.p(HEADLINE)
        kept = wording.percent_text(finish.probability_of_deterministic)
        text = f"{wording.date_text(planned, clock)} is kept with {kept} probability; "
        text += f"for {HEADLINE} % confidence plan on {wording.date_text(wanted, clock)}"
        if wanted != planned:
            text += f", {wording.days_text(wanted - planned)} {'later' if wanted > planned else 'earlier'}"
    return text + _cost_clause(results) + "."


def _cost_clause(results: Results) -> str:
    cost, currency = priced(results), results.plan.currency
    if cost is None:
        return ""
    wanted = wording.short_money(cost.p(HEADLINE), currency)
    if not cost.varies:
        return f"; the cost is {wanted} in every iteration"
    text = f", and on {wanted}" if results.finish.varies else f"; for {HEADLINE} % confidence budget {wanted}"
    reserve = cost.p(HEADLINE) - cost.deterministic
    if not reserve:
        return text
    amount = wording.short_money(abs(reserve), currency)
    kept = wording.percent_text(cost.probability_of_deterministic)
    return f"{text}, {amount} {'above' if reserve > 0 else 'below'} the planned cost, which is kept with {kept}"
