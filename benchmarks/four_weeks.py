"""Four weeks of the invented community in a row, one officer on leave in the third, read back by a judge.

    python benchmarks/four_weeks.py --solutions 10

The judge (tests/week_checker.py) imports nothing of the planner: rest, hours, days, nights, cover, leave,
load within 10 %, no top place unseen beyond its gap, routes within patrols, the ledger. Guessability is
that of place and half hour of the week for somebody who knows all weeks before.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from week_checker import faults_of_weeks

from patrolplan.example import write_example
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.week.run_week import run_week
from patrolplan.solver.stop import Stop

FIRST = dt.date(2026, 11, 23)
HEADS = (
    "week", "patrols", "officer hours", "load by officer", "longest gap, days", "due places not seen",
    "lost to variation", "guessed right", "by chance", "if repeated", "s",
)  # fmt: skip
RATES = ("hit_rate", "by_chance", "if_repeated")


@click.command()
@click.option("--solutions", default=10, show_default=True, help="Search of each day.")
@click.option("--weeks", default=4, show_default=True)
def main(solutions: int, weeks: int) -> None:
    """Print one Markdown row a week, then what the judge says."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        write_example(home)
        settings = read_plan_file(home / "plan.toml")
        click.echo(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
        folders = []
        for number in range(weeks):
            begun = time.perf_counter()
            monday = FIRST + dt.timedelta(days=7 * number)
            made = run_week(settings, monday, home / "weeks", stop=Stop(solutions=solutions))
            folders.append(made.folder)
            facts, guess = made.planned.summary(), made.planned.summary()["guessability"]
            cells = (
                made.planned.name,
                facts["crews"],
                f"{facts['officer_hours']:g}",
                " ".join("leave" if row["share"] is None else f"{row['share']:.0%}" for row in facts["load"]),
                facts["longest_gap_days"],
                int(made.planned.days["given_up"].map(len).sum()),
                f"{facts['loss']:.1%}",
                *(
                    [f"{guess[key]:.0%}" for key in ("hit_rate", "by_chance", "if_repeated")]
                    if guess
                    else "---"
                ),
                f"{time.perf_counter() - begun:.0f}",
            )
            click.echo(f"| {' | '.join(map(str, cells))} |")
        faults = faults_of_weeks(folders, home / "plan.toml", ledger=home / "ledger.gpkg")
        click.echo("the judge finds no fault" if not faults else "FAULTS:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
