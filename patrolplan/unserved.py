"""Why a hot spot is not served: found by trying to put it into the finished routes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from patrolplan.solver.clock import CrewTimes
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.solution import Solution


def why_unserved(problem: PatrolProblem, solution: Solution, stop: int) -> str:
    """One plain line: what keeps the hot spot out of the plan.

    Parameters
    ----------
    problem, solution
        The problem and the plan that was found for it.
    stop
        A stop without a visit.

    Returns
    -------
    The first of these that holds: closed during all shifts; too far from every crew; the crew
    with most room would need so many more minutes; or it fits, yet adds less than it costs.
    """
    if not _open_on_shift(problem, stop):
        return "not open while any crew is on shift"
    reachable = [crew for crew in range(problem.n_crews) if _fits_alone(problem, crew, stop)]
    if not reachable:
        return "too far: no crew can walk there, stay and be back within its shift"
    short = {crew: _seconds_short(problem, solution.crews[crew], stop) for crew in reachable}
    crew = min(short, key=lambda c: (short[c], c))
    minutes = int(np.ceil(short[crew] / 60))
    if minutes > 0:
        return (
            f"{problem.crew_labels[crew]} would need {minutes} more minutes; stops of more need took the time"
        )
    return "a visit would fit only where it adds less than the visits it would displace"


def _open_on_shift(problem: PatrolProblem, stop: int) -> bool:
    windows = problem.windows_s[stop]
    windows = windows[windows[:, 0] != NEVER]
    if not len(windows):
        return True
    begin = np.maximum(windows[:, None, 0], problem.crew_start_s[None, :])
    end = np.minimum(windows[:, None, 1], problem.crew_end_s[None, :])
    return bool(np.any(end - begin >= problem.dwell_s[stop]))


def _fits_alone(problem: PatrolProblem, crew: int, stop: int) -> bool:
    if not problem.allowed[crew, stop]:
        return False
    out = problem.walk_s(crew, int(problem.crew_start_at[crew]), stop)
    back = problem.walk_s(crew, stop, int(problem.crew_end_at[crew]))
    if min(out, back) < 0:
        return False
    spent = out + int(problem.dwell_s[stop]) + back + int(problem.break_s[crew, 2])
    return spent <= int(problem.crew_end_s[crew] - problem.crew_start_s[crew])


def _seconds_short(problem: PatrolProblem, times: CrewTimes, stop: int) -> int:
    """Seconds that a visit lacks in the crew's route at its cheapest place; 0 or less: it fits."""
    crew = times.crew
    ends = (int(problem.crew_start_at[crew]), int(problem.crew_end_at[crew]))
    places = [ends[0], *(visit.stop for visit in times.visits), ends[1]]
    slack = int(problem.crew_end_s[crew]) - times.back_s + times.wait_s
    extra = [_detour_s(problem, crew, a, stop, b) for a, b in pairwise(places)]
    return min(extra) + int(problem.dwell_s[stop]) - slack


def _detour_s(problem: PatrolProblem, crew: int, start: int, stop: int, end: int) -> int:
    legs = [problem.walk_s(crew, start, stop), problem.walk_s(crew, stop, end)]
    if min(legs) < 0:
        return problem.horizon_s
    direct = problem.walk_s(crew, start, end) if start != end else 0
    return sum(legs) - max(direct, 0)
