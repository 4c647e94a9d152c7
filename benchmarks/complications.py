"""Ten things that come up in the middle of a shift: plans mended, rules checked, stops kept, seconds.

    python benchmarks/complications.py --data ../shared/data --seconds 10

On the invented example (evening) and on Philadelphia (4 crews, 16-20 h). Each mended plan is judged by the
independent checker of the tests. Seconds are of the whole command, reading and writing included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

HEADS = ("town", "what", "now", "stops kept", "changes", "score", "score left without", "seconds", "faults")


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--seconds", default=10.0, show_default=True)
def main(data: Path, seconds: float) -> None:
    """Print one Markdown row a complication."""
    click.echo(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    with tempfile.TemporaryDirectory() as scratch:
        for town, plan, file in (_demo(Path(scratch)), _philadelphia(Path(scratch), data)):
            issued = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
            for k, (what, now, words) in enumerate(_troubles(issued)):
                out = plan.with_name(f"mended-{k}")
                begun = time.perf_counter()
                told = _patrolplan(
                    "replan", plan, "--plan-file", file, "--now", now, *words,
                    "--seconds", seconds, "--out", out, "--json",
                )  # fmt: skip
                row = _row(town, what, now, told, out, time.perf_counter() - begun)
                click.echo(f"| {' | '.join(row)} |")


def _row(town: str, what: str, now: str, told: dict[str, Any], out: Path, spent: float) -> list[str]:
    from plan_checker import faults_of

    scores = (f"{told['score']:.6f}", f"{told['score_of_what_was_left']:.6f}")
    kept = f"{told['kept_share']:.0%}"
    faults = str(len(faults_of(out)))
    return [town, what, now, kept, str(len(told["changes"])), *scores, f"{spent:.0f}", faults]


def _demo(folder: Path) -> tuple[str, Path, Path]:
    _patrolplan("demo", "--out", folder / "demo", "--seconds", 10, "--json")
    return "example", folder / "demo" / "plan", folder / "demo" / "input" / "plan.toml"


def _philadelphia(folder: Path, data: Path) -> tuple[str, Path, Path]:
    file = folder / "town" / "plan.toml"
    _patrolplan(
        "init", file.parent, "--streets", data / "philadelphia" / "streets.osm",
        "--offences", data / "philadelphia" / "offences_2018.csv",
        "--officers", 4, "--date", "2026-11-27", "--shift", "16:00-20:00",
    )  # fmt: skip
    _patrolplan("plan", file, "--out", file.parent / "plan", "--seconds", 10, "--json")
    return "Philadelphia", file.parent / "plan", file


def _troubles(issued: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Ten complications in the last shift of the plan, an hour and more into it."""
    late = max(route["shift"]["start"] for route in issued["routes"])
    crews = [k for k, route in enumerate(issued["routes"]) if route["shift"]["start"] == late]
    hour = int(late[11:13])
    first, second = f"{hour + 1}:10", f"{hour + 2}:00"
    name = issued["routes"][crews[0]]["crew"]
    ahead = [event for event in issued["routes"][crews[0]]["events"] if event["kind"] == "visit"][6:]
    street = next(event["street"] for event in ahead if event["street"])
    lon, lat = ahead[0]["place"]
    added = f"{lon + 0.002:.6f},{lat:.6f},15,{hour + 2}:10-{hour + 3}:20"
    stop = f"{crews[0] + 1}.{ahead[0]['order']}"
    return [
        ("nothing", first, []),
        ("crew out", first, ["--sick", name]),
        ("crew out late", second, ["--sick", name]),
        ("street closed", first, ["--close", street]),
        ("street closed late", second, ["--close", street]),
        ("stop forbidden", first, ["--forbid", stop]),
        ("stop added", first, ["--add", added]),
        ("stop added, street closed", first, ["--add", added, "--close", street]),
        ("crew out, stop added", first, ["--sick", name, "--add", added]),
        ("crew out, street closed, stop forbidden", second,
         ["--sick", name, "--close", street, "--forbid", stop]),
    ]  # fmt: skip


def _patrolplan(*words: object) -> Any:
    command = [sys.executable, "-m", "patrolplan", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"patrolplan {' '.join(map(str, words))}:\n{done.stderr}")
    return json.loads(done.stdout) if "--json" in words else None


if __name__ == "__main__":
    main()
