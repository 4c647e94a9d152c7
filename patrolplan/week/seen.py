"""Visits of the weeks before, matched to the streets of the day: when each place was last seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.week.past import Past
from patrolplan.week.routes import SLOTS_A_DAY, SLOTS_A_WEEK, Memory

SAME_STREET_M = 4.0
"""A street whose middle lies this near to one that was visited is the same, whatever its ways are called."""
SAME_WAY_M = 20.0
"""A street of the same OpenStreetMap way is the same up to this far: the way may have been drawn anew."""
SEEN_SHARE = 0.5
"""A hot spot was seen if at least this share of its length was."""
MEMORY_DAYS = 28


def matched(network: StreetNetwork, past: Past) -> pd.DataFrame:
    """Which segments each earlier visit lay on.

    Parameters
    ----------
    network
        Streets of the day.
    past
        What the ledger holds.

    Returns
    -------
    ``visit`` (row of ``past.visits``) and ``segment``, sorted; visits that were logged as not walked are
    left out.
    """
    visits = past.visits[~(past.visits["walked_min"] == 0)]
    if visits.empty:
        return pd.DataFrame({"visit": np.zeros(0, np.int64), "segment": np.zeros(0, np.int64)})
    shapes = visits.geometry.to_crs(network.crs).to_numpy()
    lines = network.segments.geometry.to_numpy()
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    visit, segment = shapely.STRtree(middles).query(shapes, predicate="dwithin", distance=SAME_WAY_M)
    away = shapely.distance(middles[segment], shapes[visit])
    ways = [frozenset(str(text).split()) for text in visits["osm_ids"]]
    own = [frozenset(map(str, ids)) for ids in network.segments["osm_ids"]]
    shared = np.array([bool(ways[v] & own[s]) for v, s in zip(visit, segment, strict=True)], dtype=np.bool_)
    same = (away <= SAME_STREET_M) | shared
    rows = np.flatnonzero(~(past.visits["walked_min"] == 0).to_numpy())
    frame = pd.DataFrame({"visit": rows[visit[same]], "segment": segment[same]})
    return frame.sort_values(["visit", "segment"], ignore_index=True)


def memory_of(
    network: StreetNetwork,
    hot_spots: Sequence[HotSpot],
    past: Past,
    *,
    monday: date,
    top: Sequence[int] = (),
) -> tuple[Memory, date | None]:
    """What was seen at this week's hot spots before it, and the last day of patrol.

    A place that was never seen counts as seen on the day before the ledger begins, or before the week
    where there is none: nobody knows it as neglected. One of the ``top`` places that was none last week
    counts as seen on the day before the week: its claim begins with it.
    """
    count = len(hot_spots)
    days = sorted({start.date() for start in past.shifts["start"]})
    begin = (days[0] if days else monday) - timedelta(days=1)
    last = np.full(count, begin.toordinal(), dtype=np.int64)
    runs = np.zeros(count, dtype=np.int64)
    in_week = np.zeros((count, SLOTS_A_WEEK))
    seen = seen_stops(network, hot_spots, past)
    number = {day: k for k, day in enumerate(days)}
    visits = past.visits
    by_stop: dict[int, set[date]] = {}
    for stop, row in zip(seen["stop"].tolist(), seen["visit"].tolist(), strict=True):
        start, end = visits["start"].iloc[row], visits["end"].iloc[row]
        by_stop.setdefault(stop, set()).add(start.date())
        if (monday - start.date()).days <= MEMORY_DAYS:
            in_week[stop, half_hours(start, end)] += 1
    latest = past.weeks[-1] if past.weeks else ""
    was_top = set(seen["stop"][[bool(t) and w == latest for t, w in _of(visits, seen)]])
    for stop, on in by_stop.items():
        last[stop] = max(on).toordinal()
        at = number.get(max(on), 0)
        while at >= 0 and days[at] in on:
            runs[stop] += 1
            at -= 1
    fresh = [stop for stop in top if stop not in was_top]
    last[fresh] = np.maximum(last[fresh], monday.toordinal() - 1)
    return Memory(last, runs, in_week), days[-1] if days else None


def half_hours(start: pd.Timestamp, end: pd.Timestamp) -> list[int]:
    """Half hours of the week (0: Monday 00:00) that a stay touches.

    Examples
    --------
    >>> half_hours(pd.Timestamp("2026-11-29 23:40"), pd.Timestamp("2026-11-30 00:30"))
    [335, 0]
    """
    first = start.weekday() * SLOTS_A_DAY + start.hour * 2 + start.minute // 30
    minutes = (end - start).total_seconds() / 60 + start.minute % 30 + start.second / 60
    return [(first + k) % SLOTS_A_WEEK for k in range(max(1, int(np.ceil(minutes / 30))))]


def _of(visits: gpd.GeoDataFrame, seen: pd.DataFrame) -> list[tuple[bool, str]]:
    """(whether top, week) of each visit that saw a stop."""
    rows = visits.iloc[seen["visit"].to_numpy(dtype=np.int64)]
    return list(zip(rows["top"], rows["week"], strict=True))


def seen_stops(network: StreetNetwork, hot_spots: Sequence[HotSpot], past: Past) -> pd.DataFrame:
    """Which stops each earlier visit saw: those of which it covered half or more."""
    found = matched(network, past)
    stop_of = np.full(len(network.segments), -1, dtype=np.int64)
    for number, spot in enumerate(hot_spots):
        stop_of[list(spot.segments)] = number
    length_m: NDArray[np.float64] = network.segments["length_m"].to_numpy(dtype=np.float64)
    whole = np.bincount(stop_of[stop_of >= 0], weights=length_m[stop_of >= 0], minlength=len(hot_spots))
    table = found.assign(
        stop=stop_of[found["segment"].to_numpy()], length_m=length_m[found["segment"].to_numpy()]
    )
    table = table[table["stop"] >= 0]
    held = table.groupby(["visit", "stop"])["length_m"].sum().reset_index()
    return pd.DataFrame(held[held["length_m"] >= SEEN_SHARE * whole[held["stop"].to_numpy(dtype=np.int64)]])
