"""What the plan file asks for is kept by `week` and `replan` too, or said not to be."""

from collections import Counter
from datetime import date, datetime, timedelta

import geopandas as gpd
import pytest
import shapely
from cli_town import plan_text, write_town
from plan_checker import faults_of

from patrolplan.io.issued_file import read_issued
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.pipeline import make
from patrolplan.orders.replan.replan import replan
from patrolplan.orders.replan.trouble import Added, Trouble
from patrolplan.orders.week.plan_week import plan_week
from patrolplan.solver.stop import Stop

PLACES = '"Row 1", "Row 2", "Row 3", "Row 4", "Column 1", "Column 3"'
MONDAY = date(2026, 11, 23)
SMALL = Stop(solutions=1)
WEEK = """
[[officers]]
name = "Vira"
volunteer = true
when = "Mo, We, Sa 12:00-23:00"
[[appointments]]
name = "School"
date = 2026-11-25
at = "19:00"
minutes = 15
[[appointments]]
name = "Market"
between = "15:00-21:00"
[[appointments]]
name = "Next week"
lon = 32.003
lat = 49.002
date = 2026-12-02
at = "17:00"
[[areas]]
file = "west.geojson"
least_visits = 1
most_visits = 2
[week]
hours = 5
step_min = 60
shortest_block_h = 2
longest_block_h = 3
earliest = "12:00"
latest = "22:00"
top_places = 0
"""


def write_west(folder):
    west = gpd.GeoDataFrame(geometry=[shapely.box(31.99, 48.99, 32.004, 49.003)], crs=4326)
    west.to_file(folder / "west.geojson")


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    write_west(folder)
    changes = (
        ('officers = ["Olena"]', 'officers = ["Olena", "Vira"]\navoid = ["Row 4"]'),
        ('officers = ["Petro"]', f'officers = ["Petro"]\nonly = [{PLACES}]'),
    )
    path = write_town(folder, plan=plan_text(*changes) + WEEK)
    return plan_week(read_plan_file(path), MONDAY, stop=SMALL)


def test_a_week_keeps_appointments_and_areas(week):
    planned = week
    plan, stops = planned.plan, planned.plan.stops
    school = stops[stops["label"] == "School"]
    there = [f"{at:%Y-%m-%d %H:%M}" for at in school["start"]]
    assert "2026-11-25 19:00" in there
    assert school["minutes"].tolist()[there.index("2026-11-25 19:00")] == 15
    days = {at.date() for at in stops["start"]}
    market = [at for at in stops.loc[stops["label"] == "Market", "start"] if 15 <= at.hour < 21]
    assert {at.date() for at in market} == days
    assert not any(stops["label"] == "Next week")
    middles = plan.network.segments.geometry.interpolate(0.5, normalized=True).to_crs(4326)
    west = middles.within(shapely.box(31.99, 48.99, 32.004, 49.003))
    held = {
        k for k, spot in enumerate(plan.hot_spots) if spot.segments and west[list(spot.segments)].mean() > 0.5
    }
    counts = Counter(at.date() for at, k in zip(stops["start"], stops["hot_spot"], strict=True) if k in held)
    assert set(counts) == days
    assert all(1 <= count <= 2 for count in counts.values())


def test_a_week_keeps_where_officers_may_go_and_takes_volunteers_along(week):
    planned = week
    plan, names = planned.plan, planned.plan.network.segments["name"]
    own = {spot.label for spot in plan.hot_spots if spot.label in ("School", "Market")}
    for number, crew in enumerate(plan.crews):
        mine = plan.stops[(plan.stops["crew"] == number) & ~plan.stops["label"].isin(own)]
        streets = {names[s] for k in mine["hot_spot"] for s in plan.hot_spots[k].segments}
        people = [officer.name for officer in crew.officers]
        if "Olena" in people:
            assert "Row 4" not in streets
        if "Petro" in people:
            assert streets <= {"Row 1", "Row 2", "Row 3", "Row 4", "Column 1", "Column 3"}
        assert ("Vira" in people) <= ("Olena" in people and crew.shift.start.weekday() in (0, 2, 5))
    assert {row["officer"] for row in planned.summary()["roster"]} == {"Olena", "Petro"}


ASKED = """\
[[appointments]]
name = "School"
at = "19:30"
minutes = 15
crews = ["Late"]
[[appointments]]
name = "Market"
between = "18:00-21:30"
[[areas]]
file = "west.geojson"
least_visits = 2
most_visits = 3
"""


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    folder = tmp_path_factory.mktemp("issued")
    write_west(folder)
    text = plan_text(('[[crews]]\nname = "Late"', 'avoid = ["Row 4"]\n[[crews]]\nname = "Late"')) + ASKED
    settings = read_plan_file(write_town(folder, plan=text))
    plan = make(settings, stop=SMALL)
    write_plan(plan, folder / "plan")
    return settings, read_issued(folder / "plan")


def at_clock(issued, hour, minute=0):
    return datetime.combine(
        MONDAY, datetime.min.time(), issued.routes[0].crew.shift.start.tzinfo
    ) + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize("what", ["nothing", "evening", "late"])
def test_a_mended_plan_keeps_what_was_asked(issued, tmp_path, what):
    settings, before = issued
    sick = {"nothing": (), "evening": ("Evening",), "late": ("Late",)}[what]
    found = replan(settings, before, Trouble(now=at_clock(before, 18, 5), sick=sick), stop=SMALL)
    write_plan(found.plan, tmp_path / "new")
    stops = found.plan.stops
    there = (stops["label"] == "School") & stops["start"].map(lambda at: f"{at:%H:%M}" == "19:30")
    school = stops[there]
    if what == "late":
        # The evening crew goes home at eight: it can be there in its stead.
        assert school["crew_name"].tolist() == ["Evening"] or found.lost
    else:
        assert found.lost == ()
        assert faults_of(tmp_path / "new") == []
        assert school["crew_name"].tolist() == ["Late"]
        assert (stops["label"] == "Market").any()
    middles = found.plan.network.segments.geometry.interpolate(0.5, normalized=True).to_crs(4326)
    west = middles.within(shapely.box(31.99, 48.99, 32.004, 49.003))
    held = {
        k for k, spot in enumerate(found.plan.hot_spots)
        if spot.segments and west[list(spot.segments)].mean() > 0.5
    }  # fmt: skip
    made = sum(k in held for k in stops["hot_spot"])
    assert made <= 3
    assert made >= 2 or found.lost


def test_what_can_t_be_kept_any_more_is_told(issued):
    settings, before = issued
    lon, lat = 32.0 + 6 * 0.00155, 49.006
    far = Added(lon=lon, lat=lat, minutes=60, start=at_clock(before, 19, 10), end=at_clock(before, 20, 15))
    trouble = Trouble(now=at_clock(before, 18, 5), sick=("Evening",), add=(far,))
    found = replan(settings, before, trouble, stop=SMALL)
    assert any("School" in line for line in found.lost) or any("no room" in line for line in found.lost)
    assert set(found.lost) <= set(found.plan.notes)
