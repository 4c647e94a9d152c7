"""Proof of how a folder of results came about: its files, what they were made from, and made again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError, NoPlanError
from patrolplan.in_language import in_language
from patrolplan.io.ledger import SEAL, read_ledger
from patrolplan.io.manifest import made_from_of, read_manifest
from patrolplan.io.outputs import CALENDAR, write_plan
from patrolplan.io.plan_file import read_plan_file
from patrolplan.jobs.differences import (
    Difference,
    folder_differences,
    output_differences,
    source_differences,
    version_differences,
)
from patrolplan.orders.made_from import made_from, versions
from patrolplan.orders.overrides import changed
from patrolplan.solver.solve import Progress
from patrolplan.solver.stop import Stop

PLAN_FILE = "plan.toml"
HOMES = 3
"""How many folders above the results a plan file is looked for."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found of a folder of results.

    Attributes
    ----------
    folder
        The folder.
    made_by, week
        The verb that wrote it, and the week, None for a plan.
    files
        How many files its manifest names.
    plan_file
        The plan file it was held against; None where none was given or found.
    differences
        All that is not as it was.
    rebuilt
        Whether it was made again and compared byte by byte.
    notes
        What could not be proven, and why.
    """

    folder: Path
    made_by: str
    week: str | None
    files: int
    plan_file: Path | None
    differences: tuple[Difference, ...]
    rebuilt: bool
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs of what was compared."""
        return not self.differences


