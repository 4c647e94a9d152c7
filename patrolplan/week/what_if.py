"""What an hour more or less of patrol is worth, and at which times, with all other patrols as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.week.candidates import PRESENCE, Candidates, candidates_of, presence
from patrolplan.week.roster import Roster, worth_of
from patrolplan.week.rules import Rule, rules_of

HOUR = 60
SHOWN = 5


def hour_more_or_less(roster: Roster, *, fade_min: float = 120.0, shown: int = SHOWN) -> pd.DataFrame:
    """The patrols that gain most by an hour more, and those that lose least by an hour less.

    Every patrol is tried an hour longer and an hour shorter, at either end, with the others as they
    are; those that would break a rule (hours of the week and shares of load apart, for they are what
    is asked about) are left out. What each is worth is exact by the estimate the roster was made with.

    Parameters
    ----------
    roster
        As `make_roster` made it.
    fade_min
        As given to it.
    shown
        How many of each.

    Returns
    -------
    ``change`` ("more" or "less"), ``officer``, ``area``, ``day``, ``start_min``, ``end_min`` (of the
    patrol as it would be, minutes of the week), ``worth`` (shares of the week's need, negative for less) and
    ``share`` (of what the roster is worth), best first.
    """
    grid = roster.grid
    made = candidates_of(grid, roster.officers, roster.areas, roster.rules)
    chosen = _chosen(roster, made)
    taken = np.zeros(len(made), dtype=np.bool_)
    taken[chosen[chosen >= 0]] = True
    asked = [
        rule
        for rule in rules_of(grid, roster.officers, roster.areas, roster.rules, made)
        if " of patrol in the week" not in rule.name and not rule.name.startswith("load of ")
        if not rule.wish or _keeps([rule], taken)
    ]
    rows = []
    for block in chosen[chosen >= 0].tolist():
        for other in _neighbours(made, block, HOUR // grid.step_min).tolist():
            tried = taken.copy()
            tried[block], tried[other] = False, True
            if _keeps(asked, tried):
                present = _moved(roster, made, block, other, fade_min)
                worth = worth_of(roster.areas, grid, present) - roster.worth
                rows.append(_row(roster, made, block, other, worth))
    table = pd.DataFrame(
        rows, columns=["change", "officer", "area", "day", "start_min", "end_min", "worth", "share"]
    )
    table = table.sort_values(["change", "worth"], ascending=[False, False], kind="stable")
    return table.groupby("change", sort=False).head(shown).reset_index(drop=True)


def marginal_hours(roster: Roster) -> NDArray[np.float64]:
    """[areas, 168] what a crew more would add in each hour, if it were at work there for hours already."""
    grid, hours = roster.grid, roster.grid.hours
    made = np.zeros((len(roster.areas), 168))
    for number, (area, crews) in enumerate(zip(roster.areas, roster.presence, strict=True)):
        gain = area.gains[hours]
        level = np.arange(gain.shape[1])
        before = np.clip(crews[:, None] - level, 0.0, 1.0)
        after = np.clip(crews[:, None] + 1.0 - level, 0.0, 1.0)
        worth = (gain * (after - before)).sum(axis=1) * grid.step_min / 60
        week = slice(0, 7 * grid.per_day)
        made[number] = np.bincount(hours[week], weights=worth[week], minlength=168)
    return made


def _chosen(roster: Roster, made: Candidates) -> NDArray[np.int64]:
    """The candidate that each block is, -1 for one that is none (set by hand, off the rules)."""
    step = roster.grid.step_min
    key = {
        (int(o), int(s), int(e), int(a)): k
        for k, (o, s, e, a) in enumerate(zip(made.officer, made.start, made.end, made.area, strict=True))
    }
    found = [key.get((b.officer, b.start_min // step, b.end_min // step, b.area), -1) for b in roster.blocks]
    return np.array(found, dtype=np.int64)


def _neighbours(made: Candidates, block: int, slots: int) -> NDArray[np.int64]:
    """Candidates that are the block an hour longer or shorter at one end."""
    same = (made.officer == made.officer[block]) & (made.area == made.area[block])
    start, end = made.start - made.start[block], made.end - made.end[block]
    one_end = ((start == 0) & (np.abs(end) == slots)) | ((end == 0) & (np.abs(start) == slots))
    return np.flatnonzero(same & one_end)


def _keeps(rules: list[Rule], taken: NDArray[np.bool_]) -> bool:
    return all(rule.low <= int(rule.amount @ taken[rule.candidate]) <= rule.high for rule in rules)


def _moved(roster: Roster, made: Candidates, block: int, other: int, fade_min: float) -> NDArray[np.float64]:
    """Presence with one patrol in another's stead."""
    pair = np.array([block, other])
    two = Candidates(**{name: values[pair] for name, values in vars(made).items()})
    row, slot, tenths = presence(roster.grid, two, fade_min=fade_min)
    present = roster.presence.copy()
    np.add.at(present, (two.area[row], slot), np.where(row == 0, -tenths, tenths) / PRESENCE)
    return present


def _row(roster: Roster, made: Candidates, block: int, other: int, worth: float) -> dict[str, object]:
    step = roster.grid.step_min
    longer = made.end[other] - made.start[other] > made.end[block] - made.start[block]
    return {
        "change": "more" if longer else "less",
        "officer": roster.officers[int(made.officer[other])].name,
        "area": roster.areas[int(made.area[other])].name,
        "day": roster.grid.day(int(made.day[other])),
        "start_min": int(made.start[other]) * step,
        "end_min": int(made.end[other]) * step,
        "worth": worth,
        "share": worth / roster.worth if roster.worth else 0.0,
    }
