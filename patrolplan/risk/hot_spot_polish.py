"""Mending what greedy growing got wrong: drop a street, grow again, keep what is better."""

from __future__ import annotations

from collections.abc import Iterable

from patrolplan.risk.hot_spot_ground import Ground
from patrolplan.risk.hot_spot_grow import Cluster, Limits, grow_on

LEAST_GAIN = 1.001
"""A change must pay a thousandth at least, so that mending ends."""


def polished(cluster: Cluster, taken: list[bool], limits: Limits, per_minute: int) -> Cluster:
    """A cluster with at least as much need per minute of dwell, found by dropping one street at a time.

    The weakest street (need per metre) is tried first; in its place the cluster grows by others, and
    by the dropped one where it still fits.
    """
    best, worth = cluster, worth_of(cluster, limits, per_minute)
    tried = iter(_weakest_first(best))
    while (segment := next(tried, None)) is not None:
        other = _without(best, segment, taken, limits)
        if other is not None and worth_of(other, limits, per_minute) > worth * LEAST_GAIN:
            best, worth = other, worth_of(other, limits, per_minute)
            tried = iter(_weakest_first(best))
    return best


def worth_of(cluster: Cluster, limits: Limits, per_minute: int) -> float:
    """Need per minute of dwell (whole minutes, never under the usual dwell)."""
    return cluster.need / max(limits.walk // per_minute, -(-cluster.walk // per_minute))


def cluster_of(ground: Ground, segments: Iterable[int]) -> Cluster | None:
    """The cluster of the given streets; None if they don't hang together."""
    left = sorted(segments)
    cluster = Cluster(ground=ground)
    cluster.add((left[0],), (ground.u[left[0]], ground.v[left[0]]))
    left = left[1:]
    while left:
        segment = next((s for s in left if ground.u[s] in cluster.row or ground.v[s] in cluster.row), None)
        if segment is None:
            return None
        u, v = ground.u[segment], ground.v[segment]
        cluster.add((segment,), (u, v) if u in cluster.row else (v, u))
        left.remove(segment)
    return cluster


def _weakest_first(cluster: Cluster) -> list[int]:
    need, cost = cluster.ground.need, cluster.ground.cost
    if len(cluster.segments) < 2:
        return []
    return sorted(cluster.segments, key=lambda segment: (need[segment] / cost[segment], segment))


def _without(cluster: Cluster, segment: int, taken: list[bool], limits: Limits) -> Cluster | None:
    other = cluster_of(cluster.ground, (s for s in cluster.segments if s != segment))
    if other is None:
        return None
    barred = [*taken]
    barred[segment] = True
    return grow_on(grow_on(other, barred, limits), taken, limits)
