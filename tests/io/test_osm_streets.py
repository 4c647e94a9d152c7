"""Streets from OpenStreetMap files: towns made by hand with known answers."""

from __future__ import annotations

import bz2
import gzip
import random
from pathlib import Path

import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from osm_town import Town, cross

from patrolplan.errors import InputError
from patrolplan.graph.clean import CleanRules
from patrolplan.graph.islands import without_idle_parts
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.rewire import largest_part
from patrolplan.io.osm import read_network


@pytest.fixture
def read(tmp_path: Path):
    return lambda town, **options: read_network(town.write(tmp_path / "town.osm"), **options)


def dropped(network: StreetNetwork) -> dict[str, int]:
    return {item.what: item.count for item in network.report.dropped}


def is_sound(network: StreetNetwork) -> None:
    """What every network must keep: ends meet nodes, lengths fit, one connected part."""
    segments, nodes = network.segments, network.nodes
    xy = shapely.get_coordinates(nodes.geometry.to_numpy())
    for end, at in (("u", 0), ("v", -1)):
        ends = shapely.get_coordinates(shapely.get_point(segments.geometry.to_numpy(), at))
        np.testing.assert_allclose(ends, xy[segments[end]], atol=1e-6)
    np.testing.assert_allclose(segments["length_m"], segments.length, rtol=1e-9)
    assert (segments["length_m"] > 0).all()
    assert nodes["osm_id"].is_unique
    assert set(segments["u"]) | set(segments["v"]) == set(nodes.index)
    assert all(ids == tuple(sorted(set(ids))) and ids for ids in segments["osm_ids"])
    u, v = segments["u"].to_numpy(), segments["v"].to_numpy()
    assert largest_part(len(nodes), u, v, segments["length_m"].to_numpy())[0].all()
    assert segments.crs.is_projected
    assert segments.index.name == "segment"
    assert nodes.index.name == "node"


def test_a_crossroads_has_four_segments(read):
    network = read(cross(name__en="High Street", name__uk="Головна вулиця", lit="yes", surface="asphalt"))
    is_sound(network)
    assert len(network.segments) == 4
    assert len(network.nodes) == 5
    np.testing.assert_allclose(network.segments["length_m"], 200, rtol=0.003)
    main = network.segments[network.segments["name"] == "Main Street"]
    assert main[["kind", "name_en", "name_uk", "lit", "surface"]].drop_duplicates().to_numpy().tolist() == [
        ["residential", "High Street", "Головна вулиця", "yes", "asphalt"]
    ]
    assert set(main["osm_ids"]) == {(1000,)}
    assert network.report.ways_in == 2
    assert network.report.main_part_share == 1.0


def test_a_street_with_two_sidewalks_and_crossings_is_one_street(read):
    town = cross(sidewalk="separate")
    for y in (8, -8):
        for x in (-200, 8):
            town.way((x, y), (x + 192, y), highway="footway", footway="sidewalk")
        town.way((-8, y), (0, y), (8, y), highway="footway", footway="crossing")
    # the crossings meet the roads in nodes of their own
    town.ways[1] = (1001, [town.node(0, y) for y in (-200, -8, 0, 8, 200)], town.ways[1][2])
    town.ways[0] = (1000, [town.node(x, 0) for x in (-200, -8, 0, 8, 200)], town.ways[0][2])
    for x in (-8, 8):
        town.way((x, -8), (x, 0), (x, 8), highway="footway", footway="crossing")
    network = read(town)
    is_sound(network)
    assert len(network.segments) == 4
    assert sorted(network.segments["name"]) == ["Cross Street"] * 2 + ["Main Street"] * 2
    np.testing.assert_allclose(network.segments["length_m"], 200, rtol=0.01)
    assert {"sidewalks", "crossings"} <= set(dropped(network))
    east = network.segments[network.segments["name"] == "Main Street"]["osm_ids"]
    assert all(len(ids) >= 3 for ids in east), "sidewalks are traceable on their street"


def test_a_path_that_meets_only_the_sidewalk_is_joined_to_the_street(read):
    town = cross()
    town.way((20, 8), (100, 8), (180, 8), highway="footway", footway="sidewalk")
    town.way((0, 8), (20, 8), highway="footway", footway="sidewalk")
    town.ways[1] = (1001, [town.node(0, y) for y in (-200, 0, 8, 200)], town.ways[1][2])
    path = town.way((100, 8), (100, 120), highway="path")
    network = read(town)
    is_sound(network)
    found = [i for i, ids in enumerate(network.segments["osm_ids"]) if path in ids]
    assert len(found) == 1
    assert network.segments["length_m"][found[0]] == pytest.approx(120, abs=4)
    assert len(network.segments) == 6


