"""Growing one hot spot: the neediest streets around a seed that a closed walk can take in.

What a street adds to the shortest closed walk is known exactly without solving the walk again: a
street that hangs on one crossing is walked there and back; a way of streets that leaves the cluster
and comes back to it is walked once, or twice, whichever fits the pairing of odd crossings better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from patrolplan.graph.pairing import Memo, cheapest_pairing
from patrolplan.risk.hot_spot_ground import Ground

LONGEST_WAY = 4
"""Streets in a way that leaves the cluster and comes back: enough to close a block from one side."""

LEAST_COST = 1_000
"""A metre (in mm): additions that cost no walk are compared as if they cost this."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far a hot spot may grow, in millimetres at full pace and metres.

    ``walk`` is free (the officer stays so long anyway); up to ``longest`` the walk grows only for
    streets that need it at least as much as the cluster does on average.
    """

    walk: int
    longest: int
    radius_m: float


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Streets that may join, what the closed walk grows by, and the nodes along them."""

    segments: tuple[int, ...]
    nodes: tuple[int, ...]
    cost: int
    need: float

    @cached_property
    def rank(self) -> tuple[float, int, tuple[int, ...]]:
        """Need per millimetre of walk; of equals, fewer streets and lower numbers rank higher."""
        worth = self.need / max(self.cost, LEAST_COST)
        return worth, -len(self.segments), tuple(-segment for segment in self.segments)


@dataclass(kw_only=True)
class Cluster:
    """A connected set of streets with the length of its shortest closed walk, kept up to date."""

    ground: Ground
    segments: list[int] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    row: dict[int, int] = field(default_factory=dict)
    apart: list[list[int]] = field(default_factory=list)
    odd: int = 0
    street_cost: int = 0
    need: float = 0.0
    memo: Memo = field(default_factory=dict)
    points: list[tuple[float, float]] = field(default_factory=list)

    @property
    def walk(self) -> int:
        """Millimetres (at full pace) of the shortest closed walk."""
        return self.street_cost + self.repeats(self.odd)

    def repeats(self, odd: int) -> int:
        """Cost of the streets walked twice if the crossings in the bit set were the odd ones."""
        return cheapest_pairing(odd, self.apart, self.memo)[0]

    def add(self, segments: tuple[int, ...], nodes: tuple[int, ...]) -> None:
        """Take in a way of streets along ``nodes``; the first node is the cluster's, or begins it."""
        if not self.nodes:
            self._meet(nodes[0])
        for segment, (a, b) in zip(segments, pairwise(nodes), strict=True):
            self._meet(b)
            i, j, cost = self.row[a], self.row[b], self.ground.cost[segment]
            self._shorten(i, j, cost)
            self.odd ^= (1 << i) ^ (1 << j)
            self.street_cost += cost
            self.need += self.ground.need[segment]
            self.segments.append(segment)
            self.points.append(self.ground.middle[segment])
        self.memo = {}

    def within(self, addition: Addition, radius_m: float) -> bool:
        """Whether the cluster with the addition stays within the radius of its (box's) centre."""
        ground = self.ground
        points = [
            *self.points,
            *(ground.middle[segment] for segment in addition.segments),
            *(ground.place[node] for node in addition.nodes),
        ]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
        return all((px - x) ** 2 + (py - y) ** 2 <= radius_m**2 for px, py in points)

    def _meet(self, node: int) -> None:
        if node in self.row:
            return
        self.row[node] = len(self.nodes)
        self.nodes.append(node)
        self.points.append(self.ground.place[node])
        for distances in self.apart:
            distances.append(_FAR)
        self.apart.append([_FAR] * len(self.nodes))
        self.apart[-1][-1] = 0

    def _shorten(self, i: int, j: int, cost: int) -> None:
        """Distances when a street of the given cost joins rows ``i`` and ``j``."""
        if cost >= self.apart[i][j]:
            return
        from_i, from_j = list(self.apart[i]), list(self.apart[j])
        for x, distances in enumerate(self.apart):
            to_i, to_j = from_i[x] + cost, from_j[x] + cost
            for y in range(len(distances)):
                through = min(to_i + from_j[y], to_j + from_i[y])
                distances[y] = min(distances[y], through)


_FAR = 1 << 60


def grow(ground: Ground, seed: int, taken: list[bool], limits: Limits) -> Cluster:
    """The hot spot around a seed: best need per metre of walk first, while the walk fits.

    Ties go to fewer streets, then to the lower segment numbers.
    """
    cluster = Cluster(ground=ground)
    cluster.add((seed,), (ground.u[seed], ground.v[seed]))
    return grow_on(cluster, taken, limits)


def grow_on(cluster: Cluster, taken: list[bool], limits: Limits) -> Cluster:
    """The same cluster, grown (in place) until nothing more fits or pays."""
    while True:
        chosen = _best(cluster, taken, limits)
        if chosen is None:
            return cluster
        cluster.add(chosen.segments, chosen.nodes)


def _best(cluster: Cluster, taken: list[bool], limits: Limits) -> Addition | None:
    walk, best = cluster.walk, None
    average = cluster.need / walk
    for addition in _additions(cluster, taken, limits):
        total = walk + addition.cost
        if addition.need <= 0 or total > limits.longest:
            continue
        if total > limits.walk and addition.cost > 0 and addition.need / addition.cost < average:
            continue
        if best is not None and addition.rank <= best.rank:
            continue
        if cluster.within(addition, limits.radius_m):
            best = addition
    return best


def _additions(cluster: Cluster, taken: list[bool], limits: Limits) -> Iterator[Addition]:
    """Every street or way of streets that touches the cluster and isn't another's."""
    ground, mine = cluster.ground, set(cluster.segments)
    twice = cluster.repeats(cluster.odd)
    spare = limits.longest - cluster.street_cost
    for segments, nodes in _ways(cluster, taken, mine, spare):
        length = sum(ground.cost[segment] for segment in segments)
        need = sum(ground.need[segment] for segment in segments)
        if nodes[-1] not in cluster.row:
            yield Addition(segments=segments, nodes=nodes, cost=2 * length, need=need)
            continue
        a, b = cluster.row[nodes[0]], cluster.row[nodes[-1]]
        once = cluster.repeats(cluster.odd ^ (1 << a) ^ (1 << b)) - twice
        yield Addition(segments=segments, nodes=nodes, cost=length + min(once, length), need=need)


def _ways(
    cluster: Cluster, taken: list[bool], mine: set[int], spare: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Single streets that leave the cluster, and ways of streets that leave it and come back."""
    ground, row = cluster.ground, cluster.row
    for start in cluster.nodes:
        stack: list[tuple[tuple[int, ...], tuple[int, ...], int]] = [((), (start,), spare)]
        while stack:
            segments, nodes, left = stack.pop()
            here = nodes[-1]
            for segment in ground.at[here]:
                rest = left - ground.cost[segment]
                if rest < 0 or taken[segment] or segment in mine or segment in segments:
                    continue
                there = ground.other(segment, here)
                way = (*segments, segment), (*nodes, there)
                if there in row:
                    if row[there] >= row[start]:
                        yield way
                    continue
                if there in nodes:
                    continue
                if not segments:
                    yield way
                if len(way[0]) < LONGEST_WAY:
                    stack.append((*way, rest))
