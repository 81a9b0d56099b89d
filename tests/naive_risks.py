"""Slow, obvious twins of sampling and of the risk model: one iteration, one draw at a time, on the plan's objects."""
from __future__ import annotations

from simcore.models.distributions import Distribution
from simcore.models.plan import Activity, Plan, Ref, Status
from simcore.models.risks import Impact, Risk
from simcore.variables import stream_key

WORD = 2**32
LONG = 2**64
REPLICATES = 16


def mixed(x: int) -> int:
    """The splitmix64 finaliser."""
    x = (x + 0x9E3779B97F4A7C15) % LONG
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) % LONG
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) % LONG
    return x ^ (x >> 31)


def reverse(x: int) -> int:
    return int(f"{x:032b}"[::-1], 2)


def permuted(x: int, seed: int, odd: int) -> int:
    """A permutation of a binary tree whose root is the lowest bit."""
    x ^= x * 0x3D20ADEA % WORD
    x = (x + seed) * odd % WORD
    x ^= x * 0x05526C56 % WORD
    return x ^ x * 0x53A22864 % WORD


def shuffled_block(index: int, key: int, odd: int) -> int:
    """A free permutation of the lowest four bits, another one in every block of 16."""
    h = ((index >> 4) * 0x9E3779B1 + key) % WORD
    h = (h ^ (h >> 15)) * 0x85EBCA77 % WORD
    h = (h ^ (h >> 13)) * odd % WORD
    h ^= h >> 16
    x = (index % 16 * (h | 1) + (h >> 8)) % 16
    x ^= x >> 2
    x = (x * ((h >> 3) | 1) + (h >> 12)) % 16
    x ^= x >> 2
    x = (x * ((h >> 24) | 1) + (h >> 27)) % 16
    return index - index % 16 + x


def uniform(name: str, seed: int, iteration: int) -> int:
    """The uniform of a stream in an iteration, in units of 2^-32."""
    k, replicate = divmod(iteration, REPLICATES)
    a = mixed(stream_key(name) ^ mixed((seed + replicate * 0xD1B54A32D192ED03) % LONG))
    b = mixed(a)
    c = mixed(b)
    index = reverse(permuted(reverse(k), a % WORD, (a >> 32) | 1))
    index = shuffled_block(index, b % WORD, (b >> 32) | 1)
    return reverse(permuted(index, c % WORD, (c >> 32) | 1))


class NaiveIteration:
    """Durations and cost of one iteration, without correlations; minutes of spans are told by a schedule."""

    def __init__(self, plan: Plan, seed: int, iteration: int, scenario: str = "pre"):
        self.plan, self.seed, self.iteration, self.scenario = plan, seed, iteration, scenario

    def value(self, stream: str, distribution: Distribution, base: float = 1.0) -> float:
        """A draw; relative distributions refer to ``base``."""
        value = float(distribution.ppf((uniform(stream, self.seed, self.iteration) + 0.5) / WORD))
        return value * base if distribution.relative else value

    def occurs(self, stream: str, probability: float) -> bool:
        return uniform(stream, self.seed, self.iteration) < probability * WORD

    def duration(self, activity: Activity) -> float:
        """Remaining duration in minutes, before rounding and before what is below 0 is cut off."""
        base = activity.remaining_duration
        if activity.uncertainty is None or activity.type.is_milestone:
            duration = float(base)
        else:
            duration = self.value(f"activity/{activity.project}/{activity.id}/duration", activity.uncertainty, base)
        if self.scenario == "none":
            return duration
        factors = self._factors(activity)
        for value in factors["series"]:
            duration *= value
        if factors["parallel"]:
            duration *= max(factors["parallel"])
        impacts = self._impacts(activity, "duration", base)
        return duration + sum(impacts["series"]) + (max(impacts["parallel"]) if impacts["parallel"] else 0.0)

    def _factors(self, activity: Activity) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {"series": [], "parallel": []}
        for factor in self.plan.factors:
            applies = self.plan.shown[activity.ref] in factor.applies_to
            if applies and self.occurs(f"factor/{factor.id}/occurs", factor.probability):
                found[factor.combine].append(self.value(f"factor/{factor.id}/value", factor.uncertainty))
        return found

    def _state(self, risk: Risk) -> tuple[float, tuple[Impact, ...]]:
        """Probability and impacts in the scenario."""
        done = risk.mitigation if self.scenario == "post" else None
        if done is None:
            return risk.probability, risk.impacts
        probability = risk.probability if done.probability is None else done.probability
        return probability, risk.impacts if done.impacts is None else done.impacts

    def _impacts(self, activity: Activity, quantity: str, base: float) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {"series": [], "parallel": []}
        for risk in self.plan.risks:
            probability, impacts = self._state(risk)
            mine = [i for i in impacts if self.plan.find(i.activity) == activity.ref and getattr(i, quantity) is not None]
            for number, impact in enumerate(mine):
                stream = f"risk/{risk.id}/{activity.project}/{activity.id}/{quantity}" + (f"/{number}" if number else "")
                stream = f"risk/{risk.id}/shared/{quantity}" if risk.shared else stream
                if self.occurs(f"risk/{risk.id}/occurs", probability):
                    found[risk.combine].append(self.value(stream, getattr(impact, quantity), base))
        return found

    def cost(self, minutes: dict[Ref, float], certain: dict[Ref, float]) -> float:
        """Total cost, from sampled and certain minutes of remaining work of every activity."""
        total = sum(self._cost(a, minutes[a.ref], certain[a.ref]) for a in self.plan.activities if not a.inactive)
        if self.scenario == "post":
            total += sum(risk.mitigation.cost for risk in self.plan.risks if risk.mitigation)
        return total

    def _cost(self, activity: Activity, minutes: float, certain: float) -> float:
        """What was spent and what remains: fixed, by the day, of assignments and expenses, and by risks."""
        cost, done = activity.cost, activity.status is Status.COMPLETED
        day = self.plan.calendar_of(activity).hours_per_day * 60
        spent = (cost.actual if cost else 0.0) + sum(x.actual_cost for x in (*activity.assignments, *activity.expenses))
        remaining = base = sum(e.remaining_cost for e in activity.expenses)
        for a in activity.assignments:
            price = self.plan.resources[a.resource].uncertainty if a.resource else None
            factor = self.value(f"resource/{a.resource}/price", price) if price else 1.0
            longer = minutes / certain if a.time_dependent and certain > 0 else 1.0
            remaining += a.remaining_cost * longer * factor
            base += a.remaining_cost
        for amount, quantity, days, planned in (
            (cost and cost.fixed, "cost", 1.0, 1.0),
            (cost and cost.per_day, "rate", minutes / day, certain / day),
        ):
            if amount:
                stream = f"activity/{activity.project}/{activity.id}/{quantity}"
                certain_amount = amount.uncertainty is None or done
                value = amount.value if certain_amount else self.value(stream, amount.uncertainty, amount.value)
                remaining += value * days
                base += amount.value * planned
        if self.scenario != "none" and not done:
            impacts = self._impacts(activity, "cost", base)
            remaining += sum(impacts["series"]) + (max(impacts["parallel"]) if impacts["parallel"] else 0.0)
        return spent + remaining
