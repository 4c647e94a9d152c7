"""Sentences that a plan carries ready made (why a hot spot is unserved, notes), told in another language."""

from __future__ import annotations

import re
from functools import lru_cache

from patrolplan.i18n import Words
from patrolplan.risk.hot_spot_label import UNNAMED, WHAT_A_NAMELESS_STREET_IS

SENTENCES = (
    "not open while any crew is on shift",
    "too far: no crew can walk there, stay and be back within its shift",
    "{crew} would need {minutes} more minutes; stops of more need took the time",
    "drawn at random by seed {seed}: scores {lost} less than the best plan found; who knows that one guesses "
    "where an officer is in a half hour right {hits} of the time, by chance {chance}",
    "crews shuttle between two stops {n} times",
    "{n} visits begin within 30 minutes of the last one there",
    "{n} visits cost 20 minutes of walk or more",
    "crews stand idle {share} of their time",
    "crews walk {share} of their time from stop to stop",
    "crews are close together {share} of their time",
    "no crew may go there",
    "no walk leads there and back from any crew's station",
    "{others} has all the visits it may get",
    "{crew} would walk {minutes} more minutes than it may",
    "its hours {hours} are taken by {others}",
    "no crew is free in {hours}",
    "let a crew go there",
    "plan a shift in its hours",
    "set longer walks between stops, or a station nearer by",
    "{minutes} more minutes for {crew}",
    "{minutes} more minutes of walk for {crew}",
    "one visit more for {others}",
    "hours wider than {hours}",
    "take the place of a visit to {stop}: {loss} % less of the score",
    "a visit would fit only where it adds less than the visits it would displace",
    "the {n} hot spots within reach of the stations hold {need} of the need in these hours, on {length} of "
    "the street length",
    "too long to be walked there and back in one visit, so never a stop: {names} ({share} of the need)",
    "these shares are policy, not statistics",
    "the need rests {parts}; these shares are policy, not statistics",
    "{n} offences lie on the street they name; {m} lie at junctions and are shared by the streets that meet "
    "there",
    "left out as mostly found by police themselves: {kinds}",
    "left out as not a street offence: {kinds}",
    "kinds of place without a row in the footfall table count as one shop, by day: {kinds}",
    "moving a share by 0.1 changes this much of the neediest 5% of street: {shares}",
    "offences without an hour ({counts}) follow the hours of the others of their kind",
    "made for volunteers: it shows where to walk and when, and holds no facts on offences",
    "Part of the patrol's round",
    "residents asked for presence here",
    "Stop without a street name",
    "Station",
    "Break",
)
"""Each as it is made elsewhere, with names for what changes."""

PARTS_OF_NEED = (
    "{share} on {n} street offences of {first} to {last} (as good as {equal} equal records; {week} a week to "
    "expect)",
    "{share} on {n} places people visit",
    "{share} on {n} named problems",
)

_NAMELESS = re.compile(
    f"({'|'.join(sorted({*WHAT_A_NAMELESS_STREET_IS.values(), UNNAMED}))})(?: near (.+))?", re.DOTALL
)
"""What a hot spot without a named street is called."""


def told(sentence: str, words: Words) -> str:
    """The sentence in the language of the words; as it is where there is no pattern for it.

    Examples
    --------
    >>> from patrolplan.i18n import words_of
    >>> told("Crew 1 would need 5 more minutes; stops of more need took the time", words_of("en"))
    'Crew 1 would need 5 more minutes; stops of more need took the time'
    """
    if words.is_source:
        return sentence
    if found := _NAMELESS.fullmatch(sentence):
        what, street = found.groups()
        return words("{what} near {street}", what=words(what), street=street) if street else words(what)
    for template, pattern in _patterns():
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            if "parts" in values:
                values["parts"] = ", ".join(
                    _told_part(part, words) for part in re.split(", (?=\\d)", values["parts"])
                )
            return words(template, **values)
    return sentence


def _told_part(part: str, words: Words) -> str:
    for template in PARTS_OF_NEED:
        if found := re.fullmatch(_regex(template), part):
            return words(template, **found.groupdict())
    return part


@lru_cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, re.compile(_regex(template), re.DOTALL)) for template in SENTENCES)


def _regex(template: str) -> str:
    pieces = re.split(r"\{(\w+)\}", template)
    return "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
