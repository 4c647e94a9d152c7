"""Which streets cameras watch: there a shorter stay does, while need stays as it is."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.placing import segments_named


def watched_share(
    network: StreetNetwork, cameras: gpd.GeoDataFrame, *, as_of: date | None = None
) -> NDArray[np.float64]:
    """What share of each segment's length cameras show, [segments], 0 to 1.

    A camera shows the streets within its range, as the crow flies; one without a point shows the
    whole street it names. Walls are not known, so ranges should be those of clear sight.

    Parameters
    ----------
    network
        The streets.
    cameras
        As `read_cameras` gives them.
    as_of
        Cameras that stopped before this day or begin after it show nothing. None: all do.
    """
    table = cameras.reset_index(drop=True)
    if as_of is not None:
        day = pd.Timestamp(as_of)
        table = table[~(table["until"] < day) & ~(table["since"] > day)].reset_index(drop=True)
    out = np.zeros(len(network.segments))
    pointed = ~(table.geometry.isna() | table.geometry.is_empty).to_numpy()
    if pointed.any():
        at = table.geometry[pointed].to_crs(network.segments.crs).to_numpy()
        shown = shapely.union_all(shapely.buffer(at, table["range_m"].to_numpy(dtype=np.float64)[pointed]))
        lines = network.segments.geometry.to_numpy()
        shapely.prepare(shown)
        near = np.flatnonzero(shapely.intersects(shown, lines))
        out[near] = shapely.length(shapely.intersection(lines[near], shown)) / shapely.length(lines[near])
    named = segments_named(network, table.loc[~pointed & (table["street"] != ""), "street"])
    out[named["segment"].to_numpy(dtype=np.int64)] = 1.0
    return np.minimum(out, 1.0)
