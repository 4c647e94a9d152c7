"""A fair trial of patrols: places patrolled by lot on some days and not on others, then compared.

Each place is its own control, so that busy and quiet places need not be alike; each weekday of a
fortnight is patrolled once and left once, so that Saturdays are compared with Saturdays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm

from patrolplan.errors import InputError
from patrolplan.units import frozen_columns

FORTNIGHT = 14
LOTS = 2000
"""Calendars drawn anew to see what chance alone would give."""

LEVEL = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossoverCalendar:
    """Which places are patrolled on which days, by lot.

    Attributes
    ----------
    first
        First day.
    patrol
        [days, places] whether the place is patrolled that day; whole fortnights.
    seed
        Of the lot.
    """

    first: date
    patrol: NDArray[np.bool_]
    seed: int

    def __post_init__(self) -> None:
        frozen_columns(self, patrol=self.patrol)

    @property
    def days(self) -> tuple[date, ...]:
        """All days of the trial."""
        return tuple(self.first + timedelta(days=k) for k in range(len(self.patrol)))


@dataclass(frozen=True, kw_only=True)
class TrialPlace:
    """A place of the trial: its name and centre in degrees."""

    label: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class PlaceTrial:
    """A trial as it was drawn.

    Attributes
    ----------
    community
        Whose it is.
    calendar
        Which places are patrolled on which days.
    places
        In the calendar's order.
    hours
        Hour of the day (from, to) whose records count; (0, 24): all.
    radius_m, ring_m
        Size of a place, and of the ring around it.
    per_place_day, ring_share
        Records expected at a place a day, in these hours, and in the rings for each at the places.
    power
        Fall -> how often it would stand out.
    """

    community: str
    calendar: CrossoverCalendar
    places: tuple[TrialPlace, ...]
    hours: tuple[int, int]
    radius_m: float
    ring_m: float
    per_place_day: float
    ring_share: float
    power: dict[float, float]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Records at the places and around them, on patrolled days and on the others.

    Attributes
    ----------
    at_patrolled, at_left
        Records within the places on patrolled days and on the others (as many of each).
    around_patrolled, around_left
        Records in the rings around them.
    difference, low, high
        Weighted displacement difference: records more (or fewer, below 0) on patrolled days, places
        and rings together, with its 95 % interval.
    ratio, ratio_low, ratio_high
        Records within the places on patrolled days as a multiple of those on the others, exact 95 %
        interval; NaN without records.
    chance
        How often the lot alone would have given a difference as large.
    place_days
        Days of patrol, over all places.
    """

    at_patrolled: int
    at_left: int
    around_patrolled: int
    around_left: int
    difference: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    chance: float
    place_days: int


def draw_calendar(places: int, *, first: date, fortnights: int, seed: int) -> CrossoverCalendar:
    """Patrolled places by lot: each day half of them, each weekday of a fortnight once with and once without.

    Parameters
    ----------
    places
        How many, at least 2.
    first
        First day.
    fortnights
        How long, at least 1.
    seed
        Starts the lot.

    Raises
    ------
    InputError
        Too few places or fortnights.

    Examples
    --------
    >>> drawn = draw_calendar(4, first=date(2026, 11, 30), fortnights=3, seed=1)
    >>> drawn.patrol.shape, drawn.patrol.sum(axis=1).tolist() == [2] * 42
    ((42, 4), True)
    >>> bool((drawn.patrol[:7] ^ drawn.patrol[7:14]).all())
    True
    """
    if places < 2 or fortnights < 1:
        raise InputError(
            f"a trial needs at least 2 places and 1 fortnight, not {places} and {fortnights}: "
            "with one place there is nothing to take turns with"
        )
    patrol = _lot(places, fortnights, np.random.default_rng(seed))
    return CrossoverCalendar(first=first, patrol=patrol, seed=seed)


