"""Greedy: the plain baseline, always the visit that adds most true score for the seconds it takes."""

from __future__ import annotations

import numpy as np

from patrolplan.solver.anneal import build, place_visit
from patrolplan.solver.engine import empty_plan, make_scratch, make_static, shortest_visit, visits_of
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.recreate import SKIP
from patrolplan.solver.solution import Visit

GREEDY = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
"""Settings of ``fill`` without any chance."""


def greedy(problem: PatrolProblem, *, pushes: bool = True) -> tuple[Visit, ...]:
    """Insert the visit with the best gain in true score per added second, until none adds any.

    Every stop is tried in every gap; pushes of later visits are valued; all rules are kept. Pinned
    visits are placed first.

    Parameters
    ----------
    problem
        What to plan.
    pushes
        False: nothing is put before a visit that would have to wait for it, so that routes grow at their
        ends alone, as a plain greedy does.

    Returns
    -------
    The visits, sorted; empty if no crew can do anything.
    """
    static = make_static(problem, near=max(1, problem.n_stops))
    plan, scratch = empty_plan(static), make_scratch(static, seed=0)
    for crew, time, stop in problem.pinned.tolist():
        place_visit(static, plan, scratch, crew, stop, time)
    shortest = shortest_visit(static)
    settings = GREEDY.copy()
    settings[SKIP] = 0.0 if pushes else 1.0
    build(static, plan, scratch, settings, shortest)
    return visits_of(plan)
