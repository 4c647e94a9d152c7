"""What the plan file asks for beside the score: appointments, where crews may go, visits of areas."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.asked_places import FAR_M, Named
from patrolplan.build import Horizon, horizon_of
from patrolplan.config_asked import AppointmentSettings
from patrolplan.config_crews import CrewSettings
from patrolplan.crews import instant_of, street_crews
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.shut import is_open
from patrolplan.graph.steps import path_length_m
from patrolplan.io.boundary import read_boundary
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import NO_CAP, PatrolProblem
from patrolplan.units import KMH

if TYPE_CHECKING:
    from patrolplan.load import Loaded


@dataclass(frozen=True, kw_only=True)
class Booked:
    """The stops that appointments bring.

    Attributes
    ----------
    stops
        Own stops of appointments at places and points; they follow the other hot spots.
    free
        [segments] whether a street may belong to another hot spot.
    of
        For each appointment its rows of ``stops``, one a crew that meets there; none where it
        is at a hot spot by name.
    """

    stops: tuple[HotSpot, ...]
    free: NDArray[np.bool_]
    of: tuple[tuple[int, ...], ...]


def booked_stops(loaded: Loaded, weights: SegmentWeights, crews: Sequence[Crew]) -> Booked:
    """A stop for every appointment that lies at a place, a named problem or a point.

    The stop is the nearest street, walked there and back; where several crews meet, each walks a street of
    its own from the same crossing. Where no street can be walked in the minutes, the officers stay at the
    crossing, and nothing is claimed for streets.

    Raises
    ------
    InputError
        A point too far from any street.
    """
    settings, names = loaded.settings, Named(loaded)
    free = is_open(loaded.network)
    stops: list[HotSpot] = []
    of: list[tuple[int, ...]] = []
    faults = []
    need = _need_of_shifts(loaded, weights, crews) if settings.appointments else np.zeros(0)
    for one in settings.appointments:
        at = _where(one, names)
        mine: list[int] = []
        if at is not None:
            kind, point = at
            segment, offset = names.nearest(point)
            if segment < 0:
                faults.append(
                    f'appointment "{one.name}" at {point.x:.6f}, {point.y:.6f} (longitude, latitude): no '
                    f"street within {FAR_M:.0f} m; check the order and the place"
                )
                continue
            for _ in range(max(1, len(one.crews))):
                mine.append(len(stops))
                stops.append(_own_stop(loaded, one, kind, segment, offset, free, need))
                free[list(stops[-1].segments)] = False
        of.append(tuple(mine))
    if faults:
        raise InputError(faults)
    return Booked(stops=tuple(stops), free=free, of=tuple(of))


def asked_problem(
    problem: PatrolProblem,
    loaded: Loaded,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    booked: Booked,
) -> PatrolProblem:
    """The problem with what the plan file asks for beside the score.

    Parameters
    ----------
    problem
        Of the same hot spots and crews.
    hot_spots
        Those found, then ``booked.stops``.

    Raises
    ------
    InputError
        Names that mean nothing, areas without hot spots, appointments out of reach (all gathered).
    """
    names, faults = Named(loaded, hot_spots), list[str]()
    allowed = problem.allowed & _allowed(loaded, names, faults)
    horizon = horizon_of(crews, timezone_name=loaded.settings.community.timezone)
    musts: list[tuple[int, int, int]] = []
    pins: list[tuple[int, int, int]] = []
    for number, one in enumerate(loaded.settings.appointments):
        stops = [len(hot_spots) - len(booked.stops) + row for row in booked.of[number]]
        stops = stops or _at_hot_spot(one, names, faults)
        if stops:
            _appoint(one, loaded, problem, horizon, stops, allowed, musts, pins)
            faults += _out_of_reach(one, problem, stops, allowed)
    grouped = _grouped(problem, loaded, names, faults)
    if faults:
        raise InputError(faults)
    return dataclasses.replace(
        grouped,
        allowed=allowed,
        musts_s=np.array([*problem.musts_s.tolist(), *musts], dtype=np.int32).reshape(-1, 3),
        pinned=np.array([*problem.pinned.tolist(), *pins], dtype=np.int32).reshape(-1, 3),
    )


def _need_of_shifts(loaded: Loaded, weights: SegmentWeights, crews: Sequence[Crew]) -> NDArray[np.float64]:
    horizon = horizon_of(crews, timezone_name=loaded.settings.community.timezone)
    hours = np.diff(horizon.knots_s) / 3600 * horizon.on_shift
    return np.asarray((weights.need(horizon.hours) * hours).sum(axis=1), dtype=np.float64)


def _where(one: AppointmentSettings, names: Named) -> tuple[str, shapely.Point] | None:
    if one.lon is not None and one.lat is not None:
        return "place", shapely.Point(one.lon, one.lat)
    return names.place(one.name)


def _own_stop(
    loaded: Loaded,
    one: AppointmentSettings,
    kind: str,
    segment: int,
    offset_m: float,
    free: NDArray[np.bool_],
    need: NDArray[np.float64],
) -> HotSpot:
    segments, minutes = loaded.network.segments, one.minutes or loaded.settings.hot_spots.dwell_min
    row = segments.iloc[segment]
    entry = int(row["u"] if offset_m <= row["length_m"] / 2 else row["v"])
    beside = np.flatnonzero((segments["u"] == entry) | (segments["v"] == entry))
    longest_m = minutes * 60 * loaded.settings.walking.patrol_km_h * KMH
    for street in [segment, *(int(other) for other in beside if other != segment)]:
        walk = closed_walk(loaded.network, [street], entry) if free[street] else ()
        if walk and path_length_m(walk) <= longest_m:
            held: tuple[int, ...] = (street,)
            break
    else:
        walk, held = (), ()
    return HotSpot(
        label=one.name,
        kind=kind,
        segments=held,
        entry=entry,
        walk=walk,
        walk_m=path_length_m(walk),
        dwell_s=minutes * 60,
        need=float(need[list(held)].sum()),
    )


def _at_hot_spot(one: AppointmentSettings, names: Named, faults: list[str]) -> list[int]:
    found = [k for k, spot in enumerate(names.hot_spots) if spot.label == one.name]
    if not found:
        told = f"appointment: {names.unknown(one.name)}, or give lon and lat"
        faults.append(told)
    elif one.minutes is not None or len(one.crews) > 1:
        faults.append(
            f'appointment "{one.name}" is a hot spot with its own stay for one crew; take minutes out '
            "and name one crew, or give lon and lat"
        )
    else:
        return found[:1]
    return []


def _appoint(
    one: AppointmentSettings,
    loaded: Loaded,
    problem: PatrolProblem,
    horizon: Horizon,
    stops: list[int],
    allowed: NDArray[np.bool_],
    musts: list[tuple[int, int, int]],
    pins: list[tuple[int, int, int]],
) -> None:
    """Add the musts and pinned visits of an appointment; in a span its place is kept for the crew named."""
    settings = loaded.settings
    for k, stop in enumerate(stops):
        stay = int(problem.dwell_s[stop])
        named = one.crews[k] if one.crews else None
        spans = {
            span
            for crew in street_crews(settings)
            if named in (None, crew.name)
            for span in _span(one, crew, crew.date, stay, loaded, horizon)
        }
        crew = None if named is None else problem.crew_labels.index(named)
        for first, last in sorted(spans):
            if crew is not None and one.at is not None:
                pins.append((crew, first, stop))
            else:
                musts.append((stop, first, last - stay))
        if crew is not None and (one.at is None or len(stops) > 1):
            allowed[np.arange(len(allowed)) != crew, stop] = False


def _span(
    one: AppointmentSettings,
    crew: CrewSettings,
    day: dt.date | None,
    stay_s: int,
    loaded: Loaded,
    horizon: Horizon,
) -> Iterator[tuple[int, int]]:
    zone = ZoneInfo(loaded.settings.community.timezone)
    found = one.span_in(crew, day, -(-stay_s // 60)) if day else None
    if day and found is not None:
        first, last = (horizon.seconds(instant_of(day, minute, zone)) for minute in found)
        yield first, last


def _out_of_reach(
    one: AppointmentSettings, problem: PatrolProblem, stops: list[int], allowed: NDArray[np.bool_]
) -> list[str]:
    faults = []
    for stop in stops:
        there = problem.travel_s[problem.crew_start_at, stop] >= 0
        back = problem.travel_s[stop, problem.crew_end_at] >= 0
        if not (allowed[:, stop] & there & back).any():
            faults.append(
                f'appointment "{one.name}": no crew that may go there (avoid, only) can walk there and back '
                "within walking.longest_leg_min; name another crew or place"
            )
    return faults[:1]


def _allowed(loaded: Loaded, names: Named, faults: list[str]) -> NDArray[np.bool_]:
    """Where each crew may go by `avoid` and `only`, its own and its officers', [crews, stops]."""
    crews = loaded.settings.crews
    people = {officer.name: officer for officer in loaded.settings.officers}
    allowed = np.ones((len(crews), len(names.hot_spots)), dtype=np.bool_)
    for row, crew in enumerate(crews):
        own = [(f'crew "{crew.name}"', crew.avoid, crew.only)]
        own += [(f'officer "{name}"', people[name].avoid, people[name].only) for name in crew.officers]
        for who, avoid, only in own:
            for wanted in avoid:
                allowed[row] &= ~_stops(names, wanted, False, f"{who}, avoid", faults)
            if only:
                here = [_stops(names, one, True, f"{who}, only", faults) for one in only]
                allowed[row] &= np.logical_or.reduce(here)
        if not allowed[row].any():
            whose = ", ".join(who for who, avoid, only in own if avoid or only)
            faults.append(
                f'crew "{crew.name}": no hot spot is left by only and avoid of {whose}; widen them, or give '
                "the crew other officers"
            )
    return allowed


