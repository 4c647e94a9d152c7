# ruff: noqa: E501 - style sheets and markup read better in long lines
"""The check as one page that needs nothing else: findings, tables, months, and a map of what fell where."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.io.atomic import write_text
from patrolplan.units import OSM_CREDIT

WIDTH = 900
MOST_POINTS = 20_000

STYLE = """
:root{color-scheme:light}
body{font:15px/1.45 system-ui,"Noto Sans","DejaVu Sans",sans-serif;max-width:58rem;margin:0 auto;padding:20px;color:#22262b;background:#fffefb}
h1{font-size:1.4rem;margin:0 0 4px}h2{font-size:1.1rem;margin:2rem 0 .4rem}h3{font-size:1rem;margin:1rem 0 .3rem}
table{border-collapse:collapse}td,th{border-bottom:1px solid #dcd8cf;padding:4px 18px 4px 0;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}table.bars{width:100%}table.bars td{padding:2px 14px 2px 0;border:0}
pre{background:#f3f1ea;padding:.5rem .7rem;overflow:auto;margin:.3rem 0;border-radius:4px}li{margin:.15rem 0}
.finding{border-left:5px solid #46627f;background:#f3f5f7;padding:.5rem .8rem;margin:.5rem 0;border-radius:0 5px 5px 0}
.finding p{margin:0}.warning{border-color:#b3261e;background:#fdf1ef}.warning b{color:#9a1f18}
svg{width:100%;height:auto;background:#f6f4ef;border:1px solid #dcd8cf;border-radius:6px}.bar{background:#46627f;height:.85rem;min-width:1px;border-radius:2px}
.dot{display:inline-block;width:11px;height:11px;border-radius:50%;margin:0 6px 0 0;vertical-align:-1px}.dot:not(:first-child){margin-left:18px}
footer{margin-top:2rem;color:#5f666e;font-size:.85rem}
@media print{body{max-width:none;padding:0}.finding,tr,svg{break-inside:avoid}}
"""
USED, ASIDE = "#1f5fa8", "#c8461c"
"""Colours of records that are used and of those set aside."""


def write_check_page(
    path: Path,
    *,
    title: str,
    lines: Sequence[str],
    findings: Sequence[tuple[str, str, str]],
    tables: Sequence[tuple[str, int, int, pd.DataFrame]],
    months: dict[str, int],
    kinds: dict[str, int],
    streets: NDArray[Any],
    used: NDArray[np.float64],
    aside: NDArray[np.float64],
) -> Path:
    """Write the page.

    Parameters
    ----------
    title
        Of the community.
    lines
        What the plan will rest on, in plain sentences.
    findings
        Severity, sentence and remedy of each.
    tables
        Name, rows read, rows used, and the reasons of the others (``reason``, ``count``, ``first_rows``).
    months, kinds
        Counts of usable records.
    streets
        Lines, and ``used`` and ``aside`` points [n, 2], in one metric system.
    """
    parts = [
        f"<h1>{escape(title)}: what was found in the inputs</h1>",
        "<h2>Findings</h2>",
        *(_finding(*finding) for finding in findings),
        "" if findings else "<p>Nothing that deserves a look.</p>",
        "<h2>What the plan rests on</h2><ul>",
        *(f"<li>{escape(line)}</li>" for line in lines),
        "</ul><h2>Rows read, used and set aside</h2>",
        *(_table(*table) for table in tables),
        f'<h2>What fell where</h2><p><span class="dot" style="background:{USED}"></span>used'
        f'<span class="dot" style="border:3px solid {ASIDE};width:6px;height:6px"></span>set aside, '
        "as far as it has a place; both where records of both sorts share a point</p>",
        _map(streets, used, aside),
        "<h2>Records by month</h2>" + _bars(months) if months else "",
        "<h2>Records by kind</h2>" + _bars(kinds) if kinds else "",
    ]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    meta = '<meta name="viewport" content="width=device-width,initial-scale=1">'
    body = "\n".join(part for part in parts if part)
    foot = f"<footer>{escape(OSM_CREDIT)}</footer>"
    page = f"{head}{meta}{policy}<style>{STYLE}</style></head><body><main>\n{body}\n</main>{foot}</body></html>\n"
    return write_text(path, page)


def _finding(severity: str, what: str, remedy: str) -> str:
    paste = f"<pre>{escape(remedy)}</pre>" if remedy else ""
    return f'<div class="finding {escape(severity)}"><p><b>{escape(severity)}</b>: {escape(what)}</p>{paste}</div>'


def _table(name: str, read: int, used: int, aside: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(reason))}</td><td class=n>{count:,}</td><td>{', '.join(map(str, first))}</td></tr>"
        for reason, count, first in zip(aside["reason"], aside["count"], aside["first_rows"], strict=True)
    )
    told = f"<h3>{escape(name)}: {read:,} read, {used:,} used</h3>"
    return told + (
        f"<table><tr><th>set aside because</th><th class=n>rows</th><th>first rows</th></tr>{rows}</table>"
        if rows
        else ""
    )


def _bars(counts: dict[str, int]) -> str:
    most = max(counts.values(), default=1) or 1
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td class=n>{count:,}</td>"
        f'<td style="width:60%"><div class="bar" style="width:{100 * count / most:.1f}%"></div></td></tr>'
        for name, count in list(counts.items())[:240]
    )
    return f'<table class="bars">{rows}</table>'


def _map(streets: NDArray[Any], used: NDArray[np.float64], aside: NDArray[np.float64]) -> str:
    if not len(streets):
        return ""
    west, south, east, north = _view(streets, np.concatenate([used, aside]))
    scale = WIDTH / max(east - west, 1.0)
    height = max(1.0, (north - south) * scale)
    streets = streets[shapely.intersects(streets, shapely.box(west, south, east, north))]

    def seen(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - west) * scale, (north - xy[:, 1]) * scale])

    xy, owner = shapely.get_coordinates(streets, return_index=True)
    flat = seen(xy).round(1)
    first = np.append(True, owner[1:] != owner[:-1])
    path = "".join(
        f"{'M' if new else 'L'}{x:g} {y:g}" for new, (x, y) in zip(first, flat.tolist(), strict=True)
    )
    dots = "".join(
        _dots(seen(points), colour, across, WIDTH, height)
        for points, colour, across in ((aside, ASIDE, 8.5), (aside, "#f6f4ef", 5.5), (used, USED, 5))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="map of the records">'
        f'<path d="{path}" fill="none" stroke="#b9b9b4" stroke-width="1"/>{dots}</svg>'
    )


def _view(streets: NDArray[Any], points: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """What the map shows: the middle of the street corners, records near them, and a margin around.

    Records far outside are errors and stand at the edge: they must not shrink the town to a dot.
    """
    west, south, east, north = (
        np.quantile(shapely.get_coordinates(streets), (0.02, 0.98), axis=0).ravel().tolist()
    )
    whole = shapely.total_bounds(streets)
    there = points[((points >= whole[:2]) & (points <= whole[2:])).all(axis=1)]
    if len(there):
        low, high = np.quantile(there, (0.005, 0.995), axis=0)
        west, south = min(west, low[0]), min(south, low[1])
        east, north = max(east, high[0]), max(north, high[1])
    margin = 0.04 * max(east - west, north - south, 100.0)
    return west - margin, south - margin, east + margin, north + margin


def _dots(points: NDArray[np.float64], colour: str, across: float, width: float, height: float) -> str:
    """Points as one path of round dots; those far outside stand at the edge, where they are seen."""
    if not len(points):
        return ""
    inside = np.column_stack([points[:, 0].clip(3, width - 3), points[:, 1].clip(3, height - 3)]).round(1)
    distinct = np.unique(inside, axis=0)[:MOST_POINTS]
    path = "".join(f"M{x:g} {y:g}h0" for x, y in distinct.tolist())
    return f'<path d="{path}" stroke="{colour}" stroke-width="{across:g}" stroke-linecap="round"/>'
