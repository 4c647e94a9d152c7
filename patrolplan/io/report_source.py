"""What the community's report is made from: visits of the ledger or of plans' folders, and people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import pandas as pd
import pyogrio
import shapely

from patrolplan.errors import InputError
from patrolplan.io.ledger import open_ledger
from patrolplan.io.lock import locked
from patrolplan.io.osm_stream import check_path
from patrolplan.io.plan_side import plan_json
from patrolplan.io.table_read import read_table

COLUMNS = ("day", "start", "planned_min", "walked_min")
"""All that is read of a visit, beside its streets: no officer, no crew, no label."""
LAST_WEEK = "9999-W53"
_KINDS = frozenset({"city", "town", "village", "hamlet"})


def visits_of_ledger(path: Path) -> gpd.GeoDataFrame:
    """Every visit of a ledger: ``day``, ``start``, ``planned_min``, ``walked_min`` and its streets.

    Raises
    ------
    InputError
        There is no ledger, or the file is none.
    """
    if not path.is_file():
        raise InputError(
            f"{path}: there is no ledger yet; `patrolplan week` writes one; or name plans with --plan"
        )
    with locked(path.with_name(f"{path.name}.lock")), open_ledger(path) as ledger:
        visits = ledger.past(LAST_WEEK).visits
    return gpd.GeoDataFrame(visits[[*COLUMNS, "geometry"]], crs=visits.crs)


def visits_of_plans(folders: Sequence[Path]) -> gpd.GeoDataFrame:
    """Every visit of plans' folders, in the ledger's form; what was walked is not known of them.

    Raises
    ------
    InputError
        Folders without a whole plan, or with one that was named before, all told together.
    """
    faults: list[str] = []
    frames = []
    known: dict[bytes, Path] = {}
    for folder in folders:
        try:
            frames.append(_visits_of_plan(folder))
            same = known.setdefault((folder / "plan.json").read_bytes(), folder)
            if same is not folder:
                faults.append(f"{folder}: the plan of {same} again; its visits would count twice")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    filled = [frame for frame in frames if len(frame)]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs="EPSG:4326") if filled else no_rows()


def no_rows() -> gpd.GeoDataFrame:
    """A table of visits without rows."""
    return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry=[], crs="EPSG:4326")


def people_of_map(path: Path) -> pd.Series:
    """People of each settlement that the map tells of (``population``), by its name.

    Raises
    ------
    InputError
        The file can't be read.
    """
    check_path(path)
    found: dict[str, float] = {}
    places = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("place"))
    try:
        for node in places:
            tags: dict[str, str] = {tag.k: tag.v for tag in node.tags}
            told = people_told(tags.get("population", ""))
            if tags.get("place") in _KINDS and tags.get("name") and told is not None:
                found[tags["name"]] = max(told, found.get(tags["name"], 0.0))
    except (RuntimeError, OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable OpenStreetMap file ({type(error).__name__})") from None
    return pd.Series(found, dtype="float64")


def people_told(text: str) -> float | None:
    """A number of people as mappers write it, None where it is no number.

    Examples
    --------
    >>> people_told("12 400"), people_told("1,250"), people_told("about 300"), people_told("0")
    (12400.0, 1250.0, None, None)
    """
    digits = "".join(text.split()).replace(",", "").replace("\u00a0", "")
    return float(digits) if digits.isascii() and digits.isdigit() and int(digits) else None


def people_of_table(path: Path) -> pd.Series:
    """People of each settlement by a table with the columns ``name`` and ``people``.

    Raises
    ------
    InputError
        The columns are missing, a number can't be read, or a settlement stands there twice.
    """
    table = read_table(path)
    frame = table.frame.rename(columns=lambda name: str(name).strip().casefold())
    missing = [name for name in ("name", "people") if name not in frame]
    if missing:
        raise InputError(
            f"{table.name}: no column {' and no column '.join(missing)}; it needs name and people"
        )
    names = frame["name"].astype("str").str.strip()
    people = [people_told(str(text)) for text in frame["people"]]
    wrong = [int(row) for row, value in zip(frame.index, people, strict=True) if value is None]
    faults = []
    if wrong:
        told = ", ".join(map(str, wrong[:5]))
        faults.append(
            f"{table.name}: people must be a whole number above 0 (rows {told}; {len(wrong)} in all)"
        )
    if names.duplicated().any():
        faults.append(f"{table.name}: named twice: {', '.join(sorted(set(names[names.duplicated()])))}")
    if faults:
        raise InputError(faults)
    return pd.Series(people, index=names.to_numpy(), dtype="float64")


def _visits_of_plan(folder: Path) -> gpd.GeoDataFrame:
    document = plan_json(folder / "plan.json")
    try:
        segments = pyogrio.read_dataframe(folder / "plan.gpkg", layer="segments", columns=["segment"])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as trouble:
        raise InputError(f"{folder / 'plan.gpkg'}: can't be read: {trouble}; write the plan anew") from None
    lines = segments.set_index("segment").geometry.to_crs("EPSG:4326")
    try:
        rows = [
            _visit(event, document["hot_spots"][int(event["hot_spot"])]["segments"], lines)
            for route in document["routes"]
            for event in route["events"]
            if event["kind"] == "visit"
        ]
    except (KeyError, TypeError, ValueError, IndexError) as trouble:
        raise InputError(
            f"{folder}: the plan is not whole ({type(trouble).__name__}); write it anew"
        ) from None
    return gpd.GeoDataFrame(rows, crs="EPSG:4326") if rows else no_rows()


def _visit(event: dict[str, Any], segments: list[int], lines: gpd.GeoSeries) -> dict[str, Any]:
    start, leave = (pd.Timestamp(event[name]) for name in ("start", "leave"))
    wall = start.tz_localize(None)
    return {
        "day": wall.date(),
        "start": wall,
        "planned_min": (leave - start).total_seconds() / 60,
        "walked_min": float("nan"),
        "geometry": shapely.MultiLineString(list(lines.loc[[int(segment) for segment in segments]])),
    }
