"""Every stretch of every shortest walk at once, as arrays: what the solver needs of the legs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.graph.split_graph import US_PER_S, SplitGraph

SLACK_US = 1_000
"""A walk may be told up to a millisecond short, so that 60.0000004 s is 60 s and not 61."""

PASSED_SHARE = 0.5
"""A walk passes a segment when it covers at least this share of its length."""

CELLS_AT_ONCE = 8_000_000
"""Sources x nodes kept in memory at a time (12 bytes each)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stretches:
    """Stretches walked on one segment each, ordered by walk and along it.

    ``walk`` [n] index of the walk, ``segment``, ``from_m``, ``to_m``, ``begin_us``, ``end_us``.
    """

    walk: NDArray[np.int64]
    segment: NDArray[np.int64]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]


def all_pairs(
    graph: SplitGraph, limit_us: float, length_m: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Seconds [K, K] and passes (CSR by pair: start, segment, offset) between all points of the graph."""
    k = len(graph.point_node)
    seconds = np.full((k, k), -1, dtype=np.int32)
    pairs, segments, there_us, back_us = [_none()], [_none()], [_none()], [_none()]
    for rows in _chunks(k, max(1, CELLS_AT_ONCE // max(1, graph.nodes))):
        time_us, before = graph.quickest(graph.point_node[rows], limit_us)
        to_points = time_us[:, graph.point_node]
        seconds[rows] = _whole_seconds(to_points)
        source, target = np.nonzero(np.isfinite(to_points) & (np.arange(k)[None, :] > rows[:, None]))
        found = stretches(graph, time_us, before, source, graph.point_node[target])
        walked_m = np.abs(found.to_m - found.from_m)
        passed = walked_m >= PASSED_SHARE * length_m[found.segment]
        walk, middle_us = found.walk[passed], (found.begin_us[passed] + found.end_us[passed]) // 2
        pairs.append(rows[source[walk]] * k + target[walk])
        segments.append(found.segment[passed])
        there_us.append(middle_us)
        back_us.append(to_points[source[walk], target[walk]].astype(np.int64) - middle_us)
    there, back = np.concatenate(there_us), np.concatenate(back_us)
    return seconds, *csr_both_ways(np.concatenate(pairs), np.concatenate(segments), there, back, k)


def stretches(
    graph: SplitGraph,
    time_us: NDArray[np.float64],
    before: NDArray[np.int32],
    source: NDArray[np.int64],
    target_node: NDArray[np.int64],
) -> Stretches:
    """The walks from rows ``source`` of ``before`` to ``target_node``, traced back all at once.

    Pieces of one segment that follow each other become one stretch.
    """
    walk, head = np.arange(len(source)), target_node
    walks, tails, heads = [_none()], [_none()], [_none()]
    while len(walk):
        tail = before[source[walk], head].astype(np.int64)
        walk, head, tail = walk[tail >= 0], head[tail >= 0], tail[tail >= 0]
        walks.append(walk)
        tails.append(tail)
        heads.append(head)
        head = tail
    # Last hop first in every list, so the lists are turned around before the stable sort by walk.
    walk, tail, head = (np.concatenate(part[::-1]) for part in (walks, tails, heads))
    order = np.argsort(walk, kind="stable")
    walk, tail, head = walk[order], tail[order], head[order]
    return _joined(graph, walk, tail, head, time_us=time_us, source=source)


def _joined(
    graph: SplitGraph,
    walk: NDArray[np.int64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    *,
    time_us: NDArray[np.float64],
    source: NDArray[np.int64],
) -> Stretches:
    entry = graph.entries(tail, head)
    piece, forward = graph.entry_piece[entry], graph.entry_forward[entry]
    segment = graph.segment[piece]
    from_m = np.where(forward, graph.from_m[piece], graph.to_m[piece])
    to_m = np.where(forward, graph.to_m[piece], graph.from_m[piece])
    opens = np.ones(len(walk), dtype=bool)
    opens[1:] = (walk[1:] != walk[:-1]) | (segment[1:] != segment[:-1]) | (from_m[1:] != to_m[:-1])
    closes = np.append(opens[1:], True) if len(walk) else opens
    return Stretches(
        walk=walk[opens],
        segment=segment[opens],
        from_m=from_m[opens],
        to_m=to_m[closes],
        begin_us=time_us[source[walk[opens]], tail[opens]].astype(np.int64),
        end_us=time_us[source[walk[closes]], head[closes]].astype(np.int64),
    )


def csr_both_ways(
    pairs: NDArray[np.int64],
    segments: NDArray[np.int64],
    there_us: NDArray[np.int64],
    back_us: NDArray[np.int64],
    k: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Passes of the walks i < j, and of the same walks taken back, as CSR over all pairs."""
    mirrored = (pairs % k) * k + pairs // k if k else pairs
    pair = np.concatenate([pairs, mirrored[::-1]])
    segment = np.concatenate([segments, segments[::-1]]).astype(np.int32)
    offset_s = (np.concatenate([there_us, back_us[::-1]]) // US_PER_S).astype(np.int32)
    order = np.argsort(pair, kind="stable")
    starts = np.zeros(k * k + 1, dtype=np.int64)
    np.cumsum(np.bincount(pair, minlength=k * k), out=starts[1:])
    return starts, segment[order], offset_s[order]


def _whole_seconds(time_us: NDArray[np.float64]) -> NDArray[np.int32]:
    reached = np.isfinite(time_us)
    whole = np.ceil((np.where(reached, time_us, 0) - SLACK_US) / US_PER_S)
    return np.where(reached, np.maximum(whole, 0), -1).astype(np.int32)


def _chunks(count: int, size: int) -> Iterator[NDArray[np.int64]]:
    for first in range(0, count, size):
        yield np.arange(first, min(count, first + size))


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)
