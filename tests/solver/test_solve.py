"""Search: rules kept, never below its start, repeatable, and the optimum where brute force can tell."""

import dataclasses
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from brute import best_route
from hypothesis import given, settings
from hypothesis import strategies as st
from making import make_problem

from patrolplan.errors import NoPlanError
from patrolplan.solver.anneal import anneal
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import Progress, solve
from patrolplan.solver.stop import Stop

CASES = [
    {"stops": 12, "crews": 1, "hours": 3},
    {"stops": 15, "crews": 3, "hours": 3, "stations": 2, "windows": True},
    {"stops": 12, "crews": 2, "hours": 4, "breaks": True},
    {"stops": 14, "crews": 3, "hours": 4, "breaks": True, "windows": True, "stations": 3},
    {"stops": 10, "crews": 5, "hours": 5, "stations": 2, "side_m": 900.0},
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_rules_are_kept_and_refine_never_falls_below_its_start(case: dict, seed: int) -> None:
    problem = make_problem(seed, **case)
    start = Solution.from_visits(problem, greedy(problem))
    assert start.feasible
    assert start.visits
    found = refine(problem, start.visits, seed=seed, iterations=400)
    better = Solution.from_visits(problem, found.visits)
    assert better.feasible, better.breaches
    assert better.score > start.score * 1.001
    assert better.score == pytest.approx(found.trace[-1][2], rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_solve_reaches_the_best_order_with_waits(seed: int) -> None:
    problem = make_problem(seed, stops=3, crews=1, hours=2, side_m=900.0)
    judge = best_route(problem, waits_s=(0, 600, 1500), most=5)
    result = solve(problem, stop=Stop(solutions=2), seed=seed)
    assert result.best.feasible
    assert result.best.score >= judge.score * (1 - 1e-9)


def test_solve_is_repeatable_and_better_than_greedy_and_routing() -> None:
    problem = make_problem(5, stops=20, crews=2, hours=3)
    one, two = (solve(problem, stop=Stop(solutions=3), seed=7) for _ in range(2))
    assert one.best == two.best
    assert one.best.visits == two.best.visits
    assert one.routing is not None
    assert one.routing == two.routing
    assert one.best.score >= max(one.greedy.score, one.routing.score)
    assert one.stopped_by == "solutions"
    assert one.iterations == 3000
    assert one.trials_per_second > 0
    assert set(one.versions) == {"python", "numba", "numpy", "ortools"}


@pytest.mark.parametrize("case", CASES)
def test_without_refinement_the_better_of_routing_and_greedy_is_taken(case: dict) -> None:
    problem = make_problem(3, **case)
    result = solve(problem, stop=Stop(solutions=30), refine=False)
    assert result.routing is not None
    assert result.routing.feasible, result.routing.breaches
    assert result.routing.visits
    assert result.best in (result.routing, result.greedy)
    assert result.best.score == max(result.routing.score, result.greedy.score)
    assert result.iterations == 0


def test_different_stations_hours_paces_and_masks() -> None:
    base = make_problem(8, stops=16, crews=3, hours=4, stations=3)
    problem = dataclasses.replace(
        base,
        crew_start_s=np.array([0, 1800, 3600], dtype=np.int32),
        crew_end_s=np.array([10800, 14400, 12600], dtype=np.int32),
        crew_end_at=np.array([17, 18, 16], dtype=np.int32),
        crew_pace=np.array([1.0, 0.8, 0.9]),
        allowed=np.arange(48).reshape(3, 16) % 3 != 0,
        most_visits=np.full(16, 2, dtype=np.int32),
        most_walk_s=np.array([2500, 4000, 4000], dtype=np.int32),
    )
    for refined in (True, False):
        result = solve(problem, stop=Stop(solutions=5), refine=refined)
        assert result.best.feasible, result.best.breaches
        assert len({v.crew for v in result.best.visits}) == 3


def test_legs_that_do_not_exist_are_never_walked() -> None:
    base = make_problem(4, stops=15, crews=2, hours=3, side_m=3000.0)
    travel = np.where(base.travel_s > 1400, NEVER, base.travel_s).astype(np.int32)
    problem = dataclasses.replace(base, travel_s=travel)
    result = solve(problem, stop=Stop(solutions=2))
    assert result.best.feasible, result.best.breaches


def test_initial_plan_is_never_lost() -> None:
    problem = make_problem(2, stops=10, crews=1, hours=2)
    good = solve(problem, stop=Stop(solutions=5)).best
    again = solve(problem, stop=Stop(seconds=0), initial=good.visits)
    assert again.best.score >= good.score


def with_another_crew(problem: PatrolProblem) -> PatrolProblem:
    """The problem with a copy of its last crew."""
    crews = {
        name: np.concatenate([getattr(problem, name), getattr(problem, name)[-1:]])
        for name in (
            "crew_start_s", "crew_end_s", "crew_start_at", "crew_end_at", "crew_pace", "break_s", "allowed",
            "most_walk_s", "crew_way",
        )
    }  # fmt: skip
    return dataclasses.replace(problem, crew_labels=(*problem.crew_labels, "one more"), **crews)


def with_another_minute(problem: PatrolProblem) -> PatrolProblem:
    """The problem with a minute more for every crew and for the horizon."""
    return dataclasses.replace(
        problem,
        crew_end_s=problem.crew_end_s + np.int32(60),
        knots_s=np.append(problem.knots_s[:-1], problem.knots_s[-1] + 60).astype(np.int32),
    )


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    stops=st.integers(4, 14),
    crews=st.integers(1, 4),
    windows=st.booleans(),
    breaks=st.booleans(),
    seconds=st.booleans(),
)
def test_a_larger_problem_never_scores_below_the_smaller_one(
    seed: int, stops: int, crews: int, windows: bool, breaks: bool, seconds: bool
) -> None:
    problem = make_problem(seed, stops=stops, crews=crews, hours=3, windows=windows, breaks=breaks)
    smaller = solve(problem, stop=Stop(solutions=1)).best
    for larger in (with_another_crew(problem), with_another_minute(problem)):
        stop = Stop(seconds=0) if seconds else Stop(solutions=1)
        found = solve(larger, stop=stop, initial=smaller.visits).best
        assert found.feasible, found.breaches
        assert found.score >= smaller.score * (1 - 1e-12)


def test_solves_in_one_process_leave_nothing_behind() -> None:
    problems = [make_problem(seed, stops=16, crews=2, hours=3) for seed in (1, 2)]
    alone = [solve(p, stop=Stop(solutions=2), seed=5).best for p in problems]
    assert solve(problems[0], stop=Stop(solutions=2), seed=5).best == alone[0]
    with ThreadPoolExecutor(max_workers=2) as pool:
        together = list(pool.map(lambda p: solve(p, stop=Stop(solutions=2), seed=5).best, problems))
    assert together == alone


def test_a_long_search_broken_off_early_is_near_its_end() -> None:
    problem = make_problem(4, stops=30, crews=3, hours=4)
    start = greedy(problem)
    shares = [0.0]
    told = lambda share, _score: shares.append(share)  # noqa: E731
    early = refine(
        problem, start, seed=1, iterations=15_000, on_slice=told, interrupted=lambda: shares[-1] >= 0.1
    )
    whole = refine(problem, start, seed=1, iterations=15_000)
    base = Solution.from_visits(problem, start).score
    assert early.iterations < 1_800
    assert early.score - base > 0.5 * (whole.score - base) > 0


def test_interrupt_returns_the_best_so_far() -> None:
    problem = make_problem(2, stops=20, crews=2, hours=3)
    flag = Event()
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.stage == "refine":
            flag.set()

    result = solve(problem, stop=Stop(seconds=60, interrupted=flag), on_progress=watch)
    assert result.stopped_by == "interrupted"
    assert result.best.feasible
    assert result.seconds < 20
    assert [p.stage for p in seen][:2] == ["compiling", "routing"]


def test_seconds_are_kept() -> None:
    problem = make_problem(2, stops=30, crews=2, hours=3)
    result = solve(problem, stop=Stop(seconds=1.0))
    assert result.seconds < 1.0 * 1.05 + 0.5
    assert result.stopped_by == "seconds"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"crew_end_s": np.array([600], dtype=np.int32)}, "shorter than the walk out"),
        ({"windows_s": np.tile(np.array([0, 60], dtype=np.int32), (5, 1, 1))}, "windows lie outside"),
        ({"allowed": np.zeros((1, 5), dtype=bool)}, "not allowed"),
        ({"break_s": np.array([[6900, 7000, 900]], dtype=np.int32)}, "break does not fit"),
    ],
)
def test_no_plan_says_why(changes: dict, told: str) -> None:
    problem = make_problem(1, stops=5, crews=1, hours=2, **changes)
    with pytest.raises(NoPlanError, match=told):
        solve(problem, stop=Stop(solutions=1))


