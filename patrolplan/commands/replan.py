"""The verb ``replan``: an issued plan mended in the middle of the shift."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.commands.desk import Desk, Verb, end, interruptible
from patrolplan.commands.options import IN_FILE, OUT_FOLDER, as_json, search_of, stop_asked
from patrolplan.errors import InputError

if TYPE_CHECKING:
    from patrolplan.issued import IssuedPlan
    from patrolplan.orders.replan.trouble import Added


SEARCH_S = 10.0
"""Seconds of search: people wait in the street."""


@click.command(cls=Verb, short_help="Mend an issued plan in the middle of a shift.")
@click.argument("plan", metavar="PLAN", type=IN_FILE)
@click.option("--now", metavar="HH:MM", required=True, help="From when on the plan may change.")
@click.option("--sick", metavar="CREW", multiple=True, help="A crew (or its officer) that ends its duty.")
@click.option(
    "--close", "closed", metavar="STREET|FILE", multiple=True, help="A street by name, or areas in a file."
)
@click.option("--forbid", metavar="STOP", multiple=True, help='A stop to leave, by name or number ("2.5").')
@click.option(
    "--add", "added", metavar="LON,LAT,MIN,FROM-TO", multiple=True, help="A stop that must be made."
)
@click.option(
    "--at", "elsewhere", metavar="CREW=LON,LAT", multiple=True, help="Where a crew is, if not as planned."
)
@click.option("--alarm", is_flag=True, help="Keep to streets near a shelter.")
@click.option(
    "--shelter-min",
    metavar="MIN",
    type=click.FloatRange(0, 60, min_open=True),
    default=5.0,
    show_default=True,
    help="Minutes to a shelter, with --alarm.",
)
@click.option("--plan-file", metavar="plan.toml", type=IN_FILE, help="[default: the one beside PLAN]")
@search_of(SEARCH_S)
@click.option("--out", metavar="FOLDER", type=OUT_FOLDER, help="[default: PLAN with the time behind it]")
@as_json
def replan(
    plan: Path, now: str, sick: tuple[str, ...], closed: tuple[str, ...], forbid: tuple[str, ...],
    added: tuple[str, ...], elsewhere: tuple[str, ...], alarm: bool, shelter_min: float,
    plan_file: Path | None, seconds: float | None, solutions: int | None, seed: int, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Mend the plan in the folder PLAN: what was walked stays, the rest changes as little as it must.

    Crews are taken to be where the plan has them at --now, unless --at tells otherwise. New files go
    to a folder of their own, with the changes alone in changes.txt, short enough for a messenger.
    """
    from patrolplan.io.changes import changes_of, changes_text
    from patrolplan.io.issued_file import read_issued
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.replan.trouble import Trouble, known_crews

    issued = read_issued(plan)
    at = _instant(issued, now)
    streets, areas = _closures(closed)
    trouble = Trouble(
        now=at,
        sick=known_crews(issued, sick),
        streets=streets,
        areas=areas,
        forbid=forbid,
        add=tuple(_added(issued, text) for text in added),
        alarm_min=shelter_min if alarm else None,
        at=dict(_place_told(issued, text) for text in elsewhere),
    )
    settings = read_plan_file(plan_file or _beside(plan))
    folder = out or plan.with_name(f"{plan.resolve().name}-{at:%H%M}")
    if folder.exists():
        raise InputError(f"{folder}: is there already; name another folder with --out")
    stop = stop_asked(seconds, solutions, default_s=SEARCH_S)
    with Desk() as desk, interruptible() as interrupted:
        from patrolplan.orders.replan.replan import replan as mend

        stop = replace(stop, interrupted=interrupted)
        found = mend(
            settings, issued, trouble, stop=stop, seed=seed, on_progress=desk.step, on_search=desk.search
        )
        changes = changes_of(found.plan, issued, at, moves=found.moves)
        text = changes_text(found.plan, issued, changes, at, language=issued.language)
        desk.step("writing files")
        _write(found.plan, folder, issued.language, plan / "plan.ics", text)
    scores = found.plan.scores
    summary = {
        "out": str(folder),
        "kept_share": found.kept_share,
        "score": scores["score"],
        "score_of_what_was_left": found.score_left,
        "share_on_shift": scores["share_on_shift"],
        "changes": [vars(change) for change in changes],
    }
    lines = [
        *text.rstrip().splitlines(),
        "",
        f"{found.kept_share:.0%} of the stops that were ahead are kept; written to {folder}",
    ]
    end(summary, lines, warnings=found.lost, as_json=as_json, strict=False)


