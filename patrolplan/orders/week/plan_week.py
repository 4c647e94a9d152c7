"""A whole week: when to patrol, where and by whom, then the routes of every day; values in, values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from patrolplan.config.settings import Settings
from patrolplan.errors import NoPlanError
from patrolplan.i18n import words_of
from patrolplan.orders.load import load
from patrolplan.orders.pipeline import stop_of, weigh_loaded
from patrolplan.orders.week.crews import crew_settings, day_tasks
from patrolplan.orders.week.dates import for_week
from patrolplan.orders.week.planned import PlannedWeek
from patrolplan.orders.week.problem import WeekProblem, week_problem
from patrolplan.orders.week.roster import ROSTER_LOSS_SHARE, roster_effort, roster_of_week
from patrolplan.orders.week.told import told_plan, told_week
from patrolplan.solver.solve import Progress
from patrolplan.solver.stop import Stop
from patrolplan.week.edits import Edit
from patrolplan.week.past import Past
from patrolplan.week.routes import Rotation, plan_days
from patrolplan.week.seen import memory_of

FAR_PART_M = 1_000.0
"""With rides, parts of the streets from this many metres on are patrolled, joined on foot or not."""


def plan_week(
    settings: Settings,
    monday: dt.date,
    *,
    past: Past | None = None,
    edits: Sequence[Edit] = (),
    stop: Stop | None = None,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> PlannedWeek:
    """Plan a week: the roster by the need of its hours, then the routes of each day.

    Parameters
    ----------
    settings
        Of the plan file; its ``[week]`` says when to patrol. Its ``[[crews]]`` tell where their officers may
        go, which volunteers they take along, and whom an appointment means.
    monday
        First day of the week.
    past
        What the ledger holds of the weeks before.
    edits
        What a planner changed in the week as it was planned before.
    stop
        When to end the search of each day; default: as the settings say.
    on_progress, on_search
        Told a few words at each new step, and how far a search is.

    Raises
    ------
    InputError, NoPlanError
    """
    tell = on_progress or (lambda _: None)
    past = past or Past()
    base = _of_week(settings, monday)
    loaded = load(base, on_progress=on_progress)
    tell("weighing streets")
    weights = weigh_loaded(loaded, week=monday)
    tell("choosing hours")
    ending = stop or stop_of(settings)
    roster, ground = roster_of_week(
        loaded, weights, monday, past=past, edits=edits, effort=roster_effort(ending)
    )
    if not roster.blocks:
        raise NoPlanError(
            "no patrol in this week: no officer has hours, or the roster names none of its days"
        )
    loaded = replace(loaded, settings=base.model_copy(update=crew_settings(roster, settings, ground)))
    loaded = for_week(loaded, monday)
    asked = week_problem(loaded, weights, roster, ground, named=settings.crews, edits=edits, tell=tell)
    tasks = day_tasks(asked.crews, settings.community.timezone)
    rotation = _rotation(settings, asked)
    before, day_before = memory_of(loaded.network, asked.hot_spots, past, monday=monday, top=rotation.top)
    days = plan_days(
        asked.problem,
        tasks,
        rotation,
        before.copy(),
        day_before=day_before,
        stop=ending,
        seed=settings.plan.seed,
        refined=settings.plan.refine,
        after_week=roster.grid.day(8),
        on_progress=on_search,
        on_day=lambda day: tell(f"searching routes of {words_of('en').day(day)}"),
    )
    tell("telling the plan")
    plan = told_plan(loaded, weights, roster, asked, days, edits=edits)
    return told_week(loaded, roster, asked, tasks, days, plan, rotation=rotation, before=before, past=past)


def _of_week(settings: Settings, monday: dt.date) -> Settings:
    """The settings without crews, for the week's first day; with rides, far parts of the streets stay."""
    streets = settings.streets
    if settings.week.ride != "none" and streets.part_m is None:
        streets = streets.model_copy(update={"part_m": FAR_PART_M})
    plan = settings.plan.model_copy(update={"date": monday})
    return settings.model_copy(update={"crews": (), "plan": plan, "streets": streets})


def _rotation(settings: Settings, asked: WeekProblem) -> Rotation:
    """How places are taken in turn; the neediest are the top ones."""
    week = settings.week
    top = np.argsort([-spot.need for spot in asked.hot_spots], kind="stable")[: week.top_places]
    return Rotation(
        top=tuple(top.tolist()),
        most_gap_days=week.most_gap_days,
        run_days=week.run_days,
        carry_over=week.carry_over,
        loss=week.loss_percent / 100 * (1 - ROSTER_LOSS_SHARE),
    )
