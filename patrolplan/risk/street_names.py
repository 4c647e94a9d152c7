"""Street names made comparable: "2000 BLOCK N GRATZ ST" and "North Gratz Street" are one street."""

from __future__ import annotations

import re
from functools import lru_cache

_TYPES = {
    "street": "st str",
    "avenue": "ave av",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "terrace": "ter",
    "parkway": "pkwy",
    "highway": "hwy",
    "square": "sq",
    "way": "wy",
    "circle": "cir",
    "alley": "aly",
    "plaza": "plz",
    "вулиця": "вул ул улица",
    "провулок": "пров пер переулок",
    "проспект": "просп пр-т",
    "бульвар": "бульв бул б-р",
    "площа": "пл",
    "шосе": "",
    "узвіз": "",
    "набережна": "наб",
    "алея": "",
    "майдан": "",
    "проїзд": "",
    "тупик": "туп",
}
_TYPE_OF = {word: name for name, short in _TYPES.items() for word in (name, *short.split())}
_DIRECTIONS = ["n", "s", "e", "w", "ne", "nw", "se", "sw", "north", "south", "east", "west"]
_WORDS_OUT = frozenset([*_DIRECTIONS, "block", "blk", "буд", "будинок"])
_PREFIX = re.compile(r"^(on or near|near|at|біля|поблизу)\s+")
_BLOCK = re.compile(r"^\d+[a-z]?\s+(?=.*[a-z])")
_HOUSE = re.compile(r"(,\s*|\s+)(буд\.?|будинок|no\.?|№)?\s*\d+[а-яіїєa-z]?(/\d+)?$")
_CROSSING = re.compile(r"\s*[&\\]\s*|\s+/\s*|/\s+|(?<=\D)/(?=\D)")


@lru_cache(maxsize=100_000)
def canonical_streets(text: str) -> tuple[str, ...]:
    """Comparable names of the street or crossing streets that a text tells of; () for none.

    Directions, house numbers and words such as "street" or "вулиця" are dropped (but "Street 2"
    and "7th Avenue" keep them: a number alone is no name); the rest is sorted, since registers
    turn names round.

    Examples
    --------
    >>> canonical_streets("2000 BLOCK N GRATZ ST"), canonical_streets("North Gratz Street")
    (('gratz',), ('gratz',))
    >>> canonical_streets("N 07TH ST  /  MASTER ST")
    ('7th street', 'master')
    >>> canonical_streets("вул. Шевченка Тараса, 5а") == canonical_streets("вулиця Тараса Шевченка")
    True
    """
    names = (_canonical(part) for part in _CROSSING.split(text.casefold().strip()))
    return tuple(dict.fromkeys(name for name in names if name))


def _canonical(text: str) -> str:
    bare = _BLOCK.sub("", _PREFIX.sub("", text.strip()))
    name, types = _words(_HOUSE.sub("", bare))
    if not name:
        name, types = _words(bare)
    numbered = all(word[0].isdigit() for word in name)
    return " ".join(sorted({*name, *types} if numbered else set(name)))


def _words(text: str) -> tuple[list[str], list[str]]:
    """Words that name the street, and those that say what sort of street it is."""
    words = [re.sub(r"^0+(?=\d)", "", word) for word in re.findall(r"[\w'’\-]+", text)]
    kept = [word for word in words if word not in _WORDS_OUT]
    return [word for word in kept if word not in _TYPE_OF], [
        _TYPE_OF[word] for word in kept if word in _TYPE_OF
    ]
