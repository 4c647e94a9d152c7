"""What need says of itself: unknown streets, rank groups, reasons; what changes it; made truth recovered."""

from dataclasses import replace
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from towns import lattice

from patrolplan.errors import InputError
from patrolplan.risk.calendar import for_week
from patrolplan.risk.modifiers import after_dark, dark_hours, with_factor
from patrolplan.risk.observed import propose_coverage
from patrolplan.risk.offences import Offences, no_set_aside
from patrolplan.risk.rank_groups import rank_groups
from patrolplan.risk.weigh import weigh
from patrolplan.units import HOURS_PER_WEEK

TOWN = lattice(6, 100.0)
ZONE = "Europe/Kyiv"


@pytest.fixture(scope="module")
def weights():
    from conftest import made_offences  # pytest puts the folder of tests on the path

    rows = [(5.0 * i % 90 + 5, 0.0, "Thefts", f"2026-03-{1 + i % 28:02d} {i % 24:02d}:10") for i in range(60)]
    return weigh(TOWN, offences=made_offences(TOWN, rows), places=places())


def places():
    at = TOWN.nodes.geometry.iloc[[7, 14]]
    table = gpd.GeoDataFrame({"kind": ["school", "market"], "name": ["", ""]}, geometry=list(at), crs=at.crs)
    return table.to_crs(4326)


def test_a_factor_never_raises_its_own_street(weights):
    factor = np.ones(len(TOWN.segments))
    for segment in range(0, len(TOWN.segments), 7):
        factor[:] = 1
        factor[segment] = 0.4
        after = with_factor(weights, factor)
        assert after.week()[segment] < weights.week()[segment]
        assert after.week().sum() == pytest.approx(1)
    assert with_factor(weights, np.ones(len(factor))).week() == pytest.approx(weights.week())


def test_factors_that_fit_no_network_are_refused(weights):
    with pytest.raises(InputError, match="one for each"):
        with_factor(weights, np.ones(3))


def test_darkness_is_longer_in_winter_and_keeps_noon_light():
    winter, summer = (
        dark_hours(date(2026, month, 22), lon=30.5, lat=50.45, timezone=ZONE) for month in (12, 6)
    )
    assert winter.sum() > 2 * summer.sum() * 0.8 > 0
    assert winter[12] == summer[12] == 0


def test_unlit_streets_need_more_after_dark_and_no_more_by_day(weights):
    segments = TOWN.segments.assign(lit=["no"] + ["yes"] * (len(TOWN.segments) - 1))
    town = replace(TOWN, segments=segments)
    after = after_dark(weights, town, week=date(2026, 12, 21), timezone=ZONE, factor=2.0)
    week = np.arange(HOURS_PER_WEEK)
    rise = after.need(week)[0] / weights.need(week)[0]
    assert rise[22] == pytest.approx(2 * rise[12])
    assert after.week().sum() == pytest.approx(1)
    assert after.expected_offences(week).sum() == pytest.approx(weights.expected_per_week)


def test_a_holiday_closes_the_school_and_leaves_other_days_alone(weights):
    calendar = pd.DataFrame({"date": ["2026-03-25"], "what": ["holiday"]})
    after = for_week(weights, date(2026, 3, 23), calendar)
    school = (after.terms["kind"] == "school").to_numpy()
    before = (weights.terms["kind"] == "school").to_numpy()
    assert after.time[school].reshape(7, 24)[2].sum() == 0
    kept = after.time[school].reshape(7, 24)[1] / weights.time[before].reshape(7, 24)[1]
    assert kept == pytest.approx(np.full(24, kept[0]))
    assert for_week(weights, date(2026, 4, 6), calendar) is weights


def test_a_calendar_tells_all_its_faults(weights):
    table = pd.DataFrame({"date": ["25.03.2026", "2026-03-26"], "what": ["holiday", "fair"]})
    with pytest.raises(InputError) as told:
        for_week(weights, date(2026, 3, 23), table)
    assert len(told.value.faults) == 2


