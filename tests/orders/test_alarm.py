"""An alarm never refuses to help: crews beyond the shelters' reach walk in to the nearest street in it."""

from datetime import timedelta

import pytest
from cli_town import MIDDLE, place, plan_text, write_town
from plan_checker import faults_of

from patrolplan.errors import InputError
from patrolplan.io.changes import changes_of, changes_text
from patrolplan.io.issued_file import read_issued
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.pipeline import make
from patrolplan.orders.replan.replan import replan
from patrolplan.orders.replan.trouble import Trouble
from patrolplan.solver.stop import Stop

SMALL = Stop(solutions=1)
REACH_MIN = 3.0
"""225 m: two blocks of 111 m up or down, one of 113 m and one of 111 m across a corner."""
IN_M = 2 * 113.2 + 2 * 111.2
"""From the corner of town to the crossing of Row 2 and Column 2, the nearest within reach of the middle."""


@pytest.fixture(scope="module")
def corner(tmp_path_factory):
    """The plan of two crews whose station is in a corner of town; a shelter lies in the middle."""
    folder = tmp_path_factory.mktemp("corner")
    lon, lat = place(0, 0)
    text = plan_text(
        (f"lon = {MIDDLE[0]}", f"lon = {lon}"),
        (f"lat = {MIDDLE[1]}", f"lat = {lat}"),
        ("[plan]", '[places]\nfile = "places.csv"\n[plan]'),
    )
    (folder / "places.csv").write_text(
        f"name,kind,lon,lat\nCellar,shelter,{MIDDLE[0]},{MIDDLE[1]}\n", encoding="utf-8"
    )
    settings = read_plan_file(write_town(folder, plan=text))
    write_plan(make(settings, stop=SMALL), folder / "plan")
    return settings, read_issued(folder / "plan")


@pytest.mark.parametrize("minutes", [-30, 4, 40, 75, 130])
def test_crews_beyond_reach_walk_in_and_end_there(corner, tmp_path, minutes):
    settings, issued = corner
    now = issued.routes[0].crew.shift.start + timedelta(minutes=minutes)
    found = replan(settings, issued, Trouble(now=now, alarm_min=REACH_MIN), stop=SMALL)
    write_plan(found.plan, tmp_path / "new")
    assert faults_of(tmp_path / "new") == []
    moves = {(move.crew, move.kind): move for move in found.moves}
    late = moves["Late", "in"]
    assert late.street in {"Row 2", "Column 2"}
    begin = issued.routes[1].crew.shift.start
    if now < begin:  # its shift is ahead: it walks in from the corner of town
        walk = timedelta(seconds=IN_M / (4.5 / 3.6) / 0.9)
        assert late.at == pytest.approx(begin + walk, abs=timedelta(seconds=3))
    assert {crew for crew, kind in moves if kind == "end"} == {"Evening", "Late"}
    legs = found.plan.legs
    middle = found.plan.network.nodes.geometry.distance(_middle(found.plan)).idxmin()
    centre = found.plan.network.nodes.geometry[middle]
    for crew, name in enumerate(("Evening", "Late")):
        walked_in = moves.get((name, "in"))
        since = max(now, walked_in.at) if walked_in else now
        ahead = legs[(legs["crew"] == crew) & (legs["start"] >= since)]
        streets = {segment for ids in ahead["segments"] for segment in ids}
        far = found.plan.network.segments.geometry.iloc[sorted(streets)].distance(centre)
        assert (far <= 225).all(), "after the walk in nobody leaves the shelters' reach"
    changes = changes_of(found.plan, issued, now, moves=found.moves)
    text = changes_text(found.plan, issued, changes, now, language="en")
    assert f"walk to {late.street}, within reach of a shelter" in text
    assert "end of duty: " in text


def _middle(plan):
    import geopandas as gpd

    return gpd.GeoSeries.from_xy([MIDDLE[0]], [MIDDLE[1]], crs=4326).to_crs(plan.network.crs).iloc[0]


def test_no_street_within_reach_names_the_crews_and_the_way_out(corner):
    settings, issued = corner
    now = issued.routes[0].crew.shift.start + timedelta(minutes=40)
    with pytest.raises(
        InputError, match=r"Evening: no street within 0.2 minutes.*raise --shelter-min"
    ) as told:
        replan(settings, issued, Trouble(now=now, alarm_min=0.2), stop=SMALL)
    assert len(told.value.faults) == 2


def test_a_station_beyond_reach_is_told_with_its_distance(corner):
    settings, _ = corner
    rules = settings.rules.model_copy(update={"shelter_min": REACH_MIN})
    with pytest.raises(
        InputError, match=r"nearest open one is 3\d\d m away; if they lie beyond rules.shelter"
    ):
        make(settings.model_copy(update={"rules": rules}), stop=SMALL)
