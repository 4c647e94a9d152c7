"""A network kept in a file comes back equal."""

from __future__ import annotations

import pyogrio
import pytest
from geopandas.testing import assert_geodataframe_equal
from osm_town import cross

from patrolplan.errors import InputError
from patrolplan.io.network_file import read_network_file, write_network
from patrolplan.io.osm import read_network


@pytest.fixture
def network(tmp_path):
    town = cross(name__en="High Street")
    town.way((1000, 0), (1100, 0), highway="residential")
    return read_network(town.write(tmp_path / "town.osm"))


def test_write_then_read_is_equal(network, tmp_path):
    again = read_network_file(write_network(network, tmp_path / "streets.gpkg"))
    assert_geodataframe_equal(again.segments, network.segments)
    assert_geodataframe_equal(again.nodes, network.nodes)
    assert again.report == network.report


def test_same_network_same_bytes(network, tmp_path):
    first = write_network(network, tmp_path / "a.gpkg").read_bytes()
    assert write_network(network, tmp_path / "b.gpkg").read_bytes() == first


def test_credit_is_in_the_file(network, tmp_path):
    path = write_network(network, tmp_path / "streets.gpkg")
    assert "OpenStreetMap" in pyogrio.read_info(path, layer="segments")["dataset_metadata"]["credit"]
    assert pyogrio.read_dataframe(path, layer="segments")["credit"].str.contains("ODbL").all()
    assert sorted(pyogrio.list_layers(path)[:, 0]) == ["nodes", "segments"]


def test_failed_write_leaves_nothing(network, tmp_path):
    with pytest.raises(InputError, match="no folder"):
        write_network(network, tmp_path / "nowhere" / "streets.gpkg")
    with pytest.raises(InputError, match=r"\.gpkg"):
        write_network(network, tmp_path / "streets.shp")
    assert not list(tmp_path.glob("*streets*"))


def test_other_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_network_file(tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("no database")
    with pytest.raises(InputError, match="not a street network"):
        read_network_file(tmp_path / "text.gpkg")
