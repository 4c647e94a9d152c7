"""Squares: areas one may walk across get straight ways from entrance to entrance.

A square is drawn as an outline; walking routers go around it, people walk across. Between entrances
(nodes of the outline that other ways share) a straight way is added where it stays on the square,
crosses no water, railway or wall, and is much shorter than the way around. Short ways come
first, and each counts as known when the next is judged, so few are needed. Where two of them cross
they share a node.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.beside import parted
from patrolplan.graph.edges import SQUARE
from patrolplan.graph.ways import Floats, Ints, Ways, offsets_of, ragged_range

LEAST_SAVING = 1.45
"""A way across is added where the way around is at least this many times as long."""

LEAST_M = 20.0
"""Corners nearer than this need no way across."""

ACROSS_RANK = 8
"""Ways across are as street-like as footways, more than the square's outline."""


def with_ways_across(ways: Ways, barriers: NDArray[np.object_]) -> tuple[Ways, int]:
    """The ways and those across squares, and how many squares got any."""
    counts = np.diff(ways.offsets)
    closed = (counts > 3) & (ways.refs[ways.offsets[:-1]] == ways.refs[ways.offsets[1:] - 1])
    squares = np.flatnonzero(closed & (ways.table["rank"].to_numpy() == SQUARE))
    if not len(squares):
        return ways, 0
    shared = _shared(ways)
    found = [_across(ways, int(square), shared, barriers) for square in squares]
    number = np.repeat(squares, [len(pairs) for pairs in found])
    pairs = np.concatenate(found)
    if not len(pairs):
        return ways, 0
    return _added(ways, number, *_crossed(ways, pairs, number)), len(np.unique(number))


def _shared(ways: Ways) -> NDArray[np.bool_]:
    """Marks each entry of ``refs`` whose node lies on more than one way."""
    owner = np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets))
    node = np.unique(ways.refs, return_inverse=True)[1]
    once = pd.DataFrame({"node": node, "owner": owner}).drop_duplicates()
    return np.asarray(np.bincount(once["node"])[node] > 1)


def _across(ways: Ways, square: int, shared: NDArray[np.bool_], barriers: NDArray[np.object_]) -> Ints:
    """Pairs of entries of ``refs`` between which one square is to be crossed."""
    at = np.arange(ways.offsets[square], ways.offsets[square + 1] - 1)
    outline = shapely.Polygon(ways.xy[at])
    entries = at[shared[at]]
    if len(entries) < 2 or not outline.is_valid:
        return np.zeros((0, 2), dtype=np.int64)
    around = _around(ways.xy[np.append(at, at[0])], entries - at[0])
    a, b = np.triu_indices(len(entries), 1)
    start, end = ways.xy[entries[a]], ways.xy[entries[b]]
    metres = np.hypot(*(start - end).T)
    long = (metres >= LEAST_M) & (around[a, b] >= LEAST_SAVING * metres)
    a, b, metres, start, end = a[long], b[long], metres[long], start[long], end[long]
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    free = shapely.covers(outline.buffer(0.5), lines) & ~parted(start, end, barriers)
    order = np.lexsort((ways.refs[entries[b]], ways.refs[entries[a]], np.round(metres, 3)))
    chosen = []
    for k in order[free[order]]:
        i, j, across = a[k], b[k], metres[k]
        if around[i, j] >= LEAST_SAVING * across:
            chosen.append((entries[i], entries[j]))
            through = around[:, i, None] + across + around[None, j]
            around = np.minimum(around, np.minimum(through, through.T))
    return np.array(chosen, dtype=np.int64).reshape(-1, 2)


def _around(ring: Floats, entry: Ints) -> Floats:
    """Metres from each entrance to each other along the outline, the shorter way round."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    one_way = np.abs(along[entry][:, None] - along[entry][None, :])
    return np.asarray(np.minimum(one_way, along[-1] - one_way))


def _crossed(ways: Ways, pairs: Ints, square: Ints) -> tuple[Ints, Ints, Floats]:
    """Points of each way across: how many, their references and places; crossings are shared."""
    start, end = ways.xy[pairs[:, 0]], ways.xy[pairs[:, 1]]
    lines = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
    a, b = shapely.STRtree(lines).query(lines, predicate="crosses")
    once = (a < b) & (square[a] == square[b])
    a, b = a[once], b[once]
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    place = shapely.get_coordinates(shapely.intersection(lines[a], lines[b]))
    lowest = min(0, int(ways.refs.min()))
    fresh = lowest - 1 - np.arange(len(a))
    line = np.concatenate([np.tile(np.arange(len(pairs)), 2), a, b])
    refs = np.concatenate([ways.refs[pairs[:, 0]], ways.refs[pairs[:, 1]], fresh, fresh])
    xy = np.concatenate([start, end, place, place])
    along = np.einsum("ij,ij->i", xy - start[line], (end - start)[line])
    order = np.lexsort((along, line))
    return np.bincount(line), refs[order], xy[order]


def _added(ways: Ways, square: Ints, points: Ints, refs: Ints, xy: Floats) -> Ways:
    """The ways and those across, sorted by id as before."""
    across = ways.table.iloc[square].assign(rank=ACROSS_RANK)
    table = pd.concat([ways.table, across], ignore_index=True)
    counts = np.concatenate([np.diff(ways.offsets), points])
    order = np.argsort(table["osm_id"].to_numpy(), kind="stable")
    entries = ragged_range(offsets_of(counts)[:-1][order], counts[order])
    return Ways(
        table=table.iloc[order].reset_index(drop=True),
        offsets=offsets_of(counts[order]),
        refs=np.concatenate([ways.refs, refs])[entries],
        xy=np.concatenate([ways.xy, xy])[entries],
    )
