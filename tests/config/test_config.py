"""Settings: clocks and spans, and the checks that tie officers, stations, crews and dates together."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from patrolplan.config.crews import minute_of_day, span_minutes
from patrolplan.config.settings import Settings

BASE = {
    "community": {"name": "Town", "timezone": "Europe/Kyiv"},
    "streets": {"file": "town.osm"},
    "plan": {"date": dt.date(2026, 11, 23)},
    "stations": [{"name": "S", "lon": 32.0, "lat": 49.0}],
    "officers": [{"name": "A"}, {"name": "B"}],
}


def crew(**changes):
    return {"name": "c", "officers": ["A"], "shift": "16:00-20:00", "start": "S"} | changes


def faults_of(**changes):
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(BASE | changes)
    return str(caught.value)


@given(st.integers(0, 1439), st.integers(0, 1440))
def test_spans_last_from_start_to_the_next_end(start, end):
    text = f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    if start == end:
        with pytest.raises(ValueError, match="same time"):
            span_minutes(text)
        return
    found = span_minutes(text)
    assert found[0] == start
    assert 0 < found[1] - found[0] <= 1440
    assert (found[1] - end) % 1440 == 0


@pytest.mark.parametrize(
    "text", ["", "8:00", "08:60", "25:00", "24:01", "08.00", "08:00:00", "८:00", " 08:00"]
)
def test_what_is_no_clock_time_is_refused(text):
    with pytest.raises(ValueError, match="clock time"):
        minute_of_day(text)


def test_a_valid_file_keeps_its_values_and_fills_in_the_rest():
    settings = Settings.model_validate(BASE | {"crews": [crew()]})
    assert settings.crews[0].shift == "16:00-20:00"
    assert settings.rules.min_gap_min == 30
    assert settings.offences is None


def test_settings_never_change():
    settings = Settings.model_validate(BASE)
    with pytest.raises(ValidationError, match="frozen"):
        settings.plan = None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"crews": [crew(officers=["C"])]}, 'no officer is named "C"'),
        ({"crews": [crew(start="s")]}, 'did you mean "S"'),
        ({"crews": [crew(end="Nowhere")]}, 'no station is named "Nowhere"'),
        ({"crews": [crew(), crew(name="d", shift="19:59-22:00")]}, "two shifts at once"),
        ({"crews": [crew(), crew(officers=["B"])]}, '"c" is used twice'),
        ({"officers": [{"name": "A"}, {"name": "A"}]}, '"A" is used twice'),
        ({"crews": [crew(shift="16:00-16:10")]}, "shorter than one stay"),
        ({"crews": [crew()], "plan": {}}, "has no date"),
        ({"need": {"a_off": 0.5, "a_foot": 0.5}}, "together, with sum 1"),
        ({"need": {"a_off": 0.5, "a_foot": 0.4, "a_prob": 0.2}}, "0.5 + 0.4 + 0.2"),
        ({"hot_spots": {"dwell_min": 20}}, "less than dwell_min"),
        ({"plan": {"seconds": True}}, "seconds"),
        ({"plan": {"seconds": float("nan")}}, "seconds"),
    ],
)
def test_what_does_not_go_together_is_refused(changes, told):
    assert told in faults_of(**changes)


@pytest.mark.parametrize(
    ("shift", "earliest", "latest", "fits"),
    [
        ("16:00-20:00", "16:00", "19:40", True),
        ("16:00-20:00", "15:59", "17:00", False),
        ("16:00-20:00", "17:00", "19:41", False),
        ("16:00-20:00", "18:00", "17:00", False),
        ("22:00-04:00", "01:00", "02:00", True),
        ("22:00-04:00", "23:30", "00:30", True),
        ("22:00-04:00", "03:00", "03:50", False),
        ("22:00-04:00", "21:00", "23:00", False),
    ],
)
def test_a_break_lies_within_its_shift(shift, earliest, latest, fits):
    rest = {"earliest": earliest, "latest": latest, "minutes": 20}
    changes = {"crews": [crew(shift=shift) | {"break": rest}]}
    if fits:
        assert Settings.model_validate(BASE | changes).crews[0].rest is not None
    else:
        assert "break" in faults_of(**changes)


def test_shifts_that_touch_do_not_overlap_and_days_keep_them_apart():
    crews = [
        crew(),
        crew(name="d", shift="20:00-23:00"),
        crew(name="e", date=dt.date(2026, 11, 24)),
    ]
    assert len(Settings.model_validate(BASE | {"crews": crews}).crews) == 3


def test_a_night_shift_overlaps_the_next_morning():
    crews = [crew(shift="22:00-06:00"), crew(name="d", date=dt.date(2026, 11, 24), shift="05:00-09:00")]
    assert "two shifts at once" in faults_of(crews=crews)
