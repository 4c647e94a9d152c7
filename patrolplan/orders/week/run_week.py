"""A week from the ledger to the folder: planned under a lock, written as one, remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.i18n import SOURCE_LANGUAGE
from patrolplan.in_language import in_language
from patrolplan.io.changes_sheet import read_changes
from patrolplan.io.ledger import Ledger, open_ledger
from patrolplan.io.lock import locked
from patrolplan.io.outputs import ROSTER
from patrolplan.io.swap_folder import mend, swapped_folder
from patrolplan.io.write_week import changed_since, read_week, write_week
from patrolplan.orders.made_from import facts_of_making, made_from
from patrolplan.orders.pipeline import stop_of
from patrolplan.orders.week.against import told_against
from patrolplan.orders.week.plan_week import plan_week
from patrolplan.orders.week.planned import PlannedWeek
from patrolplan.solver.solve import Progress
from patrolplan.solver.stop import Stop
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.record import shifts_of, visits_of

LOCK = ".patrolplan.lock"
CHANGES = "changes.csv"


@dataclass(frozen=True, kw_only=True)
class WrittenWeek:
    """A week that was planned, and its folder; no files after a dry run."""

    planned: PlannedWeek
    folder: Path
    files: tuple[Path, ...] = ()


def run_week(
    settings: Settings,
    monday: dt.date,
    out: Path,
    *,
    stop: Stop | None = None,
    language: str | None = None,
    force: bool = False,
    dry_run: bool = False,
    options: Mapping[str, Any] | None = None,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> WrittenWeek:
    """Plan a week against the ledger and write it to ``out/2026-W48``, whole or not at all.

    The same week again takes the place of what was planned for it before: it is planned from the
    weeks before it alone. A job killed at any moment leaves folder and ledger as they were, or as
    they shall be; the next one settles what was left between.

    Parameters
    ----------
    settings
        Of the plan file.
    monday
        First day of the week.
    out
        Folder of the weeks.
    stop
        When to end the search of each day; default: as the settings say.
    language
        Of what people hold; the community's if not given.
    force
        Write over files that somebody changed since they were written.
    dry_run
        Plan, but write nothing.
    options
        What of the settings differs from the plan file, for the manifest.
    on_progress, on_search
        Told how far it is.

    Raises
    ------
    InputError, NoPlanError
    """
    folder = out / WeekGrid(monday=monday).name
    with held_weeks(settings, out, dry_run=dry_run, on_progress=on_progress) as ledger:
        _check_folder(folder, force=force)
        past = ledger.past(folder.name) if ledger is not None else Past()
        stop = stop or stop_of(settings)
        source = made_from(
            settings, made_by="week", stop=stop, language=language, week=folder.name, options=options
        )
        edits = read_changes(folder / ROSTER) if (folder / ROSTER).is_file() else ()
        planned = plan_week(
            settings, monday, past=past, edits=edits, stop=stop, on_progress=on_progress, on_search=on_search
        )
        # The desk reads English, like all that commands say; what people hold is in their language.
        held = told_against(planned, folder, language=source["language"])
        said = held if source["language"] == SOURCE_LANGUAGE else told_against(planned, folder)
        if dry_run:
            return WrittenWeek(planned=said, folder=folder)
        if on_progress is not None:
            on_progress("writing files")
        _write(held, folder, ledger, source | facts_of_making(planned.plan, stop))
    return WrittenWeek(planned=said, folder=folder, files=tuple(sorted(folder.iterdir())))


def week_files(
    planned: PlannedWeek, folder: Path, *, made_from: Mapping[str, Any], before: Path | None
) -> bytes:
    """Write a week's files into an empty folder; returns the bytes of its ``week.json``."""
    plan = in_language(planned.plan, made_from["language"])
    changes = [difference.table for difference in planned.differences]
    tables = {CHANGES: pd.concat(changes)} if changes else {}
    return write_week(plan, planned.summary(), folder, made_from=made_from, before=before, tables=tables)


def _write(planned: PlannedWeek, folder: Path, ledger: Ledger | None, source: Mapping[str, Any]) -> None:
    facts = planned.summary()
    before = folder if folder.is_dir() else None
    with swapped_folder(folder) as new:
        seal = week_files(planned, new, made_from=source, before=before)
        if ledger is not None:
            ledger.stage(
                planned.name,
                folder,
                seal=seal,
                shifts=shifts_of(planned.roster, planned.plan),
                visits=visits_of(planned.roster, planned.plan, top=planned.gaps["hot_spot"].tolist()),
                facts={key: facts[key] for key in ("score", "share_on_shift", "loss", "officer_hours")},
            )
    if ledger is not None:
        ledger.finish()


@contextmanager
def held_weeks(
    settings: Settings,
    out: Path,
    *,
    dry_run: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> Iterator[Ledger | None]:
    """The ledger, open and locked, and the folder of the weeks locked; a dry run makes neither.

    What a killed job left between is settled before the block runs.
    """
    file = settings.week.ledger
    if dry_run:
        if file is None or not file.is_file():
            yield None
            return
        with locked(file.with_name(f".{file.name}.lock"), on_wait=on_progress), open_ledger(file) as ledger:
            yield ledger
        return
    make_folder(out)
    with locked(out / LOCK, on_wait=on_progress):
        for week in sorted(out.glob(".patrolplan-old-*")):
            mend(out / week.name.removeprefix(".patrolplan-old-"))
        if file is None:
            yield None
            return
        with locked(file.with_name(f".{file.name}.lock"), on_wait=on_progress), open_ledger(file) as ledger:
            yield ledger


def make_folder(out: Path) -> None:
    """Make a folder of weeks, parents too; a place that can't be written to is told plainly."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise InputError(f"{out}: can't be made ({trouble.strerror}); choose another --out") from trouble


def _check_folder(folder: Path, *, force: bool) -> None:
    if not folder.exists():
        return
    document = read_week(folder) if folder.is_dir() else None
    if document is None and not force:
        if folder.is_dir() and not any(folder.iterdir()):
            return
        raise InputError(f"{folder}: is there and was not written by patrolplan; choose another --out")
    # The roster is meant to be changed: it is read back.
    changed = [name for name in changed_since(folder, document or {}) if name != ROSTER]
    if changed and not force:
        raise InputError(
            f"{folder}: {', '.join(changed)} changed since written; move it away, or use --force to "
            "write over it"
        )
