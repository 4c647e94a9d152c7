"""check: read everything a plan file names and report on it; what deserves a look in inputs and plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from patrolplan.beat import beat_warnings
from patrolplan.config.settings import Settings
from patrolplan.crews import clock_notes, crews_of
from patrolplan.duty import Crew
from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.io.day_words import day_lines
from patrolplan.io.stations import distances_to_street, station_faults
from patrolplan.orders.check.doctor import Diagnosis, diagnose, diagnosis_summary
from patrolplan.orders.event_cover import shifts_of
from patrolplan.orders.for_shifts import for_shifts
from patrolplan.orders.load import Loaded, load
from patrolplan.orders.pipeline import weigh_loaded
from patrolplan.orders.shift_starts import is_free
from patrolplan.plan import PatrolPlan, lacks_note
from patrolplan.risk.observed import propose_coverage
from patrolplan.risk.offences import tell_rows
from patrolplan.risk.weights import SegmentWeights

FIRST_ROWS = 5
MOST_DATES = 20
"""Rows of the calendar and the events of other days that are told."""

BY_KIND = ("not a street offence", "mostly found by police themselves")
"""Reasons to set a record aside that say nothing against the table."""

MOSTLY_COVERED = 0.8
"""Share of street length around offence records below which `check` asks where they cover."""

LEAST_MAIN_PART = 0.8
"""Share of walkable length in one connected part below which the extract looks torn."""
PART_OF_TABLE = {"offences": "offences", "places": "footfall", "problems": "problems"}


@dataclass(frozen=True, kw_only=True)
class TableReport:
    """How a table was read.

    Attributes
    ----------
    name
        "offences", "places" or "problems".
    used
        Records that need rests on.
    set_aside
        One row a reason: ``reason``, ``count``, ``first_rows`` (tuple of 1-based data rows;
        places of the street file have none).
    """

    name: str
    used: int
    set_aside: pd.DataFrame

    @property
    def read(self) -> int:
        """Rows that the table has."""
        return self.used + int(self.set_aside["count"].sum())


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What a plan file's inputs are like.

    Attributes
    ----------
    settings, network, weights, crews
        As read and weighed.
    tables
        One a table that bears on need.
    stations
        Metres from each station to the nearest street.
    reading
        Plain sentences on how the offence table was read: encoding, columns, times.
    warnings
        Plain sentences on what deserves a look.
    diagnosis
        What the offence records are like, with remedies.
    loaded
        All that was read.
    """

    settings: Settings
    network: StreetNetwork
    weights: SegmentWeights
    crews: tuple[Crew, ...]
    tables: tuple[TableReport, ...]
    stations: dict[str, float]
    reading: tuple[str, ...]
    warnings: tuple[str, ...]
    diagnosis: Diagnosis
    loaded: Loaded

    def summary(self) -> dict[str, Any]:
        """The report as plain values, ready for JSON."""
        segments = self.network.segments
        return {
            "community": self.settings.community.name,
            "timezone": self.settings.community.timezone,
            "segments": len(segments),
            "median_length_m": round(float(segments["length_m"].median()), 1),
            "street_km": round(float(segments["length_m"].sum()) / 1000, 3),
            "main_part_share": self.network.report.main_part_share,
            "dropped": [vars(dropped) for dropped in self.network.report.dropped],
            "tables": {
                table.name: {
                    "read": table.read,
                    "used": table.used,
                    "set_aside": table.set_aside.to_dict("records"),
                }
                for table in self.tables
            },
            "stations": {name: round(metres, 1) for name, metres in self.stations.items()},
            "crews": [
                {"name": crew.name, "start": crew.shift.start.isoformat(), "end": crew.shift.end.isoformat()}
                for crew in self.crews
            ],
            "policy": dict(self.weights.policy),
            "expected_per_week": self.weights.expected_per_week,
            "reading": list(self.reading),
            "notes": list(self.weights.notes),
            "warnings": list(self.warnings),
            **diagnosis_summary(self.diagnosis),
        }


