"""The sampler: stratified, unbiased, independent streams; quantiles in the kernel as exact as promised."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from scipy import stats

from simcore.correlation import NORMAL_PLACE
from simcore.kernel_sampling import (
    CELL_BITS,
    FIRST,
    KIND,
    LAST,
    NORMAL_CELL_BITS,
    OCTAVES,
    PIECES,
    TABLE,
    TRIANGULAR,
    _pieces_row,
    _table_row,
    _triangular_row,
    latent_row,
    uniform_row,
)
from simcore.models.distributions import (
    DISTRIBUTIONS,
    Beta,
    ByPercentiles,
    Cumulative,
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Histogram,
    InverseChi,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Reciprocal,
    Shift,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
)
from simcore.quantiles import FULL, TableBuilder
from simcore.variables import stream_key
from tests.distribution_strategies import distributions
from tests.oracle_plans import oracle

SEED = np.uint64(20261123)


def uniforms(name: str, n: int, replicate: int = 0, seed: np.uint64 = SEED, first: int = 0) -> np.ndarray:
    bits = np.zeros(n, np.uint32)
    uniform_row(np.uint64(stream_key(name)), seed, replicate, first, bits)
    return (bits + 0.5) / FULL


def streams(count: int, n: int, seed: np.uint64 = SEED) -> np.ndarray:
    return np.array([uniforms(f"activity/P1/A{k}/duration", n, seed=seed) for k in range(count)])


# -- one stream ---------------------------------------------------------------------------------------------------------


def test_random_access():
    """A value depends on its iteration alone, not on where a batch begins."""
    whole = uniforms("x", 5000)
    for first, n in ((0, 1), (1, 7), (255, 513), (4999, 1)):
        np.testing.assert_array_equal(uniforms("x", n, first=first), whole[first : first + n])


@pytest.mark.parametrize("m", range(4, 13))
@pytest.mark.parametrize("replicate", [0, 5, 15])
def test_every_block_is_stratified(m, replicate):
    """Each of the 2^m strata once in every run of 2^m iterations that begins at a multiple of it."""
    size = 2**m
    for name in ("activity/P1/A100/duration", "risk/R1/occurs", ""):
        blocks = uniforms(name, 8 * size, replicate).reshape(-1, size)
        strata = np.sort((blocks * size).astype(int), axis=1)
        assert (strata == np.arange(size)).all()


@pytest.mark.parametrize("n", [16, 100, 625, 1000, 1024])
def test_values_are_uniform_at_every_iteration(n):
    """Over seeds, the value of one iteration is uniform: no iteration is favoured (mean and Kolmogorov-Smirnov)."""
    for k in (0, 1, n // 2, n - 1):
        values = np.array([uniforms("x", 1, seed=np.uint64(s), first=k)[0] for s in range(2000)])
        assert stats.kstest(values, "uniform").pvalue > 1e-4


def test_streams_differ_by_name_seed_and_replicate():
    base = uniforms("x", 64)
    for other in (uniforms("y", 64), uniforms("x", 64, replicate=1), uniforms("x", 64, seed=np.uint64(1))):
        assert not np.any(base == other)


def test_latent_normals():
    bits, out = np.zeros(4096, np.uint32), np.zeros(4096, np.float32)
    latent_row(TableBuilder().build(), (*NORMAL_PLACE, -1), np.uint64(7), (SEED, 0), 0, bits, out)
    assert stats.kstest(out, "norm").statistic <= 1.05 / 4096


# -- many streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [256, 625, 1024])
def test_streams_are_uncorrelated(n):
    """Pairwise correlations of a thousand streams scatter like those of independent samples."""
    values = streams(1000, n)
    correlations = np.corrcoef(values)[np.triu_indices(1000, 1)]
    assert correlations.std() <= 1.1 / math.sqrt(n)
    assert abs(correlations.mean()) <= 4 * correlations.std() / math.sqrt(len(correlations))
    assert np.abs(correlations).max() <= 6.5 / math.sqrt(n)


@pytest.mark.parametrize("n", [256, 625, 1024])
def test_neighbouring_iterations_are_uncorrelated_across_streams(n):
    """The value of one stream tells nothing of another's next value."""
    values = streams(400, n) - 0.5
    lagged = (values[:, :-1] @ values[:, 1:].T)[~np.eye(400, dtype=bool)] * 12 / n
    assert lagged.std() <= 1.1 / math.sqrt(n)


