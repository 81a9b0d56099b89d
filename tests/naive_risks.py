"""Slow, obvious twins of sampling and of the risk model: one iteration, one draw at a time, on the plan's objects."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simcore.design import Design
from simcore.models.branches import Branch
from simcore.models.distributions import Distribution
from simcore.models.plan import Activity, Plan, Ref, Relationship, Status
from simcore.models.risks import SCENARIOS, Chance, Impact, Risk, Scenario
from simcore.sobol import directions
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
    return reverse(permuted(shuffled(k, a, b), c % WORD, (c >> 32) | 1))


def shuffled(k: int, a: int, b: int) -> int:
    """The index of a permuted sequence."""
    index = reverse(permuted(reverse(k), a % WORD, (a >> 32) | 1))
    return shuffled_block(index, b % WORD, (b >> 32) | 1)


def sobol_uniform(name: str, dimension: int, seed: int, iteration: int) -> int:
    """The same of a variable that is a dimension of the Sobol sequence: all of them have one index."""
    k, replicate = divmod(iteration, REPLICATES)
    of_replicate = mixed((seed + replicate * 0xD1B54A32D192ED03) % LONG)
    a = mixed(0x50B015EC0DE5EED5 ^ of_replicate)
    index = shuffled(k, a, mixed(a))
    digits = 0
    for bit, direction in enumerate(directions()[dimension].tolist()):
        if index >> bit & 1:
            digits ^= direction
    c = mixed(mixed(mixed(stream_key(name) ^ of_replicate)))
    return reverse(permuted(digits, c % WORD, (c >> 32) | 1))


@dataclass(frozen=True)
class Placed:
    """Where work begins as its logic asks, and how a moment (an edge of a window) becomes minutes of work of its calendar."""

    begin: int
    place: Callable[[object], int]  # a moment as minutes of work


class NaiveIteration:
    """What chance decides in one iteration, without correlations: durations, lags, existence, cost.

    Where risks have windows, ``placed`` tells where the activities begin without any delay; existences that hang on conditions
    are told by ``answers`` (branch -> whether its condition holds; unasked yet, it does not matter).
    """

    def __init__(self, plan: Plan, design: Design, iteration: int, scenario: str = "pre"):
        self.plan, self.design, self.iteration = plan, design, iteration
        own = {s.id: s for s in plan.scenarios}
        self.scenario = own.get(scenario) or Scenario(id=scenario, base=scenario)
        assert scenario in SCENARIOS or scenario in own
        self.placed: dict[Ref, Placed] = {}
        self.answers: dict[str, bool] = {}
        self.nearest = math.inf  # minutes between a strike and an edge of its window: too close to tell

    def uniform(self, stream: str) -> int:
        """The uniform of a stream, in units of 2^-32."""
        if stream in self.design.sobol:
            return sobol_uniform(stream, self.design.sobol[stream], self.design.seed, self.iteration)
        return uniform(stream, self.design.seed, self.iteration)

    def value(self, stream: str, distribution: Distribution, base: float = 1.0) -> float:
        """A draw; relative distributions refer to ``base``."""
        value = float(distribution.ppf((self.uniform(stream) + 0.5) / WORD))
        return value * base if distribution.relative else value

    def occurs(self, stream: str, probability: float, low: float = 0.0) -> bool:
        return low * WORD <= self.uniform(stream) < (low + probability) * WORD

    def _chance(self, stream: str, chance: Chance) -> float:
        return self.value(stream, chance) if isinstance(chance, Distribution) else chance

    # -- which risks there are --------------------------------------------------------------------------------------------

    def risks(self) -> list[Risk]:
        """Those that take part."""
        if self.scenario.base == "none":
            return []
        return [r for r in self.plan.risks if r.status == "open" and r.id not in self.scenario.without]

    def _is_mitigated(self, risk: Risk) -> bool:
        if risk.mitigation is None or risk.id in self.scenario.leave:
            return False
        return self.scenario.base == "post" or risk.id in self.scenario.mitigate

    def _state(self, risk: Risk) -> tuple[Chance, tuple[Impact, ...]]:
        """Probability and impacts in the scenario."""
        done = risk.mitigation if self._is_mitigated(risk) else None
        if done is None:
            return risk.probability, risk.impacts
        probability = risk.probability if done.probability is None else done.probability
        return probability, risk.impacts if done.impacts is None else done.impacts

    # -- what happens -----------------------------------------------------------------------------------------------------

    def _happens(self, risk: Risk, stream: str) -> bool:
        """An event of a risk with a uniform of its own, or with its slot of its group's."""
        probability, _ = self._state(risk)
        if risk.exclusive:
            members = [r for r in self.plan.risks if r.exclusive == risk.exclusive and r.status == "open"]
            low = sum(self._slot(r, members) for r in members[: members.index(risk)])
            return self.occurs(f"exclusive/{risk.exclusive}/occurs", float(probability), low)
        there = {r.id: r for r in self.risks()}
        given = [p for before, p in risk.given.items() if before in there and self._happened(there[before])]
        return self.occurs(stream, max(given) if given else self._chance(f"risk/{risk.id}/probability", probability))

    def _slot(self, risk: Risk, members: list[Risk]) -> float:
        def widest(r: Risk) -> float:
            return max(r.probability, r.probability if r.mitigation is None else r.mitigation.probability or 0.0)

        assert sum(map(widest, members)) <= 1, "a group without room for both states is not walked here"
        return widest(risk)

    def _happened(self, risk: Risk) -> bool:
        """Whether a risk happened anywhere."""
        if risk.occurrence == "once":
            return self._happens(risk, f"risk/{risk.id}/occurs")
        touched = list(self._touched(risk))
        if not touched:
            return not self._is_certain(risk) and self._happens(risk, f"risk/{risk.id}/occurs")
        return any(self._times(risk, ref) for ref in touched)

    def _touched(self, risk: Risk) -> Iterator[Ref]:
        for impact in self._state(risk)[1]:
            if impact.link:
                link = self.plan.relationships[self.plan.find_link(impact.link)]
                if self.plan.by_ref[link.predecessor].status is not Status.COMPLETED:
                    yield link.successor
                continue
            activity = self.plan.by_ref[self.plan.find(impact.activity)]
            spans = activity.type.is_span and (impact.cost is None or risk.window is not None)
            if activity.status is not Status.COMPLETED and not spans:
                has_times = risk.occurrence != "recurring" or (activity.remaining_duration > 0 and not activity.type.is_span)
                if has_times:
                    yield activity.ref

    def _is_certain(self, risk: Risk) -> bool:
        return risk.occurrence == "per activity" or (self._state(risk)[0] == 1.0 and not risk.given)

    def _times(self, risk: Risk, ref: Ref) -> int:
        """How often a risk happens on an activity."""
        where = f"{ref.project}/{ref.id}"
        if risk.occurrence == "once":
            return int(self._happens(risk, f"risk/{risk.id}/occurs"))
        if risk.occurrence == "per activity":
            return int(self._happens(risk, f"risk/{risk.id}/occurs/{where}"))
        if not self._is_certain(risk) and not self._happens(risk, f"risk/{risk.id}/occurs"):
            return 0
        assert risk.every is not None
        activity = self.plan.by_ref[ref]
        mean = 0.0 if activity.type.is_span else activity.remaining_duration / risk.every
        u, times, term = self.uniform(f"risk/{risk.id}/recurs/{where}") / WORD, 0, math.exp(-mean)
        below = term
        while mean > 0 and below <= u and 1.0 - below >= 1e-6:
            times += 1
            term *= mean / times
            below += term
        return times

    def _strikes(self, risk: Risk, ref: Ref, again: str) -> bool:
        """Whether a risk with a window strikes an activity inside it, as the activity stands without such risks."""
        if risk.window is None:
            return True
        activity, placed = self.plan.by_ref[ref], self.placed[ref]
        first, last = map(placed.place, risk.window)
        begin = placed.begin + self.delay(activity, windows=False)
        minutes = round(max(self.duration(activity, windows=False), 0.0))
        if isinstance(risk.strikes, Distribution):
            share = self.value(f"risk/{risk.id}/strikes/{ref.project}/{ref.id}{again}", risk.strikes)
            instants = [begin + round(min(max(share, 0.0), 1.0) * minutes)]
        else:
            instants = {"start": [begin], "end": [begin + minutes], None: [begin, begin + minutes]}[risk.strikes]
        self.nearest = min(self.nearest, *(abs(t - edge) - 1e-4 * minutes for t in instants for edge in (first, last)))
        return first <= instants[-1] and instants[0] <= last

    # -- durations, delays, lags --------------------------------------------------------------------------------------------

    def duration(self, activity: Activity, windows: bool = True) -> float:
        """Remaining duration in minutes, before rounding and before what is below 0 is cut off."""
        base = activity.remaining_duration
        if activity.uncertainty is None or activity.type.is_milestone:
            duration = float(base)
        else:
            duration = self.value(f"activity/{activity.project}/{activity.id}/duration", activity.uncertainty, base)
        if not activity.type.is_milestone:
            for resource in {a.resource for a in activity.assignments if a.drives and a.resource}:
                productivity = self.plan.resources[resource].productivity
                if productivity is not None:  # where one is high the other is low, so that both rise with one uniform
                    u = (self.uniform(f"resource/{resource}/productivity") + 0.5) / WORD
                    duration /= float(productivity.ppf(1.0 - u))
        if self.scenario.base == "none":
            return duration
        factors = self._factors(activity)
        for value in factors["series"]:
            duration *= value
        if factors["parallel"]:
            duration *= max(factors["parallel"])
        found = self._impacts(activity, "duration", base, windows=windows, at_start=False)
        return duration + summed(found)

    def delay(self, activity: Activity, windows: bool = True) -> int:
        """Minutes of work that risks put before the start; they come one after the other."""
        found = self._impacts(activity, "duration", activity.remaining_duration, windows=windows, at_start=True)
        return round(max(sum(found["series"]) + sum(found["parallel"]), 0.0))

    def lag(self, link: Relationship, stream: str) -> float:
        """Minutes of the lag of a relationship behind what is not complete."""
        lag = float(link.lag) if link.uncertainty is None else self.value(f"{stream}/lag", link.uncertainty, link.lag)
        found: dict[str, list[float]] = {"series": [], "parallel": []}
        for risk in self.risks():
            mine = [i for i in self._state(risk)[1] if i.link and self.plan.relationships[self.plan.find_link(i.link)] is link]
            for number, impact in enumerate(mine):
                for again in self._agains(risk, link.successor):
                    name = f"risk/{risk.id}/{stream}/lag{again}" + (f"/{number}" if number else "")
                    name = f"risk/{risk.id}/shared/lag{again}" if risk.shared else name
                    assert impact.lag is not None
                    found[risk.combine].append(self.value(name, impact.lag, link.lag))
        return lag + summed(found)

    def market(self, activity: Activity, kind: str) -> float:
        """What factors multiply a kind of cost by."""
        if self.scenario.base == "none" or activity.status is Status.COMPLETED:
            return 1.0
        found = self._factors(activity, kind)
        return math.prod(found["series"]) * max(found["parallel"], default=1.0)

    def _factors(self, activity: Activity, kind: str = "") -> dict[str, list[float]]:
        """Factors of its duration, or of a kind of its cost."""
        found: dict[str, list[float]] = {"series": [], "parallel": []}
        for factor in self.plan.factors:
            applies = self.plan.shown[activity.ref] in factor.applies_to and factor.id not in self.scenario.without
            applies &= (kind in factor.costs) if kind else not factor.costs
            probability = self._chance(f"factor/{factor.id}/probability", factor.probability)
            if applies and self.occurs(f"factor/{factor.id}/occurs", probability):
                found[factor.combine].append(self.value(f"factor/{factor.id}/value", factor.uncertainty))
        return found

    def _agains(self, risk: Risk, ref: Ref) -> list[str]:
        """What tells the occurrences of a risk on an activity apart, one text each."""
        return ["" if n == 0 else f"/again{n}" for n in range(self._times(risk, ref))]

    def _impacts(
        self, activity: Activity, quantity: str, base: float, windows: bool = True, at_start: bool | None = None
    ) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {"series": [], "parallel": []}
        for risk in self.risks():
            if at_start is not None and at_start is not (risk.strikes == "start"):
                continue
            if risk.window is not None and (not windows or activity.type.is_span):
                continue
            ref = activity.ref
            mine = [i for i in self._state(risk)[1] if i.activity and self.plan.find(i.activity) == ref]
            mine = [i for i in mine if getattr(i, quantity) is not None]
            for number, impact in enumerate(mine):
                for again in self._agains(risk, ref):
                    stream = f"risk/{risk.id}/{ref.project}/{ref.id}/{quantity}{again}" + (f"/{number}" if number else "")
                    stream = f"risk/{risk.id}/shared/{quantity}{again}" if risk.shared else stream
                    if self._strikes(risk, ref, again):
                        found[risk.combine].append(self.value(stream, getattr(impact, quantity), base))
        return found

    # -- existence ----------------------------------------------------------------------------------------------------------

    def absent(self) -> set[Ref]:
        """Activities that do not exist; what has begun always does."""
        gone = {
            a.ref
            for a in self.plan.activities
            if a.existence < 1 and not self.occurs(f"activity/{a.project}/{a.id}/exists", a.existence)
        }
        for branch in self.plan.branches:
            if isinstance(branch, Branch):
                u, low = self.uniform(f"branch/{branch.id}/path") / WORD, 0.0
                for number, path in enumerate(branch.paths):
                    high = 1.0 if number == len(branch.paths) - 1 else low + path.weight
                    if not low <= u < high:
                        gone |= {self.plan.find(name) for name in path.activities}
                    low = high
            else:
                left = branch.otherwise if self.answers.get(branch.id) else branch.then
                gone |= {self.plan.find(name) for name in left}
        return {ref for ref in gone if self.plan.by_ref[ref].status is Status.NOT_STARTED}

    # -- cost ---------------------------------------------------------------------------------------------------------------

    def cost(self, minutes: dict[Ref, float], certain: dict[Ref, float], gone: frozenset[Ref] | set[Ref] = frozenset()) -> float:
        """Total cost, from sampled and certain minutes of remaining work of every activity."""
        total = 0.0
        for a in self.plan.activities:
            if not a.inactive:
                total += spent(a) if a.ref in gone else self.cost_of(a, minutes[a.ref], certain[a.ref])
        return total + sum(r.mitigation.cost for r in self.risks() if r.mitigation and self._is_mitigated(r))

    def cost_of(self, activity: Activity, minutes: float, certain: float) -> float:
        """What was spent and what remains: fixed, by the day, of assignments and expenses, and by risks."""
        cost, done = activity.cost, activity.status is Status.COMPLETED
        day = self.plan.calendar_of(activity).hours_per_day * 60
        base = sum(e.remaining_cost for e in activity.expenses)
        remaining = 0.0
        for n, expense in enumerate(activity.expenses):
            stream = f"activity/{activity.project}/{activity.id}/expense/{n}"
            certain_amount = expense.uncertainty is None or done
            value = expense.remaining_cost if certain_amount else self.value(stream, expense.uncertainty, expense.remaining_cost)
            remaining += value * self.market(activity, "expense")
        for a in activity.assignments:
            price = self.plan.resources[a.resource].uncertainty if a.resource else None
            factor = self.value(f"resource/{a.resource}/price", price) if price else 1.0
            if a.uncertainty is not None:
                stream = f"activity/{activity.project}/{activity.id}/{a.resource or ''}/quantity"
                factor *= self.value(stream, a.uncertainty)
            longer = minutes / certain if a.time_dependent and certain > 0 else 1.0
            kind = self.plan.resources[a.resource].kind if a.resource else "cost"
            remaining += a.remaining_cost * longer * factor * self.market(activity, kind)
            base += a.remaining_cost
        for amount, quantity, days, planned in (
            (cost and cost.fixed, "cost", 1.0, 1.0),
            (cost and cost.per_day, "rate", minutes / day, certain / day),
        ):
            if amount:
                stream = f"activity/{activity.project}/{activity.id}/{quantity}"
                certain_amount = amount.uncertainty is None or done
                value = amount.value if certain_amount else self.value(stream, amount.uncertainty, amount.value)
                remaining += value * days * self.market(activity, {"cost": "fixed", "rate": "per_day"}[quantity])
                base += amount.value * planned
        if not done:
            remaining += summed(self._impacts(activity, "cost", base))
        return spent(activity) + remaining


def spent(activity: Activity) -> float:
    """Actual cost."""
    paid = activity.cost.actual if activity.cost else 0.0
    return paid + sum(x.actual_cost for x in (*activity.assignments, *activity.expenses))


def summed(found: dict[str, list[float]]) -> float:
    """Impacts: those in series added, and the largest of the parallel ones."""
    return sum(found["series"]) + (max(found["parallel"]) if found["parallel"] else 0.0)
