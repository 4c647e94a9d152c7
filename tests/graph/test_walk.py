"""Walks: known answers on a lattice, networkx as judge, and what must always hold."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import lattice, lattice_segment, network_of, organic

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.walk import (
    StreetPoint,
    Walks,
    node_point,
    path_geometry,
    path_length_m,
    path_seconds,
    segments_within,
    walks_between,
)


def passed(walks: Walks, i: int, j: int) -> tuple[list[int], list[int]]:
    found, pair = walks.passes(), i * len(walks.points) + j
    rows = slice(found.start[pair], found.start[pair + 1])
    return found.segment[rows].tolist(), found.offset_s[rows].tolist()


def test_lattice_corner_to_corner() -> None:
    town = lattice(4, 100.0)
    walks = walks_between(town, [node_point(town, 0), node_point(town, 15)], speed_m_per_s=1.0)
    assert walks.seconds.tolist() == [[0, 600], [600, 0]]
    path = walks.path(0, 1)
    assert len(path) == 6
    assert path_length_m(path) == 600
    assert walks.path(1, 0) == tuple(step.reversed() for step in reversed(path))
    assert walks.path(0, 0) == ()


def test_mid_segment_points_are_exact() -> None:
    town = lattice(2, 100.0)
    bottom = lattice_segment(2, 0, 1)
    top = lattice_segment(2, 2, 3)
    points = [StreetPoint(segment=bottom, offset_m=x) for x in (30.0, 70.0, 30.0)]
    points.append(StreetPoint(segment=top, offset_m=10.0))
    walks = walks_between(town, points, speed_m_per_s=1.0)
    assert walks.seconds[0].tolist() == [0, 40, 0, 140]
    assert walks.seconds[1, 3] == 180
    assert walks.path(0, 2) == ()
    assert [(s.segment, s.from_m, s.to_m) for s in walks.path(1, 0)] == [(bottom, 70.0, 30.0)]


def test_parallel_streets_take_the_quicker_and_are_not_added() -> None:
    town = network_of([(0, 0), (100, 0)], [(0, 1), (0, 1)], lengths_m=[150.0, 120.0])
    walks = walks_between(town, [node_point(town, 0), node_point(town, 1)], speed_m_per_s=1.0)
    assert walks.seconds[0, 1] == 120
    assert [s.segment for s in walks.path(0, 1)] == [1]


def test_loop_street_is_walked_the_short_way_round() -> None:
    # The loop is drawn as a point; walking goes by length.
    town = network_of([(0, 0), (50, 0)], [(0, 0), (0, 1)], lengths_m=[400.0, 50.0])
    points = [StreetPoint(segment=0, offset_m=x) for x in (30.0, 380.0)]
    walks = walks_between(town, [*points, node_point(town, 1)], speed_m_per_s=1.0)
    assert walks.seconds[0].tolist() == [0, 50, 80]
    assert [(s.segment, s.from_m, s.to_m) for s in walks.path(0, 1)] == [(0, 30.0, 0.0), (0, 400.0, 380.0)]


def test_steps_are_slower() -> None:
    town = network_of([(0, 0), (100, 0)], [(0, 1)], speed_factors=[0.5])
    walks = walks_between(town, [node_point(town, 0), node_point(town, 1)], speed_m_per_s=1.0)
    assert walks.seconds[0, 1] == 200


def test_times_are_rounded_up_but_not_by_noise() -> None:
    town = network_of([(0, 0), (100, 0), (200, 0), (300, 0)], [(0, 1), (1, 2), (2, 3)])
    ends = [node_point(town, 0), node_point(town, 3)]
    assert walks_between(town, ends, speed_m_per_s=3.0).seconds[0, 1] == 100
    assert walks_between(town, ends, speed_m_per_s=7.0).seconds[0, 1] == 43


def test_limit_and_islands_give_no_walk() -> None:
    town = network_of([(0, 0), (100, 0), (0, 500), (100, 500)], [(0, 1), (2, 3)])
    points = [node_point(town, node) for node in range(4)]
    assert walks_between(town, points, speed_m_per_s=1.0).seconds[0].tolist() == [0, 100, -1, -1]
    short = walks_between(town, points, speed_m_per_s=1.0, limit_s=99.0)
    assert short.seconds[0].tolist() == [0, -1, -1, -1]
    assert short.passes().start[-1] == 0
    with pytest.raises(InputError, match="no walk from point 0 to point 2"):
        short.path(0, 2)


def test_passes_tell_when_the_middle_is_reached() -> None:
    town = network_of([(0, 0), (100, 0), (200, 0), (300, 0)], [(0, 1), (1, 2), (2, 3)])
    points = [StreetPoint(segment=0, offset_m=60.0), StreetPoint(segment=2, offset_m=50.0)]
    walks = walks_between(town, points, speed_m_per_s=1.0)
    # 40 of segment 0's 100 m are less than half; 50 of segment 2's are half.
    assert passed(walks, 0, 1) == ([1, 2], [90, 165])
    assert passed(walks, 1, 0) == ([2, 1], [25, 100])
    assert passed(walks, 0, 0) == ([], [])


def test_points_off_the_network_are_all_named() -> None:
    town = lattice(2)
    points = [StreetPoint(segment=s, offset_m=x) for s, x in ((9, 0.0), (0, 0.0), (0, 101.0))]
    with pytest.raises(InputError, match=r"2 points are not on the network of 4 segments: 0 .*, 2 "):
        walks_between(town, points)
    with pytest.raises(InputError, match="node 7: no segment ends there"):
        node_point(town, 7)


def test_no_points_is_an_empty_matrix() -> None:
    walks = walks_between(lattice(2), [])
    assert walks.seconds.shape == (0, 0)
    assert walks.passes().start.tolist() == [0]


def test_segments_within_walk() -> None:
    town = lattice(4, 100.0)
    reached = segments_within(town, [node_point(town, 0)], limit_m=100.0)
    near = [(0, 1), (0, 4), (1, 2), (1, 5), (4, 5), (4, 8)]
    assert set(np.flatnonzero(reached)) == {lattice_segment(4, *pair) for pair in near}


def test_line_of_a_walk_bends_where_the_street_bends() -> None:
    town = lattice(3, 100.0)
    points = [
        StreetPoint(segment=lattice_segment(3, 0, 1), offset_m=40.0),
        StreetPoint(segment=lattice_segment(3, 1, 4), offset_m=25.0),
    ]
    walks = walks_between(town, points)
    x, y = 500_000.0, 5_500_000.0
    assert list(path_geometry(town, walks.path(1, 0)).coords) == [
        (x + 100, y + 25),
        (x + 100, y),
        (x + 40, y),
    ]
    assert path_geometry(town, ()).is_empty


def test_working_in_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    town = organic(5, places=40)
    points = [StreetPoint(segment=s, offset_m=0.3 * town.segments["length_m"][s]) for s in range(0, 40, 3)]
    whole = walks_between(town, points, limit_s=600.0)
    monkeypatch.setattr("patrolplan.graph.walk_passes.CELLS_AT_ONCE", 150)
    parts = walks_between(town, points, limit_s=600.0)
    assert (whole.seconds == parts.seconds).all()
    for name in ("start", "segment", "offset_s"):
        assert (getattr(whole.passes(), name) == getattr(parts.passes(), name)).all()


@given(seed=st.integers(0, 10_000), shares=st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_agrees_with_networkx_and_paths_add_up(seed: int, shares: list[float]) -> None:
    town = organic(seed, places=14)
    length_m = town.segments["length_m"]
    random = np.random.default_rng(seed)
    on = [int(random.integers(len(length_m))) for _ in shares]
    points = [
        StreetPoint(segment=s, offset_m=share * length_m[s]) for s, share in zip(on, shares, strict=True)
    ]
    walks = walks_between(town, points, speed_m_per_s=1.3)
    judged = seconds_by_networkx(town, points, 1.3)
    assert (walks.seconds >= judged - 0.003).all()
    assert (walks.seconds < judged + 1.002).all()
    assert (walks.seconds == walks.seconds.T).all()
    for i, j in itertools.product(range(len(points)), repeat=2):
        path = walks.path(i, j)
        assert path_seconds(town, path, speed_m_per_s=1.3) == pytest.approx(judged[i, j], abs=0.01)
        line = path_geometry(town, path)
        assert line.length == pytest.approx(path_length_m(path), abs=0.01)
        if not line.is_empty:
            for point, at_m in ((points[i], 0.0), (points[j], line.length)):
                place = town.segments.geometry[point.segment].interpolate(point.offset_m)
                assert place.distance(line.interpolate(at_m)) < 0.01
        assert passed(walks, i, j)[0] == [s.segment for s in path if s.length_m >= 0.5 * length_m[s.segment]]


def seconds_by_networkx(town: StreetNetwork, points: list[StreetPoint], speed: float) -> np.ndarray:
    """Seconds between points, every point a node of its own."""
    graph = nx.MultiGraph()
    for row in town.segments.itertuples():
        stops = sorted((p.offset_m, i) for i, p in enumerate(points) if p.segment == row.Index)
        inner = [(at, ("point", i)) for at, i in stops]
        chain = [(0.0, ("node", row.u)), *inner, (row.length_m, ("node", row.v))]
        for (a, one), (b, other) in itertools.pairwise(chain):
            graph.add_edge(one, other, weight=(b - a) / (speed * row.speed_factor))
    seconds = np.zeros((len(points), len(points)))
    for i in range(len(points)):
        found = nx.single_source_dijkstra_path_length(graph, ("point", i))
        seconds[i] = [found.get(("point", j), math.inf) for j in range(len(points))]
    return seconds
