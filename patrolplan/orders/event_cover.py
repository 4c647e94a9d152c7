"""Crews that events and bells ask for: who goes, from when to when; handed on as appointments."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd

from patrolplan.config.asked import AppointmentSettings
from patrolplan.dates import MINUTES_PER_DAY, Happening, Span, overlap, span_of_day
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import open_snap
from patrolplan.graph.walk import StreetPoint, node_point, walks_between
from patrolplan.orders.asked_places import FAR_M
from patrolplan.units import KMH

if TYPE_CHECKING:
    from patrolplan.orders.load import Loaded

LEAST_STAY_MIN = 5
"""A shorter stay is no cover."""

OFF_CORNER_M = 3.0


@dataclass(frozen=True, kw_only=True)
class Cover:
    """The appointments of events and bells, and plain sentences on what is not covered."""

    appointments: tuple[AppointmentSettings, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Able:
    """A crew that can be there: its row, and from which minute of the day to which."""

    crew: int
    start_min: int
    end_min: int
    walk_s: int


def shifts_of(crews: Sequence[Crew], timezone: str) -> list[Span]:
    """The crews' shifts by the local wall clock, without zone."""
    zone = ZoneInfo(timezone)
    return [
        (
            crew.shift.start.astimezone(zone).replace(tzinfo=None),
            crew.shift.end.astimezone(zone).replace(tzinfo=None),
        )
        for crew in crews
    ]


def event_cover(
    loaded: Loaded,
    crews: Sequence[Crew],
    *,
    strict: bool = True,
    open_on: Mapping[dt.date, StreetNetwork] | None = None,
) -> Cover:
    """The appointments that the events and bells of the crews' days ask for.

    A crew's stay lies within the event and within its shift, less the walks from and to its station and its
    break. Of the crews that can be there those go who leave the longest time in common; the nearer ones
    where it is the same. In turns (``joint`` no), the event is parted among them in equal stretches.

    Parameters
    ----------
    loaded
        Everything read, streets that are shut in the shifts shut.
    crews
        Who walks when.
    strict
        Whether too few crews are an error; else a sentence says so.
    open_on
        Streets of days on which others are shut than in ``loaded``.

    Raises
    ------
    InputError
        More crews wanted than are on shift and can be there (all gathered).
    """
    zone = loaded.settings.community.timezone
    shifts = shifts_of(crews, zone)
    made: list[AppointmentSettings] = []
    busy: dict[int, list[Span]] = {}
    faults: list[str] = []
    notes: list[str] = []
    for day, one in _asking(loaded, shifts):
        here = replace(loaded, network=(open_on or {}).get(day, loaded.network))
        able, there = _able(here, one, day, crews, shifts, busy)
        if not there:
            notes.append(f"{_told(one, day)}: no crew is on shift then; not covered")
            continue
        chosen = _in_turns(one, able) if one.row.joint is False else _together(one, able)
        if len(chosen) < one.row.cover:
            told = _too_few(one, day, len(chosen) or _most(able), there)
            (faults if strict else notes).append(f"{one.row.told}: {told}")
            if strict or not chosen:
                continue
        for group in _groups(one, chosen):
            made.append(_appointment(here, one, day, group, crews))
            for single in group:
                busy.setdefault(single.crew, []).append(span_of_day(day, single.start_min, single.end_min))
    if faults:
        raise InputError(faults)
    return Cover(appointments=tuple(made), notes=tuple(notes))


def _asking(loaded: Loaded, shifts: Sequence[Span]) -> Iterator[tuple[dt.date, Happening]]:
    """Events and bells of the crews' days that ask for crews; those that name crews first."""
    days = {first.date() for first, _ in shifts}
    later = {last.date() for _, last in shifts} - days
    found = [
        (day, one)
        for day in sorted(days | later)
        for one in loaded.dates.happening_on(day)
        if one.row.cover > 0
        and (day in days or any(overlap(shift, span_of_day(day, *one.row.span_min)) for shift in shifts))
    ]
    yield from sorted(found, key=lambda pair: (pair[0], not pair[1].row.who, pair[1].row.span_min))


