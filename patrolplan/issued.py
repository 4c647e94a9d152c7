"""A plan that was issued, as it stands in its folder: who walks where, and where all are at a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrolplan.duty import Crew
from patrolplan.graph.steps import Step
from patrolplan.reasons import Reason
from patrolplan.risk.hot_spots import HotSpot


@dataclass(frozen=True, kw_only=True)
class IssuedEvent:
    """One line of a crew's timetable: "start", "visit", "break" or "end", as `PatrolPlan.events` has it.

    ``place`` is in degrees.
    """

    kind: str
    hot_spot: int
    label: str
    arrive: datetime
    start: datetime
    leave: datetime
    place: tuple[float, float]
    street: str = ""
    need_share: float = 0.0
    why: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IssuedLeg:
    """One stretch of a crew's way: "walk" between places, "patrol" inside a hot spot."""

    kind: str
    hot_spot: int
    from_label: str
    to_label: str
    start: datetime
    end: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class IssuedRoute:
    """One crew's route."""

    crew: Crew
    events: tuple[IssuedEvent, ...]
    legs: tuple[IssuedLeg, ...]

    @property
    def visits(self) -> tuple[IssuedEvent, ...]:
        """The stops, in order of time."""
        return tuple(event for event in self.events if event.kind == "visit")


@dataclass(frozen=True, kw_only=True)
class IssuedPlan:
    """A plan as it was issued.

    Attributes
    ----------
    community, timezone, language, audience
        As written.
    routes
        One a crew, in the plan's order.
    hot_spots
        Stops of the plan; segments and nodes are numbers of the network it was made on.
    streets
        segment -> (u, v, length in metres) of streets the routes touch, to know the network again.
    """

    community: str
    timezone: str
    language: str
    audience: str
    routes: tuple[IssuedRoute, ...]
    hot_spots: tuple[HotSpot, ...]
    streets: dict[int, tuple[int, int, float]]


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Where a crew is at a given minute.

    Attributes
    ----------
    free
        When it can take a new order: at once on the way, after the visit or the break it is in.
    done
        Visits begun by then.
    leg
        The walk it is on, None where it stands.
    share
        How much of that walk lies behind it, 0 to 1.
    stop
        Hot spot it stands at; -1 at a station.
    rested
        Whether its break has begun.
    begun, over
        Whether its shift has begun, and is over.
    way_in
        In an alarm, the walk to the nearest street near a shelter, where it is beyond; ``free`` is its end.
    cut_off
        Whether in an alarm no such street is reached before its shift ends: its duty ends where it is.
    """

    free: datetime
    done: tuple[IssuedEvent, ...]
    leg: IssuedLeg | None
    share: float
    stop: int
    rested: bool
    begun: bool
    over: bool
    way_in: IssuedLeg | None = None
    cut_off: bool = False

    @property
    def walked_until(self) -> datetime:
        """When the walk it is on ends: it takes new orders then, or walks in."""
        return self.way_in.start if self.way_in is not None else self.free


@dataclass(frozen=True, kw_only=True)
class Move:
    """A crew that an alarm sends to a street near a shelter: it walks in ("in") or ends there ("end")."""

    crew: str
    kind: str
    street: str
    at: datetime


def whereabouts(route: IssuedRoute, now: datetime, *, ends: bool = False) -> Whereabouts:
    """Where a crew is if it has kept to its route so far.

    Parameters
    ----------
    route, now
        Its route, and the minute.
    ends
        Whether it goes off duty: a visit under way is cut short then, and does not count as done.
    """
    shift = route.crew.shift
    done = tuple(event for event in route.visits if (event.leave if ends else event.start) <= now)
    rests = [event for event in route.events if event.kind == "break"]
    rested = any(event.start <= now for event in rests)
    busy = [event.leave for event in (*done, *rests) if event.start <= now < event.leave]
    leg = next((leg for leg in route.legs if leg.kind == "walk" and leg.start <= now < leg.end), None)
    share = (now - leg.start) / (leg.end - leg.start) if leg else 0.0
    return Whereabouts(
        free=max([now, shift.start, *([] if ends else busy)]),
        done=done,
        leg=leg,
        share=share,
        stop=_standing(route, done, now),
        rested=rested,
        begun=shift.start <= now,
        over=shift.end <= now or route.events[-1].start <= now,
    )


def walked_part(steps: Sequence[Step], share: float) -> tuple[Step, ...]:
    """The first part of a walk, by length.

    Examples
    --------
    >>> way = (Step(segment=1, from_m=0, to_m=60), Step(segment=2, from_m=40, to_m=0))
    >>> walked_part(way, 0.7)
    (Step(segment=1, from_m=0, to_m=60), Step(segment=2, from_m=40, to_m=30.0))
    """
    left = share * sum(step.length_m for step in steps)
    out: list[Step] = []
    for step in steps:
        if left <= 0:
            break
        if step.length_m <= left:
            out.append(step)
        else:
            way = left if step.to_m >= step.from_m else -left
            out.append(Step(segment=step.segment, from_m=step.from_m, to_m=round(step.from_m + way, 6)))
        left -= step.length_m
    return tuple(out)


def next_minute(at: datetime) -> datetime:
    """The next whole minute; a whole one is itself.

    Examples
    --------
    >>> next_minute(datetime(2026, 11, 23, 18, 20, 1)).time().isoformat()
    '18:21:00'
    """
    rest = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at - rest + timedelta(minutes=1) if rest else at


def _standing(route: IssuedRoute, done: Sequence[IssuedEvent], now: datetime) -> int:
    """The hot spot at which the crew stands between walks: the one it last walked to."""
    walked = [leg for leg in route.legs if leg.kind == "walk" and leg.end <= now]
    if not walked:
        return -1
    following = [event for event in route.events if event.kind != "break" and event.arrive >= walked[-1].end]
    if following and following[0].kind == "end" and following[0].arrive <= now:
        return -1
    last = done[-1] if done else None
    ahead = (
        following[0] if following and following[0].kind == "visit" and following[0].arrive <= now else None
    )
    return ahead.hot_spot if ahead is not None else last.hot_spot if last is not None else -1
