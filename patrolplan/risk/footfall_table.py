"""Kinds of place: how many people each draws, and at which hours of the week."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from patrolplan.errors import InputError
from patrolplan.risk.week_hours import unreadable_hours, week_hours
from patrolplan.units import HOURS_PER_WEEK

ALWAYS = 0.03
"""Share of a place's weight that falls evenly on all hours: somebody is always about."""
UNKNOWN_KIND = ("other", 1.0, "Mo-Sa 9-18")

_TABLE: tuple[tuple[str, float, str], ...] = (
    ("school", 5, "Mo-Fr 7:30-8:30 x4; Mo-Fr 8:30-13 x1; Mo-Fr 13-16 x4; Mo-Fr 16-18 x1"),
    ("kindergarten", 1, "Mo-Fr 7:30-9 x3; Mo-Fr 16-18 x3; Mo-Fr 9-16 x0.3"),
    ("university", 5, "Mo-Fr 8-18 x2; Mo-Fr 18-21 x1; Sa 9-15 x1"),
    ("market", 8, "Tu-Su 7-13 x3; Sa-Su 7-13 x2; Tu-Su 13-16 x1"),
    ("mall", 8, "10-20 x2; Fr-Sa 17-21 x1; Sa-Su 12-18 x1"),
    ("supermarket", 4, "8-21 x1; Mo-Fr 16-20 x2; Sa-Su 10-15 x1"),
    ("shop", 1, "Mo-Sa 9-19 x1; Mo-Sa 15-19 x0.5; Su 10-16 x0.5"),
    ("pharmacy", 1, "8-20; Mo-Fr 16-19 x1"),
    ("station", 8, "5-24 x1; Mo-Fr 6:30-9:30 x4; Mo-Fr 16-19 x4; Fr-Sa 21-24 x1"),
    ("bus_stop", 0.7, "5-23 x1; Mo-Fr 6:30-9 x3; Mo-Fr 15-19 x3"),
    ("tram_stop", 1, "5-23 x1; Mo-Fr 6:30-9 x3; Mo-Fr 15-19 x3"),
    ("hospital", 3, "7-20 x1; Mo-Fr 8-14 x1"),
    ("clinic", 2, "Mo-Fr 8-12 x3; Mo-Fr 12-18 x1.5; Sa 9-13 x1"),
    ("bar", 4, "Mo-Th 18-24 x1; Su 18-23 x1; Fr-Sa 18-2 x4; Fr-Sa 22-3 x2"),
    ("restaurant", 1.5, "11-15 x1; 17-22 x1.5; Fr-Sa 18-23 x2"),
    ("cafe", 1, "8-18 x1; Sa-Su 10-17 x0.5"),
    ("hotel", 1, "7-11 x1; 16-24 x1"),
    ("worship", 1.5, "Su 8-13 x4; Sa 16-19 x1; Fr 12-14 x1; Mo-Sa 8-18 x0.2"),
    ("bank", 1, "Mo-Fr 9-17; Sa 10-14 x0.5"),
    ("post_office", 1.5, "Mo-Fr 9-18; Sa 9-14"),
    ("townhall", 1.5, "Mo-Fr 8-17"),
    ("library", 1, "Mo-Fr 10-19; Sa 10-16"),
    ("community_centre", 1.5, "Mo-Fr 10-20; Sa-Su 12-20"),
    ("theatre", 3, "17-23; Fr-Sa 18-24 x1; Sa-Su 12-18 x0.5"),
    ("museum", 1.5, "Tu-Su 10-18"),
    ("park", 2, "10-20 x1; Mo-Fr 16-21 x1; Sa-Su 11-21 x1.5"),
    ("playground", 1.5, "Mo-Fr 15-20 x2; Sa-Su 10-20 x1.5; Mo-Fr 10-15 x0.5"),
    ("sports", 1, "Mo-Fr 16-21 x2; Sa-Su 10-18 x1.5"),
    ("police", 0, "0-24"),
)


def default_footfall() -> pd.DataFrame:
    """The table of kinds of place as shipped; change it and give it to ``weigh(footfall=...)``.

    Columns: ``kind``, ``weight`` (people outside on a usual week, relative to one shop: rough
    figures of ours, to be set from counts where there are any; 0 leaves a kind out) and ``hours``
    (when people come: days, hours and factors as `week_hours` reads them: school bells, market
    mornings, bars on Friday and Saturday night, stations when people travel to work).

    Examples
    --------
    >>> table = default_footfall().set_index("kind")
    >>> float(table.loc["shop", "weight"]), table.loc["townhall", "hours"]
    (1.0, 'Mo-Fr 8-17')
    """
    return pd.DataFrame(
        [(kind, float(weight), hours) for kind, weight, hours in _TABLE], columns=["kind", "weight", "hours"]
    )


def checked_table(table: pd.DataFrame | None) -> pd.DataFrame:
    """The table of kinds of place by kind, checked; the user's rows over the default ones."""
    default = default_footfall().set_index("kind")
    if table is None:
        return default
    missing = {"kind", "weight", "hours"} - set(table.columns)
    if missing:
        raise InputError(f"table of places: no column {', '.join(sorted(missing))}")
    own = table.assign(kind=table["kind"].astype("str").str.casefold()).set_index("kind")[["weight", "hours"]]
    weight = pd.to_numeric(own["weight"], errors="coerce")
    faults = [f"table of places: {fault}" for fault in unreadable_hours(own["hours"].astype("str").tolist())]
    faults += [f"table of places: weight of {kind!r} must be 0 or more" for kind in own.index[~(weight >= 0)]]
    faults += [f"table of places: {kind!r} named twice" for kind in own.index[own.index.duplicated()]]
    if faults:
        raise InputError(faults)
    return pd.concat([own.assign(weight=weight), default[~default.index.isin(own.index)]])


def hours_of_place(kind: str, hours: str, table: pd.DataFrame) -> NDArray[np.float64]:
    """Weight of a place in each hour of the week, [168]: the usual hours of its kind while it is open.

    Sums to 1 for a place that is always open when people come, to less for one that is not.
    """
    usual = week_hours(str(table["hours"].get(kind, UNKNOWN_KIND[2])))
    usual = np.asarray((1 - ALWAYS) * usual / usual.sum() + ALWAYS / HOURS_PER_WEEK)
    is_open = open_hours(hours) if hours else None
    if is_open is None:
        return usual
    return np.asarray(usual * is_open + ALWAYS / HOURS_PER_WEEK * (1 - is_open))


@lru_cache(maxsize=20_000)
def open_hours(text: str) -> NDArray[np.float64] | None:
    """Share of each hour of a usual week in which a place is open, [168]; None if unreadable.

    Examples
    --------
    >>> open_hours("Mo 09:30-11:00")[9:12].tolist()
    [0.5, 1.0, 0.0]
    """
    monday = datetime(2024, 6, 3)  # a week without public holidays in most countries
    try:
        spans = list(OpeningHours(text).intervals(monday, monday + timedelta(days=7)))
    except ParserError:
        return None
    hour = np.arange(HOURS_PER_WEEK)
    share = np.zeros(HOURS_PER_WEEK)
    for start, end, state, *_ in spans:
        if str(state) == "open":
            first, last = ((moment - monday).total_seconds() / 3600 for moment in (start, end))
            share += np.clip(np.minimum(last, hour + 1) - np.maximum(first, hour), 0, 1)
    return np.clip(share, 0, 1) if share.any() else None
