"""The whole order, from files to plan; the only file that knows it.

read -> weigh -> find_hot_spots -> build_problem -> solve -> make_plan
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.build import build_problem, horizon_of, places_to_walk, streets_in_reach, walks_for
from patrolplan.config.settings import Settings
from patrolplan.crews import clock_notes, crew_notes, crews_of
from patrolplan.duty import Crew
from patrolplan.errors import InputError, NoPlanError
from patrolplan.evaluate.guess import guessability
from patrolplan.graph.need_walks import walks_past_need
from patrolplan.graph.shut import is_open
from patrolplan.graph.walk import Walks
from patrolplan.io.stations import station_faults
from patrolplan.make import make_plan
from patrolplan.orders.asked import asked_problem, booked_stops
from patrolplan.orders.event_cover import with_appointments
from patrolplan.orders.for_shifts import for_shifts, shut_for
from patrolplan.orders.load import Loaded, first_day, load
from patrolplan.orders.provenance import provenance_of
from patrolplan.orders.shift_starts import is_free, left_of, with_shifts_chosen
from patrolplan.plan import PatrolPlan
from patrolplan.risk.cameras import watched_share
from patrolplan.risk.crowds import crowds_of
from patrolplan.risk.event_records import without_events
from patrolplan.risk.hot_spot_cover import HotSpotCover, cover_of
from patrolplan.risk.hot_spots import HotSpot, find_hot_spots
from patrolplan.risk.offences import Offences
from patrolplan.risk.weigh import weigh
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solve import Progress, Result, solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.vary import presence, vary
from patrolplan.units import KMH

BOUND_SHARE = 0.25
"""Share of the seconds that goes to telling how far the plan can be from the best possible."""

OFFENCE_SETTINGS_OF_NEED = {"since", "until", "max_distance_m", "with_officer_found"}
"""Settings of the offence table that bear on weighing rather than reading."""


def weigh_loaded(
    loaded: Loaded, *, until: date | None = None, week: date | None = None, **changed: Any
) -> SegmentWeights:
    """Need of every segment at each hour of the week, by the plan file's settings.

    Parameters
    ----------
    loaded
        Everything read.
    until
        Last day whose records are known; None: as the settings say.
    week
        A day of the week that is planned; None: the day of the first shift.
    changed
        Options of `weigh` that win over the settings.
    """
    settings, table = loaded.settings, loaded.settings.offences
    shares = (settings.need.a_off, settings.need.a_foot, settings.need.a_prob)
    named = ("a_off", "a_foot", "a_prob")
    policy = {name: share for name, share in zip(named, shares, strict=True) if share is not None}
    of_table: dict[str, Any] = {} if table is None else table.model_dump(include=OFFENCE_SETTINGS_OF_NEED)
    if until is not None:
        of_table |= {"until": until, "as_of": until}
    elif loaded.offences is None:
        of_table["as_of"] = week or first_day(settings)
    day = week or (first_day(settings) if settings.crews else None)
    if settings.events is not None:
        of_table["shop_person_hours"] = settings.events.shop_person_hours
    options: dict[str, Any] = {
        "offences": _ordinary(loaded, day),
        "places": loaded.places,
        "problems": loaded.problems,
        "timezone": settings.community.timezone,
        "policy": policy or None,
        "kinds": loaded.kinds,
        "harm": loaded.harm,
        "factor": loaded.factor,
        "limits": loaded.limits,
        "bandwidth_m": settings.need.bandwidth_m,
        "half_life_days": settings.need.half_life_days,
        "reach_m": settings.places.reach_m,
        "observed_area": loaded.observed_area,
        "week": day,
        "calendar": loaded.dates.days_of_need(day) if day is not None else None,
        "crowds": crowds_of(loaded.dates, day) if day is not None else (),
        "unlit_factor": settings.need.unlit_factor,
    }
    return weigh(loaded.network, **(options | of_table | changed))


def _ordinary(loaded: Loaded, day: date | None) -> Offences | None:
    """The offences that speak for the week of a day: not those from events it does not have."""
    events = loaded.settings.events
    if loaded.offences is None or (events is not None and events.past_records):
        return loaded.offences
    return without_events(loaded.offences, loaded.network, loaded.dates, week=day)


def make(
    settings: Settings,
    *,
    stop: Stop | None = None,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> PatrolPlan:
    """Plan what the plan file asks for.

    Parameters
    ----------
    settings
        The plan file's settings, already changed by whatever the command line overrides.
    stop
        When to end the search; default: as the settings say.
    on_progress
        Called with a few words when a new step begins.
    on_search
        Called by the solver with its progress.

    Raises
    ------
    InputError, NoPlanError
    """
    tell = on_progress or (lambda _: None)
    stop = stop or stop_of(settings)
    loaded = load(settings, on_progress=on_progress)
    settings = loaded.settings
    tell("weighing streets")
    weights = weigh_loaded(loaded)
    crews, asked = crews_of(settings), loaded
    if is_free(settings):
        tell("choosing when shifts begin")
        fixed = with_shifts_chosen(
            settings, lambda one: _open_case(replace(loaded, settings=one), weights).problem, stop=stop
        )
        asked, stop, crews = replace(loaded, settings=fixed), left_of(stop), crews_of(fixed, asked=settings)
    asked = for_shifts(asked, crews, strict=not is_free(settings))
    case = case_of(asked, weights, crews, tell=tell)
    hot_spots = case.hot_spots
    tell("searching routes")
    result, problem, lacks = solved(
        case.problem,
        partial=settings.plan.partial,
        stop=stop,
        seed=settings.plan.seed,
        refine=settings.plan.refine,
        bound_share=BOUND_SHARE,
        on_progress=on_search,
    )
    drawn: tuple[str, ...] = ()
    if settings.plan.vary is not None:
        tell("drawing a plan by lot")
        result, drawn = drawn_by_lot(problem, result, loss=settings.plan.vary)
    tell("telling the plan")
    return make_plan(
        result,
        problem=problem,
        network=asked.network,
        weights=weights,
        hot_spots=hot_spots,
        crews=crews,
        timezone=settings.community.timezone,
        walks=case.walks,
        community=settings.community.name,
        around=asked.around,
        provenance=provenance_of(with_appointments(loaded, asked.settings.appointments)),
        notes=(
            *drawn,
            *crew_notes(crews),
            *clock_notes(asked.settings),
            *asked.notes,
            *case.notes,
            *(loaded.offences.notes if loaded.offences else ()),
        ),
        lacks=lacks,
    )


def solved(
    problem: PatrolProblem, *, partial: bool, **effort: Any
) -> tuple[Result, PatrolProblem, tuple[str, ...]]:
    """The best plan; with ``partial`` of the problem without the demands that contradict each other.

    Returns
    -------
    result
        What the search found.
    problem
        That it is a plan of.
    lacks
        Names of the demands it does not keep.

    Raises
    ------
    NoPlanError
    """
    try:
        return solve(problem, **effort), problem, ()
    except NoPlanError as error:
        if not partial or error.without is None or not error.dropped:
            raise
        return solve(error.without, **effort), error.without, error.dropped


@dataclass(frozen=True, kw_only=True)
class Case:
    """A routing problem with what it is made of.

    Attributes
    ----------
    hot_spots
        Those found, then the stops of appointments.
    walks, problem
        As `walks_of` and `asked_problem` return them.
    notes
        What the hot spots hold and what they can't.
    """

    hot_spots: tuple[HotSpot, ...]
    walks: Walks
    problem: PatrolProblem
    notes: tuple[str, ...]


def case_of(
    loaded: Loaded,
    weights: SegmentWeights,
    crews: Sequence[Crew],
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Case:
    """The routing problem of the crews, with all that the plan file asks for."""
    tell("finding hot spots")
    booked = booked_stops(loaded, weights, crews)
    found, notes = spots_in_reach(loaded, weights, crews, within=booked.free)
    hot_spots = (*found, *booked.stops)
    tell("timing walks")
    walks = walks_of(loaded, weights, hot_spots, crews)
    problem = problem_of(loaded, weights, hot_spots, crews, walks)
    problem = asked_problem(problem, loaded, hot_spots, crews, booked)
    return Case(hot_spots=hot_spots, walks=walks, problem=problem, notes=notes)


def _open_case(loaded: Loaded, weights: SegmentWeights) -> Case:
    """The case of crews by their settings, streets shut that are shut in any of their shifts."""
    crews = crews_of(loaded.settings)
    return case_of(shut_for(loaded, crews), weights, crews)


def drawn_by_lot(problem: PatrolProblem, result: Result, *, loss: float) -> tuple[Result, tuple[str, ...]]:
    """A plan drawn within ``loss`` of the best one's score by the result's own seed, and what it costs."""
    (one,) = vary(problem, result.best, loss=loss, seed=result.seed)
    usual, there = presence(problem, result.best.visits), presence(problem, one.visits)
    told = guessability(usual[None], there)
    lost = 1 - one.score / result.best.score if result.best.score > 0 else 0.0
    note = (
        f"drawn at random by seed {result.seed}: scores {lost:.1%} less than the best plan found; who knows "
        f"that one guesses where an officer is in a half hour right {told.hit_rate:.0%} of the time, by "
        f"chance {told.chance:.0%}"
    )
    return replace(result, best=one), (note,)


def problem_of(
    loaded: Loaded,
    weights: SegmentWeights,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    walks: Walks,
    *,
    other_walks: Sequence[Walks] = (),
    crew_way: Sequence[int] = (),
) -> PatrolProblem:
    """The routing problem of the crews over the hot spots, by the plan file's settings."""
    settings = loaded.settings
    return build_problem(
        loaded.network,
        weights,
        hot_spots,
        crews,
        timezone=settings.community.timezone,
        walks=walks,
        fade_s=round(settings.effect.fade_min * 60),
        full_dwell_s=round(settings.effect.full_dwell_min * 60),
        pass_quality=settings.effect.pass_quality,
        min_gap_s=round(settings.rules.min_gap_min * 60),
        other_walks=other_walks,
        crew_way=crew_way,
        **_rule_options(settings),
        **_leg_options(settings),
    )