def test_streets_outside_the_area_are_unknown_and_typical(weights):
    from conftest import made_offences

    origin = TOWN.nodes.geometry.iloc[0]
    half = shapely.box(origin.x - 50, origin.y - 50, origin.x + 260, origin.y + 600)
    rows = [(20.0 + i % 60, 100.0 * (i % 3), "Thefts", f"2026-03-{1 + i % 28:02d} 12:00") for i in range(60)]
    got = weigh(
        TOWN,
        offences=made_offences(TOWN, rows),
        observed_area=gpd.GeoSeries([half], crs=TOWN.nodes.crs),
        policy={"a_off": 1.0},
    )
    length = TOWN.segments["length_m"].to_numpy()
    rate = got.week() / length
    assert 0 < (~got.observed).sum() < len(length)
    assert rate[~got.observed] == pytest.approx(
        np.full((~got.observed).sum(), got.week()[got.observed].sum() / length[got.observed].sum())
    )
    assert any("UNKNOWN, NOT SAFE" in note for note in got.notes)
    unknown = int(np.flatnonzero(~got.observed)[0])
    assert "unknown" in got.why_words(unknown, 12)
    assert weights.observed.all()


def test_words_name_the_weightiest_cause(weights):
    segment = int(weights.part_of_week("offences").argmax())
    assert "Thefts" in weights.why_words(segment, 12)
    assert weights.why_words(segment, 12).startswith("Monday 12:00-13:00")


def test_clear_differences_are_ranked_and_chance_is_not():
    length, record = np.ones(10), np.arange(1000)
    clear = np.r_[600.0, 300.0, np.full(8, 12.5)] / 1000
    segment = np.repeat(np.arange(10), [600, 300, *[12, 13] * 4])
    sure = rank_groups(clear, length, segment=segment, record=record, worth=np.full(1000, 1e-3))
    assert sure[0] == 1
    assert sure[1] == 2
    few = np.r_[3.0, 2.0, np.full(8, 0.5)] / 9
    unsure = rank_groups(
        few, length, segment=np.array([0, 0, 0, 1, 1]), record=np.arange(5), worth=np.full(5, 1 / 9)
    )
    assert unsure[0] == unsure[1] == 1


def test_london_is_half_unknown_and_says_so(london):
    network, _, offences = london
    proposed = propose_coverage(network, offences)
    assert 0.4 < proposed.share_of_length < 0.85
    got = weigh(network, offences=offences, observed_area=proposed.area)
    assert any("UNKNOWN, NOT SAFE" in note for note in got.notes)
    assert any("no offence has an hour" in note for note in got.notes)
    rows = (got.terms["part"] == "offences").to_numpy()
    assert got.time[rows] == pytest.approx(np.full((rows.sum(), HOURS_PER_WEEK), 1 / HOURS_PER_WEEK))


@pytest.mark.parametrize("times", ["minute", "none"])
def test_made_truth_is_found_again_and_better_than_by_counts(monaco, times):
    """Thefts by day in one quarter, robberies by night in another; thefts in two regimes at once."""
    network, _ = monaco
    rng = np.random.default_rng(1)
    truth = _made_truth(network, rng)
    known = truth if times == "minute" else truth.sum(axis=1, keepdims=True)
    gaps = []
    for size in (50, 500, 5000):
        cell = rng.choice(truth.size, size, p=truth.ravel())
        segment, hour = np.unravel_index(cell, truth.shape)
        offences = _drawn(network, segment, hour, times)
        got = weigh(network, offences=offences, policy={"a_off": 1.0}, kinds=_equal_harm())
        need = got.need(np.arange(HOURS_PER_WEEK))
        if times == "none":
            assert need.sum(axis=0) == pytest.approx(np.full(HOURS_PER_WEEK, 1 / HOURS_PER_WEEK))
            need, cell = need.sum(axis=1, keepdims=True), segment
        far = 0.5 * np.abs(need - known).sum()
        raw = 0.5 * np.abs(np.bincount(cell, minlength=known.size) / size - known.ravel()).sum()
        assert far < raw
        gaps.append(far)
    assert gaps[0] > gaps[1] > gaps[2]