def compare_days(
    calendar: CrossoverCalendar, at: NDArray[np.int64], around: NDArray[np.int64], *, lots: int = LOTS
) -> Compared:
    """What happened on patrolled days beside the others.

    The weighted displacement difference of Wheeler and Ratcliffe (2018,
    doi:10.1186/s40163-018-0085-5), with the unpatrolled days of the same places as the comparison:
    the records at places and rings on patrolled days less those on the others; its variance is the
    sum of all counts, as counts of a Poisson process have. Beside it the chance by drawing the
    calendar anew, which takes no shape of the counts for granted.

    Parameters
    ----------
    calendar
        The trial as it was drawn.
    at, around
        [days, places] records within each place, and in the ring around it.
    lots
        Calendars drawn anew.
    """
    patrol = calendar.patrol
    on, off = int(at[patrol].sum()), int(at[~patrol].sum())
    ring_on, ring_off = int(around[patrol].sum()), int(around[~patrol].sum())
    difference = float(on - off + ring_on - ring_off)
    half = float(norm.ppf((1 + LEVEL) / 2) * np.sqrt(on + off + ring_on + ring_off))
    low, high = _exact_ratio(on, off)
    return Compared(
        at_patrolled=on,
        at_left=off,
        around_patrolled=ring_on,
        around_left=ring_off,
        difference=difference,
        low=difference - half,
        high=difference + half,
        ratio=on / off if off else np.nan,
        ratio_low=low,
        ratio_high=high,
        chance=_chance(calendar, at + around, difference, lots),
        place_days=int(patrol.sum()),
    )


def chance_to_see(per_place_day: float, place_days: int, fall: float, *, ring_share: float = 0.0) -> float:
    """How often a fall would stand out: the power of the test at 5 %, two-sided.

    Parameters
    ----------
    per_place_day
        Records expected at a place on a day without patrol.
    place_days
        Days of patrol over all places (as many are left).
    fall
        Share of records that patrol prevents at the places.
    ring_share
        Records in the rings for each at the places; they add noise and no effect.

    Examples
    --------
    >>> round(chance_to_see(0.05, 1000, 0.3), 2), round(chance_to_see(0.05, 1000, 0.0), 2)
    (0.37, 0.05)
    """
    left = per_place_day * place_days
    spread = np.sqrt(left * (2 - fall) + 2 * ring_share * left)
    if not spread > 0:
        return 0.0
    limit = norm.ppf((1 + LEVEL) / 2)
    z = fall * left / spread
    return float(norm.cdf(z - limit) + norm.cdf(-z - limit))


def _lot(places: int, fortnights: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """[days, places]: each weekday of a fortnight, half of the places first, the others a week later."""
    rank = rng.random((fortnights, 7, places)).argsort(axis=2).argsort(axis=2)
    # With an odd number of places the halves differ by one; which week gets more is by lot too.
    more = rng.integers(0, 2, size=(fortnights, 7, 1)) * (places % 2)
    first = rank < places // 2 + more
    return np.stack([first, ~first], axis=1).reshape(fortnights * FORTNIGHT, places)


def _chance(calendar: CrossoverCalendar, counts: NDArray[np.int64], difference: float, lots: int) -> float:
    """Share of calendars drawn anew with a difference at least as large; the one walked is one of them."""
    days, places = calendar.patrol.shape
    rng = np.random.default_rng([calendar.seed, days])
    total = counts.sum()
    drawn = np.array([2.0 * counts[_lot(places, days // FORTNIGHT, rng)].sum() - total for _ in range(lots)])
    return float((1 + (np.abs(drawn) >= abs(difference) - 1e-9).sum()) / (1 + lots))


def _exact_ratio(on: int, off: int) -> tuple[float, float]:
    """Limits of the ratio of two Poisson means of equal exposure, from Clopper and Pearson (1934)."""
    if on + off == 0:
        return np.nan, np.nan
    tail = (1 - LEVEL) / 2
    low = beta.ppf(tail, on, off + 1) if on else 0.0
    high = beta.ppf(1 - tail, on + 1, off) if off else 1.0
    return float(low / (1 - low)), float(high / (1 - high)) if high < 1 else np.inf
