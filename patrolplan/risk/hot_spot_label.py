"""What a hot spot is called, and whether a place or a named problem is what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from patrolplan.dates import BELL, EVENT
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.hot_spot_ground import Ground
from patrolplan.risk.weights import SegmentWeights

SECOND_NAME_SHARE = 0.15
"""A second street is part of the name when it holds at least this share of the named streets' need."""

WHAT_A_NAMELESS_STREET_IS = {
    "footway": "path",
    "path": "path",
    "pedestrian": "pedestrian street",
    "cycleway": "cycle path",
    "bridleway": "path",
    "steps": "steps",
    "track": "track",
    "service": "service road",
}
OF_A_DAY = (EVENT, BELL)
UNNAMED = "unnamed street"
"""What any other is."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place or a named problem with its need in the window."""

    kind: str
    label: str
    segment: int
    need: float


def sources_in_window(weights: SegmentWeights, hours_in_window: NDArray[np.float64]) -> tuple[Source, ...]:
    """Named places and problems that need patrol in the window, neediest first.

    Events and bells give no names: a hot spot keeps its own from week to week.

    Parameters
    ----------
    weights
        Its ``sources`` with a label, of the parts "footfall" and "problems"; sensitive ones are left out.
    hours_in_window
        [168] hours (0..1 and more) of each hour of the week within the window.
    """
    in_window = weights.time @ hours_in_window * weights.terms["share"].to_numpy(dtype=np.float64)
    of_term: dict[tuple[str, str], float] = {}
    for part, kind, need in zip(weights.terms["part"], weights.terms["kind"], in_window, strict=True):
        of_term[part, kind] = of_term.get((part, kind), 0.0) + float(need)
    rows = weights.sources
    if not len(rows):
        return ()
    named = rows["part"].isin(["footfall", "problems"]) & (rows["label"].fillna("") != "")
    named &= ~rows["kind"].isin(OF_A_DAY)
    rows = rows[named & ~rows["sensitive"].astype(bool) & (rows["segment"] >= 0)]
    columns = (rows["part"], rows["kind"], rows["segment"], rows["weight"], rows["label"])
    found = [
        Source(
            kind="place" if part == "footfall" else "problem",
            label=str(label),
            segment=int(segment),
            need=float(weight) * of_term.get((part, kind), 0.0),
        )
        for part, kind, segment, weight, label in zip(*columns, strict=True)
    ]
    wanted = [source for source in found if source.need > 0]
    return tuple(sorted(wanted, key=lambda s: (-s.need, s.kind, s.segment, s.label)))


class Namer:
    """Gives every hot spot a name of its own, from the streets that meet there."""

    def __init__(self, network: StreetNetwork, ground: Ground) -> None:
        table = network.segments
        self.names: list[str] = _names(table)
        self.kinds: list[str] = [str(kind) for kind in table["kind"]]
        self.ground = ground
        self.used: Counter[frozenset[str]] = Counter()
        self.named = [segment for segment, name in enumerate(self.names) if name]
        self.tree = cKDTree([ground.middle[s] for s in self.named]) if self.named else None

    def street_label(self, segments: Sequence[int], entry: int) -> str:
        """``Main Street / Market Street``: the neediest street, and the one that meets it.

        Of those that meet it: one with much need in the hot spot, then one at the entry, then the
        neediest. Where all such names are taken the first is numbered.
        """
        need = self._need_of_names(segments)
        if not need:
            return self._told_apart([(self._nameless(segments),)], "")
        total = sum(need.values())
        first = min(need, key=lambda name: (-need[name], name))
        at_entry = {self.names[segment] for segment in self.ground.at[entry]}

        def rank(name: str) -> tuple[bool, bool, float, str]:
            inside = need.get(name, 0.0)
            return inside < SECOND_NAME_SHARE * total, name not in at_entry, -inside, name

        meeting = sorted(self._meeting(segments, first), key=rank)
        return self._told_apart([(first, second) for second in meeting] or [(first,)], " / ")

    def source_label(self, source: Source, segments: Sequence[int]) -> str:
        """The name of the place or problem; with its street where the name alone is taken."""
        streets = self._need_of_names(segments)
        nearest = min(streets, key=lambda name: (-streets[name], name), default="")
        own = [(source.label,), (source.label, nearest)] if nearest else [(source.label,)]
        return self._told_apart(own, ", ")

    def _told_apart(self, options: Sequence[tuple[str, ...]], joint: str) -> str:
        """The first of the names that is new ("A / B" and "B / A" are one); else the first, numbered."""
        names = next((option for option in options if not self.used[frozenset(option)]), options[0])
        self.used[frozenset(names)] += 1
        times = self.used[frozenset(names)]
        return joint.join(names) if times == 1 else f"{joint.join(names)} ({times})"

    def _need_of_names(self, segments: Sequence[int]) -> dict[str, float]:
        need: dict[str, float] = {}
        for segment in segments:
            if self.names[segment]:
                need[self.names[segment]] = need.get(self.names[segment], 0.0) + self.ground.need[segment]
        return need

    def _meeting(self, segments: Sequence[int], first: str) -> set[str]:
        """Names of streets, in the hot spot or not, that meet its streets of the name ``first``."""
        ground = self.ground
        of_first = [segment for segment in segments if self.names[segment] == first]
        nodes = {node for segment in of_first for node in (ground.u[segment], ground.v[segment])}
        return {self.names[segment] for node in nodes for segment in ground.at[node]} - {first, ""}

    def _nameless(self, segments: Sequence[int]) -> str:
        neediest = max(segments, key=lambda s: (self.ground.need[s], -s))
        what = WHAT_A_NAMELESS_STREET_IS.get(self.kinds[neediest], UNNAMED)
        if self.tree is None:
            return what
        _, nearest = self.tree.query(self.ground.middle[neediest])
        return f"{what} near {self.names[self.named[int(nearest)]]}"


def _names(table: Any) -> list[str]:
    local = table["name"].fillna("").astype(str)
    english = table["name_en"].fillna("").astype(str) if "name_en" in table else local
    return [str(name) for name in local.where(local != "", english)]
