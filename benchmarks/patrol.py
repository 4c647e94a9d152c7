"""Patrol problems on real streets: the true score of greedy, OR-Tools in bands, and ours, at equal time.

    python benchmarks/patrol.py --build FOLDER            # problems from the shared data folder, as JSON
    python benchmarks/patrol.py --problems FOLDER --seconds 10 --seeds 5 --json

Every method gets the same wall clock; the peers divide theirs over band lengths of 60, 90 and 120 minutes,
have their routes timed both in their bands and as early as can be, and count with the best (``peers.py``).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from peers import by_peer

from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.problem_dict import problem_from_dict, problem_to_dict
from patrolplan.solver.refine import PATROL, refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.warm_up import warm_up

DATA = Path(__file__).parents[1].parent / "shared" / "data"
STOPS = 200

TOWNS = {
    "philadelphia": ("streets.osm", "offences_2018.csv", "America/New_York", "2018-12-14"),
    "baltimore": ("streets.osm.pbf", "offences_june_2016.csv", "America/New_York", "2016-06-24"),
    "london": ("streets.osm.pbf", "offences_monthly.csv", "Europe/London", "2021-10-08"),
}
"""Street file, offence table, time zone, and the day of the shift."""

SHIFTS = [
    (2, "16:00", 4),
    (4, "20:00", 4),
    (8, "16:00", 4),
    (2, "08:00", 8),
    (4, "14:00", 8),
    (8, "14:00", 8),
]
"""Crews, start, hours: 18 problems over three towns."""


def build(folder: Path) -> None:
    """Write the problems as JSON, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for town, (streets, offences, zone, day) in TOWNS.items():
        import patrolplan as pp

        network = pp.read_network(DATA / town / streets)
        weights = pp.weigh(
            network,
            offences=pp.read_offences(DATA / town / offences, timezone=zone),
            places=pp.read_osm_places(DATA / town / streets, crs=network.segments.crs),
            timezone=zone,
        )
        stations = _stations(network)
        for crews, start, hours in SHIFTS:
            first = datetime.fromisoformat(f"{day} {start}").replace(tzinfo=ZoneInfo(zone))
            shift = pp.Shift(start=first, end=first + timedelta(hours=hours))
            spots = pp.find_hot_spots(network, weights, [shift], timezone=zone, max_hot_spots=STOPS)
            teams = [
                pp.Crew(
                    name=f"Crew {c + 1}", officers=(pp.Officer(name=f"Officer {c + 1}"),), shift=shift,
                    start=stations[c % 2], end=stations[c % 2],
                )
                for c in range(crews)
            ]  # fmt: skip
            problem = pp.build_problem(network, weights, spots, teams, timezone=zone)
            path = folder / f"{town}_{crews}_{hours}h_{start[:2]}.json"
            path.write_text(json.dumps(problem_to_dict(problem)))
            print(f"{path.name}: {problem.n_stops} stops", file=sys.stderr)


def _stations(network: Any) -> list[tuple[float, float]]:
    """Two stations: in the middle of the streets, and towards the north-west."""
    points = network.segments.geometry.interpolate(0.5, normalized=True).to_crs(4326)
    x, y = points.x.to_numpy(), points.y.to_numpy()
    found = []
    for across, up in ((0.5, 0.5), (0.3, 0.7)):
        i = int(np.argmin((x - np.quantile(x, across)) ** 2 + (y - np.quantile(y, up)) ** 2))
        found.append((float(x[i]), float(y[i])))
    return found


def by_refinement(**changes: float) -> Callable[[PatrolProblem, float, int], tuple[Visit, ...]]:
    """The refinement alone, from greedy, with other settings."""

    def method(problem: PatrolProblem, seconds: float, seed: int) -> tuple[Visit, ...]:
        settings = replace(PATROL, **changes)
        return refine(problem, greedy(problem), seed=seed, seconds=seconds, settings=settings).visits

    return method


