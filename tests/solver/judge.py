"""The slow judge: the true score summed second by second, written apart from the kernel it checks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit, pass_events


def judged_score(problem: PatrolProblem, visits: Iterable[Visit]) -> float:
    """Riemann sum over the middles of all seconds of rate x effect (exact but for kinks within a second)."""
    known = list(visits)
    solution = Solution.from_visits(problem, known)
    middles = np.arange(problem.horizon_s) + 0.5
    bins = np.searchsorted(problem.knots_s, middles, side="right") - 1
    passed_segment, passed_at = pass_events(problem, solution.crews)
    total = sum(float(problem.prize[stop]) for stop in {v.stop for v in known})
    for segment in range(len(problem.stop_of_segment)):
        effect = np.zeros(problem.horizon_s)
        stop = problem.stop_of_segment[segment]
        for visit in known:
            if visit.stop == stop:
                end = visit.start_s + problem.dwell_s[stop]
                effect[(middles > visit.start_s) & (middles < end)] = 1.0
                faded = problem.quality[stop] * np.maximum(0, 1 - (middles - end) / problem.fade_s)
                effect = np.maximum(effect, np.where(middles >= end, faded, 0.0))
        for at in passed_at[passed_segment == segment]:
            faded = problem.pass_quality * np.maximum(0, 1 - (middles - at) / problem.fade_s)
            effect = np.maximum(effect, np.where(middles >= at, faded, 0.0))
        total += float((problem.segment_rate[segment][bins] * effect).sum())
    return total
