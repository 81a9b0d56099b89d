"""What risk events may say about when, where and how often they happen; resources; against exact answers."""
from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import simcore
from simcore.models.calendars import Calendar
from simcore.models.costs import Assignment, Resource
from simcore.models.distributions import Fixed, Triangular, Uniform
from simcore.models.errors import PlanError
from simcore.models.plan import Activity, LinkType, Plan, Project, Ref, Relationship, Status
from simcore.models.risks import Correlation, Factor, Impact, Mitigation, Risk, Scenario
from simcore.results import Results
from simcore.risk_events import exclusive_slots
from tests.oracle_plans import (
    START,
    UNIT,
    activity,
    assert_moments,
    assert_near,
    plan,
    replicate_error,
    run,
    serial,
    units,
)

ONE = Fixed(float(UNIT))


def hits(*names: str, by: float = 1.0) -> tuple[Impact, ...]:
    return tuple(Impact(activity=name, duration=Fixed(by * UNIT)) for name in names)


def chain(*risks: Risk, names: str = "ab", length: float = 10.0, **more: object) -> Plan:
    """Activities one after the other, each ``length`` units long."""
    return plan([activity(name, units=length) for name in names], serial(list(names)), risks=risks, **more)


def share(results: Results, value: float) -> float:
    return float(np.mean(np.isclose(units(results.finish), value)))


def binomial(p: float, n: int) -> float:
    """Four standard errors of a share of independent iterations, which stratified ones do not exceed."""
    return 4 * math.sqrt(p * (1 - p) / n)


# -- probability ---------------------------------------------------------------------------------------------------------------


def test_a_probability_that_is_itself_uncertain():
    """On average it is the mean of its distribution."""
    vague = Risk(id="R", probability=Triangular(0.1, 0.2, 0.6, relative=True), impacts=hits("a"))
    assert share(run(chain(vague), iterations=16_000), 21.0) == pytest.approx(0.3, abs=binomial(0.3, 16_000))


def test_a_factor_with_an_uncertain_probability():
    vague, double = Uniform(0.2, 0.6, relative=True), Fixed(2.0, relative=True)
    factor = Factor(id="F", probability=vague, uncertainty=double, applies_to=("a",))
    results = run(chain(factors=(factor,)), iterations=16_000)
    assert share(results, 30.0) == pytest.approx(0.4, abs=binomial(0.4, 16_000))


def test_a_closed_risk_takes_no_part():
    results = run(chain(Risk(id="R", status="closed", impacts=hits("a"))), iterations=32)
    assert set(units(results.finish)) == {20.0}


# -- risks that hang together --------------------------------------------------------------------------------------------------


def test_a_risk_that_another_triggers():
    """P(B) = 0.5 · 0.8 + 0.5 · 0.1, and both together 0.4."""
    first = Risk(id="A", probability=0.5, impacts=hits("a"))
    second = Risk(id="B", probability=0.1, given={"A": 0.8}, impacts=hits("b", by=2.0))
    results = run(chain(second, first), iterations=16_000)
    for value, p in ((20.0, 0.45), (21.0, 0.1), (22.0, 0.05), (23.0, 0.4)):
        assert share(results, value) == pytest.approx(p, abs=binomial(p, 16_000)), value


def test_the_likeliest_of_several_triggers_counts():
    """Neither, one or both of two occurred: 0, 0.3, 0.9 and 0.9."""
    triggers = [Risk(id=name, probability=0.5) for name in ("X", "Y")]
    risk = Risk(id="R", probability=0.0, given={"X": 0.3, "Y": 0.9}, impacts=hits("a"))
    p = 0.25 * 0 + 0.25 * 0.3 + 0.5 * 0.9
    assert share(run(chain(*triggers, risk), iterations=16_000), 21.0) == pytest.approx(p, abs=binomial(p, 16_000))


def test_a_trigger_that_is_left_out_triggers_nothing():
    first = Risk(id="A", probability=1.0)
    second = Risk(id="B", probability=0.0, given={"A": 1.0}, impacts=hits("b"))
    both = chain(first, second, scenarios=(Scenario(id="S", without=("A",)),))
    assert set(units(run(both, iterations=32).finish)) == {21.0}
    assert set(units(simcore.simulate(both, iterations=32, scenario="S").finish)) == {20.0}


