"""Appointments, areas and where crews may go: from the plan file to the plan, and faults at the border."""

import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from cli_town import plan_text, write_town
from click.testing import CliRunner
from openpyxl import load_workbook
from plan_checker import faults_of
from pypdf import PdfReader

from patrolplan.cli import main
from patrolplan.errors import InputError, NoPlanError
from patrolplan.graph.settlements import Settlements
from patrolplan.io.outputs import write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.asked_places import Named
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import make
from patrolplan.redact import redacted
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


def test_a_partial_plan_says_on_every_file_what_it_lacks(tmp_path):
    row = '[[appointments]]\nname = "{}"\nat = "{}"\ncrews = ["Evening"]\n'
    text = plan_text(("seconds = 1", "solutions = 1"))
    text += row.format("School", "17:00") + row.format("Market", "17:05")
    path, out = write_town(tmp_path, plan=text), tmp_path / "out"
    refused = CliRunner().invoke(main, ["plan", str(path), "--out", str(out)])
    assert refused.exit_code == 3
    assert "--partial" in refused.stderr
    assert not out.exists()
    done = CliRunner().invoke(main, ["plan", str(path), "--out", str(out), "--partial"])
    assert done.exit_code == 0, done.stderr
    lacks = "Evening at Market at 17:05"
    told = f"this plan does not keep: {lacks}"
    assert f"warning: {told}" in done.stderr
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert plan["lacks"] == [lacks]
    assert [fault for fault in faults_of(out) if "Market" not in fault] == []
    assert any(v["label"] == "School" and v["start"][11:16] == "17:00" for v in plan["routes"][0]["events"])
    assert plan["scores"]["score"] >= plan["scores"]["greedy_score"] > 0
    for name in ("plan.json", "routes.geojson", "timetable.csv", "map.html"):
        assert told in (out / name).read_text(encoding="utf-8"), name
    for ending in ("txt", "kml", "gpx"):
        for file in out.glob(f"route_*.{ending}"):
            assert told in file.read_text(encoding="utf-8"), file.name
    unfolded = (out / "plan.ics").read_text(encoding="utf-8").replace("\r\n ", "").replace("\n ", "")
    assert told in unfolded
    for card in out.glob("card_*.pdf"):
        read = " ".join(page.extract_text() for page in PdfReader(card).pages)
        assert told in " ".join(read.split()), card.name
    cells = load_workbook(out / "roster.xlsx").worksheets[0].iter_rows(values_only=True)
    assert any(told in str(cell) for cells_of in cells for cell in cells_of)
    assert told in " ".join(redacted(make_again(path), "volunteer").notes)


def make_again(path):
    settings = read_plan_file(path)
    partial = settings.model_copy(update={"plan": settings.plan.model_copy(update={"partial": True})})
    return make(partial, stop=Stop(solutions=1))


def named(table, places=None, settlements=None):
    """A finder of names over streets far from each other: (name, settlement) a row."""
    lines = [shapely.LineString([(2000.0 * k, 0), (2000.0 * k + 100, 0)]) for k in range(len(table))]
    segments = gpd.GeoDataFrame(
        {"name": [name for name, _ in table], "name_en": "", "u": 0, "v": 1, "length_m": 100.0},
        geometry=lines, crs=32636,
    )  # fmt: skip
    network = SimpleNamespace(segments=segments, crs=segments.crs)
    loaded = SimpleNamespace(network=network, places=places, problems=None, settlements=None)
    found = Named(loaded)
    homes = sorted({home for _, home in table if home})
    found.settlement_names = frozenset(homes)
    found.settlements = Settlements(
        table=gpd.GeoDataFrame({"name": homes, "name_en": ""}),
        of_segment=np.array([homes.index(home) if home else -1 for _, home in table]),
        part_of_segment=np.zeros(len(table), dtype=np.int64),
    )
    return found


