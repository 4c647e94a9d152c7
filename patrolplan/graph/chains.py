"""Chains: pieces joined into edges that run from one junction to the next, on arrays."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from patrolplan.graph.ways import Bools, Floats, Ints, offsets_of, ragged_range

SAME_M = 1e-6
"""Points this near the one before are the same point: cutting a line twice at one place leaves rounding."""


def chains(u: Ints, v: Ints, count: int) -> tuple[Ints, Bools, Ints]:
    """Join lines at nodes where exactly two ends meet.

    Parameters
    ----------
    u, v
        End nodes of each line, 0 .. ``count`` - 1.
    count
        Number of nodes.

    Returns
    -------
    order, backward, offsets
        Chain ``c`` walks the lines ``order[offsets[c]:offsets[c + 1]]`` in that order, those marked
        ``backward`` from ``v`` to ``u``. Every line is in exactly one chain.

    Notes
    -----
    List ranking by pointer doubling: each directed line points to the one that follows it, and in
    every round the pointers jump twice as far.

    Examples
    --------
    >>> order, backward, offsets = chains(np.array([0, 2]), np.array([1, 1]), 3)
    >>> order.tolist(), backward.tolist(), offsets.tolist()
    ([0, 1], [False, True], [0, 2])
    """
    tail, head = np.column_stack([u, v]).ravel(), np.column_stack([v, u]).ravel()
    through = _passed_through(tail, head, count)
    last, hops = _ranked(_following(tail, through))
    start = _starts(~through[tail], last)
    half = np.flatnonzero(start <= (last ^ 1))  # of the two ways to walk a chain, one
    half = half[np.lexsort((-hops[half], start[half]))]
    begins = np.ones(len(half), dtype=bool)
    begins[1:] = start[half][1:] != start[half][:-1]
    return half // 2, half % 2 == 1, np.append(np.flatnonzero(begins), len(half)).astype(np.int64)


def joined_lines(
    order: Ints, backward: Bools, chain_offsets: Ints, offsets: Ints, xy: Floats
) -> tuple[Ints, Floats]:
    """Points of each chain from the points of its lines, those at one place taken once."""
    counts = np.diff(offsets)[order]
    index = ragged_range(offsets[order], counts)
    line = np.repeat(np.arange(len(order)), counts)
    within = index - offsets[order][line]
    flipped = offsets[order][line] + counts[line] - 1 - within
    index = np.where(backward[line], flipped, index)
    chain = np.repeat(np.arange(len(chain_offsets) - 1), np.diff(chain_offsets))[line]
    points = xy[index]
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = (chain[1:] != chain[:-1]) | (np.abs(points[1:] - points[:-1]) > SAME_M).any(axis=1)
    fresh |= np.append(chain[1:] != chain[:-1], True)  # a line ends exactly at its node
    return offsets_of(np.bincount(chain[fresh], minlength=len(chain_offsets) - 1)), points[fresh]


def _passed_through(tail: Ints, head: Ints, count: int) -> Bools:
    """Nodes where two ends of different lines meet; each ring keeps one node to start from."""
    degree = np.bincount(tail, minlength=count)
    through = degree == 2
    loops = tail == head
    through[tail[loops]] = False
    label = _components(tail, head, through, count)
    has_end = np.zeros(count, dtype=bool)
    has_end[label[head[~through[tail]]]] = True
    ring = through & ~has_end[label]
    nodes = np.flatnonzero(ring)
    _, first = np.unique(label[nodes], return_index=True)
    through[nodes[first]] = False
    return np.asarray(through)


def _components(tail: Ints, head: Ints, through: Bools, count: int) -> Ints:
    inner = through[tail] & through[head]
    joined = coo_array(
        (np.ones(int(inner.sum()), dtype=bool), (tail[inner], head[inner])), shape=(count, count)
    )
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def _following(tail: Ints, through: Bools) -> Ints:
    """For each directed line the one that goes on from its head, itself where the chain ends."""
    after = np.arange(len(tail))
    leaving = np.flatnonzero(through[tail])
    leaving = leaving[np.argsort(tail[leaving], kind="stable")]
    one, other = leaving[::2], leaving[1::2]
    after[one ^ 1] = other
    after[other ^ 1] = one
    return after


def _ranked(after: Ints) -> tuple[Ints, Ints]:
    """The last directed line of each one's chain, and how many hops away it is."""
    hops = (after != np.arange(len(after))).astype(np.int64)
    while True:
        further = after[after]
        if np.array_equal(further, after):
            return after, hops
        hops = hops + hops[after]
        after = further


def _starts(first: Bools, last: Ints) -> Ints:
    """The first directed line of each one's chain."""
    start = np.full(len(last), -1, dtype=np.int64)
    begin = np.flatnonzero(first)
    start[last[begin]] = begin
    return start[last]
