"""Streets that nobody gets through for a time, and streets within reach of given places."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap

SHUT = 1e-6
"""Speed factor of a shut street: no walk of a shift gets through it, and segments keep their numbers."""

SNAP_M = 150.0
"""A place farther than this from any street is not counted on."""


def shut_streets(network: StreetNetwork, shut: NDArray[np.bool_]) -> StreetNetwork:
    """The network with some segments shut.

    Parameters
    ----------
    network
        Streets; it stays as it is.
    shut
        [segments].
    """
    if not shut.any():
        return network
    factor = np.where(shut, SHUT, network.segments["speed_factor"].to_numpy(dtype=np.float64))
    return replace(network, segments=network.segments.assign(speed_factor=factor))


def is_open(network: StreetNetwork) -> NDArray[np.bool_]:
    """Whether each segment may be walked, [segments]."""
    return np.asarray(network.segments["speed_factor"].to_numpy(dtype=np.float64) > SHUT)


def near_places(
    network: StreetNetwork, places: gpd.GeoSeries, *, within_m: float, snap_m: float = SNAP_M
) -> NDArray[np.bool_]:
    """Segments from both of whose ends one of the places is reached within some metres, [segments].

    Parameters
    ----------
    network
        Streets; on slow ones (steps) a metre counts for more.
    places
        Points in any stated coordinate system.
    within_m
        Longest walk.
    snap_m
        Places farther than this from any street are left out.
    """
    found = snap(network, places, max_distance_m=snap_m)
    found = found[found["segment"] >= 0]
    far = metres_to_nodes(
        network,
        found["segment"].to_numpy(dtype=np.int64),
        found["offset_m"].to_numpy(dtype=np.float64),
        found["distance_m"].to_numpy(dtype=np.float64),
    )
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    return np.asarray((far[ends] <= within_m).all(axis=1))


def metres_to_nodes(
    network: StreetNetwork,
    on: NDArray[np.int64],
    offset: NDArray[np.float64],
    beside: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Metres from the nearest of some places to each node, [nodes]; inf where no street leads.

    Parameters
    ----------
    network
        Streets; on slow ones (steps) a metre counts for more, on shut ones for a million.
    on, offset, beside
        [places] the segment of each, metres along it, and metres beside it.
    """
    table = network.segments
    ends = table[["u", "v"]].to_numpy(dtype=np.int64)
    length = table["length_m"].to_numpy(dtype=np.float64)
    nodes = len(network.nodes)
    # One more node stands for "at a place"; from the ends of a place's segment it is the rest of the way.
    start = np.r_[ends[:, 0], np.full(2 * len(on), nodes)]
    end = np.r_[ends[:, 1], ends[on, 0], ends[on, 1]]
    cost = np.r_[length / table["speed_factor"].to_numpy(dtype=np.float64), offset + beside]
    cost = np.maximum(np.r_[cost, length[on] - offset + beside], 1e-9)
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort([cost, high, low])
    low, high, cost = low[order], high[order], cost[order]
    # Building a sparse array adds parallel edges up: keep the shortest of each pair.
    first = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
    graph = coo_array((cost[first], (low[first], high[first])), shape=(nodes + 1, nodes + 1))
    return np.asarray(dijkstra(graph.tocsr(), directed=False, indices=[nodes])[0, :nodes])


def open_snap(network: StreetNetwork, points: gpd.GeoSeries, *, max_distance_m: float) -> pd.DataFrame:
    """As :func:`patrolplan.graph.snap.snap`, to streets that may be walked alone.

    Nobody stands or sets out on a street that is shut: the nearest open one is meant.
    """
    free = is_open(network)
    if free.all() or not free.any():
        return snap(network, points, max_distance_m=max_distance_m)
    rows = np.flatnonzero(free)
    fewer = replace(network, segments=network.segments[free].reset_index(drop=True))
    found = snap(fewer, points, max_distance_m=max_distance_m)
    there = found["segment"] >= 0
    found.loc[there, "segment"] = rows[found.loc[there, "segment"].to_numpy(dtype=np.int64)]
    return found
