"""Places people visit, from OpenStreetMap files."""

from __future__ import annotations

import pytest
import shapely
from osm_town import LAT, LON, Town, cross

from patrolplan.around import around_of
from patrolplan.io.osm import read_osm, read_osm_places
from patrolplan.io.osm_places import PLACE_KINDS, PLACE_TAGS, place_kind
from patrolplan.risk.footfall import find_footfall


@pytest.fixture
def town() -> Town:
    town = cross()
    town.node(10, 10, amenity="school", name="Школа 1", **{"name:en": "School 1"})
    town.node(20, 10, shop="bakery", opening_hours="Mo-Fr 08:00-18:00")
    town.node(30, 10, highway="bus_stop")
    town.node(40, 10, natural="tree")
    town.node(0, 300, place="village", name="Село")
    town.way((100, 100), (140, 100), (140, 120), (100, 120), (100, 100), amenity="police", name="Station")
    outline = town.way((-100, -100), (-60, -100), (-60, -60), (-100, -60), (-100, -100))
    town.relations.append((77, [outline], {"type": "multipolygon", "leisure": "park", "name": "Park"}))
    return town


def test_nodes_areas_and_relations_are_found(town, tmp_path):
    places = read_osm_places(town.write(tmp_path / "town.osm"))
    assert places.columns.tolist() == ["kind", "name", "name_en", "osm_id", "opening_hours", "geometry"]
    found = places.set_index("kind")
    assert sorted(found.index) == ["bus_stop", "park", "police", "school", "shop"]
    assert found.loc["school", ["name", "name_en"]].tolist() == ["Школа 1", "School 1"]
    assert found.loc["shop", "opening_hours"] == "Mo-Fr 08:00-18:00"
    assert found.loc["park", "osm_id"] == "relation/77"
    assert found.loc["police", "osm_id"].startswith("way/")
    assert places.crs == "EPSG:4326"


def test_areas_stand_at_their_middle(town, tmp_path):
    places = read_osm_places(town.write(tmp_path / "town.osm")).set_index("kind")
    police = places.loc["police", "geometry"]
    assert police.x == pytest.approx(LON + 120 / (111_320 * 0.65606), abs=1e-6)
    assert police.y == pytest.approx(LAT + 110 / 111_320, abs=1e-6)


def test_places_come_in_the_system_asked_for(town, tmp_path):
    places = read_osm_places(town.write(tmp_path / "town.osm"), crs="EPSG:32636")
    assert places.crs == "EPSG:32636"


def test_one_reading_gives_all(town, tmp_path):
    data = read_osm(town.write(tmp_path / "town.osm"))
    assert len(data.network.segments) == 4
    assert len(data.places) == 5
    assert data.settlements["name"].tolist() == ["Село"]
    assert data.timestamp == ""


def test_boundary_leaves_places_out(town, tmp_path):
    near = shapely.Point(LON, LAT).buffer(0.0006)
    places = read_osm_places(town.write(tmp_path / "town.osm"), boundary=near)
    assert sorted(places["kind"]) == ["bus_stop", "school", "shop"]


def test_no_places_is_an_empty_table(tmp_path):
    places = read_osm_places(cross().write(tmp_path / "town.osm"))
    assert len(places) == 0
    assert "kind" in places.columns


@pytest.mark.parametrize(("key", "values", "kind"), PLACE_TAGS)
def test_every_row_of_the_table_is_reached(key, values, kind):
    for value in values.split():
        assert place_kind({key: "florist" if value == "*" else value}) == kind
    assert kind in PLACE_KINDS


def test_police_is_police_even_where_private():
    assert place_kind({"amenity": "police", "access": "private"}) == "police"
    assert place_kind({"amenity": "school", "access": "private"}) == "school"
    assert place_kind({"leisure": "playground", "access": "private"}) == ""


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "shelter", "shelter_type": "bomb_shelter"}, "shelter"),
        ({"military": "bunker", "bunker_type": "bomb_shelter"}, "shelter"),
        ({"military": "bunker", "bunker_type": "bomb_shelter", "access": "private"}, ""),
        ({"military": "bunker", "bunker_type": "bomb_shelter", "abandoned": "yes"}, ""),
        ({"amenity": "shelter", "shelter_type": "public_transport"}, ""),
        ({"amenity": "shelter"}, ""),
        ({"building": "bunker"}, ""),
        ({"amenity": "social_facility", "social_facility": "shelter"}, "community_centre"),
        ({"emergency": "assembly_point"}, ""),
    ],
)
def test_shelters_are_those_against_bombs(tags, kind):
    assert place_kind(tags) == kind


def test_shelters_draw_nobody_but_are_told(town, tmp_path):
    town.node(0, 60, shelter_type="bomb_shelter", amenity="shelter", name="Сховище 2")
    data = read_osm(town.write(tmp_path / "town.osm"))
    assert [at.name for at in around_of(data.places).shelters] == ["Сховище 2"]
    found = find_footfall(data.network, data.places).found
    assert "shelter" not in set(found.kinds["kind"])
    assert "other" not in set(found.kinds["kind"])
