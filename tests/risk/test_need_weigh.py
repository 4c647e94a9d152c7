"""weigh as a whole: parts, laws, what is set aside and said, and the real extracts."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import lattice

from patrolplan.errors import InputError
from patrolplan.risk.footfall import find_footfall
from patrolplan.risk.footfall_table import default_footfall, open_hours
from patrolplan.risk.offence_use import capped
from patrolplan.risk.placing import place_points
from patrolplan.risk.recency import Recency
from patrolplan.risk.street_names import canonical_streets
from patrolplan.risk.weigh import weigh
from patrolplan.risk.weigh_notes import top_segments

TOWN = lattice(4)
HOURS = np.arange(168)


def places_at(*rows, network=TOWN):
    origin = network.nodes.geometry.iloc[0]
    xy = gpd.GeoSeries.from_xy(
        [origin.x + row[0] for row in rows], [origin.y + row[1] for row in rows], crs=network.segments.crs
    )
    columns = {
        "kind": [row[2] for row in rows],
        "name": [row[3] for row in rows],
        "opening_hours": [row[4] if len(row) > 4 else "" for row in rows],
    }
    return gpd.GeoDataFrame(columns, geometry=xy.to_crs(4326), crs=4326)


def problems_at(*rows):
    origin = TOWN.nodes.geometry.iloc[0]
    points = [row.pop("at", None) for row in rows]
    usual = {
        "street": "",
        "hours": "",
        "days": "",
        "since": pd.NaT,
        "until": pd.NaT,
        "seriousness": 2.0,
        "text": "",
        "named_by": "",
    }
    table = pd.DataFrame([usual | row for row in rows])
    table["row"] = range(1, len(rows) + 1)
    x = [np.nan if point is None else origin.x + point[0] for point in points]
    y = [np.nan if point is None else origin.y + point[1] for point in points]
    geometry = gpd.GeoSeries.from_xy(x, y, crs=TOWN.segments.crs)
    geometry[[point is None for point in points]] = None
    return gpd.GeoDataFrame(table, geometry=geometry.to_crs(4326), crs=4326)


MIDDLE = (150.0, 100.0)  # the middle of the second segment of Street 2
"""Segment 4 of the lattice lies around it."""


def test_one_crime_makes_its_segment_the_neediest(records_at):
    crimes = records_at(TOWN, [(*MIDDLE, "robbery", "2026-11-23 21:00")] * 30)
    weights = weigh(TOWN, offences=crimes)
    assert weights.week().argmax() == 4
    assert weights.need(HOURS)[4].argmax() == 21
    assert weights.terms["count"].tolist() == [30]


def test_kinds_keep_their_own_hours_and_streets(records_at):
    day = [(50, 0, "theft", f"2026-11-2{d} 11:30") for d in range(3, 8)] * 30
    night = [(250, 300, "robbery", f"2026-11-2{d} 23:30") for d in range(3, 8)] * 30
    weights = weigh(TOWN, offences=records_at(TOWN, day + night))
    need = weights.need(np.array([24 + 11, 24 + 23]))
    by_day, by_night = need[:, 0], need[:, 1]
    assert by_day[0] / by_day[11] > 3 * by_night[0] / by_night[11]


def test_a_named_street_takes_the_record_from_the_nearer_one(records_at):
    crossing = [(205.0, 130.0, "theft", "2026-11-23 12:00")]
    unnamed = weigh(TOWN, offences=records_at(TOWN, crossing))
    named = weigh(TOWN, offences=records_at(TOWN, crossing, streets=["100 BLOCK STREET 2"]))
    assert named.sources["segment"].tolist() != unnamed.sources["segment"].tolist()
    streets = TOWN.segments["name"].to_numpy()[named.sources["segment"]]
    assert set(streets) == {"Street 2"}


def test_a_record_at_a_junction_is_shared_by_its_streets(records_at):
    weights = weigh(TOWN, offences=records_at(TOWN, [(100.0, 100.0, "theft", "2026-11-23 12:00")]))
    assert weights.sources["weight"].tolist() == pytest.approx([0.25] * 4)
    assert set(weights.sources["row"]) == {1}


@st.composite
def tables(draw):
    row = st.tuples(
        st.floats(-20, 320),
        st.floats(-20, 320),
        st.sampled_from(["theft", "robbery", "assault", "fraud", "drugs", "blorp"]),
        st.integers(0, 60 * 24 * 90).map(lambda m: str(pd.Timestamp("2026-05-01") + pd.Timedelta(minutes=m))),
    )
    rows = draw(st.lists(row, min_size=1, max_size=25))
    return (
        rows,
        draw(st.sampled_from(["minute", "date", "month", "none"])),
        draw(st.permutations(range(len(rows)))),
    )


@given(tables())
@settings(max_examples=25)
def test_shares_sum_to_one_whatever_the_table_and_its_order(table):
    from conftest import made_offences

    rows, precision, order = table
    school = places_at((50, 0, "school", "School 1"))
    ends = ["2026-09-01"] * len(rows) if precision in ("date", "month") else None
    make = {"precision": precision, "ends": ends}
    one = weigh(TOWN, offences=made_offences(TOWN, rows, **make), places=school)
    other = weigh(TOWN, offences=made_offences(TOWN, [rows[i] for i in order], **make), places=school)
    assert one.week().sum() == pytest.approx(1)
    assert one.terms["share"].sum() == pytest.approx(1)
    assert one.space.sum(axis=1) == pytest.approx(np.ones(len(one.terms)))
    assert one.time.sum(axis=1) == pytest.approx(np.ones(len(one.terms)))
    assert np.allclose(one.need(HOURS), other.need(HOURS), rtol=1e-9, atol=0)
    parts = one.need_by_part(HOURS)
    assert np.allclose(sum(parts.values()), one.need(HOURS))
    used = one.terms.loc[one.terms["part"] == "offences", "count"].sum()
    assert used + (one.set_aside["source"] == "offences").sum() == len(rows)
    if precision != "minute":
        offences = parts["offences"].sum(axis=0).reshape(7, 24)
        assert offences.std(axis=1) == pytest.approx(np.zeros(7), abs=1e-12)


def test_a_week_later_the_profile_is_the_same(records_at):
    rows = [(50, 0, "theft", f"2026-10-0{d} 1{d}:30") for d in range(1, 9)]
    later = [(x, y, kind, str(pd.Timestamp(time) + pd.Timedelta(days=7))) for x, y, kind, time in rows]
    one, other = (weigh(TOWN, offences=records_at(TOWN, table)) for table in (rows, later))
    assert one.time == pytest.approx(other.time)


def test_older_records_count_less_and_later_ones_not_at_all(records_at):
    rows = [(50, 0, "theft", "2026-01-01 10:00"), (250, 300, "theft", "2026-10-01 10:00")]
    offences = records_at(TOWN, rows)
    week = weigh(TOWN, offences=offences).week()
    assert week[11] > week[0]
    before = weigh(TOWN, offences=offences, as_of=date(2026, 6, 1))
    assert before.set_aside["row"].tolist() == [2]
    assert "after 2026-06-01" in before.set_aside["reason"][0]


def test_expected_offences_are_those_of_a_steady_rate(records_at):
    days = pd.date_range("2025-01-01", "2026-06-30")
    weights = weigh(
        TOWN, offences=records_at(TOWN, [(50, 0, "theft", f"{day.date()} 10:00") for day in days])
    )
    assert weights.expected_per_week == pytest.approx(7, rel=0.03)
    assert weights.expected_offences(HOURS).sum() == pytest.approx(weights.expected_per_week)


def test_no_record_carries_more_than_a_twentieth():
    got = capped(np.array([1000.0, 900.0, *[1.0] * 98]))
    assert got.max() / got.sum() <= 0.05 + 1e-12
    assert got[2:].tolist() == [1.0] * 98
    assert capped(np.array([5.0, 1.0])).tolist() == [1.0, 1.0]


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=60))
def test_capping_keeps_order_and_bound(weights):
    given_weights = np.array(weights)
    got = capped(given_weights)
    assert got.max() <= max(0.05, 1 / len(weights)) * got.sum() * (1 + 1e-9)
    assert (got <= given_weights + 1e-12).all()
    assert (got > 0).all()


def test_recency_halves_at_its_half_life():
    memory = Recency(half_life_days=100, recent_share=0.5, recent_half_life_days=10)
    assert memory.weight(np.array([0.0, 100.0])) == pytest.approx([1.0, 0.5 * 0.5 + 0.5 * 2**-10])


def test_policy_follows_the_number_of_records(records_at):
    crimes = records_at(TOWN, [(50, 0, "theft", "2026-11-23 12:00")] * 50)
    weights = weigh(TOWN, offences=crimes, places=places_at((250, 300, "market", "Market")))
    assert weights.policy == pytest.approx({"a_off": 0.6, "a_foot": 0.4, "a_prob": 0})
    assert sum(share.sum() for share in weights.need_by_part(HOURS).values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"a_off": 0.5, "a_foot": 0.2, "a_prob": 0.2}, "sum to 1"),
        ({"offences": 1.0}, "policy takes a_off"),
        ({"a_off": 0.5, "a_foot": 0.5, "a_prob": 0.0}, "no usable places people visit"),
    ],
)
def test_policy_that_cannot_be_kept_is_refused(records_at, policy, message):
    with pytest.raises(InputError, match=message):
        weigh(TOWN, offences=records_at(TOWN, [(50, 0, "theft", "2026-11-23 12:00")]), policy=policy)


def test_settings_are_checked_together():
    with pytest.raises(InputError, match="2 faults"):
        weigh(TOWN, bandwidth_m=0, half_life_days=-1)


def test_with_nothing_known_need_follows_length_and_says_so():
    weights = weigh(TOWN)
    assert weights.week() == pytest.approx(np.full(24, 1 / 24))
    assert "NOTHING IS KNOWN" in weights.notes[0]


def test_records_elsewhere_are_an_error_and_swapped_ones_are_named(records_at):
    near = records_at(TOWN, [(50, 0, "theft", "2026-11-23 12:00")] * 3)
    turned = near.records.set_geometry(
        gpd.GeoSeries.from_xy(near.records.geometry.y, near.records.geometry.x, crs=4326)
    )
    with pytest.raises(InputError, match="latitude and longitude look swapped"):
        weigh(TOWN, offences=type(near)(records=turned, set_aside=near.set_aside, timezone=near.timezone))
    far = records_at(TOWN, [(50_000, 0, "theft", "2026-11-23 12:00")])
    with pytest.raises(InputError, match="none of the 1 records lies within 50 m"):
        weigh(TOWN, offences=far)


def test_far_records_are_set_aside_with_their_reason(records_at):
    rows = [
        (50, 0, "theft", "2026-11-23 12:00"),
        (150, 150, "theft", "2026-11-23 12:00"),
        (9000, 0, "theft", "2026-11-23 12:00"),
    ]
    weights = weigh(TOWN, offences=records_at(TOWN, rows), max_distance_m=30)
    reasons = dict(zip(weights.set_aside["row"], weights.set_aside["reason"], strict=True))
    assert reasons == {2: "more than 30 m from any street", 3: "outside the area of the streets"}


def test_what_is_no_street_offence_is_left_out_and_counted(records_at):
    rows = [(50, 0, kind, "2026-11-23 12:00") for kind in ("theft", "fraud", "drugs", "rape")]
    weights = weigh(TOWN, offences=records_at(TOWN, rows))
    assert weights.terms["kind"].tolist() == ["theft"]
    told = " ".join(weights.notes)
    assert "fraud (1)" in told
    assert "drugs (1)" in told
    assert "rape" not in told
    more = weigh(TOWN, offences=records_at(TOWN, rows), with_officer_found=True)
    assert more.terms["kind"].tolist() == ["drugs", "theft"]


def test_offences_that_all_fall_away_leave_footfall(records_at):
    crimes = records_at(TOWN, [(50, 0, "fraud", "2026-11-23 12:00")])
    weights = weigh(TOWN, offences=crimes, places=places_at((50, 0, "school", "School 1")))
    assert weights.policy["a_foot"] == 1
    assert any("none of the 1 records" in note for note in weights.notes)


def test_records_without_any_date_are_weighed_all_the_same(records_at):
    crimes = records_at(TOWN, [(50, 0, "theft", None)] * 5, precision="none")
    weights = weigh(TOWN, offences=crimes)
    assert weights.expected_per_week == 0
    assert "without dates" in weights.notes[0]
    assert weights.time[0] == pytest.approx(np.full(168, 1 / 168))


def test_schools_need_at_the_bells_and_bars_on_friday_night():
    weights = weigh(TOWN, places=places_at((50, 0, "school", "School 1"), (250, 300, "bar", "Pub")))
    need = weights.need(HOURS)
    school, bar = need[0], need[11]
    assert school.argmax() % 24 in (7, 8, 13, 14, 15)
    assert school[5 * 24 + 8] < school[8] / 10
    assert bar.argmax() in range(4 * 24 + 20, 4 * 24 + 27) or bar.argmax() in range(5 * 24 + 20, 5 * 24 + 27)


def test_opening_hours_close_a_place_and_rare_ones_do_not_swell():
    always, rare = (
        find_footfall(TOWN, places_at((50, 0, "shop", "A", hours))).found for hours in ("", "Th 10:00-12:00")
    )
    peak = (always.time[0] * 1).max()
    assert rare.time[0].argmax() // 24 == 3
    both = find_footfall(
        TOWN, places_at((50, 0, "shop", "A"), (250, 300, "shop", "B", "Th 10:00-12:00"))
    ).found
    assert both.sources.set_index("label").loc["B", "weight"] < 0.1
    assert both.time[0].max() < 2 * peak


def test_unreadable_opening_hours_are_told():
    found = find_footfall(TOWN, places_at((50, 0, "shop", "A", "whenever we like"))).found
    assert "can't be read" in found.notes[0]
    assert open_hours("whenever we like") is None
    assert open_hours("24/7").tolist() == [1.0] * 168


def test_unknown_kinds_of_place_count_and_are_told():
    weights = weigh(TOWN, places=places_at((50, 0, "igloo", "A")))
    assert weights.terms["kind"].tolist() == ["igloo"]
    assert any("igloo (1)" in note for note in weights.notes)


def test_own_footfall_table_wins():
    own = pd.DataFrame({"kind": ["bar"], "weight": [0], "hours": ["18-24"]})
    weights = weigh(TOWN, places=places_at((50, 0, "bar", "A"), (250, 300, "shop", "B")), footfall=own)
    assert weights.terms["kind"].tolist() == ["shop"]
    with pytest.raises(InputError, match="no day"):
        weigh(TOWN, places=places_at((50, 0, "bar", "A")), footfall=own.assign(hours="evening"))


def test_every_row_of_the_footfall_table_can_be_read():
    table = default_footfall()
    found = find_footfall(TOWN, places_at(*[(50, 0, kind, kind) for kind in table["kind"]])).found
    assert found.time.sum(axis=1) == pytest.approx(np.ones(len(found.kinds)))
    assert "police" not in set(found.kinds["kind"])


def test_problems_bear_at_their_place_and_hours():
    problems = problems_at(
        {
            "at": MIDDLE,
            "hours": "18:00-23:00",
            "days": "Fr",
            "text": "drinking at the kiosk",
            "seriousness": 3.0,
        },
        {"street": "STREET 4", "text": "speeding"},
        {"street": "No Such Street"},
        {"at": MIDDLE, "until": pd.Timestamp("2020-01-01"), "text": "old"},
        {"at": MIDDLE, "since": pd.Timestamp("2030-01-01"), "text": "ahead"},
        {"at": (5000.0, 0.0), "text": "far"},
    )
    weights = weigh(TOWN, problems=problems, as_of=date(2026, 11, 23))
    need = weights.need(HOURS)
    assert need[:, 4 * 24 + 20].argmax() == 4
    street = TOWN.segments.index[TOWN.segments["name"] == "Street 4"]
    assert (need[street, 5] > 0).all()
    assert need[4, 4 * 24 + 17] < need[4, 4 * 24 + 18]
    reasons = dict(zip(weights.set_aside["row"], weights.set_aside["reason"], strict=True))
    assert reasons == {
        3: "no street of that name, and no point",
        4: "ended before 2026-11-23",
        5: "begins after 2026-11-23",
        6: "outside the area of the streets",
    }


def test_why_names_the_causes(records_at):
    crimes = records_at(TOWN, [(*MIDDLE, "theft", "2026-11-23 08:00")] * 5)
    school = places_at((*MIDDLE, "school", "School 1"))
    weights = weigh(TOWN, offences=crimes, places=school)
    why = weights.why(4, 8)
    assert why["share"].sum() == pytest.approx(1)
    assert why["need"].sum() == pytest.approx(weights.need(np.array([8]))[4, 0])
    assert why.set_index("kind").loc["theft", "records"] == 5
    assert why.set_index("kind").loc["school", "labels"] == "School 1"


def test_points_on_no_street_are_lost_and_the_rest_add_up():
    origin = TOWN.nodes.geometry.iloc[0]
    xy = np.random.default_rng(1).uniform(-60, 360, (200, 2))
    points = gpd.GeoSeries.from_xy(origin.x + xy[:, 0], origin.y + xy[:, 1], crs=TOWN.segments.crs)
    placed = place_points(TOWN, points, max_distance_m=30)
    share = placed.parts.groupby("record")["share"].sum()
    assert share.to_numpy() == pytest.approx(np.ones(len(share)))
    assert set(share.index) | set(placed.lost["record"]) == set(range(200))
    assert not set(share.index) & set(placed.lost["record"])
    assert placed.parts["offset_m"].between(0, 100).all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2000 BLOCK N GRATZ ST", "North Gratz Street"),
        ("On or near Bride Lane", "Bride Lane"),
        ("300 S BROADWAY", "South Broadway"),
        ("вул. Тараса Шевченка, буд. 5", "вулиця Шевченка Тараса"),
        ("просп. Свободи 12", "проспект Свободи"),
        ("N 07TH ST", "North 7th Street"),
        ("вул. 8 Березня, 12", "вулиця 8 Березня"),
        ("100 BLOCK STREET 2", "Street 2"),
    ],
)
def test_street_names_are_comparable(one, other):
    assert canonical_streets(one) == canonical_streets(other) != ()


def test_numbers_alone_are_no_name():
    assert canonical_streets("2nd Street") != canonical_streets("2nd Avenue")
    assert canonical_streets("Street 2") != canonical_streets("Street 3")
    assert canonical_streets("Broad St / 7th Ave") == ("broad", "7th avenue")
    assert canonical_streets("") == ()


def test_top_segments_hold_their_share_of_length():
    top = top_segments(np.array([5.0, 1.0, 2.0]), np.array([10.0, 10.0, 80.0]), share=0.2)
    assert top.tolist() == [True, True, False]


def test_philadelphia_is_counted_to_the_last_record(philadelphia):
    network, places, offences = philadelphia
    weights = weigh(network, offences=offences, places=places)
    used = weights.terms.loc[weights.terms["part"] == "offences", "count"].sum()
    aside = (weights.set_aside["source"] == "offences").sum()
    assert len(offences) == 5487
    assert used + aside == 5487
    assert used > 3500
    assert weights.week().sum() == pytest.approx(1)
    night = weights.need_by_part(HOURS)["offences"].sum(axis=0).reshape(7, 24).sum(axis=0)
    assert night.argmin() in (4, 5, 6)
    assert weights.expected_per_week == pytest.approx(used / 52, rel=0.1)


def test_london_knows_no_hour_and_says_so(london):
    network, places, offences = london
    weights = weigh(network, offences=offences, places=places)
    rows = (weights.terms["part"] == "offences").to_numpy()
    assert weights.time[rows] == pytest.approx(np.full((rows.sum(), 168), 1 / 168))
    assert any("no offence has an hour" in note for note in weights.notes)
    assert weights.terms.set_index("kind").loc["Violence and sexual offences", "sensitive"]
    assert not any("sexual" in note for note in weights.notes)
    assert (weights.sources.loc[weights.sources["part"] == "offences", "hour"] == -1).all()


def test_baltimore_is_told_to_be_short(baltimore):
    network, places, offences = baltimore
    weights = weigh(network, offences=offences, places=places)
    assert any("18 days: too short" in note for note in weights.notes)
    assert "common assault" in set(weights.terms["kind"])


def test_monaco_plans_by_footfall_alone(monaco):
    network, places = monaco
    weights = weigh(network, places=places)
    assert weights.policy == {"a_off": 0.0, "a_foot": 1.0, "a_prob": 0.0}
    assert weights.expected_per_week == 0
    assert (weights.need(HOURS) >= 0).all()
    assert weights.need(HOURS).sum(axis=0).min() > 0
