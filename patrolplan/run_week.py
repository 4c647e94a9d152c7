"""A week from the ledger to the folder: planned under a lock, written as one, remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from patrolplan.config import Settings
from patrolplan.errors import InputError
from patrolplan.in_language import in_language
from patrolplan.io.ledger import Ledger, open_ledger
from patrolplan.io.lock import locked
from patrolplan.io.swap_folder import mend, swapped_folder
from patrolplan.io.write_week import changed_since, read_week, write_week
from patrolplan.plan_week import PlannedWeek, plan_week
from patrolplan.solver.solve import Progress
from patrolplan.solver.stop import Stop
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.record import shifts_of, visits_of

LOCK = ".patrolplan.lock"


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
    on_progress, on_search
        Told how far it is.

    Raises
    ------
    InputError, NoPlanError
    """
    folder = out / WeekGrid(monday=monday).name
    with _held(settings, out, dry_run=dry_run, on_progress=on_progress) as ledger:
        _check_folder(folder, force=force)
        past = ledger.past(folder.name) if ledger is not None else Past()
        planned = plan_week(
            settings, monday, past=past, stop=stop, on_progress=on_progress, on_search=on_search
        )
        if dry_run:
            return WrittenWeek(planned=planned, folder=folder)
        if on_progress is not None:
            on_progress("writing files")
        _write(planned, folder, ledger, language or settings.community.language)
    return WrittenWeek(planned=planned, folder=folder, files=tuple(sorted(folder.iterdir())))


def _write(planned: PlannedWeek, folder: Path, ledger: Ledger | None, language: str) -> None:
    facts = planned.summary()
    before = folder if folder.is_dir() else None
    with swapped_folder(folder) as new:
        seal = write_week(in_language(planned.plan, language), facts, new, before=before)
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
def _held(
    settings: Settings, out: Path, *, dry_run: bool, on_progress: Callable[[str], None] | None
) -> Iterator[Ledger | None]:
    """The ledger, open and locked, and the folder of the weeks locked; a dry run makes neither."""
    file = settings.week.ledger
    if dry_run:
        if file is None or not file.is_file():
            yield None
            return
        with locked(file.with_name(f".{file.name}.lock"), on_wait=on_progress), open_ledger(file) as ledger:
            yield ledger
        return
    _make(out)
    with locked(out / LOCK, on_wait=on_progress):
        for week in sorted(out.glob(".patrolplan-old-*")):
            mend(out / week.name.removeprefix(".patrolplan-old-"))
        if file is None:
            yield None
            return
        with locked(file.with_name(f".{file.name}.lock"), on_wait=on_progress), open_ledger(file) as ledger:
            yield ledger


def _make(out: Path) -> None:
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
    changed = changed_since(folder, document or {})
    if changed and not force:
        raise InputError(
            f"{folder}: {', '.join(changed)} changed since written; move it away, or use --force to "
            "write over it"
        )
