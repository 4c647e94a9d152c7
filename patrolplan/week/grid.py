"""The week cut into slots of wall-clock time, the night after its Sunday included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.risk.week_hours import week_minutes
from patrolplan.units import HOURS_PER_WEEK

Bools = NDArray[np.bool_]
DAYS = 8
MINUTES_PER_DAY = 24 * 60
_WEEK = re.compile(r"(\d{4})-?W(\d{2})")


@dataclass(frozen=True, kw_only=True)
class WeekGrid:
    """Slots of ``step_min`` minutes from a Monday 00:00 on, for eight days.

    Attributes
    ----------
    monday
        First day of the week.
    step_min
        Minutes of a slot; a divisor of 60.

    Examples
    --------
    >>> grid = WeekGrid(monday=date(2026, 11, 23), step_min=30)
    >>> grid.name, grid.slots, grid.slot_of(1, 90)
    ('2026-W48', 384, 51)
    """

    monday: date
    step_min: int = 30

    @property
    def name(self) -> str:
        """The week as ISO 8601 names it."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def per_day(self) -> int:
        """Slots of a day."""
        return MINUTES_PER_DAY // self.step_min

    @property
    def slots(self) -> int:
        """Slots of the grid."""
        return DAYS * self.per_day

    @property
    def hours(self) -> NDArray[np.int64]:
        """[slots] hour of the week (0..167) of each slot; the eighth day is a Monday again."""
        return np.asarray(np.arange(self.slots) * self.step_min // 60 % HOURS_PER_WEEK)

    def inside(self, hours: str) -> Bools:
        """[slots] whether a slot lies wholly in "Mo-Fr 07:30-08:30; Sa 10-14".

        Examples
        --------
        >>> WeekGrid(monday=date(2026, 11, 23)).inside("Mo 07:45-08:30").nonzero()[0].tolist()
        [16, 352]
        """
        by_slot: Bools = np.asarray(week_minutes(hours).reshape(-1, self.step_min).all(axis=1))
        return np.concatenate([by_slot, by_slot[: self.per_day]])

    def slot_of(self, day: int, minute: int) -> int:
        """The slot that a minute of a day (0: Monday) lies in."""
        return (day * MINUTES_PER_DAY + minute) // self.step_min

    def day(self, number: int) -> date:
        """The date of a day, 0: Monday."""
        return self.monday + timedelta(days=number)

    def number(self, day: date) -> int:
        """The day's number, 0: Monday; negative before it."""
        return (day - self.monday).days

    def touched(self, hours: str) -> Bools:
        """[slots] whether any of "Mo-Fr 07:30-08:30; Sa 10-14" lies in a slot; "" touches none.

        Examples
        --------
        >>> WeekGrid(monday=date(2026, 11, 23)).touched("Mo 07:30-08:30").nonzero()[0].tolist()
        [15, 16, 351, 352]
        """
        if not hours.strip():
            return np.zeros(self.slots, dtype=np.bool_)
        minutes = week_minutes(hours)
        by_slot: Bools = np.asarray(minutes.reshape(-1, self.step_min).any(axis=1))
        return np.concatenate([by_slot, by_slot[: self.per_day]])


def week_of(text: str) -> date:
    """The Monday of a week such as "2026-W48".

    Raises
    ------
    InputError
        No such week.

    Examples
    --------
    >>> week_of("2026-W48")
    datetime.date(2026, 11, 23)
    """
    match = _WEEK.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise InputError(f'"{text}" is no week; write it as in "2026-W48"') from None


def clock(minute: int) -> str:
    """A minute of the day or week as wall-clock time.

    Examples
    --------
    >>> clock(1440 + 17 * 60 + 5)
    '17:05'
    """
    minute %= MINUTES_PER_DAY
    return f"{minute // 60:02d}:{minute % 60:02d}"
