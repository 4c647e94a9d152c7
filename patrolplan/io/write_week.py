"""The folder of a week: every file of its plan, and what the week is about, as one."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.json_text import json_text
from patrolplan.io.ledger import SEAL
from patrolplan.io.manifest import MANIFEST, file_hashes, manifest_bytes, sha256
from patrolplan.io.outputs import CALENDAR, write_plan
from patrolplan.plan import PatrolPlan

SCHEMA = "patrolplan/week"
SCHEMA_VERSION = 1


def write_week(
    plan: PatrolPlan,
    facts: Mapping[str, Any],
    folder: Path,
    *,
    made_from: Mapping[str, Any],
    before: Path | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> bytes:
    """Write a week's files into an empty folder; returns the bytes of its ``week.json``, written last.

    Parameters
    ----------
    plan
        All patrols of the week, in the words of those who get them.
    facts
        Figures of the week, as JSON holds them.
    folder
        An empty folder, such as `patrolplan.io.swap_folder.swapped_folder` gives.
    made_from
        What the week was made from, for ``manifest.json``.
    tables
        Further tables by file name, written as CSV.
    before
        The folder whose place it takes: versions of calendar and cards go on counting from there, and
        files there that patrolplan did not write are kept.
    """
    if before is not None and (before / CALENDAR).is_file():
        shutil.copy2(before / CALENDAR, folder / CALENDAR)
    write_plan(plan, folder)
    for name, table in (tables or {}).items():
        table.to_csv(folder / name, index=False, lineterminator="\n")
    hashes = file_hashes(folder)
    document = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, **facts, "files": hashes}
    seal = json_text(document).encode()
    manifest = manifest_bytes(made_from, {**hashes, SEAL: hashlib.sha256(seal).hexdigest()})
    (folder / MANIFEST).write_bytes(manifest)
    if before is not None:
        _keep_others(before, folder)
    (folder / SEAL).write_bytes(seal)
    return seal


def read_week(folder: Path) -> dict[str, Any] | None:
    """The ``week.json`` of a folder, None where there is none.

    Raises
    ------
    InputError
        A file of that name that patrolplan did not write.
    """
    try:
        document = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as trouble:
        raise InputError(f"{folder / SEAL}: can't be read as a week ({trouble})") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(f"{folder / SEAL}: was not written by patrolplan; choose another --out")
    return document


def changed_since(folder: Path, document: Mapping[str, Any]) -> list[str]:
    """Files of the folder that somebody changed after they were written."""
    return [
        name
        for name, digest in sorted(document.get("files", {}).items())
        if (folder / name).is_file() and sha256(folder / name) != digest
    ]


def _keep_others(before: Path, folder: Path) -> None:
    document = read_week(before) or {}
    ours = {*document.get("files", {}), *document.get("also", ()), SEAL, MANIFEST}
    for file in sorted(before.iterdir()):
        if file.name not in ours and not (folder / file.name).exists():
            copy = shutil.copytree if file.is_dir() else shutil.copy2
            copy(file, folder / file.name)
