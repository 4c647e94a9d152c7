"""Islands: parts of a network that nobody walks to, but that a bridge or a ferry leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.graph.network import Dropped, StreetNetwork
from patrolplan.graph.ways import Bools, Ints, Ways, way_lengths

NEAR_M = 50.0
"""An offence or a place this near a part's streets lies on it."""


def islands(ways: Ways, walkable: Bools, leads: Bools) -> Bools:
    """Marks walkable ways that are not joined on foot to the main part, but by ways that lead there.

    Parameters
    ----------
    ways
        All ways, walkable or not.
    walkable
        [ways] where people walk.
    leads
        [ways] where people walk or ride: those, motor roads, ferries.
    """
    if not (leads & ~walkable).any():
        return np.zeros(len(walkable), dtype=bool)
    on_foot, by_any = _parts(ways, walkable), _parts(ways, leads)
    metres = np.bincount(on_foot[walkable], weights=way_lengths(ways.offsets, ways.xy)[walkable])
    main = walkable & (on_foot == int(np.argmax(np.round(metres, 3))))
    reached = np.isin(by_any, np.unique(by_any[main]))
    return np.asarray(walkable & ~main & reached)


def parts_of(network: StreetNetwork) -> Ints:
    """[segments] number of the part that each segment hangs together with on foot."""
    u, v = (network.segments[end].to_numpy(dtype=np.int64) for end in ("u", "v"))
    count = len(network.nodes)
    joined = coo_array((np.ones(len(u), dtype=bool), (u, v)), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1][u], dtype=np.int64)


def without_idle_parts(
    network: StreetNetwork, points: Iterable[gpd.GeoSeries], *, also_from_m: float = np.inf
) -> StreetNetwork:
    """The network without small parts on which nothing lies.

    Parameters
    ----------
    network
        Streets; of one part they come back as they are.
    points
        Offences, places and problems, each in a coordinate system of its own.
    also_from_m
        Parts with at least so many metres of streets stay whatever lies on them.

    Returns
    -------
    StreetNetwork
        The largest part always stays; what went is told in the report.
    """
    part = parts_of(network)
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    metres = np.bincount(part, weights=length_m)
    if np.count_nonzero(metres) < 2:
        return network
    stays = metres >= also_from_m
    stays[int(np.argmax(np.round(metres, 3)))] = True
    tree = shapely.STRtree(network.segments.geometry.to_numpy())
    for some in points:
        here = some[~(some.isna() | some.is_empty)].to_crs(network.crs).to_numpy()
        stays[part[tree.query(here, predicate="dwithin", distance=NEAR_M)[1]]] = True
    keep = stays[part]
    return network if keep.all() else _only(network, keep)


def _only(network: StreetNetwork, keep: Bools) -> StreetNetwork:
    segments, nodes = network.segments[keep], network.nodes
    used = np.unique(segments[["u", "v"]].to_numpy(dtype=np.int64))
    number = np.full(len(nodes), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    segments = segments.assign(u=number[segments["u"]], v=number[segments["v"]])
    out_m = float(network.segments["length_m"].to_numpy()[~keep].sum())
    dropped = Dropped(
        what="idle islands",
        count=int((~keep).sum()),
        length_m=round(out_m, 1),
        why="not joined on foot to the largest part, and neither an offence nor a place lies there",
    )
    return StreetNetwork(
        segments=segments.set_axis(pd.RangeIndex(len(segments), name="segment")),
        nodes=nodes.iloc[used].set_axis(pd.RangeIndex(len(used), name="node")),
        report=replace(network.report, dropped=(*network.report.dropped, dropped)),
    )


def _parts(ways: Ways, use: Bools) -> Ints:
    """[ways] number of the part that the ways in use make, meeting at common nodes."""
    way = np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets))
    node = np.unique(ways.refs, return_inverse=True)[1] + len(ways.table)
    used = use[way]
    size = len(ways.table) + int(node.max(initial=-1)) + 1
    joined = coo_array((np.ones(int(used.sum()), dtype=bool), (way[used], node[used])), shape=(size, size))
    return np.asarray(connected_components(joined, directed=False)[1][: len(ways.table)], dtype=np.int64)
