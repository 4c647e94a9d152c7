"""Back-test of need on a year of Philadelphia's offences: whole, by street name, thinned; with pictures.

Run from the project's root: ``python benchmarks/need.py [--pictures docs]``. Data: ``../shared/data``.
All settings are the package's defaults, which were chosen on January to September alone.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from patrolplan.evaluate.measures import PERCENTAGES, Interval
from patrolplan.evaluate.need import evaluate_need
from patrolplan.evaluate.need_figures import NeedTrial
from patrolplan.evaluate.need_words import BESIDE
from patrolplan.evaluate.trial import Trial, day_number, trial_of
from patrolplan.io.osm import read_osm
from patrolplan.io.tables import read_offences
from patrolplan.risk.footfall import find_footfall

DATA = Path(__file__).parents[2] / "shared" / "data" / "philadelphia"
FIRST, LAST = date(2018, 10, 1), date(2018, 12, 31)
SIZES, DRAWS = (50, 200, 500), 5


def trials() -> dict[str, Trial]:
    """The records split over the streets of their junction, and placed by their block's street name."""
    streets = read_osm(DATA / "streets.osm")
    offences = read_offences(DATA / "offences_2018.csv", timezone="America/New_York")
    footfall = find_footfall(streets.network, streets.places).found
    where = footfall.anywhere() if footfall else None
    blank = replace(offences, records=offences.records.assign(street=""))
    return {
        "even": trial_of(streets.network, blank, footfall=where),
        "named": trial_of(streets.network, offences, footfall=where),
    }


def thinned(trial: Trial, size: int) -> list[NeedTrial]:
    """Five draws of so many records of January to September, each fitted once and scored on the rest."""
    before = trial.before(day_number(FIRST))
    days = (LAST - FIRST).days + 1
    return [
        evaluate_need(
            trial,
            first=FIRST,
            last=LAST,
            horizon_days=days,
            fit_on=np.random.default_rng([size, draw]).choice(before, size, replace=False),
        )
        for draw in range(DRAWS)
    ]


def told(at: Interval, scale: float = 1.0, digits: int = 1) -> str:
    """A difference with its limits."""
    return f"{scale * at.value:+.{digits}f} [{scale * at.low:+.{digits}f}, {scale * at.high:+.{digits}f}]"


def table(found: NeedTrial) -> list[str]:
    """Figures of one back-test as a table in Markdown."""
    rows = [
        "| Model | 1 % | 2 % | 5 % | 10 % | PEI 5 % | log score | ours less it: 2 % | 5 % | 10 % | nats |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("patrolplan", *BESIDE, "long_recent_hours", "kde50_hours"):
        model = found.models[name]
        cells = [f"{100 * model.share_caught[at].value:.1f}" for at in PERCENTAGES]
        cells += [f"{model.pei[5].value:.2f}", f"{model.log_score.value:.3f}"]
        gap = found.differences.get(name)
        cells += [told(gap.share_caught[at], 100) for at in (2, 5, 10)] if gap else ["", "", ""]
        cells.append(told(gap.log_score, digits=3) if gap else "")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return rows


def thin_table(sizes: dict[int, list[NeedTrial]]) -> list[str]:
    """Gains over counts with tuned floor and pooled hours, by number of training records."""
    rows = [
        "| Records | nats (five draws) | points at 5 % | points at 10 % |",
        "| --- | --- | --- | --- |",
    ]
    for size, found in sizes.items():
        gaps = [trial.differences["counts_hours"] for trial in found]
        nats = np.array([gap.log_score.value for gap in gaps])
        five, ten = (np.array([100 * gap.share_caught[at].value for gap in gaps]) for at in (5, 10))
        rows.append(
            f"| {size} | {nats.mean():+.3f} ({nats.min():+.3f} to {nats.max():+.3f}) | "
            f"{five.mean():+.1f} ({five.min():+.1f} to {five.max():+.1f}) | "
            f"{ten.mean():+.1f} ({ten.min():+.1f} to {ten.max():+.1f}) |"
        )
    return rows


def draw(whole: NeedTrial, sizes: dict[int, list[NeedTrial]], folder: Path) -> None:
    """The pictures of docs/need.md."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "need"
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    for name in ("patrolplan", "counts", "recent90", "kde50", "uniform"):
        shares = [100 * whole.models[name].share_caught[at].value for at in PERCENTAGES]
        thick = 2.5 if name == "patrolplan" else 1.2
        left.plot(PERCENTAGES, shares, marker="o", label=name, linewidth=thick)
    left.set(
        xlabel="best % of street length", ylabel="% of offences caught", title="Caught in October-December"
    )
    left.legend(frameon=False)
    names = [name for name in BESIDE if name != "uniform"]
    gaps = [whole.differences[name].log_score for name in names]
    value = np.array([gap.value for gap in gaps])
    errors = [value - [gap.low for gap in gaps], np.array([gap.high for gap in gaps]) - value]
    middle.errorbar(value, range(len(names)), xerr=errors, fmt="o")
    middle.set_yticks(range(len(names)), names)
    middle.axvline(0, color="grey", linewidth=0.8)
    middle.set(xlabel="nats a record, ours less it", title="Log score, 95 % intervals")
    bins = whole.calibration
    right.bar(bins["class"], bins["observed"], label="came")
    right.plot(bins["class"], bins["expected"], color="black", label="expected")
    right.set(xlabel="streets, quietest to busiest", ylabel="offences", title="Calibration")
    right.set_xticks(bins["class"])
    right.legend(loc="lower left", framealpha=1)
    figure.savefig(folder / "need_back_test.svg", metadata={"Date": None})
    plt.close(figure)
    figure, axes = plt.subplots(figsize=(5, 3.4), layout="constrained")
    for size, found in sizes.items():
        nats = [trial.differences["counts_hours"].log_score.value for trial in found]
        axes.plot([size] * len(nats), nats, "o", color="tab:blue", alpha=0.6)
    means = [
        np.mean([trial.differences["counts_hours"].log_score.value for trial in found])
        for found in sizes.values()
    ]
    axes.plot(list(sizes), means, color="tab:blue")
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.set(
        xscale="log", xlabel="records fitted on", ylabel="nats a record over counts", title="Few records"
    )
    axes.set_xticks(list(sizes), [str(size) for size in sizes])
    axes.minorticks_off()
    figure.savefig(folder / "need_few_records.svg", metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Run all, print tables, draw pictures where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder for the pictures")
    options = parser.parse_args()
    placed = trials()
    whole = evaluate_need(placed["even"], first=FIRST, last=LAST)
    named = evaluate_need(placed["named"], first=FIRST, last=LAST)
    sizes = {size: thinned(placed["even"], size) for size in SIZES}
    print("\n".join(["Records split over the streets of their junction:", "", *table(whole), ""]))
    print("\n".join(["Records on the street their block names:", "", *table(named), ""]))
    print("\n".join(["Few records, against counts_hours:", "", *thin_table(sizes), ""]))
    print(whole.calibration.round(1).to_string(index=False))
    print(whole.by_kind.round(3).to_string(index=False))
    if options.pictures:
        draw(whole, sizes, options.pictures)


if __name__ == "__main__":
    main()
