"""Footfall: places people visit, each with a weight and the hours in which people come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from opening_hours import OpeningHours, ParserError

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.placing import place_points
from patrolplan.risk.space import spread_along_streets
from patrolplan.risk.week_hours import unreadable_hours, week_hours
from patrolplan.units import HOURS_PER_WEEK

REACH_M = 120.0
"""How far along the streets a place is felt: the people on the street outside it, not its catchment."""
PLACE_DISTANCE_M = 150.0
"""Places are drawn in the middle of their building or grounds, so they may lie this far from a street."""
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


@dataclass(frozen=True, kw_only=True)
class Footfall:
    """Footfall in factors: one term a kind of place.

    Attributes
    ----------
    kinds
        One row a term: ``kind``, ``count`` (places), ``share`` (all sum to 1).
    space, time
        [kinds, segments] and [kinds, 168], rows sum to 1.
    sources
        One row a place: ``kind``, ``segment``, ``weight`` (its share of its term), ``label``, ``row``.
    set_aside
        Places not used: ``row``, ``reason``, ``value``.
    notes
        Plain sentences.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    notes: tuple[str, ...] = ()


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
    return pd.DataFrame([(kind, float(weight), hours) for kind, weight, hours in _TABLE], columns=["kind", "weight", "hours"])


def find_footfall(
    network: StreetNetwork, places: gpd.GeoDataFrame, *, table: pd.DataFrame | None = None, reach_m: float = REACH_M
) -> Footfall | None:
    """Footfall of places on the streets near them, or None if no place can be used.

    Parameters
    ----------
    network
        The streets.
    places
        ``kind``, ``name``, ``opening_hours`` (may be absent), ``weight`` (may be absent or NaN),
        points in any coordinate system.
    table
        As ``default_footfall``; kinds that it lacks count as "other" (weight 1, by day).
    reach_m
        How far along the streets a place is felt.
    """
    table = checked_table(table)
    used = places.reset_index(drop=True)
    used = used.assign(kind=used["kind"].astype("str").str.strip().str.casefold())
    worth = _worth(used, table)
    placed = place_points(network, used.geometry, max_distance_m=PLACE_DISTANCE_M)
    parts = placed.parts.assign(worth=worth[placed.parts["record"]] * placed.parts["share"])
    parts = parts[parts["worth"] > 0]
    lost = _set_aside(used, placed.lost)
    if parts.empty:
        return None
    kinds = np.sort(used["kind"][parts["record"]].unique())
    number = pd.Series(np.arange(len(kinds)), index=kinds)
    group = number[used["kind"].to_numpy()[parts["record"]]].to_numpy(dtype=np.int64)
    mass = spread_along_streets(
        network, parts["segment"].to_numpy(), parts["offset_m"].to_numpy(), group, parts["worth"].to_numpy(),
        groups=len(kinds), bandwidth_m=reach_m,
    )  # fmt: skip
    total = mass.sum(axis=1)
    time, hour_notes = _times(used, worth, kinds, table)
    count = _counts(parts["record"].to_numpy(), group, len(kinds))
    return Footfall(
        kinds=pd.DataFrame({"kind": kinds, "count": count, "share": total / total.sum()}),
        space=mass / total[:, None],
        time=time,
        sources=_sources(used, parts, group, total),
        set_aside=lost,
        notes=(*_kind_notes(used, table), *hour_notes),
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


def _worth(places: pd.DataFrame, table: pd.DataFrame) -> NDArray[np.float64]:
    usual = places["kind"].map(table["weight"]).fillna(UNKNOWN_KIND[1])
    own = pd.to_numeric(places["weight"], errors="coerce") if "weight" in places else pd.Series(np.nan, index=places.index)
    return np.asarray(own.fillna(usual).to_numpy(dtype=np.float64))


def _counts(record: NDArray[np.int64], group: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    pairs = pd.DataFrame({"record": record, "group": group}).drop_duplicates()
    return np.bincount(pairs["group"], minlength=count)


def _times(
    places: pd.DataFrame, worth: NDArray[np.float64], kinds: NDArray[np.object_], table: pd.DataFrame
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Hours of each kind: its usual ones, those of places with opening hours only while open."""
    usual = {kind: _usual(kind, table) for kind in kinds}
    told = places["opening_hours"].fillna("").astype("str") if "opening_hours" in places else pd.Series("", index=places.index)
    groups = pd.DataFrame({"kind": places["kind"], "hours": told, "worth": worth}).groupby(["kind", "hours"])["worth"].sum()
    time, unread = np.zeros((len(kinds), HOURS_PER_WEEK)), 0
    for number, kind in enumerate(kinds):
        for hours, amount in groups[kind].items():
            is_open = open_hours(str(hours)) if hours else None
            unread += int(bool(hours) and is_open is None)
            while_open = usual[kind] if is_open is None else usual[kind] * is_open
            shown = while_open if while_open.any() else usual[kind]
            time[number] += amount * shown / shown.sum()
        time[number] /= time[number].sum()
    notes = (f"{unread:,} forms of opening hours can't be read: the usual hours of the kind are used",) if unread else ()
    return time, notes


def _usual(kind: str, table: pd.DataFrame) -> NDArray[np.float64]:
    return week_hours(str(table["hours"].get(kind, UNKNOWN_KIND[2])))


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


def _sources(places: pd.DataFrame, parts: pd.DataFrame, group: NDArray[np.int64], total: NDArray[np.float64]) -> pd.DataFrame:
    """One row a place, on the segment that holds most of it."""
    table = parts.assign(kind=places["kind"].to_numpy()[parts["record"]], weight=parts["worth"] / total[group])
    table["weight"] = table.groupby("record")["weight"].transform("sum")
    table = table.drop_duplicates("record").reset_index(drop=True)
    label = places["name"].fillna("").astype("str").to_numpy()[table["record"]]
    row = places["row"] if "row" in places else pd.Series(np.arange(1, len(places) + 1))
    return table.assign(label=label, row=row.to_numpy()[table["record"]])[["kind", "segment", "weight", "label", "row"]]


def _set_aside(places: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    row = (places["row"] if "row" in places else pd.Series(np.arange(1, len(places) + 1))).to_numpy()
    return pd.DataFrame({"row": row[lost["record"]], "reason": lost["reason"], "value": lost["value"]})


def _kind_notes(places: pd.DataFrame, table: pd.DataFrame) -> tuple[str, ...]:
    unknown = places.loc[~places["kind"].isin(table.index), "kind"].value_counts()
    if unknown.empty:
        return ()
    told = ", ".join(f"{kind} ({count})" for kind, count in unknown.head(5).items())
    return (f"kinds of place without a row in the footfall table count as one shop, by day: {told}",)
