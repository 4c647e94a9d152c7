"""The verb ``evaluate``: what is judged by what happened after."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from patrolplan.commands.desk import Desk, Verbs, end
from patrolplan.commands.options import (
    as_json,
    day_of_text,
    first_day,
    horizon_days,
    last_day,
    plan_file,
    search_of,
    seed_or_0,
    stop_asked,
)

SEARCH_S = 5.0
"""Seconds of search for each plan of a back-test."""

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekdays(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    """The weekdays of "mon-wed,sat", 0 is Monday."""
    days: set[int] = set()
    for part in text.lower().split(","):
        ends = [DAY_NAMES.index(end.strip()[:3]) for end in part.split("-") if end.strip()[:3] in DAY_NAMES]
        if len(ends) != len(part.split("-")) or len(ends) > 2:
            raise click.BadParameter(f'{part.strip()!r}: give weekdays such as "mon-wed,sat"')
        start, stop = ends[0], ends[-1]
        days |= {(start + k) % 7 for k in range((stop - start) % 7 + 1)}
    return tuple(sorted(days))


@click.group(cls=Verbs, short_help="Judge need and routes by what happened after.")
def evaluate() -> None:
    """Judge need and routes by what happened after, with plain baselines beside them."""


@evaluate.command(short_help="Back-test the need of streets.")
@plan_file
@first_day("to test on")
@last_day("to test on")
@horizon_days(1, "Days tested from each origin.")
@as_json
def weights(plan_file: Path, first: dt.date, last: dt.date | None, horizon_days: int, as_json: bool) -> None:
    """Back-test the offence part of need: fit on the records before a day, score on the days after.

    The day then moves on, and all is fitted anew. Counts, recent counts and density maps are fitted
    to the same records and stand beside it; where it is no better than they are, it says so.
    """
    from patrolplan.evaluate.need_words import need_lines, need_summary
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.back_test import back_test

    settings = read_plan_file(plan_file)
    with Desk() as desk:
        found = back_test(settings, first=first, last=last, horizon_days=horizon_days, on_progress=desk.step)
    end(need_summary(found), need_lines(found), warnings=(), as_json=as_json, strict=False)


@evaluate.command(short_help="Back-test routes beside plain ways of walking.")
@plan_file
@first_day("to judge")
@last_day("to judge")
@horizon_days(7, "Days that each plan is walked.")
@click.option(
    "--days",
    metavar="DAYS",
    callback=_weekdays,
    default="mon-sun",
    show_default=True,
    help='Weekdays of crews without a date of their own, such as "thu,fri,sat".',
)
@search_of(SEARCH_S)
@click.option(
    "--plot", metavar="FILE", type=click.Path(path_type=Path), help="Draw the figures (PNG, SVG, PDF)."
)
@as_json
def routes(
    plan_file: Path,
    first: dt.date,
    last: dt.date | None,
    horizon_days: int,
    days: tuple[int, ...],
    seconds: float | None,
    solutions: int | None,
    seed: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Back-test routes: plan on the records before a day, judge by the records of the days after.

    The plan file's crews walk each weekday asked for. Beside the plan, with the same officers and
    hours: a loop over the top places by counts, even coverage, last period's plan, greedy, a random
    walk. Where the plan is no better, it says so.
    """
    from patrolplan.evaluate.routes_figures import route_lines, route_summary
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.back_test_routes import back_test_routes

    settings = read_plan_file(plan_file)
    stop = stop_asked(seconds, solutions, default_s=SEARCH_S)
    if plot is not None:
        from patrolplan.views.route_figure import check_figure_file, write_route_figure

        check_figure_file(plot)
    with Desk() as desk:
        found = back_test_routes(
            settings,
            first=first,
            last=last,
            horizon_days=horizon_days,
            days=days,
            stop=stop,
            seed=seed,
            on_progress=desk.step,
        )
        if plot is not None:
            write_route_figure(found, plot)
    end(route_summary(found), route_lines(found), warnings=(), as_json=as_json, strict=False)


@evaluate.command(short_help="Simulate how records and patrols feed on each other.")
@click.option(
    "--runs", metavar="N", type=click.IntRange(10, 100_000), default=1000, show_default=True, help="Runs."
)
@click.option(
    "--weeks", metavar="N", type=click.IntRange(14, 520), default=52, show_default=True, help="Weeks."
)
@click.option(
    "--per-week",
    metavar="N",
    type=click.FloatRange(0, 100_000, min_open=True),
    default=40.0,
    show_default=True,
    help="Offences a week without patrol.",
)
@click.option(
    "--mislabelled",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="Share of the offences found by patrols that enter the records as reported.",
)
@seed_or_0
@as_json
def feedback(runs: int, weeks: int, per_week: float, mislabelled: float, seed: int, as_json: bool) -> None:
    """Simulate invented streets where patrols find some offences and prevent some, and records follow.

    Told with and without each safeguard: records found by police left out, shrinkage, a share of
    patrols by lot.
    """
    from patrolplan.evaluate.feedback import World, compare_safeguards, feedback_lines

    world = World(runs=runs, weeks=weeks, per_week=per_week, mislabelled=mislabelled)
    with Desk() as desk:
        desk.step("simulating")
        table = compare_safeguards(world, seed=seed)
    summary = {"settings": table.to_dict("records"), "world": vars(world), "seed": seed}
    end(summary, feedback_lines(table), warnings=(), as_json=as_json, strict=False)


@evaluate.command(short_help="Choose settings of need on earlier records.")
@plan_file
@click.option(
    "--before",
    metavar="YYYY-MM-DD",
    callback=day_of_text,
    required=True,
    help="Use records before this day alone.",
)
@click.option("--write", is_flag=True, help="Write the settings and the evidence into the plan file.")
@as_json
def tune(plan_file: Path, before: dt.date, write: bool, as_json: bool) -> None:
    """Choose bandwidth and half-life by forward folds of the records before a day.

    Settings change only where others are surely better. Test on the days after with `evaluate weights`.
    """
    from patrolplan.evaluate.tune import tune_lines, tune_need, tuned_text
    from patrolplan.io.atomic import atomic_path
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.orders.back_test import need_options, trial_of_settings

    settings = read_plan_file(plan_file)
    with Desk() as desk:
        trial = trial_of_settings(settings, on_progress=desk.step)
        desk.step("choosing settings")
        found = tune_need(trial, before=before, options=need_options(settings))
        if write:
            with atomic_path(plan_file) as unfinished:
                unfinished.write_text(
                    tuned_text(found, plan_file.read_text(encoding="utf-8")), encoding="utf-8"
                )
    summary = {
        "bandwidth_m": found.bandwidth_m,
        "half_life_days": found.half_life_days,
        "gain": found.gain,
        "records": found.records,
        "before": found.before.isoformat(),
        "evidence": found.evidence.to_dict("records"),
    }
    end(summary, tune_lines(found), warnings=(), as_json=as_json, strict=False)
