"""Walks past need: within the bound, never worse than the quickest, near the best there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import lattice, lattice_segment, network_of, organic

from patrolplan.errors import InputError
from patrolplan.graph.need_walks import walks_past_need
from patrolplan.graph.steps import StreetPoint, node_point, path_length_m, path_seconds
from patrolplan.graph.walk import walks_between


def made(seed, count=24):
    town = organic(seed, count)
    need = np.random.default_rng(seed).exponential(1, len(town.segments)) ** 2
    points = [node_point(town, node) for node in range(0, count, 3)]
    return town, need, [*points, StreetPoint(segment=5, offset_m=float(town.segments["length_m"][5]) / 3)]


def best_need(town, need, start, goal, budget_m):
    """The most need on a walk of at most ``budget_m`` that visits no crossing twice, by trying all."""
    ways = {}
    for s, (u, v, metres) in enumerate(zip(*(town.segments[c] for c in ("u", "v", "length_m")), strict=True)):
        ways.setdefault(u, []).append((v, metres, s))
        ways.setdefault(v, []).append((u, metres, s))
    away = {goal: 0.0}
    for _ in ways:
        for u, there in ways.items():
            away[u] = min([away.get(u, np.inf), *(metres + away.get(v, np.inf) for v, metres, _ in there)])

    def best(at, left, seen, got):
        found = [got] if at == goal else []
        for v, metres, s in ways[at]:
            if v not in seen and metres + away[v] <= left + 1e-6:
                found.append(best(v, left - metres, seen | {v}, got + need[s]))
        return max(found, default=0.0)

    return best(start, budget_m, {start}, 0.0)


def test_a_leg_takes_the_needy_street_when_it_is_short_enough():
    town = network_of([(0, 0), (100, 0), (50, 20)], [(0, 1), (0, 2), (2, 1)])  # 100 m, or 2 x 53.9 m
    ends = [node_point(town, 0), node_point(town, 1)]
    need = np.array([0.0, 1.0, 1.0])
    near = walks_past_need(town, ends, need, detour=0.05, speed_m_per_s=1.0)
    far = walks_past_need(town, ends, need, detour=0.10, speed_m_per_s=1.0)
    assert [step.segment for step in near.path(0, 1)] == [0]
    assert [step.segment for step in far.path(0, 1)] == [1, 2]
    assert [step.segment for step in far.path(1, 0)] == [2, 1]
    assert far.seconds.tolist() == [[0, 108], [108, 0]]
    assert far.need.tolist() == [[0, 2], [2, 0]]
    assert far.passes().segment.tolist() == [1, 2, 2, 1]
    assert far.passes().offset_s.tolist() == [26, 80, 26, 80]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 99), detour=st.sampled_from([0.0, 0.05, 0.1, 0.3]))
def test_within_the_bound_and_never_past_less(seed, detour):
    town, need, points = made(seed)
    quickest = walks_between(town, points, speed_m_per_s=1.3)
    walks = walks_past_need(town, points, need, detour=detour, speed_m_per_s=1.3)
    none = walks_past_need(town, points, need, detour=0.0, speed_m_per_s=1.3)
    assert np.array_equal(none.seconds, quickest.seconds)
    assert (walks.seconds >= quickest.seconds).all()
    assert (walks.seconds <= np.ceil(quickest.seconds * (1 + detour))).all()
    assert (walks.need >= none.need - 1e-12).all()
    assert np.array_equal(walks.seconds, walks.seconds.T)
    passes = walks.passes()
    for i in range(len(points)):
        for j in range(len(points)):
            steps = walks.path(i, j)
            assert walks.seconds[i, j] == pytest.approx(
                path_seconds(town, steps, speed_m_per_s=1.3), abs=1.01
            )
            row = slice(*passes.start[i * len(points) + j : i * len(points) + j + 2])
            assert need[passes.segment[row]].sum() == pytest.approx(walks.need[i, j])
            assert np.all(np.diff(passes.offset_s[row]) >= 0)


@pytest.mark.parametrize(("detour", "share"), [(0.1, 0.95), (0.25, 0.85)])
def test_near_the_best_there_is(detour, share):
    found = []
    for seed in range(3):
        town, need, points = made(seed)
        nodes = range(0, 24, 3)
        walks = walks_past_need(town, points[:-1], need, detour=detour, speed_m_per_s=1.0)
        quickest = walks_between(town, points[:-1], speed_m_per_s=1.0)
        for i in range(len(nodes)):
            for j in range(i + 1, len(nodes)):
                budget = path_length_m(quickest.path(i, j)) * (1 + detour)
                best = best_need(town, need, nodes[i], nodes[j], budget)
                assert walks.need[i, j] <= best + 1e-9
                found.append(walks.need[i, j] / best)
    assert np.mean(found) > share


def test_limits_hold_and_odd_points_are_places_like_others():
    town = lattice(3)
    needy = np.zeros(len(town.segments))
    needy[lattice_segment(3, 0, 3)] = 1.0
    points = [node_point(town, 0), node_point(town, 4), node_point(town, 0), node_point(town, 8)]
    walks = walks_past_need(town, points, needy, detour=0.1, speed_m_per_s=1.0, limit_s=250)
    assert walks.seconds.tolist() == [[0, 200, 0, -1], [200, 0, 200, 200], [0, 200, 0, -1], [-1, 200, -1, 0]]
    assert walks.path(0, 1)[0].segment == lattice_segment(3, 0, 3)
    assert walks.path(0, 2) == ()
    with pytest.raises(InputError, match="no walk"):
        walks.path(0, 3)
    for wrong in (needy[:-1], needy - 1):
        with pytest.raises(InputError, match="one value"):
            walks_past_need(town, points, wrong, detour=0.1)