def _told(one: Happening, day: dt.date) -> str:
    start, end = span_of_day(day, *one.row.span_min)
    return f'"{one.name}" on {day}, {start:%H:%M}-{end:%H:%M},'


def _too_few(one: Happening, day: dt.date, found: int, there: int) -> str:
    how = "in turns" if one.row.joint is False else "at once"
    return (
        f"{_told(one, day)} asks for {one.row.cover} crews, and {found} of the {there} on shift can be there "
        f"{how}, walks and breaks taken off; lower cover, change a shift, or add a crew"
    )


def _able(
    loaded: Loaded,
    one: Happening,
    day: dt.date,
    crews: Sequence[Crew],
    shifts: Sequence[Span],
    busy: dict[int, list[Span]],
) -> tuple[list[Able], int]:
    """The crews that can be there, and how many of those asked for are on shift then."""
    span = span_of_day(day, *one.row.span_min)
    on = [k for k, shift in enumerate(shifts) if overlap(shift, span) and _is_asked(one, crews[k])]
    if not on:
        return [], 0
    walks = _walks(loaded, one, [crews[k] for k in on])
    able = []
    for k, (out_s, back_s) in zip(on, walks, strict=True):
        if out_s < 0 or back_s < 0:
            continue
        stay = _stay(
            crews[k], shifts[k], span, out_s, back_s, [*busy.get(k, []), *_booked(loaded, crews[k], day)]
        )
        if stay is not None:
            midnight = dt.datetime.combine(day, dt.time())
            first, last = (round((at - midnight).total_seconds() / 60) for at in stay)
            able.append(Able(crew=k, start_min=first, end_min=last, walk_s=out_s + back_s))
    return able, len(on)


def _is_asked(one: Happening, crew: Crew) -> bool:
    names = {crew.name.casefold(), *(officer.name.casefold() for officer in crew.officers)}
    return not one.row.who or any(name.casefold() in names for name in one.row.who)


def _walks(loaded: Loaded, one: Happening, crews: Sequence[Crew]) -> list[tuple[int, int]]:
    """Seconds out and back of each crew at its pace, -1 where no walk leads."""
    network, walking = loaded.network, loaded.settings.walking
    entry = _entry(network, meeting_place(network, one))
    stations = sorted({place for crew in crews for place in (crew.start, crew.end)})
    where = gpd.GeoSeries.from_xy(*zip(*stations, strict=True), crs="EPSG:4326")
    found = open_snap(network, where, max_distance_m=FAR_M)
    points = [
        StreetPoint(segment=int(segment), offset_m=float(offset))
        for segment, offset in zip(found["segment"], found["offset_m"], strict=True)
        if segment >= 0
    ]
    if len(points) < len(stations):
        return [(-1, -1)] * len(crews)
    walks = walks_between(
        network,
        [entry, *points],
        speed_m_per_s=walking.transfer_km_h * KMH,
        limit_s=round(walking.longest_leg_min * 60),
    ).seconds
    row = {place: k for k, place in enumerate(stations, start=1)}

    def paced(seconds: int, crew: Crew) -> int:
        return seconds if seconds < 0 else math.ceil(seconds / crew.speed_factor)

    return [
        (paced(int(walks[row[crew.start], 0]), crew), paced(int(walks[0, row[crew.end]]), crew))
        for crew in crews
    ]


def meeting_place(network: StreetNetwork, one: Happening) -> StreetPoint:
    """The place on an open street that is nearest to where it happens."""
    at = gpd.GeoSeries.from_xy([one.at[0]], [one.at[1]], crs="EPSG:4326")
    found = open_snap(network, at, max_distance_m=math.inf)
    return StreetPoint(segment=int(found["segment"].iloc[0]), offset_m=float(found["offset_m"].iloc[0]))


