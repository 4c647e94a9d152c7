"""Rewire: what hung on a folded line hangs on its street, and nothing loses its way in or out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from patrolplan.graph.beside import Folding
from patrolplan.graph.edges import SIDEWALK, STREET, Edges
from patrolplan.graph.pieces import Pieces
from patrolplan.graph.short_ways import ShortWays
from patrolplan.graph.ways import Bools, Floats, Ints

CONNECTOR_M = 40.0
"""Rests of sidewalks up to this length, between streets, are taken for crossings."""

DETOUR_M = 30.0
"""Two ends of a folded piece must be joined again with at most this much more to walk."""

_NEVER = np.iinfo(np.int64).max


def without_crossings(edges: Edges, pieces: Pieces, folding: Folding) -> Bools:
    """Fold crossings (and scraps of sidewalk) that only join a street to its own sidewalks.

    A crossing stays where it is the way in for a path, or where it joins two different streets.
    """
    rank = edges.traits["rank"].to_numpy()[pieces.edge]
    kept = ~folding.folded
    is_scrap = kept & (rank >= SIDEWALK) & (edges.length_m[pieces.edge] <= CONNECTOR_M)
    count = len(pieces.node_xy)
    streets, paths = kept & (rank < STREET), kept & ~is_scrap & (rank >= STREET)
    on_street = _touched(count, pieces, streets)
    scrap = np.flatnonzero(is_scrap)
    free = scrap[~on_street[pieces.u[scrap]] & ~on_street[pieces.v[scrap]]]
    group = _parts(count, pieces.u[free], pieces.v[free])
    inner = np.where(on_street[pieces.u[scrap]], pieces.v[scrap], pieces.u[scrap])
    keep = np.zeros(count, dtype=bool)
    keep[group[_touched(count, pieces, paths) & ~on_street]] = True
    keep[group[_between_streets(edges, pieces, streets, scrap, group)]] = True
    folded = folding.folded.copy()
    folded[scrap[~keep[group[inner]]]] = True
    return folded


def links(pieces: Pieces, folded: Bools, host: Ints, priority: Ints) -> tuple[Ints, Ints, Ints]:
    """Short joins from nodes where a line stayed and its neighbour folded, to the street beside.

    A node is joined where nothing more street-like passes through it or where its line would end
    in the air, unless the street beside is near on foot anyway; and wherever the way to it would
    become long.

    Returns
    -------
    from_node, to_node, piece
        The nodes to join, and the folded piece each join stands for.
    """
    count = len(pieces.node_xy)
    place = priority[pieces.edge]
    hosted = folded & (host >= 0)
    stays = _least_at_nodes(count, pieces, ~folded, place)
    leaves = _least_at_nodes(count, pieces, hosted, place)
    degree = np.bincount(np.concatenate([pieces.u[~folded], pieces.v[~folded]]), minlength=count)
    wanting = (degree > 0) & (leaves < _NEVER) & ((stays >= leaves) | (degree == 1))
    target, piece = _targets(pieces, hosted, host)
    kept = np.flatnonzero(~folded)
    graph = ShortWays.of(count, pieces.u[kept], pieces.v[kept], pieces.length_m[kept])
    first = np.flatnonzero(wanting & (target >= 0))
    gap = _gap(pieces, first, target[first])
    first = first[~graph.near(first, target[first], gap + DETOUR_M / 2)]
    graph = graph.joined(first, target[first], _gap(pieces, first, target[first]))
    torn_a, torn_b, torn_piece = _torn(pieces, hosted, host, degree > 0, target, graph)
    a, b = np.concatenate([first, torn_a]), np.concatenate([target[first], torn_b])
    apart = _gap(pieces, a, b) > 0
    return a[apart], b[apart], np.concatenate([piece[first], torn_piece])[apart]


def restored(pieces: Pieces, folded: Bools, link_u: Ints, link_v: Ints) -> Bools:
    """Folded pieces that must stay after all, since parts of the network hang together by them.

    The shortest set of folded pieces that joins what was joined before (a minimum spanning tree
    over the parts, its loose ends cut off).
    """
    count = len(pieces.node_xy)
    label = _parts(
        count, np.concatenate([pieces.u[~folded], link_u]), np.concatenate([pieces.v[~folded], link_v])
    )
    is_part = np.zeros(int(label.max(initial=-1)) + 1, dtype=bool)
    is_part[label[pieces.u[~folded]]] = True
    at = np.flatnonzero(folded)
    a, b = label[pieces.u[at]], label[pieces.v[at]]
    back = np.zeros(len(folded), dtype=bool)
    tree = _spanning(a, b, pieces.length_m[at], len(is_part))
    back[at[tree[_without_loose_ends(a[tree], b[tree], is_part)]]] = True
    return back


def largest_part(
    count: int,
    u: Ints,
    v: Ints,
    length_m: Floats,
    *,
    also_from_m: float = np.inf,
    island: Bools | None = None,
    island_m: float = np.inf,
) -> tuple[Bools, float]:
    """Marks the lines of the part with the most length, and its share of the whole.

    Parts of at least ``also_from_m`` metres are marked too, and from ``island_m`` on those with a line of an
    ``island``.
    """
    label = _parts(count, u, v)[u]
    metres = np.bincount(label, weights=length_m)
    total = float(metres.sum())
    best = int(np.argmax(np.round(metres, 3)))
    kept = (label == best) | (metres[label] >= also_from_m)
    if island is not None and island.any():
        kept |= np.isin(label, label[island]) & (metres[label] >= island_m)
    return kept, float(metres[best] / total) if total > 0 else 1.0


def _targets(pieces: Pieces, hosted: Bools, host: Ints) -> tuple[Ints, Ints]:
    """For each node of a folded piece the nearest node of a street it folded into, and that piece."""
    at = np.flatnonzero(hosted)
    node = np.concatenate([pieces.u[at], pieces.v[at]] * 2)
    piece = np.tile(at, 4)
    goal = np.concatenate([pieces.u[host[at]]] * 2 + [pieces.v[host[at]]] * 2)
    gap = np.hypot(*(pieces.node_xy[node] - pieces.node_xy[goal]).T)
    order = np.lexsort((piece, goal, np.round(gap, 6), node))
    leads = np.ones(len(order), dtype=bool)
    leads[1:] = node[order][1:] != node[order][:-1]
    best = order[leads]
    target, stands_for = np.full((2, len(pieces.node_xy)), -1, dtype=np.int64)
    target[node[best]], stands_for[node[best]] = goal[best], piece[best]
    return target, stands_for


def _gap(pieces: Pieces, a: Ints, b: Ints) -> Floats:
    return np.asarray(np.hypot(*(pieces.node_xy[a] - pieces.node_xy[b]).T))


def _torn(
    pieces: Pieces, hosted: Bools, host: Ints, kept: Bools, target: Ints, graph: ShortWays
) -> tuple[Ints, Ints, Ints]:
    """Joins for folded pieces whose two ends have become far from each other on foot."""
    at = np.flatnonzero(hosted)
    u, v = pieces.u[at], pieces.v[at]
    a, b = np.where(kept[u], u, target[u]), np.where(kept[v], v, target[v])
    known = (a >= 0) & (b >= 0) & (a != b)
    at, u, v, a, b = at[known], u[known], v[known], a[known], b[known]
    far = ~graph.near(a, b, _gap(pieces, a, b) + DETOUR_M)
    at, u, v, a, b = at[far], u[far], v[far], a[far], b[far]
    a = np.where(kept[v] & ~kept[u], _nearer_end(pieces, v, host[at]), a)
    b = np.where(kept[u] & ~kept[v], _nearer_end(pieces, u, host[at]), b)
    pair = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b), "piece": at})
    pair = pair.drop_duplicates(["a", "b"])
    return pair["a"].to_numpy(), pair["b"].to_numpy(), pair["piece"].to_numpy()


def _nearer_end(pieces: Pieces, node: Ints, piece: Ints) -> Ints:
    u, v = pieces.u[piece], pieces.v[piece]
    return np.where(_gap(pieces, node, u) <= _gap(pieces, node, v), u, v)


def _parts(count: int, u: Ints, v: Ints) -> Ints:
    joined = coo_array((np.ones(len(u), dtype=bool), (u, v)), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def _touched(count: int, pieces: Pieces, which: Bools) -> Bools:
    touched = np.zeros(count, dtype=bool)
    touched[pieces.u[which]] = True
    touched[pieces.v[which]] = True
    return touched


def _between_streets(edges: Edges, pieces: Pieces, streets: Bools, scrap: Ints, group: Ints) -> Ints:
    """Inner nodes of crossings that touch streets of two different names (or two without a name)."""
    name = edges.traits["name"].to_numpy()[pieces.edge]
    street = np.where(name >= 0, name, -2 - pieces.edge)
    ends = np.concatenate([pieces.u[streets], pieces.v[streets]])
    on = pd.DataFrame({"end": ends, "street": np.tile(street[streets], 2)}).drop_duplicates()
    u, v = pieces.u[scrap], pieces.v[scrap]
    touches = pd.DataFrame({"end": np.concatenate([u, v]), "inner": np.concatenate([v, u])})
    touches["group"] = group[touches["inner"]]
    found = touches.merge(on, on="end")[["group", "inner", "street"]]
    several = found.groupby("group")["street"].transform("nunique") > 1
    return np.unique(found["inner"].to_numpy()[several.to_numpy()])


def _least_at_nodes(count: int, pieces: Pieces, which: Bools, place: Ints) -> Ints:
    least = np.full(count, _NEVER, dtype=np.int64)
    np.minimum.at(least, pieces.u[which], place[which])
    np.minimum.at(least, pieces.v[which], place[which])
    return least


def _spanning(a: Ints, b: Ints, length: Floats, count: int) -> Ints:
    """Rows of a minimum spanning forest over lines between numbered parts."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((np.arange(len(a)), length, high, low))
    order = order[low[order] != high[order]]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    order = order[fresh]
    weight = np.empty(len(order))
    weight[np.lexsort((np.arange(len(order)), length[order]))] = np.arange(1, len(order) + 1)
    tree = minimum_spanning_tree(coo_array((weight, (low[order], high[order])), shape=(count, count)).tocsr())
    chosen = np.sort(np.asarray(tree.data, dtype=np.int64))
    back = np.empty(len(order) + 1, dtype=np.int64)
    back[weight.astype(np.int64)] = order
    return np.sort(back[chosen])


def _without_loose_ends(a: Ints, b: Ints, is_part: Bools) -> Bools:
    """Marks lines of a forest that lie on a way between two parts that count.

    Each round cuts whole chains that end loosely, so that few rounds do, however long the chains are.
    """
    count, keep = len(is_part), np.ones(len(a), dtype=bool)
    while True:
        rows = np.flatnonzero(keep)
        ends, line = np.concatenate([a[rows], b[rows]]), np.tile(np.arange(len(rows)), 2)
        degree = np.bincount(ends, minlength=count)
        loose = ((degree == 1) & ~is_part)[ends]
        if not loose.any():
            return keep
        inner = ((degree == 2) & ~is_part)[ends]
        chain = _parts(count + len(rows), ends[inner], count + line[inner])[count:]
        cut = np.zeros(count + len(rows), dtype=bool)
        cut[chain[line[loose]]] = True
        keep[rows[cut[chain]]] = False
