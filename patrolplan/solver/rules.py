"""The rules of a patrol plan, each checked from the clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from patrolplan.solver.clock import CrewTimes, TimedVisit
from patrolplan.solver.problem import NEVER, PatrolProblem


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A rule that a plan does not keep.

    Attributes
    ----------
    rule
        "reach", "shift", "window", "break", "gap", "together", "in_a_row", "allowed",
        "most_visits", "most_walk", "must" or "pinned".
    crew, stop
        Indices, ``NEVER`` where the rule has none.
    amount
        How much: seconds, or visits for rules that count.
    text
        One plain line with labels.
    """

    rule: str
    crew: int
    stop: int
    amount: int
    text: str


def breaches_of(problem: PatrolProblem, crews: tuple[CrewTimes, ...]) -> tuple[Breach, ...]:
    """Every breach of every rule, in a fixed order."""
    by_stop: list[list[TimedVisit]] = [[] for _ in range(problem.n_stops)]
    for times in crews:
        for visit in times.visits:
            by_stop[visit.stop].append(visit)
    for visits in by_stop:
        visits.sort(key=lambda v: (v.start_s, v.crew))
    found = [b for times in crews for b in _of_crew(problem, times)]
    found += [b for visits in by_stop for b in _of_stop(problem, visits)]
    found += [b for stop, visits in enumerate(by_stop) for b in _of_counts(problem, stop, visits)]
    found += list(_of_demands(problem, by_stop))
    return tuple(found)


def fits_window(problem: PatrolProblem, stop: int, start_s: int) -> bool:
    """Whether a visit that begins then lies inside one of the stop's windows."""
    return window_miss(problem, stop, start_s) == 0


def window_miss(problem: PatrolProblem, stop: int, start_s: int) -> int:
    """Seconds by which a visit misses the nearest window of its stop; 0 when inside."""
    windows = [w for w in problem.windows_s[stop].tolist() if w[0] != NEVER]
    end = start_s + int(problem.dwell_s[stop])
    misses = [max(opens - start_s, 0) + max(end - closes, 0) for opens, closes in windows]
    return min(misses, default=0)


def _of_crew(problem: PatrolProblem, times: CrewTimes) -> Iterator[Breach]:
    c, name = times.crew, problem.crew_labels[times.crew]
    before = NEVER
    for k, visit in enumerate(times.visits):
        label = problem.stop_labels[visit.stop]
        ready = visit.arrive_s
        if times.rest_s is not None and times.rest_before == k:
            ready = max(ready, times.rest_s[1])
        if visit.walk_s < 0:
            yield _breach("reach", c, visit.stop, 1, f"{name}: no walk leads to {label}")
        elif ready > visit.start_s:
            late = ready - visit.start_s
            yield _breach("reach", c, visit.stop, late, f"{name} gets to {label} {late} s too late")
        if miss := window_miss(problem, visit.stop, visit.start_s):
            yield _breach("window", c, visit.stop, miss, f"{name} misses the window of {label} by {miss} s")
        if not problem.allowed[c, visit.stop]:
            yield _breach("allowed", c, visit.stop, 1, f"{name} is not allowed at {label}")
        if visit.stop == before:
            yield _breach("in_a_row", c, visit.stop, 1, f"{name} visits {label} twice in a row")
        before = visit.stop
    if times.back_walk_s < 0:
        yield _breach("reach", c, NEVER, 1, f"{name}: no walk leads back to the station")
    if (late := times.back_s - int(problem.crew_end_s[c])) > 0:
        yield _breach("shift", c, NEVER, late, f"{name} is back {late} s after the shift's end")
    if times.rest_s is None and problem.break_s[c, 2] > 0:
        yield _breach("break", c, NEVER, int(problem.break_s[c, 2]), f"{name} finds no room for the break")
    if (far := times.walk_s - int(problem.most_walk_s[c])) > 0:
        yield _breach("most_walk", c, NEVER, far, f"{name} walks {far} s more than allowed")


def _of_stop(problem: PatrolProblem, visits: list[TimedVisit]) -> Iterator[Breach]:
    for one, two in pairwise(visits):
        label = problem.stop_labels[one.stop]
        if (both := one.leave_s - two.start_s) > 0:
            yield _breach("together", two.crew, two.stop, both, f"two crews are at {label} for {both} s")
        if (short := one.leave_s + int(problem.min_gap_s[one.stop]) - two.start_s) > 0:
            yield _breach("gap", two.crew, two.stop, short, f"{label} is visited again {short} s too soon")


def _of_counts(problem: PatrolProblem, stop: int, visits: list[TimedVisit]) -> Iterator[Breach]:
    label = problem.stop_labels[stop]
    if (many := len(visits) - int(problem.most_visits[stop])) > 0:
        yield _breach("most_visits", NEVER, stop, many, f"{label} gets {many} visits too many")


def _of_demands(problem: PatrolProblem, by_stop: list[list[TimedVisit]]) -> Iterator[Breach]:
    for stop, earliest, latest in problem.musts_s.tolist():
        if not any(earliest <= v.start_s <= latest for v in by_stop[stop]):
            text = f"{problem.stop_labels[stop]} needs a visit that begins from {earliest} to {latest} s"
            yield _breach("must", NEVER, stop, 1, text)
    for crew, start, stop in problem.pinned.tolist():
        if not any((v.crew, v.start_s) == (crew, start) for v in by_stop[stop]):
            text = f"{problem.crew_labels[crew]} must be at {problem.stop_labels[stop]} at {start} s"
            yield _breach("pinned", crew, stop, 1, text)


def _breach(rule: str, crew: int, stop: int, amount: int, text: str) -> Breach:
    return Breach(rule=rule, crew=crew, stop=stop, amount=int(amount), text=text)
