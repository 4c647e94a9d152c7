"""Cleaning as a whole: what must hold for any network of ways, and the rules one by one on arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.graph.clean import Cleaned, CleanRules, clean
from patrolplan.graph.edges import edges_of_ways
from patrolplan.graph.gaps import without_gaps
from patrolplan.graph.junctions import lines_of
from patrolplan.graph.squares import with_ways_across
from patrolplan.graph.ways import WAY_COLUMNS, Ways, offsets_of

NO_BARRIERS = np.zeros(0, dtype=object)
KINDS = {"residential": 4, "service": 6, "footway": 8, "square": 10, "sidewalk": 11}

Line = tuple[str, list[tuple[float, float]]]


def ways_of(lines: list[Line]) -> Ways:
    """Ways through the given points, numbered in their order; equal points are one node."""
    points = sorted({point for _, line in lines for point in line})
    number = {point: k for k, point in enumerate(points)}
    table = pd.DataFrame(
        {
            "osm_id": np.arange(len(lines)),
            "rank": [KINDS[kind] for kind, _ in lines],
            "kind": [kind for kind, _ in lines],
            **dict.fromkeys(("name", "name_en", "name_uk", "lit", "surface", "sides"), ""),
            "steps": False,
            "layer": 0,
            "oneway": False,
            "ring": False,
        }
    )[list(WAY_COLUMNS)]
    return Ways(
        table=table,
        offsets=offsets_of(np.array([len(line) for _, line in lines])),
        refs=np.array([number[point] for _, line in lines for point in line], dtype=np.int64),
        xy=np.array([point for _, line in lines for point in line], dtype=float),
    )


def ways_again(cleaned: Cleaned) -> Ways:
    """The segments of a cleaned network as ways, to be cleaned once more."""
    edges = cleaned.edges
    traits = edges.traits
    count = len(edges)
    table = pd.DataFrame(
        {
            "osm_id": np.arange(count),
            **traits[["rank", "layer", "oneway", "ring"]],
            **dict.fromkeys(("name_en", "name_uk", "lit", "surface", "sides", "kind"), ""),
            "name": np.where(traits["name"] >= 0, traits["name"].astype(str), ""),
            "steps": False,
        }
    )[list(WAY_COLUMNS)]
    refs = len(edges.node_xy) + np.arange(len(edges.xy))
    refs[edges.offsets[:-1]], refs[edges.offsets[1:] - 1] = edges.u, edges.v
    return Ways(table=table, offsets=edges.offsets, refs=refs, xy=edges.xy)


@st.composite
def towns(draw: st.DrawFn) -> list[Line]:
    """A bent grid of streets with gaps, paths, sidewalks, squares and loose ends."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = draw(st.integers(2, 3))
    grid = {
        (i, j): (
            float(np.round(90 * i + rng.normal(0, 9), 1)),
            float(np.round(90 * j + rng.normal(0, 9), 1)),
        )
        for i in range(size)
        for j in range(size)
    }
    lines: list[Line] = []
    for (i, j), point in sorted(grid.items()):
        for other in ((i + 1, j), (i, j + 1)):
            if other in grid and rng.random() < 0.85:
                kind = str(rng.choice(["residential", "service", "footway"], p=[0.6, 0.2, 0.2]))
                lines.append((kind, [point, grid[other]]))
                if rng.random() < 0.3:
                    shift = rng.normal(0, 7, 2).round(1)
                    beside = [(x + float(shift[0]), y + float(shift[1])) for x, y in (point, grid[other])]
                    lines.append((str(rng.choice(["sidewalk", "footway"])), beside))
        if rng.random() < 0.4:
            x, y = point
            lines.append(("footway", [point, (x + round(float(rng.normal(0, 25)), 1), y + 21.0)]))
    return lines


@settings(max_examples=15, derandomize=True, deadline=None)
@given(towns())
def test_cleaning_twice_is_cleaning_once(lines):
    once = clean(ways_of(lines), barriers=NO_BARRIERS, rules=CleanRules())
    twice = clean(ways_again(once), barriers=NO_BARRIERS, rules=CleanRules())
    assert len(twice.edges) == len(once.edges)
    assert twice.edges.length_m.sum() == pytest.approx(once.edges.length_m.sum(), rel=1e-9)
    np.testing.assert_allclose(np.sort(twice.edges.length_m), np.sort(once.edges.length_m), atol=1e-6)


@settings(max_examples=15, derandomize=True, deadline=None)
@given(towns())
def test_every_metre_that_stays_is_traced_to_a_way(lines):
    ways = ways_of(lines)
    cleaned = clean(ways, barriers=NO_BARRIERS, rules=CleanRules())
    parts, edges = cleaned.edges.parts, cleaned.edges
    assert set(parts["edge"]) == set(range(len(edges)))
    own = parts[~parts["folded"]]
    assert set(own["edge"]) == set(range(len(edges))), "no segment is made of folded lines alone"
    assert (parts["length_m"] >= 0).all()
    kept = np.unique(cleaned.table["osm_id"].to_numpy()[parts["way"]])
    assert set(kept) <= set(ways.table["osm_id"])


