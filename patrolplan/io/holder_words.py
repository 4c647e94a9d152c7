"""Words of the files people hold beside the card: KML, calendar, messenger text and roster."""

from __future__ import annotations

from typing import Any

from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.card_words import day_words, span_words, walk_words
from patrolplan.io.route_facts import StopFacts
from patrolplan.io.times import clock
from patrolplan.io.word_forms import listed, minutes_text

__all__ = ["day_words", "span_words", "walk_words"]

ROUTE = "Route"
STOPS = "Stops"
SHIFT = "Foot patrol"
STATION = "Station"
BREAK = "Break"
WHY = "Why"
DO = "Do"
PLAN = "Plan"
CANCELLED = "No longer planned"
ROSTER = "Roster"
ROSTER_COLUMNS = ("Crew", "Officers", "Date", "From", "To", "Stops", "On foot, km", "Minutes at stops")
THERE, HOME = "Ride there", "Ride home"
OFFICER_COLUMNS = (
    "Date", "Crew", "With", "From", "To", "Min", "No.", "Place", "Street", "Why here now", "What to do",
    "Way there", "Done?", "Minutes there", "Why not, or changed",
)  # fmt: skip
TICKS = ("done", "out of order", "not done")
"""What an officer may choose under "Done?"."""
EVENTS = {"start": "Leave the station", "break": "Break", "end": "Back at the station"}
CUT = "…"


def stop_title(stop: StopFacts, words: Words = ENGLISH) -> str:
    """A stop as a title: its number and place, or what happens there."""
    return f"{stop.order}. {stop.label}" if stop.kind == "visit" else stop.told or words(EVENTS[stop.kind])


def stop_lines(stop: StopFacts, words: Words = ENGLISH) -> list[str]:
    """What to know at a stop, a line each: when, where, why, what to do, how to get there."""
    lines = [when_words(stop, words)]
    lines += [", ".join(filter(None, [stop.street, stop.landmark]))]
    lines += [f"{words(WHY)}: {stop.why}"] if stop.why else []
    lines += [f"{words(DO)}: {'; '.join(stop.acts)}"] if stop.acts else []
    lines += [stop.walk]
    return [line for line in lines if line]


def when_words(stop: StopFacts, words: Words = ENGLISH) -> str:
    """When a stop is due: a span for stays, one time for what has none."""
    if stop.kind in ("visit", "break"):
        return f"{span_words(stop.start, stop.leave)}, {minutes_text(stop.minutes, words)}"
    return clock(stop.leave if stop.kind == "start" else stop.arrive)


def shift_title(name: str, words: Words = ENGLISH) -> str:
    """A shift as a title."""
    return f"{words(SHIFT)}: {name}"


def officers_line(names: tuple[str, ...], digits: str, words: Words = ENGLISH) -> str:
    """Who walks, and by which plan."""
    return f"{words('with {names}', names=listed(names, words))} · {words(PLAN)} {digits}"


def more_stops(count: int, words: Words = ENGLISH) -> str:
    """That a text had no room for all stops."""
    return words.n("({n} more stop: see the card)", "({n} more stops: see the card)", count)


def title_line(name: str, start: Any, end: Any, words: Words = ENGLISH) -> str:
    """A route's first line."""
    return f"{name} · {day_words(start, words)}, {span_words(start, end)}"
