"""What a community may be told of days that are over: problems named, minutes walked, records compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.evaluate.changed_since import Change, change_of, compared_days, length
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.settlements import Settlements
from patrolplan.risk.kinds import rate_kinds
from patrolplan.risk.problems import PROBLEM_DISTANCE_M, REACH_M, find_problems
from patrolplan.risk.week_hours import week_hours

SAME_STREET_M = 5.0
"""A segment was visited if its middle lies this near to a line of the visit, drawn on the map of its week."""
ROUND_MIN = 5
"""Minutes are told in steps of this many."""


@dataclass(frozen=True, kw_only=True)
class NamedProblem:
    """One named problem, what was walked there, and what records say.

    Attributes
    ----------
    segments
        Its streets.
    hours
        Days and hours as they were named, "" for all.
    words
        What those who named it said of it: not for the public unless somebody has read it.
    visits, planned_min, walked_min
        Visits to its streets; ``walked_min`` is None where none was logged.
    in_hours
        Share of the minutes in the hours that were named; None without minutes.
    change
        Records on its streets; None where no earlier span can be set against them.
    """

    segments: tuple[int, ...]
    hours: str
    words: str
    visits: int
    planned_min: int
    walked_min: int | None
    in_hours: float | None
    change: Change | None


@dataclass(frozen=True, kw_only=True)
class CommunityFacts:
    """Figures of days that are over; no person, no record, no route and no hour of a visit.

    Attributes
    ----------
    days, compared
        First and last day; the spans of records set against each other, earlier first, or None.
    problems
        In the order of their minutes, most first.
    untold
        Named problems left out, since their words touch on what is never named.
    unplaced
        Named problems that lie on no known street.
    visits, planned_min, walked_min, logged_share
        Of the span; ``logged_share`` of the planned minutes were logged, ``walked_min`` is None if none.
    everywhere
        Records in the whole area, for comparison.
    settlements
        One row a settlement: ``name``, ``people`` (NaN where not known), ``need_share``, ``minutes``,
        ``minutes_share``, by people, then need.
    """

    days: tuple[date, date]
    compared: tuple[tuple[date, date], tuple[date, date]] | None
    problems: tuple[NamedProblem, ...]
    untold: int
    unplaced: int
    visits: int
    planned_min: int
    walked_min: int | None
    logged_share: float
    everywhere: Change | None
    settlements: pd.DataFrame
    notes: tuple[str, ...] = field(default=())


def community_facts(
    network: StreetNetwork,
    *,
    days: tuple[date, date],
    visits: gpd.GeoDataFrame,
    need: NDArray[np.float64],
    records: pd.DataFrame,
    known: tuple[date, date] | None,
    problems: gpd.GeoDataFrame | None,
    settlements: Settlements | None = None,
    people: pd.Series | None = None,
    k: int = 5,
) -> CommunityFacts:
    """The figures of a span of days that are over.

    Parameters
    ----------
    network
        Streets.
    days
        First and last day.
    visits
        As `Past.visits`; those outside the days don't count.
    need
        [segments] need over the week, sums to 1.
    records
        One row a street offence that may be told: ``segment``, ``first`` and ``last`` (the days between
        which it happened). Those that can't be said to lie in a span don't count.
    known
        First and last day that the records cover; None without records.
    problems
        As `read_problems` gives them.
    settlements, people
        Villages and towns, and how many live there, by name.
    k
        Fewest records that are told, and the step of counts.
    """
    own = visits[[days[0] <= day <= days[1] for day in visits["day"]]].reset_index(drop=True)
    on = visited_segments(network, own)
    compared = compared_days(days, known) if known is not None else None
    named, untold, unplaced = _named(network, problems, days)
    told = [_problem(network, one, own, on, records, compared, k) for one in named]
    logged = own["walked_min"].notna()
    planned = float(own["planned_min"].sum())
    return CommunityFacts(
        days=days,
        compared=compared,
        problems=tuple(sorted(told, key=lambda one: (-one.planned_min, one.segments))),
        untold=untold,
        unplaced=unplaced,
        visits=len(own),
        planned_min=in_steps(planned),
        walked_min=in_steps(float(own.loc[logged, "walked_min"].sum())) if logged.any() else None,
        logged_share=float(own.loc[logged, "planned_min"].sum()) / planned if planned else 0.0,
        everywhere=_change(records, compared, k),
        settlements=_by_settlement(settlements, own, on, need, people, network),
    )


def visited_segments(network: StreetNetwork, visits: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which segments each visit covers: rows ``visit`` (position in ``visits``) and ``segment``."""
    if visits.empty:
        return pd.DataFrame({"visit": np.zeros(0, dtype=np.int64), "segment": np.zeros(0, dtype=np.int64)})
    shapes = gpd.GeoSeries(visits.geometry).to_crs(network.crs).to_numpy()
    _, first, same = np.unique(shapely.to_wkb(shapes), return_index=True, return_inverse=True)
    middles = shapely.line_interpolate_point(network.segments.geometry.to_numpy(), 0.5, normalized=True)
    shape, segment = shapely.STRtree(middles).query(
        shapes[first], predicate="dwithin", distance=SAME_STREET_M
    )
    of_shape = pd.DataFrame({"shape": shape, "segment": segment})
    rows = pd.DataFrame({"visit": np.arange(len(visits)), "shape": same.reshape(-1)})
    made: pd.DataFrame = rows.merge(of_shape, on="shape")[["visit", "segment"]]
    return made


