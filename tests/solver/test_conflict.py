"""Contradicting rules are told by name, no others; the plan without them keeps the rest."""

import dataclasses

import numpy as np
import pytest
from making import make_problem

from patrolplan.errors import NoPlanError
from patrolplan.solver.conflict import conflict_of
from patrolplan.solver.problem import NO_CAP
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop


def rows(*values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def test_two_appointments_at_once_for_one_crew() -> None:
    problem = make_problem(
        3, stops=8, crews=1, hours=3, musts_s=rows([1, 3600, 3600], [2, 3700, 3700], [3, 8000, 9500])
    )
    told = conflict_of(problem)
    assert told is not None
    assert told.rules == (
        "the visit to stop 1 at 3600 s",
        "the visit to stop 2 at 3700 s",
    )
    assert told.dropped == ("the visit to stop 2 at 3700 s",)
    assert told.partial.feasible
    assert {1, 3} <= {visit.stop for visit in told.partial.visits}


def test_a_cap_against_a_must_and_a_limit_that_matters_not() -> None:
    problem = make_problem(
        3, stops=8, crews=1, hours=3, musts_s=rows([1, 3600, 9000]), breaks=True,
        group_labels=("Riverside",), in_group=np.arange(8)[None] == 1, group_bounds=rows([0, 0, 0]),
    )  # fmt: skip
    told = conflict_of(problem)
    assert told is not None
    assert told.rules == ("the most visits to Riverside", "the visit to stop 1 from 3600 s to 9000 s")


def test_the_error_names_them_and_carries_the_plan_without() -> None:
    problem = make_problem(3, stops=8, crews=1, hours=2)
    longest = np.full(8, NO_CAP, dtype=np.int32)
    longest[[0, 1, 2, 3, 4]] = 1900
    problem = dataclasses.replace(problem, most_gap_s=longest)
    with pytest.raises(NoPlanError, match=r"kept (at all|together): .*the longest gap at stop") as error:
        solve(problem, stop=Stop(solutions=1))
    assert error.value.conflict
    assert error.value.partial.visits


def test_rules_that_can_be_kept_have_no_conflict() -> None:
    assert conflict_of(make_problem(3, stops=8, crews=1, hours=3, musts_s=rows([1, 3600, 3600]))) is None
