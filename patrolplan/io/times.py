"""Times as they are written: local ISO times with offset, clock times, and the hours on shift."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.plan import PatrolPlan
from patrolplan.units import HOURS_PER_WEEK

MINUTES_PER_HOUR = 60


def iso(instant: Any) -> str:
    """An instant in local time with its offset, to the second.

    Examples
    --------
    >>> iso(pd.Timestamp("2026-11-23 16:05", tz="Europe/Kyiv"))
    '2026-11-23T16:05:00+02:00'
    """
    return str(pd.Timestamp(instant).isoformat(timespec="seconds"))


def clock(instant: Any) -> str:
    """The wall clock at an instant, rounded down to the minute.

    Examples
    --------
    >>> clock(pd.Timestamp("2026-11-23 16:05:59", tz="Europe/Kyiv"))
    '16:05'
    """
    return str(pd.Timestamp(instant).strftime("%H:%M"))


def clock_end(instant: Any) -> str:
    """The wall clock at the end of a span, where midnight reads 24:00.

    Examples
    --------
    >>> clock_end(pd.Timestamp("2026-11-24 00:00", tz="Europe/Kyiv"))
    '24:00'
    """
    return "24:00" if clock(instant) == "00:00" else clock(instant)


def minutes_of_hours(
    plan: PatrolPlan, *, whole_horizon: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hours of the week the plan touches, and minutes in each with a crew on shift.

    Parameters
    ----------
    plan
        Its crews and time zone are read.
    whole_horizon
        Also count the minutes without any crew between the first shift's start and the last end.

    Returns
    -------
    hours, minutes
        [h] hours of the week in ascending order (Monday 00:00 local is 0) and minutes in each.
    """
    spans = [_minutes(crew.shift.start, crew.shift.end) for crew in plan.crews]
    if whole_horizon:
        spans = [(min(start for start, _ in spans), max(end for _, end in spans))]
    minutes = np.unique(np.concatenate([np.arange(start, end) for start, end in spans]))
    local = pd.to_datetime(minutes * 60, unit="s", utc=True).tz_convert(plan.timezone)
    hour_of_week = local.day_of_week.to_numpy() * 24 + local.hour.to_numpy()
    counts = np.bincount(hour_of_week, minlength=HOURS_PER_WEEK)
    hours = np.flatnonzero(counts)
    return hours.astype(np.int64), counts[hours].astype(np.int64)


def _minutes(start: Any, end: Any) -> tuple[int, int]:
    return int(start.timestamp()) // 60, int(end.timestamp()) // 60
