"""Rides of a week on what people hold: a town and a village three kilometres off, by car and by bus."""

from __future__ import annotations

import json
import math
from datetime import date

import openpyxl
import pytest
from icalendar import Calendar
from osm_town import LAT, LON, M_PER_DEG, Town
from pypdf import PdfReader

from patrolplan.in_language import in_language
from patrolplan.io.issued_file import read_issued
from patrolplan.io.map_data import map_data
from patrolplan.io.osm_rides import read_ride_roads
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.ride_words import ride_lines
from patrolplan.io.route_text import route_texts
from patrolplan.io.timetable_file import read_timetable
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop

FAR = 3000.0
PLAN = """
[community]
name = "Two Places"
timezone = "Europe/Kyiv"
[streets]
file = "streets.osm"
[[stations]]
name = "Post 1"
lon = {lon}
lat = {lat}
[[officers]]
name = "Olena"
[week]
hours = 7
shortest_block_h = 2
longest_block_h = 3
earliest = "12:00"
latest = "20:00"
step_min = 60
top_places = 0
{week}
[[week.parking]]
settlement = "Beta"
lon = {far}
lat = {lat}
"""
BUSES = """from,to,depart,arrive,days,line,from_stop,to_stop
Alpha,Beta,12:10,12:25,,11,Market,Beta school
Alpha,Beta,12:20,12:31,,12,Market,Beta school
Alpha,Beta,13:10,13:25,,11,Market,Beta school
Alpha,Beta,14:10,14:25,,11,Market,Beta school
Alpha,Beta,15:10,15:25,,11,Market,Beta school
Beta,Alpha,14:35,14:50,,11,Beta school,Market
Beta,Alpha,15:35,15:50,,11,Beta school,Market
Beta,Alpha,16:35,16:50,,11,Beta school,Market
Beta,Alpha,17:35,17:50,,11,Beta school,Market
Beta,Alpha,18:35,18:50,,11,Beta school,Market
"""


def degrees(x):
    return LON + x / (M_PER_DEG * math.cos(math.radians(LAT)))


def planned(folder, week):
    town = Town()
    for x0, name, kind in ((0.0, "Alpha", "town"), (FAR, "Beta", "village")):
        for k in range(4):
            away = 1 if x0 else -1
            town.way(
                *((x0 + away * 100.0 * i, 100.0 * k) for i in range(4)),
                highway="residential",
                name=f"{name} {k}",
            )
            town.way(*((x0 + away * 100.0 * k, 100.0 * i) for i in range(4)), highway="residential")
        town.node(x0, 0.0, place=kind, name=name)
        town.node(x0 + away * 100.0, 100.0, shop="supermarket", name=f"Shop of {name}")
    town.way((0.0, 0.0), (FAR, 0.0), highway="tertiary", name="Long Road")
    # A yard beside the station that no road joins: a station next to it must not be held fast there.
    town.way((0.0, -5.0), (10.0, -5.0), highway="service", name="Yard")
    town.write(folder / "streets.osm")
    (folder / "bus.csv").write_text(BUSES)
    text = PLAN.format(lon=degrees(0.0), lat=LAT - 4 / M_PER_DEG, far=degrees(FAR), week=week)
    (folder / "plan.toml").write_text(text)
    return run_week(
        read_plan_file(folder / "plan.toml"), date(2026, 11, 23), folder / "weeks", stop=Stop(solutions=1)
    )


@pytest.fixture(scope="module")
def by_car(tmp_path_factory):
    return planned(tmp_path_factory.mktemp("car"), 'ride = "car"')


def away(made):
    plan = made.planned.plan
    return next((k, crew) for k, crew in enumerate(plan.crews) if crew.ride is not None)


def test_a_ride_takes_the_minutes_of_its_road_and_parking(by_car):
    """3,000 m at 40 km/h are 270 s, 4 m to the road 4 s, parking 120 s: 394 s, so 7 minutes."""
    _, crew = away(by_car)
    ride = crew.ride
    assert (ride.by, ride.station, ride.place) == ("car", "Post 1", "Beta, Beta 0")
    assert ride.there.minutes == ride.back.minutes == 7
    assert ride.there.leave.minute == ride.back.arrive.minute == 0
    assert (crew.shift.start, crew.shift.end) == (ride.there.arrive, ride.back.leave)
    assert ride.path[0] == (degrees(0.0), LAT - 4 / M_PER_DEG)
    assert ride.path[-1] == pytest.approx((degrees(FAR), LAT - 4 / M_PER_DEG))
    walked = [crew for crew in by_car.planned.plan.crews if crew.ride is None]
    assert walked, "the town of the station is walked to"


