"""The quickest walks between many places of the network: how long, along what, and past what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from patrolplan import units
from patrolplan.errors import InputError
from patrolplan.graph.steps import (
    Step,
    StreetPoint,
    node_point,
    path_geometry,
    path_length_m,
    path_seconds,
)

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork
    from patrolplan.graph.split_graph import SplitGraph

__all__ = [
    "Passes",
    "Step",
    "StreetPoint",
    "Walks",
    "node_point",
    "path_geometry",
    "path_length_m",
    "path_seconds",
    "segments_within",
    "walks_between",
]

TREES_KEPT = 64
"""Shortest-walk trees kept for ``Walks.path``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Passes:
    """Segments passed on the walks between all pairs of K points, in walking order (CSR by pair).

    A segment walked for less than half of its length is not passed.

    Attributes
    ----------
    start
        [K * K + 1] int64: rows ``start[i * K + j]`` up to the next belong to the walk from i to j.
    segment
        [rows] int32.
    offset_s
        [rows] int32: seconds after setting out, at the speed asked for, when the middle of the
        stretch walked is reached; rounded down.
    """

    start: NDArray[np.int64]
    segment: NDArray[np.int32]
    offset_s: NDArray[np.int32]

    def __post_init__(self) -> None:
        units.frozen_columns(self, start=self.start, segment=self.segment, offset_s=self.offset_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Walks:
    """Quickest walks between all pairs of K points.

    Attributes
    ----------
    points
        The K points, as asked for.
    seconds
        [K, K] int32, symmetric: whole seconds, rounded up; -1 where no walk leads or the walk takes
        longer than the limit.
    """

    points: tuple[StreetPoint, ...]
    seconds: NDArray[np.int32]
    _passes: Passes = field(repr=False)
    _graph: SplitGraph = field(repr=False)
    _limit_us: float = field(repr=False)
    _trees: dict[int, tuple[NDArray[np.float64], NDArray[np.int32]]] = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        units.frozen_columns(self, seconds=self.seconds)

    def passes(self) -> Passes:
        """What the walks pass and when, for all pairs at once."""
        return self._passes

    def path(self, i: int, j: int) -> tuple[Step, ...]:
        """The walk from point ``i`` to point ``j``, step by step; empty if they are one place.

        The walk from ``j`` to ``i`` is the same walk taken back.

        Raises
        ------
        InputError
            If no walk leads there within the limit (``seconds[i, j]`` is -1).
        """
        from patrolplan.graph.walk_passes import stretches

        if self.seconds[i, j] < 0:
            raise InputError(f"no walk from point {i} to point {j} within the limit: ask seconds[{i}, {j}]")
        if i > j:
            return tuple(step.reversed() for step in reversed(self.path(j, i)))
        found = stretches(
            self._graph, *self._tree(i), np.zeros(1, dtype=np.int64), self._graph.point_node[[j]]
        )
        rows = zip(found.segment.tolist(), found.from_m.tolist(), found.to_m.tolist(), strict=True)
        return tuple(Step(segment=s, from_m=a, to_m=b) for s, a, b in rows)

    def _tree(self, i: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        if i not in self._trees:
            if len(self._trees) >= TREES_KEPT:
                self._trees.clear()
            self._trees[i] = self._graph.quickest(self._graph.point_node[[i]], self._limit_us)
        return self._trees[i]


def walks_between(
    network: StreetNetwork,
    points: Sequence[StreetPoint],
    *,
    speed_m_per_s: float = units.TRANSFER_SPEED_M_PER_S,
    limit_s: float | None = None,
) -> Walks:
    """Quickest walks between all pairs of points (Dijkstra from each).

    Parameters
    ----------
    network
        Streets; ``speed_factor`` slows a segment down.
    points
        K places; one in mid-segment cuts the segment exactly there (to the millimetre).
    speed_m_per_s
        Walking speed where ``speed_factor`` is 1.
    limit_s
        Walks that take longer are left out (-1): much faster on large networks.

    Raises
    ------
    InputError
        If a point names a segment or an offset that the network does not have.

    Examples
    --------
    Walks of 60 m at 1 m/s; a point in mid-segment is exact:

    >>> from shapely import LineString, Point
    >>> import geopandas as gpd
    >>> from patrolplan.graph.network import NetworkReport, StreetNetwork
    >>> street = gpd.GeoDataFrame({"u": [0], "v": [1], "length_m": [100.0], "speed_factor": [1.0]},
    ...     geometry=[LineString([(0, 0), (100, 0)])], crs=32636)
    >>> nodes = gpd.GeoDataFrame(geometry=[Point(0, 0), Point(100, 0)], crs=32636)
    >>> network = StreetNetwork(segments=street, nodes=nodes,
    ...     report=NetworkReport(ways_in=1, main_part_share=1.0))
    >>> ends = [StreetPoint(segment=0, offset_m=20), StreetPoint(segment=0, offset_m=80)]
    >>> walks = walks_between(network, ends, speed_m_per_s=1.0)
    >>> walks.seconds.tolist()
    [[0, 60], [60, 0]]
    >>> walks.path(1, 0)
    (Step(segment=0, from_m=80.0, to_m=20.0),)
    """
    from patrolplan.graph.split_graph import US_PER_S, split_graph
    from patrolplan.graph.walk_passes import all_pairs

    segment, offset_m = as_arrays(network, points)
    graph = split_graph(network, segment, offset_m, speed_m_per_s=speed_m_per_s)
    limit_us = np.inf if limit_s is None else float(limit_s) * US_PER_S
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    seconds, starts, passed, offset_s = all_pairs(graph, limit_us, length_m)
    return Walks(
        points=tuple(points),
        seconds=seconds,
        _passes=Passes(start=starts, segment=passed, offset_s=offset_s),
        _graph=graph,
        _limit_us=limit_us,
    )


def segments_within(
    network: StreetNetwork, points: Sequence[StreetPoint], *, limit_m: float
) -> NDArray[np.bool_]:
    """Whether each segment has an end within ``limit_m`` metres of walk from a point, [segments]."""
    from scipy.sparse.csgraph import dijkstra

    from patrolplan.graph.split_graph import US_PER_S, split_graph

    segment, offset_m = as_arrays(network, points)
    graph = split_graph(network, segment, offset_m, speed_m_per_s=1.0)
    nearest = dijkstra(graph.matrix, indices=graph.point_node, min_only=True, limit=limit_m * US_PER_S)
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    reached: NDArray[np.bool_] = np.isfinite(nearest[ends]).any(axis=1)
    reached[segment] = True
    return reached


def as_arrays(
    network: StreetNetwork, points: Sequence[StreetPoint]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Segment and offset of each point, checked against the network."""
    segment = np.array([point.segment for point in points], dtype=np.int64)
    offset_m = np.array([point.offset_m for point in points], dtype=np.float64)
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    known = (segment >= 0) & (segment < len(length_m))
    longest = length_m[np.where(known, segment, 0)]
    sound = known & (offset_m >= -1e-6) & (offset_m <= longest + 1e-3)
    if not sound.all():
        wrong = np.flatnonzero(~sound)
        told = ", ".join(f"{i} ({points[i]})" for i in wrong[:5])
        raise InputError(
            f"{len(wrong)} points are not on the network of {len(length_m)} segments: {told}; "
            "snap them to it first"
        )
    return segment, np.clip(offset_m, 0.0, longest)
