"""public.html: what residents see of the patrol, drawn without a script and without a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.i18n import Words, words_of
from patrolplan.io.public_facts import PublicFacts
from patrolplan.io.text import one_line
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT

WIDE = 760.0
MARGIN_M = 250.0

STYLE = """
body{margin:0 auto;max-width:800px;padding:20px;background:#fffefb;color:#22262b;
 font:16px/1.5 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
svg{width:100%;height:auto;background:#f6f4ef;border:1px solid #dcd8cf;border-radius:6px}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem}p.quiet,small{color:#5f666e}
table{border-collapse:collapse}th,td{text-align:left;padding:4px 16px 4px 0;border-bottom:1px solid #dcd8cf}
td.n{text-align:right}.street{fill:none;stroke:#cfcac0}.area{stroke:#0a5c99;stroke-width:1.2;fill:#0a5c99}
.name{font:600 13px system-ui,sans-serif;fill:#22262b;paint-order:stroke;
 stroke:#fffefb;stroke-width:3px}.mark{fill:#c8461c;stroke:#fffefb;stroke-width:1.5}
@media print{body{max-width:none}}
"""


WHAT_MARKS_SAY = (
    "Streets with at least {k} street offences on record, counted in steps of {k} and marked at the middle "
    "of the street. Offences on streets with fewer are not shown. A mark says nothing about the people who "
    "live or walk there; a street without a mark is not proven safe."
)


def public_html(plan: PatrolPlan, facts: PublicFacts) -> str:
    """The text of the page."""
    words = words_of(plan.language)
    title = words("{place}: foot patrol", place=one_line(plan.community))
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1 dir="auto">{escape(title)}</h1>
<p class="quiet">{escape(_when(facts, words))}</p>
{public_svg(plan.network.segments.geometry.to_numpy(), facts.areas, facts.offences, words)}
<h2>{escape(words("Minutes of patrol"))}</h2>
{_areas(facts, words)}
<h2>{escape(words("Streets with offences on record"))}</h2>
<p>{escape(words(WHAT_MARKS_SAY, k=facts.k))}</p>
{_offences(facts, words)}
</main>
<footer><small>{escape(OSM_CREDIT)}</small></footer>
</body>
</html>
"""


def _when(facts: PublicFacts, words: Words) -> str:
    if facts.days is None:
        return words("No day of this plan is over yet, so there are no minutes to tell.")
    first, last = (words.day(day) for day in facts.days)
    return words("Days that are over: {days}", days=f"{first} – {last}" if last != first else first)


def public_bounds(
    lines: NDArray[np.object_], areas: gpd.GeoDataFrame, offences: gpd.GeoDataFrame
) -> tuple[float, float, float, float]:
    """West, south, east and north of the map: around squares and marks, else around all streets."""
    shown = [frame.geometry for frame in (areas, offences) if len(frame)]
    bounds = pd.concat(shown).total_bounds if shown else shapely.total_bounds(lines)
    west, south, east, north = (float(edge) for edge in bounds + np.array([-1, -1, 1, 1]) * MARGIN_M)
    return west, south, east, north


def public_svg(
    lines: NDArray[np.object_], areas: gpd.GeoDataFrame, offences: gpd.GeoDataFrame, words: Words
) -> str:
    """Streets, squares with their minutes, and marks on streets with many records."""
    west, south, east, north = public_bounds(lines, areas, offences)
    scale = WIDE / (east - west)
    near = shapely.simplify(
        lines[shapely.intersects(lines, shapely.box(west, south, east, north))], 1 / scale
    )

    def pixels(shape: shapely.Geometry) -> list[tuple[float, float]]:
        return [((x - west) * scale, (north - y) * scale) for x, y in shapely.get_coordinates(shape)]

    def path(shape: shapely.Geometry) -> str:
        return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in pixels(shape))

    streets = "".join(path(line) for line in near)
    marks = [
        f'<circle class="mark" cx="{x:.0f}" cy="{y:.0f}" r="{4 + min(6, row.at_least / 10):.1f}"/>'
        for row in offences.itertuples()
        for x, y in pixels(row.geometry)
    ]
    return (
        f'<svg viewBox="0 0 {WIDE:.0f} {(north - south) * scale:.0f}" role="img" '
        f'aria-label="{escape(words("Map of minutes by area and of streets with offences"))}">'
        f'<path class="street" d="{streets}"/>{_squares(areas, path, pixels, words)}'
        f"{''.join(marks)}</svg>"
    )


def _squares(
    areas: gpd.GeoDataFrame,
    path: Callable[[shapely.Geometry], str],
    pixels: Callable[[shapely.Geometry], list[tuple[float, float]]],
    words: Words,
) -> str:
    most = max([1, *areas["minutes"]])
    drawn = []
    for row in areas.itertuples():
        west, top = np.min(pixels(row.geometry), axis=0)
        drawn.append(
            f'<path class="area" fill-opacity="{0.08 + 0.4 * row.minutes / most:.2f}" '
            f'd="{path(row.geometry)}Z"/>'
            f'<text class="name" x="{west + 8:.0f}" y="{top + 18:.0f}">'
            f"{row.area}: {words('{n} min', n=row.minutes)}</text>"
        )
    return "".join(drawn)


def _areas(facts: PublicFacts, words: Words) -> str:
    if facts.areas.empty:
        return f"<p>{escape(words('None yet.'))}</p>"
    rows = [(row.area, words.number(row.minutes)) for row in facts.areas.itertuples()]
    return _table([words("Area"), words("Minutes")], rows)


def _offences(facts: PublicFacts, words: Words) -> str:
    if facts.offences.empty:
        return f"<p>{escape(words('No street has {k} or more.', k=facts.k))}</p>"
    rows = [
        (one_line(row.street) or words("a street without name"), words("{n} or more", n=row.at_least))
        for row in facts.offences.sort_values(["at_least", "street"], ascending=[False, True]).itertuples()
    ]
    return _table([words("Street"), words("Offences")], rows)


def _table(head: Sequence[str], rows: Sequence[tuple[str, str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    told = "".join(
        f'<tr><td dir="auto">{escape(name)}</td><td class="n">{escape(figure)}</td></tr>'
        for name, figure in rows
    )
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{told}</tbody></table>"
