from dataclasses import replace

import numpy as np
import pytest
from lattice_town import TOWN, ZONE, crew, far_station, local, station, weights_on

from patrolplan.build import build_problem, horizon_of, places_to_walk
from patrolplan.duty import Shift
from patrolplan.errors import InputError
from patrolplan.risk.hot_spots import find_hot_spots
from patrolplan.solver.problem import NEVER

NEED = weights_on(TOWN, {0: 0.5, 11: 0.3, 23: 0.2})


def spots(*crews):
    return find_hot_spots(TOWN, NEED, [c.shift for c in crews], timezone=ZONE)


def test_horizon_is_cut_at_hours_and_shifts():
    early, late = crew("A", local(23, 15, 30), 1.0), crew("B", local(23, 17), 1.5)
    horizon = horizon_of([early, late], timezone_name=ZONE)
    assert horizon.knots_s.tolist() == [0, 1800, 3600, 5400, 9000, 10800]
    assert horizon.hours.tolist() == [15, 16, 16, 17, 18]
    assert horizon.on_shift.tolist() == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        (3, 29, [6 * 24 + 1, 6 * 24 + 2, 6 * 24 + 4]),
        (10, 25, [6 * 24 + 2, 6 * 24 + 3, 6 * 24 + 3, 6 * 24 + 4]),
    ],
)
def test_nights_in_which_clocks_change_have_their_own_hours(month, day, expected):
    # In Kyiv the clocks skip 03:00-04:00 on 29 March and show 03:00-04:00 twice on 25 October 2026.
    start = local(day, 1 if month == 3 else 2, month=month)
    horizon = horizon_of([crew("Night", start, len(expected))], timezone_name=ZONE)
    assert horizon.hours.tolist() == expected
    assert np.diff(horizon.knots_s).tolist() == [3600] * len(expected)


def test_shift_lengths_are_elapsed_time():
    assert Shift(start=local(29, 1, month=3), end=local(29, 5, month=3)).seconds == 3 * 3600


def test_problem_is_what_the_streets_say():
    pair = crew("A"), crew("B", pace=0.8)
    hot_spots = spots(*pair)
    problem = build_problem(TOWN, NEED, hot_spots, pair, timezone=ZONE)
    assert problem.n_stops == len(hot_spots)
    assert problem.crew_pace.tolist() == [1.0, 0.8]
    places, stations = places_to_walk(TOWN, hot_spots, pair)
    assert stations == ((len(hot_spots), len(hot_spots)),) * 2
    assert len(places) == len(hot_spots) + 1
    # All need lies on segments that some stop holds, so the table of rates holds all of it.
    assert problem.segment_rate.sum() == pytest.approx(problem.horizon_rate.sum())
    assert problem.horizon_rate.sum() * 3600 == pytest.approx(2 / 168)
    for index, spot in enumerate(hot_spots):
        held = problem.segment_rate[problem.stop_of_segment == index].sum() * 3600
        assert held == pytest.approx(NEED.need(np.array([16, 17]))[list(spot.segments)].sum())


def test_walks_of_the_problem_are_street_lengths_at_transfer_speed():
    one = crew()
    hot_spots = spots(one)
    problem = build_problem(TOWN, NEED, hot_spots, [one], timezone=ZONE, transfer_speed_m_per_s=1.0)
    at = TOWN.nodes.geometry
    for i, a in enumerate(hot_spots):
        for j, b in enumerate(hot_spots):
            manhattan = abs(at[a.entry].x - at[b.entry].x) + abs(at[a.entry].y - at[b.entry].y)
            assert problem.travel_s[i, j] == pytest.approx(manhattan, abs=1)


def test_breaks_and_opening_hours_become_seconds():
    one = crew(rest=(local(23, 16, 30), local(23, 17), 20))
    hot_spots = spots(one)
    opened = [
        replace(hot_spots[0], hours=((17, 19),)),
        replace(hot_spots[1], hours=((20, 22),)),
        *hot_spots[2:],
    ]
    problem = build_problem(TOWN, NEED, opened, [one], timezone=ZONE)
    assert problem.break_s.tolist() == [[1800, 3600, 1200]]
    assert problem.windows_s[0].tolist() == [[3600, 7200]]
    assert problem.windows_s[1].tolist() == [[0, 0]]
    assert np.all(problem.windows_s[2:] == NEVER)


def test_a_station_far_from_any_street_is_an_error_that_names_it():
    lost = crew(at=far_station())
    with pytest.raises(InputError, match=r"no street within 300 m"):
        build_problem(TOWN, NEED, spots(lost), [lost], timezone=ZONE)


def test_no_crews_and_no_hot_spots_are_errors():
    with pytest.raises(InputError, match="no crews"):
        horizon_of([], timezone_name=ZONE)
    with pytest.raises(InputError, match="no hot spots"):
        build_problem(TOWN, NEED, (), [crew(at=station())], timezone=ZONE)
