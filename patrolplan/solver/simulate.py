"""Put ordered errands on the clock: the earliest timetable that keeps every rule; what can't, is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrolplan.solver.clock import FAR, ready_after
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.solution import Visit

MOST_WAIT_S = 1200
"""A crew does not stand and wait longer than this for the least gap at a stop."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """A visit somebody intends: the stop, the time before which it shall not begin, and its turn."""

    stop: int
    not_before_s: int
    order_s: int


@dataclass
class _Walker:
    """Where a crew stands while its route is simulated."""

    place: int
    leave: int
    walked: int
    rested: bool
    last: int = NEVER


def simulate(problem: PatrolProblem, routes: list[list[Errand]]) -> tuple[Visit, ...]:
    """Visits of the crews' errands in order, timed as early as rules and other crews allow.

    Errands are taken in the order of their intended times over all crews, so that of two crews that want
    one stop the earlier gets it. An errand that would break a rule is left out.
    """
    crews = [
        _Walker(
            place=int(problem.crew_start_at[c]), leave=int(problem.crew_start_s[c]), walked=0,
            rested=bool(problem.break_s[c, 2] == 0),
        )
        for c in range(problem.n_crews)
    ]  # fmt: skip
    taken: list[list[int]] = [[] for _ in range(problem.n_stops)]
    for _, start, stop in problem.carried.tolist():
        taken[stop].append(start)
    room = problem.group_bounds[:, 1].astype(np.int64)
    most = problem.most_visits + np.bincount(problem.carried[:, 2], minlength=problem.n_stops)
    visits = []
    todo = sorted((e.order_s, c, k) for c, errands in enumerate(routes) for k, e in enumerate(errands))
    ahead = [0] * problem.n_crews
    for _, c, _ in todo:
        errand = routes[c][ahead[c]]
        ahead[c] += 1
        full = (
            len(taken[errand.stop]) >= most[errand.stop] or (room[problem.in_group[:, errand.stop]] < 1).any()
        )
        start = None if full else _begin(problem, crews[c], c, errand, taken[errand.stop])
        if start is not None:
            taken[errand.stop].append(start)
            room[problem.in_group[:, errand.stop]] -= 1
            visits.append(Visit(crew=c, start_s=start, stop=errand.stop))
    return tuple(sorted(visits))


def _begin(problem: PatrolProblem, crew: _Walker, c: int, errand: Errand, taken: list[int]) -> int | None:
    """When the errand's visit begins; the walker is moved on. None if it is left out."""
    stop = errand.stop
    if not problem.allowed[c, stop] or stop in (crew.last, crew.place):
        return None
    walk, home = problem.walk_s(c, crew.place, stop), problem.walk_s(c, stop, int(problem.crew_end_at[c]))
    if walk < 0 or home < 0 or crew.walked + walk + home > problem.most_walk_s[c]:
        return None
    for rests in (False, True):
        if rests and crew.rested:
            return None
        start = _start(problem, crew, c, errand, taken, walk if not rests else -walk - 1)
        if start is None:
            continue
        leave = start + int(problem.dwell_s[stop])
        length = 0 if crew.rested or rests else int(problem.break_s[c, 2])
        back = ready_after(leave, home, int(problem.break_s[c, 0]), int(problem.break_s[c, 1]), length)
        if back <= int(problem.crew_end_s[c]):
            crew.place, crew.last, crew.leave = stop, stop, leave
            crew.walked, crew.rested = crew.walked + walk, crew.rested or rests
            return start
    return None


def _start(
    problem: PatrolProblem, crew: _Walker, c: int, errand: Errand, taken: list[int], coded_walk: int
) -> int | None:
    """Earliest start; a walk coded as ``-walk - 1`` means resting on the way."""
    rests, walk = coded_walk < 0, coded_walk if coded_walk >= 0 else -coded_walk - 1
    earliest, latest, length = (int(v) for v in problem.break_s[c])
    ready = ready_after(crew.leave, walk, earliest, latest, length if rests else 0)
    if ready >= FAR:
        return None
    begin = _clear(problem, errand.stop, max(ready, errand.not_before_s), taken)
    if begin is None or begin - max(ready, errand.not_before_s) > MOST_WAIT_S:
        return None
    return begin


def _clear(problem: PatrolProblem, stop: int, time: int, taken: list[int]) -> int | None:
    """The earliest start from ``time`` that keeps windows and the gap to the visits taken."""
    need = int(problem.dwell_s[stop]) + int(problem.min_gap_s[stop])
    windows = [(int(a), int(b)) for a, b in problem.windows_s[stop] if a != NEVER]
    for _ in range(2 * len(taken) + 2):
        if windows:
            starts = [max(time, a) for a, b in windows if max(time, a) + int(problem.dwell_s[stop]) <= b]
            if not starts:
                return None
            time = min(starts)
        clash = [other for other in taken if abs(other - time) < need]
        if not clash:
            return time
        time = int(np.max(clash)) + need
    return None
