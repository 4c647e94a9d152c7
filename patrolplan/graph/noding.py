"""Noding: lines drawn by hand get common nodes where they meet."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from patrolplan.graph.ways import Bools, Floats, Ints, offsets_of

SNAP_M = 0.5
"""Ends closer than this to each other, or to a line, meet it."""

SAME_M = 0.001
"""Points this close are one point (a millimetre)."""


def noded(lines: NDArray[np.object_]) -> tuple[Ints, Ints, Floats]:
    """Lines in metres as points with numbers, shared where lines meet.

    Returns
    -------
    offsets, refs, xy
        As in `Ways`: line ``l`` runs through the points ``offsets[l]:offsets[l + 1]``.

    Examples
    --------
    A street that ends on another gives that one a point there:

    >>> offsets, refs, xy = noded(np.array([shapely.LineString([(0, 0), (10, 0)]),
    ...     shapely.LineString([(5, 9), (5, 0.2)])]))
    >>> refs[offsets[0]:offsets[1]].tolist()[1] == refs[offsets[1]:offsets[2]].tolist()[-1]
    True
    """
    counts = shapely.get_num_coordinates(lines).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    xy = shapely.get_coordinates(lines)
    along = _along(xy, owner)
    extra_owner, extra_along, extra_xy = _meetings(lines, xy, offsets_of(counts))
    owner = np.concatenate([owner, extra_owner])
    along, xy = np.concatenate([along, extra_along]), np.concatenate([xy, extra_xy])
    is_end = np.zeros(len(owner), dtype=bool)
    is_end[np.cumsum(counts) - 1] = is_end[np.cumsum(counts) - counts] = True
    is_end[int(counts.sum()) :] = True
    order = np.lexsort((along, owner))
    owner, xy, is_end = owner[order], xy[order], is_end[order]
    refs = _shared(xy, is_end)
    return offsets_of(np.bincount(owner, minlength=len(lines))), refs, xy


def _along(xy: Floats, owner: Ints) -> Floats:
    """Metres from each line's begin to each of its points."""
    step = np.concatenate([[0.0], np.hypot(*np.diff(xy, axis=0).T)])
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    step[first] = 0.0
    total = np.cumsum(step)
    return np.asarray(total - total[first][np.cumsum(first) - 1])


def _meetings(lines: NDArray[np.object_], xy: Floats, offsets: Ints) -> tuple[Ints, Floats, Floats]:
    """Points that lines lack where others end on them, and, in files drawn so, where they cross."""
    ends = np.concatenate([offsets[:-1], offsets[1:] - 1])
    tree = shapely.STRtree(lines)
    point = shapely.points(xy[ends])
    at, line = tree.query(point, predicate="dwithin", distance=SNAP_M)
    other = line != np.tile(np.arange(len(lines)), 2)[at]
    at, line = at[other], line[other]
    owner, where, place = line, shapely.line_locate_point(lines[line], point[at]), xy[ends[at]]
    a, b, cross = _crossings(lines, tree)
    if len(a) and _drawn_whole(len(a), xy, ends):
        both = np.concatenate([a, b])
        spot = np.tile(cross, 2)
        owner = np.concatenate([owner, both])
        where = np.concatenate([where, shapely.line_locate_point(lines[both], spot)])
        place = np.concatenate([place, shapely.get_coordinates(spot)])
    return owner, where, place


def _crossings(lines: NDArray[np.object_], tree: Any) -> tuple[Ints, Ints, NDArray[np.object_]]:
    a, b = tree.query(lines, predicate="crosses")
    a, b = a[a < b], b[a < b]
    parts, of = shapely.get_parts(shapely.intersection(lines[a], lines[b]), return_index=True)
    is_point = shapely.get_type_id(parts) == 0
    return a[of[is_point]], b[of[is_point]], parts[is_point]


def _drawn_whole(crossings: int, xy: Floats, ends: Ints) -> bool:
    """Whether lines cross more often than they meet at ends: nobody has that many bridges."""
    places = np.round(xy[ends] / SNAP_M)
    _, count = np.unique(places, axis=0, return_counts=True)
    return crossings > int((count > 2).sum())


def _shared(xy: Floats, is_end: Bools) -> Ints:
    """A number for each point: the same for points at one place, and for ends within reach of another."""
    _, same = np.unique(np.round(xy / SAME_M).astype(np.int64), axis=0, return_inverse=True)
    same = same.ravel()
    count = int(same.max(initial=-1)) + 1
    first = np.full(count, -1, dtype=np.int64)
    first[same[::-1]] = np.arange(len(xy))[::-1]
    end = np.zeros(count, dtype=bool)
    end[same[is_end]] = True
    ends = np.flatnonzero(end)
    near: Any = cKDTree(xy[first]).query_ball_point(xy[first[ends]], SNAP_M)
    sizes = np.array([len(some) for some in near], dtype=np.int64)
    a = np.repeat(ends, sizes)
    b = np.concatenate([np.zeros(0, dtype=np.int64), *(np.array(some, dtype=np.int64) for some in near)])
    joined = coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)[same]
