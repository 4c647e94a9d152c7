"""The rules of a patrol plan, each checked from the clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from patrolplan.solver.clock import CrewTimes, TimedVisit
from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A rule that a plan does not keep.

    Attributes
    ----------
    rule
        "reach", "shift", "window", "break", "gap", "together", "in_a_row", "allowed",
        "most_visits", "most_walk", "must", "pinned", "most_gap", "group_most", "group_least" or
        "group_stay".
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
    found += [b for stop, visits in enumerate(by_stop) for b in _of_stop(problem, stop, visits)]
    found += [b for stop, visits in enumerate(by_stop) for b in _of_counts(problem, stop, visits)]
    found += list(_of_demands(problem, by_stop))
    found += list(_of_groups(problem, by_stop))
    return tuple(found)


def window_miss(problem: PatrolProblem, stop: int, start_s: int) -> int:
    """Seconds by which a visit misses the nearest window of its stop; 0 when inside."""
    windows = [w for w in problem.windows_s[stop].tolist() if w[0] != NEVER]
    end = start_s + int(problem.dwell_s[stop])
    misses = [max(opens - start_s, 0) + max(end - closes, 0) for opens, closes in windows]
    return min(misses, default=0)


def span_words(problem: PatrolProblem, earliest: int, latest: int) -> str:
    """When a visit is to begin: at 17:30, or from 15:00 to 15:48."""
    if earliest == latest:
        return f"at {problem.when(earliest)}"
    return f"from {problem.when(earliest)} to {problem.when(latest)}"


def _of_crew(problem: PatrolProblem, times: CrewTimes) -> Iterator[Breach]:
    c, name = times.crew, problem.crew_labels[times.crew]
    before = int(problem.crew_start_at[c])
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


def _of_stop(problem: PatrolProblem, stop: int, visits: list[TimedVisit]) -> Iterator[Breach]:
    label, stay, least = problem.stop_labels[stop], int(problem.dwell_s[stop]), int(problem.min_gap_s[stop])
    made = [(start, NEVER) for _, start, s in problem.carried.tolist() if s == stop]
    spans = sorted([*made, *((v.start_s, v.crew) for v in visits)])
    for (one, _), (two, crew) in pairwise(spans):
        if crew == NEVER:
            continue
        if (both := one + stay - two) > 0:
            yield _breach("together", crew, stop, both, f"two crews are at {label} for {both} s")
        if (short := one + stay + least - two) > 0:
            yield _breach("gap", crew, stop, short, f"{label} is visited again {short} s too soon")
    if (most := int(problem.most_gap_s[stop])) < NO_CAP:
        begin, end = int(problem.crew_start_s.min()), int(problem.crew_end_s.max())
        left = begin
        for start in (*(start for start, _ in spans), end):
            if (long := min(start, end) - left - most) > 0:
                yield _breach("most_gap", NEVER, stop, long, f"{label} is left alone {long} s too long")
            left = max(left, start + stay)


def _of_counts(problem: PatrolProblem, stop: int, visits: list[TimedVisit]) -> Iterator[Breach]:
    label = problem.stop_labels[stop]
    if (many := len(visits) - int(problem.most_visits[stop])) > 0:
        yield _breach("most_visits", NEVER, stop, many, f"{label} gets {many} visits too many")


def _of_demands(problem: PatrolProblem, by_stop: list[list[TimedVisit]]) -> Iterator[Breach]:
    for stop, earliest, latest in problem.musts_s.tolist():
        if not any(earliest <= v.start_s <= latest for v in by_stop[stop]):
            when = span_words(problem, earliest, latest)
            text = f"{problem.stop_labels[stop]} needs a visit that begins {when}"
            yield _breach("must", NEVER, stop, 1, text)
    for crew, start, stop in problem.pinned.tolist():
        if not any((v.crew, v.start_s) == (crew, start) for v in by_stop[stop]):
            text = (
                f"{problem.crew_labels[crew]} must be at {problem.stop_labels[stop]} at {problem.when(start)}"
            )
            yield _breach("pinned", crew, stop, 1, text)


def _of_groups(problem: PatrolProblem, by_stop: list[list[TimedVisit]]) -> Iterator[Breach]:
    for group, name in enumerate(problem.group_labels):
        least, most, stay = problem.group_bounds[group].tolist()
        stops = np.flatnonzero(problem.in_group[group]).tolist()
        count = sum(len(by_stop[stop]) for stop in stops)
        seconds = sum(len(by_stop[stop]) * int(problem.dwell_s[stop]) for stop in stops)
        if (many := count - most) > 0:
            yield _breach("group_most", NEVER, NEVER, many, f"{name} gets {many} visits too many")
        if (few := least - count) > 0:
            yield _breach("group_least", NEVER, NEVER, few, f"{name} gets {few} visits too few")
        if (short := stay - seconds) > 0:
            yield _breach("group_stay", NEVER, NEVER, short, f"{name} gets {short} s of stay too little")


def _breach(rule: str, crew: int, stop: int, amount: int, text: str) -> Breach:
    return Breach(rule=rule, crew=crew, stop=stop, amount=int(amount), text=text)
