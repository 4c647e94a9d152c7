"""The comparison of two plans as files: a page with a map, and the frames as tables and layers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from patrolplan.compare import PlanComparison
from patrolplan.i18n import Words, words_of
from patrolplan.io.atomic import atomic_folder
from patrolplan.io.comparison_words import signed, told_figures
from patrolplan.io.text import cell, one_line
from patrolplan.io.word_forms import minutes_text
from patrolplan.units import OSM_CREDIT

WIDE, MARGIN_M = 900.0, 150.0
LEAST_MINUTES = 0.5
"""Smaller differences on a segment are not drawn."""
MORE, LESS, SAME = "#0068a8", "#c8461c", "#5f666e"
FILES = ("compare.html", "figures.csv", "stops.csv", "streets.csv", "streets.geojson")
STYLE = """
:root{color-scheme:light}body{margin:0 auto;max-width:940px;padding:20px;background:#fffefb;color:#22262b;
 font:15px/1.45 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
svg{width:100%;height:auto;background:#f6f4ef;border:1px solid #dcd8cf;border-radius:6px}
h1{font-size:1.3rem;margin:0 0 6px}h2{font-size:1.05rem}p.lead{font-size:1.05rem}small{color:#5f666e}
table{border-collapse:collapse}th,td{text-align:left;padding:4px 16px 4px 0;border-bottom:1px solid #dcd8cf}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.key{display:inline-block;width:26px;height:5px;
 vertical-align:middle;margin:0 6px 0 0}.key:not(:first-child){margin-left:18px}
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
    words = words_of(comparison.language)
    a, b = (escape(one_line(name)) for name in comparison.names)
    titles = [escape(words("Figure")), a, b, escape(words("Difference"))]
    more = [escape(words("more in {plan}", plan=name)) for name in map(one_line, comparison.names)]
    keys = zip((MORE, LESS, SAME), (more[1], more[0], escape(words("the same in both"))), strict=True)
    return f"""<!DOCTYPE html>
<html lang="{comparison.language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{a}, {b}</title><style>{STYLE}</style></head>
<body><main><h1>{escape(words("Two plans compared"))}: {a}, {b}</h1>
<p class="lead" dir="auto">{escape(comparison.sentence)}</p>
{_table(told_figures(comparison), titles)}
<h2>{escape(words("Minutes of presence by street"))}</h2>
<p>{"".join(f'<span class="key" style="background:{colour}"></span>{name}' for colour, name in keys)}</p>
{comparison_svg(comparison)}
<h2>{escape(words("Stops that changed"))}</h2>
{_stops(comparison, a, b)}
</main><footer><small>{escape(OSM_CREDIT)}</small></footer></body></html>
"""


def comparison_svg(comparison: PlanComparison) -> str:
    """Streets pale, presence in both plans dark, what the second adds blue, what it takes away red."""
    words, segments = words_of(comparison.language), comparison.segments
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
    is_changed = walked["difference"].abs() >= LEAST_MINUTES
    same = "".join(path(line) for line in walked.geometry[~is_changed])
    drawn = [
        f'<path d="{path(row.geometry)}" fill="none" stroke="{MORE if row.difference > 0 else LESS}" '
        f'stroke-width="{2.5 + min(6.0, abs(row.difference) / 4):.1f}" stroke-linecap="round">'
        f"<title>{escape(one_line(row.name))}: {escape(_more_minutes(row.difference, words))}</title></path>"
        for row in walked[is_changed].itertuples(index=False)
    ]
    return (
        f'<svg viewBox="0 0 {WIDE:.0f} {(north - south) * scale:.0f}" role="img" '
        f'aria-label="{escape(words("Map of the differences"))}">'
        f'<path d="{ground}" fill="none" stroke="#cfcac0"/>'
        f'<path d="{same}" fill="none" stroke="{SAME}" stroke-width="2"/>'
        f"{''.join(drawn)}{''.join(_marks(comparison, words, west, north, scale))}</svg>"
    )


def _marks(
    comparison: PlanComparison, words: Words, west: float, north: float, scale: float
) -> Iterator[str]:
    """Stops as dots: full where minutes changed, hollow where they did not."""
    for stop in comparison.stops.itertuples(index=False):
        x, y = (stop.geometry.x - west) * scale, (north - stop.geometry.y) * scale
        colour = MORE if stop.difference > 0 else LESS if stop.difference < 0 else SAME
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" stroke="{colour}" stroke-width="2.5" '
            f'fill="{colour if stop.difference else "#fffefb"}"><title>{escape(one_line(stop.label))}: '
            f"{escape(_more_minutes(stop.difference, words))}</title></circle>"
        )


def _stops(comparison: PlanComparison, a: str, b: str) -> str:
    words = words_of(comparison.language)
    changed = comparison.stops[comparison.stops["difference"].abs() > 0]
    if changed.empty:
        return f"<p>{escape(words('None.'))}</p>"
    rows = zip(
        changed["label"],
        (minutes_text(minutes, words) for minutes in changed["minutes_a"]),
        (minutes_text(minutes, words) for minutes in changed["minutes_b"]),
        (signed(minutes, words) for minutes in changed["difference"]),
        strict=True,
    )
    return _table(rows, [escape(words("Place")), a, b, escape(words("Difference"))])


def _table(rows: Iterable[tuple[str, ...]], titles: list[str]) -> str:
    first, *others = titles
    head = f"<th>{first}</th>" + "".join(f'<th class="n">{title}</th>' for title in others)
    lines = "".join(
        f'<tr><td dir="auto">{escape(one_line(name))}</td>'
        + "".join(f'<td class="n">{escape(value)}</td>' for value in values)
        + "</tr>"
        for name, *values in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _more_minutes(minutes: float, words: Words) -> str:
    return words("{n} min", n=signed(minutes, words))


def _csv(frame: pd.DataFrame) -> str:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    if isinstance(frame, gpd.GeoDataFrame):
        middle = gpd.GeoSeries(frame.geometry.centroid, crs=frame.crs).to_crs("EPSG:4326")
        plain["latitude"], plain["longitude"] = middle.y.round(6), middle.x.round(6)
    for column in ("label", "name"):
        if column in plain:
            plain[column] = [cell(text) for text in plain[column]]
    return plain.assign(source=OSM_CREDIT).to_csv(index=False, lineterminator="\r\n")
