"""A plan mended in the middle of a shift: what was walked stays, the rest changes as little as it must."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config import Settings
from patrolplan.duty import Break, Shift
from patrolplan.errors import InputError, NoPlanError
from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import is_open, shut_streets
from patrolplan.graph.snap import snap
from patrolplan.graph.steps import StreetPoint, path_length_m
from patrolplan.issued import (
    IssuedPlan,
    IssuedRoute,
    Whereabouts,
    next_minute,
    walked_part,
    whereabouts,
)
from patrolplan.load import load
from patrolplan.make import make_plan
from patrolplan.pipeline import problem_of, walks_of, weigh_loaded
from patrolplan.plan import PatrolPlan
from patrolplan.provenance import provenance_of
from patrolplan.replan_asked import asked_again
from patrolplan.replan_join import Part, joined_plan, walked_out
from patrolplan.replan_score import WholeShift
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.solver.anchors import anchored, kept_with_anchors
from patrolplan.solver.greedy import greedy as greedy_visits
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import Progress, Result, solve
from patrolplan.solver.stop import Stop
from patrolplan.trouble import Added, Trouble, closed_streets, forbidden_stops
from patrolplan.units import KMH

FAR_M = 300.0
"""An added stop farther than this from any street is taken for a mistake."""

HAIR_M = 0.005
"""How far from a closed crossing a crew is put onto an open street."""

LATE_S = 60
"""Announced visits may begin so much later without being given up."""

CALM = 0.05
"""Announced visits stay just as they are, and gaps are filled, where that costs no more of the score from
now on: people who have learned a route by heart are worth more than the last few per cent."""

KEEP = 1.0
"""What an issued stop that is kept is worth beside its effect, in mean visits: the search gives up a stop
only for a whole visit more elsewhere, and not for a trifle. Not in any score that is told."""


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """A plan mended.

    Attributes
    ----------
    plan
        The whole shift: what was walked and what is ahead.
    issued
        As it was before.
    now
        From when on it is new.
    kept_share
        Share of the stops ahead of crews that go on which stay, with any crew and at any time; 1 if none
        was ahead.
    score_left
        Score of the issued plan as far as it can still be walked, for comparison with the new one's.
    lost
        Plain sentences on appointments and visits of areas that can't be kept any more.
    """

    plan: PatrolPlan
    issued: IssuedPlan
    now: datetime
    kept_share: float
    score_left: float
    lost: tuple[str, ...] = ()


def replan(
    settings: Settings,
    issued: IssuedPlan,
    trouble: Trouble,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> Replanned:
    """Mend an issued plan.

    Crews are taken to be where the plan has them: one on the way can turn at once, one at a stop
    after its visit. Visits begun stay as they are; their effect counts on.

    Parameters
    ----------
    settings
        The plan file that the plan was made with.
    issued
        The plan.
    trouble
        From when on, and what has come up.
    stop
        Effort of the search; default: 10 seconds.

    Raises
    ------
    InputError
        The streets are not those of the plan; names that the plan doesn't know; all shifts are over.
    NoPlanError
        An added stop that nobody can reach in time.
    """
    tell = on_progress or (lambda _: None)
    loaded = load(settings, on_progress=on_progress)
    _check_streets(loaded.network, issued)
    tell("weighing streets")
    first = min(route.crew.shift.start for route in issued.routes)
    weights = weigh_loaded(loaded, week=first.date())
    shut = closed_streets(loaded.network, trouble, loaded.around.shelters, settings)
    shut |= ~is_open(loaded.network)
    open_streets = shut_streets(loaded.network, shut)
    hot_spots, added = _with_added(loaded.network, issued.hot_spots, trouble.add)
    barred = forbidden_stops(issued, trouble) | {
        k for k, spot in enumerate(hot_spots) if k not in added.values() and shut[list(spot.segments)].any()
    }
    places = [
        whereabouts(route, trouble.now, ends=route.crew.name in trouble.sick) for route in issued.routes
    ]
    pace = settings.walking.transfer_km_h * KMH
    places = [
        _off_closed_street(at, open_streets, pace * route.crew.speed_factor)
        for route, at in zip(issued.routes, places, strict=True)
    ]
    parts = tuple(_parts(issued, places, trouble, open_streets, shut))
    if not parts:
        raise InputError(f"nobody is on duty after {trouble.now:%H:%M on %Y-%m-%d}: nothing to replan")
    crews = [part.crew for part in parts]
    mended = replace(loaded, network=open_streets)
    tell("timing walks")
    walks = walks_of(mended, weights, hot_spots, crews)
    plain = problem_of(mended, weights, hot_spots, crews, walks)
    problem = _with_past(plain, issued, places, parts, barred, trouble.add, added)
    problem, lost = asked_again(problem, mended, issued, hot_spots, places, parts)
    tell("searching routes")
    found = _searched(
        problem,
        announced=lambda one: _ahead(one, issued, places, parts),
        keeping=lambda one, kept: _with_keeping(one, issued, places, parts, kept),
        stays_put=lambda visits: _stays_put(visits, places, parts),
        stop=stop or Stop(seconds=10.0),
        seed=seed,
        refine=settings.plan.refine,
        on_progress=on_search,
    )
    tell("telling the plan")
    raw = make_plan(
        replace(found.result, best=found.best, greedy=found.greedy, routing=None, upper_bound=None),
        problem=found.problem,
        network=open_streets,
        weights=weights,
        hot_spots=hot_spots,
        crews=crews,
        timezone=issued.timezone,
        walks=walks,
        community=issued.community,
        provenance=provenance_of(loaded) | {"replanned_from": trouble.now.isoformat()},
        around=loaded.around,
        notes=lost,
    )
    plan = replace(joined_plan(raw, issued, places, parts, trouble.now, open_streets), network=loaded.network)
    whole = WholeShift(
        plan=plan,
        problem=found.problem,
        weights=weights,
        issued=issued,
        places=places,
        walks=walks,
        epoch=horizon_of(crews, timezone_name=issued.timezone).epoch,
    )
    return Replanned(
        plan=replace(plan, scores=whole.scores(found.best, found.greedy)),
        issued=issued,
        now=trouble.now,
        kept_share=_kept_share(plan, issued, places, [part.route for part in parts]),
        score_left=whole.score(found.rest),
        lost=lost,
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What the search found: its result, and best, greedy and announced plans scored without any bonus."""

    result: Result
    problem: PatrolProblem
    best: Solution
    greedy: Solution
    rest: Solution


