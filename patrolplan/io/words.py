"""Plain English for what the plan holds as data: reasons, spans of hours, counts, shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from patrolplan.io.text import one_line
from patrolplan.reasons import Reason

MOST_NAMED = 3
"""Kinds of offence named in one line; the rest are counted together."""
MOST_PLACES = 2
"""Kinds of place named in one line; more would make it too long to read while walking."""

NOT_NAMED = "offences of a kind not named here"

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Kinds of offence that English counts; others ("vandalism", "fraud") become "5 cases of ...".
_COUNTED = set(
    re.findall(
        r"\S+",
        "accident assault attack breach break-in brawl burglary complaint crime dispute disturbance fight "
        "fire hold-up homicide incident injury murder nuisance offence offense pickpocketing quarrel robbery "
        "shooting snatching stabbing theft threat violation",
    )
)
_HEAD_ENDS = set(re.findall(r"\w+", "against at by for from in no of on to with without"))


def why_line(reasons: Sequence[Reason]) -> str:
    """One plain line that says why an officer is sent to a place.

    Parameters
    ----------
    reasons
        As made for the stop; the order does not matter, the greatest share is told first.

    Returns
    -------
    str
        Offences by kind and count (a kind of ``""`` is counted but never named), places nearby,
        problems that were named, the part with most need first.

    Examples
    --------
    >>> why_line(
    ...     [
    ...         Reason(part="offences", share=0.5, kind="theft", count=14, hours=(17, 21)),
    ...         Reason(part="offences", share=0.2, kind="robbery", count=3, hours=(17, 21)),
    ...         Reason(part="footfall", share=0.3, kind="market", label="Central Market"),
    ...     ]
    ... )
    '14 thefts and 3 robberies on record here, mostly 17:00–21:00; near Central Market'
    """
    by_part = {
        part: sorted((r for r in reasons if r.part == part), key=_greatest_first)
        for part in ("offences", "footfall", "problems")
    }
    told = [
        (-sum(reason.share for reason in found), _TELLERS[part](found))
        for part, found in by_part.items()
        if found
    ]
    line = "; ".join(clause for _, clause in sorted(told, key=lambda pair: pair[0]))
    return _capital(line) if line else "No single reason stands out: need is spread evenly here"


def hours_span(hours: tuple[int, int]) -> str:
    """Hours of the day in words.

    Examples
    --------
    >>> hours_span((17, 21)), hours_span((22, 2)), hours_span((20, 24))
    ('17:00–21:00', '22:00–02:00', '20:00–24:00')
    """
    start, end = hours
    return f"{start % 24:02d}:00–{(end if end == 24 else end % 24):02d}:00"


def hour_of_week_name(hour: int) -> str:
    """An hour of the week in words.

    Examples
    --------
    >>> hour_of_week_name(0), hour_of_week_name(167)
    ('Mon 00:00–01:00', 'Sun 23:00–24:00')
    """
    return f"{_WEEKDAYS[hour // 24]} {hour % 24:02d}:00–{hour % 24 + 1:02d}:00"


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    Examples
    --------
    >>> counted(1, "stop"), counted(2, "stop"), counted(3, "robbery"), counted(12345, "bus stop")
    ('1 stop', '2 stops', '3 robberies', '12,345 bus stops')
    """
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def counted_offences(count: int, kind: str) -> str:
    """Offences of one kind with their count, whatever the kind is called in the table.

    Examples
    --------
    >>> counted_offences(2, "Theft from Vehicle"), counted_offences(5, "VANDALISM"), counted_offences(1, "")
    ('2 thefts from vehicle', '5 cases of vandalism', '1 offence (kind not named)')
    >>> counted_offences(1, "Thefts"), counted_offences(3, "Robbery No Firearm")
    ('1 theft', '3 robberies no firearm')
    """
    if not kind:
        return f"{counted(count, 'offence')} (kind not named)"
    words = kind_name(kind).split(" ")
    head = next((at - 1 for at, word in enumerate(words) if at and word in _HEAD_ENDS), len(words) - 1)
    head_noun = _SINGULAR.get(words[head], words[head])
    if head_noun in _COUNTED:
        return " ".join(
            [f"{count:,}", *words[:head], counted(count, head_noun).split(" ")[1], *words[head + 1 :]]
        )
    return f"{counted(count, 'case')} of {' '.join(words)}"


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


