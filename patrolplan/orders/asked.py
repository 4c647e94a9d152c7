"""What the plan file asks for beside the score: appointments, where crews may go, visits of areas."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config.asked import AppointmentSettings, AreaSettings
from patrolplan.config.crews import CrewSettings, minute_of_day
from patrolplan.config.settings import Settings
from patrolplan.crews import instant_of, street_crews
from patrolplan.dates import MINUTES_PER_DAY, span_of_day
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.closed_walk import closed_walk
from patrolplan.graph.shut import is_open
from patrolplan.graph.steps import path_length_m
from patrolplan.io.boundary import read_boundary
from patrolplan.orders.asked_places import FAR_M, Named
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import NO_CAP, PatrolProblem
from patrolplan.units import KMH

if TYPE_CHECKING:
    from patrolplan.orders.load import Loaded


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


def booked_stops(
    loaded: Loaded, weights: SegmentWeights, crews: Sequence[Crew], *, whole_week: bool = False
) -> Booked:
    """A stop for every appointment of the crews' days that lies at a place, a named problem or a point.

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
    rows = street_crews(settings)
    for one in settings.appointments:
        try:
            at = where_of(one, names) if is_asked(one, rows, whole_week=whole_week) else None
        except InputError as error:
            faults += [f"appointment: {fault}" for fault in error.faults]
            continue
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
            open_then = free & ~_shut_at(loaded, one)
            for _ in range(max(1, len(one.crews))):
                mine.append(len(stops))
                stops.append(_own_stop(loaded, one, kind, segment, offset, open_then, need))
                free[list(stops[-1].segments)] = open_then[list(stops[-1].segments)] = False
        of.append(tuple(mine))
    if faults:
        raise InputError(faults)
    return Booked(stops=tuple(stops), free=free, of=tuple(of))


def _shut_at(loaded: Loaded, one: AppointmentSettings) -> NDArray[np.bool_]:
    """[segments] whether a street is shut on the appointment's day, at its time where it has one."""
    count = len(loaded.network.segments)
    if one.date is None:
        return np.zeros(count, dtype=np.bool_)
    minutes = one.minutes or loaded.settings.hot_spots.dwell_min
    first = minute_of_day(one.at) if one.at is not None else 0
    last = first + minutes if one.at is not None else MINUTES_PER_DAY
    return loaded.dates.shut_during([span_of_day(one.date, first, last)], count)


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
        Names that mean nothing, areas without hot spots, appointments out of reach or outside the shifts
        (all gathered).
    """
    asked, missed = with_asked(problem, loaded, hot_spots, crews, booked)
    if missed:
        raise InputError(missed)
    return asked


def with_asked(
    problem: PatrolProblem,
    loaded: Loaded,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
    booked: Booked,
    *,
    whole_week: bool = False,
    named: Sequence[CrewSettings] = (),
) -> tuple[PatrolProblem, tuple[str, ...]]:
    """As :func:`asked_problem`, for crews that may be others than those of the plan file.

    Parameters
    ----------
    whole_week
        Whether the crews are the patrols of a week: a visit that no crew could be in time for is told as
        missed and not asked for.
    named
        The plan file's own crews where ``loaded.settings.crews`` are others (a week's patrols): an
        appointment of one of them is kept by whoever walks with one of its officers.

    Returns
    -------
    problem
        With musts, pinned visits, groups, and where crews may go.
    missed
        Plain sentences on appointments at which nobody who could keep them is on shift.
    """
    names, faults = Named(loaded, hot_spots), list[str]()
    bound = [bound_to(crew, loaded.settings) for crew in loaded.settings.crews]
    allowed = problem.allowed & allowed_by(names, bound, faults)
    for crew, whose, row in zip(loaded.settings.crews, bound, allowed[:, : len(hot_spots)], strict=True):
        if not row.any() and any(one.avoid or one.only for one in whose):
            told = ", ".join(one.who for one in whose if one.avoid or one.only)
            faults.append(
                f'crew "{crew.name}": no hot spot is left by only and avoid of {told}; widen them, or give '
                "the crew other officers"
            )
    once: list[int] = []
    booking = _Booking(
        loaded=loaded, problem=problem, crews=crews, named=named, allowed=allowed, lenient=whole_week
    )
    for number, one in enumerate(loaded.settings.appointments):
        if not is_asked(one, booking.rows, whole_week=whole_week):
            continue
        stops = [len(hot_spots) - len(booked.stops) + row for row in booked.of[number]]
        stops = stops or _at_hot_spot(one, names, faults)
        if stops:
            booking.book(one, stops)
            if one.date is not None and one.at is not None and booked.of[number]:
                once += stops
            faults += _out_of_reach(one, problem, stops, allowed)
    # A stop made for one day's hour is no place to go to at others.
    most_visits = problem.most_visits.copy()
    most_visits[once] = 1
    grouped = _grouped(problem, loaded, names, faults)
    if faults:
        raise InputError(faults)
    asked = dataclasses.replace(
        grouped,
        allowed=allowed,
        most_visits=most_visits,
        musts_s=np.array([*problem.musts_s.tolist(), *booking.musts], dtype=np.int32).reshape(-1, 3),
        pinned=np.array([*problem.pinned.tolist(), *booking.pins], dtype=np.int32).reshape(-1, 3),
    )
    return asked, tuple(booking.missed)


def _need_of_shifts(loaded: Loaded, weights: SegmentWeights, crews: Sequence[Crew]) -> NDArray[np.float64]:
    horizon = horizon_of(crews, timezone_name=loaded.settings.community.timezone)
    hours = np.diff(horizon.knots_s) / 3600 * horizon.on_shift
    return np.asarray((weights.need(horizon.hours) * hours).sum(axis=1), dtype=np.float64)


def is_asked(one: AppointmentSettings, crews: Sequence[CrewSettings], *, whole_week: bool = False) -> bool:
    """Whether an appointment is of one of the crews' days, or of the week of the first of them."""
    days = [crew.date for crew in crews if crew.date is not None]
    if one.date is None or not whole_week or not days:
        return one.is_of(crews)
    monday = min(days) - dt.timedelta(days=min(days).weekday())
    return 0 <= (one.date - monday).days < 7


