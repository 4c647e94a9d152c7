"""Places on streets and stretches walked along them: their length, time and line on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from patrolplan.errors import InputError

if TYPE_CHECKING:
    from shapely import LineString

    from patrolplan.graph.network import StreetNetwork


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

    def reversed(self) -> Step:
        """The same stretch, walked the other way."""
        return Step(segment=self.segment, from_m=self.to_m, to_m=self.from_m)


def node_point(network: StreetNetwork, node: int) -> StreetPoint:
    """The node as a place on a segment that ends there (the one of the lowest number)."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    touching = np.flatnonzero((ends == node).any(axis=1))
    if not len(touching):
        raise InputError(f"node {node}: no segment ends there; the nodes are 0 to {len(network.nodes) - 1}")
    segment = int(touching[0])
    at_u = bool(ends[segment, 0] == node)
    length_m = float(network.segments["length_m"].to_numpy()[segment])
    return StreetPoint(segment=segment, offset_m=0.0 if at_u else length_m)


def path_length_m(steps: Sequence[Step]) -> float:
    """Metres walked over all steps.

    Examples
    --------
    >>> path_length_m([Step(segment=3, from_m=80, to_m=0), Step(segment=4, from_m=0, to_m=50)])
    130.0
    """
    return float(sum(step.length_m for step in steps))


def path_seconds(network: StreetNetwork, steps: Sequence[Step], *, speed_m_per_s: float) -> float:
    """Seconds that the steps take at the speed given, slower where ``speed_factor`` says so."""
    factor = network.segments["speed_factor"].to_numpy(dtype=np.float64)
    return float(sum(step.length_m / (speed_m_per_s * factor[step.segment]) for step in steps))


def path_geometry(network: StreetNetwork, steps: Sequence[Step]) -> LineString:
    """The line walked, in walking direction and the network's CRS; empty where nobody moves."""
    from shapely import LineString
    from shapely.ops import substring

    lines = network.segments.geometry.array
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    along: list[tuple[float, ...]] = []
    for step in steps:
        if step.length_m <= 0:
            continue
        line = lines[step.segment]
        scale = line.length / length_m[step.segment]
        part = substring(line, step.from_m * scale, step.to_m * scale)
        along.extend(point for point in part.coords if not along or point != along[-1])
    return LineString(along) if len(along) > 1 else LineString()
