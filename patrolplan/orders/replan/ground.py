"""What a replan begins with: streets that are the plan's own, added stops, and where the crews can be met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.duty import Break, Shift
from patrolplan.errors import InputError
from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap
from patrolplan.graph.steps import StreetPoint, path_length_m
from patrolplan.graph.walk import walks_between
from patrolplan.issued import (
    IssuedLeg,
    IssuedPlan,
    IssuedRoute,
    Whereabouts,
    next_minute,
    walked_part,
    whereabouts,
)
from patrolplan.orders.replan.join import Part, walked_out
from patrolplan.orders.replan.trouble import Added, Trouble
from patrolplan.risk.hot_spots import HotSpot

FAR_M = 300.0
"""An added stop farther than this from any street is taken for a mistake."""

AT_STOP_M = 30.0
"""A crew this close to a stop's streets is at the stop: phones and fingers on maps err as much."""

HAIR_M = 0.005
"""How far from a closed crossing a crew is put onto an open street."""


def check_streets(network: StreetNetwork, issued: IssuedPlan) -> None:
    """The plan's numbers mean these streets only if each one it touches is there unchanged."""
    table = network.segments
    rows = np.array(sorted(issued.streets), dtype=np.int64)
    same = len(rows) == 0 or rows[-1] < len(table)
    if same and len(rows):
        told = np.array([issued.streets[int(row)] for row in rows])
        here = table[["u", "v", "length_m"]].to_numpy(dtype=np.float64)[rows]
        same = bool(np.allclose(told, here, atol=0.01))
    if not same:
        raise InputError(
            "the streets are no longer those the plan was made on (another street file, or other settings of "
            "[streets]); plan the rest of the shift anew with `patrolplan plan`"
        )


def with_added(
    network: StreetNetwork, known: tuple[HotSpot, ...], wanted: Sequence[Added]
) -> tuple[tuple[HotSpot, ...], dict[int, int]]:
    """The hot spots with those added; and added -> hot spot."""
    spots, at = list(known), {}
    owner = {segment: k for k, spot in enumerate(known) for segment in spot.segments}
    for number, one in enumerate(wanted):
        point = _street_point(network, (one.lon, one.lat), one.label or "added stop")
        segment, offset = point.segment, point.offset_m
        if segment in owner:
            at[number] = owner[segment]
            continue
        at[number] = owner[segment] = len(spots)
        spots.append(_added_stop(network, segment, offset, one))
    return tuple(spots), at


def _added_stop(network: StreetNetwork, segment: int, offset_m: float, one: Added) -> HotSpot:
    row = network.segments.iloc[segment]
    entry = int(row.u if offset_m <= row.length_m / 2 else row.v)
    walk = closed_walk(network, [segment], entry)
    length = path_length_m(walk)
    if length > one.minutes * 60 * 0.83:
        # Too long to be walked in the time: the officer stays at the end that was meant.
        walk, length = (), 0.0
    return HotSpot(
        label=one.label or str(row["name"] or "added stop"),
        kind="problem",
        segments=(segment,),
        entry=entry,
        walk=walk,
        walk_m=length,
        dwell_s=round(one.minutes * 60),
        need=0.0,
    )


def places_now(
    issued: IssuedPlan,
    trouble: Trouble,
    network: StreetNetwork,
    walkable: StreetNetwork,
    speed_m_per_s: float,
) -> tuple[Whereabouts, ...]:
    """Where each crew is: as the plan has it, or as it says itself; out of closed streets first."""
    places = []
    for route in issued.routes:
        name = route.crew.name
        pace = speed_m_per_s * route.crew.speed_factor
        place = whereabouts(route, trouble.now, ends=name in trouble.sick)
        if name in trouble.at:
            place = _as_told(issued, route, place, trouble.at[name], trouble.now, network, pace)
        places.append(off_closed_street(place, walkable, pace))
    return tuple(places)


def _as_told(
    issued: IssuedPlan,
    route: IssuedRoute,
    planned: Whereabouts,
    lon_lat: tuple[float, float],
    now: datetime,
    network: StreetNetwork,
    speed_m_per_s: float,
) -> Whereabouts:
    """A crew that is elsewhere than planned.

    Visits whose time is over are taken as made; the one due now is made only if the crew is at its stop.
    It came the quickest way from where it was last, as late as that can be.
    """
    name = route.crew.name
    if not planned.begun or planned.over:
        raise InputError(f'--at "{name}": is not on duty at {now:%H:%M}; it begins where its shift begins')
    there = _street_point(network, lon_lat, f'--at "{name}"')
    under_way = [event for event in planned.done if event.leave > now]
    if under_way and _is_at(network, issued.hot_spots[under_way[-1].hot_spot], lon_lat):
        return planned
    done = tuple(event for event in planned.done if event.leave <= now)
    rests = [event for event in route.events if event.kind == "break" and event.start <= now]
    last = max([*done, *rests], key=lambda event: event.leave, default=None)
    since = min(now, last.leave) if last is not None else route.crew.shift.start
    came_from = done[-1].hot_spot if done else -1
    place = node_lon_lat(network, issued.hot_spots[came_from].entry) if done else route.crew.start
    walks = walks_between(network, [_street_point(network, place, name), there])
    if walks.seconds[0, 1] < 0:
        raise InputError(f'--at "{name}": no way leads there from {last.label if last else "its station"}')
    steps = walks.path(0, 1)
    walked = timedelta(seconds=ceil(path_length_m(steps) / speed_m_per_s))
    leg = IssuedLeg(
        kind="walk",
        hot_spot=-1,
        from_label=done[-1].label if done else route.events[0].label,
        to_label="",
        start=max(since, now - walked),
        end=now,
        steps=steps,
    )
    return replace(
        planned,
        free=max([now, *(event.leave for event in rests)]),
        done=done,
        leg=leg if steps else None,
        share=1.0,
        stop=came_from,
    )


