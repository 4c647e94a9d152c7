"""What the plan file asks for beside the score, kept in what is still ahead of a plan that is mended."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from patrolplan.build import horizon_of
from patrolplan.config.asked import AppointmentSettings
from patrolplan.config.crews import MINUTES_PER_DAY, minute_of_day, span_minutes
from patrolplan.crews import instant_of
from patrolplan.errors import InputError
from patrolplan.issued import IssuedEvent, IssuedPlan, Whereabouts
from patrolplan.orders.asked import BoundTo, allowed_by, area_stops, bound_to
from patrolplan.orders.asked_places import Named
from patrolplan.orders.load import Loaded
from patrolplan.orders.replan.join import Part
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.solver.conflict import conflict_of
from patrolplan.solver.problem import NO_CAP, PatrolProblem


def asked_again(
    problem: PatrolProblem,
    loaded: Loaded,
    issued: IssuedPlan,
    hot_spots: Sequence[HotSpot],
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
) -> tuple[PatrolProblem, tuple[str, ...]]:
    """The problem of what is ahead with appointments, areas and places that crews avoid or keep to.

    Visits made count towards what areas get. An appointment of a crew that goes off duty is asked of the
    others.

    Returns
    -------
    problem
        With all that can still be kept.
    lost
        Plain sentences on what can't.

    Raises
    ------
    InputError
        Names that mean nothing.
    """
    names, faults = Named(loaded, hot_spots), list[str]()
    allowed = problem.allowed & allowed_by(names, [_bound(part, loaded) for part in parts], faults)
    kept = _with_areas(dataclasses.replace(problem, allowed=allowed), loaded, names, places, faults)
    if faults:
        raise InputError(faults)
    kept = _with_appointments(kept, loaded, issued, places, parts)
    found = conflict_of(kept)
    if found is None:
        return kept, ()
    added = {tuple(row) for row in problem.musts_s.tolist()}
    if added <= {tuple(row) for row in found.without.musts_s.tolist()}:
        return found.without, tuple(f"no longer kept: {name}" for name in found.dropped)
    # A stop that was added goes before all that the plan file asks for.
    return (
        dataclasses.replace(problem, allowed=allowed),
        ("appointments and visits of areas are no longer kept: the added stops leave no room for them",),
    )


def _bound(part: Part, loaded: Loaded) -> tuple[BoundTo, ...]:
    crews = {crew.name: crew for crew in loaded.settings.crews}
    known = crews.get(part.crew.name)
    if known is None:
        return ()
    officers = tuple(officer.name for officer in part.crew.officers)
    return bound_to(known.model_copy(update={"officers": officers}), loaded.settings)


def _with_areas(
    problem: PatrolProblem,
    loaded: Loaded,
    names: Named,
    places: Sequence[Whereabouts],
    faults: list[str],
) -> PatrolProblem:
    """With areas, less the visits they have had."""
    done = np.zeros(problem.n_stops, dtype=np.int64)
    for at in places:
        np.add.at(done, [event.hot_spot for event in at.done], 1)
    labels, rows, bounds = list(problem.group_labels), [*problem.in_group], problem.group_bounds.tolist()
    for area in loaded.settings.areas:
        label, row = area_stops(area, names, faults)
        had = int(done[row].sum())
        most = NO_CAP if area.most_visits is None else max(0, area.most_visits - had)
        labels.append(label)
        rows.append(row)
        bounds.append([max(0, area.least_visits - had), most, 0])
    return dataclasses.replace(
        problem,
        group_labels=tuple(labels),
        in_group=np.array(rows, dtype=np.bool_).reshape(len(labels), problem.n_stops),
        group_bounds=np.array(bounds, dtype=np.int32).reshape(-1, 3),
    )


def _with_appointments(
    problem: PatrolProblem,
    loaded: Loaded,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
) -> PatrolProblem:
    """With the appointments that the issued plan keeps and that are still ahead."""
    horizon = horizon_of([part.crew for part in parts], timezone_name=issued.timezone)
    zone, ahead = ZoneInfo(issued.timezone), {part.route: crew for crew, part in enumerate(parts)}
    musts, pins = list(problem.musts_s.tolist()), list(problem.pinned.tolist())
    for route, event, one in _appointed(issued, loaded.settings.appointments, zone):
        if event in places[route].done or event.start < places[route].free:
            continue
        crew, stop = ahead.get(route), event.hot_spot
        span = [horizon.seconds(at) for at in _span(one, event, zone)]
        latest = max(span[0], span[1] - int(problem.dwell_s[stop]))
        if crew is not None and one.crews and one.at is not None and problem.allowed[crew, stop]:
            pins.append([crew, span[0], stop])
        elif latest >= 0:
            musts.append([stop, max(0, span[0]), latest])
    return dataclasses.replace(
        problem,
        musts_s=np.array(musts, dtype=np.int32).reshape(-1, 3),
        pinned=np.array(pins, dtype=np.int32).reshape(-1, 3),
    )


def _appointed(
    issued: IssuedPlan, appointments: Sequence[AppointmentSettings], zone: ZoneInfo
) -> Iterator[tuple[int, IssuedEvent, AppointmentSettings]]:
    """The issued visits by which appointments are kept: route, visit, appointment."""
    for number, route in enumerate(issued.routes):
        for event in route.visits:
            for one in appointments:
                begin, end = _span(one, event, zone)
                if event.label == one.name and begin <= event.start and event.leave <= end:
                    yield number, event, one
                    break


def _span(one: AppointmentSettings, event: IssuedEvent, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the appointment is, on the day of the visit; a span that began the evening before included."""
    local = event.start.astimezone(zone)
    if one.at is not None:
        begin = instant_of(local.date(), minute_of_day(one.at), zone)
        return begin, begin + timedelta(seconds=round((event.leave - event.start).total_seconds()))
    first, last = span_minutes(one.between or "00:00-24:00")
    before = local.hour * 60 + local.minute < first and last > MINUTES_PER_DAY
    day: date = local.date() - timedelta(days=1) if before else local.date()
    return instant_of(day, first, zone), instant_of(day, last, zone)
