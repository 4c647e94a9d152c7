"""An invented town as a patrol problem: streets off the square, need that clusters and moves with the hour.

Made for tuning and for tests without any map: a bent grid of streets with gaps, need of three kinds
(market by day, bars at night, homes in the evening) that falls off around a few centres, stops grown
from the neediest segments, walks by shortest paths with the segments they pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from patrolplan.solver.problem import NEVER, PatrolProblem

WALK_M_PER_S = 1.25
SEGMENTS_PER_STOP = 6


@dataclass(frozen=True, kw_only=True)
class Town:
    """Streets of the town: nodes in metres, segments between them, kinds of need."""

    points: NDArray[np.float64]
    ends: NDArray[np.int64]
    length_m: NDArray[np.float64]
    need: NDArray[np.float64]  # [segments, 24], sums to 1 over the day


def make_town(seed: int, *, blocks: int = 26, block_m: float = 85.0, centres: int = 7) -> Town:
    """A town of about ``2 * blocks**2`` segments."""
    rng = np.random.default_rng(seed)
    side = np.arange(blocks)
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=2).reshape(-1, 2) * block_m
    points = grid + rng.normal(0, 0.18 * block_m, grid.shape)
    points += 60 * np.sin(grid[:, ::-1] / 400.0)
    index = np.arange(blocks * blocks).reshape(blocks, blocks)
    across = np.stack([index[:-1].ravel(), index[1:].ravel()], axis=1)
    along = np.stack([index[:, :-1].ravel(), index[:, 1:].ravel()], axis=1)
    ends = np.concatenate([across, along])
    ends = ends[rng.random(len(ends)) > 0.14]
    ends = _main_part(ends, len(points))
    length = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    middle = points[ends].mean(axis=1)
    hours = np.arange(24)
    kinds = [np.exp(-(((hours - peak + 12) % 24 - 12) ** 2) / (2 * wide**2)) for peak, wide in
             ((13, 2.5), (23, 2.0), (19, 3.0))]  # fmt: skip
    need = np.zeros((len(ends), 24))
    for c in range(centres):
        centre = points[rng.integers(len(points))]
        far = np.hypot(*(middle - centre).T)
        fall = np.exp(-far / rng.uniform(120, 420)) * rng.gamma(1.0, 1.0)
        need += (fall * rng.gamma(0.35, 1.0, len(ends)))[:, None] * kinds[c % 3]
    need += 0.02 * rng.gamma(0.5, 1.0, (len(ends), 1)) * length[:, None] / 95.0
    return Town(points=points, ends=ends, length_m=length, need=need / need.sum())


def make_patrol(
    seed: int,
    *,
    stops: int = 150,
    crews: int = 2,
    hours: int = 4,
    first_hour: int = 16,
    breaks: bool = False,
    town: Town | None = None,
) -> PatrolProblem:
    """A patrol problem in a made town, crews at two stations."""
    town = town or make_town(seed)
    rate = town.need[:, (first_hour + np.arange(hours)) % 24] / 3600.0 / 7.0
    members = _grow_stops(town, rate.sum(axis=1), stops)
    entries = np.array([town.ends[group[0], 0] for group in members])
    rng = np.random.default_rng(seed + 1)
    stations = rng.choice(len(np.unique(town.ends)), 2, replace=False)
    places = np.concatenate([entries, np.unique(town.ends)[stations]])
    travel, start, segment, offset = _walks(town, places)
    stop_of_segment = np.full(len(town.ends), NEVER, dtype=np.int32)
    for stop, group in enumerate(members):
        stop_of_segment[group] = stop
    horizon = hours * 3600
    n = len(members)
    rest = [horizon // 2 - 1800, horizon // 2 + 1800, 1800] if breaks else [NEVER, NEVER, 0]
    return PatrolProblem(
        stop_labels=tuple(f"stop {s}" for s in range(n)),
        crew_labels=tuple(f"crew {c}" for c in range(crews)),
        travel_s=travel,
        dwell_s=np.full(n, 720, dtype=np.int32),
        quality=np.ones(n),
        windows_s=np.full((n, 1, 2), NEVER, dtype=np.int32),
        min_gap_s=np.full(n, 1800, dtype=np.int32),
        crew_start_s=np.zeros(crews, dtype=np.int32),
        crew_end_s=np.full(crews, horizon, dtype=np.int32),
        crew_start_at=(n + np.arange(crews) % 2).astype(np.int32),
        crew_end_at=(n + np.arange(crews) % 2).astype(np.int32),
        crew_pace=np.ones(crews),
        break_s=np.tile(np.array(rest, dtype=np.int32), (crews, 1)),
        allowed=np.ones((crews, n), dtype=np.bool_),
        knots_s=(np.arange(hours + 1) * 3600).astype(np.int32),
        segment_rate=rate,
        stop_of_segment=stop_of_segment,
        pass_start=start,
        pass_segment=segment,
        pass_offset_s=offset,
        fade_s=7200,
        pass_quality=0.3,
        horizon_rate=rate.sum(axis=0),
        on_shift=np.ones(hours, dtype=np.bool_),
    )


def _main_part(ends: NDArray[np.int64], nodes: int) -> NDArray[np.int64]:
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    return ends[part[ends[:, 0]] == np.bincount(part).argmax()]


def _grow_stops(town: Town, need: NDArray[np.float64], stops: int) -> list[list[int]]:
    """Connected groups of segments, each grown from the neediest one left."""
    at: dict[int, list[int]] = {}
    for s, (u, v) in enumerate(town.ends.tolist()):
        at.setdefault(u, []).append(s)
        at.setdefault(v, []).append(s)
    free = np.ones(len(need), dtype=bool)
    groups: list[list[int]] = []
    for seed in np.argsort(-need / town.length_m, kind="stable"):
        if len(groups) == stops:
            break
        if not free[seed]:
            continue
        group, edge = [int(seed)], set(town.ends[seed].tolist())
        free[seed] = False
        while len(group) < SEGMENTS_PER_STOP:
            options = sorted({s for node in edge for s in at[node] if free[s]})
            if not options:
                break
            best = max(options, key=lambda s: (need[s], -s))
            free[best] = False
            group.append(best)
            edge |= set(town.ends[best].tolist())
        groups.append(group)
    return groups


def _walks(
    town: Town, places: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Walking seconds between places, and the segments passed with their offsets."""
    u, v = town.ends.T
    seconds = town.length_m / WALK_M_PER_S
    nodes = len(town.points)
    graph = coo_matrix((np.r_[seconds, seconds], (np.r_[u, v], np.r_[v, u])), shape=(nodes, nodes)).tocsr()
    reach, before = dijkstra(graph, indices=places, return_predecessors=True)
    between = {(a, b): s for s, (a, b) in enumerate(town.ends.tolist())}
    between |= {(b, a): s for (a, b), s in between.items()}
    starts, segments, offsets = [0], [], []
    for i in range(len(places)):
        passed: list[int] = []
        after: list[int] = []
        for j in range(len(places)):
            node, rows = int(places[j]), []
            while i != j and node != places[i]:
                last = int(before[i, node])
                rows.append((between[last, node], int((reach[i, last] + reach[i, node]) / 2)))
                node = last
            passed.extend(s for s, _ in reversed(rows))
            after.extend(t for _, t in reversed(rows))
            starts.append(starts[-1] + len(rows))
        segments.append(np.array(passed, dtype=np.int32))
        offsets.append(np.array(after, dtype=np.int32))
    travel = np.ceil(reach[:, places]).astype(np.int32)
    return travel, np.array(starts), np.concatenate(segments), np.concatenate(offsets)
