"""A week that is not usual: holidays, days without school, market days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.dates import HOLIDAY, MARKET, NO_MARKET, NO_SCHOOL, OF_NEED
from patrolplan.errors import InputError
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK

WHAT = OF_NEED
SCHOOLS = ("school", "kindergarten", "university")
SUNDAY = 6


def for_week(weights: SegmentWeights, week: date, calendar: pd.DataFrame | None) -> SegmentWeights:
    """Weights for the week of a day, as its calendar changes it; the week's need is 1 again.

    A holiday goes by the hours of a Sunday and has no school; on days without school, schools draw
    nobody; a market day has the hours of the market's busiest day, a day without market none.

    Parameters
    ----------
    weights
        Of a usual week.
    week
        Any day of it.
    calendar
        One row a day and ``what``: "holiday", "no school", "market", "no market"; ``date`` as dates
        or text such as "2026-11-23". None: nothing.

    Raises
    ------
    InputError
        Rows that can't be read.
    """
    if calendar is None or calendar.empty:
        return weights
    monday = week - timedelta(days=week.weekday())
    table = checked_calendar(calendar)
    table = table.assign(day=[(day - monday).days for day in table["date"]])
    table = table[table["day"].between(0, 6)]
    if table.empty:
        return weights
    grid = weights.time.reshape(-1, 7, 24).copy()
    footfall = (weights.terms["part"] == "footfall").to_numpy()
    schools = footfall & weights.terms["kind"].isin(SCHOOLS).to_numpy()
    markets = footfall & (weights.terms["kind"] == "market").to_numpy()
    usual = weights.time.reshape(-1, 7, 24)
    days = {what: table.loc[table["what"] == what, "day"].to_numpy(dtype=np.int64) for what in WHAT}
    for day in days[HOLIDAY]:
        grid[:, day] = usual[:, SUNDAY]
    for day in np.r_[days[HOLIDAY], days[NO_SCHOOL]]:
        grid[schools, day] = 0
    for day in days[MARKET]:
        grid[markets, day] = _busiest(usual[markets])
    for day in days[NO_MARKET]:
        grid[markets, day] = 0
    return _with_time(weights, grid.reshape(-1, HOURS_PER_WEEK))


def _busiest(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """The busiest day of each profile, [k, 24]."""
    day = profiles.sum(axis=2).argmax(axis=1)
    return np.asarray(profiles[np.arange(len(profiles)), day])


def _with_time(weights: SegmentWeights, time: NDArray[np.float64]) -> SegmentWeights:
    amount = time.sum(axis=1)
    keep = amount > 0
    share = weights.terms["share"].to_numpy(dtype=np.float64) * amount
    terms = weights.terms.assign(share=share / share.sum())[keep]
    return replace(
        weights,
        terms=terms.reset_index(drop=True),
        space=weights.space[keep],
        time=time[keep] / amount[keep, None],
    )


def checked_calendar(calendar: pd.DataFrame) -> pd.DataFrame:
    """The rows of a calendar as ``date`` and ``what``; InputError tells all that can't be read."""
    missing = {"date", "what"} - set(calendar.columns)
    if missing:
        raise InputError(f"calendar: no column {', '.join(sorted(missing))}")
    day = pd.to_datetime(calendar["date"].astype("str"), format="%Y-%m-%d", errors="coerce")
    what = calendar["what"].astype("str").str.strip().str.casefold()
    faults = [
        f"calendar: {text!r} is no day such as 2026-11-23"
        for text in calendar["date"][day.isna()].astype("str").unique()
    ]
    faults += [f"calendar: {text!r} is none of {', '.join(WHAT)}" for text in what[~what.isin(WHAT)].unique()]
    if faults:
        raise InputError(faults)
    return pd.DataFrame({"date": day.dt.date, "what": what})
