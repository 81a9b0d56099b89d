"""What is random in a plan, while it is being collected; becomes the arrays of :mod:`simcore.kernel_risk`."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simcore.correlation import Copula
from simcore.kernel_risk import FULL, Effects, Shared
from simcore.models.risks import Chance
from simcore.network_chances import Chances
from simcore.variables import VariableTable, stream_key

ALWAYS = -1


@dataclass
class Effect:
    """One factor or impact on one owner; its magnitude is a shared draw or a variable of its own."""

    kind: int
    draw: int = -1
    variable: int = -1
    event: int = ALWAYS  # mask
    scale: float = 1.0
    risk: str = ""  # its id, of a cost impact


@dataclass(frozen=True, slots=True)
class Driver:
    """A risk or a factor, and where its iterations are told: it happened where any of ``masks`` says so.

    ``kind`` is risk, factor or market (a factor of costs); ``draw`` the shared draw of a factor, else -1.
    """

    kind: str
    id: str
    masks: tuple[int, ...]
    draw: int = -1


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens or not; see :class:`simcore.kernel_risk.Shared`. Limits in units of 2^-32."""

    stream: str
    mask: int
    low: float
    high: float
    chance: int = -1
    given: tuple[tuple[int, float], ...] = ()
    needs: int = ALWAYS


@dataclass(frozen=True, slots=True)
class Dated:
    """A risk event that counts only when it strikes a node in a window; clock minutes."""

    event: int
    mask: int
    first: int
    last: int
    strikes: int
    variable: int = -1


@dataclass
class Draft:
    """Variables, events and effects, by the names of their streams."""

    chances: Chances
    variables: VariableTable = field(default_factory=VariableTable)
    events: list[Event] = field(default_factory=list)
    draws: list[int] = field(default_factory=list)
    effects: dict[int, list[Effect]] = field(default_factory=dict)
    cost_effects: dict[int, list[Effect]] = field(default_factory=dict)
    lag_effects: dict[int, list[Effect]] = field(default_factory=dict)
    delay_effects: dict[int, list[Effect]] = field(default_factory=dict)
    dated: dict[int, list[Dated]] = field(default_factory=dict)
    certain_cost: float = 0.0
    dropped: list[str] = field(default_factory=list)
    drivers: list[Driver] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.masks = self.chances.masks
        for mask, event in enumerate(self.chances.events):
            self.events.append(Event(event.stream, mask, event.low, event.high))

    def new_mask(self) -> int:
        self.masks += 1
        return self.masks - 1

    def event(
        self, stream: str, probability: Chance, low: float = 0.0, *, given: Iterable[tuple[int, float]] = (),
        needs: int = ALWAYS, chance_stream: str = "",
    ) -> int:
        """The mask of an event of some probability, from ``low`` on in its stream's uniform."""
        chance, high = -1, FULL
        if isinstance(probability, int | float):
            high = (low + probability) * FULL
        else:
            chance = self.draw(self.variables.add(chance_stream, probability, 1.0))
        mask = self.new_mask()
        limits = tuple((before, p * FULL) for before, p in given)
        self.events.append(Event(stream, mask, low * FULL, high, chance, limits, needs))
        return mask

    def draw(self, variable: int) -> int:
        """A shared draw of a variable."""
        self.draws.append(variable)
        return len(self.draws) - 1

    def shared(self, copula: Copula) -> Shared:
        given = [pair for event in self.events for pair in event.given]
        ends = np.cumsum([0, *(len(event.given) for event in self.events)])
        places = [
            (event.mask, event.chance, ends[n], ends[n + 1], event.needs, -1) for n, event in enumerate(self.events)
        ]
        return Shared(
            event_key=np.array([stream_key(event.stream) for event in self.events], np.uint64),
            event_place=np.array(places, np.int32).reshape(-1, 6),
            event_limit=np.array([(event.low, event.high) for event in self.events], np.float64).reshape(-1, 2),
            given_mask=np.array([mask for mask, _ in given], np.int32),
            given_limit=np.array([limit for _, limit in given], np.float64),
            draw_variable=np.array(self.draws, np.int32),
            latent_key=np.array([stream_key(name) for name in copula.streams], np.uint64),
            latent_place=np.array([(*place, -1) for place in copula.stream_places], np.int32).reshape(-1, 3),
        )

    def dated_arrays(self, nodes: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of ``dated`` by node, shapes (nodes + 1,) and (dated, 6)."""
        listed = [self.dated.get(node, ()) for node in range(nodes)]
        rows = [(d.event, d.mask, d.first, d.last, d.strikes, d.variable) for group in listed for d in group]
        at = np.cumsum([0, *map(len, listed)]).astype(np.int32)
        return at, np.array(rows, np.int32).reshape(-1, 6)


def effect_arrays(by_owner: Mapping[int, Sequence[Effect]], owners: Iterable[int]) -> Effects:
    """Effects of the owners in their order."""
    owners = list(owners)
    listed = [effect for owner in owners for effect in by_owner.get(owner, ())]
    return Effects(
        at=np.cumsum([0, *(len(by_owner.get(owner, ())) for owner in owners)]).astype(np.int32),
        place=np.array([(e.kind, e.draw, e.variable, e.event) for e in listed], np.int32).reshape(-1, 4),
        scale=np.array([e.scale for e in listed], np.float64),
    )