def where_of(one: AppointmentSettings, names: Named) -> tuple[str, shapely.Point] | None:
    """Kind and point in degrees of an appointment's place; None where it is at a hot spot by name."""
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


class _Booking:
    """Appointments being turned into visits that must be made, crew by crew and day by day."""

    def __init__(
        self,
        *,
        loaded: Loaded,
        problem: PatrolProblem,
        crews: Sequence[Crew],
        named: Sequence[CrewSettings],
        allowed: NDArray[np.bool_],
        lenient: bool,
    ) -> None:
        self.problem, self.allowed, self.lenient = problem, allowed, lenient
        self.rows, self.named = street_crews(loaded.settings), {crew.name: crew for crew in named}
        self.zone = ZoneInfo(loaded.settings.community.timezone)
        self.horizon = horizon_of(crews, timezone_name=self.zone.key)
        self.musts: list[tuple[int, int, int]] = []
        self.pins: list[tuple[int, int, int]] = []
        self.missed: list[str] = []

    def book(self, one: AppointmentSettings, stops: Sequence[int]) -> None:
        """Ask for the visits of an appointment; in a span its place is kept for the crew named."""
        for k, stop in enumerate(stops):
            who = self._meant(one.crews[k]) if one.crews else range(len(self.rows))
            spans = {row: self._span(one, row, stop) for row in who}
            by_day: dict[dt.date, list[int]] = {}
            for row, span in spans.items():
                if span is not None:
                    by_day.setdefault(self.horizon.instant(span[0], self.zone).date(), []).append(row)
            if not by_day:
                self._miss(one, one.crews[k] if one.crews else None)
            for _, rows in sorted(by_day.items()):
                self._ask(one, stop, {row: span for row in rows if (span := spans[row])}, bool(one.crews))
            if one.crews and (one.at is None or len(stops) > 1):
                others = np.setdiff1d(np.arange(len(self.rows)), np.array(list(who), dtype=np.int64))
                self.allowed[others, stop] = False

    def _ask(
        self, one: AppointmentSettings, stop: int, spans: dict[int, tuple[int, int]], one_crew: bool
    ) -> None:
        """One visit by one of these crews; any moment that suits one of them will do."""
        first, last = min(a for a, _ in spans.values()), max(b for _, b in spans.values())
        if one_crew and one.at is not None:
            self.pins.append((min(spans), first, stop))
        else:
            self.musts.append((stop, first, last - int(self.problem.dwell_s[stop])))

    def _miss(self, one: AppointmentSettings, name: str | None) -> None:
        when = f"{one.date} {one.at or one.between}" if one.date else one.at or one.between
        who = "no crew" if name is None else f'crew "{name}"'
        verb = "is" if name is None else "is not"
        self.missed.append(
            f'appointment "{one.name}": {who} {verb} on shift and there in time at {when}; move it or a shift'
        )

    def _meant(self, name: str) -> list[int]:
        """Rows of the crew of that name, or of those who walk with one of its officers."""
        own = [row for row, crew in enumerate(self.rows) if crew.name == name]
        if own or name not in self.named:
            return own
        officers = set(self.named[name].officers)
        return [row for row, crew in enumerate(self.rows) if officers & set(crew.officers)]

    def _span(self, one: AppointmentSettings, row: int, stop: int) -> tuple[int, int] | None:
        """Seconds between which the crew can keep it; None if it can't."""
        crew, stay = self.rows[row], int(self.problem.dwell_s[stop])
        assert crew.date is not None
        found = one.span_in(crew, crew.date, -(-stay // 60))
        if found is None:
            return None
        first, last = (self.horizon.seconds(instant_of(crew.date, minute, self.zone)) for minute in found)
        if not self.lenient:
            return first, last
        out = self.problem.walk_s(row, int(self.problem.crew_start_at[row]), stop)
        back = self.problem.walk_s(row, stop, int(self.problem.crew_end_at[row]))
        if out < 0 or back < 0 or not self.allowed[row, stop]:
            return None
        earliest = max(first, int(self.problem.crew_start_s[row]) + out)
        latest = min(last, int(self.problem.crew_end_s[row]) - back)
        if latest - earliest < stay or (one.at is not None and earliest > first):
            return None
        return earliest, latest


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


@dataclass(frozen=True, kw_only=True)
class BoundTo:
    """Where a crew or somebody in it may go: named places, and who is so bound, for messages."""

    who: str
    avoid: tuple[str | Path, ...]
    only: tuple[str | Path, ...]


def bound_to(crew: CrewSettings, settings: Settings) -> tuple[BoundTo, ...]:
    """What a crew and its officers are bound to."""
    people = {officer.name: officer for officer in settings.officers}
    own = BoundTo(who=f'crew "{crew.name}"', avoid=crew.avoid, only=crew.only)
    officers = [people[name] for name in crew.officers if name in people]
    return (
        own,
        *(BoundTo(who=f'officer "{one.name}"', avoid=one.avoid, only=one.only) for one in officers),
    )


def allowed_by(names: Named, crews: Sequence[Sequence[BoundTo]], faults: list[str]) -> NDArray[np.bool_]:
    """Where each crew may go by `avoid` and `only`, its own and its officers', [crews, stops]."""
    allowed = np.ones((len(crews), len(names.hot_spots)), dtype=np.bool_)
    for row, bound in enumerate(crews):
        for one in bound:
            for wanted in one.avoid:
                allowed[row] &= ~_stops(names, wanted, False, f"{one.who}, avoid", faults)
            if one.only:
                here = [_stops(names, place, True, f"{one.who}, only", faults) for place in one.only]
                allowed[row] &= np.logical_or.reduce(here)
    return allowed


def _stops(names: Named, wanted: object, whole: bool, who: str, faults: list[str]) -> NDArray[np.bool_]:
    try:
        return names.stops(wanted, whole=whole)  # type: ignore[arg-type]
    except InputError as error:
        faults += [f"{who}: {fault}" for fault in error.faults]
        return np.ones(len(names.hot_spots), dtype=np.bool_)


def _grouped(problem: PatrolProblem, loaded: Loaded, names: Named, faults: list[str]) -> PatrolProblem:
    """The problem with a group of stops for each area."""
    labels, rows, bounds = list(problem.group_labels), [*problem.in_group], problem.group_bounds.tolist()
    for area in loaded.settings.areas:
        label, row = area_stops(area, names, faults)
        labels.append(label)
        rows.append(row)
        bounds.append([area.least_visits, NO_CAP if area.most_visits is None else area.most_visits, 0])
    return dataclasses.replace(
        problem,
        group_labels=tuple(labels),
        in_group=np.array(rows, dtype=np.bool_).reshape(len(labels), problem.n_stops),
        group_bounds=np.array(bounds, dtype=np.int32).reshape(-1, 3),
    )


def area_stops(area: AreaSettings, names: Named, faults: list[str]) -> tuple[str, NDArray[np.bool_]]:
    """Name of an area, and whether each hot spot belongs to it: if more than half of its streets do."""
    label = area.name or (area.file.stem if area.file else "")
    none = np.zeros(len(names.hot_spots), dtype=np.bool_)
    try:
        if area.file is not None:
            inside = names.in_area(read_boundary(area.file, name=area.name))
        else:
            inside = names.segments(label)
    except InputError as error:
        faults += [f'area "{label}": {fault}' for fault in error.faults]
        return label, none
    held = [list(spot.segments) for spot in names.hot_spots]
    row = np.array([bool(ids) and inside[ids].mean() > 0.5 for ids in held], dtype=np.bool_)
    if not row.any() and area.least_visits:
        faults.append(f'area "{label}": no hot spot lies in it; raise hot_spots.max_count or draw it larger')
    return label, row
