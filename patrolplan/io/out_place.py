"""Where results may be written: nothing that patrolplan did not write is replaced unasked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from patrolplan.errors import InputError
from patrolplan.io.atomic import already_there

PLAN_FILES = (
    "plan.json", "plan.gpkg", "routes.geojson", "timetable.csv", "map.html", "roster.xlsx", "plan.ics",
    "manifest.json",
)  # fmt: skip
OUR_LAYER = "segments"


def check_out_folder(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder whose files of a plan's names were not written by patrolplan.

    Raises
    ------
    InputError
        The folder is a file, or holds such files and ``force`` is not given.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder to write to")
    there = already_there(folder, PLAN_FILES)
    if there and not force and not is_our_plan(folder / "plan.json"):
        raise InputError(
            f"{folder}: {', '.join(there)} would be replaced, and no plan.json there says that patrolplan "
            "wrote them; choose another folder, or use --force"
        )


def check_out_file(file: Path, *, inputs: Iterable[Path] = (), force: bool = False) -> None:
    """Refuse to write over an input, or over a file that patrolplan did not write.

    Raises
    ------
    InputError
        ``file`` is one of ``inputs``, lies in no folder, or is there, not ours and ``force`` is not given.
    """
    if any(file.exists() and source.exists() and file.samefile(source) for source in inputs):
        raise InputError(f"{file}: is one of the inputs; choose another name for the result")
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}; make it first")
    if file.exists() and not force and not is_our_geopackage(file):
        raise InputError(
            f"{file}: is there and was not written by patrolplan; choose another name, or use --force"
        )


def is_our_plan(file: Path) -> bool:
    """Whether the file is a plan.json that patrolplan wrote."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and str(document.get("schema", "")).startswith("patrolplan/")


def is_our_geopackage(file: Path) -> bool:
    """Whether the file is a GeoPackage with the layer that patrolplan's have."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            names = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
    except sqlite3.Error:
        return False
    return OUR_LAYER in names
