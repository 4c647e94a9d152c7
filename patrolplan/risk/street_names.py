"""Street names made comparable: "2000 BLOCK N GRATZ ST" and "North Gratz Street" are one street."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS_OUT = frozenset(
    [
        "st",
        "str",
        "street",
        "ave",
        "av",
        "avenue",
        "rd",
        "road",
        "blvd",
        "boulevard",
        "dr",
        "drive",
        "ln",
        "lane",
        "ct",
        "court",
        "pl",
        "place",
        "ter",
        "terrace",
        "pkwy",
        "parkway",
        "hwy",
        "highway",
        "sq",
        "square",
        "way",
        "wy",
        "cir",
        "circle",
        "aly",
        "alley",
        "plz",
        "plaza",
        "n",
        "s",
        "e",
        "w",
        "ne",
        "nw",
        "se",
        "sw",
        "north",
        "south",
        "east",
        "west",
        "block",
        "blk",
        "of",
        "near",
        "the",
        "вул",
        "вулиця",
        "пров",
        "провулок",
        "просп",
        "пр-т",
        "проспект",
        "бульв",
        "бул",
        "бульвар",
        "пл",
        "площа",
        "шосе",
        "узвіз",
        "наб",
        "набережна",
        "алея",
        "майдан",
        "проїзд",
        "туп",
        "тупик",
        "буд",
        "будинок",
        "ул",
        "улица",
        "пер",
        "переулок",
    ]
)
_PREFIX = re.compile(r"^(on or near|near|at|біля|поблизу)\s+")


@lru_cache(maxsize=100_000)
def canonical_streets(text: str) -> tuple[str, ...]:
    """Comparable names of the street or crossing streets that a text tells of; () for none.

    Directions, words such as "street" or "вулиця", and house numbers are dropped; the rest is
    sorted, since registers turn names round.

    Examples
    --------
    >>> canonical_streets("2000 BLOCK N GRATZ ST"), canonical_streets("North Gratz Street")
    (('gratz',), ('gratz',))
    >>> canonical_streets("N 07TH ST  /  MASTER ST")
    ('7th', 'master')
    >>> canonical_streets("вул. Шевченка Тараса, 5а") == canonical_streets("вулиця Тараса Шевченка")
    True
    """
    names = (_canonical(part) for part in re.split(r"\s*[/&\\]\s*", text.casefold()))
    return tuple(dict.fromkeys(name for name in names if name))


def _canonical(text: str) -> str:
    words = re.findall(r"[\w'’\-]+", _PREFIX.sub("", text.strip()))
    words = [re.sub(r"^0+(?=\d)", "", word) for word in words]
    told = [word for word in words if word not in _WORDS_OUT and not re.fullmatch(r"\d+[а-яa-z]?", word)]
    return " ".join(sorted(told or [word for word in words if not word.isdigit()]))
