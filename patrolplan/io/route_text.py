"""A route as a plain message of at most 4,096 characters, as messengers allow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from patrolplan.io import holder_words as words
from patrolplan.io.atomic import write_text
from patrolplan.io.card_words import NO_SUSPICION
from patrolplan.io.route_facts import RouteFacts, StopFacts, all_routes
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

FILES = "route_*.txt"
"""What the files of all crews are called."""

MOST_CHARACTERS = 4096
"""Telegram's longest message, counted in UTF-16 units; other messengers allow more."""
LONGEST_WHY = 90
LONGEST_NAME = 60

_Teller = Callable[[StopFacts], list[str]]


def write_route_text(plan: PatrolPlan, path: str | os.PathLike[str], *, crew: int = 0) -> Path:
    """Write one crew's route as a message to send, and return the path.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.
    crew
        Index into ``plan.crews``.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    return write_text(path, route_texts(plan)[crew])


def route_texts(plan: PatrolPlan, *, routes: Sequence[RouteFacts] | None = None) -> list[str]:
    """Every crew's message, in the order of the crews.

    A route that is too long for a message loses, for all its stops alike, first the coordinates, then
    the way there, then what to do, then the reasons; names are cut before a stop is left out.
    """
    return [route_text(plan.community, route) for route in (routes or all_routes(plan))]


def route_text(community: str, route: RouteFacts) -> str:
    """One route as a message."""
    for teller in (_all, _no_place, _no_walk, _no_acts, _short):
        text = _text(community, route, teller, len(route.stops))
        if utf16_units(text) <= MOST_CHARACTERS:
            return text
    told = len(route.stops)
    while utf16_units(text) > MOST_CHARACTERS and told > 0:
        told -= 1
        text = _text(community, route, _short, told)
    return text


def utf16_units(text: str) -> int:
    """Length as messengers count it: signs beyond the first 65,536 are two.

    Examples
    --------
    >>> utf16_units("вул."), utf16_units("🚓")
    (4, 2)
    """
    return len(text.encode("utf-16-le")) // 2


def _text(community: str, route: RouteFacts, teller: _Teller, told: int) -> str:
    shift = route.crew.shift
    head = [
        words.title_line(_cut(route.name, LONGEST_NAME), shift.start, shift.end),
        _cut(one_line(community), LONGEST_NAME),
        words.officers_line(tuple(_cut(name, LONGEST_NAME) for name in route.officers[:4]), route.digits),
    ]
    stops = ["\n".join(teller(stop)) for stop in route.stops[:told]]
    rest = sum(stop.kind == "visit" for stop in route.stops[told:])
    tail = [*([words.more_stops(rest)] if rest else []), NO_SUSPICION, OSM_CREDIT]
    return "\n\n".join(["\n".join(head), *stops, "\n".join(tail)]) + "\n"


def _all(stop: StopFacts) -> list[str]:
    where = ", ".join(filter(None, [stop.street, stop.landmark]))
    place = f"{stop.lat:.5f}, {stop.lon:.5f}"
    return _told(stop, where, stop.walk and f"→ {stop.walk}", _why(stop), _acts(stop), place)


def _no_place(stop: StopFacts) -> list[str]:
    return [line for line in _all(stop) if line != f"{stop.lat:.5f}, {stop.lon:.5f}"]


def _no_walk(stop: StopFacts) -> list[str]:
    return _told(stop, ", ".join(filter(None, [stop.street, stop.landmark])), _why(stop), _acts(stop))


def _no_acts(stop: StopFacts) -> list[str]:
    return _told(stop, _cut(_why(stop), LONGEST_WHY))


def _short(stop: StopFacts) -> list[str]:
    return [_cut(_title(stop), LONGEST_NAME + 20)]


def _told(stop: StopFacts, *lines: str) -> list[str]:
    own = lines if stop.kind == "visit" else ()
    return [_title(stop), *(line for line in own if line)]


def _title(stop: StopFacts) -> str:
    return f"{words.when_words(stop)}  {_cut(words.stop_title(stop), LONGEST_NAME)}"


def _why(stop: StopFacts) -> str:
    return f"{words.WHY}: {stop.why}" if stop.why else ""


def _acts(stop: StopFacts) -> str:
    return f"{words.DO}: {'; '.join(stop.acts)}" if stop.acts else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + words.CUT
