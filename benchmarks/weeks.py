"""Hours by the need against three habits with the same officer-hours, judged by the records after.

    python benchmarks/weeks.py --data ../shared/data --until 2018-09-30 --solutions 5 --draws 8

Philadelphia, three officers of 20 hours a week. Need is fitted on the records until a day; for each way of
choosing hours the routes of every weekday are searched alike, walked week after week until the records end,
and judged by the harm-weighted effect at each record's own street and minute. Not by our own score. Which
of many routes about as good a search ends with is chance: every way gets as many draws, each with its seed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import click
import numpy as np

from patrolplan.build import horizon_of
from patrolplan.config.crews import CrewSettings
from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of
from patrolplan.evaluate.presence import presence_of
from patrolplan.evaluate.routes import Judged, Walked, instants_of, judged
from patrolplan.evaluate.trial import day_number, day_of
from patrolplan.io.init import init_folder
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.back_test import trial_of_loaded
from patrolplan.orders.load import Loaded, load
from patrolplan.orders.pipeline import problem_of, spots_in_reach, walks_of, weigh_loaded
from patrolplan.orders.week.crews import crew_settings
from patrolplan.orders.week.roster import roster_of_week
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import solve
from patrolplan.solver.stop import Stop
from patrolplan.week.past import Past

OFFICERS, HOURS = 3, 20
OURS = "by need"
DRAWS = 2000


def habits() -> dict[str, list[tuple[int, int, int, int]]]:
    """(officer, weekday, start minute, end minute) of each way of choosing hours without looking at need."""
    evenings = [(o, day, 18 * 60, 22 * 60) for o in range(OFFICERS) for day in (1, 2, 3, 4, 5)]
    # Twenty hours a week in seven equal patrols: 2 h 50 min a day, ten minutes more on Sunday.
    daily = [
        (o, day, 15 * 60, 17 * 60 + (50 if day < 6 else 60)) for o in range(OFFICERS) for day in range(7)
    ]
    # Four-hour patrols that step through 07:00 to 23:00 and the days of the week, each hour alike.
    starts = [7, 11, 15, 19]
    even = [
        (o, (k + 2 * o) % 7, starts[(k + o) % 4] * 60, (starts[(k + o) % 4] + 4) * 60)
        for o in range(OFFICERS)
        for k in range(5)
    ]
    assert all(sum(e - s for _, _, s, e in way) == OFFICERS * HOURS * 60 for way in (evenings, daily, even))
    return {"same evenings": evenings, "same hours daily": daily, "spread evenly": even}


def crews_by_habit(rows: list[tuple[int, int, int, int]], settings: Settings) -> tuple[CrewSettings, ...]:
    """Crews of a habit, dated in a usual week."""
    monday = dt.date(2018, 10, 1)

    def clock(minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"

    return tuple(
        CrewSettings(
            name=f"{day} {start} {settings.officers[officer].name}",
            officers=(settings.officers[officer].name,),
            shift=f"{clock(start)}-{clock(end)}",
            date=monday + dt.timedelta(days=day),
            start=settings.stations[0].name,
        )
        for officer, day, start, end in rows
    )


def walked_weeks(
    loaded: Loaded, crews: tuple[CrewSettings, ...], weights, days: range, stop: Stop, draws: int
) -> list[list[Walked]]:
    """The routes of each weekday, walked on every such day; a list a draw."""
    by_weekday: dict[int, list[CrewSettings]] = {}
    for crew in crews:
        by_weekday.setdefault(crew.date.weekday(), []).append(crew)
    plans = {}
    for weekday, own in by_weekday.items():
        on = crews_of(loaded.settings.model_copy(update={"crews": tuple(own)}))
        spots, _ = spots_in_reach(loaded, weights, on)
        walks = walks_of(loaded, weights, spots, on)
        problem = problem_of(loaded, weights, spots, on, walks)
        plans[weekday] = [
            presence_of(
                Solution.from_visits(problem, solve(problem, stop=stop, seed=seed).best.visits),
                problem=problem,
                network=loaded.network,
                hot_spots=spots,
                walks=walks,
                officers=[1] * len(own),
            )
            for seed in range(draws)
        ]
    zone = loaded.settings.community.timezone
    walked: list[list[Walked]] = [[] for _ in range(draws)]
    for number in days:
        day = day_of(number)
        if day.weekday() not in plans:
            continue
        dated = [crew.model_copy(update={"date": day}) for crew in by_weekday[day.weekday()]]
        on = crews_of(loaded.settings.model_copy(update={"crews": tuple(dated)}))
        epoch = horizon_of(on, timezone_name=zone).epoch.timestamp()
        for own, plan in zip(walked, plans[day.weekday()], strict=True):
            own.append(Walked(epoch_s=epoch, draws=(plan,)))
    return walked


def averaged(draws: list[Judged]) -> Judged:
    """What the draws of one way did on average."""
    fields = ("effect", "near", "on_shift", "officer_s", "walked_m")
    return Judged(**{field: np.mean([getattr(one, field) for one in draws], axis=0) for field in fields})


def share(way: Judged, harm: np.ndarray) -> np.ndarray:
    """Harm-weighted effect of each record."""
    return way.effect * harm


def intervals(
    drawn: dict[str, list[Judged]], harm: np.ndarray, week: np.ndarray
) -> dict[str, tuple[float, ...]]:
    """Share of harm under effect and its difference to ours, with 95 % intervals.

    By bootstrap: weeks drawn anew, the same for every way, and each way's searches drawn anew.
    """
    weeks = np.unique(week)
    rng = np.random.default_rng(0)
    at_weeks = rng.integers(len(weeks), size=(DRAWS, len(weeks)))
    whole = np.array([harm[week == w].sum() for w in weeks])
    told, boot = {}, {}
    for name, searches in drawn.items():
        # [searches, weeks]
        effect = np.array([[share(one, harm)[week == w].sum() for w in weeks] for one in searches])
        at_search = rng.integers(len(searches), size=(DRAWS, len(searches)))
        mean = effect[at_search].mean(axis=1)  # [bootstrap draws, weeks]
        boot[name] = np.take_along_axis(mean, at_weeks, axis=1).sum(axis=1) / whole[at_weeks].sum(axis=1)
        told[name] = effect.mean(axis=0).sum() / whole.sum()
    return {
        name: (at, told[OURS] - at, *np.quantile(boot[OURS] - boot[name], [0.025, 0.975]))
        for name, at in told.items()
    }


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--until", default="2018-09-30", show_default=True, help="Last day whose records are known.")
@click.option("--seconds", default=5.0, show_default=True, help="Search of each weekday's routes.")
@click.option("--solutions", type=int, help="Search a fixed amount instead.")
@click.option("--draws", default=1, show_default=True, help="Searches of each weekday, each with its seed.")
def main(data: Path, until: str, seconds: float, solutions: int | None, draws: int) -> None:
    """Print one Markdown row per way of choosing hours."""
    stop = Stop(seconds=seconds) if solutions is None else Stop(solutions=solutions)
    known = dt.date.fromisoformat(until)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        init_folder(
            folder,
            streets=data / "philadelphia/streets.osm",
            offences=data / "philadelphia/offences_2018.csv",
            officers=OFFICERS,
            date=known + dt.timedelta(days=1),
            shift="16:00-20:00",
            force=True,
        )
        settings = read_plan_file(folder / "plan.toml")
        week = settings.week.model_copy(update={"hours": float(HOURS), "ledger": None, "loss_percent": 0.0})
        settings = settings.model_copy(update={"week": week})
        loaded = load(settings)
    trial = trial_of_loaded(loaded)
    monday = known + dt.timedelta(days=1)
    weights = weigh_loaded(loaded, until=known, week=monday)
    roster, ground = roster_of_week(
        loaded, weights, monday - dt.timedelta(days=monday.weekday()), past=Past()
    )
    ways = {OURS: crew_settings(roster, settings, ground)["crews"]}
    ways |= {name: crews_by_habit(rows, settings) for name, rows in habits().items()}
    # Whole weeks alone, so that every way of choosing hours walks the same officer-hours.
    first = day_number(monday)
    last = first + (int(trial.last.max()) - first + 1) // 7 * 7 - 1
    instants = instants_of(trial, trial.between(first, last + 1))
    drawn = {
        name: [
            judged(instants, days)
            for days in walked_weeks(loaded, crews, weights, range(first, last + 1), stop, draws)
        ]
        for name, crews in ways.items()
    }
    found = {name: averaged(each) for name, each in drawn.items()}
    told = intervals(drawn, instants.harm, (instants.day - first) // 7)
    click.echo(f"{len(instants.harm)} records of {monday} to {day_of(last)}, need fitted until {known}")
    for block in roster.blocks:
        day = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[block.start_min // 1440]
        click.echo(f"  {day} {block.start_min % 1440 / 60:g}-{block.end_min % 1440 / 60 or 24:g}")
    heads = (
        "hours", "officer hours", "harm under effect", "by draw", "near", "in patrol hours", "ours better by",
    )  # fmt: skip
    click.echo(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    harm = instants.harm
    for name, way in found.items():
        at, gap, low, high = told[name]
        by_draw = [share(one, harm).sum() / harm.sum() for one in drawn[name]]
        cells = (
            name,
            f"{way.officer_s.sum() / 3600:.0f}",
            f"{at:.2%}",
            f"{min(by_draw):.2%} to {max(by_draw):.2%}",
            f"{(way.near * harm).sum() / harm.sum():.2%}",
            f"{(way.on_shift * harm).sum() / harm.sum():.1%}",
            "" if name == OURS else f"{gap * 100:+.2f} points ({low * 100:+.2f} to {high * 100:+.2f})",
        )
        click.echo(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
