"""A week for twelve communities: one process, two processes, and a Dask cluster of two workers.

    python benchmarks/batch.py --data ../shared/data

Clips of OpenStreetMap extracts, one officer and one patrol each, little search. Each way starts from the same
fresh folders; seconds are those of the whole command, the cluster's own start apart, memory is the
greatest sum over all its processes. At the end the bytes of all three are compared.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

WEEK = "2026-W48"
CLIPS = {
    "osm/monaco_2020.osm.pbf": ("Europe/Monaco", (7.414, 43.729, 7.430, 43.741), 2, 0.004),
    "osm/minsk_centre.osm": ("Europe/Minsk", (27.5438, 53.8951, 27.5566, 53.8995), 1, 0.0),
    "osm/west_oakland.osm.bz2": ("America/Los_Angeles", (-122.312, 37.806, -122.300, 37.816), 2, 0.007),
    "philadelphia/streets.osm": ("America/New_York", (-75.169, 39.972, -75.158, 39.981), 3, 0.006),
    "london/streets.osm.pbf": ("Europe/London", (-0.113, 51.512, -0.104, 51.519), 2, 0.008),
    "baltimore/streets.osm.pbf": ("America/New_York", (-76.594, 39.280, -76.583, 39.288), 2, 0.015),
}
"""File -> time zone, a box, how many boxes side by side, and by how many degrees they are apart."""


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--solutions", default=1, show_default=True)
def main(data: Path, solutions: int) -> None:
    """Print the figures."""
    from jobs_cluster import local_cluster

    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        start = communities(data, home / "start")
        one = taken("one process", start, home / "one", solutions, "--processes", "1")
        two = taken("two processes", start, home / "two", solutions, "--processes", "2")
        with local_cluster(home, workers=2) as (address, workers):
            three = taken(
                "Dask, two workers", start, home / "three", solutions, "--scheduler", address,
                others=[psutil.Process(worker.pid) for worker in workers],
            )  # fmt: skip
        click.echo(
            f"two processes: {one / two:.2f} times as fast as one; the cluster: {one / three:.2f} times"
        )
        same = {name: bytes_of(home / name) for name in ("one", "two", "three")}
        alike = same["one"] == same["two"] == same["three"]
        click.echo(f"{len(same['one'])} files of each: {'the same bytes in all three' if alike else 'OTHER'}")


def communities(data: Path, home: Path) -> Path:
    """A folder with a plan file for each clip."""
    for file, (zone, (west, south, east, north), count, apart) in CLIPS.items():
        for number in range(count):
            box = (round(west + number * apart, 5), south, round(east + number * apart, 5), north)
            name = f"{Path(file).parent.name}-{Path(file).name.split('.')[0]}-{number + 1}"
            folder = home / name
            folder.mkdir(parents=True)
            (folder / "plan.toml").write_text(
                f'[community]\nname = "{name}"\ntimezone = "{zone}"\n'
                f'[streets]\nfile = "{(data / file).absolute()}"\nbbox = {list(box)}\n'
                f'[[stations]]\nname = "Station"\nlon = {(box[0] + box[2]) / 2}\n'
                f"lat = {(south + north) / 2}\n"
                '[[officers]]\nname = "Officer"\n[week]\nhours = 4\nmost_gap_days = 7\ntop_places = 3\n',
                encoding="utf-8",
            )
    return home


def taken(
    what: str, start: Path, home: Path, solutions: int, *how: str, others: list[psutil.Process] | None = None
) -> float:
    """Seconds of a whole batch; prints them and its memory."""
    shutil.copytree(start, home / "in")
    words = ["batch", str(home / "in"), "--week", WEEK, "--out", str(home / "out"), "--json"]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "patrolplan", *words, "--solutions", str(solutions), *how],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    peak = [0.0]
    watch = threading.Thread(
        target=watched, args=(process, [psutil.Process(process.pid), *(others or [])], peak)
    )
    watch.start()
    out, err = process.communicate()
    seconds = time.perf_counter() - begun
    watch.join()
    if process.returncode:
        raise click.ClickException(err)
    found = json.loads(out)["communities"]
    most = max(outcome["peak_mb"] for outcome in found)
    click.echo(
        f"{what}: {len(found)} communities in {seconds:.1f} s; {peak[0]:.0f} MB at the peak, "
        f"{most:.0f} MB in the largest process"
    )
    return seconds


def watched(process: subprocess.Popen[str], roots: list[psutil.Process], peak: list[float]) -> None:
    """Keep the greatest sum of memory of processes and all that they started."""
    while process.poll() is None:
        total = 0
        for root in roots:
            try:
                for each in (root, *root.children(recursive=True)):
                    total += each.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak[0] = max(peak[0], total / 2**20)
        time.sleep(0.2)


def bytes_of(home: Path) -> dict[str, str]:
    """Hash of every file of every week."""
    return {
        file.relative_to(home).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((home / "out").rglob("*"))
        if file.is_file() and not file.name.endswith(".lock")
    }


if __name__ == "__main__":
    main()
