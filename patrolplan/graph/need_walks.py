"""Walks that prefer need: a little longer than the quickest, past the streets that need it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from patrolplan import units
from patrolplan.errors import InputError
from patrolplan.graph.split_graph import US_PER_S, SplitGraph, split_graph
from patrolplan.graph.steps import Step, StreetPoint
from patrolplan.graph.walk import Passes, Walks, as_arrays
from patrolplan.graph.walk_passes import CELLS_AT_ONCE, PASSED_SHARE, SLACK_US, csr_both_ways, stretches

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork

PULLS = 12
"""How many strengths of preference are tried for each pair."""

LEAST_PACE = 0.02
"""A needy street is never taken for shorter than this share of its length."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """Stretches of walks, ordered by pair and along the walk, and the microseconds of each."""

    pair: NDArray[np.int64]
    segment: NDArray[np.int64]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    us: NDArray[np.int64]

    def of(self, keep: NDArray[np.bool_]) -> _Found:
        return _Found(**{name: values[keep] for name, values in self.__dict__.items()})


@dataclass(frozen=True, kw_only=True, eq=False)
class NeedWalks(Walks):
    """Walks between all pairs of points that were chosen one by one, not off a tree.

    Attributes
    ----------
    need
        [K, K] need passed on each walk, in the unit given.
    """

    need: NDArray[np.float64]
    _found: _Found = field(repr=False)

    def path(self, i: int, j: int) -> tuple[Step, ...]:
        """The walk from point ``i`` to point ``j``, as `Walks.path`."""
        if self.seconds[i, j] < 0:
            raise InputError(f"no walk from point {i} to point {j} within the limit: ask seconds[{i}, {j}]")
        if i > j:
            return tuple(step.reversed() for step in reversed(self.path(j, i)))
        found, pair = self._found, i * len(self.points) + j
        first, last = np.searchsorted(found.pair, [pair, pair + 1])
        rows = zip(
            found.segment[first:last].tolist(),
            found.from_m[first:last].tolist(),
            found.to_m[first:last].tolist(),
            strict=True,
        )
        return tuple(Step(segment=s, from_m=a, to_m=b) for s, a, b in rows)


def walks_past_need(
    network: StreetNetwork,
    points: Sequence[StreetPoint],
    need: NDArray[np.float64],
    *,
    detour: float,
    speed_m_per_s: float = units.TRANSFER_SPEED_M_PER_S,
    limit_s: float | None = None,
) -> NeedWalks:
    """Walks between all pairs of points, at most ``detour`` longer than the quickest, past much need.

    Parameters
    ----------
    network, points, speed_m_per_s, limit_s
        As for `walks_between`.
    need
        [segments] what each segment gives when a walk passes it (covers at least half of it).
    detour
        Share by which a walk may take longer than the quickest: 0.1 is ten per cent.

    Returns
    -------
    NeedWalks
        A `Walks` like that of `walks_between`: with the chosen walks' seconds, passes and paths.

    Raises
    ------
    InputError
        As `walks_between`; or need that is negative, or not one value a segment.

    Notes
    -----
    The best such walk is a constrained longest path, which no quick method solves. Here each street
    is made shorter by its need per second times a factor (the multiplier of Lagrange's relaxation),
    the quickest walks of that map are found for `PULLS` values of the factor from weak to strong,
    and of all those within the bound the one that passes the most need is taken; the quickest walk
    is always among them, so no leg passes less than it did. Walks between two factors' answers are
    missed. Measured against the best walk by trying all (random towns of 24 crossings, need that
    varies much): 98 % of the best need on average at 10 per cent, where the quickest walk has 86 %,
    and the best walk itself for 83 % of pairs; 91 % (73 %) and 69 % at 25 per cent.
    """
    need = np.asarray(need, dtype=np.float64)
    if need.shape != (len(network.segments),) or not np.all(need >= 0) or detour < 0:
        raise InputError("need must be one value of at least 0 for each segment, and detour at least 0")
    segment, offset_m = as_arrays(network, points)
    graph = split_graph(network, segment, offset_m, speed_m_per_s=speed_m_per_s)
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    pace = speed_m_per_s * network.segments["speed_factor"].to_numpy(dtype=np.float64)
    limit_us = np.inf if limit_s is None else float(limit_s) * US_PER_S
    found, us, passed_need = _chosen(graph, need, length_m, pace, detour, limit_us)
    k = len(points)
    seconds = np.full((k, k), -1, dtype=np.int32)
    known = us >= 0
    seconds[known] = np.maximum(np.ceil((us[known] - SLACK_US) / US_PER_S), 0).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    seconds, passed_need = np.maximum(seconds, seconds.T), passed_need + passed_need.T
    return NeedWalks(
        points=tuple(points),
        seconds=seconds,
        need=passed_need,
        _passes=_passes(found, us, length_m, k),
        _graph=graph,
        _limit_us=limit_us,
        _found=found,
    )


def _chosen(
    graph: SplitGraph,
    need: NDArray[np.float64],
    length_m: NDArray[np.float64],
    pace: NDArray[np.float64],
    detour: float,
    limit_us: float,
) -> tuple[_Found, NDArray[np.int64], NDArray[np.float64]]:
    """The walk chosen for each pair i < j, its microseconds [K, K] (-1: none) and need [K, K]."""
    k = len(graph.point_node)
    best_us = np.full(k * k, -1, dtype=np.int64)
    best_need, bound = np.zeros(k * k), np.zeros(k * k)
    kept = _Found(pair=_ints(), segment=_ints(), from_m=np.zeros(0), to_m=np.zeros(0), us=_ints())
    for pull in (0.0, *_pulls(need, length_m / pace, detour)):
        pulled = _pulled(graph, need, length_m / pace, pull)
        wanted = None if pull == 0 else np.flatnonzero(best_us >= 0)
        # Pulled walks are ended by their own length, which is never more than the true one.
        for found in _walks(pulled, limit_us if pull == 0 else np.inf, pace, wanted):
            us = np.bincount(found.pair, weights=found.us, minlength=k * k).astype(np.int64)
            passes = np.abs(found.to_m - found.from_m) >= PASSED_SHARE * length_m[found.segment]
            gain = np.bincount(found.pair, weights=need[found.segment] * passes, minlength=k * k)
            there = np.zeros(k * k, dtype=bool)
            there[found.pair] = True
            if pull == 0:
                better = there
                bound[there] = np.minimum(np.floor(us[there] * (1 + detour)), limit_us)
            else:
                better = there & (us <= bound) & (gain > best_need * (1 + 1e-9) + 1e-15)
            best_us[better], best_need[better] = us[better], gain[better]
            kept = _merged(kept.of(~better[kept.pair]), found.of(better[found.pair]))
    rows = np.arange(k)
    same_place = graph.point_node[:, None] == graph.point_node[None, :]
    us = best_us.reshape(k, k)
    us[same_place & (rows[:, None] < rows[None, :])] = 0
    return kept, us, best_need.reshape(k, k)


def _walks(
    graph: SplitGraph, limit_us: float, pace: NDArray[np.float64], wanted: NDArray[np.int64] | None
) -> list[_Found]:
    """Walks off the trees of a (pulled) graph for all pairs i < j, or those wanted, in chunks."""
    k = len(graph.point_node)
    size = max(1, CELLS_AT_ONCE // max(1, graph.nodes))
    chunks = []
    for first in range(0, k, size):
        rows = np.arange(first, min(k, first + size))
        time_us, before = graph.quickest(graph.point_node[rows], limit_us)
        reached = np.isfinite(time_us[:, graph.point_node]) & (np.arange(k)[None, :] > rows[:, None])
        if wanted is not None:
            asked = np.zeros(k * k, dtype=bool)
            asked[wanted] = True
            reached &= asked.reshape(k, k)[rows]
        source, target = np.nonzero(reached)
        found = stretches(graph, time_us, before, source, graph.point_node[target])
        pair = rows[source[found.walk]] * k + target[found.walk]
        at = np.rint(np.stack([found.from_m, found.to_m]) / pace[found.segment] * US_PER_S)
        us = np.abs(at[1] - at[0]).astype(np.int64)
        chunks.append(_Found(pair=pair, segment=found.segment, from_m=found.from_m, to_m=found.to_m, us=us))
    return chunks


def _pulls(need: NDArray[np.float64], seconds: NDArray[np.float64], detour: float) -> list[float]:
    """Factors from weak to strong: the first bends only past the neediest streets, the last past any."""
    rate = need / np.maximum(seconds, 1e-9)
    rate = np.sort(rate[rate > 0])
    if not len(rate) or detour <= 0:
        return []
    strong, weak = 1.0 / rate[len(rate) // 4], 0.1 / rate[-1]
    return [float(pull) for pull in np.geomspace(weak, strong, PULLS)]


def _pulled(
    graph: SplitGraph, need: NDArray[np.float64], seconds: NDArray[np.float64], pull: float
) -> SplitGraph:
    """The graph with needy streets shorter by their need per second times ``pull``."""
    if pull == 0:
        return graph
    factor = np.maximum(LEAST_PACE, 1.0 - pull * need / np.maximum(seconds, 1e-9))
    data = np.maximum(1.0, np.rint(graph.matrix.data * factor[graph.segment[graph.entry_piece]]))
    matrix = csr_array((data, graph.matrix.indices, graph.matrix.indptr), shape=graph.matrix.shape)
    return replace(graph, matrix=matrix)


def _merged(one: _Found, other: _Found) -> _Found:
    pair = np.concatenate([one.pair, other.pair])
    order = np.argsort(pair, kind="stable")
    parts = {name: np.concatenate([getattr(one, name), getattr(other, name)])[order] for name in one.__dict__}
    return _Found(**parts)


def _passes(found: _Found, us: NDArray[np.int64], length_m: NDArray[np.float64], k: int) -> Passes:
    end = np.cumsum(found.us)
    opens = np.ones(len(end), dtype=bool)
    opens[1:] = found.pair[1:] != found.pair[:-1]
    before = (end - found.us)[opens][np.cumsum(opens) - 1] if len(end) else end
    middle = end - found.us // 2 - before
    passed = np.abs(found.to_m - found.from_m) >= PASSED_SHARE * length_m[found.segment]
    pair = found.pair[passed]
    there = middle[passed]
    back = us.ravel()[pair] - there
    start, segment, offset_s = csr_both_ways(pair, found.segment[passed], there, back, k)
    return Passes(start=start, segment=segment, offset_s=offset_s)


def _ints() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)
