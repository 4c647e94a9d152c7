"""The user's calendar: holidays, days without school, market days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from patrolplan.errors import InputError
from patrolplan.io.table_read import read_table
from patrolplan.risk.calendar import checked_calendar


def read_calendar(path: str | Path) -> pd.DataFrame:
    """Read a calendar, for the ``calendar`` of :func:`patrolplan.weigh`.

    Parameters
    ----------
    path
        A table with the columns ``date`` (2026-11-23) and ``what`` (holiday, no school, market, no
        market).

    Raises
    ------
    InputError
        The file can't be read, or cells in it: all told together.
    """
    table = read_table(path)
    cells = table.frame.rename(columns=lambda name: str(name).strip().lower())
    try:
        return checked_calendar(cells)
    except InputError as error:
        raise InputError([f"{table.name}: {fault}" for fault in error.faults]) from None
