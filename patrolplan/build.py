"""From streets, need and crews to the numbers a solver works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import open_snap
from patrolplan.graph.snap import snap
from patrolplan.graph.walk import StreetPoint, Walks, node_point, segments_within, walks_between
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem
from patrolplan.units import SECONDS_PER_HOUR, TRANSFER_SPEED_M_PER_S

STATION_MAX_DISTANCE_M = 300.0
"""A station farther than this from any street is taken for a mistake."""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """The span a plan is made for: from the first shift's start to the last one's end.

    Attributes
    ----------
    epoch
        First instant, UTC, on a whole minute; every clock value of the problem counts from here.
    knots_s
        [bins + 1] seconds at which the local hour changes or a shift begins or ends.
    hours
        [bins] local hour of the week in each bin.
    on_shift
        [bins] whether any crew is on shift.
    """

    epoch: datetime
    knots_s: NDArray[np.int32]
    hours: NDArray[np.int64]
    on_shift: NDArray[np.bool_]

    def seconds(self, instant: datetime) -> int:
        """Whole seconds from the epoch to ``instant``."""
        return round(instant.timestamp() - self.epoch.timestamp())

    def instant(self, seconds: int, zone: ZoneInfo) -> datetime:
        """The local time ``seconds`` after the epoch."""
        return (self.epoch + timedelta(seconds=int(seconds))).astimezone(zone)


def horizon_of(crews: Sequence[Crew], *, timezone_name: str) -> Horizon:
    """The horizon of all crews' shifts, cut where need may change.

    Examples
    --------
    >>> from patrolplan.duty import Officer, Shift
    >>> kyiv = ZoneInfo("Europe/Kyiv")
    >>> shift = Shift(
    ...     start=datetime(2026, 11, 23, 16, 30, tzinfo=kyiv), end=datetime(2026, 11, 23, 18, tzinfo=kyiv)
    ... )
    >>> crew = Crew(name="A", officers=(Officer(name="x"),), shift=shift, start=(32, 49), end=(32, 49))
    >>> horizon = horizon_of([crew], timezone_name="Europe/Kyiv")
    >>> horizon.knots_s.tolist(), horizon.hours.tolist()
    ([0, 1800, 5400], [16, 17])
    """
    if not crews:
        raise InputError("no crews: name at least one crew with officers and a shift")
    zone = ZoneInfo(timezone_name)
    first = min(crew.shift.start for crew in crews).timestamp()
    epoch = datetime.fromtimestamp(first - first % 60, tz=UTC)
    last = max(crew.shift.end for crew in crews)
    edges = {epoch.timestamp(), last.timestamp(), *_hour_changes(epoch, last, zone)}
    for crew in crews:
        edges |= {crew.shift.start.timestamp(), crew.shift.end.timestamp()}
    knots = np.array(sorted(round(edge - epoch.timestamp()) for edge in edges), dtype=np.int32)
    if np.any(knots % 60):
        raise InputError("shifts must begin and end on whole minutes")
    middles = [epoch + timedelta(seconds=(int(a) + int(b)) / 2) for a, b in pairwise(knots)]
    on_shift = [any(c.shift.start <= middle < c.shift.end for c in crews) for middle in middles]
    return Horizon(
        epoch=epoch,
        knots_s=knots,
        hours=np.array([hour_of_week(middle.astimezone(zone)) for middle in middles], dtype=np.int64),
        on_shift=np.array(on_shift, dtype=np.bool_),
    )


def hour_of_week(local: datetime) -> int:
    """Hour of the week of a local time: Monday 00:00 is 0.

    Examples
    --------
    >>> hour_of_week(datetime(2026, 11, 24, 5, 59))
    29
    """
    return local.weekday() * 24 + local.hour


def places_to_walk(
    network: StreetNetwork, hot_spots: Sequence[HotSpot], crews: Sequence[Crew]
) -> tuple[tuple[StreetPoint, ...], tuple[tuple[int, int], ...]]:
    """The locations of the problem: entries of the hot spots, then the crews' stations.

    Returns
    -------
    points
        One a location: hot spots in their order, then the different stations.
    stations
        For each crew the location where it starts and the one where it ends.

    Raises
    ------
    InputError
        A station lies too far from any street.
    """
    entries = [node_point(network, spot.entry) for spot in hot_spots]
    wanted = sorted({place for crew in crews for place in (crew.start, crew.end)})
    at = {place: len(entries) + k for k, place in enumerate(wanted)}
    stations = tuple((at[crew.start], at[crew.end]) for crew in crews)
    return (*entries, *_station_points(network, wanted)), stations


def walks_for(
    network: StreetNetwork,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    *,
    transfer_speed_m_per_s: float = TRANSFER_SPEED_M_PER_S,
    longest_leg_s: int = 2700,
) -> Walks:
    """Walks between all locations of the problem, at pace 1."""
    points, _ = places_to_walk(network, hot_spots, crews)
    return walks_between(network, points, speed_m_per_s=transfer_speed_m_per_s, limit_s=longest_leg_s)


def streets_in_reach(
    network: StreetNetwork,
    crews: Sequence[Crew],
    *,
    transfer_speed_m_per_s: float = TRANSFER_SPEED_M_PER_S,
    longest_leg_s: int = 2700,
) -> NDArray[np.bool_]:
    """Whether each segment can be walked to from some crew's station within the longest leg, [segments]."""
    stations = sorted({place for crew in crews for place in (crew.start, crew.end)})
    limit_m = longest_leg_s * transfer_speed_m_per_s
    return segments_within(network, _station_points(network, stations), limit_m=limit_m)


