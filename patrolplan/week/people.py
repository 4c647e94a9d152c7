"""Who may patrol when, and by what rules: officers of a week, areas, cover, and the rules of work."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class WeekOfficer:
    """An officer and his week.

    Attributes
    ----------
    name
        As it shall stand on the card.
    minutes
        Minutes of patrol that are due in the week, leave taken off.
    free
        [slots] whether he may patrol.
    station
        Row of the station where his patrols begin.
    pace
        1 for a usual walker.
    rested_from
        Slot from which he is rested after his last patrol of the week before.
    nights_before, minutes_before
        Nights and minutes of the weeks before, for fairness.
    habits
        [168] share of the weeks before in which he was on the street in that hour of the week.
    """

    name: str
    minutes: int
    free: Bools
    station: int = 0
    pace: float = 1.0
    rested_from: int = 0
    nights_before: int = 0
    minutes_before: int = 0
    habits: NDArray[np.float64] = field(default_factory=lambda: np.zeros(168))


@dataclass(frozen=True, kw_only=True)
class Area:
    """A settlement, or all that is walked to from the stations.

    Attributes
    ----------
    name
        "" where there is one area alone.
    gains
        [168, crews] what the first, second, ... crew adds in an hour, shares of the week's need.
    arrive_min
        [stations, slots] minute of the week at which a patrol that begins in a slot is on foot
        there, -1 where none gets there.
    leave_min
        [stations, slots + 1] minute at which it must leave to be back by the end of a slot.
    most_gap_days
        Longest time unseen in days, 0: no matter.
    seen_before
        Number of the day on which it was last seen, 0 Monday, negative; None: not known.
    places, place_min
        How many neediest places must be seen at least every ``most_gap_days``, and minutes that one takes
        with the walk to it: patrols shall be long enough for them, where the other rules let it.
    """

    name: str
    gains: NDArray[np.float64]
    arrive_min: Ints
    leave_min: Ints
    most_gap_days: int = 0
    seen_before: int | None = None
    places: int = 0
    place_min: int = 22


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Slots in which at least ``officers`` must be on the street (in ``area``; -1: anywhere)."""

    slots: Bools
    officers: int
    area: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A patrol that is set: by a fixed roster or by the planner's hand."""

    officer: int
    start_slot: int
    end_slot: int
    area: int


@dataclass(frozen=True, kw_only=True)
class WorkRules:
    """The rules of work.

    Attributes
    ----------
    shortest, longest
        Slots of a patrol.
    first, last
        Slots of a day within which patrols lie; ``last`` may pass midnight.
    rest
        Least slots between patrols on different days.
    blocks_a_day, most_days, most_nights
        Most patrols a day, days a week and nights a week of an officer.
    night
        [slots] whether it is night.
    cover
        Times at which some must be on the street.
    load_apart
        Largest difference between two officers' shares of their hours.
    least_foot_min
        A patrol with less time on foot is not worth the ride.
    """

    shortest: int
    longest: int
    first: int
    last: int
    rest: int
    blocks_a_day: int
    most_days: int
    most_nights: int
    night: Bools
    cover: tuple[Cover, ...] = ()
    load_apart: float = 0.1
    least_foot_min: int = 60
