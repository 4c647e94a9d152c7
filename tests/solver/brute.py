"""Brute force on tiny problems: every order of visits, with waits on a coarse grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit


def all_routes(
    problem: PatrolProblem, crew: int, *, waits_s: Sequence[int] = (0,), most: int = 6
) -> Iterator[tuple[Visit, ...]]:
    """Every feasible route of one crew that starts each visit as soon as it can, plus one of the waits."""

    def extend(visits: tuple[Visit, ...], place: int, leave: int) -> Iterator[tuple[Visit, ...]]:
        yield visits
        if len(visits) == most:
            return
        for stop in range(problem.n_stops):
            walk = problem.walk_s(crew, place, stop)
            if walk < 0 or (visits and visits[-1].stop == stop):
                continue
            ready = leave + walk
            ends = [v.start_s + int(problem.dwell_s[stop]) for v in visits if v.stop == stop]
            ready = max([ready, *(e + int(problem.min_gap_s[stop]) for e in ends)])
            for wait in waits_s:
                visit = Visit(crew=crew, start_s=ready + wait, stop=stop)
                if visit.start_s + problem.dwell_s[stop] > problem.crew_end_s[crew]:
                    break
                if Solution.from_visits(problem, (*visits, visit)).feasible:
                    yield from extend((*visits, visit), stop, visit.start_s + int(problem.dwell_s[stop]))

    yield from extend((), int(problem.crew_start_at[crew]), int(problem.crew_start_s[crew]))


def best_route(problem: PatrolProblem, *, waits_s: Sequence[int] = (0,), most: int = 6) -> Solution:
    """The best plan of a problem with one crew."""
    plans = (
        Solution.from_visits(problem, route) for route in all_routes(problem, 0, waits_s=waits_s, most=most)
    )
    return max(plans, key=lambda s: s.score)
