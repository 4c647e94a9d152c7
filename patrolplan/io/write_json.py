"""plan.json: the whole plan for machines, with all that is needed to recompute its score."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.dates import Notice, span_of_day
from patrolplan.duty import Break, Crew, Ride, RideLeg
from patrolplan.io.atomic import write_text
from patrolplan.io.json_text import json_text
from patrolplan.io.text import one_line
from patrolplan.io.times import iso, minutes_of_hours
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT
from patrolplan.version import __version__

SCHEMA = "patrolplan/plan"
SCHEMA_VERSION = 1
DECIMALS = 7
"""Of degrees; a seventh decimal is about a centimetre."""


def write_json(plan: PatrolPlan, path: str | os.PathLike[str]) -> Path:
    """Write the plan as JSON and return the path; the same plan gives the same bytes.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    return write_text(path, json_text(plan_document(plan)))


def plan_document(plan: PatrolPlan) -> dict[str, Any]:
    """The plan as plain values, in the order of plan.json."""
    touched = _touched(plan)
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "written_by": f"patrolplan {__version__}",
        "attribution": OSM_CREDIT,
        "community": one_line(plan.community),
        "timezone": plan.timezone,
        "audience": plan.audience,
        "language": plan.language,
        "notes": [one_line(note) for note in plan.notes],
        "lacks": [one_line(rule) for rule in plan.lacks],
        "scores": dict(plan.scores),
        "figures": {name: value for name, value in plan.summary().items() if name not in plan.scores},
        "routes": _routes(plan),
        "hot_spots": _hot_spots(plan),
        "unserved": _unserved(plan),
        "shelters": [
            [one_line(at.name), round(at.lon, DECIMALS), round(at.lat, DECIMALS)]
            for at in plan.around.shelters
        ],
        "closures": [[one_line(at.what), at.since, at.until] for at in plan.around.closures],
        "calendar": [_notice(notice) for notice in plan.around.notices],
        "need": _need(plan, touched),
        "streets": _streets(plan, touched),
        "provenance": dict(plan.provenance),
    }


def _notice(notice: Notice) -> dict[str, Any]:
    """What is unusual about a day: hours by the local wall clock, without zone; none where it is all day."""
    start, end = notice.start_min, notice.end_min
    last = start if end is None else end
    hours = None if start is None or last is None else span_of_day(notice.day, start, last)
    return {
        "what": notice.what,
        "day": notice.day,
        "from": None if hours is None else hours[0].isoformat(timespec="minutes"),
        "to": None if hours is None or end is None else hours[1].isoformat(timespec="minutes"),
        "name": one_line(notice.name),
        "place": one_line(notice.place),
        "streets": [one_line(street) for street in notice.streets],
        "segments": list(notice.segments),
    }


def _routes(plan: PatrolPlan) -> list[dict[str, Any]]:
    events, legs = plan.events.to_crs("EPSG:4326"), plan.legs.to_crs("EPSG:4326")
    return [
        {
            **_crew(crew),
            "events": [_event(event) for event in events[events["crew"] == index].itertuples()],
            "legs": [_leg(leg) for leg in legs[legs["crew"] == index].itertuples()],
        }
        for index, crew in enumerate(plan.crews)
    ]


def _crew(crew: Crew) -> dict[str, Any]:
    return {
        "crew": one_line(crew.name),
        "officers": [
            {"name": one_line(o.name), "speed_factor": o.speed_factor, "volunteer": o.volunteer}
            for o in crew.officers
        ],
        "shift": {"start": iso(crew.shift.start), "end": iso(crew.shift.end)},
        "start_span": None if crew.start_span is None else [iso(at) for at in crew.start_span],
        "cut_for": [one_line(name) for name in crew.cut_for],
        "station_start": list(crew.start),
        "station_end": list(crew.end),
        "break": _rest(crew.rest),
        **({"ride": ride_facts(crew.ride)} if crew.ride else {}),
    }


def ride_facts(ride: Ride) -> dict[str, Any]:
    """A ride there and back as JSON holds it."""
    return {
        "by": ride.by,
        "station": one_line(ride.station),
        "place": one_line(ride.place),
        "there": _ride_leg(ride.there),
        "back": _ride_leg(ride.back),
        "path": [list(point) for point in ride.path],
    }


