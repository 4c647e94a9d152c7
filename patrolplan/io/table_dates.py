"""Days that are not usual: the calendar and the table of events in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from patrolplan.dates import BELL, CLOSED, CURFEW, EVENT, MINUTES_PER_DAY, TERM, WHAT, DatedRow
from patrolplan.errors import InputError
from patrolplan.io.table_columns import cells_of, checked_columns
from patrolplan.io.table_coordinates import numbers
from patrolplan.io.table_dates_words import OWN_AREA, YES_OR_NO, kind_of_day
from patrolplan.io.table_duty_words import clock_minutes
from patrolplan.io.table_points import Bounds, read_points
from patrolplan.io.table_read import RawTable, read_table
from patrolplan.io.table_times import checked_zone, read_days
from patrolplan.io.text import one_line
from patrolplan.risk.offences import tell_rows
from patrolplan.risk.week_hours import days_of_words

BELL_BEFORE_MIN, BELL_AFTER_MIN = 15, 20
"""Where a bell has one time alone, pupils are about from so long before it until so long after: policy."""

MOST_CROWD, MOST_COVER, STAYS_MIN = 10_000_000, 100, (5, 720)
_PARTED = re.compile(r"\s*[;\n]\s*")


@dataclass(frozen=True, kw_only=True)
class DatedTable:
    """Rows of a calendar or of a table of events, and plain sentences on how it was read."""

    rows: tuple[DatedRow, ...]
    notes: tuple[str, ...] = ()


def read_calendar(
    path: str | Path,
    *,
    timezone: str = "UTC",
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    bounds: Bounds | None = None,
) -> DatedTable:
    """Read a calendar: holidays, school terms and bells, market days, curfews, closures, events.

    Parameters
    ----------
    path
        Any table that `read_table` reads: one row a day or span of days, with ``date`` and ``what``
        ("holiday", "no school", "market", "no market", "term", "bell", "event", "curfew", "closed").
    timezone, columns, crs, encoding, separator, sheet, day_first, bounds
        As of `patrolplan.read_problems`; roles of the columns are "date" and "until" (first and last day),
        "what", "name", "place", "lon", "lat", "point", "start" and "end" (clock times), "days"
        (weekdays), "crowd", "cover", "joint", "stay", "who", "closes" and "note".

    Raises
    ------
    InputError
        The file can't be read, or cells in it: all told together, by row.
    """
    given = {"crs": crs, "encoding": encoding, "separator": separator, "sheet": sheet}
    return _read(Path(path), "calendar", timezone, columns, day_first, bounds, given)


def read_events(
    path: str | Path,
    *,
    timezone: str = "UTC",
    columns: Mapping[str, str] | None = None,
    crs: Any | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    bounds: Bounds | None = None,
) -> DatedTable:
    """Read a table of events: a row a day, with place, date, hours, crowd, closures and cover.

    Parameters
    ----------
    path
        Any table that `read_table` reads.
    timezone, columns, crs, encoding, separator, sheet, day_first, bounds
        As of `read_calendar`; there is no ``what`` and there are no ``days``.

    Raises
    ------
    InputError
        The file can't be read, or cells in it: all told together, by row.
    """
    given = {"crs": crs, "encoding": encoding, "separator": separator, "sheet": sheet}
    return _read(Path(path), "events", timezone, columns, day_first, bounds, given)


def _read(
    path: Path,
    sort: str,
    timezone: str,
    columns: Mapping[str, str] | None,
    day_first: bool | None,
    bounds: Bounds | None,
    given: Mapping[str, Any],
) -> DatedTable:
    crs = given["crs"]
    wanted = tuple((columns or {}).values())
    form = {key: value for key, value in given.items() if key != "crs"}
    table = read_table(path, table=sort, wanted=wanted, **form)
    chosen, _ = checked_columns(table.frame, columns, table=sort, name=table.name)
    needed = ("date", "what") if sort == "calendar" else ("date",)
    missing = [role for role in needed if role not in chosen]
    if missing:
        raise InputError(
            f"{table.name}: no column for {' and '.join(missing)} among "
            f"{', '.join(map(str, table.frame.columns))}; name it under [{sort}.columns]"
        )
    places = _places(table, chosen, crs, bounds)
    cells = _Cells(table, chosen, sort, checked_zone(timezone).key, day_first, places)
    rows = [cells.row_of(label, places) for label in table.frame.index]
    cells.fault("neither empty nor dated: give the day in date", cells.undated)
    faults = cells.faults
    if faults:
        raise InputError([f"{table.name}: {fault}" for fault in faults])
    return DatedTable(rows=tuple(row for row in rows if row is not None), notes=_unread(table, chosen))


def _places(
    table: RawTable, chosen: Mapping[str, str], crs: Any | None, bounds: Bounds | None
) -> dict[int, tuple[tuple[float, float] | None, shapely.Geometry | None]]:
    """Point and, where the file draws one, area of each row."""
    there = bool(table.points is not None and (~table.points.is_empty & table.points.notna()).any())
    if table.points is not None and not there:
        return {}
    points, aside = read_points(table, chosen, crs=crs, required=False, bounds=bounds)
    filled = aside[aside["reason"] != "no coordinates"]
    if len(filled):
        raise InputError(
            f"{table.name}: {filled['reason'].iloc[0]} ({tell_rows(filled['row'])}); "
            "give longitude and latitude in degrees"
        )
    areas: Any = {}
    if table.points is not None:
        shapes = table.points.set_crs(crs, allow_override=True) if crs is not None else table.points
        polygons = shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])]
        areas = dict(polygons.to_crs("EPSG:4326").items()) if len(polygons) else {}
    return {int(row): ((float(at.x), float(at.y)), areas.get(row)) for row, at in points.items()}


def _unread(table: RawTable, chosen: Mapping[str, str]) -> tuple[str, ...]:
    left = [str(name) for name in table.frame.columns if name not in chosen.values() and name != "geometry"]
    left += [personal.column for personal in table.personal]
    if not left:
        return ()
    return (f"{table.name}: columns that are not read: {', '.join(left)}",)


class _Cells:
    """The cells of a table by role, and what is wrong with them."""

    def __init__(
        self,
        table: RawTable,
        chosen: Mapping[str, str],
        sort: str,
        zone: str,
        day_first: bool | None,
        drawn: Collection[int],
    ) -> None:
        frame = table.frame
        self.name, self.faults = table.name, list[str]()
        self.drawn = pd.Series(frame.index.isin(list(drawn)), index=frame.index)
        roles = (
            "what", "name", "place", "start", "end", "days", "crowd", "cover", "joint", "stay", "who",
            "closes", "note", "date", "until",
        )  # fmt: skip
        self.text = {role: cells_of(frame, chosen, role).str.strip() for role in roles}
        days, unread = read_days(frame, chosen, ("date", "until"), timezone=zone, day_first=day_first)
        self.faults += unread
        self.first = days["date"]
        self.last = days["until"].where(days["until"].notna(), days["date"])
        self.filled = (pd.concat(self.text.values(), axis=1) != "").any(axis=1)
        self.undated = frame.index[self.filled & (self.text["date"] == "")]
        self.what = (
            self.text["what"].map(kind_of_day)
            if sort == "calendar"
            else pd.Series(EVENT, index=frame.index, dtype="str")
        )
        self._checked(frame.index)

    def fault(self, what: str, rows: Any) -> None:
        """Remember what is wrong with some rows."""
        if len(rows):
            self.faults.append(f"{what} ({tell_rows(rows)})")

    def _number(self, role: str, least: float, most: float, *, whole: bool, usual: float) -> pd.Series:
        told = self.text[role]
        value = numbers(told.str.replace(r"(?<=\d)[\s\u00a0](?=\d{3})", "", regex=True))
        wrong = (told != "") & ~(
            value.between(least, most) & (~pd.Series(whole, index=value.index) | (value % 1 == 0))
        )
        word = "whole number" if whole else "number"
        self.fault(f"{role} must be a {word} from {least:,g} to {most:,g}", told.index[wrong])
        return value.where(told != "", usual)

    def _checked(self, index: pd.Index) -> None:
        text, rows = self.text, self.filled
        unknown = rows & (self.what == "")
        for told in text["what"][unknown].unique():
            close = get_close_matches(told.casefold(), WHAT, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"one of {', '.join(WHAT)}"
            self.fault(f'"{told}" is no kind of day; {hint}', index[unknown & (text["what"] == told)])
        self.start, self.end = (clock_minutes(text[role]) for role in ("start", "end"))
        for role, minutes in (("from", self.start), ("to", self.end)):
            self.fault(f"unreadable clock time in {role}; write 18:00", index[minutes == -1])
        self.fault("until comes before date; swap them", index[(self.last < self.first).to_numpy()])
        self.days = text["days"].map(days_of_words)
        self.fault("unreadable weekdays; write Mo-Fr or Mo, We, Sa", index[self.days.isna()])
        self.crowd = self._number("crowd", 0, MOST_CROWD, whole=False, usual=np.nan)
        self.cover = self._number("cover", 0, MOST_COVER, whole=True, usual=0)
        self.stay = self._number("stay", *STAYS_MIN, whole=True, usual=np.nan)
        self.joint = text["joint"].str.casefold().map(lambda told: YES_OR_NO.get(told, -1))
        self.fault("joint is yes or no", index[self.joint == -1])
        start, end = text["start"] != "", text["end"] != ""
        one_end = (start != end) & (self.what != BELL)
        self.fault("one of the hours from and to alone; give both, or neither", index[rows & one_end])
        need_hours = self.what.isin([EVENT, CURFEW]) | ((self.cover > 0) & (self.what != BELL))
        self.fault(
            "no hours; give from and to, such as 18:00 and 22:00", index[rows & need_hours & ~start & ~end]
        )
        self.fault("a bell has no time; give it in from, such as 13:30", index[(self.what == BELL) & ~start])
        self.fault("from and to are the same", index[start & end & (self.start == self.end)])
        self.fault("a term needs its last day in until", index[(self.what == TERM) & (text["until"] == "")])
        closing = (self.what == CLOSED) & (text["closes"] == "") & (text["place"] == "") & ~self.drawn
        self.fault("closed, but no street is named in place or closes", index[closing])

    def row_of(
        self,
        label: int,
        places: Mapping[int, tuple[tuple[float, float] | None, shapely.Geometry | None]],
    ) -> DatedRow | None:
        """A row as a value; None where it is empty or faulty."""
        what, first, last = self.what[label], self.first[label], self.last[label]
        if not self.filled[label] or not what or pd.isna(first) or pd.isna(last):
            return None

        def get(role: str) -> str:
            return one_line(self.text[role][label])

        point, area = places.get(label, (None, None))
        place = get("place")
        if _is_area(place):
            place, area = "", self._area(label, self.text["place"][label])
        if what in (BELL, EVENT) and not place and point is None and area is None:
            self.fault(
                f"no place: a{'n event' if what == EVENT else ' bell'} needs a name or lon and lat", [label]
            )
        closed = [one for one in _PARTED.split(self.text["closes"][label]) if one]
        if what == CLOSED:
            closed += [one for one in _PARTED.split(place) if one]
            closed += ["area"] if area is not None else []
            place = ""
        drawn = [self._area(label, one) for one in closed if _is_area(one)]
        drawn += [area for one in closed if one.casefold() in OWN_AREA]
        if any(one.casefold() in OWN_AREA for one in closed) and area is None:
            self.fault("closes its area, but has none; draw a polygon or name streets", [label])
        start, end = self._hours(label, what)
        crowd, stay = self.crowd[label], self.stay[label]
        return DatedRow(
            table=self.name,
            row=int(label),
            what=what,
            name=get("name"),
            place=place,
            point=point,
            area=area,
            first=first.date(),
            last=last.date(),
            start_min=start,
            end_min=end,
            bell_min=int(self.start[label]) if what == BELL and self.start[label] >= 0 else None,
            days=self.days[label] if self.text["days"][label] else None,
            crowd=None if pd.isna(crowd) else float(crowd),
            cover=0 if pd.isna(self.cover[label]) else int(self.cover[label]),
            joint=None if self.joint[label] < 0 or self.joint[label] == 2 else bool(self.joint[label]),
            stay_min=None if pd.isna(stay) else int(stay),
            who=tuple(filter(None, re.split(r"\s*[,;\n]\s*", get("who")))),
            closes=tuple(
                one_line(one) for one in closed if not _is_area(one) and one.casefold() not in OWN_AREA
            ),
            closed_areas=tuple(one for one in drawn if one is not None),
            note=get("note"),
        )

    def _hours(self, label: int, what: str) -> tuple[int | None, int | None]:
        start, end = self.start[label], self.end[label]
        if what == BELL and pd.isna(end) and not pd.isna(start):
            return max(0, int(start) - BELL_BEFORE_MIN), int(start) + BELL_AFTER_MIN
        if pd.isna(start) or pd.isna(end):
            return None, None
        return int(start), int(end) + (MINUTES_PER_DAY if end <= start else 0)

    def _area(self, label: int, text: str) -> shapely.Geometry | None:
        try:
            area = shapely.from_wkt(text)
        except shapely.GEOSException:
            area = None
        west, south, east, north = (0, 0, 0, 0) if area is None else area.bounds
        if area is None or area.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            self.fault("unreadable area; write POLYGON ((32.60 49.85, 32.61 49.85, ...)) in degrees", [label])
            return None
        return shapely.make_valid(area)


def _is_area(text: str) -> bool:
    return text.upper().startswith(("POLYGON", "MULTIPOLYGON"))
