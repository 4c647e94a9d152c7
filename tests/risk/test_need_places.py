"""Expected places: what is learned from records, and the laws it keeps."""

from dataclasses import replace

import numpy as np
import pytest
from towns import lattice, network_of

from patrolplan.risk.space import Cells, SpaceSettings, expected_places, time_blocks
from patrolplan.risk.street_regression import Held, fitted, predicted
from patrolplan.risk.street_traits import street_traits

TOWN = lattice(6)
SIZE = len(TOWN.segments)


def cells_of(segment, block, kind=None):
    rows = np.unique(np.c_[kind if kind is not None else np.zeros(len(segment)), segment, block], axis=0)
    every = np.c_[kind if kind is not None else np.zeros(len(segment)), segment, block]
    weight = [(every == row).all(axis=1).sum() for row in rows]
    return Cells(*rows.T.astype(int), np.array(weight, dtype=float))


def placed(town, cells, *, kinds=1, nearby=None, **settings):
    flat = np.zeros((4, len(town.segments)))
    given = flat if nearby is None else nearby
    return expected_places(cells, given, street_traits(town), kinds=kinds, settings=SpaceSettings(**settings))


def test_records_that_keep_to_their_spots_are_trusted_and_scattered_ones_are_not():
    rng = np.random.default_rng(0)
    block = np.tile(np.arange(4), 100)
    spots = np.repeat(np.arange(10), 40)
    faithful = placed(TOWN, cells_of(spots, block))
    scattered = placed(TOWN, cells_of(rng.integers(0, SIZE, 400), block))
    assert faithful.pooled_own > 0.95
    assert scattered.pooled_own < 0.5
    assert faithful.space[0][:10].sum() > 0.95


def test_kinds_together_stay_at_what_all_records_say():
    rng = np.random.default_rng(1)
    segment, block, kind = rng.integers(0, 20, 300), rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    cells = cells_of(segment, block, kind)
    apart = placed(TOWN, cells, kinds=3)
    together = placed(TOWN, cells_of(segment, block))
    share = np.bincount(cells.kind, cells.weight) / cells.weight.sum()
    assert apart.space.sum(axis=1) == pytest.approx(np.ones(3))
    assert share @ apart.space == pytest.approx(together.space[0], rel=1e-4)


def test_a_kind_of_street_with_more_records_raises_its_streets_without_any():
    kind = np.where(np.arange(SIZE) % 2, "footway", "residential")
    town = replace(TOWN, segments=TOWN.segments.assign(kind=kind))
    rng = np.random.default_rng(2)
    even = np.arange(0, SIZE - 2, 2)
    got = placed(town, cells_of(rng.choice(even, 200), rng.integers(0, 4, 200)))
    assert got.coefficients["residential"] > 0.5 > -0.5 > got.coefficients["footway"]
    assert got.space[0][SIZE - 2] > 3 * got.space[0][SIZE - 1]


def test_a_street_split_in_two_keeps_its_share():
    """The base splits exactly; what is learned on it stays within 2 % of the whole."""
    whole = network_of(
        [(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)],
        [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4)],
    )
    split = network_of(
        [(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100), (140, 0)],
        [(0, 1), (1, 6), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4), (6, 2)],
    )
    for by_length in (0.0, 0.4, 1.0):
        one, two = street_traits(whole).base(by_length), street_traits(split).base(by_length)
        assert two[[1, 7]].sum() == pytest.approx(one[1])
    rng = np.random.default_rng(3)
    segment, block = rng.integers(0, 7, 60), rng.integers(0, 4, 60)
    near = np.array([np.bincount(segment[block == k], minlength=7) for k in range(4)]) + 1.0
    halves = np.c_[near, near[:, 1] * 0.6] - np.c_[np.zeros((4, 1)), near[:, 1:2] * 0.6, np.zeros((4, 6))]
    mine = rng.random(60) < 0.6
    moved = np.where((segment == 1) & mine, 7, segment)
    one = placed(whole, cells_of(segment, block), nearby=near).space[0]
    two = placed(split, cells_of(moved, block), nearby=halves).space[0]
    assert two[[1, 7]].sum() == pytest.approx(one[1], rel=0.02)


def test_blocks_are_of_time_and_do_not_know_the_order_of_rows():
    rng = np.random.default_rng(4)
    day = rng.integers(0, 30, 50).astype(float)
    day[::7] = np.nan
    spot, turn = np.arange(50), rng.permutation(50)
    block = time_blocks(day, spot, 4)
    assert (time_blocks(day[turn], spot[turn], 4) == block[turn]).all()
    assert (time_blocks(day + 7, spot, 4) == block).all()
    dated = np.isfinite(day)
    assert all(day[dated & (block == k)].max() < day[dated & (block == k + 1)].min() for k in range(3))
    assert set(time_blocks(np.full(8, 3.0), np.arange(8), 4)) == {0, 1, 2, 3}


def test_the_regression_finds_coefficients_that_made_the_records():
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(3, 400))
    base, truth = np.full(400, 1 / 400), np.array([0.8, -0.5, 0.0])
    share = predicted(truth, rows, base)
    held = [Held(rows, base, rng.multinomial(20_000, share).astype(float)) for _ in range(2)]
    at, worth = fitted(held, np.zeros(3), precision=3.0)
    assert at == pytest.approx(truth, abs=0.03)
    for nudge in np.eye(3) * 0.01:
        again = sum(float(one.found @ np.log(predicted(at + nudge, one.rows, one.base))) for one in held)
        assert again - 1.5 * ((at + nudge) ** 2).sum() < worth


def test_no_records_leave_the_usual_coefficients():
    held = [Held(np.ones((2, 5)), np.full(5, 0.2), np.zeros(5))]
    assert fitted(held, np.array([0.5, -0.3]), precision=3.0)[0].tolist() == [0.5, -0.3]
