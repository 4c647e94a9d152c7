"""Place records on segments: by the name of their street, over a junction's streets, or the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.graph.snap import snap
from patrolplan.risk.network_kernel import incidence
from patrolplan.risk.offences import Offences
from patrolplan.risk.street_names import canonical_streets

JUNCTION_M = 20.0
"""A point that meets its street within this distance of a junction lies at the junction."""
NAME_REACH_M = 75.0
"""A street of the record's own name is looked for this far from its point."""
NAME_SLACK_M = 25.0
"""Segments of that name count as equally near within this distance."""
ENOUGH_POINTS = 5_000
"""So many points, evenly from the whole table, prove whether longitude and latitude are swapped."""
SPOT_COLUMNS = ["spot", "segment", "offset_m", "share"]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where records lie on the network.

    Attributes
    ----------
    parts
        One row a record and segment: ``record`` (position in the input), ``segment``,
        ``offset_m`` (metres from its ``u`` end), ``share`` (of the record; a record's add up to 1).
    lost
        One row a record that lies nowhere: ``record``, ``reason``, ``value``.
    how
        [n] "name", "junction", "nearest" or "lost", for each record.
    """

    parts: pd.DataFrame
    lost: pd.DataFrame
    how: NDArray[np.str_]


def place_offences(network: StreetNetwork, offences: Offences, *, max_distance_m: float = 50.0) -> Placed:
    """Place offence records on segments, or say that the table and the streets don't belong together.

    Raises
    ------
    InputError
        No record lies near these streets; if turning latitude and longitude round puts them
        there, the message says so.
    """
    records = offences.records
    placed = place_points(network, records.geometry, streets=records["street"], max_distance_m=max_distance_m)
    if len(placed.lost) > 0.5 * len(records):
        _check_swapped(network, records.geometry, lost=len(placed.lost), max_distance_m=max_distance_m)
    if placed.parts.empty:
        raise InputError(
            f"none of the {len(records):,} records lies within {max_distance_m:g} m of these streets "
            f"(records around {_middle(records.geometry)}, streets around {_middle(network.nodes.geometry)}, "
            "as longitude, latitude); check that table and street file show the same place"
        )
    return placed


def place_points(
    network: StreetNetwork,
    points: gpd.GeoSeries,
    *,
    streets: pd.Series | None = None,
    max_distance_m: float = 50.0,
) -> Placed:
    """Place points on segments.

    A point that names its street goes to the segments of that name near it, evenly; another that
    lies at a junction goes evenly to all streets that meet there; any other to the nearest.

    Parameters
    ----------
    network
        The streets.
    points
        [n] points in any coordinate system.
    streets
        [n] street or block in words, "" where unknown.
    max_distance_m
        Points farther from any street are lost.
    """
    local = points.to_crs(network.segments.crs)
    keys = pd.DataFrame({"x": local.x.to_numpy().round(2), "y": local.y.to_numpy().round(2)})
    keys["name"] = "" if streets is None else streets.to_numpy()
    keys["spot"] = keys.groupby(["x", "y", "name"], sort=True).ngroup()
    spots = keys.drop_duplicates("spot").sort_values("spot", ignore_index=True)
    at = np.asarray(shapely.points(spots["x"].to_numpy(), spots["y"].to_numpy()), dtype=object)
    parts, how, lost = _placed_spots(network, at, spots["name"], max_distance_m)
    members = pd.DataFrame({"record": np.arange(len(keys)), "spot": keys["spot"].to_numpy()})
    rows = members.merge(parts, on="spot").sort_values(["record", "segment"], ignore_index=True)
    gone = members.merge(lost, on="spot").sort_values("record", ignore_index=True)
    return Placed(
        parts=rows[["record", "segment", "offset_m", "share"]],
        lost=gone[["record", "reason", "value"]],
        how=how[keys["spot"].to_numpy()],
    )


def segments_named(network: StreetNetwork, streets: pd.Series) -> pd.DataFrame:
    """Segments that bear the names of streets, however they are written.

    Parameters
    ----------
    streets
        Street in words; the index is kept as ``record``.

    Returns
    -------
    One row a match: ``record``, ``segment``, sorted.
    """
    said = pd.DataFrame({"record": streets.index, "street": streets.map(canonical_streets).to_numpy()})
    said = said.explode("street").dropna().astype({"street": "str"})
    found = (
        said.explode("street").dropna().astype({"street": "str"}).merge(_named_segments(network), on="street")
    )
    found = found[["record", "segment"]].drop_duplicates()
    return found.sort_values(["record", "segment"], ignore_index=True)


def _placed_spots(
    network: StreetNetwork, at: NDArray[Any], names: pd.Series, max_distance_m: float
) -> tuple[pd.DataFrame, NDArray[np.str_], pd.DataFrame]:
    """Parts of the distinct spots, how each was placed, and the lost ones."""
    found = snap(network, gpd.GeoSeries(at, crs=network.segments.crs), max_distance_m=max_distance_m)
    near = (found["segment"] >= 0).to_numpy()
    how = np.where(near, "nearest", "lost").astype("<U8")
    named = _by_name(network, at, names, near)
    how[named["spot"]] = "name"
    rest = found.assign(spot=np.arange(len(at)))[how == "nearest"]
    single, joined = _at_junctions(network, rest)
    how[joined["spot"]] = "junction"
    parts = pd.concat([table[SPOT_COLUMNS] for table in (named, single, joined)], ignore_index=True)
    return parts, how, _lost(network, at, np.flatnonzero(~near), max_distance_m)


def _by_name(
    network: StreetNetwork, at: NDArray[Any], names: pd.Series, near: NDArray[np.bool_]
) -> pd.DataFrame:
    """Spots whose words name a street nearby, split evenly over its nearest segments."""
    told = names.map(canonical_streets)
    wanted = np.flatnonzero(near & (told.str.len() > 0).to_numpy())
    tree = shapely.STRtree(network.segments.geometry.to_numpy())
    pair, segment = tree.query(at[wanted], predicate="dwithin", distance=NAME_REACH_M)
    pairs = pd.DataFrame({"spot": wanted[pair], "segment": segment})
    said = pd.DataFrame({"spot": wanted, "street": told.to_numpy()[wanted]})
    said = said.explode("street").astype({"street": "str"})
    found = pairs.merge(said, on="spot").merge(_named_segments(network), on=["segment", "street"])
    return _evenly(network, at, found.drop_duplicates(["spot", "segment"]))


def _evenly(network: StreetNetwork, at: NDArray[Any], found: pd.DataFrame) -> pd.DataFrame:
    """Split each spot evenly over those of its segments that are about as near as the nearest."""
    segment = found["segment"].to_numpy(dtype=np.int64)
    lines, points = network.segments.geometry.to_numpy()[segment], at[found["spot"]]
    length = network.segments["length_m"].to_numpy(dtype=np.float64)[segment]
    along = shapely.line_locate_point(lines, points, normalized=True)
    found = found.assign(distance=shapely.distance(lines, points), offset_m=along * length)
    least = found.groupby("spot")["distance"].transform("min")
    found = found[found["distance"] <= least + NAME_SLACK_M]
    return found.assign(share=1 / found.groupby("spot")["segment"].transform("size"))


def _at_junctions(network: StreetNetwork, rest: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spots in mid-street as they are, and those at a junction split over all its streets."""
    segment, offset = rest["segment"].to_numpy(), rest["offset_m"].to_numpy(dtype=np.float64)
    lengths = network.segments["length_m"].to_numpy(dtype=np.float64)
    length = lengths[segment]
    end = (offset > length / 2).astype(np.int64)
    node = network.segments[["u", "v"]].to_numpy()[segment, end]
    first, incident, met = incidence(network)
    degree = first[node + 1] - first[node]
    to_node = np.where(end == 1, length - offset, offset)
    close = (to_node <= np.minimum(JUNCTION_M, length / 3)) & (degree > 1)
    repeats = degree[close]
    ways = np.repeat(first[node[close]], repeats) + _counting(repeats)
    joined = pd.DataFrame(
        {
            "spot": np.repeat(rest["spot"].to_numpy()[close], repeats),
            "segment": incident[ways],
            "offset_m": np.where(met[ways] == 0, 0.0, lengths[incident[ways]]),
            "share": np.repeat(1 / repeats, repeats),
        }
    )
    return rest[~close].assign(share=1.0), joined


def _counting(repeats: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ... anew for each run of the given lengths."""
    starts = np.cumsum(repeats) - repeats
    return np.asarray(np.arange(repeats.sum()) - np.repeat(starts, repeats))


def _named_segments(network: StreetNetwork) -> pd.DataFrame:
    """Segments and their comparable names, one row a pair."""
    local, english = network.segments["name"].astype("str"), network.segments["name_en"].astype("str")
    pairs = zip(local, english, strict=True)
    names = [dict.fromkeys(canonical_streets(a) + canonical_streets(b)) for a, b in pairs]
    table = pd.DataFrame({"segment": np.arange(len(names)), "street": [list(name) for name in names]})
    return table.explode("street").dropna().astype({"street": "str"})


def _lost(
    network: StreetNetwork, at: NDArray[Any], spots: NDArray[np.int64], max_distance_m: float
) -> pd.DataFrame:
    hull = shapely.convex_hull(shapely.union_all(network.nodes.geometry.to_numpy()))
    outside = shapely.distance(hull, at[spots]) > max_distance_m
    far = f"more than {max_distance_m:g} m from any street"
    degrees = gpd.GeoSeries(at[spots], crs=network.segments.crs).to_crs(4326)
    told = degrees.x.tolist(), degrees.y.tolist()
    return pd.DataFrame(
        {
            "spot": spots,
            "reason": pd.Series(np.where(outside, "outside the area of the streets", far), dtype="str"),
            "value": pd.Series([f"{x:.5f}, {y:.5f}" for x, y in zip(*told, strict=True)], dtype="str"),
        }
    )


def _check_swapped(
    network: StreetNetwork, points: gpd.GeoSeries, *, lost: int, max_distance_m: float
) -> None:
    degrees = points.iloc[:: -(-len(points) // ENOUGH_POINTS)].to_crs(4326)
    sane = (degrees.x.abs() <= 90).to_numpy()
    turned = gpd.GeoSeries.from_xy(degrees.y[sane], degrees.x[sane], crs=4326)
    found = len(turned) - len(place_points(network, turned, max_distance_m=max_distance_m).lost)
    if found > 0.5 * len(degrees):
        raise InputError(
            f"latitude and longitude look swapped: {lost:,} of {len(points):,} records lie far from these "
            f"streets, but {found / len(degrees):.0%} lie on them with the two exchanged; "
            "exchange the columns lon and lat"
        )


def _middle(points: gpd.GeoSeries) -> str:
    degrees = points.to_crs(4326)
    return f"{degrees.x.median():.4f}, {degrees.y.median():.4f}"
