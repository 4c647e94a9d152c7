"""Sentences that a plan carries ready made (why a hot spot is unserved, notes), told in another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from patrolplan.i18n import Words
from patrolplan.io.note_sentences import NOTES, PIECES
from patrolplan.risk.hot_spot_label import UNNAMED, WHAT_A_NAMELESS_STREET_IS

SENTENCES = (
    "not open while any crew is on shift",
    "too far: no crew can walk there, stay and be back within its shift",
    "{crew} would need {minutes} more minutes; its time goes to visits that add more",
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
    "{minutes} more minutes for {crew}, or the place of a visit to {stop}: {loss} % less of the score",
    "{minutes} more minutes for {crew}",
    "{minutes} more minutes of walk for {crew}",
    "one visit more for {others}",
    "hours wider than {hours}",
    "take the place of a visit to {stop}, at next to no loss",
    "take the place of a visit to {stop}: {loss} % less of the score",
    "a visit would fit only where it adds less than the visits it would displace",
    "Part of the patrol's round",
    "residents asked for presence here",
    "Stop without a street name",
    "Station",
    "Break",
)
"""Each as it is made elsewhere, with names for what changes."""

_NAMELESS = re.compile(
    f"({'|'.join(sorted({*WHAT_A_NAMELESS_STREET_IS.values(), UNNAMED}))})(?: near (.+))?", re.DOTALL
)
"""What a hot spot without a named street is called."""


_FORMS = {
    **dict.fromkeys(("n", "m", "rows"), r"[\d., ]*\d"),
    **dict.fromkeys(("share", "before", "after"), r"[\d.,]+%"),
    **dict.fromkeys(("time", "used"), r"\d\d:\d\d"),
    "day": r"\d{4}-\d\d-\d\d",
}
"""What a value of a name looks like, so that words of other people aren't taken for it."""


def told(sentence: str, words: Words) -> str:
    """The sentence in the language of the words; as it is where there is no pattern for it.

    Examples
    --------
    >>> from patrolplan.i18n import words_of
    >>> told("Crew 1 would need 5 more minutes; its time goes to visits that add more", words_of("en"))
    'Crew 1 would need 5 more minutes; its time goes to visits that add more'
    """
    if words.is_source:
        return sentence
    if found := _NAMELESS.fullmatch(sentence):
        what, street = found.groups()
        return words("{what} near {street}", what=words(what), street=street) if street else words(what)
    for template, pattern in _patterns(SENTENCES):
        if found := pattern.fullmatch(sentence):
            return words(template, **found.groupdict())
    return sentence


def told_note(note: str, words: Words) -> str:
    """A plan's note in the language of the words, what stands before it and a colon told by itself.

    Examples
    --------
    >>> from patrolplan.i18n import words_of
    >>> told_note("stops.csv: times known: 2 to the minute, 1 not at all", words_of("uk"))
    'stops.csv: час відомий: з точністю до хвилини — 2, невідомий — 1'
    """
    if words.is_source:
        return note
    starts = [0, *(found.end() for found in re.finditer(": ", note))]
    for start in starts:
        for template, pattern in _patterns(NOTES, formed=True):
            if found := pattern.fullmatch(note, start):
                values = {name: _told_value(value, words) for name, value in found.groupdict().items()}
                before = note[:start].removesuffix(": ")
                return (f"{_told_value(before, words)}: " if before else "") + words(template, **values)
    return note


def _told_value(value: str, words: Words) -> str:
    """The value as one piece or else piece by piece; what is no piece of ours is someone's own word."""
    whole = _told_piece(value, words)
    return (
        whole
        if whole is not None
        else ", ".join(
            piece if (told := _told_piece(piece, words)) is None else told for piece in value.split(", ")
        )
    )


def _told_piece(piece: str, words: Words) -> str | None:
    for template, pattern in _patterns(PIECES, formed=True):
        if found := pattern.fullmatch(piece):
            return words(template, **found.groupdict())
    return None


@lru_cache
def _patterns(templates: tuple[str, ...], *, formed: bool = False) -> tuple[tuple[str, re.Pattern[str]], ...]:
    forms = _FORMS if formed else {}
    return tuple((template, re.compile(_regex(template, forms), re.DOTALL)) for template in templates)


def _regex(template: str, forms: Mapping[str, str]) -> str:
    pieces = re.split(r"\{(\w+)\}", template)
    return "".join(
        f"(?P<{piece}>{forms.get(piece, '.+?')})" if at % 2 else re.escape(piece)
        for at, piece in enumerate(pieces)
    )