def _is_at(network: StreetNetwork, spot: HotSpot, lon_lat: tuple[float, float]) -> bool:
    point = gpd.GeoSeries.from_xy([lon_lat[0]], [lon_lat[1]], crs="EPSG:4326").to_crs(network.crs).iloc[0]
    return bool(network.segments.geometry.iloc[list(spot.segments)].distance(point).min() <= AT_STOP_M)


def _street_point(network: StreetNetwork, lon_lat: tuple[float, float], what: str) -> StreetPoint:
    lon, lat = lon_lat
    place = gpd.GeoSeries.from_xy([lon], [lat], crs="EPSG:4326")
    found = snap(network, place, max_distance_m=FAR_M)
    segment = int(found["segment"].iloc[0])
    if segment < 0:
        raise InputError(
            f"{what}: no street within {FAR_M:g} m of {lon}, {lat} (longitude, latitude); check the order"
        )
    return StreetPoint(segment=segment, offset_m=float(found["offset_m"].iloc[0]))


def parts_ahead(
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    trouble: Trouble,
    network: StreetNetwork,
    shut: NDArray[np.bool_],
) -> Iterator[Part]:
    """What is ahead of the crews that go on."""
    for index, (route, at) in enumerate(zip(issued.routes, places, strict=True)):
        free = next_minute(at.free)
        if at.over or at.cut_off or route.crew.name in trouble.sick or free >= route.crew.shift.end:
            continue
        place = _place(issued, route, at, network, shut)
        ahead = Shift(start=free, end=route.crew.shift.end)
        rest = None if at.rested else _rest_ahead(route.crew.rest, free)
        yield Part(route=index, crew=replace(route.crew, shift=ahead, start=place, rest=rest))


def off_closed_street(at: Whereabouts, network: StreetNetwork, speed_m_per_s: float) -> Whereabouts:
    """A crew met on a street that has just been closed is free when it has walked out of it."""
    if at.leg is None:
        return at
    out = path_length_m(walked_out(at.leg, at.share, network))
    more_m = out - path_length_m(walked_part(at.leg.steps, at.share))
    return replace(at, free=at.free + timedelta(seconds=ceil(more_m / speed_m_per_s))) if more_m > 0 else at


def _rest_ahead(rest: Break | None, free: datetime) -> Break | None:
    if rest is None:
        return None
    return replace(rest, earliest=max(rest.earliest, free), latest=max(rest.latest, free))


def _place(
    issued: IssuedPlan,
    route: IssuedRoute,
    at: Whereabouts,
    network: StreetNetwork,
    shut: NDArray[np.bool_],
) -> tuple[float, float]:
    """Where the crew can be met, longitude and latitude."""
    if at.way_in is not None:
        last = at.way_in.steps[-1]
        row = network.segments.iloc[last.segment]
        return node_lon_lat(network, int(row.u if last.to_m <= row.length_m / 2 else row.v), shut=shut)
    if at.leg is not None:
        gone = walked_part(at.leg.steps, at.share)
        last = gone[-1] if gone else at.leg.steps[0]
        metres = last.to_m if gone else last.from_m
        if not shut[last.segment]:
            return lon_lat(network, StreetPoint(segment=last.segment, offset_m=metres))
        row = network.segments.iloc[last.segment]
        return node_lon_lat(network, int(row.u if metres <= row.length_m / 2 else row.v), shut=shut)
    if at.stop >= 0:
        return node_lon_lat(network, issued.hot_spots[at.stop].entry, shut=shut)
    return route.crew.start


def node_lon_lat(
    network: StreetNetwork, node: int, *, shut: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """A node, a hair's breadth along one of its open streets, so that it snaps to that one."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    touching = np.flatnonzero((ends == node).any(axis=1))
    free = touching if shut is None else touching[~shut[touching]]
    segment = int(free[0] if len(free) else touching[0])
    length = float(network.segments["length_m"].iloc[segment])
    offset = min(HAIR_M, length) if ends[segment, 0] == node else max(0.0, length - HAIR_M)
    return lon_lat(network, StreetPoint(segment=segment, offset_m=offset))


def lon_lat(network: StreetNetwork, point: StreetPoint) -> tuple[float, float]:
    """A place on a street in degrees."""
    row = network.segments.iloc[point.segment]
    at = shapely.line_interpolate_point(row.geometry, point.offset_m / row.length_m, normalized=True)
    degrees = gpd.GeoSeries([at], crs=network.segments.crs).to_crs("EPSG:4326").iloc[0]
    return float(degrees.x), float(degrees.y)
