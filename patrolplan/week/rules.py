"""The rules of a roster as rows of numbers, each with the name by which a contradiction is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from patrolplan.week.candidates import Candidates
from patrolplan.week.grid import WeekGrid
from patrolplan.week.people import Area, WeekOfficer, WorkRules

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``low <= sum of amount * chosen[candidate] <= high``.

    Attributes
    ----------
    name
        What rule it is, in words, with the value it has.
    candidate, amount
        Rows of the candidates and what each counts.
    low, high
        Bounds.
    wish
        Left out where it can't be kept with the others.
    """

    name: str
    candidate: Ints
    amount: Ints
    low: int
    high: int
    wish: bool = False


def rules_of(
    grid: WeekGrid,
    officers: Sequence[WeekOfficer],
    areas: Sequence[Area],
    rules: WorkRules,
    made: Candidates,
) -> list[Rule]:
    """Every rule of the week, in a fixed order."""
    found: list[Rule] = []
    for number, officer in enumerate(officers):
        found += _of_officer(grid, number, officer, rules, made)
    found += _load(officers, rules, made, grid)
    found += _cover(rules, made, grid)
    found += _gaps(areas, made)
    found += _places(areas, made)
    found += _fixed(officers, grid, made)
    return found


def _of_officer(
    grid: WeekGrid, number: int, officer: WeekOfficer, rules: WorkRules, made: Candidates
) -> Iterator[Rule]:
    own = np.flatnonzero(made.officer == number)
    if not len(own):
        return
    name, slots = officer.name, made.end[own] - made.start[own]
    one = np.ones(len(own), dtype=np.int64)
    due = officer.minutes // grid.step_min
    yield _rule(f"{name}: {_hours(officer.minutes)} of patrol in the week", own, slots, 0, due)
    yield from _rest(grid, officer, rules, made, own)
    for day in np.unique(made.day[own]):
        mine = made.day[own] == day
        words = f"{name}: at most {rules.blocks_a_day} a day"
        yield _rule(words, own[mine], one[mine], 0, rules.blocks_a_day)
    night = np.concatenate([[0], np.cumsum(rules.night)])
    dark = (night[np.minimum(made.end[own], grid.slots)] - night[made.start[own]]) > 0
    if dark.any():
        words = f"{name}: at most {rules.most_nights} nights"
        yield _rule(words, own[dark], one[dark], 0, rules.most_nights)
    if rules.blocks_a_day == 1:
        yield _rule(f"{name}: at most {rules.most_days} days", own, one, 0, rules.most_days)


def _rest(
    grid: WeekGrid, officer: WeekOfficer, rules: WorkRules, made: Candidates, own: Ints
) -> Iterator[Rule]:
    """No two patrols at once, and rest between those of different days."""
    start, end, day = made.start[own], made.end[own], made.day[own]
    one = np.ones(len(own), dtype=np.int64)
    words = f"{officer.name}: {_hours(rules.rest * grid.step_min)} of rest between days"
    alone = rules.blocks_a_day == 1
    # Of all patrols that hold one moment, rest included, one at most.
    until = end + rules.rest if alone else end
    for moment in np.unique(start):
        holds = (start <= moment) & (until > moment)
        if holds.sum() > 1:
            yield _rule(words, own[holds], one[holds], 0, 1)
    if alone:
        return
    # Patrols of a day that end at one moment exclude each other, and so do those that begin at one.
    for finish in np.unique(end):
        for begin in np.unique(start[(start >= finish) & (start < finish + rules.rest)]):
            ends, begins = end == finish, start == begin
            apart = np.unique(day[ends])[:, None] != np.unique(day[begins])[None, :]
            both = ends | begins
            if apart.all():
                yield _rule(words, own[both], one[both], 0, 1)