def _write(plan: Any, folder: Path, language: str, calendar: Path, text: str) -> None:
    """All files at once; the calendar goes on from the one that was issued, so that it replaces it."""
    from patrolplan.in_language import in_language
    from patrolplan.io.atomic import atomic_folder
    from patrolplan.io.outputs import write_plan

    with atomic_folder(folder) as unfinished:
        if calendar.exists():
            shutil.copyfile(calendar, unfinished / calendar.name)
        write_plan(in_language(plan, language), unfinished)
        (unfinished / "changes.txt").write_text(text, encoding="utf-8")


def _beside(plan: Path) -> Path:
    """The plan file that a plan's folder was most likely made from."""
    home = plan.resolve().parent
    for place in (home / "plan.toml", home / "input" / "plan.toml"):
        if place.exists():
            return place
    raise InputError(f"{home}: no plan.toml beside the plan; name it with --plan-file")


def _instant(issued: IssuedPlan, text: str) -> dt.datetime:
    """The time on the clock within the plan's shifts."""
    start = min(route.crew.shift.start for route in issued.routes)
    last = max(route.crew.shift.end for route in issued.routes)
    at = _on_clock(issued, text)
    if not start - dt.timedelta(hours=12) <= at < last:
        raise InputError(f"--now {text}: the plan's shifts run from {start:%H:%M} to {last:%H:%M}")
    return at


def _on_clock(issued: IssuedPlan, text: str) -> dt.datetime:
    """A wall-clock time of the plan's day, or of the next morning for shifts over midnight."""
    try:
        clock = dt.time.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{text!r} is no time of the day; give one such as 18:40") from None
    start = min(route.crew.shift.start for route in issued.routes)
    last = max(route.crew.shift.end for route in issued.routes)
    at = dt.datetime.combine(start.date(), clock, tzinfo=start.tzinfo)
    late = dt.datetime.combine(last.date(), clock, tzinfo=start.tzinfo)
    return late if at < start and late < last else at


def _closures(closed: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """Names of streets, and the areas of the files among them."""
    import geopandas as gpd
    import pandas as pd

    from patrolplan.io.closures_file import read_closures

    names, areas = [], []
    for text in closed:
        if Path(text).suffix and Path(text).exists():
            areas.append(read_closures(text).areas.geometry)
        else:
            names.append(text)
    return tuple(names), gpd.GeoSeries(pd.concat(areas)) if areas else None


def _place_told(issued: IssuedPlan, text: str) -> tuple[str, tuple[float, float]]:
    """The crew and place of "Crew 1=30.52,50.45"."""
    from patrolplan.orders.replan.trouble import known_crews

    name, sign, place = text.rpartition("=")
    if not sign or not name.strip():
        raise InputError(f"--at {text}: give a crew and its place, such as Crew 1=30.52,50.45")
    try:
        lon, lat = (float(part) for part in place.split(","))
    except ValueError:
        raise InputError(f"--at {text}: give a crew and its place, such as Crew 1=30.52,50.45") from None
    crews = known_crews(issued, (name,))
    if len(crews) != 1:
        raise InputError(f"--at {text}: {name} is in several crews ({', '.join(crews)}); name the crew")
    return crews[0], (lon, lat)


def _added(issued: IssuedPlan, text: str) -> Added:
    """The stop of "30.52,50.45,15,19:00-20:00"."""
    from patrolplan.orders.replan.trouble import Added

    try:
        lon, lat, minutes, span = text.split(",")
        start, stop = (_on_clock(issued, part) for part in span.split("-"))
        one = Added(lon=float(lon), lat=float(lat), minutes=float(minutes), start=start, end=stop)
    except ValueError:
        told = "give longitude, latitude, minutes and from-to, such as 30.52,50.45,15,19:00-20:00"
        raise InputError(f"--add {text}: {told}") from None
    if not 0 < one.minutes <= 240 or one.end - one.start < dt.timedelta(minutes=one.minutes):
        raise InputError(f"--add {text}: {minutes} minutes don't fit between {span.replace('-', ' and ')}")
    return one
