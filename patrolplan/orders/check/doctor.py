# ruff: noqa: E501 - sentences for people stand whole
"""What deserves a look in the records: doubles, pile-ups, gaps, far places; each with a remedy to paste."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from patrolplan.risk.offences import Offences, tell_rows

PILE_SHARE, PILE_LEAST = 0.03, 10
"""One point with more of all records than this (and at least so many) is no place but a stand-in."""
ROUNDED = 4
"""So many records a point on average mean places rounded to blocks or junctions."""
FEW_RECORDS = 50
FAR = " m from any street"
KINDS_TOLD, MONTHS_TOLD = 12, 6


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found in the data.

    Attributes
    ----------
    severity
        "warning" (the plan may be wrong) or "note" (good to know).
    what
        One plain sentence.
    remedy
        Lines for the plan file, "" where the mending is to be done elsewhere.
    """

    severity: str
    what: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What the records are like.

    Attributes
    ----------
    findings
        Warnings first.
    kinds
        Kind -> count of usable records, the commonest first.
    months
        "2026-11" -> count of usable records, every month from first to last.
    points
        Count of distinct places.
    personal
        Columns left behind: name, what they hold, how that is known.
    """

    findings: tuple[Finding, ...]
    kinds: dict[str, int]
    months: dict[str, int]
    points: int
    personal: tuple[tuple[str, str, str], ...]


def diagnose(
    offences: Offences | None, set_aside: pd.DataFrame, *, max_distance_m: float = 50.0
) -> Diagnosis:
    """Look the records over.

    Parameters
    ----------
    offences
        As read; None where the community has no table.
    set_aside
        All rows set aside with ``source``, ``row``, ``reason`` and ``value``.
    max_distance_m
        Beyond which records were set aside as far from any street.
    """
    if offences is None:
        return Diagnosis(findings=(), kinds={}, months={}, points=0, personal=())
    records = offences.records
    months = _months(records)
    where = _packed(records.geometry.x) * _WIDE + _packed(records.geometry.y)
    places = where.value_counts()
    found = [
        *_doubles(offences, where),
        *_pile_ups(places, len(records)),
        *_gaps(months),
        *_far(set_aside, len(records), max_distance_m),
        *_by_address(offences.by_address),
        *_guesses(offences),
    ]
    if len(records) < FEW_RECORDS:
        found.append(
            Finding(
                severity="note",
                what=f"only {len(records)} usable records: busy places and named problems weigh more for it",
            )
        )
    kinds = records["kind"].value_counts()
    return Diagnosis(
        findings=tuple(sorted(found, key=lambda finding: finding.severity != "warning")),
        kinds={str(kind): int(count) for kind, count in kinds.items()},
        months={str(month): int(count) for month, count in months.items()},
        points=len(places),
        personal=offences.personal,
    )


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """The diagnosis in plain lines, remedies under their findings."""
    lines = []
    total = sum(diagnosis.kinds.values())
    if total:
        shown = list(diagnosis.kinds.items())[:KINDS_TOLD]
        lines.append("kinds: " + ", ".join(f"{kind} {count / total:.0%}" for kind, count in shown))
        lines.append(f"places: {total:,} records at {diagnosis.points:,} different points")
    if diagnosis.personal:
        told = ", ".join(f"{name} ({sort})" for name, sort, _ in diagnosis.personal)
        lines.append(f"personal columns, left unread: {told}")
    for finding in diagnosis.findings:
        lines.append(f"{finding.severity}: {finding.what}")
        lines += [f"    {line}" for line in finding.remedy.splitlines()]
    return lines


_WIDE = 1 << 30


def _packed(degrees: pd.Series) -> pd.Series:
    """Degrees as whole millionths from the edge of the map: equal places become equal numbers."""
    return ((degrees + 180) * 1e6).round().astype("int64")


def _months(records: pd.DataFrame) -> pd.Series:
    naive = records["start"].dropna().dt.tz_localize(None)
    if naive.empty:
        return pd.Series(dtype="int64")
    month = naive.dt.to_period("M")
    every = pd.period_range(month.min(), month.max(), freq="M")
    counts: pd.Series = month.value_counts().reindex(every, fill_value=0).head(12 * 100)
    return counts


def _doubles(offences: Offences, where: pd.Series) -> Iterable[Finding]:
    records = offences.records
    key = pd.DataFrame(
        {"kind": records["kind"], "start": records["start"], "end": records["end"], "at": where}
    )
    exact = records["precision"].isin(["minute", "window"])
    if offences.ids is not None:
        key["id"] = offences.ids.reindex(records["row"]).fillna(0).to_numpy()
        exact |= key["id"] != 0
    twice = exact & key.duplicated(keep="first")
    if twice.any():
        share = float(twice.mean())
        yield Finding(
            severity="warning" if share > 0.01 else "note",
            what=f"{twice.sum():,} records tell the same as one before, in kind, time and place "
            f"({tell_rows(records.loc[twice, 'row'])}); delete them from the table if they are doubles",
        )


def _pile_ups(places: pd.Series, count: int) -> Iterable[Finding]:
    usual = float(places.median()) if len(places) else 0.0
    rounded = count >= ROUNDED * len(places)
    high = places[(places > PILE_SHARE * count) & (places >= max(PILE_LEAST, 5 * usual))]
    for at, number in high.head(3).items():
        lon, lat = (part / 1e6 - 180 for part in divmod(int(str(at)), _WIDE))
        yield Finding(
            severity="note" if rounded else "warning",
            what=f"{number:,} of {count:,} records stand at one point ({lon:.5f}, {lat:.5f}): if it is the "
            "middle of a town or the station, they were put there for want of a place; blank their coordinates",
        )
    if rounded and count >= FEW_RECORDS:
        yield Finding(
            severity="note",
            what=f"places are rounded: {count:,} records at {len(places):,} points (blocks, junctions or middles "
            "of areas); hot spots can be no sharper than that",
        )


def _gaps(months: pd.Series) -> Iterable[Finding]:
    inner = months.iloc[1:-1]
    empty = inner[inner == 0]
    if len(months) < 4 or empty.empty or float(months.median()) < 3:
        return
    told = ", ".join(str(month) for month in empty.index[:MONTHS_TOLD]) + (
        ", ..." if len(empty) > MONTHS_TOLD else ""
    )
    after: date = (empty.index[-1] + 1).start_time.date()
    yield Finding(
        severity="warning",
        what=f"no record in {len(empty)} months in between ({told}): if they are missing, use what comes after",
        remedy=f"[offences]\nsince = {after}",
    )


def _far(set_aside: pd.DataFrame, count: int, max_distance_m: float) -> Iterable[Finding]:
    far = set_aside[
        (set_aside["source"] == "offences") & set_aside["reason"].str.contains("street", regex=False)
    ]
    far = far[far["reason"].str.contains(r"farther|far|from any|no street within", regex=True)]
    if len(far) > 0.05 * max(count, 1):
        yield Finding(
            severity="warning",
            what=f"{len(far):,} records lie farther than {max_distance_m:g} m from every street "
            f"({tell_rows(far['row'])}): outside the street file, or rounded",
            remedy=f"[offences]\nmax_distance_m = {min(1000, round(2 * max_distance_m))}",
        )


def _by_address(placed: pd.DataFrame | None) -> Iterable[Finding]:
    if placed is None or placed.empty:
        return
    doubtful = placed.loc[placed["score"] < 0.7, "row"]
    told = f"; {len(doubtful):,} of them doubtful ({tell_rows(doubtful)})" if len(doubtful) else ""
    yield Finding(
        severity="note",
        what=f"{len(placed):,} records without coordinates were placed by their address{told}",
        remedy="[offences]\naddresses = false  # to set them aside instead" if len(doubtful) else "",
    )


def _guesses(offences: Offences) -> Iterable[Finding]:
    notes = " ".join(offences.notes)
    if "columns guessed" in notes and offences.columns:
        lines = [f"{role} = {_quoted(column)}" for role, column in offences.columns.items()]
        yield Finding(
            severity="note",
            what="the columns were guessed; to make the guess a setting",
            remedy="\n".join(["[offences.columns]", *lines]),
        )
    found = re.search(r"read as (\S+) \(found out", notes)
    if found:
        yield Finding(
            severity="note",
            what=f"the encoding was found out to be {found[1]}; if letters look wrong, set another",
            remedy=f"[offences]\nencoding = {_quoted(found[1])}",
        )


def _quoted(text: str) -> str:
    """Text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def diagnosis_summary(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as plain values, ready for JSON."""
    return {
        "findings": [vars(finding) for finding in diagnosis.findings],
        "kinds": diagnosis.kinds,
        "months": diagnosis.months,
        "points": int(np.int64(diagnosis.points)),
        "personal_columns": [
            {"column": name, "holds": sort, "known_by": known} for name, sort, known in diagnosis.personal
        ],
    }
