"""How much of the best possible score is certified on patrol problems, at equal time.

python benchmarks/patrol.py --build FOLDER
python benchmarks/bound.py --problems FOLDER --seconds 30 --share 0.25 --json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from patrolplan.solver.problem_dict import problem_from_dict
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop


def measure(folder: Path, *, seconds: float, share: float, seed: int) -> dict[str, Any]:
    """Per problem the score, its upper bound and their ratio in percent."""
    told: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        problem = problem_from_dict(json.loads(path.read_text()))
        result = solve(problem, stop=Stop(seconds=seconds), seed=seed, bound_share=share)
        reached = result.of_best_possible
        told[path.stem] = {
            "score": result.best.score,
            "upper_bound": result.upper_bound,
            "of_best_possible_percent": None if reached is None else round(100 * reached, 2),
            "seconds": round(result.seconds, 2),
        }
        print(f"{path.stem:24} {told[path.stem]}", file=sys.stderr)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--problems", type=Path, metavar="FOLDER", required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--share", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    told = measure(asked.problems, seconds=asked.seconds, share=asked.share, seed=asked.seed)
    shares = [row["of_best_possible_percent"] or 0.0 for row in told.values()]
    figures = {"mean": round(float(np.mean(shares)), 2), "least": min(shares)}
    print(
        json.dumps(
            {"of_best_possible_percent": figures, "problems": told} if asked.json else figures, indent=1
        )
    )


if __name__ == "__main__":
    main()
