"""Routes judged by later records: plans of a real town beside plain ways of walking, for 2 and 4 crews.

    python benchmarks/routes.py --data ../shared/data --plot docs/pictures

Philadelphia 2018: need fitted on the records before each origin, the plans walked Thursday to Sunday,
16-20 h, for four weeks, and judged by the records of those weeks (October to December). Through the
command line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

HEADS = (
    "crews", "way of walking", "harm under effect, %", "of that in the plans' hours, %",
    "records under effect, %", "officer near, %", "harm an officer-hour", "ours less this, points of harm",
)  # fmt: skip


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--first", default="2018-10-01", show_default=True)
@click.option("--last", default="2018-12-30", show_default=True)
@click.option("--days", default="thu-sun", show_default=True)
@click.option("--shift", default="16:00-20:00", show_default=True)
@click.option("--solutions", default=10, show_default=True, help="Search of each plan: repeats exactly.")
@click.option("--crews", type=int, multiple=True, default=(2, 4), show_default=True)
@click.option("--plot", type=click.Path(path_type=Path, file_okay=False), help="Folder for the figures.")
def main(
    data: Path,
    first: str,
    last: str,
    days: str,
    shift: str,
    solutions: int,
    crews: tuple[int, ...],
    plot: Path | None,
) -> None:  # fmt: skip
    """Print one Markdown row a number of crews and way of walking."""
    click.echo(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    with tempfile.TemporaryDirectory() as scratch:
        for count in crews:
            plan = Path(scratch) / str(count) / "plan.toml"
            _patrolplan(
                "init", plan.parent, "--streets", data / "philadelphia" / "streets.osm",
                "--offences", data / "philadelphia" / "offences_2018.csv",
                "--officers", count, "--date", first, "--shift", shift,
            )  # fmt: skip
            drawn = ["--plot", plot / f"routes-{count}-crews.png"] if plot else []
            told = _patrolplan(
                "evaluate", "routes", plan, "--from", first, "--to", last, "--days", days,
                "--solutions", solutions, "--json", *drawn,
            )  # fmt: skip
            for row in _rows(count, json.loads(told)):
                click.echo(f"| {' | '.join(row)} |")


def _rows(crews: int, found: dict[str, Any]) -> list[list[str]]:
    rows = []
    for name, score in found["plans"].items():
        gap = found["differences"].get(name, {}).get("effect")
        told = ("effect", "effect_on_shift", "records_under_effect", "share_near")
        rows.append(
            [
                str(crews),
                name,
                *(_share(score[field]) for field in told),
                f"{score['per_officer_hour']['value']:.3f}",
                _share(gap) if gap else "",
            ]
        )
    counts = (
        f"{found['n_test']} records, {found['n_on_shift']:.0f} in the plans' hours, {found['shifts']} days"
    )
    return [*rows, [str(crews), counts, *[""] * (len(HEADS) - 2)]]


def _share(at: dict[str, float]) -> str:
    return f"{100 * at['value']:.2f} [{100 * at['low']:.2f}, {100 * at['high']:.2f}]"


def _patrolplan(*words: object) -> str:
    command = [sys.executable, "-m", "patrolplan", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"patrolplan {' '.join(map(str, words))}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
