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

WIDTH = 900
MOST_POINTS = 20_000

STYLE = """
body{font:16px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}pre{background:#f3f3f0;padding:.5rem;overflow:auto;margin:.25rem 0}
.warning{border-left:.4rem solid #b3261e;padding-left:.7rem}.note{border-left:.4rem solid #46627f;padding-left:.7rem}
svg{width:100%;height:auto;border:1px solid #ccc}.bar{background:#46627f;height:.8rem}
@media print{body{max-width:none;margin:0}}
"""


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
        "<h2>What fell where</h2><p>Blue: used. Red: set aside, as far as it has a place. Grey: streets.</p>",
        _map(streets, used, aside),
        "<h2>Records by month</h2>" + _bars(months) if months else "",
        "<h2>Records by kind</h2>" + _bars(kinds) if kinds else "",
    ]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    meta = '<meta name="viewport" content="width=device-width,initial-scale=1">'
    body = "\n".join(part for part in parts if part)
    return write_text(
        path, f"{head}{meta}{policy}<style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _finding(severity: str, what: str, remedy: str) -> str:
    paste = f"<pre>{escape(remedy)}</pre>" if remedy else ""
    return f'<div class="{escape(severity)}"><p><b>{escape(severity)}</b>: {escape(what)}</p>{paste}</div>'


def _table(name: str, read: int, used: int, aside: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(reason))}</td><td class=n>{count:,}</td><td>{', '.join(map(str, first))}</td></tr>"
        for reason, count, first in zip(aside["reason"], aside["count"], aside["first_rows"], strict=True)
    )
    told = f"<h3>{escape(name)}: {read:,} read, {used:,} used</h3>"
    return told + (
        f"<table><tr><th>set aside because</th><th>rows</th><th>first rows</th></tr>{rows}</table>"
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
    return f"<table>{rows}</table>"


def _map(streets: NDArray[Any], used: NDArray[np.float64], aside: NDArray[np.float64]) -> str:
    if not len(streets):
        return ""
    west, south, east, north = shapely.total_bounds(streets)
    scale = WIDTH / max(east - west, 1.0)
    height = max(1.0, (north - south) * scale)

    def seen(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - west) * scale, (north - xy[:, 1]) * scale])

    xy, owner = shapely.get_coordinates(streets, return_index=True)
    flat = seen(xy).round(1)
    first = np.append(True, owner[1:] != owner[:-1])
    path = "".join(
        f"{'M' if new else 'L'}{x:g} {y:g}" for new, (x, y) in zip(first, flat.tolist(), strict=True)
    )
    dots = "".join(
        _dots(seen(points), colour, WIDTH, height)
        for points, colour in ((used, "#1f5fa8"), (aside, "#b3261e"))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="map of the records">'
        f'<path d="{path}" fill="none" stroke="#b9b9b4" stroke-width="1"/>{dots}</svg>'
    )


def _dots(points: NDArray[np.float64], colour: str, width: float, height: float) -> str:
    """Points as one path of round dots; those far outside stand at the edge, where they are seen."""
    if not len(points):
        return ""
    inside = np.column_stack([points[:, 0].clip(3, width - 3), points[:, 1].clip(3, height - 3)]).round(1)
    distinct = np.unique(inside, axis=0)[:MOST_POINTS]
    path = "".join(f"M{x:g} {y:g}h0" for x, y in distinct.tolist())
    return f'<path d="{path}" stroke="{colour}" stroke-width="4" stroke-linecap="round" opacity=".7"/>'