def in_steps(minutes: float) -> int:
    """Minutes in steps of five, as the public page tells them.

    Examples
    --------
    >>> in_steps(62.4), in_steps(63)
    (60, 65)
    """
    return ROUND_MIN * round(minutes / ROUND_MIN)


def _named(
    network: StreetNetwork, problems: gpd.GeoDataFrame | None, days: tuple[date, date]
) -> tuple[list[tuple[pd.Series, NDArray[np.int64]]], int, int]:
    """Problems of the span with their segments; how many may not be told, how many lie nowhere."""
    if problems is None or problems.empty:
        return [], 0, 0
    first, last = (pd.Timestamp(day) for day in days)
    over = problems["until"].notna() & (problems["until"] < first)
    ahead = problems["since"].notna() & (problems["since"] > last)
    table = problems[~over & ~ahead].reset_index(drop=True)
    if table.empty:
        return [], 0, 0
    kinds = rate_kinds(table["text"].astype("str")).set_index("kind")["sensitive"]
    hidden = table["text"].astype("str").map(kinds).to_numpy(dtype=bool)
    # Those of the span count, whatever the day: they need no dates any more.
    open_end = table.assign(since=pd.NaT, until=pd.NaT)
    found = find_problems(network, open_end, as_of=days[1]).found
    sources = pd.DataFrame({"row": [], "segment": []}) if found is None else found.sources
    near = _near_points(network, table)
    named, lost = [], 0
    for at, row in table[~hidden].iterrows():
        segments = np.union1d(sources.loc[sources["row"] == row["row"], "segment"], near[int(str(at))])
        if len(segments):
            named.append((row, segments.astype(np.int64)))
        else:
            lost += 1
    return named, int(hidden.sum()), lost


def _near_points(network: StreetNetwork, table: gpd.GeoDataFrame) -> list[NDArray[np.int64]]:
    """Segments around problems that are named by a point alone: "at the kiosk" is the street outside it."""
    points = table.geometry.to_crs(network.crs).to_numpy()
    tree = shapely.STRtree(network.segments.geometry.to_numpy())
    found: list[NDArray[np.int64]] = []
    for point, street in zip(points, table["street"], strict=True):
        lone = street == "" and point is not None and not point.is_empty
        near = tree.query(point, predicate="dwithin", distance=REACH_M) if lone else np.zeros(0)
        if lone and not len(near):
            near = tree.query_nearest(point, max_distance=PROBLEM_DISTANCE_M)
        found.append(np.sort(np.asarray(near, dtype=np.int64)))
    return found


