"""The invented hromada: same bytes, sound files, town-like figures, kinds with hours of their own."""

from __future__ import annotations

import ast
import csv
import math
import time
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import osmium
import pytest

from patrolplan import example
from patrolplan.example import write_example

NAMES = [
    "streets.osm",
    "offences.csv",
    "problems.csv",
    "places.csv",
    "calendar.csv",
    "events.csv",
    "plan.toml",
    "README.txt",
]


class Way(NamedTuple):
    refs: list[int]
    tags: dict[str, str]


class OsmFile(NamedTuple):
    points: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    ways: dict[int, Way]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return folder


@pytest.fixture(scope="module")
def osm(folder: Path) -> OsmFile:
    """The street file as pyosmium reads it."""
    found = OsmFile({}, {}, {})
    for thing in osmium.FileProcessor(str(folder / "streets.osm")):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            x = (thing.location.lon - example.LON_0) * example.M_PER_DEG_LON
            y = (thing.location.lat - example.LAT_0) * example.M_PER_DEG_LAT
            found.points[thing.id] = (x, y)
            found.node_tags[thing.id] = tags
        elif thing.is_way():
            found.ways[thing.id] = Way([node.ref for node in thing.nodes], tags)
    return found


@pytest.fixture(scope="module")
def offences(folder: Path) -> list[dict[str, str]]:
    with (folder / "offences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def streets(osm: OsmFile) -> list[Way]:
    return [way for way in osm.ways.values() if "highway" in way.tags]


def pieces(osm: OsmFile, way: Way) -> np.ndarray:
    return np.array([osm.points[ref] for ref in way.refs])


def test_same_bytes_twice_and_every_file_is_listed(folder: Path, tmp_path: Path) -> None:
    again = write_example(tmp_path / "new" / "folder")
    assert [path.name for path in again] == NAMES
    for path in again:
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_the_files_are_small_and_quick_to_make(folder: Path, tmp_path: Path) -> None:
    assert 400_000 < sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    before = time.process_time()
    write_example(tmp_path)
    assert time.process_time() - before < 10


def test_it_imports_nothing_of_patrolplan() -> None:
    tree = ast.parse(Path(example.__file__).read_text(encoding="utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or "."] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert not [name for name in modules if name.startswith(("patrolplan", "."))]


def test_it_says_that_it_is_invented_wherever_it_can(folder: Path, osm: OsmFile) -> None:
    text = (folder / "streets.osm").read_text(encoding="utf-8")
    assert "(invented)" in text.splitlines()[1]
    assert f"<!-- {example.INVENTED}" in text
    places = [tags for tags in osm.node_tags.values() if "place" in tags]
    assert Counter(tags["place"] for tags in places) == {"town": 1, "village": 3}
    assert all("no such place" in tags["note"] for tags in places)
    assert "invented" in (folder / "README.txt").read_text(encoding="utf-8")
    assert "invented" in (folder / "plan.toml").read_text(encoding="utf-8").splitlines()[0]


def test_every_way_has_its_nodes_and_no_node_twice_in_a_row(osm: OsmFile) -> None:
    assert min(osm.points) > 0
    for way in osm.ways.values():
        assert len(way.refs) > 1
        assert all(ref in osm.points for ref in way.refs)
        assert all(a != b for a, b in pairwise(way.refs))


def test_the_town_has_60_to_80_km_of_street(osm: OsmFile) -> None:
    outline = example.curve([*example.TOWN, example.TOWN[0]])
    total = 0.0
    for way in streets(osm):
        if way.tags.get("footway") not in ("sidewalk", "crossing"):
            xy = example.curve(pieces(osm, way), step_m=5)
            home = example.inside(outline, (xy[1:] + xy[:-1]) / 2)
            total += float(example.lengths(xy)[home].sum()) / 1000
    assert 60 < total < 80


def test_nearly_all_of_it_hangs_together(osm: OsmFile) -> None:
    around: dict[int, list[int]] = defaultdict(list)
    metres: dict[int, float] = defaultdict(float)
    for way in streets(osm):
        for a, b in pairwise(way.refs):
            around[a].append(b)
            around[b].append(a)
            metres[a] += math.dist(osm.points[a], osm.points[b])
    parts, seen = [], set[int]()
    for start in around:
        part, stack = 0.0, [start]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                part += metres[node]
                stack += around[node]
        parts.append(part)
    assert max(parts) / sum(parts) > 0.97


def test_streets_meet_at_shared_nodes(osm: OsmFile) -> None:
    """No street passes another on its own level without a node in common."""
    lines = [
        example.Line(xy=pieces(osm, way), tags=way.tags, level=int(way.tags.get("layer", "0")))
        for way in streets(osm)
    ]
    shared = {ref for ref, n in Counter(r for w in streets(osm) for r in set(w.refs)).items() if n > 1}
    joints = np.array([osm.points[ref] for ref in shared])
    for cuts in example._meetings(lines):
        for _, x, y in cuts:
            assert np.hypot(*(joints - (x, y)).T).min() < 2.5


def test_the_river_is_crossed_on_bridges_alone(osm: OsmFile) -> None:
    river = next(way for way in osm.ways.values() if way.tags.get("waterway") == "river")
    water = pieces(osm, river)
    over = [way for way in osm.ways.values() if ("highway" in way.tags or "railway" in way.tags)
            and list(example._crossings(pieces(osm, way), water[:-1], water[1:]))]  # fmt: skip
    assert all(way.tags.get("bridge") == "yes" for way in over)
    roads = {way.tags["name"] for way in over if way.tags.get("highway") in ("secondary", "tertiary")}
    assert len(roads) == 3


def test_the_streets_are_of_many_kinds(osm: OsmFile) -> None:
    kinds = Counter(way.tags["highway"] for way in streets(osm))
    assert set(kinds) >= {
        "secondary", "tertiary", "residential", "unclassified", "service", "footway", "path", "steps",
    }  # fmt: skip
    for tag, value in (("footway", "sidewalk"), ("footway", "crossing"), ("access", "private"), ("lit", "no"),
                       ("oneway", "yes"), ("tunnel", "yes"), ("sidewalk", "separate")):  # fmt: skip
        assert any(way.tags.get(tag) == value for way in streets(osm)), (tag, value)
    assert any(tags.get("railway") == "level_crossing" for tags in osm.node_tags.values())


def test_names_stand_in_both_languages(osm: OsmFile) -> None:
    everything = [*(way.tags for way in osm.ways.values()), *osm.node_tags.values()]
    named = [tags for tags in everything if "name" in tags]
    for tags in named:
        assert tags["name"] == tags["name:uk"]
        assert tags["name:en"].replace("é", "e").isascii(), tags
    assert len({tags["name"] for tags in named}) > 120


def test_the_places_people_visit_are_there(osm: OsmFile) -> None:
    tags = [w.tags for w in osm.ways.values()] + list(osm.node_tags.values())
    found = Counter(t.get("amenity") or t.get("shop") or t.get("railway") or t.get("leisure") for t in tags)
    for kind in [
        "school",
        "kindergarten",
        "marketplace",
        "hospital",
        "clinic",
        "bar",
        "pub",
        "cafe",
        "library",
        "townhall",
        "post_office",
        "place_of_worship",
        "community_centre",
        "supermarket",
        "station",
        "pharmacy",
        "park",
    ]:
        assert found[kind] >= 1, kind
    assert found["police"] == 2
    assert sum(t.get("highway") == "bus_stop" for t in tags) > 12


def test_about_800_street_offences_over_two_years(offences: list[dict[str, str]]) -> None:
    street = [row for row in offences if row["kind"] not in ("Domestic violence", "Fraud")]
    assert 780 <= len(street) <= 820
    assert len({row["id"] for row in offences}) == len(offences)
    days = [row["occurred_from"][:10] for row in offences if len(row["occurred_from"]) == 16]
    assert min(days) >= "2024-11-01"
    assert sorted(days)[-5] <= "2026-10-31"


def hours_of(offences: list[dict[str, str]]) -> dict[str, np.ndarray]:
    """Share of each kind's offences in each hour of the day, [24]."""
    count: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(24))
    for row in offences:
        if len(row["occurred_from"]) == 16 and "-13-" not in row["occurred_from"]:
            count[row["kind"]][datetime.fromisoformat(row["occurred_from"]).hour] += 1
    return {kind: hours / hours.sum() for kind, hours in count.items()}


def test_kinds_have_hours_of_their_own(offences: list[dict[str, str]]) -> None:
    hours = hours_of(offences)
    assert set(hours) == {kind.name for kind in example.KINDS}
    assert hours["Theft"][8:16].sum() > 0.6
    assert hours["Hooliganism"][17:24].sum() > 0.9
    assert hours["Assault"][[21, 22, 23, 0, 1, 2]].sum() > 0.6
    assert hours["Bicycle theft"][7:16].sum() > 0.75
    assert hours["Vehicle theft"][18:24].sum() > 0.95
    for one, other in (("Theft", "Assault"), ("Theft", "Hooliganism"), ("Bicycle theft", "Robbery")):
        assert np.abs(hours[one] - hours[other]).sum() / 2 > 0.5


def test_kinds_have_places_of_their_own(offences: list[dict[str, str]]) -> None:
    middle = {}
    for name in ("Theft", "Vandalism", "Burglary of a garage", "Hooliganism"):
        rows = [r for r in offences if r["kind"] == name and r["lon"].startswith("32.")]
        middle[name] = np.median([[float(r["lon"]), float(r["lat"])] for r in rows], axis=0)
    metres = {k: (v - [example.LON_0, example.LAT_0]) * [example.M_PER_DEG_LON, example.M_PER_DEG_LAT]
              for k, v in middle.items()}  # fmt: skip
    assert np.hypot(*metres["Theft"]) < 250
    assert metres["Vandalism"][0] > 400
    assert metres["Burglary of a garage"][1] < -400
    assert metres["Hooliganism"][1] > 100


def test_the_register_has_gaps_as_registers_do(offences: list[dict[str, str]]) -> None:
    written = Counter(len(row["occurred_from"]) for row in offences)
    assert written[10] >= 20
    assert written[7] >= 5
    assert written[0] >= 1
    assert sum(row["lon"] == "" for row in offences) >= 3
    assert sum(row["lon"].startswith("30.") for row in offences) >= 1
    assert sum(bool(row["occurred_to"]) for row in offences) > 150
    ends = [
        (r["occurred_from"], r["occurred_to"])
        for r in offences
        if r["occurred_to"] and len(r["occurred_from"]) == 16
    ]
    assert all(start < end or "-13-" in start for start, end in ends)


def test_offences_lie_along_many_streets(offences: list[dict[str, str]]) -> None:
    streets = Counter(row["street"] for row in offences if row["street"])
    assert len(streets) > 70
    assert sum(n for _, n in streets.most_common(10)) / sum(streets.values()) > 0.25


def test_curve_passes_through_its_points() -> None:
    points = ((0.0, 0.0), (100.0, 20.0), (150.0, 120.0))
    line = example.curve(points, step_m=10)
    for point in points:
        assert np.hypot(*(line - point).T).min() < 1e-9


def test_a_square_is_cut_into_blocks_that_fill_it() -> None:
    ring = np.array([(0, 0), (600, 0), (600, 600), (0, 600)], dtype=float)
    square = example.Line(xy=example.curve([*map(tuple, ring), (0.0, 0.0)]), tags={"highway": "residential"})
    (block,) = example.blocks_between([square])
    grower = example.Grower("town", lambda _: "garden", Random(1))
    grower.grow(block)
    assert len(grower.leaves) > 8
    assert sum(example.area(leaf.ring) for _, leaf in grower.leaves) == pytest.approx(
        example.area(block.ring)
    )


def test_the_plan_file_and_tables_are_read_by_the_planner(folder: Path) -> None:
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.io.tables import read_offences, read_places, read_problems

    settings = read_plan_file(folder / "plan.toml")
    assert len(settings.officers) == 2
    assert sum(crew.rest is not None for crew in settings.crews) == 1
    assert len(read_offences(folder / "offences.csv", timezone="Europe/Kyiv").set_aside) == 6
    assert len(read_places(folder / "places.csv")) == 4
    assert len(read_problems(folder / "problems.csv", timezone="Europe/Kyiv")) == 12


def test_the_planner_sees_a_town_of_streets(folder: Path) -> None:
    from patrolplan.io.osm import read_network

    network = read_network(folder / "streets.osm")
    assert network.segments["length_m"].median() > 60
    assert network.report.main_part_share > 0.97
