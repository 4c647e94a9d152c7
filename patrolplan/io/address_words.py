# ruff: noqa: E501 - tables of words read better in long lines
"""Street names made comparable: kinds of street, scripts, ordinals and spellings evened out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

_LATIN: Mapping[int, str] = MappingProxyType(
    str.maketrans(
        {
            "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z",
            "и": "y", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
            "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
            "ь": "", "ю": "yu", "я": "ya", "ы": "y", "э": "e", "ё": "yo", "ъ": "", "ў": "u", "'": "", "’": "", "ʼ": "", "`": "",
        }
    )
)  # fmt: skip
"""The Ukrainian national romanisation (2010), letter by letter; other Cyrillic letters likewise."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        word: kind
        for kind, words in {
            "street": "street str st вулиця вул ул улица вуліца vulytsia vul ulitsa ulica vulica",
            "avenue": "avenue ave av проспект просп пр пр-т пр-кт праспект prospekt prosp pr",
            "boulevard": "boulevard blvd бульвар бульв б-р бул bulvar",
            "lane": "lane ln провулок пров пер переулок завулак zavulak provulok prov pereulok alley aly",
            "square": "square sq площа пл площадь плошча ploshcha ploscha plaza plz майдан maidan",
            "road": "road rd шосе шоссе shose highway hwy дорога тракт pike",
            "drive": "drive dr проїзд проезд праезд proizd",
            "court": "court ct тупик",
            "place": "place pl",
            "terrace": "terrace ter",
            "embankment": "набережна наб набережная набярэжная naberezhna",
            "descent": "узвіз спуск",
            "way": "way",
            "circle": "circle cir",
            "parkway": "parkway pkwy",
        }.items()
        for word in words.split()
    }
)  # fmt: skip
_SIDES: Mapping[str, str] = MappingProxyType(
    {
        "north": "n",
        "south": "s",
        "east": "e",
        "west": "w",
        "northeast": "ne",
        "northwest": "nw",
        "southeast": "se",
        "southwest": "sw",
    }
)
_ORDINALS: Mapping[str, str] = MappingProxyType(
    {
        word: str(k + 1)
        for k, words in enumerate(
            (
                "first перша 1st",
                "second друга 2nd",
                "third третя 3rd",
                "fourth четверта",
                "fifth п'ята",
                "sixth",
                "seventh",
                "eighth",
                "ninth",
                "tenth",
            )
        )
        for word in words.split()
    }
)
_NOISE = frozenset(
    [
        "ім",
        "імені",
        "im",
        "imeni",
        "block",
        "of",
        "blk",
        "the",
        "on",
        "or",
        "near",
        "біля",
        "поблизу",
        "unit",
        "м",
        "місто",
        "city",
        "с",
        "село",
        "смт",
    ]
)
_HOUSE = r"(?:буд(?:инок)?\.?|д(?:ом)?\.|house|no\.?|№)?\s*(?P<house>\d{1,5}(?:\s?[-/]\s?\d{1,4})?\s?-?[a-zа-яіїєґ]?)"
_BLOCK = re.compile(
    r"^\s*(?P<block>\d{1,5})(?:[xх]{2}|\s*-\s*blk)?\s+(?P<word>block|blk)(?:\s+of)?\s+(?P<street>.+)$",
    re.IGNORECASE,
)
_FRONT = re.compile(rf"^\s*{_HOUSE}\s*,?\s+(?P<street>.*[^\W\d].*)$", re.IGNORECASE)
_BACK = re.compile(rf"^\s*(?P<street>.*?[^\W\d].*?)\s*[,\s]\s*{_HOUSE}\s*$", re.IGNORECASE)
_CROSSING = re.compile(r"\s+(?:&|and|at|/|@|ріг|перетин|та)\s+|\s*[/\\&@]\s*(?=[^\W\d])", re.IGNORECASE)
_MASKED = re.compile(r"^(\d+)[XxХх]+\b")


