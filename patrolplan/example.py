"""An invented hromada, written as the files a planner starts from: streets, offences, problems, places.

Nothing here is real: no town, street, person or record. The town of Vyhadiv (from *vyhadka*, "a made-up
thing") and its three villages are drawn from the tables below with a fixed seed, so that the same bytes
come out each time. Main roads, river and railway are drawn by hand; the lanes between them grow by
splitting the blocks; offences have kinds with places and hours of their own. It rests on numpy and the
standard library alone, so that the example knows nothing of the model that plans it.
"""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Point = tuple[float, float]
Tags = dict[str, str]

SEED = 20261123
LON_0, LAT_0 = 32.62, 49.86
"""Where the market square is put on the globe: farmland, so that only the time zone is real."""
M_PER_DEG_LAT = 111_229.0
M_PER_DEG_LON = 71_894.0
"""Metres in a degree at ``LAT_0`` (WGS 84 series, good to a metre over a few kilometres)."""
FIRST_NODE_ID, FIRST_WAY_ID = 80_000_000_001, 8_000_000_001
"""Far above what OpenStreetMap has given out, so that no number points to a real thing."""
INVENTED = "Invented for the demonstration of patrolplan; there is no such place."

# ---------------------------------------------------------------------------------------------------------
# The geography, drawn by hand. Metres east and north of the market square.
# ---------------------------------------------------------------------------------------------------------

RIVER = ((544, 1955), (442, 1275), (366, 892), (280, 595), (316, 323), (366, 51), (306, -221),
         (255, -476), (357, -765), (400, -1003), (340, -1275), (442, -1955))  # fmt: skip
RAILWAY = ((-3200, -560), (-1445, -816), (-765, -901), (-170, -931), (400, -918), (1020, -816),
           (1615, -612), (3300, -260))  # fmt: skip

TOWN = ((-1362, 249), (-1214, 704), (-804, 895), (-345, 1020), (98, 978), (509, 878), (886, 663),
        (1280, 530), (1427, 125), (1345, -372), (1280, -829), (1090, -1152), (656, -1144), (205, -1160),
        (-246, -1160), (-722, -1177), (-1034, -1028), (-1165, -580), (-1296, -207))  # fmt: skip


class Road(NamedTuple):
    """A road drawn by hand: name, OSM class, further tags, control points."""

    name: str
    highway: str
    more: Tags
    points: tuple[Point, ...]


ROADS = (
    Road("Ринкова площа", "residential", {"surface": "paving_stones", "lit": "yes"},
         ((-60, -38), (51, -47), (66, 36), (8, 39), (-51, 42), (-60, -38))),
    Road("вулиця Київська", "secondary", {"ref": "Р-00"},
         ((-51, 42), (-196, 78), (-357, 75), (-646, 119), (-960, 155), (-1190, 183), (-1411, 255),
          (-2600, 520))),
    Road("вулиця Соборна", "secondary", {"ref": "Р-00"},
         ((66, 36), (153, 56), (255, 53), (366, 51), (476, 68))),
    Road("проспект Незалежності", "secondary", {"ref": "Р-00", "dual": "yes"},
         ((476, 68), (697, 128), (978, 212))),
    Road("вулиця Полтавська", "secondary", {"ref": "Р-00"},
         ((978, 212), (1216, 323), (1462, 366), (2600, 640), (4000, 900), (5600, 1900), (6650, 2180),
          (7150, 2420), (7700, 2500))),
    Road("вулиця Шевченка", "tertiary", {},
         ((-60, -38), (-78, -212), (-128, -442), (-183, -680), (-280, -880))),
    Road("вулиця Козацька", "tertiary", {},
         ((8, 39), (-26, 212), (-136, 442), (-230, 710), (-357, 978), (-476, 1258), (-820, 2500),
          (-1500, 3900), (-1760, 4950), (-1900, 5350), (-2150, 5850))),
    Road("вулиця Лесі Українки", "tertiary", {},
         ((51, -47), (100, -196), (178, -366), (170, -595), (128, -850))),
    Road("вулиця Вокзальна", "tertiary", {},
         ((212, -837), (128, -850), (-68, -869), (-280, -880), (-527, -816), (-731, -672))),
    Road("вулиця Степова", "tertiary", {},
         ((-960, 155), (-918, -128), (-833, -425), (-731, -672), (-769, -902), (-816, -1105),
          (-1020, -1445), (-2300, -2300), (-3500, -2500), (-4200, -3050), (-4600, -3350), (-5100, -3450))),
    Road("вулиця Лісова", "tertiary", {},
         ((-960, 155), (-952, 442), (-722, 646), (-442, 710), (-230, 710), (0, 672), (281, 599),
          (527, 586), (765, 442), (978, 212))),
    Road("вулиця Мостова", "tertiary", {},
         ((-128, -442), (51, -463), (257, -468), (408, -425), (680, -357), (918, -280), (1096, -212))),
    Road("вулиця Східна", "tertiary", {},
         ((978, 212), (1088, 0), (1096, -212), (1033, -510), (1007, -818), (1041, -1054))),
    Road("вулиця Церковна", "residential", {},
         ((-58, -13), (-221, -55), (-408, -153), (-612, -196), (-901, -183))),
    Road("вулиця Гончарна", "residential", {},
         ((66, 36), (109, 162), (162, 323), (115, 527), (51, 659))),
    Road("вулиця Паркова", "residential", {}, ((162, 323), (225, 335), (258, 336))),
    Road("вулиця Промислова", "tertiary", {"hgv": "yes"},
         ((-803, -1062), (-425, -1041), (-34, -1062), (212, -1046), (340, -1058))),
    Road("вулиця Заводська", "tertiary", {"hgv": "yes"},
         ((450, -1028), (731, -1003), (1041, -1054), (1275, -952))),
)  # fmt: skip

DISTRICTS = (
    ("core", 0, 0), ("core", -170, 144), ("core", 94, -170), ("core", -212, -128), ("core", 105, 120),
    ("core", -17, -340), ("core", 26, 298), ("core", 270, -130), ("core", 225, -330), ("core", 180, -10),
    ("core", 290, -10), ("core", 90, 420), ("park", 235, 470),
    ("park", 222, 530), ("park", 215, 330), ("park", 235, 230), ("park", 240, 140),
    ("garden", -595, 382), ("garden", -1190, 425), ("garden", -425, 892), ("garden", -510, -382),
    ("garden", -1105, -255), ("garden", -128, 552), ("garden", -357, -638), ("garden", 51, -680),
    ("garden", 638, -638), ("garden", 85, 867), ("garden", 595, 722), ("garden", -510, 0),
    ("garden", 1232, 468), ("garden", 408, -612), ("garden", 180, 700), ("garden", 95, 560),
    ("garden", 380, 690), ("blocks", 430, 420), ("blocks", 527, -128), ("blocks", 850, -51),
    ("blocks", 620, 255), ("blocks", 790, 280), ("blocks", 476, 280), ("blocks", 476, -298),
    ("blocks", 765, -212), ("cottages", 1275, 42), ("cottages", 1258, -298), ("industry", -340, -1062),
    ("industry", 42, -1062), ("industry", 1190, -978), ("industry", 680, -1071), ("industry", 1207, -663),
    ("industry", -935, -978), ("garages", 808, -833),
)  # fmt: skip
"""What the land is: each block takes the word of the nearest of these points."""


class Village(NamedTuple):
    """A village: names, centre, half axes of its outline, turn in degrees, lanes drawn by hand."""

    uk: str
    en: str
    centre: Point
    axes: Point
    turn: float
    lanes: tuple[Road, ...]


VILLAGES = (
    Village("Небувалівка", "Nebuvalivka", (-1850, 5180), (620, 330), 125, (
        Road("вулиця Церковна", "residential", {}, ((-1760, 4950), (-1960, 5020), (-2080, 5230),
                                                    (-2010, 5560))),
        Road("вулиця Ставкова", "residential", {}, ((-1900, 5350), (-1720, 5370), (-1600, 5180),
                                                    (-1760, 4950))),
    )),
    Village("Уявне", "Uiavne", (7080, 2330), (560, 330), 25, (
        Road("вулиця Шкільна", "residential", {}, ((6650, 2180), (6800, 2420), (7020, 2540),
                                                    (7330, 2455))),
        Road("вулиця Зелена", "residential", {}, ((7150, 2420), (7200, 2240), (6960, 2130), (6650, 2180))),
    )),
    Village("Вимріяне", "Vymriiane", (-4480, -3250), (480, 300), 35, (
        Road("вулиця Миру", "residential", {}, ((-4200, -3050), (-4420, -3050), (-4680, -3180),
                                                 (-4600, -3350))),
        Road("вулиця Колодязна", "residential", {}, ((-4200, -3050), (-4300, -3330), (-4470, -3440),
                                                     (-4780, -3400))),
    )),
)  # fmt: skip


class Land(NamedTuple):
    """How a district's blocks grow: depth and length they stop at, wiggle, share of dead ends."""

    depth_m: float
    length_m: float
    wiggle: float
    dead_ends: float
    tags: Tags


LANDS = {
    "core": Land(82, 125, 0.07, 0.06, {"highway": "residential", "lit": "yes", "surface": "asphalt"}),
    "garden": Land(140, 250, 0.10, 0.16, {"highway": "residential"}),
    "cottages": Land(96, 180, 0.06, 0.22, {"highway": "residential", "surface": "gravel"}),
    "blocks": Land(200, 250, 0.04, 0.0, {"highway": "residential", "lit": "yes", "surface": "asphalt"}),
    "industry": Land(210, 320, 0.05, 0.1, {"highway": "unclassified", "surface": "concrete:plates"}),
    "garages": Land(200, 300, 0.05, 0.0, {"highway": "service"}),
    "park": Land(900, 260, 0.0, 0.0, {"highway": "footway"}),
    "village": Land(130, 260, 0.09, 0.25, {"highway": "residential", "surface": "ground"}),
}

# ---------------------------------------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Line:
    """Something drawn: points in metres, tags, the level it lies on, the settlement it belongs to."""

    xy: Array
    tags: Tags
    level: int = 0
    settlement: str = ""
    land: str = ""

    @property
    def walls_off(self) -> bool:
        """Whether it only bounds land and is no street (river, railway, outline)."""
        return "highway" not in self.tags


def curve(points: Sequence[Point] | Sequence[Array] | Array, *, step_m: float = 22.0) -> Array:
    """A Catmull-Rom curve through all the points, with a vertex at each of them."""
    p = np.asarray(points, dtype=float)
    closed = len(p) > 3 and np.allclose(p[0], p[-1])
    first, last = (p[-2], p[1]) if closed else (2 * p[0] - p[1], 2 * p[-1] - p[-2])
    q = np.vstack([first, p, last])
    parts = []
    for a, b, c, d in zip(q[:-3], q[1:-2], q[2:-1], q[3:]):
        t = np.linspace(0, 1, max(1, math.ceil(float(np.hypot(*(c - b))) / step_m)) + 1)[:-1, None]
        m, n = (c - a) / 2, (d - b) / 2
        limit = float(np.hypot(*(c - b)))
        m, n = (v * min(1.0, limit / max(float(np.hypot(*v)), 1e-9)) for v in (m, n))
        parts.append((2 * t**3 - 3 * t**2 + 1) * b + (t**3 - 2 * t**2 + t) * m
                     + (3 * t**2 - 2 * t**3) * c + (t**3 - t**2) * n)  # fmt: skip
    return np.vstack([*parts, p[-1:]])


