"""Caps, floors, longest gaps, musts, visits made already and prices: told when broken, always kept."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judge import judged_score
from making import make_problem

from patrolplan.errors import InputError
from patrolplan.solver.problem import NO_CAP, PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.worth import crowded_s, worth_of

STOPS = 16


def town(*, crews: int = 2, hours: int = 4, **changes: Any) -> PatrolProblem:
    return make_problem(7, stops=STOPS, crews=crews, hours=hours, **changes)


def group(*members: int, least: int = 0, most: int = NO_CAP, least_s: int = 0) -> dict[str, Any]:
    mask = np.zeros((1, STOPS), dtype=bool)
    mask[0, list(members)] = True
    bounds = np.array([[least, most, least_s]], dtype=np.int32)
    return {"group_labels": ("Riverside",), "in_group": mask, "group_bounds": bounds}


def gaps(**longest: int) -> np.ndarray:
    values = np.full(STOPS, NO_CAP, dtype=np.int32)
    for name, seconds in longest.items():
        values[int(name[1:])] = seconds
    return values


def broken(problem: PatrolProblem, *visits: Visit) -> dict[str, int]:
    return {b.rule: b.amount for b in Solution.from_visits(problem, visits).breaches}


@pytest.fixture(scope="module")
def usual() -> Solution:
    return solve(town(), stop=Stop(solutions=3)).best


def counts(solution: Solution) -> np.ndarray:
    return np.bincount([v.stop for v in solution.visits], minlength=STOPS)


def test_breaches_are_told(usual: Solution) -> None:
    visits, held = usual.visits, counts(usual)
    some = [int(s) for s in np.argsort(-held)[:3]]
    total = int(held[some].sum())
    assert broken(town(**group(*some, most=total - 1)), *visits) == {"group_most": 1}
    assert broken(town(**group(*some, least=total + 2)), *visits) == {"group_least": 2}
    assert broken(town(**group(*some, least_s=720 * total + 5)), *visits) == {"group_stay": 5}
    assert broken(town(**group(*some, least=total, most=total, least_s=720 * total)), *visits) == {}
    first = min(v.start_s for v in visits if v.stop == some[0])
    told = broken(town(most_gap_s=gaps(**{f"s{some[0]}": max(1801, first - 7)})), *visits)
    assert set(told) == {"most_gap"}
    assert broken(town(carried=np.array([[0, first - 2000, some[0]]], dtype=np.int32)), *visits)["gap"] > 0


@pytest.mark.parametrize("refined", [True, False])
def test_caps_floors_and_reserved_minutes_are_kept(usual: Solution, refined: bool) -> None:
    held = counts(usual)
    rich, poor = [int(s) for s in np.argsort(-held)[:4]], [int(s) for s in np.argsort(held)[:3]]
    capped = solve(town(**group(*rich, most=2)), stop=Stop(solutions=3), refine=refined).best
    assert counts(capped)[rich].sum() <= 2
    lifted = solve(town(**group(*poor, least=5)), stop=Stop(solutions=3), refine=refined).best
    assert counts(lifted)[poor].sum() >= 5
    reserved = solve(town(**group(*poor, least_s=3000)), stop=Stop(solutions=3), refine=refined).best
    assert counts(reserved)[poor].sum() * 720 >= 3000


@pytest.mark.parametrize("refined", [True, False])
def test_longest_gaps_are_kept(usual: Solution, refined: bool) -> None:
    poor = int(np.argmin(counts(usual)))
    problem = town(most_gap_s=gaps(**{f"s{poor}": 4000}))
    best = solve(problem, stop=Stop(solutions=3), refine=refined).best
    assert best.feasible
    assert counts(best)[poor] >= 3


def test_a_wide_must_moves_where_it_costs_least(usual: Solution) -> None:
    poor = int(np.argmin(counts(usual)))
    musts = np.array([[poor, 4000, 9000]], dtype=np.int32)
    best = solve(town(musts_s=musts), stop=Stop(solutions=3)).best
    assert best.feasible
    assert 0 < usual.score - best.score < 0.1 * usual.score


def test_visits_made_already_count_and_are_not_repeated() -> None:
    problem = town(carried=np.array([[0, -900, 3], [1, -720, 5], [1, 100, 6]], dtype=np.int32))
    best = solve(problem, stop=Stop(solutions=3)).best
    assert best.feasible
    alone = Solution.from_visits(problem, ())
    assert alone.score > 0
    assert best.score > alone.score
    for stop, start in ((3, -900), (5, -720), (6, 100)):
        assert all(v.start_s >= start + 720 + 1800 for v in best.visits if v.stop == stop)
    made = town(crews=1, hours=2, passes=False)
    walked = (Visit(crew=0, start_s=1000, stop=2),)
    carried = town(crews=1, hours=2, passes=False, carried=np.array([[0, 1000, 2]], dtype=np.int32))
    assert Solution.from_visits(carried, ()).score == pytest.approx(judged_score(made, walked), rel=1e-6)


def test_crowding_is_priced_and_not_scored() -> None:
    plain = make_problem(2, stops=24, crews=4, hours=3, side_m=700)
    free = solve(plain, stop=Stop(solutions=4)).best
    priced = make_problem(2, stops=24, crews=4, hours=3, side_m=700, crowd_s=150, crowd_price=0.5)
    kept = solve(priced, stop=Stop(solutions=4)).best
    before, after = (crowded_s(priced, plan.visits) for plan in (free, kept))
    assert after < 0.5 * before
    assert kept.score == pytest.approx(Solution.from_visits(plain, kept.visits).score)
    assert worth_of(priced, free) < free.score


def test_moments_with_a_price_are_avoided(usual: Solution) -> None:
    price = np.zeros((STOPS, 8))
    price[:, 2] = 1.0
    best = refine(town(moment_price=price), usual.visits, seed=1, iterations=300)
    parts = [int(v.start_s // 1800) for v in best.visits]
    assert 2 not in parts


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_whatever_is_asked_no_rule_is_broken(seed: int) -> None:
    rng = np.random.default_rng(seed)
    members = rng.random((2, STOPS)) < 0.3
    bounds = np.array([[0, int(rng.integers(0, 5)), 0], [int(rng.integers(0, 3)), NO_CAP, 0]], dtype=np.int32)
    members[1] &= ~members[0]
    bounds[1, 0] *= bool(members[1].any())
    problem = make_problem(
        seed, stops=STOPS, crews=2, hours=3, windows=bool(seed % 2), breaks=bool(seed % 3),
        group_labels=("capped", "lifted"), in_group=members, group_bounds=bounds,
        carried=np.array([[0, -300, int(rng.integers(STOPS))]], dtype=np.int32),
        crowd_s=200, crowd_price=0.2,
    )  # fmt: skip
    best = solve(problem, stop=Stop(solutions=1)).best
    assert best.feasible


def test_bounds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InputError, match="Riverside: at least 3 visits, at most 2"):
        town(**group(1, 2, least=3, most=2))
    with pytest.raises(InputError, match="most_gap_s"):
        town(most_gap_s=gaps(s1=1800))
