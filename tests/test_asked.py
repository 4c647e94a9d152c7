"""Appointments, areas and where crews may go: from the plan file to the plan, and faults at the border."""

import json
from types import SimpleNamespace

import geopandas as gpd
import pytest
import shapely
from cli_town import plan_text, write_town
from plan_checker import faults_of

from patrolplan.config_asked import left_aside
from patrolplan.errors import InputError, NoPlanError
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.pipeline import make
from patrolplan.solver.stop import Stop

LATE = '[[crews]]\nname = "Late"'
ASKED = """\
[[appointments]]
name = "School"
at = "17:00"
minutes = 20
crews = ["Evening"]
[[appointments]]
name = "Meeting"
lon = 32.003
lat = 49.002
between = "18:30-19:30"
[[appointments]]
name = "Both"
lon = 32.0062
lat = 49.0034
at = "19:00"
minutes = 15
crews = ["Evening", "Late"]
[[areas]]
file = "west.geojson"
least_visits = 1
most_visits = 2
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    west = gpd.GeoDataFrame(geometry=[shapely.box(31.99, 48.99, 32.004, 49.003)], crs=4326)
    west.to_file(folder / "west.geojson")
    text = plan_text((LATE, f'avoid = ["Row 4"]\n{LATE}'))
    path = write_town(folder, plan=text + 'only = ["Both", "Row 4", "Column 3"]\n' + ASKED)
    plan = make(read_plan_file(path), stop=Stop(solutions=1))
    write_plan(plan, folder / "out")
    return plan, folder / "out"


def test_the_plan_keeps_what_was_asked(planned):
    plan, folder = planned
    assert faults_of(folder) == []
    names = plan.network.segments["name"]
    streets = {
        crew: {names[s] for k in rows["hot_spot"] for s in plan.hot_spots[k].segments}
        for crew, rows in plan.stops.groupby("crew_name")
    }
    assert "Row 4" not in streets["Evening"] - {names[s] for s in plan.hot_spots[-2].segments}
    both = plan.stops[plan.stops["label"] == "Both"]
    at_seven = both[both["start"].map(lambda when: f"{when:%H:%M}") == "19:00"]
    assert sorted(at_seven["crew_name"]) == ["Evening", "Late"]


def test_the_visits_of_an_area_are_counted(planned):
    plan, _ = planned
    middles = plan.network.segments.geometry.interpolate(0.5, normalized=True).to_crs(4326)
    west = middles.within(shapely.box(31.99, 48.99, 32.004, 49.003))
    held = [k for k, spot in enumerate(plan.hot_spots) if west[list(spot.segments)].mean() > 0.5]
    assert 1 <= sum(plan.visits[k] for k in held) <= 2


def test_the_checker_notices_a_missed_appointment(planned, tmp_path):
    _, folder = planned
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    plan["provenance"]["settings"]["appointments"][0]["at"] = "17:30"
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert any("School" in fault for fault in faults_of(tmp_path))


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('[[appointments]]\nname = "School"\nat = "15:00"\n', "no crew is on shift"),
        ('[[appointments]]\nname = "School"\nat = "21:00"\ncrews = ["Evening"]\n', "is not on shift for 12"),
        ('[[appointments]]\nname = "School"\nat = "17:00"\ncrews = ["Morning"]\n', "no crew is named"),
        ('[[appointments]]\nname = "School"\n', "give either at"),
        ('[[areas]]\nname = "School"\nleast_visits = 3\nmost_visits = 2\n', "is less than least_visits"),
        ('[[areas]]\nfile = "nowhere.geojson"\nmost_visits = 2\n', "no such file"),
        ('avoid = ["nowhere.gpkg"]\n', "no such file"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, added, told):
    with pytest.raises(InputError, match=told) as error:
        read_plan_file(write_town(tmp_path, plan=plan_text() + added))
    assert "plan.toml, line" in str(error.value)


def test_names_that_mean_nothing_are_refused(tmp_path):
    text = plan_text() + 'avoid = ["Colum 3"]\n[[appointments]]\nname = "Skool"\nat = "19:00"\n'
    with pytest.raises(InputError) as error:
        make(read_plan_file(write_town(tmp_path, plan=text)), stop=Stop(solutions=1))
    assert 'did you mean "Column 3"' in str(error.value)
    assert 'nothing is called "Skool"' in str(error.value)


def test_contradictions_are_told_by_the_clock(tmp_path):
    row = '[[appointments]]\nname = "{}"\nat = "{}"\ncrews = ["Evening"]\n'
    text = plan_text() + row.format("School", "17:00") + row.format("Market", "17:05")
    with pytest.raises(NoPlanError, match="Evening at School at 17:00; Evening at Market at 17:05") as error:
        make(read_plan_file(write_town(tmp_path, plan=text)), stop=Stop(solutions=1))
    assert " s " not in str(error.value)


def test_verbs_that_do_not_know_what_is_asked_say_so():
    settings = SimpleNamespace(
        appointments=(1,), areas=(), crews=(SimpleNamespace(avoid=("Park",), only=()),)
    )
    (told,) = left_aside(settings, "week")
    assert told.startswith("[[appointments]] and avoid of [[crews]]: known to `plan` alone")
    settings = SimpleNamespace(appointments=(), areas=(), crews=(SimpleNamespace(avoid=(), only=()),))
    assert left_aside(settings, "replan") == ()
