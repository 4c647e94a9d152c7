"""Options that several verbs share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

IN_FILE = click.Path(path_type=Path)
OUT_FILE = click.Path(path_type=Path, dir_okay=False)
OUT_FOLDER = click.Path(path_type=Path, file_okay=False)


def day_of_text(_: click.Context, __: click.Parameter, text: str | None) -> dt.date | None:
    """The date of "2026-11-23"."""
    try:
        return dt.date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise click.BadParameter(f"{text!r}: give a day such as 2026-11-23") from None


as_json = click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON on stdout.")


def _language(_: click.Context, __: click.Parameter, code: str | None) -> str | None:
    """A language there are words in."""
    from patrolplan.i18n import languages

    if code is not None and code not in languages():
        raise click.BadParameter(f"{code!r}: give one of {', '.join(languages())}")
    return code


language = click.option(
    "--lang", "language", metavar="CODE", callback=_language, help="Language of the files: en, uk."
)
