"""Map matching: which streets a noisy track was walked on, by a hidden Markov model over the network.

After Newson and Krumm, "Hidden Markov map matching through noise and sparseness" (2009),
doi:10.1145/1653771.1653818: the hidden state is a place on one of the streets near each fix; a state is
the likelier the nearer the fix lies, a step between two states the likelier the less the way along the
streets differs from the straight line. Changed for people on foot: errors grow heavier tails (urban
canyons), one more state stands for being off all streets, and ways are walked in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from patrolplan import units
from patrolplan.graph.network import StreetNetwork

SIGMA_M = 10.0
"""Spread of a fix across the street once fixes of a quarter minute are taken together; phones in towns err
by 5 to 20 m."""
BETA_M = 15.0
"""How far way and straight line differ between fixes (an assumption that fits simulated walks)."""
TAIL = 2.0
"""From this many spreads on the error counts straight, not squared: a canyon is no proof against a street."""
OFF_M = 45.0
"""A fix this far from all streets is as likely to be off them."""
TURN_COST = 3.0
"""What leaving the streets, or coming back, must be outweighed by (log-likelihood)."""
SWITCH_COST = 4.0
"""Minus the logarithm of one switch in some fifty quarter minutes: a stay of 12 minutes."""
REACH_M = 90.0
MOST_STATES = 8
WINDOW = 240
"""Fixes whose streets' distances are held at a time: an hour at four a minute."""
FAR = 1e6
_CAP = 12.0


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchedTrack:
    """Where on the streets a track ran.

    Attributes
    ----------
    segment
        [fixes] int64, -1 where it was off all streets.
    offset_m
        [fixes] metres from the segment's ``u`` end; NaN off the streets.
    xy
        [fixes, 2] place on the street, in the network's coordinates; off the streets the fix itself.
    way_m
        [fixes] metres along the streets since the fix before, straight where one of them is off; 0 first.
    """

    segment: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    xy: NDArray[np.float64]
    way_m: NDArray[np.float64]

    def __post_init__(self) -> None:
        units.frozen_columns(self, segment=self.segment, offset_m=self.offset_m, xy=self.xy, way_m=self.way_m)


@dataclass(frozen=True, eq=False)
class _States:
    """[fixes, states] places on streets a fix may belong to; the last state is off the streets."""

    segment: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    cost: NDArray[np.float64]


