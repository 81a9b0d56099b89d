"""Planned value, earned value and actual cost of a piece of work, and the indices and forecasts that follow from them."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Planned, earned and spent at the data date; of an activity, of a WBS node with all below it, or of the whole plan.

    Attributes
    ----------
    bac : float
        Budget at completion.
    pv, ev, ac : float
        Planned value, earned value, actual cost.
    etc : float
        What the plan itself still foresees to be spent, at its own prices (bottom-up estimate to complete).
    """

    bac: float
    pv: float
    ev: float
    ac: float
    etc: float

    @property
    def cv(self) -> float:
        """Cost variance; negative is over cost."""
        return self.ev - self.ac

    @property
    def sv(self) -> float:
        """Schedule variance in money; negative is behind."""
        return self.ev - self.pv

    @property
    def cpi(self) -> float | None:
        """Cost performance index; None where nothing has been spent."""
        return _ratio(self.ev, self.ac)

    @property
    def spi(self) -> float | None:
        """Schedule performance index; None where nothing was planned."""
        return _ratio(self.ev, self.pv)

    @property
    def eac_at_budget(self) -> float:
        """Estimate at completion, the rest at its budget: AC + (BAC - EV)."""
        return self.ac + self.bac - self.ev

    @property
    def eac_cpi(self) -> float | None:
        """Estimate at completion, the rest at the efficiency so far: BAC / CPI."""
        return _ratio(self.bac, self.cpi)

    @property
    def eac_cpi_spi(self) -> float | None:
        """Estimate at completion, cost and schedule both press: AC + (BAC - EV) / (CPI x SPI)."""
        if self.cpi is None or self.spi is None:
            return None
        rest = _ratio(self.bac - self.ev, self.cpi * self.spi)
        return None if rest is None else self.ac + rest

    @property
    def eac_bottom_up(self) -> float:
        """Estimate at completion of the plan itself: AC + ETC."""
        return self.ac + self.etc

    @property
    def vac(self) -> float:
        """Variance at completion of the plan itself; negative is over budget."""
        return self.bac - self.eac_bottom_up

    @property
    def tcpi_bac(self) -> float | None:
        """Efficiency that the rest needs to keep the budget; None where it is spent."""
        return _ratio(self.bac - self.ev, self.bac - self.ac)

    @property
    def tcpi_eac(self) -> float | None:
        """Efficiency that the plan's own estimate at completion takes for granted; None where it foresees nothing more."""
        return _ratio(self.bac - self.ev, self.etc)


def total_of(parts: Iterable[Measures]) -> Measures:
    """The sum of several pieces of work."""
    listed = list(parts)
    return Measures(
        bac=sum(part.bac for part in listed),
        pv=sum(part.pv for part in listed),
        ev=sum(part.ev for part in listed),
        ac=sum(part.ac for part in listed),
        etc=sum(part.etc for part in listed),
    )


def _ratio(part: float, whole: float | None) -> float | None:
    return part / whole if whole is not None and whole > 1e-9 else None
