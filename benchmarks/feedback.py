"""The feedback simulation with and without safeguards, as a picture: python benchmarks/feedback.py docs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from patrolplan.evaluate.feedback import (
    SETTINGS,
    World,
    compare_safeguards,
    feedback_lines,
    simulate_feedback,
)


def main(folder: Path, runs: int = 1000) -> None:
    """Draw drift, bias and turnover week by week, and print the figures."""
    mpl.rcParams["svg.hashsalt"] = "feedback"
    world = World(runs=runs)
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    for name, changes in SETTINGS.items():
        found = simulate_feedback(replace(world, **changes))
        for panel, values in zip(axes, (found.drift, found.bias, found.turnover), strict=True):
            panel.plot(range(1, world.weeks + 1), values, label=name)
    titles = (
        "Drift from the true need",
        "Estimated by true need where patrols walk",
        "New streets each week",
    )
    for panel, title in zip(axes, titles, strict=True):
        panel.set(title=title, xlabel="week")
    axes[2].set_ylim(0, 0.3)
    axes[0].legend(frameon=False)
    figure.savefig(folder / "need_feedback.svg", metadata={"Date": None})
    print("\n".join(feedback_lines(compare_safeguards(world))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
