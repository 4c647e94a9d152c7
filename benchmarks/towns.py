"""The whole way on real towns: street file and offence table in, checked routes out, one row a plan.

    python benchmarks/towns.py --data ../shared/data --seconds 20

Each plan is made through the command line, as an analyst would, then judged by the independent checker of
the tests. `--refine none` shows the plans of OR-Tools alone. Towns without offences are planned by footfall.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

TOWNS = {
    "Philadelphia": ("philadelphia/streets.osm", "philadelphia/offences_2018.csv", None),
    "Baltimore": ("baltimore/streets.osm.pbf", "baltimore/offences_june_2016.csv", None),
    "London": ("london/streets.osm.pbf", "london/offences_monthly.csv", "-0.0995,51.5185"),
    "Monaco": ("osm/monaco_2020.osm.pbf", None, None),
    "Minsk": ("osm/minsk_centre.osm", None, None),
}
PLANS = (
    ("Philadelphia", 2, "16:00-20:00"),
    ("Philadelphia", 6, "16:00-20:00"),
    ("Philadelphia", 2, "20:00-24:00"),
    ("Baltimore", 2, "16:00-20:00"),
    ("Baltimore", 6, "16:00-20:00"),
    ("London", 2, "16:00-20:00"),
    ("London", 6, "16:00-20:00"),
    ("Monaco", 2, "16:00-20:00"),
    ("Minsk", 2, "16:00-20:00"),
)
HEADS = (
    "town", "crews", "shift", "segments", "median m", "offences used", "set aside", "hot spots", "stops",
    "score", "share on shift", "greedy", "over greedy", "OR-Tools alone", "seconds", "faults",
)  # fmt: skip


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--seconds", default=20.0, show_default=True)
@click.option("--refine", type=click.Choice(["true", "none"]), default="true", show_default=True)
@click.option("--only", type=click.Choice(list(TOWNS)), help="One town.")
def main(data: Path, seconds: float, refine: str, only: str | None) -> None:
    """Print one Markdown row per town, number of crews and shift."""
    click.echo(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    gains = []
    with tempfile.TemporaryDirectory() as scratch:
        for town, crews, shift in PLANS:
            if only not in (None, town):
                continue
            row, gain = plan_row(data, Path(scratch), town, crews, shift, seconds, refine)
            gains.append(gain)
            click.echo(f"| {' | '.join(row)} |")
    click.echo(f"\nmean gain over greedy {sum(gains) / len(gains):.1%}, least {min(gains):.1%}")


def plan_row(
    data: Path, scratch: Path, town: str, crews: int, shift: str, seconds: float, refine: str
) -> tuple[list[str], float]:
    """Plan one town through the command line; its row of the table and the gain over greedy."""
    from plan_checker import faults_of

    folder = scratch / f"{town}-{crews}-{shift.replace(':', '')}"
    streets, offences, station = TOWNS[town]
    table = ["--offences", data / offences] if offences else []
    place = ["--station", station] if station else []
    _patrolplan(
        "init", folder, "--streets", data / streets, *table, *place,
        "--officers", crews, "--date", "2026-11-27", "--shift", shift,
    )  # fmt: skip
    told = _patrolplan(
        "plan", folder / "plan.toml", "--out", folder / "plan",
        "--seconds", seconds, "--refine", refine, "--json",
    )  # fmt: skip
    network = _patrolplan("network", data / streets, "--out", folder / "network.gpkg", "--json")
    figures, streets_told = json.loads(told), json.loads(network)
    gain = figures["score"] / figures["greedy_score"] - 1
    alone = figures["routing_score"]
    row = [
        town, str(crews), shift, f"{figures['segments']:,}", f"{streets_told['median_length_m']:.0f}",
        f"{figures['offences_used']:,}", f"{figures['offences_set_aside']:,}",
        str(figures["hot_spots"]), str(figures["stops"]),
        f"{figures['score']:.6f}", f"{figures['share_on_shift']:.1%}", f"{figures['greedy_score']:.6f}",
        f"{gain:+.1%}", "-" if alone is None else f"{alone:.6f}", f"{figures['seconds']:.1f}",
        str(len(faults_of(folder / "plan"))),
    ]  # fmt: skip
    return row, gain


def _patrolplan(*words: object) -> str:
    command = [sys.executable, "-m", "patrolplan", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"patrolplan {' '.join(map(str, words))}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
