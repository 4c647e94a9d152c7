"""Problems that residents, an advisory group or the council named: where, at which hours, how serious."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.network_kernel import spread_along_streets
from patrolplan.risk.offences import tell_rows
from patrolplan.risk.placing import place_points, segments_named
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
    count
        Number of problems in use.
    """

    kinds: pd.DataFrame
    space: NDArray[np.float64]
    time: NDArray[np.float64]
    sources: pd.DataFrame
    count: int


@dataclass(frozen=True, kw_only=True)
class ProblemFindings:
    """What became of the named problems: ``found`` (None if none can be used) and ``set_aside``."""

    found: Problems | None
    set_aside: pd.DataFrame


def check_hours(hours: pd.Series, days: pd.Series) -> list[str]:
    """What is wrong with the hours and days of named problems, one sentence a form of words.

    Examples
    --------
    >>> hours = pd.Series(["18:00-23:00", "evening"], index=[1, 2])
    >>> print(check_hours(hours, days=pd.Series(["Fr, Sa", ""], index=[1, 2]))[0])
    hours and days of row 2: 'evening': 'evening' is no day; use Mo, Tu, ... or Mo-Fr, hours as 18:00-23:00
    """
    words = _words(hours, days)
    faults = []
    for text in words.drop_duplicates():
        try:
            week_hours(text)
        except ValueError as error:
            faults.append(f"hours and days of {tell_rows(words.index[words == text])}: {error}")
    return faults


def find_problems(
    network: StreetNetwork, problems: gpd.GeoDataFrame, *, as_of: date, reach_m: float = REACH_M
) -> ProblemFindings:
    """Named problems on the streets, in factors.

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
        return ProblemFindings(found=None, set_aside=aside)
    words = _words(table["hours"], table["days"])
    kinds = np.sort(words[parts["record"]].unique())
    group = np.searchsorted(kinds, words.to_numpy()[parts["record"]]).astype(np.int64)
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
        count=int(used["record"].nunique()),
    )
    return ProblemFindings(found=found, set_aside=aside)


def _words(hours: pd.Series, days: pd.Series) -> pd.Series:
    return (days.astype("str").str.strip() + " " + hours.astype("str").str.strip()).str.strip()


def _current(table: gpd.GeoDataFrame, now: pd.Timestamp) -> pd.Series:
    """Why each problem is out of date, "" where it is not."""
    over = table["until"].notna() & (table["until"] < now)
    ahead = table["since"].notna() & (table["since"] > now)
    reason = pd.Series("", index=table.index, dtype="str")
    return reason.where(~over, f"ended before {now.date()}").where(~ahead, f"begins after {now.date()}")


def _placed(
    network: StreetNetwork, table: gpd.GeoDataFrame, reason: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Parts (record, segment, offset_m, share, spread) of the current problems, and those set aside."""
    named = _by_street(network, table[(reason == "") & (table["street"] != "")])
    pointed = ~(table.geometry.isna() | table.geometry.is_empty)
    by_point = table.index[(reason == "") & pointed & ~table.index.isin(named["record"])].to_numpy()
    placed = place_points(network, table.geometry[by_point], max_distance_m=PROBLEM_DISTANCE_M)
    points = placed.parts.assign(record=by_point[placed.parts["record"]], spread=True)
    parts = pd.concat([table for table in (points, named) if len(table)] or [points], ignore_index=True)
    parts = parts.sort_values(["record", "segment"], ignore_index=True)
    lost = pd.Series(placed.lost["reason"].to_numpy(), index=by_point[placed.lost["record"]], dtype="str")
    reason = lost.reindex(table.index).fillna(reason)
    unknown = (reason == "") & ~table.index.isin(parts["record"])
    reason = reason.where(~unknown, "no street of that name, and no point")
    out = reason != ""
    told = (table["street"] + " " + table["text"]).str.strip()
    aside = pd.DataFrame({"row": table["row"][out], "reason": reason[out], "value": told[out]})
    return parts, aside.reset_index(drop=True)


def _by_street(network: StreetNetwork, table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Problems on a street that is found: its whole length, or the part near their point."""
    found = segments_named(network, table["street"])
    local = table.geometry.to_crs(network.segments.crs).reindex(found["record"]).to_numpy()
    distance = shapely.distance(network.segments.geometry.to_numpy()[found["segment"]], local)
    found = found[~(distance > NEAR_NAMED_M)]
    length = network.segments["length_m"].to_numpy(dtype=np.float64)[found["segment"]]
    whole = pd.Series(length, index=found.index).groupby(found["record"]).transform("sum")
    parts: pd.DataFrame = found.assign(offset_m=length / 2, share=length / whole, spread=False)
    return parts


def _mass(
    network: StreetNetwork,
    parts: pd.DataFrame,
    group: NDArray[np.int64],
    worth: NDArray[np.float64],
    count: int,
    reach_m: float,
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
