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
    away_m = _to_entry(network, spot, matched)[here]
    if not np.isfinite(away_m).all():
        return stay
    at = seconds[here]
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


def _to_entry(network: StreetNetwork, spot: HotSpot, matched: MatchedTrack) -> NDArray[np.float64]:
    """[fixes] metres along the streets to the stop's entry."""
    table = network.segments
    u, v = table["u"].to_numpy(dtype=np.int64), table["v"].to_numpy(dtype=np.int64)
    length_m = table["length_m"].to_numpy(dtype=np.float64)
    nodes = len(network.nodes)
    order = np.lexsort([length_m, v, u])
    _, least = np.unique(u[order] * np.int64(nodes) + v[order], return_index=True)
    kept = order[least]
    graph = csr_array((np.maximum(length_m[kept], 1e-6), (u[kept], v[kept])), shape=(nodes, nodes))
    from_entry = dijkstra(graph, directed=False, indices=np.array([spot.entry]), limit=FARTHEST_M)[0]
    segment, offset_m = matched.segment, matched.offset_m
    ends = np.stack(
        [offset_m + from_entry[u[segment]], length_m[segment] - offset_m + from_entry[v[segment]]]
    )
    return np.where(segment >= 0, ends.min(axis=0), np.inf)