def test_risks_that_trigger_each_other_in_a_circle():
    risks = Risk(id="A", given={"B": 1.0}), Risk(id="B", given={"A": 1.0})
    with pytest.raises(PlanError, match="it hangs on itself: A -> B -> A"):
        simcore.simulate(chain(*risks), iterations=16)


def test_of_exclusive_risks_one_occurs_at_most():
    risks = [Risk(id=f"R{k}", probability=p, exclusive="G", impacts=hits("a", by=1 + k)) for k, p in enumerate((0.2, 0.3, 0.4))]
    results = run(chain(*risks), iterations=16_000)
    assert set(units(results.finish)) <= {20.0, 21.0, 22.0, 23.0}
    for value, p in ((20.0, 0.1), (21.0, 0.2), (22.0, 0.3), (23.0, 0.4)):
        assert share(results, value) == pytest.approx(p, abs=binomial(p, 16_000)), value


def test_mitigating_one_of_a_group_leaves_the_others_where_they_were():
    better = Mitigation(probability=0.05)
    risks = (
        Risk(id="A", probability=0.2, exclusive="G", impacts=hits("a"), mitigation=better),
        Risk(id="B", probability=0.3, exclusive="G", impacts=hits("b", by=2.0)),
    )
    before, after = (simcore.simulate(chain(*risks), iterations=640, scenario=s).finish for s in ("pre", "post"))
    assert np.array_equal(units(before) == 22.0, units(after) == 22.0)
    assert set(units(before)[units(after) == 21.0]) == {21.0}
    assert exclusive_slots(risks, risks) == {"A": 0.0, "B": 0.2}


# -- how often -----------------------------------------------------------------------------------------------------------------


def test_one_occurrence_for_all_activities_or_one_for_each():
    once = run(chain(Risk(id="R", probability=0.5, impacts=hits("a", "b"))), iterations=16_000)
    assert share(once, 21.0) == 0.0
    each = Risk(id="R", probability=0.5, occurrence="per activity", impacts=hits("a", "b"))
    results = run(chain(each), iterations=16_000)
    for value, p in ((20.0, 0.25), (21.0, 0.5), (22.0, 0.25)):
        assert share(results, value) == pytest.approx(p, abs=binomial(p, 16_000)), value


def test_a_recurring_risk_is_poisson():
    """Every 5 units of 20 units of work: four on average; the sum of that many magnitudes."""
    impact = Impact(activity="a", duration=Uniform(0.0, 2.0 * UNIT))
    risk = Risk(id="R", occurrence="recurring", every=5 * UNIT, impacts=(impact,))
    results = run(chain(risk, names="a", length=20.0))
    assert_moments(results.finish, 24.0, math.sqrt(4 * (1 / 3 + 1)))
    fixed = run(chain(replace(risk, impacts=hits("a")), names="a", length=20.0))
    for k in range(9):
        p = math.exp(-4) * 4**k / math.factorial(k)
        assert share(fixed, 20.0 + k) == pytest.approx(p, abs=binomial(p, 100_000)), k


def test_a_recurring_risk_that_may_not_be_there():
    risk = Risk(id="R", probability=0.25, occurrence="recurring", every=10 * UNIT, impacts=hits("a"))
    results = run(chain(risk, names="a"), iterations=16_000)
    p = 0.75 + 0.25 * math.exp(-1)
    assert share(results, 10.0) == pytest.approx(p, abs=binomial(p, 16_000))