def _ride_leg(leg: RideLeg) -> dict[str, Any]:
    return {
        "leave": iso(leg.leave),
        "arrive": iso(leg.arrive),
        **{name: one_line(getattr(leg, name)) for name in ("line", "board", "alight") if getattr(leg, name)},
    }


def _rest(rest: Break | None) -> dict[str, Any] | None:
    if rest is None:
        return None
    minutes = rest.length.total_seconds() / 60
    return {"earliest": iso(rest.earliest), "latest": iso(rest.latest), "minutes": minutes}


def _event(event: Any) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "order": event.order,
        "hot_spot": event.hot_spot,
        "label": one_line(event.label),
        "street": one_line(event.street),
        "place": _place(event.geometry),
        "arrive": iso(event.arrive),
        "start": iso(event.start),
        "leave": iso(event.leave),
        "minutes": event.minutes,
        "need_share": event.need_share,
        "why": one_line(event.why),
        "reasons": list(event.reasons),
    }


def _leg(leg: Any) -> dict[str, Any]:
    ends = [] if leg.geometry.is_empty else [leg.geometry.coords[0], leg.geometry.coords[-1]]
    return {
        "leg": leg.leg,
        "kind": leg.kind,
        "hot_spot": leg.hot_spot,
        "from": one_line(leg.from_label),
        "to": one_line(leg.to_label),
        "start": iso(leg.start),
        "end": iso(leg.end),
        "length_m": leg.length_m,
        "ends": [[round(value, DECIMALS) for value in end[:2]] for end in ends],
        "segments": leg.segments,
        "steps": [[step.segment, step.from_m, step.to_m] for step in leg.steps],
    }


def _hot_spots(plan: PatrolPlan) -> list[dict[str, Any]]:
    return [
        {
            "hot_spot": index,
            "label": one_line(spot.label),
            "kind": spot.kind,
            "visits": visits,
            "need": spot.need,
            "dwell_s": spot.dwell_s,
            "walk_m": spot.walk_m,
            "entry": spot.entry,
            "hours": spot.hours,
            "segments": spot.segments,
            "walk": [[step.segment, step.from_m, step.to_m] for step in spot.walk],
        }
        for index, (spot, visits) in enumerate(zip(plan.hot_spots, plan.visits, strict=True))
    ]


def _unserved(plan: PatrolPlan) -> list[dict[str, Any]]:
    rows = plan.unserved.to_crs("EPSG:4326").itertuples()
    return [
        {
            "hot_spot": row.hot_spot,
            "label": one_line(row.label),
            "place": _place(row.geometry),
            "need_share": row.need_share,
            "why": one_line(row.why),
            "cause": row.cause,
            "minutes": int(row.minutes),
            "change": one_line(row.change),
        }
        for row in rows
    ]


def _touched(plan: PatrolPlan) -> NDArray[np.int64]:
    """Segments that a visit or a leg has an effect on, sorted; all others add nothing to the score."""
    walked = [np.asarray(ids, dtype=np.int64) for ids in plan.legs["segments"]]
    visited = [
        np.asarray(spot.segments, dtype=np.int64)
        for spot, visits in zip(plan.hot_spots, plan.visits, strict=True)
        if visits
    ]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *walked, *visited]))


def _need(plan: PatrolPlan, touched: NDArray[np.int64]) -> dict[str, Any]:
    """Need per hour: of all streets, and of each segment that the routes touch."""
    hours, minutes = minutes_of_hours(plan, whole_horizon=True)
    need = plan.weights.need(hours)
    return {
        "unit": "shares of the week's need, per hour of the week (0 is Monday 00:00 local)",
        "policy": dict(plan.weights.policy),
        "expected_offences_per_week": plan.weights.expected_per_week,
        "hours": hours,
        "minutes": minutes,
        "all_streets": need.sum(axis=0),
        "segments": {str(segment): need[segment] for segment in touched},
    }


def _streets(plan: PatrolPlan, touched: NDArray[np.int64]) -> dict[str, Any]:
    segments = plan.network.segments.loc[touched]
    names = ["u", "v", "length_m", "speed_factor"]
    rows = zip(segments.index, *(segments[name] for name in names), strict=True)
    return {
        "crs": segments.crs.to_string(),
        "columns": ["segment", *names],
        "rows": [list(row) for row in rows],
    }


def _place(point: Any) -> list[float]:
    return [round(point.x, DECIMALS), round(point.y, DECIMALS)]
