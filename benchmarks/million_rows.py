# ruff: noqa: E501 - one column a line
"""A million rows of CSV: read, mapped, snapped and checked; seconds and memory.

    python benchmarks/million_rows.py STREETS [--rows 1000000]

The table is invented around the streets of an OpenStreetMap file, in the shape of a register: personal columns,
a case number, coordinates, a kind, a time, an address; a share of rows is broken.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from patrolplan.graph.snap import snap
from patrolplan.io.osm import read_network
from patrolplan.io.tables import read_offences
from patrolplan.orders.check.doctor import diagnose
from patrolplan.risk.weigh import weigh

KINDS = ["Theft", "Robbery", "Assault", "Vandalism", "Burglary", "Hooliganism", "Vehicle theft", "Fraud"]


def invented(path: Path, rows: int, bounds: tuple[float, float, float, float]) -> None:
    chance = np.random.default_rng(0)
    west, south, east, north = bounds
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 2 * 365 * 1440, rows), unit="min")
    pd.DataFrame(
        {
            "Case Number": np.arange(rows) + 10_000_000,
            "Date": at.strftime("%m/%d/%Y %I:%M:%S %p"),
            "Primary Type": chance.choice(KINDS, rows),
            "Complainant": "somebody",
            "Phone": "(215) 555-0100",
            "Block": np.char.add(chance.integers(1, 60, rows).astype(str), "00 BLOCK N BROAD ST"),
            "Latitude": np.where(chance.random(rows) < 0.01, 0, chance.uniform(south, north, rows).round(6)),
            "Longitude": np.where(chance.random(rows) < 0.01, 0, chance.uniform(west, east, rows).round(6)),
        }
    ).to_csv(path, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("streets", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    network = read_network(options.streets)
    bounds = tuple(network.segments.geometry.to_crs("EPSG:4326").total_bounds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        invented(path, options.rows, bounds)
        print(
            f"{options.rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, {len(network.segments):,} segments"
        )
        begun = last = time.perf_counter()
        offences = read_offences(path, timezone="America/New_York", bounds=bounds)
        last = told("read and mapped", last)
        snap(network, offences.records.geometry, max_distance_m=50.0)
        last = told("snapped", last)
        weights = weigh(network, offences=offences, timezone="America/New_York")
        last = told("weighed", last)
        diagnosis = diagnose(offences, weights.set_aside)
        last = told("looked over", last)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"processor {time.process_time():.1f} s; in all {last - begun:.1f} s, peak {peak:,.0f} MB; {len(offences):,} usable; {len(diagnosis.findings)} findings"
    )


def told(what: str, last: float) -> float:
    now = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {now - last:.1f} s (peak {peak:,.0f} MB)", flush=True)
    return now


if __name__ == "__main__":
    main()
