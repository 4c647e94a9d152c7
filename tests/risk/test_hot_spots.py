"""Hot spots: known answers on a lattice, brute force, and what an officer may rely on."""

from __future__ import annotations

import itertools
import pathlib
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import closed_walk_m, lattice, lattice_segment, network_of, organic

from patrolplan.duty import Shift
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.walk import node_point, path_length_m, segments_within, walks_between
from patrolplan.risk.hot_spot_cover import cover_of
from patrolplan.risk.hot_spot_ground import ground_of
from patrolplan.risk.hot_spot_grow import Limits, grow
from patrolplan.risk.hot_spot_polish import polished
from patrolplan.risk.hot_spots import HotSpot, find_hot_spots
from patrolplan.risk.weights import SegmentWeights
from patrolplan.risk.window import window_minutes

DATA = pathlib.Path(__file__).parents[2].parent / "shared" / "data"
KYIV = ZoneInfo("Europe/Kyiv")
EVENING = Shift(start=datetime(2026, 11, 23, 16, tzinfo=KYIV), end=datetime(2026, 11, 23, 20, tzinfo=KYIV))
IN_WINDOW = 4 / 168


def weights_of(
    need: Sequence[float], sources: Sequence[tuple[str, int, float, str, bool]] = ()
) -> SegmentWeights:
    """Need that is the same in all hours; sources as (part, segment, weight, label, sensitive)."""
    share = np.asarray(need, dtype=float) / np.sum(need)
    parts = ["offences", "footfall", "problems"]
    return SegmentWeights(
        terms=pd.DataFrame(
            {
                "part": parts,
                "kind": parts,
                "share": [0.4, 0.3, 0.3],
                "count": [9] * 3,
                "sensitive": [False] * 3,
            }
        ),
        space=np.tile(share, (3, 1)),
        time=np.full((3, 168), 1 / 168),
        policy={},
        expected_per_week=1.0,
        sources=pd.DataFrame(
            [
                {
                    "part": p,
                    "kind": p,
                    "segment": s,
                    "weight": w,
                    "hour": -1,
                    "label": label,
                    "sensitive": hush,
                }
                for p, s, w, label, hush in sources
            ],
            columns=["part", "kind", "segment", "weight", "hour", "label", "sensitive"],
        ),
        set_aside=pd.DataFrame(),
    )


def needy(town: StreetNetwork, strong: dict[int, float], rest: float = 0.0) -> list[float]:
    return [strong.get(segment, rest) for segment in range(len(town.segments))]


def assert_sound(town: StreetNetwork, spots: Sequence[HotSpot], *, longest_m: float = 750.0) -> None:
    """Disjoint, connected, walked in full and back, in time, entries apart, names of their own."""
    ends = town.segments[["u", "v"]].to_numpy()
    held = [segment for spot in spots for segment in spot.segments]
    assert len(held) == len(set(held))
    assert len({spot.label for spot in spots}) == len(spots)
    for spot in spots:
        assert spot.segments == tuple(sorted(spot.segments))
        assert nx.is_connected(nx.MultiGraph(ends[list(spot.segments)].tolist()))
        assert_closed(town, spot)
        assert spot.walk_m == pytest.approx(path_length_m(spot.walk))
        assert spot.walk_m <= longest_m + 0.1
        assert spot.dwell_s in range(720, 901, 60)
        assert spot.walk_m / (3000 / 3600) <= spot.dwell_s + 0.1
        if spot.left_out_m == 0:
            assert {step.segment for step in spot.walk} == set(spot.segments)
            assert spot.walk_m == pytest.approx(closed_walk_m(town, spot.segments))
    apart = walks_between(town, [node_point(town, spot.entry) for spot in spots], speed_m_per_s=1.0)
    between = apart.seconds[~np.eye(len(spots), dtype=bool)]
    assert ((between >= 100) | (between < 0)).all()


def assert_closed(town: StreetNetwork, spot: HotSpot) -> None:
    place = ("node", spot.entry)
    for step in spot.walk:
        row = town.segments.loc[step.segment]
        at = {0.0: ("node", int(row.u)), float(row.length_m): ("node", int(row.v))}
        assert at.get(step.from_m, (step.segment, step.from_m)) == place
        place = at.get(step.to_m, (step.segment, step.to_m))
    assert place == ("node", spot.entry)


def test_needy_block_is_walked_around() -> None:
    town = lattice(4, 100.0)
    block = [lattice_segment(4, *pair) for pair in ((5, 6), (6, 10), (9, 10), (5, 9))]
    (spot,) = find_hot_spots(town, weights_of(needy(town, dict.fromkeys(block, 1.0))), [EVENING])
    assert spot.segments == tuple(sorted(block))
    assert (spot.walk_m, spot.dwell_s, spot.kind) == (400.0, 720, "cluster")
    assert spot.need == pytest.approx(IN_WINDOW)
    assert_sound(town, [spot])


