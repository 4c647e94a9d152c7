"""Small patrol problems for tests: random planar points, a lattice of segments to pass, need by the hour."""

from __future__ import annotations

from typing import Any

import numpy as np

from patrolplan.solver.problem import NEVER, PatrolProblem


def make_problem(
    seed: int = 0,
    *,
    stops: int = 5,
    crews: int = 1,
    hours: int = 2,
    side_m: float = 1500.0,
    dwell_s: int = 720,
    passes: bool = True,
    windows: bool = False,
    breaks: bool = False,
    stations: int = 1,
    **changes: Any,
) -> PatrolProblem:
    """A problem of the given size; ``changes`` replace whole fields."""
    rng = np.random.default_rng(seed)
    places = stops + stations
    points = rng.uniform(0, side_m, (places, 2))
    distance = np.hypot(*np.moveaxis(points[:, None] - points[None], 2, 0))
    travel = np.ceil(distance / 1.25).astype(np.int32)
    bins = hours
    horizon = hours * 3600
    lattice = max(2, round(side_m / 250))
    held = np.repeat(np.arange(stops), 3)
    count = len(held) + lattice * lattice
    stop_of_segment = np.concatenate([held, np.full(lattice * lattice, NEVER)]).astype(np.int32)
    rate = rng.gamma(0.8, 1.0, (count, 1)) * rng.uniform(0.3, 1.7, (count, bins))
    rate[len(held) :] *= 0.3
    rate /= rate.sum() * 3600 * 20
    start, segment, offset = _passes(points, travel, lattice, side_m, len(held), stops, passes)
    first = np.zeros(crews, dtype=np.int32)
    fields: dict[str, Any] = {
        "stop_labels": tuple(f"stop {s}" for s in range(stops)),
        "crew_labels": tuple(f"crew {c}" for c in range(crews)),
        "travel_s": travel,
        "dwell_s": np.full(stops, dwell_s, dtype=np.int32),
        "quality": np.minimum(1.0, np.full(stops, dwell_s / 720)),
        "windows_s": np.full((stops, 1, 2), NEVER, dtype=np.int32),
        "min_gap_s": np.full(stops, 1800, dtype=np.int32),
        "crew_start_s": first,
        "crew_end_s": np.full(crews, horizon, dtype=np.int32),
        "crew_start_at": (stops + np.arange(crews) % stations).astype(np.int32),
        "crew_end_at": (stops + np.arange(crews) % stations).astype(np.int32),
        "crew_pace": np.ones(crews),
        "break_s": np.tile(np.array([NEVER, NEVER, 0], dtype=np.int32), (crews, 1)),
        "allowed": np.ones((crews, stops), dtype=bool),
        "knots_s": (np.arange(bins + 1) * 3600).astype(np.int32),
        "segment_rate": rate,
        "stop_of_segment": stop_of_segment,
        "pass_start": start,
        "pass_segment": segment,
        "pass_offset_s": offset,
        "fade_s": 7200,
        "pass_quality": 0.3,
        "horizon_rate": rate.sum(axis=0) * 1.5,
        "on_shift": np.ones(bins, dtype=bool),
    }
    if windows:
        opens = rng.integers(0, horizon // 2, stops)
        fields["windows_s"] = np.stack([opens, opens + horizon // 3], axis=1)[:, None].astype(np.int32)
        fields["windows_s"][rng.random(stops) < 0.5] = NEVER
    if breaks:
        span = np.array([horizon // 3, horizon // 2, 900], dtype=np.int32)
        fields["break_s"] = np.tile(span, (crews, 1))
    return PatrolProblem(**(fields | changes))


def _passes(
    points: np.ndarray, travel: np.ndarray, lattice: int, side_m: float, first: int, stops: int, wanted: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells of the lattice that the straight leg crosses, and segments of stops at its ends."""
    places = len(points)
    start, segment, offset = [0], [], []
    for i in range(places):
        for j in range(places):
            if wanted and i != j:
                seen: dict[int, int] = {}
                steps = np.linspace(0, 1, 12)
                for f, (x, y) in zip(steps, points[i] + steps[:, None] * (points[j] - points[i])):
                    cell = np.clip((np.array([x, y]) / side_m * lattice).astype(int), 0, lattice - 1)
                    seen.setdefault(first + int(cell[0]) * lattice + int(cell[1]), int(f * travel[i, j]))
                if i < stops:
                    seen[3 * i] = 5
                segment.extend(seen)
                offset.extend(seen.values())
            start.append(len(segment))
    return (
        np.array(start, dtype=np.int64),
        np.array(segment, dtype=np.int32),
        np.array(offset, dtype=np.int32),
    )
