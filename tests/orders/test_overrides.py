"""What the command line may change for one run, and what it must not."""

import datetime as dt

import pytest

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.orders.overrides import with_duty, with_search

REST = {"earliest": "17:00", "latest": "18:00", "minutes": 20}


@pytest.fixture
def settings():
    common = {"officers": ["Ann"], "start": "S"}
    return Settings.model_validate(
        {
            "community": {"name": "Town", "timezone": "Europe/Kyiv"},
            "streets": {"file": "town.osm"},
            "plan": {"date": dt.date(2026, 11, 23), "seconds": 5},
            "stations": [{"name": name, "lon": 32.0, "lat": 49.0} for name in ("S", "T")],
            "officers": [{"name": "Ann", "pace": 0.8}, {"name": "Bo"}],
            "crews": [
                common | {"name": "Evening", "shift": "16:00-20:00", "break": REST},
                common | {"name": "Day", "shift": "08:00-12:00"},
            ],
        }
    )


def test_nothing_asked_changes_nothing(settings):
    assert with_search(settings) == settings
    assert with_duty(settings) == settings


def test_seconds_and_solutions_drive_each_other_out(settings):
    fixed = with_search(settings, solutions=7, seed=3, refine=False)
    assert (fixed.plan.solutions, fixed.plan.seed, fixed.plan.refine) == (7, 3, False)
    timed = with_search(fixed, seconds=2.5)
    assert (timed.plan.solutions, timed.plan.seconds) == (None, 2.5)


def test_officers_become_single_crews_on_shifts_and_stations_in_turn(settings):
    changed = with_duty(settings, officers=3)
    told = [(c.name, c.officers, c.shift, c.start, c.rest is not None) for c in changed.crews]
    assert told == [
        ("Crew 1", ("Ann",), "16:00-20:00", "S", True),
        ("Crew 2", ("Bo",), "08:00-12:00", "T", False),
        ("Crew 3", ("Officer 1",), "16:00-20:00", "S", True),
    ]
    assert [officer.pace for officer in changed.officers] == [0.8, 1.0, 1.0]


def test_one_officer_drops_the_others(settings):
    changed = with_duty(settings, officers=1)
    assert [officer.name for officer in changed.officers] == ["Ann"]
    assert len(changed.crews) == 1


def test_a_shift_that_breaks_a_rule_is_refused(settings):
    with pytest.raises(InputError, match="lies outside the shift 20:00-24:00"):
        with_duty(settings, shift="20:00-24:00")
    with pytest.raises(InputError, match="two shifts at once"):
        with_duty(settings, shift="16:00-21:00")
    with pytest.raises(InputError, match="must be a span"):
        with_duty(settings, shift="evening")


def test_officers_need_a_station_and_a_shift(settings):
    bare = settings.model_copy(update={"crews": ()})
    with pytest.raises(InputError, match="--shift"):
        with_duty(bare, officers=2)
    assert len(with_duty(bare, officers=2, shift="16:00-20:00").crews) == 2
    with pytest.raises(InputError, match="stations"):
        with_duty(bare.model_copy(update={"stations": ()}), officers=2)
