"""Replanning: what was walked stays, rules hold, announced stops are kept, only the changes are told."""

import json
import shutil
from datetime import timedelta

import geopandas as gpd
import pytest
import shapely
from cli_town import MIDDLE, place, plan_text, write_town
from click.testing import CliRunner
from plan_checker import faults_of
from shapely import box

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.graph.shut import near_places
from patrolplan.graph.steps import StreetPoint
from patrolplan.io.changes import changes_of, changes_text
from patrolplan.io.issued_file import read_issued
from patrolplan.io.issued_network import read_issued_network
from patrolplan.io.osm import read_osm
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.io.route_text import utf16_units
from patrolplan.issued import whereabouts
from patrolplan.orders.pipeline import make
from patrolplan.orders.replan.ground import lon_lat
from patrolplan.orders.replan.replan import replan
from patrolplan.orders.replan.trouble import Added, Trouble, forbidden_stops, known_crews
from patrolplan.solver.stop import Stop

SMALL = Stop(solutions=1)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A little town with a plan issued for its two crews."""
    folder = tmp_path_factory.mktemp("town")
    plan = write_town(folder, plan=plan_text(("seconds = 1", "solutions = 1")))
    done = CliRunner().invoke(main, ["plan", str(plan), "--out", str(folder / "plan")])
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def issued(town):
    return read_issued(town / "plan")


@pytest.fixture(scope="module")
def settings(town):
    return read_plan_file(town / "plan.toml")


def at(issued, minutes):
    """So many minutes after the first shift's start."""
    return min(route.crew.shift.start for route in issued.routes) + timedelta(minutes=minutes)


def shelter_places(town, settings):
    """The settings with a table of places that holds one shelter in the middle of town."""
    path = town / "places.csv"
    path.write_text(f"name,kind,lon,lat\nCellar,shelter,{MIDDLE[0]},{MIDDLE[1]}\n", encoding="utf-8")
    return settings.model_copy(update={"places": settings.places.model_copy(update={"file": path})})


TROUBLES = {
    "nothing": {},
    "on the way": {"minutes": 14},
    "before anybody leaves": {"minutes": -30, "sick": ("Late",)},
    "evening crew out": {"minutes": 140, "sick": ("Evening",)},
    "late crew out": {"minutes": 150, "sick": ("Late",)},
    "during the break": {"minutes": 105},
    "street closed": {"minutes": 75, "streets": ("Row 2",)},
    "area closed": {"minutes": 75, "area": True},
    "stop forbidden": {"minutes": 60, "forbid": ("1.6",)},
    "stop added": {"minutes": 80, "add": True},
    "alarm": {"minutes": 80, "alarm": 3.0},
    "late in the shift": {"minutes": 290},
}


def trouble_of(issued, told):
    now = at(issued, told.get("minutes", 90))
    west, south = place(3.2, 3.2)
    east, north = place(5.8, 5.8)
    span = (now + timedelta(minutes=20), now + timedelta(minutes=100))
    lon, lat = place(5.5, 1)
    return Trouble(
        now=now,
        sick=told.get("sick", ()),
        streets=told.get("streets", ()),
        areas=gpd.GeoSeries([box(west, south, east, north)], crs=4326) if told.get("area") else None,
        forbid=told.get("forbid", ()),
        add=(Added(lon=lon, lat=lat, minutes=10, start=span[0], end=span[1]),) if told.get("add") else (),
        alarm_min=told.get("alarm"),
    )


@pytest.mark.parametrize("what", TROUBLES)
def test_rules_hold_and_what_was_walked_stays(what, town, issued, settings, tmp_path):
    told = TROUBLES[what]
    trouble = trouble_of(issued, told)
    used = shelter_places(town, settings) if "alarm" in told else settings
    found = replan(used, issued, trouble, stop=SMALL)
    write_plan(found.plan, tmp_path / "new")
    assert faults_of(tmp_path / "new") == []
    again = read_issued(tmp_path / "new")
    for before, after in zip(issued.routes, again.routes, strict=True):
        off = before.crew.name in trouble.sick
        done = whereabouts(before, trouble.now, ends=off).done
        assert [(v.hot_spot, v.start) for v in after.visits[: len(done)]] == [
            (v.hot_spot, v.start) for v in done
        ]
        assert all(visit.start >= trouble.now for visit in after.visits[len(done) :])
        assert not off or len(after.visits) == len(done)
    changes = changes_of(found.plan, issued, trouble.now)
    text = changes_text(found.plan, issued, changes, trouble.now, language="uk")
    assert utf16_units(text) <= 4096
    assert 0 <= found.kept_share <= 1
    assert found.plan.scores["score"] >= found.score_left - 1e-12
    _check_trouble(what, found, trouble, changes)


