"""The mended plan put together again: of each route what was walked, then what is ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import geopandas as gpd
from shapely import Point

from patrolplan.duty import Crew, Shift
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.shut import is_open
from patrolplan.graph.steps import Step, path_geometry, path_length_m
from patrolplan.issued import (
    IssuedEvent,
    IssuedLeg,
    IssuedPlan,
    IssuedRoute,
    Whereabouts,
    next_minute,
    walked_part,
)
from patrolplan.plan import EVENT_COLUMNS, LEG_COLUMNS, PatrolPlan, geo_rows

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A crew of the problem: what is ahead of a route's crew."""

    route: int
    crew: Crew
    ends_at: str = ""
    """The street where it ends its duty, where that is not at its station."""


def joined_plan(
    raw: PatrolPlan,
    issued: IssuedPlan,
    places: Sequence[Whereabouts],
    parts: Sequence[Part],
    now: datetime,
    network: StreetNetwork,
) -> PatrolPlan:
    """The plan by routes again.

    Parameters
    ----------
    raw
        The plan of what is ahead, with one crew a part.
    issued, places
        The plan before, and where each of its crews was.
    parts
        What the crews of ``raw`` are.
    now
        From when on it is new.
    network
        The streets.
    """
    events: list[Row] = []
    legs: list[Row] = []
    crews = []
    number_of = {part.route: number for number, part in enumerate(parts)}
    for index, (route, at) in enumerate(zip(issued.routes, places, strict=True)):
        ahead = number_of.get(index)
        base = {"crew": index, "crew_name": route.crew.name}
        order = 0
        told = _events(raw, route, at, ahead, network)
        if ahead is not None and parts[ahead].ends_at:
            told[-1] = {**told[-1], "label": parts[ahead].ends_at}
        crews.append(_crew(route, at, now, told[-1]["geometry"], network, goes_on=ahead is not None))
        for event in told:
            order += event["kind"] == "visit"
            events.append({**event, **base, "order": order if event["kind"] == "visit" else 0})
        own = sorted(_legs(raw, at, route, ahead, network), key=lambda leg: (leg["start"], leg["end"]))
        legs += [{**leg, **base, "leg": number} for number, leg in enumerate(own, start=1)]
    crs = network.segments.crs
    made = Counter(int(event["hot_spot"]) for event in events if event["kind"] == "visit")
    return replace(
        raw,
        language=issued.language,
        crews=tuple(crews),
        events=geo_rows(events, EVENT_COLUMNS, crs=crs),
        legs=geo_rows(legs, LEG_COLUMNS, crs=crs),
        visits=tuple(made[stop] for stop in range(len(raw.hot_spots))),
        unserved=raw.unserved[[made[int(stop)] == 0 for stop in raw.unserved["hot_spot"]]],
    )


def walked_out(leg: IssuedLeg, share: float, network: StreetNetwork) -> tuple[Step, ...]:
    """What is walked of a leg by now; on to the nearer end of a street that has just been closed."""
    steps = walked_part(leg.steps, share)
    if not steps or is_open(network)[steps[-1].segment]:
        return steps
    last, length = steps[-1], float(network.segments["length_m"].iloc[steps[-1].segment])
    end = 0.0 if last.to_m <= length / 2 else length
    return (*steps, Step(segment=last.segment, from_m=last.to_m, to_m=end))


def _crew(
    route: IssuedRoute, at: Whereabouts, now: datetime, last: Point, network: StreetNetwork, *, goes_on: bool
) -> Crew:
    """The crew; one that goes off duty in the middle has a shorter shift that ends where it stands."""
    shift = route.crew.shift
    if goes_on or at.over:
        return route.crew
    end = max(next_minute(at.free), next_minute(now), shift.start + timedelta(minutes=1))
    taken = any(event.kind == "break" and event.leave <= at.free for event in route.events)
    rest = route.crew.rest if taken else None
    place = gpd.GeoSeries([last], crs=network.segments.crs).to_crs("EPSG:4326").iloc[0]
    shorter = Shift(start=shift.start, end=end)
    return replace(route.crew, shift=shorter, rest=rest, end=(float(place.x), float(place.y)))


