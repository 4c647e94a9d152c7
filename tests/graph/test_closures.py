"""Closed streets and areas: what stays, what ends at the edge, what falls away with it."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_of_lattice import lattice as lattice_of_plan
from towns import CRS, lattice, lattice_segment, network_of, organic

from patrolplan.errors import InputError
from patrolplan.graph.closures import close
from patrolplan.io.closures_file import read_closures, told_closures

X, Y = 500_000.0, 5_500_000.0


def area(*bounds, **columns):
    west, south, east, north = bounds
    return gpd.GeoDataFrame(
        columns, geometry=[shapely.box(X + west, Y + south, X + east, Y + north)], crs=CRS
    )


def test_a_street_ends_at_the_edge_of_a_closed_area():
    town = close(lattice(3), polygons=area(50, 50, 150, 150))  # the middle crossing and half of its streets
    assert len(town.segments) == 12
    assert sorted(town.segments["length_m"].round(6)) == [50.0] * 4 + [100.0] * 8
    assert len(town.nodes) == 8 + 4
    assert town.report.dropped[-1].what == "closed"
    assert town.report.dropped[-1].length_m == 200
    ends = town.nodes.geometry.to_numpy()
    for row in town.segments.itertuples():
        assert shapely.Point(row.geometry.coords[0]).distance(ends[row.u]) == 0
        assert shapely.Point(row.geometry.coords[-1]).distance(ends[row.v]) == 0


def test_ways_and_segments_are_closed_by_number():
    town, middle = lattice(3), lattice_segment(3, 4, 5)
    closed = close(town, segment_ids=[middle])
    assert len(closed.segments) == 11
    assert (1000 + middle,) not in set(closed.segments["osm_ids"])
    assert close(town, osm_ids=[1000 + middle]).segments.equals(closed.segments)
    with pytest.raises(InputError, match="0 to 11"):
        close(town, segment_ids=[12])


def test_what_hangs_on_a_closed_street_falls_away_and_is_told():
    line = network_of([(0, 0), (100, 0), (200, 0), (300, 0), (250, 0.5)], [(0, 1), (1, 2), (2, 3)])
    closed = close(line, segment_ids=[1])
    assert closed.segments["length_m"].sum() == 100
    assert [(item.what, item.length_m) for item in closed.report.dropped] == [
        ("closed", 100.0),
        ("cut off by closures", 100.0),
    ]


def test_parts_that_never_hung_together_all_stay():
    two = network_of([(0, 0), (100, 0), (900, 0), (950, 0)], [(0, 1), (2, 3)])
    assert len(close(two, polygons=area(40, -5, 100, 5)).segments) == 2


@pytest.mark.parametrize(
    ("day", "closed"), [(date(2026, 11, 22), 0), (date(2026, 11, 23), 1), (date(2026, 11, 25), 1),
                        (date(2026, 11, 26), 0), (None, 1)]
)  # fmt: skip
def test_areas_count_on_their_days(day, closed):
    shut = area(50, 50, 150, 150, since=["2026-11-23"], until=["2026-11-25"])
    assert (len(close(lattice(3), polygons=shut, on=day).nodes) == 12) == bool(closed)


def test_closing_everything_is_refused():
    with pytest.raises(InputError, match="no street"):
        close(lattice(2), polygons=area(-50, -50, 500, 500))
    with pytest.raises(InputError, match="coordinate system"):
        close(lattice(2), polygons=gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 50), box=st.tuples(*[st.floats(0, 1000)] * 4))
def test_nothing_left_lies_inside_and_length_is_accounted_for(seed, box):
    town = organic(seed, 30)
    west, east = sorted(box[:2])
    south, north = sorted(box[2:])
    shut = area(west, south, east + 1, north + 1)
    try:
        left = close(town, polygons=shut)
    except InputError:
        return
    inside = left.segments.geometry.intersection(shut.geometry.iloc[0]).length
    assert inside.max() < 1e-6
    gone = sum(item.length_m for item in left.report.dropped)
    assert left.segments["length_m"].sum() + gone == pytest.approx(town.segments["length_m"].sum(), abs=0.2)
    assert np.array_equal(np.unique(left.segments[["u", "v"]]), np.arange(len(left.nodes)))
    assert left.nodes["osm_id"].is_unique


def test_a_file_of_closures(tmp_path):
    table = gpd.GeoDataFrame(
        {
            "From": ["2026-11-23", None, None],
            "to": ["2026-11-30", None, "2026-12-01"],
            "osm_id": ["", "12, 13", 14],
        },
        geometry=[shapely.box(32, 49, 32.1, 49.1), None, shapely.Point(32, 49)],
        crs=4326,
    )
    table["osm_id"] = table["osm_id"].astype(str)
    table.to_file(tmp_path / "closed.gpkg")
    closures = read_closures(tmp_path / "closed.gpkg")
    assert len(closures.areas) == 1
    assert str(closures.areas["since"].iloc[0].date()) == "2026-11-23"
    assert closures.ways_on(None) == [12, 13, 14]
    assert closures.ways_on(closures.areas["until"].iloc[0].replace(month=12, day=2)) == [12, 13]


def test_closures_are_told_with_the_streets_they_close(tmp_path):
    town = lattice_of_plan(6)
    first = town.segments.iloc[[0]].to_crs(4326)
    area = shapely.box(*first.total_bounds).buffer(1e-5)
    table = gpd.GeoDataFrame(
        {"name": ["Repairs", "Far away", ""], "until": ["2026-11-30", "", ""], "osm_id": ["", "", "1007"]},
        geometry=[area, shapely.box(0, 0, 1, 1), None],
        crs=4326,
    )
    table.to_file(tmp_path / "closed.gpkg")
    works, way = told_closures(read_closures(tmp_path / "closed.gpkg"), town)
    assert works.what.startswith(f"Repairs ({town.segments['name'].iloc[0]}")
    assert (works.since, str(works.until)) == (None, "2026-11-30")
    assert way.what == town.segments["name"].iloc[7]


def test_faults_of_closures_are_told_together(tmp_path):
    table = gpd.GeoDataFrame(
        {"since": ["soon", "2026-11-30", ""], "until": ["", "2026-11-23", ""]},
        geometry=[*[shapely.box(32, 49, 32.1, 49.1)] * 2, shapely.Point(32, 49)],
        crs=4326,
    )
    table.to_file(tmp_path / "closed.gpkg")
    with pytest.raises(InputError) as caught:
        read_closures(tmp_path / "closed.gpkg")
    told = str(caught.value)
    assert "no date in since ('soon')" in told
    assert "1 rows (2) end before they begin" in told
    assert "1 rows (3) close nothing" in told
