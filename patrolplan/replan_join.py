"""The mended plan put together again: of each route what was walked, then what is ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import geopandas as gpd
from shapely import Point

from patrolplan.duty import Crew, Shift
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.steps import Step, path_geometry, path_length_m
from patrolplan.issued import IssuedLeg, IssuedPlan, IssuedRoute, Whereabouts, next_minute, walked_part
from patrolplan.plan import EVENT_COLUMNS, LEG_COLUMNS, PatrolPlan, geo_rows

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A crew of the problem: the walked part of a route, or the part ahead."""

    route: int
    crew: Crew
    ahead: bool


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
        The plan with one crew a part.
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
    for index, (route, at) in enumerate(zip(issued.routes, places, strict=True)):
        mine = [number for number, part in enumerate(parts) if part.route == index]
        ahead = next((number for number in mine if parts[number].ahead), None)
        crews.append(_crew(route, at, now, goes_on=ahead is not None))
        base = {"crew": index, "crew_name": route.crew.name}
        order = 0
        for event in _events(raw, route, at, mine, ahead, network):
            order += event["kind"] == "visit"
            events.append({**event, **base, "order": order if event["kind"] == "visit" else 0})
        own = sorted(_legs(raw, at, route, ahead, network), key=lambda leg: (leg["start"], leg["end"]))
        legs += [{**leg, **base, "leg": number} for number, leg in enumerate(own, start=1)]
    crs = network.segments.crs
    return replace(
        raw,
        language=issued.language,
        crews=tuple(crews),
        events=geo_rows(events, EVENT_COLUMNS, crs=crs),
        legs=geo_rows(legs, LEG_COLUMNS, crs=crs),
    )


def _crew(route: IssuedRoute, at: Whereabouts, now: datetime, *, goes_on: bool) -> Crew:
    """The crew; one that is taken off duty in the middle has a shorter shift."""
    shift = route.crew.shift
    if goes_on or at.over:
        return route.crew
    end = max(next_minute(at.free), next_minute(now), next_minute(shift.start))
    return replace(route.crew, shift=Shift(start=shift.start, end=end)) if end > shift.start else route.crew


def _events(
    raw: PatrolPlan,
    route: IssuedRoute,
    at: Whereabouts,
    mine: Sequence[int],
    ahead: int | None,
    network: StreetNetwork,
) -> list[Row]:
    """One crew's timetable: start, what was done, what is ahead, end."""
    rows = [row for number in mine for row in _records(raw.events, number)]
    home = _point(route.crew.start, network)
    first, over = route.events[0], route.events[-1]
    begin = [row for row in rows if row["kind"] == "start" and row["crew"] == ahead]
    if at.begun or not begin:
        begin = [_plain("start", first.label, (first.arrive, first.start, first.leave), home)]
    between = [row for row in rows if row["kind"] in ("visit", "break")]
    between.sort(key=lambda row: row["start"])
    for rest in [event for event in route.events if event.kind == "break" and at.rested]:
        near = next((row["geometry"] for row in reversed(between) if row["leave"] <= rest.start), home)
        between.append(_plain("break", rest.label, (rest.arrive, rest.start, rest.leave), near))
    between.sort(key=lambda row: (row["arrive"], row["start"]))
    if ahead is not None:
        last = next(row for row in rows if row["kind"] == "end" and row["crew"] == ahead)
    elif at.over:
        last = _plain(
            "end", over.label, (over.arrive, over.start, over.leave), _point(route.crew.end, network)
        )
    else:
        place = between[-1]["geometry"] if between else home
        last = _plain("end", "Off duty", (at.free, at.free, at.free), place)
    return [begin[0], *between, last]


def _plain(kind: str, label: str, times: tuple[datetime, datetime, datetime], place: Point) -> Row:
    arrive, start, leave = times
    return {
        "kind": kind,
        "hot_spot": -1,
        "label": label,
        "street": "",
        "arrive": arrive,
        "start": start,
        "leave": leave,
        "minutes": (leave - start).total_seconds() / 60,
        "need_share": 0.0,
        "reasons": (),
        "why": "",
        "geometry": place,
    }


def _legs(
    raw: PatrolPlan, at: Whereabouts, route: IssuedRoute, ahead: int | None, network: StreetNetwork
) -> Iterator[Row]:
    """Legs walked, the walk under way cut where the crew was, and the legs ahead."""
    for leg in route.legs:
        if (leg.kind == "patrol" and any(event.start == leg.start for event in at.done)) or (
            leg.kind == "walk" and leg is not at.leg and leg.end <= at.free
        ):
            yield _leg_row(network, leg, leg.steps, leg.end)
    if at.leg is not None and at.share > 0:
        yield _leg_row(network, at.leg, walked_part(at.leg.steps, at.share), at.free)
    label = at.leg.from_label if at.leg else at.done[-1].label if at.done else "Station"
    for k, row in enumerate(_records(raw.legs, ahead) if ahead is not None else []):
        yield {**row, "from_label": label} if k == 0 and row["kind"] == "walk" and at.begun else row


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


def _point(lon_lat: tuple[float, float], network: StreetNetwork) -> Any:
    return (
        gpd.GeoSeries.from_xy([lon_lat[0]], [lon_lat[1]], crs="EPSG:4326")
        .to_crs(network.segments.crs)
        .iloc[0]
    )


def _records(table: gpd.GeoDataFrame, crew: int) -> list[Row]:
    mine = table[table["crew"] == crew]
    return [dict(zip(mine.columns, row, strict=True)) for row in mine.itertuples(index=False, name=None)]