def check_inputs(settings: Settings, *, on_progress: Callable[[str], None] | None = None) -> CheckReport:
    """Read all inputs and weigh the streets, so that every fault shows before anything is planned.

    Parameters
    ----------
    settings
        Of the plan file. It may name no crews yet.
    on_progress
        Called with a few words when a new step begins.

    Raises
    ------
    InputError
        Inputs that can't be used, stations far from every street, shifts without length: gathered.
    """
    tell = on_progress or (lambda _: None)
    loaded = load(settings, on_progress=on_progress)
    tell("checking stations and weighing streets")
    stations = {station.name: (station.lon, station.lat) for station in settings.stations}
    faults = station_faults(loaded.network, {f'station "{name}"': at for name, at in stations.items()})
    crews: tuple[Crew, ...] = ()
    weights: SegmentWeights | None = None
    try:
        crews = crews_of(loaded.settings) if settings.crews else ()
    except InputError as error:
        faults += error.faults
    try:
        weights = weigh_loaded(loaded)
    except InputError as error:
        faults += error.faults
    try:
        asked = for_shifts(loaded, crews, strict=not is_free(settings)) if crews else loaded
    except InputError as error:
        faults += error.faults
    if faults or weights is None:
        raise InputError(faults)
    distances = distances_to_street(loaded.network, stations)
    far = settings.offences.max_distance_m if settings.offences else 0.0
    diagnosis = diagnose(loaded.offences, weights.set_aside, max_distance_m=far)
    return CheckReport(
        settings=settings,
        network=loaded.network,
        weights=weights,
        crews=crews,
        tables=_tables(weights),
        stations={name: metres for name, metres in distances.items() if metres is not None},
        reading=(
            *(loaded.offences.notes if loaded.offences else ()),
            *coverage_notes(loaded),
            *duty_notes(loaded),
            *dates_notes(loaded, crews),
        ),
        warnings=(
            *_missing_duty(settings),
            *clock_notes(settings),
            *asked.notes,
            *network_warnings(loaded.network),
            *set_aside_warnings(weights.set_aside, settings),
            *(finding.what for finding in diagnosis.findings if finding.severity == "warning"),
        ),
        diagnosis=diagnosis,
        loaded=loaded,
    )


def set_aside_warnings(set_aside: pd.DataFrame, settings: Settings) -> tuple[str, ...]:
    """One sentence for each reason why rows of the user's own tables could not be used.

    Records left out for their kind are no fault, nor are places of the street file out of reach.
    """
    own_places = settings.places.file is not None
    faulty = set_aside[~set_aside["reason"].isin(BY_KIND) & ((set_aside["source"] != "places") | own_places)]
    return tuple(
        f"{source}: {len(group):,} set aside, {reason} ({tell_rows(group['row'])})"
        for (source, reason), group in faulty.groupby(["source", "reason"], sort=True)
    )


def network_warnings(network: StreetNetwork) -> tuple[str, ...]:
    """A sentence if much of the walkable length does not hang together."""
    share = network.report.main_part_share
    if share >= LEAST_MAIN_PART:
        return ()
    return (
        f"only {share:.0%} of the walkable length hangs together, the rest is left out; "
        "the extract may be cut badly",
    )


def plan_warnings(plan: PatrolPlan, settings: Settings) -> tuple[str, ...]:
    """All that deserves a look before the plan is handed out."""
    stopped = (
        ("the search was interrupted; this is the best plan found until then",)
        if plan.provenance.get("stopped_by") == "interrupted"
        else ()
    )
    return (
        *stopped,
        *lacks_note(plan.lacks),
        *clock_notes(settings),
        *network_warnings(plan.network),
        *set_aside_warnings(plan.weights.set_aside, settings),
        *beat_warnings(plan),
    )


