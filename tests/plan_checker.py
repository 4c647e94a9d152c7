"""An independent judge of a written plan: reads plan.json and plan.gpkg back and proves the plan from them.

It imports nothing of patrolplan, so that no error of the planner can hide itself.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np

TOUCH_M = 0.01


def faults_of(folder: Path) -> list[str]:
    """Everything wrong with the plan in the folder; empty for a sound plan."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    layers = {name: gpd.read_file(folder / "plan.gpkg", layer=name) for name in ("segments", "stops", "legs")}
    faults = []
    for crew, route in enumerate(plan["routes"]):
        faults += [f"{route['crew']}: {fault}" for fault in _route_faults(plan, route)]
        faults += [f"{route['crew']}: {fault}" for fault in _geometry_faults(plan, route, crew, layers)]
    faults += _stop_faults(plan)
    faults += _duty_faults(plan)
    faults += _hot_spot_faults(plan, layers["segments"])
    faults += _shut_faults(plan, layers["segments"])
    score, on_shift = recomputed_scores(plan)
    if not math.isclose(score, plan["scores"]["score"], rel_tol=1e-6):
        faults.append(f"score {plan['scores']['score']} stated, {score} recomputed")
    if not math.isclose(on_shift, plan["scores"]["share_on_shift"], rel_tol=1e-6):
        faults.append(f"share on shift {plan['scores']['share_on_shift']} stated, {on_shift} recomputed")
    return faults


def _walking(plan: dict[str, Any]) -> dict[str, float]:
    return dict(plan["provenance"]["settings"]["walking"])


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _visits(route: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for event in route["events"] if event["kind"] == "visit"]


def _pace(route: dict[str, Any]) -> float:
    return min(officer["speed_factor"] for officer in route["officers"])


def _route_faults(plan: dict[str, Any], route: dict[str, Any]) -> list[str]:
    """Times: shift kept, order kept, walks as long as they take, breaks kept."""
    faults = []
    begin, end = _at(route["shift"]["start"]), _at(route["shift"]["end"])
    spans = [
        (_at(event["start"]), _at(event["leave"]), event["label"])
        for event in route["events"]
        if event["kind"] in ("visit", "break")
    ]
    walks = [leg for leg in route["legs"] if leg["kind"] == "walk"]
    spans += [(_at(leg["start"]), _at(leg["end"]), f"walk to {leg['to']}") for leg in walks]
    spans.sort()
    if spans and (spans[0][0] < begin or max(span[1] for span in spans) > end):
        faults.append(f"not within its shift {route['shift']}")
    for first, second in pairwise(spans):
        if second[0] < first[1]:
            faults.append(f"{first[2]!r} overlaps {second[2]!r}")
    rows = {row[0]: row for row in plan["streets"]["rows"]}
    speed = _walking(plan)["transfer_km_h"] / 3.6
    for leg in walks:
        needed = sum(abs(b - a) / (speed * rows[s][4]) for s, a, b in leg["steps"]) / _pace(route)
        taken = _at(leg["end"]) - _at(leg["start"])
        if not needed - 0.01 <= taken <= needed + 2:
            faults.append(f"walk to {leg['to']} takes {taken} s, its length needs {needed:.1f} s")
    faults += _visit_faults(plan, route)
    faults += _break_faults(route)
    return faults


def _visit_faults(plan: dict[str, Any], route: dict[str, Any]) -> list[str]:
    faults = []
    legs = {leg["end"] for leg in route["legs"] if leg["kind"] == "walk"}
    before = dict(zip(map(id, route["events"][1:]), route["events"]))
    for visit in _visits(route):
        spot = plan["hot_spots"][visit["hot_spot"]]
        if _at(visit["leave"]) - _at(visit["start"]) != spot["dwell_s"]:
            faults.append(f"{visit['label']}: stay differs from the hot spot's dwell")
        if not _at(visit["arrive"]) <= _at(visit["start"]):
            faults.append(f"{visit['label']}: begins before arrival")
        # Two stops may begin at one crossing: then, and then alone, nobody need walk.
        if visit["arrive"] not in legs and not _same_entry(plan, before[id(visit)], visit):
            faults.append(f"{visit['label']}: nobody walks there")
        if spot["hours"] and not _open(spot["hours"], visit):
            faults.append(f"{visit['label']}: outside its hours {spot['hours']}")
    for first, second in pairwise(_visits(route)):
        if first["hot_spot"] == second["hot_spot"]:
            faults.append(f"{first['label']}: visited twice in a row")
    return faults