def test_the_search_runs_without_compilation(tmp_path: Path) -> None:
    code = (
        "from patrolplan.solver.warm_up import toy_problem\n"
        "from patrolplan.solver.greedy import greedy\n"
        "from patrolplan.solver.refine import refine\n"
        "p = toy_problem(); print(refine(p, greedy(p), seed=3, iterations=30).visits)\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={**os.environ, "NUMBA_DISABLE_JIT": flag},
            cwd=tmp_path, check=True, capture_output=True, text=True,
        ).stdout
        for flag in ("0", "1")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert "Visit" in runs[0]


def test_visits_do_not_depend_on_labels() -> None:
    problem = make_problem(6, stops=8, crews=2, hours=2)
    renamed = dataclasses.replace(problem, stop_labels=tuple("hgfedcba"))
    plans = [solve(p, stop=Stop(solutions=1), seed=4).best.visits for p in (problem, renamed)]
    assert plans[0] == plans[1]
    assert all(isinstance(v, Visit) for v in plans[0])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    stops=st.integers(4, 16),
    crews=st.integers(1, 6),
    hours=st.integers(2, 6),
    windows=st.booleans(),
    breaks=st.booleans(),
    gap=st.sampled_from([0, 600, 1800]),
)
def test_no_rule_is_ever_broken(
    seed: int, stops: int, crews: int, hours: int, windows: bool, breaks: bool, gap: int
) -> None:
    problem = make_problem(
        seed, stops=stops, crews=crews, hours=hours, stations=2, windows=windows, breaks=breaks,
        side_m=1000.0, min_gap_s=np.full(stops, gap, dtype=np.int32),
    )  # fmt: skip
    start = Solution.from_visits(problem, greedy(problem))
    assert not start.visits or start.feasible, start.breaches
    found = refine(problem, start.visits, seed=seed, iterations=150)
    ended = Solution.from_visits(problem, found.visits)
    assert not ended.visits or ended.feasible, ended.breaches
    # The search's own running score is the true score, so nothing infeasible was thrown away either.
    assert ended.score == pytest.approx(found.trace[-1][2], rel=1e-9, abs=1e-15)


def test_the_order_of_arrays_in_memory_costs_no_new_compilation() -> None:
    problem = make_problem(6, stops=8, crews=2, hours=2)
    solve(problem, stop=Stop(solutions=1))
    known = len(anneal.signatures)
    turned = {
        name: np.asfortranarray(value)
        for name, value in vars(problem).items()
        if isinstance(value, np.ndarray)
    }
    again = dataclasses.replace(problem, **turned)
    assert solve(again, stop=Stop(solutions=1)).best == solve(problem, stop=Stop(solutions=1)).best
    assert len(anneal.signatures) == known == 1
