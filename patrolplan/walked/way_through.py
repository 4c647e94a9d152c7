"""What of a stay was only the way through: straight to where the visit begins, or away from there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from patrolplan.graph.match import MatchedTrack
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.walked.stays import Stay

AT_ENTRY_M = 30.0
FARTHEST_M = 1500.0
THROUGH_M_PER_S = 0.8
"""Who gets this far from where he came in, each second, walked through: a visit ends near where it began."""
WALKS_M_PER_S = 1.0
"""Between patrol (3 km/h) and transfer speed (4.5 km/h): faster than this nobody looks around."""


def without_way_through(
    network: StreetNetwork, spot: HotSpot, stay: Stay, seconds: NDArray[np.float64], matched: MatchedTrack
) -> Stay:
    """A stay less the time in which its crew only walked in or out.

    The plan counts a visit from its arrival where the stop's walk begins; the way there may lead through
    the stop's own streets, and would make every walked visit longer than the planned one.

    Parameters
    ----------
    network, spot, stay
        The streets, the stop, and the time on its streets.
    seconds, matched
        [fixes] when, and where on the streets.
    """
    here = np.flatnonzero((seconds >= stay.start) & (seconds <= stay.end) & (matched.segment >= 0))
    if len(here) < 2:
        return stay
    graph = _streets(network)
    at = seconds[here]
    if _apart_m(network, graph, matched, here[0], here[-1]) >= THROUGH_M_PER_S * (at[-1] - at[0]):
        return replace(stay, length_s=0.0)
    away_m = _to_node(network, graph, spot.entry, matched)[here]
    if not np.isfinite(away_m).all():
        return stay
    if away_m.min() > AT_ENTRY_M:  # never where the visit begins: straight through, or a visit of its own
        gone = np.abs(away_m[-1] - away_m[0]) / max(at[-1] - at[0], 1.0)
        return replace(stay, length_s=0.0) if gone >= WALKS_M_PER_S else stay
    near = np.flatnonzero(away_m <= AT_ENTRY_M)
    first, last = near[0], near[-1]
    start, end = stay.start, stay.end
    if away_m[0] - away_m[first] >= WALKS_M_PER_S * (at[first] - at[0]) and first > 0:
        start = float(at[first] + away_m[first] / WALKS_M_PER_S)
    if away_m[-1] - away_m[last] >= WALKS_M_PER_S * (at[-1] - at[last]) and last < len(at) - 1:
        end = float(at[last] - away_m[last] / WALKS_M_PER_S)
    cut_s = (start - stay.start) + (stay.end - end)
    return replace(stay, start=start, end=max(start, end), length_s=max(0.0, stay.length_s - cut_s))


def _streets(network: StreetNetwork) -> csr_array:
    """[nodes, nodes] metres of the shortest street between neighbouring nodes."""
    table = network.segments
    u, v = table["u"].to_numpy(dtype=np.int64), table["v"].to_numpy(dtype=np.int64)
    length_m = table["length_m"].to_numpy(dtype=np.float64)
    nodes = len(network.nodes)
    order = np.lexsort([length_m, v, u])
    _, least = np.unique(u[order] * np.int64(nodes) + v[order], return_index=True)
    kept = order[least]
    return csr_array((np.maximum(length_m[kept], 1e-6), (u[kept], v[kept])), shape=(nodes, nodes))


def _to_node(
    network: StreetNetwork, graph: csr_array, node: int, matched: MatchedTrack
) -> NDArray[np.float64]:
    """[fixes] metres along the streets to a node; inf off the streets and far away."""
    table = network.segments
    from_node = dijkstra(graph, directed=False, indices=np.array([node]), limit=FARTHEST_M)[0]
    segment, offset_m = matched.segment, matched.offset_m
    length_m = table["length_m"].to_numpy(dtype=np.float64)[segment]
    u, v = (table[end].to_numpy(dtype=np.int64)[segment] for end in ("u", "v"))
    ends = np.stack([offset_m + from_node[u], length_m - offset_m + from_node[v]])
    return np.where(segment >= 0, ends.min(axis=0), np.inf)


def _apart_m(network: StreetNetwork, graph: csr_array, matched: MatchedTrack, first: int, last: int) -> float:
    """Metres along the streets between two fixes of a matched track."""
    a, b = int(matched.segment[first]), int(matched.segment[last])
    here, there = float(matched.offset_m[first]), float(matched.offset_m[last])
    if a == b:
        return abs(here - there)
    u, v, length_m = network.segments.iloc[a][["u", "v", "length_m"]]
    return min(
        part + float(_to_node(network, graph, int(node), matched)[last])
        for node, part in ((u, here), (v, float(length_m) - here))
    )
