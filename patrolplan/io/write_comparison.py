"""The comparison of two plans as files: a page with a map, and the frames as tables and layers."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.compare import PlanComparison
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.text import cell, one_line
from patrolplan.units import OSM_CREDIT

WIDE, MARGIN_M = 900.0, 150.0
LEAST_MINUTES = 0.5
"""Smaller differences on a segment are not drawn."""
MORE, LESS = "#0068a8", "#c8461c"
FILES = ("compare.html", "figures.csv", "stops.csv", "streets.csv", "streets.geojson")
FIGURE_NAMES = {
    "share_on_shift": "share of the need in the shifts under effect",
    "score": "share of the week's need under effect",
    "stops": "stops",
    "hot_spots_unserved": "hot spots without a visit",
    "crews": "routes",
    "walk_km": "km from stop to stop",
    "patrol_km": "km inside the hot spots",
}
STYLE = """
body{margin:0 auto;max-width:940px;padding:20px;background:#fffefb;color:#22262b;
 font:15px/1.45 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
svg{width:100%;height:auto;background:#f6f4ef;border:1px solid #dcd8cf;border-radius:6px}
h1{font-size:1.3rem;margin:0 0 6px}h2{font-size:1.05rem}p.lead{font-size:1.05rem}small{color:#5f666e}
table{border-collapse:collapse}th,td{text-align:left;padding:4px 16px 4px 0;border-bottom:1px solid #dcd8cf}
td.n{text-align:right;font-variant-numeric:tabular-nums}.key{display:inline-block;width:26px;height:5px;
 vertical-align:middle;margin:0 6px 0 14px}
"""


def write_comparison(comparison: PlanComparison, folder: str | os.PathLike[str]) -> dict[str, Path]:
    """Write the comparison into a folder and return the paths by name.

    Raises
    ------
    InputError
        The folder is not writable or the disk is full; nothing was changed then.
    """
    changed = comparison.segments[comparison.segments["difference"].abs() >= LEAST_MINUTES]
    texts = {
        "compare.html": comparison_html(comparison),
        "figures.csv": _csv(comparison.figures),
        "stops.csv": _csv(comparison.stops),
        "streets.csv": _csv(changed),
        "streets.geojson": changed.to_crs("EPSG:4326").to_json(ensure_ascii=False),
    }
    with atomic_folder(folder) as unfinished:
        for name, text in texts.items():
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            (unfinished / name).write_bytes(text.encode(encoding))
    return {name: Path(folder) / name for name in FILES}


def comparison_html(comparison: PlanComparison) -> str:
    """The page: the sentence, the figures, a map of the differences and the stops that changed."""
    a, b = (escape(one_line(name)) for name in comparison.names)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{a} and {b}</title><style>{STYLE}</style></head>
<body><main><h1>{a} and {b}</h1>
<p class="lead" dir="auto">{escape(comparison.sentence)}</p>
{_table(comparison.figures.replace({"figure": FIGURE_NAMES}), ["Figure", a, b, "Difference"])}
<h2>Minutes of presence by street</h2>
<p><span class="key" style="background:{MORE}"></span>more in {b}
<span class="key" style="background:{LESS}"></span>more in {a}</p>
{comparison_svg(comparison)}
<h2>Stops that changed</h2>
{_stops(comparison, a, b)}
</main><footer><small>{escape(OSM_CREDIT)}</small></footer></body></html>
"""


def comparison_svg(comparison: PlanComparison) -> str:
    """Streets in grey, minutes that the second plan adds in blue, those it takes away in red."""
    segments = comparison.segments
    walked = segments[(segments["minutes_a"] > 0) | (segments["minutes_b"] > 0)]
    shown = walked if len(walked) else segments
    west, south, east, north = shown.total_bounds + np.array([-1, -1, 1, 1]) * MARGIN_M
    scale = WIDE / (east - west)

    def path(line: shapely.LineString) -> str:
        points = (shapely.get_coordinates(line) - [west, north]) * [scale, -scale]
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)

    lines = segments.geometry.to_numpy()
    near = lines[shapely.intersects(lines, shapely.box(west, south, east, north))]
    ground = "".join(path(line) for line in shapely.simplify(near, 1 / scale))
    changed = segments[segments["difference"].abs() >= LEAST_MINUTES]
    drawn = [
        f'<path d="{path(row.geometry)}" fill="none" stroke="{MORE if row.difference > 0 else LESS}" '
        f'stroke-width="{2 + min(6.0, abs(row.difference) / 4):.1f}" stroke-linecap="round">'
        f"<title>{escape(one_line(row.name))}: {row.difference:+.0f} min</title></path>"
        for row in changed.itertuples(index=False)
    ]
    return (
        f'<svg viewBox="0 0 {WIDE:.0f} {(north - south) * scale:.0f}" role="img" '
        f'aria-label="Map of the differences"><path d="{ground}" fill="none" stroke="#cfcac0"/>'
        f"{''.join(drawn)}</svg>"
    )


def _stops(comparison: PlanComparison, a: str, b: str) -> str:
    changed = comparison.stops[comparison.stops["difference"].abs() > 0]
    if changed.empty:
        return "<p>None.</p>"
    return _table(
        changed[["label", "minutes_a", "minutes_b", "difference"]],
        ["Place", f"min in {a}", f"min in {b}", "Difference"],
    )


def _table(frame: pd.DataFrame, titles: list[str]) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    rows = "".join(
        f'<tr><td dir="auto">{escape(one_line(first))}</td>'
        + "".join(f'<td class="n">{value:.4g}</td>' for value in rest)
        + "</tr>"
        for first, *rest in frame.itertuples(index=False)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _csv(frame: pd.DataFrame) -> str:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    if isinstance(frame, gpd.GeoDataFrame):
        middle = gpd.GeoSeries(frame.geometry.centroid, crs=frame.crs).to_crs("EPSG:4326")
        plain["latitude"], plain["longitude"] = middle.y.round(6), middle.x.round(6)
    for column in ("label", "name"):
        if column in plain:
            plain[column] = [cell(text) for text in plain[column]]
    return plain.assign(source=OSM_CREDIT).to_csv(index=False, lineterminator="\r\n")