def test_a_risk_that_recurs_all_the_time_is_refused():
    risk = Risk(id="R", occurrence="recurring", every=UNIT // 100, impacts=hits("a"))
    with pytest.raises(PlanError, match="risk 'R' occurrence: it would strike 'a' 1000 times"):
        simcore.simulate(chain(risk), iterations=16)


# -- where and when ------------------------------------------------------------------------------------------------------------


def window(first: float, last: float) -> tuple[datetime, datetime]:
    return START + timedelta(minutes=first * UNIT), START + timedelta(minutes=last * UNIT)


@pytest.mark.parametrize(
    ("strikes", "first", "last", "share_struck"),
    [
        (None, 5, 6, 1.0),  # under way then
        (None, 21, 30, 0.0),
        ("start", 0, 9, 0.0),  # b starts at 10
        ("start", 9, 11, 1.0),
        ("end", 9, 19, 0.0),
        ("end", 19, 21, 1.0),
        (Fixed(0.5, relative=True), 14, 16, 1.0),
        (Fixed(0.5, relative=True), 16, 30, 0.0),
        (Uniform(0.0, 1.0, relative=True), 10, 13, 0.3),
    ],
)
def test_only_what_strikes_inside_the_window_counts(strikes, first, last, share_struck):
    on = "a" if strikes is None else "b"
    risk = Risk(id="R", impacts=hits(on), window=window(first, last), strikes=strikes)
    results = run(chain(risk), iterations=16_000)
    assert share(results, 21.0) == pytest.approx(share_struck, abs=max(binomial(share_struck, 16_000), 1e-9))


def test_a_window_sees_where_earlier_risks_have_moved_the_work():
    delay = Risk(id="A", probability=0.5, impacts=hits("a", by=5.0))
    storm = Risk(id="B", impacts=hits("b"), window=window(12, 16), strikes="start")
    results = run(chain(delay, storm), iterations=1600)
    assert set(units(results.finish)) == {20.0, 26.0}


def test_costs_of_a_risk_with_a_window():
    risk = Risk(id="R", probability=0.5, impacts=(Impact(activity="b", cost=Fixed(100.0)),), window=window(25, 30))
    delay = Risk(id="D", probability=0.5, impacts=hits("a", by=10.0))
    cost = run(chain(risk, delay), iterations=16_000).cost
    assert cost is not None
    assert float(np.mean(cost.samples == 100.0)) == pytest.approx(0.25, abs=binomial(0.25, 16_000))


def test_what_strikes_at_the_start_delays_it():
    """Successors that wait for the start feel it; those of a risk that strikes at the end do not."""
    tasks = [activity("a", units=10), activity("b", units=2)]
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.SS)
    for strikes, end in (("start", 4.0), ("end", 2.0)):
        risk = Risk(id="R", impacts=hits("a", by=2.0), strikes=strikes)
        results = run(plan(tasks, risks=(risk,)).with_changes(relationships=(link,)), iterations=16)
        assert set(units(results.milestones["b"])) == {end}
        assert set(units(results.milestones["a"])) == {12.0}
        assert results.activities.criticality[0] == 1.0
        assert results.iteration(3).duration[0] == (10 if strikes == "start" else 12) * UNIT


def test_an_impact_on_a_lag():
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, lag=2 * UNIT)
    impacts = Impact(link="a -> b", lag=Fixed(0.5, relative=True)), Impact(link="a -> b", lag=ONE)
    risk = Risk(id="R", probability=0.5, impacts=impacts)
    results = run(chain(risk).with_changes(relationships=(link,)), iterations=160)
    assert set(units(results.finish)) == {22.0, 24.0}


def test_an_impact_on_the_lag_after_finished_work_is_told():
    done = Activity(project="P", id="a", duration=UNIT, status=Status.COMPLETED,
                    actual_start=START - timedelta(days=9), actual_finish=START - timedelta(days=2))  # fmt: skip
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS)
    risk = Risk(id="R", impacts=(Impact(link="a -> b", lag=ONE),))
    tasks = plan([done, activity("b", units=1)]).with_changes(relationships=(link,)).with_changes(risks=(risk,))
    assert any("no effect on the lag of a -> b" in warning for warning in run(tasks, iterations=16).warnings)


# -- magnitudes, resources -----------------------------------------------------------------------------------------------------


def test_correlated_magnitudes_of_one_risk():
    impacts = tuple(Impact(activity=name, duration=Uniform(0.0, 2.0 * UNIT)) for name in "ab")
    free = run(chain(Risk(id="R", impacts=impacts)))
    tied = run(chain(Risk(id="R", impacts=impacts, impact_rank=0.6)))
    variance = 2 * 4 / 12
    assert_moments(free.finish, 22.0, math.sqrt(variance))
    assert_moments(tied.finish, 22.0, math.sqrt(variance * 1.6))  # of uniforms, Pearson's is Spearman's
    shared = run(chain(Risk(id="R", impacts=impacts, shared=True)))
    assert_moments(shared.finish, 22.0, math.sqrt(variance * 2))


