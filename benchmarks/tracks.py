"""Minutes found again in simulated tracks of issued plans: noise, canyons, gaps, stops left out, clocks.

    python benchmarks/tracks.py FOLDER... --seeds 3

A FOLDER is one that `plan` wrote. Every route is walked on its legs with a fifth of its stops left out, which
makes the walker early from then on; the phone errs, and its clock may stand in another zone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

KINDS: dict[str, dict[str, Any]] = {
    "5 m": {"noise_m": 5.0},
    "10 m": {"noise_m": 10.0},
    "20 m": {"noise_m": 20.0},
    "10 m, 8 canyons": {"noise_m": 10.0, "canyons": 8},
    "10 m, 5 gaps": {"noise_m": 10.0, "gaps": 5},
    "10 m, canyons, gaps, clock": {"noise_m": 10.0, "canyons": 8, "gaps": 5, "clock_s": 7 * 3600.0},
}
HEADS = (
    "plan", "track", "stops", "left out", "found", "invented", "unknown", "minutes, all",
    "stop, median error", "stops within 10 %", "km", "seconds a track",
)  # fmt: skip


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--seeds", default=3, show_default=True)
def main(folders: tuple[Path, ...], seeds: int) -> None:
    """Print one Markdown row a plan and kind of track."""
    click.echo(f"| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}")
    for folder in folders:
        for name, kind in KINDS.items():
            click.echo(f"| {' | '.join([folder.resolve().parent.name, name, *row(folder, kind, seeds)])} |")


def row(folder: Path, kind: dict[str, Any], seeds: int) -> list[str]:
    """The figures of a kind of track."""
    from walker import phone, walk_route, write_track

    from patrolplan.io.issued_file import read_issued
    from patrolplan.io.issued_network import read_issued_network
    from patrolplan.orders.log_walks import log_walks

    network, issued = read_issued_network(folder), read_issued(folder)
    clock_s = kind.get("clock_s", 0.0)
    noise = {key: value for key, value in kind.items() if key != "clock_s"}
    true, got, status, lengths, seconds = [], [], [], [], 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(seeds):
            for number, route in enumerate(issued.routes):
                rng = np.random.default_rng([seed, number])
                count = len(route.visits)
                left_out = set(rng.choice(count, max(1, count // 5), replace=False).tolist())
                walked = walk_route(network, issued, route, left_out=left_out)
                file = write_track(
                    Path(scratch) / "track.gpx", network, *phone(walked, rng, **noise), clock_s=clock_s
                )
                begun = time.process_time()
                (patrol,) = log_walks(folder, [file]).patrols
                seconds += time.process_time() - begun
                assert patrol.route == number, "the track was given to another crew"
                true += walked.minutes.tolist()
                got += [visit.minutes for visit in patrol.visits]
                status += [visit.status for visit in patrol.visits]
                lengths.append(patrol.km / walked.km)
    return told(np.array(true), np.array(got), np.array(status), lengths, seconds / len(lengths))


def told(true: Any, got: Any, status: Any, lengths: list[float], seconds: float) -> list[str]:
    """The figures as text."""
    out, known = true == 0, ~np.isnan(got)
    made = ~out & known
    error = np.abs(got[made] / true[made] - 1)
    return [
        str(len(true)),
        str(out.sum()),
        str((out & (status == "not done")).sum()),
        str((out & (np.nan_to_num(got) > 0)).sum()),
        str((status == "unknown").sum()),
        f"{got[made].sum() / true[made].sum():.3f}",
        f"{np.median(error):.1%}",
        f"{(error <= 0.1).mean():.0%}",
        f"{np.mean(lengths):.2f}",
        f"{seconds:.2f}",
    ]


if __name__ == "__main__":
    main()
