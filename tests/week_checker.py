"""An independent judge of written weeks: reads week.json, plan.json and the plan file, and proves the rules.

It imports nothing of patrolplan, so that no error of the planner can hide itself.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any


def faults_of_weeks(weeks: list[Path], plan_file: Path, *, ledger: Path | None = None) -> list[str]:
    """Every rule of the plan file that the weeks, one after the other, break."""
    settings = tomllib.loads(plan_file.read_text(encoding="utf-8"))
    told = [_told(folder) for folder in weeks]
    patrols = [patrol for week in told for patrol in _patrols(week)]
    faults = _work_faults(patrols, settings)
    for week in told:
        faults += _week_faults(week, settings)
        faults += _route_faults(week)
    faults += _gap_faults(told, settings)
    if ledger is not None:
        faults += _ledger_faults(told, ledger)
    return faults


def _told(folder: Path) -> dict[str, Any]:
    week = json.loads((folder / "week.json").read_text(encoding="utf-8"))
    week["plan"] = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    week["monday"] = datetime.strptime(f"{folder.name}-1", "%G-W%V-%u").date()
    return week


def _patrols(week: dict[str, Any]) -> list[dict[str, Any]]:
    made = []
    for row in week["roster"]:
        start = datetime.fromisoformat(f"{row['date']}T{row['start']}")
        made.append({**row, "from": start, "to": start + timedelta(minutes=row["minutes"])})
    return made


def _work_faults(patrols: list[dict[str, Any]], settings: dict[str, Any]) -> list[str]:
    """Rest, days of leave and off, hours of the day: over all weeks, so that Sunday night meets Monday."""
    week = settings.get("week", {})
    rest = timedelta(hours=week.get("rest_h", 11))
    by_officer = defaultdict(list)
    for patrol in patrols:
        by_officer[patrol["officer"]].append(patrol)
    faults = []
    people = {officer["name"]: officer for officer in settings["officers"]}
    earliest, latest = week.get("earliest", "07:00"), week.get("latest", "23:00")
    for name, own in by_officer.items():
        own.sort(key=lambda patrol: patrol["from"])
        for one, two in itertools.pairwise(own):
            least = timedelta(0) if one["date"] == two["date"] else rest
            if two["from"] - one["to"] < least:
                faults.append(f"{name}: {two['from']} begins too soon after {one['to']}")
        for patrol in own:
            if not earliest <= patrol["start"] < patrol["end"] <= latest:
                faults.append(f"{name}: {patrol['from']} to {patrol['to']} leaves {earliest} to {latest}")
            for span in people[name].get("leave", ()):
                first, _, last = str(span).partition("/")
                if first <= patrol["date"] <= (last or first):
                    faults.append(f"{name} is on leave on {patrol['date']}")
            days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
            if days[patrol["from"].weekday()] in people[name].get("off", "").replace(",", " ").split():
                faults.append(f"{name} is off on {patrol['date']}")
    return faults


def _week_faults(week: dict[str, Any], settings: dict[str, Any]) -> list[str]:
    """Hours, days, lengths, cover and shares of load of one week."""
    rules = settings.get("week", {})
    faults = []
    shares = []
    patrols = _patrols(week)
    for officer in settings["officers"]:
        own = [patrol for patrol in patrols if patrol["officer"] == officer["name"]]
        minutes = sum(patrol["minutes"] for patrol in own)
        hours = officer.get("hours", rules.get("hours", 12))
        if minutes > hours * 60:
            faults.append(f"{officer['name']}: {minutes} min are more than {hours} h")
        if len({patrol["date"] for patrol in own}) > rules.get("most_days", 5):
            faults.append(f"{officer['name']}: too many days")
        by_day = defaultdict(int)
        for patrol in own:
            by_day[patrol["date"]] += 1
            low, high = rules.get("shortest_block_h", 2), rules.get("longest_block_h", 4)
            if not low * 60 <= patrol["minutes"] <= high * 60:
                faults.append(f"{officer['name']}: {patrol['minutes']} min is no patrol of {low} to {high} h")
        if max(by_day.values(), default=0) > rules.get("blocks_a_day", 1):
            faults.append(f"{officer['name']}: too many patrols on a day")
        nights = sum(patrol["end"] > "22:00" for patrol in own)
        if nights > rules.get("most_nights", 2):
            faults.append(f"{officer['name']}: {nights} nights")
        due = _due(week["monday"], officer, hours, rules.get("step_min", 30))
        if due:
            shares.append(minutes / due)
    if shares and max(shares) - min(shares) > 0.1 + 1e-9:
        faults.append(f"{week['week']}: shares of load {shares} lie more than 10 % apart")
    for cover in rules.get("cover", ()):
        faults += _cover_faults(week, cover, patrols)
    return faults


def _due(monday: date, officer: dict[str, Any], hours: float, step: int) -> int:
    gone = 0
    for day in (monday + timedelta(days=k) for k in range(7)):
        for span in officer.get("leave", ()):
            first, _, last = str(span).partition("/")
            gone += first <= day.isoformat() <= (last or first)
    return int(hours * 60 * max(0.0, 1 - gone / 5) / step) * step


def _cover_faults(week: dict[str, Any], cover: dict[str, Any], patrols: list[dict[str, Any]]) -> list[str]:
    """Cover such as "We 17:00-18:00", minute by minute."""
    word, span = cover["hours"].split()
    day = week["monday"] + timedelta(days=("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su").index(word))
    start, end = (datetime.fromisoformat(f"{day}T{text}") for text in span.split("-"))
    while start < end:
        there = sum(patrol["from"] <= start < patrol["to"] for patrol in patrols)
        if there < cover.get("officers", 1):
            return [f"{week['week']}: {there} on the street at {start}, not {cover.get('officers', 1)}"]
        start += timedelta(minutes=1)
    return []


def _route_faults(week: dict[str, Any]) -> list[str]:
    """Every patrol of the roster is a route of the plan, and its visits lie within it."""
    faults = []
    patrols = _patrols(week)
    routes = week["plan"]["routes"]
    if len(routes) != len(patrols):
        faults.append(f"{week['week']}: {len(routes)} routes for {len(patrols)} patrols")
    for patrol, route in zip(patrols, routes):
        begin, end = (
            datetime.fromisoformat(route["shift"][at]).replace(tzinfo=None) for at in ("start", "end")
        )
        if begin < patrol["from"] or end > patrol["to"] or route["officers"][0]["name"] != patrol["officer"]:
            faults.append(f"{week['week']}: {route['crew']} is not the patrol {patrol}")
        for event in route["events"]:
            if event["kind"] == "visit":
                at, leave = (
                    datetime.fromisoformat(event[key]).replace(tzinfo=None) for key in ("start", "leave")
                )
                if at < begin or leave > end:
                    faults.append(f"{route['crew']}: a visit at {at} leaves the patrol")
    return faults


def _gap_faults(weeks: list[dict[str, Any]], settings: dict[str, Any]) -> list[str]:
    """No top place unseen for longer than its gap, counted over the weeks from the visits themselves."""
    most = settings.get("week", {}).get("most_gap_days", 3)
    seen: dict[tuple[int, ...], list[date]] = defaultdict(list)
    faults = []
    for number, week in enumerate(weeks):
        spots = week["plan"]["hot_spots"]
        days: dict[int, set[date]] = defaultdict(set)
        for route in week["plan"]["routes"]:
            on = datetime.fromisoformat(route["shift"]["start"]).date()
            for event in route["events"]:
                if event["kind"] == "visit":
                    days[event["hot_spot"]].add(on)
        tops = [gap["hot_spot"] for gap in week["gaps"]]
        for spot in tops:
            key = tuple(sorted(spots[spot]["segments"]))
            earlier = seen[key][-1:] if number and _was_top(weeks[number - 1], key) else []
            marks = earlier or [week["monday"] - timedelta(days=1)]
            for day in sorted(days[spot]):
                if (day - marks[-1]).days > most:
                    faults.append(f"{week['week']}: {spots[spot]['label']} unseen from {marks[-1]} to {day}")
                marks.append(day)
            sunday = week["monday"] + timedelta(days=6)
            if (sunday - marks[-1]).days >= most:
                faults.append(f"{week['week']}: {spots[spot]['label']} unseen since {marks[-1]}")
        for spot, on in days.items():
            seen[tuple(sorted(spots[spot]["segments"]))] += sorted(on)
    return faults


def _was_top(week: dict[str, Any], key: tuple[int, ...]) -> bool:
    spots = week["plan"]["hot_spots"]
    return any(tuple(sorted(spots[gap["hot_spot"]]["segments"])) == key for gap in week["gaps"])


def _ledger_faults(weeks: list[dict[str, Any]], ledger: Path) -> list[str]:
    """The ledger holds each week's visits once, at the times the plan has them."""
    faults = []
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as database:
        for week in weeks:
            rows = database.execute(
                "SELECT start, label FROM visits WHERE week = ?", (week["week"],)
            ).fetchall()
            planned = [
                (datetime.fromisoformat(event["start"]).replace(tzinfo=None).isoformat(), event["label"])
                for route in week["plan"]["routes"]
                for event in route["events"]
                if event["kind"] == "visit"
            ]
            if sorted(rows) != sorted(planned):
                faults.append(f"{week['week']}: the ledger holds {len(rows)} visits, the plan {len(planned)}")
    return faults