def _searched(
    problem: PatrolProblem,
    *,
    announced: Callable[[PatrolProblem], tuple[Visit, ...]],
    keeping: Callable[[PatrolProblem, Sequence[Visit]], PatrolProblem],
    stays_put: Callable[[Sequence[Visit]], list[tuple[int, int]]],
    **effort: Any,
) -> _Found:
    """Search from the announced visits, once more without a stop where a crew would stay put."""
    while True:
        kept = kept_with_anchors(anchored(problem), announced(problem))
        result = solve(keeping(problem, kept), initial=kept, **effort)
        again = stays_put(result.best.visits)
        if not again:
            break
        allowed = problem.allowed.copy()
        allowed[tuple(zip(*again, strict=True))] = False
        problem = dataclasses.replace(problem, allowed=allowed)
    best, greedy, rest = (
        Solution.from_visits(problem, visits) for visits in (result.best.visits, result.greedy.visits, kept)
    )
    calm = _with_gaps_filled(problem, rest)
    enough = calm.feasible and calm.score >= (1 - CALM) * best.score
    best = calm if enough and not stays_put(calm.visits) else best
    return _Found(result=result, problem=problem, best=best, greedy=greedy, rest=rest)


def _check_streets(network: StreetNetwork, issued: IssuedPlan) -> None:
    """The plan's numbers mean these streets only if each one it touches is there unchanged."""
    table = network.segments
    rows = np.array(sorted(issued.streets), dtype=np.int64)
    same = len(rows) == 0 or rows[-1] < len(table)
    if same and len(rows):
        told = np.array([issued.streets[int(row)] for row in rows])
        here = table[["u", "v", "length_m"]].to_numpy(dtype=np.float64)[rows]
        same = bool(np.allclose(told, here, atol=0.01))
    if not same:
        raise InputError(
            "the streets are no longer those the plan was made on (another street file, or other settings of "
            "[streets]); plan the rest of the shift anew with `patrolplan plan`"
        )


def _with_added(
    network: StreetNetwork, known: tuple[HotSpot, ...], wanted: Sequence[Added]
) -> tuple[tuple[HotSpot, ...], dict[int, int]]:
    """The hot spots with those added; and added -> hot spot."""
    spots, at = list(known), {}
    owner = {segment: k for k, spot in enumerate(known) for segment in spot.segments}
    for number, one in enumerate(wanted):
        found = snap(
            network, gpd.GeoSeries.from_xy([one.lon], [one.lat], crs="EPSG:4326"), max_distance_m=300.0
        )
        segment, offset = int(found["segment"].iloc[0]), float(found["offset_m"].iloc[0])
        if segment < 0:
            raise InputError(
                f"{one.lon}, {one.lat} (longitude, latitude): no street within 300 m; check the order"
            )
        if segment in owner:
            at[number] = owner[segment]
            continue
        at[number] = owner[segment] = len(spots)
        spots.append(_added_stop(network, segment, offset, one))
    return tuple(spots), at


