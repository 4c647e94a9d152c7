"""Why no crew can make any visit, in plain sentences."""

from __future__ import annotations

from collections import Counter

from patrolplan.solver.clock import ready_after
from patrolplan.solver.problem import NEVER, PatrolProblem


def why_no_plan(problem: PatrolProblem) -> str:
    """One line a crew: what keeps it from every stop, the most frequent cause first."""
    if problem.n_stops == 0:
        return "there are no stops to visit"
    lines = []
    for crew in range(problem.n_crews):
        causes = Counter(_cause(problem, crew, stop) for stop in range(problem.n_stops))
        told = ", ".join(f"{count} stops: {cause}" for cause, count in sorted(causes.items(), key=_rank))
        lines.append(f"{problem.crew_labels[crew]}: {told}")
    return "no crew can make any visit. " + "; ".join(lines)


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _cause(problem: PatrolProblem, crew: int, stop: int) -> str:
    """The first rule that keeps the crew from the stop if it does nothing else."""
    begin, end = int(problem.crew_start_s[crew]), int(problem.crew_end_s[crew])
    out = problem.walk_s(crew, int(problem.crew_start_at[crew]), stop)
    back = problem.walk_s(crew, stop, int(problem.crew_end_at[crew]))
    dwell = int(problem.dwell_s[stop])
    earliest, latest, length = (int(v) for v in problem.break_s[crew])
    windows = [(int(a), int(b)) for a, b in problem.windows_s[stop] if a != NEVER]
    alone = out + dwell + back
    causes = {
        "not allowed": not problem.allowed[crew, stop] or problem.most_visits[stop] == 0,
        "no walk leads there and back": out < 0 or back < 0,
        "the shift is shorter than the walk out, the visit and the walk back": alone > end - begin,
        "the walk out and back is longer than allowed": out + back > problem.most_walk_s[crew],
        "the break does not fit into the shift": length > 0
        and ready_after(begin, 0, earliest, latest, length) > end,
        "the shift is shorter than walks, visit and break together": alone + length > end - begin,
        "its windows lie outside what the shift can reach": bool(windows)
        and not any(_meets(window, begin + out, end - back, dwell) for window in windows),
    }
    found = (cause for cause, holds in causes.items() if holds)
    return next(found, "its visit adds nothing to the score, or windows and break leave it no time")


def _meets(window: tuple[int, int], earliest: int, latest: int, dwell: int) -> bool:
    return min(window[1], latest) - max(window[0], earliest) >= dwell
