"""The verb `week`: next week's roster and routes in a folder of their own."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.commands.desk import Desk, Verb, end, interruptible
from patrolplan.commands.options import (
    OUT_FOLDER,
    as_json,
    force_edited,
    language,
    one_effort,
    plan_file,
    seconds_of_day,
    seed,
    solutions,
    strict,
    week_asked,
)

if TYPE_CHECKING:
    from patrolplan.orders.week.run_week import WrittenWeek


@click.command(cls=Verb, short_help="Plan a week: roster, routes, ledger.")
@plan_file
@week_asked
@click.option(
    "--out",
    metavar="DIR",
    type=OUT_FOLDER,
    required=True,
    help="Folder of the weeks; the week gets one of its own in it.",
)
@seconds_of_day
@solutions
@seed
@language
@click.option("--dry-run", is_flag=True, help="Plan and tell, but write nothing.")
@as_json
@strict
@force_edited
def week(
    plan_file: Path,
    monday: dt.date,
    out: Path,
    language: str | None,
    dry_run: bool,
    as_json: bool,
    strict: bool,
    force: bool,
    **changes: Any,
) -> None:
    """Choose who patrols when, plan every day's routes, and write the week into DIR/2026-W48.

    The week is planned against the ledger of the weeks before: places are taken in turn, times and
    order vary at a stated loss. The same week again takes the place of the one before.
    """
    from patrolplan.commands.week_words import week_lines, week_summary
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.overrides import changed

    one_effort(changes["seconds"], changes["solutions"])
    begun = time.perf_counter()
    settings = changed(read_plan_file(plan_file), **changes)
    with Desk() as desk, interruptible() as interrupted:
        from patrolplan.orders.pipeline import stop_of
        from patrolplan.orders.week.run_week import run_week

        stop = replace(stop_of(settings), interrupted=interrupted)
        written: WrittenWeek = run_week(
            settings,
            monday,
            out,
            stop=stop,
            language=language,
            force=force,
            dry_run=dry_run,
            options=changes,
            on_progress=desk.step,
            on_search=desk.search,
        )
    summary = week_summary(written, seconds=time.perf_counter() - begun)
    end(summary, week_lines(written), warnings=written.planned.warnings, as_json=as_json, strict=strict)
