"""What the tests of need share: records made by hand, and real extracts where they are at hand."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from functools import lru_cache

import geopandas as gpd
import pandas as pd
import pytest

from patrolplan.graph.network import StreetNetwork
from patrolplan.io.osm import read_network, read_osm_places
from patrolplan.io.tables import read_offences
from patrolplan.risk.offences import Offences, no_set_aside

DATA = pathlib.Path(__file__).parents[2].parent / "shared" / "data"
ZONE = "Europe/Kyiv"


@pytest.fixture
def records_at() -> Callable[..., Offences]:
    """Offences at points in metres of a network's system, one row a (x, y, kind, time) tuple."""
    return made_offences


def made_offences(
    network: StreetNetwork,
    rows: list[tuple[float, float, str, str | None]],
    *,
    precision: str = "minute",
    ends: list[str | None] | None = None,
    streets: list[str] | None = None,
) -> Offences:
    origin = network.nodes.geometry.iloc[0]
    xy = gpd.GeoSeries.from_xy(
        [origin.x + row[0] for row in rows], [origin.y + row[1] for row in rows], crs=network.segments.crs
    ).to_crs(4326)
    start = pd.Series(pd.to_datetime([row[3] for row in rows])).dt.tz_localize(ZONE)
    end = pd.Series(pd.to_datetime(ends or [None] * len(rows))).dt.tz_localize(ZONE)
    records = gpd.GeoDataFrame(
        {
            "row": range(1, len(rows) + 1),
            "kind": [row[2] for row in rows],
            "start": start,
            "end": end,
            "precision": precision,
            "street": streets or [""] * len(rows),
        },
        geometry=xy.to_numpy(),
        crs=4326,
    )
    return Offences(records=records, set_aside=no_set_aside(), timezone=ZONE)


@lru_cache(maxsize=4)
def town(folder: str, streets: str) -> tuple[StreetNetwork, gpd.GeoDataFrame]:
    path = DATA / folder / streets
    if not path.exists():
        pytest.skip("the shared data folder beside the checkout is absent")
    return read_network(path), read_osm_places(path)


@pytest.fixture(scope="session")
def philadelphia() -> tuple[StreetNetwork, gpd.GeoDataFrame, Offences]:
    network, places = town("philadelphia", "streets.osm")
    table = DATA / "philadelphia" / "offences_2018.csv"
    return network, places, read_offences(table, timezone="America/New_York")


@pytest.fixture(scope="session")
def london() -> tuple[StreetNetwork, gpd.GeoDataFrame, Offences]:
    network, places = town("london", "streets.osm.pbf")
    table = DATA / "london" / "offences_monthly.csv"
    return network, places, read_offences(table, timezone="Europe/London")


@pytest.fixture(scope="session")
def baltimore() -> tuple[StreetNetwork, gpd.GeoDataFrame, Offences]:
    network, places = town("baltimore", "streets.osm.pbf")
    table = DATA / "baltimore" / "offences_june_2016.csv"
    return network, places, read_offences(table, timezone="America/New_York")


@pytest.fixture(scope="session")
def monaco() -> tuple[StreetNetwork, gpd.GeoDataFrame]:
    return town("osm", "monaco_2020.osm.pbf")
