"""An example of every distribution, for people who look for the right one."""
from __future__ import annotations

EXAMPLES = (
    "fixed(10d)",
    "uniform(5d, 11d)",
    "triangular(8d, 10d, 15d)",
    "trigen(8d, 10d, 15d)",
    "pert(8d, 10d, 15d)",
    "pert_gen(8d, 10d, 15d, 5%, 95%)",
    "beta(2, 5, 10d, 30d)",
    "normal(100%, 5%)",
    "lognormal(20d, 5d)",
    "lognormal_p(8d, 20d)",
    "exponential(10d)",
    "weibull(1.7, 12d)",
    "gamma(4, 2.5d)",
    "discrete(0d: 70%, 20d: 30%)",
    "histogram(8d..10d: 3, 10d..14d: 5)",
    "cumulative(8d: 0%, 10d: 40%, 12d: 80%, 20d: 100%)",
    "empirical(8d, 9d, 9d, 12d, 17d)",
    "shift(exponential(5d), 10d)",
    "truncate(normal(10d, 4d), 0d, inf)",
)
"""As in ``docs/distributions.md``."""
BY_PERCENTILES = ("normal(P10=8d, P90=20d)", "triangular(P10=8d, P50=13d, P90=20d)", "lognormal(P10=8d, P50=11d, P90=20d)")
