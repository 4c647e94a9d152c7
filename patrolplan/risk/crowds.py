"""Crowds of a week's events, and of bells at schools, as busy places of those hours alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.dates import BELL, Dates, Happening
from patrolplan.risk.weights import SegmentWeights
from patrolplan.units import HOURS_PER_WEEK

SHOP_PERSON_HOURS = 150.0
"""Person-hours that a usual shop (weight 1) brings to its street in a week: some 300 people a day, six days
a week, five minutes each. An assumption; it turns people into the unit of the footfall table."""

BELL_CROWD = 300.0
"""Pupils at a bell where the calendar does not say how many: an assumption."""


@dataclass(frozen=True, kw_only=True)
class CrowdTerm:
    """A crowd of the week: its happening, person-hours, and [168] their shares by hour, sum 1."""

    of: Happening
    person_hours: float
    time: NDArray[np.float64]


def crowds_of(dates: Dates, week: date) -> tuple[CrowdTerm, ...]:
    """The crowds of the week of a day.

    Parameters
    ----------
    dates
        The calendar and the events.
    week
        Any day of it. What begins on the Sunday before and runs past midnight counts in its Monday.
    """
    monday = week - timedelta(days=week.weekday())
    minutes: dict[int, NDArray[np.float64]] = {}
    order: dict[int, Happening] = {}
    for day in range(-1, 7):
        for one in dates.happening_on(monday + timedelta(days=day)):
            start, end = one.row.span_min
            hour = np.arange(HOURS_PER_WEEK) * 60
            low, high = day * 1440 + start, day * 1440 + end
            here = np.clip(np.minimum(high, hour + 60) - np.maximum(low, hour), 0, 60) / 60
            minutes[id(one)] = minutes.get(id(one), np.zeros(HOURS_PER_WEEK)) + here
            order[id(one)] = one
    made = []
    for key, one in order.items():
        people = one.row.crowd if one.row.crowd is not None else BELL_CROWD if one.row.what == BELL else 0.0
        hours = float(minutes[key].sum())
        if people * hours > 0:
            made.append(CrowdTerm(of=one, person_hours=people * hours, time=minutes[key] / hours))
    return tuple(made)


def with_crowds(
    weights: SegmentWeights,
    crowds: Sequence[CrowdTerm],
    *,
    amount: float,
    shop_person_hours: float = SHOP_PERSON_HOURS,
) -> SegmentWeights:
    """Need with a term for each crowd, in the footfall part; the week's need is 1 again.

    A crowd of ``P`` person-hours is worth as much as ``P / shop_person_hours`` shops: its share is that
    number over ``amount``, times the share that footfall has. So policy stays what it was among the usual
    causes, and where footfall counts for nothing, crowds add nothing.

    Parameters
    ----------
    weights
        Of the week, without crowds.
    crowds
        As `crowds_of` gives them.
    amount
        Weight of all places of a usual week, in shops.
    shop_person_hours
        Person-hours of one shop in a week.

    Notes
    -----
    Policy, not statistics: no study gives patrol need per visitor of an event.
    """
    foot = (weights.terms["part"] == "footfall").to_numpy()
    share = weights.terms["share"].to_numpy(dtype=np.float64)
    if not crowds or amount <= 0 or not share[foot].sum() > 0:
        return weights
    per_shop = share[foot].sum() / amount
    worth = np.array([one.person_hours / shop_person_hours * per_shop for one in crowds])
    more = pd.DataFrame(
        {
            "part": "footfall",
            "kind": [one.of.row.what for one in crowds],
            "share": worth,
            "count": 0,
            "sensitive": False,
        }
    )
    terms = pd.concat([weights.terms, more], ignore_index=True)
    return replace(
        weights,
        terms=terms.assign(share=terms["share"] / terms["share"].sum()),
        space=np.concatenate([weights.space, np.stack([one.of.near for one in crowds])]),
        time=np.concatenate([weights.time, np.stack([one.time for one in crowds])]),
        sources=pd.concat([weights.sources, _sources(crowds)], ignore_index=True).astype(
            weights.sources.dtypes.to_dict()
        ),
    )


def _sources(crowds: Sequence[CrowdTerm]) -> pd.DataFrame:
    """Where each crowd is, a row a street, so that reasons can name it."""
    found = []
    for one in crowds:
        rows = np.flatnonzero(one.of.near > 0)
        found.append(
            pd.DataFrame(
                {
                    "part": "footfall",
                    "kind": one.of.row.what,
                    "segment": rows,
                    "weight": one.of.near[rows],
                    "hour": -1,
                    "label": one.of.name,
                    "sensitive": False,
                    "row": one.of.row.row,
                }
            )
        )
    return pd.concat(found, ignore_index=True)
