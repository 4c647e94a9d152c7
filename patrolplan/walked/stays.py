"""Stays at stops: how long a matched track was on a stop's streets, gaps closed only where that is sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from patrolplan import units

GAP_S = 60.0
"""Fixes further apart leave a gap."""
STILL_S = 1800.0
"""A phone that stands still may record nothing for this long; then it is still there."""
LONGEST_GAP_S = 1200.0
"""Of a longer gap between two places nothing is taken to be known."""
FLICKER_S = 120.0
"""Away from a stop for less is noise, or the other side of the crossing."""


@dataclass(frozen=True, kw_only=True)
class Stay:
    """Time on a stop's streets, seconds since 1970; ``length_s`` leaves out what a gap hides."""

    hot_spot: int
    start: float
    end: float
    length_s: float


def stays(
    seconds: NDArray[np.float64],
    spot: NDArray[np.int64],
    way_m: NDArray[np.float64],
    *,
    dwell_s: NDArray[np.float64],
) -> list[Stay]:
    """Stays of a track at stops, in order of time.

    A gap between two fixes at one stop counts as a stay there. In a gap from a stop to elsewhere the
    way is walked at transfer speed, and what is left of the gap counts to the stop as far as
    its planned minutes are not yet seen: nothing is told that the plan did not ask for.

    Parameters
    ----------
    seconds, spot, way_m
        [fixes] when, at which stop (-1 at none), and metres along the streets since the fix before.
    dwell_s
        [stops] planned seconds.

    Examples
    --------
    Two minutes at stop 0, a gap of five minutes with 75 m (one minute) to walk to elsewhere:

    >>> found = stays(
    ...     np.array([0.0, 60, 120, 420]), np.array([0, 0, 0, -1]), np.array([0.0, 0, 0, 75]),
    ...     dwell_s=np.array([720.0]),
    ... )
    >>> [(stay.hot_spot, stay.start, stay.length_s) for stay in found]
    [(0, 0.0, 360.0)]
    """
    if len(seconds) < 2:
        return []
    plain = _merged(_pieces(seconds, spot))
    return _merged(
        sorted([*plain, *_in_gaps(seconds, spot, way_m, plain, dwell_s)], key=lambda one: one.start)
    )


def _pieces(seconds: NDArray[np.float64], spot: NDArray[np.int64]) -> list[Stay]:
    """Time between neighbouring fixes: half to each where they differ and lie close in time."""
    apart = np.diff(seconds)
    here, there = spot[:-1], spot[1:]
    made = []
    for at in np.flatnonzero((here >= 0) | (there >= 0)):
        start, end, middle = seconds[at], seconds[at + 1], (seconds[at] + seconds[at + 1]) / 2
        if here[at] == there[at]:
            if apart[at] <= STILL_S:
                made.append(_piece(here[at], start, end))
        elif apart[at] <= GAP_S:
            if here[at] >= 0:
                made.append(_piece(here[at], start, middle))
            if there[at] >= 0:
                made.append(_piece(there[at], middle, end))
        else:  # a stop seen at a single fix is seen, if only for a moment
            made += [
                _piece(one, when, when) for one, when in ((here[at], start), (there[at], end)) if one >= 0
            ]
    return made


def _piece(spot: int, start: float, end: float) -> Stay:
    return Stay(hot_spot=int(spot), start=float(start), end=float(end), length_s=float(end - start))


def _in_gaps(
    seconds: NDArray[np.float64],
    spot: NDArray[np.int64],
    way_m: NDArray[np.float64],
    plain: list[Stay],
    dwell_s: NDArray[np.float64],
) -> list[Stay]:
    apart = np.diff(seconds)
    made = []
    for at in np.flatnonzero((apart > GAP_S) & (apart <= LONGEST_GAP_S) & (spot[:-1] != spot[1:])):
        spare = apart[at] - way_m[at + 1] / units.TRANSFER_SPEED_M_PER_S
        left, right = int(spot[at]), int(spot[at + 1])
        wanted = [_short(plain, one, when, dwell_s) for one, when in
                  ((left, seconds[at]), (right, seconds[at + 1]))]  # fmt: skip
        if spare <= 0 or sum(wanted) <= 0:
            continue
        given = [want * min(1.0, spare / sum(wanted)) for want in wanted]
        if given[0] > 0:
            made.append(_piece(left, seconds[at], seconds[at] + given[0]))
        if given[1] > 0:
            made.append(_piece(right, seconds[at + 1] - given[1], seconds[at + 1]))
    return made


def _short(plain: list[Stay], spot: int, when: float, dwell_s: NDArray[np.float64]) -> float:
    """Planned seconds of a stop that the stay reaching up to a gap has not seen."""
    if spot < 0:
        return 0.0
    seen = [stay.length_s for stay in plain if stay.hot_spot == spot and stay.start <= when <= stay.end]
    return float(max(0.0, dwell_s[spot] - max(seen, default=0.0)))


def _merged(pieces: list[Stay]) -> list[Stay]:
    """Pieces of one stop that follow each other as one stay; a moment away counts as a moment there."""
    open_at: dict[int, Stay] = {}
    done = []
    for piece in sorted(pieces, key=lambda one: (one.start, one.end)):
        last = open_at.get(piece.hot_spot)
        if last is not None and piece.start - last.end <= FLICKER_S:
            away = max(0.0, piece.start - last.end)
            open_at[piece.hot_spot] = Stay(
                hot_spot=last.hot_spot,
                start=last.start,
                end=max(last.end, piece.end),
                length_s=last.length_s + away + max(0.0, piece.end - max(piece.start, last.end)),
            )
            continue
        done += [last] if last is not None else []
        open_at[piece.hot_spot] = piece
    return sorted([*done, *open_at.values()], key=lambda stay: (stay.start, stay.hot_spot))
