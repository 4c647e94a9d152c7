"""Hot spots: connected street segments that an officer walks within one dwell."""

from __future__ import annotations

from dataclasses import dataclass

from patrolplan.graph.walk import Step


@dataclass(frozen=True, kw_only=True)
class HotSpot:
    """A stop of the patrol: a cluster of segments with a closed walk over them.

    Attributes
    ----------
    label
        "Main Street / Market Street", the place's name, or what was named there.
    kind
        "cluster", "place" or "problem": what seeded it.
    segments
        Sorted ids of its street segments; no segment belongs to two hot spots.
    entry
        Node where the closed walk begins and ends.
    walk
        The closed walk over all its segments, step by step.
    walk_m
        Length of the walk in metres.
    dwell_s
        Seconds an officer stays; the walk fits in at patrol speed.
    need
        Need of its segments in the window it was found for, in shares of the week.
    hours
        Hour-of-week spans (from, to) in which the stop is open, e.g. a school's; empty: always.
    """

    label: str
    kind: str
    segments: tuple[int, ...]
    entry: int
    walk: tuple[Step, ...]
    walk_m: float
    dwell_s: int
    need: float
    hours: tuple[tuple[int, int], ...] = ()
