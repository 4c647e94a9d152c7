"""All files of a plan at once, and plans at the edges of what there can be."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import gpxpy
import pandas as pd
import pytest
from plan_of_lattice import plan_of_lattice

from patrolplan.duty import Shift
from patrolplan.errors import InputError
from patrolplan.io import outputs
from patrolplan.io.outputs import write_plan
from patrolplan.io.times import iso, minutes_of_hours
from patrolplan.io.write_csv import timetable

NAMES = {
    "plan.json",
    "plan.gpkg",
    "routes.geojson",
    "timetable.csv",
    "map.html",
    "roster.xlsx",
    "plan.ics",
    *(f"route_{crew}.{ending}" for crew in ("1_nariad-1", "2_crew-2") for ending in ("gpx", "kml", "txt")),
    *(f"card_{crew}.pdf" for crew in ("1_nariad-1", "2_crew-2")),
}


def idle(plan):
    """The plan with crews that never leave their station and nothing left out."""
    events = plan.events[plan.events["kind"].isin(["start", "end"])].reset_index(drop=True)
    return dataclasses.replace(
        plan,
        events=events,
        legs=plan.legs.iloc[:0],
        visits=(0,) * len(plan.hot_spots),
        unserved=plan.unserved.iloc[:0],
    )


def test_all_files_with_the_same_bytes_twice(plan, tmp_path):
    one, two = write_plan(plan, tmp_path / "one"), write_plan(plan, tmp_path / "two")
    assert set(one) == set(two) == NAMES == {file.name for file in (tmp_path / "one").iterdir()}
    for name in NAMES:
        assert one[name].read_bytes() == two[name].read_bytes(), name


def test_second_plan_takes_the_place_of_the_first(plan, tmp_path):
    write_plan(plan_of_lattice(crews=3), tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    write_plan(plan, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == NAMES | {"mine.txt"}


def test_one_failing_writer_leaves_everything_as_it_was(plan, tmp_path, monkeypatch):
    write_plan(plan, tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def fails(plan, path):
        raise InputError("no")

    monkeypatch.setitem(outputs.WRITERS, "map.html", fails)
    with pytest.raises(InputError):
        write_plan(plan_of_lattice(crews=1), tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_crews_that_stay_at_the_station(plan, tmp_path):
    paths = write_plan(idle(plan), tmp_path)
    assert gpxpy.parse(paths["route_1_nariad-1.gpx"].read_text(encoding="utf-8")).get_track_points_no() == 0
    assert len(gpd.read_file(paths["plan.gpkg"], layer="legs")) == 0
    assert json.loads(paths["plan.json"].read_text(encoding="utf-8"))["routes"][0]["legs"] == []
    assert len(pd.read_csv(paths["timetable.csv"])) == 4


def test_night_in_which_clocks_go_back(plan):
    """25 October 2026, Kyiv: 03:00-04:00 comes twice; the shift 02:00-05:00 has four hours."""
    kyiv = ZoneInfo("Europe/Kyiv")
    start, end = (datetime(2026, 10, 25, hour, tzinfo=kyiv) for hour in (2, 5))
    crew = dataclasses.replace(plan.crews[0], shift=Shift(start=start, end=end))
    night = dataclasses.replace(plan, crews=(crew,))
    hours, minutes = minutes_of_hours(night)
    assert hours.tolist() == [146, 147, 148]
    assert minutes.tolist() == [60, 120, 60]
    first = pd.Timestamp(start) + pd.Timedelta(minutes=90)
    assert [iso(first), iso(first + timedelta(hours=1))] == [
        "2026-10-25T03:30:00+03:00",
        "2026-10-25T03:30:00+02:00",
    ]


def test_timetable_tells_repeated_clock_times_apart(plan):
    later = pd.Timestamp("2026-10-25T01:30", tz="UTC").tz_convert("Europe/Kyiv")
    shifted = plan.events.assign(arrive=later, start=later, leave=later)
    table = timetable(dataclasses.replace(plan, events=shifted))
    assert set(table["from"]) == {"03:30"}
    assert set(table["start_at"]) == {"2026-10-25T03:30:00+02:00"}
