"""Choosing hot spots one after the other: the neediest cluster that is left, its entry well apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

from patrolplan.risk.hot_spot_ground import Ground
from patrolplan.risk.hot_spot_grow import Cluster, Limits, grow
from patrolplan.risk.hot_spot_label import Source
from patrolplan.risk.hot_spot_polish import cluster_of, polished, worth_of

SEEDS_PER_HOT_SPOT = 10
"""Clusters grown at a time for every hot spot wanted: the best of them are kept."""

MOSTLY = 0.5
"""A hot spot is watched where cameras show more than this share of its need."""
LEAST_SHARE_OF_BEST = 0.02
"""A hot spot with less need per minute than this share of the best one's isn't worth its walk."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A hot spot that could be.

    ``need`` is that of all its segments; ``worth`` is the need its walk reaches, per minute of dwell;
    ``entries`` are its crossings, the best entry first; ``reach`` is the share of its length walked;
    ``full_stay`` is the stay that has full effect, in shares of the usual one.
    """

    segments: tuple[int, ...]
    entries: tuple[int, ...]
    need: float
    worth: float
    dwell_min: int
    reach: float = 1.0
    full_stay: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """A hot spot that was chosen, with its entry, and the problem that seeded it if one did."""

    chosen: Candidate
    entry: int
    source: Source | None = None


@dataclass(kw_only=True)
class Search:
    """What is taken and blocked so far.

    ``taken`` [segments]: belongs to a hot spot or may not; ``blocked`` [nodes]: an entry lies nearer
    than ``apart`` (millimetres); ``per_minute`` millimetres are walked in a minute; ``watched`` [segments]
    is the share of each that cameras show.
    """

    ground: Ground
    limits: Limits
    taken: list[bool]
    blocked: list[bool]
    apart: int
    per_minute: int
    dwell_min: int
    watched: list[float] = field(default_factory=list)
    watched_dwell_min: int = 0

    def best(self, seeds: Sequence[int], most: int) -> list[Found]:
        """At most ``most`` hot spots, from the seeds in batches, neediest per minute first."""
        found: list[Found] = []
        first, batch = 0, max(1, SEEDS_PER_HOT_SPOT * most)
        while first < len(seeds) and len(found) < most:
            found += self._of_batch(seeds[first : first + batch], most - len(found), found)
            first += batch
        return sorted(found, key=lambda one: (-one.chosen.worth, one.chosen.segments))

    def named(self, sources: Iterable[Source], most: int) -> list[Found]:
        """Hot spots for problems that residents named and that no hot spot holds yet."""
        found: list[Found] = []
        for source in sources:
            if source.kind != "problem" or self.taken[source.segment] or len(found) >= most:
                continue
            candidate = self._grown(source.segment)
            if candidate is not None and self._can_enter(candidate):
                found.append(self._take(candidate, source))
        return found

    def _of_batch(self, seeds: Sequence[int], most: int, so_far: Sequence[Found]) -> list[Found]:
        """The best of the clusters around the seeds; those a chosen one cut into are grown anew."""
        grown = ((self._grown(seed), seed) for seed in seeds if not self.taken[seed])
        queue: list[tuple[float, int, Candidate]] = []
        for candidate, seed in grown:
            if candidate is not None:
                heappush(queue, (-candidate.worth, seed, candidate))
        found: list[Found] = []
        best = max((one.chosen.worth for one in so_far), default=-queue[0][0] if queue else 0.0)
        while queue and len(found) < most:
            lost, seed, candidate = heappop(queue)
            if -lost < LEAST_SHARE_OF_BEST * best:
                break
            if self.taken[seed]:
                continue
            if any(self.taken[segment] for segment in candidate.segments):
                again = self._grown(seed)
                if again is not None:
                    heappush(queue, (-again.worth, seed, again))
                continue
            if not self._can_enter(candidate):
                continue
            better = self._polished(candidate)
            if self._can_enter(better):
                candidate = better
            found.append(self._take(candidate))
        return found

    def _grown(self, seed: int) -> Candidate | None:
        """The cluster around a seed, or the long street alone, or None where it is too long."""
        ground, longest = self.ground, self.limits.longest
        loop = ground.u[seed] == ground.v[seed]
        if ground.cost[seed] * (1 if loop else 2) > longest:
            return None if loop or ground.cost[seed] > longest else self._long_street(seed)
        if self._is_watched((seed,)):
            short = self._candidate(grow(ground, seed, self.taken, self._limits(self.watched_dwell_min)))
            if short.full_stay < 1:
                return short
        return self._candidate(grow(ground, seed, self.taken, self.limits))

    def _candidate(self, cluster: Cluster) -> Candidate:
        segments = tuple(sorted(cluster.segments))
        minutes = self.watched_dwell_min if self._is_watched(segments) else self.dwell_min
        return Candidate(
            segments=segments,
            entries=_nearest_to_need(cluster),
            need=cluster.need,
            worth=worth_of(cluster, self._limits(minutes), self.per_minute),
            dwell_min=max(minutes, -(-cluster.walk // self.per_minute)),
            full_stay=minutes / self.dwell_min,
        )

    def _is_watched(self, segments: Sequence[int]) -> bool:
        """Whether cameras show most of the need of these streets."""
        if not self.watched:
            return False
        need = self.ground.need
        seen = sum(need[segment] * self.watched[segment] for segment in segments)
        return seen > MOSTLY * sum(need[segment] for segment in segments)

    def _limits(self, minutes: int) -> Limits:
        """The limits for a stay of so many minutes."""
        share = minutes / self.dwell_min
        return replace(
            self.limits, walk=round(self.limits.walk * share), longest=round(self.limits.longest * share)
        )

    def _polished(self, candidate: Candidate) -> Candidate:
        """The candidate mended, if it is a cluster; its need per minute never falls."""
        cluster = cluster_of(self.ground, candidate.segments) if candidate.reach >= 1 else None
        if cluster is None:
            return candidate
        limits = self._limits(self.watched_dwell_min) if candidate.full_stay < 1 else self.limits
        better = self._candidate(polished(cluster, self.taken, limits, self.per_minute))
        return better if better.worth >= candidate.worth else candidate

    def _long_street(self, seed: int) -> Candidate:
        ground = self.ground
        around = {
            node: sum(ground.need[segment] for segment in ground.at[node])
            for node in (ground.u[seed], ground.v[seed])
        }
        reach = self.limits.longest / (2 * ground.cost[seed])
        dwell_min = self.limits.longest // self.per_minute
        return Candidate(
            segments=(seed,),
            entries=tuple(sorted(around, key=lambda node: (-around[node], node))),
            need=ground.need[seed],
            worth=ground.need[seed] * reach / dwell_min,
            dwell_min=dwell_min,
            reach=reach,
        )

    def _can_enter(self, candidate: Candidate) -> bool:
        return not all(self.blocked[node] for node in candidate.entries)

    def _take(self, candidate: Candidate, source: Source | None = None) -> Found:
        """Choose a candidate that has a free entry."""
        entry = next(node for node in candidate.entries if not self.blocked[node])
        for segment in candidate.segments:
            self.taken[segment] = True
        for node in self.ground.nodes_within(entry, self.apart):
            self.blocked[node] = True
        return Found(chosen=candidate, entry=entry, source=source)


def _nearest_to_need(cluster: Cluster) -> tuple[int, ...]:
    """Nodes of the cluster by their need-weighted mean walk to the middles of its streets."""
    ground = cluster.ground
    ends = [(cluster.row[ground.u[s]], cluster.row[ground.v[s]], s) for s in cluster.segments]

    def walk_to_need(node: int) -> float:
        apart = cluster.apart[cluster.row[node]]
        return sum(ground.need[s] * (min(apart[a], apart[b]) + ground.cost[s] / 2) for a, b, s in ends)

    return tuple(sorted(cluster.nodes, key=lambda node: (walk_to_need(node), node)))