def walks_of(
    loaded: Loaded, weights: SegmentWeights, hot_spots: Sequence[HotSpot], crews: Sequence[Crew]
) -> Walks:
    """Walks between hot spots and stations: the quickest, or past more need where detours are allowed."""
    legs, detour = _leg_options(loaded.settings), loaded.settings.walking.detour_percent / 100
    if not detour:
        return walks_for(loaded.network, hot_spots, crews, **legs)
    points, _ = places_to_walk(loaded.network, hot_spots, crews)
    horizon = horizon_of(crews, timezone_name=loaded.settings.community.timezone)
    need = (weights.need(horizon.hours) * (np.diff(horizon.knots_s) * horizon.on_shift)).sum(axis=1)
    speed = legs["transfer_speed_m_per_s"]
    return walks_past_need(
        loaded.network, points, need, detour=detour, speed_m_per_s=speed, limit_s=legs["longest_leg_s"]
    )


def spots_in_reach(
    loaded: Loaded,
    weights: SegmentWeights,
    crews: Sequence[Crew],
    *,
    turn: int | None = None,
    within: NDArray[np.bool_] | None = None,
) -> tuple[tuple[HotSpot, ...], tuple[str, ...]]:
    """The hot spots of the crews' shifts within reach of their stations, and notes on what they hold.

    Parameters
    ----------
    loaded, weights, crews
        Everything read, the need, and who walks when.
    turn
        Number of the day or week; streets that records can't tell apart take turns by it (see
        `find_hot_spots`).
    within
        [segments] only these may belong to hot spots; all in reach if not given.

    Raises
    ------
    InputError
        A station lies too far from any street.
    NoPlanError
        No street within reach needs a visit.
    """
    settings, network = loaded.settings, loaded.network
    stations = {station.name: (station.lon, station.lat) for station in settings.stations}
    faults = station_faults(network, {f'station "{name}"': at for name, at in stations.items()})
    if faults:
        raise InputError(faults)
    spots = settings.hot_spots
    shifts = [crew.shift for crew in crews]
    near = streets_in_reach(network, crews, **_leg_options(settings))
    options: dict[str, Any] = {
        "timezone": settings.community.timezone,
        "max_dwell_min": spots.max_dwell_min,
        "patrol_speed_m_per_s": settings.walking.patrol_km_h * KMH,
    }
    watched = None
    if loaded.cameras is not None:
        watched = watched_share(network, loaded.cameras, as_of=min(shift.start for shift in shifts).date())
    hot_spots = find_hot_spots(
        network,
        weights,
        shifts,
        dwell_min=spots.dwell_min,
        radius_m=spots.radius_m,
        min_apart_m=spots.apart_m,
        max_hot_spots=spots.max_count,
        watched=watched,
        watched_dwell_min=min(spots.watched_dwell_min, spots.dwell_min),
        turn=turn,
        within=near & is_open(network) if within is None else near & is_open(network) & within,
        **options,
    )
    if not hot_spots:
        raise NoPlanError(
            "no hot spot: no street in reach of the stations needs a visit in the shifts' hours; "
            "check tables, hours and walking.longest_leg_min"
        )
    return hot_spots, cover_notes(cover_of(network, weights, shifts, hot_spots, **options), len(hot_spots))


