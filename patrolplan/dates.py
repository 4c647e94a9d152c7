"""Days that are not usual, put on the streets: events, bells, curfews, closures, holidays, school terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

HOLIDAY, NO_SCHOOL, MARKET, NO_MARKET = "holiday", "no school", "market", "no market"
TERM, BELL, EVENT, CURFEW, CLOSED = "term", "bell", "event", "curfew", "closed"
WHAT = (HOLIDAY, NO_SCHOOL, MARKET, NO_MARKET, TERM, BELL, EVENT, CURFEW, CLOSED)
"""What a row of the calendar can be."""

OF_NEED = (HOLIDAY, NO_SCHOOL, MARKET, NO_MARKET)
"""Kinds that change the hours of places: see `patrolplan.risk.calendar.for_week`."""

SCHOOL_WEEK = (0, 1, 2, 3, 4)
MINUTES_PER_DAY = 24 * 60
Span = tuple[dt.datetime, dt.datetime]
"""Two times by the local wall clock, without zone."""


@dataclass(frozen=True, kw_only=True)
class DatedRow:
    """A row of the calendar or of the table of events, as read.

    Attributes
    ----------
    table, row
        Name of the file and 1-based data row, for messages.
    what
        One of `WHAT`.
    name, place
        Its name, and where it is, in words; "" where not given.
    point, area
        Where it is: longitude and latitude, or a polygon in degrees; None where not given.
    first, last
        Days on which it holds.
    start_min, end_min
        Minutes after midnight; the end passes 1,440 where it runs into the night; None: all day.
    bell_min
        Minute of the bell itself, None of other rows.
    days
        Weekdays on which it holds, 0 is Monday; None: all (of bells: school days).
    crowd
        People expected, None where not given.
    cover, joint, stay_min, who
        Crews wanted there, whether they stand together (None: not said), for how long, and which.
    closes, closed_areas
        Streets that are shut meanwhile: their names; and polygons in degrees that are.
    note
        The planner's own; never on what people hold.
    """

    table: str
    row: int
    what: str
    name: str = ""
    place: str = ""
    point: tuple[float, float] | None = None
    area: shapely.Geometry | None = None
    first: dt.date
    last: dt.date
    start_min: int | None = None
    end_min: int | None = None
    bell_min: int | None = None
    days: tuple[int, ...] | None = None
    crowd: float | None = None
    cover: int = 0
    joint: bool | None = None
    stay_min: int | None = None
    who: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    closed_areas: tuple[shapely.Geometry, ...] = ()
    note: str = ""

    def holds_on(self, day: dt.date) -> bool:
        """Whether it holds on a day, school days left aside.

        Examples
        --------
        >>> row = DatedRow(table="c.csv", row=1, what="closed", first=dt.date(2026, 11, 23),
        ...     last=dt.date(2026, 11, 29), days=(5, 6))
        >>> [row.holds_on(dt.date(2026, 11, day)) for day in (23, 28, 30)]
        [False, True, False]
        """
        return self.first <= day <= self.last and (self.days is None or day.weekday() in self.days)

    @property
    def span_min(self) -> tuple[int, int]:
        """Its minutes of a day; the whole day where none are given."""
        if self.start_min is None or self.end_min is None:
            return 0, MINUTES_PER_DAY
        return self.start_min, self.end_min

    def spans(self, days: Sequence[dt.date]) -> Iterator[Span]:
        """When it holds, of some days."""
        for day in days:
            if self.holds_on(day):
                yield span_of_day(day, *self.span_min)

    @property
    def told(self) -> str:
        """The row in messages."""
        return f"{self.table}, row {self.row}"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event, or a bell, with its place on the streets.

    Attributes
    ----------
    row
        As read; its hours are those of the crowd.
    at
        Where crews stand: longitude and latitude.
    near
        [segments] shares of the crowd, sum 1.
    segments
        Streets it takes place on or next to, for records of the past.
    """

    row: DatedRow
    at: tuple[float, float]
    near: NDArray[np.float64]
    segments: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.row.name or self.row.place


