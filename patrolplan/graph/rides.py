"""Rides between places over the roads that vehicles may use: seconds and lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from patrolplan import units
from patrolplan.errors import InputError
from patrolplan.graph.ways import Floats, Ints

PARK_S = 120
"""Seconds to park and get out, and to get in again at the other end (an assumption)."""

WALK_TO_ROAD_M = 500.0
"""Places farther than this from any road to ride on are not reached by a ride."""


@dataclass(frozen=True, kw_only=True)
class RideRoads:
    """Roads to ride on, cut at every node of the source.

    Attributes
    ----------
    xy
        [nodes, 2] metres in ``crs``.
    tail, head
        [edges] node rows; an edge is ridden from tail to head alone.
    seconds
        [edges] time that it takes.
    crs
        Metric coordinate system.
    """

    xy: Floats
    tail: Ints
    head: Ints
    seconds: Floats
    crs: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Rides:
    """Quickest rides between all pairs of K places.

    Attributes
    ----------
    seconds
        [K, K] int32 whole seconds from row to column, parking and the walk to the road included; -1
        where no ride leads. Not symmetric: streets may be one-way.
    road_m
        [K] metres on foot from each place to the road where the ride begins and ends.
    """

    seconds: NDArray[np.int32]
    road_m: Floats
    _roads: RideRoads = field(repr=False)
    _node: Ints = field(repr=False)
    _before: NDArray[np.int32] = field(repr=False)

    @property
    def crs(self) -> Any:
        """Coordinate system of the lines."""
        return self._roads.crs

    def path(self, i: int, j: int) -> shapely.LineString:
        """The line ridden from place ``i`` to place ``j``; empty where they share a road node.

        Raises
        ------
        InputError
            No ride leads there.
        """
        if self.seconds[i, j] < 0:
            raise InputError(f"no ride from place {i} to place {j}: ask seconds[{i}, {j}]")
        nodes = [int(self._node[j])]
        while nodes[-1] != self._node[i]:
            nodes.append(int(self._before[i, nodes[-1]]))
        line = self._roads.xy[nodes[::-1]]
        return shapely.LineString(line) if len(line) > 1 else shapely.LineString()


def rides_between(
    roads: RideRoads,
    places: gpd.GeoSeries,
    *,
    park_s: float = PARK_S,
    walk_m_per_s: float = units.TRANSFER_SPEED_M_PER_S,
) -> Rides:
    """Quickest rides between all pairs of places.

    Parameters
    ----------
    roads
        As `patrolplan.io.osm_rides.read_ride_roads` reads them.
    places
        K points in any coordinate system, such as `Settlements.table.geometry`.
    park_s
        Seconds added to every ride.
    walk_m_per_s
        Speed of the walk between place and road, at both ends.

    Examples
    --------
    >>> roads = RideRoads(xy=np.array([[0.0, 0.0], [1000.0, 0.0]]), tail=np.array([0, 1]),
    ...     head=np.array([1, 0]), seconds=np.array([60.0, 80.0]), crs=32636)
    >>> places = gpd.GeoSeries(gpd.points_from_xy([0, 1000], [125, 0]), crs=32636)
    >>> rides_between(roads, places, walk_m_per_s=1.25).seconds.tolist()
    [[0, 280], [300, 0]]
    """
    if places.crs is None:
        raise InputError("places to ride between have no coordinate system; say which theirs is")
    at = places.to_crs(roads.crs).get_coordinates().to_numpy()
    found: Any = cKDTree(roads.xy).query(at.reshape(-1, 2))
    road_m, node = np.asarray(found[0], dtype=np.float64), np.asarray(found[1], dtype=np.int64)
    count = len(roads.xy)
    graph = coo_array((roads.seconds, (roads.tail, roads.head)), shape=(count, count)).tocsr()
    ridden, before = _trees(graph, node)
    walk = road_m / walk_m_per_s
    seconds = ridden[:, node] + walk[:, None] + walk[None, :] + park_s
    near = road_m <= WALK_TO_ROAD_M
    known = np.isfinite(seconds) & near[:, None] & near[None, :]
    whole = np.where(known, np.ceil(np.where(known, seconds, 0) - 1e-6), -1).astype(np.int32)
    np.fill_diagonal(whole, 0)
    return Rides(
        seconds=units.readonly(whole),
        road_m=road_m,
        _roads=roads,
        _node=node,
        _before=before,
    )


def _trees(graph: Any, nodes: Ints) -> tuple[Floats, NDArray[np.int32]]:
    ridden, before = dijkstra(graph, directed=True, indices=nodes, return_predecessors=True)
    return np.atleast_2d(ridden), np.atleast_2d(before)


def least_edges(tail: Ints, head: Ints, seconds: Floats) -> tuple[Ints, Ints, Floats]:
    """Of edges between the same two nodes the quickest: a sparse matrix would add them up."""
    order = np.lexsort((seconds, head, tail))
    tail, head, seconds = tail[order], head[order], seconds[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return tail[first], head[first], seconds[first]
