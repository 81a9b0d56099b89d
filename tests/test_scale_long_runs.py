"""Runs too long to keep every value: fine histograms answer as the values themselves do, to their resolution."""
from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simcore
import simcore.runs
import simcore.simulation
from simcore import local_work, tally
from simcore.design import Design
from simcore.fine_counts import BINS, SPARE, FineCounts, Grid
from simcore.models.plan import Plan
from simcore.results import Results
from simcore.sampled import MoneyVariable, Sampled
from tests.scale_cases import pump_station

KEPT = 4_096
LONG = 20_003  # no multiple of the replicates


@pytest.fixture(scope="module")
def plan() -> Plan:
    return pump_station()


@pytest.fixture(scope="module")
def exact(plan: Plan) -> Results:
    return simcore.simulate(plan, LONG, periods="month")


@pytest.fixture(scope="module")
def counted(plan: Plan) -> Results:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "EXACT", KEPT)
        patch.setattr(local_work, "BLOCK", 5_000)  # no multiple either
        return simcore.simulate(plan, LONG, periods="month", lanes=77, threads=3)


def pairs(exact: Results, counted: Results) -> list[tuple[Sampled, Sampled]]:
    assert exact.cost is not None
    assert counted.cost is not None
    both = [(exact.finish, counted.finish), (exact.cost, counted.cost)]
    return both + [(variable, counted.milestones[key]) for key, variable in exact.milestones.items()]


def width(variable: Sampled) -> float:
    return variable._fine.grid.width  # type: ignore[attr-defined]


