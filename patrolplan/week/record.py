"""A planned week as the ledger's rows: shifts and visits with the streets they cover."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from patrolplan.plan import PatrolPlan
from patrolplan.week.past import SHIFT_COLUMNS, VISIT_COLUMNS
from patrolplan.week.roster import Roster


def shifts_of(roster: Roster, plan: PatrolPlan) -> pd.DataFrame:
    """One row an officer and patrol, as `Past.shifts`; ``plan.crews`` are the roster's blocks in order."""
    night = roster.rules.night
    rows = []
    for block, crew in zip(roster.blocks, plan.crews, strict=True):
        first, last = block.start_min // roster.grid.step_min, -(-block.end_min // roster.grid.step_min)
        start = pd.Timestamp(roster.grid.monday) + pd.Timedelta(minutes=block.start_min)
        rows += [
            {
                "week": roster.grid.name,
                "crew": crew.name,
                "officer": officer.name,
                "area": roster.areas[block.area].name,
                "start": start,
                "end": start + pd.Timedelta(minutes=block.end_min - block.start_min),
                "minutes": float(block.end_min - block.start_min),
                "night": bool(night[first:last].any()),
            }
            for officer in crew.officers
        ]
    return pd.DataFrame(rows, columns=list(SHIFT_COLUMNS))


def visits_of(roster: Roster, plan: PatrolPlan, *, top: Collection[int] = ()) -> gpd.GeoDataFrame:
    """One row a visit, as `Past.visits`: with the lines of its streets and their OpenStreetMap ways."""
    segments = plan.network.segments
    spots = sorted(set(plan.stops["hot_spot"]))
    lines = {spot: segments.loc[list(plan.hot_spots[spot].segments)] for spot in spots}
    parts = gpd.GeoSeries(
        [shapely.MultiLineString(list(lines[spot].geometry)) for spot in spots], crs=segments.crs
    )
    shapes = dict(zip(spots, parts.to_crs("EPSG:4326"), strict=True))
    ways = {spot: _ways(rows["osm_ids"]) for spot, rows in lines.items()}
    rows: list[dict[str, Any]] = []
    for number, visit in enumerate(plan.stops.to_dict("records"), start=1):
        crew, spot = int(visit["crew"]), int(visit["hot_spot"])
        start, end = (pd.Timestamp(visit[at]).tz_localize(None) for at in ("start", "leave"))
        rows.append(
            {
                "week": roster.grid.name,
                "day": plan.crews[crew].shift.start.date(),
                "crew": visit["crew_name"],
                "officers": ", ".join(officer.name for officer in plan.crews[crew].officers),
                "area": roster.areas[roster.blocks[crew].area].name,
                "visit": number,
                "label": visit["label"],
                "start": start,
                "end": end,
                "planned_min": float(visit["minutes"]),
                "walked_min": float("nan"),
                "need_share": float(visit["need_share"]),
                "top": spot in top,
                "osm_ids": ways[spot],
                "geometry": shapes[spot],
            }
        )
    frame = pd.DataFrame(rows, columns=[*VISIT_COLUMNS, "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


def _ways(ids: Any) -> str:
    return " ".join(str(way) for way in sorted({way for of_segment in ids for way in of_segment}))
