"""Team orienteering with fixed prizes: the same engine against all orders."""

from itertools import permutations

import numpy as np
import pytest

from patrolplan.solver.additive import build_additive
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop


def orienteering(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 1000, (8, 2))
    travel = np.ceil(np.hypot(*np.moveaxis(points[:, None] - points[None], 2, 0))).astype(np.int32)
    prize = rng.integers(1, 20, 8).astype(float)
    prize[[0, 7]] = 0
    opens = rng.integers(0, 1500, 8)
    windows = np.stack([opens, opens + 700], axis=1).astype(np.int32)
    windows[[0, 7]] = [0, 2200]
    return travel, prize, rng.integers(0, 60, 8).astype(np.int32), windows


def value(route: tuple[int, ...], problem: tuple[np.ndarray, ...], longest: int) -> float:
    travel, prize, service, windows = problem
    time, place = 0, 0
    for point in route:
        time = max(time + int(travel[place, point]), int(windows[point, 0]))
        if time > windows[point, 1]:
            return -1.0
        time, place = time + int(service[point]), point
    return float(prize[list(route)].sum()) if time + travel[place, 7] <= longest else -1.0


@pytest.mark.parametrize("seed", range(5))
def test_optimum_of_two_routes(seed: int) -> None:
    data = orienteering(seed)
    longest = 2200
    best_of_set: dict[frozenset[int], float] = {frozenset(): 0.0}
    for size in range(1, 7):
        for route in permutations(range(1, 7), size):
            got = value(route, data, longest)
            if got >= 0:
                best_of_set[frozenset(route)] = got
    judge = max(a + b for s, a in best_of_set.items() for t, b in best_of_set.items() if not s & t)
    travel, prize, service, windows = data
    problem = build_additive(
        travel, prize, crews=2, longest=longest, start=0, end=7, service=service, windows=windows
    )
    result = solve(problem, stop=Stop(solutions=2), seed=seed)
    assert result.best.score == judge
    assert result.best.score_visits == 0
    assert result.best.feasible