def _stops(names: Named, wanted: object, whole: bool, who: str, faults: list[str]) -> NDArray[np.bool_]:
    try:
        return names.stops(wanted, whole=whole)  # type: ignore[arg-type]
    except InputError as error:
        faults += [f"{who}: {fault}" for fault in error.faults]
        return np.ones(len(names.hot_spots), dtype=np.bool_)


def _grouped(problem: PatrolProblem, loaded: Loaded, names: Named, faults: list[str]) -> PatrolProblem:
    """The problem with a group of stops for each area: a stop belongs where most of its streets lie."""
    labels, rows, bounds = list(problem.group_labels), [*problem.in_group], problem.group_bounds.tolist()
    for area in loaded.settings.areas:
        label = area.name or (area.file.stem if area.file else "")
        try:
            if area.file is not None:
                inside = names.in_area(read_boundary(area.file, name=area.name))
            else:
                inside = names.segments(label)
        except InputError as error:
            faults += [f'area "{label}": {fault}' for fault in error.faults]
            continue
        held = [list(spot.segments) for spot in names.hot_spots]
        row = np.array([bool(ids) and inside[ids].mean() > 0.5 for ids in held], dtype=np.bool_)
        if not row.any() and area.least_visits:
            faults.append(
                f'area "{label}": no hot spot lies in it; raise hot_spots.max_count or draw it larger'
            )
        labels.append(label)
        rows.append(row)
        bounds.append([area.least_visits, NO_CAP if area.most_visits is None else area.most_visits, 0])
    return dataclasses.replace(
        problem,
        group_labels=tuple(labels),
        in_group=np.array(rows, dtype=np.bool_).reshape(len(labels), problem.n_stops),
        group_bounds=np.array(bounds, dtype=np.int32).reshape(-1, 3),
    )
