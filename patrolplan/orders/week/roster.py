"""Who patrols when in a week, and where one can: the roster by the plan file and the weeks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from patrolplan.config.crews import minute_of_day, span_minutes
from patrolplan.orders.asked import where_of
from patrolplan.orders.asked_places import Named
from patrolplan.orders.load import Loaded
from patrolplan.orders.week.dates import curfew_slots, event_covers
from patrolplan.orders.week.ground import Ground, ground_of
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.stop import Stop
from patrolplan.week.edits import Edit, fixed_by
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.people import Cover
from patrolplan.week.roster import SEARCH_EFFORT, Roster, make_roster
from patrolplan.week.setting_up import covers_of, fixed_of, officers_of, rules_of_work

EFFORT_A_SOLUTION = 0.25

WAY_MIN = 30
"""Minutes on the street before and after an appointment, for the way there and back."""

ROSTER_LOSS_SHARE = 1 / 3
"""Share of the loss allowed that goes to the hours; the rest goes to the routes."""


def roster_of_week(
    loaded: Loaded,
    weights: SegmentWeights,
    monday: dt.date,
    *,
    past: Past,
    edits: Sequence[Edit] = (),
    effort: float = SEARCH_EFFORT,
) -> tuple[Roster, Ground]:
    """Who patrols when and where one can, by the settings and what was patrolled before."""
    settings = loaded.settings
    grid = WeekGrid(monday=monday, step_min=settings.week.step_min)
    closed = grid.touched(settings.week.curfew) | curfew_slots(loaded, grid)
    officers = officers_of(settings, grid, staff=loaded.staff, past=past, closed=closed)
    ground = ground_of(loaded, weights, grid, past, crews=min(3, len(officers)))
    areas = ground.areas
    cover = covers_of(settings, grid, [area.name for area in areas], _no_school(loaded, grid))
    cover += appointment_covers(loaded, grid, ground)
    cover = (*cover, *event_covers(loaded, grid, ground, closed))
    fixed = fixed_of(loaded.roster, grid, officers)
    if loaded.roster is None:
        fixed = fixed_by(edits, grid, officers, areas)
    roster = make_roster(
        grid,
        officers,
        areas,
        rules_of_work(settings, grid, cover),
        fixed=fixed,
        only_fixed=loaded.roster is not None,
        fade_min=settings.effect.fade_min,
        loss=settings.week.loss_percent / 100 * ROSTER_LOSS_SHARE,
        seed=settings.plan.seed,
        effort=effort,
    )
    return roster, ground


def appointment_covers(loaded: Loaded, grid: WeekGrid, ground: Ground) -> tuple[Cover, ...]:
    """Somebody on the street for every appointment of the week that names its day.

    From half an hour before it, for the way there, to half an hour after; one that may lie within a span is
    taken in the middle of it. Appointments of every day are kept by whoever is on the street then.
    """
    names = Named(loaded)
    made = []
    for one in loaded.settings.appointments:
        day = -1 if one.date is None else grid.number(one.date)
        if not 0 <= day < 7:
            continue
        stay = one.minutes or loaded.settings.hot_spots.dwell_min
        first, last = span_minutes(one.between) if one.between else (minute_of_day(one.at or "00:00"),) * 2
        begin = (first + last - stay) // 2 if one.between else first
        slots = np.zeros(grid.slots, dtype=np.bool_)
        before, after = begin - WAY_MIN, begin + stay + WAY_MIN
        slots[max(0, grid.slot_of(day, before)) : -(-(day * 1440 + after) // grid.step_min)] = True
        found = where_of(one, names)
        segment = -1 if found is None else names.nearest(found[1])[0]
        area = int(ground.of_segment[segment]) if segment >= 0 and len(ground.areas) > 1 else -1
        words = f'appointment "{one.name}" on {one.date} at {one.at or one.between}'
        made.append(Cover(slots=slots, officers=max(1, len(one.crews)), area=area, words=words))
    return tuple(made)


def roster_effort(stop: Stop) -> float:
    """Work for choosing the hours, by CP-SAT's count: less where few solutions of the routes are asked for.

    Examples
    --------
    >>> roster_effort(Stop(seconds=30)), roster_effort(Stop(solutions=4))
    (5.0, 1.0)
    """
    return SEARCH_EFFORT if stop.solutions is None else min(SEARCH_EFFORT, EFFORT_A_SOLUTION * stop.solutions)


def _no_school(loaded: Loaded, grid: WeekGrid) -> list[dt.date]:
    """Days of the week, and the ones before and after, on which there is no school."""
    days = [grid.day(number) for number in range(-1, 8)]
    return [day for day in days if not loaded.dates.is_school_day(day, days=range(7))]