def _added_stop(network: StreetNetwork, segment: int, offset_m: float, one: Added) -> HotSpot:
    row = network.segments.iloc[segment]
    entry = int(row.u if offset_m <= row.length_m / 2 else row.v)
    walk = closed_walk(network, [segment], entry)
    length = path_length_m(walk)
    if length > one.minutes * 60 * 0.83:
        # Too long to be walked in the time: the officer stays at the end that was meant.
        walk, length = (), 0.0
    return HotSpot(
        label=one.label or str(row["name"] or "added stop"),
        kind="problem",
        segments=(segment,),
        entry=entry,
        walk=walk,
        walk_m=length,
        dwell_s=round(one.minutes * 60),
        need=0.0,
    )


def _parts(
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    trouble: Trouble,
    network: StreetNetwork,
    shut: NDArray[np.bool_],
) -> Iterator[Part]:
    """What is ahead of the crews that go on."""
    for index, (route, at) in enumerate(zip(issued.routes, places, strict=True)):
        free = next_minute(at.free)
        if at.over or route.crew.name in trouble.sick or free >= route.crew.shift.end:
            continue
        place = _place(issued, route, at, network, shut)
        ahead = Shift(start=free, end=route.crew.shift.end)
        rest = None if at.rested else _rest_ahead(route.crew.rest, free)
        yield Part(route=index, crew=replace(route.crew, shift=ahead, start=place, rest=rest))


def _off_closed_street(at: Whereabouts, network: StreetNetwork, speed_m_per_s: float) -> Whereabouts:
    """A crew met on a street that has just been closed is free when it has walked out of it."""
    if at.leg is None:
        return at
    out = path_length_m(walked_out(at.leg, at.share, network))
    more_m = out - path_length_m(walked_part(at.leg.steps, at.share))
    return replace(at, free=at.free + timedelta(seconds=ceil(more_m / speed_m_per_s))) if more_m > 0 else at


def _rest_ahead(rest: Break | None, free: datetime) -> Break | None:
    if rest is None:
        return None
    return replace(rest, earliest=max(rest.earliest, free), latest=max(rest.latest, free))


def _place(
    issued: IssuedPlan,
    route: IssuedRoute,
    at: Whereabouts,
    network: StreetNetwork,
    shut: NDArray[np.bool_],
) -> tuple[float, float]:
    """Where the crew can be met, longitude and latitude."""
    if at.leg is not None:
        gone = walked_part(at.leg.steps, at.share)
        last = gone[-1] if gone else at.leg.steps[0]
        metres = last.to_m if gone else last.from_m
        if not shut[last.segment]:
            return lon_lat(network, StreetPoint(segment=last.segment, offset_m=metres))
        row = network.segments.iloc[last.segment]
        return node_lon_lat(network, int(row.u if metres <= row.length_m / 2 else row.v), shut=shut)
    if at.stop >= 0:
        return node_lon_lat(network, issued.hot_spots[at.stop].entry, shut=shut)
    return route.crew.start


