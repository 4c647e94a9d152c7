"""How good street segments are: how much of the streets they cover, and how much lies side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

STEP_M = 5.0
COVER_M, PARALLEL_M, ANGLE_DEG, FORK_M = 20.0, 15.0, 30.0, 30.0

Lines = NDArray[np.object_]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The walkable ways of the source's main part, and what parts streets.

    ``patrolled`` marks which of the ``lines`` must be covered: roads, paths and squares, but neither
    sidewalks nor crossings, which are part of their road. ``every`` are the walkable ways of all parts, with
    the ``layer`` of each.
    """

    lines: Lines
    patrolled: Bools
    every: Lines
    layer: NDArray[np.int64]
    barriers: Lines
    buildings: Lines
    rails_and_water: Lines


@dataclass(frozen=True, kw_only=True)
class Parallels:
    """Share of segment length within 15 m and 30 degrees of another segment, less and less of it.

    ``all`` of it; on the ``same_level``; with neither railway, water nor wall between (``no_wall``); nor a
    building: ``in_reach``; of that what is no fork, farther than 30 m from a junction that both leave
    (``no_fork``).
    """

    all: float
    same_level: float
    no_wall: float
    in_reach: float
    no_fork: float


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Points every five metres along lines: which line, where, in which direction, for how many metres."""

    owner: NDArray[np.int64]
    points: Lines
    direction: Floats
    metres: Floats


def sampled(lines: Lines) -> Samples:
    """Points along lines, each standing for about ``STEP_M`` metres."""
    length = shapely.length(lines)
    count = np.maximum(1, np.rint(length / STEP_M)).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    at = (step + 0.5) / count[owner] * length[owner]
    return Samples(
        owner=owner,
        points=shapely.line_interpolate_point(lines[owner], at),
        direction=_direction(lines[owner], at),
        metres=length[owner] / count[owner],
    )


def covered_share(reference: Reference, segments: Lines) -> tuple[float, Lines]:
    """Share of roads and paths within 20 m and 30 degrees of a segment, and the points missed."""
    samples = sampled(reference.lines[reference.patrolled])
    pieces = _pieces(segments)
    point, piece = shapely.STRtree(pieces).query(samples.points, predicate="dwithin", distance=COVER_M)
    along = _direction(pieces, np.zeros(len(pieces)))
    fits = np.abs(np.einsum("ij,ij->i", samples.direction[point], along[piece])) >= _cos()
    near = np.zeros(len(samples.points), dtype=bool)
    near[point[fits]] = True
    return float(samples.metres[near].sum() / samples.metres.sum()), samples.points[~near]


def parallel_shares(reference: Reference, segments: Lines) -> Parallels:
    """How much segment length lies beside another segment, and what becomes of it."""
    samples = sampled(segments)
    point, other = shapely.STRtree(segments).query(samples.points, predicate="dwithin", distance=PARALLEL_M)
    apart = samples.owner[point] != other
    point, other = point[apart], other[apart]
    at = shapely.line_locate_point(segments[other], samples.points[point])
    inner = (at > 0.5) & (at < shapely.length(segments[other]) - 0.5)
    turned = np.abs(np.einsum("ij,ij->i", samples.direction[point], _direction(segments[other], at)))
    beside = inner & (turned >= _cos())
    point, other, at = point[beside], other[beside], at[beside]
    here = samples.points[point]
    foot = shapely.line_interpolate_point(segments[other], at)
    level = _layers(reference, here) == _layers(reference, foot)
    ground = level & ~_parted(here, foot, reference.barriers)
    free = ground & ~_parted(here, foot, reference.buildings)
    fork = free & (
        _from_shared_end(samples.points[point], segments[samples.owner[point]], segments[other]) < FORK_M
    )
    total = samples.metres.sum()

    def share(pairs: Bools) -> float:
        marked = np.zeros(len(samples.points), dtype=bool)
        marked[point[pairs]] = True
        return float(samples.metres[marked].sum() / total)

    return Parallels(
        all=share(np.ones(len(point), dtype=bool)),
        same_level=share(level),
        no_wall=share(ground),
        in_reach=share(free),
        no_fork=share(free & ~fork),
    )


def _from_shared_end(points: Lines, own: Lines, other: Lines) -> Floats:
    """Metres from each point to an end that its line shares with the other line, infinite where none."""
    away = np.full(len(points), np.inf)
    for mine in (0, -1):
        end = shapely.get_point(own, mine)
        for theirs in (0, -1):
            shared = shapely.distance(end, shapely.get_point(other, theirs)) < 0.01
            away = np.where(shared, np.minimum(away, shapely.distance(points, end)), away)
    return np.asarray(away)


def false_joins(reference: Reference, segments: Lines) -> Lines:
    """Points where a segment crosses a railway or water and no way crosses within 25 m."""
    shared = _crossings(segments, reference.rails_and_water)
    crossed = np.asarray(shapely.point_on_surface(shared), dtype=object)
    known = _crossings(reference.every, reference.rails_and_water)
    if not len(crossed) or not len(known):
        return crossed
    near = shapely.STRtree(known).query(crossed, predicate="dwithin", distance=25.0)[0]
    return np.delete(crossed, near)


def near_share(points: Lines, segments: Lines, *, within_m: float = 25.0) -> float:
    """Share of points (offences) within some metres of a segment."""
    hit = shapely.STRtree(segments).query(points, predicate="dwithin", distance=within_m)[0]
    return len(np.unique(hit)) / len(points)


def _cos() -> float:
    return float(np.cos(np.radians(ANGLE_DEG)))


def _direction(lines: Lines, at: Floats) -> Floats:
    length = shapely.length(lines)
    start = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at - 2, 0)))
    end = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(at + 2, length)))
    along = end - start
    return np.asarray(along / np.maximum(np.hypot(*along.T), 1e-9)[:, None])


def _pieces(lines: Lines) -> Lines:
    """Each straight stretch of the lines."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    return np.asarray(shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)), dtype=object)


def _layers(reference: Reference, points: Lines) -> NDArray[np.int64]:
    """The level of the way nearest to each point."""
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    found = shapely.STRtree(reference.every).query_nearest(points, all_matches=False)
    return reference.layer[found[1]]


def _crossings(lines: Lines, barriers: Lines) -> Lines:
    line, barrier = shapely.STRtree(barriers).query(lines, predicate="intersects")
    shared = shapely.intersection(lines[line], barriers[barrier])
    return np.asarray(shapely.get_parts(shared), dtype=object)


def _parted(a: Lines, b: Lines, barriers: Lines) -> Bools:
    parted = np.zeros(len(a), dtype=bool)
    if len(a) and len(barriers):
        ends = np.stack([shapely.get_coordinates(a), shapely.get_coordinates(b)], axis=1)
        parted[shapely.STRtree(barriers).query(shapely.linestrings(ends), predicate="intersects")[0]] = True
    return parted
