"""Junctions: nodes a few metres apart become one, and what shrinks to nothing goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.graph.edges import Edges
from patrolplan.graph.ways import Bools, Floats, Ints, offsets_of


def consolidated(edges: Edges, *, junction_m: float, widest_m: float, ring_m: float) -> Edges:
    """Merge the nodes of each junction into its middle.

    Nodes are merged only along edges of at most ``junction_m`` between them (never across a gap,
    so nothing is joined that was not), roundabouts along their ring. A junction wider than
    ``widest_m`` (a roundabout wider than ``ring_m``) is tried again with shorter edges.
    """
    cluster = np.arange(len(edges.node_xy))
    ring = edges.traits["ring"].to_numpy()
    cluster = _merged(edges, cluster, ring, ring_m)
    degree = np.bincount(np.concatenate([edges.u, edges.v]), minlength=len(edges.node_xy))
    inner = (degree[edges.u] > 1) & (degree[edges.v] > 1)
    for share in (1.0, 0.7, 0.45, 0.25):
        cluster = _merged(edges, cluster, inner & (edges.length_m <= share * junction_m), widest_m)
    return _moved(edges, cluster)


def small_loops(edges: Edges, *, loop_m: float, ring_m: float) -> Bools:
    """Marks edges that return to their start within ``loop_m``, and roundabouts up to ``ring_m`` wide."""
    longest = np.where(edges.traits["ring"].to_numpy(), np.pi * ring_m, loop_m)
    return np.asarray((edges.u == edges.v) & (edges.length_m <= longest))


def twins(edges: Edges, priority: Ints, *, apart_m: float) -> tuple[Ints, Ints]:
    """Edges between the same two nodes that stay within ``apart_m`` of each other: (goes, stays)."""
    low, high = np.minimum(edges.u, edges.v), np.maximum(edges.u, edges.v)
    order = np.lexsort((priority, high, low))
    a, b = order[1:], order[:-1]
    same = (low[a] == low[b]) & (high[a] == high[b]) & (low[a] != high[a])
    a, b = a[same], b[same]
    lines = lines_of(edges)
    near = shapely.hausdorff_distance(lines[a], lines[b]) <= apart_m
    return a[near], b[near]


def lines_of(edges: Edges) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The edges as shapely lines."""
    owner = np.repeat(np.arange(len(edges)), np.diff(edges.offsets))
    return np.asarray(shapely.linestrings(edges.xy, indices=owner), dtype=object).reshape(-1)


def straightened(edges: Edges, *, within_m: float) -> Edges:
    """The edges without points that lie on the line between their neighbours (the cuts of the cleaning)."""
    lines = shapely.simplify(lines_of(edges), within_m)
    return replace(
        edges,
        offsets=offsets_of(shapely.get_num_coordinates(lines).astype(np.int64)),
        xy=shapely.get_coordinates(lines),
    )


def stubs(edges: Edges, *, stub_m: float, half_m: float) -> Bools:
    """Marks dead ends of less than ``stub_m`` metres, of one-way carriageways of less than ``half_m``.

    No one-way road ends in nothing: such an end is what stayed of a carriageway merged with another.
    """
    shortest = np.where(edges.traits["oneway"].to_numpy(), max(stub_m, half_m), stub_m)
    degree = np.bincount(np.concatenate([edges.u, edges.v]), minlength=len(edges.node_xy))
    dead_end = (degree[edges.u] == 1) ^ (degree[edges.v] == 1)
    return np.asarray(dead_end & (edges.length_m < shortest))


def _merged(edges: Edges, cluster: Ints, along: Bools, widest_m: float) -> Ints:
    """Join clusters along the marked edges where the result is no wider than ``widest_m``."""
    count = len(cluster)
    a, b = cluster[edges.u[along]], cluster[edges.v[along]]
    joined = coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(count, count))
    label = np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)[cluster]
    low, high = _extent(label, edges.node_xy)
    wide = np.hypot(*(high - low).T) > widest_m
    new = np.where(wide[label], cluster + count, label)
    return np.unique(new, return_inverse=True)[1].astype(np.int64)


def _extent(label: Ints, xy: Floats) -> tuple[Floats, Floats]:
    count = int(label.max(initial=-1)) + 1
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, label, xy)
    np.maximum.at(high, label, xy)
    return low, high


def _moved(edges: Edges, cluster: Ints) -> Edges:
    """Every edge now ends in the middle of its junction."""
    size = np.bincount(cluster)
    middle = (
        np.column_stack([np.bincount(cluster, weights=edges.node_xy[:, k]) for k in (0, 1)]) / size[:, None]
    )
    away = np.hypot(*(edges.node_xy - middle[cluster]).T)
    radius = np.zeros(len(size))
    np.maximum.at(radius, cluster, away)
    ref = np.full(len(size), np.iinfo(np.int64).min, dtype=np.int64)
    np.maximum.at(ref, cluster, edges.node_ref)
    counts, xy = _pulled(edges, middle, radius, cluster)
    return replace(
        edges,
        u=cluster[edges.u],
        v=cluster[edges.v],
        offsets=offsets_of(counts),
        xy=xy,
        node_xy=middle,
        node_ref=ref,
    )


def _pulled(edges: Edges, middle: Floats, radius: Floats, cluster: Ints) -> tuple[Ints, Floats]:
    """Points of the edges with both ends pulled to their junction's middle.

    Points inside the junction's radius go, or the line would turn back on itself.
    """
    counts = np.diff(edges.offsets)
    owner = np.repeat(np.arange(len(edges)), counts)
    position = np.arange(len(owner)) - edges.offsets[owner]
    cu, cv = cluster[edges.u], cluster[edges.v]
    from_u = np.hypot(*(edges.xy - middle[cu][owner]).T)
    from_v = np.hypot(*(edges.xy - middle[cv][owner]).T)
    head = np.where(from_u > radius[cu][owner] + 1e-9, position, counts[owner])
    first = np.minimum.reduceat(head, edges.offsets[:-1])
    tail = np.where(from_v > radius[cv][owner] + 1e-9, position, -1)
    last = np.maximum.reduceat(tail, edges.offsets[:-1])
    inside = (position >= first[owner]) & (position <= last[owner])
    inside &= (position > 0) & (position < counts[owner] - 1)
    ends = (position == 0) | (position == counts[owner] - 1)
    xy = edges.xy.copy()
    xy[edges.offsets[:-1]] = middle[cu]
    xy[edges.offsets[1:] - 1] = middle[cv]
    keep = inside | ends
    return np.bincount(owner[keep], minlength=len(edges)), xy[keep]
