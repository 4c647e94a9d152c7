"""How guessable patrols are: somebody who knows the last weeks guesses where an officer is in a half hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.solver.observer import named

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Guessability:
    """Hit rates of guesses "an officer is at this place in this half hour", each 0 to 1.

    Attributes
    ----------
    hit_rate
        Of an observer who knows the earlier plans.
    chance
        Of somebody who names places at random.
    repeated
        Of the observer if the plan judged were walked every time: the most that can be lost.
    guesses
        Guesses behind the rates.
    """

    hit_rate: float
    chance: float
    repeated: float
    guesses: int


def guessability(
    known: NDArray[np.bool_], actual: NDArray[np.bool_], *, guesses_per_slot: int = 1
) -> Guessability:
    """How often an observer of earlier plans is right about one plan.

    In each half hour in which an officer is at any place he names the places (as many as
    ``guesses_per_slot``) where he saw officers most often in that half hour; among equals those where he saw
    them in the half hours before or after, then those where he saw them at all; among places still equal
    he names one at random, and the hit rate is the expected one.

    Parameters
    ----------
    known
        [plans, places, slots] whether an officer was there in each plan that he knows.
    actual
        [places, slots] the plan he guesses at.
    guesses_per_slot
        Guesses he has in each half hour.

    Raises
    ------
    InputError
        The shapes do not fit together, or there are no guesses.

    Examples
    --------
    Two places, two half hours; the same plan three times is guessed at once:

    >>> plan = np.array([[True, False], [False, True]])
    >>> guessability(np.array([plan, plan, plan]), plan).hit_rate
    1.0
    >>> guessability(np.array([~plan]), plan).hit_rate, guessability(np.array([~plan]), plan).chance
    (0.0, 0.5)
    """
    if known.ndim != 3 or known.shape[1:] != actual.shape or guesses_per_slot < 1:
        raise InputError(
            f"known {known.shape} and actual {actual.shape}, {guesses_per_slot} guesses: give [plans, "
            "places, slots] and [places, slots] of the same places and slots, and at least one guess"
        )
    slots = np.flatnonzero(actual.any(axis=0))
    count = min(guesses_per_slot, actual.shape[0])
    return Guessability(
        hit_rate=_hits(_shares(known), actual, slots, count),
        chance=float(actual[:, slots].mean()) if len(slots) else 0.0,
        repeated=_hits(_shares(actual[None]), actual, slots, count),
        guesses=len(slots) * count,
    )


def mean_guessability(plans: NDArray[np.bool_], *, memory: int, guesses_per_slot: int = 1) -> Guessability:
    """The same over plans in their order, each guessed from the ``memory`` plans before it.

    Parameters
    ----------
    plans
        [plans, places, slots]; the first one is not guessed.
    memory
        Plans that the observer remembers, at least 1.
    guesses_per_slot
        As in :func:`guessability`.
    """
    if memory < 1 or len(plans) < 2:
        raise InputError(f"{len(plans)} plans and a memory of {memory}: give at least 2 and 1")
    each = [
        guessability(plans[max(0, k - memory) : k], plans[k], guesses_per_slot=guesses_per_slot)
        for k in range(1, len(plans))
    ]
    weights = np.array([one.guesses for one in each], dtype=np.float64)
    total = max(1.0, weights.sum())
    hit, chance, repeated = (
        float(weights @ [getattr(one, name) for one in each] / total)
        for name in ("hit_rate", "chance", "repeated")
    )
    return Guessability(hit_rate=hit, chance=chance, repeated=repeated, guesses=int(weights.sum()))


def _shares(plans: NDArray[np.bool_]) -> Floats:
    """[places, slots] in what share of the plans an officer was there."""
    return np.asarray(plans.mean(axis=0) if len(plans) else np.zeros(plans.shape[1:]), dtype=np.float64)


def _hits(often: Floats, actual: NDArray[np.bool_], slots: NDArray[np.int64], count: int) -> float:
    """Expected share of hits when the ``count`` most promising places of each slot are named."""
    if not len(slots):
        return 0.0
    guesses = named(often, count)[:, slots]
    return float((actual[:, slots] * guesses).sum() / (count * len(slots)))
