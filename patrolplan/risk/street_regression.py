"""Shares of records over segments predicted from traits of streets: a regression by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_STEPS, LONGEST_STEP, CLOSE = 50, 2.0, 1e-9


class Held(NamedTuple):
    """One set of records held back, and what is known of the streets without them.

    ``rows`` [regressors, segments], ``base`` [segments] shares of streets that are alike, ``found``
    [segments] weight of the records held back.
    """

    rows: NDArray[np.float64]
    base: NDArray[np.float64]
    found: NDArray[np.float64]


def predicted(
    coefficients: NDArray[np.float64], rows: NDArray[np.float64], base: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shares ``base * exp(coefficients @ rows)``, scaled to sum to 1, [segments].

    Examples
    --------
    >>> predicted(np.array([np.log(3)]), np.array([[0.0, 1.0]]), np.array([0.5, 0.5])).tolist()
    [0.25, 0.75]
    """
    power = coefficients @ rows
    worth = base * np.exp(power - power.max())
    return np.asarray(worth / worth.sum())


def fitted(
    held: Sequence[Held], usual: NDArray[np.float64], *, precision: float
) -> tuple[NDArray[np.float64], float]:
    """Coefficients that predict the records held back, and how well.

    The penalised likelihood of a multinomial regression, each coefficient normal around its usual
    value with the given precision: few records leave the usual values, many move them. The function
    is concave, so that Newton's steps end at its only top.

    Returns
    -------
    Coefficients [regressors], and the penalised log likelihood at them.
    """
    at = usual.copy()
    for _ in range(MOST_STEPS):
        slope, bend = -precision * (at - usual), np.eye(len(at)) * precision
        for one in held:
            share, count = predicted(at, one.rows, one.base), one.found.sum()
            mean = one.rows @ share
            slope = slope + one.rows @ one.found - count * mean
            bend = bend + count * ((one.rows * share) @ one.rows.T - np.outer(mean, mean))
        step = np.linalg.solve(bend, slope)
        longest = float(np.abs(step).max(initial=0.0))
        at = at + step * min(1.0, LONGEST_STEP / max(longest, 1e-300))
        if longest < CLOSE:
            break
    worth = sum(float(one.found @ np.log(predicted(at, one.rows, one.base))) for one in held)
    return at, worth - 0.5 * precision * float(((at - usual) ** 2).sum())
