"""How the search grows: made towns of more and more stops, 50 crews, 8 hours.

    python benchmarks/scale.py --stops 250,500,1000 --crews 50 --seconds 25

One row a size: memory of the whole process at its peak, seconds to greedy's plan, the gain over greedy, and
what a step of the search and a better plan cost.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

from patrol_town import make_patrol, make_town

from patrolplan.solver.greedy import greedy
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution
from patrolplan.solver.warm_up import warm_up


def row(stops: int, crews: int, hours: int, seconds: float) -> str:
    """One size as a row of Markdown."""
    warm_up()
    blocks = max(26, round((5 * stops) ** 0.5))
    problem = make_patrol(3, stops=stops, crews=crews, hours=hours, town=make_town(3, blocks=blocks))
    made_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    base = Solution.from_visits(problem, greedy(problem))
    greedy_s = time.perf_counter() - begun
    found = refine(problem, base.visits, seed=0, seconds=seconds - greedy_s)
    gain = 100 * (found.score / base.score - 1)
    step_us = 1e6 * found.seconds / found.iterations
    improved = len(found.trace) - 1
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = Solution.from_visits(problem, found.visits).share_on_shift
    figures = (
        f"{problem.n_stops}", f"{crews}", f"{len(base.visits)}", f"{made_mb:.0f}", f"{peak_mb:.0f}",
        f"{greedy_s:.1f}", f"{gain:.1f} %", f"{100 * share:.1f} %", f"{step_us:.0f}",
        f"{1000 * found.seconds / max(1, improved):.1f}",
    )  # fmt: skip
    return f"| {' | '.join(figures)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stops", default="250,500,1000")
    parser.add_argument("--crews", type=int, default=50)
    parser.add_argument("--hours", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=25.0)
    asked = parser.parse_args()
    sizes = [int(n) for n in asked.stops.split(",")]
    if len(sizes) == 1:
        print(row(sizes[0], asked.crews, asked.hours, asked.seconds), flush=True)
        return
    heads = (
        "stops", "crews", "visits", "MB, problem", "MB, peak", "greedy s", "over greedy", "share on shift",
        "us a step", "ms a slice that improved",
    )  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        subprocess.run(
            [sys.executable, __file__, "--stops", str(size), "--crews", str(asked.crews),
             "--hours", str(asked.hours), "--seconds", str(asked.seconds)],
            check=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
