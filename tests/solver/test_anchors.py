"""Appointments and pinned visits: kept by every result, refused by name when nobody can."""

import json

import numpy as np
import pytest
from making import make_problem

from patrolplan.errors import InputError, NoPlanError
from patrolplan.solver.problem_dict import problem_from_dict, problem_to_dict
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop


@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("breaks", [True, False])
def test_musts_and_pins_are_kept(refine: bool, breaks: bool) -> None:
    problem = make_problem(
        3, stops=14, crews=2, hours=4, breaks=breaks,
        musts_s=np.array([[4, 3600, 3600], [9, 7000, 8000]], dtype=np.int32),
        pinned=np.array([[1, 10000, 2]], dtype=np.int32),
    )  # fmt: skip
    best = solve(problem, stop=Stop(solutions=4), refine=refine).best
    assert best.feasible, best.breaches
    assert any(v.stop == 4 and v.start_s == 3600 for v in best.visits)
    assert any(v.stop == 9 and 7000 <= v.start_s <= 8000 for v in best.visits)
    assert (1, 10000, 2) in {(v.crew, v.start_s, v.stop) for v in best.visits}
    assert len(best.visits) > 3


def test_what_nobody_can_keep_is_named() -> None:
    problem = make_problem(3, stops=6, crews=1, hours=2, musts_s=np.array([[4, 0, 0]], dtype=np.int32))
    with pytest.raises(NoPlanError, match="no crew can begin a visit to stop 4"):
        solve(problem, stop=Stop(solutions=1))


def test_a_problem_survives_json() -> None:
    problem = make_problem(3, stops=6, crews=2, windows=True, breaks=True)
    told = problem_to_dict(problem)
    again = problem_from_dict(json.loads(json.dumps(told)))
    assert problem_to_dict(again) == told
    for name, value in vars(problem).items():
        if isinstance(value, np.ndarray):
            assert getattr(again, name).dtype == value.dtype, name
    with pytest.raises(InputError, match="format None"):
        problem_from_dict({})
    with pytest.raises(InputError, match="without allowed"):
        problem_from_dict({"format": told["format"]})
