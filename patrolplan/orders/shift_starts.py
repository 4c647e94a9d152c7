"""Shifts that are free to begin within a span: which beginning lets the crews do most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from patrolplan.build import horizon_of
from patrolplan.config.crews import CrewSettings
from patrolplan.config.people import on_street, startings_of
from patrolplan.config.settings import Settings
from patrolplan.crews import crews_of, instant_of
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.starts import choose_starts
from patrolplan.solver.stop import Stop

SHARE = 0.25
"""Share of the seconds that goes to choosing when shifts begin."""

ITERATIONS_PER_SOLUTION = 100
"""Steps of refinement a combination and round where the end is counted in solutions."""


def is_free(settings: Settings) -> bool:
    """Whether any crew's shift may begin within a span."""
    return any(crew.latest_start is not None for crew in settings.crews)


@dataclass(frozen=True, kw_only=True)
class FreeShifts:
    """Crews with every shift they may walk.

    Attributes
    ----------
    asked
        For each crew the fixed shifts it may take, as asked.
    walked
        The same, cut to the hours of everyone in it.
    """

    asked: tuple[tuple[CrewSettings, ...], ...]
    walked: tuple[tuple[CrewSettings, ...], ...]

    @classmethod
    def of(cls, settings: Settings) -> FreeShifts:
        """The shifts that a plan file leaves free."""
        people = {officer.name: officer for officer in settings.officers}
        asked, walked = [], []
        for crew in settings.crews:
            day = crew.date or settings.plan.date
            assert day is not None
            shifts = startings_of(crew, people, day, least_min=settings.hot_spots.dwell_min)
            asked.append(shifts)
            walked.append(tuple(on_street(one, people, one.date or day) for one in shifts))
        return cls(asked=tuple(asked), walked=tuple(walked))

    def widest(self, settings: Settings) -> Settings:
        """The settings with shifts from the earliest to the latest that a crew may be on the street."""
        crews = tuple(_hull(shifts) for shifts in self.walked)
        anytime = tuple(officer.model_copy(update={"when": ""}) for officer in settings.officers)
        return settings.model_copy(update={"crews": crews, "officers": anytime})


def with_shifts_chosen(
    settings: Settings, build: Callable[[Settings], PatrolProblem], *, stop: Stop
) -> Settings:
    """The settings with every shift fixed.

    Parameters
    ----------
    settings
        Of a plan file whose shifts are free to begin within a span.
    build
        Makes the routing problem of settings with fixed shifts.
    stop
        Of the whole search; a share of it is spent here (see :func:`left_of`).
    """
    free = FreeShifts.of(settings)
    wide = free.widest(settings)
    problem = build(wide)
    horizon = horizon_of(crews_of(wide), timezone_name=settings.community.timezone)
    zone = ZoneInfo(settings.community.timezone)

    def seconds(crew: CrewSettings, minute: int) -> int:
        assert crew.date is not None
        return horizon.seconds(instant_of(crew.date, minute, zone))

    options = [
        [(seconds(one, one.minutes[0]), seconds(one, one.minutes[1])) for one in shifts]
        for shifts in free.walked
    ]
    choice = choose_starts(
        problem,
        options,
        seconds=None if stop.seconds is None else SHARE * stop.seconds,
        iterations=ITERATIONS_PER_SOLUTION * (stop.solutions or 1),
        seed=settings.plan.seed,
        interrupted=lambda: stop.now,
    )
    crews = tuple(shifts[k] for shifts, k in zip(free.asked, choice.picks, strict=True))
    return settings.model_copy(update={"crews": crews})


def left_of(stop: Stop) -> Stop:
    """What is left for the routes once the shifts are chosen."""
    if stop.seconds is None:
        return stop
    return Stop(seconds=(1 - SHARE) * stop.seconds, interrupted=stop.interrupted)


def _hull(shifts: Sequence[CrewSettings]) -> CrewSettings:
    """The crew with a shift that holds all of these."""
    first = shifts[0]
    assert first.date is not None
    spans = [_minutes(one, first.date) for one in shifts]
    return first.spanning(min(start for start, _ in spans), max(end for _, end in spans))


def _minutes(crew: CrewSettings, day: dt.date) -> tuple[int, int]:
    """Start and end of the shift in minutes after midnight of ``day``."""
    assert crew.date is not None
    later = (crew.date - day).days * 1440
    return crew.minutes[0] + later, crew.minutes[1] + later
