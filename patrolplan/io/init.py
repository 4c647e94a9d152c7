"""Starts a community's folder: a commented plan file with columns, stations and time zone guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from patrolplan.config.crews import span_minutes
from patrolplan.config.values import checked_zone
from patrolplan.errors import InputError
from patrolplan.io.atomic import write_text
from patrolplan.io.init_stations import Station, stations_of
from patrolplan.io.init_text import plan_file_text

if TYPE_CHECKING:
    from patrolplan.io.table_columns import ColumnGuess

PLAN_FILE = "plan.toml"
MOST_OFFICERS = 500
DOUBTFUL = 0.75
"""A column guessed with less confidence than this is named to the person."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """What ``init_folder`` wrote, and what it had to guess.

    Attributes
    ----------
    plan_file
        The plan file.
    notes
        Plain sentences, one for each guess, and for each input that will need care.
    """

    plan_file: Path
    notes: tuple[str, ...]


def init_folder(
    folder: str | Path,
    *,
    streets: str | Path,
    offences: str | Path | None = None,
    places: str | Path | None = None,
    problems: str | Path | None = None,
    cameras: str | Path | None = None,
    staff: str | Path | None = None,
    roster: str | Path | None = None,
    station: tuple[float, float] | None = None,
    officers: int = 2,
    date: dt.date | None = None,
    shift: str = "16:00-20:00",
    timezone: str | None = None,
    force: bool = False,
) -> Started:
    """Write a commented ``plan.toml`` for a community, guessing what is not given and saying so.

    Parameters
    ----------
    folder
        Where the plan file goes; it is made if it is not there.
    streets, offences, places, problems, cameras, staff, roster
        Input files; the plan file names them as seen from ``folder``.
    station
        Longitude and latitude. None: the police stations of the street file, else the junction
        nearest to the middle of the streets.
    officers
        How many; each walks alone, from the stations in turn.
    date
        Day of the plan. None: tomorrow.
    shift
        "HH:MM-HH:MM", local time.
    timezone
        IANA name. None: guessed from the place.
    force
        Replace a plan file that is there.

    Raises
    ------
    InputError
        Files that are missing, streets that can't be read, a plan file that is there already, or
        values that no plan file may hold: all told together where possible.
    """
    folder = Path(folder)
    files = {"streets": streets, "offences": offences, "places": places, "problems": problems}
    files |= {"cameras": cameras, "staff": staff, "roster": roster}
    given = {name: Path(file) for name, file in files.items() if file is not None}
    _check(folder, given, station=station, officers=officers, shift=shift, timezone=timezone, force=force)
    network, stations, told_stations = stations_of(given["streets"], station)
    zone, told_zone = (timezone, "") if timezone else _zone_of(stations[0])
    day, told_day = (date, "") if date else _tomorrow(zone)
    tables, told_tables = _tables(given, zone)
    text = plan_file_text(
        folder,
        given,
        timezone=(zone, told_zone),
        columns=tables,
        stations=(stations, told_stations),
        officers=officers,
        shift=shift,
        date=(day, told_day),
    )
    folder.mkdir(parents=True, exist_ok=True)
    plan_file = write_text(folder / PLAN_FILE, text)
    notes = [told_zone and f"time zone {zone}: {told_zone}", told_stations, told_day and f"{day}: {told_day}"]
    streets_note = f"{len(network.segments):,} street segments in {given['streets'].name}"
    return Started(plan_file=plan_file, notes=(streets_note, *(note for note in notes if note), *told_tables))


def time_zone_at(lon: float, lat: float) -> str:
    """IANA name of the time zone at a place, "" where none is known.

    Examples
    --------
    >>> time_zone_at(30.52, 50.45)
    'Europe/Kyiv'
    """
    from tzfpy import get_tz

    name = str(get_tz(lon, lat))
    return "" if name.startswith("Etc/") else name


def _check(
    folder: Path,
    given: Mapping[str, Path],
    *,
    station: tuple[float, float] | None,
    officers: int,
    shift: str,
    timezone: str | None,
    force: bool,
) -> None:
    """Check everything that can be checked before a file is read, and tell it together."""
    faults = [f"{name}: no such file: {file}" for name, file in given.items() if not file.is_file()]
    if folder.exists() and not folder.is_dir():
        faults.append(f"{folder} is a file; name a folder for the plan file")
    elif (folder / PLAN_FILE).exists() and not force:
        faults.append(f"{folder / PLAN_FILE} is there already; use --force to replace it, or another folder")
    if station is not None and not (abs(station[0]) <= 180 and abs(station[1]) <= 90):
        faults.append(
            f"station {station[0]:g},{station[1]:g}: longitude first (-180..180), then latitude (-90..90)"
        )
    if not 1 <= officers <= MOST_OFFICERS:
        faults.append(f"officers: between 1 and {MOST_OFFICERS}, not {officers}")
    for what, check, value in (("shift", span_minutes, shift), ("timezone", checked_zone, timezone)):
        try:
            if value is not None:
                check(value)
        except ValueError as error:
            faults.append(f"{what}: {error}")
    if faults:
        raise InputError(faults)


def _zone_of(station: Station) -> tuple[str, str]:
    zone = time_zone_at(station.lon, station.lat)
    if not zone:
        raise InputError(f"no time zone known at {station.lon:g}, {station.lat:g}; give one with --timezone")
    return zone, "guessed from the place"


def _tomorrow(zone: str) -> tuple[dt.date, str]:
    return dt.datetime.now(ZoneInfo(zone)).date() + dt.timedelta(days=1), "tomorrow, when this file was made"


def _tables(given: Mapping[str, Path], zone: str) -> tuple[dict[str, ColumnGuess], list[str]]:
    """Columns guessed for each table, and what is to be said on them."""
    from patrolplan.io.table_column_names import SORT_OF_SECTION
    from patrolplan.io.tables import guess_columns, read_offences, read_table

    columns: dict[str, ColumnGuess] = {}
    notes: list[str] = []
    for name, sort in SORT_OF_SECTION.items():
        if name in given:
            table = read_table(given[name], table=sort)
            guess = columns[name] = guess_columns(table.frame, table=sort)
            told = ", ".join(f"{role} = {column}" for role, column in guess.columns.items()) or "none"
            notes += [f"{given[name].name}: columns guessed: {told}; please check", *guess.notes]
            doubtful = [role for role, sure in guess.confidence.items() if sure < DOUBTFUL]
            if doubtful:
                notes.append(f"{given[name].name}: least sure of {', '.join(doubtful)}; look there first")
    if "offences" in given:
        try:
            read = read_offences(given["offences"], timezone=zone, columns=dict(columns["offences"].columns))
            notes.append(
                f"{given['offences'].name}: {len(read):,} records usable, {len(read.set_aside):,} set aside"
            )
        except InputError as error:
            notes.append(f"needs care before a plan can be made: {error}")
    return columns, notes