def _made_truth(network, rng):
    middle = network.segments.geometry.interpolate(0.5, normalized=True)
    x = (middle.x.to_numpy() - middle.x.min()) / (middle.x.max() - middle.x.min())
    length = network.segments["length_m"].to_numpy()
    own = rng.lognormal(0, 0.6, size=len(x))
    west, east = length * own * np.exp(-6 * x), length * own * np.exp(-6 * (1 - x))
    hour = np.arange(HOURS_PER_WEEK) % 24
    day, night = np.exp(-((hour - 14) ** 2) / 20.0), np.exp(-(((hour - 22 + 12) % 24 - 12) ** 2) / 8.0)
    truth = np.outer(west / west.sum(), day / day.sum()) + np.outer(east / east.sum(), night / night.sum())
    return truth / truth.sum()


def _drawn(network, segment, hour, times):
    middle = network.segments.geometry.interpolate(0.5, normalized=True).iloc[segment].to_crs(4326)
    begin = pd.Timestamp("2026-01-05")
    start = [begin + timedelta(hours=int(h), days=7 * (i % 40)) for i, h in enumerate(hour)]
    if times == "none":
        start = [pd.NaT] * len(hour)
    records = gpd.GeoDataFrame(
        {
            "row": np.arange(1, len(hour) + 1),
            "kind": "Thefts",
            "start": pd.Series(start, dtype="datetime64[ns]").dt.tz_localize(
                "Europe/Monaco", nonexistent="shift_forward", ambiguous=True
            ),
            "end": pd.Series(pd.NaT, index=range(len(hour)), dtype="datetime64[ns, Europe/Monaco]"),
            "precision": times,
            "street": "",
        },
        geometry=middle.to_numpy(),
        crs=4326,
    )
    return Offences(records=records, set_aside=no_set_aside(), timezone="Europe/Monaco")


def _equal_harm():
    return pd.DataFrame({"kind": ["Thefts"], "harm": [1.0]})


def test_follow_ups_of_one_record_count_once():
    from conftest import made_offences

    rows = [(20.0, 0.0, "Thefts", f"2026-03-{1 + i:02d} 12:00") for i in range(5)]
    offences = made_offences(TOWN, rows)
    ids = pd.Series(["a", "a", "b", "c", "c"], index=[1, 2, 3, 4, 5])
    got = weigh(TOWN, offences=replace(offences, ids=ids))
    assert got.set_aside["row"].tolist() == [2, 5]
    assert got.set_aside["reason"].str.contains("follow-up").all()


def test_records_without_a_number_are_nobody_s_follow_up():
    from conftest import made_offences

    kinds = ["Thefts", "Thefts", "Fraud", "Thefts", "Thefts"]
    rows = [(20.0, 0.0, kind, f"2026-03-{1 + i:02d} 12:00") for i, kind in enumerate(kinds)]
    # Rows 1 and 2 have no number; row 3 is fraud and out for itself, so row 4 counts and row 5 follows it.
    ids = pd.Series([0, 0, 7, 7, 7], index=[1, 2, 3, 4, 5], dtype="uint64")
    got = weigh(TOWN, offences=replace(made_offences(TOWN, rows), ids=ids))
    told = dict(zip(got.set_aside["row"], got.set_aside["reason"], strict=True))
    assert sorted(told) == [3, 5]
    assert "not a street offence" in told[3]
    assert "follow-up" in told[5]


def test_one_event_written_twice_counts_once():
    from conftest import made_offences

    rows = [
        (20.0, 0.0, "Thefts", "2026-03-01 12:07"),
        (20.0, 0.0, "Thefts", "2026-03-01 12:07"),
        (20.0, 0.0, "Robbery", "2026-03-01 12:07"),
        (20.0, 0.0, "Thefts", "2026-03-02 12:30"),
        (20.0, 0.0, "Thefts", "2026-03-02 12:30"),  # a half hour: rounded, so two may be two
        (40.0, 0.0, "Thefts", "2026-03-01 12:07"),
    ]
    got = weigh(TOWN, offences=made_offences(TOWN, rows))
    assert got.set_aside["row"].tolist() == [2]
    assert "same as an earlier row" in got.set_aside["reason"][0]
