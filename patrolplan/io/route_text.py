"""A route as a plain message of at most 4,096 characters, as messengers allow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from patrolplan.i18n import Words
from patrolplan.io import holder_words as texts
from patrolplan.io.atomic import write_text
from patrolplan.io.card_words import NO_SUSPICION, duty_lines
from patrolplan.io.ride_words import ride_lines
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
LONGEST_LACKS = 400
LONGEST_DAY = 200

_Teller = Callable[[StopFacts, Words], list[str]]


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
    shift, words = route.crew.shift, route.words
    head = [
        texts.title_line(_cut(route.name, LONGEST_NAME), shift.start, shift.end, words),
        _cut(one_line(community), LONGEST_NAME),
        texts.officers_line(
            tuple(_cut(name, LONGEST_NAME) for name in route.officers[:4]), route.digits, words
        ),
        *(_cut(line, LONGEST_DAY) for line in ride_lines(route.crew.ride, words)),
        *(_cut(line, 2 * LONGEST_NAME) for line in duty_lines(route.crew, words)),
        *(_cut(line, LONGEST_LACKS) for line in route.lacks),
        *(_cut(line, LONGEST_DAY) for line in route.days),
    ]
    stops = ["\n".join(teller(stop, words)) for stop in route.stops[:told]]
    rest = sum(stop.kind == "visit" for stop in route.stops[told:])
    tail = [*([texts.more_stops(rest, words)] if rest else []), words(NO_SUSPICION), OSM_CREDIT]
    return "\n\n".join(["\n".join(head), *stops, "\n".join(tail)]) + "\n"


def _all(stop: StopFacts, words: Words) -> list[str]:
    where = ", ".join(filter(None, [stop.street, stop.landmark]))
    place = f"{stop.lat:.5f}, {stop.lon:.5f}"
    return _told(
        stop, words, where, stop.walk and f"→ {stop.walk}", _why(stop, words), _acts(stop, words), place
    )


def _no_place(stop: StopFacts, words: Words) -> list[str]:
    return [line for line in _all(stop, words) if line != f"{stop.lat:.5f}, {stop.lon:.5f}"]


def _no_walk(stop: StopFacts, words: Words) -> list[str]:
    return _told(
        stop,
        words,
        ", ".join(filter(None, [stop.street, stop.landmark])),
        _why(stop, words),
        _acts(stop, words),
    )


def _no_acts(stop: StopFacts, words: Words) -> list[str]:
    return _told(stop, words, _cut(_why(stop, words), LONGEST_WHY))


def _short(stop: StopFacts, words: Words) -> list[str]:
    return [_cut(_title(stop, words), LONGEST_NAME + 20)]


def _told(stop: StopFacts, words: Words, *lines: str) -> list[str]:
    own = lines if stop.kind == "visit" else ()
    return [_title(stop, words), *(line for line in own if line)]


def _title(stop: StopFacts, words: Words) -> str:
    longest = LONGEST_DAY if stop.told else LONGEST_NAME
    return f"{texts.when_words(stop, words)}  {_cut(texts.stop_title(stop, words), longest)}"


def _why(stop: StopFacts, words: Words) -> str:
    return f"{words(texts.WHY)}: {stop.why}" if stop.why else ""


def _acts(stop: StopFacts, words: Words) -> str:
    return f"{words(texts.DO)}: {'; '.join(stop.acts)}" if stop.acts else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + texts.CUT