def _problem(
    network: StreetNetwork,
    named: tuple[pd.Series, NDArray[np.int64]],
    visits: gpd.GeoDataFrame,
    on: pd.DataFrame,
    records: pd.DataFrame,
    compared: tuple[tuple[date, date], tuple[date, date]] | None,
    k: int,
) -> NamedProblem:
    row, segments = named
    mine = visits.iloc[np.sort(on.loc[on["segment"].isin(segments), "visit"].unique())]
    planned, logged = float(mine["planned_min"].sum()), mine["walked_min"].notna()
    hours = f"{row['days']} {row['hours']}".strip()
    inside = _minutes_in_hours(mine, week_hours(hours) > 0)
    by_length = network.segments.loc[segments, "length_m"].sort_values(ascending=False, kind="stable")
    return NamedProblem(
        segments=tuple(int(segment) for segment in by_length.index),
        hours=hours,
        words=str(row["text"]),
        visits=len(mine),
        planned_min=in_steps(planned),
        walked_min=in_steps(float(mine.loc[logged, "walked_min"].sum())) if logged.any() else None,
        in_hours=inside / planned if planned else None,
        change=_change(records[records["segment"].isin(segments)], compared, k),
    )


def _minutes_in_hours(visits: gpd.GeoDataFrame, wanted: NDArray[np.bool_]) -> float:
    """Planned minutes of the visits that begin in the hours named."""
    starts = pd.DatetimeIndex(visits["start"])
    hour = np.asarray(starts.day_of_week * 24 + starts.hour, dtype=np.int64)
    return float(visits["planned_min"].to_numpy(dtype=np.float64)[wanted[hour]].sum())


def _change(
    records: pd.DataFrame, compared: tuple[tuple[date, date], tuple[date, date]] | None, k: int
) -> Change | None:
    if compared is None:
        return None
    counts = [_count(records, days) for days in compared]
    spans = [length(days) for days in compared]
    return change_of(*counts, days_before=spans[0], days_after=spans[1], k=k)


def _count(records: pd.DataFrame, days: tuple[date, date]) -> int:
    first, last = (pd.Timestamp(day) for day in days)
    return int(((records["first"] >= first) & (records["last"] < last + timedelta(days=1))).sum())


def _by_settlement(
    settlements: Settlements | None,
    visits: gpd.GeoDataFrame,
    on: pd.DataFrame,
    need: NDArray[np.float64],
    people: pd.Series | None,
    network: StreetNetwork,
) -> pd.DataFrame:
    """Need, minutes and people of each settlement; minutes go where most of the visit's streets lie."""
    names = [] if settlements is None else [str(name) for name in settlements.table["name"]]
    if settlements is None or not names:
        return pd.DataFrame(
            {name: [] for name in ("name", "people", "need_share", "minutes", "minutes_share")}
        )
    metres = network.segments["length_m"].to_numpy(dtype=np.float64)[on["segment"]]
    rows = on.assign(settlement=settlements.of_segment[on["segment"]], metres=metres)
    sums = rows.groupby(["visit", "settlement"])["metres"].sum().reset_index()
    best = sums.sort_values(["visit", "metres", "settlement"], ascending=[True, False, True], kind="stable")
    home = best.drop_duplicates("visit").set_index("visit")["settlement"]
    at = home.reindex(range(len(visits))).fillna(-1).to_numpy(dtype=np.int64)
    minutes = visits["planned_min"].to_numpy(dtype=np.float64)
    mine = np.bincount(at[at >= 0], weights=minutes[at >= 0], minlength=len(names))
    inside = settlements.of_segment >= 0
    needs = np.bincount(settlements.of_segment[inside], weights=need[inside], minlength=len(names))
    known = people if people is not None else pd.Series(dtype=np.float64)
    table = pd.DataFrame(
        {
            "name": names,
            "people": known.reindex(names).to_numpy(dtype=np.float64),
            "need_share": needs / max(float(need.sum()), 1e-12),
            "minutes": [in_steps(value) for value in mine],
            "minutes_share": mine / max(float(minutes.sum()), 1e-12),
        }
    )
    return table.sort_values(["people", "need_share"], ascending=False, kind="stable", ignore_index=True)
