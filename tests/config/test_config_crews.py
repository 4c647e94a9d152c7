"""Crews on the clock: nights over midnight, and nights in which the clocks change."""

import datetime as dt

import pytest

from patrolplan.config.settings import Settings
from patrolplan.crews import clock_notes, crews_of
from patrolplan.errors import InputError


def settings_of(day, shift, *, zone="Europe/Kyiv", rest=None):
    crew = {"name": "Night", "officers": ["A"], "shift": shift, "start": "S", "end": "T", "date": day}
    if rest:
        crew["break"] = dict(zip(("earliest", "latest", "minutes"), rest, strict=True))
    return Settings.model_validate(
        {
            "community": {"name": "Town", "timezone": zone},
            "streets": {"file": "town.osm"},
            "stations": [{"name": "S", "lon": 32.0, "lat": 49.0}, {"name": "T", "lon": 32.1, "lat": 49.1}],
            "officers": [{"name": "A", "pace": 0.8}],
            "crews": [crew],
        }
    )


def test_a_crew_has_its_officers_stations_and_aware_times():
    (crew,) = crews_of(settings_of(dt.date(2026, 11, 23), "22:00-02:30", rest=("23:30", "00:30", 20)))
    assert crew.shift.start.isoformat() == "2026-11-23T22:00:00+02:00"
    assert crew.shift.end.isoformat() == "2026-11-24T02:30:00+02:00"
    assert (crew.start, crew.end, crew.speed_factor) == ((32.0, 49.0), (32.1, 49.1), 0.8)
    assert crew.rest is not None
    assert crew.rest.earliest.isoformat() == "2026-11-23T23:30:00+02:00"
    assert crew.rest.latest.isoformat() == "2026-11-24T00:30:00+02:00"
    assert crew.rest.length == dt.timedelta(minutes=20)


@pytest.mark.parametrize(
    ("day", "shift", "hours", "note"),
    [
        (dt.date(2026, 3, 28), "22:00-06:00", 7, ""),  # the clocks skip an hour
        (dt.date(2026, 10, 24), "22:00-06:00", 9, ""),  # an hour comes twice
        (dt.date(2026, 3, 28), "22:00-03:30", 5.5, "03:30 on 2026-03-29 does not exist"),
        (dt.date(2026, 10, 24), "22:00-03:30", 5.5, "03:30 on 2026-10-25 comes twice"),
        (dt.date(2026, 11, 23), "22:00-06:00", 8, ""),
        (dt.date(2026, 11, 23), "00:00-24:00", 24, ""),
    ],
)
def test_elapsed_time_is_what_the_clocks_leave(day, shift, hours, note):
    settings = settings_of(day, shift)
    (crew,) = crews_of(settings)
    assert crew.shift.seconds == hours * 3600
    assert note in " ".join(clock_notes(settings))
    assert bool(note) == bool(clock_notes(settings))


def test_a_shift_within_the_skipped_hour_has_no_length():
    with pytest.raises(InputError, match="no length"):
        crews_of(settings_of(dt.date(2026, 3, 29), "03:10-04:05"))


def test_no_crews_is_told_with_the_way_out():
    settings = settings_of(dt.date(2026, 11, 23), "16:00-20:00").model_copy(update={"crews": ()})
    with pytest.raises(InputError, match=r"\[\[crews\]\]"):
        crews_of(settings)
