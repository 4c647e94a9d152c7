"""The additive problem (team orienteering, with time windows or without) as a patrol problem."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.problem import NEVER, PatrolProblem


def build_additive(
    travel: NDArray[np.int32],
    prize: NDArray[np.float64],
    *,
    crews: int,
    longest: int,
    start: int,
    end: int,
    service: NDArray[np.int32] | None = None,
    windows: NDArray[np.int32] | None = None,
) -> PatrolProblem:
    """Each stop pays a fixed prize once; routes last at most ``longest``; nothing fades.

    Parameters
    ----------
    travel
        [points, points] whole time units from point to point; the unit is the caller's.
    prize
        [points] paid for the first visit; points without a prize (but for start and end) are left out.
    crews, longest
        Number of routes and their greatest length, in time units.
    start, end
        Points where every route begins and ends.
    service
        [points] time units a visit takes, 0 where not given.
    windows
        [points, 2] earliest and latest *beginning* of the visit, open throughout where not given.

    Returns
    -------
    PatrolProblem
        Stop ``i`` is the i-th point with a prize; its label is the point's index.

    Examples
    --------
    >>> travel = np.array([[0, 3, 9], [3, 0, 6], [9, 6, 0]], dtype=np.int32)
    >>> problem = build_additive(travel, np.array([0.0, 5.0, 0.0]), crews=1, longest=9, start=0, end=2)
    >>> problem.stop_labels, problem.prize.tolist()
    (('1',), [5.0])
    """
    if crews < 1 or longest < 1:
        raise InputError(f"{crews} crews and a length of {longest}: give at least one of each")
    points = np.flatnonzero((prize > 0) & ~np.isin(np.arange(len(prize)), [start, end]))
    n, places = len(points), np.concatenate([points, [start, end]])
    whole = service if service is not None else np.zeros(len(prize), dtype=np.int32)
    horizon = -(-longest // 60) * 60
    spans = np.full((n, 1, 2), NEVER, dtype=np.int32)
    if windows is not None:
        closes = np.minimum(windows[points, 1].astype(np.int64) + whole[points], 2**31 - 1)
        spans[:, 0] = np.stack([windows[points, 0], closes], axis=1)
    return PatrolProblem(
        stop_labels=tuple(str(p) for p in points),
        crew_labels=tuple(f"route {c + 1}" for c in range(crews)),
        travel_s=travel[np.ix_(places, places)].astype(np.int32),
        dwell_s=whole[points].astype(np.int32),
        quality=np.zeros(n),
        windows_s=spans,
        min_gap_s=np.zeros(n, dtype=np.int32),
        crew_start_s=np.zeros(crews, dtype=np.int32),
        crew_end_s=np.full(crews, longest, dtype=np.int32),
        crew_start_at=np.full(crews, n, dtype=np.int32),
        crew_end_at=np.full(crews, n + 1, dtype=np.int32),
        crew_pace=np.ones(crews),
        break_s=np.tile(np.array([NEVER, NEVER, 0], dtype=np.int32), (crews, 1)),
        allowed=np.ones((crews, n), dtype=np.bool_),
        knots_s=np.array([0, horizon], dtype=np.int32),
        segment_rate=np.zeros((0, 1)),
        stop_of_segment=np.zeros(0, dtype=np.int32),
        pass_start=np.zeros((n + 2) ** 2 + 1, dtype=np.int64),
        pass_segment=np.zeros(0, dtype=np.int32),
        pass_offset_s=np.zeros(0, dtype=np.int32),
        fade_s=1,
        pass_quality=0.0,
        horizon_rate=np.zeros(1),
        on_shift=np.ones(1, dtype=np.bool_),
        prize=prize[points].astype(np.float64),
        most_visits=np.ones(n, dtype=np.int32),
    )
