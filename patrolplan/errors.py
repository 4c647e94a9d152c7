"""What can go wrong, told to the person who can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SHOWN_FAULTS = 20


class PatrolPlanError(Exception):
    """Anything patrolplan refuses to do, with the way out in the message."""


class InputError(PatrolPlanError, ValueError):
    """Input that can't be used: every fault found, gathered into one error.

    Parameters
    ----------
    faults
        One plain sentence per fault: what is wrong, where (file, rows, value), and what to do.

    Examples
    --------
    >>> str(InputError(["streets.osm: no such file"]))
    'streets.osm: no such file'
    >>> print(InputError(["a: wrong", "b: wrong"]))
    2 faults:
      - a: wrong
      - b: wrong
    """

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults: tuple[str, ...] = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__(_told(self.faults))


class NoPlanError(PatrolPlanError):
    """The input is sound, but no patrol plan can keep all its rules.

    Attributes
    ----------
    conflict
        Names of rules that contradict each other, empty where that is not what is wrong.
    partial
        A plan (``patrolplan.solver.solution.Solution``) without the demands in conflict, or None.
    dropped
        Names of the demands that ``partial`` does not keep.
    without
        The problem (``patrolplan.solver.problem.PatrolProblem``) without them, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        conflict: Iterable[str] = (),
        partial: Any = None,
        dropped: Iterable[str] = (),
        without: Any = None,
    ) -> None:
        super().__init__(message)
        self.conflict, self.partial = tuple(conflict), partial
        self.dropped, self.without = tuple(dropped), without


def _told(faults: tuple[str, ...]) -> str:
    if len(faults) == 1:
        return faults[0]
    lines = [f"  - {fault}" for fault in faults[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"  ... and {len(faults) - SHOWN_FAULTS} more")
    return "\n".join([f"{len(faults)} faults:", *lines])