def match_track(
    network: StreetNetwork,
    xy: NDArray[np.float64],
    *,
    sigma_m: float = SIGMA_M,
    beta_m: float = BETA_M,
    group: NDArray[np.int64] | None = None,
    switch_cost: float = SWITCH_COST,
) -> MatchedTrack:
    """The likeliest way along the streets behind a track.

    Parameters
    ----------
    network
        The streets.
    xy
        [fixes, 2] fixes in order of time, in the network's coordinates; best some ten seconds apart.
    sigma_m, beta_m
        Spread of fixes around the street, and of ways around the straight line, metres.
    group, switch_cost
        [segments] which streets belong together (-1 to none), and what going from one group to another
        must be outweighed by (log-likelihood): people who stay at a place don't leave it for seconds.

    Examples
    --------
    A street of 100 m eastwards, walked 8 m beside it:

    >>> from patrolplan.graph.network import StreetNetwork
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph(crs="EPSG:32636")
    >>> graph.add_node(1, x=300000, y=5000000); graph.add_node(2, x=300100, y=5000000)
    >>> _ = graph.add_edge(1, 2, length=100.0, highway="residential")
    >>> fixes = np.array([[300010, 5000008], [300030, 5000008]])
    >>> found = match_track(StreetNetwork.from_networkx(graph), fixes)
    >>> found.segment.tolist(), found.way_m.tolist()
    ([0, 0], [0.0, 20.0])
    """
    xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not len(xy):
        empty = np.zeros(0)
        return MatchedTrack(segment=empty.astype(np.int64), offset_m=empty, xy=xy, way_m=empty)
    lines = np.asarray(network.segments.geometry.to_numpy(), dtype=object)
    length_m = network.segments["length_m"].to_numpy(dtype=np.float64)
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    tree = shapely.STRtree(lines)
    states = _states(tree, lines, length_m, xy, sigma_m)
    straight_m = np.r_[0.0, np.hypot(*np.diff(xy, axis=0).T)]
    came: list[NDArray[np.int64]] = [np.zeros(states.cost.shape[1], dtype=np.int64)]
    ways: list[NDArray[np.float64]] = []
    best = states.cost[0]
    for first, last in _windows(len(xy)):
        way = _ways(states, tree, ends, length_m, xy, straight_m, first, last)
        ways.append(way)
        costs = _step_costs(way, straight_m[first:last], beta_m)
        if group is not None:
            costs += _switch_costs(states.segment[first - 1 : last], group, switch_cost)
        for at, step in zip(range(first, last), costs, strict=True):
            total = best[:, None] + step
            came.append(total.argmin(axis=0))
            best = total.min(axis=0) + states.cost[at]
    picked = _traced(came, best)
    rows = np.arange(len(xy))
    segment, offset_m = states.segment[rows, picked], states.offset_m[rows, picked]
    way_m = np.zeros(len(xy))
    if ways:
        way_m[1:] = np.concatenate(ways)[rows[1:] - 1, picked[:-1], picked[1:]]
    off = segment < 0
    way_m = np.where(off | np.r_[False, off[:-1]] | (way_m >= FAR), straight_m, way_m)
    share = offset_m / np.where(off, 1.0, length_m[segment])
    on = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[segment[~off]], share[~off], normalized=True)
    )
    there = xy.copy()
    there[~off] = on
    return MatchedTrack(segment=segment, offset_m=offset_m, xy=there, way_m=way_m)


def _windows(count: int) -> Iterator[tuple[int, int]]:
    for first in range(1, count, WINDOW):
        yield first, min(first + WINDOW, count)


def _states(
    tree: shapely.STRtree,
    lines: NDArray[np.object_],
    length_m: NDArray[np.float64],
    xy: NDArray[np.float64],
    sigma_m: float,
) -> _States:
    points: NDArray[np.object_] = np.asarray(shapely.points(xy), dtype=object)
    fix, segment = tree.query(points, predicate="dwithin", distance=REACH_M)
    away_m = np.asarray(shapely.distance(points[fix], lines[segment]), dtype=np.float64)
    order = np.lexsort([segment, away_m, fix])
    fix, segment, away_m = fix[order], segment[order], away_m[order]
    rank = np.arange(len(fix)) - np.searchsorted(fix, fix)
    near = rank < MOST_STATES
    fix, segment, away_m, rank = fix[near], segment[near], away_m[near], rank[near]
    shape = (len(xy), MOST_STATES + 1)
    made = _States(np.full(shape, -1), np.full(shape, np.nan), np.full(shape, FAR))
    share = shapely.line_locate_point(lines[segment], points[fix], normalized=True)
    made.segment[fix, rank] = segment
    made.offset_m[fix, rank] = share * length_m[segment]
    made.cost[fix, rank] = _error_cost(away_m, sigma_m)
    made.cost[:, -1] = _error_cost(np.array([OFF_M]), sigma_m)
    return made


def _error_cost(away_m: NDArray[np.float64], sigma_m: float) -> NDArray[np.float64]:
    """Squared at first, straight beyond TAIL spreads (Huber's function)."""
    spreads = away_m / sigma_m
    return np.where(spreads <= TAIL, spreads**2 / 2, TAIL * (spreads - TAIL / 2))


