"""Caps and floors of areas, cameras, turns among equals, published harm: what a hand can check."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from towns import lattice

from patrolplan.build import build_problem
from patrolplan.duty import Crew, Officer, Shift
from patrolplan.errors import InputError
from patrolplan.io.kinds_file import read_harm
from patrolplan.io.need_files import read_factors, read_limits
from patrolplan.risk.cameras import watched_share
from patrolplan.risk.hot_spot_turns import drawn_among_equals
from patrolplan.risk.hot_spots import find_hot_spots
from patrolplan.risk.kinds import rate_kinds
from patrolplan.risk.limits import AreaLimits, within_limits
from patrolplan.risk.weigh import weigh

TOWN = lattice(6, 100.0)
SIZE = len(TOWN.segments)
ZONE = ZoneInfo("Europe/Kyiv")
SHIFT = Shift(start=datetime(2026, 11, 23, 16, tzinfo=ZONE), end=datetime(2026, 11, 23, 20, tzinfo=ZONE))


def limits(least, most):
    area = np.where(np.arange(SIZE) < 10, 0, np.where(np.arange(SIZE) < 30, 1, -1))
    return AreaLimits(names=("A", "B"), of_segment=area, least=np.array(least), most=np.array(most))


def shares(weights):
    week = weights.week()
    return week[:10].sum(), week[10:30].sum(), week[30:].sum()


def test_a_floor_lifts_its_area_and_the_rest_shrinks_alike():
    flat = weigh(TOWN)  # even by length: 10, 20 and 30 of 60 segments
    got = within_limits(flat, limits([0.4, 0.0], [1.0, 1.0]))
    assert shares(got) == pytest.approx((0.4, 0.6 * 20 / 50, 0.6 * 30 / 50))
    assert "A from 17% to 40%" in got.notes[-1]


def test_a_cap_and_a_floor_are_kept_together():
    got = within_limits(weigh(TOWN), limits([0.3, 0.0], [1.0, 0.1]))
    assert shares(got) == pytest.approx((0.3, 0.1, 0.6))


def test_limits_that_hold_already_change_nothing():
    flat = weigh(TOWN)
    assert within_limits(flat, limits([0.1, 0.1], [0.5, 0.5])) is flat


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [([0.7, 0.7], [1, 1], "add up to 140%"), ([0.5, 0.0], [0.4, 1.0], "the first no greater")],
)
def test_limits_that_cannot_be_kept_are_refused(least, most, told):
    with pytest.raises(InputError, match=told):
        within_limits(weigh(TOWN), limits(least, most))


def test_factors_by_street_and_area(tmp_path):
    table = tmp_path / "factors.csv"
    table.write_text("street;factor\nStreet 2;1,5\nStreet 3;0\n", encoding="utf-8")
    factor = read_factors(table, TOWN)
    names = TOWN.segments["name"].to_numpy()
    assert set(factor[names == "Street 2"]) == {1.5}
    assert set(factor[names == "Street 3"]) == {0.0}
    assert (factor == 1).sum() == SIZE - np.isin(names, ["Street 2", "Street 3"]).sum()
    origin = TOWN.nodes.geometry.iloc[0]
    area = shapely.box(origin.x - 10, origin.y - 10, origin.x + 110, origin.y + 110)
    drawn = gpd.GeoDataFrame({"name": ["old town"], "least": ["20 %"]}, geometry=[area], crs=TOWN.nodes.crs)
    drawn.to_file(tmp_path / "areas.gpkg")
    got = read_limits(tmp_path / "areas.gpkg", TOWN)
    assert got.names == ("old town",)
    assert (got.least[0], got.most[0]) == (0.2, 1.0)
    assert (got.of_segment == 0).sum() == 4


def test_rows_that_hold_for_no_street_are_told_together(tmp_path):
    table = tmp_path / "factors.csv"
    table.write_text("street,factor\nNowhere,2\nStreet 2,minus\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_factors(table, TOWN)
    assert len(told.value.faults) == 2


def cameras(*rows):
    origin = TOWN.nodes.geometry.iloc[0]
    points = [None if row[0] is None else shapely.Point(origin.x + row[0], origin.y + row[1]) for row in rows]
    table = {
        "street": [row[2] for row in rows],
        "range_m": 30.0,
        "since": pd.NaT,
        "until": pd.to_datetime([row[3] for row in rows]),
    }
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, crs=TOWN.nodes.crs))


def test_cameras_show_what_lies_in_range_or_is_named():
    both = cameras((50, 0, "", None), (None, 0, "Street 3", None))
    seen = watched_share(TOWN, both, as_of=date(2026, 1, 1))
    assert seen[0] == pytest.approx(0.6, abs=0.01)
    assert seen[TOWN.segments["name"] == "Street 3"].tolist() == [1.0] * 5
    assert (seen > 0).sum() == 6
    assert watched_share(TOWN, cameras((50, 0, "", "2025-01-01")), as_of=date(2026, 1, 1)).max() == 0


def test_a_watched_stop_needs_a_shorter_stay_and_keeps_its_need_and_effect():
    flat = weigh(TOWN)
    plain = find_hot_spots(TOWN, flat, [SHIFT])
    watched = find_hot_spots(TOWN, flat, [SHIFT], watched=np.ones(SIZE), watched_dwell_min=8)
    assert {spot.full_stay for spot in plain} == {1.0}
    assert {spot.full_stay for spot in watched} == {8 / 12}
    assert max(spot.dwell_s for spot in watched) <= 10 * 60 < min(spot.dwell_s for spot in plain)
    need = flat.need(np.arange(16, 20)).sum(axis=1)
    for spot in watched:
        assert spot.need == pytest.approx(need[list(spot.segments)].sum())
        assert spot.walk_m <= spot.dwell_s * 3 / 3.6 + 1
    corner = TOWN.nodes.to_crs(4326).geometry.iloc[0]
    at = (corner.x, corner.y)
    crew = Crew(name="A", officers=(Officer(name="x"),), shift=SHIFT, start=at, end=at)
    problem = build_problem(TOWN, flat, watched, [crew], timezone="Europe/Kyiv")
    assert problem.quality == pytest.approx(np.ones(len(watched)))


def test_equals_take_turns_and_the_clearly_needier_stays():
    need = np.full(SIZE, 1.0)
    need[0] = 30.0
    group = np.full(SIZE, 2)
    group[0], group[40:] = 1, 3
    first, again, other = (drawn_among_equals(TOWN, need, group, turn=turn) for turn in (1, 1, 2))
    assert (first == again).all()
    assert first[0] == other[0] == 30
    assert first[40:].tolist() == need[40:].tolist()
    assert first[1:40].sum() == pytest.approx(39)
    assert first[1:40].argmax() != other[1:40].argmax()
    flat = weigh(TOWN)
    tops = {find_hot_spots(TOWN, flat, [SHIFT], max_hot_spots=2, turn=turn)[0].segments for turn in range(6)}
    assert len(tops) > 2


def test_published_harm_replaces_the_classes_it_names(tmp_path):
    table = tmp_path / "harm.csv"
    table.write_text("Offence,Days\nThefts,20\nRobbery,365\nMurder,5475\n", encoding="utf-8")
    kinds = pd.Series(["Thefts", "Robbery", "Vandalism"])
    rated = rate_kinds(kinds, harm=read_harm(table)).set_index("kind")
    usual = rate_kinds(kinds).set_index("kind")
    assert rated.loc["Robbery", "harm"] / rated.loc["Thefts", "harm"] == pytest.approx(365 / 20)
    product = usual.loc["Robbery", "harm"] * usual.loc["Thefts", "harm"]
    assert rated.loc["Robbery", "harm"] * rated.loc["Thefts", "harm"] == pytest.approx(product)
    assert rated.loc["Vandalism", "harm"] == usual.loc["Vandalism", "harm"]
    with pytest.raises(InputError, match="none of the street offences"):
        rate_kinds(pd.Series(["Vandalism"]), harm=read_harm(table))