def test_card_message_calendar_and_roster_tell_the_ride(by_car):
    number, crew = away(by_car)
    ride = crew.ride
    out, home = (f"{leg.leave:%H:%M}–{leg.arrive:%H:%M} (7 min)" for leg in (ride.there, ride.back))
    told = [f"By car {out} from Post 1; park at Beta, Beta 0", f"Home by car {home} to Post 1"]
    assert list(ride_lines(ride)) == told
    card = (
        next(by_car.folder.glob(f"card_{number + 1:02d}*.pdf"), None)
        or sorted(by_car.folder.glob("card_*.pdf"))[number]
    )
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(card).pages).split())
    assert all(line in text for line in [*told, "Set out on foot; the car waits here: Beta, Beta 0"])
    assert f"Back at the car; at Post 1 by {ride.back.arrive:%H:%M}" in text
    message = route_texts(by_car.planned.plan)[number]
    assert all(line in message for line in told)
    assert "station" not in message
    calendar = Calendar.from_ical(next(by_car.folder.glob("*.ics")).read_bytes())
    shifts = [event for event in calendar.walk("VEVENT") if told[0] in str(event["DESCRIPTION"])]
    assert [(event.decoded("DTSTART"), event.decoded("DTEND")) for event in shifts] == [crew.on_duty]
    sheet = openpyxl.load_workbook(by_car.folder / "roster.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[4 + number]][8:10] == told


def test_week_json_and_plan_json_hold_the_ride(by_car):
    number, crew = away(by_car)
    row = json.loads((by_car.folder / "week.json").read_text())["roster"][number]
    assert row["ride"]["there"]["leave"] == crew.ride.there.leave.isoformat()
    assert row["ride"]["back"]["arrive"] == crew.ride.back.arrive.isoformat()
    assert row["start"] == f"{crew.ride.there.leave:%H:%M}"
    assert [route.crew.ride for route in read_issued(by_car.folder).routes] == [
        crew.ride for crew in by_car.planned.plan.crews
    ]


def test_the_map_draws_the_ride_and_marks_where_the_car_waits(by_car):
    number, crew = away(by_car)
    data = map_data(by_car.planned.plan)
    row = next(row for row in data["rides"]["rows"] if row["crew"] == number)
    assert row["told"] == list(ride_lines(crew.ride))
    start = next(event for event in data["events"] if event["crew"] == number and event["kind"] == "start")
    assert start["label"] == "Beta, Beta 0 (the car waits here)"
    assert start["at"] == pytest.approx([LAT - 4 / M_PER_DEG, degrees(FAR)], abs=1e-4)
    assert row["from"] == pytest.approx([LAT - 4 / M_PER_DEG, degrees(0.0)], abs=1e-6)


def test_rides_in_ukrainian(by_car):
    number, crew = away(by_car)
    message = route_texts(in_language(by_car.planned.plan, "uk"))[number]
    assert f"Автомобілем {crew.ride.there.leave:%H:%M}–{crew.ride.there.arrive:%H:%M} (7 хв)" in message
    assert "стоянка: Beta, Beta 0" in message


def test_a_bus_goes_by_its_timetable(tmp_path):
    made = planned(tmp_path, 'ride = "bus"\ntimetable_file = "bus.csv"')
    _, crew = away(made)
    ride, table = crew.ride, read_timetable(tmp_path / "bus.csv")
    for leg, start, end in ((ride.there, "Alpha", "Beta"), (ride.back, "Beta", "Alpha")):
        leave, arrive = ((at.weekday() * 24 + at.hour) * 60 + at.minute for at in (leg.leave, leg.arrive))
        runs = table[(table["from"] == start) & (table["to"] == end)]
        found = runs[(runs["depart_min"] == leave) & (runs["arrive_min"] == arrive)]
        assert found["line"].tolist() == [leg.line]
    assert (crew.shift.start, crew.shift.end) == (ride.there.arrive, ride.back.leave)
    there, back = ride_lines(ride)
    times = f"{ride.there.leave:%H:%M}–{ride.there.arrive:%H:%M}"
    bus = f"Bus {ride.there.line} {times} ({ride.there.minutes:g} min)"
    assert there == f"{bus} from Market; get off at Beta school"
    times = f"{ride.back.leave:%H:%M}–{ride.back.arrive:%H:%M}"
    assert back == f"Home: Bus 11 {times} (15 min) from Beta school to Market"


def test_scraps_of_road_hold_nobody_fast(tmp_path):
    town = Town()
    ring = [(500 * math.cos(k / 4), 500 * math.sin(k / 4)) for k in range(24)]
    town.way(*ring, ring[0], highway="residential")
    town.way((0.0, -5.0), (10.0, -5.0), highway="service")
    town.way(ring[0], (800.0, 0.0), highway="residential", oneway="yes")
    roads = read_ride_roads(town.write(tmp_path / "streets.osm"))
    assert len(roads.xy) == 24