@dataclass(frozen=True, kw_only=True)
class Shut:
    """Streets that are shut for a time: the row that says so, and [segments] which."""

    row: DatedRow
    segments: NDArray[np.bool_]
    names: tuple[str, ...]
    shape: shapely.Geometry


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A thing to know about a day, for what people hold; words are made of it where it is written.

    Attributes
    ----------
    what
        One of `WHAT`.
    day
        Its date.
    start_min, end_min
        Minutes after midnight, None where it is the whole day; a bell has one time alone.
    name, place
        What and where.
    streets, segments
        Names and rows of the streets that are shut.
    shape
        What is shut, or where it is, in degrees.
    """

    what: str
    day: dt.date
    start_min: int | None = None
    end_min: int | None = None
    name: str = ""
    place: str = ""
    streets: tuple[str, ...] = ()
    segments: tuple[int, ...] = ()
    shape: shapely.Geometry = field(default_factory=shapely.Point)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The calendar and the events of a community on its streets.

    Attributes
    ----------
    rows
        All rows as read.
    happenings
        Events and bells.
    shut
        Closures, those of events too.
    notes
        Plain sentences on how the tables were read.
    """

    rows: tuple[DatedRow, ...] = ()
    happenings: tuple[Happening, ...] = ()
    shut: tuple[Shut, ...] = ()
    notes: tuple[str, ...] = ()

    def _of(self, *what: str) -> Iterator[DatedRow]:
        return (row for row in self.rows if row.what in what)

    def is_school_day(self, day: dt.date, *, days: Sequence[int] | None = None) -> bool:
        """Whether there is school: in a term where terms are given, no holiday, no day without school.

        Examples
        --------
        >>> off = DatedRow(table="c.csv", row=1, what="no school", first=dt.date(2026, 12, 28),
        ...     last=dt.date(2027, 1, 8))
        >>> dates = Dates(rows=(off,))
        >>> [dates.is_school_day(dt.date(2026, 12, day)) for day in (25, 26, 28)]
        [True, False, False]
        """
        if day.weekday() not in (SCHOOL_WEEK if days is None else days):
            return False
        terms = list(self._of(TERM))
        if terms and not any(term.holds_on(day) for term in terms):
            return False
        return not any(row.holds_on(day) for row in self._of(HOLIDAY, NO_SCHOOL))

    def days_of_need(self, week: dt.date) -> pd.DataFrame:
        """Rows ``date`` and ``what`` of the week of a day, as `patrolplan.risk.calendar.for_week` takes them.

        A weekday out of term is one without school.
        """
        monday = week - dt.timedelta(days=week.weekday())
        found = []
        for day in (monday + dt.timedelta(days=k) for k in range(7)):
            here = [row.what for row in self._of(*OF_NEED) if row.holds_on(day)]
            if any(self._of(TERM)) and day.weekday() in SCHOOL_WEEK and not self.is_school_day(day):
                here.append(NO_SCHOOL)
            found += [{"date": day, "what": what} for what in dict.fromkeys(here)]
        return pd.DataFrame(found, columns=["date", "what"])

    def happening_on(self, day: dt.date) -> tuple[Happening, ...]:
        """Events and bells of a day; bells on school days alone."""
        return tuple(
            one
            for one in self.happenings
            if one.row.holds_on(day) and (one.row.what != BELL or self.is_school_day(day, days=one.row.days))
        )

    def curfews(self, days: Sequence[dt.date]) -> tuple[tuple[DatedRow, Span], ...]:
        """Curfews that begin on some days, with their times, in order."""
        found = [(row, span) for row in self._of(CURFEW) for span in row.spans(days)]
        return tuple(sorted(found, key=lambda one: (one[1], one[0].row)))

    def shut_during(self, spans: Sequence[Span], count: int) -> NDArray[np.bool_]:
        """[segments] whether a street is shut at any time of some spans.

        Parameters
        ----------
        spans
            Shifts by the local wall clock.
        count
            Number of segments.
        """
        out = np.zeros(count, dtype=np.bool_)
        for one in self.shutting(spans):
            out |= one.segments
        return out

    def shutting(self, spans: Sequence[Span]) -> tuple[Shut, ...]:
        """The closures that hold at any time of some spans."""
        return tuple(
            one
            for one in self.shut
            if any(overlap(other, span) for span in spans for other in one.row.spans(days_around(span)))
        )

    def notices(self, days: Sequence[dt.date]) -> tuple[Notice, ...]:
        """What people should know about some days, in order of day and hour."""
        found: list[Notice] = []
        for day in sorted(set(days)):
            found += [
                Notice(
                    what=row.what,
                    day=day,
                    start_min=row.start_min,
                    end_min=row.end_min,
                    name=row.name,
                    place=row.place,
                )
                for row in self._of(*OF_NEED, CURFEW)
                if row.holds_on(day)
            ]
            found += [
                _of_happening(one, day) for one in self.happening_on(day) if one.row.what in (BELL, EVENT)
            ]
            found += [_of_shut(one, day) for one in self.shut if one.row.holds_on(day)]
        unique = {(n.what, n.day, n.start_min, n.name, n.place, n.streets): n for n in found}
        return tuple(
            sorted(unique.values(), key=lambda n: (n.day, -1 if n.start_min is None else n.start_min))
        )


def span_of_day(day: dt.date, start_min: int, end_min: int) -> Span:
    """Two minutes of a day as times by the wall clock.

    Examples
    --------
    >>> [str(at) for at in span_of_day(dt.date(2026, 11, 28), 1320, 1500)]
    ['2026-11-28 22:00:00', '2026-11-29 01:00:00']
    """
    midnight = dt.datetime.combine(day, dt.time())
    return midnight + dt.timedelta(minutes=start_min), midnight + dt.timedelta(minutes=end_min)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans have time in common."""
    return one[0] < other[1] and other[0] < one[1]


def days_around(span: Span) -> tuple[dt.date, ...]:
    """The days of a span and the day before, whose night may reach into it."""
    first = span[0].date() - dt.timedelta(days=1)
    return tuple(first + dt.timedelta(days=k) for k in range((span[1].date() - first).days + 1))


def _of_happening(one: Happening, day: dt.date) -> Notice:
    row = one.row
    is_bell = row.what == BELL
    return Notice(
        what=row.what,
        day=day,
        start_min=row.bell_min if is_bell else row.start_min,
        end_min=None if is_bell else row.end_min,
        name=row.name,
        place=row.place,
        shape=shapely.Point(one.at),
    )


def _of_shut(one: Shut, day: dt.date) -> Notice:
    row = one.row
    return Notice(
        what=CLOSED,
        day=day,
        start_min=row.start_min,
        end_min=row.end_min,
        name=row.name,
        streets=one.names,
        segments=tuple(np.flatnonzero(one.segments).tolist()),
        shape=one.shape,
    )