def test_a_sidewalk_without_a_road_beside_it_stays(read):
    town = cross()
    town.way((200, 0), (200, 300), highway="footway", footway="sidewalk")
    assert len(read(town).segments) == 4
    assert read(town).street_km == pytest.approx(1.1, rel=0.005)


def test_two_carriageways_become_one_street(read):
    town = Town()
    for y, sense in ((0, 1), (14, -1)):
        points = [(-200, y), (0, y), (200, y)][::sense]
        town.way(*points, highway="primary", name="Avenue", oneway="yes")
    town.way((0, -150), (0, 0), (0, 14), (0, 160), highway="residential", name="Side Street")
    network = read(town)
    is_sound(network)
    assert sorted(network.segments["name"]) == ["Avenue"] * 2 + ["Side Street"] * 2
    assert dropped(network)["second carriageways"] == 2
    assert network.street_km == pytest.approx(0.71, abs=0.02)


def test_two_carriageways_far_apart_stay_two(read):
    town = Town()
    for y in (0, 40):
        town.way((-200, y), (0, y), (200, y), highway="primary", name="Avenue", oneway="yes")
    town.way((0, -150), (0, 0), (0, 40), (0, 190), highway="residential")
    assert (read(town).segments["name"] == "Avenue").sum() == 4


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "footway", "foot": "private"}, False),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "residential", "foot": "no", "sidewalk": "separate"}, True),
        ({"highway": "tertiary", "foot": "use_sidepath"}, True),
        ({"highway": "residential", "sidewalk": "separate"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "cycleway", "foot": "yes"}, True),
        ({"highway": "path", "bicycle": "designated", "foot": "designated"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "maxspeed": "50"}, True),
        ({"highway": "trunk", "maxspeed": "30 mph"}, True),
        ({"highway": "trunk", "maxspeed": "50", "motorroad": "yes"}, False),
        ({"highway": "trunk", "sidewalk:right": "yes"}, True),
        ({"highway": "construction"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "corridor"}, False),
        ({"highway": "footway", "indoor": "yes"}, False),
        ({"highway": "service", "area": "yes"}, False),
        ({"highway": "service", "service": "driveway"}, True),
        ({"highway": "track"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "pedestrian"}, True),
        ({"waterway": "river"}, False),
        ({"railway": "rail"}, False),
    ],
)
def test_who_may_walk(read, tags, kept):
    town = cross()
    way = town.way((200, 0), (300, 100), **tags)
    network = read(town)
    assert any(way in ids for ids in network.segments["osm_ids"]) == kept
    if not kept and "highway" in tags:
        assert sum(dropped(network).values()) == 1


def test_crossing_tagged_as_cycleway_joins_two_paths(read):
    town = cross()
    town.way((100, -100), (100, -12), highway="path")
    town.way((100, -12), (100, 0), (100, 12), highway="cycleway", cycleway="crossing", foot="designated")
    town.way((100, 12), (100, 100), highway="path")
    town.ways[0] = (1000, [town.node(x, 0) for x in (-200, 0, 100, 200)], town.ways[0][2])
    network = read(town)
    is_sound(network)
    assert network.street_km == pytest.approx(1.0, rel=0.005)


def test_steps_are_kept_and_slower(read):
    town = cross()
    town.way((200, 0), (260, 80), highway="steps", name="Stair")
    town.way((260, 80), (260, 200), highway="residential")
    town.way((260, 80), (400, 80), highway="residential")
    segments = read(town).segments
    stair = segments[segments["name"] == "Stair"]
    assert len(segments) == 6
    whole = 200 + 100 * 2  # 200 m of street on the level and 100 m of steps at half the speed
    assert segments["speed_factor"].min() == pytest.approx(300 / whole, rel=0.01)
    assert not stair["steps"].any()
    town.way((200, 0), (200, 150), highway="residential")
    segments = read(town).segments
    stair = segments[segments["name"] == "Stair"]
    assert stair["steps"].tolist() == [True]
    assert stair["speed_factor"].tolist() == [0.5]