def _missing_duty(settings: Settings) -> tuple[str, ...]:
    return () if settings.crews else ("no [[crews]] yet: nothing can be planned without them",)


def _tables(weights: SegmentWeights) -> tuple[TableReport, ...]:
    used = weights.terms.groupby("part")["count"].sum()
    reports = []
    for name, part in PART_OF_TABLE.items():
        aside = weights.set_aside[weights.set_aside["source"] == name]
        if used.get(part, 0) or len(aside):
            reports.append(TableReport(name=name, used=int(used.get(part, 0)), set_aside=_by_reason(aside)))
    return tuple(reports)


def _by_reason(aside: pd.DataFrame) -> pd.DataFrame:
    groups = list(aside.groupby("reason", sort=True)["row"])
    return pd.DataFrame(
        {
            "reason": [str(reason) for reason, _ in groups],
            "count": [len(rows) for _, rows in groups],
            "first_rows": [tuple(int(row) for row in rows[rows > 0][:FIRST_ROWS]) for _, rows in groups],
        }
    )


def duty_notes(loaded: Loaded) -> list[str]:
    """What the tables of cameras, officers and shifts hold, in counts; nobody is named."""
    notes = []
    if loaded.cameras is not None:
        points = int(loaded.cameras.geometry.notna().sum())
        notes.append(f"{len(loaded.cameras):,} cameras: {points:,} points, the rest by street")
    if loaded.staff is not None:
        hours = loaded.staff["hours_per_week"]
        unknown = f" ({hours.isna().sum()} without hours)" if hours.isna().any() else ""
        notes.append(f"{len(loaded.staff):,} officers, {hours.sum():g} hours of foot patrol a week{unknown}")
    if loaded.roster is not None and len(loaded.roster):
        roster = loaded.roster
        on_duty = (roster["end"] - roster["start"]).dt.total_seconds().sum() / 3600
        first, last = roster["start"].min().date(), roster["end"].max().date()
        notes.append(f"roster: {len(roster):,} shifts, {on_duty:g} hours, {first} to {last}")
    return notes


def dates_notes(loaded: Loaded, crews: Sequence[Crew]) -> list[str]:
    """What the calendar and the events change on the plan's days, and their rows of other days."""
    dates = loaded.dates
    days = {at.date() for span in shifts_of(crews, loaded.settings.community.timezone) for at in span}
    notes = [*dates.notes, *(f"in this plan: {line}" for line in day_lines(dates.notices(sorted(days))))]
    other = [row for row in dates.rows if not any(row.holds_on(day) for day in days)]
    for row in other[:MOST_DATES]:
        span = f"{row.first}" if row.first == row.last else f"{row.first} to {row.last}"
        what = ": ".join(filter(None, [row.what, row.name or row.place or ", ".join(row.closes)]))
        notes.append(f"on other days: {span}, {what} ({row.told})")
    if len(other) > MOST_DATES:
        notes.append(f"on other days: {len(other) - MOST_DATES} more rows of the calendar and the events")
    return notes


def coverage_notes(loaded: Loaded) -> list[str]:
    """What area and period the offence records seem to cover, where the plan file doesn't say."""
    table = loaded.settings.offences
    if table is None or loaded.offences is None or not len(loaded.offences):
        return []
    found = propose_coverage(loaded.network, loaded.offences)
    notes = []
    if table.area_file is None and found.area is not None and found.share_of_length < MOSTLY_COVERED:
        west, south, east, north = found.area.total_bounds
        notes.append(
            f"offence records seem to cover {found.share_of_length:.0%} of the streets alone (longitude "
            f"{west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}); if so, draw that area and give "
            "it as offences.area_file: streets outside are unknown, not safe"
        )
    if found.since and found.until and not (table.since and table.until):
        notes.append(
            f"offence records seem to cover {found.since} to {found.until} in full; confirm it with "
            "offences.since and offences.until"
        )
    return notes
