"""Problems that residents, an advisory group or the council named: where, at which hours, how serious."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.offences import tell_rows
from patrolplan.risk.placing import place_points, segments_named
from patrolplan.risk.space import spread_along_streets
from patrolplan.risk.week_hours import week_hours

REACH_M = 100.0
"""How far along the streets a named point is meant: "at the kiosk" is the street outside it."""
PROBLEM_DISTANCE_M = 150.0
NEAR_NAMED_M = 500.0
"""A street named together with a point means its part within this distance."""


@dataclass(frozen=True, kw_only=True)
class Problems:
    """Named problems in factors: one term for all that share their hours.

    Attributes
    ----------
    kinds
        One row a term: ``kind`` (its days and hours in words), ``count``, ``share`` (all sum to 1).
    space, time
        [kinds, segments] and [kinds, 168], rows sum to 1.
    sources
        One row a problem and segment: ``kind``, ``segment``, ``weight``, ``label``, ``row``.
    set_aside
        Problems not used: ``row``, ``reason``, ``value``.
    count
        Number of problems in use.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    sources: pd.DataFrame
    set_aside: pd.DataFrame
    count: int


def check_hours(hours: pd.Series, days: pd.Series) -> list[str]:
    """What is wrong with the hours and days of named problems, one sentence a form of words.

    Examples
    --------
    >>> check_hours(pd.Series(["18:00-23:00", "evening"], index=[1, 2]), pd.Series(["Fr, Sa", ""], index=[1, 2]))
    ["hours and days of row 2: 'evening': 'evening' is no day; use Mo, Tu, ... or Mo-Fr, and hours as 18:00-23:00"]
    """
    words = _words(hours, days)
    faults = []
    for text in words.drop_duplicates():
        try:
            week_hours(text)
        except ValueError as error:
            faults.append(f"hours and days of {tell_rows(list(words.index[words == text]))}: {error}")
    return faults


def find_problems(
    network: StreetNetwork, problems: gpd.GeoDataFrame, *, as_of: date, reach_m: float = REACH_M
) -> tuple[Problems | None, pd.DataFrame]:
    """Named problems on the streets, and those set aside (all, if None comes back).

    Parameters
    ----------
    network
        The streets.
    problems
        As `read_problems` gives them.
    as_of
        Problems that ended before this day, or begin after it, are set aside.
    reach_m
        How far along the streets a named point is meant.
    """
    table = problems.reset_index(drop=True)
    parts, aside = _placed(network, table, _current(table, pd.Timestamp(as_of)))
    if parts.empty:
        return None, aside
    words = _words(table["hours"], table["days"])
    kinds = np.sort(words[parts["record"]].unique())
    group = pd.Series(np.arange(len(kinds)), index=kinds)[words[parts["record"]]].to_numpy(dtype=np.int64)
    worth = parts["share"].to_numpy() * table["seriousness"].to_numpy(dtype=np.float64)[parts["record"]]
    mass = _mass(network, parts, group, worth, len(kinds), reach_m)
    total = mass.sum(axis=1)
    time = np.stack([week_hours(kind) for kind in kinds])
    used = pd.DataFrame({"record": parts["record"].to_numpy(), "group": group}).drop_duplicates()
    found = Problems(
        kinds=pd.DataFrame(
            {
                "kind": [kind or "all hours" for kind in kinds],
                "count": np.bincount(used["group"], minlength=len(kinds)),
                "share": total / total.sum(),
            }
        ),
        space=mass / total[:, None],
        time=time / time.sum(axis=1, keepdims=True),
        sources=_sources(table, parts, kinds, group, worth, total),
        set_aside=aside,
        count=int(used["record"].nunique()),
    )
    return found, aside


def _words(hours: pd.Series, days: pd.Series) -> pd.Series:
    return (days.astype("str").str.strip() + " " + hours.astype("str").str.strip()).str.strip()


