"""The verb ``trial``: find out by lot whether patrols make a difference here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from patrolplan.commands.desk import Desk, Verbs, end
from patrolplan.commands.options import IN_FILE, OUT_FOLDER, as_json, day_of_text, seed_or_0


def _hours(_: click.Context, __: click.Parameter, text: str) -> tuple[int, int]:
    """The whole hours of "16-24"."""
    try:
        start, stop = (int(part) for part in text.split("-"))
    except ValueError:
        raise click.BadParameter(f"{text!r}: give whole hours of the day such as 16-24") from None
    if not (0 <= start < 24 and 0 < stop <= 24 and start != stop):
        raise click.BadParameter(
            f"{text!r}: give whole hours of the day such as 16-24, or 22-4 over midnight"
        )
    return start, stop


@click.group(cls=Verbs, short_help="Find out by lot whether patrols make a difference.")
def trial() -> None:
    """Find out whether patrols make a difference here: draw a calendar by lot, walk it, then judge.

    Each place is patrolled on half of the days, by lot, and compared with itself on the others.
    """


@trial.command(short_help="Choose places and draw their days.")
@click.argument("plan_file", metavar="plan.toml", type=IN_FILE)
@click.option("--from", "first", metavar="YYYY-MM-DD", callback=day_of_text, required=True, help="First day.")
@click.option(
    "--weeks",
    metavar="N",
    type=click.IntRange(2, 104),
    default=12,
    show_default=True,
    help="Weeks, an even number.",
)
@click.option(
    "--places", metavar="N", type=click.IntRange(2, 200), default=10, show_default=True, help="Most places."
)
@click.option(
    "--hours",
    metavar="H-H",
    callback=_hours,
    default="0-24",
    show_default=True,
    help="Hours whose records count.",
)
@click.option(
    "--apart-m",
    metavar="M",
    type=click.FloatRange(0),
    default=500.0,
    show_default=True,
    help="Least distance of places.",
)
@seed_or_0
@click.option(
    "--out", metavar="FOLDER", type=OUT_FOLDER, required=True, help="Where trial.json and calendar.csv go."
)
@as_json
def draw(
    plan_file: Path, first: dt.date, weeks: int, places: int, hours: tuple[int, int], apart_m: float,
    seed: int, out: Path, as_json: bool,
) -> None:  # fmt: skip
    """Choose the neediest places that lie apart and draw the days on which each is patrolled.

    Tells beforehand how often a fall of 10, 20 or 30 % would stand out.
    """
    from patrolplan.evaluate.crossover_words import drawn_lines
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.io.trial_file import write_trial
    from patrolplan.orders.place_trial import draw_trial

    if weeks % 2:
        raise click.BadParameter(f"{weeks}: give an even number, so that each weekday comes with and without")
    settings = read_plan_file(plan_file)
    with Desk() as desk:
        drawn = draw_trial(
            settings, first=first, fortnights=weeks // 2, most_places=places, hours=hours, apart_m=apart_m,
            seed=seed, on_progress=desk.step,
        )  # fmt: skip
        write_trial(drawn, out)
    lines = drawn_lines(len(drawn.places), weeks * 7, drawn.per_place_day, drawn.power, drawn.hours)
    summary = {
        "places": [vars(place) for place in drawn.places],
        "days": weeks * 7,
        "per_place_day": drawn.per_place_day,
        "power": {str(fall): chance for fall, chance in drawn.power.items()},
        "seed": seed,
    }
    end(
        summary,
        [*lines, f"written: {out / 'trial.json'}, {out / 'calendar.csv'}"],
        warnings=(),
        as_json=as_json,
        strict=False,
    )


@trial.command(short_help="Judge a trial by the records of its days.")
@click.argument("plan_file", metavar="plan.toml", type=IN_FILE)
@click.argument("trial_file", metavar="trial.json", type=IN_FILE)
@as_json
def judge(plan_file: Path, trial_file: Path, as_json: bool) -> None:
    """Judge a trial when it is over and its records are in, by weighted displacement difference."""
    from patrolplan.evaluate.crossover_words import judged_lines, verdict
    from patrolplan.io.plan_file import read_plan_file
    from patrolplan.io.trial_file import read_trial
    from patrolplan.orders.place_trial import judge_trial

    settings, drawn = read_plan_file(plan_file), read_trial(trial_file)
    with Desk() as desk:
        found = judge_trial(settings, drawn, on_progress=desk.step)
    end(
        vars(found) | {"verdict": verdict(found)},
        judged_lines(found),
        warnings=(),
        as_json=as_json,
        strict=False,
    )
