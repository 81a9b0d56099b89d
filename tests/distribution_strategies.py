"""Hypothesis strategies for random distributions."""
from __future__ import annotations

from hypothesis import strategies as st

from simcore.models.distributions import (
    Beta,
    ByPercentiles,
    Cumulative,
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Shift,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
)

Strategy = st.SearchStrategy[Distribution]


def _quarters(low: int, high: int) -> st.SearchStrategy[float]:
    """Multiples of a quarter: ranges are never so narrow that rounding hides them."""
    return st.integers(4 * low, 4 * high).map(lambda n: n / 4)


def _ascending(values: st.SearchStrategy[float], count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(values, min_size=count, max_size=count).map(sorted)


_PERCENTILES = st.tuples(st.sampled_from([0.0, 0.05, 0.1, 0.25]), st.sampled_from([0.75, 0.9, 0.95, 1.0]))


def _weights(count: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(st.integers(0, 9), min_size=count, max_size=count).filter(any).map(tuple)


@st.composite
def _tables(
    draw: st.DrawFn, values: st.SearchStrategy[float], kind: type[Distribution], relative: bool
) -> Distribution:
    count = draw(st.integers(2, 6))
    if kind is Empirical:
        return Empirical(tuple(draw(st.lists(values, min_size=1, max_size=9))), relative=relative)
    if kind is Discrete:
        return Discrete(tuple(draw(_ascending(values, count))), draw(_weights(count)), relative=relative)
    edges = tuple(draw(st.lists(values, min_size=count, max_size=count, unique=True).map(sorted)))
    if kind is Histogram:
        return Histogram(edges, draw(_weights(count - 1)), relative=relative)
    inner = draw(_ascending(st.integers(0, 20).map(lambda n: n / 20), count - 2))
    return Cumulative(edges, (0.0, *inner, 1.0), relative=relative)


PERCENTS = (0.01, 0.05, 0.1, 0.2, 0.5, 0.7, 0.9, 0.95, 0.995)


@st.composite
def by_percentiles(draw: st.DrawFn, members: Strategy | None = None) -> Distribution:
    """A family by the percentiles that a member of it has, so that there is a solution."""
    member = draw(members_of_families(_quarters(-1000, 1000)) if members is None else members)
    counts = {Uniform: 2, Normal: 2, Lognormal: 2, Exponential: 1, Triangular: 3, Pert: 3, Weibull: 2, Gamma: 2, Beta: 2}
    given: dict[str, float] = {}
    if isinstance(member, Weibull | Gamma):
        given = {"shift": member.shift}
    if isinstance(member, Beta):
        given = {"min": member.min, "max": member.max} if draw(st.booleans()) else {"a": member.a, "b": member.b}
    if isinstance(member, Pert) and member.lam != 4.0:
        given = {"lam": member.lam}
    count = counts[type(member)]
    percents = draw(st.lists(st.sampled_from(PERCENTS), min_size=count, max_size=count, unique=True))
    if isinstance(member, Triangular):
        percents = [0.5, 0.01, 0.995]  # all on one side of the mode leave it open
    values = [(p, float(member.ppf(p))) for p in percents]
    if isinstance(member, Triangular | Pert) and draw(st.booleans()):
        given["min"] = member.min
        values = values[::2]
    return ByPercentiles(type(member), tuple(values), tuple(given.items()), relative=member.relative)


def members_of_families(v: st.SearchStrategy[float], relative: bool = False) -> Strategy:
    """Members of the families that percentiles determine, none of them extreme."""
    above, number, r = v.map(lambda x: abs(x) + 0.25), st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 7.5]), st.just(relative)
    scaled = st.integers(2, 40).map(lambda n: n / 4)
    return st.one_of(
        st.builds(lambda low, width, r: Uniform(low, low + width, relative=r), v, scaled, r),
        st.builds(lambda low, a, b, r: Triangular(low, low + a, low + a + b, relative=r), v, scaled, scaled, r),
        st.builds(lambda low, a, b, r: Pert(low, low + a, low + a + b, relative=r), v, scaled, scaled, r),
        st.builds(lambda a, b, low, w, r: Beta(a, b, low, low + w, relative=r), number, number, v, scaled, r),
        st.builds(lambda m, s, r: Normal(m, s, relative=r), v, scaled, r),
        st.builds(lambda m, cv, r: Lognormal(m, m * cv, relative=r), above, st.sampled_from([0.125, 0.5, 1.0]), r),
        st.builds(lambda m, r: Exponential(m, relative=r), above, r),
        st.builds(lambda k, s, shift, r: Weibull(k, s, shift, relative=r), number, scaled, v, r),
        st.builds(lambda k, s, shift, r: Gamma(k, s, shift, relative=r), number, scaled, v, r),
    )


def continuous_distributions(values: st.SearchStrategy[float] | None = None, relative: bool = False) -> Strategy:
    """Those without atoms (but the degenerate ones)."""
    v = _quarters(-1000, 1000) if values is None else values
    above = v.map(lambda x: abs(x) + 0.25)
    number = st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 7.5])
    r = st.just(relative)

    def three(kind: type[Distribution], *more: st.SearchStrategy[object]) -> Strategy:
        return st.builds(lambda t, extra, r: kind(*t, *extra, relative=r), _ascending(v, 3), st.tuples(*more), r)

    def generated(kind: type[Distribution], *more: st.SearchStrategy[object]) -> Strategy:
        return st.builds(
            lambda t, p, extra, r: kind(*t, *p, *extra, relative=r), _ascending(v, 3), _PERCENTILES, st.tuples(*more), r
        )

    members = members_of_families(v, relative)
    return st.one_of(
        by_percentiles(members),
        st.builds(lambda d, by: Shift(d, by), members, v),
        st.builds(lambda t, r: Uniform(*t, relative=r), _ascending(v, 2), r),
        three(Triangular),
        three(Pert),
        three(Pert, number),
        generated(Trigen),
        generated(PertGen),
        generated(PertGen, number),
        st.builds(lambda a, b, t, r: Beta(a, b, *t, relative=r), number, number, _ascending(v, 2), r),
        st.builds(lambda m, s, r: Normal(m, s, relative=r), v, above, r),
        st.builds(lambda m, cv, r: Lognormal(m, m * cv, relative=r), above, st.sampled_from([0.125, 0.5, 1.0]), r),
        st.builds(
            lambda s, low, up, r: LognormalP(s + low, s + low * up, s, relative=r),
            v, above, st.sampled_from([1.25, 2.0, 4.0]), r,
        ),
        st.builds(lambda m, r: Exponential(m, relative=r), above, r),
        st.builds(lambda k, s, shift, r: Weibull(k, s, shift, relative=r), number, above, v, r),
        st.builds(lambda k, s, shift, r: Gamma(k, s, shift, relative=r), number, above, v, r),
        _tables(v, Histogram, relative),
        _tables(v, Cumulative, relative),
    )


def distributions(values: st.SearchStrategy[float] | None = None, relative: bool = False) -> Strategy:
    """Any distribution, some of them truncated."""
    v = _quarters(-1000, 1000) if values is None else values
    plain = st.one_of(
        continuous_distributions(values, relative),
        v.map(lambda x: Fixed(x, relative=relative)),
        _tables(v, Discrete, relative),
        _tables(v, Empirical, relative),
    )
    return st.one_of(plain, plain.map(_without_tails))


def _without_tails(distribution: Distribution) -> Distribution:
    low, high = (float(q) for q in distribution.ppf([0.05, 0.9]))
    return Truncate(distribution, low, high) if high - low > 0.01 else distribution
