"""Appointments first: visits that must be made are placed before anything else and then held fast."""

from __future__ import annotations

import dataclasses

import numpy as np

from patrolplan.errors import NoPlanError
from patrolplan.solver.anneal import place_visit
from patrolplan.solver.engine import Plan, Scratch, Static, empty_plan, make_scratch, make_static, visits_of
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.score import visit_value
from patrolplan.solver.solution import Visit

TIMES_TRIED = 25


def anchored(problem: PatrolProblem) -> PatrolProblem:
    """The problem with one pinned visit for every must that the pinned visits do not keep already.

    For each must, in the order of their latest starts, the visit of highest value that a crew can make
    between the visits pinned so far; among equals the crew with the shorter walk.

    Raises
    ------
    NoPlanError
        A pinned visit or a must that no crew can keep; all of them are named.
    """
    if len(problem.pinned) == 0 and len(problem.musts_s) == 0:
        return problem
    static = make_static(problem, near=1)
    plan, scratch = empty_plan(static), make_scratch(static, seed=0)
    faults = []
    for crew, start, stop in sorted(map(tuple, problem.pinned.tolist())):
        if not place_visit(static, plan, scratch, crew, stop, start):
            faults.append(
                f"{problem.crew_labels[crew]} can't be at {problem.stop_labels[stop]} at {start} s as pinned"
            )
    for stop, earliest, latest in sorted(problem.musts_s.tolist(), key=lambda row: (row[2], row)):
        kept = any(v.stop == stop and earliest <= v.start_s <= latest for v in visits_of(plan))
        if not kept and not _place(problem, static, plan, scratch, (stop, earliest, latest)):
            label = problem.stop_labels[stop]
            faults.append(f"no crew can begin a visit to {label} from {earliest} to {latest} s")
    if faults:
        raise NoPlanError("; ".join(faults))
    rows = [(v.crew, v.start_s, v.stop) for v in visits_of(plan)]
    return dataclasses.replace(problem, pinned=np.array(rows, dtype=np.int32).reshape(-1, 3))


def kept_with_anchors(problem: PatrolProblem, visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    """The pinned visits, and of the others those that still fit around them."""
    from patrolplan.solver.refine import load

    static = make_static(problem, near=1)
    plan = empty_plan(static)
    load(static, plan, make_scratch(static, seed=0), visits_of_pins(problem) + visits)
    return visits_of(plan)


def visits_of_pins(problem: PatrolProblem) -> tuple[Visit, ...]:
    """The pinned rows as visits."""
    return tuple(Visit(crew=c, start_s=t, stop=s) for c, t, s in problem.pinned.tolist())


def _place(
    problem: PatrolProblem, static: Static, plan: Plan, scratch: Scratch, must: tuple[int, int, int]
) -> bool:
    stop, earliest, latest = must
    times = np.unique(np.linspace(earliest, latest, TIMES_TRIED).round().astype(np.int64)).tolist()
    walks = [problem.walk_s(c, int(problem.crew_start_at[c]), stop) for c in range(problem.n_crews)]
    options = [
        (-visit_value(static.tables, stop, float(time), 1e15), walks[crew], time, crew)
        for crew in range(problem.n_crews)
        for time in times
        if problem.allowed[crew, stop] and walks[crew] >= 0 and time >= 0
    ]
    return any(place_visit(static, plan, scratch, crew, stop, time) for _, _, time, crew in sorted(options))
