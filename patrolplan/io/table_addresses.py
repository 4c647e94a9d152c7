"""Rows without coordinates put on the map by their street and house."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import geopandas as gpd
import pandas as pd

from patrolplan.io.addresses import Addresses
from patrolplan.io.readers.personal import without_persons
from patrolplan.io.table_columns import cells_of
from patrolplan.risk.offences import tell_rows

WITHOUT_PLACE = ("no coordinates", "coordinates 0, 0")


def with_addresses(
    frame: pd.DataFrame,
    chosen: Mapping[str, str],
    points: gpd.GeoSeries,
    aside: pd.DataFrame,
    addresses: Callable[[], Addresses] | None,
) -> tuple[gpd.GeoSeries, pd.DataFrame, pd.DataFrame | None]:
    """Points, rows set aside, and which rows were placed by their address (None: nothing to place)."""
    other = aside["row"][~aside["reason"].isin(WITHOUT_PLACE)]
    lost = frame.index[~frame.index.isin(points.index) & ~frame.index.isin(other)]
    street = cells_of(frame.loc[lost], chosen, "street")
    street = without_persons(street[street != ""])
    if addresses is None or street.empty:
        return points, aside, None
    rows = frame.loc[street.index]
    book = addresses()
    found = book.place(
        street, house=cells_of(rows, chosen, "house"), settlement=cells_of(rows, chosen, "settlement")
    )
    placed = found[found["lon"].notna()]
    more = gpd.GeoSeries.from_xy(placed["lon"], placed["lat"], index=placed.index, crs="EPSG:4326")
    missed = found[found["lon"].isna()]
    silent = lost[~lost.isin(street.index) & ~lost.isin(aside["row"])]
    aside = pd.concat(
        [
            aside[~aside["row"].isin(street.index)],
            pd.DataFrame(
                {
                    "row": missed.index,
                    "reason": missed["how"].to_numpy(),
                    "value": street[missed.index].str[:60],
                }
            ),
            pd.DataFrame({"row": silent, "reason": "neither coordinates nor an address", "value": ""}),
        ],
        ignore_index=True,
    )
    joined = gpd.GeoSeries(pd.concat([points, more]) if len(points) else more, crs="EPSG:4326").sort_index()
    told = pd.DataFrame(
        {"row": placed.index, "score": placed["score"].to_numpy(), "how": placed["how"].to_numpy()}
    )
    return joined, aside, told.reset_index(drop=True)


def address_notes(placed: pd.DataFrame | None, name: str) -> tuple[str, ...]:
    """What was placed by address, and how surely."""
    if placed is None or placed.empty:
        return ()
    counts = placed["how"].value_counts()
    told = ", ".join(
        f"{counts[how]:,} by {how}"
        for how in ("house", "near house", "crossing", "street", "server")
        if how in counts
    )
    doubtful = placed.loc[placed["score"] < 0.8, "row"]
    more = f"; worth a look: {tell_rows(doubtful)}" if len(doubtful) else ""
    return (f"{name}: {len(placed):,} records placed by their address ({told}){more}",)