def test_needy_crossing_has_its_entry_and_its_name_there() -> None:
    town = lattice(4, 100.0)
    arms = [lattice_segment(4, 5, other) for other in (4, 6, 9)]
    need = needy(town, dict(zip(arms, (3.0, 2.0, 4.0), strict=True)))
    (spot,) = find_hot_spots(town, weights_of(need), [EVENING])
    assert spot.segments == tuple(sorted(arms))
    assert spot.walk_m == 600.0
    assert spot.entry == 5
    assert spot.label == "Street 2 / Avenue 2"


def test_far_needs_are_two_stops_and_near_entries_are_kept_apart() -> None:
    town = lattice(4, 80.0)
    strong = {lattice_segment(4, 0, 1): 5.0, lattice_segment(4, 14, 15): 4.0}
    spots = find_hot_spots(town, weights_of(needy(town, strong, rest=0.01)), [EVENING])
    assert spots[0].need > spots[1].need
    assert {next(s for s in spot.segments if s in strong) for spot in spots[:2]} == set(strong)
    assert_sound(town, spots)


def test_long_street_is_walked_in_part_from_its_needier_end() -> None:
    town = network_of([(0, 0), (500, 0), (500, 60)], [(0, 1), (1, 2)], names=["Long Road", ""])
    spots = find_hot_spots(town, weights_of([0.9, 0.1]), [EVENING])
    long = spots[0]
    assert (long.segments, long.entry, long.left_out_m) == ((0,), 1, 125.0)
    assert [(s.from_m, s.to_m) for s in long.walk] == [(500.0, 125.0), (125.0, 500.0)]
    assert (long.walk_m, long.dwell_s) == (750.0, 900)
    assert long.label == "Long Road"


def test_street_of_which_less_than_half_can_be_walked_is_no_stop() -> None:
    town = network_of([(0, 0), (800, 0)], [(0, 1)])
    assert find_hot_spots(town, weights_of([1.0]), [EVENING]) == ()


def test_cover_tells_what_the_stops_hold_and_what_no_stop_can() -> None:
    town = network_of(
        [(0, 0), (100, 0), (200, 0), (1200, 0)],
        [(0, 1), (1, 2), (2, 3)],
        names=["Main Street", "", "Long Road"],
    )
    weights = weights_of([5.0, 0.0, 3.0])
    spots = find_hot_spots(town, weights, [EVENING])
    cover = cover_of(town, weights, [EVENING], spots)
    assert [spot.segments for spot in spots] == [(0,)]
    assert cover.need_share == pytest.approx(5 / 8)
    assert cover.length_share == pytest.approx(100 / 1200)
    outside = cover.outside
    assert outside["segment"].tolist() == [2]
    assert outside["name"].tolist() == ["Long Road"]
    assert outside["need_share"].tolist() == pytest.approx([3 / 8])
    assert outside["why"].tolist() == [
        "1000 m long: less than half of it can be walked there and back in a visit"
    ]
    assert cover_of(town, weights, [EVENING], ()).outside["segment"].tolist() == [0, 2]


def test_slow_steps_take_their_time() -> None:
    town = network_of(
        [(0, 0), (170, 0), (340, 0)], [(0, 1), (1, 2)], speed_factors=[0.5, 0.5], kinds=["steps"] * 2
    )
    (spot,) = find_hot_spots(town, weights_of([2.0, 1.0]), [EVENING], min_apart_m=1000.0)
    assert spot.segments == (0,)
    assert (spot.walk_m, spot.dwell_s) == (340.0, 14 * 60)
    assert spot.label == "steps"


def test_places_and_problems_give_their_names_but_never_sensitive_ones() -> None:
    town = lattice(6, 100.0)
    at = [
        lattice_segment(6, 0, 1),
        lattice_segment(6, 4, 5),
        lattice_segment(6, 30, 31),
        lattice_segment(6, 34, 35),
    ]
    sources = [
        ("footfall", at[0], 0.9, "School No. 5", False),
        ("problems", at[1], 0.9, "dark yard", False),
        ("problems", at[2], 0.9, "not to be told", True),
        ("footfall", at[3], 0.01, "kiosk", False),
    ]
    spots = find_hot_spots(town, weights_of(needy(town, dict.fromkeys(at, 1.0)), sources), [EVENING])
    told = {spot.segments[0]: (spot.kind, spot.label) for spot in spots}
    assert told[at[0]] == ("place", "School No. 5")
    assert told[at[1]] == ("problem", "dark yard")
    assert told[at[2]][0] == told[at[3]][0] == "cluster"


