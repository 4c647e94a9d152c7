"""Solution: clock, true score and rule breaches, recomputed from the visits alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.clock import CrewTimes, crew_times
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.rules import Breach, breaches_of
from patrolplan.solver.score import score_of, score_tables

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, order=True)
class Visit:
    """One visit: a crew begins to dwell at a stop at a whole second of the horizon."""

    crew: int
    start_s: int
    stop: int


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A patrol plan as numbers; everything in it is recomputed from ``visits``.

    Attributes
    ----------
    visits
        Sorted by crew, then start; visits that the problem carries from before are not among them.
    crews
        One timetable a crew, in the problem's order.
    score
        Share of the week's need under effect over the horizon, fixed prizes included.
    score_visits, score_passes, score_prizes
        Its parts: effect of visits, what walking past adds to it, fixed prizes.
    score_on_shift
        The same in the minutes in which any crew is on shift.
    share_on_shift
        ``score_on_shift`` over the whole network's need in those minutes.
    breaches
        Every rule that is not kept; empty for a plan that can be walked.
    """

    visits: tuple[Visit, ...]
    crews: tuple[CrewTimes, ...]
    score: float
    score_visits: float
    score_passes: float
    score_prizes: float
    score_on_shift: float
    share_on_shift: float
    breaches: tuple[Breach, ...]

    @classmethod
    def from_visits(cls, problem: PatrolProblem, visits: Iterable[Visit]) -> Solution:
        """Clock, score and breaches of the given visits, whatever their order.

        Raises
        ------
        InputError
            If a visit names a crew or a stop that the problem does not have.
        """
        known = tuple(sorted(visits))
        _check_indices(problem, known)
        routes: list[list[tuple[int, int]]] = [[] for _ in range(problem.n_crews)]
        for visit in known:
            routes[visit.crew].append((int(visit.start_s), int(visit.stop)))
        crews = tuple(crew_times(problem, c, route) for c, route in enumerate(routes))
        events = (*_visit_events((*known, *carried_visits(problem))), *pass_events(problem, crews))
        parts = score_of(score_tables(problem), *events)
        on_shift = sum(score_of(score_tables(problem, bins=problem.on_shift), *events))
        need = problem.need_on_shift
        return cls(
            visits=known,
            crews=crews,
            score=sum(parts),
            score_visits=parts[0],
            score_passes=parts[1],
            score_prizes=parts[2],
            score_on_shift=on_shift,
            share_on_shift=on_shift / need if need > 0 else 0.0,
            breaches=breaches_of(problem, crews),
        )

    @property
    def feasible(self) -> bool:
        """Whether every rule is kept."""
        return not self.breaches


def pass_events(problem: PatrolProblem, crews: tuple[CrewTimes, ...]) -> tuple[Ints, Ints]:
    """Segments passed by the legs and when, sorted by segment, then time."""
    segments: list[NDArray[np.int32]] = []
    times: list[Ints] = []
    places = problem.travel_s.shape[0]
    for route in crews:
        way = int(problem.crew_way[route.crew]) * places * places
        for leg, depart in _walked_legs(problem, route):
            at = way + leg[0] * places + leg[1]
            rows = slice(*problem.pass_start[at : at + 2])
            segments.append(problem.pass_segment[rows])
            later = np.floor(np.round(problem.pass_offset_s[rows] / problem.crew_pace[route.crew], 6))
            times.append(depart + later.astype(np.int64))
    if not segments:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    segment, time = np.concatenate(segments).astype(np.int64), np.concatenate(times)
    order = np.lexsort((time, segment))
    return segment[order], time[order]


def carried_visits(problem: PatrolProblem) -> tuple[Visit, ...]:
    """Visits made already: no part of the plan, but their effect and gap count."""
    return tuple(Visit(crew=c, start_s=t, stop=s) for c, t, s in problem.carried.tolist())


def _walked_legs(problem: PatrolProblem, route: CrewTimes) -> list[tuple[tuple[int, int], int]]:
    """((from, to), departure) of every leg that is walked."""
    c = route.crew
    places = [int(problem.crew_start_at[c]), *(v.stop for v in route.visits), int(problem.crew_end_at[c])]
    departs = [*(v.depart_s for v in route.visits), route.back_depart_s]
    return [(leg, depart) for leg, depart in zip(pairwise(places), departs) if leg[0] != leg[1]]


def _visit_events(visits: tuple[Visit, ...]) -> tuple[Ints, Ints]:
    stops = np.array([v.stop for v in visits], dtype=np.int64)
    starts = np.array([v.start_s for v in visits], dtype=np.int64)
    order = np.lexsort((starts, stops))
    return stops[order], starts[order]


def _check_indices(problem: PatrolProblem, visits: tuple[Visit, ...]) -> None:
    faults = [
        f"{visit}: there are {problem.n_crews} crews and {problem.n_stops} stops"
        for visit in visits
        if not (0 <= visit.crew < problem.n_crews and 0 <= visit.stop < problem.n_stops)
    ]
    faults += [f"{visit}: lies outside 0 to {problem.horizon_s} s" for visit in visits
               if not 0 <= visit.start_s <= problem.horizon_s]  # fmt: skip
    if faults:
        raise InputError(faults)
