"""The map page inside a notebook: our own offline page in a frame, or folium's where that is installed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from patrolplan.io.atomic import write_text
from patrolplan.io.map_page import map_html
from patrolplan.plan import PatrolPlan

HEIGHT_PX = 680


@dataclass(frozen=True, kw_only=True)
class FramedPage:
    """A page that a notebook shows in a frame of its own; nothing in it can reach the notebook.

    Attributes
    ----------
    html
        The whole page.
    height_px
        Height of the frame.
    """

    html: str
    height_px: int = HEIGHT_PX

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts allow-popups allow-modals" '
            f'title="Map of the plan" style="width:100%;height:{self.height_px}px;border:0"></iframe>'
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, replaced whole or not at all, and return the path."""
        return write_text(path, self.html)


def explored(plan: PatrolPlan, *, tiles: str | None = None) -> Any:
    """The map page in a frame; with ``tiles`` a folium map, which asks a tile server for its ground.

    Raises
    ------
    ModuleNotFoundError
        ``tiles`` are wanted and folium is not installed.
    """
    if tiles is None:
        return FramedPage(html=map_html(plan))
    try:
        folium = import_module("folium")
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "a map with tiles needs folium (pip install folium) and a network; "
            "without tiles, plan.explore() needs neither"
        ) from missing
    legs = plan.legs[["crew_name", "kind", "from_label", "to_label", "geometry"]]
    stops = plan.stops[["crew_name", "order", "label", "why", "geometry"]]
    ground = legs.explore(column="crew_name", tiles=tiles, style_kwds={"weight": 4})
    stops.explore(m=ground, color="#22262b", marker_kwds={"radius": 6})
    folium.LayerControl().add_to(ground)
    return ground