@pytest.mark.parametrize("n", [256, 625, 1024])
def test_the_spread_of_sums_of_fifty_is_exact(n):
    """Variances of sums of 50 independents: a sampler that couples its streams gets them wrong."""
    sums = streams(2500, n).reshape(50, 50, n).sum(axis=1)
    variances = sums.var(axis=1, ddof=1)
    assert abs(variances.mean() - 50 / 12) <= 4 * variances.std(ddof=1) / math.sqrt(len(variances))
    assert variances.std(ddof=1) <= 1.1 * (50 / 12) * math.sqrt(2 / n) * 1.25


def test_means_of_stratified_samples():
    """The variance of the mean of 2^m values is 1 / (12 N^3), as of a Latin hypercube (oracles, o14)."""
    exact = oracle("o14_sampling_statistics")["lhs"]
    assert exact["mean_of_N_stratified_uniforms_variance"] == "1/(12 N^3)"
    n = 256
    means = np.array([uniforms("x", n, seed=np.uint64(s)).mean() for s in range(3000)])
    ratio = means.var(ddof=1) / (1 / (12 * n**3))
    assert abs(ratio - 1) <= 4 * math.sqrt(2 / len(means))


def test_products_gain_what_their_main_effects_are_worth():
    """Of U1 U2, stratification removes the main effects and leaves the interaction, 1/7 of the variance (oracles, o14)."""
    exact = oracle("o14_sampling_statistics")["lhs"]["product_example"]
    n, seeds = 1024, 2000
    products = [uniforms("a", n, seed=np.uint64(s)) * uniforms("b", n, seed=np.uint64(s)) for s in range(seeds)]
    ratio = np.var([p.mean() for p in products], ddof=1) * n / exact["var_f"]
    assert abs(ratio / exact["ratio_lhs_over_srs_asymptotic"] - 1) <= 4 * math.sqrt(2 / seeds) + 0.1


# -- quantiles ------------------------------------------------------------------------------------------------------------

