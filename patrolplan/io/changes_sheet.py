"""The sheet of a week's roster on which a planner pins, bans or moves stops, and how it is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.errors import InputError
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.week.edits import BAN, MOVE, PIN, Edit

SHEET = "Changes"
COLUMNS = (
    "Change", "New time", "Date", "Officer", "From", "To", "Place", "Visit", "Settlement", "Where", "Exact",
)  # fmt: skip
WIDTHS = (10, 10, 12, 24, 8, 8, 44, 8, 20, 22, 20)
HOW_TO = (
    "Write pin, ban or move beside a stop (for move a new time), save, and run `patrolplan week` for the "
    "same week again: the change is kept in every later run until its word is taken out. Leave the "
    "other columns."
)


def change_rows(plan: PatrolPlan, edits: Sequence[Edit] = ()) -> list[tuple[Any, ...]]:
    """The rows of the sheet: every visit, with the changes that were asked for; then what was banned."""
    degrees = plan.stops.geometry.to_crs("EPSG:4326")
    areas: Mapping[str, str] = dict(plan.provenance.get("areas", {}))
    asked = {(e.officer, e.shift_start, e.start): PIN for e in edits if e.what != BAN}
    rows: list[tuple[Any, ...]] = []
    visits: Any = plan.stops.to_dict("records")
    for visit, point in zip(visits, degrees, strict=True):
        crew = plan.crews[int(visit["crew"])]
        begin, end, start = (_naive(at) for at in (crew.shift.start, crew.shift.end, visit["start"]))
        officer = crew.officers[0].name
        rows.append(
            (
                asked.get((officer, begin, start), ""), "", begin.date(), officer, begin.time(), end.time(),
                one_line(visit["label"]), start.time().replace(second=0), areas.get(crew.name, ""),
                f"{point.x:.6f} {point.y:.6f}", start.isoformat(),
            )
        )  # fmt: skip
    rows += [
        (
            BAN, "", e.shift_start.date(), e.officer, e.shift_start.time(), e.shift_end.time(), e.label, None,
            e.area, f"{e.lon:.6f} {e.lat:.6f}", "",
        )
        for e in edits
        if e.what == BAN
    ]  # fmt: skip
    return rows


def read_changes(path: str | Path) -> tuple[Edit, ...]:
    """The changes that a planner wrote into the roster of a week.

    Parameters
    ----------
    path
        ``roster.xlsx`` of the week's folder.

    Raises
    ------
    InputError
        The workbook can't be read, or lines of its sheet make no sense: all told together.
    """
    file = Path(path)
    import openpyxl  # type: ignore[import-untyped]

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as trouble:
        told = f"{file}: can't be read as a workbook ({trouble}); restore it or move it away"
        raise InputError(told) from None
    try:
        if SHEET not in book.sheetnames:
            return ()
        cells = list(book[SHEET].iter_rows(values_only=True))
    finally:
        book.close()
    edits, faults = [], []
    for number, row in enumerate(cells[3:], start=4):
        word = str(row[0] or "").strip().casefold() if row else ""
        if not word:
            continue
        try:
            edits.append(_edit(word, row, number))
        except (ValueError, TypeError, AttributeError, IndexError) as fault:
            faults.append(f"{file.name}, sheet {SHEET}, row {number}: {fault}")
    if faults:
        raise InputError(faults)
    return tuple(edits)


def _edit(word: str, row: Sequence[Any], number: int) -> Edit:
    if word not in (PIN, BAN, MOVE):
        raise ValueError(f'"{word}" is none of pin, ban, move')
    day = row[2].date() if isinstance(row[2], datetime) else row[2]
    if not isinstance(day, date):
        raise ValueError(f"its date {row[2]!r} can't be read; leave the other columns as they were")
    begin, end = (datetime.combine(day, _clock(cell)) for cell in row[4:6])
    lon, lat = (float(part) for part in str(row[9]).split())
    start = None
    if word == MOVE:
        if row[1] in (None, ""):
            raise ValueError("move needs a new time")
        start = datetime.combine(day, _clock(row[1]))
        start += timedelta(days=1) if start < begin else timedelta()
    elif word == PIN:
        start = datetime.fromisoformat(str(row[10]))
    return Edit(
        officer=str(row[3]),
        shift_start=begin,
        shift_end=end if end > begin else end + timedelta(days=1),
        area=str(row[8] or ""),
        what=word,
        label=str(row[6] or ""),
        lon=lon,
        lat=lat,
        start=start,
        row=number,
    )


def _clock(cell: Any) -> time:
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, float | int) and 0 <= cell < 1:
        return (datetime.min + timedelta(minutes=round(cell * 1440))).time()
    return time.fromisoformat(str(cell).strip().zfill(5))


def _naive(at: Any) -> datetime:
    made: datetime = pd.Timestamp(at).tz_localize(None).to_pydatetime(warn=False)
    return made


def edit_points(edits: Sequence[Edit], crs: Any) -> Any:
    """[edits, 2] where the edited places lie, in metres of the network."""
    points = shapely.points([(edit.lon, edit.lat) for edit in edits])
    return gpd.GeoSeries(points, crs="EPSG:4326").to_crs(crs).get_coordinates().to_numpy()
