"""From a plan file and its ledger to the community's report."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.evaluate.community import CommunityFacts, community_facts
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.settlements import Settlements, find_settlements
from patrolplan.io.public_facts import (
    FEWEST_RECORDS,
    minutes_by_square,
    records_told,
    streets_with_records,
)
from patrolplan.io.report_source import people_of_map, people_of_table, visits_of_ledger, visits_of_plans
from patrolplan.io.write_report import write_report
from patrolplan.orders.load import Loaded, load
from patrolplan.orders.pipeline import weigh_loaded
from patrolplan.risk.offences import Offences
from patrolplan.risk.weights import SegmentWeights

MONTHS = {"Q": 3, "H": 6}


@dataclass(frozen=True, kw_only=True)
class WrittenReport:
    """A report's figures, its files, and what the command should know of it."""

    facts: CommunityFacts
    files: dict[str, Path]
    notes: tuple[str, ...]


def days_of(text: str) -> tuple[date, date]:
    """First and last day of a quarter or half of a year.

    Raises
    ------
    InputError
        The text names none.

    Examples
    --------
    >>> days_of("2026-Q3")
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    >>> days_of("2026-H1")[1]
    datetime.date(2026, 6, 30)
    """
    match = re.fullmatch(r"(\d{4})-(?:(Q)([1-4])|(H)([12]))", text.strip().upper())
    if match is None:
        raise InputError(f"{text!r}: give a quarter such as 2026-Q3 or half a year such as 2026-H1")
    months = MONTHS[match[2] or match[4]]
    first_month = months * (int(match[3] or match[5]) - 1) + 1
    first = date(int(match[1]), first_month, 1)
    after = date(first.year + (first_month + months > 12), (first_month + months - 1) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def report_into(
    settings: Settings,
    folder: Path,
    *,
    days: tuple[date, date],
    as_of: datetime,
    plans: Sequence[Path] = (),
    language: str | None = None,
    in_own_words: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> WrittenReport:
    """Write the report on days that are over.

    Parameters
    ----------
    settings
        Of the plan file.
    folder
        Of the report alone.
    days
        First and last day; days that are not over by ``as_of`` are left out, and that is told.
    as_of
        Now, with a time zone.
    plans
        Folders of plans to read visits from; the ledger of the plan file where none are named.
    language
        "en" or "uk"; the plan file's if not given.
    in_own_words
        Tell problems in the words of those who named them.

    Raises
    ------
    InputError
        No day of the span is over, no ledger and no plan, inputs that can't be read, a folder with
        other files.
    """
    over, notes = _over(days, as_of.astimezone(ZoneInfo(settings.community.timezone)).date())
    visits = _visits(settings, plans)
    loaded = load(settings, on_progress=on_progress)
    _check_here(visits, loaded.network)
    tell = on_progress or (lambda _: None)
    tell("weighing streets")
    weights = weigh_loaded(loaded, until=over[1], week=over[1])
    records, known = dated_records(loaded.offences, weights, settings)
    settlements = _settlements(loaded)
    people, people_from, missing = _people(settings, settlements)
    facts = community_facts(
        loaded.network,
        days=over,
        visits=visits,
        need=weights.week(),
        records=records,
        known=known,
        problems=loaded.problems,
        settlements=settlements,
        people=people,
        k=FEWEST_RECORDS,
    )
    tell("writing")
    told = language or settings.community.language
    files = write_report(
        facts,
        folder,
        network=loaded.network,
        community=settings.community.name,
        areas=_areas(loaded.network, visits, over),
        offences=streets_with_records(loaded.network, _within(records, over), told),
        language=told,
        in_own_words=in_own_words,
        people_from=people_from,
    )
    return WrittenReport(facts=facts, files=files, notes=(*notes, *missing, *_notes(facts)))


def dated_records(
    offences: Offences | None, weights: SegmentWeights, settings: Settings
) -> tuple[pd.DataFrame, tuple[date, date] | None]:
    """Offences that may be told, with the days between which each happened, and the days they cover."""
    if offences is None:
        return pd.DataFrame({"segment": [], "first": pd.to_datetime([]), "last": pd.to_datetime([])}), None
    own = records_told(weights).set_index("row")["segment"]
    dates = offences.records.set_index("row")[["start", "end", "precision"]]
    first = dates["start"].dt.tz_localize(None)
    end = dates["end"].dt.tz_localize(None) - pd.Timedelta(seconds=1)
    last = end.where(dates["end"].notna() & (end >= first), first)
    table = settings.offences
    since = table.since if table is not None and table.since else _day(first.min())
    until = table.until if table is not None and table.until else _day(last.max())
    records = pd.DataFrame(
        {"segment": own, "first": first.reindex(own.index), "last": last.reindex(own.index)}
    )
    known = None if since is None or until is None or since > until else (since, until)
    return records.reset_index(drop=True), known


def _day(at: pd.Timestamp) -> date | None:
    return None if pd.isna(at) else at.date()


def _over(days: tuple[date, date], today: date) -> tuple[tuple[date, date], tuple[str, ...]]:
    first, last = days
    if last < first:
        raise InputError(f"{first} to {last}: the last day comes before the first")
    if first >= today:
        raise InputError(f"{first} to {last}: no day of it is over; a report tells of days past alone")
    if last < today:
        return days, ()
    over = first, today - timedelta(days=1)
    return over, (f"days from {today} on are not over and left out",)


def _visits(settings: Settings, plans: Sequence[Path]) -> gpd.GeoDataFrame:
    if plans:
        return visits_of_plans(plans)
    ledger = settings.week.ledger
    if ledger is None:
        raise InputError("the plan file keeps no ledger (week.ledger); name folders of plans with --plan")
    return visits_of_ledger(ledger)


def _check_here(visits: gpd.GeoDataFrame, network: StreetNetwork) -> None:
    """Refuse visits of another place: they would be counted, and shown nowhere."""
    if visits.empty:
        return
    here = shapely.box(*network.segments.total_bounds)
    away = int((~visits.geometry.to_crs(network.crs).intersects(here)).sum())
    if away:
        raise InputError(
            f"{away:,} of {len(visits):,} visits lie outside the streets of the plan file: "
            "name its own plans or ledger"
        )


def _settlements(loaded: Loaded) -> Settlements | None:
    places = loaded.settlements
    return None if places is None or places.empty else find_settlements(loaded.network, places)


def _people(
    settings: Settings, settlements: Settlements | None
) -> tuple[pd.Series | None, str, tuple[str, ...]]:
    """People by name, where that is known from, and notes on those who are missing."""
    if settlements is None:
        return None, "", ("the street file tells of no settlements: minutes are not told by settlement",)
    names = settlements.table["name"]
    file = settings.report.people_file
    people = people_of_map(settings.streets.file) if file is None else people_of_table(file)
    unknown = sorted(set(names) - set(people.index))
    if len(unknown) == len(set(names)):
        return None, "", ("people of settlements are not known: set report.people_file",)
    notes = (f"people are not known of {', '.join(unknown)}",) if unknown else ()
    if file is not None and (extra := sorted(set(people.index) - set(names))):
        notes = (*notes, f"{file.name}: no settlement on the map is called {', '.join(extra[:5])}")
    return people, "map" if file is None else "table", notes


def _areas(network: StreetNetwork, visits: gpd.GeoDataFrame, days: tuple[date, date]) -> gpd.GeoDataFrame:
    own = visits[[days[0] <= day <= days[1] for day in visits["day"]]]
    middle = gpd.GeoSeries(own.geometry, crs=visits.crs).to_crs(network.crs).centroid
    points = gpd.GeoDataFrame(
        {"minutes": own["planned_min"].to_numpy(dtype=float)}, geometry=middle.to_numpy(), crs=network.crs
    )
    return minutes_by_square(points)


def _within(records: pd.DataFrame, days: tuple[date, date]) -> pd.DataFrame:
    first, last = (pd.Timestamp(day) for day in days)
    found: pd.DataFrame = records[(records["first"] >= first) & (records["last"] < last + timedelta(days=1))]
    return found


def _notes(facts: CommunityFacts) -> tuple[str, ...]:
    made = []
    if not facts.visits:
        made.append("no visit lies in these days: the report tells of none")
    if facts.walked_min is None and facts.visits:
        made.append("no visit was logged: all minutes are planned ones")
    if facts.compared is None:
        made.append("records don't reach back: nothing to set these days against")
    return tuple(made)