def build_problem(
    network: StreetNetwork,
    weights: SegmentWeights,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    *,
    timezone: str,
    walks: Walks | None = None,
    transfer_speed_m_per_s: float = TRANSFER_SPEED_M_PER_S,
    longest_leg_s: int = 2700,
    fade_s: int = 7200,
    full_dwell_s: int = 720,
    pass_quality: float = 0.3,
    min_gap_s: int = 1800,
    crowd_m: float = 150.0,
    crowd_price: float = 0.0,
    most_walk_s: int | None = None,
    most_visits: int | None = None,
    problem_share: float = 0.0,
    problem_gap_s: int | None = None,
    other_walks: Sequence[Walks] = (),
    crew_way: Sequence[int] = (),
) -> PatrolProblem:
    """The routing problem of the given crews over the given hot spots.

    Parameters
    ----------
    network, weights, hot_spots, crews
        Streets, need, candidate stops and who walks when.
    timezone
        IANA name of the community's zone; need is read by its wall clock.
    walks
        Result of :func:`walks_for` with the same arguments, where it is at hand already.
    transfer_speed_m_per_s, longest_leg_s
        Walking between stops; longer legs than ``longest_leg_s`` (at pace 1) are not offered.
    fade_s
        Seconds until the effect of a visit is gone (R); 2 h after Koper's "at least every 2 hours".
    full_dwell_s
        Dwell that gives full effect (d_full); 12 min after Koper 1995 and Sacramento 2011.
    pass_quality
        Effect of walking past without a stop (q_pass); an assumption.
    min_gap_s
        Least time from the end of a visit to the start of the next at one stop.
    crowd_m, crowd_price
        What the search pays, in good visits' worth, for a visit's time spent within ``crowd_m`` of walk of
        another crew's stay; the score does not know it. 0: nothing.
    most_walk_s
        Longest walk of a crew in its shift, between stops and to and from its stations.
    most_visits
        Most visits to one hot spot.
    problem_share
        Least share of the crews' time on duty to be spent at named problems.
    other_walks, crew_way
        Walks of crews for whom other streets are shut, and for each crew which it takes (0: ``walks``, ``k``:
        ``other_walks[k - 1]``); all take ``walks`` where not given.
    problem_gap_s
        Longest time that a named problem is left without a visit during the shifts.

    Returns
    -------
    PatrolProblem
        Numbers with labels; stop ``i`` is ``hot_spots[i]``, crew ``c`` is ``crews[c]``.

    Raises
    ------
    InputError
        No crews, no hot spots, or a station too far from any street.
    """
    if not hot_spots:
        raise InputError("no hot spots: without a place to go to there is nothing to plan")
    horizon = horizon_of(crews, timezone_name=timezone)
    _, stations = places_to_walk(network, hot_spots, crews)
    walks = walks or walks_for(
        network,
        hot_spots,
        crews,
        transfer_speed_m_per_s=transfer_speed_m_per_s,
        longest_leg_s=longest_leg_s,
    )
    need_rate = weights.need(horizon.hours) / SECONDS_PER_HOUR
    stop_of_segment = _stop_of_segment(hot_spots, len(network.segments))
    ways = (walks, *other_walks)
    passes = [way.passes() for way in ways]
    used = segments_in_problem(network, hot_spots, *ways)
    before = np.cumsum([0, *(len(each.segment) for each in passes)])
    starts = [each.start[:-1] + first for each, first in zip(passes, before, strict=False)]
    row_of_segment = np.full(len(network.segments), NEVER, dtype=np.int32)
    row_of_segment[used] = np.arange(len(used), dtype=np.int32)
    dwell_s = np.array([spot.dwell_s for spot in hot_spots], dtype=np.int32)
    problems = np.array([[spot.kind == "problem" for spot in hot_spots]], dtype=np.bool_)
    on_duty = sum(crew.shift.seconds for crew in crews)
    reserved = bool(problem_share > 0 and problems.any())
    full_stay = np.array([spot.full_stay for spot in hot_spots], dtype=np.float64)
    return PatrolProblem(
        stop_labels=tuple(spot.label for spot in hot_spots),
        crew_labels=tuple(crew.name for crew in crews),
        travel_s=walks.seconds.astype(np.int32),
        dwell_s=dwell_s,
        quality=np.maximum(pass_quality, np.minimum(1.0, dwell_s / (full_dwell_s * full_stay))),
        windows_s=_windows_s(hot_spots, horizon),
        min_gap_s=np.full(len(hot_spots), min_gap_s, dtype=np.int32),
        crew_start_s=np.array([horizon.seconds(crew.shift.start) for crew in crews], dtype=np.int32),
        crew_end_s=np.array([horizon.seconds(crew.shift.end) for crew in crews], dtype=np.int32),
        crew_start_at=np.array([start for start, _ in stations], dtype=np.int32),
        crew_end_at=np.array([end for _, end in stations], dtype=np.int32),
        crew_pace=np.array([crew.speed_factor for crew in crews], dtype=np.float64),
        break_s=np.array([_break_s(crew, horizon) for crew in crews], dtype=np.int32),
        allowed=np.ones((len(crews), len(hot_spots)), dtype=np.bool_),
        knots_s=horizon.knots_s,
        segment_rate=need_rate[used],
        stop_of_segment=stop_of_segment[used],
        pass_start=np.concatenate([*starts, before[-1:]]).astype(np.int64),
        pass_segment=row_of_segment[np.concatenate([each.segment for each in passes])],
        pass_offset_s=np.concatenate([each.offset_s for each in passes]),
        more_travel_s=np.array([way.seconds for way in other_walks], dtype=np.int32).reshape(
            -1, *walks.seconds.shape
        ),
        crew_way=np.array(list(crew_way) or [0] * len(crews), dtype=np.int32),
        fade_s=fade_s,
        pass_quality=pass_quality,
        horizon_rate=need_rate.sum(axis=0),
        on_shift=horizon.on_shift,
        most_visits=np.full(len(hot_spots), NO_CAP if most_visits is None else most_visits, dtype=np.int32),
        most_walk_s=np.full(len(crews), NO_CAP if most_walk_s is None else most_walk_s, dtype=np.int32),
        most_gap_s=np.where(problems[0] & (problem_gap_s is not None), problem_gap_s or 0, NO_CAP).astype(
            np.int32
        ),
        group_labels=("named problems",) if reserved else (),
        in_group=problems if reserved else problems[:0],
        group_bounds=np.array(
            [[0, NO_CAP, round(problem_share * on_duty)]] if reserved else [], dtype=np.int32
        ).reshape(-1, 3),
        crowd_s=round(crowd_m / transfer_speed_m_per_s),
        crowd_price=crowd_price,
        clock_s=_clock_s(horizon, ZoneInfo(timezone)),
    )