def _entry(network: StreetNetwork, at: StreetPoint) -> StreetPoint:
    row = network.segments.iloc[at.segment]
    return node_point(network, int(row["u"] if at.offset_m <= row["length_m"] / 2 else row["v"]))


def _booked(loaded: Loaded, crew: Crew, day: dt.date) -> Iterator[Span]:
    """The crew's appointments of the plan file on a day."""
    usual = loaded.settings.hot_spots.dwell_min
    for one in loaded.settings.appointments:
        if crew.name in one.crews and one.at is not None and one.date in (None, day):
            hour, minute = map(int, one.at.split(":"))
            first = 60 * hour + minute
            yield span_of_day(day, first, first + (one.minutes or usual))


def _stay(crew: Crew, shift: Span, span: Span, out_s: int, back_s: int, taken: Sequence[Span]) -> Span | None:
    """The longest stay of a crew within the event, None if there is none of any use.

    Examples
    --------
    >>> from patrolplan.duty import Officer, Shift
    >>> noon = dt.datetime(2026, 11, 28, 12)
    >>> hours = [noon + dt.timedelta(hours=h) for h in (0, 4, 2, 8)]
    >>> crew = Crew(name="A", officers=(Officer(name="x"),), start=(32, 49), end=(32, 49),
    ...     shift=Shift(start=hours[0].replace(tzinfo=dt.UTC), end=hours[1].replace(tzinfo=dt.UTC)))
    >>> [f"{at:%H:%M}" for at in _stay(crew, (hours[0], hours[1]), (hours[2], hours[3]), 600, 590, ())]
    ['14:00', '15:50']
    """
    out, back = (dt.timedelta(minutes=math.ceil(s / 60)) for s in (out_s, back_s))
    first, last = max(span[0], shift[0] + out), min(span[1], shift[1] - back)
    for begin, end in taken:
        # Busy elsewhere: what is left before or after it, whichever is longer, with the way between.
        if begin - out < last and first < end + out:
            first, last = (
                (first, begin - out) if begin - out - first > last - end - out else (end + out, last)
            )
    if crew.rest is not None:
        first, last = _beside_break(crew, shift, first, last, out, back)
    return (first, last) if last - first >= dt.timedelta(minutes=LEAST_STAY_MIN) else None


def _beside_break(
    crew: Crew, shift: Span, first: dt.datetime, last: dt.datetime, out: dt.timedelta, back: dt.timedelta
) -> Span:
    """The longer of what is left after the break and before it, all where it need not be cut."""
    assert crew.rest is not None
    moved = shift[0] - crew.shift.start.replace(tzinfo=None)
    earliest, latest = (at.replace(tzinfo=None) + moved for at in (crew.rest.earliest, crew.rest.latest))
    length = crew.rest.length
    after = max(first, max(earliest, shift[0]) + length + out), last
    before = first, min(last, latest, shift[1] - back - length)
    return max((after, before), key=lambda span: span[1] - span[0])


def _together(one: Happening, able: Sequence[Able]) -> tuple[Able, ...]:
    """As many crews as are wanted, with the longest time in common; all that there are where fewer."""
    count = one.row.cover
    best: tuple[tuple[int, int], tuple[Able, ...]] | None = None
    for first in sorted({single.start_min for single in able}):
        there = [single for single in able if single.start_min <= first]
        there.sort(key=lambda single: (-single.end_min, single.walk_s, single.crew))
        if len(there) < count:
            continue
        # Of crews that stay as long as needed the nearest ones.
        until = there[count - 1].end_min
        near = sorted((s for s in there if s.end_min >= until), key=lambda s: (s.walk_s, s.crew))[:count]
        key = (until - first, -sum(single.walk_s for single in near))
        if until - first >= LEAST_STAY_MIN and (best is None or key > best[0]):
            best = key, tuple(replace(single, start_min=first, end_min=until) for single in near)
    if best is None:
        return ()
    return tuple(_cut(one, single) for single in sorted(best[1], key=lambda s: s.crew))