def lengths(xy: Array) -> Array:
    """Length of each piece of a line."""
    return np.asarray(np.hypot(*np.diff(xy, axis=0).T))


def length(xy: Array) -> float:
    """Length of a line."""
    return float(lengths(xy).sum())


def at(xy: Array, metres: float) -> Array:
    """The point so far along a line."""
    s = np.concatenate([[0.0], np.cumsum(lengths(xy))])
    return np.array([np.interp(metres, s, xy[:, 0]), np.interp(metres, s, xy[:, 1])])


def between(xy: Array, start_m: float, end_m: float) -> Array:
    """The part of a line between two distances along it."""
    s = np.concatenate([[0.0], np.cumsum(lengths(xy))])
    inner = xy[(s > start_m + 1) & (s < end_m - 1)]
    return np.vstack([at(xy, start_m), inner, at(xy, end_m)])


def beside(xy: Array, offset_m: float | Array) -> Array:
    """A line to the left of another (to the right where the offset is negative)."""
    d = np.gradient(xy, axis=0)
    normal = np.column_stack([-d[:, 1], d[:, 0]]) / np.maximum(np.hypot(*d.T), 1e-9)[:, None]
    return np.asarray(xy + normal * np.reshape(offset_m, (-1, 1)))


def nearest_on(xy: Array, point: Array) -> tuple[float, float, Array]:
    """Distance from a point to a line, how far along the foot lies, and the foot."""
    a, d = xy[:-1], np.diff(xy, axis=0)
    long = np.maximum((d**2).sum(1), 1e-12)
    t = np.clip(((point - a) * d).sum(1) / long, 0, 1)
    feet = a + d * t[:, None]
    far = np.hypot(*(feet - point).T)
    k = int(far.argmin())
    along = float(lengths(xy[: k + 1]).sum() + t[k] * math.sqrt(long[k]))
    return float(far[k]), along, feet[k]


