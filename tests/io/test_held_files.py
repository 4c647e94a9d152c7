"""KML, calendar, messenger text, roster and vector files, each read with a reader not our own."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from icalendar import Calendar
from lxml import etree
from plan_of_lattice import HOSTILE, plan_of_lattice

from patrolplan.errors import InputError
from patrolplan.io.qgis_styles import style_qml
from patrolplan.io.route_facts import all_routes, plan_hash
from patrolplan.io.route_text import route_texts, utf16_units, write_route_text
from patrolplan.io.sun import is_dark, sun_height_deg
from patrolplan.io.text import one_line
from patrolplan.io.write_gpkg import gpkg_layers, write_gpkg
from patrolplan.io.write_ics import ics_bytes, version_after, write_ics
from patrolplan.io.write_kml import kml_texts, write_kml
from patrolplan.io.write_vector import write_flatgeobuf, write_geoparquet
from patrolplan.io.write_xlsx import sheet_name, write_xlsx
from patrolplan.units import OSM_CREDIT

KML = {"k": "http://www.opengis.net/kml/2.2"}


def visits_of(plan, crew=0):
    return plan.events[(plan.events["crew"] == crew) & (plan.events["kind"] == "visit")]


# --- KML


def test_kml_holds_numbered_stops_and_the_way(plan, tmp_path):
    root = etree.parse(write_kml(plan, tmp_path / "a.kml")).getroot()
    marks = root.findall(".//k:Placemark[k:Point]", KML)
    stops = [mark for mark in marks if mark.findtext("k:styleUrl", namespaces=KML) == "#visit"]
    expected = visits_of(plan)
    degrees = expected.geometry.to_crs("EPSG:4326")
    assert len(stops) == len(expected)
    for mark, stop, point in zip(stops, expected.itertuples(), degrees, strict=True):
        name = mark.findtext("k:name", namespaces=KML)
        assert name.startswith(f"{stop.order}. {stop.label}")
        assert f"{stop.start:%H:%M}–{stop.leave:%H:%M}" in name
        lon, lat = map(float, mark.findtext("k:Point/k:coordinates", namespaces=KML).split(","))
        assert (lon, lat) == pytest.approx((point.x, point.y), abs=1e-6)
        assert mark.findtext("k:TimeSpan/k:begin", namespaces=KML) == stop.start.isoformat()
    line = root.findtext(".//k:LineString/k:coordinates", namespaces=KML).split()
    assert len(line) > len(stops)
    assert OSM_CREDIT in root.findtext("k:Document/k:description", namespaces=KML)


def test_kml_opens_in_gdal(plan, tmp_path):
    path = write_kml(plan, tmp_path / "a.kml", crew=1)
    stops = gpd.read_file(path, layer="Stops")
    assert (stops.geom_type == "Point").all()
    assert len(stops) == (plan.events["crew"] == 1).sum()


def test_kml_of_hostile_names_is_text(hostile_plan):
    for text in kml_texts(hostile_plan):
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
        assert not [tag for tag in root.iter() if str(tag.tag).endswith("}script")]
        for about in root.findall(".//k:Placemark/k:description", KML):
            assert "<script" not in about.text  # escaped once more, since viewers show HTML
    assert kml_texts(hostile_plan) == kml_texts(hostile_plan)


# --- calendar


def events_in(content: bytes):
    return Calendar.from_ical(content).walk("VEVENT")


def test_calendar_has_an_event_for_each_shift_and_stop(plan):
    calendar = Calendar.from_ical(ics_bytes(plan))
    events = calendar.walk("VEVENT")
    assert len(events) == len(plan.crews) + (plan.events["kind"] == "visit").sum()
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Kyiv"]
    starts = {event["DTSTART"].dt.timestamp() for event in events}
    assert starts >= {start.timestamp() for start in visits_of(plan)["start"]}
    for event in events:
        assert event["DTSTART"].params["TZID"] == "Europe/Kyiv"
        assert event["DTEND"].dt > event["DTSTART"].dt
        assert {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY"} <= set(event)
        assert OSM_CREDIT in event["DESCRIPTION"]


def test_calendar_keeps_the_rules_of_the_format(hostile_plan):
    content = ics_bytes(hostile_plan)
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)
    for event in events_in(content):
        assert "\x00" not in str(event["SUMMARY"])
    uids = [str(event["UID"]) for event in events_in(content)]
    assert len(set(uids)) == len(uids)
    assert ics_bytes(hostile_plan) == content


def test_new_version_replaces_the_old(plan, tmp_path):
    path = write_ics(plan, tmp_path / "plan.ics")
    first = path.read_bytes()
    assert write_ics(plan, path).read_bytes() == first
    assert version_after(plan, path) == 1
    later = plan.events.assign(
        **{name: plan.events[name] + pd.Timedelta(minutes=3) for name in ("arrive", "start", "leave")}
    )
    moved = dataclasses.replace(plan, events=later)
    assert version_after(moved, path) == 2
    write_ics(moved, path)
    old = {str(event["UID"]): event for event in events_in(first)}
    new = {str(event["UID"]): event for event in events_in(path.read_bytes())}
    assert set(new) == set(old)
    assert {int(event["SEQUENCE"]) for event in new.values()} == {1}
    assert all(new[uid]["DTSTAMP"].dt > old[uid]["DTSTAMP"].dt for uid in old)


def test_stops_no_longer_planned_are_cancelled(plan, tmp_path):
    path = write_ics(plan, tmp_path / "plan.ics")
    last = visits_of(plan).index[-1]
    shorter = dataclasses.replace(plan, events=plan.events.drop(index=last).reset_index(drop=True))
    write_ics(shorter, path)
    gone = [event for event in events_in(path.read_bytes()) if str(event.get("STATUS")) == "CANCELLED"]
    assert [str(event["SUMMARY"])[:17] for event in gone] == ["No longer planned"]
    assert int(gone[0]["SEQUENCE"]) == 1
    again = path.read_bytes()
    assert write_ics(shorter, path).read_bytes() == again
    write_ics(plan, path)
    back = [event for event in events_in(path.read_bytes()) if event["UID"] == gone[0]["UID"]]
    assert [str(event["STATUS"]) for event in back] == ["CONFIRMED"]


def test_calendar_of_another_is_left_out_of_account(plan, tmp_path):
    for content in (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", b"\xff nonsense", b""):
        path = tmp_path / "plan.ics"
        path.write_bytes(content)
        assert version_after(plan, path) == 1
        assert len(events_in(ics_bytes(plan, previous=path))) == len(events_in(ics_bytes(plan)))


def test_hour_that_comes_twice_is_told_in_utc(plan):
    """25 October 2026, Kyiv: 03:30 comes twice; local time in a calendar means the first."""
    second = pd.Timestamp("2026-10-25T01:30", tz="UTC").tz_convert("Europe/Kyiv")
    events = plan.events.assign(arrive=second, start=second, leave=second + pd.Timedelta(minutes=12))
    told = events_in(ics_bytes(dataclasses.replace(plan, events=events)))
    assert second.timestamp() in {event["DTSTART"].dt.timestamp() for event in told}


# --- message


@pytest.mark.parametrize("stops", [5, 20, 45])
@pytest.mark.parametrize("hostile", [False, True])
def test_message_fits_a_messenger(stops, hostile):
    plan = plan_of_lattice(n_hot_spots=stops + 1, crews=1, hostile=hostile)
    (text,) = route_texts(plan)
    assert utf16_units(text) <= 4096
    assert OSM_CREDIT in text
    for stop in visits_of(plan).itertuples():
        line = f"{stop.start:%H:%M}–{stop.leave:%H:%M}, 12 min  {stop.order}. "
        assert line in text or "more stops" in text


def test_message_tells_all_where_there_is_room(plan, tmp_path):
    text = write_route_text(plan, tmp_path / "a.txt").read_text(encoding="utf-8")
    for told in ("Наряд 1", "Why: 14 thefts on record here", "Do: ", "min walk", plan_hash(plan)):
        assert told in text


# --- roster


def test_roster_has_a_sheet_an_officer(plan, tmp_path):
    book = openpyxl.load_workbook(write_xlsx(plan, tmp_path / "a.xlsx"))
    assert book.sheetnames == ["Roster", "Officer 1", "Officer 2"]
    rows = list(book["Roster"].iter_rows(min_row=4, max_row=5, values_only=True))
    assert [row[0] for row in rows] == ["Наряд 1", "Crew 2"]
    assert rows[0][2].date().isoformat() == "2026-11-23"
    own = list(book["Officer 1"].iter_rows(min_row=4, values_only=True))
    stops = [row for row in own if isinstance(row[6], int)]
    expected = visits_of(plan)
    assert [row[7] for row in stops] == list(expected["label"])
    assert [f"{row[3]:%H:%M}" for row in stops] == [f"{start:%H:%M}" for start in expected["start"]]
    assert any(OSM_CREDIT in str(row[0]) for row in own)


def test_roster_runs_no_formula(hostile_plan, tmp_path):
    path = write_xlsx(hostile_plan, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(str(cell.value).startswith("=cmd") for cell in cells)
    assert all(cell.hyperlink is None for cell in cells)
    assert path.read_bytes() == write_xlsx(hostile_plan, tmp_path / "b.xlsx").read_bytes()


def test_sheet_names_are_what_excel_allows():
    taken = {"roster"}
    made = [sheet_name(name, taken) for name in (*HOSTILE, *HOSTILE, "История", "history", "", "🚓" * 40)]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert 0 < utf16_units(name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'")
        assert not name.endswith("'")


# --- layers


def test_flatgeobuf_reads_back(plan, tmp_path):
    paths = write_flatgeobuf(plan, tmp_path / "fgb")
    for name, (frame, _) in gpkg_layers(plan).items():
        back = pyogrio.read_dataframe(paths[name])
        assert len(back) == len(frame)
        assert back.crs == frame.crs
        assert set(back.columns) == set(frame.columns)
    again = write_flatgeobuf(plan, tmp_path / "two")
    assert all(paths[name].read_bytes() == again[name].read_bytes() for name in paths)


def test_geoparquet_where_pyarrow_is(plan, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason="GeoParquet needs the extra parquet")
    paths = write_geoparquet(plan, tmp_path / "parquet")
    back = gpd.read_parquet(paths["stops"])
    assert list(back["label"]) == [one_line(label) for label in plan.events["label"]]


def test_geoparquet_without_pyarrow_says_what_to_install(plan, tmp_path, monkeypatch):
    monkeypatch.setattr("patrolplan.io.write_vector.find_spec", lambda name: None)
    with pytest.raises(InputError, match="parquet"):
        write_geoparquet(plan, tmp_path)


def test_geopackage_opens_drawn(plan, tmp_path):
    path = write_gpkg(plan, tmp_path / "plan.gpkg")
    with sqlite3.connect(path) as database:
        styles = database.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
    database.close()
    layers = gpkg_layers(plan)
    assert [name for name, *_ in styles] == list(layers)
    for name, column, default, qml in styles:
        assert (column, default) == ("geom", 1)
        root = etree.fromstring(qml.split("\n", 1)[1])
        symbols = {symbol.get("name") for symbol in root.findall(".//symbols/symbol")}
        used = {entry.get("symbol") for tag in ("range", "category") for entry in root.iter(tag)}
        assert used <= symbols
        for attribute in re.findall(r'"(\w+)"', root.find("renderer-v2").get("attr") or ""):
            assert attribute in layers[name][0].columns


def test_classes_of_need_hold_every_segment(plan):
    frame = gpkg_layers(plan)["segments"][0]
    root = etree.fromstring(style_qml("segments", frame).split("\n", 1)[1])
    ranges = [(float(r.get("lower")), float(r.get("upper"))) for r in root.iter("range")]
    need = frame["need_shift"]
    assert ranges[0][0] <= need.min()
    assert ranges[-1][1] >= need.max() - 1e-12
    assert all(a[1] == b[0] for a, b in pairwise(ranges))


# --- sun


def test_sun_sets_when_the_almanac_says():
    """Kyiv, 21 June 2026: sunset 21:13; 21 December: 15:56 (to a few minutes, refraction left out)."""
    kyiv = ZoneInfo("Europe/Kyiv")
    for at in (datetime(2026, 6, 21, 21, 13, tzinfo=kyiv), datetime(2026, 12, 21, 15, 56, tzinfo=kyiv)):
        assert sun_height_deg(at, lon=30.52, lat=50.45) == pytest.approx(-0.83, abs=0.6)


def test_polar_night_and_day():
    tromso = {"lon": 18.96, "lat": 69.65}
    noon = datetime(2026, 12, 21, 20, tzinfo=UTC)
    assert is_dark(noon, **tromso)
    assert not is_dark(datetime(2026, 6, 21, 22, tzinfo=UTC), **tromso)
    assert not is_dark(noon - timedelta(days=183), **tromso)


def test_routes_are_told_alike_everywhere(plan):
    routes = all_routes(plan)
    assert [route.number for route in routes] == [1, 2]
    assert [len(route.visits) for route in routes] == [len(visits_of(plan, crew)) for crew in (0, 1)]
