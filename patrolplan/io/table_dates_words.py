"""Words of a calendar as people write them: what a day is, yes and no."""

from __future__ import annotations

from patrolplan.dates import (
    BELL,
    CLOSED,
    CURFEW,
    EVENT,
    HOLIDAY,
    MARKET,
    NO_MARKET,
    NO_SCHOOL,
    TERM,
)

_WORDS = {
    HOLIDAY: "holiday|public holiday|bank holiday|свято|святковий день|вихідний",
    NO_SCHOOL: "no school|school holiday|school holidays|vacation|канікули|без уроків|немає уроків|без школи",
    MARKET: "market|market day|ринок|ринковий день|базар|базарний день|ярмарок",
    NO_MARKET: "no market|без ринку|немає ринку|ринок не працює",
    TERM: "term|school term|semester|семестр|навчання|навчальний період|чверть",
    BELL: "bell|school bell|bells|дзвінок|дзвоник|шкільний дзвінок",
    EVENT: "event|mass event|подія|захід|масовий захід",
    CURFEW: "curfew|комендантська година|комендантська",
    CLOSED: "closed|closure|street closed|road closed|закрито|перекрито|перекриття",
}
_KIND = {word: kind for kind, words in _WORDS.items() for word in words.split("|")}

YES_OR_NO = {
    "": 2,
    **dict.fromkeys(("yes", "y", "true", "1", "x", "+", "так", "т", "разом", "joint", "together"), 1),
    **dict.fromkeys(("no", "n", "false", "0", "-", "ні", "н", "окремо", "apart", "in turns", "по черзі"), 0),
}
"""1 for yes, 0 for no, 2 where nothing is said."""


OWN_AREA = ("area", "its area", "територія", "ділянка")
"""What stands for the row's own area among the streets that are shut."""


def kind_of_day(text: str) -> str:
    """What a row of a calendar is, "" where the word is not known.

    Examples
    --------
    >>> kind_of_day("Market Day"), kind_of_day("дзвінок"), kind_of_day("rain")
    ('market', 'bell', '')
    """
    return _KIND.get(" ".join(text.casefold().replace("_", " ").split()), "")