def test_each_kind_of_way_has_its_pace(read):
    town = cross()
    town.way((200, 0), (300, 0), (400, 0), highway="path", name="Trail")
    town.way((400, 0), (450, 0), highway="steps", name="Stair")
    segments = read(town, rules=CleanRules(kind_pace={"path": 0.8, "steps": 0.4})).segments
    # at 1 m/s: 800 m of street, 200 m of path at 0.8 and 50 m of steps at 0.4, whatever is joined to what
    seconds = (segments["length_m"] / segments["speed_factor"]).sum()
    assert seconds == pytest.approx(800 + 200 / 0.8 + 50 / 0.4, rel=0.003)
    assert segments["speed_factor"].max() == 1.0


def test_an_island_is_left_out_and_told(read):
    town = cross()
    town.way((1000, 0), (1100, 0), highway="residential")
    network = read(town)
    assert len(network.segments) == 4
    assert dropped(network) == {"not connected": 1}
    assert network.report.main_part_share == pytest.approx(8 / 9, abs=0.001)
    assert any("not joined" in note for note in network.report.notes)


def test_clipped_ways_keep_their_known_stretches(read):
    town = cross()
    town.way((200, 0), (300, 0), (400, 0), (500, 0), highway="residential", name="Clipped")
    town.unwritten.add(town.node(500, 0))
    network = read(town)
    is_sound(network)
    assert network.street_km == pytest.approx(1.0, rel=0.005)
    assert any("1 way" in note for note in network.report.notes)


def test_no_join_across_a_railway_or_river(read):
    for barrier in ({"railway": "rail"}, {"waterway": "river"}):
        town = cross()
        town.way((-200, 12), (-100, 12), (-100, 100), highway="footway")
        town.way((-100, 12), (-10, 12), highway="footway")
        town.way((-100, 100), (0, 100), highway="footway")
        town.ways[1] = (1001, [town.node(0, y) for y in (-200, 0, 100, 200)], town.ways[1][2])
        town.way((-300, 6), (-5, 6), **barrier)
        walled = read(town)
        town.ways.pop()
        free = read(town)
        assert walled.street_km > free.street_km + 0.15
        assert walled.street_km == pytest.approx(1.18, abs=0.12)


def test_a_railway_on_a_viaduct_parts_no_street(read):
    town = Town()
    for y in (0, 14):
        town.way((-200, y), (0, y), (200, y), highway="primary", name="Avenue", oneway="yes")
    town.way((0, -150), (0, 0), (0, 14), (0, 160), highway="residential")
    town.way((-200, 7), (200, 7), railway="subway", bridge="viaduct")
    assert (read(town).segments["name"] == "Avenue").sum() == 2
    town.ways[-1] = (town.ways[-1][0], town.ways[-1][1], {"railway": "rail"})
    assert (read(town).segments["name"] == "Avenue").sum() == 4


def test_split_intersection_is_one_junction(read):
    town = Town()
    town.way((-200, 0), (-4, 0), (4, 0), (200, 0), highway="residential", name="Main")
    town.way((-4, 0), (-4, 200), highway="residential", name="North")
    town.way((4, 0), (4, -200), highway="residential", name="South")
    network = read(town)
    is_sound(network)
    assert len(network.segments) == 4
    assert len(network.nodes) == 5


def test_roundabout_is_one_junction(read):
    town = Town()
    ring = [(15, 0), (10, 10), (0, 15), (-10, 10), (-15, 0), (-10, -10), (0, -15), (10, -10), (15, 0)]
    town.way(*ring, highway="tertiary", junction="roundabout")
    for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        town.way((15 * x, 15 * y), (200 * x, 200 * y), highway="residential")
    network = read(town)
    assert len(network.segments) == 4
    assert len(network.nodes) == 5


def test_stubs_go_and_longer_dead_ends_stay(read):
    town = cross()
    town.ways[0] = (1000, [town.node(x, 0) for x in (-200, -100, 0, 100, 200)], town.ways[0][2])
    town.way((100, 0), (100, 8), highway="service")
    town.way((-100, 0), (-100, 40), highway="service")
    network = read(town)
    assert len(network.segments) == 6
    assert dropped(network) == {"stubs": 1}


def test_the_order_of_ways_does_not_matter(tmp_path):
    town = cross(sidewalk="separate")
    rng = random.Random(4)
    for k in range(-3, 4):
        town.way((60 * k, 60), (60 * k + 20, 200), highway="footway")
        town.way((60 * k, 60), (60 * k + 60, 60), highway=rng.choice(["service", "footway", "residential"]))
        town.way((60 * k, 66), (60 * k + 60, 66), highway="footway", footway="sidewalk")
    town.ways[1] = (1001, [town.node(0, y) for y in (-200, 0, 60, 66, 200)], town.ways[1][2])
    first = read_network(town.write(tmp_path / "a.osm"))
    is_sound(first)
    for _ in range(5):
        order = list(range(len(town.ways)))
        rng.shuffle(order)
        other = read_network(town.write(tmp_path / "b.osm", order=order))
        assert_geodataframe_equal(first.segments, other.segments)
        assert_geodataframe_equal(first.nodes, other.nodes)
        assert first.report == other.report