STREETS = [
    ("Oak Street", "A"),
    ("Oak Avenue", "A"),
    ("Mill Road", "A"),
    ("Mill Road", "B"),
    ("N Elm", "B"),
]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ("Oak Street", [0]),
        ("oak street", [0]),
        ("Elm", [4]),
        ("Mill Road, B", [3]),
        ("Mill Rd, A", [2]),
        ("A", [0, 1, 2]),
    ],
)
def test_a_name_means_one_street(wanted, rows):
    assert np.flatnonzero(named(STREETS).segments(wanted)).tolist() == rows


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("Oak", '"Oak" may be "Oak Avenue" or "Oak Street"; write the one that is meant'),
        ("Mill Road", '"Mill Road" runs in "A" and "B"; write which, as in "Mill Road, A"'),
        ("Oak Stret", 'did you mean "Oak Street"'),
        ("Elm, A", 'nothing is called "Elm, A"'),
    ],
)
def test_a_name_that_may_mean_several_streets_is_refused(wanted, told):
    with pytest.raises(InputError) as error:
        named(STREETS).segments(wanted)
    assert told in str(error.value)


def test_a_name_of_two_places_or_of_a_street_and_a_place_is_refused():
    points = gpd.GeoSeries([shapely.Point(50, 20), shapely.Point(60, 20), shapely.Point(4050, 20)], crs=32636)
    places = gpd.GeoDataFrame({"name": ["Bank", "Bank", "Bank"]}, geometry=points)
    with pytest.raises(InputError, match='3 places are called "Bank"; give lon and lat'):
        named(STREETS, places).place("Bank")
    kind, at = named(STREETS, places.iloc[:2]).place("Bank")
    assert kind == "place"
    assert at.y == pytest.approx(0, abs=1)
    elsewhere = gpd.GeoDataFrame({"name": ["Oak Street"]}, geometry=points.iloc[2:].reset_index(drop=True))
    finder = named(STREETS, elsewhere)
    finder.nearest = lambda _: (2, 50.0)
    with pytest.raises(InputError, match="is a street and, elsewhere, a place"):
        finder.segments("Oak Street")
    finder.nearest = lambda _: (0, 50.0)
    assert np.flatnonzero(finder.segments("Oak Street")).tolist() == [0]


@pytest.mark.parametrize(("key", "value"), [("most_visits", 1), ("least_visits", 14)])
def test_a_settlement_keeps_its_caps_and_floors(tmp_path, key, value):
    path = write_town(tmp_path, plan=plan_text() + f'[[areas]]\nname = "Westham"\n{key} = {value}\n')
    tags = '<tag k="place" v="village"/><tag k="name" v="Westham"/>'
    node = f'<node id="990" lon="32.0020" lat="49.0010">{tags}</node>'
    east = node.replace("990", "991").replace("32.0020", "32.0080").replace("49.0010", "49.0050")
    streets = tmp_path / "streets.osm"
    text = streets.read_text(encoding="utf-8")
    text = text.replace('<way id="100">', f'{node}{east.replace("Westham", "Eastham")}<way id="100">', 1)
    streets.write_text(text, encoding="utf-8")
    plan = make(read_plan_file(path), stop=Stop(solutions=1))
    loaded = load(read_plan_file(path))
    west = Named(loaded).segments("Westham")
    assert 0 < west.sum() < len(west)
    held = [k for k, spot in enumerate(plan.hot_spots) if west[list(spot.segments)].mean() > 0.5]
    visits = sum(plan.visits[k] for k in held)
    assert visits <= value if key == "most_visits" else visits >= value


def test_a_floor_above_the_cap_of_a_settlement_s_stops_is_a_contradiction(tmp_path):
    text = plan_text(("[plan]", "[rules]\nmost_visits = 1\n[plan]"))
    path = write_town(tmp_path, plan=text + '[[areas]]\nfile = "west.geojson"\nleast_visits = 60\n')
    gpd.GeoDataFrame(geometry=[shapely.box(31.99, 48.99, 32.004, 49.003)], crs=4326).to_file(
        tmp_path / "west.geojson"
    )
    with pytest.raises(NoPlanError, match="the least visits to west") as error:
        make(read_plan_file(path), stop=Stop(solutions=1))
    assert "the least visits to west" in error.value.conflict
