"""Loose ends of a forest are cut the same as leaf by leaf, and a long chain in no time."""

import time

import numpy as np

from patrolplan.graph.rewire import _without_loose_ends


def leaf_by_leaf(a, b, is_part):
    keep = np.ones(len(a), dtype=bool)
    while True:
        degree = np.bincount(np.concatenate([a[keep], b[keep]]), minlength=len(is_part))
        loose = (degree == 1) & ~is_part
        cut = keep & (loose[a] | loose[b])
        if not cut.any():
            return keep
        keep &= ~cut


def test_random_forests_lose_what_leaf_by_leaf_loses():
    for seed in range(200):
        chance = np.random.default_rng(seed)
        n = int(chance.integers(2, 40))
        b = np.arange(1, n)
        a = np.array([int(chance.integers(max(0, k - 3), k)) for k in b])
        there = chance.random(n - 1) < 0.9
        is_part = chance.random(n) < 0.2
        assert (
            _without_loose_ends(a[there], b[there], is_part).tolist()
            == leaf_by_leaf(a[there], b[there], is_part).tolist()
        )


def test_a_chain_of_a_hundred_thousand_lines_is_cut_at_once():
    at = np.arange(100_000)
    is_part = np.zeros(100_001, dtype=bool)
    is_part[0] = True
    begun = time.process_time()
    assert not _without_loose_ends(at, at + 1, is_part).any()
    assert time.process_time() - begun < 5
