"""The community's report in words: headings, paragraphs and tables, for its page and its PDF alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from patrolplan.evaluate.changed_since import Change
from patrolplan.evaluate.community import CommunityFacts, NamedProblem
from patrolplan.i18n import Words
from patrolplan.io.text import one_line
from patrolplan.io.word_forms import listed

MOST_STREETS = 2
"""Streets of a problem that are named; more would not fit the cell."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of the report.

    Attributes
    ----------
    kind
        "title", "heading", "text", "small", "item", "table" or "map".
    text
        Its words.
    head, rows
        Of a table.
    wide
        Shares of the width that a table's columns take.
    figures
        Columns of a table that hold figures, set to the right.
    """

    kind: Literal["title", "heading", "text", "small", "item", "table", "map"]
    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    wide: tuple[float, ...] = ()
    figures: tuple[int, ...] = field(default=())


def report_parts(
    facts: CommunityFacts,
    *,
    community: str,
    called: Callable[[int], str],
    marks: tuple[tuple[str, int], ...],
    words: Words,
    k: int,
    in_own_words: bool,
    people_from: str,
) -> tuple[Part, ...]:
    """All pieces of the report in their order.

    Parameters
    ----------
    facts
        Figures of the span.
    community
        For the title.
    called
        What people call a segment.
    marks
        Streets with at least ``k`` records and the count in steps of ``k``.
    words
        Of the language.
    in_own_words
        Whether problems are told in the words of those who named them.
    people_from
        "map", "table" or "" where the people of settlements are not known.
    """
    return (
        Part(kind="title", text=words("{place}: report on foot patrol", place=one_line(community))),
        Part(kind="text", text=words("Days told of: {days}", days=_span(facts.days, words))),
        Part(kind="text", text=_in_all(facts, words)),
        *_problems(facts, called, words, in_own_words),
        *_settlements(facts, words, people_from),
        Part(kind="heading", text=words("Where the minutes were")),
        Part(kind="map", text=words("Map of minutes by area and of streets with offences")),
        Part(kind="small", text=words(SQUARES)),
        *_marks(marks, words, k),
        Part(kind="heading", text=words("What these figures can't say")),
        *(Part(kind="item", text=words(limit, k=k)) for limit in LIMITS),
    )


SQUARES = (
    "Squares are 500 m wide; their minutes are stays on days that are over, in steps of five. Routes and "
    "hours of visits are not told, so that nobody can wait for a patrol or wait it out."
)
LIMITS = (
    "Records show what was reported and written down. More trust brings more reports; fewer records need not "
    "mean that less happened.",
    "A change of records beside minutes of patrol is no proof that patrols caused it: seasons, repairs, "
    "lamps, other police work, moved shops and chance change records too. Nothing here says that an offence "
    "was averted.",
    "Places are named when they are at their worst, and the worst seldom lasts: a fall afterwards is to be "
    "expected even where nobody walks.",
    "Intervals hold the true change in 95 of 100 cases if records come one by one. They come in runs, so the "
    "true intervals are wider; and of twenty places one stands out by chance alone.",
    "Places with fewer than {k} records are not told, and counts go in steps of {k}, so that nobody is "
    "recognised. Offences of kinds that are never named, such as violence at home, are not counted here.",
    "Only a trial with places and days drawn by lot can tell whether patrols work here.",
)
"""What is told of every report, whatever its figures."""


def _span(days: tuple[date, date], words: Words) -> str:
    return f"{words.day(days[0])} – {words.day(days[1])}"


def _in_all(facts: CommunityFacts, words: Words) -> str:
    told = words.n(
        "{n} visit, {minutes} minutes planned.",
        "{n} visits, {minutes} minutes planned.",
        facts.visits,
        minutes=words.number(facts.planned_min),
    )
    if facts.walked_min is None:
        return (
            f"{told} {words('What was walked of them was not recorded: all minutes below are planned ones.')}"
        )
    logged = words(
        "For {share} % of the planned minutes it was recorded what was walked: {minutes} minutes.",
        share=words.number(100 * facts.logged_share),
        minutes=words.number(facts.walked_min),
    )
    return f"{told} {logged}"


def _problems(
    facts: CommunityFacts, called: Callable[[int], str], words: Words, in_own_words: bool
) -> Iterator[Part]:
    yield Part(kind="heading", text=words("Problems that were named"))
    if facts.problems:
        yield Part(
            kind="table",
            head=(words("What was named"), words("What was walked there"), words("What records say")),
            rows=tuple(
                (
                    _named(one, called, words, in_own_words),
                    _walked(one, words),
                    changed_words(one.change, words),
                )
                for one in facts.problems
            ),
            wide=(0.34, 0.29, 0.37),
        )
    else:
        yield Part(kind="text", text=words("No problem was named for these days."))
    if facts.untold:
        yield Part(
            kind="small",
            text=words.n(
                "{n} named problem touches on what is never told in public; it is not listed.",
                "{n} named problems touch on what is never told in public; they are not listed.",
                facts.untold,
            ),
        )
    if facts.unplaced:
        yield Part(
            kind="small",
            text=words.n(
                "{n} named problem could not be placed on a street.",
                "{n} named problems could not be placed on a street.",
                facts.unplaced,
            ),
        )
    yield Part(kind="small", text=_compared(facts, words))


def _named(one: NamedProblem, called: Callable[[int], str], words: Words, in_own_words: bool) -> str:
    streets = list(dict.fromkeys(called(segment) for segment in one.segments))
    where = listed(
        [name for name in streets if name][:MOST_STREETS] or [words("a street without name")], words
    )
    told = f"{one_line(one.words)}: {where}" if in_own_words and one.words else where
    return f"{told} ({_days_and_hours(one.hours, words)})" if one.hours else told


def _days_and_hours(text: str, words: Words) -> str:
    """Days as the language writes them; what the table has in other forms stays as it is."""
    short = dict(zip(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), words.weekdays(), strict=True))
    for code, name in short.items():
        text = text.replace(code, name)
    return one_line(text.replace("-", "–").replace(",", ", "))


def _walked(one: NamedProblem, words: Words) -> str:
    if not one.visits:
        return words("no visit")
    visits = words.n("{n} visit", "{n} visits", one.visits)
    told = [words("{visits}, {n} min planned", visits=visits, n=words.number(one.planned_min))]
    if one.walked_min is not None:
        told.append(words("{n} min recorded as walked", n=words.number(one.walked_min)))
    if one.hours and one.in_hours is not None:
        told.append(words("{share} % in the hours named", share=words.number(100 * one.in_hours)))
    return "; ".join(told)


def changed_words(change: Change | None, words: Words) -> str:
    """What records say of a place, in words that claim no cause."""
    if change is None:
        return words("nothing: records of an earlier span are missing")
    if change.low is None or change.high is None:
        return words("too few records to tell of any change")
    low, high = _percent(change.low, words), _percent(change.high, words)
    counts = words(
        "{before} or more records before, {after} or more now",
        before=words.number(change.before),
        after=words.number(change.after),
    )
    if change.verdict == "open":
        return words(
            "{counts}: no clear change; anything from {low} to {high} % fits",
            counts=counts,
            low=low,
            high=high,
        )
    more = (
        words("more records than before") if change.verdict == "more" else words("fewer records than before")
    )
    return words(
        "{counts}: {more}, {low} to {high} %, whatever the cause",
        counts=counts,
        more=more,
        low=low,
        high=high,
    )


def _percent(ratio: float, words: Words) -> str:
    value = round(100 * (ratio - 1))
    return ("+" if value > 0 else "\u2212" if value < 0 else "") + words.number(abs(value))


def _compared(facts: CommunityFacts, words: Words) -> str:
    if facts.compared is None:
        return words("The records reach no earlier span, so there is nothing to set these days against.")
    earlier, later = (_span(days, words) for days in facts.compared)
    told = words("Records of {later} against {earlier}, by the day.", later=later, earlier=earlier)
    return f"{told} {words('In the whole area')}: {changed_words(facts.everywhere, words)}."


def _settlements(facts: CommunityFacts, words: Words, people_from: str) -> Iterator[Part]:
    if facts.settlements.empty:
        return
    yield Part(kind="heading", text=words("Minutes against need and people"))
    with_people = bool(facts.settlements["people"].notna().any())
    head = [words("Settlement"), *([words("People")] if with_people else [])]
    head += [words("Share of the need"), words("Minutes"), words("Share of the minutes")]
    rows: list[tuple[str, ...]] = []
    columns = (facts.settlements[name].tolist() for name in ("name", "people", "need_share", "minutes"))
    for name, count, need, minutes in zip(*columns, strict=True):
        people = words("not known") if math.isnan(count) else words.number(count)
        shares = (f"{words.number(100 * need)} %", words.number(minutes), _share_of(minutes, facts, words))
        rows.append((one_line(name), *([people] if with_people else []), *shares))
    others = len(head) - 1
    yield Part(
        kind="table",
        head=tuple(head),
        rows=tuple(rows),
        wide=(0.32, *[0.68 / others] * others),
        figures=tuple(range(1, len(head))),
    )
    source = {
        "map": words("People by the map (OpenStreetMap)."),
        "table": words("People by the table given."),
    }
    unknown = words("How many people live where is not known here, so minutes are set against need alone.")
    yield Part(kind="small", text=source.get(people_from, unknown))


def _share_of(minutes: float, facts: CommunityFacts, words: Words) -> str:
    return f"{words.number(100 * minutes / facts.planned_min if facts.planned_min else 0)} %"


def _marks(marks: tuple[tuple[str, int], ...], words: Words, k: int) -> Iterator[Part]:
    yield Part(kind="heading", text=words("Streets with offences on record"))
    yield Part(kind="small", text=words(MARKS, k=k))
    if not marks:
        yield Part(kind="text", text=words("No street has {k} or more.", k=k))
        return
    rows = [
        (one_line(street) or words("a street without name"), words("{n} or more", n=count))
        for street, count in sorted(marks, key=lambda mark: (-mark[1], mark[0]))
    ]
    head = (words("Street"), words("Offences"))
    yield Part(kind="table", head=head, rows=tuple(rows), wide=(0.7, 0.3), figures=(1,))


MARKS = (
    "Streets with at least {k} street offences on record in these days, counted in steps of {k} and marked "
    "at the middle of the street. A street without a mark is not proven safe."
)
