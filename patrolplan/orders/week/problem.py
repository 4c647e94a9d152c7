"""The routing problem of a week: hot spots of every area, who may go where, and the planner's changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config.crews import CrewSettings
from patrolplan.crews import crews_of
from patrolplan.duty import Crew
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import is_open
from patrolplan.graph.walk import Walks
from patrolplan.io.changes_sheet import edit_points
from patrolplan.orders.asked import booked_stops, with_asked
from patrolplan.orders.load import Loaded
from patrolplan.orders.pipeline import problem_of, spots_in_reach, walks_of
from patrolplan.orders.week.dates import DayWays, day_ways
from patrolplan.orders.week.ground import Ground
from patrolplan.orders.week.rides import with_rides
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import PatrolProblem
from patrolplan.week.edits import Edit, nearest_stops, with_edits
from patrolplan.week.roster import Roster

SPOTS_AN_AREA = 60
"""Most hot spots of a settlement where there are several."""


@dataclass(frozen=True, kw_only=True)
class WeekProblem:
    """What is searched.

    Attributes
    ----------
    problem
        Of all crews of the week.
    crews, hot_spots, walks
        What its rows are.
    other_ways
        Streets and walks of days on which some are shut.
    cover
        Plain sentences on what the hot spots hold.
    lost
        Plain sentences on appointments that can't be kept, and on changes that bear on nothing any more.
    """

    problem: PatrolProblem
    crews: tuple[Crew, ...]
    hot_spots: tuple[HotSpot, ...]
    walks: Walks
    other_ways: tuple[tuple[StreetNetwork, Walks], ...]
    cover: tuple[str, ...]
    lost: tuple[str, ...]


def week_problem(
    loaded: Loaded,
    weights: SegmentWeights,
    roster: Roster,
    ground: Ground,
    *,
    named: Sequence[CrewSettings] = (),
    edits: Sequence[Edit] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> WeekProblem:
    """The routing problem of a roster's patrols.

    Parameters
    ----------
    loaded
        Everything read; its settings hold the roster's patrols as crews, in the roster's order.
    weights, roster, ground
        The need, who patrols when, and where one can.
    named
        The plan file's own ``[[crews]]``: appointments name them, and mean those who walk in them.
    edits
        What a planner changed in the week as it was planned before.
    tell
        Told a few words at each new step.

    Raises
    ------
    InputError, NoPlanError
    """
    crews = with_rides(crews_of(loaded.settings), roster, ground, loaded.settings)
    tell("finding hot spots")
    booked = booked_stops(loaded, weights, crews, whole_week=True)
    found, cover = _spots(loaded, weights, crews, roster, ground, free=booked.free)
    hot_spots = (*found, *booked.stops)
    tell("timing walks")
    walks = walks_of(loaded, weights, hot_spots, crews)
    ways = day_ways(loaded, crews)
    others = [walks_of(replace(loaded, network=way), weights, hot_spots, crews) for way in ways.networks]
    problem = problem_of(loaded, weights, hot_spots, crews, walks, other_walks=others, crew_way=ways.of_crew)
    allowed = problem.allowed & _allowed(loaded, hot_spots, roster, ground) & _open_stops(hot_spots, ways)
    problem = replace(problem, allowed=allowed)
    problem, missed = with_asked(problem, loaded, hot_spots, crews, booked, whole_week=True, named=named)
    problem, lost = _edited(problem, edits, loaded, hot_spots, crews)
    return WeekProblem(
        problem=problem,
        crews=crews,
        hot_spots=hot_spots,
        walks=walks,
        other_ways=tuple(zip(ways.networks, others, strict=True)),
        cover=cover,
        lost=(*missed, *lost),
    )


def _spots(
    loaded: Loaded,
    weights: SegmentWeights,
    crews: Sequence[Crew],
    roster: Roster,
    ground: Ground,
    *,
    free: NDArray[np.bool_],
) -> tuple[tuple[HotSpot, ...], tuple[str, ...]]:
    """The hot spots of every area that is patrolled, neediest first within each."""
    # Streets that records can't tell apart take turns from week to week.
    turn = roster.grid.monday.toordinal() // 7
    if len(ground.areas) == 1:
        return spots_in_reach(loaded, weights, crews, turn=turn, within=free)
    found: list[HotSpot] = []
    notes: list[str] = []
    spots = loaded.settings.hot_spots
    capped = spots.model_copy(update={"max_count": spots.max_count or SPOTS_AN_AREA})
    fewer = replace(loaded, settings=loaded.settings.model_copy(update={"hot_spots": capped}))
    for number in sorted({block.area for block in roster.blocks}):
        own = [crew for crew, block in zip(crews, roster.blocks, strict=True) if block.area == number]
        mask = (ground.of_segment == number) & free
        here, told = spots_in_reach(fewer, weights, own, turn=turn, within=mask)
        found += here
        notes += [f"{ground.areas[number].name}: {note}" for note in told]
    return tuple(found), tuple(notes)


def _open_stops(hot_spots: Sequence[HotSpot], ways: DayWays) -> NDArray[np.bool_]:
    """[crews, stops] whether no street of a stop is shut on the crew's day."""
    rows = [np.ones(len(hot_spots), dtype=np.bool_)]
    for network in ways.networks:
        free = is_open(network)
        rows.append(np.array([bool(free[list(spot.segments)].all()) for spot in hot_spots], dtype=np.bool_))
    return np.stack(rows)[list(ways.of_crew)]


def _allowed(
    loaded: Loaded, hot_spots: Sequence[HotSpot], roster: Roster, ground: Ground
) -> NDArray[np.bool_]:
    """[crews, stops] whether a stop lies in the area that a crew patrols."""
    ends = loaded.network.segments[["u", "v"]].to_numpy()
    # An appointment at a crossing holds no street: it lies where the streets from there do.
    held = [
        spot.segments[0] if spot.segments else int(np.flatnonzero((ends == spot.entry).any(axis=1))[0])
        for spot in hot_spots
    ]
    area = ground.of_segment[held]
    own = np.array([block.area for block in roster.blocks], dtype=np.int64)
    return np.asarray(own[:, None] == area[None, :])


def _edited(
    problem: PatrolProblem,
    edits: Sequence[Edit],
    loaded: Loaded,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
) -> tuple[PatrolProblem, list[str]]:
    """The problem with a planner's changes, and plain sentences on those that bear on nothing any more."""
    if not edits:
        return problem, []
    zone = ZoneInfo(loaded.settings.community.timezone)
    horizon = horizon_of(crews, timezone_name=zone.key)
    whose = {
        (crew.officers[0].name, crew.shift.start.astimezone(zone).replace(tzinfo=None)): number
        for number, crew in enumerate(crews)
    }
    rows = [whose.get((edit.officer, edit.shift_start), -1) for edit in edits]
    entries = loaded.network.nodes.geometry.iloc[[spot.entry for spot in hot_spots]]
    where = edit_points(edits, loaded.network.crs)
    stops = nearest_stops(edits, where, entries.get_coordinates().to_numpy())
    starts = [0 if e.start is None else horizon.seconds(e.start.replace(tzinfo=zone)) for e in edits]
    lost = [
        f"sheet of changes, row {edit.row}: {edit.label} is no stop of this week any more; "
        f"the {edit.what} is left out"
        for edit, stop, row in zip(edits, stops, rows, strict=True)
        if stop < 0 or row < 0
    ]
    return with_edits(problem, edits, crews=rows, stops=stops, starts_s=starts), lost
