"""check --geocode: asks a server for the addresses of offences that the street file doesn't know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.io.addresses import AddressBook
from patrolplan.io.fetch import NOMINATIM_URL
from patrolplan.io.geocode import Asked, KnownAddresses, ask_addresses, read_answers
from patrolplan.io.osm_addresses import read_names
from patrolplan.io.table_points import Bounds
from patrolplan.io.tables import read_offences


def geocode_offences(
    settings: Settings,
    keep: Path,
    *,
    url: str | None = None,
    pause_s: float = 1.0,
    on_progress: Callable[[str], None] | None = None,
) -> Asked:
    """Ask for the addresses of offences without coordinates that the street file can't place.

    Raises
    ------
    InputError
        No table of offences, addresses turned off, or the server can't be reached.
    """
    table = settings.offences
    if table is None or not table.addresses:
        raise InputError("geocode: the plan file has no [offences], or offences.addresses is false")
    names = read_names(settings.streets.file)
    points = np.concatenate([points for _, points in names.streets] or [np.zeros((1, 2))])
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    bounds: Bounds = (west, south, east, north)
    known = KnownAddresses(AddressBook(names), read_answers(keep) if keep.exists() else None)
    try:
        read_offences(
            table.file,
            timezone=settings.community.timezone,
            columns=table.columns.by_role() or None,
            bounds=bounds,
            addresses=lambda: known,
            **table.model_dump(include={"crs", "encoding", "separator", "sheet", "day_first"}),
        )
    except InputError:
        if not known.missed:
            raise
    return ask_addresses(
        known.missed,
        keep,
        community=settings.community.name,
        bounds=bounds,
        url=url or NOMINATIM_URL,
        pause_s=pause_s,
        on_progress=on_progress,
    )


def geocode_lines(asked: Asked, keep: Path) -> list[str]:
    """What came of it, in plain lines."""
    lines = [f"{asked.found:,} addresses placed by the server, {asked.missed:,} not known there either"]
    if asked.left:
        lines.append(f"{asked.left:,} not asked yet: run it again (one a second, so many a run)")
    return [*lines, f'kept in {keep}; to use it: [offences] geocoded_file = "{keep.name}"']