def verify_folder(
    folder: Path,
    *,
    plan_file: Path | None = None,
    rebuild: bool = True,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> Verdict:
    """Hold a folder that `plan`, `week` or `batch` wrote against its manifest, and make it again.

    Its files are compared with their hashes; then inputs, settings, ledger and versions with those
    it was made from. If they are the same and the search was of a fixed amount, all is made again in a
    scratch folder and compared byte by byte. Nothing is changed anywhere.

    Parameters
    ----------
    folder
        With a ``manifest.json``.
    plan_file
        The community's; looked for up to three folders above if not given.
    rebuild
        False: compare hashes and versions alone.
    on_progress, on_search
        Told how far it is.

    Raises
    ------
    InputError
        No manifest, or a plan file that can't be read.
    """
    manifest = read_manifest(folder)
    found = output_differences(folder, manifest)
    notes: list[str] = []
    plan_file, settings = _settings(folder, manifest, plan_file)
    source = None
    if settings is None:
        found += version_differences(manifest, {"versions": versions()})
        notes.append(
            "inputs, settings and ledger were not compared: name the plan file with --plan-file"
            if plan_file is None
            else f"{plan_file}: does not allow what was planned then"
        )
    else:
        source = _source(manifest, settings)
        found += source_differences(manifest, source)
    rebuilt = False
    why_not = _why_not(manifest, found, settings, rebuild)
    if why_not is None and settings is not None:
        versions_differ = any(difference.kind == "version" for difference in found)
        others, rebuilt = _rebuilt(
            folder, manifest, settings, also_manifest=not versions_differ, tell=on_progress, search=on_search
        )
        found += others
        if versions_differ and rebuilt and not others:
            notes.append("made again with these versions, every file comes out the same all the same")
    elif why_not:
        notes.append(why_not)
    return Verdict(
        folder=folder, made_by=manifest["made_by"], week=manifest.get("week"), files=len(manifest["outputs"]),
        plan_file=plan_file, differences=tuple(found), rebuilt=rebuilt, notes=tuple(notes),
    )  # fmt: skip


def as_it_would_be(folder: Path, source: Mapping[str, Any]) -> bool:
    """Whether a folder holds, untouched, what would be made from ``source`` (`orders.made_from`)."""
    try:
        manifest = read_manifest(folder)
    except InputError:
        return False
    if manifest.get("interrupted"):
        return False
    return not output_differences(folder, manifest) and not source_differences(manifest, source)


def _settings(
    folder: Path, manifest: Mapping[str, Any], plan_file: Path | None
) -> tuple[Path | None, Settings | None]:
    """The plan file and its settings with the changes of the command line of then."""
    options = manifest.get("options", {})
    if plan_file is not None:
        return plan_file, changed(read_plan_file(plan_file), **options)
    for home in [folder.absolute(), *folder.absolute().parents][: HOMES + 1]:
        try:
            settings = changed(read_plan_file(home / PLAN_FILE), **options)
        except InputError:
            continue
        if settings.community.name == manifest.get("settings", {}).get("community", {}).get("name"):
            return home / PLAN_FILE, settings
    return None, None


def _source(manifest: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    return made_from(
        settings,
        made_by=manifest["made_by"],
        stop=_stop(manifest),
        language=manifest["language"],
        audience=manifest["audience"],
        week=manifest.get("week"),
        options=manifest.get("options", {}),
    )


def _stop(manifest: Mapping[str, Any]) -> Stop:
    return Stop(**manifest["search"])


def _why_not(
    manifest: Mapping[str, Any], found: list[Difference], settings: Settings | None, rebuild: bool
) -> str | None:
    """Why the folder is not made again; None where it is, "" where that is told already."""
    if not rebuild or settings is None:
        return "" if rebuild else "not made again: only hashes and versions were compared"
    if any(difference.kind != "version" for difference in found):
        return "not made again: first mend what differs"
    if manifest.get("interrupted"):
        return "can't be made again: its search was ended by hand"
    if "solutions" not in manifest["search"]:
        return (
            "can't be made again: its search went by the clock, and a clock never repeats; plan with "
            "--solutions N (or plan.solutions) for what shall be proven"
        )
    return None


def _rebuilt(
    folder: Path,
    manifest: Mapping[str, Any],
    settings: Settings,
    *,
    also_manifest: bool,
    tell: Callable[[str], None] | None,
    search: Callable[[Progress], None] | None,
) -> tuple[list[Difference], bool]:
    with tempfile.TemporaryDirectory(prefix="patrolplan-") as scratch:
        made, before = Path(scratch, "made"), Path(scratch, "before")
        made.mkdir()
        before.mkdir()
        # Calendar and cards count versions; the same plan keeps the version of the calendar there. A week
        # keeps the planner's changes, and what it was told to differ in from folders that may be gone.
        for place, names in ((made, (CALENDAR,)), (before, (CALENDAR, SEAL))):
            for name in names:
                if (folder / name).is_file():
                    shutil.copy2(folder / name, place / name)
        make = _make_week if manifest["made_by"] == "week" else _make_plan
        try:
            make(settings, manifest, made, before, tell, search)
        except NoPlanError as error:
            return [Difference(kind="rebuilt", name="plan", words=f"no plan comes out now: {error}")], False
        return folder_differences(made, folder, also_manifest=also_manifest), True


def _make_plan(
    settings: Settings,
    manifest: Mapping[str, Any],
    made: Path,
    before: Path,  # noqa: ARG001
    tell: Callable[[str], None] | None,
    search: Callable[[Progress], None] | None,
) -> None:
    from patrolplan.orders.pipeline import make
    from patrolplan.redact import redacted

    plan = make(settings, stop=_stop(manifest), on_progress=tell, on_search=search)
    told = in_language(redacted(plan, manifest["audience"]), manifest["language"])
    write_plan(told, made, made_from=made_from_of(manifest))


def _make_week(
    settings: Settings,
    manifest: Mapping[str, Any],
    made: Path,
    before: Path,
    tell: Callable[[str], None] | None,
    search: Callable[[Progress], None] | None,
) -> None:
    from patrolplan.io.write_week import read_week
    from patrolplan.orders.week.plan_week import plan_week
    from patrolplan.orders.week.run_week import week_files
    from patrolplan.week.difference import difference_from
    from patrolplan.week.edits import edits_from
    from patrolplan.week.grid import week_of
    from patrolplan.week.past import Past

    past = Past()
    if settings.week.ledger is not None:
        with read_ledger(settings.week.ledger) as ledger:
            past = ledger.past(manifest["week"])
    stop, issued = _stop(manifest), read_week(before) or {}
    planned = plan_week(
        settings,
        week_of(manifest["week"]),
        past=past,
        edits=edits_from(issued.get("edits", ())),
        stop=stop,
        on_progress=tell,
        on_search=search,
    )
    told = tuple(difference_from(plain) for plain in issued.get("differences", ()))
    week_files(replace(planned, differences=told), made, made_from=made_from_of(manifest), before=before)
