"""The verb `week`: next week's roster and routes in a folder of their own."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.cli_desk import Desk, Verb, end, interruptible

if TYPE_CHECKING:
    from patrolplan.run_week import WrittenWeek


def monday_of_text(_: click.Context, __: click.Parameter, text: str | None) -> dt.date:
    """The Monday of "2026-W48"; of the next week if not given."""
    from patrolplan.errors import InputError
    from patrolplan.week.grid import week_of

    if text is None:
        today = dt.datetime.now(dt.UTC).date()
        return today + dt.timedelta(days=7 - today.weekday())
    try:
        return week_of(text)
    except InputError as error:
        raise click.BadParameter(str(error)) from None


def language_of_text(_: click.Context, __: click.Parameter, code: str | None) -> str | None:
    """A language there are words in."""
    from patrolplan.i18n import languages

    if code is not None and code not in languages():
        raise click.BadParameter(f"{code!r}: give one of {', '.join(languages())}")
    return code


@click.command(cls=Verb, short_help="Plan a week: roster, routes, ledger.")
@click.argument("plan_file", metavar="plan.toml", type=click.Path(path_type=Path))
@click.option(
    "--week", "monday", metavar="2026-W48", callback=monday_of_text, help="The week.  [default: next week]"
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of the weeks; the week gets one of its own in it.",
)
@click.option(
    "--seconds", metavar="S", type=click.FloatRange(0, 86400, min_open=True), help="Search for each day."
)
@click.option(
    "--solutions", metavar="N", type=click.IntRange(1, 100000), help="Search a fixed amount: repeats exactly."
)
@click.option("--seed", metavar="N", type=click.IntRange(0, 2**31 - 1), help="Seed of all chance.")
@click.option(
    "--lang", "language", metavar="CODE", callback=language_of_text, help="Language of the files: en, uk."
)
@click.option("--dry-run", is_flag=True, help="Plan and tell, but write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout.")
@click.option("--strict", is_flag=True, help="End with exit code 4 if there were warnings.")
@click.option("--force", is_flag=True, help="Write over files that were changed by hand.")
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
    from patrolplan.cli_week_words import week_lines, week_summary
    from patrolplan.config_asked import left_aside
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.overrides import changed

    if changes["seconds"] is not None and changes["solutions"] is not None:
        raise click.UsageError("give either --seconds or --solutions, not both")
    begun = time.perf_counter()
    settings = changed(read_plan_file(plan_file), **changes)
    with Desk() as desk, interruptible() as interrupted:
        from patrolplan.pipeline import stop_of
        from patrolplan.run_week import run_week

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
    warnings = (*written.planned.warnings, *left_aside(settings, "week"))
    end(summary, week_lines(written), warnings=warnings, as_json=as_json, strict=strict)