def cover_notes(cover: HotSpotCover, n_hot_spots: int) -> tuple[str, ...]:
    """Plain sentences on what the hot spots hold and what they can't."""
    held = (
        f"the {n_hot_spots} hot spots within reach of the stations hold {cover.need_share:.0%} of the need "
        f"in these hours, on {cover.length_share:.0%} of the street length"
    )
    # A street that is too long for a visit is a limit of the method, so it is told where it matters.
    long = cover.outside[cover.outside["why"].str.contains("long:") & (cover.outside["need_share"] > 0.005)]
    if long.empty:
        return (held,)
    names = ", ".join(dict.fromkeys(name or "a street without name" for name in long["name"].head(3)))
    return held, (
        f"too long to be walked there and back in one visit, so never a stop: {names} "
        f"({long['need_share'].sum():.1%} of the need)"
    )


def stop_of(settings: Settings) -> Stop:
    """When to end the search, as the settings say."""
    if settings.plan.solutions is not None:
        return Stop(solutions=settings.plan.solutions)
    return Stop(seconds=settings.plan.seconds)


def _rule_options(settings: Settings) -> dict[str, Any]:
    rules = settings.rules

    def seconds(minutes: float | None) -> int | None:
        return None if minutes is None else round(minutes * 60)

    return {
        **rules.model_dump(include={"crowd_m", "crowd_price", "most_visits", "problem_share"}),
        "most_walk_s": seconds(rules.longest_walk_min),
        "problem_gap_s": seconds(rules.problem_gap_min),
    }


def _leg_options(settings: Settings) -> dict[str, Any]:
    walking = settings.walking
    return {
        "transfer_speed_m_per_s": walking.transfer_km_h * KMH,
        "longest_leg_s": round(walking.longest_leg_min * 60),
    }
