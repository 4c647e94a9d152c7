"""Tracks and ticks read, held against the plan, and noted in the ledger; no track is kept."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.issued_file import read_issued
from patrolplan.io.issued_network import read_issued_network
from patrolplan.io.ledger import open_ledger
from patrolplan.io.lock import locked
from patrolplan.io.read_gpx import read_gpx
from patrolplan.io.read_ticks import Tick, read_ticks
from patrolplan.io.write_week import read_week
from patrolplan.issued import IssuedPlan
from patrolplan.walked.clock import (
    AFTER_S,
    BEFORE_S,
    FARTHEST_S,
    NEAR_M,
    Fit,
    PlannedWay,
    best_fit,
    planned_way,
)
from patrolplan.walked.log import Reported, WalkLog, with_reports
from patrolplan.walked.patrol import WalkedPatrol, patrol_of_track
from patrolplan.walked.track import Fixes, fixes_of, joined
from patrolplan.walked.visits import DONE
from patrolplan.week.delivered import Delivered

LEAST_HERE = 0.3
"""A track with fewer of its fixes near the plan's streets is of another place."""
LEAST_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The plan with what tracks are held against."""

    issued: IssuedPlan
    network: StreetNetwork
    ways: tuple[PlannedWay, ...]
    lines: shapely.STRtree


def log_walks(
    folder: Path,
    walked: Sequence[Path],
    *,
    crew: str | None = None,
    exact_clock: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> WalkLog:
    """What became of an issued plan, by the tracks and filled-in workbooks of those who walked.

    Files of which nothing can be used are told in the notes; nothing is written.

    Parameters
    ----------
    folder
        Of the plan, as ``plan`` or ``week`` wrote it.
    walked
        GPX tracks and roster workbooks.
    crew
        Whose tracks they are; found out by place and time if not given.
    exact_clock
        Trust the clocks of the tracks instead of trying other time zones.

    Raises
    ------
    InputError
        No plan there, no such crew, or no file of which anything can be used.
    """
    tell = on_progress or (lambda _: None)
    tell("reading the plan")
    issued, network = read_issued(folder), read_issued_network(folder)
    ground = _Ground(
        issued=issued,
        network=network,
        ways=tuple(planned_way(network, route) for route in issued.routes),
        lines=shapely.STRtree(network.segments.geometry.to_numpy()),
    )
    asked = _asked(issued, crew)
    by_route: dict[int, list[Fixes]] = {}
    reports: list[Reported] = []
    notes: list[str] = []
    faults: list[str] = []
    for file in walked:
        tell(f"matching {file.name}" if file.suffix.lower() != ".xlsx" else f"reading {file.name}")
        try:
            if file.suffix.lower() == ".xlsx":
                reports += _reports(issued, read_ticks(file))
                continue
            fit, fixes = _fitted(ground, file, asked, exact=exact_clock)
        except InputError as trouble:
            faults += trouble.faults
            continue
        by_route.setdefault(fit.route, []).append(fixes)
        notes += [_clock_words(file.name, fit.offset_s)] if fit.offset_s else []
    if not by_route and not reports:
        raise InputError(faults or ["nothing is filled in: no row of the workbooks has a tick"])
    patrols = [patrol_of_track(network, issued, k, joined(own)) for k, own in sorted(by_route.items())]
    return WalkLog(
        issued=issued,
        patrols=with_reports(issued, patrols, reports),
        notes=(*notes, *(f"not used: {fault}" for fault in faults)),
    )


def note_in_ledger(log: WalkLog, folder: Path, ledger: Path) -> Delivered:
    """Note the patrols of a log in a ledger, and return what is measured with them.

    Raises
    ------
    InputError
        The ledger can't be written, or doesn't know the week.
    """
    week = (read_week(folder) or {}).get("week", "")
    digest = hashlib.sha256((folder / "plan.json").read_bytes()).hexdigest()
    walks = [_ledger_row(log, patrol, digest, week) for patrol in log.patrols]
    visits = [
        {
            "week": week,
            "crew": log.issued.routes[patrol.route].crew.name,
            "start": visit.event.start.replace(tzinfo=None).isoformat(),
            "walked_min": None if math.isnan(visit.minutes) else round(visit.minutes, 2),
        }
        for patrol in log.patrols
        for visit in patrol.visits
        if week
    ]
    with locked(ledger.with_name(f".{ledger.name}.lock")), open_ledger(ledger) as opened:
        known = opened.log(walks, visits)
        if visits and not known:
            raise InputError(
                f"{ledger}: doesn't know the visits of {week} in {folder}; name its own with --ledger"
            )
        return opened.delivered()


def _ledger_row(log: WalkLog, patrol: WalkedPatrol, digest: str, week: str) -> dict[str, Any]:
    tracked = not math.isnan(patrol.km)
    reasons = {visit.event.label: visit.why for visit in patrol.visits if visit.why}
    return {
        "plan": digest,
        "route": patrol.route,
        "week": week,
        "day": log.issued.routes[patrol.route].crew.shift.start.date().isoformat(),
        "by": "track" if tracked else "ticks",
        "visits": len(patrol.visits),
        "done": sum(visit.status == DONE for visit in patrol.visits),
        "unknown": len(patrol.visits) - len(patrol.known),
        "planned_min": round(patrol.planned_min, 2),
        "walked_min": round(patrol.walked_min, 2),
        "km": round(patrol.km, 2) if tracked else None,
        "stray_share": round(patrol.stray_min / patrol.recorded_min, 3) if patrol.recorded_min > 0 else None,
        "reasons": json.dumps(reasons, ensure_ascii=False),
    }


def _asked(issued: IssuedPlan, crew: str | None) -> tuple[int, ...]:
    names = [route.crew.name for route in issued.routes]
    if crew is None:
        return tuple(range(len(names)))
    found = tuple(k for k, name in enumerate(names) if name.casefold() == crew.strip().casefold())
    if not found:
        raise InputError(f"--crew {crew}: the plan has {', '.join(dict.fromkeys(names))}")
    return found


def _fitted(ground: _Ground, file: Path, asked: tuple[int, ...], *, exact: bool) -> tuple[Fit, Fixes]:
    """Whose track it is, and its fixes on the right clock within the shift."""
    fixes = fixes_of(read_gpx(file), ground.network.crs)
    _check_place(ground, fixes, file.name)
    shifts = [
        (
            ground.issued.routes[k].crew.shift.start.timestamp(),
            ground.issued.routes[k].crew.shift.end.timestamp(),
        )
        for k in asked
    ]
    reach = 0 if exact else FARTHEST_S
    first, last = fixes.seconds[0], fixes.seconds[-1]
    if not any(start - reach < last and first < end + reach for start, end in shifts):
        raise InputError(
            f"{file.name}: recorded on {_day(ground, first)}; the plan is for {_days(ground, asked)}"
        )
    zone = ground.issued.routes[asked[0]].crew.shift.start.utcoffset()
    usual_s = [round(zone.total_seconds())] if zone is not None else []
    found = best_fit(fixes, [ground.ways[k] for k in asked], exact=exact, usual_s=usual_s)
    fit = Fit(route=asked[found.route], offset_s=found.offset_s, share=found.share)
    if fit.share < LEAST_SHARE:
        fit = _alone(ground, file.name, asked, first, last)
    start, end = shifts[asked.index(fit.route)]
    kept = fixes.moved(fit.offset_s).between(start - BEFORE_S, end + AFTER_S)
    if len(kept.seconds) < 2:
        raise InputError(
            f"{file.name}: has next to nothing within the shift it fits; record the whole patrol"
        )
    return fit, kept


def _check_place(ground: _Ground, fixes: Fixes, name: str) -> None:
    points: NDArray[np.object_] = np.asarray(shapely.points(fixes.xy), dtype=object)
    near = ground.lines.query(points, predicate="dwithin", distance=2 * NEAR_M)[0]
    if len(np.unique(near)) >= LEAST_HERE * len(points):
        return
    middle = shapely.points(*np.median(fixes.xy, axis=0))
    away = shapely.distance(ground.lines.geometries, middle).min()
    raise InputError(f"{name}: recorded elsewhere, about {away / 1000:,.0f} km from the plan's streets")


def _alone(ground: _Ground, name: str, asked: tuple[int, ...], first: float, last: float) -> Fit:
    """A track that follows no route: it must belong to the only crew on duty at its time."""
    shifts = [(k, ground.issued.routes[k].crew.shift) for k in asked]
    during = [k for k, shift in shifts if shift.start.timestamp() < last and first < shift.end.timestamp()]
    if len(during) == 1:
        return Fit(route=during[0], offset_s=0, share=0.0)
    if not during:
        raise InputError(
            f"{name}: recorded on {_day(ground, first)}, outside of every shift, and fits none in any time "
            "zone; set the phone's clock right"
        )
    names = ", ".join(ground.issued.routes[k].crew.name for k in during)
    raise InputError(f"{name}: follows no route of the plan; say whose it is with --crew ({names})")


def _reports(issued: IssuedPlan, ticks: Sequence[Tick]) -> list[Reported]:
    places = {}
    for number, route in enumerate(issued.routes):
        for k, event in enumerate(route.visits):
            key = (
                " ".join(route.crew.name.split()).casefold(),
                event.start.date(),
                event.start.hour,
                event.start.minute,
            )
            places[key] = (number, k)
    made, faults = [], []
    for tick in ticks:
        key = (" ".join(tick.crew.split()).casefold(), tick.date, tick.start.hour, tick.start.minute)
        if key not in places:
            faults.append(f"{tick.place}: no stop of this plan begins then; fill in the plan's own workbook")
            continue
        number, visit = places[key]
        made.append(
            Reported(route=number, visit=visit, status=tick.status, minutes=tick.minutes, why=tick.why)
        )
    if faults:
        more = [f"{len(faults) - 5} more rows like these"] if len(faults) > 5 else []
        raise InputError([*faults[:5], *more])
    return made


def _clock_words(name: str, offset_s: int) -> str:
    hours, minutes = divmod(abs(offset_s) // 60, 60)
    how = f"{hours} h" + (f" {minutes} min" if minutes else "")
    return (
        f"{name}: its clock is about {how} {'behind' if offset_s > 0 else 'ahead of'} the plan's; its times "
        "were put right (--exact-clock leaves them)"
    )


def _day(ground: _Ground, seconds: float) -> str:
    zone = ground.issued.routes[0].crew.shift.start.tzinfo
    return f"{datetime.fromtimestamp(seconds, tz=zone):%Y-%m-%d}"


def _days(ground: _Ground, asked: tuple[int, ...]) -> str:
    days = sorted({f"{ground.issued.routes[k].crew.shift.start:%Y-%m-%d}" for k in asked})
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
