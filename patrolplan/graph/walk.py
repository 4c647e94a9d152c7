"""Walking: steps along segments, shortest walks between places, closed walks over a cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StreetPoint:
    """A place on the network: ``offset_m`` metres along ``segment`` from its ``u`` end."""

    segment: int
    offset_m: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stretch walked on one segment, from ``from_m`` to ``to_m`` (metres from its ``u`` end).

    ``from_m > to_m`` means walking against the drawn direction.
    """

    segment: int
    from_m: float
    to_m: float

    @property
    def length_m(self) -> float:
        """Metres walked."""
        return abs(self.to_m - self.from_m)
