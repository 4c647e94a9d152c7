"""How guessable drawn plans are, and what they lose: ten plans by lot for each problem and loss.

python benchmarks/guess.py --problems FOLDER      # problems as benchmarks/patrol.py --build writes them
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from patrolplan.evaluate.guess import mean_guessability
from patrolplan.solver.problem_dict import problem_from_dict
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.vary import presence, vary

DRAWS = 10


def main() -> None:
    """Print one Markdown row a problem and loss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], help="names of problems")
    parser.add_argument("--losses", type=float, nargs="+", default=[0.03, 0.06])
    parser.add_argument("--solutions", type=int, default=20)
    given = parser.parse_args()
    heads = ["problem", "loss allowed", "lost", "hits", "of three guesses", "knows the last alone"]
    heads += ["by chance", "best repeated"]
    print(f"| {' | '.join(heads)} |\n|" + " --- |" * len(heads))
    for path in sorted(given.problems.glob("*.json")):
        if given.only and path.stem not in given.only:
            continue
        problem = problem_from_dict(json.loads(path.read_text()))
        best = solve(problem, stop=Stop(solutions=given.solutions)).best
        for loss in given.losses:
            drawn = vary(problem, best, loss=loss, draws=DRAWS, seed=1)
            there = np.array([presence(problem, d.visits) for d in drawn])
            told = mean_guessability(there, memory=DRAWS)
            three = mean_guessability(there, memory=DRAWS, guesses_per_slot=3)
            last = mean_guessability(there, memory=1)
            lost = 1 - np.mean([d.score for d in drawn]) / best.score
            print(
                f"| {path.stem} | {loss:.0%} | {lost:.1%} | {told.hit_rate:.0%} "
                f"| {three.hit_rate:.0%} | {last.hit_rate:.0%} | {told.chance:.0%} | {told.repeated:.0%} |"
            )


if __name__ == "__main__":
    main()
