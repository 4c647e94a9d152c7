"""The window of a patrol: which hours of the week the shifts cover, and how many minutes of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from patrolplan.duty import Shift
from patrolplan.errors import InputError
from patrolplan.units import HOURS_PER_WEEK

STEP = timedelta(minutes=1)


def window_minutes(shifts: Sequence[Shift], *, timezone: str | None = None) -> NDArray[np.float64]:
    """Minutes of each hour of the week in which at least one shift is on the street.

    Parameters
    ----------
    shifts
        A minute that several shifts share counts once. Shifts of more than a week, or in several
        weeks, add up.
    timezone
        IANA name of the zone whose wall clock counts; the zone of each shift's start if not given.

    Returns
    -------
    [168] float, hour 0 is Monday 00:00 local wall clock.

    Examples
    --------
    Monday 16:30 to 18:00, twice:

    >>> kyiv = ZoneInfo("Europe/Kyiv")
    >>> half_past_four, six = (datetime(2026, 11, 23, h, m, tzinfo=kyiv) for h, m in ((16, 30), (18, 0)))
    >>> minutes = window_minutes([Shift(start=half_past_four, end=six)] * 2)
    >>> minutes[16:18].tolist(), float(minutes.sum())
    ([30.0, 60.0], 90.0)
    """
    if not shifts:
        raise InputError("no shifts: say when somebody patrols")
    zone: tzinfo | None = ZoneInfo(timezone) if timezone is not None else None
    counted: set[datetime] = set()
    minutes = np.zeros(HOURS_PER_WEEK)
    for shift in shifts:
        local_zone = zone or shift.start.tzinfo
        instant, end = shift.start.astimezone(UTC), shift.end.astimezone(UTC)
        while instant < end:
            if instant not in counted:
                counted.add(instant)
                local = instant.astimezone(local_zone)
                minutes[local.weekday() * 24 + local.hour] += min(STEP, end - instant) / STEP
            instant += STEP
    return minutes
