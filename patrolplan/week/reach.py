"""When a patrol is on foot in a settlement: at once where it is walked to, after a ride elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.week.grid import WeekGrid

Ints = NDArray[np.int64]


def by_ride(grid: WeekGrid, there_s: int, back_s: int) -> tuple[Ints, Ints]:
    """Minutes at which patrols that begin (end) in each slot arrive (must leave); -1 without a way.

    Parameters
    ----------
    grid
        The week.
    there_s, back_s
        Seconds of the ride there and back, parking included; 0 where it is walked, -1 without a way.

    Examples
    --------
    >>> from datetime import date
    >>> arrive, leave = by_ride(WeekGrid(monday=date(2026, 11, 23)), 601, 540)
    >>> arrive[:2].tolist(), leave[:3].tolist()
    ([11, 41], [-1, 21, 51])
    """
    slots = np.arange(grid.slots + 1) * grid.step_min
    if there_s < 0 or back_s < 0:
        return np.full(grid.slots, -1), np.full(grid.slots + 1, -1)
    arrive = slots[:-1] + -(-there_s // 60)
    leave = slots + -back_s // 60
    return arrive, np.where(leave < 0, -1, leave)


def by_bus(grid: WeekGrid, there: pd.DataFrame, back: pd.DataFrame) -> tuple[Ints, Ints]:
    """The same by buses: the first to arrive after a patrol begins, the last to leave before it ends.

    Parameters
    ----------
    grid
        The week.
    there, back
        Buses of each way as `read_timetable` has them: ``depart_min``, ``arrive_min``.
    """
    slots = np.arange(grid.slots + 1) * grid.step_min
    arrive = np.full(grid.slots, -1, dtype=np.int64)
    leave = np.full(grid.slots + 1, -1, dtype=np.int64)
    for bus in there[["depart_min", "arrive_min"]].to_numpy(dtype=np.int64):
        caught = (slots[:-1] <= bus[0]) & ((arrive < 0) | (bus[1] < arrive))
        arrive[caught] = bus[1]
    for bus in back[["depart_min", "arrive_min"]].to_numpy(dtype=np.int64):
        home = (slots >= bus[1]) & (bus[0] > leave)
        leave[home] = bus[0]
    return arrive, leave
