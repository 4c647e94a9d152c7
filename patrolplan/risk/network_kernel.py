"""Kernel density along the streets: weights spread from points over the segments within reach."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork

SHORTEST_M = 0.1
"""Shorter segments are walked as if this long, so that no walk goes round and round in place."""
CUT = 1e-3
"""A walk that carries less than this share of its source's weight is cut; the rest is scaled up."""


def spread_along_streets(
    network: StreetNetwork,
    segment: NDArray[np.int64],
    offset_m: NDArray[np.float64],
    group: NDArray[np.int64],
    weight: NDArray[np.float64],
    *,
    groups: int,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """Spread weights from points along the streets: the mass each segment receives, per group.

    The equal-split kernel of Okabe, Satoh and Sugihara (2009, doi:10.1080/13658810802475491): a
    quartic kernel of the distance walked, its mass shared evenly among the onward streets of each
    junction; a dead end sends it back. Nothing is lost: each point's mass adds up to its weight.

    Parameters
    ----------
    network
        The streets.
    segment, offset_m
        [n] where the points are: segment and metres from its ``u`` end.
    group
        [n] 0..groups-1.
    weight
        [n].
    groups
        Number of groups.
    bandwidth_m
        Distance at which the kernel ends, in metres.

    Returns
    -------
    [groups, segments] float.
    """
    out = np.zeros((groups, len(network.segments)))
    if not len(segment):
        return out
    key: NDArray[np.float64] = np.round(np.asarray(offset_m, dtype=np.float64), 2).astype(np.float64)
    order = np.lexsort((group, key, segment))
    segment, key, group, weight = segment[order], key[order], group[order], weight[order]
    new = np.r_[True, (np.diff(segment) != 0) | (np.diff(key) != 0)]
    bounds = np.r_[np.flatnonzero(new), len(segment)].astype(np.int64)
    first, incident, ends = incidence(network)
    _spread(
        network.segments[["u", "v"]].to_numpy(dtype=np.int64),
        network.segments["length_m"].to_numpy(dtype=np.float64).clip(min=SHORTEST_M),
        first,
        incident,
        ends,
        segment[new].astype(np.int64),
        key[new],
        bounds,
        group.astype(np.int64),
        weight.astype(np.float64),
        float(bandwidth_m),
        out,
    )
    return out


def incidence(network: StreetNetwork) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Segments at each node: ``first``, ``segment`` and ``end``.

    Those of node ``n`` are ``segment[first[n]:first[n + 1]]``, met at their ``end`` (0: u, 1: v).
    """
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    node = ends.T.ravel()
    segment = np.tile(np.arange(len(ends)), 2)
    end = np.repeat(np.array([0, 1]), len(ends))
    order = np.lexsort((end, segment, node))
    first = np.searchsorted(node[order], np.arange(len(network.nodes) + 1))
    return first.astype(np.int64), segment[order], end[order]


@njit(cache=True)
def _mass(metres: float, bandwidth_m: float) -> float:
    """Mass of a quartic kernel from its middle to a distance, one side: 0..0.5."""
    x = min(metres / bandwidth_m, 1.0)
    return 0.9375 * (x - 2.0 * x**3 / 3.0 + x**5 / 5.0)


@njit(cache=True)
def _spread(
    nodes: NDArray[np.int64],
    length_m: NDArray[np.float64],
    first: NDArray[np.int64],
    incident: NDArray[np.int64],
    ends: NDArray[np.int64],
    source_segment: NDArray[np.int64],
    source_offset: NDArray[np.float64],
    bounds: NDArray[np.int64],
    group: NDArray[np.int64],
    weight: NDArray[np.float64],
    bandwidth_m: float,
    out: NDArray[np.float64],
) -> None:
    """Walk out from every source in every direction and add what each segment receives to ``out``."""
    received = np.zeros(len(length_m))
    touched = np.empty(len(length_m), dtype=np.int64)
    room = 1024
    walk_segment, walk_to = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    walk_m, walk_left, walk_share = np.empty(room), np.empty(room), np.empty(room)
    for source in range(len(source_segment)):
        segment, offset, count, top = source_segment[source], source_offset[source], 0, 0
        for end in range(2):  # a walk: on a segment, towards an end, metres behind it, metres before that end
            walk_segment[top], walk_to[top], walk_m[top] = segment, end, 0.0
            walk_left[top], walk_share[top] = (
                (max(offset, 0.0) if end == 0 else max(length_m[segment] - offset, 0.0)),
                1.0,
            )
            top += 1
        while top > 0:
            top -= 1
            at, end, behind, left, share = (
                walk_segment[top],
                walk_to[top],
                walk_m[top],
                walk_left[top],
                walk_share[top],
            )
            if received[at] == 0.0:
                touched[count] = at
                count += 1
            received[at] += share * (_mass(behind + left, bandwidth_m) - _mass(behind, bandwidth_m)) + 1e-300
            ahead = behind + left
            if ahead >= bandwidth_m:
                continue
            node = nodes[at, end]
            degree = first[node + 1] - first[node]
            onward = share if degree == 1 else share / (degree - 1)
            if onward < CUT or top + degree >= room:
                continue
            for way in range(first[node], first[node + 1]):
                if degree > 1 and incident[way] == at and ends[way] == end:
                    continue
                walk_segment[top], walk_to[top] = incident[way], 1 - ends[way]
                walk_m[top], walk_left[top], walk_share[top] = ahead, length_m[incident[way]], onward
                top += 1
        whole = 0.0
        for k in range(count):
            whole += received[touched[k]]
        for k in range(count):
            for row in range(bounds[source], bounds[source + 1]):
                out[group[row], touched[k]] += weight[row] * received[touched[k]] / whole
            received[touched[k]] = 0.0