def _check_trouble(what, found, trouble, changes):
    """What only this trouble asks for."""
    ahead = found.plan.legs[found.plan.legs["start"] >= trouble.now]
    walked = {segment for ids in ahead["segments"] for segment in ids}
    table = found.plan.network.segments
    if what == "nothing":
        assert found.kept_share >= 0.8
    if trouble.streets:
        assert not {k for k in walked if table["name"].iloc[k] in trouble.streets}
        assert changes
    if trouble.areas is not None:
        closed = trouble.areas.to_crs(table.crs).iloc[0]
        assert not table.geometry.iloc[sorted(walked)].intersects(closed).any()
    if trouble.forbid:
        stops = forbidden_stops(found.issued, trouble)
        visits = found.plan.events[(found.plan.events["kind"] == "visit")]
        later = visits[visits["start"] > trouble.now]
        assert not set(later["hot_spot"]) & stops
    if trouble.add:
        one = trouble.add[0]
        visits = found.plan.events[found.plan.events["kind"] == "visit"]
        point = gpd.GeoSeries.from_xy([one.lon], [one.lat], crs=4326).to_crs(table.crs).iloc[0]
        there = set(table.index[table.geometry.distance(point) < 1])
        stops = {k for k, spot in enumerate(found.plan.hot_spots) if there & set(spot.segments)}
        near = visits[visits["hot_spot"].isin(stops) & (visits["start"] >= one.start)]
        assert (near["leave"] <= one.end).any()
    if trouble.alarm_min is not None:
        reach = 3.0 * 60 * 4.5 / 3.6
        middle = gpd.GeoSeries.from_xy([MIDDLE[0]], [MIDDLE[1]], crs=4326).to_crs(table.crs).iloc[0]
        # On a lattice the way is never shorter than the straight line, so no street may lie beyond it.
        assert all(table.geometry.iloc[k].distance(middle) <= reach for k in walked)


@pytest.mark.parametrize("sick", [(), ("Evening",)], ids=["goes on", "goes off duty"])
def test_a_crew_that_is_elsewhere_goes_on_from_there(town, issued, settings, tmp_path, sick):
    route = issued.routes[0]
    late = route.visits[2]
    now = late.start + timedelta(minutes=4)
    way = next(leg for leg in issued.routes[0].legs if leg.kind == "walk" and leg.end == late.arrive)
    network = read_issued_network(town / "plan")
    step = way.steps[0]  # the crew lags behind: it has just left where it should have arrived long ago
    middle = lon_lat(network, StreetPoint(segment=step.segment, offset_m=(step.from_m + step.to_m) / 2))
    trouble = Trouble(now=now, at={route.crew.name: middle}, sick=sick)
    found = replan(settings, issued, trouble, stop=SMALL)
    write_plan(found.plan, tmp_path / "new")
    assert faults_of(tmp_path / "new") == []
    after = read_issued(tmp_path / "new").routes[0]
    assert [(v.hot_spot, v.start) for v in after.visits[:2]] == [
        (v.hot_spot, v.start) for v in route.visits[:2]
    ]
    assert (late.hot_spot, late.start) not in {(v.hot_spot, v.start) for v in after.visits}
    legs = found.plan.legs[(found.plan.legs["crew"] == 0) & (found.plan.legs["kind"] == "walk")]
    last = legs[legs["end"] <= now].iloc[-1]
    assert last["end"] == now
    assert last["start"] > route.visits[1].leave
    assert legs["start"].is_monotonic_increasing
    there = gpd.GeoSeries.from_xy([middle[0]], [middle[1]], crs=4326).to_crs(found.plan.network.crs).iloc[0]
    assert shapely.get_point(last.geometry, -1).distance(there) < 1
    if sick:
        assert len(after.visits) == 2
        return
    ahead = legs[legs["start"] >= now].iloc[0]
    assert shapely.get_point(ahead.geometry, 0).distance(there) < 1
    told = changes_of(found.plan, issued, now)
    assert [one.before for one in told if one.before == late.start], "the visit not begun is told of"


def test_a_crew_that_is_where_the_plan_has_it_changes_nothing(issued, settings):
    route = issued.routes[0]
    visit = route.visits[2]
    now = visit.start + timedelta(minutes=4)
    plain, told = (
        replan(settings, issued, Trouble(now=now, at=at_place), stop=SMALL)
        for at_place in ({}, {route.crew.name: visit.place})
    )
    assert told.plan.events.drop(columns="geometry").equals(plain.plan.events.drop(columns="geometry"))


def test_near_places_by_hand(town):
    network = read_osm(town / "streets.osm").network
    middle = gpd.GeoSeries.from_xy([place(3, 3)[0]], [place(3, 3)[1]], crs=4326)
    # A block is 111 to 113 m: within 120 m of the crossing lie the four streets that meet there.
    assert near_places(network, middle, within_m=120.0).sum() == 4
    # In the middle of a block 56 m from both its ends, 110 m reach no other end, 170 m six more streets.
    half = gpd.GeoSeries.from_xy([place(3.5, 3)[0]], [place(3.5, 3)[1]], crs=4326)
    assert near_places(network, half, within_m=110.0).sum() == 1
    assert near_places(network, half, within_m=170.0).sum() == 7


