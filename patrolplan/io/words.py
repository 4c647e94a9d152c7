"""Why an officer is sent to a stop, as one plain line: the only place that words it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patrolplan.i18n import ENGLISH, Words
from patrolplan.io.text import one_line
from patrolplan.io.word_forms import counted, hours_span, kind_name, listed, plural
from patrolplan.reasons import Reason

__all__ = ["counted", "counted_offences", "why_line"]

MOST_NAMED = 3
"""Kinds of offence named in one line; the rest are counted together."""
MOST_PLACES = 2
"""Kinds of place named in one line; more would make it too long to read while walking."""

# Kinds of offence that English counts; others ("vandalism", "fraud") become "5 cases of ...".
_COUNTED = set(
    re.findall(
        r"\S+",
        "accident assault attack breach break-in brawl burglary complaint crime dispute disturbance fight "
        "fire hold-up homicide incident injury murder nuisance offence offense pickpocketing quarrel robbery "
        "shooting snatching stabbing theft threat violation",
    )
)
# Kinds of place that are no noun to count.
_NOUNS = {"sports": "sports ground", "worship": "prayer house", "townhall": "town hall"}
_SPOKEN_WITH_A_VOWEL = r"[aeio]|u(?!ni|se|r[aeiou])"
_HEAD_ENDS = set(re.findall(r"\w+", "against at by for from in no of on to with without"))


def why_line(reasons: Sequence[Reason], words: Words = ENGLISH) -> str:
    """One plain line that says why an officer is sent to a place.

    Parameters
    ----------
    reasons
        As made for the stop; the order does not matter, the greatest share is told first.
    words
        Of the language to tell it in.

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
        (-sum(reason.share for reason in found), _TELLERS[part](found, words))
        for part, found in by_part.items()
        if found
    ]
    line = "; ".join(clause for _, clause in sorted(told, key=lambda pair: pair[0]))
    return _capital(line) if line else words("No single reason stands out: need is spread evenly here")


def counted_offences(count: int, kind: str, words: Words = ENGLISH) -> str:
    """Offences of one kind with their count, whatever the kind is called in the table.

    Examples
    --------
    >>> counted_offences(2, "Theft from Vehicle"), counted_offences(5, "VANDALISM"), counted_offences(1, "")
    ('2 thefts from vehicle', '5 cases of vandalism', '1 offence (kind not named)')
    >>> counted_offences(1, "Thefts"), counted_offences(3, "Robbery No Firearm")
    ('1 theft', '3 robberies no firearm')
    """
    if not kind:
        return words.n("{n} offence (kind not named)", "{n} offences (kind not named)", count)
    if not words.is_source:
        return _counted_elsewhere(count, kind_name(kind), words)
    parts = kind_name(kind).split(" ")
    head = next((at - 1 for at, word in enumerate(parts) if at and word in _HEAD_ENDS), len(parts) - 1)
    head_noun = _SINGULAR.get(parts[head], parts[head])
    if head_noun in _COUNTED:
        return " ".join(
            [f"{count:,}", *parts[:head], counted(count, head_noun).split(" ")[1], *parts[head + 1 :]]
        )
    return f"{counted(count, 'case')} of {' '.join(parts)}"


def _counted_elsewhere(count: int, kind: str, words: Words) -> str:
    """A kind that the language counts ("14 крадіжок"), or else cases of what the table calls it."""
    noun = _SINGULAR.get(kind, kind)
    if noun in _COUNTED and words.knows(noun):
        return counted(count, noun, words)
    return words.n("{n} case of {kind}", "{n} cases of {kind}", count, kind=words(kind))


def _greatest_first(reason: Reason) -> tuple[float, str, str]:
    return (-reason.share, reason.kind, reason.label)


def _offences(reasons: Sequence[Reason], words: Words) -> str:
    here = [reason for reason in reasons if reason.count]
    around = [words(kind_name(reason.kind)) for reason in reasons if reason.kind and not reason.count]
    clauses = [_on_record(here, words)] if here else []
    if around:
        clauses.append(words("{kinds} on record nearby", kinds=listed(around[:MOST_NAMED], words)))
    return "; ".join(clauses) or words("offences of a kind not named here nearby")


def _on_record(here: Sequence[Reason], words: Words) -> str:
    named = [reason for reason in here if reason.kind][:MOST_NAMED]
    others = sum(reason.count for reason in here if reason not in named)
    spans = {_usual(reason.hours, words) for reason in named} or {""}
    told = [_offence(reason, words, with_hours=len(spans) > 1) for reason in named]
    if others and named:
        told.append(words.n("{n} other offence", "{n} other offences", others))
    elif others:
        told.append(counted_offences(others, "", words))
    common = f", {spans.pop()}" if len(spans) == 1 and "" not in spans else ""
    return words("{offences} on record here", offences=listed(told, words)) + common


def _offence(reason: Reason, words: Words, *, with_hours: bool) -> str:
    told, usual = counted_offences(reason.count, reason.kind, words), _usual(reason.hours, words)
    return f"{told} ({usual})" if with_hours and usual else told


def _usual(hours: tuple[int, int] | None, words: Words) -> str:
    if hours is None or (hours[1] - hours[0]) % 24 == 0:
        return ""
    return words("mostly {hours}", hours=hours_span(hours))


def _footfall(reasons: Sequence[Reason], words: Words) -> str:
    shown = reasons[:MOST_PLACES]
    return words("near {places}", places=listed((_place(reason, words) for reason in shown), words))


def _place(reason: Reason, words: Words) -> str:
    kind, label = kind_name(reason.kind), one_line(reason.label)
    busy = words("busy {hours}", hours=hours_span(reason.hours)) if reason.hours else ""
    busy = busy if _usual(reason.hours, words) else ""
    if not label:
        return ", ".join(filter(None, [_nameless_place(kind, reason.count, words), busy]))
    in_name = not kind or kind.lower() in label.lower() or words(kind).lower() in label.lower()
    note = ", ".join(filter(None, ["" if in_name else words(kind), busy]))
    return f"{label} ({note})" if note else label


def _nameless_place(kind: str, count: int, words: Words) -> str:
    if count > 1:
        noun = _NOUNS.get(kind, kind) if words.is_source else kind
        return counted(count, noun or "busy place", words)
    if not words.is_source:
        return words(kind or "busy place")
    if not kind:
        return "a busy place"
    noun = _NOUNS.get(kind, kind)
    return f"{'an' if re.match(_SPOKEN_WITH_A_VOWEL, noun) else 'a'} {noun}"


def _problems(reasons: Sequence[Reason], words: Words) -> str:
    told = listed((_problem(reason, words) for reason in reasons[:MOST_NAMED]), words)
    return words("named as a problem: {problems}", problems=told)


def _problem(reason: Reason, words: Words) -> str:
    told = one_line(reason.label) or words(kind_name(reason.kind) or "a spot named by residents")
    busy = _usual(reason.hours, words) and reason.hours
    return f"{told} ({hours_span(reason.hours)})" if busy and reason.hours else told


def _capital(line: str) -> str:
    return line[:1].upper() + line[1:]


_SINGULAR = {plural(noun): noun for noun in _COUNTED}
_TELLERS = {"offences": _offences, "footfall": _footfall, "problems": _problems}
