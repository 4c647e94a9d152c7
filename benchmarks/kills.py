"""Kills `week` and `batch` at random moments, runs them again, and compares with an undisturbed run.

    python benchmarks/kills.py --kills 20

Half of the kills fall anywhere in the run, half after it began to write files, where harm could be done.
After each kill what stands must be whole; after the next run all bytes and every row of the ledgers must be
as they were without the kill. The second week is planned, so that the ledger holds one already.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

FIRST, SECOND = "2026-W47", "2026-W48"


@click.command()
@click.option("--kills", default=20, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--towns", default=2, show_default=True, help="Communities of the batch.")
@click.option("--verb", type=click.Choice(["week", "batch", "both"]), default="both", show_default=True)
def main(kills: int, seed: int, towns: int, verb: str) -> None:
    """Print a line a kill, and the sum."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("week", "batch") if verb == "both" else (verb,):
            killed(name, Path(scratch) / name, kills, 1 if name == "week" else towns, chance)


def killed(verb: str, scratch: Path, kills: int, towns: int, chance: random.Random) -> None:
    start = scratch / "start"
    prepare(verb, start, towns)
    whole = shutil.copytree(start, scratch / "whole")
    taken = -time.perf_counter()
    run(verb, whole, SECOND)
    taken += time.perf_counter()
    same, between = 0, 0
    for number in range(kills):
        home = shutil.copytree(start, scratch / f"kill{number}")
        aimed = number % 2 == 1
        after_s = chance.uniform(0, 0.6 if aimed else taken)
        ended = kill(verb, home, after_s, aimed=aimed)
        check(home)
        between += ended
        run(verb, home, SECOND)
        check(home)
        alike = states(home) == states(whole)
        same += alike
        since = "writing began" if aimed else "the start"
        how = "killed" if ended else "had ended before"
        told = "the same" if alike else "OTHER"
        click.echo(f"{verb}, kill {number + 1}: {after_s:.2f} s after {since}, {how}; then {told}")
        shutil.rmtree(home)
    click.echo(
        f"{verb}: {kills} kills, {between} of them before the end; {same} of {kills} the same afterwards"
    )


def prepare(verb: str, start: Path, towns: int) -> None:
    from cli_town import write_week_town

    for number in range(towns):
        write_week_town(start / "in" / f"town{number}", hours=4 + 2 * number)
    run(verb, start, FIRST)


def command(verb: str, home: Path, week: str) -> list[str]:
    place = home / "in/town0/plan.toml" if verb == "week" else home / "in"
    out = home / "out/town0" if verb == "week" else home / "out"
    more = [] if verb == "week" else ["--processes", "2"]
    words = [verb, place, "--week", week, "--out", out, "--solutions", "1", *more]
    return [sys.executable, "-m", "patrolplan", *map(str, words)]


def run(verb: str, home: Path, week: str) -> None:
    told = subprocess.run(command(verb, home, week), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def kill(verb: str, home: Path, after_s: float, *, aimed: bool) -> bool:
    """Start, kill the process after a time; whether it was still at work."""
    process = subprocess.Popen(command(verb, home, SECOND), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    writing = threading.Event()

    def read() -> None:
        for line in process.stderr or ():
            if "writing files" in line:
                writing.set()

    reader = threading.Thread(target=read)
    reader.start()
    if aimed and verb == "week":
        while not writing.wait(0.05) and process.poll() is None:
            pass
    elif aimed:
        while process.poll() is None and not any(home.glob("out/*/.patrolplan-new-*")):
            time.sleep(0.02)
    time.sleep(after_s)
    at_work = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    reader.join()  # the processes of a batch hold the other end: they have ended when it closes
    return at_work


def check(home: Path) -> None:
    from jobs_states import check_whole

    for town in sorted((home / "in").iterdir()):
        check_whole(home / "out" / town.name, town / "ledger.gpkg")


def states(home: Path) -> list[object]:
    from jobs_states import state

    return [state(home / "out" / town.name, town / "ledger.gpkg") for town in sorted((home / "in").iterdir())]


if __name__ == "__main__":
    main()