def street_key(name: str) -> tuple[str, str]:
    """A street's name without its kind, evened out; and its kind ("" where it tells none).

    Examples
    --------
    >>> street_key("вул. Тараса Шевченка"), street_key("Shevchenka Tarasa St")
    (('shevchenka tarasa', 'street'), ('shevchenka tarasa', 'street'))
    >>> street_key("N BROAD ST"), street_key("North Broad Street"), street_key("West 5th Avenue")
    (('broad n', 'street'), ('broad n', 'street'), ('5 w', 'avenue'))
    """
    text = name.casefold().replace("ʼ", "'").replace("’", "'")
    words = re.findall(r"[\w'-]+", re.sub(r"(?<=\w)\.(?=\w)", ". ", text))
    kind, kept = "", []
    for k, word in enumerate(words):
        saint = word == "st" and k == 0 and len(words) > 1
        found = "" if saint else _KINDS.get(word, "")
        if found and not (word in ("way", "place", "court", "square") and k == 0):
            kind = kind or found
        elif word not in _NOISE:
            kept.append(_even(word))
    plain = [word for word in kept if word] or [latin(word) for word in words]
    return " ".join(sorted(plain)), kind


def latin(text: str) -> str:
    """Text in plain Latin letters, Cyrillic ones by the Ukrainian romanisation.

    Examples
    --------
    >>> latin("Грушевського"), latin("Café")
    ('hrushevskoho', 'cafe')
    """
    plain = text.casefold().translate(dict(_LATIN))
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def parted(address: str) -> tuple[str, str]:
    """Street and house number of an address written in one piece.

    A hundred block ("1200 BLOCK N BROAD ST", "12XX MAIN ST") gives the number of its middle.

    Examples
    --------
    >>> parted("вул. Шевченка, буд. 12-А"), parted("1200 BLOCK N BROAD ST"), parted("45 Main St")
    (('вул. Шевченка', '12а'), ('N BROAD ST', '1250'), ('Main St', '45'))
    >>> parted("площа Ринок"), parted("2nd Street")
    (('площа Ринок', ''), ('2nd Street', ''))
    """
    text = " ".join(address.split())
    text = re.sub(r"^(?:on or near|біля|поблизу)\s+", "", text, flags=re.IGNORECASE)
    masked = _MASKED.match(text)
    if masked:
        text = (
            f"{masked[1]}00 block{text[masked.end() :]}"
            if len(masked[1]) < 3
            else f"{masked[1]} block{text[masked.end() :]}"
        )
    block = _BLOCK.match(text)
    if block:
        return block["street"], str(int(block["block"]) // 100 * 100 + 50)
    for pattern in (_BACK, _FRONT):
        match = pattern.match(text)
        if match and not re.match(r"(?:st|nd|rd|th)\b", text[match.end("house") :], re.IGNORECASE):
            return match["street"].strip(" ,"), house_key(match["house"])
    return text, ""


def crossing(address: str) -> tuple[str, str] | None:
    """The two streets of "Main St & 2nd Ave", None where it is no crossing.

    Examples
    --------
    >>> crossing("MARKET ST / 5TH ST"), crossing("вул. Шевченка, 5")
    (('MARKET ST', '5TH ST'), None)
    """
    parts = [part.strip(" ,\\") for part in _CROSSING.split(address) if part.strip(" ,\\")]
    return (
        (parts[0], parts[1])
        if len(parts) == 2 and all(re.search(r"[^\W\d]", part) for part in parts)
        else None
    )


def house_key(number: str) -> str:
    """A house number without blanks, dashes before letters and case.

    Examples
    --------
    >>> house_key("12-А"), house_key(" 7 / 2 "), house_key("5B")
    ('12а', '7/2', '5b')
    """
    plain = re.sub(r"\s+", "", str(number)).casefold()
    return re.sub(r"-(?=[^\W\d])", "", plain)


def _even(word: str) -> str:
    if word in _SIDES:
        return _SIDES[word]
    if word in _ORDINALS:
        return _ORDINALS[word]
    ordinal = re.fullmatch(r"0*(\d+)(?:st|nd|rd|th|-?(?:а|я|й|го|ша|га|тя|та))?", word)
    if ordinal:
        return ordinal[1]
    return latin(word).strip("-'")
