"""All files of a plan at once: they appear together, or none does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patrolplan.io.atomic import atomic_folder
from patrolplan.io.card import FILES as CARD_FILES
from patrolplan.io.card import card_bytes
from patrolplan.io.manifest import MANIFEST, file_hashes, manifest_bytes
from patrolplan.io.map_page import write_map
from patrolplan.io.route_facts import RouteFacts, all_routes, route_file
from patrolplan.io.route_text import FILES as TEXT_FILES
from patrolplan.io.route_text import route_texts
from patrolplan.io.write_csv import write_csv
from patrolplan.io.write_geojson import write_geojson
from patrolplan.io.write_gpkg import write_gpkg
from patrolplan.io.write_gpx import FILES as GPX_FILES
from patrolplan.io.write_gpx import gpx_texts
from patrolplan.io.write_ics import ics_bytes, version_after
from patrolplan.io.write_json import write_json
from patrolplan.io.write_kml import FILES as KML_FILES
from patrolplan.io.write_kml import kml_texts
from patrolplan.io.write_xlsx import xlsx_bytes
from patrolplan.plan import PatrolPlan

WRITERS = {
    "plan.json": write_json,
    "plan.gpkg": write_gpkg,
    "routes.geojson": write_geojson,
    "timetable.csv": write_csv,
    "map.html": write_map,
}
CALENDAR, ROSTER = "plan.ics", "roster.xlsx"


def write_plan(
    plan: PatrolPlan, folder: str | os.PathLike[str], *, made_from: Mapping[str, Any] | None = None
) -> dict[str, Path]:
    """Write every file of the plan into ``folder`` and return their paths by name.

    Parameters
    ----------
    plan
        The plan to write.
    folder
        Made if missing, parents too. Files of an earlier plan there are replaced, and its files of
        crews that no longer walk are taken away; other files stay. The calendar and the cards
        count versions: another plan than the one there before is the next version.
    made_from
        What the plan was made from, for a ``manifest.json`` beside the files, by which
        ``patrolplan verify`` proves them.

    Returns
    -------
    dict of str to Path
        ``plan.json``, ``plan.gpkg``, ``routes.geojson``, ``timetable.csv``, ``map.html``,
        ``roster.xlsx``, ``plan.ics`` and, for each crew, ``card_*.pdf``, ``route_*.gpx``,
        ``route_*.kml`` and ``route_*.txt``; ``manifest.json`` with ``made_from``.

    Raises
    ------
    InputError
        The folder is not writable or the disk is full; nothing was changed then.
    """
    files = _held(plan, Path(folder) / CALENDAR)
    with atomic_folder(folder, stale=[GPX_FILES, KML_FILES, TEXT_FILES, CARD_FILES, MANIFEST]) as unfinished:
        for name, write in WRITERS.items():
            write(plan, unfinished / name)
        for name, content in files.items():
            (unfinished / name).write_bytes(content)
        if made_from is not None:
            manifest = manifest_bytes(made_from, file_hashes(unfinished))
            (unfinished / MANIFEST).write_bytes(manifest)
    told = [] if made_from is None else [MANIFEST]
    return {name: Path(folder) / name for name in [*WRITERS, *files, *told]}


def _held(plan: PatrolPlan, previous: Path) -> dict[str, bytes]:
    """What people carry: calendar, cards, and files for phones, by name."""
    routes = all_routes(plan)
    version = version_after(plan, previous, routes=routes)
    return {
        ROSTER: xlsx_bytes(plan, routes=routes),
        CALENDAR: ics_bytes(plan, previous=previous, routes=routes),
        **card_bytes(plan, version=version, routes=routes, **_extras(plan)),
        **{name: text.encode() for name, text in gpx_texts(plan).items()},
        **_by_route(routes, kml_texts(plan, routes=routes), "kml"),
        **_by_route(routes, route_texts(plan, routes=routes), "txt"),
    }


def _by_route(routes: tuple[RouteFacts, ...], texts: list[str], ending: str) -> dict[str, bytes]:
    return {
        f"{route_file('route', route, len(routes))}.{ending}": text.encode()
        for route, text in zip(routes, texts, strict=True)
    }


def _extras(plan: PatrolPlan) -> dict[str, Any]:
    """Contacts, shelters and closed roads as the plan file names them."""
    settings = plan.provenance.get("settings", {})
    card = settings.get("card", {}) if isinstance(settings, Mapping) else {}
    return {name: card[name] for name in ("contacts", "shelters", "closed") if name in card}
