"""The invented hromada with a ledger of half a year: visits drawn by a seed, half of them logged."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.example import write_example
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.ledger import SEAL, open_ledger
from patrolplan.week.past import SHIFT_COLUMNS, VISIT_COLUMNS

OFFICER = "Officer Zirochka Tayemna"
FIRST, LAST = date(2026, 1, 5), date(2026, 11, 28)
"""Weeks up to one in the future, as a ledger holds the week that was planned last."""
A_DAY = 6


def half_year_of_demo(folder: Path, network: StreetNetwork, *, seed: int = 0) -> Path:
    """Write the example and its ledger into ``folder``; returns the plan file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_example(folder)
    chance = np.random.default_rng(seed)
    length = network.segments["length_m"].to_numpy(dtype=float)
    # Every fourth named street near the middle: places that come again, as a patrol's do.
    middle = shapely.Point(*network.segments.total_bounds.reshape(2, 2).mean(axis=0))
    near = np.argsort(network.segments.distance(middle).to_numpy(), kind="stable")[:240:4]
    places = near[length[near] > 40]
    lines = network.segments.geometry.to_crs("EPSG:4326")
    with open_ledger(folder / "ledger.gpkg") as ledger:
        for monday in (FIRST + timedelta(days=7 * week) for week in range((LAST - FIRST).days // 7 + 1)):
            year, number, _ = monday.isocalendar()
            name = f"{year}-W{number:02d}"
            rows = list(_visits(name, monday, lines, places, chance))
            visits = gpd.GeoDataFrame(rows, columns=[*VISIT_COLUMNS, "geometry"], crs="EPSG:4326")
            home = folder / "weeks" / name
            home.mkdir(parents=True)
            (home / SEAL).write_bytes(name.encode())
            shifts = pd.DataFrame([], columns=list(SHIFT_COLUMNS))
            ledger.stage(name, home, seal=name.encode(), shifts=shifts, visits=visits, facts={})
            ledger.finish()
    return folder / "plan.toml"


def _visits(name, monday, lines, places, chance):
    for day in (monday + timedelta(days=number) for number in (1, 3, 4, 5)):
        for number, segment in enumerate(chance.choice(places, A_DAY, replace=False)):
            start = pd.Timestamp(day) + pd.Timedelta(hours=17, minutes=37 * number)
            logged = bool(chance.random() < 0.5)
            yield {
                "week": name, "day": day, "crew": "Crew 77", "officers": OFFICER, "area": "",
                "visit": number + 1, "label": f"Stop of {OFFICER}", "start": start,
                "end": start + pd.Timedelta(minutes=12), "planned_min": 12.0,
                "walked_min": float(chance.integers(5, 13)) if logged else float("nan"),
                "need_share": 0.01, "top": False, "osm_ids": "",
                "geometry": shapely.MultiLineString([lines.iloc[segment]]),
            }  # fmt: skip