METHODS: dict[str, Callable[[PatrolProblem, float, int], tuple[Visit, ...]]] = {
    "patrolplan": lambda p, seconds, seed: solve(p, stop=Stop(seconds=seconds), seed=seed).best.visits,
    "pyvrp": by_peer("pyvrp"),
    "vroom": by_peer("vroom"),
    "ortools": by_peer("ortools"),
    "greedy": lambda p, *_: greedy(p),
    "greedy_plain": lambda p, *_: greedy(p, pushes=False),
    "refine_alone": by_refinement(),
    "no_waiting": by_refinement(early=1.0),
    "no_walk_price": by_refinement(walk_price=0.0),
    "without_pushes": by_refinement(skip=1.0),
}
"""What is measured, and parts of ours: ``no_waiting`` closes gaps before they are refilled."""

CHANCE = ("patrolplan", "pyvrp", "refine_alone", "no_waiting", "no_walk_price", "without_pushes")
"""Methods that a seed changes; the others run once."""


def measure(
    paths: list[Path], methods: list[str], seconds: float, seeds: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """Per method and problem: scores, shares of the need on shift, seconds used, share of time walked."""
    told: dict[str, dict[str, dict[str, Any]]] = {m: {} for m in methods}
    for path in paths:
        problem = problem_from_dict(json.loads(path.read_text()))
        for method in methods:
            begun, plans = time.perf_counter(), []
            for seed in range(seeds if method in CHANCE else 1):
                plans.append(Solution.from_visits(problem, METHODS[method](problem, seconds, seed)))
                if plans[-1].breaches:
                    raise SystemExit(f"{method} {path.name}: {plans[-1].breaches[0].text}")
            shift = float((problem.crew_end_s - problem.crew_start_s).sum())
            scores = [plan.score for plan in plans]
            told[method][path.stem] = {
                "score": float(np.mean(scores)),
                "scores": scores,
                "spread_percent": round(100 * (max(scores) - min(scores)) / float(np.mean(scores)), 3),
                "share_on_shift": round(float(np.mean([plan.share_on_shift for plan in plans])), 5),
                "seconds": round((time.perf_counter() - begun) / len(plans), 2),
                "walk_share": round(sum(c.walk_s for c in plans[0].crews) / shift, 3),
            }
        shares = {m: told[m][path.stem]["share_on_shift"] for m in methods}
        print(f"{path.stem:24} {problem.n_stops:4} stops {shares}", file=sys.stderr)
    return told


def gains(told: dict[str, dict[str, dict[str, Any]]], others: list[str]) -> dict[str, dict[str, float]]:
    """How much patrolplan is above each other method and above the best peer, in percent."""
    ratios = {
        other: [told["patrolplan"][name]["score"] / row["score"] for name, row in told[other].items()]
        for other in others
    }
    if peers := [ratios[peer] for peer in ("pyvrp", "vroom", "ortools") if peer in others]:
        ratios["best peer"] = [min(rows) for rows in zip(*peers)]
    return {
        other: {
            "mean": round(100 * (float(np.mean(rows)) - 1), 2),
            "least": round(100 * (min(rows) - 1), 2),
            "first": sum(row > 1 for row in rows),
            "n": len(rows),
        }
        for other, rows in ratios.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="write the problems there as JSON")
    parser.add_argument("--problems", type=Path, metavar="FOLDER", help="measure on all problems in it")
    parser.add_argument("--only", help="names of problems, with commas between")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--methods", default="patrolplan,pyvrp,vroom,ortools,greedy")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    methods = asked.methods.split(",")
    if unknown := set(methods) - set(METHODS):
        parser.error(f"unknown methods {', '.join(sorted(unknown))}; there are {', '.join(METHODS)}")
    if asked.build:
        build(asked.build)
    if asked.problems:
        wanted = asked.only.split(",") if asked.only else None
        paths = [p for p in sorted(asked.problems.glob("*.json")) if wanted is None or p.stem in wanted]
        warm_up()
        told = measure(paths, methods, asked.seconds, asked.seeds)
        others = [m for m in methods if m != "patrolplan"]
        above = gains(told, others) if "patrolplan" in methods else {}
        run = {"seconds": asked.seconds, "seeds": asked.seeds, "problems": len(paths)}
        whole = {"run": run, "above_percent": above, **{m: {"instances": rows} for m, rows in told.items()}}
        print(json.dumps(whole if asked.json else above, indent=1))


if __name__ == "__main__":
    main()
