"""What a plan is worth to the search: its score less the prices on moments and on crews close together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.score import score_tables
from patrolplan.solver.side import good_visit
from patrolplan.solver.solution import Solution, Visit


def worth_of(problem: PatrolProblem, solution: Solution) -> float:
    """The score less what the problem's prices take off; the score itself where it has none."""
    worth = solution.score
    if problem.moment_price.shape[1]:
        part_s = problem.horizon_s / problem.moment_price.shape[1]
        for visit in solution.visits:
            part = min(int(visit.start_s / part_s), problem.moment_price.shape[1] - 1)
            worth -= float(problem.moment_price[visit.stop, part])
    if problem.crowd_price > 0 and problem.n_crews > 1:
        price = (
            problem.crowd_price * good_visit(score_tables(problem)) / max(1.0, float(problem.dwell_s.mean()))
        )
        worth -= price * crowded_s(problem, solution.visits)
    return worth


def crowded_s(problem: PatrolProblem, visits: Iterable[Visit], *, within_s: int | None = None) -> int:
    """Seconds in which two crews stay at different stops within ``within_s`` of walk, added over pairs.

    ``within_s`` is the problem's own crowding distance where it is not given.

    Examples
    --------
    >>> from patrolplan.solver.warm_up import toy_problem
    >>> two = [Visit(crew=0, start_s=300, stop=0), Visit(crew=1, start_s=600, stop=1)]
    >>> crowded_s(toy_problem(), two, within_s=300), crowded_s(toy_problem(), two, within_s=299)
    (420, 0)
    """
    within = problem.crowd_s if within_s is None else within_s
    walk = problem.travel_s[: problem.n_stops, : problem.n_stops]
    near = (walk >= 0) & (walk <= within)
    total = 0
    ordered = sorted(visits, key=lambda visit: visit.start_s)
    longest = int(problem.dwell_s.max(initial=0))
    for one, two in combinations(ordered, 2):
        if two.start_s - one.start_s >= longest or one.crew == two.crew or one.stop == two.stop:
            continue
        if near[one.stop, two.stop] or near[two.stop, one.stop]:
            ends = (v.start_s + int(problem.dwell_s[v.stop]) for v in (one, two))
            total += max(0, min(ends) - two.start_s)
    return total
