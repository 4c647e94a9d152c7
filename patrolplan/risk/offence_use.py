"""Which offence records count, which don't and why, and how much one may carry."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.risk.placing import Placed

NOT_STREET = "not a street offence"
OFFICER_FOUND = "mostly found by police themselves"
FOLLOW_UP = "follow-up of an earlier row: the same record number"
TWIN = "the same as an earlier row: kind, minute and point"
"""Two rows of one kind at one minute and point are one event written twice far more often than two. Not at
full and half hours: these are often rounded, and so are points."""
MOST_OF_ONE_RECORD = 0.05
"""No record carries more than this share of the offence part: one grave case is no pattern."""


def with_use(rated: pd.DataFrame, *, with_officer_found: bool) -> pd.DataFrame:
    """The rated kinds with ``why_not``: why a kind doesn't count, "" where it does."""
    why = pd.Series("", index=rated.index, dtype="str").where(rated["street"], NOT_STREET)
    found = rated["street"] & rated["officer_found"] & (not with_officer_found)
    return rated.assign(why_not=why.where(~found, OFFICER_FOUND))


def days_of(records: pd.DataFrame) -> pd.DataFrame:
    """Local days of each record: ``first`` and ``last`` it can have happened on, and the ``middle``."""
    start = records["start"].dt.tz_localize(None)
    whole = records["precision"].isin(["date", "month"])
    end = records["end"].dt.tz_localize(None) - pd.to_timedelta(whole.astype("int64"), unit="s")
    last = end.fillna(start)
    return pd.DataFrame(
        {
            "first": start.dt.normalize(),
            "last": last.dt.normalize(),
            "middle": (start + (last - start) / 2).dt.normalize(),
        }
    )


def why_unused(
    records: pd.DataFrame,
    rated: pd.DataFrame,
    placed: Placed,
    days: pd.DataFrame,
    *,
    now: pd.Timestamp,
    since: date | None,
    until: date | None,
    ids: pd.Series | None = None,
) -> pd.Series:
    """Why each record is not used, "" where it is; its period tells first, then its place, then its kind."""
    reason = records["kind"].map(rated.set_index("kind")["why_not"]).astype("str")
    lost = placed.lost.set_index("record")["reason"]
    position = pd.Series(np.arange(len(records)), index=records.index)
    reason = reason.where(~position.isin(lost.index), position.map(lost))
    if not pd.isna(now):
        reason = reason.where(~(days["first"] > now), f"after {now.date()}, the day the weights are made for")
    if ids is not None:
        # 0 stands for "no number"; a row that is out for itself can't make a later one its follow-up.
        known = records["row"].map(ids)
        known = known[known.notna() & (known != 0) & (reason == "")]
        reason.loc[known.index[known.duplicated()]] = FOLLOW_UP
    reason.loc[_twins(records[reason == ""])] = TWIN
    if since is not None:
        reason = reason.where(~(days["last"] < pd.Timestamp(since)), f"before {since}")
    if until is not None:
        reason = reason.where(~(days["first"] > pd.Timestamp(until)), f"after {until}")
    return reason


def _twins(records: pd.DataFrame) -> pd.Index:
    """Rows that repeat an earlier one to the minute; coarser times say too little to tell."""
    odd = records["start"].dt.minute % 30 != 0
    exact = records[(odd & (records["precision"] == "minute")).to_numpy()]
    point = exact.geometry
    keys = pd.DataFrame(
        {"kind": exact["kind"], "start": exact["start"], "x": point.x, "y": point.y, "row": exact["row"]}
    )
    keys = keys.sort_values("row")
    return keys.index[keys.duplicated(["kind", "start", "x", "y"])]


def unused(records: pd.DataFrame, reason: pd.Series, placed: Placed) -> pd.DataFrame:
    """Table of the records not used; the value is the kind, or the place where that is the reason."""
    lost = placed.lost.set_index("record")
    position = pd.Series(np.arange(len(records)), index=records.index)
    for_its_place = reason == position.map(lost["reason"])
    value = records["kind"].astype("str").where(~for_its_place, position.map(lost["value"]))
    out = reason != ""
    table = pd.DataFrame({"row": records["row"][out], "reason": reason[out], "value": value[out]})
    return table.reset_index(drop=True)


def observed(
    days: pd.DataFrame, *, now: pd.Timestamp, since: date | None, until: date | None
) -> tuple[date, date] | None:
    """First and last day that the records cover, as far as they matter now; None if none has a date."""
    if pd.isna(now) or not (since or days["first"].notna().any()):
        return None
    first = since or days["first"].min().date()
    last = min(until, now.date()) if until else now.date()
    if last < first:
        raise InputError(
            f"the records begin on {first}, after {last}: check since, until and the day the weights are for"
        )
    return first, last


def day_of_weights(days: pd.DataFrame, as_of: date | None) -> pd.Timestamp:
    """The day from which ages count: given, or the last that a record can have happened on (NaT: none)."""
    return pd.Timestamp(as_of) if as_of is not None else pd.Timestamp(days["last"].max())


def capped(weights: NDArray[np.float64], most: float = MOST_OF_ONE_RECORD) -> NDArray[np.float64]:
    """Weights lowered so that none carries more than ``most`` of their sum (or 1/n, if that is more).

    Examples
    --------
    >>> capped(np.array([98.0, 1.0, 1.0]), most=0.5).tolist()
    [2.0, 1.0, 1.0]
    """
    most = max(most, 1 / len(weights))
    falling = np.sort(weights)[::-1]
    if falling[0] <= most * falling.sum():
        return weights
    number = np.arange(1, len(weights) + 1)
    rest = falling.sum() - np.cumsum(falling)  # carried by the records below each one
    room = np.maximum(1 - most * number, 0)
    limit = most * rest / np.where(room > 1e-12, room, np.nan)  # with the first ones all at the limit
    fits = (limit <= falling) & (limit >= np.r_[falling[1:], 0.0])
    return np.asarray(np.minimum(weights, limit[fits][0] if fits.any() else falling[-1]))
