"""Closed walks: known answers, brute force as judge."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import closed_walk_m, lattice, lattice_segment, network_of, organic

from patrolplan.errors import InputError
from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.walk import Step, path_length_m


def nodes_of(town: StreetNetwork, walk: tuple[Step, ...]) -> list[tuple[int, int]]:
    """From-node and to-node of every step over a whole segment."""
    found = []
    for step in walk:
        row = town.segments.loc[step.segment]
        assert sorted((step.from_m, step.to_m)) == [0.0, row.length_m]
        found.append((int(row.u), int(row.v)) if step.from_m == 0 else (int(row.v), int(row.u)))
    return found


def assert_closed(town: StreetNetwork, walk: tuple[Step, ...], segments: list[int], entry: int) -> None:
    ends = nodes_of(town, walk)
    assert ends[0][0] == entry == ends[-1][1]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ends))
    assert {step.segment for step in walk} == set(segments)


@pytest.mark.parametrize(
    ("streets", "metres"),
    [
        ([(0, 1)], 200),
        ([(0, 1), (1, 2), (2, 3)], 600),
        ([(0, 1), (1, 5), (5, 4), (4, 0)], 400),
        ([(4, 5), (5, 6), (5, 9)], 600),
        ([(0, 1), (1, 5), (5, 4), (4, 0), (5, 6)], 600),
        ([(0, 1), (1, 2), (4, 5), (5, 6), (0, 4), (1, 5), (2, 6)], 800),
        ([(4, 5), (5, 6), (5, 9), (5, 1)], 800),
    ],
    ids=["street", "line", "block", "T", "block with a tail", "two blocks", "crossing"],
)
def test_known_answers_on_a_lattice(streets: list[tuple[int, int]], metres: float) -> None:
    town = lattice(4, 100.0)
    segments = [lattice_segment(4, *pair) for pair in streets]
    assert closed_walk_m(town, segments) == metres
    for entry in sorted({node for pair in streets for node in pair}):
        walk = closed_walk(town, segments, entry)
        assert path_length_m(walk) == metres
        assert_closed(town, walk, segments, entry)
        assert walk == closed_walk(town, segments[::-1], entry)


def test_block_is_walked_around_without_turning_back() -> None:
    town = lattice(2, 100.0)
    walk = closed_walk(town, range(4), 0)
    assert len({step.segment for step in walk}) == len(walk) == 4


def test_loops_and_parallel_streets() -> None:
    town = network_of([(0, 0), (100, 0)], [(0, 1), (0, 1), (1, 1)], lengths_m=[100.0, 130.0, 90.0])
    assert closed_walk_m(town, [0]) == 200
    assert closed_walk_m(town, [2]) == 90
    assert closed_walk_m(town, [0, 1, 2]) == 320
    assert_closed_length = path_length_m(closed_walk(town, [0, 1, 2], 0))
    assert assert_closed_length == 320


def test_slow_steps_are_not_walked_twice_where_a_detour_is_quicker() -> None:
    # A block with a diagonal of steps: nodes 0 and 2 are odd; the steps' 141 m count as 283.
    town = network_of(
        [(0, 0), (100, 0), (100, 100), (0, 100)],
        [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)],
        speed_factors=[1, 1, 1, 1, 0.5],
    )
    walk = closed_walk(town, range(5), 0)
    assert sum(step.segment == 4 for step in walk) == 1
    assert path_length_m(walk) == pytest.approx(600 + 2**0.5 * 100)


def test_many_odd_crossings_are_still_exact() -> None:
    comb = network_of(
        [(x, y) for x in range(0, 1600, 100) for y in (0, 50)],
        [(2 * i, 2 * i + 1) for i in range(16)] + [(2 * i, 2 * i + 2) for i in range(15)],
    )
    assert closed_walk_m(comb, range(31)) == 2 * (16 * 50 + 15 * 100)


def test_what_is_refused() -> None:
    town = lattice(4)
    with pytest.raises(InputError, match="don't hang together"):
        closed_walk(town, [0, 8], 0)
    with pytest.raises(InputError, match="entry 9: none of the walk's segments ends there"):
        closed_walk(town, [0], 9)
    with pytest.raises(InputError, match="name one or more of 0 to 23"):
        closed_walk_m(town, [])


@given(seed=st.integers(0, 100_000), count=st.integers(1, 7))
def test_no_closed_walk_is_shorter(seed: int, count: int) -> None:
    town = organic(seed, places=8, keep=1.0)
    segments = connected_piece(town, seed, count)
    entry = int(town.segments["u"][segments[0]])
    walk = closed_walk(town, segments, entry)
    assert_closed(town, walk, segments, entry)
    assert path_length_m(walk) == pytest.approx(shortest_by_brute_force(town, segments), abs=0.02)


def connected_piece(town: StreetNetwork, seed: int, count: int) -> list[int]:
    ends = town.segments[["u", "v"]].to_numpy()
    piece = [seed % len(ends)]
    while len(piece) < count:
        met = set(ends[piece].ravel().tolist())
        more = [s for s in range(len(ends)) if s not in piece and met & set(ends[s].tolist())]
        if not more:
            break
        piece.append(more[(seed // 7) % len(more)])
    return sorted(piece)


def shortest_by_brute_force(town: StreetNetwork, segments: list[int]) -> float:
    """Try every set of segments to be walked twice."""
    table = town.segments.loc[segments]
    best = float("inf")
    for again in itertools.product((0, 1), repeat=len(segments)):
        times = [1 + more for more in again]
        meet: dict[int, int] = {}
        for u, v, count in zip(table["u"], table["v"], times, strict=True):
            meet[u] = meet.get(u, 0) + count
            meet[v] = meet.get(v, 0) + count
        if all(count % 2 == 0 for count in meet.values()):
            best = min(best, float((table["length_m"] * times).sum()))
    return best
