"""The routes of a week's days told as one plan, with what they keep and what they give up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from patrolplan.crews import clock_notes
from patrolplan.io.day_words import day_lines
from patrolplan.make import make_plan
from patrolplan.orders.load import Loaded
from patrolplan.orders.provenance import provenance_of
from patrolplan.orders.week.planned import PlannedWeek
from patrolplan.orders.week.problem import WeekProblem
from patrolplan.plan import PatrolPlan
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import NO_CAP, PatrolProblem
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import Result
from patrolplan.week.edits import Edit, plain_edits
from patrolplan.week.figures import gap_table, load_table, week_guess
from patrolplan.week.past import Past
from patrolplan.week.roster import Roster
from patrolplan.week.routes import DayResult, DayTask, Memory, Rotation
from patrolplan.week.what_if import hour_more_or_less


def told_plan(
    loaded: Loaded,
    weights: SegmentWeights,
    roster: Roster,
    asked: WeekProblem,
    days: Sequence[DayResult],
    *,
    edits: Sequence[Edit],
) -> PatrolPlan:
    """All patrols of the week as one plan, for the writers."""
    settings, crews = loaded.settings, asked.crews
    areas = {c.name: roster.areas[b.area].name for c, b in zip(crews, roster.blocks, strict=True)}
    return make_plan(
        _result(asked.problem, days),
        problem=of_all_days(asked.problem, len(days)),
        network=loaded.network,
        weights=weights,
        hot_spots=asked.hot_spots,
        crews=crews,
        timezone=settings.community.timezone,
        walks=asked.walks,
        other_ways=asked.other_ways,
        community=settings.community.name,
        around=loaded.around,
        provenance=provenance_of(loaded)
        | {"week": roster.grid.name, "areas": areas, "edits": plain_edits(edits)},
        notes=(
            *clock_notes(settings),
            *loaded.notes,
            *asked.cover,
            *(loaded.offences.notes if loaded.offences else ()),
        ),
    )


def of_all_days(problem: PatrolProblem, days: int) -> PatrolProblem:
    """The week's problem with the visits that groups may get in all its days, not in each."""
    bounds = problem.group_bounds.copy()
    capped = bounds[:, 1] < NO_CAP
    bounds[capped, 1] *= days
    return replace(problem, group_bounds=bounds)


def told_week(
    loaded: Loaded,
    roster: Roster,
    asked: WeekProblem,
    tasks: Sequence[DayTask],
    days: Sequence[DayResult],
    plan: PatrolPlan,
    *,
    rotation: Rotation,
    before: Memory,
    past: Past,
) -> PlannedWeek:
    """The week with its tables and warnings.

    Parameters
    ----------
    loaded, roster, asked, tasks, days
        What was read, chosen, asked and found.
    plan
        As `told_plan` returns it.
    rotation
        How places are taken in turn.
    before
        What had been seen before the week.
    past
        What the ledger holds of the weeks before.
    """
    settings, hot_spots = loaded.settings, asked.hot_spots
    planned_min = float(plan.stops["minutes"].sum())
    return PlannedWeek(
        name=roster.grid.name,
        roster=roster,
        plan=plan,
        days=_day_table(days, tasks, hot_spots),
        gaps=gap_table(
            hot_spots,
            rotation.top,
            last_seen=before.last_seen,
            visits=[(day.day, visit.stop) for day in days for visit in day.visits],
            sunday=roster.grid.day(6),
        ),
        load=load_table(roster),
        what_if=hour_more_or_less(roster, fade_min=settings.effect.fade_min),
        calendar=day_lines(loaded.dates.notices([roster.grid.day(number) for number in range(7)])),
        guess=week_guess(loaded.network, hot_spots, _clocked(plan), past),
        delivered=past.delivered.facts(planned_min, settings.week.delivered),
        warnings=(*asked.lost, *_given_up(days, hot_spots)),
    )


def _clocked(plan: PatrolPlan) -> list[tuple[pd.Timestamp, pd.Timestamp, int]]:
    """(start, end, stop) of each visit, local wall clock."""
    stops = plan.stops
    return [
        (pd.Timestamp(start).tz_localize(None), pd.Timestamp(end).tz_localize(None), int(stop))
        for start, end, stop in zip(stops["start"], stops["leave"], stops["hot_spot"], strict=True)
    ]


def _result(problem: Any, days: Sequence[DayResult]) -> Result:
    """The days' results as one of the whole week."""
    first = days[0].result
    return Result(
        best=Solution.from_visits(problem, [visit for day in days for visit in day.visits]),
        greedy=Solution.from_visits(problem, [visit for day in days for visit in day.greedy]),
        routing=None,
        stopped_by=first.stopped_by,
        seed=first.seed,
        seconds=sum(day.result.seconds for day in days),
        iterations=sum(day.result.iterations for day in days),
        trials_per_second=first.trials_per_second,
        trace=(),
        versions=first.versions,
    )


def _day_table(days: Sequence[DayResult], tasks: Sequence[DayTask], hot_spots: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "day": day.day,
                "crews": len(task.crews),
                "visits": len(day.visits),
                "best_score": day.best_score,
                "score": day.score,
                "loss": 1 - day.score / day.best_score if day.best_score else 0.0,
                "due": [hot_spots[stop].label for stop in day.musts],
                "given_up": [hot_spots[stop].label for stop in day.given_up],
            }
            for day, task in zip(days, tasks, strict=True)
        ]
    )


def _given_up(days: Sequence[DayResult], hot_spots: Sequence[Any]) -> list[str]:
    return [
        f"{day.day}: {hot_spots[stop].label} stays unseen for longer than most_gap_days: "
        "the day's crews can't see it beside the rest that is due"
        for day in days
        for stop in day.given_up
    ]