def test_p_values_lie_at_most_one_bin_beyond_the_exact_ones(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        for share in (1e-6, 0.05, 0.1, 0.5, 0.8, 0.95, 0.999, 1 - 1e-6):
            assert 0 <= other._quantile(share) - one._quantile(share) < width(other)


def test_p_values_are_values_of_iterations(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        assert {other._quantile(share) for share in (0.1, 0.5, 0.8)} <= set(one._values.tolist())


def test_probabilities_of_p_values_are_exact(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        for share in (0.1, 0.5, 0.8):
            value = other._quantile(share)
            assert other._share_at_or_below(value) == one._share_at_or_below(value)
            assert np.array_equal(other._replicate_shares([value]), one._replicate_shares([value]))


def test_probabilities_lie_between_those_of_a_bins_ends(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        for value in np.linspace(*one._extremes(), 37):
            found = other._share_at_or_below(value)
            assert one._share_at_or_below(value - width(other)) <= found <= one._share_at_or_below(value + width(other))


def test_extremes_and_means_are_exact(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        assert other._extremes() == one._extremes()
        # half a part of a bin (2^-15) is lost at most in each value, and the roundings of a float mean of 20,000
        assert other._mean() == pytest.approx(one._mean(), rel=1e-12, abs=width(other) / 2**14)
        assert other._error("mean") == pytest.approx(one._error("mean"), rel=1e-6, abs=width(other) / 2**14)
        # a value moves by half a bin at most, so that a standard deviation does
        assert abs(other._sd() - one._sd()) <= width(other) / 2


def test_standard_errors_come_from_the_replicates(exact: Results, counted: Results) -> None:
    for one, other in pairs(exact, counted):
        for percent in (10, 50, 80, 90):
            assert other._error(percent) == pytest.approx(one._error(percent), rel=0.05, abs=width(other))
        assert np.abs(other._replicate_quantiles(0.8) - one._replicate_quantiles(0.8)).max() <= width(other)


def test_a_histogram_counts_every_iteration(exact: Results, counted: Results) -> None:
    edges, hits = counted.finish.histogram(20)
    wanted_edges, wanted = exact.finish.histogram(20)
    assert hits.sum() == LONG
    assert np.array_equal(edges, wanted_edges)
    nearby = np.histogram(exact.finish._values, 20)[0]
    assert np.array_equal(nearby, wanted)
    assert np.abs(hits - wanted).max() < 0.01 * LONG  # what lies within a bin of an edge


def test_what_is_added_up_is_the_same(exact: Results, counted: Results) -> None:
    assert exact.tally is not None
    assert counted.tally is not None
    assert np.array_equal(exact.tally.counts, counted.tally.counts)
    assert np.array_equal(exact.tally.critical, counted.tally.critical)
    assert np.array_equal(exact.tally.range, counted.tally.range)
    assert counted.iterations == LONG


def test_the_first_iterations_are_kept(exact: Results, counted: Results) -> None:
    assert np.array_equal(counted.finish.exact.samples, exact.finish.samples[:KEPT])
    assert exact.finish.exact is exact.finish
    assert exact.finish.resolution.total_seconds() == 0
    with pytest.raises(ValueError, match=r"keeps the samples of the first 4,096 alone; take exact.samples"):
        _ = counted.finish.samples


def test_joint_confidence_contingency_and_cash_flow_are_of_those_kept(plan: Plan, counted: Results) -> None:
    short = simcore.simulate(plan, KEPT, periods="month")
    assert counted.joint.recommended(70) == short.joint.recommended(70)
    assert counted.contingency(80) == short.contingency(80)
    assert counted.cash_flow is not None
    assert short.cash_flow is not None
    assert np.array_equal(counted.cash_flow.by_period, short.cash_flow.by_period)
    assert any("joint confidence, contingency, cash flow and curves are of the first 4,096" in w for w in counted.warnings)


def test_the_answer_for_machines_says_the_resolution(exact: Results, counted: Results) -> None:
    answer = counted.to_dict()
    assert answer["finish"]["resolution_hours"] == pytest.approx(counted.finish.resolution.total_seconds() / 3600)
    assert counted.cost is not None
    assert answer["cost"]["resolution"] == pytest.approx(counted.cost.resolution)
    assert "resolution_hours" not in exact.to_dict()["finish"]


def test_reports_show_long_runs(counted: Results, tmp_path: object) -> None:
    path = f"{tmp_path}/report.html"
    counted.report(path)
    with open(path, encoding="utf-8") as page:
        assert "of all 20,003 iterations" in page.read()


def test_comparisons_refuse_what_they_cannot_pair(plan: Plan) -> None:
    with pytest.raises(ValueError, match=r"compared one by one: at most 1,048,576, not 2,000,000"):
        simcore.compare(plan, iterations=2_000_000)


whole = st.lists(st.integers(-(2**30), 2**30), min_size=2, max_size=60).map(lambda v: np.array(v, np.int32))
amounts = st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=60).map(lambda v: np.array(v, np.float64))
numbers = st.one_of(whole, amounts)


@given(st.one_of(st.tuples(whole, whole), st.tuples(amounts, amounts)))
def test_values_of_any_kind_are_counted_where_they_belong(both: tuple[np.ndarray, np.ndarray]) -> None:
    seen, later = both
    grid = Grid.over(seen)
    counts = FineCounts.empty(grid, 2)
    counts.add(seen, 0)
    counts.add(later, len(seen))
    everything = np.concatenate([seen, later])
    assert counts.counts.sum() == len(everything)
    assert counts.smallest == everything.min()
    assert counts.largest.max() == everything.max()
    inside = grid.bin_of(grid.positions(seen))
    assert (inside >= SPARE - 1).all()
    assert (inside <= grid.bins - SPARE).all()
    assert grid.bins >= 1 + 2 * SPARE
    if seen.dtype.kind == "i" and np.ptp(seen.astype(np.int64)) < BINS:
        assert grid.width == 1


@given(numbers, st.integers(1, 59))
def test_parts_add_up_to_the_whole(values: np.ndarray, cut: int) -> None:
    cut = min(cut, len(values) - 1)
    grid = Grid.over(values)
    whole, first, second = (FineCounts.empty(grid, 3) for _ in range(3))
    whole.add(values, 5)
    first.add(values[:cut], 5)
    second.add(values[cut:], 5 + cut)
    first.take(second)
    for part in (first, pickle.loads(pickle.dumps(first))):
        for name in ("grid", "counts", "largest", "sums", "smallest"):
            assert np.array_equal(getattr(part, name), getattr(whole, name))


def test_a_cost_that_never_varies_has_that_value() -> None:
    constant = MoneyVariable(np.full(100, 1234.5), 4, 1234.5)
    from simcore.large_samples import LongMoney

    counts = FineCounts.empty(Grid.over(constant._values), 4)
    counts.add(constant._values, 0)
    counts.add(np.full(50, 1234.5), 100)
    long = LongMoney(counts, constant)
    assert (long.p(10), long.p(90), long.probability(1234.5), long.probability(1234.4)) == (1234.5, 1234.5, 1.0, 0.0)
    assert not long.varies
    assert long.sd == 0.0
    assert long.histogram()[1].tolist() == [150]


@pytest.mark.parametrize("at", [1, 3, 7, 8, 9])
def test_an_interrupt_is_heard_wherever_it_comes(plan: Plan, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """At the end of what is kept and of a block of iterations too, where nothing of the work in hand is left to leave out."""
    monkeypatch.setattr(tally, "EXACT", 32)
    monkeypatch.setattr(local_work, "BLOCK", 32)
    calls: list[int] = []

    def stop(progress: simcore.simulation.Progress) -> None:
        calls.append(progress.done)
        if len(calls) == 16 * at:  # the last of the sixteen units of a round
            raise KeyboardInterrupt

    partial = simcore.simulate(plan, 1_000, progress=stop)
    assert partial.partial
    assert partial.iterations == 32 * at
    short = simcore.simulate(plan, 32 * at)
    assert np.array_equal(partial.activities.criticality, short.activities.criticality)
    assert partial.finish.p(80) == short.finish.p(80)


def test_the_last_iteration_numbers_that_there_may_be_are_as_good_as_any(plan: Plan) -> None:
    """Numbers of iterations never leave their integers: what a batch keeps is what an iteration recomputed alone gives."""
    last = simcore.simulation.LONGEST_RUN
    first = last - 100
    run = simcore.runs.Run(plan, Design(seed=3), "pre", with_float=False)
    run.prepare()
    tail = tally.Tally.empty(run, first)
    local_work.LocalWork(2, 16).extend(run, tail, last)
    origin = np.datetime64(run.network.clock.origin, "m")
    kept = origin + tail.kept.finish[-1].astype("timedelta64[m]")
    for number in (first, first + 33, last - 1):
        assert kept[number - first] == np.datetime64(run.iteration(number).project_end, "m")
    assert len(np.unique(kept)) > 50


def test_no_iteration_comes_back_however_long_a_run_is(plan: Plan) -> None:
    """Sequences with fewer bits than an iteration number has would begin again."""
    run = simcore.runs.Run(plan, Design(seed=3), "pre", with_float=False)
    seen = {run.iteration(7 + 16 * step).project_end for step in (0, *(2**bit for bit in range(14, 27)))}
    assert len(seen) > 10  # of fourteen, of which two may happen to end on the same minute
