"""The network kernel against answers worked out by hand, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import lattice, network_of

from patrolplan.risk.network_kernel import incidence, spread_along_streets

TOWN = lattice(4)


def mass(x):
    """Quartic kernel from its middle to a share x of the bandwidth, one side."""
    return 15 / 16 * (x - 2 * x**3 / 3 + x**5 / 5)


def spread(network, segment, offset, bandwidth_m, weight=1.0):
    return spread_along_streets(
        network,
        np.array([segment]),
        np.array([offset]),
        np.array([0]),
        np.array([weight]),
        groups=1,
        bandwidth_m=bandwidth_m,
    )[0]


def test_a_point_in_mid_street_keeps_what_the_kernel_holds_there():
    line = network_of([(0, 0), (100, 0), (200, 0), (300, 0)], [(0, 1), (1, 2), (2, 3)])
    got = spread(line, 1, 50.0, 100.0)
    assert got == pytest.approx([0.5 - mass(0.5), 2 * mass(0.5), 0.5 - mass(0.5)])


def test_a_junction_shares_mass_evenly_among_the_onward_streets():
    star = network_of([(0, 0), (100, 0), (200, 0), (100, 100), (100, -100)], [(0, 1), (1, 2), (1, 3), (1, 4)])
    got = spread(star, 0, 50.0, 100.0)
    beyond = 0.5 - mass(0.5)
    assert got[1:] == pytest.approx([beyond / 3] * 3)
    assert got[0] == pytest.approx(2 * mass(0.5) + beyond)  # the dead end sends its half back


def test_a_point_split_over_its_junction_spreads_alike_over_all_its_streets():
    node = 5  # an inner node of the lattice: four streets
    first, segment, end = incidence(TOWN)
    here = slice(first[node], first[node + 1])
    length = TOWN.segments["length_m"].to_numpy()
    offset = np.where(end[here] == 0, 0.0, length[segment[here]])
    got = spread_along_streets(
        TOWN, segment[here], offset, np.zeros(4, dtype=int), np.full(4, 0.25), groups=1, bandwidth_m=90.0
    )[0]
    assert got[segment[here]] == pytest.approx([0.25] * 4)


def test_a_segment_split_in_two_splits_its_mass_exactly():
    whole = network_of([(0, 0), (100, 0), (200, 0), (200, 100)], [(0, 1), (1, 2), (2, 3)])
    split = network_of([(0, 0), (100, 0), (140, 0), (200, 0), (200, 100)], [(0, 1), (1, 2), (2, 3), (3, 4)])
    one, two = spread(whole, 0, 30.0, 250.0), spread(split, 0, 30.0, 250.0)
    assert two[[1, 2]].sum() == pytest.approx(one[1])
    assert two[[0, 3]] == pytest.approx(one[[0, 2]])


@given(
    segment=st.integers(0, len(TOWN.segments) - 1),
    offset=st.floats(0, 100),
    bandwidth_m=st.floats(20, 600),
    weight=st.floats(0.1, 9),
)
def test_nothing_is_lost(segment, offset, bandwidth_m, weight):
    got = spread(TOWN, segment, offset, bandwidth_m, weight)
    assert got.sum() == pytest.approx(weight)
    assert (got >= 0).all()


def test_reach_ends_at_the_bandwidth():
    line = network_of([(i * 100, 0) for i in range(6)], [(i, i + 1) for i in range(5)])
    assert (spread(line, 0, 10.0, 95.0)[2:] == 0).all()


def test_loops_and_twin_streets_are_walked():
    odd = network_of([(0, 0), (100, 0)], [(0, 1), (0, 1), (1, 1)], lengths_m=[100.0, 140.0, 60.0])
    assert spread(odd, 0, 50.0, 400.0).sum() == pytest.approx(1)
