"""Stop: when a search shall end, as a setting; the run holds the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from patrolplan.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Stop:
    """End after seconds, or after a number of solutions, or when interrupted.

    Attributes
    ----------
    seconds
        Wall clock for the whole solve, compilation apart. Not repeatable: a faster machine gets
        further.
    solutions
        Solutions that OR-Tools may look at in each linearisation; the refinement makes 1,000 times
        as many iterations. Repeatable: the same inputs, seed and versions give the same plan.
    interrupted
        A ``threading.Event`` or a function that tells whether to stop now with the best plan so far.

    Examples
    --------
    >>> Stop(seconds=10).seconds
    10
    >>> Stop()
    Traceback (most recent call last):
    patrolplan.errors.InputError: stop: give either seconds or solutions
    """

    seconds: float | None = None
    solutions: int | None = None
    interrupted: Event | Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.solutions is None):
            raise InputError("stop: give either seconds or solutions")
        if self.seconds is not None and self.seconds < 0:
            raise InputError(f"stop: seconds {self.seconds} must be at least 0")
        if self.solutions is not None and self.solutions < 1:
            raise InputError(f"stop: solutions {self.solutions} must be at least 1")

    @property
    def now(self) -> bool:
        """Whether somebody asked to stop."""
        if self.interrupted is None:
            return False
        return self.interrupted.is_set() if isinstance(self.interrupted, Event) else self.interrupted()