def _same_entry(plan: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether a visit begins where the crew was before: at one crossing, and at one point."""
    if first["kind"] == "visit":
        entries = [plan["hot_spots"][event["hot_spot"]]["entry"] for event in (first, second)]
        if entries[0] != entries[1]:
            return False
    return all(abs(a - b) < 2e-7 for a, b in zip(first["place"], second["place"], strict=True))


def _open(hours: list[list[int]], visit: dict[str, Any]) -> bool:
    start = datetime.fromisoformat(visit["start"])
    last = datetime.fromisoformat(visit["leave"])
    first_hour = start.weekday() * 24 + start.hour
    minutes = (last.timestamp() - start.timestamp()) / 60 + start.minute
    touched = [(first_hour + k) % 168 for k in range(math.ceil(minutes / 60))]
    return all(any((hour - a) % 168 < (b - a) % 168 for a, b in hours) for hour in touched)


def _break_faults(route: dict[str, Any]) -> list[str]:
    taken = [event for event in route["events"] if event["kind"] == "break"]
    rest = route["break"]
    if rest is None:
        return ["a break nobody asked for"] if taken else []
    if len(taken) != 1:
        return [f"{len(taken)} breaks instead of one"]
    start, leave = _at(taken[0]["start"]), _at(taken[0]["leave"])
    early, late = _at(rest["earliest"]), _at(rest["latest"])
    sound = early <= start <= late and leave - start == rest["minutes"] * 60
    return [] if sound else ["the break does not keep its window or length"]


def _geometry_faults(
    plan: dict[str, Any], route: dict[str, Any], crew: int, layers: dict[str, gpd.GeoDataFrame]
) -> list[str]:
    """Places: legs connect, run along their streets, and the layers agree with the JSON."""
    faults = []
    legs = layers["legs"][layers["legs"]["crew"] == crew].sort_values("leg")
    stops = layers["stops"][layers["stops"]["crew"] == crew]
    told = [(leg["kind"], leg["start"], leg["end"], leg["segments"]) for leg in route["legs"]]
    kept = list(zip(legs["kind"], legs["start"], legs["end"], legs["segments"], strict=True))
    if [(k, s, e, " ".join(map(str, ids))) for k, s, e, ids in told] != kept:
        faults.append("legs of plan.gpkg and plan.json differ")
    events = [(e["kind"], e["start"], e["leave"], e["label"]) for e in route["events"]]
    if events != list(zip(stops["kind"], stops["start"], stops["leave"], stops["label"], strict=True)):
        faults.append("stops of plan.gpkg and events of plan.json differ")
    lines = [line for line in legs.geometry if line is not None and not line.is_empty]
    for first, second in pairwise(lines):
        gap = math.dist(first.coords[-1], second.coords[0])
        if gap > TOUCH_M:
            faults.append(f"legs do not connect: {gap:.2f} m apart")
    streets = layers["segments"].set_index("segment").geometry
    for leg, line in zip(route["legs"], legs.geometry, strict=True):
        if abs(line.length - leg["length_m"]) > 0.5 + 0.002 * line.length:
            faults.append(f"leg {leg['leg']}: {leg['length_m']} m stated, {line.length:.1f} m drawn")
        if leg["segments"] and not streets.loc[leg["segments"]].union_all().buffer(0.1).covers(line):
            faults.append(f"leg {leg['leg']} leaves its streets")
    if lines:
        places = stops.geometry.tolist()
        if math.dist(lines[0].coords[0], places[0].coords[0]) > TOUCH_M:
            faults.append("the route does not begin at its station")
        if math.dist(lines[-1].coords[-1], places[-1].coords[0]) > TOUCH_M:
            faults.append("the route does not end at its station")
    return faults


def _stop_faults(plan: dict[str, Any]) -> list[str]:
    """Between crews: no two at one stop at once, and the least gap kept."""
    by_stop: dict[int, list[tuple[float, float]]] = {}
    for route in plan["routes"]:
        for visit in _visits(route):
            by_stop.setdefault(visit["hot_spot"], []).append((_at(visit["start"]), _at(visit["leave"])))
    least = plan["provenance"]["settings"]["rules"]["min_gap_min"] * 60
    faults = [
        f"hot spot {stop}: only {second[0] - first[1]:.0f} s between visits"
        for stop, spans in by_stop.items()
        for first, second in pairwise(sorted(spans))
        if second[0] - first[1] < least
    ]
    faults += _asked_faults(plan, by_stop)
    faults += _appointment_faults(plan)
    faults += _curfew_faults(plan)
    counted = [len(by_stop.get(spot["hot_spot"], [])) for spot in plan["hot_spots"]]
    if counted != [spot["visits"] for spot in plan["hot_spots"]]:
        faults.append("visits per hot spot are counted wrong")
    unserved = {row["hot_spot"] for row in plan["unserved"]}
    if unserved != {k for k, count in enumerate(counted) if count == 0}:
        faults.append("unserved hot spots are not those without visits")
    return faults


def _asked_faults(plan: dict[str, Any], by_stop: dict[int, list[tuple[float, float]]]) -> list[str]:
    """What the plan file asks for beside: most visits, longest walk, minutes and gaps at named problems."""
    rules, faults = plan["provenance"]["settings"]["rules"], []
    for stop, spans in by_stop.items():
        if len(spans) > rules.get("most_visits", len(spans)):
            faults.append(f"hot spot {stop}: {len(spans)} visits are too many")
    for route in plan["routes"]:
        walked = sum(_at(leg["end"]) - _at(leg["start"]) for leg in route["legs"] if leg["kind"] == "walk")
        if walked > 60 * rules.get("longest_walk_min", math.inf):
            faults.append(f"{route['crew']}: walks {walked / 60:.1f} minutes")
    shifts = [(_at(route["shift"]["start"]), _at(route["shift"]["end"])) for route in plan["routes"]]
    named = [spot["hot_spot"] for spot in plan["hot_spots"] if spot["kind"] == "problem"]
    stays = sum(leave - start for stop in named for start, leave in by_stop.get(stop, []))
    reserved = rules.get("problem_share", 0.0) * sum(end - begin for begin, end in shifts)
    if named and stays < reserved - 1:
        faults.append(f"named problems get {stays:.0f} s of stay, {reserved:.0f} s were asked for")
    begin, end = min(shift[0] for shift in shifts), max(shift[1] for shift in shifts)
    for stop in named if "problem_gap_min" in rules else []:
        left = begin
        for start, leave in [*sorted(by_stop.get(stop, [])), (end, end)]:
            if start - left > 60 * rules["problem_gap_min"]:
                faults.append(f"hot spot {stop}: left alone for {start - left:.0f} s")
            left = leave
    return faults


def _appointment_faults(plan: dict[str, Any]) -> list[str]:
    """Appointments are kept, and no crew stops where the plan file forbids a hot spot by its label."""
    settings, faults = plan["provenance"]["settings"], []
    rows = [(route["crew"], visit) for route in plan["routes"] for visit in _visits(route)]
    for one in settings.get("appointments", ()):
        here = [(crew, visit) for crew, visit in rows if visit["label"] == one["name"]]
        here = [
            (crew, visit)
            for crew, visit in here
            if one.get("date", visit["start"][:10]) == visit["start"][:10]
        ]
        for name in one.get("crews") or [None]:
            mine = [visit for crew, visit in here if name in (None, crew)]
            begin, end = one["between"].split("-") if "between" in one else (one["at"], "24:00")
            kept = [v for v in mine if begin <= v["start"][11:16] and v["leave"][11:16] <= end]
            if "at" in one:
                kept = [visit for visit in kept if visit["start"][11:19] == one["at"] + ":00"]
            stays = [(_at(visit["leave"]) - _at(visit["start"])) / 60 for visit in kept]
            if not stays or one.get("minutes", stays[0]) not in stays:
                faults.append(f"appointment {one['name']} with {name}: not kept")
    for crew in settings["crews"]:
        visited = {visit["label"] for name, visit in rows if name == crew["name"]}
        if visited & set(crew.get("avoid", ())):
            faults.append(f"{crew['name']} goes where it shall not")
    return faults


def _duty_faults(plan: dict[str, Any]) -> list[str]:
    """Shifts begin when they may and last as asked; volunteers are never alone; all keep to their hours."""
    settings, faults = plan["provenance"]["settings"], []
    people = {officer["name"]: officer for officer in settings.get("officers", ())}
    asked = {crew["name"]: crew for crew in settings.get("crews", ())}
    for route in plan["routes"]:
        names = [officer["name"] for officer in route["officers"]]
        if names and all(people.get(name, {}).get("volunteer", False) for name in names):
            faults.append(f"{route['crew']}: volunteers alone")
        begin, end = (datetime.fromisoformat(route["shift"][k]) for k in ("start", "end"))
        for name in names:
            hours = people.get(name, {}).get("when", "")
            if hours and not (_within_hours(begin, hours) and _within_hours(end, hours, last=True)):
                faults.append(f"{route['crew']}: {name} walks outside {hours}")
        crew = asked.get(route["crew"])
        if crew is None or any(people.get(name, {}).get("when") for name in names):
            continue
        first, last = (_minute(text) for text in crew["shift"].split("-"))
        length = (last - first) % 1440 or 1440
        latest = (_minute(crew.get("latest_start", crew["shift"][:5])) - first) % 1440
        late = (begin.hour * 60 + begin.minute - first) % 1440
        wall = end.replace(tzinfo=None) - begin.replace(tzinfo=None)
        short = "replanned_from" in plan["provenance"] and wall.total_seconds() / 60 < length
        if late > latest or (wall.total_seconds() / 60 != length and not short):
            faults.append(f"{route['crew']}: its shift {route['shift']} is not as asked")
    return faults


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:5])


def _within_hours(at: datetime, hours: str, *, last: bool = False) -> bool:
    """Whether an instant lies in hours such as "Mo-Fr 17:00-20:00; Sa 10:00-12:00"; the end counts as in."""
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    for piece in hours.split(";"):
        names, span = piece.split()
        ends = [days.index(name) for name in names.split("-")]
        begin, end = (_minute(text) for text in span.split("-"))
        minute = at.hour * 60 + at.minute
        if (
            ends[0] <= at.weekday() <= ends[-1]
            and begin <= minute
            and (minute <= end if last else minute < end)
        ):
            return True
    return False


def _hours_of(row: dict[str, Any], zone: ZoneInfo) -> tuple[float, float]:
    """When a row of the calendar holds; the whole day where it has no hours."""
    day = datetime.fromisoformat(row["day"])
    begin = datetime.fromisoformat(row["from"]) if row["from"] else day
    end = datetime.fromisoformat(row["to"]) if row["to"] else day + timedelta(days=1)
    return begin.replace(tzinfo=zone).timestamp(), end.replace(tzinfo=zone).timestamp()


def _curfew_faults(plan: dict[str, Any]) -> list[str]:
    """No shift lies in a curfew."""
    zone = ZoneInfo(plan["timezone"])
    curfews = [_hours_of(row, zone) for row in plan["calendar"] if row["what"] == "curfew"]
    return [
        f"{route['crew']} is out in a curfew"
        for route in plan["routes"]
        for begin, end in curfews
        if _at(route["shift"]["start"]) < end and begin < _at(route["shift"]["end"])
    ]


def _shut_faults(plan: dict[str, Any], segments: gpd.GeoDataFrame) -> list[str]:
    """Nobody walks a street that is shut, in its hours; streets are known by name where they have one."""
    zone, faults = ZoneInfo(plan["timezone"]), []
    for row in plan["calendar"]:
        if row["what"] != "closed":
            continue
        begin, end = _hours_of(row, zone)
        named = segments.loc[segments["name"].isin(row["streets"]), "segment"]
        shut = set(row["segments"]) or set(named)
        faults += [
            f"{route['crew']} walks {row['streets']} while it is shut"
            for route in plan["routes"]
            for leg in route["legs"]
            if _at(leg["start"]) < end and begin < _at(leg["end"]) and shut & set(leg["segments"])
        ]
    return faults


def _hot_spot_faults(plan: dict[str, Any], segments: gpd.GeoDataFrame) -> list[str]:
    """Hot spots: no shared segment, closed walk that connects and fits into the dwell."""
    faults = []
    ends = {row.segment: (row.u, row.v, row.length_m) for row in segments.itertuples()}
    speed = _walking(plan)["patrol_km_h"] / 3.6
    seen: set[int] = set()
    for spot in plan["hot_spots"]:
        if seen & set(spot["segments"]):
            faults.append(f"hot spot {spot['label']} shares a segment")
        seen |= set(spot["segments"])
        if {step[0] for step in spot["walk"]} != set(spot["segments"]):
            faults.append(f"hot spot {spot['label']}: its walk is not over its segments")
        here = None
        for segment, start, stop in spot["walk"]:
            u, v, length = ends[segment]
            begin = u if start < 0.01 else v if start > length - 0.01 else (segment, start)
            done = u if stop < 0.01 else v if stop > length - 0.01 else (segment, stop)
            if here not in (None, begin):
                faults.append(f"hot spot {spot['label']}: its walk jumps")
            here = done
        if here not in (None, spot["entry"]):
            faults.append(f"hot spot {spot['label']}: its walk does not return to its entry")
        if sum(abs(b - a) for _, a, b in spot["walk"]) > speed * spot["dwell_s"] + 0.5:
            faults.append(f"hot spot {spot['label']}: its walk does not fit into its dwell")
    return faults


def recomputed_scores(plan: dict[str, Any]) -> tuple[float, float]:
    """(score, share on shift) by adding need times effect second by second."""
    effect = plan["provenance"]["settings"]["effect"]
    fade_s = effect["fade_min"] * 60
    begin = min(_at(route["shift"]["start"]) for route in plan["routes"])
    end = max(_at(route["shift"]["end"]) for route in plan["routes"])
    seconds = np.arange(int(end - begin)) + 0.5
    dwells, passes = _events(plan, begin)
    hour = _hour_columns(plan, begin, len(seconds))
    on_shift = np.zeros(len(seconds), dtype=bool)
    for route in plan["routes"]:
        low, high = (int(_at(route["shift"][k]) - begin) for k in ("start", "end"))
        on_shift[low:high] = True
    score = shift_score = 0.0
    for segment, need in plan["need"]["segments"].items():
        felt = np.zeros(len(seconds))
        for start, leave, quality in dwells.get(int(segment), ()):
            felt[int(start) : int(leave)] = 1.0
            _fade(felt, seconds, leave, quality, fade_s)
        for when in passes.get(int(segment), ()):
            _fade(felt, seconds, when, effect["pass_quality"], fade_s)
        gained = felt * np.asarray(need)[hour] / 3600
        score += float(gained.sum())
        shift_score += float(gained[on_shift].sum())
    need_on_shift = float((np.asarray(plan["need"]["all_streets"])[hour] / 3600)[on_shift].sum())
    return score, shift_score / need_on_shift


def _fade(felt: np.ndarray, seconds: np.ndarray, since: float, quality: float, fade_s: float) -> None:
    low, high = math.ceil(since), min(len(seconds), math.ceil(since + fade_s))
    left = quality * (1 - (seconds[low:high] - since) / fade_s)
    felt[low:high] = np.maximum(felt[low:high], left)


def _events(
    plan: dict[str, Any], begin: float
) -> tuple[dict[int, list[tuple[float, float, float]]], dict[int, list[float]]]:
    """Dwells and passes of each segment, in seconds of the horizon."""
    dwells: dict[int, list[tuple[float, float, float]]] = {}
    passes: dict[int, list[float]] = {}
    effect, speed = plan["provenance"]["settings"]["effect"], _walking(plan)["transfer_km_h"] / 3.6
    rows = {row[0]: row for row in plan["streets"]["rows"]}
    for route in plan["routes"]:
        for visit in _visits(route):
            spot = plan["hot_spots"][visit["hot_spot"]]
            quality = max(effect["pass_quality"], min(1.0, spot["dwell_s"] / 60 / effect["full_dwell_min"]))
            span = (_at(visit["start"]) - begin, _at(visit["leave"]) - begin, quality)
            for segment in spot["segments"]:
                dwells.setdefault(segment, []).append(span)
        for leg in route["legs"]:
            walked = 0.0
            for segment, start, stop in leg["steps"] if leg["kind"] == "walk" else ():
                length, factor = rows[segment][3], rows[segment][4]
                takes = abs(stop - start) / (speed * factor)
                if abs(stop - start) >= length / 2:
                    middle = math.floor(walked + takes / 2 + 1e-6)
                    when = _at(leg["start"]) - begin + math.floor(round(middle / _pace(route), 6))
                    passes.setdefault(segment, []).append(when)
                walked += takes
    return dwells, passes


def _hour_columns(plan: dict[str, Any], begin: float, n_seconds: int) -> np.ndarray:
    """For each second the column of the need table that holds its local hour of the week."""
    zone = ZoneInfo(plan["timezone"])
    column = {hour: k for k, hour in enumerate(plan["need"]["hours"])}
    minutes = [datetime.fromtimestamp(begin + 60 * k, tz=zone) for k in range(math.ceil(n_seconds / 60))]
    by_minute = np.array([column[when.weekday() * 24 + when.hour] for when in minutes])
    return np.repeat(by_minute, 60)[:n_seconds]
