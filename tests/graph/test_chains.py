"""Joining lines between junctions, judged by plain walking."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.graph.chains import chains, joined_lines
from patrolplan.graph.ways import offsets_of

EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=14)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(EDGES)
def test_every_chain_runs_from_junction_to_junction(pairs):
    u, v = np.array(pairs).T
    order, backward, offsets = chains(u, v, 8)
    assert sorted(order.tolist()) == list(range(len(pairs)))
    degree = np.bincount(np.concatenate([u, v]), minlength=8)
    tail, head = np.where(backward, v[order], u[order]), np.where(backward, u[order], v[order])
    ends = 0
    for a, b in pairwise(offsets):
        assert (head[a : b - 1] == tail[a + 1 : b]).all(), "lines of a chain follow one another"
        assert (degree[head[a : b - 1]] == 2).all(), "no junction inside a chain"
        closed = tail[a] == head[b - 1]
        assert closed or (degree[tail[a]] != 2 and degree[head[b - 1]] != 2), "a chain never stops early"
        ends += 2
    junctions = degree[(degree != 2) & (degree > 0)].sum()
    assert ends >= junctions


def test_points_of_a_chain_are_joined_once():
    order, backward, offsets = chains(np.array([0, 2]), np.array([1, 1]), 3)
    xy = np.array([[0.0, 0], [1, 0], [3, 0], [2, 0], [1, 0]])
    counts, points = joined_lines(order, backward, offsets, offsets_of(np.array([2, 3])), xy)
    assert points[:, 0].tolist() == [0, 1, 2, 3]
    assert counts.tolist() == [0, 4]
