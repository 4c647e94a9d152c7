"""The tables that a plan file names, read by its settings."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from patrolplan.config.settings import Settings
from patrolplan.io.addresses import Addresses, read_addresses
from patrolplan.io.geocode import KnownAddresses, read_answers
from patrolplan.io.table_cameras import read_cameras
from patrolplan.io.table_dates import DatedTable, read_calendar, read_events
from patrolplan.io.table_duty import read_officers, read_roster
from patrolplan.io.table_points import Bounds
from patrolplan.io.tables import read_offences, read_places, read_problems
from patrolplan.risk.offences import Offences

OF_FILE = {"encoding", "separator", "sheet"}
OF_PLACES = {*OF_FILE, "crs", "day_first"}


def addresses_of(settings: Settings) -> Addresses:
    """Addresses by the street file, and by the answers of a server where the plan file names them."""
    book = read_addresses(settings.streets.file)
    answers = settings.offences.geocoded_file if settings.offences else None
    return KnownAddresses(book, read_answers(answers)) if answers is not None else book


def offences_of(settings: Settings, bounds: Bounds | None) -> Offences:
    """The records of ``[offences]``."""
    table = settings.offences
    assert table is not None
    return read_offences(
        table.file,
        timezone=settings.community.timezone,
        columns=_named(table.columns),
        bounds=bounds,
        addresses=(lambda: addresses_of(settings)) if table.addresses else None,
        **table.model_dump(include=OF_PLACES),
    )


def places_of(settings: Settings, bounds: Bounds | None) -> gpd.GeoDataFrame:
    """The places of ``[places]``."""
    table = settings.places
    assert table.file is not None
    return read_places(
        table.file,
        columns=_named(table.columns),
        bounds=bounds,
        **table.model_dump(include={*OF_FILE, "crs"}),
    )


def problems_of(settings: Settings, bounds: Bounds | None) -> gpd.GeoDataFrame:
    """The named problems of ``[problems]``."""
    table = settings.problems
    assert table is not None
    return read_problems(
        table.file,
        timezone=settings.community.timezone,
        columns=_named(table.columns),
        bounds=bounds,
        **table.model_dump(include=OF_PLACES),
    )


def cameras_of(settings: Settings, bounds: Bounds | None) -> gpd.GeoDataFrame:
    """The cameras of ``[cameras]``."""
    table = settings.cameras
    assert table is not None
    return read_cameras(
        table.file,
        timezone=settings.community.timezone,
        columns=table.columns.by_role() or None,
        bounds=bounds,
        addresses=lambda: read_addresses(settings.streets.file),
        **table.model_dump(include={*OF_PLACES, "usual_range_m"}),
    )


def calendar_of(settings: Settings, bounds: Bounds | None) -> DatedTable:
    """The rows of ``[calendar]``."""
    table = settings.calendar
    assert table is not None
    return read_calendar(
        table.file,
        timezone=settings.community.timezone,
        columns=table.columns.by_role() or None,
        bounds=bounds,
        **table.model_dump(include=OF_PLACES),
    )


def events_of(settings: Settings, bounds: Bounds | None) -> DatedTable:
    """The rows of ``[events]``."""
    table = settings.events
    assert table is not None
    return read_events(
        table.file,
        timezone=settings.community.timezone,
        columns=table.columns.by_role() or None,
        bounds=bounds,
        **table.model_dump(include=OF_PLACES),
    )


def staff_of(settings: Settings) -> pd.DataFrame:
    """The officers of ``[staff]``."""
    table = settings.staff
    assert table is not None
    return read_officers(
        table.file, columns=table.columns.by_role() or None, **table.model_dump(include=OF_FILE)
    )


def roster_of(settings: Settings, staff: pd.DataFrame | None) -> pd.DataFrame:
    """The shifts of ``[roster]``; officers are those of the plan file and its table of officers."""
    table = settings.roster
    assert table is not None
    known = {officer.name for officer in settings.officers}
    known |= set(staff["name"]) if staff is not None else set()
    return read_roster(
        table.file,
        timezone=settings.community.timezone,
        officers=known or None,
        columns=table.columns.by_role() or None,
        **table.model_dump(include={*OF_FILE, "day_first"}),
    )


def _named(columns: Any) -> dict[str, str] | None:
    """The columns that were named, or None if all shall be guessed."""
    return columns.model_dump(exclude_none=True) or None
