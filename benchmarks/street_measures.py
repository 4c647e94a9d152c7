"""How good street segments are: how much of the streets they cover, and how much lies side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

STEP_M = 5.0
COVER_M, PARALLEL_M, ANGLE_DEG = 20.0, 15.0, 30.0

Lines = NDArray[np.object_]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The walkable ways of the source's main part, and what parts streets.

    ``lines`` are all of them, ``layer`` their level; ``patrolled`` marks what must be covered: roads,
    paths and squares, but neither sidewalks nor crossings, which are part of their road.
    """

    lines: Lines
    layer: NDArray[np.int64]
    patrolled: Bools
    barriers: Lines
    rails_and_water: Lines


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


def parallel_shares(reference: Reference, segments: Lines) -> tuple[float, float, Lines]:
    """Share of segment length beside another segment: all of it, and where nothing parts the two.

    What parts them is another level (a bridge above a street) or a railway, water or a wall between.
    Also returns the points that run beside another segment with nothing between.
    """
    samples = sampled(segments)
    point, other = shapely.STRtree(segments).query(samples.points, predicate="dwithin", distance=PARALLEL_M)
    apart = samples.owner[point] != other
    point, other = point[apart], other[apart]
    at = shapely.line_locate_point(segments[other], samples.points[point])
    inner = (at > 0.5) & (at < shapely.length(segments[other]) - 0.5)
    turned = np.abs(np.einsum("ij,ij->i", samples.direction[point], _direction(segments[other], at)))
    beside = inner & (turned >= _cos())
    point, other, at = point[beside], other[beside], at[beside]
    foot = shapely.line_interpolate_point(segments[other], at)
    free = _layers(reference, samples.points[point]) == _layers(reference, foot)
    free &= ~_parted(samples.points[point], foot, reference.barriers)
    every, open_ = np.zeros(len(samples.points), dtype=bool), np.zeros(len(samples.points), dtype=bool)
    every[point] = True
    open_[point[free]] = True
    total = samples.metres.sum()
    shares = [float(samples.metres[flag].sum() / total) for flag in (every, open_)]
    return shares[0], shares[1], samples.points[open_]


def main_part_share(u: NDArray[np.int64], v: NDArray[np.int64], length_m: Floats) -> float:
    """Share of the length in the connected part with the most length."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = int(max(u.max(), v.max())) + 1
    label = connected_components(
        coo_array((np.ones(len(u), dtype=bool), (u, v)), shape=(count, count)), directed=False
    )[1]
    metres = np.bincount(label[u], weights=length_m)
    return float(metres.max() / metres.sum())


def false_joins(reference: Reference, segments: Lines) -> Lines:
    """Points where a segment crosses a railway or water and no way crosses within 25 m."""
    shared = _crossings(segments, reference.rails_and_water)
    crossed = np.asarray(shapely.point_on_surface(shared), dtype=object)
    known = _crossings(reference.lines, reference.rails_and_water)
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
    found = shapely.STRtree(reference.lines).query_nearest(points, all_matches=False)
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
