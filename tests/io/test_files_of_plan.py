"""What is written is what was planned, read back with readers that are not our own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import gpxpy
import numpy as np
import pandas as pd
import pyogrio
import pytest
from plan_of_lattice import HOSTILE

from patrolplan.io.text import one_line
from patrolplan.io.times import minutes_of_hours
from patrolplan.io.write_csv import write_csv
from patrolplan.io.write_geojson import write_geojson
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_gpx import gpx_texts, write_gpx
from patrolplan.io.write_json import write_json
from patrolplan.units import OSM_CREDIT

FILES = {
    "plan.gpkg": write_gpkg,
    "routes.geojson": write_geojson,
    "timetable.csv": write_csv,
    "plan.json": write_json,
}


@pytest.mark.parametrize("name", FILES)
def test_same_plan_same_bytes(plan, tmp_path, name):
    one = FILES[name](plan, tmp_path / name).read_bytes()
    (tmp_path / "else").mkdir()
    two = FILES[name](plan, tmp_path / "else" / name).read_bytes()
    assert one == two


def test_same_bytes_from_another_process(plan, tmp_path):
    ours = write_gpkg(plan, tmp_path / "ours.gpkg").read_bytes()
    code = (
        "from plan_of_lattice import plan_of_lattice; from patrolplan.io.write_gpkg import write_gpkg;"
        f"write_gpkg(plan_of_lattice(), {str(tmp_path / 'theirs.gpkg')!r})"
    )
    env = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "TZ": "Asia/Tokyo",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
    assert (tmp_path / "theirs.gpkg").read_bytes() == ours


@pytest.mark.parametrize("name", FILES)
def test_hostile_names_harm_no_file(hostile_plan, tmp_path, name):
    text = FILES[name](hostile_plan, tmp_path / name).read_bytes()
    assert b"\x07" not in text or name == "plan.gpkg"
    assert "\u202e".encode() not in text


@pytest.mark.parametrize("name", FILES)
def test_credit_in_every_file(plan, tmp_path, name):
    assert OSM_CREDIT.encode() in FILES[name](plan, tmp_path / name).read_bytes()


def test_gpkg_segments_hold_need_that_adds_up(plan, tmp_path):
    segments = gpd.read_file(write_gpkg(plan, tmp_path / "plan.gpkg"), layer="segments")
    assert segments.crs == plan.network.segments.crs
    assert segments["need_week"].sum() == pytest.approx(1)
    for span in ("week", "shift"):
        parts = segments[[f"offences_{span}", f"footfall_{span}", f"problems_{span}"]].sum(axis=1)
        np.testing.assert_allclose(parts, segments[f"need_{span}"])
    # Two shifts, 16-21 and 20-01: nine different hours, Monday 16:00 to Tuesday 01:00.
    hours = np.arange(16, 25)
    np.testing.assert_allclose(segments["need_shift"], plan.weights.need(hours).sum(axis=1))
    assert segments["osm_ids"][3] == "1003 5003"
    assert list(segments["name"]) == list(plan.network.segments["name"])


def test_gpkg_layers_hold_times_and_places(plan, tmp_path):
    path = write_gpkg(plan, tmp_path / "plan.gpkg")
    stops, legs = gpd.read_file(path, layer="stops"), gpd.read_file(path, layer="legs")
    for name in ("arrive", "start", "leave"):
        assert [datetime.fromisoformat(at) for at in stops[name]] == list(plan.events[name])
    assert stops.geometry.geom_equals(plan.events.geometry).all()
    assert list(stops["kind"]) == list(plan.events["kind"])
    assert [datetime.fromisoformat(at) for at in legs["end"]] == list(plan.legs["end"])
    assert legs.geometry.geom_equals(plan.legs.geometry).all()
    assert [tuple(map(int, ids.split())) for ids in legs["segments"]] == list(plan.legs["segments"])
    spots = gpd.read_file(path, layer="hot_spots")
    assert list(spots["visits"]) == list(plan.visits)
    assert set(spots.geom_type) == {"MultiLineString"}
    assert spots.length.to_numpy() == pytest.approx([spot.walk_m for spot in plan.hot_spots])
    assert list(gpd.read_file(path, layer="unserved")["why"]) == list(plan.unserved["why"])


def test_gpkg_leaves_gdal_as_it_was(plan, tmp_path):
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2011-11-11T11:11:11.000Z"})
    try:
        write_gpkg(plan, tmp_path / "plan.gpkg")
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "2011-11-11T11:11:11.000Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_geojson_is_wgs84_and_complete(plan, tmp_path):
    path = write_geojson(plan, tmp_path / "routes.geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["attribution"] == OSM_CREDIT
    assert "crs" not in document
    frame = gpd.read_file(path).set_crs("EPSG:4326")
    legs, events = frame[frame["layer"] == "leg"], frame[frame["layer"] == "event"]
    assert len(legs) == len(plan.legs)
    assert len(events) == len(plan.events)
    back = events.geometry.to_crs(plan.events.crs).reset_index(drop=True)
    assert back.distance(plan.events.geometry).max() < 0.1
    raw = [f["properties"]["arrive"] for f in document["features"] if f["properties"]["layer"] == "event"]
    assert [datetime.fromisoformat(at) for at in raw] == list(plan.events["arrive"])


def test_csv_opens_in_pandas_and_excel(plan, tmp_path):
    path = write_csv(plan, tmp_path / "timetable.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(path)
    assert list(frame["crew"]) == list(plan.events["crew_name"])
    assert [datetime.fromisoformat(at) for at in frame["leave_at"]] == list(plan.events["leave"])
    assert list(frame["from"][:3]) == ["16:00", "16:01", "16:13"]
    walks = plan.legs[plan.legs["kind"] == "walk"]
    assert frame["walk_m"].sum() == pytest.approx(walks["length_m"].sum(), abs=len(frame))
    assert set(frame["source"]) == {OSM_CREDIT}


def test_csv_cells_are_no_formulas(hostile_plan, tmp_path):
    path = write_csv(hostile_plan, tmp_path / "timetable.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(hostile_plan.events) + 1
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not [text for row in rows for text in row if text[:1] in ("=", "+", "-", "@", "\t")]
    assert any(text.startswith("'=cmd") for row in rows for text in row)


def test_gpx_holds_every_event_and_a_timed_track(plan, tmp_path):
    paths = write_gpx(plan, tmp_path)
    assert [path.name for path in paths] == ["route_1_nariad-1.gpx", "route_2_crew-2.gpx"]
    for crew, path in enumerate(paths):
        gpx = gpxpy.parse(path.read_text(encoding="utf-8"))
        assert gpx.version == "1.1"
        assert gpx.copyright_author == "OpenStreetMap contributors"
        events = plan.events[plan.events["crew"] == crew]
        assert [point.time for point in gpx.waypoints] == list(events["start"])
        places = gpd.GeoSeries.from_xy(
            [point.longitude for point in gpx.waypoints],
            [point.latitude for point in gpx.waypoints],
            crs="EPSG:4326",
        )
        assert places.to_crs(events.crs).distance(events.geometry.reset_index(drop=True)).max() < 0.1
        _is_like_the_legs(gpx, plan.legs[plan.legs["crew"] == crew])
    names = [point.name for point in gpx.waypoints]
    assert names[:3] == ["20:00 Start: station", "01 20:04 проспект Миру / Main Street", "20:16 Break"]


def _is_like_the_legs(gpx, legs):
    points = gpx.tracks[0].segments[0].points
    times = [point.time for point in points]
    assert times == sorted(times)
    assert set(legs["start"]) | set(legs["end"]) <= set(times)
    assert gpx.tracks[0].length_2d() == pytest.approx(legs["length_m"].sum(), rel=0.005)


GPX_ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"],
    "wpt": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"],
    "trkpt": ["ele", "time"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "copyright": ["year", "license"],
    "trkseg": ["trkpt"],
}
"""Children of each element in the order that the GPX 1.1 schema prescribes."""


def test_gpx_keeps_the_schema(hostile_plan):
    from xml.etree import ElementTree

    for text in gpx_texts(hostile_plan).values():
        for element in ElementTree.fromstring(text).iter():
            tag = element.tag.removeprefix("{http://www.topografix.com/GPX/1/1}")
            children = [child.tag.rpartition("}")[2] for child in element]
            places = [GPX_ORDER[tag].index(child) for child in children] if children else []
            assert places == sorted(places), (tag, children)
            if tag in ("wpt", "trkpt"):
                assert -90 <= float(element.get("lat")) <= 90
                assert -180 <= float(element.get("lon")) < 180


def test_gpx_of_crews_gone_is_taken_away(plan, tmp_path):
    (tmp_path / "route_9_old.gpx").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    write_gpx(plan, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "notes.txt",
        "route_1_nariad-1.gpx",
        "route_2_crew-2.gpx",
    ]


def test_json_holds_what_a_checker_needs(plan, tmp_path):
    document = json.loads(write_json(plan, tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert document["schema_version"] == 1
    assert document["scores"]["score"] == plan.scores["score"]
    assert document["provenance"]["settings"] == {"fade_s": 7200, "pass_quality": 0.3, "seed": 7}
    hours, minutes = minutes_of_hours(plan, whole_horizon=True)
    assert document["need"]["hours"] == hours.tolist()
    assert sum(document["need"]["minutes"]) == minutes.sum() == 9 * 60
    np.testing.assert_array_equal(document["need"]["all_streets"], plan.weights.need(hours).sum(axis=0))
    lengths = {row[0]: row[3] for row in document["streets"]["rows"]}
    for route in document["routes"]:
        assert route["events"][0]["kind"] == "start"
        assert route["events"][-1]["kind"] == "end"
        for leg in route["legs"]:
            assert sum(lengths[s] for s in leg["segments"]) == pytest.approx(leg["length_m"])
            assert all(str(segment) in document["need"]["segments"] for segment in leg["segments"])


def test_json_names_nobody_knows_are_kept_readable(hostile_plan, tmp_path):
    document = json.loads(write_json(hostile_plan, tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert document["community"] == HOSTILE[0]
    assert [spot["label"] for spot in document["hot_spots"][:7]] == [one_line(name) for name in HOSTILE]
