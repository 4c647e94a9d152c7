"""The verb ``report``: what council and residents are told of the patrol, twice a year or each quarter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from patrolplan.commands.desk import Desk, Verb, end
from patrolplan.commands.options import IN_FILE, OUT_FOLDER, as_json, day_of_text, language, strict


@click.command(cls=Verb, short_help="Tell the community: named, walked, changed.")
@click.argument("plan_file", metavar="plan.toml", type=IN_FILE)
@click.option("--from", "first", metavar="YYYY-MM-DD", callback=day_of_text, help="First day.")
@click.option("--to", "last", metavar="YYYY-MM-DD", callback=day_of_text, help="Last day.")
@click.option("--quarter", metavar="2026-Q3", help="The days of a quarter.")
@click.option("--half", metavar="2026-H1", help="The days of half a year.")
@click.option("--out", metavar="DIR", type=OUT_FOLDER, required=True, help="Folder of the report alone.")
@click.option(
    "--plan",
    "plans",
    metavar="DIR",
    type=OUT_FOLDER,
    multiple=True,
    help="Folder of a plan to read visits from, instead of the ledger; may be given often.",
)
@click.option(
    "--words",
    "in_own_words",
    is_flag=True,
    help="Tell problems in the words they were named with. Read them first: they may name people.",
)
@language
@as_json
@strict
def report(
    plan_file: Path,
    first: dt.date | None,
    last: dt.date | None,
    quarter: str | None,
    half: str | None,
    out: Path,
    plans: tuple[Path, ...],
    in_own_words: bool,
    language: str | None,
    as_json: bool,
    strict: bool,
) -> None:
    """Write a report for council and residents, as a page and a PDF.

    Problems that were named, what was walked there, what records say before and after; minutes
    against need and people by settlement. Days that are over alone; streets with fewer than five
    records and kinds that are never named stay hidden, as on the public page.
    """
    from patrolplan.commands.report_words import report_lines, report_summary
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.community_report import days_of, report_into

    given = [text for text in (quarter, half) if text is not None]
    if len(given) + (first is not None or last is not None) != 1 or (first is None) != (last is None):
        raise click.UsageError("give --from and --to, or --quarter, or --half")
    days = days_of(given[0]) if given else None
    settings = read_plan_file(plan_file)
    with Desk() as desk:
        written = report_into(
            settings,
            out,
            days=days or (first or dt.date.min, last or dt.date.min),
            as_of=dt.datetime.now(dt.UTC),
            plans=plans,
            language=language,
            in_own_words=in_own_words,
            on_progress=desk.step,
        )
    end(
        report_summary(written), report_lines(written), warnings=written.notes, as_json=as_json, strict=strict
    )
