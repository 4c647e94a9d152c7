"""All words on the officer's card and in the route's text: headings, acts to do, hazards, whom to meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from patrolplan.duty import Crew
from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.text import one_line
from patrolplan.io.times import clock, clock_end
from patrolplan.io.word_forms import listed, minutes_text
from patrolplan.reasons import Reason

CARD = "Foot patrol card"
PLAN = "Plan"
NUMBER, WHEN, WHERE, WHY, TICK = "No.", "When", "Street and landmark", "Why here now, what to do", "Tick"
DONE, OTHER_ORDER, NOT_DONE = "done", "out of order", "not done, why:"
BREAK = "Break"
START = "Leave the station"
END = "Back at the station"
MEET = "Whom to meet"
HAZARDS = "Mind"
SHELTERS = "Shelters"
SHELTER = "Shelter"
SHELTERS_OF_MAP = "make sure before the shift that they are open"
CONTACTS = "Contacts"
BLANK_CONTACTS = ("Duty desk", "Partner", "Medical help")
WRITE_BACK = "Write back after the shift"
WRITE_BACK_FIELDS = (
    "Stops left out or changed, and why",
    "Whom I talked to, and what they said",
    "What I saw that needs mending (lamps, locks, signs, rubbish)",
    "What I did, and to whom I passed it on",
    "What the next shift should know",
)
NO_SUSPICION = (
    "A stop on this list is no ground for suspicion of anyone there: it says where and when presence helps, "
    "not who is to be stopped."
)
NO_HAZARDS = "nothing of the kind is on the map for this route"
NO_PLACES = "people out in the street: greet them, and say why you are here"
SCAN = "Scan: the stops in Organic Maps, offline"
LEGEND_STOP, LEGEND_STATION = "stop, by number", "your station"
LEGEND_AFTER_RIDE = "where the walk begins and ends"
LEGEND_SHELTER = "shelter, by letter; dotted to where it is"
LEGEND_SHUT = "shut: keep off"
LEGEND_WALK, LEGEND_PATROL = "way to walk", "streets to patrol"
NO_STOPS = "No stops are planned for this route: stay at the station's call."

# What to do at a stop, by what brings the need: plain suggestions, changed here in one place.
# The first pattern that fits the kind decides; visits to one stop go through its acts in turn.
OFFENCE_ACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"pickpocket|snatch|from (the )?person|кишеньк",
        ("Walk slowly where people crowd", "Tell stallholders what to look out for", "Remind people of bags"),
    ),
    (
        r"from (a |motor )*(vehicle|auto|car)|з авто",
        ("Look for bags left in parked cars", "Leave a reminder where one is", "Note dark places to park"),
    ),
    (
        r"(vehicle|auto|car) theft|theft of (a |motor )*(vehicle|car)|stolen vehicle|угон",
        ("Look at parked cars and yards", "Ask residents about cars left for days"),
    ),
    (
        r"burglar|break.?in|housebreak|проникнен|квартирн",
        ("Look at doors, gates and windows", "Talk to a caretaker or neighbour", "Note lamps that are out"),
    ),
    (
        r"shoplift|retail|магазин",
        ("Talk to shop staff: what, when, how", "Be seen at the doors", "Ask what would help them"),
    ),
    (
        r"rob|mugg|розб[іо]й|граб|пограб",
        (
            "Stand where you are seen",
            "Look at lamps and sight lines",
            "Ask passers-by where they feel unsafe",
        ),
    ),
    (
        r"assault|battery|fight|brawl|violen|wound|stabb|homicid|shoot|weapon|тілесн|бійк|побо|напад|насильств",
        (
            "Be seen where people gather",
            "Talk to door staff and bar keepers",
            "Look where people wait at night",
        ),
    ),
    (
        r"drug|narcot|liquor|alcohol|drunk|наркот|алкогол|розпив",
        ("Look at stairways and corners", "Ask neighbours what they see and when"),
    ),
    (
        r"vandal|mischief|damage|graffiti|arson|пошкодж|вандал|підпал",
        ("Note new damage, take a picture", "Pass it to the council the same day"),
    ),
    (
        r"nuisance|noise|disorder|anti-?social|hooligan|хуліган|шум",
        ("Talk first, calmly", "Ask neighbours what they hear and when"),
    ),
    (
        r"bicycle|bike|велосипед",
        ("Look at bike racks and locks", "Remind owners of a second lock"),
    ),
    (
        r"theft|larceny|steal|крадіж",
        ("Look for things left unattended", "Talk to shop staff or residents", "Be seen at the busy side"),
    ),
)
OTHER_OFFENCE_ACTS = ("Walk all its streets, be seen", "Talk to someone who knows the place")
PLACE_ACTS: dict[str, tuple[str, ...]] = {
    "school": ("Greet the guard or duty teacher", "Watch the crossing and the gate"),
    "kindergarten": ("Greet staff and parents", "Watch where cars stop"),
    "university": ("Talk to the porter or guard", "Look at bike racks and paths"),
    "market": ("Walk between the stalls", "Talk to stallholders"),
    "station": ("Be seen on the platforms and at the doors", "Look at waiting rooms and underpasses"),
    "bus_stop": ("Greet people who wait", "Look at lamps and shelter"),
    "tram_stop": ("Greet people who wait", "Look at lamps and shelter"),
    "bar": ("Talk to door staff", "Be seen when people leave"),
    "restaurant": ("Talk to staff", "Look at tables and bags outside"),
    "cafe": ("Talk to staff", "Look at tables and bags outside"),
    "mall": ("Talk to the guards", "Be seen at the doors"),
    "supermarket": ("Talk to staff or guards", "Be seen at the doors"),
    "shop": ("Talk to shop staff", "Look in at closing time"),
    "pharmacy": ("Talk to staff", "Be seen at the doors"),
    "bank": ("Be seen near the cash machines", "Look at lamps by the machines"),
    "post_office": ("Talk to staff", "Be seen on pension days"),
    "hospital": ("Talk to the desk", "Look at the entrances"),
    "clinic": ("Talk to the desk", "Look at the entrances"),
    "park": ("Walk through, not around", "Look at lamps, benches and paths"),
    "playground": ("Greet parents and children", "Look for broken things"),
    "worship": ("Greet people who come and go", "Ask the keeper what worries them"),
    "sports": ("Greet people", "Look at paths and parked bikes"),
    "library": ("Talk to staff", "Be seen at closing time"),
    "townhall": ("Talk to the desk", "Be seen at the doors"),
    "hotel": ("Talk to the desk", "Look at parked cars"),
    "theatre": ("Be seen when people leave", "Talk to staff"),
    "museum": ("Talk to staff", "Be seen at the doors"),
    "community_centre": ("Talk to staff", "Ask what worries visitors"),
    "police": ("Ask the desk what is new",),
    "event": ("Talk to the organiser", "Be seen at the ways in and out", "Look where the crowd is tight"),
    "bell": ("Greet the guard or duty teacher", "Walk the way home with the pupils"),
}
OTHER_PLACE_ACTS = ("Be seen where people are", "Greet people and listen")
PROBLEM_ACTS = (
    "See whether what was named still holds",
    "Ask two passers-by about it",
    "Note what would end it, and who could do it",
)
ANY_ACTS = ("Walk all its streets, be seen", "Greet people and listen", "Note lamps that are out")

# Who to ask for at a place of a kind; kinds that are missing here are nobody's to meet.
KEEPERS: dict[str, str] = {
    "school": "guard or duty teacher",
    "kindergarten": "head or staff",
    "market": "manager, stallholders",
    "mall": "guards",
    "station": "staff on duty",
    "university": "porter or guard",
    "hospital": "front desk",
    "clinic": "front desk",
    "townhall": "front desk",
    "community_centre": "staff",
    "library": "staff",
    "worship": "keeper",
    "bar": "door staff",
    "supermarket": "manager or guard",
    "pharmacy": "staff",
    "post_office": "staff",
    "bank": "guard",
    "hotel": "front desk",
    "theatre": "staff",
    "shop": "staff",
    "restaurant": "staff",
    "cafe": "staff",
}

# Words that are shortened where a name stands on the map.
SHORT_WORDS = {
    "street": "St", "avenue": "Ave", "boulevard": "Blvd", "road": "Rd", "lane": "Ln", "square": "Sq",
    "place": "Pl", "drive": "Dr", "north": "N", "south": "S", "east": "E", "west": "W",
    "вулиця": "вул.", "провулок": "пров.", "проспект": "просп.", "площа": "пл.", "бульвар": "бул.",
    "набережна": "наб.", "вуліца": "вул.", "завулак": "зав.", "праспект": "пр.", "плошча": "пл.",
    "rue": "R.", "quai": "Q.",
}  # fmt: skip

MOST_REASONS = 3
"""Lesser reasons suggest nothing to do: the line on why hardly tells them."""

UNPAVED = {"unpaved", "dirt", "ground", "earth", "mud", "sand", "grass", "gravel", "clay"}


def acts_for(
    reasons: Sequence[Reason], words: Words = ENGLISH, *, turn: int = 0, most: int = 3
) -> tuple[str, ...]:
    """Two or three suggestions for a visit, those of the greatest reason first.

    Parameters
    ----------
    reasons
        Why the visit is made, greatest first; kinds that may not be named are "".
    words
        Of the language to tell them in.
    turn
        0 for the crew's first visit to the stop, 1 for its second, ...: later visits begin with
        other acts, where there are any.
    most
        How many at the most.

    Examples
    --------
    >>> robbery = Reason(part="offences", share=0.6, kind="robbery", count=3)
    >>> market = Reason(part="footfall", share=0.4, kind="market")
    >>> acts_for([robbery, market], most=2)
    ('Stand where you are seen', 'Walk between the stalls')
    >>> acts_for([robbery, market], turn=1, most=2)
    ('Look at lamps and sight lines', 'Talk to stallholders')
    """
    pools = list(dict.fromkeys(_acts_of(reason) for reason in reasons[:MOST_REASONS])) or [ANY_ACTS]
    turned = [pool[turn % len(pool) :] + pool[: turn % len(pool)] for pool in pools]
    in_turn = [pool[row] for row in range(max(map(len, turned))) for pool in turned if row < len(pool)]
    # one act of a sort is enough: "Talk to shop staff" beside "Talk to staff" tells nothing new
    by_sort = {tuple(act.split(" ")[:2]): act for act in reversed([*in_turn, *ANY_ACTS])}
    told = [act for act in dict.fromkeys([*in_turn, *ANY_ACTS]) if act in by_sort.values()]
    return tuple(words(act) for act in told[:most])


def _acts_of(reason: Reason) -> tuple[str, ...]:
    if reason.part == "problems":
        return PROBLEM_ACTS
    if reason.part == "footfall":
        return PLACE_ACTS.get(reason.kind.casefold().replace(" ", "_"), OTHER_PLACE_ACTS)
    kind = reason.kind.casefold()
    found = (acts for pattern, acts in OFFENCE_ACTS if kind and re.search(pattern, kind))
    return next(found, OTHER_OFFENCE_ACTS)


def day_words(day: Any, words: Words = ENGLISH) -> str:
    """A day in words.

    Examples
    --------
    >>> day_words("2026-11-23")
    'Mon 23 Nov 2026'
    """
    return words.day(pd.Timestamp(day).date())


def span_words(start: Any, end: Any) -> str:
    """From one clock time to another: ``16:00–20:00``."""
    return f"{clock(start)}–{clock_end(end)}"


def until_words(end: Any, words: Words = ENGLISH) -> str:
    """Until when an officer stays: ``to 16:20``."""
    return words("to {time}", time=clock_end(end))


def walk_words(metres: float, seconds: float, streets: Sequence[str], words: Words = ENGLISH) -> str:
    """How a stop is reached from the place before.

    Examples
    --------
    >>> walk_words(318, 250, ["Main Street", "Mill Lane"])
    '4 min walk (320 m) by Main Street, Mill Lane'
    >>> walk_words(4, 3, [])
    ''
    """
    if metres < 10:
        return ""
    lasts, long = minutes_text(max(1, seconds / 60), words), words("{n} m", n=_rounded(metres))
    if not streets:
        return words("{minutes} walk ({metres})", minutes=lasts, metres=long)
    by = ", ".join(streets)
    return words("{minutes} walk ({metres}) by {streets}", minutes=lasts, metres=long, streets=by)


def _rounded(metres: float) -> int:
    return round(metres / 10) * 10


def beside_words(place: str, words: Words = ENGLISH) -> str:
    """The landmark of a stop."""
    return words("by {place}", place=place)


def shelter_words(place: str, metres: float, order: int, words: Words = ENGLISH) -> str:
    """Where a shelter is.

    Examples
    --------
    >>> shelter_words("School 3, Mill Lane", 118, 4)
    'School 3, Mill Lane: 120 m from stop 4'
    """
    long = words("{n} m", n=max(10, _rounded(metres)))
    return words("{place}: {metres} from stop {n}", place=place, metres=long, n=order)


def closed_words(what: str, until: Any, words: Words = ENGLISH) -> str:
    """What is closed, and until when.

    Examples
    --------
    >>> closed_words("Mill Lane", None), closed_words("Mill Lane", "2026-11-30")
    ('Closed: Mill Lane', 'Closed until Mon 30 Nov 2026: Mill Lane')
    """
    what = one_line(what) or words("a street without name")
    if until is None:
        return words("Closed: {what}", what=what)
    return words("Closed until {day}: {what}", day=day_words(until, words), what=what)


def keeper_words(place: str, kind: str, stops: Sequence[int], words: Words = ENGLISH) -> str:
    """Whom to meet at a place, and at which stops.

    Examples
    --------
    >>> keeper_words("School 3", "school", [2, 5])
    'School 3: guard or duty teacher (stops 2, 5)'
    """
    numbers = ", ".join(map(str, stops))
    where = words.n("stop {numbers}", "stops {numbers}", len(stops), numbers=numbers)
    return f"{place}: {words(KEEPERS[kind])} ({where})"


def stretch_words(names: Iterable[str], words: Words = ENGLISH, *, most: int = 4) -> str:
    """Names of streets, the first few and how many more; those without a name are counted.

    Examples
    --------
    >>> stretch_words(["A", "", "B", ""])
    'A, B, paths without a name'
    """
    unique = list(dict.fromkeys(names))
    named = [name for name in unique if name]
    told = named[:most]
    if len(named) > most:
        told.append(words("{n} more", n=len(named) - most))
    elif "" in unique:
        told.append(words("paths without a name"))
    return ", ".join(told)


def dark_words(names: Iterable[str], since: str, words: Words = ENGLISH) -> str:
    """Streets without lamps that are walked in the dark."""
    streets = stretch_words(names, words)
    return words("No lamps, dark from {since}: {streets}", since=since, streets=streets)


def unknown_light_words(since: str, words: Words = ENGLISH) -> str:
    """The map does not tell about lamps."""
    return words(
        "Dark from {since}; for most of this route the map does not say whether streets are lit", since=since
    )


def steps_words(count: int, names: Iterable[str], words: Words = ENGLISH) -> str:
    """Steps on the way."""
    streets = stretch_words(names, words, most=2)
    return words.n("Steps in {n} place: {streets}", "Steps in {n} places: {streets}", count, streets=streets)


def unpaved_words(names: Iterable[str], words: Words = ENGLISH) -> str:
    """Ways that turn to mud."""
    return words("Unpaved, bad when wet: {streets}", streets=stretch_words(names, words, most=3))


def partner_words(names: Sequence[str], words: Words = ENGLISH) -> str:
    """Who walks."""
    return listed([one_line(name) for name in names], words) if names else ""


def duty_lines(crew: Crew, words: Words = ENGLISH) -> tuple[str, ...]:
    """What those who walk should know of their shift: how it was chosen, whose hours cut it, volunteers."""
    lines = []
    if crew.start_span is not None:
        first, last = (clock(at) for at in crew.start_span)
        lines.append(
            words("begins at {time}: chosen between {first} and {last}", time=clock(crew.shift.start),
                  first=first, last=last)
        )  # fmt: skip
    if crew.cut_for:
        lines.append(words("no longer than the hours of {names}", names=partner_words(crew.cut_for, words)))
    volunteers = [officer.name for officer in crew.officers if officer.volunteer]
    if volunteers:
        lines.append(words("never alone, as a volunteer: {names}", names=partner_words(volunteers, words)))
    return tuple(lines)


def page_words(page: int, pages: int, words: Words = ENGLISH) -> str:
    """``page 1 of 2``."""
    return words("page {page} of {pages}", page=page, pages=pages)


def map_name(name: str) -> str:
    """A street's name as short as the map wants it.

    Examples
    --------
    >>> map_name("North Broad Street"), map_name("вулиця Лесі Українки")
    ('N Broad St', 'вул. Лесі Українки')
    """
    words = one_line(name).split(" ")
    if len(words) == 1:
        return words[0]
    return " ".join(SHORT_WORDS.get(word.casefold(), word) for word in words)