KINDS: dict[str, Distribution] = {
    "uniform": Uniform(5, 11),
    "triangular": Triangular(40, 50, 100),
    "triangular, mode at the minimum": Triangular(0, 0, 1),
    "triangular, mode at the maximum": Triangular(5, 10, 10),
    "trigen": Trigen(8, 10, 15),
    "pert": Pert(40, 50, 100),
    "pert, mode at an end": Pert(3, 9, 9),
    "pert, narrow": Pert(0, 1, 100, 100),
    "pert, flat": Pert(0, 0.001, 1, 0.5),
    "pert_gen": PertGen(8, 10, 15),
    "beta": Beta(2, 5, 10, 30),
    "beta, bathtub": Beta(0.5, 0.5, 0, 1),
    "beta, nearly two atoms": Beta(0.05, 0.05, 0, 1),
    "beta, nearly normal": Beta(500, 300, 0, 1),
    "normal": Normal(100, 15),
    "lognormal": Lognormal(20, 5),
    "lognormal, heavy tail": Lognormal(100, 200),
    "lognormal_p": LognormalP(8, 20),
    "lognormal_p, hundredfold": LognormalP(1, 100),
    "exponential": Exponential(10),
    "weibull": Weibull(3.4, 15, 0),
    "weibull, heavy tail": Weibull(0.5, 1, 0),
    "gamma": Gamma(4, 2.5, 0),
    "gamma, most at 0": Gamma(0.1, 1, 0),
    "discrete": Discrete((1.0, 2.0, 5.0), (0.3, 0.5, 0.2)),
    "histogram": Histogram((0.0, 1.0, 3.0, 9.0), (0.2, 0.5, 0.3)),
    "histogram with a hole": Histogram((0.0, 1.0, 2.0, 3.0), (0.5, 1e-5, 0.5)),
    "cumulative": Cumulative((0.0, 1.0, 5.0, 20.0), (0.0, 0.4, 0.9, 1.0)),
    "empirical": Empirical((3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0)),
    "truncate": Truncate(Normal(10, 4), 4, 18),
    "truncate a tail away": Truncate(Exponential(10), 0, 20),
    "truncate to a tail": Truncate(Normal(0, 1), 2, 5),
    "truncate a triangle": Truncate(Triangular(0, 10, 20), 2, 15),
    "truncate a bathtub": Truncate(Beta(0.5, 0.5, 0, 1), 0.01, 0.99),
    "shift": Shift(Exponential(10), 20),
    "truncate a shifted truncation": Truncate(Shift(Truncate(Normal(10, 4), 2, 20), 5), 8, 24),
    "truncate a gamma": Truncate(Gamma(3, 2), 2, 15),
    "normal by percentiles": ByPercentiles(Normal, ((0.1, 8), (0.9, 20))),
    "uniform by percentiles": ByPercentiles(Uniform, ((0.1, 8), (0.9, 20))),
    "triangular by percentiles": ByPercentiles(Triangular, ((0.1, 8), (0.5, 13), (0.9, 20))),
    "pert by percentiles": ByPercentiles(Pert, ((0.05, 8), (0.5, 12), (0.95, 20))),
    "lognormal by percentiles": ByPercentiles(Lognormal, ((0.1, 8), (0.5, 11), (0.9, 20))),
    "gamma by percentiles": ByPercentiles(Gamma, ((0.1, 8), (0.5, 12), (0.9, 20))),
    "weibull by percentiles": ByPercentiles(Weibull, ((0.1, 8), (0.5, 12), (0.9, 20))),
    "exponential by percentiles": ByPercentiles(Exponential, ((0.9, 20),)),
    "beta by percentiles": ByPercentiles(Beta, ((0.1, 8), (0.9, 20)), (("min", 5), ("max", 30))),
    "reciprocal of a uniform": Reciprocal(Uniform(0.2, 1.5)),
    "reciprocal of a uniform that nearly reaches 0": Reciprocal(Uniform(0.02, 2)),
    "reciprocal of a shifted gamma": Reciprocal(Gamma(2, 0.3, 0.5)),
    "reciprocal of a triangle": Reciprocal(Triangular(0.8, 1.0, 1.1)),
    "reciprocal of a pert": Reciprocal(Pert(0.3, 1.0, 1.2)),
    "reciprocal of a histogram": Reciprocal(Histogram((0.5, 0.8, 1.0, 1.2), (1, 0, 2))),
    "mixing into Student's t, 2 degrees": InverseChi(2),
    "mixing into Student's t, 3 degrees": InverseChi(3),
    "mixing into Student's t, 30 degrees": InverseChi(30),
}  # fmt: skip


def bits_to_ask() -> np.ndarray:
    """Even steps, the surroundings of one half, and ever smaller distances from both ends as far as tables go."""
    even = np.arange(0.37, 20_000) / 20_000 * FULL
    tail = np.geomspace(2.0 ** (31 - OCTAVES), FULL / 2 - 1, 5000)
    middle = FULL / 2 + np.arange(-300, 300)
    return np.unique(np.concatenate([even, tail, FULL - 1 - tail, middle])).astype(np.uint32)


def sampled_quantiles(distribution: Distribution, bits: np.ndarray) -> np.ndarray:
    """What the kernel makes of given random bits."""
    shape, scale, shift = distribution.canonical()
    builder = TableBuilder()
    kind, mode, first, last = builder.place(shape)
    tables = builder.build()
    out = np.zeros(len(bits), np.float32)
    if kind == TRIANGULAR:
        _triangular_row(np.float32(mode), bits, out)
    elif kind == TABLE:
        _table_row(tables.cells[first:], last, bits, out)
    else:
        assert kind == PIECES
        _pieces_row(tables.pieces[first:last], bits, out)
    return shift + scale * out.astype(float)