def _clock_s(horizon: Horizon, zone: ZoneInfo) -> NDArray[np.int32]:
    """Second of the local day at which each bin begins."""
    local = [horizon.instant(int(knot), zone) for knot in horizon.knots_s[:-1]]
    return np.array([(at.hour * 60 + at.minute) * 60 + at.second for at in local], dtype=np.int32)


def segments_in_problem(
    network: StreetNetwork, hot_spots: Sequence[HotSpot], *walks: Walks
) -> NDArray[np.int64]:
    """The segments that some hot spot holds or some walk passes, sorted: the problem's rows."""
    held = np.flatnonzero(_stop_of_segment(hot_spots, len(network.segments)) != NEVER)
    passed = [way.passes().segment for way in walks]
    return np.unique(np.concatenate([held, *passed])).astype(np.int64)


def _far_stations(
    network: StreetNetwork,
    where: gpd.GeoSeries,
    lost: Sequence[tuple[float, float]],
    is_lost: NDArray[np.bool_],
) -> list[str]:
    """Why each station has no street: there is none, or those there are shut."""
    if not lost:
        return []
    there = snap(network, where[is_lost], max_distance_m=STATION_MAX_DISTANCE_M)["segment"]
    nearest = open_snap(network, where[is_lost], max_distance_m=1e5)["distance_m"]
    return [
        f"station at {lon:.6f}, {lat:.6f} (longitude, latitude): "
        + (
            f"no street within {STATION_MAX_DISTANCE_M:.0f} m; check the order and the place"
            if street < 0
            else f"all streets within {STATION_MAX_DISTANCE_M:.0f} m are shut, the nearest open one is "
            f"{metres:.0f} m away; if they lie beyond rules.shelter_min, add the station's own shelter to "
            "the table of places (kind shelter) or raise it; else begin and end elsewhere"
        )
        for (lon, lat), street, metres in zip(lost, there, nearest, strict=True)
    ]


