"""Networks from and to the OSMnx form."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def small() -> nx.MultiDiGraph:
    """Three nodes, a bent street in both directions, a stair in one, a loop."""
    graph = nx.MultiDiGraph(crs="EPSG:32636")
    graph.add_node(10, x=500000.0, y=5400000.0)
    graph.add_node(20, x=500100.0, y=5400000.0)
    graph.add_node(30, x=500100.0, y=5400100.0)
    graph.add_node(40, x=0.0, y=0.0)
    bent = shapely.LineString([(500000, 5400000), (500050, 5400030), (500100, 5400000)])
    both = {"osmid": [7, 5], "highway": "residential", "name": ["B", "A"], "lit": "yes"}
    graph.add_edge(10, 20, **both, geometry=bent, reversed=False)
    graph.add_edge(20, 10, **both, geometry=bent.reverse(), reversed=True)
    graph.add_edge(20, 30, osmid=8, highway="steps")
    loop = shapely.LineString([(500100, 5400100), (500150, 5400100), (500150, 5400150), (500100, 5400100)])
    graph.add_edge(30, 30, osmid=9, highway="footway", geometry=loop)
    graph.add_edge(30, 30, osmid=9, highway="footway", geometry=loop.reverse())
    return graph


def test_two_directions_are_one_segment():
    network = StreetNetwork.from_networkx(small())
    segments = network.segments
    assert segments["osm_ids"].tolist() == [(5, 7), (8,), (9,)]
    assert segments["name"].tolist() == ["A; B", "", ""]
    assert segments["kind"].tolist() == ["residential", "steps", "footway"]
    assert segments["steps"].tolist() == [False, True, False]
    assert segments["speed_factor"].tolist() == [1.0, 0.5, 1.0]
    np.testing.assert_allclose(segments["length_m"], [2 * np.hypot(50, 30), 100, 100 + np.hypot(50, 50)])
    assert network.nodes["osm_id"].tolist() == [10, 20, 30]
    assert (segments["u"].tolist(), segments["v"].tolist()) == ([0, 1, 2], [1, 2, 2])


def test_there_and_back_is_equal():
    network = StreetNetwork.from_networkx(small())
    graph = network.to_networkx()
    again = StreetNetwork.from_networkx(graph)
    assert_geodataframe_equal(again.segments, network.segments)
    assert_geodataframe_equal(again.nodes, network.nodes)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_edges() == 6
    assert {"osmid", "highway", "length", "geometry", "oneway", "reversed"} <= set(graph.edges[10, 20, 0])


def test_the_graph_of_the_caller_stays_as_it_was():
    graph = small()
    before = repr(list(graph.edges(data=True, keys=True)))
    StreetNetwork.from_networkx(graph)
    assert repr(list(graph.edges(data=True, keys=True))) == before


def test_degrees_are_projected():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=33.0, y=49.0)
    graph.add_node(2, x=33.0, y=49.01)
    graph.add_edge(1, 2, osmid=1, highway="path")
    network = StreetNetwork.from_networkx(graph)
    assert network.crs == "EPSG:32636"
    assert network.segments["length_m"].tolist() == pytest.approx([1112], abs=3)


def test_faults_are_gathered():
    with pytest.raises(InputError) as caught:
        StreetNetwork.from_networkx(nx.MultiDiGraph([(1, 2)]))
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="no edges"):
        StreetNetwork.from_networkx(nx.MultiDiGraph(crs="EPSG:32636"))


def test_a_graph_that_osmnx_wrote():
    path = DATA / "osm" / "osmnx_graph.graphml"
    if not path.exists():
        pytest.skip("no shared data folder beside the checkout")
    import osmnx

    graph = osmnx.load_graphml(path)
    network = StreetNetwork.from_networkx(graph)
    assert len(network.nodes) == 46
    assert len(network.segments) == 73
    again = StreetNetwork.from_networkx(network.to_networkx())
    assert_geodataframe_equal(again.segments, network.segments)


def test_osmnx_takes_what_we_give():
    import osmnx

    graph = StreetNetwork.from_networkx(small()).to_networkx()
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert len(nodes) == 3
    assert len(edges) == 6
    assert edges.crs == "EPSG:32636"
