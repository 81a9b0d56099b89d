"""The Sobol dimensions of a design: stratified together, shuffled together, chosen by importance, kept when a plan changes."""
from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

import simcore
from simcore import sobol
from simcore.comparison import compare
from simcore.design import Design
from simcore.kernel_sampling import SOBOL_BITS, sobol_row, uniform_row
from simcore.models.distributions import Triangular, Uniform
from simcore.models.plan import Plan
from simcore.models.risks import Impact, Risk
from simcore.pilot import design_of
from simcore.quantiles import FULL
from simcore.results import Results
from simcore.sobol import DIMENSIONS, directions
from simcore.variables import stream_key
from tests.oracle_plans import UNIT, activity, plan, serial

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SEED = np.uint64(20261127)
WIDE = Triangular(5.0 * UNIT, 8.0 * UNIT, 15.0 * UNIT)


def dimension(d: int, n: int, replicate: int = 0, seed: np.uint64 = SEED, first: int = 0) -> np.ndarray:
    bits = np.zeros(n, np.uint32)
    sobol_row(directions()[d], np.uint64(stream_key(f"activity/P/A{d}/duration")), seed, replicate, first, bits)
    return (bits + 0.5) / FULL


# -- the sequence -----------------------------------------------------------------------------------------------------------


def test_directions_give_the_points_of_scipy():
    """In the order of the Gray code, as Antonov and Saleev proposed."""
    n = 512
    points = np.rint(qmc.Sobol(DIMENSIONS, scramble=False, bits=32).random(n) * FULL).astype(np.uint64)
    table = directions()
    for k in range(n):
        gray, digits = k ^ (k >> 1), np.zeros(DIMENSIONS, np.uint32)
        for bit in range(SOBOL_BITS):
            if gray >> bit & 1:
                digits = digits ^ table[:, bit]
        assert [int(f"{d:032b}"[::-1], 2) for d in digits.tolist()] == points[k].tolist()


def test_directions_are_pinned():
    """Other directions are other numbers: then the sampler's version has to change."""
    assert hashlib.sha256(directions()[:, :20].tobytes()).hexdigest()[:16] == "5c9330caa1863d65"


def test_directions_go_on_as_those_of_scipy_do():
    """Those beyond the ones read off, by a point far out in a few dimensions."""
    far, dimensions = 2**23, 6
    sequence = qmc.Sobol(dimensions, scramble=False, bits=32)
    sequence.fast_forward(far)
    gray = far ^ (far >> 1)
    expected = np.rint(sequence.random(1)[0] * 2.0**32).astype(np.uint64)
    for dimension in range(dimensions):
        point = 0
        for bit in range(SOBOL_BITS):
            if gray >> bit & 1:
                point ^= int(directions()[dimension, bit])
        assert int(f"{point:032b}"[::-1], 2) == expected[dimension]


def test_directions_are_kept_beside_the_kernels(tmp_path, monkeypatch):
    monkeypatch.setattr(sobol, "cache_directory", lambda: tmp_path)
    found = directions.__wrapped__()
    (kept,) = tmp_path.iterdir()
    np.testing.assert_array_equal(directions.__wrapped__(), found)
    kept.write_bytes(b"damaged")
    np.testing.assert_array_equal(directions.__wrapped__(), found)


def test_random_access():
    whole = dimension(5, 5000)
    for first, n in ((0, 1), (1, 7), (255, 513), (4999, 1), (17, 40)):
        np.testing.assert_array_equal(dimension(5, n, first=first), whole[first : first + n])


@pytest.mark.parametrize("m", range(4, 13))
@pytest.mark.parametrize("replicate", [0, 15])
def test_every_block_is_stratified(m, replicate):
    size = 2**m
    for d in (0, 1, 31, DIMENSIONS - 1):
        blocks = dimension(d, 4 * size, replicate).reshape(-1, size)
        assert (np.sort((blocks * size).astype(int), axis=1) == np.arange(size)).all()


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 3), (1, 3), (1, 2)])
def test_pairs_of_dimensions_are_stratified_together(first, second):
    """Each box of a grid has equally many points of a block: a shuffle of each dimension's own would lose that."""
    for replicate in (0, 7):
        both = np.array([dimension(d, 1024, replicate) for d in (first, second)])
        for block in both.reshape(2, -1, 256).transpose(1, 0, 2):
            counts = np.histogram2d(*block, bins=8, range=((0, 1), (0, 1)))[0]
            assert (counts == 4).all()


