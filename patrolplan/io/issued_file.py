"""Reading back a plan's folder: the routes and stops that were issued."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from patrolplan.duty import Break, Crew, Officer, Ride, RideLeg, Shift
from patrolplan.errors import InputError
from patrolplan.graph.steps import Step
from patrolplan.io.plan_side import plan_json
from patrolplan.issued import IssuedEvent, IssuedLeg, IssuedPlan, IssuedRoute
from patrolplan.reasons import Reason
from patrolplan.risk.hot_spots import HotSpot


def read_issued(folder: Path) -> IssuedPlan:
    """Read ``plan.json`` of a plan's folder.

    Raises
    ------
    InputError
        No plan there, or one that was written for others than the command (names and reasons are
        taken out of those).
    """
    document = plan_json(folder / "plan.json")
    if document.get("audience", "command") != "command":
        raise InputError(
            f"{folder}: holds the plan as {document['audience']}s get it; give the folder of the "
            "command's plan"
        )
    try:
        return _issued(document)
    except (KeyError, TypeError, ValueError, IndexError) as trouble:
        raise InputError(
            f"{folder / 'plan.json'}: is not whole ({type(trouble).__name__}); write the plan anew"
        ) from None


def _issued(document: dict[str, Any]) -> IssuedPlan:
    zone = ZoneInfo(document["timezone"])
    columns = document["streets"]["columns"]
    rows = [dict(zip(columns, row, strict=True)) for row in document["streets"]["rows"]]
    return IssuedPlan(
        community=str(document["community"]),
        timezone=str(document["timezone"]),
        language=str(document["language"]),
        audience=str(document["audience"]),
        routes=tuple(_route(route, zone) for route in document["routes"]),
        hot_spots=tuple(_hot_spot(spot) for spot in document["hot_spots"]),
        streets={int(row["segment"]): (int(row["u"]), int(row["v"]), float(row["length_m"])) for row in rows},
    )


def _span(times: list[str] | None, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    return (_time(times[0], zone), _time(times[1], zone)) if times else None


def _ride(ride: dict[str, Any], zone: ZoneInfo) -> Ride:
    legs = [
        RideLeg(leave=_time(leg["leave"], zone), arrive=_time(leg["arrive"], zone), **_said(leg))
        for leg in (ride["there"], ride["back"])
    ]
    return Ride(
        by=str(ride["by"]),
        station=str(ride["station"]),
        place=str(ride["place"]),
        there=legs[0],
        back=legs[1],
        path=tuple(_pair(point) for point in ride["path"]),
    )


def _said(leg: dict[str, Any]) -> dict[str, str]:
    return {name: str(leg.get(name, "")) for name in ("line", "board", "alight")}


def _route(route: dict[str, Any], zone: ZoneInfo) -> IssuedRoute:
    rest = route["break"]
    crew = Crew(
        name=str(route["crew"]),
        officers=tuple(Officer(**officer) for officer in route["officers"]),
        shift=Shift(start=_time(route["shift"]["start"], zone), end=_time(route["shift"]["end"], zone)),
        start=_pair(route["station_start"]),
        end=_pair(route["station_end"]),
        rest=None
        if rest is None
        else Break(
            earliest=_time(rest["earliest"], zone),
            latest=_time(rest["latest"], zone),
            length=timedelta(minutes=rest["minutes"]),
        ),
        start_span=_span(route.get("start_span"), zone),
        cut_for=tuple(str(name) for name in route.get("cut_for", ())),
        ride=_ride(route["ride"], zone) if "ride" in route else None,
    )
    events = tuple(
        IssuedEvent(
            kind=str(event["kind"]),
            hot_spot=int(event["hot_spot"]),
            label=str(event["label"]),
            arrive=_time(event["arrive"], zone),
            start=_time(event["start"], zone),
            leave=_time(event["leave"], zone),
            place=_pair(event["place"]),
            street=str(event["street"]),
            need_share=float(event["need_share"]),
            why=str(event["why"]),
            reasons=tuple(_reason(reason) for reason in event["reasons"]),
        )
        for event in route["events"]
    )
    legs = tuple(
        IssuedLeg(
            kind=str(leg["kind"]),
            hot_spot=int(leg["hot_spot"]),
            from_label=str(leg["from"]),
            to_label=str(leg["to"]),
            start=_time(leg["start"], zone),
            end=_time(leg["end"], zone),
            steps=_steps(leg["steps"]),
        )
        for leg in route["legs"]
    )
    return IssuedRoute(crew=crew, events=events, legs=legs)


def _hot_spot(spot: dict[str, Any]) -> HotSpot:
    return HotSpot(
        label=str(spot["label"]),
        kind=str(spot["kind"]),
        segments=tuple(int(segment) for segment in spot["segments"]),
        entry=int(spot["entry"]),
        walk=_steps(spot["walk"]),
        walk_m=float(spot["walk_m"]),
        dwell_s=int(spot["dwell_s"]),
        need=float(spot["need"]),
        hours=tuple((int(start), int(end)) for start, end in spot["hours"]),
    )


def _reason(told: dict[str, Any]) -> Reason:
    hours = told["hours"]
    return Reason(**{**told, "hours": None if hours is None else (int(hours[0]), int(hours[1]))})


def _steps(rows: list[list[float]]) -> tuple[Step, ...]:
    return tuple(Step(segment=int(segment), from_m=start, to_m=end) for segment, start, end in rows)


def _time(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)


def _pair(values: list[float]) -> tuple[float, float]:
    lon, lat = values
    return float(lon), float(lat)
