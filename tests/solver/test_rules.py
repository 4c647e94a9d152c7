"""Each rule is broken once, and told by name with the amount."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from making import make_problem

from patrolplan.errors import InputError
from patrolplan.solver.clock import FAR, ready_after
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import toy_problem

GOOD = (Visit(crew=0, start_s=300, stop=0), Visit(crew=0, start_s=1320, stop=1))


def rules(problem: PatrolProblem, *visits: Visit) -> dict[str, int]:
    return {b.rule: b.amount for b in Solution.from_visits(problem, visits).breaches}


def toy(**changes: Any) -> PatrolProblem:
    return dataclasses.replace(toy_problem(), **changes)


def int32(*values: Any) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def test_a_good_plan_breaks_nothing_and_the_clock_is_told() -> None:
    solution = Solution.from_visits(toy(), GOOD)
    assert solution.feasible
    (crew,) = solution.crews
    assert [(v.depart_s, v.walk_s, v.arrive_s, v.leave_s) for v in crew.visits] == [
        (0, 300, 300, 1020),
        (1020, 300, 1320, 2040),
    ]
    assert (crew.back_depart_s, crew.back_walk_s, crew.back_s, crew.walk_s, crew.wait_s) == (
        2040, 600, 2640, 1200, 0,
    )  # fmt: skip


def test_reach_shift_and_walk() -> None:
    assert rules(toy(), Visit(crew=0, start_s=299, stop=0)) == {"reach": 1}
    assert rules(toy(), Visit(crew=0, start_s=6181, stop=0)) == {"shift": 1}
    assert rules(toy(most_walk_s=int32(599)), GOOD[0]) == {"most_walk": 1}
    travel = toy_problem().travel_s.copy()
    travel[2, 0] = NEVER
    assert rules(toy(travel_s=travel), GOOD[0]) == {"reach": 1}


def test_window_must_hold_the_whole_visit() -> None:
    windows = int32([[400, 1100], [2000, 2720]], [[NEVER, NEVER], [NEVER, NEVER]])
    problem = toy(windows_s=windows)
    assert rules(problem, Visit(crew=0, start_s=2000, stop=0)) == {}
    assert rules(problem, Visit(crew=0, start_s=2010, stop=0)) == {"window": 10}
    assert rules(problem, Visit(crew=0, start_s=390, stop=0)) == {"window": 20 - 0}


def test_gap_order_and_count() -> None:
    again = Visit(crew=0, start_s=2819, stop=0)
    assert rules(toy(), *GOOD, again) == {"gap": 1}
    assert rules(toy(most_visits=int32(1, 1)), *GOOD, Visit(crew=0, start_s=3000, stop=0)) == {
        "most_visits": 1
    }
    assert rules(toy(), GOOD[0], Visit(crew=0, start_s=2820, stop=0)) == {"in_a_row": 1}
    assert rules(toy(allowed=np.array([[False, True]])), GOOD[0]) == {"allowed": 1}


def test_demands() -> None:
    musts = toy(musts_s=int32([1, 1000, 1300]))
    assert rules(musts, *GOOD) == {"must": 1}
    assert rules(toy(musts_s=int32([1, 1000, 1320])), *GOOD) == {}
    assert rules(toy(pinned=int32([0, 301, 0])), *GOOD) == {"pinned": 1}


def test_break_goes_into_the_first_gap_that_holds_it() -> None:
    rest = toy(break_s=int32([0, 3600, 900]))
    assert rules(rest, *GOOD) == {}
    (crew,) = Solution.from_visits(rest, GOOD).crews
    assert crew.rest_before == 2
    assert crew.rest_s == (2640, 3540)
    late = Visit(crew=0, start_s=2300, stop=1)
    (crew,) = Solution.from_visits(rest, (GOOD[0], late)).crews
    assert (crew.rest_before, crew.rest_s) == (1, (1320, 2220))
    assert crew.wait_s == 80
    # On arrival would be too late, so the crew rests before it sets off.
    tight = toy(break_s=int32([1000, 1100, 900]))
    (crew,) = Solution.from_visits(tight, (GOOD[0], late)).crews
    assert (crew.rest_s, crew.visits[1].depart_s, crew.visits[1].arrive_s) == ((1020, 1920), 1920, 2220)
    assert rules(toy(break_s=int32([1000, 1010, 900])), *GOOD) == {"break": 900}


@pytest.mark.parametrize(
    ("leave", "walk", "expected"),
    [(0, 100, 600), (450, 100, 650), (800, 300, 1200), (1001, 0, FAR)],
)
def test_ready_after_a_rest(leave: int, walk: int, expected: int) -> None:
    assert ready_after(leave, walk, 500, 1000, 100) == expected


def test_pace_slows_walks_and_passes() -> None:
    problem = toy(crew_pace=np.array([0.8]))
    assert rules(problem, Visit(crew=0, start_s=374, stop=0)) == {"reach": 1}
    assert problem.walk_s(0, 2, 0) == 375


def test_unknown_crews_and_stops_are_refused() -> None:
    with pytest.raises(InputError, match="1 crews and 2 stops"):
        Solution.from_visits(toy(), [Visit(crew=1, start_s=0, stop=0)])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"dwell_s": int32(1)}, "dwell_s: shape"),
        ({"knots_s": int32(0, 3600, 7230)}, "whole minutes"),
        ({"fade_s": 0}, "fade_s 0"),
        ({"quality": np.array([1.0, 1.5])}, "quality must be 0 to 1"),
        ({"crew_end_s": int32(9000)}, "leaves the horizon"),
        ({"break_s": int32([100, 50, 900])}, "no span to begin in"),
        ({"crew_start_at": int32(7)}, "crew_start_at"),
        ({"segment_rate": np.full((3, 2), np.nan)}, "segment_rate"),
    ],
)
def test_faults_of_a_problem_are_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        toy(**changes)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        make_problem(0, fade_s=-1, pass_quality=2.0)
    assert len(caught.value.faults) == 2
