"""What `compare` sets side by side: a plan's folder as it is, or a plan file, planned with changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from patrolplan.asked_settings import asked_settings
from patrolplan.errors import InputError
from patrolplan.io.plan_file import read_plan_file
from patrolplan.overrides import with_search
from patrolplan.pipeline import make
from patrolplan.plan import PatrolPlan


def plan_or_folder(
    path: Path,
    changes: Sequence[str],
    *,
    solutions: int,
    seed: int,
    on_progress: Callable[[str], None] | None = None,
) -> PatrolPlan | Path:
    """A folder itself; of a plan file the plan, with the changes and a search of a fixed amount.

    Raises
    ------
    InputError
        Changes of a folder, whose plan is made already; a plan file or a change with faults.
    """
    if path.is_dir():
        if changes:
            raise InputError(f"{path}: {changes[0]} can't change a plan that is made; name its plan file")
        return path
    settings = with_search(asked_settings(read_plan_file(path), changes), solutions=solutions, seed=seed)
    return make(settings, on_progress=on_progress)
