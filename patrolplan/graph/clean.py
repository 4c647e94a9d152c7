"""Cleaning: ways as they are drawn become street segments, one from each junction to the next.

The order: cut the ways where they meet, fold into each street what runs beside it (sidewalks,
crossings, paths, second carriageways, `fold`), hang what was joined to a folded line on its
street, keep the largest connected part, join the pieces between junctions, merge the nodes of each
junction, drop stubs; and again, until nothing changes. Before all that, squares are crossed
(`with_ways_across`), and dead ends that stop a few metres short of another line are joined to it
(`without_gaps`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.graph.beside import FoldRules, fold
from patrolplan.graph.edges import (
    SIDEWALK,
    SQUARE,
    STREET,
    Edges,
    chosen,
    edges_of_ways,
    name_codes,
)
from patrolplan.graph.gaps import without_gaps
from patrolplan.graph.joining import joined, lines_of_pieces, rejoined
from patrolplan.graph.junctions import consolidated, small_loops, straightened, stubs, twins
from patrolplan.graph.network import Dropped
from patrolplan.graph.pieces import Pieces, cut
from patrolplan.graph.rewire import largest_part, links, restored, without_crossings
from patrolplan.graph.squares import with_ways_across
from patrolplan.graph.strokes import priorities, strokes
from patrolplan.graph.ways import Bools, Ints, Ways
from patrolplan.units import STEPS_SPEED_FACTOR

ROUNDS = 12
"""The cleaning repeats until nothing changes; real towns take three to seven rounds."""

STRAIGHT_M = 0.01
"""Points that bend a line by less than map data is exact (a centimetre) are left out of it."""

_WHY = {
    "sidewalks": "walked as part of the street beside them",
    "crossings": "walked as part of the street they cross",
    "paths beside a street": "paths and cycleways along a street, seen and walked with it",
    "second carriageways": "roads along another road: one street, walked once",
    "not connected": "not joined on foot to the largest part of the network",
    "stubs": "dead ends too short to patrol",
    "small loops": "turning circles and scraps inside a junction",
    "twins": "second ways between the same two junctions, side by side",
}


@dataclass(frozen=True, kw_only=True)
class CleanRules:
    """Measures of the cleaning, in metres.

    Attributes
    ----------
    fold
        What is beside a street (`FoldRules`).
    junction_m, widest_m
        Nodes joined by an edge of at most ``junction_m`` are one junction, up to ``widest_m`` wide.
    ring_m
        Roundabouts up to this width are one junction.
    stub_m
        Dead ends shorter than this go.
    loop_m
        Loops shorter than this go.
    gap_m
        Dead ends this near another line are joined to it.
    part_m
        Parts not joined on foot to the largest are kept from this length of streets on; by default
        only the largest is, and islands.
    island_m
        Islands (parts that a ferry, or a road closed to walkers, joins to the largest) are kept from
        this length of streets on.
    kind_pace
        OSM highway value -> pace on it, as a share of the walking speed; 1 where not named.
    """

    fold: FoldRules = field(default_factory=FoldRules)
    junction_m: float = 12.0
    widest_m: float = 32.0
    ring_m: float = 55.0
    stub_m: float = 12.0
    loop_m: float = 45.0
    gap_m: float = 5.0
    part_m: float = math.inf
    island_m: float = 100.0
    kind_pace: Mapping[str, float] = field(default_factory=lambda: {"steps": STEPS_SPEED_FACTOR})


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """Clean edges, the share of length that hangs together, what was taken out, what was mended.

    ``table`` are the ways that the edges' parts refer to: those given, and those across squares;
    ``kept_share`` is the share of length in the parts kept, ``islands_m`` the streets on islands.
    """

    edges: Edges
    table: pd.DataFrame
    main_part_share: float
    dropped: tuple[Dropped, ...]
    gaps: int = 0
    squares: int = 0
    kept_share: float = 1.0
    islands_m: float = 0.0


def clean(ways: Ways, *, barriers: NDArray[np.object_], rules: CleanRules) -> Cleaned:
    """Turn walkable ways into street segments."""
    ways = Ways(
        table=ways.table.assign(name_code=name_codes(ways.table["name"])),
        offsets=ways.offsets,
        refs=ways.refs,
        xy=ways.xy,
    )
    ways, squares = with_ways_across(ways, barriers)
    edges, gaps = without_gaps(edges_of_ways(ways), barriers, gap_m=rules.gap_m)
    tally: dict[str, list[float]] = {}
    share = kept = 1.0
    for round_ in range(ROUNDS):
        before = edges
        edges, connected = _folded(edges, ways.table, barriers, rules, tally)
        share, kept = connected if round_ == 0 else (share, kept)
        edges = _tidied(edges, ways.table, rules, tally)
        if _settled(before, edges):
            break
    edges = straightened(edges, within_m=STRAIGHT_M)
    order = sorted(tally, key=lambda what: -tally[what][1])
    dropped = tuple(
        Dropped(what=what, count=int(tally[what][0]), length_m=round(tally[what][1], 1), why=_WHY[what])
        for what in order
        if tally[what][0]
    )
    return Cleaned(
        edges=edges,
        table=ways.table,
        main_part_share=share,
        dropped=dropped,
        gaps=len(gaps),
        squares=squares,
        kept_share=kept,
        islands_m=float(edges.length_m[_on_island(edges, ways.table)].sum()),
    )


def _settled(before: Edges, after: Edges) -> bool:
    """Whether a round changed nothing but the last millimetres of a kilometre (junctions settling)."""
    metres = float(before.length_m.sum())
    return len(before) == len(after) and abs(float(after.length_m.sum()) - metres) <= 1e-6 * metres


def _folded(
    edges: Edges,
    table: pd.DataFrame,
    barriers: NDArray[np.object_],
    rules: CleanRules,
    tally: dict[str, list[float]],
) -> tuple[Edges, tuple[float, float]]:
    pieces = cut(edges)
    priority = priorities(edges, strokes(edges, pieces))
    folding = fold(edges, pieces, priority, barriers, rules.fold)
    folded = without_crossings(edges, pieces, folding)
    link_u, link_v, link_piece = links(pieces, folded, folding.host, priority)
    folded &= ~restored(pieces, folded, link_u, link_v)
    lines = lines_of_pieces(pieces, ~folded, link_u, link_v, link_piece)
    connected, share = largest_part(
        len(pieces.node_xy),
        lines.u,
        lines.v,
        lines.length_m,
        also_from_m=rules.part_m,
        island=_on_island(edges, table)[lines.edge],
        island_m=rules.island_m,
    )
    whole = float(lines.length_m.sum())
    kept = float(lines.length_m[connected].sum()) / whole if whole > 0 else 1.0
    _count_folded(tally, edges, pieces, folded)
    _count(tally, "not connected", len(np.unique(lines.edge[~connected])), lines.length_m[~connected].sum())
    beside = _beside_parts(pieces, folded, folding.host)
    return joined(lines, connected, edges, table, beside), (share, kept)


def _on_island(edges: Edges, table: pd.DataFrame) -> Bools:
    """Marks edges along ways of islands; a table without that column knows of none."""
    marked = np.zeros(len(edges), dtype=bool)
    if "island" in table.columns:
        of_island = table["island"].to_numpy(bool)[edges.parts["way"].to_numpy()]
        marked[edges.parts["edge"].to_numpy()[of_island]] = True
    return marked


def _tidied(edges: Edges, table: pd.DataFrame, rules: CleanRules, tally: dict[str, list[float]]) -> Edges:
    edges = consolidated(edges, junction_m=rules.junction_m, widest_m=rules.widest_m, ring_m=rules.ring_m)
    loops = small_loops(edges, loop_m=rules.loop_m, ring_m=rules.ring_m)
    _count(tally, "small loops", int(loops.sum()), edges.length_m[loops].sum())
    edges = _without_twins(chosen(edges, ~loops), rules, tally)
    edges = rejoined(edges, table)
    short = stubs(edges, stub_m=rules.stub_m, half_m=rules.fold.carriageway_m)
    _count(tally, "stubs", int(short.sum()), edges.length_m[short].sum())
    return rejoined(chosen(edges, ~short), table)


def _without_twins(edges: Edges, rules: CleanRules, tally: dict[str, list[float]]) -> Edges:
    priority = np.lexsort(
        (np.arange(len(edges)), -np.round(edges.length_m, 2), edges.traits["rank"].to_numpy())
    )
    place = np.empty(len(edges), dtype=np.int64)
    place[priority] = np.arange(len(edges))
    goes, stays = twins(edges, place, apart_m=rules.fold.beside_m)
    _count(tally, "twins", len(goes), edges.length_m[goes].sum())
    heir = np.arange(len(edges))
    heir[goes] = stays
    while not np.array_equal(heir[heir], heir):
        heir = heir[heir]
    edge = edges.parts["edge"].to_numpy()
    parts = edges.parts.assign(edge=heir[edge], folded=edges.parts["folded"] | (heir[edge] != edge))
    keep = np.ones(len(edges), dtype=bool)
    keep[goes] = False
    return chosen(replace(edges, parts=parts), keep)


def _beside_parts(pieces: Pieces, folded: Bools, host: Ints) -> pd.DataFrame:
    at = np.flatnonzero(folded & (host >= 0))
    return pd.DataFrame({"host": host[at], "edge": pieces.edge[at], "metres": pieces.length_m[at]})


def _count_folded(tally: dict[str, list[float]], edges: Edges, pieces: Pieces, folded: Bools) -> None:
    rank = edges.traits["rank"].to_numpy()
    for what, low, high in (
        ("second carriageways", 0, STREET),
        ("paths beside a street", STREET + 1, SQUARE),
        ("sidewalks", SIDEWALK, SIDEWALK),
        ("crossings", SIDEWALK + 1, SIDEWALK + 1),
    ):
        mine = folded & (rank[pieces.edge] >= low) & (rank[pieces.edge] <= high)
        _count(tally, what, len(np.unique(pieces.edge[mine])), pieces.length_m[mine].sum())


def _count(tally: dict[str, list[float]], what: str, count: int, metres: float) -> None:
    entry = tally.setdefault(what, [0, 0.0])
    entry[0] += count
    entry[1] += float(metres)
