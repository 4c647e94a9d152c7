"""What people hold, in seconds and bytes: all files of a week of six officers, the map of a large town.

    python benchmarks/outputs.py --data ../shared/data

The week is planned on Philadelphia through the plan file, six officers on seven days, with little search:
only the writing is timed. The large town is made: a lattice of 20,000 streets; its page is opened in headless
Chromium (median of five), where there is one.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

FIRST, DAYS, OFFICERS = date(2026, 11, 23), 7, 6


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--solutions", default=30, show_default=True, help="Search for the week's plan.")
def main(data: Path, solutions: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        week(data, Path(scratch), solutions)
        large(Path(scratch))


def week(data: Path, scratch: Path, solutions: int) -> None:
    from patrolplan.io.outputs import write_plan
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.pipeline import make
    from patrolplan.solver.stop import Stop

    plan = make(read_plan_file(plan_file(data, scratch)), stop=Stop(solutions=solutions))
    begun, begun_cpu = time.perf_counter(), time.process_time()
    files = write_plan(plan, scratch / "out")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    size = sum(file.stat().st_size for file in files.values())
    click.echo(
        f"week: {len(plan.network.segments):,} segments, {len(plan.crews)} shifts, {len(plan.stops)} stops: "
        f"{len(files)} files, {size / 1e6:.1f} MB in {seconds:.1f} s ({cpu:.1f} s of CPU); "
        f"map.html {files['map.html'].stat().st_size / 1e6:.2f} MB"
    )
    opened(files["map.html"])


def plan_file(data: Path, scratch: Path) -> Path:
    """The plan file that `init` writes, with the crews of a whole week."""
    from patrolplan.io.init import init_folder

    folder = scratch / "week"
    init_folder(
        folder,
        streets=data / "philadelphia/streets.osm",
        offences=data / "philadelphia/offences_2018.csv",
        officers=OFFICERS,
        date=FIRST,
        shift="16:00-20:00",
    )
    path = folder / "plan.toml"
    head, *blocks = path.read_text(encoding="utf-8").split("[[crews]]")
    tail = "[plan]" + blocks[-1].split("[plan]")[1]
    station = next(line for line in blocks[0].splitlines() if line.startswith("start"))
    crews = (
        f'[[crews]]\nname = "Officer {n}, day {day + 1}"\nofficers = ["Officer {n}"]\n'
        f'shift = "{"10:00-14:00" if n % 2 else "16:00-20:00"}"\n'
        f"date = {FIRST + timedelta(days=day)}\n{station}\n"
        for day in range(DAYS)
        for n in range(1, OFFICERS + 1)
    )
    path.write_text("\n".join([head, *crews, tail]), encoding="utf-8")
    return path


def large(scratch: Path) -> None:
    from plan_of_lattice import plan_of_lattice

    from patrolplan.io.map_page import write_map

    plan = plan_of_lattice(side=101, n_hot_spots=61, crews=6)
    begun = time.perf_counter()
    page = write_map(plan, scratch / "large.html")
    click.echo(
        f"large town: {len(plan.network.segments):,} segments: map page {page.stat().st_size / 1e6:.2f} MB "
        f"in {time.perf_counter() - begun:.1f} s"
    )
    opened(page)


def opened(page_file: Path) -> None:
    """Seconds from asking for the page until it says it is ready."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        click.echo("  no Chromium on this machine: not opened")
        return
    from playwright.sync_api import sync_playwright

    taken = []
    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for _ in range(5):
            page = running.new_page(viewport={"width": 1280, "height": 800})
            begun = time.perf_counter()
            page.goto(page_file.as_uri())
            page.wait_for_selector("html[data-ready]")
            taken.append(time.perf_counter() - begun)
            page.close()
        running.close()
    click.echo(f"  opens in {statistics.median(taken):.2f} s (median of {len(taken)})")


if __name__ == "__main__":
    main()
