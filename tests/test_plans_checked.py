"""Whole plans, from files to files, judged by the independent checker; and the checker judged as well."""

import json
import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from plan_checker import _visit_faults as visit_faults
from plan_checker import faults_of

from patrolplan.config.settings import Settings
from patrolplan.example import write_example
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.pipeline import make
from patrolplan.solver.stop import Stop

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return folder


@pytest.fixture(scope="module")
def planned(example, tmp_path_factory):
    """The example's plan, written."""
    folder = tmp_path_factory.mktemp("plan") / "out"
    write_plan(make(read_plan_file(example / "plan.toml"), stop=Stop(solutions=2)), folder)
    return folder


def test_the_example_s_plan_is_sound(planned):
    assert faults_of(planned) == []


def test_the_same_seed_gives_the_same_bytes(example, planned, tmp_path):
    again = write_plan(
        make(read_plan_file(example / "plan.toml"), stop=Stop(solutions=2)), tmp_path / "again"
    )
    assert {"plan.json", "plan.gpkg", "map.html", "routes.geojson", "timetable.csv"} < set(again)
    for name, path in again.items():
        assert path.read_bytes() == (planned / name).read_bytes(), name


def test_plans_of_or_tools_alone_are_sound(example, tmp_path):
    settings = read_plan_file(example / "plan.toml")
    alone = settings.model_copy(update={"plan": settings.plan.model_copy(update={"refine": False})})
    plan = make(alone, stop=Stop(solutions=20))
    write_plan(plan, tmp_path / "alone")
    assert faults_of(tmp_path / "alone") == []
    assert len(plan.stops) > 0
    assert plan.scores["score"] == max(plan.scores["routing_score"], plan.scores["greedy_score"])


def test_the_plan_does_not_tell_where_it_was_made(example, planned):
    for path in planned.iterdir():
        assert str(example).encode() not in path.read_bytes(), path.name


def _spoil(plan, what):
    first = plan["routes"][0]
    visit = next(event for event in first["events"] if event["kind"] == "visit")
    walk = next(leg for leg in first["legs"] if leg["kind"] == "walk")
    if what == "score":
        plan["scores"]["score"] *= 1.001
    elif what == "late":
        first["shift"]["end"] = first["shift"]["start"]
    elif what == "short stay":
        visit["leave"] = visit["start"]
    elif what == "fast walk":
        walk["end"] = walk["start"]
    elif what == "moved visit":
        visit["hot_spot"] = (visit["hot_spot"] + 1) % len(plan["hot_spots"])
    elif what == "shared segment":
        plan["hot_spots"][0]["segments"] = plan["hot_spots"][1]["segments"]
    elif what == "need":
        plan["need"]["segments"] = {key: [0.0] * len(row) for key, row in plan["need"]["segments"].items()}
    elif what == "unserved":
        plan["unserved"] = plan["unserved"][1:]
    else:
        rest = next(
            event for route in plan["routes"] for event in route["events"] if event["kind"] == "break"
        )
        rest["leave"] = rest["start"]


@pytest.mark.parametrize(
    "what",
    [
        "score",
        "late",
        "short stay",
        "fast walk",
        "moved visit",
        "shared segment",
        "need",
        "unserved",
        "break",
    ],
)
def test_the_checker_notices(planned, tmp_path, what):
    spoilt = tmp_path / "spoilt"
    shutil.copytree(planned, spoilt)
    plan = json.loads((spoilt / "plan.json").read_text(encoding="utf-8"))
    _spoil(plan, what)
    (spoilt / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert faults_of(spoilt)


def test_the_checker_notices_a_visit_nobody_walks_to(planned):
    plan = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    route = plan["routes"][0]
    assert visit_faults(plan, route) == []
    walk = next(leg for leg in route["legs"] if leg["kind"] == "walk")
    route["legs"] = [leg for leg in route["legs"] if leg is not walk]
    assert any("nobody walks there" in fault for fault in visit_faults(plan, route))


def test_the_checker_notices_legs_that_leave_their_streets(planned, tmp_path):
    spoilt = tmp_path / "spoilt"
    shutil.copytree(planned, spoilt)
    legs = gpd.read_file(spoilt / "plan.gpkg", layer="legs")
    legs.geometry = legs.geometry.translate(xoff=5)
    legs.to_file(spoilt / "plan.gpkg", layer="legs")
    assert any("leaves its streets" in fault for fault in faults_of(spoilt))


def settings_of(streets, offences, zone, station, *, crews=2):
    """A plan file's settings for one of the shared extracts."""
    names = [f"Officer {number}" for number in range(1, crews + 1)]
    return Settings.model_validate(
        {
            "community": {"name": "Town", "timezone": zone},
            "streets": {"file": SHARED / streets},
            **({"offences": {"file": SHARED / offences}} if offences else {}),
            "plan": {"date": date(2026, 11, 27)},
            "stations": [{"name": "Station", "lon": station[0], "lat": station[1]}],
            "officers": [{"name": name} for name in names],
            "crews": [
                {"name": f"Crew of {n}", "officers": [n], "start": "Station", "shift": "16:00-20:00"}
                for n in names
            ],
        }
    )


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is not beside the checkout")
@pytest.mark.parametrize(
    ("streets", "offences", "zone", "station"),
    [
        (
            "philadelphia/streets.osm",
            "philadelphia/offences_2018.csv",
            "America/New_York",
            (-75.1575, 39.984),
        ),
        (
            "baltimore/streets.osm.pbf",
            "baltimore/offences_june_2016.csv",
            "America/New_York",
            (-76.575, 39.287),
        ),
        ("london/streets.osm.pbf", "london/offences_monthly.csv", "Europe/London", (-0.105, 51.5235)),
        ("osm/monaco_2020.osm.pbf", None, "Europe/Monaco", (7.4215, 43.7335)),
        ("osm/minsk_centre.osm", None, "Europe/Minsk", (27.56, 53.90)),
    ],
)
def test_plans_of_real_towns_are_sound(streets, offences, zone, station, tmp_path):
    plan = make(settings_of(streets, offences, zone, station), stop=Stop(solutions=1))
    write_plan(plan, tmp_path / "plan")
    assert faults_of(tmp_path / "plan") == []
    assert plan.scores["score"] >= plan.scores["greedy_score"]
    assert ("offences" in plan.scores["share_by_part"]) == (offences is not None)
    assert any("places people visit" in note for note in plan.notes)
