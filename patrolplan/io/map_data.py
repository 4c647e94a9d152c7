"""What the map page draws, packed small: streets, need in factors, routes and their words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString

from patrolplan.duty import Crew
from patrolplan.graph.street_names import joined_names, street_names
from patrolplan.i18n import Words, words_of
from patrolplan.io.day_words import day_lines_of
from patrolplan.io.map_packing import base64_of, packed_lines, unsigned, varints
from patrolplan.io.ride_words import ride_lines, waits_words
from patrolplan.io.text import one_line
from patrolplan.io.times import clock, clock_end, minutes_of_hours
from patrolplan.io.word_forms import counted, minutes_text, share_text
from patrolplan.plan import PatrolPlan
from patrolplan.risk.weights import PARTS
from patrolplan.units import BOUND_TOLD_FROM, OSM_CREDIT
from patrolplan.version import __version__

LARGE = 1_500_000
"""Bytes of need from which one byte a value (within 0.4 % of the term's peak) has to do instead of two."""


def map_data(plan: PatrolPlan) -> dict[str, Any]:
    """Everything the page needs, as JSON values; ``page/data.js`` reads it back.

    Numbers come as base64 of variable-length integers (streets, legs) or of little-endian
    unsigned integers (need). No time of making, no machine, no record: only what is shown.
    """
    hours, _ = minutes_of_hours(plan)
    words = words_of(plan.language)
    return {
        "community": one_line(plan.community),
        "days": words.weekdays(),
        "long_days": words.weekdays("wide"),
        "when": _when(plan, words),
        "span": _span(plan),
        "first_minute": _first_minute(plan),
        "timezone": plan.timezone,
        "credit": OSM_CREDIT,
        "version": __version__,
        "notes": [one_line(note) for note in plan.notes],
        "figures": _figures(plan, words),
        "parts": _parts(plan, words),
        "shift_hours": hours.tolist(),
        "first_hour": _first_hour(plan),
        "streets": _streets(plan, words),
        "unseen": _unseen(plan),
        "today": list(day_lines_of(plan, words)),
        "shut": _shut(plan),
        "need": _need(plan),
        "crews": _crews(plan, words),
        "events": _events(plan, words),
        "legs": _legs(plan),
        **_rides(plan, words),
        "hot_spots": _hot_spots(plan, words),
        "unserved": _unserved(plan, words),
    }


def _streets(plan: PatrolPlan, words: Words) -> dict[str, Any]:
    segments = plan.network.segments
    called = street_names(plan.network, words.language).map(one_line)
    names, name = np.unique(called.to_numpy(dtype=object).astype(str), return_inverse=True)
    also = [(one_line(a), one_line(b)) for a, b in zip(segments["name"], segments["name_en"], strict=True)]
    others = {
        text: " ".join(dict.fromkeys(other for other in pair if other and other != text))
        for text, pair in zip(called, also, strict=True)
    }
    at, ends = joined_names(plan.network, called, names)
    kinds, kind = np.unique(segments["kind"].astype(str), return_inverse=True)
    return {
        "lines": packed_lines(segments.geometry),
        "length_dm": base64_of(varints((segments["length_m"].to_numpy() * 10).round().astype(np.int64))),
        "names": names.tolist(),
        "english": [others.get(text, "") for text in names],
        "name": base64_of(varints(name.astype(np.int64))),
        "kinds": kinds.tolist(),
        "kind": base64_of(varints(kind.astype(np.int64))),
        "kind_names": [words(text.replace("_", " ")) for text in kinds.tolist()],
        "joins": {"at": base64_of(varints(at)), "ends": base64_of(varints(ends.ravel()))},
    }


def _unseen(plan: PatrolPlan) -> str:
    """Streets that no record covers, where the weights know of such."""
    observed = getattr(plan.weights, "observed", None)
    rows = (
        np.empty(0, dtype=np.int64) if observed is None else np.flatnonzero(~np.asarray(observed, dtype=bool))
    )
    return base64_of(varints(rows.astype(np.int64)))


def _shut(plan: PatrolPlan) -> str:
    """Streets that are shut on some of the plan's days."""
    rows = sorted({segment for notice in plan.around.notices for segment in notice.segments})
    return base64_of(varints(np.array(rows, dtype=np.int64)))


def _need(plan: PatrolPlan) -> dict[str, Any]:
    """Factors of need: square roots of the space pattern (finer near nothing) and the hours as they are."""
    weights = plan.weights
    share = weights.terms["share"].to_numpy(dtype=np.float64)
    rows = np.flatnonzero(share > 0)
    top_space = weights.space[rows].max(axis=1, initial=0.0)
    top_time = weights.time[rows].max(axis=1, initial=0.0)
    rows, top_space, top_time = (
        each[(top_space > 0) & (top_time > 0)] for each in (rows, top_space, top_time)
    )
    width = 1 if 2 * len(rows) * weights.space.shape[1] > LARGE else 2
    return {
        "bytes": width,
        "part": [PARTS.index(str(weights.terms["part"].iloc[row])) for row in rows],
        "peak": [float(f"{value:.6g}") for value in share[rows] * top_space * top_time],
        "space": base64_of(unsigned(np.sqrt(weights.space[rows] / top_space[:, None]), width=width)),
        "time": base64_of(unsigned(weights.time[rows] / top_time[:, None], width=2)),
    }


def _crews(plan: PatrolPlan, words: Words) -> list[dict[str, Any]]:
    walked = plan.legs.groupby("crew")["length_m"].sum()
    stops = Counter(plan.stops["crew"])
    return [
        {
            "name": one_line(crew.name),
            "officers": [one_line(officer.name) for officer in crew.officers],
            "shift": f"{words.day(crew.shift.start)}, {clock(crew.shift.start)}–{clock_end(crew.shift.end)}",
            "sums": words(
                "{stops}, {km} km on foot",
                stops=counted(stops[index], "stop", words),
                km=words.number(walked.get(index, 0) / 1000, 1),
            ),
        }
        for index, crew in enumerate(plan.crews)
    ]


def _events(plan: PatrolPlan, words: Words) -> list[dict[str, Any]]:
    where = plan.events.geometry.to_crs("EPSG:4326")
    return [
        {
            "crew": int(event.crew),
            "kind": event.kind,
            "order": int(event.order),
            "spot": int(event.hot_spot),
            "label": _label(plan.crews[int(event.crew)], event, words),
            "street": one_line(event.street),
            "day": words.day(event.arrive),
            "span": _seconds(event.arrive, event.leave),
            "arrive": clock(event.arrive),
            "start": clock(event.start),
            "leave": clock(event.leave),
            "stay": minutes_text(event.minutes, words) if event.minutes else "",
            "why": one_line(event.why),
            "share": share_text(event.need_share, words) if event.need_share else "",
            "at": [round(point.y, 6), round(point.x, 6)],
        }
        for event, point in zip(plan.events.itertuples(), where, strict=True)
    ]


def _legs(plan: PatrolPlan) -> dict[str, Any]:
    legs = plan.legs
    at = {}
    for index, event in enumerate(plan.events.itertuples()):
        at[event.crew, "patrol" if event.kind == "visit" else "", event.start] = index
        at[event.crew, "walk" if event.kind in ("visit", "end") else "", event.arrive] = index
    return {
        "lines": packed_lines(legs.geometry),
        "rows": [
            {
                "crew": int(leg.crew),
                "kind": leg.kind,
                "from": one_line(leg.from_label),
                "to": one_line(leg.to_label),
                "start": clock(leg.start),
                "end": clock(leg.end),
                "span": _seconds(leg.start, leg.end),
                "metres": round(float(leg.length_m)),
                "event": _event_of(leg, at),
            }
            for leg in legs.itertuples()
        ],
    }


def _label(crew: Crew, event: Any, words: Words) -> str:
    ridden = crew.ride is not None and event.kind in ("start", "end")
    return waits_words(crew.ride, words) if crew.ride is not None and ridden else one_line(event.label)


def _rides(plan: PatrolPlan, words: Words) -> dict[str, Any]:
    """Rides to patrols and home, and their lines; nothing where all is walked."""
    ridden = [(index, crew.ride) for index, crew in enumerate(plan.crews) if crew.ride is not None]
    if not ridden:
        return {}
    lines = gpd.GeoSeries([LineString(ride.path) for _, ride in ridden], crs="EPSG:4326")
    rows = [
        {
            "crew": index,
            "by": ride.by,
            "station": one_line(ride.station),
            "from": [round(degrees, 6) for degrees in ride.path[0][::-1]],
            "place": one_line(ride.place),
            "told": list(ride_lines(ride, words)),
        }
        for index, ride in ridden
    ]
    return {"rides": {"lines": packed_lines(lines), "rows": rows}}


def _event_of(leg: Any, at: Mapping[tuple[int, str, Any], int]) -> int:
    """The event a leg leads to or, for a patrol walk, happens in; -1 if there is none."""
    when = leg.end if leg.kind == "walk" else leg.start
    return at.get((leg.crew, leg.kind, when), -1)


def _hot_spots(plan: PatrolPlan, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "label": one_line(spot.label),
            "kind": spot.kind,
            "visits": visits,
            "told": counted(visits, "visit", words) if visits else words("no visit"),
            "stay": minutes_text(spot.dwell_s / 60, words),
            "walk_m": round(spot.walk_m),
            "segments": list(spot.segments),
        }
        for spot, visits in zip(plan.hot_spots, plan.visits, strict=True)
    ]


