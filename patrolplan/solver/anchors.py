"""Appointments first: visits that must be made at a fixed time are placed before all others and held fast."""

from __future__ import annotations

import dataclasses

import numpy as np

from patrolplan.errors import NoPlanError
from patrolplan.solver.anneal import build, place_visit
from patrolplan.solver.engine import (
    Plan,
    Scratch,
    Static,
    empty_plan,
    make_scratch,
    make_static,
    shortest_visit,
    visits_of,
)
from patrolplan.solver.greedy import GREEDY, greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.refine import load
from patrolplan.solver.rules import span_words
from patrolplan.solver.score import visit_value
from patrolplan.solver.solution import Visit

TIMES_TRIED = 25

TIGHT_S = 900
"""A must whose period is no longer than this is pinned; a wider one is left to the search."""


def anchored(problem: PatrolProblem) -> PatrolProblem:
    """The problem with one pinned visit for every tight must that the pinned visits do not keep already.

    For each, in the order of their latest starts, the visit of highest value that a crew can make between
    the visits pinned so far; among equals the crew with the shorter walk.

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
            when = problem.when(start)
            faults.append(
                f"{problem.crew_labels[crew]} can't be at {problem.stop_labels[stop]} at {when} as pinned"
            )
    rows = [row for row in problem.musts_s.tolist() if row[2] - row[1] <= TIGHT_S]
    for stop, earliest, latest in sorted(rows, key=lambda row: (row[2], row)):
        kept = any(v.stop == stop and earliest <= v.start_s <= latest for v in visits_of(plan))
        if not kept and not _place(problem, static, plan, scratch, (stop, earliest, latest)):
            label = problem.stop_labels[stop]
            faults.append(f"no crew can begin a visit to {label} {span_words(problem, earliest, latest)}")
    if faults:
        raise NoPlanError("; ".join(faults))
    pins = [(v.crew, v.start_s, v.stop) for v in visits_of(plan)]
    return dataclasses.replace(problem, pinned=np.array(pins, dtype=np.int32).reshape(-1, 3))


def skeleton(problem: PatrolProblem) -> tuple[Visit, ...]:
    """The visits that demands alone call for (pins, musts, floors, longest gaps), and no others."""
    bare = dataclasses.replace(
        problem,
        segment_rate=np.zeros_like(problem.segment_rate),
        prize=np.zeros_like(problem.prize),
        moment_price=np.zeros((problem.n_stops, 0)),
        crowd_price=0.0,
    )
    return greedy(bare)


def kept_with_anchors(
    problem: PatrolProblem, visits: tuple[Visit, ...], *, filled: bool = False
) -> tuple[Visit, ...]:
    """What demands call for, of the other visits those that still fit, and with ``filled`` what else pays."""
    static = make_static(problem, near=max(1, problem.n_stops) if filled else 1)
    plan, scratch = empty_plan(static), make_scratch(static, seed=0)
    load(static, plan, scratch, skeleton(problem))
    load(static, plan, scratch, visits)
    if filled:
        build(static, plan, scratch, GREEDY, shortest_visit(static))
    return visits_of(plan)


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
