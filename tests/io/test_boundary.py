"""Boundaries: by file, by name, by box, around offences; and clipping that needs only what is near."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from osm_town import LAT, LON, M_PER_DEG, Town, cross

from patrolplan.errors import InputError
from patrolplan.io import osm_nodes, osm_stream
from patrolplan.io.boundary import boundary_around, box_boundary, read_boundary
from patrolplan.io.osm import read_osm

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside the checkout")
SQUARE = shapely.box(32.0, 49.0, 32.1, 49.1)


def areas(names, **more):
    squares = [shapely.box(32 + k, 49, 32.1 + k, 49.1) for k in range(len(names))]
    return gpd.GeoDataFrame({"name": names, **more}, geometry=squares, crs="EPSG:4326")


def community(*, hole=False, **tags):
    """Crossing streets of 400 m, and a relation around the middle 200 m drawn in two ways."""
    town = cross()
    east = town.way((0, -100), (100, -100), (100, 100), (0, 100))
    west = town.way((0, 100), (-100, 100), (-100, -100), (0, -100))
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": "7"} | tags
    town.relations.append((7, [east, west], tags))
    return town


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp", ".fgb"])
def test_the_area_of_a_file_in_any_format_and_coordinate_system(tmp_path, suffix):
    file = tmp_path / f"area{suffix}"
    table = areas(["A"])
    (table if suffix == ".geojson" else table.to_crs(32636)).to_file(file)
    assert read_boundary(file).symmetric_difference(SQUARE).area < 1e-6


def test_one_of_many_areas_is_named_by_any_column_and_whatever_letters_it_mixes(tmp_path):
    areas(["Бopoдінськa", "Б"], code=["UA51", "UA52"]).to_file(tmp_path / "all.gpkg")  # Latin o, p and a
    for name in ("Бородінська", "ua51"):
        assert read_boundary(tmp_path / "all.gpkg", name=name).bounds[0] == pytest.approx(32)
    with pytest.raises(InputError, match="holds 2 areas; name one of them: Б, Бopoдінськa"):
        read_boundary(tmp_path / "all.gpkg")
    with pytest.raises(InputError, match='no area is called "C"'):
        read_boundary(tmp_path / "all.gpkg", name="C")


def test_what_is_no_area_is_refused_with_the_way_out(tmp_path):
    point = areas(["A"]).set_geometry(gpd.points_from_xy([32], [49]), crs=4326)
    point.to_file(tmp_path / "point.gpkg")
    areas(["A"]).to_file(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    (tmp_path / "text.gpkg").write_text("no geopackage")
    (tmp_path / "table.csv").write_text("a,b")
    told = {
        "point.gpkg": "no polygon",
        "bare.shp": "no coordinate system",
        "text.gpkg": "not a .gpkg file",
        "table.csv": "unknown ending",
        "none.gpkg": "no such file",
    }
    for name, words in told.items():
        with pytest.raises(InputError, match=words):
            read_boundary(tmp_path / name)


@pytest.mark.parametrize("key", ["name", "name:uk", "name:en", "koatuu", "katotth"])
def test_an_administrative_relation_is_found_by_name_or_code(tmp_path, key):
    file = community(**{key: "Тест"}).write(tmp_path / "town.osm")
    area = read_boundary(file, name="тест")
    assert area.area * M_PER_DEG**2 * np.cos(np.radians(LAT)) == pytest.approx(200 * 200, rel=1e-3)
    clipped = read_osm(file, boundary=area)
    # Each street is kept up to its first node outside.
    assert clipped.network.street_km == pytest.approx(0.8, rel=0.005)
    assert read_boundary(file, name="r7").equals(area)


def test_relations_of_one_name_are_told_apart_by_number(tmp_path):
    town = community(name="Riverside")
    town.relations.append((8, town.relations[0][1], town.relations[0][2] | {"admin_level": "8"}))
    file = town.write(tmp_path / "town.osm")
    with pytest.raises(InputError, match='"r7": Riverside, admin_level 7; "r8": Riverside, admin_level 8'):
        read_boundary(file, name="riverside")
    assert not read_boundary(file, name="r8").is_empty
    with pytest.raises(InputError, match="give the name"):
        read_boundary(file)
    with pytest.raises(InputError, match="the file has: Riverside"):
        read_boundary(file, name="Hillside")


def test_an_outline_that_was_clipped_away_is_refused(tmp_path):
    town = community(name="Riverside")
    town.ways.pop()
    with pytest.raises(InputError, match="not whole in this file"):
        read_boundary(town.write(tmp_path / "town.osm"), name="Riverside")


def test_boxes_are_checked():
    assert box_boundary([32.0, 49.0, 32.1, 49.1]).equals(SQUARE)
    for wrong in ([49.1, 32.0, 49.0, 32.1], [32.0, 49.0], [32.1, 49.0, 32.0, 49.1], [1e5, 5e6, 2e5, 6e6]):
        with pytest.raises(InputError, match="west, south, east, north"):
            box_boundary(wrong)


def test_around_offences_leaves_lone_mistypes_out():
    rng = np.random.default_rng(1)
    near = gpd.GeoSeries(
        gpd.points_from_xy(32 + rng.normal(0, 0.01, 500), 49 + rng.normal(0, 0.01, 500)), crs=4326
    )
    around = boundary_around(near, margin_m=500)
    assert near.within(around).all()
    west = near.x.min() - around.bounds[0]
    assert west * M_PER_DEG * np.cos(np.radians(49)) == pytest.approx(500, rel=0.05)
    mistyped = gpd.GeoSeries([*near, shapely.Point(23, 49), shapely.Point()], crs=4326)
    assert boundary_around(mistyped, margin_m=500).symmetric_difference(around).area < 0.02 * around.area
    with pytest.raises(InputError, match="no offence has a place"):
        boundary_around(mistyped[-1:], margin_m=500)


def test_packed_nodes_are_read_as_osmium_reads_them(tmp_path):
    rng = np.random.default_rng(0)
    file = tmp_path / "nodes.osm.pbf"
    ids = np.sort(rng.choice(10**11, 9_000, replace=False))
    with osmium.SimpleWriter(str(file)) as writer:
        for number, lon, lat in zip(
            ids, rng.uniform(-180, 180, 9_000), rng.uniform(-90, 90, 9_000), strict=True
        ):
            writer.add_node(osmium.osm.mutable.Node(id=int(number), location=(lon, lat)))
    packed, plain = ([np.concatenate(part) for part in zip(*blocks(file), strict=True)]
                     for blocks in (osm_nodes._packed_blocks, osm_nodes._blocks_by_osmium))  # fmt: skip
    for one, other in zip(packed, plain, strict=True):
        assert np.array_equal(one, other)
    found = osm_nodes.nodes_with_ids(file, ids[[5, 8_000]])
    assert found.ids.tolist() == ids[[5, 8_000]].tolist()
    assert np.isnan(found.of(ids[[6]])).all()


def test_a_broken_file_is_told_plainly(tmp_path):
    whole = tmp_path / "whole.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for number in range(1, 20_000):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(32 + number / 1e6, 49)))
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(InputError, match="not a readable OpenStreetMap file"):
        read_osm(broken, boundary=SQUARE)


@needs_data
def test_clipping_gives_what_knowing_every_node_gives(monkeypatch):
    """Near nodes alone, and small gulps, change nothing."""
    file = DATA / "osm" / "liechtenstein_2021.osm.pbf"
    area = read_boundary(file, name="Balzers")
    near = read_osm(file, boundary=area)
    monkeypatch.setattr(osm_stream, "nodes_near", lambda *_: None)
    monkeypatch.setattr(osm_stream.LineStore, "FLUSH_NODES", 10_000)
    every = read_osm(file, boundary=area)
    assert_geodataframe_equal(near.network.segments, every.network.segments)
    assert_geodataframe_equal(near.places, every.places)
    assert near.network.report == every.network.report
    assert len(near.places) > 50


def test_xml_is_clipped_too(tmp_path):
    town = Town()
    town.way((0, 0), (100, 0), (200, 0), highway="residential")
    town.way((50_000, 0), (50_100, 0), highway="residential")
    file = town.write(tmp_path / "town.osm")
    near = read_osm(file, boundary=shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01))
    assert near.network.street_km == pytest.approx(0.2, rel=0.005)
    assert near.network.report.ways_in == 1
