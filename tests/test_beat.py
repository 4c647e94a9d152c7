"""Street that a crew is answerable for: counted once, stops alone, warned of above 2 km."""

import dataclasses

import pytest
from plan_of_lattice import plan_of_lattice

from patrolplan.beat import LONGEST_BEAT_M, beat_warnings, beats_m


@pytest.fixture(scope="module")
def plan():
    return plan_of_lattice()


def test_streets_of_stops_count_once_and_walks_not(plan):
    length = plan.network.segments["length_m"]
    for crew, metres in beats_m(plan).items():
        own = plan.stops[plan.stops["crew"] == crew]
        streets = {segment for spot in own["hot_spot"] for segment in plan.hot_spots[spot].segments}
        assert metres == pytest.approx(sum(length[segment] for segment in streets))
    twice = dataclasses.replace(plan, events=plan.events.iloc[[*range(len(plan.events)), 1]])
    assert beats_m(twice).tolist() == beats_m(plan).tolist()


def test_a_beat_too_long_is_told_with_crew_length_and_source(plan):
    longest = beats_m(plan).max()
    assert beat_warnings(plan, longest_m=longest) == ()
    (told,) = beat_warnings(plan, longest_m=longest - 1)
    crew = int(beats_m(plan).idxmax())
    assert f'"{plan.crews[crew].name}" {longest / 1000:.1f} km' in told
    assert "Philadelphia" in told
    assert LONGEST_BEAT_M == 2000