def gaps_of(lines: list[Line], barriers=NO_BARRIERS, gap_m: float = 5.0):
    ways = ways_of(lines)
    ways = Ways(table=ways.table.assign(name_code=-1), offsets=ways.offsets, refs=ways.refs, xy=ways.xy)
    return without_gaps(edges_of_ways(ways), barriers, gap_m=gap_m)


def test_a_path_that_stops_short_of_the_road_is_joined_to_it():
    road, path = ("residential", [(0.0, 0.0), (200.0, 0.0)]), ("footway", [(80.0, 4.0), (80.0, 90.0)])
    edges, gaps = gaps_of([road, path])
    assert gaps.tolist() == [4.0]
    assert sorted(np.round(edges.length_m).tolist()) == [4, 80, 86, 120]
    foot = edges.v[-1]
    assert edges.node_xy[foot].tolist() == [80.0, 0.0]
    assert np.bincount(np.concatenate([edges.u, edges.v]))[foot] == 3
    assert edges.parts["way"].iloc[-1] == 1, "the join is part of the path"


def test_gaps_too_wide_walled_or_near_on_foot_stay():
    road = ("residential", [(0.0, 0.0), (200.0, 0.0)])
    assert len(gaps_of([road, ("footway", [(80.0, 6.0), (80.0, 90.0)])])[1]) == 0
    wall = np.array([shapely.LineString([(60, 2), (100, 2)])], dtype=object)
    assert len(gaps_of([road, ("footway", [(80.0, 4.0), (80.0, 90.0)])], wall)[1]) == 0
    hook = ("footway", [(0.0, 0.0), (8.0, 8.0), (16.0, 4.0)])
    assert len(gaps_of([road, hook])[1]) == 0
    assert len(gaps_of([road, ("footway", [(80.0, 4.0), (80.0, 90.0)])], gap_m=0.0)[1]) == 0


def test_two_dead_ends_that_face_each_other_are_joined_once_on_foot():
    lines = [("footway", [(0.0, 0.0), (100.0, 0.0)]), ("footway", [(103.0, 0.0), (200.0, 0.0)])]
    cleaned = clean(ways_of(lines), barriers=NO_BARRIERS, rules=CleanRules())
    assert cleaned.edges.length_m.tolist() == pytest.approx([200.0])
    assert cleaned.main_part_share == 1.0


def square(*, side: float = 80.0) -> list[Line]:
    """A square with streets leading away from the middles of its four sides."""
    half, quarter = side, side / 2
    ring = [(0, 0), (quarter, 0), (half, 0), (half, quarter), (half, half), (quarter, half), (0, half),
            (0, quarter), (0, 0)]  # fmt: skip
    streets = [((quarter, 0), (quarter, -90)), ((quarter, half), (quarter, half + 90)),
               ((0, quarter), (-90, quarter)), ((half, quarter), (half + 90, quarter))]  # fmt: skip
    points = [(float(x), float(y)) for x, y in ring]
    return [
        ("square", points),
        *(("residential", [(float(x), float(y)) for x, y in street]) for street in streets),
    ]


def test_a_square_is_crossed_between_its_entrances():
    ways, squares = with_ways_across(ways_of(square()), NO_BARRIERS)
    assert squares == 1
    new = ways.table[ways.table["rank"] == 8]
    assert set(new["osm_id"]) == {0}, "the way across belongs to the square"
    lines = shapely.linestrings(
        ways.xy, indices=np.repeat(np.arange(len(ways.table)), np.diff(ways.offsets))
    )[new.index]
    assert shapely.length(lines).tolist() == [80.0, 80.0], "one from north to south, one from west to east"
    assert shapely.get_num_points(lines).tolist() == [3, 3], "they share a node in the middle"
    assert (np.diff(ways.table["osm_id"]) >= 0).all()


def test_no_way_across_water_or_for_a_small_saving():
    pond = np.array([shapely.LinearRing([(25, 25), (55, 25), (55, 55), (25, 55)])], dtype=object)
    dry, _ = with_ways_across(ways_of(square()), NO_BARRIERS)
    wet, _ = with_ways_across(ways_of(square()), pond)
    across = [
        shapely.LineString(way.xy[way.offsets[k] : way.offsets[k + 1]])
        for way in (wet,)
        for k in np.flatnonzero(way.table["rank"] == 8)
    ]
    assert all(not shapely.crosses(line, pond[0]) for line in across)
    assert len(wet.table) <= len(dry.table)
    assert with_ways_across(ways_of(square(side=30.0)), NO_BARRIERS)[0].table["rank"].max() == 10
    assert with_ways_across(ways_of(square()[1:]), NO_BARRIERS)[1] == 0


def test_lengths_and_ends_of_segments_are_those_of_their_lines():
    edges = clean(ways_of(square()), barriers=NO_BARRIERS, rules=CleanRules()).edges
    lines = lines_of(edges)
    np.testing.assert_allclose(shapely.length(lines), edges.length_m)
    np.testing.assert_allclose(shapely.get_coordinates(shapely.get_point(lines, 0)), edges.node_xy[edges.u])
