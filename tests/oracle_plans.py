"""Plans for the exact answers: one unit of theirs is a hundred days round the clock, so that minutes hardly round."""
from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import simcore
from simcore.models.calendars import always
from simcore.models.distributions import (
    Beta,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    LognormalP,
    Normal,
    Pert,
    PertGen,
    Triangular,
    Trigen,
    Truncate,
    Uniform,
    Weibull,
)
from simcore.models.plan import Activity, LinkType, Plan, Project, Ref, Relationship
from simcore.results import Results
from simcore.sampled import DateVariable
from tests.shared_data import SHARED

UNIT = 144_000
START = datetime(2026, 1, 5)
ITERATIONS = 100_000
ROUNDING = 0.5 / UNIT
"""Half a minute: stratified standard errors can be smaller than the rounding of durations."""


def oracle(name: str) -> dict[str, Any]:
    """A file of exact answers; skips the test where it is absent."""
    path = SHARED / "oracles" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"the exact answers {name}.json are not here")
    return json.loads(path.read_text())


def activity(name: str, distribution: Distribution | None = None, units: float = 0.0, **more: Any) -> Activity:
    """An activity round the clock; its duration in units is certain unless there is a distribution."""
    return Activity(project="P", id=name, duration=round(units * UNIT), uncertainty=distribution, **more)


def plan(activities: Sequence[Activity], links: Iterable[tuple[str, str]] = (), **more: Any) -> Plan:
    """A plan of activities and finish-to-start relationships; all finishes are kept."""
    return Plan(
        projects=(Project(id="P", start=START),),
        activities=tuple(activities),
        relationships=tuple(Relationship(Ref("P", a), Ref("P", b), LinkType.FS) for a, b in links),
        calendars={"always": always()},
        focus=tuple(a.ref for a in activities),
        **more,
    )


def triangle(values: list[float], relative: bool = False) -> Triangular:
    """Of units, or of shares of the planned duration."""
    return Triangular(*values, relative=True) if relative else Triangular(*(v * UNIT for v in values))


def serial(names: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(names))


def run(plan: Plan, seed: int = 1, iterations: int = ITERATIONS) -> Results:
    return simcore.simulate(plan, iterations=iterations, seed=seed, threads=2)


def units(variable: DateVariable) -> np.ndarray:
    """Samples of a finish, in units after the start."""
    return (variable.samples - np.datetime64(START, "m")).astype(float) / UNIT


def replicate_error(statistic: Callable[..., Any], *samples: np.ndarray, replicates: int = 16) -> Any:
    """Standard error of a statistic of samples, from its scatter between the replicates."""
    each = np.array([statistic(*(s[k::replicates] for s in samples)) for k in range(replicates)])
    return each.std(axis=0, ddof=1) / math.sqrt(replicates)


def assert_near(found: float, exact: float, error: float, rounding: float = ROUNDING, what: str = "") -> None:
    """Within four standard errors and the rounding."""
    assert abs(found - exact) <= 4 * error + rounding, f"{what}: {found} is not {exact}, standard error {error}"


def assert_percentile(variable: DateVariable, percent: float, exact: float) -> None:
    found = (variable.p(percent) - START) / timedelta(minutes=UNIT)
    error = variable.standard_error(percent) / timedelta(minutes=UNIT)
    assert_near(found, exact, error, what=f"P{percent:g}")


def assert_share(variable: DateVariable, value: float, exact: float, binomial: bool = False) -> None:
    """The probability of finishing by a value.

    Its error is at least that of a stratified sample's last iteration; ``binomial`` takes that of independent iterations
    where it is larger, since sixteen replicates tell their own error to a fifth only.
    """
    moment = START + timedelta(minutes=round(value * UNIT))
    error = max(variable.probability_error(moment), 1 / variable.iterations)
    if binomial:
        error = max(error, math.sqrt(exact * (1 - exact) / variable.iterations))
    assert_near(variable.probability(moment), exact, error, rounding=0.0, what=f"probability of {value}")


def assert_moments(variable: DateVariable, mean: float, sd: float | None = None) -> None:
    values = units(variable)
    assert_near(float(values.mean()), mean, variable.standard_error("mean") / timedelta(minutes=UNIT), what="mean")
    if sd is not None:
        assert_near(float(values.std(ddof=1)), sd, replicate_error(np.std, values), what="sd")


def distribution(spec: dict[str, Any]) -> Distribution:
    """The distribution that an exact answer describes, in units."""
    kind = spec["kind"]
    s = {key: value * UNIT for key, value in spec.items() if isinstance(value, int | float)}  # where it is a duration
    low, high = s.get("low", -math.inf), s.get("high", math.inf)
    match kind:
        case "triangular":
            return Triangular(s["min"], s["mode"], s["max"])
        case "pert":
            return Pert(s["min"], s["mode"], s["max"], spec["lam"])
        case "uniform":
            return Uniform(s["min"], s["max"])
        case "normal":
            return Normal(s["mean"], s["sd"])
        case "truncnormal":
            return Truncate(Normal(s["mu"], s["sigma"]), low, high)
        case "lognormal":
            return Lognormal(s["mean"], s["sd"])
        case "trunc_lognormal":
            return Truncate(Lognormal(s["mean"], s["sd"]), low, high)
        case "lognormal_pctl" | "shifted_lognormal_pctl":
            return LognormalP(s["P10"], s["P90"], s.get("shift", 0.0))
        case "trigen":
            return Trigen(low, s["mode"], high, spec["p_low"], spec["p_high"])
        case "pertgen":
            return PertGen(low, s["mode"], high, spec["p_low"], spec["p_high"], spec["lam"])
        case "weibull_pctl":
            return Weibull(spec["shape"], s["scale"], 0.0)
        case "gamma":
            return Gamma(spec["shape"], s["scale"], 0.0)
        case "exponential":
            return Exponential(s["mean"])
        case "beta":
            return Beta(spec["alpha"], spec["beta"], s["min"], s["max"])
    raise ValueError(kind)