def _hour_changes(epoch: datetime, last: datetime, zone: ZoneInfo) -> set[float]:
    """Instants within the horizon at which the local hour changes."""
    local = epoch.astimezone(zone)
    into_hour = local.minute * 60 + local.second
    first = epoch.timestamp() + SECONDS_PER_HOUR - into_hour
    return {float(t) for t in np.arange(first, last.timestamp(), SECONDS_PER_HOUR)}


def _station_points(
    network: StreetNetwork, stations: Sequence[tuple[float, float]]
) -> tuple[StreetPoint, ...]:
    where = gpd.GeoSeries(shapely.points(np.array(stations, dtype=np.float64)), crs="EPSG:4326")
    snapped = open_snap(network, where, max_distance_m=STATION_MAX_DISTANCE_M)
    lost = snapped["segment"].to_numpy() < 0
    faults = _far_stations(network, where, [at for at, far in zip(stations, lost, strict=True) if far], lost)
    if faults:
        raise InputError(faults)
    return tuple(
        StreetPoint(segment=int(segment), offset_m=float(offset))
        for segment, offset in zip(snapped["segment"], snapped["offset_m"], strict=True)
    )


def _stop_of_segment(hot_spots: Sequence[HotSpot], n_segments: int) -> NDArray[np.int32]:
    stop_of_segment = np.full(n_segments, NEVER, dtype=np.int32)
    for index, spot in enumerate(hot_spots):
        stop_of_segment[list(spot.segments)] = index
    return stop_of_segment


def _windows_s(hot_spots: Sequence[HotSpot], horizon: Horizon) -> NDArray[np.int32]:
    """Opening hours of the stops, as seconds of the horizon; (NEVER, NEVER) rows are padding."""
    spans = [_open_spans(spot.hours, horizon) for spot in hot_spots]
    widest = max([1, *(len(span) for span in spans)])
    windows = np.full((len(hot_spots), widest, 2), NEVER, dtype=np.int32)
    for row, span in zip(windows, spans, strict=True):
        row[: len(span)] = np.array(span, dtype=np.int32).reshape(-1, 2)
    return windows


def _open_spans(hours: Sequence[tuple[int, int]], horizon: Horizon) -> list[tuple[int, int]]:
    if not hours:
        return []
    is_open = [any(_in_span(int(hour), *span) for span in hours) for hour in horizon.hours]
    spans: list[tuple[int, int]] = []
    for open_now, (start, end) in zip(is_open, pairwise(horizon.knots_s.tolist()), strict=True):
        if open_now and spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        elif open_now:
            spans.append((start, end))
    # Closed throughout the horizon: a window no visit fits into keeps the stop out.
    return spans or [(0, 0)]


def _in_span(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start <= end else hour >= start or hour < end


def _break_s(crew: Crew, horizon: Horizon) -> tuple[int, int, int]:
    if crew.rest is None:
        return (NEVER, NEVER, 0)
    rest = crew.rest
    return (
        horizon.seconds(rest.earliest),
        horizon.seconds(rest.latest),
        round(rest.length.total_seconds()),
    )