def test_every_ending_reads_the_same(tmp_path):
    plain = cross().write(tmp_path / "town.osm")
    network = read_network(plain)
    for ending, packed in (
        (".gz", gzip.compress(plain.read_bytes())),
        (".bz2", bz2.compress(plain.read_bytes())),
    ):
        path = tmp_path / f"town.osm{ending}"
        path.write_bytes(packed)
        assert_geodataframe_equal(read_network(path).segments, network.segments)


def test_boundary_clips_while_reading(tmp_path):
    import geopandas as gpd

    town = cross()
    town.way(*[(200 + 50 * k, 0) for k in range(40)], highway="residential")
    path = town.write(tmp_path / "town.osm")
    whole = read_network(path)
    centre = gpd.GeoSeries(whole.nodes.geometry).union_all().centroid
    corner = whole.nodes.geometry.iloc[int(np.argmin(whole.nodes.geometry.x))]
    box = gpd.GeoSeries([shapely.Point(corner).buffer(600)], crs=whole.crs).to_crs("EPSG:4326").iloc[0]
    clipped = read_network(path, boundary=box)
    assert whole.street_km == pytest.approx(2.75, abs=0.02)
    assert 1.0 <= clipped.street_km <= 1.1
    assert centre is not None


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("missing.osm", None, "no such file"),
        ("empty.osm.pbf", b"", "empty"),
        ("garbage.osm", b"not xml at all", "not a readable OpenStreetMap file"),
        ("garbage.osm.pbf", b"not a pbf at all, but long enough to look like one", "not a readable"),
        ("garbage.osm.bz2", b"not bzip2", "not a readable"),
        ("page.osm", b"<html><body>504</body></html>", "not a readable"),
        ("cut.osm", b'<osm version="0.6"><node id="1" lat="1', "not a readable"),
        ("streets.csv", b"a,b", "unknown ending"),
        ("none.osm", b'<osm version="0.6"></osm>', "no walkable streets"),
    ],
)
def test_bad_files_are_told_plainly(tmp_path, name, content, told):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        read_network(path)
    assert name in str(caught.value)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InputError, match="not a file"):
        read_network(tmp_path)


def test_rivers_and_motorways_alone_are_no_streets(read):
    town = Town()
    town.way((0, 0), (100, 0), waterway="river")
    town.way((0, 0), (0, 100), highway="motorway")
    with pytest.raises(InputError, match="no walkable streets"):
        read(town)


def two_shores(**link: str) -> Town:
    """A crossroads, 300 m of street across the water, and a way between the two."""
    town = cross()
    town.way((1000, 0), (1150, 0), (1300, 0), highway="residential", name="Far Shore")
    town.way((200, 0), (1000, 0), **link)
    return town


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ({"route": "ferry"}, True),
        ({"highway": "motorway", "bridge": "yes"}, True),
        ({"highway": "trunk", "bridge": "yes", "foot": "no"}, True),
        ({"highway": "service", "access": "private"}, False),
        ({"railway": "rail"}, False),
    ],
)
def test_an_island_that_a_ferry_or_bridge_leads_to_is_kept(read, link, kept):
    network = read(two_shores(**link))
    assert ("Far Shore" in set(network.segments["name"])) == kept
    assert any("only a ferry" in note for note in network.report.notes) == kept
    assert ("not connected" in dropped(network)) != kept


def test_islands_stay_in_a_plan_where_something_lies_on_them(read):
    network = read(two_shores(route="ferry"))
    middle = network.segments.geometry[network.segments["name"] == "Far Shore"].interpolate(100)
    nothing, offence = middle.iloc[:0], middle.set_crs(network.crs).to_crs("EPSG:4326")
    assert len(without_idle_parts(network, [nothing, offence]).segments) == len(network.segments)
    left = without_idle_parts(network, [nothing])
    is_sound(left)
    assert set(left.segments["name"]) == {"Main Street", "Cross Street"}
    assert dropped(left)["idle islands"] == 1
    assert len(without_idle_parts(network, [], also_from_m=250).segments) == len(network.segments)
    assert without_idle_parts(left, []) is left