def _with_change(why: str, change: str, words: Words) -> str:
    return f"{why}; {words('cheapest change: {change}', change=change)}" if change else why


def _unserved(plan: PatrolPlan, words: Words) -> list[dict[str, Any]]:
    unserved = plan.unserved.sort_values("need_share", ascending=False, kind="stable")
    where = unserved.geometry.to_crs("EPSG:4326")
    return [
        {
            "spot": int(row.hot_spot),
            "label": one_line(row.label),
            "share": share_text(row.need_share, words),
            "why": one_line(_with_change(row.why, row.change, words)),
            "at": [round(point.y, 6), round(point.x, 6)],
        }
        for row, point in zip(unserved.itertuples(), where, strict=True)
    ]


def _figures(plan: PatrolPlan, words: Words) -> list[list[str]]:
    """What the plan comes to, as pairs of a figure and its meaning."""
    summary = plan.summary()
    visited = summary["hot_spots"] - summary["hot_spots_unserved"]
    km = words.number(summary["walk_km"] + summary["patrol_km"], 1)
    figures = [
        [
            share_text(summary["share_on_shift"], words),
            words("of the patrol need in the shift hours is under a patrol's effect"),
        ],
        [
            words.number(summary["stops"]),
            words.n("visits to {n} hot spot", "visits to {n} hot spots", visited),
        ],
        [words("{n} km", n=km), words("on foot, all crews together")],
    ]
    least = summary.get("of_best_possible")
    if least is not None and least >= BOUND_TOLD_FROM:
        # Rounded down: "at least" must hold.
        share = words("at least {share} %", share=words.number(math.floor(100 * least))).replace(
            " %", "\u00a0%"
        )
        figures.append([share, words("of the best score that any plan could reach")])
    if summary["hot_spots_unserved"]:
        figures.append(
            [
                words.number(summary["hot_spots_unserved"]),
                words("hot spots get no visit in these shifts"),
            ]
        )
    return figures


