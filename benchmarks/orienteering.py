"""Team orienteering with and without time windows: gaps to the best known values, each method in one run.

    python benchmarks/orienteering.py --seconds 2 --seeds 5
    python benchmarks/orienteering.py --instances FOLDER --bks FILE --methods patrolplan,pyvrp --all --json

FOLDER holds ``top/`` (Chao's format) and ``toptw/`` (Cordeau's format); FILE has the columns instance,
vehicles, bks. Distances are Euclidean: TOP scaled by 10,000 and rounded up, so that nothing infeasible
counts; TOPTW cut to one decimal (Solomon) or two (Cordeau, ``pr``), as in the literature.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from peers import by_peer

from patrolplan.solver.additive import build_additive
from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.warm_up import warm_up

SHARED = Path(__file__).parents[1].parent / "shared" / "benchmarks"
TOP_SCALE = 10_000

SUBSET = {
    "top": ["p4.3.j", "p4.3.l", "p4.3.p", "p4.3.t", "p5.3.q", "p5.3.x", "p6.3.k", "p7.3.m",
            "p7.3.r", "p7.3.t"],
    "toptw": [
        ("c103", 1), ("c107", 3), ("r105", 3), ("r111", 3), ("rc103", 1), ("rc107", 3), ("pr03", 1),
        ("pr09", 3), ("pr15", 1), ("pr17", 3),
    ],
}  # fmt: skip


def read_top(path: Path, vehicles: int) -> PatrolProblem:
    """Chao's format: lines n, m, tmax, then x y score; start first, end last."""
    lines = [line for line in path.read_text().split("\n") if line.strip()]
    count, longest = int(lines[0].split()[1]), float(lines[2].split()[1])
    rows = np.array([[float(v) for v in line.split()] for line in lines[3 : 3 + count]])
    between = np.hypot(*np.moveaxis(rows[:, None, :2] - rows[None, :, :2], 2, 0))
    travel = np.ceil(np.round(between * TOP_SCALE, 6)).astype(np.int32)
    return build_additive(
        travel, rows[:, 2], crews=vehicles, longest=round(longest * TOP_SCALE), start=0, end=count - 1
    )


def read_toptw(path: Path, vehicles: int) -> PatrolProblem:
    """Cordeau's format; the closing time of point 0 is the greatest length of a route."""
    lines = [line.split() for line in path.read_text().split("\n") if line.strip()]
    rows = np.array([[float(line[i]) for i in (1, 2, 3, 4, -2, -1)] for line in lines if len(line) >= 8])
    scale = 100 if path.name.lower().startswith("pr") else 10
    between = np.hypot(*np.moveaxis(rows[:, None, :2] - rows[None, :, :2], 2, 0))
    whole = np.round(rows[:, 2:] * scale).astype(np.int32)
    return build_additive(
        np.floor(np.round(between * scale, 9)).astype(np.int32), rows[:, 3], crews=vehicles,
        longest=int(whole[0, 3]), start=0, end=0, service=whole[:, 0], windows=whole[:, 2:],
    )  # fmt: skip


def ours(problem: PatrolProblem, seconds: float, seed: int) -> tuple[Visit, ...]:
    return refine(problem, greedy(problem), seed=seed, seconds=seconds).visits


METHODS: dict[str, Callable[[PatrolProblem, float, int], tuple[Visit, ...]]] = {
    "patrolplan": ours,
    "ortools": by_peer("ortools"),
    "ortools_plain": by_peer("ortools_plain"),
    "pyvrp": by_peer("pyvrp"),
    "vroom": by_peer("vroom"),
    "greedy": lambda problem, *_: greedy(problem),
}


CHANCE = ("patrolplan", "pyvrp")
"""Methods that a seed changes; the others run once."""


def read_bks(path: Path) -> pd.DataFrame:
    """The table of best known values; commas, semicolons or tabs, other columns as they like."""
    with path.open(encoding="utf-8-sig") as lines:
        head = next(lines, "")
    table = pd.read_csv(
        path, sep=next((s for s in ";\t" if s in head), ","), encoding="utf-8-sig", dtype=str, comment="#",
        skipinitialspace=True, index_col=False,
    )  # fmt: skip
    table.columns = table.columns.str.strip().str.lower()
    if missing := {"instance", "vehicles", "bks"} - set(table.columns):
        raise SystemExit(
            f"{path}: no column {', '.join(sorted(missing))}; there are {', '.join(table.columns)}"
        )
    table = table[["instance", "vehicles", "bks"]].dropna()
    numbers = table[["vehicles", "bks"]].apply(lambda c: pd.to_numeric(c.str.strip().str.replace(",", ".")))
    names = table["instance"].str.strip().str.removesuffix(".txt")
    return numbers.assign(instance=names).drop_duplicates(["instance", "vehicles"])


