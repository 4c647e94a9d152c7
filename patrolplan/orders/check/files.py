"""The files that the check writes: the page for people, and the rows that could not be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.config.settings import Settings
from patrolplan.io.check_page import write_check_page
from patrolplan.io.readers.personal import NAME, OF_DUTY, Personal, held_inside, names_of_officers
from patrolplan.io.table_column_names import SORT_OF_SECTION
from patrolplan.io.table_read import read_table
from patrolplan.io.write_set_aside import write_set_aside
from patrolplan.orders.check.check import CheckReport


def write_check_files(report: CheckReport, *, html: Path | None, set_aside: Path | None) -> list[str]:
    """Write what was asked for; returns lines that say so."""
    lines = []
    if html is not None:
        write_check_page(html, **_page_of(report))
        lines.append(f"report written to {html}")
    if set_aside is not None:
        write_set_aside(report.weights.set_aside, set_aside)
        lines.append(f"{len(report.weights.set_aside):,} rows set aside written to {set_aside}")
    return lines


def personal_summary(settings: Settings) -> dict[str, list[dict[str, str]]]:
    """Per table, the columns that hold personal data, and whether they are read all the same."""
    found: dict[str, list[dict[str, str]]] = {}
    for name, table_name in SORT_OF_SECTION.items():
        section = getattr(settings, name)
        if section is None or section.file is None:
            continue
        wanted = tuple(section.columns.by_role().values())
        table = read_table(
            section.file, encoding=section.encoding, separator=section.separator, sheet=section.sheet,
            table=table_name, wanted=wanted,
        )  # fmt: skip
        told = [_told(personal, "left unread") for personal in table.personal]
        told += [
            _told(personal, "read: it is named in the plan file, or plays a part")
            for personal in held_inside(table.frame)
            if table_name not in OF_DUTY
        ]
        told += [
            _told(Personal(column=column, sort=NAME, known_by="its name"), "read: it tells officers apart")
            for column in names_of_officers(table.frame)
            if table_name in OF_DUTY
        ]
        found[name] = told
    return found


def personal_lines(found: dict[str, list[dict[str, str]]]) -> list[str]:
    """The same in plain lines; never what stands in a cell."""
    lines = []
    for name, columns in found.items():
        lines.append(
            f"{name}: {len(columns)} columns with personal data" if columns else f"{name}: none found"
        )
        lines += [f"  {c['column']}: {c['holds']} (known by {c['known_by']}), {c['what']}" for c in columns]
    return lines


def _told(personal: Personal, what: str) -> dict[str, str]:
    return {"column": personal.column, "holds": personal.sort, "known_by": personal.known_by, "what": what}


def _page_of(report: CheckReport) -> dict[str, Any]:
    network, weights, diagnosis = report.network, report.weights, report.diagnosis
    crs = network.segments.crs
    records = report.loaded.offences.records if report.loaded.offences is not None else None
    aside = weights.set_aside[weights.set_aside["source"] == "offences"]
    rows = set(aside["row"])
    used = _xy(records[~records["row"].isin(rows)], crs) if records is not None else np.zeros((0, 2))
    lost = _xy(records[records["row"].isin(rows)], crs) if records is not None else np.zeros((0, 2))
    policy = ", ".join(f"{name} {share:.2f}" for name, share in weights.policy.items())
    findings = [(f.severity, f.what, f.remedy) for f in diagnosis.findings]
    told = {f.what for f in diagnosis.findings}
    others = [("warning", warning, "") for warning in report.warnings if warning not in told]
    return {
        "title": report.settings.community.name,
        "lines": [
            f"shares of need: {policy}",
            *(line for line in (*report.reading, *weights.notes) if line not in report.warnings),
        ],
        "findings": [*others, *findings],
        "tables": [(table.name, table.read, table.used, table.set_aside) for table in report.tables],
        "months": diagnosis.months,
        "kinds": diagnosis.kinds,
        "streets": network.segments.geometry.to_numpy(),
        "used": used,
        "aside": lost,
    }


def _xy(records: pd.DataFrame, crs: Any) -> NDArray[np.float64]:
    points = gpd.GeoSeries(records["geometry"], crs="EPSG:4326").to_crs(crs)
    return np.column_stack([points.x, points.y]) if len(points) else np.zeros((0, 2))
