"""Many communities' weeks: found, planned side by side, each failure its own, and summed up."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolplan.errors import InputError
from patrolplan.jobs.engines import on_a_cluster, on_this_machine
from patrolplan.jobs.task import FAILED, NOT_BEGUN, THERE, WRITTEN, Outcome, Task
from patrolplan.week.grid import WeekGrid

PLAN_FILE = "plan.toml"
MB_A_PROCESS = 1000


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What became of all communities, in the order they were given."""

    week: str
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> bool:
        """Whether any has no week now."""
        return any(outcome.state in {FAILED, NOT_BEGUN} for outcome in self.outcomes)

    def counts(self) -> dict[str, int]:
        """How many were written, there already, failed and not begun."""
        found = Counter(outcome.state for outcome in self.outcomes)
        return {state: found[state] for state in (WRITTEN, THERE, FAILED, NOT_BEGUN)}

    def summary(self) -> dict[str, Any]:
        """In plain values, for scripts."""
        return {
            "week": self.week,
            "counts": self.counts(),
            "communities": [outcome.values() for outcome in self.outcomes],
        }


def tasks_of(
    communities: Sequence[Path],
    monday: dt.date,
    out: Path,
    *,
    language: str | None = None,
    options: Mapping[str, Any] | None = None,
    force: bool = False,
    again: bool = False,
) -> tuple[Task, ...]:
    """A task for each community.

    Parameters
    ----------
    communities
        Plan files; folders with a ``plan.toml``; folders whose folders have one.
    monday
        First day of the week.
    out
        Folder of all; a community gets a folder of its own in it, named after the folder of its plan
        file, or after the plan file where it isn't called ``plan.toml``.
    language, options, force, again
        As in `Task`.

    Raises
    ------
    InputError
        A place without a plan file, or two communities with one name: all of them, gathered.
    """
    faults: list[str] = []
    files: dict[Path, None] = {}
    for place in communities:
        found = _plan_files(place)
        if not found:
            faults.append(
                f"{place}: no plan file there, nor a folder with a {PLAN_FILE}; `patrolplan init` makes one"
            )
        files.update(dict.fromkeys(found))
    named: dict[str, list[Path]] = {}
    for file in files:
        name = file.parent.name if file.name == PLAN_FILE else file.stem
        named.setdefault(name, []).append(file)
    for name, same in named.items():
        if len(same) > 1:
            told = ", ".join(map(str, same[:5])) + (f" and {len(same) - 5} more" if len(same) > 5 else "")
            faults.append(f"{out / name}: would hold the weeks of {told}; rename their folders or plan files")
    if faults:
        raise InputError(faults)
    return tuple(
        Task(
            name=name, plan_file=str(file), out=str(out.absolute() / name), week=WeekGrid(monday=monday).name,
            language=language, options=dict(options or {}), force=force, again=again,
        )
        for name, (file,) in named.items()
    )  # fmt: skip


def run_batch(
    tasks: Sequence[Task],
    *,
    processes: int | None = None,
    scheduler: str | None = None,
    stopping: Callable[[], bool] = lambda: False,
    on_begin: Callable[[Task], None] = lambda _: None,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
) -> Batch:
    """Plan every community's week, each in a process of its own; one's failure is not the others'.

    What stands there already, made from the same inputs, settings, ledger and versions, is left as it is, so
    a batch that was ended, or killed, goes on where it was.

    Parameters
    ----------
    tasks
        As `tasks_of` gives them.
    processes
        How many at a time on this machine; default: as many as cores and memory allow.
    scheduler
        Address of a Dask scheduler: then the work is done by its cluster.
    stopping
        Asked often: whether to begin no more.
    on_begin, on_outcome
        Told of each task that begins (on this machine) and of each that has ended.

    Raises
    ------
    InputError
        No scheduler answers.
    """
    if scheduler is None:
        coming = on_this_machine(
            tasks,
            processes=min(processes or default_processes(), max(1, len(tasks))),
            stopping=stopping,
            on_begin=on_begin,
        )
    else:
        coming = on_a_cluster(tasks, scheduler=scheduler, stopping=stopping)
    found: dict[str, Outcome] = {}
    for outcome in coming:
        found[outcome.name] = outcome
        on_outcome(outcome)
    return Batch(week=tasks[0].week, outcomes=tuple(found[task.name] for task in tasks))


def default_processes() -> int:
    """One a core, but no more than memory has room for at about a gigabyte each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        free_mb = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (AttributeError, ValueError, OSError):
        return cores
    return max(1, min(cores, int(free_mb / MB_A_PROCESS)))


def _plan_files(place: Path) -> list[Path]:
    place = Path(place).absolute()
    if place.is_file():
        return [place]
    if (place / PLAN_FILE).is_file():
        return [place / PLAN_FILE]
    return sorted(place.glob(f"*/{PLAN_FILE}")) if place.is_dir() else []
