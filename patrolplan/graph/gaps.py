"""Gaps: dead ends that stop a few metres short of another line are joined to it.

Where a sidewalk was drawn up to the kerb and not to the road, or a way lost its last node at the
border of an extract, people walk on all the same. A dead end is joined to the nearest point of
another line when that lies within some metres, on the same level, with neither railway nor water
nor wall between, and is not near on foot anyway.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.beside import parted
from patrolplan.graph.edges import Edges
from patrolplan.graph.junctions import lines_of
from patrolplan.graph.pieces import cut_at
from patrolplan.graph.short_ways import ShortWays
from patrolplan.graph.ways import Floats, Ints, offsets_of

NEAR_ANYWAY_M = 40.0
"""Dead ends from which the other line is reached within this walk are left as they are."""


def without_gaps(edges: Edges, barriers: NDArray[np.object_], *, gap_m: float) -> tuple[Edges, Floats]:
    """Join dead ends to lines within ``gap_m`` metres; the edges, and the length of each join.

    Only for edges of one way each, as `edges_of_ways` makes them.
    """
    if gap_m <= 0 or not len(edges):
        return edges, np.zeros(0)
    node, edge, at, gap = _gaps(edges, barriers, gap_m)
    if not len(node):
        return edges, np.zeros(0)
    split, foot = _split(edges, edge, at)
    far = ~_near_on_foot(split, node, foot, gap)
    return _joined(split, node[far], foot[far]), gap[far]


def _gaps(edges: Edges, barriers: NDArray[np.object_], gap_m: float) -> tuple[Ints, Ints, Floats, Floats]:
    """Dead ends, the line each is to be joined to, where on it (metres from its start), how far off."""
    degree = np.bincount(np.concatenate([edges.u, edges.v]), minlength=len(edges.node_xy))
    ends = np.flatnonzero(degree == 1)
    own = np.empty(len(edges.node_xy), dtype=np.int64)
    own[edges.u], own[edges.v] = np.arange(len(edges)), np.arange(len(edges))
    layer = edges.traits["layer"].to_numpy()
    lines = lines_of(edges)
    points = np.asarray(shapely.points(edges.node_xy[ends]), dtype=object)
    end, edge = shapely.STRtree(lines).query(points, predicate="dwithin", distance=gap_m)
    node = ends[end]
    other = (edge != own[node]) & (layer[edge] == layer[own[node]])
    end, edge, node = end[other], edge[other], node[other]
    at = np.asarray(shapely.line_locate_point(lines[edge], points[end]))
    foot = shapely.get_coordinates(shapely.line_interpolate_point(lines[edge], at))
    gap = np.hypot(*(edges.node_xy[node] - foot).T)
    free = ~parted(edges.node_xy[node], foot, barriers) & (gap > 0)
    node, edge, at, gap = node[free], edge[free], at[free], gap[free]
    order = np.lexsort((edge, np.round(gap, 3), node))
    nearest = order[np.unique(node[order], return_index=True)[1]]
    return node[nearest], edge[nearest], at[nearest], gap[nearest]


def _split(edges: Edges, edge: Ints, at: Floats) -> tuple[Edges, Ints]:
    """The edges cut at the given places (their ends where those are near), and the node of each place."""
    length = edges.length_m[edge]
    near_start, near_end = at <= 1.0, at >= length - 1.0
    inner = ~near_start & ~near_end
    order = np.lexsort((at, edge))
    order = order[inner[order]]
    pieces = cut_at(edges, edge[order], at[order])
    split = Edges(
        u=pieces.u,
        v=pieces.v,
        offsets=pieces.offsets,
        xy=pieces.xy,
        traits=edges.traits.iloc[pieces.edge].reset_index(drop=True),
        parts=pd.DataFrame(
            {
                "edge": np.arange(len(pieces.edge)),
                "way": edges.parts["way"].to_numpy()[pieces.edge],
                "length_m": pieces.length_m,
                "folded": False,
            }
        ),
        node_xy=pieces.node_xy,
        node_ref=pieces.node_ref,
    )
    foot = np.where(near_start, edges.u[edge], edges.v[edge])
    foot[order] = len(edges.node_xy) + np.arange(len(order))
    return split, foot


def _near_on_foot(edges: Edges, a: Ints, b: Ints, gap: Floats) -> NDArray[np.bool_]:
    ways = ShortWays.of(len(edges.node_xy), edges.u, edges.v, edges.length_m)
    return ways.near(a, b, gap + NEAR_ANYWAY_M)


def _joined(edges: Edges, node: Ints, foot: Ints) -> Edges:
    """The edges and a straight one from each node to its foot, which counts as part of the node's way."""
    own = np.empty(len(edges.node_xy), dtype=np.int64)
    own[edges.u], own[edges.v] = np.arange(len(edges)), np.arange(len(edges))
    source = own[node]
    ends = np.stack([edges.node_xy[node], edges.node_xy[foot]], axis=1)
    new = len(edges) + np.arange(len(node))
    parts = pd.DataFrame(
        {
            "edge": new,
            "way": edges.parts["way"].to_numpy()[source],
            "length_m": np.hypot(*(ends[:, 0] - ends[:, 1]).T),
            "folded": False,
        }
    )
    counts = np.concatenate([np.diff(edges.offsets), np.full(len(node), 2)])
    return Edges(
        u=np.concatenate([edges.u, node]),
        v=np.concatenate([edges.v, foot]),
        offsets=offsets_of(counts),
        xy=np.concatenate([edges.xy, ends.reshape(-1, 2)]),
        traits=pd.concat([edges.traits, edges.traits.iloc[source]], ignore_index=True),
        parts=pd.concat([edges.parts, parts], ignore_index=True),
        node_xy=edges.node_xy,
        node_ref=edges.node_ref,
    )
