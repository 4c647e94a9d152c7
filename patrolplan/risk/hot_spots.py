"""Hot spots: connected street segments that an officer walks within one dwell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from patrolplan import units
from patrolplan.duty import Shift
from patrolplan.errors import InputError
from patrolplan.graph.closed_walk import COSTS_PER_M, closed_walk
from patrolplan.graph.steps import Step, path_length_m

if TYPE_CHECKING:
    from patrolplan.graph.network import StreetNetwork
    from patrolplan.risk.hot_spot_label import Namer, Source
    from patrolplan.risk.hot_spot_search import Candidate, Found
    from patrolplan.risk.weights import SegmentWeights

HOT_SPOTS_PER_SHIFT = 40
MOST_HOT_SPOTS = 300
SOURCE_SHARE = 1 / 3
"""A hot spot is about a place or a problem that brings at least this share of its need."""


@dataclass(frozen=True, kw_only=True)
class HotSpot:
    """A stop of the patrol: a cluster of segments with a closed walk over them.

    Attributes
    ----------
    label
        "Main Street / Market Street", the place's name, or what was named there.
    kind
        "cluster", "place" or "problem": what it is there for.
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
    left_out_m
        Metres of its one segment that the walk does not reach, where that is too long to be walked
        there and back within a dwell; 0 for all others.
    full_stay
        The stay that has full effect here, in shares of the usual one: below 1 where cameras show most
        of the need.
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
    left_out_m: float = 0.0
    full_stay: float = 1.0


