"""Rides to a patrol and home again, told for cards, messages, calendar, roster and map."""

from __future__ import annotations

from patrolplan.duty import Ride, RideLeg
from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.text import one_line
from patrolplan.io.times import clock
from patrolplan.io.word_forms import minutes_text

THERE = {
    "car": "By car {first}–{last} ({minutes}) from {board}; park at {alight}",
    "bicycle": "By bicycle {first}–{last} ({minutes}) from {board}; leave it at {alight}",
    "bus": "{bus} {first}–{last} ({minutes}) from {board}; get off at {alight}",
}
BACK = {
    "car": "Home by car {first}–{last} ({minutes}) to {alight}",
    "bicycle": "Home by bicycle {first}–{last} ({minutes}) to {alight}",
    "bus": "Home: {bus} {first}–{last} ({minutes}) from {board} to {alight}",
}
SET_OUT = {
    "car": "Set out on foot; the car waits here: {place}",
    "bicycle": "Set out on foot; the bicycle waits here: {place}",
    "bus": "Set out on foot from the bus stop: {place}",
}
RETURN = {
    "car": "Back at the car; at {station} by {time}",
    "bicycle": "Back at the bicycle; at {station} by {time}",
    "bus": "Back at the bus stop; at {station} by {time}",
}
WAITS = {
    "car": "{place} (the car waits here)",
    "bicycle": "{place} (the bicycle waits here)",
    "bus": "{place} (bus stop)",
}


def ride_lines(ride: Ride | None, words: Words = ENGLISH) -> tuple[str, ...]:
    """The ride there and the ride home, a line each; none where a patrol sets out from its station."""
    return () if ride is None else (there_words(ride, words), back_words(ride, words))


def there_words(ride: Ride, words: Words = ENGLISH) -> str:
    r"""The ride there.

    Examples
    --------
    >>> from datetime import datetime
    >>> at = [datetime(2026, 11, 23, hour, minute) for hour, minute in [(14, 0), (14, 12), (15, 50), (16, 0)]]
    >>> there, back = RideLeg(leave=at[0], arrive=at[1]), RideLeg(leave=at[2], arrive=at[3])
    >>> ride = Ride(by="car", station="Post 1", place="Mauren, Hof", there=there, back=back, path=())
    >>> print(there_words(ride), back_words(ride), set_out_words(ride), return_words(ride), sep="\n")
    By car 14:00–14:12 (12 min) from Post 1; park at Mauren, Hof
    Home by car 15:50–16:00 (10 min) to Post 1
    Set out on foot; the car waits here: Mauren, Hof
    Back at the car; at Post 1 by 16:00
    """
    return _told(THERE[ride.by], ride.there, ride.there.board or ride.station, ride.place, words)


def back_words(ride: Ride, words: Words = ENGLISH) -> str:
    """The ride home."""
    leg = ride.back
    return _told(BACK[ride.by], leg, leg.board or ride.place, leg.alight or ride.station, words)


def set_out_words(ride: Ride, words: Words = ENGLISH) -> str:
    """What stands where otherwise a station is left."""
    return words(SET_OUT[ride.by], place=one_line(ride.place))


def return_words(ride: Ride, words: Words = ENGLISH) -> str:
    """What stands where otherwise a station is come back to."""
    return words(RETURN[ride.by], station=one_line(ride.station), time=clock(ride.back.arrive))


def waits_words(ride: Ride, words: Words = ENGLISH) -> str:
    """The place where a patrol sets out, for the map."""
    return words(WAITS[ride.by], place=one_line(ride.place))


def _told(text: str, leg: RideLeg, board: str, alight: str, words: Words) -> str:
    return words(
        text,
        bus=words("Bus {line}", line=one_line(leg.line)) if leg.line else words("Bus"),
        first=clock(leg.leave),
        last=clock(leg.arrive),
        minutes=minutes_text(leg.minutes, words),
        board=one_line(board),
        alight=one_line(alight),
    )
