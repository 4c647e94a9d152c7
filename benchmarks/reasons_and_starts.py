"""How long the reasons of unserved stops take, and what a shift that is free to begin gains.

    python benchmarks/reasons_and_starts.py

Random problems of the tests: points in a square, need by the hour. For the starts each problem has need that
rises and falls over eight hours and a crew whose four-hour shift may begin on any quarter hour of four hours;
every beginning is solved in full as the judge.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "solver"))
from making import make_problem

from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import solve
from patrolplan.solver.starts import at_spans, choose_starts
from patrolplan.solver.stop import Stop
from patrolplan.unserved import unserved_stops

SEEDS = range(6)
SPANS = [(900 * k, 900 * k + 4 * 3600) for k in range(17)]


def main() -> None:
    """Print both tables."""
    for stops, crews in ((300, 6), (1000, 20)):
        problem = make_problem(1, stops=stops, crews=crews, hours=8, side_m=4000.0, passes=False)
        plan = Solution.from_visits(problem, greedy(problem))
        unserved_stops(problem, plan)
        begun = time.process_time()
        found = unserved_stops(problem, plan)
        spent = time.process_time() - begun
        print(f"reasons: {stops} stops, {crews} crews, {len(found)} unserved: {spent:.3f} s CPU")
    for seed in SEEDS:
        problem = waved(seed)
        begun = time.process_time()
        choice = choose_starts(problem, [SPANS], iterations=300)
        spent = time.process_time() - begun
        scores = [
            solve(at_spans(problem, [span]), stop=Stop(solutions=2), refine=True).best.score for span in SPANS
        ]
        chosen, best = scores[choice.picks[0]], max(scores)
        print(
            f"starts, seed {seed}: {100 * chosen / best:.1f} % of the best beginning, "
            f"{100 * (chosen / np.mean(scores) - 1):+.1f} % over the mean one, "
            f"{100 * (chosen / scores[0] - 1):+.1f} % over the earliest; {spent:.1f} s CPU"
        )


def waved(seed: int) -> PatrolProblem:
    """Forty stops whose need peaks at some hour."""
    problem = make_problem(seed, stops=40, crews=1, hours=8, side_m=2500.0)
    peak = np.random.default_rng(seed).uniform(2, 7)
    wave = 0.3 + np.exp(-(((np.arange(8) - peak) / 2) ** 2))
    return dataclasses.replace(problem, segment_rate=problem.segment_rate * wave)


if __name__ == "__main__":
    main()