def _parts(plan: PatrolPlan, words: Words) -> list[list[str]]:
    """Each part of need with its share of the week's need and its share under effect."""
    covered = plan.scores.get("share_by_part", {})
    terms = plan.weights.terms
    shares = {part: float(terms.loc[terms["part"] == part, "share"].sum()) for part in PARTS}
    return [
        [part, share_text(share, words), share_text(float(covered[part]), words) if part in covered else ""]
        for part, share in shares.items()
        if share > 0
    ]


def _when(plan: PatrolPlan, words: Words) -> str:
    if not plan.crews:
        return ""
    start = min(crew.shift.start for crew in plan.crews)
    end = max(crew.shift.end for crew in plan.crews)
    last = clock_end(end) if (end - start).total_seconds() < 24 * 3600 else f"{words.day(end)}, {clock(end)}"
    return f"{words.day(start)}, {clock(start)}–{last}"


def _first_hour(plan: PatrolPlan) -> int:
    if not plan.crews:
        return 0
    start = min(crew.shift.start for crew in plan.crews)
    return start.weekday() * 24 + start.hour


def _span(plan: PatrolPlan) -> list[int]:
    """First and last second of the crews' routes, from the epoch."""
    if not len(plan.events):
        return [0, 0]
    return _seconds(min(plan.events["arrive"]), max(plan.events["leave"]))


def _first_minute(plan: PatrolPlan) -> int:
    """Minute of the week, by the wall clock, at which the span begins."""
    if not len(plan.events):
        return 0
    start = pd.Timestamp(min(plan.events["arrive"]))
    return (start.weekday() * 24 + start.hour) * 60 + start.minute


def _seconds(start: Any, end: Any) -> list[int]:
    return [round(start.timestamp()), round(end.timestamp())]
