"""What the commands tell people in plain lines, and machines in a summary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import filter as fnmatch_filter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patrolplan.io.words import counted
from patrolplan.units import BOUND_TOLD_FROM

if TYPE_CHECKING:
    from patrolplan.compare import PlanComparison
    from patrolplan.graph.network import StreetNetwork
    from patrolplan.orders.check.check import CheckReport, TableReport
    from patrolplan.plan import PatrolPlan
    from patrolplan.risk.weights import SegmentWeights

DROPPED_SHOWN = 6
CHANGES_SHOWN = 5

_OPENED_FIRST = {
    "map.html": "open it in a browser to see the routes",
    "card_*.pdf": "cards to print, one a crew",
    "route_*.gpx": "routes for phones",
    "roster.xlsx": "who walks when",
    "plan.gpkg": "layers for QGIS",
}

# Spelled out, for strftime speaks the machine's language.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plan_summary(plan: PatrolPlan, files: Mapping[str, Path], *, seconds: float) -> dict[str, Any]:
    """The plan in figures, for scripts."""
    from patrolplan.beat import beats_m

    return {
        **plan.summary(),
        "beats_km": {
            crew.name: round(metres / 1000, 3) for crew, metres in zip(plan.crews, beats_m(plan), strict=True)
        },
        **_offence_counts(plan.weights),
        "stopped_by": plan.provenance.get("stopped_by"),
        "seed": plan.provenance.get("seed"),
        "seconds": round(seconds, 2),
        "outputs": {name: str(file) for name, file in files.items()},
    }


def plan_lines(plan: PatrolPlan, files: Mapping[str, Path]) -> list[str]:
    """The plan in plain lines: for whom, what it rests on, how good it is, where the files are."""
    figures = plan.summary()
    served = figures["hot_spots"] - figures["hot_spots_unserved"]
    first, last = min(c.shift.start for c in plan.crews), max(c.shift.end for c in plan.crews)
    lines = [
        f"{plan.community}: {span_words(first, last)} ({plan.timezone})",
        f"{counted(figures['crews'], 'crew')}, {counted(figures['stops'], 'visit')} to {served} of "
        f"{counted(figures['hot_spots'], 'hot spot')}; {figures['walk_km']:.1f} km from stop to stop, "
        f"{figures['patrol_km']:.1f} km inside the hot spots",
        score_line(plan.scores),
    ]
    parts = [f"{part} {share * 100:.0f} %" for part, share in plan.scores["share_by_part"].items()]
    lines += [f"of each part's own need: {', '.join(parts)}"] if len(parts) > 1 else []
    lines += [f"note: {note}" for note in plan.notes]
    folder = next(iter(files.values())).parent
    lines.append(f"written to {folder}: {counted(len(files), 'file')}")
    lines += [f"  {name}: {what}" for name, what in opened_first(files)]
    return lines


def opened_first(files: Iterable[str]) -> list[tuple[str, str]]:
    """Which of the files written people open first, and what for.

    Examples
    --------
    >>> opened_first(["card_1_a.pdf", "card_2_b.pdf", "plan.gpkg", "plan.json"])
    [('card_*.pdf', 'cards to print, one a crew'), ('plan.gpkg', 'layers for QGIS')]
    """
    there = list(files)
    return [(name, what) for name, what in _OPENED_FIRST.items() if fnmatch_filter(there, name)]


def span_words(start: datetime, end: datetime) -> str:
    """From when to when, the day named again only where it is another one.

    Examples
    --------
    >>> span_words(datetime(2026, 11, 23, 16), datetime(2026, 11, 23, 20))
    'Mon 23 Nov 2026 16:00 to 20:00'
    >>> span_words(datetime(2026, 11, 23, 22), datetime(2026, 11, 24, 2))
    'Mon 23 Nov 2026 22:00 to Tue 24 Nov 02:00'
    """
    day = f"{_DAYS[start.weekday()]} {start.day} {_MONTHS[start.month - 1]} {start.year}"
    next_day = f"{_DAYS[end.weekday()]} {end.day} {_MONTHS[end.month - 1]} "
    return f"{day} {start:%H:%M} to {next_day if end.date() != start.date() else ''}{end:%H:%M}"


def score_line(scores: Mapping[str, Any]) -> str:
    """The score in words.

    Examples
    --------
    >>> score_line({"score": 0.0064, "share_on_shift": 0.32, "greedy_score": 0.0056})
    '32.0 % of the patrol need of these hours is under effect; the greedy baseline reaches 28.0 %'
    >>> told = {"score": 0.0064, "share_on_shift": 0.32, "greedy_score": 0.0056, "of_best_possible": 0.919}
    >>> score_line(told).split(";")[0]
    '32.0 % of the patrol need of these hours is under effect, at least 91 % of the best possible'
    """
    share = scores["share_on_shift"]
    greedy = share * scores["greedy_score"] / scores["score"] if scores["score"] else 0.0
    least = scores.get("of_best_possible")
    # Rounded down: "at least" must hold.
    near = (
        ""
        if least is None or least < BOUND_TOLD_FROM
        else f", at least {math.floor(least * 100)} % of the best possible"
    )
    return (
        f"{share * 100:.1f} % of the patrol need of these hours is under effect{near}; "
        f"the greedy baseline reaches {greedy * 100:.1f} %"
    )


def network_summary(network: StreetNetwork, out: Path, *, seconds: float) -> dict[str, Any]:
    """The streets in figures, for scripts."""
    return {
        **_street_figures(network),
        "ways_in": network.report.ways_in,
        "dropped": [vars(dropped) for dropped in network.report.dropped],
        "notes": list(network.report.notes),
        "seconds": round(seconds, 2),
        "outputs": {out.name: str(out)},
    }


def network_lines(network: StreetNetwork, out: Path) -> list[str]:
    """The streets in plain lines."""
    return [*_street_lines(network), f"written to {out}"]


def weigh_summary(weights: SegmentWeights, out: Path, *, seconds: float) -> dict[str, Any]:
    """The need in figures, for scripts."""
    return {
        "segments": int(weights.space.shape[1]),
        "terms": len(weights.terms),
        "policy": dict(weights.policy),
        "expected_per_week": weights.expected_per_week,
        **_offence_counts(weights),
        "notes": list(weights.notes),
        "seconds": round(seconds, 2),
        "outputs": {out.name: str(out)},
    }


def weigh_lines(weights: SegmentWeights, out: Path) -> list[str]:
    """The need in plain lines: what it is made of."""
    terms = weights.terms.sort_values("share", ascending=False)
    lines = [f"need of {counted(int(weights.space.shape[1]), 'segment')} in {len(terms)} terms:"]
    lines += [
        f"  {share:6.1%}  {part}: {'(kind not named)' if sensitive else kind} ({count:,.0f})"
        for part, kind, share, count, sensitive in zip(
            terms["part"], terms["kind"], terms["share"], terms["count"], terms["sensitive"], strict=True
        )
    ]
    return [*lines, *(f"note: {note}" for note in weights.notes), f"written to {out}"]


def comparison_summary(comparison: PlanComparison, files: Mapping[str, Path]) -> dict[str, Any]:
    """Two plans in figures, for scripts."""
    stops = comparison.stops.drop(columns="geometry")
    return {
        "plans": list(comparison.names),
        "sentence": comparison.sentence,
        "figures": comparison.figures.to_dict("records"),
        "stops": stops.to_dict("records"),
        "outputs": {name: str(file) for name, file in files.items()},
    }


def comparison_lines(comparison: PlanComparison, files: Mapping[str, Path]) -> list[str]:
    """Two plans in plain lines: the sentence, the figures, what changes most."""
    from patrolplan.i18n import words_of
    from patrolplan.io.comparison_words import signed, told_figures
    from patrolplan.io.word_forms import minutes_text

    lines, words = [comparison.sentence], words_of(comparison.language)
    lines += [f"  {name}: {a} → {b} ({difference})" for name, a, b, difference in told_figures(comparison)]
    changed = comparison.stops[comparison.stops["difference"].abs() > 0]
    lines += [
        f"  {stop.label}: {minutes_text(stop.minutes_a, words)} → {minutes_text(stop.minutes_b, words)} "
        f"({signed(stop.difference, words)})"
        for stop in changed.head(CHANGES_SHOWN).itertuples()
    ]
    written = next(iter(files.values())).parent if files else None
    return lines + ([f"written to {written}: {', '.join(files)}"] if written else [])


def check_lines(report: CheckReport) -> list[str]:
    """The check in plain lines."""
    from patrolplan.orders.check.doctor import diagnosis_lines

    lines = [f"{report.settings.community.name} ({report.settings.community.timezone})"]
    lines += _street_lines(report.network)
    for table in report.tables:
        lines += _table_lines(table)
    lines += [
        f"station {name}: {metres:.0f} m to the nearest street" for name, metres in report.stations.items()
    ]
    lines += [
        f"{crew.name}: {span_words(crew.shift.start, crew.shift.end)}, "
        f"{', '.join(officer.name for officer in crew.officers)}"
        for crew in report.crews
    ]
    lines += diagnosis_lines(report.diagnosis)
    return lines + [f"note: {note}" for note in (*report.reading, *report.weights.notes)]


def _street_figures(network: StreetNetwork) -> dict[str, Any]:
    length = network.segments["length_m"]
    return {
        "segments": len(length),
        "median_length_m": round(float(length.median()), 1),
        "street_km": round(float(length.sum()) / 1000, 3),
        "main_part_share": round(float(network.report.main_part_share), 4),
    }


def _street_lines(network: StreetNetwork) -> list[str]:
    figures, report = _street_figures(network), network.report
    lines = [
        f"streets: {counted(figures['segments'], 'segment')}, median {figures['median_length_m']:.0f} m, "
        f"{figures['street_km']:.1f} km; {report.main_part_share:.0%} of the walkable length hangs together"
    ]
    lines += [f"  {note}" for note in report.notes]
    lines += [
        f"  left out, {dropped.what}: {dropped.count:,} ({dropped.length_m / 1000:.1f} km): {dropped.why}"
        for dropped in report.dropped[:DROPPED_SHOWN]
    ]
    more = report.dropped[DROPPED_SHOWN:]
    return lines + ([f"  left out for {counted(len(more), 'other reason')}"] if more else [])


def _table_lines(table: TableReport) -> list[str]:
    lines = [f"{table.name}: {table.read:,} read, {table.used:,} used"]
    return lines + [
        f"  set aside, {reason}: {count:,}" + (f" (first rows: {', '.join(map(str, rows))})" if rows else "")
        for reason, count, rows in zip(
            table.set_aside["reason"], table.set_aside["count"], table.set_aside["first_rows"], strict=True
        )
    ]


def _offence_counts(weights: SegmentWeights) -> dict[str, int]:
    terms, aside = weights.terms, weights.set_aside
    return {
        "offences_used": int(terms.loc[terms["part"] == "offences", "count"].sum()),
        "offences_set_aside": int((aside["source"] == "offences").sum()),
    }
