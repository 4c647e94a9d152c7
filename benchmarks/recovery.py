"""Recovery of made truth: records drawn from known intensities on Monaco's streets, weighed, and compared.

Run from the project's root: ``python benchmarks/recovery.py``. Data: ``../shared/data``. Thefts by day crowd
in the west, robberies by night in the east. "apart" has them as two kinds, each a place times an hour;
"as one" as one kind with two regimes, which is no such product and can't be had back in full.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.io.osm import read_osm
from patrolplan.risk.offences import Offences, no_set_aside
from patrolplan.risk.weigh import weigh
from patrolplan.units import HOURS_PER_WEEK

FILE = Path(__file__).parents[2] / "shared" / "data" / "osm" / "monaco_2020.osm.pbf"
SIZES, DRAWS = (50, 500, 5000), 3
KINDS = ("Thefts", "Robbery")


def truth_of(network: StreetNetwork, rng: np.random.Generator) -> NDArray[np.float64]:
    """Intensity of both kinds, [kinds, segments, hours], sums to 1."""
    middle = network.segments.geometry.interpolate(0.5, normalized=True)
    x = (middle.x.to_numpy() - middle.x.min()) / (middle.x.max() - middle.x.min())
    base = network.segments["length_m"].to_numpy() * rng.lognormal(0, 0.6, size=len(x))
    hour = np.arange(HOURS_PER_WEEK) % 24
    hours = np.exp(-((hour - 14) ** 2) / 20.0), np.exp(-(((hour - 22 + 12) % 24 - 12) ** 2) / 8.0)
    made = [np.outer(base * np.exp(-6 * at), when) for at, when in zip((x, 1 - x), hours, strict=True)]
    return np.stack([one / one.sum() for one in made]) / 2


def drawn(
    network: StreetNetwork,
    kind: NDArray[np.int64],
    segment: NDArray[np.int64],
    hour: NDArray[np.int64],
    timed: bool,
) -> Offences:
    """Records in the middle of their segments, over forty weeks."""
    place = network.segments.geometry.interpolate(0.5, normalized=True).iloc[segment].to_crs(4326)
    begin = pd.Timestamp("2026-01-05")
    start = [
        begin + timedelta(hours=int(h), days=7 * (k % 40)) if timed else pd.NaT for k, h in enumerate(hour)
    ]
    local = pd.Series(start, dtype="datetime64[ns]").dt.tz_localize(
        "Europe/Monaco", nonexistent="shift_forward", ambiguous=True
    )
    columns = {
        "row": np.arange(1, len(hour) + 1),
        "kind": np.array(KINDS)[kind],
        "start": local,
        "end": pd.Series(pd.NaT, index=range(len(hour)), dtype="datetime64[ns, Europe/Monaco]"),
        "precision": "minute" if timed else "none",
        "street": "",
    }
    records = gpd.GeoDataFrame(columns, geometry=place.to_numpy(), crs=4326)
    return Offences(records=records, set_aside=no_set_aside(), timezone="Europe/Monaco")


def distances(
    network: StreetNetwork, size: int, *, apart: bool, timed: bool, seed: int
) -> tuple[float, float]:
    """Total variation distance to the truth, of the need and of the plain counts."""
    rng = np.random.default_rng([size, seed])
    truth = truth_of(network, rng)
    kind, segment, hour = np.unravel_index(rng.choice(truth.size, size, p=truth.ravel()), truth.shape)
    offences = drawn(network, kind if apart else np.zeros_like(kind), segment, hour, timed)
    equal = pd.DataFrame({"kind": KINDS, "harm": 1.0})
    need = weigh(network, offences=offences, policy={"a_off": 1.0}, kinds=equal).need(
        np.arange(HOURS_PER_WEEK)
    )
    known, counts = truth.sum(axis=0), np.zeros(need.shape)
    np.add.at(counts, (segment, hour), 1 / size)
    if not timed:
        need, known, counts = (table.sum(axis=1) for table in (need, known, counts))
    return 0.5 * float(np.abs(need - known).sum()), 0.5 * float(np.abs(counts - known).sum())


def main() -> None:
    """Print the table."""
    network = read_osm(FILE).network
    print("| Kinds | Times | Records | need | plain counts |\n| --- | --- | --- | --- | --- |")
    for apart, timed in ((True, True), (False, True), (False, False)):
        for size in SIZES:
            found = [distances(network, size, apart=apart, timed=timed, seed=seed) for seed in range(DRAWS)]
            ours, raw = np.mean(found, axis=0)
            words = "apart" if apart else "as one", "known" if timed else "not known"
            print(f"| {words[0]} | {words[1]} | {size:,} | {ours:.2f} | {raw:.2f} |")


if __name__ == "__main__":
    main()
