"""Beside: which pieces of street run alongside another street, and which of them fold into it.

A piece folds into another when an officer on the other one walks the same street: its middle lies
within some metres of it, both point the same way, both lie on the same level, and neither a
railway nor water nor a wall lies between. The more street-like of the two stays (`priorities`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from patrolplan.graph.edges import SIDEWALK, STREET, Edges
from patrolplan.graph.pieces import Pieces
from patrolplan.graph.ways import Bools, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class FoldRules:
    """How near is beside.

    Attributes
    ----------
    sidewalk_m
        Sidewalks and crossings fold into a street within this distance.
    carriageway_m
        One-way carriageways of one street fold into each other within this distance.
    beside_m
        Anything else, paths and service roads too, folds within this distance.
    angle_deg
        Lines that differ more than this in direction are not beside each other.
    hole_m, end_m
        Gaps this long between folded stretches, and this long at the end of a folded sidewalk,
        fold with them.
    run_m
        Shorter stretches of a road beside another road stay with the road they are part of.
    path_run_m, path_end_m
        The same for paths: in their middle, and where they begin or end.
    """

    sidewalk_m: float = 20.0
    carriageway_m: float = 22.0
    beside_m: float = 15.0
    angle_deg: float = 35.0
    hole_m: float = 30.0
    end_m: float = 20.0
    run_m: float = 9.0
    path_run_m: float = 9.0
    path_end_m: float = 9.0


@dataclass(frozen=True, kw_only=True)
class Folding:
    """Which pieces fold, and into which other piece (-1: stays)."""

    folded: Bools
    host: Ints


def fold(
    edges: Edges, pieces: Pieces, priority: Ints, barriers: NDArray[np.object_], rules: FoldRules
) -> Folding:
    """Decide for every piece whether it stays or folds, main streets first."""
    guest, host = _besides(edges, pieces, priority, barriers, rules)
    return _decided(edges, pieces, guest, host, rules)


def _besides(
    edges: Edges, pieces: Pieces, priority: Ints, barriers: NDArray[np.object_], rules: FoldRules
) -> tuple[Ints, Ints]:
    """Pairs of a piece and one of higher priority beside it, nearest first."""
    middle, direction = pieces.middle, pieces.direction
    reach = max(rules.sidewalk_m, rules.carriageway_m, rules.beside_m)
    longest = float(pieces.length_m.max(initial=0.0))
    pairs = cKDTree(middle).query_pairs(np.hypot(reach, longest / 2 + 3.0), output_type="ndarray")
    place = priority[pieces.edge]
    pairs = pairs[place[pairs[:, 0]] != place[pairs[:, 1]]]
    parallel = np.abs(np.einsum("ij,ij->i", direction[pairs[:, 0]], direction[pairs[:, 1]]))
    pairs = pairs[parallel >= np.cos(np.radians(rules.angle_deg))]
    lower_first = place[pairs[:, 0]] > place[pairs[:, 1]]
    guest = np.where(lower_first, pairs[:, 0], pairs[:, 1]).astype(np.int64)
    host = np.where(lower_first, pairs[:, 1], pairs[:, 0]).astype(np.int64)
    offset = middle[guest] - middle[host]
    along = np.einsum("ij,ij->i", offset, direction[host])
    apart = np.abs(offset[:, 0] * direction[host, 1] - offset[:, 1] * direction[host, 0])
    near = apart <= _reach(edges, pieces.edge[guest], pieces.edge[host], rules)
    # a little past the end still counts on the outside of a bend, but not straight ahead
    near &= np.abs(along) <= pieces.length_m[host] / 2 + np.minimum(apart, 3.0)
    guest, host, apart = guest[near], host[near], apart[near]
    order = np.lexsort((host, np.round(apart, 6), guest))
    guest, host = guest[order], host[order]
    free = ~parted(middle[guest], middle[host], barriers)
    return guest[free], host[free]


def _reach(edges: Edges, guest: Ints, host: Ints, rules: FoldRules) -> Floats:
    """How far apart these edges may be, -1 where they may not fold at all."""
    rank = edges.traits["rank"].to_numpy()
    name, oneway = edges.traits["name"].to_numpy(), edges.traits["oneway"].to_numpy()
    layer = edges.traits["layer"].to_numpy()
    halves = oneway[guest] & oneway[host] & (rank[guest] <= STREET)
    halves &= (name[guest] == name[host]) | (name[guest] < 0) | (name[host] < 0)
    sidewalk = rank[guest] >= SIDEWALK
    reach = np.where(halves, rules.carriageway_m, rules.beside_m)
    reach = np.where(sidewalk, rules.sidewalk_m, reach)
    return np.where((layer[guest] == layer[host]) | sidewalk, reach, -1.0)


def parted(a: Floats, b: Floats, barriers: NDArray[np.object_]) -> Bools:
    """Whether the straight line between ``a[i]`` and ``b[i]`` crosses a barrier."""
    crosses = np.zeros(len(a), dtype=bool)
    if not len(barriers) or not len(a):
        return crosses
    tree = shapely.STRtree(barriers)
    lines = shapely.linestrings(np.stack([a, b], axis=1))
    hit = tree.query(lines, predicate="intersects")[0]
    crosses[hit] = True
    return crosses


def _decided(edges: Edges, pieces: Pieces, guest: Ints, host: Ints, rules: FoldRules) -> Folding:
    """Settle edges in rounds: those whose every possible host is settled already."""
    folded = np.zeros(len(pieces.edge), dtype=bool)
    best = np.full(len(pieces.edge), -1, dtype=np.int64)
    settled = np.zeros(len(edges), dtype=bool)
    length = pieces.length_m
    while not settled.all():
        waits = ~settled[pieces.edge[host]]
        ready = ~settled
        ready[pieces.edge[guest[waits]]] = False
        asks = ready[pieces.edge[guest]] & ~folded[host]
        best[guest[asks][::-1]] = host[asks][::-1]  # the nearest comes first and is written last
        mine = np.flatnonzero(ready[pieces.edge])
        folded[mine] = _smoothed(best[mine] >= 0, pieces.edge[mine], length[mine], edges, rules)
        settled |= ready
        rest = ~settled[pieces.edge[guest]]
        guest, host = guest[rest], host[rest]
    best[~folded] = -1
    return Folding(folded=folded, host=_spread(best, folded, pieces.edge))


def _smoothed(beside: Bools, edge: Ints, length: Floats, edges: Edges, rules: FoldRules) -> Bools:
    """Close small holes in folded stretches and undo stretches too short to tell."""
    rank = edges.traits["rank"].to_numpy()
    sidewalk = rank >= SIDEWALK
    run, first, metres, at_start, at_end = _runs(beside, edge, length)
    any_beside = np.zeros(len(edges), dtype=bool)
    any_beside[edge[beside]] = True
    inner = ~at_start & ~at_end
    hole = inner & (metres <= rules.hole_m)
    hole |= ~inner & sidewalk[edge[first]] & (metres <= rules.end_m)
    beside = beside | (hole[run] & any_beside[edge])
    run, first, metres, at_start, at_end = _runs(beside, edge, length)
    least = np.where(at_start | at_end, rules.path_end_m, rules.path_run_m)
    least = np.where(rank[edge[first]] <= STREET, rules.run_m, least)
    brief = (metres < least) & ~(at_start & at_end) & ~sidewalk[edge[first]]
    return np.asarray(beside & ~brief[run])


def _runs(flag: Bools, edge: Ints, length: Floats) -> tuple[Ints, Ints, Floats, Bools, Bools]:
    """Stretches of equal flag along each edge: number, first piece, metres, touches start, end."""
    new_edge = np.ones(len(flag) + 1, dtype=bool)
    new_edge[1:-1] = edge[1:] != edge[:-1]
    new = new_edge[:-1].copy()
    new[1:] |= flag[1:] != flag[:-1]
    run: Ints = np.cumsum(new) - 1
    first: Ints = np.flatnonzero(new)
    last = np.append(first[1:], len(flag)) - 1
    metres: Floats = np.bincount(run, weights=length).astype(np.float64)
    at_start: Bools = new_edge[first]
    at_end: Bools = new_edge[last + 1]
    return run, first, metres, at_start, at_end


def _spread(best: Ints, folded: Bools, edge: Ints) -> Ints:
    """Folded pieces without a host of their own take that of the piece before or after them."""
    for _ in range(2):
        known = np.where(best >= 0, np.arange(len(best)), -1)
        known = np.maximum.accumulate(known) if len(known) else known
        fits = folded & (best < 0) & (known >= 0)
        fits[fits] = edge[known[fits]] == edge[fits]
        best = np.where(fits, best[known], best)[::-1]
        folded, edge = folded[::-1], edge[::-1]
    return best