def _ways(
    states: _States,
    tree: shapely.STRtree,
    ends: NDArray[np.int64],
    length_m: NDArray[np.float64],
    xy: NDArray[np.float64],
    straight_m: NDArray[np.float64],
    first: int,
    last: int,
) -> NDArray[np.float64]:
    """[steps, states, states] metres along the streets from each state to each state of the next fix."""
    steps = shapely.linestrings(np.stack([xy[first - 1 : last - 1], xy[first:last]], axis=1))
    around = np.clip(straight_m[first:last] / 2, 2 * REACH_M, 1000.0)
    part = np.unique(tree.query(steps, predicate="dwithin", distance=around)[1])
    nodes, local = np.unique(ends[part], return_inverse=True)
    apart = _apart(local.reshape(-1, 2), length_m[part], len(nodes), float(straight_m[first:last].max()))
    segment, offset_m = states.segment[first - 1 : last], states.offset_m[first - 1 : last]
    there = segment >= 0
    node = np.searchsorted(nodes, ends[segment])
    node = np.where(there[..., None], np.minimum(node, max(len(nodes) - 1, 0)), 0)
    to_end = np.stack([offset_m, length_m[segment] - offset_m], axis=-1)
    way = np.full((last - first, *2 * (segment.shape[1],)), FAR)
    for a in (0, 1):
        for b in (0, 1):
            between = apart[node[:-1, :, None, a], node[1:, None, :, b]] if len(nodes) else FAR
            way = np.fmin(way, to_end[:-1, :, None, a] + between + to_end[1:, None, :, b])
    same = segment[:-1, :, None] == segment[1:, None, :]
    way = np.where(same, np.abs(offset_m[:-1, :, None] - offset_m[1:, None, :]), way)
    return np.where(there[:-1, :, None] & there[1:, None, :], way, FAR)


def _apart(
    ends: NDArray[np.int64], length_m: NDArray[np.float64], nodes: int, farthest_m: float
) -> NDArray[np.float64]:
    """[nodes, nodes] metres between the nodes of a part of the network, FAR beyond what a step can need."""
    if not nodes:
        return np.zeros((0, 0))
    keys = np.concatenate([ends[:, 0] * nodes + ends[:, 1], ends[:, 1] * nodes + ends[:, 0]])
    twice = np.tile(length_m, 2)
    order = np.lexsort([twice, keys])
    keys, least = np.unique(keys[order], return_index=True)
    # parallel streets: the shortest alone, a sparse matrix would add them up
    data = np.maximum(twice[order][least], 1e-6)
    matrix = csr_array((data, (keys // nodes, keys % nodes)), shape=(nodes, nodes))
    found = dijkstra(matrix, directed=True, limit=2 * farthest_m + 500.0)
    return np.where(np.isfinite(found), found, FAR)


def _step_costs(
    way: NDArray[np.float64], straight_m: NDArray[np.float64], beta_m: float
) -> NDArray[np.float64]:
    """[steps, states, states] what each step costs; a jump along no way at all is possible, but dear."""
    cost = np.minimum(np.abs(way - straight_m[:, None, None]) / beta_m, _CAP)
    cost[:, :-1, -1] = cost[:, -1, :-1] = TURN_COST
    cost[:, -1, -1] = 0.0
    return cost


def _switch_costs(segment: NDArray[np.int64], group: NDArray[np.int64], cost: float) -> NDArray[np.float64]:
    """[steps, states, states] the cost of a step from one group of streets to another."""
    of = np.where(segment >= 0, group[segment], -1)
    there = segment >= 0
    on = there[:-1, :, None] & there[1:, None, :]
    return np.where(on & (of[:-1, :, None] != of[1:, None, :]), cost, 0.0)


def _traced(came: list[NDArray[np.int64]], best: NDArray[np.float64]) -> NDArray[np.int64]:
    picked = np.zeros(len(came), dtype=np.int64)
    picked[-1] = int(best.argmin())
    for at in range(len(came) - 1, 0, -1):
        picked[at - 1] = came[at][picked[at]]
    return picked
