"""Whether legs that prefer need make better plans: one plan file planned with several detours.

python benchmarks/need_walks.py plan.toml --percent 0 5 10 20 --solutions 2
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.pipeline import make
from patrolplan.solver.stop import Stop


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("plan", type=Path)
    options.add_argument("--percent", type=float, nargs="+", default=[0, 5, 10, 20])
    options.add_argument("--solutions", type=int, default=2)
    options.add_argument("--seeds", type=int, default=2)
    given = options.parse_args()
    settings = read_plan_file(given.plan)
    for percent in given.percent:
        for seed in range(given.seeds):
            changed = settings.model_copy(
                update={
                    "walking": settings.walking.model_copy(update={"detour_percent": percent}),
                    "plan": settings.plan.model_copy(update={"seed": seed}),
                }
            )
            begun = time.perf_counter()
            plan = make(changed, stop=Stop(solutions=given.solutions))
            row = {"detour_percent": percent, "seed": seed}
            row |= {key: round(float(plan.scores[key]), 6) for key in ("score", "share_on_shift")}
            row["seconds"] = round(time.perf_counter() - begun, 1)
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
