"""Stays told as visits: which planned visit each was, which were left out, which nobody can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from patrolplan.issued import IssuedEvent, IssuedRoute
from patrolplan.walked.stays import GAP_S, Stay

PASSING_S, PASSING_SHARE = 180.0, 1 / 3
"""A stay under three minutes, or under a third of the planned, is somebody walking past."""
CLOSE_S = 900.0
"""A second stay within a quarter of an hour of the first belongs to the same visit."""
SHORT = 0.5

DONE, CUT, LEFT_OUT, UNKNOWN = "done", "short", "not done", "unknown"


@dataclass(frozen=True, kw_only=True)
class WalkedVisit:
    """A planned visit and what became of it.

    Attributes
    ----------
    event
        As planned.
    status
        "done", "short" (less than half of its minutes), "not done", "unknown" (nothing was recorded).
    minutes
        Walked there; NaN if unknown.
    in_order
        Whether it was made in the planned order.
    why
        In the words of those who walked; "" if they gave none.
    by
        "track", "ticks" or "".
    """

    event: IssuedEvent
    status: str
    minutes: float
    in_order: bool = True
    why: str = ""
    by: str = ""

    @property
    def planned_min(self) -> float:
        """Minutes that the plan asked for."""
        return (self.event.leave - self.event.start).total_seconds() / 60


def visits_of_stays(
    route: IssuedRoute, found: Sequence[Stay], seconds: NDArray[np.float64], *, home: bool
) -> tuple[WalkedVisit, ...]:
    """What became of every visit of a route.

    Parameters
    ----------
    route
        As planned.
    found
        Stays of its crew.
    seconds
        [fixes] when there was a fix.
    home
        Whether the track ends where the route ends: then nothing came after it.
    """
    events = route.visits
    given = _given(events, found)
    rests = [e.leave.timestamp() - e.start.timestamp() for e in route.events if e.kind == "break"]
    beside = _beside_break(route)
    visits = []
    for k, (event, own) in enumerate(zip(events, given, strict=True)):
        if own:
            walked_s = sum(stay.length_s for stay in own)
            planned_s = (event.leave - event.start).total_seconds()
            if k in beside:  # minutes beyond the plan at the place of the break are taken for the break
                walked_s -= min(sum(rests), max(0.0, walked_s - planned_s))
            status = DONE if walked_s >= SHORT * planned_s else CUT
            visits.append(WalkedVisit(event=event, status=status, minutes=walked_s / 60, by="track"))
        else:
            known = _covered(k, events, given, seconds, home=home)
            visits.append(
                WalkedVisit(
                    event=event,
                    status=LEFT_OUT if known else UNKNOWN,
                    minutes=0.0 if known else float("nan"),
                    by="track" if known else "",
                )
            )
    return _ordered(visits, [min((s.start for s in own), default=float("nan")) for own in given])


def _given(events: Sequence[IssuedEvent], found: Sequence[Stay]) -> list[list[Stay]]:
    """The stays of each visit: most in the planned order, then what else was made of the plan."""
    planned_s = {event.hot_spot: (event.leave - event.start).total_seconds() for event in events}
    long = [stay for stay in found if stay.hot_spot in planned_s and not _passes(stay, planned_s)]
    given: list[list[Stay]] = [[] for _ in events]
    spare = set(range(len(long)))
    for number, k in _in_order(events, long):
        given[k].append(long[number])
        spare.discard(number)
    for number in sorted(spare):  # a stay cut in two by a coffee; a visit made at another time
        stay = long[number]
        same = [k for k, event in enumerate(events) if event.hot_spot == stay.hot_spot]
        near = [(_between(stay, one), k) for k in same for one in given[k]]
        free = [(abs(_middle(events[k]) - (stay.start + stay.end) / 2), k) for k in same if not given[k]]
        if near and min(near)[0] <= CLOSE_S:
            given[min(near)[1]].append(stay)
        elif free:
            given[min(free)[1]].append(stay)
    return _split(events, given, planned_s)


def _in_order(events: Sequence[IssuedEvent], long: Sequence[Stay]) -> list[tuple[int, int]]:
    """Stays and visits paired in one order: as many as can be, of equals those nearest in time."""
    best = np.zeros((len(long) + 1, len(events) + 1))
    for i, stay in enumerate(long, start=1):
        for k, event in enumerate(events, start=1):
            pair = -np.inf
            if stay.hot_spot == event.hot_spot:
                apart_s = abs(_middle(event) - (stay.start + stay.end) / 2)
                pair = best[i - 1, k - 1] + 1.0 - min(apart_s / 86400, 0.5)
            best[i, k] = max(best[i - 1, k], best[i, k - 1], pair)
    pairs, i, k = [], len(long), len(events)
    while i and k:
        if best[i, k] == best[i - 1, k]:
            i -= 1
        elif best[i, k] == best[i, k - 1]:
            k -= 1
        else:
            i, k = i - 1, k - 1
            pairs.append((i, k))
    return pairs


def _split(
    events: Sequence[IssuedEvent], given: list[list[Stay]], planned_s: Mapping[int, float]
) -> list[list[Stay]]:
    """One long stay told as two visits of the stop, where nothing was visited between them."""
    for k, event in enumerate(events):
        made = [j for j in range(len(events)) if given[j]]
        beside = [max((j for j in made if j < k), default=-1), min((j for j in made if j > k), default=-1)]
        for j in beside:
            if given[k] or j < 0 or events[j].hot_spot != event.hot_spot:
                continue
            stay = given[j][0]
            beyond = stay.length_s - planned_s[event.hot_spot]
            if beyond < max(PASSING_S, PASSING_SHARE * planned_s[event.hot_spot]):
                continue
            first = replace(stay, end=stay.end - beyond, length_s=stay.length_s - beyond)
            second = replace(stay, start=stay.end - beyond, length_s=beyond)
            given[min(j, k)], given[max(j, k)] = [first, *given[j][1:]], [second]
    return given


def _middle(event: IssuedEvent) -> float:
    return (event.start.timestamp() + event.leave.timestamp()) / 2


def _passes(stay: Stay, planned_s: Mapping[int, float]) -> bool:
    due = planned_s[stay.hot_spot]
    return stay.length_s < max(min(PASSING_S, due / 2), PASSING_SHARE * due)


def _between(a: Stay, b: Stay) -> float:
    return max(0.0, max(a.start, b.start) - min(a.end, b.end))


def _beside_break(route: IssuedRoute) -> set[int]:
    """Visits right before or after a break: the crew rests at their place."""
    kinds = [event.kind for event in route.events]
    beside = {at + step for at, kind in enumerate(kinds) if kind == "break" for step in (-1, 1)}
    order = [at for at, kind in enumerate(kinds) if kind == "visit"]
    return {number for number, at in enumerate(order) if at in beside}


def _covered(
    k: int,
    events: Sequence[IssuedEvent],
    given: Sequence[Sequence[Stay]],
    seconds: NDArray[np.float64],
    *,
    home: bool,
) -> bool:
    """Whether there are fixes over most of the time in which the visit was due, or might have been made."""
    before = [stay.end for own in given[:k] for stay in own]
    after = [stay.start for own in given[k + 1 :] for stay in own]
    if after or home:
        first, last = max(before, default=seconds[0]), min(after, default=seconds[-1])
        if last > first and _recorded_share(seconds, first, last) >= 0.8:
            return True
    return _recorded_share(seconds, events[k].start.timestamp(), events[k].leave.timestamp()) >= 0.5


def _recorded_share(seconds: NDArray[np.float64], first: float, last: float) -> float:
    starts, ends = np.clip(seconds[:-1], first, last), np.clip(seconds[1:], first, last)
    near = np.diff(seconds) <= GAP_S
    return float((ends - starts)[near].sum() / max(last - first, 1.0))


def _ordered(visits: list[WalkedVisit], began: list[float]) -> tuple[WalkedVisit, ...]:
    """The visits, those outside the longest run in planned order marked."""
    made = [k for k, at in enumerate(began) if not np.isnan(at)]
    longest: dict[int, tuple[int, ...]] = {}
    for place, k in enumerate(made):
        runs = [longest[j] for j in made[:place] if began[j] <= began[k]]
        longest[k] = (*(max(runs, key=len) if runs else ()), k)
    run: tuple[int, ...] = max(longest.values(), key=len) if longest else ()
    return tuple(replace(v, in_order=k in run or k not in longest) for k, v in enumerate(visits))