def _in_turns(one: Happening, able: Sequence[Able]) -> tuple[Able, ...]:
    """The event in as many equal stretches as crews are wanted, each with the crew that covers most of it."""
    start, end = one.row.span_min
    count, chosen = one.row.cover, list[Able]()
    left = list(able)
    for turn in range(count):
        first, last = (start + round((end - start) * k / count) for k in (turn, turn + 1))
        cuts = [
            replace(single, start_min=max(first, single.start_min), end_min=min(last, single.end_min))
            for single in left
        ]
        useful = [cut for cut in cuts if cut.end_min - cut.start_min >= LEAST_STAY_MIN]
        if not useful:
            continue
        pick = max(useful, key=lambda cut: (cut.end_min - cut.start_min, -cut.walk_s, -cut.crew))
        chosen.append(_cut(one, pick))
        left = [single for single in left if single.crew != pick.crew]
    return tuple(chosen)


def _cut(one: Happening, single: Able) -> Able:
    """The stay no longer than asked for."""
    if one.row.stay_min is None:
        return single
    return replace(single, end_min=min(single.end_min, single.start_min + one.row.stay_min))


def _most(able: Sequence[Able]) -> int:
    """How many crews can be there at the same time."""
    return max(
        (sum(s.start_min <= one.start_min <= s.end_min - LEAST_STAY_MIN for s in able) for one in able),
        default=0,
    )


def _groups(one: Happening, chosen: Sequence[Able]) -> Iterator[tuple[Able, ...]]:
    """Those who go together: all, or each alone where they take turns."""
    if one.row.joint is False:
        yield from ((single,) for single in chosen)
    elif chosen:
        yield tuple(chosen)


def _appointment(
    loaded: Loaded, one: Happening, day: dt.date, group: Sequence[Able], crews: Sequence[Crew]
) -> AppointmentSettings:
    """The stay as an appointment at the nearest open street."""
    network = loaded.network
    at = meeting_place(network, one)
    row = network.segments.iloc[at.segment]
    # Off the corner, so that no other street is nearer.
    edge = min(OFF_CORNER_M, row["length_m"] / 2)
    at = replace(at, offset_m=min(max(at.offset_m, edge), row["length_m"] - edge))
    point = row.geometry.interpolate(at.offset_m / row["length_m"], normalized=True)
    place = gpd.GeoSeries([point], crs=network.crs).to_crs("EPSG:4326").iloc[0]
    days, minute = divmod(group[0].start_min, MINUTES_PER_DAY)
    return AppointmentSettings(
        name=one.name or one.row.what,
        lon=round(float(place.x), 7),
        lat=round(float(place.y), 7),
        date=day + dt.timedelta(days=days),
        at=f"{minute // 60:02d}:{minute % 60:02d}",
        minutes=group[0].end_min - group[0].start_min,
        crews=tuple(crews[single.crew].name for single in group),
    )


def with_cover(
    loaded: Loaded,
    crews: Sequence[Crew],
    *,
    strict: bool = True,
    open_on: Mapping[dt.date, StreetNetwork] | None = None,
) -> Loaded:
    """Everything read, with the appointments of events and bells beside those of the plan file."""
    cover = event_cover(loaded, crews, strict=strict, open_on=open_on)
    asked = with_appointments(loaded, (*loaded.settings.appointments, *cover.appointments))
    return replace(asked, notes=(*asked.notes, *cover.notes))


def with_appointments(loaded: Loaded, appointments: Sequence[AppointmentSettings]) -> Loaded:
    """Everything read, with these appointments in its settings."""
    settings = loaded.settings.model_copy(update={"appointments": tuple(appointments)})
    return replace(loaded, settings=settings)