def _current(table: gpd.GeoDataFrame, now: pd.Timestamp) -> pd.Series:
    """Why each problem is out of date, "" where it is not."""
    over = table["until"].notna() & (table["until"] < now)
    ahead = table["since"].notna() & (table["since"] > now)
    reason = pd.Series("", index=table.index, dtype="str")
    return reason.where(~over, f"ended before {now.date()}").where(~ahead, f"begins after {now.date()}")


def _placed(network: StreetNetwork, table: gpd.GeoDataFrame, reason: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts (record, segment, offset_m, share, spread) of the current problems, and those set aside."""
    pointed = ~(table.geometry.isna() | table.geometry.is_empty)
    streets = {record: _named_segments(network, table, record) for record in table.index[(reason == "") & (table["street"] != "")]}  # fmt: skip
    by_point = table.index[(reason == "") & pointed & ~table.index.isin([r for r, s in streets.items() if len(s)])]
    placed = place_points(network, table.geometry[by_point], max_distance_m=PROBLEM_DISTANCE_M)
    points = placed.parts.assign(record=by_point.to_numpy()[placed.parts["record"]], spread=True)
    named = [_along(network, record, segments) for record, segments in streets.items() if len(segments)]
    parts = pd.concat([points, *named], ignore_index=True).sort_values(["record", "segment"], ignore_index=True)
    reason = reason.copy()
    reason.loc[by_point.to_numpy()[placed.lost["record"]]] = placed.lost["reason"].to_numpy()
    unknown = (reason == "") & ~table.index.isin(parts["record"])
    reason = reason.where(~unknown, "no street of that name, and no point")
    out = reason != ""
    aside = pd.DataFrame({"row": table["row"][out], "reason": reason[out], "value": (table["street"] + " " + table["text"])[out].str.strip()})
    return parts, aside.reset_index(drop=True)


def _named_segments(network: StreetNetwork, table: gpd.GeoDataFrame, record: int) -> NDArray[np.int64]:
    """Segments of the named street, near its point where there is one."""
    segments = segments_named(network, str(table["street"][record]))
    point = table.geometry[record]
    if point is None or point.is_empty or not len(segments):
        return segments
    local = gpd.GeoSeries([point], crs=table.crs).to_crs(network.segments.crs).iloc[0]
    near = network.segments.geometry.iloc[segments].distance(local).to_numpy() <= NEAR_NAMED_M
    return segments[near]


def _along(network: StreetNetwork, record: int, segments: NDArray[np.int64]) -> pd.DataFrame:
    """A whole street: shared by length, not spread further."""
    length = network.segments["length_m"].to_numpy(dtype=np.float64)[segments]
    return pd.DataFrame(
        {"record": record, "segment": segments, "offset_m": length / 2, "share": length / length.sum(), "spread": False}
    )


def _mass(
    network: StreetNetwork, parts: pd.DataFrame, group: NDArray[np.int64], worth: NDArray[np.float64], count: int, reach_m: float
) -> NDArray[np.float64]:
    spread = parts["spread"].to_numpy(dtype=bool)
    segment = parts["segment"].to_numpy(dtype=np.int64)
    mass = spread_along_streets(
        network, segment[spread], parts["offset_m"].to_numpy()[spread], group[spread], worth[spread],
        groups=count, bandwidth_m=reach_m,
    )  # fmt: skip
    np.add.at(mass, (group[~spread], segment[~spread]), worth[~spread])
    return mass


def _sources(
    table: gpd.GeoDataFrame,
    parts: pd.DataFrame,
    kinds: NDArray[np.object_],
    group: NDArray[np.int64],
    worth: NDArray[np.float64],
    total: NDArray[np.float64],
) -> pd.DataFrame:
    record = parts["record"].to_numpy()
    return pd.DataFrame(
        {
            "kind": [kind or "all hours" for kind in kinds[group]],
            "segment": parts["segment"].to_numpy(dtype=np.int64),
            "weight": worth / total[group],
            "label": table["text"].where(table["text"] != "", table["street"]).to_numpy()[record],
            "row": table["row"].to_numpy()[record],
        }
    )
