"""Streets from graphs, centrelines and our own files: all become the same kind of network."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from osm_town import cross

from patrolplan.errors import InputError
from patrolplan.graph.noding import noded
from patrolplan.io.network_file import write_network
from patrolplan.io.streets import read_network, read_streets

DATA = Path(__file__).parents[2].parent / "shared" / "data"
FEET = 0.3048006096


def crossing(*, whole=False, gap=0.0):
    """Main and Cross Street of 400 m each, as four lines (or two), in UTM 18."""
    at = np.array([486_000.0, 4_425_000.0])  # in Philadelphia
    main, other = [(-200, 0), (0, 0), (200, 0)], [(0, -200), (0, 0), (0, 200)]
    if whole:
        lines = [[main[0], main[2]], [other[0], other[2]]]
    else:
        lines = [main[:2], main[1:], [other[0], (0, -gap)], [(0, gap), other[2]]]
    names = ["Main"] * (len(lines) // 2) + ["Cross"] * (len(lines) // 2)
    return gpd.GeoDataFrame(
        {"OBJECTID": range(11, 11 + len(lines)), "ST_NAME": names},
        geometry=[shapely.LineString(np.array(line) + at) for line in lines],
        crs=32618,
    )


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".fgb"])
@pytest.mark.parametrize("crs", [32618, 4326, 2272])  # the last in US survey feet
def test_centrelines_of_any_format_and_unit_are_streets_in_metres(tmp_path, suffix, crs):
    file = tmp_path / f"streets{suffix}"
    crossing().to_crs(crs).to_file(file)
    network = read_network(file)
    assert len(network.segments) == 4
    assert network.segments["length_m"].to_numpy() == pytest.approx(200, rel=2e-3)
    assert network.crs.axis_info[0].unit_name == "metre"
    assert sorted(network.segments["name"]) == ["Cross", "Cross", "Main", "Main"]
    assert sorted(network.segments["osm_ids"]) == [(11,), (12,), (13,), (14,)]
    assert set(network.segments["kind"]) == {""}


def test_streets_drawn_whole_meet_where_they_cross(tmp_path):
    crossing(whole=True).to_file(tmp_path / "whole.gpkg")
    assert len(read_network(tmp_path / "whole.gpkg").segments) == 4


def test_a_bridge_over_a_street_does_not_meet_it():
    """A grid that meets at its corners, and one line over it."""
    grid = [shapely.LineString([(x, y), (x + 100, y)]) for x in (0, 100, 200) for y in (0, 100, 200)]
    grid += [shapely.LineString([(x, y), (x, y + 100)]) for x in (0, 100, 200) for y in (0, 100, 200)]
    over = shapely.LineString([(50, 0), (50, 250)])
    offsets, refs, _ = noded(np.array([*grid, over]))
    assert np.diff(offsets)[-1] == 2  # no point where it passes over a street
    rest = set(refs[: offsets[-2]].tolist())
    assert refs[offsets[-2]] in rest
    assert refs[-1] not in rest


def test_ends_half_a_metre_short_meet_the_street(tmp_path):
    crossing(gap=0.4).to_file(tmp_path / "gap.gpkg")
    network = read_network(tmp_path / "gap.gpkg")
    assert len(network.segments) == 4
    assert network.report.main_part_share == 1


def test_tags_of_openstreetmap_count_where_the_file_has_them(tmp_path):
    table = crossing().assign(highway=["residential", "motorway", "steps", "residential"], name=list("abcd"))
    table.to_file(tmp_path / "tags.gpkg")
    network = read_network(tmp_path / "tags.gpkg")
    assert [item.what for item in network.report.dropped] == ["motorway"]
    assert network.segments.set_index("name")["steps"].to_dict() == {"a": False, "c": True, "d": False}


def test_centrelines_are_clipped(tmp_path):
    table = crossing()
    table.to_file(tmp_path / "streets.gpkg")
    east = shapely.box(*table.to_crs(4326).total_bounds)
    east = shapely.box(shapely.centroid(east).x + 1e-4, east.bounds[1], east.bounds[2] + 1, east.bounds[3])
    network = read_network(tmp_path / "streets.gpkg", boundary=east)
    assert network.segments["osm_ids"].tolist() == [(12,)]


def test_a_graph_of_osmnx_is_cleaned_like_any_streets(tmp_path):
    osmnx = pytest.importorskip("osmnx")
    before = read_network(cross().write(tmp_path / "town.osm"))
    osmnx.save_graphml(before.to_networkx(), tmp_path / "town.graphml")
    after = read_network(tmp_path / "town.graphml")
    assert sorted(after.segments["osm_ids"]) == sorted(before.segments["osm_ids"])
    assert after.segments["length_m"].sum() == pytest.approx(before.segments["length_m"].sum(), rel=1e-6)
    assert sorted(after.segments["name"]) == sorted(before.segments["name"])


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside the checkout")
def test_a_real_graph_of_osmnx():
    network = read_network(DATA / "osm" / "osmnx_graph.graphml")
    assert 45 <= len(network.segments) <= 60
    assert "Amsterdam Avenue" in set(network.segments["name"])
    assert 5672180 in {number for ids in network.segments["osm_ids"] for number in ids}


def test_real_centrelines_in_feet():
    examples = pytest.importorskip("libpysal.examples", reason="libpysal is not installed")
    file = examples.get_path("streets.shp")
    network = read_network(file)
    drawn = gpd.read_file(file).length.sum() * FEET
    assert network.street_km * 1000 == pytest.approx(drawn, rel=0.01)
    assert network.report.ways_in == 293


def test_our_own_file_comes_back_as_it_was(tmp_path):
    network = read_network(cross().write(tmp_path / "town.osm"))
    write_network(network, tmp_path / "streets.gpkg")
    again = read_streets(tmp_path / "streets.gpkg")
    assert_geodataframe_equal(again.network.segments, network.segments)
    assert again.places.empty
    assert again.settlements.crs == "EPSG:4326"


def test_files_without_streets_are_refused_with_the_way_out(tmp_path):
    crossing().set_geometry(crossing().centroid).to_file(tmp_path / "points.gpkg")
    crossing().to_file(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    crossing().to_file(tmp_path / "flat.fgb")
    (tmp_path / "renamed.gpkg").write_bytes((tmp_path / "flat.fgb").read_bytes())
    for name in ("text.gpkg", "text.graphml"):
        (tmp_path / name).write_text("nothing of the kind")
    (tmp_path / "other.graphml").write_text(
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"/></graphml>'
    )
    told = {
        "points.gpkg": "holds no line",
        "renamed.gpkg": "not a .gpkg file",
        "bare.shp": "no coordinate system",
        "text.gpkg": "not a .gpkg file",
        "text.graphml": "not a street graph",
        "other.graphml": "not a street graph",
        "streets.xyz": "unknown ending",
        "none.shp": "no such file",
    }
    for name, words in told.items():
        with pytest.raises(InputError, match=words):
            read_network(tmp_path / name)
