"""What a week is judged by: longest times unseen, load of officers, and how guessable it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.evaluate.guess import Guessability, guessability
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.week.past import MEMORY_WEEKS, Past
from patrolplan.week.roster import Roster
from patrolplan.week.routes import SLOTS_A_WEEK
from patrolplan.week.seen import half_hours, seen_stops


@dataclass(frozen=True, kw_only=True)
class WeekGuess:
    """How guessable a week is for somebody who knows the weeks before.

    Attributes
    ----------
    guess
        "An officer is at this place in this half hour of the week."
    weeks
        How many weeks he knows.
    """

    guess: Guessability
    weeks: int


def gap_table(
    hot_spots: Sequence[HotSpot],
    top: Sequence[int],
    *,
    last_seen: NDArray[np.int64],
    visits: Sequence[tuple[date, int]],
    sunday: date,
) -> pd.DataFrame:
    """The longest time unseen of each top place, the days before the week counted.

    Parameters
    ----------
    hot_spots
        Stops of the week.
    top
        Rows of the top ones.
    last_seen
        [stops] ordinal of the day each was last seen before the week.
    visits
        (day, stop) of each visit of the week.
    sunday
        Last day of the week.

    Returns
    -------
    ``hot_spot``, ``label``, ``days_seen``, ``longest_gap_days`` (between days seen),
    ``unseen_at_end`` (days from the last time seen to the week's Sunday).
    """
    rows = []
    for stop in top:
        seen = sorted({day.toordinal() for day, at in visits if at == stop})
        marks = [int(last_seen[stop]), *seen]
        rows.append(
            {
                "hot_spot": int(stop),
                "label": hot_spots[stop].label,
                "days_seen": len(seen),
                "longest_gap_days": int(np.diff(marks).max(initial=0)),
                "unseen_at_end": sunday.toordinal() - marks[-1],
            }
        )
    columns = ["hot_spot", "label", "days_seen", "longest_gap_days", "unseen_at_end"]
    return pd.DataFrame(rows, columns=columns)


def load_table(roster: Roster) -> pd.DataFrame:
    """Each officer's ``minutes``, those ``due``, their ``share``, ``patrols``, ``days`` and ``nights``."""
    rows = []
    for number, officer in enumerate(roster.officers):
        own = [block for block in roster.blocks if block.officer == number]
        minutes = sum(block.end_min - block.start_min for block in own)
        step, night = roster.grid.step_min, roster.rules.night
        dark = [bool(night[b.start_min // step : -(-b.end_min // step)].any()) for b in own]
        rows.append(
            {
                "officer": officer.name,
                "minutes": minutes,
                "due": officer.minutes,
                "share": minutes / officer.minutes if officer.minutes else float("nan"),
                "patrols": len(own),
                "days": len({block.start_min // 1440 for block in own}),
                "nights": sum(dark),
            }
        )
    return pd.DataFrame(rows)


def week_guess(
    network: StreetNetwork,
    hot_spots: Sequence[HotSpot],
    visits: Sequence[tuple[pd.Timestamp, pd.Timestamp, int]],
    past: Past,
) -> WeekGuess | None:
    """How often somebody who knows the last weeks names place and half hour right; None without any.

    Parameters
    ----------
    network, hot_spots
        Of the week.
    visits
        (start, end, stop), local wall clock.
    past
        What the ledger holds of the weeks before.
    """
    weeks = past.weeks[-MEMORY_WEEKS:]
    if not weeks:
        return None
    found = seen_stops(network, hot_spots, past)
    table = past.visits
    known = np.zeros((len(weeks), len(hot_spots), SLOTS_A_WEEK), dtype=np.bool_)
    for row, stop in zip(found["visit"].tolist(), found["stop"].tolist(), strict=True):
        if table["week"].iloc[row] in weeks:
            at = weeks.index(table["week"].iloc[row])
            known[at, stop, half_hours(table["start"].iloc[row], table["end"].iloc[row])] = True
    actual = np.zeros((len(hot_spots), SLOTS_A_WEEK), dtype=np.bool_)
    for start, end, stop in visits:
        actual[stop, half_hours(start, end)] = True
    return WeekGuess(guess=guessability(known, actual), weeks=len(weeks))
