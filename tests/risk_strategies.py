"""Hypothesis strategies for the risk model of a plan whose activities and relationships are there already."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st

from simcore.models.branches import CONDITIONS, AnyBranch, Branch, ConditionalBranch, Path
from simcore.models.distributions import (
    Distribution,
    Triangular,
    Uniform,
    duration_values,
    money_values,
    parse_distribution,
)
from simcore.models.finance import COST_KINDS
from simcore.models.formats.native_index import ActivityIndex
from simcore.models.plan import Activity, Plan, Status
from simcore.models.risks import Action, Correlation, Factor, Impact, Mitigation, Risk, Scenario
from simcore.models.scales import word_key
from simcore.models.weather import DAYS, Weather
from tests.basic_strategies import MOMENTS, MONEY, NAMES, SHARES, TEXTS, maybe
from tests.distribution_strategies import distributions

SCALES = {
    "probability": {"very low": "5%", "NO": "uniform(10%, 30%)"},
    "duration": {"low": "triangular(1d, 3d, 5d)", "high": "triangular(10%, 20%, 40%)"},
    "cost": {"low": "uniform(1%, 3%)", "-": "500"},
}
RANGES = st.one_of(distributions(), distributions(relative=True))
_FRACTIONS = st.tuples(SHARES, SHARES).map(sorted).map(lambda pair: Uniform(*pair, relative=True))
CHANCES = st.one_of(SHARES, _FRACTIONS)
POSITIVE: st.SearchStrategy[Distribution] = st.sampled_from([
    Uniform(0.9, 1.1, relative=True), Triangular(0.75, 1.0, 1.1, relative=True),
])  # fmt: skip
COMBINE = st.sampled_from(["series", "parallel"])


def link_names(plan: Plan) -> list[str]:
    """Relationships that have a name of their own."""
    found = []
    for position in range(len(plan.relationships)):
        name = plan.link_name(position)
        with suppress(KeyError):
            found += [name] if plan.find_link(name) == position else []
    return found


def risk_model(draw: st.DrawFn, plan: Plan) -> dict[str, object]:
    """Everything about risk that a plan may hold; no strategy of its own, whose name would hold the whole plan."""
    links = link_names(plan)
    shown = list(plan.shown.values())
    risks = _without_contradictions(draw(st.lists(_risks(shown, links), max_size=3, unique_by=lambda risk: risk.id)), draw)
    scales = draw(st.sampled_from([{}, SCALES]))
    if scales and risks:
        risks = [_with_words(risk, plan) for risk in risks]
    factors = draw(st.lists(_factors(shown), max_size=2, unique_by=lambda factor: factor.id))
    return {
        "risks": tuple(risks),
        "factors": tuple(factors),
        "correlations": tuple(draw(st.lists(_correlations(_variables(plan, links, risks, factors)), max_size=2))),
        "branches": tuple(branches(draw, plan)),
        "weather": tuple(_weather(draw, plan)),
        "scenarios": tuple(draw(_scenarios(risks, factors))),
        "scales": scales,
    }


def _impacts(shown: list[str], links: list[str]) -> st.SearchStrategy[tuple[Impact, ...]]:
    on_activities = st.builds(Impact, activity=st.sampled_from(shown), duration=RANGES, cost=maybe(RANGES))
    on_links = st.builds(Impact, link=st.sampled_from(links), lag=RANGES) if links else on_activities
    return st.lists(st.one_of(on_activities, on_links), max_size=3).map(tuple)


@st.composite
def _mitigations(draw: st.DrawFn, shown: list[str], links: list[str]) -> Mitigation:
    action = st.builds(Action, name=TEXTS, cost=MONEY, date=maybe(MOMENTS), owner=TEXTS)
    return Mitigation(
        actions=tuple(draw(st.lists(action, max_size=2))),
        probability=draw(maybe(CHANCES)),
        impacts=draw(maybe(_impacts(shown, links))),
    )


@st.composite
def _risks(draw: st.DrawFn, shown: list[str], links: list[str]) -> Risk:
    first, minutes = draw(maybe(MOMENTS)), draw(st.integers(1, 9999))
    return Risk(
        id=draw(NAMES),
        name=draw(TEXTS),
        description=draw(TEXTS),
        category=draw(TEXTS),
        owner=draw(TEXTS),
        status=draw(st.sampled_from(["open", "closed"])),
        probability=draw(CHANCES),
        impacts=draw(_impacts(shown, links)),
        shared=draw(st.booleans()),
        impact_rank=draw(st.sampled_from([0.0, 0.5, 0.987654321])),
        combine=draw(COMBINE),
        window=None if first is None else (first, first + timedelta(minutes=minutes)),
        strikes=draw(st.one_of(st.sampled_from([None, "start", "end"]), _FRACTIONS)),
        mitigation=draw(maybe(_mitigations(shown, links))),
    )


def _without_contradictions(risks: list[Risk], draw: st.DrawFn) -> list[Risk]:
    """Risks that hang on earlier ones, recur, or exclude each other where that makes sense."""
    found: list[Risk] = []
    for risk in risks:
        kind = draw(st.sampled_from(["plain", "given", "exclusive", "per activity", "recurring"]))
        changes: dict[str, object] = {}
        if kind == "given" and found:
            changes["given"] = {other.id: draw(SHARES) for other in found}
        elif kind == "exclusive":
            changes = {"exclusive": draw(NAMES), "probability": draw(SHARES) / len(risks), "mitigation": None}
        elif kind == "per activity":
            changes["occurrence"] = kind
        elif kind == "recurring":
            changes = {"occurrence": kind, "every": draw(st.integers(1, 99_999))}
        found.append(Risk(**{**_values(risk), **changes}))
    return found


def _values(item: Risk) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def _with_words(risk: Risk, plan: Plan) -> Risk:
    """The risk with values that stand in the scales, and the words for them."""
    words = {} if risk.exclusive else {word_key("probability"): "very low"}
    index = ActivityIndex.of(plan)
    impacts = []
    for number, impact in enumerate(risk.impacts, start=1):
        if impact.activity:
            activity = plan.by_ref[plan.find(impact.activity)]
            word = "high" if activity.elapsed else "low"
            values = duration_values(*index.units(activity), elapsed=activity.elapsed)
            duration = parse_distribution(SCALES["duration"][word], values)
            impact = Impact(
                activity=impact.activity, duration=duration, cost=parse_distribution(SCALES["cost"]["-"], money_values())
            )
            words |= {word_key("duration", number): word, word_key("cost", number): "-"}
        impacts.append(impact)
    probability = risk.probability if risk.exclusive else 0.05
    return Risk(**{**_values(risk), "impacts": tuple(impacts), "probability": probability, "words": words})


def _factors(shown: list[str]) -> st.SearchStrategy[Factor]:
    return st.builds(
        Factor,
        id=NAMES,
        name=TEXTS,
        description=TEXTS,
        probability=CHANCES,
        uncertainty=distributions(relative=True),
        applies_to=st.lists(st.sampled_from(shown), max_size=2, unique=True).map(tuple),
        combine=COMBINE,
        costs=st.sampled_from([(), ("material", "expense"), COST_KINDS]),
    )


def _variables(plan: Plan, links: list[str], risks: list[Risk], factors: list[Factor]) -> list[str]:
    return [
        *(f"{kind} of {name}" for kind in ("duration", "rate", "cost") for name in plan.shown.values()),
        *(f"lag of {name}" for name in links),
        *(f"{kind} of {risk.id}" for kind in ("magnitude", "probability") for risk in risks),
        *(f"value of {factor.id}" for factor in factors),
        *(f"{kind} of {name}" for kind in ("price", "productivity") for name in plan.resources),
    ]


@st.composite
def _correlations(draw: st.DrawFn, variables: list[str]) -> Correlation:
    between = tuple(draw(st.lists(st.sampled_from(variables), min_size=2, max_size=4, unique=True)))
    degrees = draw(st.sampled_from([None, 4.0, 2.5]))
    if draw(st.booleans()):
        return Correlation(between=between, rank=draw(st.floats(-1, 1)), degrees=degrees)
    values = {(i, j): draw(st.floats(-1, 1)) for j in range(len(between)) for i in range(j)}
    matrix = tuple(
        tuple(1.0 if i == j else values[min(i, j), max(i, j)] for j in range(len(between))) for i in range(len(between))
    )
    return Correlation(between=between, matrix=matrix, degrees=degrees)


def branches(draw: st.DrawFn, plan: Plan) -> list[AnyBranch]:
    """Branches of which no two share an activity; links run forward in the order of the activities."""
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    shown = [plan.shown[activity.ref] for activity in plan.activities]
    free = list(shown)
    found: list[AnyBranch] = []
    for name in names:
        subject = plan.activities[draw(st.integers(0, len(plan.activities) - 1))]
        if subject.type.is_span or draw(st.booleans()):
            found.append(draw(_by_chance(name, free)))
        else:
            later = [other for other in shown[shown.index(plan.shown[subject.ref]) + 1 :] if other in free]
            found.append(_conditional(draw, name, subject, plan.shown[subject.ref], later))
        for activities in _paths(found[-1]):
            free = [other for other in free if other not in activities]
    return found


def _paths(branch: AnyBranch) -> list[tuple[str, ...]]:
    return [path.activities for path in branch.paths] if isinstance(branch, Branch) else [branch.then, branch.otherwise]


@st.composite
def _by_chance(draw: st.DrawFn, name: str, free: list[str]) -> Branch:
    weight = draw(st.integers(0, 1000)) / 1000
    activities = tuple(free[: draw(st.integers(0, 2))])
    paths = (Path(weight=weight, activities=activities, name=draw(TEXTS)), Path(weight=(1000 - weight * 1000) / 1000))
    return Branch(id=name, name=draw(TEXTS), paths=paths)


def _conditional(draw: st.DrawFn, name: str, subject: Activity, shown: str, later: list[str]) -> ConditionalBranch:
    quantity = "cost" if subject.status is Status.COMPLETED else draw(st.sampled_from(CONDITIONS))
    limits = {"cost": MONEY, "duration": st.integers(0, 99_999)}
    return ConditionalBranch(
        id=name,
        name=draw(TEXTS),
        quantity=quantity,
        activity=shown,
        limit=draw(limits.get(quantity, MOMENTS)),
        then=tuple(later[:1]),
        otherwise=tuple(later[1:2]),
        stop=quantity in ("finish", "duration") and draw(st.booleans()),
    )


def _weather(draw: st.DrawFn, plan: Plan) -> list[Weather]:
    found = []
    for name, calendar in plan.calendars.items():
        if calendar.always_works or draw(st.booleans()):
            continue
        region = draw(st.sampled_from(["", "coast"]))
        if draw(st.booleans()):
            monthly = tuple(draw(st.lists(SHARES, min_size=12, max_size=12)))
            found.append(Weather(calendar=name, monthly=monthly, persistence=draw(st.sampled_from([0.0, 0.3])), region=region,
                                 correlation=draw(SHARES)))  # fmt: skip
        else:
            year = st.integers(0, 2**DAYS - 1).map(lambda bits: bytes(bits >> day & 1 for day in range(DAYS)))
            record = tuple(draw(st.lists(year, min_size=1, max_size=2)))
            found.append(Weather(calendar=name, record=record, region=region, correlation=draw(st.sampled_from([0.0, 1.0]))))
    return found


@st.composite
def _scenarios(draw: st.DrawFn, risks: list[Risk], factors: list[Factor]) -> list[Scenario]:
    ids = [risk.id for risk in risks]
    both = [*ids, *(factor.id for factor in factors)]
    some = st.lists(st.sampled_from(both), max_size=2, unique=True).map(tuple) if both else st.just(())
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    cut = draw(st.integers(0, len(ids)))
    return [
        Scenario(
            id=name,
            name=draw(TEXTS),
            base=draw(st.sampled_from(["pre", "post", "none"])),
            mitigate=tuple(ids[:cut]),
            leave=tuple(ids[cut:]),
            without=draw(some),
        )
        for name in names
    ]
