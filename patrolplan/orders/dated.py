"""The calendar and the events put on the streets: what the names in their rows mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.dates import BELL, CLOSED, EVENT, DatedRow, Dates, Happening, Shut
from patrolplan.errors import InputError
from patrolplan.orders.asked_places import FAR_M, Named
from patrolplan.risk.network_kernel import spread_along_streets

if TYPE_CHECKING:
    from patrolplan.orders.load import Loaded

Bools = NDArray[np.bool_]
USUAL_REACH_M = 200.0


def dates_on_streets(loaded: Loaded, rows: Sequence[DatedRow], notes: Sequence[str]) -> Dates:
    """The rows with their places on the network.

    Raises
    ------
    InputError
        Places and streets that nothing is called, or that lie far from any street: gathered, by row.
    """
    names, faults = Named(loaded), list[str]()
    events = loaded.settings.events
    reach_m = events.reach_m if events is not None else USUAL_REACH_M
    happenings: list[Happening] = []
    shut: list[Shut] = []
    for row in rows:
        try:
            closed = _shut(names, row) if row.what == CLOSED or row.closes or row.closed_areas else None
            shut += [] if closed is None else [closed]
            if _draws_people(row):
                happenings.append(_happening(names, row, reach_m, closed))
        except InputError as error:
            faults += [f"{row.told}: {fault}" for fault in error.faults]
    if faults:
        raise InputError(faults)
    return Dates(
        rows=tuple(rows),
        happenings=tuple(happenings),
        shut=tuple(shut),
        notes=(*notes, *_overlaps(happenings)),
    )


def _draws_people(row: DatedRow) -> bool:
    """Events and bells; market days and holidays where a place and its crowd or cover are given."""
    placed = bool(row.place) or row.point is not None or row.area is not None
    asked = row.crowd is not None or row.cover > 0
    return row.what in (EVENT, BELL) or (
        row.what != CLOSED and placed and asked and row.start_min is not None
    )


def _happening(names: Named, row: DatedRow, reach_m: float, closed: Shut | None) -> Happening:
    if row.area is not None:
        inside = names.in_area(row.area)
        if not inside.any():
            raise InputError(
                f'no street lies in the area of "{row.name or row.what}"; draw it larger or in its place'
            )
    elif row.point is None and (street := _whole(names, row.place)) is not None:
        inside = street
    else:
        point = shapely.Point(row.point) if row.point is not None else _place(names, row.place)
        segment, offset = names.nearest(point)
        if segment < 0:
            raise InputError(
                f'"{row.name or row.place or row.what}" at {point.x:.6f}, {point.y:.6f} (longitude, '
                f"latitude): no street within {FAR_M:.0f} m; check the order and the place"
            )
        near = _felt(names, np.array([segment]), np.array([offset]), np.ones(1), reach_m)
        return Happening(row=row, at=(point.x, point.y), near=_beside(near, closed), segments=near > 0)
    length = names.network.segments["length_m"].to_numpy(dtype=np.float64)
    near, rows = length * inside, np.flatnonzero(inside)
    if closed is not None and not (near[~closed.segments] > 0).any():
        # The street itself is shut, as in a parade: people stand where the streets beside it meet it.
        near = _felt(names, rows, length[rows] / 2, length[rows], reach_m)
    return Happening(row=row, at=_middle(names, inside), near=_beside(near, closed), segments=inside)


def _felt(
    names: Named,
    segment: NDArray[np.int64],
    offset_m: NDArray[np.float64],
    weight: NDArray[np.float64],
    reach_m: float,
) -> NDArray[np.float64]:
    """[segments] a crowd at some places along the streets around them."""
    group = np.zeros(len(segment), dtype=np.int64)
    felt = spread_along_streets(
        names.network, segment, offset_m, group, weight, groups=1, bandwidth_m=reach_m
    )
    return np.asarray(felt[0])


def _beside(near: NDArray[np.float64], closed: Shut | None) -> NDArray[np.float64]:
    """Shares of a crowd on the streets that it does not shut; on all where it shuts them all."""
    open_ = near if closed is None else np.where(closed.segments, 0.0, near)
    chosen = open_ if open_.any() else near
    return np.asarray(chosen / chosen.sum())


def _whole(names: Named, place: str) -> Bools | None:
    """The streets of a settlement or street of that very name."""
    table = names.network.segments
    exact = ((table["name"] == place) | (table["name_en"] == place)).to_numpy(dtype=np.bool_)
    return names.segments(place) if place in names.settlement_names or exact.any() else None


def _place(names: Named, place: str) -> shapely.Point:
    found = names.place(place)
    if found is not None:
        return found[1]
    lon, lat = _middle(names, names.segments(place))
    return shapely.Point(lon, lat)


def _middle(names: Named, inside: Bools) -> tuple[float, float]:
    """The place on some streets that is nearest to their common middle, degrees."""
    lines = names.network.segments.geometry[inside]
    union = shapely.union_all(lines.to_numpy())
    at = shapely.ops.nearest_points(union, union.centroid)[0]
    point = gpd.GeoSeries([at], crs=lines.crs).to_crs("EPSG:4326").iloc[0]
    return float(point.x), float(point.y)


def _shut(names: Named, row: DatedRow) -> Shut:
    table = names.network.segments
    shut = np.zeros(len(table), dtype=np.bool_)
    for name in row.closes:
        shut |= names.segments(name)
    for area in row.closed_areas:
        here = table.geometry.intersects(_metric(names, area)).to_numpy(dtype=np.bool_)
        if not here.any():
            raise InputError("no street lies in the area that is shut; draw it larger or in its place")
        shut |= here
    if shut.all():
        raise InputError("all streets are shut; name fewer, or draw a smaller area")
    called = tuple(dict.fromkeys(name for name in table["name"][shut] if name))
    lines = table.geometry[shut].to_crs("EPSG:4326")
    return Shut(row=row, segments=shut, names=called or row.closes, shape=lines.union_all())


def _metric(names: Named, area: shapely.Geometry) -> shapely.Geometry:
    lines = names.network.segments.geometry
    metric: shapely.Geometry = gpd.GeoSeries([area], crs="EPSG:4326").to_crs(lines.crs).iloc[0]
    return metric


def _overlaps(happenings: Sequence[Happening]) -> Iterator[str]:
    """Rows that ask for crews at the same time, in plain sentences."""
    asking = [one for one in happenings if one.row.cover]
    for k, one in enumerate(asking):
        for other in asking[k + 1 :]:
            first, last = max(one.row.first, other.row.first), min(one.row.last, other.row.last)
            begin = max(one.row.span_min[0], other.row.span_min[0])
            end = min(one.row.span_min[1], other.row.span_min[1])
            if first <= last and begin < end:
                yield (
                    f'{one.row.told} and {other.row.told}: "{one.name}" and "{other.name}" overlap on '
                    f"{first}; {one.row.cover + other.row.cover} crews are wanted at once"
                )