@pytest.mark.parametrize("name", KINDS)
def test_sampled_quantiles(name):
    """Errors of at most 1e-4 of the range from P0.1 to P99.9, the promise, anywhere; 1e-5 inside of that range."""
    distribution, bits = KINDS[name], bits_to_ask()
    u = (bits + 0.5) / FULL
    exact = distribution.ppf(u)
    extent = float(distribution.ppf(0.999) - distribution.ppf(0.001))
    error = np.abs(sampled_quantiles(distribution, bits) - exact) / extent
    assert error.max() <= 1e-4
    assert error[(u > 0.001) & (u < 0.999)].max() <= 1e-5


@given(distributions())
def test_sampled_quantiles_of_any_distribution(distribution):
    bits = bits_to_ask()
    extent = float(distribution.ppf(0.999) - distribution.ppf(0.001))
    assume(extent > 0.0)
    exact = distribution.ppf((bits + 0.5) / FULL)
    assert np.abs(sampled_quantiles(distribution, bits) - exact).max() <= 1e-4 * extent


def test_beyond_the_table_the_curve_is_level():
    """One value in seventeen million lies nearer to an end than 2^-24; it gets the quantile at 2^-24."""
    farthest = np.array([2.0 ** (31 - OCTAVES) - 1, 0], np.uint32)
    for distribution in (Normal(0, 1), Exponential(1), LognormalP(1, 100)):
        low = sampled_quantiles(distribution, farthest)
        high = sampled_quantiles(distribution, np.uint32(0xFFFFFFFF) - farthest)
        assert low == pytest.approx(float(distribution.ppf(2.0**-24)), rel=1e-3, abs=1e-6)
        assert high == pytest.approx(float(distribution.ppf(1 - 2.0**-24)), rel=1e-3)


@pytest.mark.parametrize("name", KINDS)
def test_sampled_quantiles_ascend_and_stay_in_bounds(name):
    distribution, bits = KINDS[name], bits_to_ask()
    values = sampled_quantiles(distribution, bits)
    extent = float(distribution.ppf(0.999) - distribution.ppf(0.001))
    assert np.diff(values).min() >= -1e-5 * extent
    low, high = distribution.bounds
    assert values.min() >= low - 1e-5 * extent
    assert values.max() <= high + 1e-5 * extent


@pytest.mark.parametrize("name", KINDS)
def test_means_are_not_shifted(name):
    """Stratified samples know means to 1e-6 of the range; tables must not spoil it."""
    distribution = KINDS[name]
    bits = ((np.arange(200_000) + 0.5) / 200_000 * FULL).astype(np.uint32)
    extent = float(distribution.ppf(0.999) - distribution.ppf(0.001))
    exact = distribution.ppf((bits + 0.5) / FULL).mean()
    assert abs(sampled_quantiles(distribution, bits).mean() - exact) <= 1e-6 * extent


def test_every_kind_of_distribution_is_asked():
    asked = {type(d) for d in KINDS.values()}
    assert {kind for kind in DISTRIBUTIONS.values() if kind.label != "fixed"} <= asked


def test_equal_shapes_share_a_table():
    builder = TableBuilder()
    place = builder.place(Pert(0, 1, 4).canonical()[0])
    assert builder.place(Pert(100, 200, 500).canonical()[0]) == place
    assert builder.place(Pert(0, 2, 4).canonical()[0]) != place


def test_tables_are_only_as_fine_as_their_shape_needs():
    builder = TableBuilder()
    fineness = {name: builder.place(KINDS[name].canonical()[0])[3] for name in ("pert", "normal", "beta, nearly two atoms")}
    assert fineness["pert"] == fineness["normal"] == NORMAL_CELL_BITS
    assert fineness["beta, nearly two atoms"] > NORMAL_CELL_BITS


def test_columns_of_variables():
    """A table has no last cell of its own: the column holds how fine it is."""
    assert CELL_BITS == LAST
    assert len({KIND, FIRST, LAST}) == 3
