"""Who is on duty, when, and from where: officers, shifts, breaks and crews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from patrolplan.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One person who walks.

    Attributes
    ----------
    name
        As it shall stand on the card; shown to the command only.
    speed_factor
        1 for a usual walker, 0.8 for one who is 20 % slower.
    volunteer
        Whether it is a volunteer, who walks only together with an officer.
    """

    name: str
    speed_factor: float = 1.0
    volunteer: bool = False


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A span of duty between two instants (time-zone aware).

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> kyiv = ZoneInfo("Europe/Kyiv")
    >>> four, eight = (datetime(2026, 11, 23, h, tzinfo=kyiv) for h in (16, 20))
    >>> shift = Shift(start=four, end=eight)
    >>> shift.seconds
    14400
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InputError(f"shift {self.start} to {self.end}: give both times a time zone")
        if self.seconds <= 0:
            raise InputError(f"shift {self.start} to {self.end}: the end must come after the start")

    @property
    def seconds(self) -> int:
        """Elapsed seconds of the shift (a night in which clocks change is shorter or longer)."""
        return int((self.end.timestamp()) - self.start.timestamp())


@dataclass(frozen=True, kw_only=True)
class Break:
    """A rest within a shift: it begins between ``earliest`` and ``latest`` and lasts ``length``."""

    earliest: datetime
    latest: datetime
    length: timedelta


@dataclass(frozen=True, kw_only=True)
class RideLeg:
    """One ride: when it leaves and arrives and, of a bus, its line and stops where they are named."""

    leave: datetime
    arrive: datetime
    line: str = ""
    board: str = ""
    alight: str = ""

    @property
    def minutes(self) -> float:
        """How long it takes, parking included."""
        return (self.arrive.timestamp() - self.leave.timestamp()) / 60


@dataclass(frozen=True, kw_only=True)
class Ride:
    """The way from a station to where a patrol sets out on foot, and home again.

    Attributes
    ----------
    by
        "car", "bicycle" or "bus".
    station, place
        What the two ends are called: the station, and where the vehicle waits or the bus stops.
    there, back
        The two rides.
    path
        (longitude, latitude) in degrees along the way there; the two ends alone where the way is not known.
    """

    by: str
    station: str
    place: str
    there: RideLeg
    back: RideLeg
    path: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Officers who walk one route together in one shift.

    Attributes
    ----------
    name
        Label of the route ("Crew 1").
    officers
        At least one; the crew walks at the pace of its slowest.
    shift
        When it is on the street, walk out and back included.
    start, end
        Stations as (longitude, latitude) in degrees; the route begins and ends there.
    rest
        The break, if there is one.
    start_span
        Between which times the shift was free to begin; None where it was fixed.
    cut_for
        Names of those whose hours cut the shift.
    ride
        How it gets to where it sets out on foot, None where it walks from a station.
    """

    name: str
    officers: tuple[Officer, ...]
    shift: Shift
    start: tuple[float, float]
    end: tuple[float, float]
    rest: Break | None = None
    start_span: tuple[datetime, datetime] | None = None
    cut_for: tuple[str, ...] = ()
    ride: Ride | None = None

    @property
    def on_duty(self) -> tuple[datetime, datetime]:
        """From when to when it is away from its station, rides included."""
        if self.ride is None:
            return self.shift.start, self.shift.end
        return self.ride.there.leave, self.ride.back.arrive

    @property
    def speed_factor(self) -> float:
        """Pace of the slowest officer."""
        return min(officer.speed_factor for officer in self.officers)
