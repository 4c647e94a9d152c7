"""Snapping: brute force as the judge."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from patrolplan.errors import InputError
from patrolplan.graph.network import NetworkReport, StreetNetwork
from patrolplan.graph.snap import snap


@pytest.fixture
def network() -> StreetNetwork:
    """A cross of four 100 m arms: west, east, south, north of (0, 0)."""
    ends = [(0, 0), (-100, 0), (100, 0), (0, -100), (0, 100)]
    lines = [shapely.LineString([ends[k], (0, 0)]) for k in range(1, 5)]
    columns = {"u": [1, 2, 3, 4], "v": 0, "length_m": 100.0, "speed_factor": 1.0, "kind": "residential"}
    columns |= {"name": "", "name_en": "", "lit": "", "surface": "", "steps": False, "osm_ids": [(1,)] * 4}
    segments = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=lines, crs="EPSG:32636").rename_axis(
        "segment"
    )
    nodes = gpd.GeoDataFrame(
        {"osm_id": range(5)}, geometry=gpd.points_from_xy(*zip(*ends, strict=True)), crs="EPSG:32636"
    )
    return StreetNetwork(
        segments=segments,
        nodes=nodes.rename_axis("node"),
        report=NetworkReport(ways_in=4, main_part_share=1.0),
    )


def points(*xy: tuple[float, float], crs: str = "EPSG:32636") -> gpd.GeoSeries:
    return gpd.GeoSeries([shapely.Point(p) for p in xy], index=[f"row {k}" for k in range(len(xy))], crs=crs)


def test_known_answers(network):
    found = snap(network, points((-40, 3), (7, 90), (50, 60), (400, 0)), max_distance_m=50)
    assert found.index.tolist() == ["row 0", "row 1", "row 2", "row 3"]
    assert found["segment"].tolist() == [0, 3, 3, -1]
    assert found["offset_m"].tolist()[:3] == pytest.approx([60, 10, 40])
    assert found["distance_m"].tolist()[:3] == pytest.approx([3, 7, 50])
    assert found.iloc[3, 1:].isna().all()


def test_ties_go_to_the_lowest_segment(network):
    assert snap(network, points((0, 0), (5, 5), (-5, -5)), max_distance_m=50)["segment"].tolist() == [0, 1, 0]


def test_brute_force_agrees(network):
    rng = np.random.default_rng(3)
    here = gpd.GeoSeries(gpd.points_from_xy(*rng.uniform(-130, 130, (2, 200))), crs=network.crs)
    table = np.array([network.segments.distance(point) for point in here])
    found = snap(network, here, max_distance_m=40)
    near = table.min(axis=1) <= 40
    assert (found["segment"].to_numpy() >= 0).tolist() == near.tolist()
    np.testing.assert_allclose(found["distance_m"][near], table.min(axis=1)[near])
    first = np.argmax(table <= table.min(axis=1, keepdims=True) + 1e-6, axis=1)
    assert found["segment"][near].tolist() == first[near].tolist()


def test_other_systems_are_converted(network):
    here = points((-40, 3))
    found = snap(network, here.to_crs("EPSG:4326"), max_distance_m=50)
    assert found["segment"].tolist() == [0]
    assert found["distance_m"].iloc[0] == pytest.approx(3, abs=1e-3)


def test_missing_and_empty_points_snap_to_nothing(network):
    here = gpd.GeoSeries([None, shapely.Point(), shapely.Point(-40, 3)], crs=network.crs)
    assert snap(network, here, max_distance_m=50)["segment"].tolist() == [-1, -1, 0]
    assert snap(network, here[:0], max_distance_m=50).empty


def test_bad_points_are_told(network):
    with pytest.raises(InputError, match="coordinate system"):
        snap(network, gpd.GeoSeries([shapely.Point(0, 0)]), max_distance_m=50)
    with pytest.raises(InputError, match="not points"):
        snap(network, gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs=network.crs), max_distance_m=50)


def test_a_network_keeps_its_own_frames(network):
    frame = network.segments.copy()
    mine = StreetNetwork(segments=frame, nodes=network.nodes, report=network.report)
    frame.loc[0, "name"] = "changed"
    frame["more"] = 1
    assert mine.segments["name"].tolist() == [""] * 4
    assert "more" not in mine.segments
    assert mine.street_km == 0.4
    assert mine.median_length_m == 100