def _events(
    raw: PatrolPlan, route: IssuedRoute, at: Whereabouts, ahead: int | None, network: StreetNetwork
) -> list[Row]:
    """One crew's timetable: start, what was done, what is ahead, end."""
    rows = _records(raw.events, ahead) if ahead is not None else []
    first, over = route.events[0], route.events[-1]
    begin = rows[0] if rows and not at.begun else _told(first, network)
    if at.way_in is not None:
        begin = _leaving(_told(first, network), at, at.way_in, network)
    rests = [event for event in route.events if event.kind == "break" and event.leave <= at.free]
    between = [_told(event, network) for event in (*at.done, *rests)]
    between += [row for row in rows if row["kind"] in ("visit", "break")]
    between.sort(key=lambda row: (row["arrive"], row["start"]))
    if rows:
        last = rows[-1]
    elif at.over:
        last = _told(over, network)
    else:
        between = [{**row, **_cut(row, at.free)} for row in between]
        begin = {**begin, **_cut(begin, at.free)}
        place = _point(first.place, network)
        if at.stop >= 0:
            place = Point(network.nodes.geometry.iloc[raw.hot_spots[at.stop].entry])
        if at.leg is not None and at.share > 0:
            place = Point(path_geometry(network, walked_out(at.leg, at.share, network)).coords[-1])
        off = replace(over, label="Off duty", arrive=at.free, start=at.free, leave=at.free)
        last = {**_told(off, network), "geometry": place}
    return [begin, *between, last]


def _leaving(row: Row, at: Whereabouts, way_in: IssuedLeg, network: StreetNetwork) -> Row:
    """The start of a route whose crew walks in: from its station, where it has walked nowhere yet."""
    if at.done or at.leg is not None:
        return row
    since = row["start"] if at.begun else way_in.start
    place = Point(path_geometry(network, way_in.steps).coords[0])
    row = {**row, "arrive": min(row["arrive"], since), "start": since, "geometry": place}
    return {**row, **_cut(row, way_in.start)}


def _cut(row: Row, free: datetime) -> Row:
    """What changes of a line where its crew goes off duty in the middle of it."""
    leave = max(row["start"], min(row["leave"], free))
    return {"leave": leave, "minutes": (leave - row["start"]).total_seconds() / 60}


def _told(event: IssuedEvent, network: StreetNetwork) -> Row:
    """An event as it was issued."""
    return {
        "kind": event.kind,
        "hot_spot": event.hot_spot,
        "label": event.label,
        "street": event.street,
        "arrive": event.arrive,
        "start": event.start,
        "leave": event.leave,
        "minutes": (event.leave - event.start).total_seconds() / 60,
        "need_share": event.need_share,
        "reasons": event.reasons,
        "why": event.why,
        "geometry": _point(event.place, network),
    }


def _legs(
    raw: PatrolPlan, at: Whereabouts, route: IssuedRoute, ahead: int | None, network: StreetNetwork
) -> Iterator[Row]:
    """Legs walked, the walk under way cut where the crew was, and the legs ahead."""
    until = at.walked_until
    if at.leg is not None and at.leg not in route.legs:  # it came another way since its last visit
        until = max((event.leave for event in at.done), default=route.crew.shift.start)
    for leg in route.legs:
        if (leg.kind == "patrol" and any(event.start == leg.start for event in at.done)) or (
            leg.kind == "walk" and leg is not at.leg and leg.end <= until
        ):
            yield _leg_row(network, leg, leg.steps, leg.end)
    if at.leg is not None and at.share > 0:
        yield _leg_row(network, at.leg, walked_out(at.leg, at.share, network), at.walked_until)
    label = at.leg.from_label if at.leg else at.done[-1].label if at.done else "Station"
    begun = at.begun
    if at.way_in is not None:
        yield _leg_row(network, at.way_in, at.way_in.steps, at.way_in.end)
        label, begun = at.way_in.to_label, True
    for k, row in enumerate(_records(raw.legs, ahead) if ahead is not None else []):
        yield {**row, "from_label": label} if k == 0 and row["kind"] == "walk" and begun else row


def _leg_row(network: StreetNetwork, leg: IssuedLeg, steps: Sequence[Step], end: datetime) -> Row:
    return {
        "kind": leg.kind,
        "hot_spot": leg.hot_spot,
        "from_label": leg.from_label,
        "to_label": leg.to_label,
        "start": leg.start,
        "end": end,
        "length_m": path_length_m(steps),
        "segments": tuple(step.segment for step in steps),
        "steps": tuple(steps),
        "geometry": path_geometry(network, steps),
    }


def _point(lon_lat: tuple[float, float], network: StreetNetwork) -> Point:
    lon, lat = lon_lat
    return Point(gpd.GeoSeries.from_xy([lon], [lat], crs="EPSG:4326").to_crs(network.segments.crs).iloc[0])


def _records(table: gpd.GeoDataFrame, crew: int) -> list[Row]:
    mine = table[table["crew"] == crew]
    return [dict(zip(mine.columns, row, strict=True)) for row in mine.itertuples(index=False, name=None)]
