"""Score over seconds, ours and the peers', as a plot.

    python benchmarks/anytime.py --problems FOLDER --only london_4_4h_20 --out docs/anytime.svg

Every method runs anew for each point; "one run" is ours broken off at the point in a single run of the
greatest time. The line is the mean over the problems of the score over the best one that any method reached
on the problem.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from peers import by_peer

from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.problem_dict import problem_from_dict
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.warm_up import warm_up

SECONDS = np.array([1.0, 2.0, 5.0, 10.0, 30.0])
PEERS = ("pyvrp", "vroom", "ortools")
INK = {
    "patrolplan": "#0b5fa5",
    "patrolplan, one run": "#6fa8d6",
    "greedy": "#777777",
    "pyvrp": "#c2571a",
    "vroom": "#7a3e9d",
    "ortools": "#2f7d32",
}


def curves(problem: PatrolProblem) -> dict[str, NDArray[np.float64]]:
    """[seconds] the score of each method at each of ``SECONDS``."""
    base = Solution.from_visits(problem, greedy(problem)).score
    found = solve(problem, stop=Stop(seconds=float(SECONDS[-1])))
    before = found.seconds - found.trace[-1][0] if found.trace else 0.0
    # The trace counts from the start of the refinement, the first point of the solve's own clock.
    lead = max(0.0, min(before, found.seconds - max(t for t, _, _ in found.trace)))
    ours = np.full(len(SECONDS), base)
    for t, _, score in found.trace:
        ours[t + lead <= SECONDS] = score
    anew = [solve(problem, stop=Stop(seconds=float(s))).best.score for s in SECONDS[:-1]]
    told = {
        "patrolplan": np.array([*anew, found.best.score]),
        "patrolplan, one run": ours,
        "greedy": np.full(len(SECONDS), base),
    }
    for peer in PEERS:
        plans = (by_peer(peer)(problem, float(s), 0) for s in SECONDS)
        told[peer] = np.array([Solution.from_visits(problem, plan).score for plan in plans])
    return told


def draw(mean: dict[str, NDArray[np.float64]], out: Path) -> None:
    """The curves as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "patrolplan"
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    for method, line in mean.items():
        style = "-" if method == "patrolplan" or method in PEERS else "--"
        axes.plot(SECONDS, 100 * line, style, color=INK[method], lw=2, marker="o", ms=4)
        # Both lines of ours end at one point: the single run is named where it rises.
        rising = slice(1, 3) if "one run" in method else slice(-1, None)
        at = np.exp(np.log(SECONDS[rising]).mean()), 100 * line[rising].mean()
        axes.annotate(f" {method}", at, color=INK[method], va="center", fontsize=10)
    axes.set_xscale("log")
    axes.set_xticks(SECONDS, [f"{s:g}" for s in SECONDS])
    axes.set_xlim(0.9, 60)
    axes.minorticks_off()
    axes.set_xlabel("seconds, one thread")
    axes.set_ylabel("score, % of the best found")
    axes.grid(alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(out, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--problems", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", help="names of problems, with commas between")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    warm_up()
    lines: dict[str, list[NDArray[np.float64]]] = {}
    for path in sorted(asked.problems.glob("*.json")):
        if asked.only and path.stem not in asked.only.split(","):
            continue
        told = curves(problem_from_dict(json.loads(path.read_text())))
        top = max(float(line.max()) for line in told.values())
        for method, line in told.items():
            lines.setdefault(method, []).append(line / top)
        print(path.stem, {m: (line / top).round(4).tolist() for m, line in told.items()}, file=sys.stderr)
    mean = {method: np.mean(rows, axis=0) for method, rows in lines.items()}
    draw(mean, asked.out)
    heads = " | ".join(f"{s:g} s" for s in SECONDS)
    print(f"| method | {heads} |\n|{' --- |' * (len(SECONDS) + 1)}")
    for method, line in mean.items():
        print(f"| {method} | {' | '.join(f'{100 * v:.1f}' for v in line)} |")


if __name__ == "__main__":
    main()