def find_hot_spots(
    network: StreetNetwork,
    weights: SegmentWeights,
    shifts: Sequence[Shift],
    *,
    timezone: str | None = None,
    dwell_min: int = 12,
    max_dwell_min: int = 15,
    patrol_speed_m_per_s: float = units.PATROL_SPEED_M_PER_S,
    radius_m: float = 150.0,
    min_apart_m: float = 100.0,
    max_hot_spots: int | None = None,
    within: NDArray[np.bool_] | None = None,
    watched: NDArray[np.float64] | None = None,
    watched_dwell_min: int = 8,
    turn: int | None = None,
) -> tuple[HotSpot, ...]:
    """Connected clusters of the neediest segments, each walked within a dwell, neediest first.

    Each cluster grows from a seed segment by whatever adds most need per metre of closed walk (a
    street walked there and back, or one that closes a round) while the walk fits into ``dwell_min``
    and the cluster stays within ``radius_m`` of its centre; up to ``max_dwell_min`` it grows only for
    streets as needy as itself. Clusters are grown from several seeds for every one kept; the one
    with the most need per minute of dwell is mended (its weak streets exchanged where that pays) and
    kept, then the next that is left, and so on.

    A street that can't be walked there and back within ``max_dwell_min`` (more than 375 m by the
    defaults) is a hot spot of its own if at least half of it can: the walk goes in from its needier
    end and turns around, and ``left_out_m`` says what it does not reach.

    Parameters
    ----------
    network, weights
        Streets and what they need.
    shifts
        The window: need counts in the hours of the week they cover. One a crew: the default of
        ``max_hot_spots`` is 40 per shift (a crew makes 15 to 20 visits in four hours, and the solver
        should have a choice), 300 at the most.
    timezone
        IANA name of the zone whose wall clock counts; that of each shift's start if not given.
    dwell_min, max_dwell_min
        Whole minutes: usual and longest stay. 12 and 15 after the 10-15 minutes beyond which a stay
        adds little (Koper 1995, doi:10.1080/07418829500096231).
    patrol_speed_m_per_s
        Speed inside the hot spot; ``speed_factor`` of steps counts.
    radius_m
        How far a hot spot may reach from the centre of its bounds.
    min_apart_m
        Least walk from one entry to another; the less needy hot spot takes another of its crossings
        for its entry or, where none is far enough, is given up.
    within
        [segments] bool: only these may belong to hot spots (streets in reach of the stations, see
        ``segments_within``); all if not given.
    watched
        [segments] share of each that cameras show (see `watched_share`). A hot spot with most of its
        need on such streets gets by with ``watched_dwell_min`` (an assumption) and a walk to match;
        its need is as it was.
    turn
        Number of the day or week. With it, segments that records can't tell apart
        (``weights.rank_group``) are not ranked: each turn draws anew which of them come first, the
        same for the same number. ``need`` of the hot spots stays what it is.

    Returns
    -------
    Hot spots with disjoint segments, neediest (per minute of dwell) first; those with less than 2 %
    of the first one's need are left out, unless a resident named a problem there.

    A hot spot is of kind "problem" or "place", and carries its name, if a named problem or a place
    brings a third or more of its need (or it was seeded by the problem); otherwise a "cluster", named
    after its streets.

    Raises
    ------
    InputError
        If there are no shifts, or the minutes, metres or the mask make no sense.
    """
    from patrolplan.risk.hot_spot_ground import ground_of
    from patrolplan.risk.hot_spot_grow import Limits
    from patrolplan.risk.hot_spot_label import Namer, sources_in_window
    from patrolplan.risk.hot_spot_search import Search
    from patrolplan.risk.hot_spot_turns import drawn_among_equals
    from patrolplan.risk.window import window_minutes

    most = min(MOST_HOT_SPOTS, HOT_SPOTS_PER_SHIFT * len(shifts)) if max_hot_spots is None else max_hot_spots
    _check(network, weights, (dwell_min, max_dwell_min), patrol_speed_m_per_s, within)
    hours = window_minutes(shifts, timezone=timezone) / 60
    need = weights.need(np.flatnonzero(hours)) @ hours[hours > 0]
    by_turn = need if turn is None else drawn_among_equals(network, need, weights.rank_group, turn=turn)
    ground = ground_of(network, by_turn)
    per_minute = round(patrol_speed_m_per_s * 60 * COSTS_PER_M)
    search = Search(
        ground=ground,
        limits=Limits(walk=dwell_min * per_minute, longest=max_dwell_min * per_minute, radius_m=radius_m),
        taken=[False] * len(need) if within is None else np.logical_not(within).tolist(),
        blocked=[False] * len(ground.at),
        apart=round(min_apart_m * COSTS_PER_M),
        per_minute=per_minute,
        dwell_min=dwell_min,
        watched=(np.zeros(len(need)) if watched is None else watched).tolist(),
        watched_dwell_min=watched_dwell_min,
    )
    sources = sources_in_window(weights, hours)
    found = search.best(_seeds(network, by_turn), most)
    found += search.named(sources, most=max(1, most // 4))
    namer = Namer(network, ground)
    spots = tuple(_hot_spot(network, one, sources, namer, need) for one in found)
    if turn is None:
        return spots
    return tuple(sorted(spots, key=lambda spot: (-spot.need / spot.dwell_s, spot.segments)))


def _check(
    network: StreetNetwork,
    weights: SegmentWeights,
    dwells_min: tuple[int, int],
    speed_m_per_s: float,
    within: NDArray[np.bool_] | None,
) -> None:
    segments = len(network.segments)
    faults = []
    if not 1 <= dwells_min[0] <= dwells_min[1]:
        faults.append(
            f"dwell_min = {dwells_min[0]}, max_dwell_min = {dwells_min[1]}: give whole minutes, the first at "
            "least 1 and the second no less than the first"
        )
    if not speed_m_per_s > 0:
        faults.append(f"patrol_speed_m_per_s = {speed_m_per_s}: must be above 0; 0.83 is 3 km/h")
    if weights.space.shape[1] != segments:
        faults.append(
            f"weights are of {weights.space.shape[1]} segments, the network has {segments}: "
            "weigh this network"
        )
    if within is not None and np.shape(within) != (segments,):
        faults.append(
            f"within has the shape {np.shape(within)}: give one truth value for each of {segments} segments"
        )
    if faults:
        raise InputError(faults)


def _seeds(network: StreetNetwork, need: NDArray[np.float64]) -> list[int]:
    """Segments with need, those first whose crossings together hold most."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    nodes = len(network.nodes)
    at = np.bincount(ends[:, 0], need, nodes) + np.bincount(ends[:, 1], need, nodes)
    promise = at[ends[:, 0]] + at[ends[:, 1]] - need
    order = np.lexsort([np.arange(len(need)), -promise])
    return [int(segment) for segment in order[need[order] > 0]]


def _hot_spot(
    network: StreetNetwork,
    found: Found,
    sources: Sequence[Source],
    namer: Namer,
    need: NDArray[np.float64],
) -> HotSpot:
    chosen = found.chosen
    walk, left_out_m = _walk(network, chosen, found.entry)
    source = found.source or _main_source(chosen, sources)
    return HotSpot(
        label=(
            namer.source_label(source, chosen.segments)
            if source
            else namer.street_label(chosen.segments, found.entry)
        ),
        kind=source.kind if source else "cluster",
        segments=chosen.segments,
        entry=found.entry,
        walk=walk,
        walk_m=path_length_m(walk),
        dwell_s=chosen.dwell_min * 60,
        need=float(need[list(chosen.segments)].sum()),
        full_stay=chosen.full_stay,
        left_out_m=left_out_m,
    )


def _walk(network: StreetNetwork, chosen: Candidate, entry: int) -> tuple[tuple[Step, ...], float]:
    """The closed walk, and the metres it leaves out."""
    if chosen.reach >= 1:
        return closed_walk(network, chosen.segments, entry), 0.0
    (segment,) = chosen.segments
    length_m = float(network.segments["length_m"].to_numpy()[segment])
    reach_m = chosen.reach * length_m
    at_u = bool(network.segments["u"].to_numpy()[segment] == entry)
    ends = (0.0, reach_m) if at_u else (length_m, length_m - reach_m)
    there = Step(segment=segment, from_m=ends[0], to_m=ends[1])
    return (there, there.reversed()), length_m - reach_m


def _main_source(chosen: Candidate, sources: Sequence[Source]) -> Source | None:
    """The problem, else the place, that brings a third or more of the hot spot's need."""
    mine = set(chosen.segments)
    strong = [s for s in sources if s.segment in mine and s.need >= SOURCE_SHARE * chosen.need]
    return min(strong, key=lambda s: s.kind != "problem") if strong else None
