"""Starts a community's folder: a commented plan file with columns, stations and time zone guessed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from patrolplan import config
from patrolplan.config_crews import span_minutes
from patrolplan.errors import InputError
from patrolplan.io.atomic import write_text
from patrolplan.io.plan_file_text import HEAD, defaults_text, table_text, toml_value

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork

PLAN_FILE = "plan.toml"
MOST_OFFICERS = 500


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


@dataclass(frozen=True, kw_only=True)
class Station:
    """A place where shifts begin and end, in degrees."""

    name: str
    lon: float
    lat: float


def init_folder(
    folder: str | Path,
    *,
    streets: str | Path,
    offences: str | Path | None = None,
    places: str | Path | None = None,
    problems: str | Path | None = None,
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
    streets, offences, places, problems
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
    given = {name: Path(file) for name, file in files.items() if file is not None}
    _check(folder, given, station=station, officers=officers, shift=shift, timezone=timezone, force=force)
    network, stations, told_stations = _stations(given["streets"], station)
    zone, told_zone = (timezone, "") if timezone else _zone_of(stations[0])
    day, told_day = (date, "") if date else _tomorrow(zone)
    tables, told_tables = _tables(given, zone)
    crews = _crews(officers, stations, shift)
    text = "\n\n".join(
        [
            HEAD,
            table_text("[community]", {"name": _name_of(folder), "timezone": zone}, {"timezone": told_zone}),
            table_text("[streets]", {"file": _seen_from(folder, given["streets"])}),
            *_table_sections(folder, given, tables),
            *_stations_text(stations, told_stations),
            *(table_text("[[officers]]", {"name": name}) for name in crews),
            *_crews_text(crews),
            "\n".join(
                [
                    table_text("[plan]", {"date": day}, {"date": told_day}),
                    defaults_text("", config.PlanSettings, skip={"date"}),
                ]
            ),
            *_knobs(),
        ]
    )
    folder.mkdir(parents=True, exist_ok=True)
    plan_file = write_text(folder / PLAN_FILE, text + "\n")
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
    for what, check, value in (("shift", span_minutes, shift), ("timezone", config.checked_zone, timezone)):
        try:
            if value is not None:
                check(value)
        except ValueError as error:
            faults.append(f"{what}: {error}")
    if faults:
        raise InputError(faults)


def _stations(streets: Path, given: tuple[float, float] | None) -> tuple[StreetNetwork, list[Station], str]:
    """The network, stations on it, and how they were found."""
    from patrolplan.io.osm import read_osm

    data = read_osm(streets)
    network = data.network
    if given is not None:
        _check_near(network, given)
        return network, [Station(name="Station", lon=given[0], lat=given[1])], ""
    middle = _middle(network)
    police = _police(network, data.places, middle)
    if police:
        told = f"stations: {len(police)} police station{'s' if len(police) > 1 else ''} of the street file"
        return network, police, told
    told = (
        "station: no police station in the street file, so the junction nearest to the middle of the "
        f"streets ({middle.lon}, {middle.lat}); put the true one in"
    )
    return network, [middle], told


def _police(network: StreetNetwork, places: Any, middle: Station) -> list[Station]:
    """Police stations close to a street, those nearest to the middle first."""
    import numpy as np

    from patrolplan.io.stations import distances_to_street

    police = places[places["kind"] == "police"].reset_index(drop=True)
    points = {k: (point.x, point.y) for k, point in enumerate(police.geometry)}
    near = [k for k, distance_m in distances_to_street(network, points).items() if distance_m is not None]
    police = police.iloc[near]
    lon, lat = police.geometry.x.to_numpy(), police.geometry.y.to_numpy()
    far = np.hypot((lon - middle.lon) * np.cos(np.radians(middle.lat)), lat - middle.lat)
    stations: list[Station] = []
    for k in np.argsort(far, kind="stable"):
        name = str(police["name"].iloc[k]) or "Police station"
        used = sum(station.name == name or station.name.startswith(f"{name} (") for station in stations)
        stations.append(
            Station(
                name=f"{name} ({used + 1})" if used else name,
                lon=round(float(lon[k]), 6),
                lat=round(float(lat[k]), 6),
            )
        )
    return stations


def _middle(network: StreetNetwork) -> Station:
    """The junction nearest to the middle of the streets, by length."""
    import geopandas as gpd
    import numpy as np

    half = network.segments.geometry.interpolate(0.5, normalized=True)
    length = network.segments["length_m"].to_numpy()
    centre = np.average(np.column_stack([half.x, half.y]), axis=0, weights=length)
    far = np.hypot(network.nodes.geometry.x - centre[0], network.nodes.geometry.y - centre[1])
    nearest = network.nodes.geometry.iloc[int(np.argmin(far))]
    point = gpd.GeoSeries([nearest], crs=network.nodes.crs).to_crs("EPSG:4326").iloc[0]
    return Station(name="Middle of the streets", lon=round(point.x, 6), lat=round(point.y, 6))


def _check_near(network: StreetNetwork, place: tuple[float, float]) -> None:
    """Refuse a station far from every street, and say where coordinates look swapped."""
    from patrolplan.io.stations import station_faults

    faults = station_faults(network, {"station": place})
    if faults:
        raise InputError(faults)


def _zone_of(station: Station) -> tuple[str, str]:
    zone = time_zone_at(station.lon, station.lat)
    if not zone:
        raise InputError(f"no time zone known at {station.lon:g}, {station.lat:g}; give one with --timezone")
    return zone, "guessed from the place"


def _tomorrow(zone: str) -> tuple[dt.date, str]:
    return dt.datetime.now(ZoneInfo(zone)).date() + dt.timedelta(days=1), "tomorrow, when this file was made"


def _tables(given: Mapping[str, Path], zone: str) -> tuple[dict[str, Mapping[str, str]], list[str]]:
    """Columns guessed for each table, and what is to be said on them."""
    from patrolplan.io.tables import guess_columns, read_offences, read_table

    columns: dict[str, Mapping[str, str]] = {}
    notes: list[str] = []
    for name in ("offences", "places", "problems"):
        if name in given:
            table = read_table(given[name])
            guess = guess_columns(table.frame, table=name)
            columns[name] = guess.columns
            told = ", ".join(f"{role} = {column}" for role, column in guess.columns.items()) or "none"
            notes += [f"{given[name].name}: columns guessed: {told}; please check", *guess.notes]
    if "offences" in given:
        try:
            read = read_offences(given["offences"], timezone=zone, columns=dict(columns["offences"]))
            notes.append(
                f"{given['offences'].name}: {len(read):,} records usable, {len(read.set_aside):,} set aside"
            )
        except InputError as error:
            notes.append(f"needs care before a plan can be made: {error}")
    return columns, notes


def _table_sections(
    folder: Path, given: Mapping[str, Path], columns: Mapping[str, Mapping[str, str]]
) -> list[str]:
    skip = {"file", "columns"}
    sections = []
    for name, section in (
        ("offences", config.OffenceSettings),
        ("places", config.PlaceSettings),
        ("problems", config.ProblemSettings),
    ):
        if name in given:
            body = table_text(f"[{name}]", {"file": _seen_from(folder, given[name])})
            sections.append(body + "\n" + defaults_text("", section, skip=skip))
            sections.append(table_text(f"[{name}.columns]", columns[name], {"": "guessed; please check"}))
        elif name == "places":
            sections.append(defaults_text("[places]", section, skip={"columns", "crs", "encoding"}))
    return sections


def _crews(officers: int, stations: list[Station], shift: str) -> dict[str, dict[str, Any]]:
    """Officer's name -> settings of the crew of that one officer."""
    return {
        f"Officer {k + 1}": {
            "name": f"Crew {k + 1}",
            "officers": [f"Officer {k + 1}"],
            "shift": shift,
            "start": stations[k % len(stations)].name,
        }
        for k in range(officers)
    }


