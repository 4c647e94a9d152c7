"""All files of a plan at once: they appear together, or none does."""

from __future__ import annotations

import os
from pathlib import Path

from patrolplan.io.atomic import atomic_folder
from patrolplan.io.map_page import write_map
from patrolplan.io.write_csv import write_csv
from patrolplan.io.write_geojson import write_geojson
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_gpx import FILES as GPX_FILES
from patrolplan.io.write_gpx import gpx_texts
from patrolplan.io.write_json import write_json
from patrolplan.plan import PatrolPlan

WRITERS = {
    "plan.json": write_json,
    "plan.gpkg": write_gpkg,
    "routes.geojson": write_geojson,
    "timetable.csv": write_csv,
    "map.html": write_map,
}


def write_plan(plan: PatrolPlan, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write every file of the plan into ``folder`` and return their paths by name.

    Parameters
    ----------
    plan
        The plan to write.
    folder
        Made if missing, parents too. Files of an earlier plan there are replaced, and its GPX
        files of crews that no longer walk are taken away; other files stay.

    Returns
    -------
    dict of str to Path
        ``plan.json``, ``plan.gpkg``, ``routes.geojson``, ``timetable.csv``, ``map.html`` and one
        ``route_*.gpx`` a crew.

    Raises
    ------
    InputError
        The folder is not writable or the disk is full; nothing was changed then.
    """
    gpx = gpx_texts(plan)
    with atomic_folder(folder, stale=[GPX_FILES]) as unfinished:
        for name, write in WRITERS.items():
            write(plan, unfinished / name)
        for name, text in gpx.items():
            (unfinished / name).write_bytes(text.encode())
    return {name: Path(folder) / name for name in [*WRITERS, *gpx]}
