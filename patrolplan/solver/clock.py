"""The clock of a crew's route: when it walks, rests, waits, visits and is back.

One rule everywhere: a crew sets off as soon as it may, and waits where it arrives. The break goes into
the first gap between two visits that can hold it: the crew walks on and rests on arrival, unless its
break would then begin too late; in that case it rests before it sets off.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from patrolplan.solver.compiled import entry
from patrolplan.solver.problem import NEVER, PatrolProblem

FAR = 2**40
"""A clock value beyond every horizon: "not possible"."""


@entry
def rest_begin(leave: int, walk: int, earliest: int, latest: int) -> int:
    """When the break begins in a gap left at ``leave`` with ``walk`` seconds of way; FAR if it can't."""
    on_arrival = max(leave + walk, earliest)
    if on_arrival <= latest:
        return on_arrival
    at_once = max(leave, earliest)
    return at_once if at_once <= latest else FAR


@entry
def ready_after(leave: int, walk: int, earliest: int, latest: int, length: int) -> int:
    """When a crew that leaves at ``leave``, walks and rests is ready; ``length`` 0 means no rest."""
    if length == 0:
        return leave + walk
    begin = rest_begin(leave, walk, earliest, latest)
    if begin >= FAR:
        return FAR
    return begin + length if begin >= leave + walk else begin + length + walk


@dataclass(frozen=True, kw_only=True)
class TimedVisit:
    """A visit on the clock, seconds from the horizon's start.

    Attributes
    ----------
    crew, stop
        Indices.
    depart_s
        When the crew sets off to the stop.
    walk_s
        Seconds of that walk; ``NEVER`` if no walk leads there.
    arrive_s
        When it gets there.
    start_s, leave_s
        Beginning and end of the visit.
    """

    crew: int
    stop: int
    depart_s: int
    walk_s: int
    arrive_s: int
    start_s: int
    leave_s: int


@dataclass(frozen=True, kw_only=True)
class CrewTimes:
    """One crew's route on the clock.

    Attributes
    ----------
    crew
        Index.
    visits
        In order of time.
    rest_s
        (start, end) of the break, None if there is none or it found no room.
    rest_before
        The break lies before the visit of this index (``len(visits)``: before the way back).
    back_depart_s, back_walk_s, back_s
        The way back: setting off, seconds walked, arrival at the end station.
    walk_s, wait_s
        Seconds walked, and seconds neither walking, visiting nor resting, up to ``back_s``.
    """

    crew: int
    visits: tuple[TimedVisit, ...]
    rest_s: tuple[int, int] | None
    rest_before: int
    back_depart_s: int
    back_walk_s: int
    back_s: int
    walk_s: int
    wait_s: int


def crew_times(problem: PatrolProblem, crew: int, visits: list[tuple[int, int]]) -> CrewTimes:
    """The route's timetable from its visits as sorted (start second, stop) pairs.

    A crew without visits stays at its start station unless it has to end elsewhere.
    """
    legs = _legs(problem, crew, visits)
    dwell = [int(problem.dwell_s[stop]) for _, stop in visits]
    leaves = [int(problem.crew_start_s[crew]), *(s + d for (s, _), d in zip(visits, dwell))]
    due = [start for start, _ in visits] + [int(problem.crew_end_s[crew])]
    rest_before, begin = _rest_gap(problem, crew, leaves, legs, due)
    length = int(problem.break_s[crew, 2])
    timed, ready = [], 0
    for k, walk in enumerate(legs):
        depart = leaves[k]
        if k == rest_before and begin < depart + max(walk, 0):
            depart = begin + length
        ready = depart + max(walk, 0)
        if k < len(visits):
            timed.append(
                TimedVisit(
                    crew=crew, stop=visits[k][1], depart_s=depart, walk_s=walk, arrive_s=ready,
                    start_s=visits[k][0], leave_s=leaves[k + 1],
                )
            )  # fmt: skip
    back = ready
    if rest_before == len(visits) and begin >= ready:
        back = begin + length
    walked = sum(max(walk, 0) for walk in legs)
    rested = length if rest_before >= 0 else 0
    return CrewTimes(
        crew=crew,
        visits=tuple(timed),
        rest_s=(begin, begin + length) if rest_before >= 0 else None,
        rest_before=rest_before,
        back_depart_s=depart,
        back_walk_s=legs[-1],
        back_s=back,
        walk_s=walked,
        wait_s=max(0, back - leaves[0] - walked - sum(dwell) - rested),
    )


def _legs(problem: PatrolProblem, crew: int, visits: list[tuple[int, int]]) -> list[int]:
    places = [int(problem.crew_start_at[crew]), *(s for _, s in visits), int(problem.crew_end_at[crew])]
    if not visits and places[0] == places[1]:
        return [0]
    return [problem.walk_s(crew, i, j) for i, j in pairwise(places)]


def _rest_gap(
    problem: PatrolProblem, crew: int, leaves: list[int], legs: list[int], due: list[int]
) -> tuple[int, int]:
    """The first gap that can hold the break, and when it begins there."""
    earliest, latest, length = (int(v) for v in problem.break_s[crew])
    if length > 0:
        for k, (leave, walk, until) in enumerate(zip(leaves, legs, due)):
            if ready_after(leave, max(walk, 0), earliest, latest, length) <= until:
                return k, rest_begin(leave, max(walk, 0), earliest, latest)
    return NEVER, NEVER
