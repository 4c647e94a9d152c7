"""Small forms of words: counts and plurals, lists, kinds, spans of hours, lengths of time, shares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.text import one_line


def hours_span(hours: tuple[int, int]) -> str:
    """Hours of the day in words.

    Examples
    --------
    >>> hours_span((17, 21)), hours_span((22, 2)), hours_span((20, 24))
    ('17:00–21:00', '22:00–02:00', '20:00–24:00')
    """
    start, end = hours
    return f"{start % 24:02d}:00–{(end if end == 24 else end % 24):02d}:00"


def counted(count: int, noun: str, words: Words = ENGLISH) -> str:
    """A count with its noun, in the form that the language asks for.

    Examples
    --------
    >>> counted(1, "stop"), counted(2, "stop"), counted(3, "robbery"), counted(12345, "bus stop")
    ('1 stop', '2 stops', '3 robberies', '12,345 bus stops')
    """
    if words.is_source:
        return f"{count:,} {noun if count == 1 else plural(noun)}"
    if not words.knows(noun):
        return f"{words(noun)}: {words.number(count)}"
    return f"{words.number(count)} {words.n(noun, plural(noun), count)}"


def plural(noun: str) -> str:
    """The English plural of a regular noun.

    Examples
    --------
    >>> plural("theft"), plural("robbery"), plural("bus"), plural("church"), plural("day")
    ('thefts', 'robberies', 'buses', 'churches', 'days')
    """
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def kind_name(kind: str) -> str:
    """A kind as it reads within a sentence: shouted or capitalised Latin words in small letters.

    Examples
    --------
    >>> kind_name("ROBBERY FIREARM"), kind_name("bus_stop"), kind_name("DUI"), kind_name("Крадіжка")
    ('robbery firearm', 'bus stop', 'DUI', 'Крадіжка')
    """
    text = one_line(kind.replace("_", " "))
    if not text.isascii() or (text.isupper() and len(text) <= 4):
        return text
    return text.lower()


def listed(things: Iterable[str], words: Words = ENGLISH) -> str:
    """Things in a row, the last after "and".

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *first, last = list(things)
    return words("{first} and {last}", first=", ".join(first), last=last) if first else last


def minutes_text(minutes: float, words: Words = ENGLISH) -> str:
    """A length of time.

    Examples
    --------
    >>> minutes_text(12), minutes_text(65), minutes_text(120)
    ('12 min', '1 h 05 min', '2 h')
    """
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return words("{n} min", n=rest)
    return words("{h} h {m} min", h=hours, m=f"{rest:02d}") if rest else words("{h} h", h=hours)


def share_text(share: float, words: Words = ENGLISH) -> str:
    """A share as a percentage with two figures that count.

    Examples
    --------
    >>> share_text(0.4567), share_text(0.0123), share_text(0.00004), share_text(0)
    ('46 %', '1.2 %', 'under 0.01 %', '0 %')
    """
    percent = 100 * share
    if percent == 0:
        return "0 %"
    if percent < 0.01:
        return words("under {share}", share=f"{words.number(0.01, 2)} %")
    digits = 0 if percent >= 9.95 else 1 if percent >= 0.95 else 2
    return f"{words.number(percent, digits)} %"
