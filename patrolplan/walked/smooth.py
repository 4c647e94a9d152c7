"""A track with its errors smoothed out: the Kalman smoother of a walker who changes his pace and way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from patrolplan.walked.stays import GAP_S
from patrolplan.walked.track import BIN_S, Fixes

TURNING_M2_S3 = 0.01
"""How fast velocity wanders (spectral density of acceleration): by a metre a second in about a minute and a
half, as on a walk with corners. Chosen on tracks simulated from two plans."""
LEAST_ERROR_M, MOST_ERROR_M = 2.0, 40.0
USUAL_ERROR_M = 5.0
"""Taken for a track too short to tell its own."""
FIRST_SPEED_M_PER_S = 1.0
MAD_OF_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def smoothed(fixes: Fixes) -> Fixes:
    """The likeliest places of a walker behind his fixes.

    Fixed-interval smoothing (Rauch, Tung and Striebel 1965, doi:10.2514/3.3166) of a walk with nearly
    constant velocity; the spread of errors is told by the track itself. Smooths what errs from fix to fix;
    errors that last for minutes stay. Nothing is smoothed across a gap.

    Parameters
    ----------
    fixes
        Of one crew, in order of time.

    Examples
    --------
    Fixes that jump from side to side of a street, walked at a metre a second:

    >>> t = np.arange(0.0, 300.0, 15)
    >>> fixes = Fixes(seconds=t, xy=np.column_stack([t, np.where(np.arange(20) % 2, 6.0, -6.0)]))
    >>> bool(np.abs(smoothed(fixes).xy[5:15, 1]).max() < 2)
    True
    """
    error_m = error_of(fixes)
    xy = fixes.xy.copy()
    starts = np.flatnonzero(np.diff(fixes.seconds) > GAP_S) + 1
    for part in np.split(np.arange(len(xy)), starts):
        if len(part) > 2:
            xy[part] = _smoothed(fixes.seconds[part], fixes.xy[part], error_m)
    return Fixes(seconds=fixes.seconds, xy=xy)


def error_of(fixes: Fixes) -> float:
    """Spread of a track's errors from fix to fix along each axis, metres.

    By second differences, in which steady walking cancels out; of even steps alone, and by their median,
    so that corners and canyons don't count as errors.
    """
    apart = np.diff(fixes.seconds)
    even = (apart[1:] < 2 * BIN_S) & (apart[:-1] < 2 * BIN_S)
    bend = (fixes.xy[2:] - 2 * fixes.xy[1:-1] + fixes.xy[:-2])[even]
    if len(bend) < 4:
        return USUAL_ERROR_M
    # a second difference of independent errors has six times their variance: 1 + 4 + 1
    spread = MAD_OF_NORMAL * float(np.median(np.abs(bend))) / np.sqrt(6)
    return float(np.clip(spread, LEAST_ERROR_M, MOST_ERROR_M))


def _smoothed(seconds: NDArray[np.float64], xy: NDArray[np.float64], error_m: float) -> NDArray[np.float64]:
    """Both axes at once: the state is [2, 2], place and velocity by axis."""
    count = len(seconds)
    state, spread = np.stack([xy[0], np.zeros(2)]), np.diag([error_m**2, FIRST_SPEED_M_PER_S**2])
    states, spreads = np.zeros((count, 2, 2)), np.zeros((count, 2, 2))
    guesses, doubts = states.copy(), spreads.copy()
    for k in range(count):
        if k:
            move, noise = _move(seconds[k] - seconds[k - 1])
            state, spread = move @ state, move @ spread @ move.T + noise
        guesses[k], doubts[k] = state, spread
        gain = spread[:, 0] / (spread[0, 0] + error_m**2)
        state = state + np.outer(gain, xy[k] - state[0])
        spread = spread - np.outer(gain, spread[0])
        states[k], spreads[k] = state, spread
    for k in range(count - 2, -1, -1):
        move, _ = _move(seconds[k + 1] - seconds[k])
        back = spreads[k] @ move.T @ np.linalg.inv(doubts[k + 1])
        states[k] = states[k] + back @ (states[k + 1] - guesses[k + 1])
    return states[:, 0]


def _move(seconds: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How a state goes on, and how much it may wander meanwhile."""
    s = max(seconds, 1e-3)
    wander = TURNING_M2_S3 * np.array([[s**3 / 3, s**2 / 2], [s**2 / 2, s]])
    return np.array([[1.0, s], [0.0, 1.0]]), wander
