"""Bus times between settlements, out of a plain table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from patrolplan.config.crews import minute_of_day
from patrolplan.errors import InputError
from patrolplan.io.table_read import read_table
from patrolplan.risk.week_hours import week_hours

COLUMNS = ("from", "to", "depart", "arrive")
NAMES = ("line", "from_stop", "to_stop")
"""Columns that a timetable may have besides, for the words on the card."""


def read_timetable(path: str | Path) -> pd.DataFrame:
    """Read bus times.

    Parameters
    ----------
    path
        A table with the columns ``from``, ``to`` (settlements or stations), ``depart``, ``arrive`` (clock
        times "07:35") and, where buses don't go daily, ``days`` ("Mo-Fr"); for the card also ``line``,
        ``from_stop`` and ``to_stop``.

    Returns
    -------
    One row a bus and weekday: ``from``, ``to``, ``depart_min`` and ``arrive_min`` (minutes of the week,
    Monday 00:00 is 0), ``line``, ``from_stop``, ``to_stop`` ("" where not told).

    Raises
    ------
    InputError
        Columns that are missing, or cells that can't be read: all told together.
    """
    table = read_table(path)
    cells = table.frame.rename(columns=lambda name: str(name).strip().lower())
    missing = [name for name in COLUMNS if name not in cells]
    if missing:
        raise InputError(
            f"{table.name}: no column {', '.join(missing)}; a timetable has {', '.join(COLUMNS)} and days"
        )
    rows, faults = [], []
    days = cells["days"].fillna("") if "days" in cells else pd.Series("", index=cells.index)
    named = cells.reindex(columns=list(NAMES)).fillna("")
    told: Any = named.astype(str).apply(lambda column: column.str.strip()).to_dict("records")
    read = zip(cells[list(COLUMNS)].itertuples(index=False), days, told, strict=True)
    for number, (cell, on, names) in enumerate(read, start=2):
        try:
            depart, arrive = (minute_of_day(str(text).strip()) for text in cell[2:])
            weekdays = np.flatnonzero(week_hours(str(on)).reshape(7, 24).any(axis=1))
        except (ValueError, InputError) as error:
            faults.append(f"{table.name}, row {number}: {error}")
            continue
        arrive += 1440 if arrive < depart else 0
        rows += [
            {
                "from": str(cell[0]).strip(),
                "to": str(cell[1]).strip(),
                "depart_min": int(day) * 1440 + depart,
                "arrive_min": int(day) * 1440 + arrive,
                **names,
            }
            for day in weekdays
        ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows).sort_values(["from", "to", "depart_min"], ignore_index=True)