def test_named_problem_is_a_stop_even_where_need_is_small() -> None:
    town = lattice(6, 100.0)
    strong, weak = lattice_segment(6, 0, 1), lattice_segment(6, 34, 35)
    need = needy(town, {strong: 1.0, weak: 0.001})
    assert len(find_hot_spots(town, weights_of(need), [EVENING])) == 1
    spots = find_hot_spots(
        town, weights_of(need, [("problems", weak, 0.001, "broken lamps", False)]), [EVENING]
    )
    assert [(spot.kind, spot.label) for spot in spots] == [
        ("cluster", "Street 1 / Avenue 1"),
        ("problem", "broken lamps"),
    ]


def test_nameless_paths_are_told_by_the_nearest_named_street() -> None:
    town = network_of(
        [(0, 0), (100, 0), (100, 100), (400, 0)],
        [(0, 1), (1, 2), (1, 3)],
        names=["", "Mill Lane", "Far Road"],
        kinds=["footway", "residential", "residential"],
    )
    (spot,) = find_hot_spots(town, weights_of([1.0, 0.0, 0.0]), [EVENING])
    assert spot.label == "path near Mill Lane"


def test_only_streets_within_reach_are_used() -> None:
    town = lattice(6, 100.0)
    near = segments_within(town, [node_point(town, 0)], limit_m=200.0)
    spots = find_hot_spots(town, weights_of(np.ones(60).tolist()), [EVENING], within=near)
    assert spots
    assert all(near[list(spot.segments)].all() for spot in spots)


def test_number_of_stops_follows_the_crews_unless_given() -> None:
    town = lattice(30, 100.0)
    weights = weights_of(np.random.default_rng(3).uniform(0.5, 1, len(town.segments)).tolist())
    assert len(find_hot_spots(town, weights, [EVENING])) == 40
    assert len(find_hot_spots(town, weights, [EVENING] * 2)) == 80
    assert len(find_hot_spots(town, weights, [EVENING], max_hot_spots=7)) == 7


def test_need_follows_the_hours_of_the_shift() -> None:
    town = lattice(6, 100.0)
    day, night = lattice_segment(6, 0, 1), lattice_segment(6, 34, 35)
    weights = weights_of(needy(town, {day: 1.0, night: 1.0}))
    space = np.zeros((3, 60))
    space[[0, 1, 2], [night, day, day]] = 1.0
    time = np.zeros((3, 168))
    time[0, 22] = time[1:, 17] = 1.0
    weights = SegmentWeights(**{**vars(weights), "space": space, "time": time})
    (spot,) = find_hot_spots(town, weights, [EVENING])
    assert spot.segments == (day,)
    assert spot.need == pytest.approx(0.6)


def test_what_is_refused_is_told_at_once() -> None:
    town = lattice(2)
    weights = weights_of([1.0] * 4)
    with pytest.raises(InputError, match="no shifts"):
        find_hot_spots(town, weights, [])
    with pytest.raises(InputError) as told:
        find_hot_spots(
            town, weights, [EVENING], dwell_min=16, patrol_speed_m_per_s=0.0, within=np.ones(3, dtype=bool)
        )
    assert len(told.value.faults) == 3
    with pytest.raises(InputError, match="weights are of 5 segments, the network has 4"):
        find_hot_spots(town, weights_of([1.0] * 5), [EVENING])


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_always_sound_on_organic_towns(seed: int) -> None:
    town = organic(seed, places=90, side_m=1200.0)
    need = np.random.default_rng(seed).pareto(1.3, len(town.segments))
    weights = weights_of(need.tolist())
    spots = find_hot_spots(town, weights, [EVENING], timezone="Europe/Kyiv")
    assert spots
    assert_sound(town, spots)
    assert spots == find_hot_spots(town, weights, [EVENING], timezone="Europe/Kyiv")
    for spot in spots:
        assert spot.need == pytest.approx(need[list(spot.segments)].sum() / need.sum() * IN_WINDOW)
        nodes = town.nodes.geometry[town.segments.loc[list(spot.segments), ["u", "v"]].to_numpy().ravel()]
        if len(spot.segments) > 1:
            assert nodes.union_all().minimum_rotated_rectangle.length <= 4 * 300


def test_growing_knows_the_walk_and_comes_near_the_best_cluster() -> None:
    town = lattice(4, 100.0)
    clusters = connected_sets(town, most_m=600.0)
    walkable = [cluster for cluster in clusters if closed_walk_m(town, cluster) <= 600]
    limits = Limits(walk=600_000, longest=600_000, radius_m=1e6)
    reached = []
    for seed in range(6):
        need = np.random.default_rng(seed).pareto(1.5, len(town.segments))
        best = max(need[list(cluster)].sum() for cluster in walkable)
        ground = ground_of(town, need)
        grown = [grow(ground, segment, [False] * len(need), limits) for segment in range(len(need))]
        for cluster in grown:
            assert cluster.walk == round(closed_walk_m(town, cluster.segments) * 1000) <= 600_000
            assert cluster.need == pytest.approx(need[cluster.segments].sum())
        mended = [polished(cluster, [False] * len(need), limits, 50_000) for cluster in grown]
        assert all(after.need >= before.need for before, after in zip(grown, mended, strict=True))
        assert all(cluster.walk <= 600_000 for cluster in mended)
        reached.append(max(cluster.need for cluster in mended) / best)
    assert max(reached) <= 1 + 1e-9
    assert np.mean(reached) >= 0.98


