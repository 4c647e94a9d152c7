"""Records of one span against an earlier one, told by what the figures can bear: never as an effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

SURE = 0.95
"""Coverage of the intervals."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Records before and after at one place, as everybody may hear of them.

    Attributes
    ----------
    before, after
        Counts rounded down to steps of ``k``; 0 where there are fewer than ``k``.
    low, high
        Interval of the ratio of the daily rates, after over before, rounded to tenths so that it
        gives no count away; None where fewer than ``k`` records lie on either side.
    verdict
        "few" (too few to tell), "open" (the interval holds 1), "fewer" or "more".
    """

    before: int
    after: int
    low: float | None = None
    high: float | None = None
    verdict: str = "few"


def change_of(before: int, after: int, *, days_before: int, days_after: int, k: int) -> Change:
    """What two counts tell of a change.

    The interval is the exact one of two Poisson counts, by the binomial share of the later among all
    (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).

    Examples
    --------
    >>> change_of(40, 18, days_before=181, days_after=181, k=5)
    Change(before=40, after=15, low=0.2, high=0.8, verdict='fewer')
    >>> change_of(12, 9, days_before=181, days_after=181, k=5).verdict
    'open'
    >>> change_of(3, 30, days_before=181, days_after=181, k=5)
    Change(before=0, after=30, low=None, high=None, verdict='few')
    """
    if min(before, after) < k:
        return Change(before=before // k * k, after=after // k * k)
    low, high = rate_ratio(before, after, days_before=days_before, days_after=days_after)
    verdict = "fewer" if high < 1 else "more" if low > 1 else "open"
    return Change(
        before=before // k * k,
        after=after // k * k,
        low=round(low, 1),
        high=round(high, 1),
        verdict=verdict,
    )


def rate_ratio(before: int, after: int, *, days_before: int, days_after: int) -> tuple[float, float]:
    """The interval of the ratio of two daily rates, both counts above 0."""
    from scipy.stats import beta

    tail = (1 - SURE) / 2
    shares = beta.ppf(tail, after, before + 1), beta.ppf(1 - tail, after + 1, before)
    low, high = (float(share / (1 - share)) * days_before / days_after for share in shares)
    return low, high


def year_before(days: tuple[date, date]) -> tuple[date, date]:
    """The same days a year earlier.

    Examples
    --------
    >>> year_before((date(2028, 2, 1), date(2028, 2, 29)))
    (datetime.date(2027, 2, 1), datetime.date(2027, 2, 28))
    """

    def earlier(day: date) -> date:
        last_of_february = (day.month, day.day) == (2, 29)
        return day.replace(year=day.year - 1, day=28 if last_of_february else day.day)

    return earlier(days[0]), earlier(days[1])


def compared_days(
    days: tuple[date, date], known: tuple[date, date]
) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """The days that can be set against each other, earlier and later; None where records don't reach.

    Parameters
    ----------
    days
        First and last day that is told of.
    known
        First and last day that the records cover.

    Returns
    -------
    The same days of the year before, so that seasons don't count as a change; where the records
    don't reach back that far, as many days just before.

    Examples
    --------
    >>> half = date(2026, 1, 1), date(2026, 6, 30)
    >>> compared_days(half, (date(2024, 11, 1), date(2026, 5, 31)))[0]
    (datetime.date(2025, 1, 1), datetime.date(2025, 5, 31))
    >>> compared_days(half, (date(2025, 6, 1), date(2026, 10, 31)))[0]
    (datetime.date(2025, 7, 4), datetime.date(2025, 12, 31))
    >>> compared_days(half, (date(2026, 3, 1), date(2026, 10, 31)))
    """
    later = max(days[0], known[0]), min(days[1], known[1])
    if later[0] > later[1] or later[0] != days[0]:
        return None
    earlier = year_before(later)
    if earlier[0] < known[0]:
        length = later[1] - later[0]
        earlier = later[0] - timedelta(days=1) - length, later[0] - timedelta(days=1)
    return None if earlier[0] < known[0] else (earlier, later)


def length(days: tuple[date, date]) -> int:
    """Days from the first to the last, both counted."""
    return (days[1] - days[0]).days + 1
