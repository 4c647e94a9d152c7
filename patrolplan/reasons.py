"""Why an officer is sent to a stop at an hour: the causes of its need, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.risk.weights import SegmentWeights

HOURS_PER_DAY = 24
LEAST_SHARE = 0.05
"""A cause behind less than this share of a stop's need is not worth a line."""
MOST_REASONS = 5
USUAL_SHARE = 0.6
"""Usual hours are the shortest span of the day that holds this share of the records."""
WIDEST_USUAL_SPAN_H = 10
"""A wider span says nothing about the hour, so none is given."""
FEWEST_FOR_HOURS = 5
"""Fewer records with a known hour say nothing about usual hours."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why an officer is sent to a stop, as data; words are made of it where it is written.

    Attributes
    ----------
    part
        "offences", "footfall" or "problems".
    share
        Share of the stop's need at that visit that this reason explains, 0..1.
    kind
        Kind of offence or place, or "" when it may not be named (sensitive).
    count
        Records behind it (offences within the stop), 0 where counting means nothing.
    hours
        Usual hours as (from hour, to hour) of the day, None when the data hold no hours.
    label
        Name of the place or text of the named problem, "" for offences.
    """

    part: str
    share: float
    kind: str
    count: int = 0
    hours: tuple[int, int] | None = None
    label: str = ""


def reasons_for(
    weights: SegmentWeights, segments: Sequence[int], hours: NDArray[np.int64]
) -> tuple[Reason, ...]:
    """The causes of need on some segments in some hours of the week, greatest first.

    Parameters
    ----------
    weights
        Need in factors, with the records, places and problems behind it.
    segments
        Segments of the stop.
    hours
        [h] hours of the week the visit touches.

    Returns
    -------
    At most five reasons, each behind at least 5 % of the need there and then. Sensitive kinds are
    joined into one reason without a name.
    """
    terms = weights.terms
    where = np.asarray(segments, dtype=np.int64)
    worth = (
        terms["share"].to_numpy(dtype=np.float64)
        * weights.space[:, where].sum(axis=1)
        * weights.time[:, hours].mean(axis=1)
    )
    if worth.sum() <= 0:
        return ()
    shown_kind = terms["kind"].where(~terms["sensitive"].astype(bool), "")
    shares = pd.Series(worth / worth.sum()).groupby([terms["part"], shown_kind]).sum()
    shares = shares.sort_values(ascending=False, kind="stable")
    here = weights.sources[weights.sources["segment"].isin(where)]
    top = shares[shares >= LEAST_SHARE].head(MOST_REASONS)
    keys = zip(top.index.get_level_values(0), top.index.get_level_values(1), top.to_numpy(), strict=True)
    return tuple(
        _reason(part=str(part), kind=str(kind), share=float(share), here=here) for part, kind, share in keys
    )


def usual_hours(hours_of_day: NDArray[np.int64]) -> tuple[int, int] | None:
    """The shortest span of the day that holds most of the records, or None if none stands out.

    Examples
    --------
    >>> usual_hours(np.array([22, 23, 23, 0, 1, 12]))
    (22, 1)
    >>> usual_hours(np.arange(24)) is None
    True
    """
    if len(hours_of_day) < FEWEST_FOR_HOURS:
        return None
    counts = np.bincount(hours_of_day % HOURS_PER_DAY, minlength=HOURS_PER_DAY)
    for width in range(1, WIDEST_USUAL_SPAN_H + 1):
        held = sum(np.roll(counts, -shift) for shift in range(width))
        if np.max(held) >= USUAL_SHARE * counts.sum():
            start = int(np.argmax(held))
            return start, (start + width) % HOURS_PER_DAY
    return None


def _reason(*, part: str, kind: str, share: float, here: pd.DataFrame) -> Reason:
    hidden = here["sensitive"].astype(bool)
    rows = here[(here["part"] == part) & (hidden if kind == "" else (here["kind"] == kind) & ~hidden)]
    if part == "offences":
        records = rows.drop_duplicates("row")
        known = records.loc[records["hour"] >= 0, "hour"].to_numpy(dtype=np.int64)
        hours = None if kind == "" else usual_hours(known)
        return Reason(part=part, share=share, kind=kind, count=len(records), hours=hours)
    named = rows[rows["label"] != ""].groupby("label")["weight"].sum()
    labels = named.sort_values(ascending=False, kind="stable").index[:2]
    return Reason(part=part, share=share, kind=kind, count=0, label=", ".join(map(str, labels)))
