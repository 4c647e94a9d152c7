"""Profiles over the week: windows, missing hours, smoothing and shrinkage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.risk.time import TimeSettings, day_counts, hour_counts, hour_of_week, profiles
from patrolplan.risk.week_hours import week_hours

ZONE = "Europe/Kyiv"
MONDAY = pd.Timestamp("2026-11-23")


def records(*rows):
    start, end, precision = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "start": pd.Series(pd.to_datetime(list(start))).dt.tz_localize(ZONE),
            "end": pd.Series(pd.to_datetime(list(end))).dt.tz_localize(ZONE),
            "precision": list(precision),
        }
    )


def counted(table):
    n = len(table)
    return hour_counts(table, np.zeros(n, dtype=np.int64), np.ones(n), 1)[0]


def test_a_minute_counts_in_its_hour():
    got = counted(records(("2026-11-27 22:59", None, "minute")))
    assert got[4 * 24 + 22] == 1
    assert got.sum() == 1


def test_a_window_spreads_evenly_over_its_hours():
    got = counted(records(("2026-11-23 22:30", "2026-11-24 00:30", "window")))
    assert got[[22, 23, 24]] == pytest.approx([0.25, 0.5, 0.25])


def test_a_window_runs_from_sunday_into_monday():
    got = counted(records(("2026-11-29 23:00", "2026-11-30 01:00", "window")))
    assert got[[167, 0]] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("precision", ["date", "month", "none"])
def test_a_record_without_an_hour_makes_none_up(precision):
    table = records(("2026-11-23 00:00", "2026-11-24 00:00", precision))
    assert not counted(table).any()


def test_a_window_of_ten_days_is_a_flat_week_and_three_days():
    got = counted(records(("2026-11-23 00:00", "2026-12-03 00:00", "window")))
    assert got[:72] == pytest.approx(np.full(72, 2 / 240))
    assert got[72:] == pytest.approx(np.full(96, 1 / 240))


@given(
    start=st.integers(0, 7 * 24 * 60 - 1),
    minutes=st.integers(1, 30 * 24 * 60),
)
def test_a_window_keeps_its_weight_wherever_it_lies(start, minutes):
    begin = MONDAY + pd.Timedelta(minutes=start)
    table = records((begin, begin + pd.Timedelta(minutes=minutes), "window"))
    got = counted(table)
    assert got.sum() == pytest.approx(1)
    inside = int(hour_of_week(table["start"])[0])
    assert got[inside] > 0


def test_without_hours_the_profile_is_flat():
    assert profiles(np.zeros((3, 168))) == pytest.approx(np.full((3, 168), 1 / 168))


def test_dates_move_days_and_never_hours():
    table = records(*[("2026-11-27 00:00", "2026-11-28 00:00", "date")] * 50)
    group = np.zeros(50, dtype=np.int64)
    got = profiles(np.zeros((1, 168)), dated=day_counts(table, group, np.ones(50), 1))[0].reshape(7, 24)
    assert got.sum() == pytest.approx(1)
    assert got.std(axis=1) == pytest.approx(np.zeros(7), abs=1e-15)
    assert got[4].sum() > 2 * got[0].sum()


def test_smoothing_goes_round_the_week():
    counts = np.zeros((1, 168))
    counts[0, 167] = 1e6
    got = profiles(counts)[0]
    assert got[0] == pytest.approx(got[166], rel=0.01)


def test_many_records_show_their_own_hours_and_few_borrow_from_all():
    counts = np.zeros((2, 168))
    counts[0, 22::24] = 1e5
    counts[1, 10] = 1
    got = profiles(counts)
    assert got[1].reshape(7, 24).sum(axis=0).argmax() in (10, 22)
    assert got[1, 5 * 24 + 22] > 1 / 168  # borrowed: its only record is on Monday at ten


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 167), st.floats(0.01, 50)), max_size=40),
    st.floats(0.1, 5),
)
def test_profiles_sum_to_one_and_are_positive(rows, smoothing_h):
    counts = np.zeros((4, 168))
    for group, hour, weight in rows:
        counts[group, hour] += weight
    got = profiles(counts, settings=TimeSettings(smoothing_h=smoothing_h))
    assert got.sum(axis=1) == pytest.approx(np.ones(4))
    assert (got > 0).all()


def test_the_hour_is_the_wall_clock_on_both_sides_of_a_clock_change():
    march = pd.Series(pd.to_datetime(["2026-03-28 12:00", "2026-03-29 12:00"])).dt.tz_localize(ZONE)
    assert hour_of_week(march).tolist() == [5 * 24 + 12, 6 * 24 + 12]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", set(range(168))),
        ("Mo-Tu 10-12", {10, 11, 34, 35}),
        ("пт, сб 22:00-01:00", {118, 119, 120, 142, 143, 144}),
        ("Fr-Mo 9-10", {9, 105, 129, 153}),
        ("weekend 23:00-24:00", {143, 167}),
        ("Вихідні 8-9", {128, 152}),
    ],
)
def test_hours_in_words(text, hours):
    assert set(week_hours(text).nonzero()[0].tolist()) == hours


@pytest.mark.parametrize("text", ["evening", "25-26", "Mo 10-12 x0", "18:00-23:61"])
def test_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        week_hours(text)