def _load(
    officers: Sequence[WeekOfficer], rules: WorkRules, made: Candidates, grid: WeekGrid
) -> Iterator[Rule]:
    """Any two officers' shares of their hours lie no farther apart than allowed."""
    due = [officer.minutes // grid.step_min for officer in officers]
    slots = made.end - made.start
    for one in range(len(officers)):
        for two in range(one + 1, len(officers)):
            if not due[one] or not due[two]:
                continue
            rows = np.flatnonzero((made.officer == one) | (made.officer == two))
            sign = np.where(made.officer[rows] == one, due[two], -due[one])
            most = int(rules.load_apart * due[one] * due[two])
            words = f"load of {officers[one].name} and {officers[two].name} within {rules.load_apart:.0%}"
            yield _rule(words, rows, slots[rows] * sign, -most, most)


def _cover(rules: WorkRules, made: Candidates, grid: WeekGrid) -> Iterator[Rule]:
    for cover in rules.cover:
        for slot in np.flatnonzero(cover.slots[: 7 * grid.per_day]):
            begin, stop = slot * grid.step_min, (slot + 1) * grid.step_min
            here = (made.foot_from <= begin) & (made.foot_to >= stop)
            here &= (cover.area < 0) | (made.area == cover.area)
            rows = np.flatnonzero(here)
            yield _rule(cover.words, rows, np.ones(len(rows), dtype=np.int64), cover.officers, len(made))


def _gaps(areas: Sequence[Area], made: Candidates) -> Iterator[Rule]:
    """In any span of days as long as the gap an area is seen once; before Monday the past counts."""
    for number, area in enumerate(areas):
        if not area.most_gap_days:
            continue
        named = area.name or "the community"
        words = f"{named}: not unseen for more than {area.most_gap_days} days"
        own = np.flatnonzero(made.area == number)
        due = False
        for last in range(7):
            first = last - area.most_gap_days + 1
            if first < 0 and (due or area.seen_before is None or area.seen_before >= first):
                continue
            # Overdue on Monday already: in the first days then, as soon as the other rules let it.
            late = first < 0 and area.seen_before is not None and area.seen_before + area.most_gap_days < 0
            due = due or first < 0
            until = min(area.most_gap_days, 7) - 1 if late else last
            rows = own[(made.day[own] >= max(first, 0)) & (made.day[own] <= until)]
            yield _rule(words, rows, np.ones(len(rows), dtype=np.int64), 1, len(made))


def _places(areas: Sequence[Area], made: Candidates) -> Iterator[Rule]:
    """In any span of days as long as the gap, patrols are long enough to see an area's neediest places."""
    for number, area in enumerate(areas):
        if not area.most_gap_days or not area.places:
            continue
        words = (
            f"{area.name or 'the community'}: time for {area.places} places every {area.most_gap_days} days"
        )
        own = np.flatnonzero(made.area == number)
        visits = (made.foot_to[own] - made.foot_from[own]) // area.place_min
        spans = [(first, first + area.most_gap_days - 1) for first in range(7 - area.most_gap_days + 1)]
        due = None if area.seen_before is None else area.seen_before + area.most_gap_days
        if due is not None and 0 <= due < area.most_gap_days - 1:
            spans.append((0, due))
        for first, last in spans:
            within = (made.day[own] >= first) & (made.day[own] <= last)
            amount = np.minimum(visits[within], area.places)
            low = min(area.places, int(visits.max(initial=0)))
            yield replace(_rule(words, own[within], amount, low, int(amount.sum())), wish=True)


def _fixed(officers: Sequence[WeekOfficer], grid: WeekGrid, made: Candidates) -> Iterator[Rule]:
    for row in np.flatnonzero(made.fixed):
        minute = int(made.start[row] % grid.per_day) * grid.step_min
        words = (
            f"{officers[made.officer[row]].name}: patrol on {grid.day(int(made.day[row]))} from "
            f"{minute // 60:02d}:{minute % 60:02d} as fixed"
        )
        yield _rule(words, np.array([row]), np.ones(1, dtype=np.int64), 1, 1)


def _rule(name: str, rows: Ints, amount: Ints, low: int, high: int) -> Rule:
    return Rule(name=name, candidate=rows, amount=amount.astype(np.int64), low=int(low), high=int(high))


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g} h"
