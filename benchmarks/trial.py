"""Trials by lot on simulated effects: false alarms at the stated rate, and the power that is foretold.

    python benchmarks/trial.py --trials 1000

Ten places whose rates differ, with days that are busy or quiet for all (overdispersed counts), over 12 and
52 weeks; patrol prevents none, 10 or 30 % of the offences at the places and none in the rings.
"""

from __future__ import annotations

from datetime import date

import click
import numpy as np

from patrolplan.evaluate.crossover import chance_to_see, compare_days, draw_calendar

PLACES = 10
MONDAY = date(2026, 3, 2)
RING = 0.5
HEADS = (
    "weeks", "records a place-week", "effect", "seen by lot", "seen by interval", "foretold", "mean ratio",
)  # fmt: skip


@click.command()
@click.option("--trials", default=1000, show_default=True)
def main(trials: int) -> None:
    """Print one Markdown row a length, rate and effect."""
    heads = (
        "weeks",
        "records a place-week",
        "effect",
        "seen by lot",
        "seen by interval",
        "foretold",
        "mean ratio",
    )
    click.echo(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for weeks in (12, 52):
        for per_week in (0.5, 2.0):
            for effect in (0.0, 0.1, 0.3):
                lot, interval, ratio = simulated(weeks, per_week, effect, trials)
                foretold = chance_to_see(per_week / 7, weeks * 7 * PLACES // 2, effect, ring_share=RING)
                cells = (
                    weeks,
                    per_week,
                    f"{effect:.0%}",
                    f"{lot:.1%}",
                    f"{interval:.1%}",
                    f"{foretold:.1%}",
                    f"{ratio:.2f}",
                )
                click.echo(f"| {' | '.join(map(str, cells))} |")


def simulated(weeks: int, per_week: float, effect: float, trials: int) -> tuple[float, float, float]:
    """Share of trials in which lot and interval see a difference, and the mean ratio."""
    rng = np.random.default_rng([weeks, round(per_week * 10), round(effect * 10)])
    lot, interval, ratios = 0, 0, []
    for k in range(trials):
        calendar = draw_calendar(PLACES, first=MONDAY, fortnights=weeks // 2, seed=k)
        rate = rng.gamma(2.0, per_week / 14, PLACES) * rng.gamma(4.0, 0.25, (weeks * 7, 1))
        at = rng.poisson(rate * np.where(calendar.patrol, 1 - effect, 1.0))
        found = compare_days(calendar, at, rng.poisson(RING * rate), lots=199)
        lot += found.chance < 0.05
        interval += not found.low <= 0 <= found.high
        ratios.append(found.ratio)
    return lot / trials, interval / trials, float(np.nanmean(ratios))


if __name__ == "__main__":
    main()