def instances(folder: Path, bks: pd.DataFrame, everything: bool) -> list[tuple[str, str, int, float]]:
    """(family, instance, vehicles, best known value), sorted."""
    found = []
    for row in bks.itertuples():
        name, vehicles = str(row.instance), int(row.vehicles)
        for family in ("top", "toptw"):
            if (folder / family / f"{name}.txt").exists():
                key: Any = name if family == "top" else (name, vehicles)
                if everything or key in SUBSET[family]:
                    found.append((family, name, vehicles, float(row.bks)))
    if not found:
        raise SystemExit(f"no instance of the tables of best known values stands in {folder}/top or toptw")
    return sorted(found)


def gap_percent(score: float, best: float) -> float:
    """Percent below the best known value; below 0 where it is beaten."""
    return 100 * (1 - score / best) if best > 0 else -100 * score


def measure(
    method: str, cases: list[tuple[str, str, int, float]], folder: Path, seconds: float, seeds: int
) -> Any:
    """Per family the gaps, and per instance the scores of all seeds; routes where a best value is beaten."""
    told: dict[str, Any] = {"instances": {}, "beaten": {}}
    gaps: dict[str, list[float]] = {}
    for family, name, vehicles, best in cases:
        problem = (read_top if family == "top" else read_toptw)(folder / family / f"{name}.txt", vehicles)
        scores = []
        for seed in range(seeds if method in CHANCE else 1):
            plan = Solution.from_visits(problem, METHODS[method](problem, seconds, seed))
            if plan.breaches:
                raise SystemExit(f"{method} {name}: {plan.breaches[0].text}")
            scores.append(plan.score)
            gaps.setdefault(family, []).append(gap_percent(plan.score, best))
            if plan.score > best:
                routes = [[problem.stop_labels[v.stop] for v in crew.visits] for crew in plan.crews]
                told["beaten"][f"{name}/{vehicles}"] = {"score": plan.score, "bks": best, "routes": routes}
        told["instances"][f"{name}/{vehicles}"] = {
            "score": float(np.mean(scores)),
            "scores": scores,
            "bks": best,
            "gap_percent": round(gap_percent(float(np.mean(scores)), best), 4),
        }
        print(f"{method:12} {name:8} {vehicles} best {best:g} found {scores}", file=sys.stderr)
    for family, values in gaps.items():
        told[family] = {
            "mean_gap_percent": round(float(np.mean(values)), 4),
            "worst_gap_percent": round(float(np.max(values)), 4),
            "hits": int(np.sum(np.array(values) <= 1e-9)),
            "n": len(values),
        }
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--instances", type=Path, help="folder with top/ and toptw/: all of it is measured")
    parser.add_argument("--bks", type=Path, action="append", help="may be given more than once")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--methods", default="patrolplan,pyvrp,vroom,ortools,ortools_plain")
    parser.add_argument("--all", action="store_true", help="every instance, not only the subset of 20")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    methods, folder = asked.methods.split(","), asked.instances or SHARED
    if unknown := set(methods) - set(METHODS):
        parser.error(f"unknown methods {', '.join(sorted(unknown))}; there are {', '.join(METHODS)}")
    tables = asked.bks or [SHARED / "bks_top.csv", SHARED / "bks_toptw.csv"]
    everything = asked.all or asked.instances is not None
    cases = instances(folder, pd.concat([read_bks(t) for t in tables]), everything)
    warm_up()
    told = {m: measure(m, cases, folder, asked.seconds, asked.seeds) for m in methods}
    if asked.json:
        run = {"seconds": asked.seconds, "seeds": asked.seeds, "instances": len(cases)}
        print(json.dumps({"run": run, **told}, indent=1))
        return
    for method, result in told.items():
        for family in ("top", "toptw"):
            if family in result:
                print(f"{method:14} {family:6} {result[family]}")


if __name__ == "__main__":
    main()
