"""A community's week as a task: planned once, skipped when it stands there already, never left half done."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from patrolplan.errors import InputError, NoPlanError

WRITTEN, THERE, FAILED, NOT_BEGUN = "written", "already there", "failed", "not begun"
"""What can become of a task."""

LOCK_WAIT_S = 24 * 3600.0
"""How long a task waits for another job at the same community."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One community's week, in values that travel to another process or machine.

    Attributes
    ----------
    name
        Of the community's folder of weeks.
    plan_file, out
        Absolute paths: the plan file, and the folder of the weeks.
    week
        "2026-W48".
    language
        Of what people hold; the community's if None.
    options
        ``seconds``, ``solutions``, ``seed`` instead of the plan file's; those that are None stay.
    force, again
        Write over files changed by hand; plan anew what stands there already.
    """

    name: str
    plan_file: str
    out: str
    week: str
    language: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    force: bool = False
    again: bool = False

    @property
    def folder(self) -> Path:
        """Folder of the week."""
        return Path(self.out) / self.week


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    name, state
        The task's name; "written", "already there", "failed" or "not begun".
    folder
        Of the week, "" where there is none.
    faults
        Why it failed, a sentence each.
    warnings
        As `week` gives them.
    figures
        ``crews``, ``officer_hours``, ``stops``, ``score``, ``share_on_shift``.
    seconds
        Of the task's process.
    peak_mb
        Most memory that its process held.
    """

    name: str
    state: str
    folder: str = ""
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: float = 0.0

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Outcome:
        """The outcome that :meth:`values` told."""
        tuples = {key: tuple(values[key]) for key in ("faults", "warnings")}
        return cls(**{**values, **tuples})

    def values(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


FIGURES = ("crews", "officer_hours", "stops", "score", "share_on_shift")


def do_task(task: Task) -> Outcome:
    """Plan a community's week, unless it stands there as it would come out; errors become faults.

    A lock beside the community's folder lets two jobs that want the same week do it once.
    """
    begun = time.perf_counter()
    try:
        state, warnings, figures = _done(task)
        found = Outcome(
            name=task.name, state=state, folder=str(task.folder), warnings=warnings, figures=figures
        )
    except InputError as error:
        found = Outcome(name=task.name, state=FAILED, faults=error.faults)
    except NoPlanError as error:
        found = Outcome(name=task.name, state=FAILED, faults=(f"no plan possible: {error}",))
    except Exception as error:
        # One community's trouble, whatever it is, is not the others': it is told with its place.
        found = Outcome(name=task.name, state=FAILED, faults=(_place_of(error),))
    used = {"seconds": round(time.perf_counter() - begun, 2), "peak_mb": round(_peak_mb(), 1)}
    return Outcome.of_values(found.values() | used)


def _done(task: Task) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    from patrolplan.io.lock import locked
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.io.write_week import read_week
    from patrolplan.jobs.verify import as_it_would_be
    from patrolplan.orders.made_from import made_from
    from patrolplan.orders.overrides import changed
    from patrolplan.orders.pipeline import stop_of
    from patrolplan.orders.week.run_week import held_weeks, make_folder, run_week
    from patrolplan.week.grid import week_of

    settings = changed(read_plan_file(task.plan_file), **task.options)
    stop, out = stop_of(settings), Path(task.out)
    make_folder(out)
    with locked(out / ".patrolplan-batch.lock", wait_s=LOCK_WAIT_S):
        with held_weeks(settings, out) as ledger:
            remembered = ledger is None or ledger.holds(task.week, task.folder)
        source = made_from(
            settings,
            made_by="week",
            stop=stop,
            language=task.language,
            week=task.week,
            options=task.options,
        )
        if remembered and not task.again and as_it_would_be(task.folder, source):
            facts = read_week(task.folder) or {}
            return THERE, (), {key: facts.get(key) for key in FIGURES}
        written = run_week(
            settings,
            week_of(task.week),
            out,
            stop=stop,
            language=task.language,
            force=task.force,
            options=task.options,
        )
    facts = written.planned.summary()
    return WRITTEN, written.planned.warnings, {key: facts.get(key) for key in FIGURES}


def _place_of(error: Exception) -> str:
    """An error nobody foresaw, in a line: its kind, words and place in the code."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"an error of the program, please report it: {type(error).__name__}: {error} "
        f"({Path(last.filename).name}, line {last.lineno})"
    )


def _peak_mb() -> float:
    """Most memory this process held, in MB; 0 where the system doesn't tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
