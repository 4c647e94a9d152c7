"""Compile the kernels, or load them from the cache, on a toy problem before the clock of a solve begins."""

from __future__ import annotations

from functools import cache

import numpy as np

from patrolplan.solver.bound import bound
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution


@cache
def warm_up() -> None:
    """Run every kernel once in this process; a cold compilation takes some twenty seconds."""
    problem = toy_problem()
    start = greedy(problem)
    refine(problem, start, seed=0, iterations=2)
    Solution.from_visits(problem, start)


@cache
def warm_up_bound() -> None:
    """The same for the kernels of the upper bound: some five seconds more."""
    problem = toy_problem()
    bound(problem, Solution.from_visits(problem, ()), iterations=2)


def toy_problem() -> PatrolProblem:
    """Two stops and a station in a row, five minutes apart, for one crew and two hours.

    Examples
    --------
    >>> problem = toy_problem()
    >>> problem.n_stops, problem.n_crews, problem.horizon_s
    (2, 1, 7200)
    """
    travel = np.array([[0, 300, 300], [300, 0, 600], [300, 600, 0]], dtype=np.int32)
    return PatrolProblem(
        stop_labels=("first", "second"),
        crew_labels=("crew",),
        travel_s=travel,
        dwell_s=np.array([720, 720], dtype=np.int32),
        quality=np.ones(2),
        windows_s=np.full((2, 1, 2), NEVER, dtype=np.int32),
        min_gap_s=np.full(2, 1800, dtype=np.int32),
        crew_start_s=np.zeros(1, dtype=np.int32),
        crew_end_s=np.array([7200], dtype=np.int32),
        crew_start_at=np.array([2], dtype=np.int32),
        crew_end_at=np.array([2], dtype=np.int32),
        crew_pace=np.ones(1),
        break_s=np.array([[NEVER, NEVER, 0]], dtype=np.int32),
        allowed=np.ones((1, 2), dtype=np.bool_),
        knots_s=np.array([0, 3600, 7200], dtype=np.int32),
        segment_rate=np.array([[1e-6, 2e-6], [2e-6, 1e-6], [1e-6, 1e-6]]),
        stop_of_segment=np.array([0, 1, NEVER], dtype=np.int32),
        pass_start=np.array([0, 0, 1, 1, 2, 2, 2, 2, 2, 2], dtype=np.int64),
        pass_segment=np.array([2, 2], dtype=np.int32),
        pass_offset_s=np.array([150, 150], dtype=np.int32),
        fade_s=7200,
        pass_quality=0.3,
        horizon_rate=np.array([5e-6, 5e-6]),
        on_shift=np.ones(2, dtype=np.bool_),
    )
