"""What stands between a command and the person at the terminal: progress, Ctrl-C, exit codes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from patrolplan.errors import InputError, NoPlanError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

BAD_INPUT, NO_PLAN, WITH_WARNINGS, INTERRUPTED = 1, 3, 4, 130
"""Exit codes; 0 is done, 2 wrong usage (click's own)."""


STAGES = {
    "compiling": "compiling (kept for the next time)",
    "routing": "OR-Tools",
    "refine": "refining",
    "bound": "bounding",
}


class Verb(click.Command):
    """A command whose errors, where the user can mend them, end with a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors go to stderr, and with ``--json`` as an object to stdout too."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            _fail(ctx, "bad input", f"error: {error}", error.faults, BAD_INPUT)
        except NoPlanError as error:
            _fail(ctx, "no plan possible", f"no plan possible: {error}", (str(error),), NO_PLAN)
        except KeyboardInterrupt:
            _fail(ctx, "interrupted", "ended; nothing was written", (), INTERRUPTED)


class Verbs(click.Group):
    """The group of all commands."""

    command_class = Verb


class Desk:
    """Tells on stderr how far the work is: a bar on a terminal, plain lines elsewhere.

    A long search on a terminal shows its share and the best score so far; elsewhere each step is
    one line, so that logs stay short.
    """

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None

    def __enter__(self) -> Desk:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, words: str) -> None:
        """A new step of the work begins."""
        if self._bar is None:
            say(f"{words} ...")
        else:
            self._bar.update(self._task, description=words, total=None, completed=0)

    def search(self, progress: Any) -> None:
        """Where the search stands: any object with ``stage``, ``share`` (0 to 1) and ``score``."""
        if self._bar is not None:
            words = f"searching routes: {STAGES.get(progress.stage, progress.stage)}"
            if progress.score > 0:
                words += f", best so far {progress.score * 100:.3f} % of the week's need"
            if getattr(progress, "upper_bound", None):
                words += (
                    f", at least {progress.score / progress.upper_bound * 100:.0f} % of the best possible"
                )
            self._bar.update(self._task, description=words, total=1.0, completed=progress.share)


def say(words: str) -> None:
    """A line for people, on stderr."""
    click.echo(words, err=True)


@contextmanager
def interruptible(tell: Callable[[str], None] = say) -> Iterator[Event]:
    """An event that is set by the first Ctrl-C (or SIGTERM); the second ends at once.

    Outside the main thread signals are left alone and the event is never set.
    """
    asked = Event()
    if current_thread() is not main_thread():
        yield asked
        return

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        tell("stopping: the best plan so far will be written; once more ends without one")

    kept = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def end(
    summary: dict[str, Any], lines: Sequence[str], *, warnings: Sequence[str], as_json: bool, strict: bool
) -> None:
    """Tell people the lines and warnings, machines the summary; under ``strict`` warnings fail."""
    for line in lines:
        if line.removeprefix("note: ") not in warnings:
            say(line)
    for warning in warnings:
        if f"warning: {warning}" not in lines:
            say(f"warning: {warning}")
    if as_json:
        from patrolplan.io.json_text import json_text

        click.echo(json_text(summary), nl=False)
    if strict and warnings:
        raise SystemExit(WITH_WARNINGS)


def _fail(ctx: click.Context, error: str, words: str, faults: Sequence[str], code: int) -> NoReturn:
    say(words)
    if ctx.params.get("as_json"):
        from patrolplan.io.json_text import json_text

        click.echo(json_text({"error": error, "faults": list(faults)}), nl=False)
    raise SystemExit(code)
