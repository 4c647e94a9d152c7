"""The verb `verify`: proof of how a folder of results came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patrolplan.commands.desk import BAD_INPUT, WITH_WARNINGS, Desk, Verb, end
from patrolplan.commands.options import IN_FILE, OUT_FOLDER, as_json

if TYPE_CHECKING:
    from patrolplan.jobs.verify import Verdict


@click.command(cls=Verb, short_help="Prove how a folder of results came about.")
@click.argument("folder", type=OUT_FOLDER)
@click.option(
    "--plan-file",
    metavar="plan.toml",
    type=IN_FILE,
    help="The community's.  [default: plan.toml in the folder or up to three above]",
)
@click.option("--no-rebuild", is_flag=True, help="Compare hashes and versions; don't plan again.")
@as_json
@click.option("--strict", is_flag=True, help="End with exit code 4 if not all could be proven.")
def verify(folder: Path, plan_file: Path | None, no_rebuild: bool, as_json: bool, strict: bool) -> None:
    """Hold FOLDER, written by `plan`, `week` or `batch`, against its manifest, and make it again.

    Ends with exit code 1 if a file, an input, a setting, the ledger or a version is not what it was.
    """
    from patrolplan.jobs.verify import verify_folder

    with Desk() as desk:
        verdict = verify_folder(
            folder,
            plan_file=plan_file,
            rebuild=not no_rebuild,
            on_progress=desk.step,
            on_search=desk.search,
        )
    end(_summary(verdict), _lines(verdict), warnings=verdict.notes, as_json=as_json, strict=False)
    if not verdict.same:
        raise SystemExit(BAD_INPUT)
    if strict and verdict.notes:
        raise SystemExit(WITH_WARNINGS)


def _summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "folder": str(verdict.folder),
        "made_by": verdict.made_by,
        "week": verdict.week,
        "files": verdict.files,
        "plan_file": None if verdict.plan_file is None else str(verdict.plan_file),
        "same": verdict.same,
        "rebuilt": verdict.rebuilt,
        "differences": [vars(difference) for difference in verdict.differences],
        "notes": list(verdict.notes),
    }


def _lines(verdict: Verdict) -> list[str]:
    if not verdict.same:
        count = len(verdict.differences)
        told = [f"  {difference.kind}: {difference.words}" for difference in verdict.differences]
        return [f"{verdict.folder}: {count} {'thing differs' if count == 1 else 'things differ'}", *told]
    if verdict.rebuilt:
        return [f"{verdict.folder}: made again from the same inputs, all {verdict.files} files are the same"]
    return [f"{verdict.folder}: all {verdict.files} files are as they were written"]
