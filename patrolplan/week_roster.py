"""Who patrols when in a week, and where one can: the roster by the plan file and the weeks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from patrolplan.load import Loaded
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.stop import Stop
from patrolplan.week.edits import Edit, fixed_by
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.roster import SEARCH_EFFORT, Roster, make_roster
from patrolplan.week.setting_up import covers_of, fixed_of, officers_of, rules_of_work
from patrolplan.week_ground import Ground, ground_of

EFFORT_A_SOLUTION = 0.25

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
    closed = grid.touched(settings.week.curfew)
    officers = officers_of(settings, grid, staff=loaded.staff, past=past, closed=closed)
    ground = ground_of(loaded, weights, grid, past, crews=min(3, len(officers)))
    areas = ground.areas
    cover = covers_of(settings, grid, [area.name for area in areas], _no_school(loaded, grid))
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