def _stations_text(stations: list[Station], told: str) -> list[str]:
    return [
        table_text("[[stations]]", vars(station), {"": told if k == 0 else ""})
        for k, station in enumerate(stations)
    ]


def _crews_text(crews: Mapping[str, Mapping[str, Any]]) -> list[str]:
    texts = [table_text("[[crews]]", crew) for crew in crews.values()]
    first = next(iter(crews.values()))
    hints = [
        f"break = {toml_value(_break_within(str(first['shift'])))}  # a rest, if there is one",
        f"end = {toml_value(first['start'])}  # where it comes back, if elsewhere",
    ]
    return [texts[0] + "".join(f"\n# {hint}" for hint in hints), *texts[1:]]


def _break_within(shift: str) -> dict[str, Any]:
    """A break in the middle of the shift, as an example."""
    start, end = span_minutes(shift)
    middle = (start + end) // 2
    spare = min(30, (end - start) // 8)
    clock = [f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in (middle - spare, middle + spare)]
    return {"earliest": clock[0], "latest": clock[1], "minutes": min(20, max(1, (end - start) // 4))}


def _knobs() -> list[str]:
    """The sections nobody has to touch, as comments that show what holds."""
    return [
        defaults_text("[need]", config.NeedSettings),
        defaults_text("[hot_spots]", config.HotSpotSettings),
        defaults_text("[effect]", config.EffectSettings),
        defaults_text("[walking]", config.WalkingSettings),
        defaults_text("[rules]", config.RuleSettings),
    ]


def _seen_from(folder: Path, file: Path) -> str:
    """The file as the plan file names it: relative where there is a way, with forward slashes."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return file.resolve().as_posix()


def _name_of(folder: Path) -> str:
    return folder.resolve().name.replace("_", " ").replace("-", " ").strip() or "Community"
