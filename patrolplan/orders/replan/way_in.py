"""Crews beyond the shelters' reach in an alarm: the walk in, and the street where duty ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.islands import parts_of
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import is_open, metres_to_nodes, open_snap
from patrolplan.graph.steps import StreetPoint
from patrolplan.graph.street_names import street_names
from patrolplan.graph.walk import walks_between
from patrolplan.issued import IssuedLeg, IssuedPlan, IssuedRoute, Move, Whereabouts
from patrolplan.orders.replan.ground import FAR_M, node_lon_lat
from patrolplan.orders.replan.join import Part, walked_out
from patrolplan.orders.replan.trouble import Trouble
from patrolplan.risk.hot_spot_label import UNNAMED

THERE_M = 0.01
"""So near to an open street a crew stands on it."""

NO_WAY_M = 1e5
"""Farther than any crew walks: the way leads through closed streets."""


def walked_in(
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    trouble: Trouble,
    walkable: StreetNetwork,
    near_shelters: StreetNetwork,
    speed_m_per_s: float,
) -> tuple[Whereabouts, ...]:
    """Where the crews are once those beyond the shelters' reach have walked in.

    Parameters
    ----------
    issued, places
        The plan, and where its crews are.
    walkable, near_shelters
        The streets, closed ones shut; and those too far from a shelter shut too.
    speed_m_per_s
        Walking speed of a crew whose factor is 1.

    Raises
    ------
    InputError
        Crews that no street leads to a shelter, gathered.
    """
    out, faults = [], []
    for route, at in zip(issued.routes, places, strict=True):
        if at.over or route.crew.name in trouble.sick:
            out.append(at)
            continue
        try:
            pace = speed_m_per_s * route.crew.speed_factor
            out.append(_walked_in(issued, route, at, walkable, near_shelters, pace))
        except _NoWay:
            faults.append(
                f"{route.crew.name}: no street within {trouble.alarm_min:g} minutes of a shelter can be "
                f"reached from where it is; raise --shelter-min, add the shelters near it to the table of "
                f'places (kind shelter), or end its duty (--sick "{route.crew.name}")'
            )
    if faults:
        raise InputError(faults)
    return tuple(out)


class _NoWay(Exception):  # noqa: N818 - caught in this file alone
    """No street near a shelter can be reached."""


def _walked_in(
    issued: IssuedPlan,
    route: IssuedRoute,
    at: Whereabouts,
    walkable: StreetNetwork,
    near_shelters: StreetNetwork,
    speed_m_per_s: float,
) -> Whereabouts:
    here = _standing_at(issued, route, at, walkable)
    free = is_open(near_shelters)
    if free[here.segment]:
        return at
    node, metres = _nearest_node(walkable, here, free)
    if metres <= THERE_M:
        return at
    there = _node_point(walkable, node)
    walks = walks_between(walkable, [here, there], speed_m_per_s=speed_m_per_s)
    arrive = at.free + timedelta(seconds=ceil(int(walks.seconds[0, 1])))
    if arrive >= route.crew.shift.end:
        return replace(at, cut_off=True)
    way = IssuedLeg(
        kind="walk",
        hot_spot=-1,
        from_label=at.done[-1].label if at.done else route.events[0].label,
        to_label=_street_at(near_shelters, node, issued.language),
        start=at.free,
        end=arrive,
        steps=walks.path(0, 1),
    )
    return replace(at, free=arrive, way_in=way)


def ended_in(part: Part, walkable: StreetNetwork, near_shelters: StreetNetwork, language: str) -> Part:
    """The part; its crew ends near a shelter where the way back to its station leads beyond their reach."""
    begin, end = (_station(near_shelters, at, "") for at in (part.crew.start, part.crew.end))
    meant = _station(walkable, part.crew.end, part.crew.name)
    free, parts = is_open(near_shelters), _open_parts(near_shelters)
    assert begin is not None
    assert meant is not None
    own = parts[begin.segment]
    if end is not None and free[meant.segment] and parts[meant.segment] == own:
        return part
    node, metres = _nearest_node(walkable, meant, free & (parts == own), strict=False)
    if metres <= THERE_M:
        return part
    place = node_lon_lat(walkable, node, shut=~(free & (parts == own)))
    street = _street_at(near_shelters, node, language)
    return replace(part, crew=replace(part.crew, end=place), ends_at=street)


def moves_of(issued: IssuedPlan, places: Sequence[Whereabouts], parts: Sequence[Part]) -> tuple[Move, ...]:
    """What the alarm asks of each crew beside its stops."""
    ends = {part.route: part for part in parts}
    out = []
    for index, (route, at) in enumerate(zip(issued.routes, places, strict=True)):
        name = route.crew.name
        if at.way_in is not None:
            out.append(Move(crew=name, kind="in", street=at.way_in.to_label, at=at.way_in.end))
        if index in ends and ends[index].ends_at:
            out.append(Move(crew=name, kind="end", street=ends[index].ends_at, at=route.crew.shift.end))
    return tuple(out)


def _standing_at(
    issued: IssuedPlan, route: IssuedRoute, at: Whereabouts, walkable: StreetNetwork
) -> StreetPoint:
    """Where the crew is, out of streets that are closed."""
    if at.leg is not None:
        gone = walked_out(at.leg, at.share, walkable)
        step = gone[-1] if gone else at.leg.steps[0]
        return StreetPoint(segment=step.segment, offset_m=step.to_m if gone else step.from_m)
    if at.stop >= 0:
        return _node_point(walkable, issued.hot_spots[at.stop].entry)
    place = _station(walkable, route.crew.start, route.crew.name)
    assert place is not None
    return place


def _station(network: StreetNetwork, lon_lat: tuple[float, float], crew: str) -> StreetPoint | None:
    """The nearest place on an open street; None if there is none, and no crew to name in an error."""
    point = gpd.GeoSeries.from_xy([lon_lat[0]], [lon_lat[1]], crs="EPSG:4326")
    found = open_snap(network, point, max_distance_m=FAR_M)
    segment = int(found["segment"].iloc[0])
    if segment < 0 and crew:
        raise InputError(f"{crew}: every street within {FAR_M:g} m of its station is closed")
    if segment < 0:
        return None
    return StreetPoint(segment=segment, offset_m=float(found["offset_m"].iloc[0]))


def _nearest_node(
    network: StreetNetwork, here: StreetPoint, free: NDArray[np.bool_], *, strict: bool = True
) -> tuple[int, float]:
    """The nearest end of the streets that are free, and how far it is to walk."""
    ends = np.unique(network.segments[["u", "v"]].to_numpy(dtype=np.int64)[free])
    far = metres_to_nodes(
        network, np.array([here.segment]), np.array([here.offset_m]), np.zeros(1, dtype=np.float64)
    )[ends]
    if not len(ends) or (strict and far.min() >= NO_WAY_M):
        raise _NoWay
    best = int(np.argmin(far))
    return int(ends[best]), float(far[best])


def _node_point(network: StreetNetwork, node: int) -> StreetPoint:
    """A node as a place on a street, an open one if any."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    touching = np.flatnonzero((ends == node).any(axis=1))
    opened = touching[is_open(network)[touching]]
    segment = int((opened if len(opened) else touching)[0])
    length = float(network.segments["length_m"].iloc[segment])
    return StreetPoint(segment=segment, offset_m=0.0 if ends[segment, 0] == node else length)


def _open_parts(network: StreetNetwork) -> NDArray[np.int64]:
    """[segments] number of the part that each open street hangs together with; -1 for shut ones."""
    free, out = is_open(network), np.full(len(network.segments), -1, dtype=np.int64)
    out[free] = parts_of(replace(network, segments=network.segments[free].reset_index(drop=True)))
    return out


def _street_at(network: StreetNetwork, node: int, language: str) -> str:
    """The name of an open street at the node; that of any street there failing that."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    touching = np.flatnonzero((ends == node).any(axis=1))
    order = touching[np.argsort(~is_open(network)[touching], kind="stable")]
    names = street_names(network, language).iloc[order]
    return next((str(name) for name in names if name), UNNAMED)
