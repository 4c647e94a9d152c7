"""Options that several verbs share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from patrolplan.solver.stop import Stop

IN_FILE = click.Path(path_type=Path)
OUT_FILE = click.Path(path_type=Path, dir_okay=False)
OUT_FOLDER = click.Path(path_type=Path, file_okay=False)
SECONDS = click.FloatRange(0, 86400, min_open=True)
SEED = click.IntRange(0, 2**31 - 1)

Command = TypeVar("Command", bound=Callable[..., Any])


def day_of_text(_: click.Context, __: click.Parameter, text: str | None) -> dt.date | None:
    """The date of "2026-11-23"."""
    try:
        return dt.date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise click.BadParameter(f"{text!r}: give a day such as 2026-11-23") from None


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


plan_file = click.argument("plan_file", metavar="plan.toml", type=IN_FILE)
as_json = click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON on stdout.")
strict = click.option("--strict", is_flag=True, help="End with exit code 4 if there were warnings.")
force = click.option("--force", is_flag=True, help="Replace files that patrolplan did not write.")
force_edited = click.option("--force", is_flag=True, help="Write over files that were changed by hand.")
language = click.option(
    "--lang", "language", metavar="CODE", callback=language_of_text, help="Language of the files: en, uk."
)
week_asked = click.option(
    "--week", "monday", metavar="2026-W48", callback=monday_of_text, help="The week.  [default: next week]"
)
seconds_of_day = click.option("--seconds", metavar="S", type=SECONDS, help="Search for each day.")
seconds = click.option("--seconds", metavar="S", type=SECONDS, help="Seconds of search.")
solutions = click.option(
    "--solutions", metavar="N", type=click.IntRange(1, 100000), help="Search a fixed amount: repeats exactly."
)
seed = click.option("--seed", metavar="N", type=SEED, help="Seed of all chance.")
seed_or_0 = click.option("--seed", metavar="N", type=SEED, default=0, show_default=True, help="Seed.")


def one_effort(seconds: float | None, solutions: int | None) -> None:
    """Refuse a time and an amount of search at once."""
    if seconds is not None and solutions is not None:
        raise click.UsageError("give either --seconds or --solutions, not both")


def search_of(default_s: float) -> Callable[[Command], Command]:
    """The options ``--seconds``, ``--solutions`` and ``--seed`` of a verb that has its own default effort."""

    def add(command: Command) -> Command:
        told = f"Seconds of search for each plan.  [default: {default_s:g}]"
        spent = click.option("--seconds", metavar="S", type=SECONDS, help=told)
        return spent(solutions(seed_or_0(command)))

    return add


def stop_asked(seconds: float | None, solutions: int | None, *, default_s: float) -> Stop:
    """When the search ends, by the options that `search_of` gives."""
    from patrolplan.solver.stop import Stop

    one_effort(seconds, solutions)
    return Stop(solutions=solutions) if solutions is not None else Stop(seconds=seconds or default_s)


def first_day(of: str) -> Callable[[Command], Command]:
    """The option ``--from``, which must be given."""
    return click.option(
        "--from", "first", metavar="YYYY-MM-DD", callback=day_of_text, required=True, help=f"First day {of}."
    )


def last_day(of: str) -> Callable[[Command], Command]:
    """The option ``--to``."""
    told = f"Last day {of}.  [default: of the records]"
    return click.option("--to", "last", metavar="YYYY-MM-DD", callback=day_of_text, help=told)


def horizon_days(least: int, told: str) -> Callable[[Command], Command]:
    """The option ``--horizon-days``."""
    kind = click.IntRange(least, 366)
    return click.option("--horizon-days", metavar="N", type=kind, default=28, show_default=True, help=told)