def listed(things: Iterable[str]) -> str:
    """Things in a row, the last after "and".

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *first, last = list(things)
    return f"{', '.join(first)} and {last}" if first else last


def minutes_text(minutes: float) -> str:
    """A length of time.

    Examples
    --------
    >>> minutes_text(12), minutes_text(65), minutes_text(120)
    ('12 min', '1 h 05 min', '2 h')
    """
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


def share_text(share: float) -> str:
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
        return "under 0.01 %"
    return (
        f"{percent:.0f} %"
        if percent >= 9.95
        else f"{percent:.1f} %"
        if percent >= 0.95
        else f"{percent:.2f} %"
    )


def _greatest_first(reason: Reason) -> tuple[float, str, str]:
    return (-reason.share, reason.kind, reason.label)


def _offences(reasons: Sequence[Reason]) -> str:
    here = [reason for reason in reasons if reason.count]
    around = [kind_name(reason.kind) for reason in reasons if reason.kind and not reason.count]
    clauses = [_on_record(here)] if here else []
    if around:
        clauses.append(f"{listed(around[:MOST_NAMED])} on record nearby")
    return "; ".join(clauses) or f"{NOT_NAMED} nearby"


def _on_record(here: Sequence[Reason]) -> str:
    named = [reason for reason in here if reason.kind][:MOST_NAMED]
    others = sum(reason.count for reason in here if reason not in named)
    spans = {_usual(reason.hours) for reason in named} or {""}
    told = [_offence(reason, with_hours=len(spans) > 1) for reason in named]
    if others:
        told.append(counted(others, "other offence") if named else counted_offences(others, ""))
    common = f", {spans.pop()}" if len(spans) == 1 and "" not in spans else ""
    return f"{listed(told)} on record here{common}"


def _offence(reason: Reason, *, with_hours: bool) -> str:
    told, usual = counted_offences(reason.count, reason.kind), _usual(reason.hours)
    return f"{told} ({usual})" if with_hours and usual else told


def _usual(hours: tuple[int, int] | None) -> str:
    if hours is None or (hours[1] - hours[0]) % 24 == 0:
        return ""
    return f"mostly {hours_span(hours)}"


def _footfall(reasons: Sequence[Reason]) -> str:
    shown = reasons[:MOST_PLACES]
    return f"near {listed(_place(reason) for reason in shown)}"


def _place(reason: Reason) -> str:
    kind, label = kind_name(reason.kind), one_line(reason.label)
    busy = f", busy {hours_span(reason.hours)}" if _usual(reason.hours) and reason.hours else ""
    if not label:
        if reason.count > 1:
            return counted(reason.count, kind or "busy place") + busy
        return (f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}" if kind else "a busy place") + busy
    in_name = not kind or kind.lower() in label.lower()
    note = (f"{kind}{busy}" if not in_name else busy.removeprefix(", ")).strip()
    return f"{label} ({note})" if note else label


def _problems(reasons: Sequence[Reason]) -> str:
    return f"named as a problem: {listed(_problem(reason) for reason in reasons[:MOST_NAMED])}"


def _problem(reason: Reason) -> str:
    told = one_line(reason.label) or kind_name(reason.kind) or "a spot named by residents"
    return f"{told} ({hours_span(reason.hours)})" if _usual(reason.hours) and reason.hours else told


def _capital(line: str) -> str:
    return line[:1].upper() + line[1:]


_SINGULAR = {plural(noun): noun for noun in _COUNTED}
_TELLERS = {"offences": _offences, "footfall": _footfall, "problems": _problems}
