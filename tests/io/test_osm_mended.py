"""Gates, gaps, squares, sides and need where streets merge: towns made by hand with known answers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from osm_town import LAT, LON, M_PER_DEG, Town, cross

from patrolplan.graph.beside import FoldRules
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap
from patrolplan.io.osm import read_network, read_osm_places


@pytest.fixture
def read(tmp_path: Path):
    return lambda town, **options: read_network(town.write(tmp_path / "town.osm"), **options)


def yard(**gate: str) -> Town:
    """The crossroads, and a lane of 300 m from it with a gate a third of the way."""
    town = cross()
    town.way((200, 0), (300, 0), (500, 0), highway="service")
    town.node(300, 0, **gate)
    return town


@pytest.mark.parametrize(
    ("gate", "metres"),
    [
        ({"barrier": "gate"}, 300),
        ({"barrier": "bollard", "access": "no", "foot": "yes"}, 300),
        ({"barrier": "gate", "access": "private"}, 100),
        ({"barrier": "gate", "locked": "yes"}, 100),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, 300),
        ({"barrier": "lift_gate", "foot": "no"}, 100),
        ({"barrier": "wall"}, 100),
        ({"barrier": "fence", "access": "yes"}, 300),
        ({"highway": "crossing", "access": "no"}, 300),
    ],
)
def test_gates_shut_to_walkers_end_the_way(read, gate, metres):
    network = read(yard(**gate))
    assert network.street_km * 1000 == pytest.approx(800 + metres, rel=0.005)
    assert any("shut to walkers" in note for note in network.report.notes) == (metres == 100)
    behind = [item for item in network.report.dropped if item.what == "not connected"]
    assert bool(behind) == (metres == 100)
    assert not any("miss" in note for note in network.report.notes)


def test_a_gate_at_a_junction_shuts_all_that_meet_there(read):
    town = yard(barrier="gate", access="no")
    town.way((300, 0), (300, 200), highway="service")
    assert read(town).street_km == pytest.approx(0.9, rel=0.005)


def test_a_sidewalk_drawn_up_to_the_kerb_is_joined(read):
    town = cross()
    town.way((100, 4), (100, 150), highway="footway")
    network = read(town)
    assert network.street_km == pytest.approx(0.95, rel=0.005)
    assert network.report.main_part_share == 1.0
    assert "1 gap was closed" in " ".join(network.report.notes)
    assert read(town, rules=CleanRules(gap_m=0.0)).street_km == pytest.approx(0.8, rel=0.005)


def test_no_gap_is_closed_across_rails_water_or_levels(read):
    for barrier in ({"railway": "rail"}, {"waterway": "canal"}):
        town = cross()
        town.way((100, 4), (100, 150), highway="footway")
        town.way((50, 2), (150, 2), **barrier)
        assert read(town).street_km == pytest.approx(0.8, rel=0.005)
    town = cross()
    town.way((100, 4), (100, 150), highway="footway", bridge="yes", layer="1")
    assert read(town).street_km == pytest.approx(0.8, rel=0.005)


@pytest.mark.parametrize(
    "tags", [{"highway": "pedestrian", "area": "yes"}, {"amenity": "marketplace"}, {"place": "square"}]
)
def test_squares_and_markets_are_walked_across(read, tags):
    town = Town()
    ring = [(0, 0), (60, 0), (120, 0), (120, 60), (120, 120), (60, 120), (0, 120), (0, 60), (0, 0)]
    square = town.way(*ring, name="Market", **tags)
    for start, end in (
        ((60, 0), (60, -150)),
        ((60, 120), (60, 270)),
        ((0, 60), (-150, 60)),
        ((120, 60), (270, 60)),
    ):
        town.way(start, end, highway="residential")
    network = read(town)
    inside = [ids for ids in network.segments["osm_ids"] if square in ids]
    assert len(inside) == 8, "four corners and a cross of four"
    assert "1 square is walked across" in " ".join(network.report.notes)
    assert shortest(network) == pytest.approx(150 + 120 + 150, abs=12)


def shortest(network: StreetNetwork) -> float:
    """Metres from the southern to the northern end."""
    import networkx as nx

    graph = network.to_networkx()
    points = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    south = min(points, key=lambda node: points[node][1])
    north = max(points, key=lambda node: points[node][1])
    return float(nx.shortest_path_length(graph, south, north, weight="length"))


def test_a_market_hall_is_no_square(read):
    town = cross()
    ring = [(0, 0), (60, 0), (60, 60), (0, 60), (0, 0)]
    hall = town.way(*ring, amenity="marketplace", building="yes")
    assert not any(hall in ids for ids in read(town).segments["osm_ids"])


def test_sides_come_from_tags_or_from_sidewalks_drawn_apart(read):
    town = cross(sidewalk="right")
    town.way((0, 7), (6, 200), highway="footway", footway="sidewalk")
    town.way((-6, 12), (-6, 200), highway="footway", footway="sidewalk")
    town.way((0, 0), (0, 7), highway="footway", footway="crossing")
    segments = read(town).segments
    assert set(segments.loc[segments["name"] == "Main Street", "sides"]) == {"one"}
    assert set(segments.loc[segments["name"] == "Cross Street", "sides"]) <= {"both", "one", ""}


def test_carriageways_merge_up_to_the_distance_set(read):
    town = Town()
    for y, sense in ((0, 1), (30, -1)):
        town.way(*[(-200, y), (0, y), (200, y)][::sense], highway="primary", name="Avenue", oneway="yes")
    town.way((0, -150), (0, 0), (0, 30), (0, 180), highway="residential")
    for metres, segments in ((22.0, 4), (35.0, 2)):
        network = read(town, rules=CleanRules(fold=FoldRules(carriageway_m=metres)))
        assert (network.segments["name"] == "Avenue").sum() == segments


def test_carriageways_that_meet_at_a_roundabout_are_one_street(read):
    town = Town()
    ring = [(104, 7), (111, 0), (118, 7), (111, 14), (104, 7)]
    town.way(*ring, highway="primary", junction="roundabout", oneway="yes")
    town.way((-200, 0), (90, 0), (104, 7), highway="primary", name="Avenue", oneway="yes")
    town.way((104, 7), (90, 15), (-200, 15), highway="primary", name="Avenue", oneway="yes")
    for y in (-100, 107):
        town.way((111, 0) if y < 0 else (111, 14), (111, y), highway="residential")
    network = read(town)
    assert (network.segments["name"] == "Avenue").sum() == 1
    assert len(network.segments) == 3


def test_no_offence_is_lost_where_streets_merge(read):
    town = cross(sidewalk="separate")
    for y in (8, -8):
        town.way((8, y), (190, y), highway="footway", footway="sidewalk")
    town.way((8, -8), (8, 8), highway="footway", footway="crossing")
    network = read(town)
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-190, 190, 200), rng.choice([8.0, -8.0, 0.0], 200)
    lon = LON + x / (M_PER_DEG * np.cos(np.radians(LAT)))
    points = gpd.GeoSeries(gpd.points_from_xy(lon, LAT + y / M_PER_DEG), crs="EPSG:4326").to_crs(network.crs)
    unmerged = read(town, rules=CleanRules(fold=FoldRules(sidewalk_m=0.0, beside_m=0.0)))
    for streets in (network, unmerged):
        found = snap(streets, points, max_distance_m=25.0)
        assert (found["segment"] >= 0).all()
        assert np.bincount(found["segment"]).sum() == len(points)
    assert len(unmerged.segments) >= len(network.segments)


def test_a_place_drawn_as_relation_has_a_kind(tmp_path):
    town = cross()
    ring = town.way((0, 0), (60, 0), (60, 60), (0, 60), (0, 0), highway="pedestrian")
    town.relations.append((7, [ring], {"type": "multipolygon", "highway": "pedestrian", "name": "Yard"}))
    town.relations.append((8, [ring], {"type": "multipolygon", "amenity": "marketplace", "name": "Market"}))
    places = read_osm_places(town.write(tmp_path / "town.osm"))
    assert places["kind"].tolist() == ["market"]
