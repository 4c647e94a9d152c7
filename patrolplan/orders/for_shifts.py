"""What was read, as it is in some shifts: streets shut, crews to be at events, days told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from patrolplan.dates import Dates, Span, days_around, overlap
from patrolplan.duty import Crew
from patrolplan.graph.shut import shut_streets
from patrolplan.orders.event_cover import shifts_of, with_cover
from patrolplan.orders.load import Loaded


def for_shifts(loaded: Loaded, crews: Sequence[Crew], *, strict: bool = True) -> Loaded:
    """Everything read, as it is in the crews' shifts.

    A street that is shut at any time of a shift is shut for all crews given: nobody has to look at the clock
    before turning into it.

    Parameters
    ----------
    loaded, crews
        Everything read, and who walks when.
    strict
        Whether an event that asks for more crews than can be there is an error.

    Raises
    ------
    InputError
        Cover that can't be given.
    """
    return with_cover(shut_for(loaded, crews), crews, strict=strict)


def shut_for(loaded: Loaded, crews: Sequence[Crew]) -> Loaded:
    """Everything read, with the streets shut that are shut in the crews' shifts, and their days told."""
    spans = shifts_of(crews, loaded.settings.community.timezone)
    shut = loaded.dates.shut_during(spans, len(loaded.network.segments))
    days = {at.date() for span in spans for at in span}
    return replace(
        loaded,
        network=shut_streets(loaded.network, shut),
        around=replace(loaded.around, notices=loaded.dates.notices(sorted(days))),
        notes=(*loaded.notes, *told_shut(loaded.dates, spans)),
    )


def told_shut(dates: Dates, spans: Sequence[Span]) -> list[str]:
    """The streets that are kept off, where they are shut for a part of the shifts alone."""
    begin, end = min(span[0] for span in spans), max(span[1] for span in spans)
    told = []
    for one in dates.shutting(spans):
        times = [span for span in one.row.spans(days_around((begin, end))) if overlap(span, (begin, end))]
        if times and not (times[0][0] <= begin and end <= times[-1][1]):
            hours = ", ".join(f"{first:%Y-%m-%d %H:%M}-{last:%H:%M}" for first, last in times[:3])
            names = ", ".join(one.names[:3]) or "streets without name"
            told.append(f"{names}: shut {hours}; nobody is sent there in these shifts ({one.row.told})")
    return told
