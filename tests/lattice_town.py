"""A made community on a 4x4 lattice, whole from need to problem; any test may import this file."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point
from towns import lattice

from patrolplan.duty import Break, Crew, Officer, Shift
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.weights import SegmentWeights

ZONE = "Europe/Kyiv"
TOWN = lattice(4)


def local(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """A time in 2026 by the wall clock of the town; 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def station(network: StreetNetwork = TOWN, node: int = 0) -> tuple[float, float]:
    """A node as longitude and latitude."""
    point = (
        gpd.GeoSeries([network.nodes.geometry.iloc[node]], crs=network.nodes.crs).to_crs("EPSG:4326").iloc[0]
    )
    return point.x, point.y


def far_station() -> tuple[float, float]:
    """A place two kilometres from any street."""
    at = TOWN.nodes.geometry.iloc[0]
    far = gpd.GeoSeries([Point(at.x - 2000, at.y)], crs=TOWN.nodes.crs).to_crs("EPSG:4326").iloc[0]
    return far.x, far.y


def crew(
    name: str = "Crew 1",
    start: datetime | None = None,
    hours: float = 2.0,
    *,
    rest: tuple[datetime, datetime, int] | None = None,
    at: tuple[float, float] | None = None,
    pace: float = 1.0,
) -> Crew:
    """A crew of one officer who starts and ends at one station."""
    begin = start or local(23, 16)
    place = at or station()
    kept = Break(earliest=rest[0], latest=rest[1], length=timedelta(minutes=rest[2])) if rest else None
    return Crew(
        name=name,
        officers=(Officer(name=f"Officer of {name}", speed_factor=pace),),
        shift=Shift(
            start=begin, end=datetime.fromtimestamp(begin.timestamp() + hours * 3600, tz=begin.tzinfo)
        ),
        start=place,
        end=place,
        rest=kept,
    )


def weights_on(
    network: StreetNetwork, need: dict[int, float], *, hours: dict[int, float] | None = None
) -> SegmentWeights:
    """One kind of offence ("theft") with the given shares by segment, and by hour (flat if not given)."""
    space = np.zeros(len(network.segments))
    for segment, share in need.items():
        space[segment] = share
    time = np.full(168, 1 / 168)
    if hours is not None:
        time = np.zeros(168)
        for hour, share in hours.items():
            time[hour] = share
    sources = [
        {"part": "offences", "kind": "theft", "segment": s, "weight": share / sum(need.values()), "hour": 17,
         "label": "", "sensitive": False, "row": row}
        for row, (s, share) in enumerate(need.items(), start=1)
    ]  # fmt: skip
    return SegmentWeights(
        terms=pd.DataFrame(
            {
                "part": ["offences"],
                "kind": ["theft"],
                "share": [1.0],
                "count": [len(need)],
                "sensitive": [False],
            }
        ),
        space=(space / space.sum())[None, :],
        time=(time / time.sum())[None, :],
        policy={"a_off": 1.0, "a_foot": 0.0, "a_prob": 0.0},
        expected_per_week=3.0,
        sources=pd.DataFrame(sources),
        set_aside=pd.DataFrame({"source": [], "row": [], "reason": [], "value": []}),
        notes=("made for a test",),
    )
