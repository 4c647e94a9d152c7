"""Patrol problems on real streets: the true score of greedy, OR-Tools in bands, and ours, at equal time.

    python benchmarks/patrol.py --build FOLDER            # problems from the shared data folder, as JSON
    python benchmarks/patrol.py --problems FOLDER --seconds 10 --seeds 1 --json

Every method gets the same wall clock; OR-Tools divides its time over band lengths of 60, 90 and 120
minutes, times its routes both in their bands and as early as can be, and counts with the best.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from peers import by_peer

from patrolplan.solver.greedy import greedy
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.problem_dict import problem_from_dict, problem_to_dict
from patrolplan.solver.refine import refine
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


METHODS: dict[str, Callable[[PatrolProblem, float, int], tuple[Visit, ...]]] = {
    "patrolplan": lambda p, seconds, seed: solve(p, stop=Stop(seconds=seconds), seed=seed).best.visits,
    "refine_alone": lambda p, seconds, seed: refine(p, greedy(p), seed=seed, seconds=seconds).visits,
    "ortools": by_peer("ortools"),
    "pyvrp": by_peer("pyvrp"),
    "vroom": by_peer("vroom"),
    "greedy": lambda p, *_: greedy(p),
}


def measure(folder: Path, methods: list[str], seconds: float, seeds: int) -> dict[str, Any]:
    """Scores of every method on every problem, shares of the need on shift, seconds used."""
    told: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        problem = problem_from_dict(json.loads(path.read_text()))
        rows: dict[str, Any] = {}
        for method in methods:
            begun, plans = time.perf_counter(), []
            for seed in range(seeds if method not in ("greedy", "ortools") else 1):
                plans.append(Solution.from_visits(problem, METHODS[method](problem, seconds, seed)))
                if plans[-1].breaches:
                    raise SystemExit(f"{method} {path.name}: {plans[-1].breaches[0].text}")
            rows[method] = {
                "share_on_shift": [round(plan.share_on_shift, 5) for plan in plans],
                "score": [plan.score for plan in plans],
                "seconds": round((time.perf_counter() - begun) / len(plans), 2),
                "walk_share": round(
                    sum(c.walk_s for c in plans[0].crews) / (problem.crew_end_s - problem.crew_start_s).sum(),
                    3,
                ),
            }
        told[path.stem] = rows
        shares = {m: float(np.mean(rows[m]["share_on_shift"])) for m in methods}
        print(f"{path.stem:24} {problem.n_stops:4} stops {shares}", file=sys.stderr)
    return told


def gains(told: dict[str, Any], over: str) -> dict[str, float]:
    """How much patrolplan is above another method, in percent: mean and least over the problems."""
    ratios = [
        float(np.mean(rows["patrolplan"]["score"]) / np.mean(rows[over]["score"])) for rows in told.values()
    ]
    return {"mean": round(100 * (np.mean(ratios) - 1), 2), "least": round(100 * (min(ratios) - 1), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=Path, metavar="FOLDER")
    parser.add_argument("--problems", type=Path, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--methods", default="patrolplan,refine_alone,ortools,greedy")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.build:
        build(asked.build)
    if asked.problems:
        warm_up()
        told = measure(asked.problems, asked.methods.split(","), asked.seconds, asked.seeds)
        others = [m for m in asked.methods.split(",") if m != "patrolplan"]
        above = {other: gains(told, other) for other in others} if "patrolplan" in asked.methods else {}
        print(json.dumps({"above_percent": above, "problems": told} if asked.json else above, indent=1))


if __name__ == "__main__":
    main()