def connected_sets(town: StreetNetwork, most_m: float) -> set[frozenset[int]]:
    """Every connected set of streets of at most so many metres."""
    ends = [set(pair) for pair in town.segments[["u", "v"]].to_numpy().tolist()]
    length_m = town.segments["length_m"].tolist()
    front = {frozenset([segment]) for segment in range(len(ends))}
    found = set(front)
    while front:
        wider = {
            cluster | {segment}
            for cluster, segment in itertools.product(front, range(len(ends)))
            if segment not in cluster
            and ends[segment] & set().union(*(ends[s] for s in cluster))
            and sum(length_m[s] for s in cluster) + length_m[segment] <= most_m
        }
        front = wider - found
        found |= front
    return found


def test_loops_and_parallel_streets_grow_with_exact_walks() -> None:
    town = network_of(
        [(0, 0), (100, 0), (200, 0), (100, 90)],
        [(0, 1), (0, 1), (1, 1), (1, 2), (2, 2), (1, 3)],
        lengths_m=[100.0, 110.0, 80.0, 100.0, 60.0, 90.0],
    )
    ground = ground_of(town, np.array([5.0, 4.0, 3.0, 2.0, 2.0, 0.1]))
    limits = Limits(walk=600_000, longest=750_000, radius_m=150.0)
    for seed in range(5):
        cluster = grow(ground, seed, [False] * 6, limits)
        assert cluster.walk / 1000 == closed_walk_m(town, cluster.segments)
        assert set(cluster.segments) >= {0, 1, 2, 3, 4}


def test_one_corner_is_never_the_name_of_two_stops() -> None:
    town = lattice(9, 90.0)
    weights = weights_of(np.random.default_rng(8).pareto(1.1, len(town.segments)).tolist())
    spots = find_hot_spots(town, weights, [EVENING] * 3)
    assert len(spots) > 10
    names = [frozenset(spot.label.split(" / ")) for spot in spots]
    assert len(set(names)) == len(names)
    for spot in spots:
        assert len({name.split()[0] for name in spot.label.split(" / ")}) == 2, "parallel streets never meet"


@given(seed=st.integers(0, 10_000), start=st.integers(0, 50))
def test_grown_walks_are_exact_on_organic_towns(seed: int, start: int) -> None:
    town = organic(seed, places=30, side_m=500.0, keep=1.0)
    need = np.random.default_rng(seed).uniform(0, 1, len(town.segments))
    ground = ground_of(town, need)
    taken = [segment % 7 == 3 for segment in range(len(need))]
    cluster = grow(ground, start % len(need), taken, Limits(walk=600_000, longest=750_000, radius_m=150.0))
    assert cluster.walk / 1000 == pytest.approx(closed_walk_m(town, cluster.segments), abs=0.05)
    assert not any(taken[segment] for segment in cluster.segments[1:])


def test_window_counts_shared_minutes_once_and_knows_clock_changes() -> None:
    monday = window_minutes([EVENING, EVENING])
    assert monday[16:20].tolist() == [60.0] * 4
    assert monday.sum() == 240
    # On 25 October 2026 the hour from 03:00 to 04:00 is lived twice in Kyiv.
    night = Shift(start=datetime(2026, 10, 25, 2, tzinfo=KYIV), end=datetime(2026, 10, 25, 5, tzinfo=KYIV))
    minutes = window_minutes([night], timezone="Europe/Kyiv")
    assert minutes[[146, 147, 148]].tolist() == [60.0, 120.0, 60.0]
    # The same shift read by the clock of another zone.
    assert np.flatnonzero(window_minutes([EVENING], timezone="UTC")).tolist() == [14, 15, 16, 17]


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder beside the checkout is absent")
def test_real_streets_give_sound_hot_spots() -> None:
    from patrolplan.io.osm import read_network

    town = read_network(DATA / "osm" / "minsk_centre.osm")
    need = np.random.default_rng(0).pareto(1.2, len(town.segments)) * town.segments["length_m"]
    spots = find_hot_spots(town, weights_of(need.tolist()), [EVENING] * 2)
    assert_sound(town, spots)
    held = [segment for spot in spots for segment in spot.segments]
    assert need[held].sum() > 0.6 * need.sum()
