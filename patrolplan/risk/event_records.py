"""Records from events of the past: what happened in a crowd of one day says little of ordinary weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.dates import EVENT, Dates, Happening
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap
from patrolplan.risk.offences import Offences, gather_set_aside

AT_EVENT = "at an event, which the planned week does not have"
AFTER_MIN = 60
"""People are still on their way for so long after an event: policy."""
ON_STREETS_M = 150.0


def without_events(
    offences: Offences, network: StreetNetwork, dates: Dates, *, week: dt.date | None
) -> Offences:
    """The records without those from events that the planned week does not have.

    A record is from an event if it lies on its streets (those its crowd is felt on) and can have happened
    between its begin and an hour after its end; one whose hour is not known counts if its day is that of the
    event. Where the planned week has an event of the same name, its records of the past stay: they speak for
    it.

    Parameters
    ----------
    offences
        As read.
    network, dates
        The streets, and the events on them.
    week
        A day of the planned week; None: all events count as past.

    Returns
    -------
    Offences, with the records left out among those set aside, each with the event's name.
    """
    events = [one for one in dates.happenings if one.row.what == EVENT]
    records = offences.records
    if not events or not len(records):
        return offences
    again = _names_of_week(dates, week)
    past = [one for one in events if one.name.casefold() not in again]
    start, end = _spans(records)
    whose = np.full(len(records), -1, dtype=np.int64)
    for number, one in enumerate(past):
        here = _in_time(one, start, end) & (whose < 0)
        rows = np.flatnonzero(here)
        if len(rows):
            on = snap(network, records.geometry.iloc[rows], max_distance_m=ON_STREETS_M)["segment"].to_numpy()
            whose[rows[(on >= 0) & one.segments[np.maximum(on, 0)]]] = number
    gone = whose >= 0
    if not gone.any():
        return offences
    aside = pd.DataFrame(
        {
            "row": records["row"].to_numpy()[gone],
            "reason": AT_EVENT,
            "value": [past[number].name for number in whose[gone]],
        }
    )
    return replace(
        offences,
        records=records[~gone].reset_index(drop=True),
        set_aside=gather_set_aside([offences.set_aside, aside]),
    )


def _names_of_week(dates: Dates, week: dt.date | None) -> set[str]:
    if week is None:
        return set()
    monday = week - dt.timedelta(days=week.weekday())
    days = [monday + dt.timedelta(days=k) for k in range(7)]
    return {one.name.casefold() for day in days for one in dates.happening_on(day)} - {""}


def _spans(records: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First and last instant of each record by the local wall clock; NaT where not known to the day."""
    vague = records["precision"].isin(["month", "none"])
    start = records["start"].dt.tz_localize(None).where(~vague)
    end = records["end"].dt.tz_localize(None).where(~vague)
    return start, end.where(end.notna(), start)


def _in_time(one: Happening, start: pd.Series, end: pd.Series) -> NDArray[np.bool_]:
    row = one.row
    out = np.zeros(len(start), dtype=np.bool_)
    begin, finish = row.span_min
    day = row.first
    while day <= row.last:
        if row.holds_on(day):
            midnight = pd.Timestamp(day)
            low = midnight + pd.Timedelta(minutes=begin)
            high = midnight + pd.Timedelta(minutes=finish + AFTER_MIN)
            out |= ((start < high) & (end >= low)).to_numpy()
        day += dt.timedelta(days=1)
    return out
