"""What was read, as it is in some shifts: streets shut, crews to be at events, days told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from patrolplan.duty import Crew
from patrolplan.event_cover import shifts_of, with_cover
from patrolplan.graph.shut import shut_streets
from patrolplan.load import Loaded


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
    spans = shifts_of(crews, loaded.settings.community.timezone)
    shut = loaded.dates.shut_during(spans, len(loaded.network.segments))
    days = {at.date() for span in spans for at in span}
    around = replace(loaded.around, notices=loaded.dates.notices(sorted(days)))
    there = replace(loaded, network=shut_streets(loaded.network, shut), around=around)
    return with_cover(there, crews, strict=strict)