def test_a_plan_keeps_near_shelters(town, settings, tmp_path):
    near = shelter_places(town, settings)
    rules = near.rules.model_copy(update={"shelter_min": 3.0})
    plan = make(near.model_copy(update={"rules": rules}), stop=SMALL)
    middle = (
        gpd.GeoSeries.from_xy([MIDDLE[0]], [MIDDLE[1]], crs=4326).to_crs(plan.network.segments.crs).iloc[0]
    )
    walked = {segment for ids in plan.legs["segments"] for segment in ids}
    far = [plan.network.segments.geometry.iloc[k].distance(middle) for k in walked]
    assert walked
    assert max(far) <= 3.0 * 60 * 4.5 / 3.6
    with pytest.raises(InputError, match="no shelter is known"):
        make(settings.model_copy(update={"rules": rules}), stop=SMALL)


def test_names_are_found_or_told(issued):
    assert known_crews(issued, ["late", "Olena"]) == ("Late", "Evening")
    with pytest.raises(InputError, match='"Nobody"; its crews are "Evening"'):
        known_crews(issued, ["Nobody"])
    label = issued.hot_spots[issued.routes[0].visits[0].hot_spot].label
    assert forbidden_stops(issued, Trouble(now=at(issued, 0), forbid=(label.upper(),)))
    with pytest.raises(InputError, match="give its name or its number"):
        forbidden_stops(issued, Trouble(now=at(issued, 0), forbid=("9.9", "nowhere")))
    with pytest.raises(InputError, match="stops"):
        forbidden_stops(issued, Trouble(now=at(issued, 0), forbid=("row",)))


def test_nothing_left_to_replan_is_told(issued, settings):
    with pytest.raises(InputError, match="nobody is on duty"):
        replan(settings, issued, Trouble(now=at(issued, 100), sick=("Evening", "Late")), stop=SMALL)


def test_other_streets_are_noticed(town, issued, settings, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(town, other)
    text = (other / "streets.osm").read_text(encoding="utf-8").replace('lat="49.002', 'lat="49.0025')
    (other / "streets.osm").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no longer those the plan was made on"):
        replan(read_plan_file(other / "plan.toml"), issued, Trouble(now=at(issued, 60)), stop=SMALL)


def test_from_the_command_line(town):
    words = ["replan", str(town / "plan"), "--now", "18:40", "--sick", "Petro", "--solutions", "1", "--json"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    folder = town / "plan-1840"
    text = (folder / "changes.txt").read_text(encoding="utf-8")
    assert "goes off duty: 18:40" in text
    assert told["changes"]
    issued_ics, new_ics = ((f / "plan.ics").read_text(encoding="utf-8") for f in (town / "plan", folder))
    uids = [{line for line in ics.splitlines() if line.startswith("UID")} for ics in (issued_ics, new_ics)]
    assert uids[0] & uids[1]
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 1
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--now", "25:00"], "no time of the day"),
        (["--now", "23:30"], "shifts run from 16:00 to 22:00"),
        (["--now", "18:00", "--sick", "X"], "no crew or officer"),
        (["--now", "18:00", "--close", "No Such Street"], "no street is called"),
        (["--now", "18:00", "--add", "1,2"], "give longitude, latitude"),
        (["--now", "18:00", "--add", "32.0,49.0,30,19:00-19:10"], "don't fit"),
        (["--now", "18:00", "--add", "12.0,49.0,5,19:00-19:10"], "no street within"),
        (["--now", "18:00", "--alarm"], "no shelter is known"),
        (["--now", "18:00", "--at", "32.0,49.0"], "give a crew and its place"),
        (["--now", "18:00", "--at", "X=32.0,49.0"], "no crew or officer"),
        (["--now", "18:00", "--at", "Evening=12.0,49.0"], "no street within 300 m"),
        (["--now", "17:00", "--at", "Late=32.0,49.0"], "is not on duty at 17:00"),
    ],
)
def test_what_makes_no_sense_is_told(town, words, told, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["replan", str(town / "plan"), *words, "--out", str(out)])
    assert done.exit_code == 1, done.output
    assert told in done.stderr
    assert not out.exists()


def test_a_plan_of_others_is_refused(town, tmp_path):
    folder = tmp_path / "volunteers"
    done = CliRunner().invoke(
        main, ["plan", str(town / "plan.toml"), "--out", str(folder), "--for", "volunteer"]
    )
    assert done.exit_code == 0, done.stderr
    with pytest.raises(InputError, match="give the folder of the command's plan"):
        read_issued(folder)
