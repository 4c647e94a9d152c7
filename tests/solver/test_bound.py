"""The upper bound: never below any plan, near the optimum of tiny problems, repeatable."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from brute import all_routes, best_route
from hypothesis import given, settings
from hypothesis import strategies as st
from making import make_problem

from patrolplan.errors import InputError
from patrolplan.solver.additive import build_additive
from patrolplan.solver.bound import bound
from patrolplan.solver.bound_descent import Descent
from patrolplan.solver.bound_model import carried_value
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop

STEPS = 60


def found(problem: PatrolProblem, *, iterations: int = 150) -> Solution:
    """A good plan."""
    return Solution.from_visits(
        problem, refine(problem, greedy(problem), seed=1, iterations=iterations).visits
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_all_routes_lies_below_and_near(seed: int) -> None:
    problem = make_problem(seed, stops=3, crews=1, hours=2, side_m=900.0)
    best = best_route(problem, waits_s=(0, 600), most=5)
    told = bound(problem, best, iterations=250)
    assert best.score <= told.value
    assert told.of_best > 0.88
    assert told.of_best == best.score / told.value


TINY: list[dict[str, Any]] = [
    {"seed": 11, "stops": 3, "side_m": 500.0, "min_gap_s": 600},
    {"seed": 12, "stops": 2, "side_m": 300.0, "min_gap_s": 900, "breaks": True},
    {"seed": 13, "stops": 3, "side_m": 700.0, "min_gap_s": 1500, "windows": True, "pace": 0.8},
    {
        "seed": 14,
        "stops": 2,
        "side_m": 900.0,
        "min_gap_s": 1800,
        "windows": True,
        "breaks": True,
        "pace": 1.3,
    },
    {"seed": 15, "stops": 3, "side_m": 400.0, "min_gap_s": 1200, "dwell_s": 400, "breaks": True, "pace": 0.7},
]
"""Close stops, where the way back to a stop meets its least gap; breaks, windows and paces."""


def tiny(
    *, seed: int, stops: int, side_m: float, min_gap_s: int, pace: float = 1.0, dwell_s: int = 720,
    **options: bool,
) -> PatrolProblem:  # fmt: skip
    return make_problem(
        seed, stops=stops, crews=1, hours=2, side_m=side_m, dwell_s=dwell_s, crew_pace=np.array([pace]),
        min_gap_s=np.full(stops, min_gap_s, dtype=np.int32), **options,
    )  # fmt: skip


@pytest.mark.parametrize("case", TINY, ids=lambda case: str(case["seed"]))
def test_every_route_lies_below_under_any_prices(case: dict[str, Any]) -> None:
    """Both halves by brute force: the score of all routes, and what each collects under random prices."""
    problem = tiny(**case)
    plans = [
        Solution.from_visits(problem, route)
        for route in all_routes(problem, 0, waits_s=(0, 250, 900), most=4)
    ]
    run = Descent(problem, max(plans, key=lambda plan: plan.score))
    rng = np.random.default_rng(case["seed"])
    places = len(problem.travel_s)
    for step_s in (10, 30):
        assert run.begin(1, step_s)
        for _ in range(25):
            run.step()
        assert max(plan.score for plan in plans) <= run.value
        shape = run.price.shape
        run.price = (rng.exponential(1e-3, shape) * (rng.random(shape) < 0.3)).astype(np.float32)
        assert run.side is not None
        total, _ = run.side.best_routes(run.price)
        for plan in plans:
            visits = plan.crews[0].visits
            at = [int(problem.crew_start_at[0]), *(v.stop for v in visits), int(problem.crew_end_at[0])]
            if visits:
                paid = run.prices.legs.reshape(-1)[np.array(at[:-1]) * places + at[1:]].sum()
                paid += sum(float(run.price[v.stop, v.start_s // run.chains.slot_s]) for v in visits)
                assert paid <= total * (1 + 1e-5)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    stops=st.integers(2, 9),
    crews=st.integers(1, 4),
    hours=st.integers(2, 5),
    windows=st.booleans(),
    breaks=st.booleans(),
    gap=st.sampled_from([0, 600, 1800]),
    dwell=st.sampled_from([0, 20, 400, 720]),
    pace=st.sampled_from([1.0, 0.8, 1.3]),
    quality=st.sampled_from([0.2, 0.3, 0.6, 1.0]),
    steps=st.sampled_from([1, 30, 60]),
)
def test_no_plan_is_above_the_bound(
    seed: int, stops: int, crews: int, hours: int, windows: bool, breaks: bool, gap: int, dwell: int,
    pace: float, quality: float, steps: int,
) -> None:  # fmt: skip
    problem = make_problem(
        seed, stops=stops, crews=crews, hours=hours, stations=2, windows=windows, breaks=breaks,
        side_m=1000.0, dwell_s=dwell, min_gap_s=np.full(stops, gap, dtype=np.int32),
        crew_pace=np.where(np.arange(crews) % 2, pace, 1.0), quality=np.full(stops, quality),
    )  # fmt: skip
    plan = found(problem, iterations=60)
    # The bare value, which the known plan's score does not hold up.
    run = Descent(problem, plan)
    if run.begin(1, 10, nearest_end=bool(seed % 2)):
        for _ in range(steps):
            run.step()
    assert run.value >= plan.score


def test_the_parts_of_a_known_plan_never_beat_the_best_parts() -> None:
    problem = make_problem(3, stops=8, crews=3, hours=4, stations=2, side_m=900.0)
    plan = found(problem)
    run = Descent(problem, plan)
    assert run.begin(1, 10)
    for _ in range(STEPS):
        run.step()
    price, side, chains = run.price, run.side, run.chains
    assert side is not None
    total, routes = side.best_routes(price)
    assert sum(route.crews for route in routes) == problem.n_crews
    places = len(problem.travel_s)
    paid = 0.0
    for times in plan.crews:
        at = [int(problem.crew_start_at[times.crew]), *(v.stop for v in times.visits)]
        at.append(int(problem.crew_end_at[times.crew]))
        legs = run.prices.legs.reshape(-1)[np.array(at[:-1]) * places + at[1:]].sum()
        paid += legs + sum(float(price[v.stop, v.start_s // chains.slot_s]) for v in times.visits)
    assert paid <= total * (1 + 1e-5)


def test_the_bound_falls_and_repeats() -> None:
    problem = make_problem(5, stops=15, crews=2, hours=3)
    plan = found(problem)
    one, two = (bound(problem, plan, iterations=STEPS) for _ in range(2))
    assert dataclasses.replace(one, seconds=0.0) == dataclasses.replace(two, seconds=0.0)
    values = [value for _, value in one.trace]
    assert values == sorted(values, reverse=True)
    assert one.iterations == STEPS
    assert one.value < 0.7 * values[0]


def test_seconds_and_interruption_are_kept() -> None:
    problem = make_problem(5, stops=15, crews=2, hours=3)
    plan = found(problem)
    bound(problem, plan, iterations=1)
    assert bound(problem, plan, seconds=0.5).seconds < 0.8
    stopped = bound(problem, plan, seconds=60.0, interrupted=lambda: True)
    assert stopped.iterations == 0
    assert stopped.value >= plan.score


def test_fixed_prizes_and_masks() -> None:
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 60, (9, 2))
    travel = np.ceil(np.hypot(*np.moveaxis(points[:, None] - points[None], 2, 0))).astype(np.int32)
    prize = np.array([0.0, *rng.integers(1, 9, 7), 0.0])
    problem = build_additive(travel, prize, crews=2, longest=120, start=0, end=8)
    plan = found(problem)
    told = bound(problem, plan, iterations=150)
    assert plan.score <= told.value <= prize.sum() + 1e-6
    barred = dataclasses.replace(problem, allowed=np.zeros((2, 7), dtype=bool))
    assert bound(barred, Solution.from_visits(barred, ()), iterations=150).value < 1.0


def test_many_kinds_of_crews_are_merged_upwards() -> None:
    base = make_problem(8, stops=6, crews=6, hours=3, stations=3)
    problem = dataclasses.replace(
        base,
        crew_end_s=np.arange(7200, 10801, 720).astype(np.int32),
        crew_end_at=np.array([6, 7, 8, 6, 7, 8], dtype=np.int32),
        crew_start_s=np.array([0, 600, 0, 0, 300, 0], dtype=np.int32),
        allowed=np.arange(36).reshape(6, 6) % 5 != 0,
        break_s=np.array([[NEVER, NEVER, 0], [2000, 4000, 900]] * 3, dtype=np.int32),
    )
    plan = found(problem)
    assert bound(problem, Solution.from_visits(problem, ()), iterations=40).value >= plan.score


def test_every_field_of_the_problem_is_known_to_the_bound() -> None:
    """A new field may allow plans that score more; whoever adds one shows here that the bound still holds."""
    known = (
        "stop_labels crew_labels travel_s dwell_s quality windows_s min_gap_s crew_start_s crew_end_s "
        "crew_start_at crew_end_at crew_pace break_s allowed knots_s segment_rate stop_of_segment pass_start "
        "pass_segment pass_offset_s fade_s pass_quality horizon_rate on_shift prize most_visits most_walk_s "
        "musts_s pinned most_gap_s group_labels in_group group_bounds carried crowd_s crowd_price clock_s "
        "moment_price more_travel_s crew_way"
    )
    assert {field.name for field in dataclasses.fields(PatrolProblem)} == set(known.split())


def test_crews_on_different_streets_are_searched_apart() -> None:
    """Neither looks at the second table of walks: a plan or a bound from the first alone would be wrong."""
    base = make_problem(3, stops=3, crews=2, hours=2)
    problem = dataclasses.replace(
        base,
        more_travel_s=base.travel_s[None],
        crew_way=np.array([0, 1], dtype=np.int32),
        pass_start=np.append(base.pass_start, base.pass_start[1:] + base.pass_start[-1]),
        pass_segment=np.tile(base.pass_segment, 2),
        pass_offset_s=np.tile(base.pass_offset_s, 2),
    )
    with pytest.raises(InputError, match="search each day's crews apart"):
        bound(problem, Solution.from_visits(problem, ()), iterations=1)
    with pytest.raises(InputError, match="search each day's crews apart"):
        solve(problem, stop=Stop(solutions=1))


def test_visits_made_already_are_counted() -> None:
    problem = make_problem(
        2, stops=4, crews=1, hours=2, side_m=900.0,
        carried=np.array([[0, -600, 1], [0, -3000, 2]], dtype=np.int32),
    )  # fmt: skip
    assert Solution.from_visits(problem, ()).score <= carried_value(problem)
    plan = found(problem)
    run = Descent(problem, plan)
    assert run.begin(1, 10)
    for _ in range(STEPS):
        run.step()
    assert run.value >= plan.score
