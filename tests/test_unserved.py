"""Each cause of a stop left out is told by its name, with the change that would serve it."""

import dataclasses
from typing import Any

import numpy as np

from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import toy_problem
from patrolplan.unserved import Unserved, change_line, unserved_stops, why_line

FIRST = (Visit(crew=0, start_s=300, stop=0),)


def toy(**changes: Any) -> PatrolProblem:
    return dataclasses.replace(toy_problem(), **changes)


def int32(*values: Any) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def told(problem: PatrolProblem, *visits: Visit) -> Unserved:
    return next(
        one for one in unserved_stops(problem, Solution.from_visits(problem, visits)) if one.stop == 1
    )


def test_nobody_may_go_there() -> None:
    one = told(toy(allowed=np.array([[True, False]])), *FIRST)
    assert (one.cause, one.change) == ("forbidden", "allow")


def test_closed_throughout() -> None:
    one = told(toy(windows_s=int32([[NEVER, NEVER]], [[0, 0]])), *FIRST)
    assert (one.cause, one.change) == ("closed", "open")


def test_no_walk_leads_there() -> None:
    travel = toy_problem().travel_s.copy()
    travel[2, 1] = NEVER
    assert told(toy(travel_s=travel), *FIRST).cause == "no_walk"


def test_too_far_by_minutes() -> None:
    # Out 600 s, stay 720 s, back 600 s: 1,920 s in a shift of 1,800 s.
    one = told(toy(crew_end_s=int32(1800)), *FIRST)
    assert (one.cause, one.minutes, one.change) == ("far", 2, "longer")


def test_minutes_lack() -> None:
    # First stop until 1,020 s, on 300 s, stay 720 s, back 600 s: 2,640 s.
    problem = toy(crew_end_s=int32(2400))
    one = told(problem, *FIRST)
    assert (one.cause, one.crew, one.minutes) == ("minutes", 0, 4)
    assert "4 more minutes" in why_line(problem, one, clock=str)


def test_its_hours_are_taken() -> None:
    windows = int32([[NEVER, NEVER]], [[600, 1400]])
    problem = toy(windows_s=windows, pinned=int32([0, 300, 0]))
    one = told(problem, *FIRST)
    assert (one.cause, one.other, one.hours_s) == ("hours", ("first",), (600, 1400))
    assert why_line(problem, one, clock=str) == "its hours 600-1400 are taken by first"
    assert one.change in ("wider", "swap")
    assert change_line(problem, one, clock=str)


def test_the_cap_of_its_group_is_reached() -> None:
    problem = toy(
        group_labels=("Riverside",), in_group=np.ones((1, 2), dtype=bool), group_bounds=int32([0, 1, 0])
    )
    one = told(problem, *FIRST)
    assert (one.cause, one.other, one.change) == ("cap", ("Riverside",), "raise")
    assert change_line(problem, one, clock=str) == "one visit more for Riverside"


def test_the_longest_walk_is_used_up_and_else_it_is_worth_less() -> None:
    assert told(toy(most_walk_s=int32(600)), *FIRST).cause == "walk"
    assert told(toy(most_walk_s=int32(NO_CAP)), *FIRST).cause == "less"


def test_a_swap_tells_what_it_loses() -> None:
    problem = toy(crew_end_s=int32(2400), segment_rate=np.array([[2e-6] * 2, [1e-6] * 2, [0.0] * 2]))
    one = told(problem, *FIRST)
    assert one.swap == 0
    assert 30 < one.loss_percent < 70
    assert change_line(problem, one, clock=str) == "4 more minutes for crew"
    fair = dataclasses.replace(one, loss_percent=2.34)
    line = "4 more minutes for crew, or the place of a visit to first: 2.3 % less of the score"
    assert change_line(problem, fair, clock=str) == line
    none = dataclasses.replace(one, loss_percent=0.02, change="swap")
    assert change_line(problem, none, clock=str) == "take the place of a visit to first, at next to no loss"