def test_productivity_divides_durations():
    """E[1/P] and E[1/P^2] of a uniform productivity are ln(b/a)/(b-a) and 1/(ab)."""
    low, high = 0.5, 1.25
    crew = Resource(id="crew", productivity=Uniform(low, high, relative=True))
    tasks = [
        replace(activity("a", units=10), assignments=(Assignment(resource="crew"),)),
        replace(activity("b", units=10), assignments=(Assignment(resource="crew"),)),
        replace(activity("c", units=10), assignments=(Assignment(resource="crew", drives=False),)),
    ]
    mean = math.log(high / low) / (high - low)
    sd = math.sqrt(1 / (low * high) - mean**2)
    results = run(plan(tasks, serial("abc"), resources={"crew": crew}))
    assert_moments(results.finish, 20 * mean + 10, 20 * sd)


def test_quantity_and_price_of_an_assignment():
    """A product of independent draws; the quantities of two assignments are independent, the price is one."""
    steel = Resource(id="steel", kind="material", uncertainty=Uniform(0.8, 1.4, relative=True))
    lot = Assignment(resource="steel", remaining_cost=100.0, time_dependent=False, uncertainty=Uniform(0.5, 1.5, relative=True))
    tasks = [replace(activity(name, units=1), assignments=(lot,)) for name in "ab"]
    cost = run(plan(tasks, serial("ab"), resources={"steel": steel})).cost
    assert cost is not None
    price, quantity = 0.6**2 / 12, 2 * 1 / 12
    variance = (1.1**2 + price) * (4 + quantity) - (1.1 * 2) ** 2
    assert_near(cost.mean, 220.0, cost.standard_error("mean"), 1e-3, "mean")
    assert_near(cost.sd, 100 * math.sqrt(variance), float(replicate_error(np.std, cost.samples)), 1e-3, "sd")


def test_correlation_of_any_variables():
    """Between a lag and a factor, say."""
    link = Relationship(Ref("P", "a"), Ref("P", "b"), LinkType.FS, lag=5 * UNIT, uncertainty=Uniform(4.0 * UNIT, 6.0 * UNIT))
    factor = Factor(id="F", uncertainty=Uniform(0.9, 1.1, relative=True), applies_to=("a",))
    tied = Correlation(between=("lag of a -> b", "value of F"), rank=0.8)
    base = chain(factors=(factor,)).with_changes(relationships=(link,))
    variance = 2 * 4 / 12
    assert_moments(run(base).finish, 25.0, math.sqrt(variance))
    assert_moments(run(base.with_changes(correlations=(tied,))).finish, 25.0, math.sqrt(variance * 1.8))


def test_extremes_come_together_under_student_t():
    """The same rank correlation; the joint share beyond both P95 is that of the bivariate distribution behind."""
    from scipy.stats import multivariate_t, t

    from simcore.student import pearson_of_rank_t

    tasks = [activity(name, Uniform(0.0, 10.0 * UNIT), 5) for name in "ab"]
    found = {}
    for degrees in (None, 3.0):
        tied = Correlation(between=("duration of a", "duration of b"), rank=0.5, degrees=degrees)
        results = run(plan(tasks, correlations=(tied,)))
        a, b = (units(results.milestones[name]) for name in "ab")
        found[degrees] = float(np.mean((a > 9.5) & (b > 9.5)))
        rank = float(np.corrcoef(a, b)[0, 1])  # of uniforms
        assert_near(rank, 0.5, float(replicate_error(lambda x, y: np.corrcoef(x, y)[0, 1], a, b)), 1e-4)
    rho = float(pearson_of_rank_t(0.5, 3.0))
    beyond = multivariate_t(shape=[[1, rho], [rho, 1]], df=3)
    exact = float(beyond.cdf([t(3).ppf(0.05)] * 2, random_state=1, maxpts=200_000))
    assert found[3.0] == pytest.approx(exact, abs=binomial(exact, 100_000) + 1e-4)
    assert found[3.0] > found[None]


def test_percentages_refer_to_what_remains_on_the_calendar():
    """A risk of 50 % on five days of work of eight hours adds two and a half of them, nights aside."""
    office = Calendar(name="office", week=(((480, 960),),) * 7)
    work = Activity(project="P", id="a", duration=5 * 480)
    risk = Risk(id="R", impacts=(Impact(activity="a", duration=Fixed(0.5, relative=True)),))
    dated = Plan(projects=(Project(id="P", start=START),), activities=(work,), calendars={"office": office}, risks=(risk,))
    assert simcore.simulate(dated, iterations=16).finish.p(50) == START + timedelta(days=7, hours=12)

