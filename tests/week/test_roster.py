"""The roster: answers a reader can work out, brute force, contradictions by name, what an hour is worth."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from patrolplan.errors import NoPlanError
from patrolplan.week.candidates import candidates_of, presence
from patrolplan.week.grid import WeekGrid
from patrolplan.week.people import Area, Cover, Fixed, WeekOfficer, WorkRules
from patrolplan.week.reach import by_bus, by_ride
from patrolplan.week.roster import make_roster
from patrolplan.week.rules import rules_of
from patrolplan.week.what_if import hour_more_or_less, marginal_hours

GRID = WeekGrid(monday=date(2026, 11, 23), step_min=60)


def area_of(*, needy=(), worth=0.01, second=0.25, name="", there_s=0, gap=0, seen=None):
    """An area whose need lies in some hours of the week; a second crew adds a quarter of it."""
    gains = np.full((168, 2), 1e-6)
    for hour in needy:
        gains[hour] = worth, worth * second
    arrive, leave = by_ride(GRID, there_s, there_s)
    return Area(
        name=name,
        gains=gains,
        arrive_min=arrive[None],
        leave_min=leave[None],
        most_gap_days=gap,
        seen_before=seen,
    )


def officer_of(name, hours, *, free=None):
    return WeekOfficer(
        name=name, minutes=hours * 60, free=np.ones(GRID.slots, bool) if free is None else free
    )


def rules(**changed):
    given = {
        "shortest": 2, "longest": 4, "first": 8, "last": 20, "rest": 11, "blocks_a_day": 1, "most_days": 5,
        "most_nights": 2, "night": GRID.touched("22:00-06:00"),
    }  # fmt: skip
    return WorkRules(**(given | changed))


def spans(roster):
    return [
        (b.officer, b.start_min // 1440, b.start_min % 1440 // 60, b.end_min % 1440 // 60)
        for b in roster.blocks
    ]


def test_one_officer_walks_where_the_need_lies():
    area = area_of(needy=range(24 + 13, 24 + 17))
    roster = make_roster(GRID, [officer_of("A", 4)], [area], rules(), loss=0.0)
    assert spans(roster) == [(0, 1, 13, 17)]
    assert roster.worth <= roster.bound + 1e-9


def test_two_officers_do_not_stand_in_each_others_way_unless_nothing_else_is_needed():
    two_days = [*range(13, 17), *range(48 + 13, 48 + 17)]
    roster = make_roster(
        GRID, [officer_of("A", 4), officer_of("B", 4)], [area_of(needy=two_days)], rules(), loss=0.0
    )
    assert sorted(day for _, day, _, _ in spans(roster)) == [0, 2]


def test_the_choice_is_the_best_of_all_by_brute_force():
    rng = np.random.default_rng(3)
    area = area_of()
    area.gains[:, 0] = rng.random(168) * 0.01
    area.gains[:, 1] = area.gains[:, 0] * 0.4
    narrow = rules(shortest=2, longest=2, first=10, last=15, most_days=1)
    officers = [officer_of("A", 2), officer_of("B", 2)]
    made = candidates_of(GRID, officers, [area], narrow)
    every = rules_of(GRID, officers, [area], narrow, made)
    best = 0.0
    for pair in itertools.combinations(range(len(made)), 2):
        taken = np.zeros(len(made), dtype=int)
        taken[list(pair)] = 1
        if all(rule.low <= rule.amount @ taken[rule.candidate] <= rule.high for rule in every):
            present = np.zeros(GRID.slots)
            row, slot, tenths = presence(GRID, made, fade_min=120)
            chosen = np.isin(row, pair)
            np.add.at(present, slot[chosen], tenths[chosen] / 10)
            levels = np.clip(present[:, None] - np.arange(2), 0, 1)
            best = max(best, float((area.gains[GRID.hours] * levels).sum()))
    roster = make_roster(GRID, officers, [area], narrow, loss=0.0, effort=5)
    assert roster.worth == pytest.approx(best, rel=1e-4)


def test_a_contradiction_is_named_by_the_rules_in_it():
    cover = Cover(slots=GRID.touched("Mo 08:00-20:00"), officers=1, area=-1, words="someone all Monday")
    with pytest.raises(NoPlanError) as told:
        make_roster(GRID, [officer_of("A", 20)], [area_of()], rules(cover=(cover,)))
    words = str(told.value)
    assert ("someone all Monday" in words and "A: at most 1 a day" in words) or "A: 11 h of rest" in words
    assert "nights" not in words


def test_what_is_fixed_stays_and_a_settled_roster_is_taken_as_it_is():
    fixed = Fixed(officer=0, start_slot=9, end_slot=11, area=0)
    area = area_of(needy=range(24 + 13, 24 + 17))
    roster = make_roster(GRID, [officer_of("A", 6)], [area], rules(), fixed=[fixed], loss=0.0)
    assert (0, 0, 9, 11) in spans(roster)
    assert (0, 1, 13, 17) in spans(roster)
    only = make_roster(GRID, [officer_of("A", 6)], [area], rules(), fixed=[fixed], only_fixed=True)
    assert spans(only) == [(0, 0, 9, 11)]


def test_no_settlement_is_unseen_too_long_and_a_ride_takes_its_time():
    near = area_of(needy=range(24 + 13, 24 + 17), name="Town")
    far = area_of(name="Village", there_s=1500, gap=4, seen=-2)
    roster = make_roster(GRID, [officer_of("A", 8)], [near, far], rules(), loss=0.0)
    away = [block for block in roster.blocks if block.area == 1]
    assert away
    assert away[0].start_min // 1440 <= 2
    assert away[0].foot_from - away[0].start_min == 25
    assert away[0].end_min - away[0].foot_to == 25


def test_the_last_bus_home_is_caught():
    import pandas as pd

    there = pd.DataFrame({"depart_min": [545, 605], "arrive_min": [560, 620]})
    back = pd.DataFrame({"depart_min": [700, 760], "arrive_min": [715, 775]})
    arrive, leave = by_bus(GRID, there, back)
    assert arrive[9] == 560
    assert arrive[10] == 620
    assert arrive[11] == -1
    assert leave[12] == 700
    assert leave[13] == 760
    assert leave[11] == -1


def test_times_walked_in_the_weeks_before_are_left_where_that_costs_little():
    flat = area_of(needy=range(168), worth=0.01)
    worn = WeekOfficer(
        name="A", minutes=240, free=np.ones(GRID.slots, bool), habits=np.eye(168)[range(84)].sum(0)
    )
    roster = make_roster(GRID, [worn], [flat], rules(), loss=0.02)
    assert all(day >= 3 for _, day, _, _ in spans(roster))


def test_an_hour_more_is_worth_what_the_need_beside_it_is():
    area = area_of(needy=range(24 + 13, 24 + 18))
    roster = make_roster(GRID, [officer_of("A", 3)], [area], rules(), loss=0.0)
    told = hour_more_or_less(roster)
    more = told[told["change"] == "more"].iloc[0]
    assert more["worth"] > 0 > told[told["change"] == "less"].iloc[0]["worth"]
    assert more["end_min"] - more["start_min"] == 240
    assert marginal_hours(roster).shape == (1, 168)


def test_the_same_seed_gives_the_same_roster():
    rng = np.random.default_rng(5)
    area = area_of()
    area.gains[:, 0] = rng.random(168) * 0.01
    officers = [officer_of("A", 8), officer_of("B", 8)]
    once, again = (make_roster(GRID, officers, [area], rules(), seed=7, effort=0.5) for _ in range(2))
    assert once.blocks == again.blocks


def test_patrols_are_long_enough_for_the_places_that_are_due_where_the_rules_let_them():
    # Need at two hours of Tuesday alone would make short patrols; nine places ask for three hours.
    area = replace(area_of(needy=range(24 + 13, 24 + 15), gap=3), places=9, place_min=20)
    roster = make_roster(GRID, [officer_of("A", 12)], [area], rules(), loss=0.0)
    for first in range(5):
        within = [b for b in roster.blocks if first <= b.start_min // 1440 < first + 3]
        assert sum((b.foot_to - b.foot_from) // 20 for b in within) >= 9
    little = make_roster(GRID, [officer_of("A", 4)], [area], rules(), loss=0.0)
    assert little.blocks, "a wish that the hours don't allow is left out"


def test_a_roster_is_found_however_little_work_is_allowed():
    rng = np.random.default_rng(5)
    area = area_of(gap=2)
    area.gains[:, 0] = rng.random(168) * 0.01
    officers = [officer_of("A", 14), officer_of("B", 14)]
    assert make_roster(GRID, officers, [area], rules(), effort=1e-6).blocks
