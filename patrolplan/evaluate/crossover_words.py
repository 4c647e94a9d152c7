"""A trial of patrols in words: what it shows, and what it doesn't."""

from __future__ import annotations

import math

from patrolplan.evaluate.crossover import Compared

SURE = 0.05


def drawn_lines(
    places: int, days: int, per_place_day: float, power: dict[float, float], hours: tuple[int, int]
) -> list[str]:
    """What people should know before they begin."""
    when = "" if hours == (0, 24) else f" between {hours[0]}:00 and {hours[1]}:00"
    told = [f"a fall of {fall:.0%} would stand out in {chance:.0%}" for fall, chance in power.items()]
    lines = [
        f"{places} places, {days} days; each day half of the places are patrolled, by lot",
        f"about {per_place_day * 7:.2f} records a place and week{when} by the records so far",
        f"of such trials: {'; '.join(told)}",
    ]
    if max(power.values()) < 0.8:
        lines.append(
            "warning: even the greatest of these falls would often be missed, and a result of no difference "
            "would say little; more weeks, more places or longer hours would help"
        )
    lines.append("keep to the calendar whatever happens, and don't draw again: the lot is what makes it fair")
    return lines


def judged_lines(found: Compared) -> list[str]:
    """What the trial shows, in plain words."""
    return [
        f"places: {found.at_patrolled} records on patrolled days, {found.at_left} on as many days without; "
        f"rings of 100 m: {found.around_patrolled} and {found.around_left}",
        f"weighted displacement difference {found.difference:+.0f} records "
        f"[{found.low:+.0f}, {found.high:+.0f}] in {found.place_days} days of patrol at a place",
        _ratio(found),
        f"by the lot alone a difference as large would come up in {found.chance:.1%} of draws",
        verdict(found),
        "it doesn't show whether offences moved farther than the rings, what the same officers would have "
        "done elsewhere, or whether it holds at other places; effects that last beyond a day make the "
        "difference smaller",
    ]


def verdict(found: Compared) -> str:
    """The plain sentence."""
    if found.chance >= SURE:
        return (
            "it shows no difference beyond chance: that is not proof that patrols do nothing here, "
            "the interval above says how much may have been missed"
        )
    if found.difference < 0:
        return "fewer offences were recorded on patrolled days than chance would bring"
    return (
        "more offences were recorded on patrolled days than chance would bring: officers may record "
        "what they find, so compare kinds that residents report"
    )


def _ratio(found: Compared) -> str:
    if math.isnan(found.ratio):
        return "too few records at the places for a ratio"
    top = "any height" if math.isinf(found.ratio_high) else f"{found.ratio_high:.2f}"
    return (
        f"patrolled days had {found.ratio:.2f} times the records of the others [{found.ratio_low:.2f}, {top}]"
    )
