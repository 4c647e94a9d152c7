"""The streets section of a plan file: boundary, closures and cache, together."""

import datetime as dt

import geopandas as gpd
import pytest
import shapely
from osm_town import LAT, LON, cross

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.plan_streets import plan_boundary, plan_streets
from patrolplan.orders.load import load

NEAR = shapely.box(LON - 0.001, LAT - 0.01, LON + 0.01, LAT + 0.01)


def settings(folder, **streets):
    text = {
        "community": {"name": "Town", "timezone": "Europe/Kyiv"},
        "streets": {"file": "town.osm"} | streets,
    }
    return Settings.model_validate(text, context={"folder": folder})


@pytest.fixture
def folder(tmp_path):
    cross().write(tmp_path / "town.osm")
    gpd.GeoDataFrame({"name": ["East", "All"]}, geometry=[NEAR, NEAR.buffer(1)], crs=4326).to_file(
        tmp_path / "areas.gpkg"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("streets", "metres"),
    [
        ({}, 800),
        ({"boundary_file": "areas.gpkg", "boundary_name": "East"}, 800),
        ({"bbox": list(NEAR.bounds)}, 800),
    ],
)
def test_each_way_to_say_which_streets(folder, streets, metres):
    network = plan_streets(settings(folder, **streets)).network
    assert network.street_km * 1000 == pytest.approx(metres, rel=0.01)
    assert (folder / ".patrolplan-cache").is_dir()


def test_around_offences(folder):
    near = settings(folder, around_offences_m=50)
    points = gpd.GeoSeries(gpd.points_from_xy([LON - 0.003, LON + 0.003], [LAT, LAT]), crs=4326)
    assert plan_boundary(near, points=points).contains(shapely.Point(LON, LAT))
    with pytest.raises(InputError, match=r"needs \[offences\]"):
        plan_streets(near)
    (folder / "offences.csv").write_text(f"lon,lat,kind,date\n{LON},{LAT},theft,2026-01-01 10:00\n")
    text = (
        '[community]\nname = "T"\ntimezone = "Europe/Kyiv"\n[streets]\nfile = "town.osm"\n'
        "around_offences_m = 90\n"
        '[offences]\nfile = "offences.csv"\n[plan]\ndate = 2026-11-23\n'
    )
    (folder / "plan.toml").write_text(text)
    loaded = load(read_plan_file(folder / "plan.toml"))
    assert loaded.network.street_km == pytest.approx(0.8, rel=0.01)
    assert len(loaded.offences) == 1


def test_closures_hold_on_the_day_of_the_plan(folder):
    shut = gpd.GeoDataFrame({"since": ["2026-11-20"], "until": ["2026-11-23"]}, geometry=[NEAR], crs=4326)
    shut.to_file(folder / "closed.gpkg")
    closed = settings(folder, closures_file="closed.gpkg")
    assert plan_streets(closed, on=dt.date(2026, 11, 23)).network.street_km < 0.2
    assert plan_streets(closed, on=dt.date(2026, 11, 24)).network.street_km > 0.79


def test_one_boundary_at_a_time_and_a_cache_that_can_be_switched_off(folder):
    with pytest.raises(ValueError, match="bbox and around_offences_m both say"):
        settings(folder, bbox=list(NEAR.bounds), around_offences_m=100)
    plan_streets(settings(folder, cache=""))
    assert not (folder / ".patrolplan-cache").exists()
    assert Settings.model_validate(
        {"community": {"name": "T", "timezone": "UTC"}, "streets": {"file": "x.osm"}}
    ).streets.cache is None  # fmt: skip