def test_values_are_uniform_at_every_iteration():
    from scipy import stats

    for k in (0, 1, 300):
        values = np.array([dimension(3, 1, seed=np.uint64(s), first=k)[0] for s in range(2000)])
        assert stats.kstest(values, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("n", [256, 625, 1024])
def test_dimensions_are_less_correlated_than_independent_streams(n):
    """Among each other and with streams of their own, over several seeds."""
    among, across = [], []
    for seed in range(20):
        values = np.array([dimension(d, n, seed=np.uint64(seed)) for d in range(DIMENSIONS)]) - 0.5
        others = np.zeros((100, n), np.uint32)
        for k in range(100):
            uniform_row(np.uint64(stream_key(f"other/{k}")), np.uint64(seed), 0, 0, others[k])
        among.append((values @ values.T)[np.triu_indices(DIMENSIONS, 1)] * 12 / n)
        across.append((values @ (others / FULL - 0.5).T).ravel() * 12 / n)
    assert np.std(among) <= 1 / math.sqrt(n)
    assert np.std(across) <= 1.1 / math.sqrt(n)
    for found in (np.array(among), np.array(across)):
        assert abs(found.mean()) <= 4 * found.std() / math.sqrt(found.size)


# -- the table of a design ----------------------------------------------------------------------------------------------------


def serial_plan(count: int = 3, **more: object) -> Plan:
    names = [f"A{k}" for k in range(count)]
    return plan([activity(name, WIDE) for name in names], serial(names), **more)  # type: ignore[arg-type]


def test_what_matters_most_comes_first():
    """Durations by their spread; of a rare risk the occurrence and, where it happens, the magnitude."""
    wide = [activity(f"A{k}", Triangular(5.0 * UNIT, 8.0 * UNIT, (9.0 + 8 * k) * UNIT)) for k in range(4)]
    impact = Impact(activity="A0", duration=Uniform(50.0 * UNIT, 300.0 * UNIT))
    subject = plan(wide, serial([f"A{k}" for k in range(4)]), risks=(Risk(id="R", probability=0.1, impacts=(impact,)),))
    order = list(design_of(subject, 1).sobol)
    assert order[0] == "risk/R/occurs"
    durations = [name for name in order if name.startswith("activity/")]
    assert durations == [f"activity/P/A{k}/duration" for k in (3, 2, 1, 0)]
    assert order.index("risk/R/P/A0/duration") < order.index("activity/P/A0/duration")


def test_what_never_varies_has_no_dimension():
    certain = Risk(id="R", probability=1.0, impacts=(Impact(activity="A0", duration=Uniform(UNIT, 3.0 * UNIT)),))
    found = design_of(serial_plan(risks=(certain,)), 1).sobol
    assert "risk/R/occurs" not in found
    assert sorted(found.values()) == list(range(len(found)))


def test_a_plan_without_uncertainty_has_an_empty_table():
    subject = serial_plan()
    free = subject.with_changes(activities=tuple(replace(a, uncertainty=None) for a in subject.activities))
    assert design_of(free, 1).sobol == {}
    assert simcore.simulate(free, 64).finish.sd.total_seconds() == 0


def test_no_more_dimensions_than_there_are():
    found = design_of(serial_plan(DIMENSIONS + 30), 1).sobol
    assert list(found.values()) == list(range(DIMENSIONS))


def test_a_run_tells_its_table():
    results = simcore.simulate(serial_plan(), 64, seed=4)
    assert results.to_dict()["design"]["sobol"] == dict(design_of(serial_plan(), 4).sobol)
    assert results.to_dict()["design"]["sampler"] == 2


def test_all_scenarios_share_a_table():
    """Those of one comparison, and separate runs too."""
    subject = serial_plan(risks=(Risk(id="R", probability=0.3, impacts=(Impact(activity="A1", duration=WIDE),)),))
    runs = {name: simcore.simulate(subject, 300, scenario=name) for name in ("pre", "none")}
    assert runs["pre"].design == runs["none"].design == compare(subject, ("none", "pre"), 300).design
    same = runs["pre"].finish.samples == runs["none"].finish.samples
    assert 0.5 < same.mean() < 0.9  # where the risk did not happen


def test_a_table_is_kept_when_variables_are_added():
    before = simcore.simulate(serial_plan(3), 300)
    after = simcore.simulate(serial_plan(4), 300, design=before.design)
    assert after.design == before.design
    for number in (0, 33, 299):
        first, second = before.iteration(number).duration, after.iteration(number).duration
        np.testing.assert_array_equal(first[:3], second[:3])


# -- what it is good for ------------------------------------------------------------------------------------------------------


@cache
def example() -> Plan:
    return simcore.read(EXAMPLES / "software-release" / "plan.yaml", risks=EXAMPLES / "software-release" / "risks.yaml")


def runs(count: int, iterations: int) -> list[Results]:
    table = design_of(example(), 1).sobol
    return [simcore.simulate(example(), iterations, design=Design(seed=100 + k, sobol=table)) for k in range(count)]


def test_means_are_much_sharper_than_those_of_random_sampling():
    """Variance of the mean finish of an example with risks: at least ten times smaller (30 and more are measured).

    A ratio of variances from 40 runs is F-distributed; the truth would have to be below 6 to pass by chance in one of a thousand.
    """
    found, n = runs(40, 1024), 1024
    means = [np.mean(r.finish.samples.astype("datetime64[m]").astype(float)) for r in found]
    spread = np.mean([r.finish.samples.astype("datetime64[m]").astype(float).var() for r in found])
    assert spread / n / np.var(means, ddof=1) >= 10


def test_rare_events_are_stratified():
    """An event of 0.5 % in 16 x 256 iterations: its count varies by less than a fifth of a binomial one's variance.

    In each replicate of 256 it happens once or, in 28 % of them, twice.
    """
    for dimension_of in ({}, {"risk/R/occurs": 5}):
        impact = Impact(activity="A0", duration=Uniform(100.0 * UNIT, 200.0 * UNIT))
        subject = serial_plan(risks=(Risk(id="R", probability=0.005, impacts=(impact,)),))
        counts = []
        for seed in range(60):
            samples = simcore.simulate(subject, 4096, design=Design(seed=seed, sobol=dimension_of)).finish.samples
            counts.append(int((samples > samples.min() + np.timedelta64(50 * UNIT, "m")).sum()))
        exact = 16 * 0.28 * 0.72  # of 256 * 0.005 = 1.28
        assert np.var(counts, ddof=1) <= exact * 1.8  # chi-square of 59 degrees at one in ten thousand
        assert exact * 1.8 < 4096 * 0.005 * 0.995 / 3
        assert abs(np.mean(counts) - 4096 * 0.005) <= 4 * math.sqrt(exact / len(counts))
