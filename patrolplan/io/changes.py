"""What a mended plan changes, as data and as a message of at most 4,096 characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrolplan.i18n import Words, words_of
from patrolplan.io.route_text import MOST_CHARACTERS, utf16_units
from patrolplan.io.text import one_line
from patrolplan.issued import IssuedEvent, IssuedPlan, IssuedRoute, Move
from patrolplan.plan import PatrolPlan

SAME_TIME = timedelta(minutes=3)
"""A stop that begins within three minutes of what was said is not told anew."""

TITLE = "Changes from {time}"
NEW, LEFT, MOVED = "new", "left out", "instead of {time}"
OFF = "goes off duty"
WAY_IN = "walk to {street}, within reach of a shelter"
END_THERE = "end of duty: {street}, within reach of a shelter"
UNCHANGED = "no change"
MORE = "and {count} more; see the map or the card"
CUT_LABEL = 70


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a route.

    Attributes
    ----------
    crew
        Name of the route.
    kind
        "new", "left" or "moved"; in an alarm "in" (walk to a street near a shelter) and "end" (end of duty
        on one).
    label
        The stop, or the street.
    before, after
        When it was to begin, and when it begins now; None where it was not, or is not, planned.
    """

    crew: str
    kind: str
    label: str
    before: datetime | None
    after: datetime | None

    @property
    def at(self) -> datetime:
        """The time it is told under."""
        at = self.after or self.before
        assert at is not None
        return at


def changes_of(
    plan: PatrolPlan, issued: IssuedPlan, now: datetime, *, moves: Sequence[Move] = ()
) -> tuple[Change, ...]:
    """What the plan changes of the issued one from ``now`` on, by crew: walks to shelters, then by time."""
    out: list[Change] = []
    for index, route in enumerate(issued.routes):
        out += [
            Change(crew=move.crew, kind=move.kind, label=move.street, before=None, after=move.at)
            for move in moves
            if move.crew == route.crew.name
        ]
        out += sorted(_route_changes(plan, index, route, now), key=lambda change: (change.at, change.label))
    return tuple(out)


def changes_text(
    plan: PatrolPlan, issued: IssuedPlan, changes: Sequence[Change], now: datetime, *, language: str
) -> str:
    """The changes alone, for a messenger; what doesn't fit is counted."""
    words = words_of(language)
    head = f"{one_line(plan.community)}: {words(TITLE, time=f'{now:%H:%M}')}"
    for most in (len(changes), *range(len(changes) - 1, -1, -1)):
        text = _text(head, plan, issued, changes, most, words)
        if utf16_units(text) <= MOST_CHARACTERS:
            return text
    return head


def _route_changes(plan: PatrolPlan, index: int, route: IssuedRoute, now: datetime) -> Iterator[Change]:
    """Stops are matched by place, nearest in time first; the rest is new or left out."""
    table = plan.events
    own = table[(table["crew"] == index) & (table["kind"] == "visit")]
    rows = own[own["start"] > now]
    cut_short = plan.crews[index].shift.end < route.crew.shift.end
    # a visit that should be under way, but was not begun since the crew is elsewhere, is still ahead
    begun = {(int(row.hot_spot), row.start.to_pydatetime()) for row in own.itertuples()}
    before = [
        event
        for event in route.visits
        if event.start > now
        or (event.leave > now and not cut_short and (event.hot_spot, event.start) not in begun)
    ]
    after = [(int(row.hot_spot), str(row.label), row.start.to_pydatetime()) for row in rows.itertuples()]
    pairs = sorted(
        (abs(start - event.start), a, b)
        for a, event in enumerate(before)
        for b, (stop, _, start) in enumerate(after)
        if stop == event.hot_spot
    )
    old, new = dict(enumerate(before)), dict(enumerate(after))
    for apart, a, b in pairs:
        if a in old and b in new:
            event, (_, label, start) = old.pop(a), new.pop(b)
            if apart > SAME_TIME:
                yield Change(crew=route.crew.name, kind="moved", label=label, before=event.start, after=start)
    yield from (_left(route, event) for event in old.values())
    for _, label, start in new.values():
        yield Change(crew=route.crew.name, kind="new", label=label, before=None, after=start)


def _left(route: IssuedRoute, event: IssuedEvent) -> Change:
    return Change(crew=route.crew.name, kind="left", label=event.label, before=event.start, after=None)


def _text(
    head: str, plan: PatrolPlan, issued: IssuedPlan, changes: Sequence[Change], most: int, words: Words
) -> str:
    lines = [head]
    told = changes[:most]
    for index, route in enumerate(issued.routes):
        mine = [change for change in told if change.crew == route.crew.name]
        short = plan.crews[index].shift.end < route.crew.shift.end
        if not mine and not short and any(change.crew == route.crew.name for change in changes):
            continue
        lines += ["", f"▸ {one_line(route.crew.name)}"]
        lines += [f"{words(OFF)}: {plan.crews[index].shift.end:%H:%M}"] if short else []
        lines += [_line(change, words) for change in mine] or ([] if short else [words(UNCHANGED)])
    if most < len(changes):
        lines += ["", words(MORE, count=len(changes) - most)]
    return "\n".join(lines) + "\n"


def _line(change: Change, words: Words) -> str:
    label = one_line(change.label)[:CUT_LABEL]
    if change.kind == "left":
        return f"− {change.at:%H:%M} {label}: {words(LEFT)}"
    if change.kind == "new":
        return f"+ {change.at:%H:%M} {label}: {words(NEW)}"
    if change.kind in ("in", "end"):
        told = WAY_IN if change.kind == "in" else END_THERE
        return f"⇒ {change.at:%H:%M} {words(told, street=label)}"
    assert change.before is not None
    return f"→ {change.at:%H:%M} {label}: {words(MOVED, time=f'{change.before:%H:%M}')}"
