"""A back-test of routes as a figure: each way of walking with its interval."""

from __future__ import annotations

from pathlib import Path

from patrolplan.errors import InputError
from patrolplan.evaluate.measures import Interval
from patrolplan.evaluate.routes_figures import OURS, WAYS, RouteTrial
from patrolplan.io.atomic import atomic_path
from patrolplan.views.figures import INK, Drawing

OWN_COLOUR, OTHER_COLOUR = "#c8461c", "#8a8f98"
KINDS = (".png", ".svg", ".pdf")
PANELS = (("effect", "harm under effect, % of all"), ("share_near", "records with an officer near, %"))


def route_figure(trial: RouteTrial) -> Drawing:
    """Points with 95 % intervals, ours first."""
    figure = Drawing(figsize=(9, 0.45 * len(trial.plans) + 1.4), layout="constrained")
    for axes, (field, title) in zip(figure.subplots(1, 2, sharey=True), PANELS, strict=True):
        for row, (name, score) in enumerate(trial.plans.items()):
            at: Interval = getattr(score, field)
            colour = OWN_COLOUR if name == OURS else OTHER_COLOUR
            axes.plot([100 * at.low, 100 * at.high], [row, row], color=colour, linewidth=2)
            axes.plot([100 * at.value], [row], "o", color=colour)
        axes.set_yticks(range(len(trial.plans)), [WAYS.get(name, name) for name in trial.plans])
        axes.set_ylim(len(trial.plans) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.set_xlabel(title, color=INK)
        axes.grid(axis="x", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(
        f"{trial.n_test:,} later records, {trial.shifts} days of patrol, 95 % intervals over weeks",
        fontsize=10,
    )
    return figure


def check_figure_file(path: Path) -> None:
    """Refuse a file that could not be written, before anybody waits for its figures.

    Raises
    ------
    InputError
        There is no such folder, or the ending is none of PNG, SVG and PDF.
    """
    if path.suffix.lower() not in KINDS:
        raise InputError(f"{path}: a figure ends in {', '.join(KINDS)}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}; make it first")


def write_route_figure(trial: RouteTrial, path: Path) -> None:
    """Write the figure; its kind follows the file's ending (PNG, SVG, PDF)."""
    with atomic_path(path) as unfinished:
        route_figure(trial).savefig(unfinished, format=path.suffix.lstrip(".").lower(), dpi=130)
