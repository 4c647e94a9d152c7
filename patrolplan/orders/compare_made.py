"""What `compare` sets side by side: a plan's folder as it is, or a plan file, planned with changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.io.plan_file import read_plan_file
from patrolplan.orders.asked_settings import SHARES, asked_settings
from patrolplan.orders.load import load
from patrolplan.orders.overrides import with_search
from patrolplan.orders.pipeline import make, weigh_loaded
from patrolplan.plan import PatrolPlan


def side_asked(path: Path, changes: Sequence[str]) -> Settings | Path:
    """A folder itself; of a plan file the settings with the changes.

    Shares of need that the plan file leaves to the records are those in use, where a change names one.

    Raises
    ------
    InputError
        Changes of a folder, whose plan is made already; a plan file or a change with faults.
    """
    if path.is_dir():
        if changes:
            raise InputError(f"{path}: {changes[0]} can't change a plan that is made; name its plan file")
        return path
    settings = read_plan_file(path)
    named = {change.partition("=")[0].strip() for change in changes}
    if named & {f"need.{share}" for share in SHARES}:
        settings = _with_shares_in_use(settings)
    return asked_settings(settings, changes)


def side_name(letter: str, changes: Sequence[str]) -> str:
    """What a planned side is called, so that nobody must remember what was changed.

    Examples
    --------
    >>> side_name("B", ["officers=+1", "shift=+2h"])
    'B (officers=+1, shift=+2h)'
    """
    return f"{letter} ({', '.join(changes)})" if changes else letter


def side_planned(
    side: Settings | Path,
    *,
    solutions: int,
    seed: int,
    on_progress: Callable[[str], None] | None = None,
) -> PatrolPlan | Path:
    """A folder itself; of settings the plan, by a search of a fixed amount."""
    if isinstance(side, Path):
        return side
    return make(with_search(side, solutions=solutions, seed=seed), on_progress=on_progress)


def _with_shares_in_use(settings: Settings) -> Settings:
    """The settings with the shares of need told, as far as the plan file leaves them open."""
    if any(getattr(settings.need, share) is not None for share in SHARES):
        return settings
    policy = weigh_loaded(load(settings)).policy
    need = settings.need.model_copy(update={share: float(policy[share]) for share in SHARES})
    return settings.model_copy(update={"need": need})