def node_lon_lat(
    network: StreetNetwork, node: int, *, shut: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """A node, a hair's breadth along one of its open streets, so that it snaps to that one."""
    ends = network.segments[["u", "v"]].to_numpy(dtype=np.int64)
    touching = np.flatnonzero((ends == node).any(axis=1))
    free = touching if shut is None else touching[~shut[touching]]
    segment = int(free[0] if len(free) else touching[0])
    length = float(network.segments["length_m"].iloc[segment])
    offset = min(HAIR_M, length) if ends[segment, 0] == node else max(0.0, length - HAIR_M)
    return lon_lat(network, StreetPoint(segment=segment, offset_m=offset))


def lon_lat(network: StreetNetwork, point: StreetPoint) -> tuple[float, float]:
    """A place on a street in degrees."""
    row = network.segments.iloc[point.segment]
    at = shapely.line_interpolate_point(row.geometry, point.offset_m / row.length_m, normalized=True)
    degrees = gpd.GeoSeries([at], crs=network.segments.crs).to_crs("EPSG:4326").iloc[0]
    return float(degrees.x), float(degrees.y)


def _with_past(
    problem: PatrolProblem,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    barred: Iterable[int],
    wanted: Sequence[Added],
    added: dict[int, int],
) -> PatrolProblem:
    """The problem in which visits made still count, barred stops are shut and added ones must be seen."""
    horizon = horizon_of([part.crew for part in parts], timezone_name=issued.timezone)
    allowed = problem.allowed.copy()
    allowed[:, sorted(barred)] = False
    made = [(0, horizon.seconds(event.start), event.hot_spot) for at in places for event in at.done]
    musts = []
    for number, one in enumerate(wanted):
        stop = added[number]
        latest = horizon.seconds(one.end) - int(problem.dwell_s[stop])
        musts.append((stop, max(0, horizon.seconds(one.start)), max(0, latest)))
    return dataclasses.replace(
        problem,
        allowed=allowed,
        carried=np.array(made, dtype=np.int32).reshape(-1, 3),
        musts_s=np.array([*problem.musts_s.tolist(), *musts], dtype=np.int32).reshape(-1, 3),
    )


def _ahead(
    problem: PatrolProblem, issued: IssuedPlan, places: Sequence[Whereabouts], parts: Sequence[Part]
) -> tuple[Visit, ...]:
    """The issued visits still ahead, of crews that go on.

    A crew met in the middle of a walk may be a second late by rounding: its visits then begin as much
    later as they must.
    """
    horizon = horizon_of([part.crew for part in parts], timezone_name=issued.timezone)
    visits = []
    for crew, part in enumerate(parts):
        place, clock = int(problem.crew_start_at[crew]), int(problem.crew_start_s[crew])
        for event in issued.routes[part.route].visits:
            if event.start <= places[part.route].free or not problem.allowed[crew, event.hot_spot]:
                continue
            start, walk = horizon.seconds(event.start), problem.walk_s(crew, place, event.hot_spot)
            if 0 < clock + walk - start <= LATE_S:
                start = clock + walk
            visits.append(Visit(crew=crew, stop=event.hot_spot, start_s=start))
            place, clock = event.hot_spot, start + int(problem.dwell_s[event.hot_spot])
    return tuple(visits)


def _with_gaps_filled(problem: PatrolProblem, rest: Solution) -> Solution:
    """The announced visits as they stand, and what fits between them, stops that must be made first."""
    pins = [(visit.crew, visit.start_s, visit.stop) for visit in rest.visits]
    fixed = dataclasses.replace(problem, pinned=np.array(pins, dtype=np.int32).reshape(-1, 3))
    try:
        return Solution.from_visits(problem, greedy_visits(anchored(fixed)))
    except NoPlanError:
        return rest


def _stays_put(
    visits: Sequence[Visit], places: Sequence[Whereabouts], parts: Sequence[Part]
) -> list[tuple[int, int]]:
    """Crews whose next visit is the stop they have just left, and that stop.

    The solver knows no visits before the crew's start, so it can't see that this is twice in a row.
    """
    first: dict[int, int] = {}
    for visit in sorted(visits, reverse=True):
        first[visit.crew] = visit.stop
    done = {crew: places[part.route].done for crew, part in enumerate(parts)}
    return [(crew, stop) for crew, stop in first.items() if done[crew] and done[crew][-1].hot_spot == stop]


def _with_keeping(
    problem: PatrolProblem,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    kept: Sequence[Visit],
) -> PatrolProblem:
    """The same problem with a prize on each stop announced for a crew that goes on and not yet seen."""
    if not kept:
        return problem
    worth = Solution.from_visits(problem, kept).score - Solution.from_visits(problem, ()).score
    prize = problem.prize.copy()
    announced = {
        event.hot_spot
        for part in parts
        for event in issued.routes[part.route].visits
        if event not in places[part.route].done
    }
    prize[sorted(announced)] += KEEP * max(0.0, worth) / len(kept)
    return dataclasses.replace(problem, prize=prize)


def _kept_share(
    plan: PatrolPlan, issued: IssuedPlan, places: Sequence[Whereabouts], going_on: Sequence[int]
) -> float:
    """Share of the stops announced for crews that go on which are still made, by any crew."""

    def counted(stops: Iterable[int]) -> Counter[int]:
        return Counter(int(stop) for stop in stops)

    visits = plan.events[plan.events["kind"] == "visit"]
    done = counted(event.hot_spot for at in places for event in at.done)
    ahead = counted(
        event.hot_spot
        for index in going_on
        for event in issued.routes[index].visits
        if event not in places[index].done
    )
    made = counted(visits["hot_spot"]) - done
    return (ahead & made).total() / ahead.total() if ahead.total() else 1.0
