"""What a hot spot is called, and whether a place or a named problem is what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

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


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place or a named problem with its need in the window."""

    kind: str
    label: str
    segment: int
    need: float


def sources_in_window(weights: SegmentWeights, hours_in_window: NDArray[np.float64]) -> tuple[Source, ...]:
    """Named places and problems that need patrol in the window, neediest first.

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
        self.used: Counter[str] = Counter()
        self.named = [segment for segment, name in enumerate(self.names) if name]
        self.tree = cKDTree([ground.middle[s] for s in self.named]) if self.named else None

    def street_label(self, segments: Sequence[int], entry: int) -> str:
        """``Main Street / Market Street``: the neediest streets; told apart by the streets that cross."""
        ranked = self._by_need(segments)
        if not ranked:
            return self._told_apart([self._nameless(segments)])
        total = sum(need for _, need in ranked)
        first = ranked[0][0]
        inside = [name for name, need in ranked[1:] if need >= SECOND_NAME_SHARE * total]
        others = [name for name, _ in ranked[1:] if name not in inside]
        crossing = [name for name in self._crossing(segments, entry) if name not in (first, *inside, *others)]
        options = [f"{first} / {second}" for second in (*inside, *crossing, *others)]
        return self._told_apart(options or [first])

    def own(self, label: str) -> str:
        """The label given, with a number where it has been given before."""
        return self._told_apart([label])

    def _told_apart(self, options: Sequence[str]) -> str:
        label = next((option for option in options if not self.used[option]), options[0])
        self.used[label] += 1
        return label if self.used[label] == 1 else f"{label} ({self.used[label]})"

    def _by_need(self, segments: Sequence[int]) -> list[tuple[str, float]]:
        need: dict[str, float] = {}
        for segment in segments:
            if self.names[segment]:
                need[self.names[segment]] = need.get(self.names[segment], 0.0) + self.ground.need[segment]
        return sorted(need.items(), key=lambda item: (-item[1], item[0]))

    def _crossing(self, segments: Sequence[int], entry: int) -> list[str]:
        """Names of streets that meet the cluster: at its entry first, then elsewhere, neediest first."""
        ground, mine = self.ground, set(segments)
        nodes = sorted({node for s in segments for node in (ground.u[s], ground.v[s])})
        touching = {s for node in nodes for s in ground.at[node]} - mine
        at_entry = set(ground.at[entry])
        ranked = sorted(touching, key=lambda s: (s not in at_entry, -ground.need[s], s))
        return list(dict.fromkeys(self.names[s] for s in ranked if self.names[s]))

    def _nameless(self, segments: Sequence[int]) -> str:
        neediest = max(segments, key=lambda s: (self.ground.need[s], -s))
        what = WHAT_A_NAMELESS_STREET_IS.get(self.kinds[neediest], "unnamed street")
        if self.tree is None:
            return what
        _, nearest = self.tree.query(self.ground.middle[neediest])
        return f"{what} near {self.names[self.named[int(nearest)]]}"


def _names(table: Any) -> list[str]:
    local = table["name"].fillna("").astype(str)
    english = table["name_en"].fillna("").astype(str) if "name_en" in table else local
    return [str(name) for name in local.where(local != "", english)]