def inside(ring: Array, points: Array) -> npt.NDArray[np.bool_]:
    """Which points lie inside a ring (even-odd rule)."""
    a, b = ring, np.roll(ring, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    left = x < (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / rise + a[:, 0]
    return np.asarray((spans & left).sum(1) % 2 == 1)


def area(ring: Array) -> float:
    """Area of a ring, positive where it runs counter-clockwise."""
    x, y = ring.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


# ---------------------------------------------------------------------------------------------------------
# Noding: where lines on one level meet, they share a node
# ---------------------------------------------------------------------------------------------------------


@dataclass
class Net:
    """Points and, for each line, the numbers of its points; crossing lines share a point."""

    points: list[Point] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)
    grid: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def node(self, x: float, y: float, *, reach_m: float = 2.0) -> int:
        """The number of the point here, a new one where none lies within reach."""
        i, j = math.floor(x / 4), math.floor(y / 4)
        near = [k for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for k in self.grid.get((a, b), ())]
        far = {k: math.hypot(self.points[k][0] - x, self.points[k][1] - y) for k in near}
        if far and min(far.values()) < reach_m:
            return min(far, key=far.__getitem__)
        self.points.append((x, y))
        self.grid[i, j].append(len(self.points) - 1)
        return len(self.points) - 1


def noded(lines: Sequence[Line]) -> Net:
    """Cut all lines where they meet on one level, ends that touch a line included."""
    cuts = _meetings(lines)
    net = Net()
    for _, x, y in (cut for own in cuts for cut in own):
        net.node(x, y)  # first of all, so that both lines find the same point
    for line, own in zip(lines, cuts):
        marks = [(float(k), float(p[0]), float(p[1])) for k, p in enumerate(line.xy)]
        chain = [net.node(x, y) for _, x, y in sorted([*marks, *own])]
        net.chains.append([k for n, k in enumerate(chain) if n == 0 or k != chain[n - 1]])
    return net


def _meetings(lines: Sequence[Line]) -> list[list[tuple[float, float, float]]]:
    """For each line, where others meet it: (piece number + share of the piece, x, y)."""
    start = np.vstack([line.xy[:-1] for line in lines])
    end = np.vstack([line.xy[1:] for line in lines])
    owner = np.repeat(np.arange(len(lines)), [len(line.xy) - 1 for line in lines])
    piece = np.concatenate([np.arange(len(line.xy) - 1) for line in lines])
    level = np.array([line.level for line in lines])[owner]
    low, high = np.minimum(start, end) - 1, np.maximum(start, end) + 1
    cuts: list[list[tuple[float, float, float]]] = [[] for _ in lines]
    for k, line in enumerate(lines):
        box_low, box_high = line.xy.min(0), line.xy.max(0)
        near = np.flatnonzero((owner > k) & (level == line.level) & (high >= box_low).all(1)
                              & (low <= box_high).all(1))  # fmt: skip
        if len(near):
            for i, t, other, u, x, y in _crossings(line.xy, start[near], end[near]):
                seg = near[other]
                cuts[k].append((i + t, x, y))
                cuts[owner[seg]].append((piece[seg] + u, x, y))
    return cuts


def _crossings(xy: Array, start: Array, end: Array) -> Iterator[tuple[int, float, int, float, float, float]]:
    """Where a line crosses or touches (to 0.6 m) a set of pieces."""
    p, r = xy[:-1, None], np.diff(xy, axis=0)[:, None]
    q, s = start[None], (end - start)[None]
    cross = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    ok = np.abs(cross) > 1e-9
    safe = np.where(ok, cross, 1.0)
    gap = q - p
    t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / safe
    u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / safe
    slack_t, slack_u = (0.6 / np.maximum(np.hypot(v[..., 0], v[..., 1]), 0.01) for v in (r, s))
    hit = ok & (t >= -slack_t) & (t <= 1 + slack_t) & (u >= -slack_u) & (u <= 1 + slack_u)
    for i, k in zip(*np.nonzero(hit)):
        share_t, share_u = (min(max(float(v[i, k]), 0.0), 1.0) for v in (t, u))
        point = xy[i] + (xy[i + 1] - xy[i]) * share_t
        yield int(i), share_t, int(k), share_u, float(point[0]), float(point[1])


# ---------------------------------------------------------------------------------------------------------
# Blocks: the land between roads, split until it is as fine as its district
# ---------------------------------------------------------------------------------------------------------


@dataclass
class Block:
    """A piece of land: its ring counter-clockwise, and which sides are no street (river, rail, field)."""

    ring: Array
    wall: npt.NDArray[np.bool_]


def blocks_between(lines: Sequence[Line]) -> list[Block]:
    """The pieces of land that the lines enclose."""
    net = noded(lines)
    walls = {frozenset(pair) for line, chain in zip(lines, net.chains) if line.walls_off
             for pair in pairwise(chain)}  # fmt: skip
    around = _turns(net)
    blocks, seen = [], set()
    for first in [(u, v) for u in sorted(around) for v in around[u]]:
        edge, ring = first, list[int]()
        while edge not in seen:
            seen.add(edge)
            ring.append(edge[0])
            turn = around[edge[1]]
            edge = (edge[1], turn[turn.index(edge[0]) - 1])
        if len(ring) > 3:
            xy = np.array([net.points[k] for k in ring])
            wall = np.array([frozenset(p) in walls for p in zip(ring, ring[1:] + ring[:1])])
            if area(xy) > 500:
                blocks.append(Block(xy, wall))
    return blocks


def _turns(net: Net) -> dict[int, list[int]]:
    """Neighbours of every point counter-clockwise, dead ends taken away."""
    around: dict[int, set[int]] = defaultdict(set)
    for chain in net.chains:
        for u, v in pairwise(chain):
            around[u].add(v)
            around[v].add(u)
    loose = [u for u, beside_u in around.items() if len(beside_u) == 1]
    while loose:
        u = loose.pop()
        for v in around.pop(u, set()):
            around[v].discard(u)
            if len(around[v]) == 1:
                loose.append(v)

    def angle(u: int, v: int) -> float:
        return math.atan2(net.points[v][1] - net.points[u][1], net.points[v][0] - net.points[u][0])

    return {u: sorted(vs, key=lambda v, u=u: angle(u, v)) for u, vs in around.items() if vs}  # type: ignore[misc]


class Box(NamedTuple):
    """The tightest turned rectangle around a ring: middle, direction of the long side, both sides."""

    middle: Array
    along: Array
    long: float
    wide: float


def box_around(ring: Array) -> Box:
    """The turned rectangle of least area (to five degrees) around a ring."""
    angles = np.radians(np.arange(0, 90, 5))
    u = np.column_stack([np.cos(angles), np.sin(angles)])
    v = np.column_stack([-u[:, 1], u[:, 0]])
    pu, pv = ring @ u.T, ring @ v.T
    span_u, span_v = np.ptp(pu, axis=0), np.ptp(pv, axis=0)
    k = int((span_u * span_v).argmin())
    middle = u[k] * (pu[:, k].max() + pu[:, k].min()) / 2 + v[k] * (pv[:, k].max() + pv[:, k].min()) / 2
    if span_u[k] >= span_v[k]:
        return Box(middle, u[k], float(span_u[k]), float(span_v[k]))
    return Box(middle, v[k], float(span_v[k]), float(span_u[k]))


class Grower:
    """Splits blocks with streets until each is as small as its district wants it."""

    def __init__(self, settlement: str, land_at: Callable[[Array], str], rng: Random) -> None:
        self.settlement, self.land_at, self.rng = settlement, land_at, rng
        self.streets: list[Line] = []
        self.leaves: list[tuple[str, Block]] = []
        self.joints: list[Array] = []

    def grow(self, block: Block) -> bool:
        """Split a block and its parts; tells whether it was left whole."""
        land = self.land_at(block.ring.mean(0))
        shape = LANDS[land]
        box = box_around(block.ring)
        turn = self._turn(box, shape)
        for attempt in range(10 if turn else 0):
            parts = self._cut(block, box, shape, across=(turn == "across") != (attempt > 6))
            if parts is not None:
                one, other, street = parts
                self._add(street, land, shape, both_whole=(self.grow(one), self.grow(other)) == (True, True))
                return False
        self.leaves.append((land, block))
        return True

    @staticmethod
    def _turn(box: Box, shape: Land) -> str:
        if box.long > 2.4 * box.wide and box.long > 1.45 * shape.length_m:
            return "across"
        if box.wide > 1.6 * shape.depth_m:
            return "along" if box.long < 3 * box.wide else "across"
        return "across" if box.long > 1.45 * shape.length_m else ""

    def _cut(self, block: Block, box: Box, shape: Land, *, across: bool
             ) -> tuple[Block, Block, tuple[Array, bool, bool]] | None:  # fmt: skip
        rng = self.rng
        normal = np.array([-box.along[1], box.along[0]])
        way, side, room = (normal, box.along, box.long) if across else (box.along, normal, box.wide)
        way = _turned(way, rng.gauss(0, 0.13))
        hits = _line_hits(block.ring, box.middle + side * room * rng.uniform(-0.13, 0.13), way)
        if hits is None:
            return None
        one, other = (self._settle(block, k, point) for k, point in hits)
        if one is None or other is None:
            return None
        (i, start, wall_i), (j, end, wall_j) = one, other
        if i == j:
            return None
        street = self._bend(block, (i, start), (j, end), shape.wiggle)
        if street is None:
            return None
        return (*_halves(block, i, j, street), (street, wall_i, wall_j))

    def _settle(self, block: Block, k: int, point: Array) -> tuple[int, Array, bool] | None:
        """Move an end onto a junction close by, so that streets meet or keep apart."""
        ring = np.vstack([block.ring, block.ring[:1]])
        if self.joints and not block.wall[k]:
            near = np.array(self.joints)
            near = near[np.hypot(*(near - point).T) < 34]
            for joint in sorted(near.tolist(), key=lambda p: math.dist(p, point.tolist())):
                far, along, foot = nearest_on(ring, np.array(joint))
                if far < 0.5:
                    s = np.cumsum(lengths(ring))
                    k = min(int(np.searchsorted(s, along - 1e-9)), len(block.ring) - 1)
                    return None if self._corner_near(block, foot) else (k, foot, False)
        return None if self._corner_near(block, point) else (k, point, bool(block.wall[k]))

    @staticmethod
    def _corner_near(block: Block, point: Array) -> bool:
        before, after = block.ring - np.roll(block.ring, 1, 0), np.roll(block.ring, -1, 0) - block.ring
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        turn = np.abs(np.arctan2(cross, (before * after).sum(1)))
        return bool((np.hypot(*(block.ring[turn > 0.6] - point).T) < 34).any())

    def _bend(self, block: Block, a: tuple[int, Array], b: tuple[int, Array], wiggle: float) -> Array | None:
        """A gently bent street between two points of the ring, square to the streets it leaves."""
        (i, start), (j, end) = a, b
        gap = end - start
        far = float(np.hypot(*gap))
        if far < 45:
            return None
        leave, arrive = (
            (0.65 * gap / far + 0.35 * sign * self.inward(block, k) + self._noise(wiggle)) * far / 3
            for k, sign in ((i, 1.0), (j, -1.0))
        )
        for calm in (1.0, 0.5, 0.0):
            one = start + calm * leave + (1 - calm) * gap / 3
            two = end - calm * arrive - (1 - calm) * gap / 3
            t = np.linspace(0, 1, max(3, round(far / 24)) + 1)[:, None]
            xy = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * two + t**3 * end
            if _keeps_clear(block.ring, xy):
                return xy
        return None

    @staticmethod
    def inward(block: Block, k: int) -> Array:
        """The direction into a block, square to one of its sides."""
        side = block.ring[(k + 1) % len(block.ring)] - block.ring[k]
        return np.array([-side[1], side[0]]) / max(float(np.hypot(*side)), 1e-9)

    def _noise(self, wiggle: float) -> Array:
        return np.array([self.rng.gauss(0, wiggle * 2), self.rng.gauss(0, wiggle * 2)])

    def _add(self, street: tuple[Array, bool, bool], land: str, shape: Land, *, both_whole: bool) -> None:
        xy, wall_start, wall_end = street
        total = length(xy)
        start, end = (18.0 if wall_start else 0.0), total - (18.0 if wall_end else 0.0)
        if both_whole and not wall_start and not wall_end and self.rng.random() < shape.dead_ends:
            keep = self.rng.uniform(0.45, 0.75) * total
            start, end = (0.0, keep) if self.rng.random() < 0.5 else (total - keep, total)
        self.joints += [p for p, wall in ((xy[0], wall_start), (xy[-1], wall_end)) if not wall]
        if end - start > 40:
            piece = xy if (start, end) == (0.0, total) else between(xy, start, end)
            self.streets.append(Line(xy=piece, tags=dict(shape.tags), settlement=self.settlement, land=land))


def _turned(way: Array, angle: float) -> Array:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([way[0] * cos - way[1] * sin, way[0] * sin + way[1] * cos])


def _line_hits(ring: Array, through: Array, way: Array) -> list[tuple[int, Array]] | None:
    """Where a line enters and leaves a ring, by the stretch inside that is nearest to a point."""
    off = (ring - through) @ np.array([-way[1], way[0]])
    after = np.roll(off, -1)
    k = np.flatnonzero((off > 0) != (after > 0))
    t = off[k] / (off[k] - after[k])
    points = ring[k] + (np.roll(ring, -1, 0)[k] - ring[k]) * t[:, None]
    along = (points - through) @ way
    order = np.argsort(along)
    if len(order) < 2 or len(order) % 2:
        return None
    starts, ends = along[order[::2]], along[order[1::2]]
    n = 2 * int(np.maximum(starts, -ends).argmin())
    return [(int(k[m]), points[m]) for m in order[n : n + 2]]


def _keeps_clear(ring: Array, xy: Array) -> bool:
    """Whether a street stays inside its block and off the other streets but at its ends."""
    s = np.concatenate([[0.0], np.cumsum(lengths(xy))])
    inner = xy[1:-1]
    if not inside(ring, inner).all():
        return False
    middle = inner[(s[1:-1] > 30) & (s[1:-1] < s[-1] - 30)]
    a, d = ring, np.roll(ring, -1, 0) - ring
    t = ((middle[:, None] - a) * d).sum(2) / np.maximum((d**2).sum(1), 1e-12)
    feet = a + d * np.clip(t, 0, 1)[..., None]
    return not len(middle) or bool(np.hypot(*np.moveaxis(middle[:, None] - feet, 2, 0)).min() > 24)


def _halves(block: Block, i: int, j: int, street: Array) -> tuple[Block, Block]:
    """Both parts of a block that a street from side ``i`` to side ``j`` cuts."""
    return _part(block, i, j, street), _part(block, j, i, street[::-1])


def _part(block: Block, i: int, j: int, street: Array) -> Block:
    n = len(block.ring)
    kept = [(j + 1 + k) % n for k in range((i - j) % n)]
    ring = np.vstack([street, block.ring[kept]])
    wall = np.concatenate([np.zeros(len(street) - 1, bool), [block.wall[j]], block.wall[kept]])
    apart = np.hypot(*(ring - np.roll(ring, -1, 0)).T) > 0.05
    return Block(ring[apart], wall[apart])


# ---------------------------------------------------------------------------------------------------------
# The town and its villages
# ---------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Hromada:
    """All that is drawn, before it becomes OpenStreetMap elements."""

    lines: list[Line]
    leaves: list[tuple[str, str, Block]]
    outlines: dict[str, Array]


def draw_hromada(rng: Random) -> Hromada:
    """Town and villages with the roads between them."""
    outlines = {"Вигадів": _closed(TOWN)} | {v.uk: _village_outline(v) for v in VILLAGES}
    by_hand = (*ROADS, *(lane for village in VILLAGES for lane in village.lanes))
    roads = _joined([_main_road(road, outlines) for road in by_hand])
    river = Line(xy=curve(RIVER), tags=_tags("waterway=river", "Вигадка", "Vyhadka"))
    rails = Line(xy=curve(RAILWAY, step_m=40), tags={"railway": "rail", "gauge": "1520"})
    lines, leaves = [*roads, river, rails], []
    for name, outline in outlines.items():
        grower = _grow(name, outline, [*roads, river, rails], rng)
        lines += _named(grower.streets, rng)
        leaves += [(name, land, block) for land, block in grower.leaves]
    lines += [path for name, land, block in leaves for path in _inner_ways(name, land, block, rng)]
    lines += _drawn_paths(lines)
    lines = _with_carriageways(_with_sidewalks(lines))
    return Hromada(lines=_over_the_river(lines), leaves=leaves, outlines=outlines)


def _joined(roads: list[Line]) -> list[Line]:
    """Lead the ends of roads onto the road they nearly touch."""
    joined = []
    for k, road in enumerate(roads):
        xy = road.xy.copy()
        for end in (0, -1):
            others = [nearest_on(other.xy, xy[end]) for n, other in enumerate(roads) if n != k]
            far, _, foot = min(others, key=lambda found: found[0])
            if far < 40:
                xy[end] = foot
        joined.append(replace(road, xy=xy))
    return joined


def _closed(points: Sequence[Point]) -> Array:
    return curve([*points, points[0]])


def _village_outline(village: Village) -> Array:
    angles = np.radians(np.arange(0, 360, 30))
    turn = math.radians(village.turn)
    x, y = village.axes[0] * np.cos(angles), village.axes[1] * np.sin(angles)
    east = village.centre[0] + x * math.cos(turn) - y * math.sin(turn)
    north = village.centre[1] + x * math.sin(turn) + y * math.cos(turn)
    return _closed(list(zip(east.tolist(), north.tolist())))


def _main_road(road: Road, outlines: dict[str, Array]) -> Line:
    xy = curve(road.points)
    home = [name for name, ring in outlines.items() if inside(ring, xy[:3]).any()]
    tags = {"highway": road.highway, "surface": "asphalt", "lit": "yes"} | road.more
    return Line(xy=xy, tags=name_tags(road.name) | tags, settlement=home[0] if home else "", land="main")


def _grow(name: str, outline: Array, lines: Sequence[Line], rng: Random) -> Grower:
    border = Line(xy=outline, tags={})
    own = [border, *(replace(line, xy=xy) for line in lines for xy in _clipped(line.xy, outline))]
    town = name == "Вигадів"
    seeds = np.array([d[1:] for d in DISTRICTS], dtype=float)

    def land_at(point: Array) -> str:
        return DISTRICTS[int(np.hypot(*(seeds - point).T).argmin())][0] if town else "village"

    grower = Grower(name, land_at, rng)
    grower.joints += _street_joints(own)
    for block in blocks_between(own):
        grower.grow(block)
    return grower


def _clipped(xy: Array, ring: Array) -> list[Array]:
    """The parts of a line inside a ring, with a vertex to spare at each end."""
    within = inside(ring, xy)
    kept = within | np.roll(within, 1) | np.roll(within, -1)
    kept[0], kept[-1] = within[0] or within[1], within[-1] or within[-2]
    runs = np.split(np.arange(len(xy)), np.flatnonzero(np.diff(kept.astype(int))) + 1)
    return [xy[run] for run in runs if kept[run[0]] and len(run) > 1]


def _street_joints(lines: Sequence[Line]) -> list[Array]:
    net = noded(lines)
    arms: dict[int, int] = defaultdict(int)
    for line, chain in zip(lines, net.chains):
        for u, v in pairwise(chain) if not line.walls_off else ():
            arms[u] += 1
            arms[v] += 1
    return [np.array(net.points[k]) for k in sorted(arms) if arms[k] > 2]


# ---------------------------------------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------------------------------------

ADJECTIVES = """
Садов Вишнев Яблунев Калинов Вербов Липов Каштанов Дубов Березов Кленов Горіхов Тополев Ясенев Соснов
Лугов Польов Озерн Річков Джерельн Криничн Ставков Зарічн Залізничн Шкільн Спортивн Молодіжн Базарн
Ярмарков Торгов Млинов Ковальськ Кооперативн Будівельн Мирн Сонячн Веснян Квітков Трояндов Бузков
Жасминов Волошков Маков Барвінков Медов Хлібн Пшеничн Житн Виноградн Абрикосов Малинов Сливов Грушев
Шовковичн Гетьманськ Полтавськ Чумацьк Слобідськ Хутірськ Піщан Глинян Крут Тих Затишн Світл Привітн
Дружн Ясн Зорян Місячн Ранков Північн Південн Західн Нов Стар Довг Бічн Кругл Музейн Театральн Лікарнян
Аптечн Пожежн Поштов Ветеранськ Ткацьк Бондарськ Рибальськ Лозов Очеретян Ожинов Смородинов Тернов
Гайов Яров Балков Зелен Козацьк Січов Кобзарськ Вільн Народн Аграрн Елеваторн Цегельн Складськ
"""
STEMS = tuple(ADJECTIVES.split())
"""Adjectives without their ending: вулиця Садов-а, провулок Садов-ий."""
ALPHABET = "а a б b в v г h ґ g д d е e ж zh з z и y й i к k л l м m н n о o п p р r с s т t у u ф f ц ts"
LETTERS = dict(zip(ALPHABET.split()[::2], ALPHABET.split()[1::2])) | {
    "х": "kh", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "'": "", "і": "i", "ї": "i", "є": "ie",
    "ю": "iu", "я": "ia",
}  # fmt: skip
FIRST_LETTERS = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
WORDS_EN = {"вулиця": "Street", "провулок": "Lane", "проспект": "Avenue", "площа": "Square"}


def latin(text: str) -> str:
    """Ukrainian in Latin letters (resolution 55 of the Cabinet of Ministers, 2010).

    Examples
    --------
    >>> latin("Ялинкова"), latin("Згурський"), latin("Київська")
    ('Yalynkova', 'Zghurskyi', 'Kyivska')
    """
    words = []
    for word in text.split():
        low = word.lower().replace("зг", "z\x00h").replace("\x00", "g")
        spelt = "".join(
            FIRST_LETTERS[c] if k == 0 and c in FIRST_LETTERS else LETTERS.get(c, c)
            for k, c in enumerate(low)
        )
        words.append(spelt[:1].upper() + spelt[1:] if word[:1].isupper() else spelt)
    return " ".join(words)


def name_tags(name: str) -> Tags:
    """The name of a street in both languages.

    Examples
    --------
    >>> name_tags("вулиця Садова")["name:en"]
    'Sadova Street'
    """
    sort = next(word for word in WORDS_EN if word in name)
    english = f"{latin(name.replace(sort, '').strip())} {WORDS_EN[sort]}"
    return {"name": name, "name:uk": name, "name:en": english}


def _named(streets: list[Line], rng: Random) -> list[Line]:
    """Streets with names; a street that goes straight on across a junction keeps its name."""
    group = _straight_on(streets)
    total: dict[int, float] = defaultdict(float)
    for k, street in enumerate(streets):
        total[group[k]] += length(street.xy)
    stems = rng.sample(STEMS, len(STEMS))
    tags, lanes = {}, 0
    for n, k in enumerate(sorted(total, key=lambda k: (-total[k], k))):
        stem = stems[n % len(stems)]
        if total[k] > 230 and n < len(stems):
            name = f"вулиця {stem}а"
        else:
            lanes += 1
            turn = (lanes - 1) // len(stems)
            name = f"{turn + 1}-й провулок {stem}ий" if turn else f"провулок {stem}ий"
        tags[k] = name_tags(name) | _comfort(streets[k].land, rng)
    return [replace(s, tags=tags[group[k]] | s.tags) for k, s in enumerate(streets)]


def _comfort(land: str, rng: Random) -> Tags:
    """Lamps and surface, alike along one street."""
    lit = rng.choices(("yes", "no", ""), (45, 30, 25) if land != "village" else (30, 55, 15))[0]
    surface = rng.choices(("asphalt", "gravel", "ground", ""), (40, 25, 20, 15))[0]
    return {key: value for key, value in (("lit", lit), ("surface", surface)) if value}


def _straight_on(streets: Sequence[Line]) -> list[int]:
    """For each street, the first one of those it goes on from in a straight line."""
    ends = []
    for k, street in enumerate(streets):
        for tip, inner in ((street.xy[0], street.xy[1]), (street.xy[-1], street.xy[-2])):
            ends.append((k, tip, (tip - inner) / max(float(np.hypot(*(tip - inner))), 1e-9)))
    tips, ways = np.array([e[1] for e in ends]), np.array([e[2] for e in ends])
    close = np.hypot(*np.moveaxis(tips[:, None] - tips, 2, 0)) < 2.0
    bend = ways @ ways.T
    met = zip(*np.nonzero(close & (bend < -0.8)))
    pairs = sorted((float(bend[i, j]), int(i), int(j)) for i, j in met if i < j)
    group, taken = list(range(len(streets))), set[int]()
    for _, i, j in pairs:
        a, b = group[ends[i][0]], group[ends[j][0]]
        if a != b and not {i, j} & taken:
            taken |= {i, j}
            group = [min(a, b) if g in (a, b) else g for g in group]
    return group


# ---------------------------------------------------------------------------------------------------------
# Ways inside the blocks, paths, sidewalks, carriageways, bridges
# ---------------------------------------------------------------------------------------------------------


def _inner_ways(name: str, land: str, block: Block, rng: Random) -> list[Line]:
    """Yards of the block district, works' roads, park paths, short cuts between gardens."""
    if land == "blocks" and area(block.ring) > 14_000:
        ways = _yard(block, rng)
    elif land in ("industry", "garages"):
        ways = _works_roads(block, rng, count=5 if land == "garages" else 2)
    elif land == "park" and area(block.ring) > 12_000:
        ways = _park_paths(block, rng)
    elif land == "garden" and rng.random() < 0.16:
        ways = _short_cut(block, rng)
    else:
        ways = []
    return [replace(way, settlement=name, land=land) for way in ways if length(way.xy) > 12]


def _rim(block: Block, angle: float) -> tuple[Array, bool]:
    """Where a ray from the middle of a block meets its rim, and whether a street runs there."""
    middle = block.ring.mean(0)
    hits = _line_hits(block.ring, middle, _way(angle))
    if hits is None:
        return middle, False
    side, point = hits[1]
    return point, not block.wall[side]


def _way(angle: float) -> Array:
    return np.array([math.cos(angle), math.sin(angle)])


def _loop(block: Block, share: float, start: float, end: float) -> Array:
    """A rounded line within a block, at a share of the way from its middle to the rim."""
    middle = block.ring.mean(0)
    arms = np.array([_rim(block, float(angle))[0] - middle for angle in np.linspace(start, end, 10)])
    reach = np.hypot(*arms.T)
    calm = np.minimum(reach, 1.15 * np.median(reach)) / np.maximum(reach, 1e-9)
    return curve(middle + arms * (calm * share)[:, None], step_m=18)


def _yard(block: Block, rng: Random) -> list[Line]:
    start = rng.uniform(0, 2 * math.pi)
    service = {"highway": "service", "surface": "asphalt", "lit": "yes"}
    foot = {"highway": "footway", "surface": "paving_stones", "lit": "yes"}
    loop = _loop(block, 0.5, start, start + 1.6 * math.pi)
    ways = [Line(xy=loop, tags=service)]
    for tip, angle in ((loop[0], start), (loop[-1], start + 1.6 * math.pi)):
        point, street = _rim(block, angle)
        if street:
            ways.append(Line(xy=np.vstack([tip, (tip + point) / 2, point]), tags=service))
    for turn in (0.55, 1.1):
        angle = start + turn * math.pi + rng.uniform(-0.15, 0.15)
        point, street = _rim(block, angle)
        far, _, tip = nearest_on(loop, point)
        if street and far < 130:
            ways.append(Line(xy=np.vstack([tip, point]), tags=foot))
    across = np.vstack([at(loop, length(loop) * 0.3), block.ring.mean(0) + 6, at(loop, length(loop) * 0.8)])
    return [*ways, Line(xy=curve(across), tags=foot)]


def _works_roads(block: Block, rng: Random, count: int) -> list[Line]:
    """Gateways: straight in from the street, then a turn; some are closed to the public."""
    ways = []
    middle = block.ring.mean(0)
    for n in range(count):
        hits = _line_hits(block.ring, middle, _way(2 * math.pi * (n + rng.uniform(0.2, 0.8)) / count))
        if hits is None or block.wall[hits[1][0]]:
            continue
        side, gate = hits[1]
        inward = Grower.inward(block, side)
        deep = rng.uniform(0.45, 0.75) * max(60.0, float((middle - gate) @ inward))
        turn = np.array([-inward[1], inward[0]]) * rng.choice((-1, 1)) * rng.uniform(25, 45)
        xy = np.array([gate, gate + inward * deep, gate + inward * deep + turn])
        access = {"access": "private"} if count == 2 and n == 1 else {}
        if inside(block.ring, xy[1:]).all():
            ways.append(Line(xy=xy, tags={"highway": "service", "surface": "concrete"} | access))
    return ways


def _park_paths(block: Block, rng: Random) -> list[Line]:
    foot = {"highway": "footway", "surface": "fine_gravel"}
    middle = block.ring.mean(0)
    ring = _loop(block, 0.62, 0, 2 * math.pi)
    ring[-1] = ring[0]
    ways = [Line(xy=ring, tags=foot | {"lit": "yes"})]
    for n in range(5):
        angle = 2 * math.pi * (n + rng.uniform(0.1, 0.6)) / 5
        point, street = _rim(block, angle)
        bend = np.array([rng.uniform(-14, 14), rng.uniform(-14, 14)])
        inward = curve(np.array([middle, middle + (point - middle) * 0.5 + bend, point]))
        tags = foot | ({"lit": "yes"} if n % 2 else {"lit": "no"})
        ways.append(Line(xy=inward if street else between(inward, 0, length(inward) * 0.75), tags=tags))
    return ways


def _short_cut(block: Block, rng: Random) -> list[Line]:
    box = box_around(block.ring)
    if box.long < 140:
        return []
    hits = _line_hits(block.ring, block.ring.mean(0), np.array([-box.along[1], box.along[0]]))
    if hits is None or any(block.wall[k] for k, _ in hits):
        return []
    a, b = hits[0][1], hits[1][1]
    bend = box.along * rng.uniform(-9, 9)
    xy = curve(np.array([a, a + (b - a) * 0.5 + bend, b]))
    return [Line(xy=xy, tags={"highway": "path", "surface": "ground", "lit": "no"})]


def _drawn_paths(lines: Sequence[Line]) -> list[Line]:
    """The embankment, the other bank, the trodden path along the rails, the station's underpass, steps."""
    named = {line.tags.get("name"): line.xy for line in lines}
    river, rails = curve(RIVER), curve(RAILWAY, step_m=40)
    walk = {"highway": "footway", "surface": "paving_stones", "lit": "yes"} | {
        "name": "Набережна", "name:uk": "Набережна", "name:en": "Embankment"}  # fmt: skip
    trod = {"highway": "path", "surface": "ground", "lit": "no"}
    bank, other = beside(river, -34), beside(river, 36)
    track = beside(rails, 24)
    paths = [
        Line(xy=_cut_out(bank, named["вулиця Лісова"], named["вулиця Мостова"]), tags=walk),
        Line(xy=_cut_out(other, named["вулиця Лісова"], named["вулиця Мостова"]), tags=trod),
        Line(xy=_cut_out(track, named["вулиця Степова"], named["вулиця Вокзальна"], far_end=True), tags=trod),
    ]
    paths += _underpass(named["вулиця Вокзальна"], named["вулиця Промислова"], rails)
    paths.append(_steps(paths[0].xy, named["вулиця Паркова"]))
    return [replace(path, settlement="Вигадів", land="path") for path in paths]


def _cut_out(xy: Array, one: Array, two: Array, *, far_end: bool = False) -> Array:
    """The part of a path between the streets it meets; with ``far_end``, led up to a street's end."""

    def meets(street: Array) -> float | None:
        s = np.concatenate([[0.0], np.cumsum(lengths(xy))])
        found = [s[i] + t * (s[i + 1] - s[i]) for i, t, *_ in _crossings(xy, street[:-1], street[1:])]
        return float(found[0]) if found else None

    start = meets(one) or 0.0
    if far_end:
        _, end, _ = nearest_on(xy, two[0])
        return np.vstack([between(xy, start, end - 20), two[:1]])
    end = meets(two) or length(xy)
    return between(xy, min(start, end), max(start, end))


def _underpass(north: Array, south: Array, rails: Array) -> list[Line]:
    """From the station under the rails to the works' street: ramps and a tunnel."""
    _, _, top = nearest_on(north, np.array(STATION_SQUARE))
    _, _, gate = nearest_on(south, top)
    _, _, cross = nearest_on(rails, (top + gate) / 2)
    down, up = (cross + (end - cross) * 20 / math.dist(end, cross) for end in (top, gate))
    foot = {"highway": "footway", "surface": "concrete", "lit": "yes"}
    tunnel = foot | {"tunnel": "yes", "layer": "-1"}
    return [Line(xy=np.vstack([top, down]), tags=foot), Line(xy=np.vstack([down, up]), tags=tunnel, level=-1),
            Line(xy=np.vstack([up, gate]), tags=foot)]  # fmt: skip


def _steps(embankment: Array, street: Array) -> Line:
    _, _, foot = nearest_on(embankment, street[-1])
    return Line(
        xy=np.vstack([street[-1], foot]), tags={"highway": "steps", "lit": "yes", "surface": "concrete"}
    )


SIDEWALKS = {"вулиця Соборна": (22, 1e9), "вулиця Шевченка": (20, 380), "вулиця Київська": (20, 330)}
"""Streets whose sidewalks are drawn as ways of their own, from and to how many metres along."""
STATION_SQUARE = (-280.0, -880.0)


def _with_sidewalks(lines: list[Line]) -> list[Line]:
    out = []
    for line in lines:
        span = SIDEWALKS.get(line.tags.get("name", ""))
        if span is None:
            out.append(line)
            continue
        out.append(replace(line, tags=line.tags | {"sidewalk": "separate"}))
        start, end = span[0], min(span[1], length(line.xy) - 20)
        out += _sidewalks(line, start, end, lines)
    return out


def _sidewalks(line: Line, start: float, end: float, lines: Sequence[Line]) -> list[Line]:
    middle = between(line.xy, start, end)
    tags = {"highway": "footway", "footway": "sidewalk", "surface": "paving_stones", "lit": "yes"}
    sides = {side: beside(middle, side * 9.0) for side in (1, -1)}
    ways = [Line(xy=np.vstack([middle[:1], xy, middle[-1:]]), tags=tags) for xy in sides.values()]
    stops = [
        nearest_on(middle, tip) for other in lines for tip in (other.xy[0], other.xy[-1]) if other is not line
    ]
    marks = sorted({round(along / 30) * 30 + 9 for far, along, _ in stops if far < 3})
    for mark in (m for m in marks if 25 < m < length(middle) - 25):
        points = [nearest_on(xy, at(middle, mark))[2] for xy in (sides[1], middle, sides[-1])]
        ways.append(Line(xy=np.array(points), tags=tags | {"footway": "crossing", "crossing": "marked"}))
    return [replace(way, settlement=line.settlement, land="core") for way in ways]


def _with_carriageways(lines: list[Line]) -> list[Line]:
    """Draw the avenue as two carriageways, with crossings where side streets come in."""
    avenue = next(line for line in lines if line.tags.get("dual"))
    xy = avenue.xy
    s = np.concatenate([[0.0], np.cumsum(lengths(xy))])
    gap = 8 * np.clip(np.minimum(s, s[-1] - s) / 30, 0, 1)
    tags = {key: value for key, value in avenue.tags.items() if key != "dual"} | {"oneway": "yes"}
    sides = {1: beside(xy, gap), -1: beside(xy, -gap)}
    out = [replace(avenue, xy=sides[1][::-1], tags=tags), replace(avenue, xy=sides[-1], tags=tags)]
    marks = set()
    for line in (line for line in lines if line is not avenue):
        points = line.xy.copy()
        for end, inner in ((0, 1), (-1, -2)):
            far, along, foot = nearest_on(xy, points[end])
            if far < 1.5 and 12 < along < s[-1] - 12:
                side = (
                    1
                    if nearest_on(sides[1], points[inner])[0] < nearest_on(sides[-1], points[inner])[0]
                    else -1
                )
                points[end] = nearest_on(sides[side], foot)[2]
                marks.add(round(along))
        out.append(replace(line, xy=points))
    crossing = {"highway": "footway", "footway": "crossing", "crossing": "traffic_signals", "lit": "yes"}
    for mark in sorted(marks):
        ends = [nearest_on(sides[side], at(xy, mark))[2] for side in (1, -1)]
        out.append(Line(xy=np.array(ends), tags=crossing, settlement=avenue.settlement, land="blocks"))
    return out


def _over_the_river(lines: list[Line]) -> list[Line]:
    """Lift what crosses the river onto bridges."""
    river = next(line for line in lines if line.tags.get("waterway")).xy
    out = []
    for line in lines:
        s = np.concatenate([[0.0], np.cumsum(lengths(line.xy))])
        hits = (
            [] if "waterway" in line.tags or line.level else list(_crossings(line.xy, river[:-1], river[1:]))
        )
        if not hits or ("highway" not in line.tags and "railway" not in line.tags):
            out.append(line)
            continue
        i, t, *_ = hits[0]
        here = float(s[i] + t * (s[i + 1] - s[i]))
        low, high = max(here - 22, 4.0), min(here + 22, float(s[-1]) - 4)
        bridge = line.tags | {"bridge": "yes", "layer": "1"}
        out += [replace(line, xy=between(line.xy, *span)) for span in ((0, low), (high, float(s[-1])))]
        out.append(replace(line, xy=between(line.xy, low, high), tags=bridge, level=1))
    return out


# ---------------------------------------------------------------------------------------------------------
# Places people visit
# ---------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A place on the map: tags, names, where, whether it takes a plot of its own."""

    tags: str
    uk: str
    en: str
    x: float
    y: float
    plot: bool = False


PLACES = (
    Place("amenity=police", "Поліцейська станція «Центр»", "Police station Centre", -78, 72),
    Place("amenity=police", "Поліцейська станція «Схід»", "Police station East", 700, -345),
    Place("amenity=marketplace opening_hours=Tu-Th,Sa-Su_07:00-15:00", "Центральний ринок", "Central Market",
          0, -3),
    Place("amenity=school opening_hours=Mo-Fr_08:00-16:00", "Ліцей № 1", "Lyceum No 1", -200, 150, True),
    Place("amenity=school opening_hours=Mo-Fr_08:00-16:00", "Гімназія № 2", "School No 2", 800, 60, True),
    Place("amenity=school opening_hours=Mo-Fr_08:00-16:00", "Гімназія № 3", "School No 3", -560, -330, True),
    Place("amenity=school", "Гімназія № 4", "School No 4", -620, 420, True),
    Place("amenity=kindergarten", "Дитячий садок «Барвінок»", "Kindergarten Periwinkle", 620, 150, True),
    Place("amenity=kindergarten", "Дитячий садок «Сонечко»", "Kindergarten Sun", 900, -150, True),
    Place("amenity=kindergarten", "Дитячий садок «Калинка»", "Kindergarten Guelder Rose", -330, 330, True),
    Place("amenity=kindergarten", "Дитячий садок «Казка»", "Kindergarten Fairy Tale", -120, -640, True),
    Place("amenity=hospital", "Міська лікарня", "Town Hospital", -420, 250, True),
    Place("amenity=clinic opening_hours=Mo-Fr_08:00-18:00", "Амбулаторія", "Outpatient clinic", 560, -60),
    Place("amenity=place_of_worship religion=christian", "Церква Покрови", "Church of the Protection",
          -150, -28),
    Place("amenity=place_of_worship religion=christian", "Церква святого Миколая", "Church of Saint Nicholas",
          -560, 640),
    Place("amenity=townhall opening_hours=Mo-Fr_08:00-17:00", "Міська рада", "Town Council", 40, 52),
    Place("amenity=library opening_hours=Tu-Su_10:00-18:00", "Міська бібліотека", "Town Library", 130, 70),
    Place("amenity=post_office opening_hours=Mo-Sa_09:00-18:00", "Пошта", "Post office", -98, -70),
    Place("amenity=post_office opening_hours=Mo-Sa_09:00-18:00", "Пошта 2", "Post office 2", 760, 165),
    Place("amenity=community_centre", "Будинок культури", "House of Culture", -80, -190),
    Place("amenity=bank opening_hours=Mo-Fr_09:00-17:00", "Ощадна каса", "Savings bank", -110, 70),
    Place("railway=station", "Вигадів", "Vyhadiv", -300, -915),
    Place("amenity=bus_station", "Автостанція", "Bus station", -230, -865),
    Place("amenity=pub opening_hours=Mo-Th_16:00-23:00;Fr-Sa_16:00-02:00", "Паб «Під вербою»",
          "Pub Under the Willow", 200, 75),
    Place("amenity=bar opening_hours=Su-Th_17:00-23:00;Fr-Sa_17:00-03:00", "Бар «Ліхтар»", "Bar Lantern",
          235, 40),
    Place("amenity=bar opening_hours=Su-Th_17:00-23:00;Fr-Sa_17:00-03:00", "Бар «Причал»", "Bar Moorage",
          290, 70),
    Place("amenity=bar", "Бар «Вагон»", "Bar Carriage", -215, -800),
    Place("amenity=pub", "Генделик «У Степана»", "Tavern At Stepan's", 870, 205),
    Place("amenity=restaurant", "Ресторан «Вигадка»", "Restaurant Make-Believe", -150, 90),
    Place("amenity=cafe", "Кав'ярня «Ранок»", "Coffee house Morning", 70, -60),
    Place("amenity=cafe", "Кав'ярня «Затишок»", "Coffee house Nook", -60, -130),
    Place("amenity=cafe", "Кафе «Вокзальне»", "Station Café", -310, -860),
    Place("shop=supermarket opening_hours=Mo-Su_08:00-22:00", "Супермаркет «Кошик»", "Supermarket Basket",
          -55, -290),
    Place("shop=supermarket opening_hours=Mo-Su_08:00-22:00", "Супермаркет «Кошик 2»", "Supermarket Basket 2",
          720, 120),
    Place("shop=department_store", "Універмаг", "Department store", -90, 95),
    Place("leisure=sports_centre", "Спортивна школа", "Sports school", 450, 300),
    Place("leisure=stadium", "Стадіон «Колос»", "Stadium", -330, 560, True),
    Place("leisure=playground", "Дитячий майданчик", "Playground", 640, -180),
    Place("leisure=playground", "Дитячий майданчик", "Playground", 900, 40),
    Place("amenity=school", "Школа Небувалівки", "Nebuvalivka school", -1950, 5300),
    Place("amenity=place_of_worship", "Церква Небувалівки", "Nebuvalivka church", -1830, 5000),
    Place("shop=convenience", "Продукти", "Groceries", -1850, 5180),
    Place("amenity=community_centre", "Клуб Небувалівки", "Nebuvalivka club", -1800, 5080),
    Place("amenity=school", "Школа Уявного", "Uiavne school", 6900, 2460),
    Place("shop=convenience", "Продукти", "Groceries", 6950, 2300),
    Place("amenity=bar", "Бар «Край»", "Bar Edge", 7080, 2390),
    Place("shop=convenience", "Продукти", "Groceries", -4400, -3200),
    Place("amenity=clinic", "Фельдшерський пункт", "First-aid post", -4450, -3250),
)  # fmt: skip

CHAINS = (
    ("shop=convenience", "Продукти", "Groceries", {"core": 4, "garden": 9, "blocks": 6, "cottages": 2}),
    ("shop=bakery", "Хліб", "Bread", {"core": 2, "blocks": 2}),
    ("amenity=pharmacy", "Аптека", "Pharmacy", {"core": 3, "blocks": 3, "garden": 1}),
    ("shop=clothes", "Одяг", "Clothes", {"core": 5}),
    ("shop=hardware", "Господарчі товари", "Hardware", {"core": 2, "industry": 1}),
    ("shop=mobile_phone", "Зв'язок", "Phones", {"core": 3}),
    ("shop=hairdresser", "Перукарня", "Hairdresser", {"core": 3, "blocks": 3, "garden": 1}),
    ("shop=butcher", "М'ясо", "Butcher", {"core": 2, "blocks": 1}),
    ("amenity=atm", "Банкомат", "Cash machine", {"core": 3, "blocks": 2}),
    ("shop=kiosk", "Кіоск", "Kiosk", {"core": 3, "blocks": 4}),
    ("amenity=fast_food", "Шаурма", "Shawarma", {"core": 2, "blocks": 1}),
)
"""Small places strewn along the streets of a district: tags, names, how many in which district."""
BUS_STREETS = ("Київська", "Соборна", "Шевченка", "Козацька", "Мостова", "Степова", "Полтавська", "Східна")
BUS_STOP_EVERY_M = 420


@dataclass(kw_only=True)
class Spot:
    """A place as it will be written: tags and its point, or the ring of its plot."""

    tags: Tags
    xy: Array
    ring: Array | None = None


def draw_places(hromada: Hromada, rng: Random) -> list[Spot]:
    """The places people visit, beside the streets or on plots of their own."""
    streets = [line for line in hromada.lines if "highway" in line.tags and not line.level]
    spots = [_placed(place, hromada, streets) for place in PLACES]
    for tags, uk, en, counts in CHAINS:
        for land, count in counts.items():
            fronts = [s for s in streets if s.land == land and s.tags.get("name")] + [
                s for s in streets if land in ("core", "blocks") and s.land == "main" and _main_part(s, land)
            ]
            for street in rng.choices(fronts, [length(s.xy) for s in fronts], k=count):
                spot = _front(street.xy, rng.uniform(0.1, 0.9) * length(street.xy), rng.choice((7.5, -7.5)))
                spots.append(Spot(tags=_tags(tags, uk, en), xy=spot))
    return spots + _bus_stops(streets)


def _main_part(street: Line, land: str) -> bool:
    x, y = street.xy.mean(0)
    return math.hypot(x, y) < 330 if land == "core" else (450 < x < 1000 and -450 < y < 450)


def _tags(text: str, uk: str, en: str) -> Tags:
    pairs = (pair.split("=", 1) for pair in text.split())
    tags = {key: value.replace("_", " ") if key == "opening_hours" else value for key, value in pairs}
    return tags | {"name": uk, "name:uk": uk, "name:en": en}


def _placed(place: Place, hromada: Hromada, streets: Sequence[Line]) -> Spot:
    point = np.array([place.x, place.y], dtype=float)
    tags = _tags(place.tags, place.uk, place.en)
    if place.plot:
        plots = [_plot(block) for _, land, block in hromada.leaves if land != "park"]
        plot = min(
            (ring for ring in plots if ring is not None),
            key=lambda ring: float(np.hypot(*(ring.mean(0) - point))),
        )
        return Spot(tags=tags, xy=plot.mean(0), ring=plot)
    if tags.get("amenity") == "marketplace":
        ring = np.array(ROADS[0].points[:-1], dtype=float) * 0.72
        return Spot(tags=tags, xy=ring.mean(0), ring=ring)
    street = min(streets, key=lambda s: nearest_on(s.xy, point)[0])
    far, along, _ = nearest_on(street.xy, point)
    return Spot(tags=tags, xy=point if far > 6 else _front(street.xy, along, 9.0))


def _plot(block: Block) -> Array | None:
    """The grounds in the middle of a block, where it is broad enough."""
    middle = block.ring.mean(0)
    ring = (middle + (block.ring - middle) * 0.42)[::2]
    broad = box_around(block.ring).wide > 75 and bool(inside(block.ring, ring).all())
    return ring if broad else None


def _front(xy: Array, along_m: float, offset_m: float) -> Array:
    """A point beside a street."""
    here, ahead = at(xy, along_m), at(xy, along_m + 2)
    if np.allclose(here, ahead):
        here, ahead = at(xy, along_m - 2), here
    d = (ahead - here) / float(np.hypot(*(ahead - here)))
    return here + offset_m * np.array([-d[1], d[0]])


def _bus_stops(streets: Sequence[Line]) -> list[Spot]:
    spots = []
    for line in streets:
        name = line.tags.get("name", "")
        if line.land == "main" and name.split()[-1] in BUS_STREETS and not line.tags.get("oneway"):
            steps = range(1, int(length(line.xy) // BUS_STOP_EVERY_M) + 1)
            for n in steps:
                point = _front(line.xy, n * BUS_STOP_EVERY_M - 130, 5.0 if n % 2 else -5.0)
                if _near_home(point):
                    tags = {"highway": "bus_stop", "public_transport": "platform"}
                    names = {"name": name.split()[-1], "name:uk": name.split()[-1],
                             "name:en": latin(name.split()[-1])}  # fmt: skip
                    spots.append(Spot(tags=tags | names, xy=point))
    return spots


def _near_home(point: Array) -> bool:
    centres = np.array([(0.0, 0.0), *(v.centre for v in VILLAGES)])
    reach = np.array([1400.0, *(max(v.axes) for v in VILLAGES)])
    return bool((np.hypot(*(centres - point).T) < reach).any())


# ---------------------------------------------------------------------------------------------------------
# OpenStreetMap XML
# ---------------------------------------------------------------------------------------------------------


def lon_lat(x: float, y: float) -> tuple[float, float]:
    """Degrees of a point in metres, to about a decimetre."""
    return round(LON_0 + x / M_PER_DEG_LON, 6), round(LAT_0 + y / M_PER_DEG_LAT, 6)


def osm_xml(hromada: Hromada, spots: Sequence[Spot]) -> str:
    """The hromada as an OpenStreetMap 0.6 file."""
    net = noded(hromada.lines)
    node_tags = _marks(hromada.lines, net)
    ways = [
        (chain, line.tags) for chain, line in zip(net.chains, hromada.lines) if line.tags and len(chain) > 1
    ]
    for spot in spots:
        _put(net, spot, node_tags, ways)
    park = _tags("leisure=park", "Парк «Верболози»", "Willows Park")
    for block in (b for _, land, b in hromada.leaves if land == "park"):
        _put(net, Spot(tags=park, xy=block.ring[0], ring=block.ring), node_tags, ways)
    _settlement_nodes(net, node_tags)
    return "\n".join(_osm_lines(net, node_tags, ways)) + "\n"


def _marks(lines: Sequence[Line], net: Net) -> dict[int, Tags]:
    """Level crossings and marked crossings, on the nodes that ways share."""
    drawn = list(zip(lines, net.chains))
    rails = {k for line, chain in drawn if "railway" in line.tags for k in chain}
    roads = {k for line, chain in drawn if _is_road(line) for k in chain}
    zebra = {k for line, chain in drawn if line.tags.get("footway") == "crossing" for k in chain}
    marks: dict[int, Tags] = {k: {"railway": "level_crossing"} for k in sorted(rails & roads)}
    return marks | {k: {"highway": "crossing"} for k in sorted(zebra & roads)}


def _is_road(line: Line) -> bool:
    return line.tags.get("highway", "") in ("primary", "secondary", "tertiary", "residential", "unclassified")


def _put(net: Net, spot: Spot, node_tags: dict[int, Tags], ways: list[tuple[list[int], Tags]]) -> None:
    if spot.ring is None:
        net.points.append((float(spot.xy[0]), float(spot.xy[1])))
        node_tags[len(net.points) - 1] = spot.tags
        return
    first = len(net.points)
    net.points += [(float(x), float(y)) for x, y in spot.ring]
    ring = list(range(first, len(net.points)))
    ways.append(([*ring, ring[0]], spot.tags))


def _settlement_nodes(net: Net, node_tags: dict[int, Tags]) -> None:
    homes = [
        ("Вигадів", "Vyhadiv", "town", (0.0, 4.0)),
        *((v.uk, v.en, "village", v.centre) for v in VILLAGES),
    ]
    for uk, en, kind, point in homes:
        net.points.append(point)
        node_tags[len(net.points) - 1] = {
            "place": kind, "name": uk, "name:uk": uk, "name:en": en, "note": INVENTED,
            "is_in": "Вигадівська громада (Vyhadiv hromada)",
        }  # fmt: skip


def _osm_lines(net: Net, node_tags: dict[int, Tags], ways: Sequence[tuple[list[int], Tags]]) -> Iterator[str]:
    used = sorted({k for chain, _ in ways for k in chain} | set(node_tags))
    ident = {k: FIRST_NODE_ID + n for n, k in enumerate(used)}
    places = np.array([lon_lat(*net.points[k]) for k in used])
    (west, south), (east, north) = places.min(0), places.max(0)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<osm version="0.6" generator="patrolplan example (invented)">'
    yield f"  <!-- {INVENTED} No name, street or number here comes from OpenStreetMap or any register. -->"
    yield f'  <bounds minlat="{south:.6f}" minlon="{west:.6f}" maxlat="{north:.6f}" maxlon="{east:.6f}"/>'
    for k in used:
        lon, lat = lon_lat(*net.points[k])
        yield from _element(
            "node", f'id="{ident[k]}" version="1" lat="{lat:.6f}" lon="{lon:.6f}"', [], node_tags.get(k, {})
        )
    for n, (chain, tags) in enumerate(ways):
        yield from _element("way", f'id="{FIRST_WAY_ID + n}" version="1"', [ident[k] for k in chain], tags)
    yield "</osm>"


def _element(sort: str, attributes: str, refs: Iterable[int], tags: Tags) -> Iterator[str]:
    inner = [f'  <nd ref="{ref}"/>' for ref in refs]
    inner += [f"  <tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in sorted(tags.items())]
    if not inner:
        yield f" <{sort} {attributes}/>"
        return
    yield f" <{sort} {attributes}>"
    yield from inner
    yield f" </{sort}>"


# ---------------------------------------------------------------------------------------------------------
# Offences
# ---------------------------------------------------------------------------------------------------------

FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2026, 10, 31)
WINTER = (1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.8, 0.9, 1.0, 1.2, 1.3)
SUMMER = (0.2, 0.3, 0.6, 1.0, 1.5, 1.8, 1.8, 1.7, 1.3, 0.9, 0.4, 0.2)
EVEN = (1.0,) * 12


class Hours(NamedTuple):
    """A share of a kind's offences: days of the week (1 = Monday), first and last hour (may pass 24)."""

    share: float
    days: str
    first: float
    last: float


class Kind(NamedTuple):
    """A kind of offence: how many, near which places (weight, reach), on which land, when.

    ``window`` is the share known only as "between ... and ...", with its least and most hours;
    ``repeats`` the share that follows an earlier one close by within weeks; ``tail`` the share of
    places that have nothing to do with the anchors.
    """

    name: str
    total: int
    anchors: dict[str, tuple[float, float]]
    lands: dict[str, float]
    hours: tuple[Hours, ...]
    months: tuple[float, ...] = EVEN
    window: tuple[float, float, float] = (0.0, 0.0, 0.0)
    repeats: float = 0.1
    tail: float = 0.2


KINDS = (
    Kind("Theft", 175, {"amenity=marketplace": (14, 90), "shop=supermarket": (4, 60),
                        "shop=clothes": (0.5, 50), "shop=department_store": (1.5, 60),
                        "amenity=bus_station": (1.5, 70)},
         {"core": 0.8, "blocks": 0.3}, (Hours(0.72, "23467", 8, 14.5), Hours(0.28, "123456", 14, 20)), EVEN,
         (0.15, 0.5, 3)),
    Kind("Bicycle theft", 65, {"railway=station": (16, 90), "amenity=school": (4, 120),
                               "leisure=sports_centre": (1.5, 80), "shop=supermarket": (0.8, 60)},
         {"blocks": 0.3}, (Hours(0.8, "12345", 7, 15), Hours(0.2, "67", 10, 19)), SUMMER, (0.7, 1.5, 9)),
    Kind("Robbery", 50, {"amenity=bar": (3, 130), "amenity=pub": (2, 130), "railway=station": (2.5, 150)},
         {"core": 1, "park": 2, "path": 1}, (Hours(0.6, "56", 21, 27), Hours(0.4, "1234567", 18.5, 24)),
         WINTER,
         repeats=0.2, tail=0.15),
    Kind("Assault", 110, {"amenity=bar": (5, 70), "amenity=pub": (4, 70), "amenity=fast_food": (1, 50)},
         {"core": 1, "blocks": 1, "village": 0.6},
         (Hours(0.66, "56", 21, 27), Hours(0.34, "1234567", 16, 24))),
    Kind("Hooliganism", 120, {"amenity=community_centre": (1.5, 90), "leisure=playground": (1.5, 80),
                              "leisure=stadium": (0.8, 120)},
         {"park": 16, "path": 3, "blocks": 0.8}, (Hours(0.6, "567", 18, 23.5), Hours(0.4, "1234", 17, 22.5)),
         SUMMER, tail=0.12),
    Kind("Vandalism", 95, {"leisure=playground": (1.5, 90), "amenity=school": (0.8, 100)},
         {"blocks": 6, "core": 1}, (Hours(0.6, "12345", 16, 23), Hours(0.4, "67", 18, 25)), EVEN,
         (0.5, 6, 14), 0.3),
    Kind("Vehicle theft", 40, {}, {"blocks": 4, "garden": 1, "cottages": 1.5, "core": 1},
         (Hours(1, "1234567", 19, 23),), EVEN, (1, 7, 12), 0.1, 0.3),
    Kind("Theft from a vehicle", 55, {"railway=station": (2.5, 120), "amenity=hospital": (2, 120)},
         {"blocks": 3, "core": 1.5}, (Hours(0.6, "1234567", 18, 24), Hours(0.4, "12345", 8, 17)), WINTER,
         (0.65, 3, 12), 0.3),
    Kind("Burglary of a garage", 50, {}, {"garages": 40, "industry": 4, "cottages": 1},
         (Hours(0.6, "567", 16, 22), Hours(0.4, "1234", 17, 22)), WINTER, (0.95, 12, 110), 0.35, 0.08),
    Kind("Drug possession", 40, {"railway=station": (4, 120), "amenity=bus_station": (1, 80)},
         {"park": 6, "blocks": 0.7}, (Hours(0.8, "2345", 14, 21), Hours(0.2, "67", 17, 22)), EVEN),
    Kind("Domestic violence", 75, {}, {"garden": 2, "blocks": 3, "cottages": 1, "village": 2, "core": 1},
         (Hours(0.5, "567", 17, 25), Hours(0.5, "1234567", 8, 24)), WINTER, repeats=0.25, tail=0.6),
    Kind("Fraud", 55, {}, {"garden": 1, "blocks": 2, "core": 2}, (Hours(1, "12345", 9, 18),), EVEN, tail=0.6),
)  # fmt: skip
DATE_ONLY, MONTH_ONLY = 26, 8
"""How many records of the register say the day, or the month, and no more."""
HEADER = ("id", "kind", "lon", "lat", "occurred_from", "occurred_to", "street")


@dataclass(frozen=True, kw_only=True)
class Fronts:
    """Points every dozen metres along all streets, with the land and street each lies on."""

    xy: Array
    side: Array
    land: list[str]
    street: list[str]


@dataclass(kw_only=True)
class Offence:
    """One record: kind, number of its front, place in metres, when."""

    kind: str
    front: int
    xy: Point
    start: datetime
    end: datetime | None


def fronts_along(hromada: Hromada) -> Fronts:
    """Where offences can happen: along every way of a settlement but sidewalks and crossings."""
    parts = []
    for line in hromada.lines:
        if line.settlement and "highway" in line.tags and "footway" not in line.tags and not line.level:
            xy = curve(line.xy, step_m=13)[:-1]
            d = np.gradient(np.vstack([xy, line.xy[-1:]]), axis=0)[:-1]
            normal = np.column_stack([-d[:, 1], d[:, 0]]) / np.maximum(np.hypot(*d.T), 1e-9)[:, None]
            home = inside(hromada.outlines[line.settlement], xy)
            parts.append((xy[home], normal[home], line))
    xy = np.vstack([p[0] for p in parts])
    land = [_land_of(line, point) for points, _, line in parts for point in points]
    street = [line.tags.get("name", "") for points, _, line in parts for _ in points]
    return Fronts(xy=xy, side=np.vstack([p[1] for p in parts]), land=land, street=street)


def _land_of(line: Line, point: Array) -> str:
    if line.land != "main":
        return line.land
    if line.settlement != "Вигадів":
        return "village"
    return min(DISTRICTS, key=lambda d: math.hypot(d[1] - point[0], d[2] - point[1]))[0]


def draw_offences(hromada: Hromada, spots: Sequence[Spot], rng: Random) -> list[Offence]:
    """All offences of two years, in order of time."""
    fronts = fronts_along(hromada)
    offences = [offence for kind in KINDS for offence in _offences_of(kind, fronts, spots, rng)]
    return sorted(offences, key=lambda o: (o.start, o.kind, o.front))


def _offences_of(kind: Kind, fronts: Fronts, spots: Sequence[Spot], rng: Random) -> list[Offence]:
    where = list(accumulate(_pull(kind, fronts, spots).tolist()))
    days = {hours: _days(kind, hours) for hours in kind.hours}
    made: list[Offence] = []
    for _ in range(kind.total):
        again = bool(made) and rng.random() < kind.repeats
        front = bisect(where, rng.random() * where[-1])
        hours = rng.choices(kind.hours, [h.share for h in kind.hours])[0]
        day = rng.choices(*days[hours])[0]
        if again:
            before = made[rng.randrange(len(made))]
            front = _close_by(before.front, fronts, rng)
            day = min(before.start.date() + timedelta(days=rng.randint(1, 16)), LAST_DAY)
        start = _clock(day, hours, rng)
        window, least, most = kind.window
        end = (
            start + timedelta(minutes=30 * round(rng.uniform(least, most) * 2))
            if rng.random() < window
            else None
        )
        made.append(
            Offence(kind=kind.name, front=front, xy=_noted_place(front, fronts, rng), start=start, end=end)
        )
    return made


def _pull(kind: Kind, fronts: Fronts, spots: Sequence[Spot]) -> Array:
    """How much each front draws a kind, with a tail over all streets."""
    pull = 0.15 * np.array([kind.lands.get(land, 0.0) for land in fronts.land])
    for anchor, (weight, reach_m) in kind.anchors.items():
        key, value = anchor.split("=")
        for spot in (s for s in spots if s.tags.get(key) == value and s.tags.get("amenity") != "police"):
            pull += weight * np.exp(-np.hypot(*(fronts.xy - spot.xy).T) / reach_m * 1.6)
    return np.asarray((1 - kind.tail) * pull / pull.sum() + kind.tail / len(pull))


def _days(kind: Kind, hours: Hours) -> tuple[list[date], list[float]]:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    days = [day for day in days if str(day.isoweekday()) in hours.days]
    return days, [kind.months[day.month - 1] for day in days]


def _clock(day: date, hours: Hours, rng: Random) -> datetime:
    """A time in the span, likeliest in its middle; people say it to the half hour or five minutes."""
    minute = 60 * rng.triangular(hours.first, hours.last)
    step = rng.choice((5, 10, 30))
    return datetime(day.year, day.month, day.day) + timedelta(minutes=step * round(minute / step))


def _close_by(front: int, fronts: Fronts, rng: Random) -> int:
    far = np.hypot(*(fronts.xy - fronts.xy[front]).T)
    return int(rng.choice(np.flatnonzero(far < 70).tolist()))


def _noted_place(front: int, fronts: Fronts, rng: Random) -> Point:
    """Where the register puts it: before a house, on the street, now and then off by some metres."""
    x, y = fronts.xy[front] + fronts.side[front] * rng.choice((-7.0, -5.0, 0.0, 5.0, 7.0))
    return float(x) + rng.gauss(0, 2.5), float(y) + rng.gauss(0, 2.5)


def offence_rows(offences: Sequence[Offence], streets: Sequence[str], rng: Random) -> list[tuple[str, ...]]:
    """The register as it was typed in: coarse dates, gaps and slips of the pen included."""
    rows = []
    for n, offence in enumerate(offences):
        lon, lat = (f"{value:.6f}" for value in lon_lat(*offence.xy))
        start, end = offence.start.isoformat(timespec="minutes"), ""
        if offence.end is not None:
            end = offence.end.isoformat(timespec="minutes")
        rows.append([f"VH-{n + 1:04d}", offence.kind, lon, lat, start, end, streets[offence.front]])
    points = [n for n, offence in enumerate(offences) if offence.end is None]
    coarse = rng.sample(points, DATE_ONLY + MONTH_ONLY)
    for k, n in enumerate(coarse):
        rows[n][4] = rows[n][4][: 10 if k < DATE_ONLY else 7]
    for n, (column, value) in zip(rng.sample(range(len(rows)), len(SLIPS)), SLIPS):
        rows[n][column] = value
        if column == 2:
            rows[n][3] = "" if not value else "50.450000"
    return [tuple(row) for row in rows]


SLIPS = ((2, ""),) * 6 + ((2, "30.520000"),) * 2 + ((4, "вночі"), (4, "2025-13-31T10:00"), (4, ""), (4, ""))
"""Records that can't be used as they are: column and what stands there."""

# ---------------------------------------------------------------------------------------------------------
# Problems that people named, places of their own, the plan file
# ---------------------------------------------------------------------------------------------------------

PROBLEM_HEADER = (
    "problem",
    "lon",
    "lat",
    "street",
    "days",
    "hours",
    "since",
    "until",
    "seriousness",
    "named_by",
)
PROBLEMS = (
    ("Drinking and shouting on the park benches by the pond", (205, 430), "", "Fr-Su", "18:00-23:00",
     "2026-05-01", "", 3, "advisory group"),
    ("Dark underpass at the station; women avoid it in the evening", (-282, -930), "", "", "17:00-23:00",
     "2026-09-15", "", 3, "survey of residents"),
    ("Pickpockets between the market stalls", (0, 0), "Ринкова площа", "Tu-Th,Sa-Su", "08:00-14:00",
     "2026-03-01", "", 2, "market traders"),
    ("Cars race past the school gate", (-205, 85), "вулиця Київська", "Mo-Fr", "07:30-08:30",
     "2026-09-01", "", 2, "parents of Lyceum No 1"),
    ("Older pupils take money from younger ones on the way home", (-560, -300), "", "Mo-Fr", "13:00-16:00",
     "2026-09-10", "", 3, "school No 3"),
    ("Fights when the bars by the bridge close", (240, 55), "вулиця Соборна", "Fr-Sa", "22:00-03:00",
     "2026-06-01", "", 3, "advisory group"),
    ("Broken street lamps and graffiti in the yards", (690, -150), "", "", "18:00-23:00",
     "2026-08-01", "", 2, "council of house committees"),
    ("Garages broken into; strangers seen at dusk", (830, -800), "", "", "16:00-22:00",
     "2026-10-01", "", 2, "garage cooperative"),
    ("Loose dogs and rubbish along the embankment", (262, -200), "", "", "16:00-20:00",
     "2026-04-15", "", 1, "council"),
    ("Older people feel unsafe on the path to the clinic", (560, -60), "", "Mo-Fr", "08:00-12:00",
     "2026-10-05", "", 1, "survey of residents"),
    ("Noise and quad bikes", None, "вулиця Гончарна", "Sa-Su", "15:00-21:00",
     "2026-05-20", "2026-09-30", 1, "residents of the street"),
    ("Scrap collectors at empty houses", (-4450, -3200), "", "", "10:00-16:00",
     "2026-10-10", "", 2, "elder of Vymriiane"),
)  # fmt: skip

OWN_PLACES = (
    ("market", "Суботній ярмарок", (-60, -300), "Sa 08:00-14:00", 4),
    ("bus_stop", "Шкільний автобус", (700, 130), "Mo-Fr 07:30-08:30,13:00-16:00", 2),
    ("community_centre", "Центр допомоги переселенцям", (120, 75), "Mo-Sa 09:00-17:00", 2),
    ("other", "Пункт незламності", (640, -120), "Mo-Su 16:00-21:00", 1.5),
)

CALENDAR = (
    ("2026-09-01", "2026-12-24", "term", "", "", "", ""),
    ("2026-09-01", "2026-12-24", "bell", "Гімназія № 3", "13:30", "", "Mo-Fr"),
    ("2026-11-28", "", "market", "Ринкова площа", "08:00", "14:00", ""),
    ("2026-11-24", "2026-11-25", "closed", "вулиця Паркова", "09:00", "16:00", ""),
    ("2026-12-25", "", "holiday", "", "", "", ""),
)
EVENTS = (
    ("Свято вогнів", "Ринкова площа", "2025-11-29", "17:30", "20:30", 600, "", "", "", ""),
    ("Свято вогнів", "Ринкова площа", "2026-11-28", "17:30", "20:30", 800, "вулиця Гончарна", 2, "yes", 40),
)
"""Festivals of lights on the market square, the last one and the next."""

README = """Everything in this folder is invented: there is no hromada of Vyhadiv, and no street,
place, person or record in these files is real. The files were drawn with a fixed seed, to show what
patrolplan starts from and what it makes of it.
"""

PLAN = """# The plan file of an invented hromada: Vyhadiv and its three villages do not exist.
# Change a line, then run:  patrolplan plan plan.toml --out out

[community]
name = "Vyhadiv (invented example)"
timezone = "Europe/Kyiv"

[streets]
file = "streets.osm"

[offences]
file = "offences.csv"            # two years of an invented register, slips of the pen included
since = 2024-11-01
until = 2026-10-31

[offences.columns]
lon = "lon"
lat = "lat"
kind = "kind"
start = "occurred_from"          # or the start of the window in which it happened
end = "occurred_to"              # the end of that window, where there is one
street = "street"

[places]
file = "places.csv"              # what OpenStreetMap doesn't have; its schools, shops, ... are read too

[problems]
file = "problems.csv"            # named by residents, the council, the advisory group

# Days that are not usual: take the # away, and see the card's head, the map and `patrolplan check` change.
# [calendar]
# file = "calendar.csv"          # school terms and bells, market days, streets that are shut

# [events]
# file = "events.csv"            # a festival: its crowd, a street shut for it, two crews there together

[plan]
date = 2026-11-28                # a Saturday: market in the morning, bars at night

# For  patrolplan week plan.toml --week 2026-W48 --out weeks  : when officers may patrol, and by what rules.
[week]
earliest = "07:00"
latest = "23:00"
most_nights = 2
most_gap_days = 3                # the neediest places are seen at least every third day

[[week.cover]]
hours = "Tu 07:30-08:30"         # the bell of the school: somebody is on the street
school_days = true

[[stations]]
name = "Centre"
lon = {centre[0]}
lat = {centre[1]}

[[stations]]
name = "East"
lon = {east[0]}
lat = {east[1]}

[[officers]]
name = "Officer Kalyna"
hours = 14                       # of foot patrol a week, for `patrolplan week`

[[officers]]
name = "Officer Yavir"
hours = 14
start = "East"
leave = ["2026-12-07/2026-12-11"]

# The day shift: the market and the streets around it.
[[crews]]
name = "Centre, day"
officers = ["Officer Kalyna"]
shift = "08:00-12:00"
start = "Centre"

# The evening shift: both officers, each from a station of their own.
[[crews]]
name = "Centre, evening"
officers = ["Officer Kalyna"]
shift = "17:00-21:00"
start = "Centre"

[[crews]]
name = "East, evening"
officers = ["Officer Yavir"]
shift = "17:00-22:00"
start = "East"

[crews.break]
earliest = "18:30"
latest = "20:00"
minutes = 20
"""


def write_example(folder: Path) -> list[Path]:
    """Write the invented hromada's files into a folder, the same bytes each time.

    Parameters
    ----------
    folder
        Made where it does not exist; files of these names in it are replaced.

    Returns
    -------
    The files: ``streets.osm``, ``offences.csv``, ``problems.csv``, ``places.csv``,
    ``calendar.csv``, ``events.csv``, ``plan.toml`` and
    ``README.txt``.
    """
    rng = Random(SEED)
    hromada = draw_hromada(rng)
    spots = draw_places(hromada, rng)
    offences = draw_offences(hromada, spots, rng)
    rows = offence_rows(offences, fronts_along(hromada).street, rng)
    centre, east = (lon_lat(*spot.xy) for spot in spots if spot.tags.get("amenity") == "police")
    texts = {
        "streets.osm": osm_xml(hromada, spots),
        "offences.csv": _csv(HEADER, rows),
        "problems.csv": _csv(PROBLEM_HEADER, [(p[0], *_degrees(p[1]), *p[2:]) for p in PROBLEMS]),
        "places.csv": _csv(
            ("kind", "name", "lon", "lat", "opening_hours", "weight"),
            [(kind, name, *_degrees(xy), hours, weight) for kind, name, xy, hours, weight in OWN_PLACES],
        ),
        "calendar.csv": _csv(("date", "until", "what", "place", "from", "to", "days"), CALENDAR),
        "events.csv": _csv(
            ("name", "place", "date", "from", "to", "crowd", "closures", "cover", "joint", "stay"), EVENTS
        ),
        "plan.toml": PLAN.format(centre=centre, east=east),
        "README.txt": README,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in texts]


def _degrees(point: tuple[int, int] | None) -> tuple[str, str]:
    if point is None:
        return "", ""
    lon, lat = lon_lat(*point)
    return f"{lon:.6f}", f"{lat:.6f}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
