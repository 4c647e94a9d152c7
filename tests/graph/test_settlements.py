"""Settlements of a network and rides between them: made towns, brute force, eleven real municipalities."""

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from towns import CRS, network_of

from patrolplan.errors import InputError
from patrolplan.graph.rides import RideRoads, rides_between
from patrolplan.graph.settlements import find_settlements

DATA = Path(__file__).parents[2].parent / "shared" / "data"
X, Y = 500_000.0, 5_500_000.0


def places(*rows):
    names, kinds, xs = zip(*rows, strict=True)
    points = gpd.points_from_xy([X + x for x in xs], [Y + 10] * len(xs))
    table = {
        "kind": kinds,
        "name": names,
        "name_en": [""] * len(rows),
        "osm_id": [f"node/{k}" for k in range(len(rows))],
    }
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def valley():
    """Two villages on one road of nine pieces, 500 m each, and a third that no path joins."""
    nodes = [(500.0 * k, 0.0) for k in range(10)] + [(9000.0, 0.0), (9200.0, 0.0), (9400.0, 0.0)]
    links = [(k, k + 1) for k in range(9)] + [(10, 11), (11, 12)]
    return network_of(nodes, links, names=["Valley Road"] * 9 + ["Hill Lane", "Hill Lane"])


def test_each_segment_belongs_to_the_place_nearest_on_foot():
    found = find_settlements(
        valley(), places(("West", "village", 250), ("East", "village", 4250)), reach_m=1200
    )
    assert found.of_segment.tolist() == [0, 0, 0, -1, -1, -1, 1, 1, 1, 2, 2]
    assert found.table["name"].tolist() == ["West", "East", "Hill Lane"]
    assert found.table["part"].tolist() == [0, 0, 1]
    assert found.table["street_km"].tolist() == [1.5, 1.5, 0.4]
    assert found.table["centre_segment"].tolist() == [1, 7, 9]
    assert found.segments_of("East").tolist() == [6, 7, 8]
    with pytest.raises(InputError, match='no settlement "North"; there are West, East, Hill Lane'):
        found.segments_of("North")


def test_quarters_are_no_settlements_and_far_places_none_either():
    found = find_settlements(valley(), places(("West", "suburb", 250), ("Far", "village", 70_000)))
    assert found.table["name"].tolist() == ["Valley Road", "Hill Lane"]
    assert found.part_of_segment.tolist() == [0] * 9 + [1] * 2


def test_boundaries_decide_where_they_are_given():
    areas = gpd.GeoDataFrame(
        {"name": ["Upper", "Lower"]},
        geometry=[shapely.box(X + 2000, Y - 9, X + 9e4, Y + 9), shapely.box(X - 9, Y - 9, X + 2000, Y + 9)],
        crs=CRS,
    )
    found = find_settlements(valley(), places(("Upper", "town", 250)), boundaries=areas)
    assert found.table["name"].tolist() == ["Lower", "Upper"]
    assert found.table["kind"].tolist() == ["", "town"]
    assert found.of_segment.tolist() == [0] * 4 + [1] * 7


def test_order_of_places_changes_nothing():
    rows = [("West", "village", 250), ("East", "town", 4250), ("Mid", "hamlet", 2000)]
    one = places(*rows)
    first, again = find_settlements(valley(), one), find_settlements(valley(), one[::-1])
    assert first.of_segment.tolist() == again.of_segment.tolist()
    assert first.table.equals(again.table)


def test_rides_are_the_quickest_and_their_lines_add_up():
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 5000, (60, 2))
    tail, head = rng.integers(0, 60, (2, 240))
    keep = np.unique(np.stack([tail, head])[:, tail != head], axis=1)
    seconds = np.hypot(*(xy[keep[0]] - xy[keep[1]]).T) / rng.uniform(5, 20, keep.shape[1])
    roads = RideRoads(xy=xy, tail=keep[0], head=keep[1], seconds=seconds, crs=CRS)
    at = gpd.GeoSeries(gpd.points_from_xy(*xy[:12].T), crs=CRS)
    rides = rides_between(roads, at, park_s=100)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(60))
    graph.add_weighted_edges_from(zip(*keep.tolist(), seconds.tolist(), strict=True))
    for i in range(12):
        known = nx.single_source_dijkstra_path_length(graph, i)
        for j in range(12):
            want = 0 if i == j else known.get(j, -101) + 100
            assert rides.seconds[i, j] == pytest.approx(np.ceil(want), abs=1)
            if i != j and j in known:
                line = shapely.get_coordinates(rides.path(i, j))
                assert line[0].tolist() == xy[i].tolist()
                assert line[-1].tolist() == xy[j].tolist()


def test_places_off_the_roads_are_not_reached():
    roads = RideRoads(
        xy=np.array([[0.0, 0.0], [1000.0, 0.0]]),
        tail=np.array([0]),
        head=np.array([1]),
        seconds=np.array([60.0]),
        crs=CRS,
    )
    at = gpd.GeoSeries(gpd.points_from_xy([0, 1000, 500], [0, 0, 5000]), crs=CRS)
    rides = rides_between(roads, at)
    assert rides.seconds.tolist() == [[0, 180, -1], [-1, 0, -1], [-1, -1, 0]]
    with pytest.raises(InputError, match="no ride"):
        rides.path(1, 0)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside the checkout")
def test_eleven_municipalities_and_the_rides_between_them():
    from patrolplan.graph.clean import CleanRules
    from patrolplan.io.boundary import read_boundary
    from patrolplan.io.osm import read_osm
    from patrolplan.io.osm_boundary import read_osm_areas
    from patrolplan.io.osm_rides import read_ride_roads

    file = DATA / "osm" / "liechtenstein_2021.osm.pbf"
    country = read_boundary(file, name="r1155955")
    areas = read_osm_areas(file, level="8")
    areas = areas[areas.representative_point().within(country)]
    assert len(areas) == 11
    data = read_osm(file, boundary=country, rules=CleanRules(part_m=1000))
    found = find_settlements(data.network, data.settlements, boundaries=areas)
    # streets up to their first node outside are read too: a few have their middle abroad
    assert data.network.segments["length_m"][found.of_segment < 0].sum() < 20_000
    named = found.table[found.table["name"].isin(areas["name"])]
    assert len(named) == 11
    rides = rides_between(read_ride_roads(file), named.geometry)
    minutes = rides.seconds / 60
    apart = ~np.eye(11, dtype=bool)
    assert (minutes[apart] > 3).all()
    assert (minutes[apart] < 60).all()
    order = named["name"].tolist()
    assert 4 < minutes[order.index("Vaduz"), order.index("Schaan")] < 12
    assert 12 < minutes[order.index("Balzers"), order.index("Ruggell")] < 45
