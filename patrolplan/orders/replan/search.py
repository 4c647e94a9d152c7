"""The search of a replan: from the announced visits, which it gives up only for something better."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from patrolplan.build import horizon_of
from patrolplan.errors import NoPlanError
from patrolplan.issued import IssuedPlan, Whereabouts
from patrolplan.orders.replan.join import Part
from patrolplan.orders.replan.trouble import Added
from patrolplan.solver.anchors import anchored, kept_with_anchors
from patrolplan.solver.greedy import greedy as greedy_visits
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import Result, solve

LATE_S = 60
"""Announced visits may begin so much later without being given up."""

CALM = 0.05
"""Announced visits stay just as they are, and gaps are filled, where that costs no more of the score from
now on: people who have learned a route by heart are worth more than the last few per cent."""

KEEP = 1.0
"""What an issued stop that is kept is worth beside its effect, in mean visits: the search gives up a stop
only for a whole visit more elsewhere, and not for a trifle. Not in any score that is told."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the search found: its result, and best, greedy and announced plans scored without any bonus."""

    result: Result
    problem: PatrolProblem
    best: Solution
    greedy: Solution
    rest: Solution


def searched(
    problem: PatrolProblem,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    **effort: Any,
) -> Found:
    """Search from the announced visits, once more without a stop where a crew would stay put.

    Parameters
    ----------
    problem
        Of what is ahead.
    issued, places, parts
        The plan, where its crews are, and the crews of the problem.
    effort
        Options of `solve`.
    """
    while True:
        kept = kept_with_anchors(anchored(problem), _ahead(problem, issued, places, parts))
        result = solve(_with_keeping(problem, issued, places, parts, kept), initial=kept, **effort)
        again = _stays_put(result.best.visits, places, parts)
        if not again:
            break
        allowed = problem.allowed.copy()
        allowed[tuple(zip(*again, strict=True))] = False
        problem = dataclasses.replace(problem, allowed=allowed)
    best, greedy, rest = (
        Solution.from_visits(problem, visits) for visits in (result.best.visits, result.greedy.visits, kept)
    )
    calm = _with_gaps_filled(problem, rest)
    enough = calm.feasible and calm.score >= (1 - CALM) * best.score
    best = calm if enough and not _stays_put(calm.visits, places, parts) else best
    return Found(result=result, problem=problem, best=best, greedy=greedy, rest=rest)


def with_past(
    problem: PatrolProblem,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    barred: Iterable[int],
    wanted: Sequence[Added],
    added: dict[int, int],
) -> PatrolProblem:
    """The problem in which visits made still count, barred stops are shut and added ones must be seen."""
    horizon = horizon_of([part.crew for part in parts], timezone_name=issued.timezone)
    allowed = problem.allowed.copy()
    allowed[:, sorted(barred)] = False
    made = [(0, horizon.seconds(event.start), event.hot_spot) for at in places for event in at.done]
    musts = []
    for number, one in enumerate(wanted):
        stop = added[number]
        latest = horizon.seconds(one.end) - int(problem.dwell_s[stop])
        musts.append((stop, max(0, horizon.seconds(one.start)), max(0, latest)))
    return dataclasses.replace(
        problem,
        allowed=allowed,
        carried=np.array(made, dtype=np.int32).reshape(-1, 3),
        musts_s=np.array([*problem.musts_s.tolist(), *musts], dtype=np.int32).reshape(-1, 3),
    )


def _ahead(
    problem: PatrolProblem, issued: IssuedPlan, places: Sequence[Whereabouts], parts: Sequence[Part]
) -> tuple[Visit, ...]:
    """The issued visits still ahead, of crews that go on.

    A crew met in the middle of a walk may be a second late by rounding: its visits then begin as much
    later as they must.
    """
    horizon = horizon_of([part.crew for part in parts], timezone_name=issued.timezone)
    visits = []
    for crew, part in enumerate(parts):
        place, clock = int(problem.crew_start_at[crew]), int(problem.crew_start_s[crew])
        for event in issued.routes[part.route].visits:
            if event.start <= places[part.route].free or not problem.allowed[crew, event.hot_spot]:
                continue
            start, walk = horizon.seconds(event.start), problem.walk_s(crew, place, event.hot_spot)
            if 0 < clock + walk - start <= LATE_S:
                start = clock + walk
            visits.append(Visit(crew=crew, stop=event.hot_spot, start_s=start))
            place, clock = event.hot_spot, start + int(problem.dwell_s[event.hot_spot])
    return tuple(visits)


def _with_gaps_filled(problem: PatrolProblem, rest: Solution) -> Solution:
    """The announced visits as they stand, and what fits between them, stops that must be made first."""
    pins = [(visit.crew, visit.start_s, visit.stop) for visit in rest.visits]
    fixed = dataclasses.replace(problem, pinned=np.array(pins, dtype=np.int32).reshape(-1, 3))
    try:
        return Solution.from_visits(problem, greedy_visits(anchored(fixed)))
    except NoPlanError:
        return rest


def _stays_put(
    visits: Sequence[Visit], places: Sequence[Whereabouts], parts: Sequence[Part]
) -> list[tuple[int, int]]:
    """Crews whose next visit is the stop they have just left, and that stop.

    The solver knows no visits before the crew's start, so it can't see that this is twice in a row.
    """
    first: dict[int, int] = {}
    for visit in sorted(visits, reverse=True):
        first[visit.crew] = visit.stop
    done = {crew: places[part.route].done for crew, part in enumerate(parts)}
    return [(crew, stop) for crew, stop in first.items() if done[crew] and done[crew][-1].hot_spot == stop]


def _with_keeping(
    problem: PatrolProblem,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    kept: Sequence[Visit],
) -> PatrolProblem:
    """The same problem with a prize on each stop announced for a crew that goes on and not yet seen."""
    if not kept:
        return problem
    worth = Solution.from_visits(problem, kept).score - Solution.from_visits(problem, ()).score
    prize = problem.prize.copy()
    announced = {
        event.hot_spot
        for part in parts
        for event in issued.routes[part.route].visits
        if event not in places[part.route].done
    }
    prize[sorted(announced)] += KEEP * max(0.0, worth) / len(kept)
    return dataclasses.replace(problem, prize=prize)
