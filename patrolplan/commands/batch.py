"""The verb `batch`: one week for many communities."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.commands.desk import BAD_INPUT, WITH_WARNINGS, Verb, end, interruptible, say
from patrolplan.commands.options import (
    IN_FILE,
    OUT_FOLDER,
    as_json,
    force_edited,
    language,
    one_effort,
    seconds_of_day,
    seed,
    solutions,
    strict,
    week_asked,
)

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from patrolplan.jobs.batch import Batch
    from patrolplan.jobs.task import Outcome, Task

SHOWN_ROWS = 30
"""Rows of the table while it grows; all stand in it at the end."""


@click.command(cls=Verb, short_help="Plan a week for many communities.")
@click.argument("communities", metavar="COMMUNITY...", type=IN_FILE, nargs=-1, required=True)
@week_asked
@click.option(
    "--out", metavar="DIR", type=OUT_FOLDER, required=True, help="Each community gets a folder in it."
)
@click.option(
    "--processes", metavar="N", type=click.IntRange(1, 1000), help="How many at a time.  [default: by cores]"
)
@click.option(
    "--scheduler", metavar="URL", help="Work on a Dask cluster, such as tcp://10.0.0.5:8786, instead."
)
@seconds_of_day
@solutions
@seed
@language
@click.option("--again", is_flag=True, help="Plan anew what stands there already.")
@as_json
@strict
@force_edited
def batch(
    communities: tuple[Path, ...],
    monday: dt.date,
    out: Path,
    processes: int | None,
    scheduler: str | None,
    language: str | None,
    again: bool,
    as_json: bool,
    strict: bool,
    force: bool,
    **changes: Any,
) -> None:
    """Plan the same week for many communities, each in a process of its own.

    A COMMUNITY is a plan file, a folder with a plan.toml, or a folder of such folders. The week goes to
    DIR/<name of its folder>/2026-W48. What stands there already, made from the same inputs, settings and
    versions, is left as it is: a batch that was ended goes on where it was.

    Ends with exit code 1 if any failed; the others are planned all the same.
    """
    from patrolplan.jobs.batch import run_batch, tasks_of

    one_effort(changes["seconds"], changes["solutions"])
    if processes is not None and scheduler is not None:
        raise click.UsageError("give either --processes or --scheduler, not both: the cluster knows its own")
    begun = time.perf_counter()
    tasks = tasks_of(communities, monday, out, language=language, options=changes, force=force, again=again)
    with interruptible(_stopping) as interrupted, Board(tasks) as board:
        found = run_batch(
            tasks,
            processes=processes,
            scheduler=scheduler,
            stopping=interrupted.is_set,
            on_begin=board.begin,
            on_outcome=board.outcome,
        )
    summary = found.summary() | {"seconds": round(time.perf_counter() - begun, 2)}
    warnings = [f"{outcome.name}: {words}" for outcome in found.outcomes for words in outcome.warnings]
    end(summary, _lines(found), warnings=warnings, as_json=as_json, strict=False)
    if found.failed:
        raise SystemExit(BAD_INPUT)
    if strict and warnings:
        raise SystemExit(WITH_WARNINGS)


def _stopping(_: str) -> None:
    say("stopping: no other community is begun, those at work come to their end; once more ends them too")


class Board:
    """How far a batch is: a table that grows on a terminal, a line an outcome elsewhere."""

    def __init__(self, tasks: tuple[Task, ...]) -> None:
        self._count = len(tasks)
        self._begun: dict[str, float] = {}
        self._ended: list[Outcome] = []
        self._live: Live | None = None

    def __enter__(self) -> Board:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(
                get_renderable=self._shown, console=Console(stderr=True), refresh_per_second=2, transient=True
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def begin(self, task: Task) -> None:
        """A task begins on this machine."""
        self._begun[task.name] = time.perf_counter()

    def outcome(self, outcome: Outcome) -> None:
        """A task has ended."""
        self._begun.pop(outcome.name, None)
        self._ended.append(outcome)
        if self._live is None:
            say(f"{len(self._ended)} of {self._count}: {outcome.name}: {_told(outcome)}")

    def _shown(self) -> Table:
        table = _table()
        table.caption = f"{len(self._ended)} of {self._count}"
        now = time.perf_counter()
        for outcome in self._ended[-SHOWN_ROWS:]:
            table.add_row(*_row(outcome))
        for name, since in list(self._begun.items()):
            table.add_row(name, "at work", "", "", "", f"{now - since:.0f}")
        return table


def _table() -> Table:
    from rich.table import Table

    table = Table("community", "", box=None)
    for column in ("patrols", "visits", "need under effect", "seconds"):
        table.add_column(column, justify="right")
    return table


def _row(outcome: Outcome) -> tuple[str, ...]:
    figures = outcome.figures
    if not figures:
        return (outcome.name, outcome.state, "", "", "", f"{outcome.seconds:.0f}")
    share = figures["share_on_shift"]
    return (
        outcome.name,
        outcome.state,
        str(figures["crews"]),
        str(figures["stops"]),
        "" if share is None else f"{share:.1%}",
        f"{outcome.seconds:.0f}",
    )


def _told(outcome: Outcome) -> str:
    faults = f": {'; '.join(outcome.faults)}" if outcome.faults else ""
    return f"{outcome.state}{faults} ({outcome.seconds:.0f} s)"


def _lines(batch: Batch) -> list[str]:
    """The table as plain lines, what failed and why, and the sum."""
    from io import StringIO

    from rich.console import Console

    table = _table()
    for outcome in batch.outcomes:
        table.add_row(*_row(outcome))
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(table)
    assert isinstance(console.file, StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    lines += [f"{outcome.name}: {fault}" for outcome in batch.outcomes for fault in outcome.faults]
    counts = ", ".join(f"{count} {state}" for state, count in batch.counts().items() if count)
    return [*lines, f"week {batch.week}: {counts}"]
