"""Place records on street segments: by their street's name, split over a junction's streets, or the nearest."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.network import StreetNetwork
from patrolplan.risk.offences import Offences
from patrolplan.risk.space import incidence
from patrolplan.risk.street_names import canonical_streets

JUNCTION_M = 20.0
"""A point that meets its street within this distance of a junction lies at the junction."""
NAME_REACH_M = 75.0
"""A street of the record's own name is looked for this far from its point."""
NAME_SLACK_M = 25.0
"""Segments of that name count as equally near within this distance."""


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
    by_name
        Number of records placed by the name of their street.
    at_junctions
        Number of records split evenly over the streets of a junction.
    """

    parts: pd.DataFrame
    lost: pd.DataFrame
    by_name: int
    at_junctions: int


def place_offences(network: StreetNetwork, offences: Offences, *, max_distance_m: float = 50.0) -> Placed:
    """Place offence records on segments, or say that the table and the streets don't belong together.

    Raises
    ------
    InputError
        No record lies near these streets; if turning latitude and longitude round puts them
        there, the message says so.
    """
    records = offences.records
    placed = place_points(
        network, records.geometry, streets=records["street"], max_distance_m=max_distance_m
    )
    if len(records) and len(placed.lost) > 0.5 * len(records):
        _check_swapped(network, records.geometry, lost=len(placed.lost), max_distance_m=max_distance_m)
    if placed.parts.empty:
        raise InputError(
            f"none of the {len(records):,} records lies within {max_distance_m:g} m of these streets "
            f"(records around {_middle(records.geometry)}, streets around {_middle(network.nodes.geometry.to_crs(4326))}); "
            "check that table and street file show the same place"
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
    xy = np.column_stack([local.x.to_numpy(), local.y.to_numpy()]).round(2)
    names = np.full(len(xy), "", dtype=object) if streets is None else streets.to_numpy(dtype=object)
    keys = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "name": names})
    spot = keys.groupby(["x", "y", "name"], sort=True).ngroup().to_numpy()
    spots = keys.assign(spot=spot).drop_duplicates("spot").sort_values("spot", ignore_index=True)
    at = shapely.points(spots["x"], spots["y"])
    parts, how, lost = _placed_spots(network, at, spots["name"], max_distance_m)
    members = pd.DataFrame({"record": np.arange(len(xy)), "spot": spot})
    rows = members.merge(parts, on="spot").sort_values(["record", "segment"], ignore_index=True)
    gone = members.merge(lost, on="spot").sort_values("record", ignore_index=True)
    hows = how[spot] if len(spot) else np.zeros(0, dtype=np.int64)
    return Placed(
        parts=rows[["record", "segment", "offset_m", "share"]],
        lost=gone[["record", "reason", "value"]],
        by_name=int((hows == 1).sum()),
        at_junctions=int((hows == 2).sum()),
    )


def segments_named(network: StreetNetwork, street: str) -> NDArray[np.int64]:
    """Segments that bear the name of a street, however it is written."""
    wanted = canonical_streets(street)
    return np.flatnonzero([any(name in wanted for name in own) for own in _names(network)])


def _placed_spots(
    network: StreetNetwork, at: NDArray[np.object_], names: pd.Series, max_distance_m: float
) -> tuple[pd.DataFrame, NDArray[np.int64], pd.DataFrame]:
    """Parts per distinct spot, how each was placed (0 nearest, 1 name, 2 junction, -1 lost), the lost."""
    streets = network.segments.geometry.to_numpy()
    tree = shapely.STRtree(streets)
    (spot, segment), distance = tree.query_nearest(at, max_distance=max_distance_m, return_distance=True, all_matches=True)
    nearest = pd.DataFrame({"spot": spot, "segment": segment, "distance": distance})
    nearest = nearest.sort_values(["spot", "distance", "segment"]).drop_duplicates("spot", ignore_index=True)
    how = np.full(len(at), -1)
    how[nearest["spot"]] = 0
    named = _by_name(network, tree, at, names, how >= 0)
    how[named["spot"]] = 1
    rest = nearest[how[nearest["spot"]] == 0]
    single, joined = _at_junctions(network, at, rest)
    how[joined["spot"]] = 2
    columns = ["spot", "segment", "offset_m", "share"]
    parts = pd.concat([named[columns], single[columns], joined[columns]], ignore_index=True)
    return parts, how, _lost(network, at, np.flatnonzero(how < 0), max_distance_m)


def _by_name(
    network: StreetNetwork, tree: shapely.STRtree, at: NDArray[np.object_], names: pd.Series, near: NDArray[np.bool_]
) -> pd.DataFrame:
    """Spots whose words name a street nearby, split evenly over its nearest segments."""
    told = names.map(canonical_streets)
    wanted = np.flatnonzero(near & (told.str.len() > 0).to_numpy())
    pair, segment = tree.query(at[wanted], predicate="dwithin", distance=NAME_REACH_M)
    pairs = pd.DataFrame({"spot": wanted[pair], "segment": segment})
    own = pd.DataFrame({"segment": np.arange(len(network.segments)), "street": _names(network)}).explode("street")
    said = pd.DataFrame({"spot": wanted, "street": told.to_numpy()[wanted]}).explode("street")
    found = pairs.merge(said, on="spot").merge(own, on=["segment", "street"])
    found = found.drop_duplicates(["spot", "segment"])
    return _evenly(found, network, at)


def _evenly(found: pd.DataFrame, network: StreetNetwork, at: NDArray[np.object_]) -> pd.DataFrame:
    """Split each spot evenly over those of its segments that are about as near as the nearest."""
    lines = network.segments.geometry.to_numpy()[found["segment"]]
    points = at[found["spot"]]
    found = found.assign(
        distance=shapely.distance(lines, points), offset_m=_offset(network, found["segment"].to_numpy(), points)
    )
    least = found.groupby("spot")["distance"].transform("min")
    found = found[found["distance"] <= least + NAME_SLACK_M]
    return found.assign(share=1 / found.groupby("spot")["segment"].transform("size"))


def _at_junctions(
    network: StreetNetwork, at: NDArray[np.object_], rest: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spots in mid-street as they are, and those at a junction split over all its streets."""
    segment = rest["segment"].to_numpy()
    length = network.segments["length_m"].to_numpy()[segment]
    offset = _offset(network, segment, at[rest["spot"]])
    end = (offset > length / 2).astype(np.int64)
    ends = network.segments[["u", "v"]].to_numpy()
    first, incident, met = incidence(network)
    node = ends[segment, end]
    degree = first[node + 1] - first[node]
    close = (np.where(end == 1, length - offset, offset) <= np.minimum(JUNCTION_M, length / 3)) & (degree > 1)
    single = rest[~close].assign(offset_m=offset[~close], share=1.0)
    repeats = degree[close]
    ways = np.repeat(first[node[close]], repeats) + _counting(repeats)
    onto = incident[ways]
    return single, pd.DataFrame(
        {
            "spot": np.repeat(rest["spot"].to_numpy()[close], repeats),
            "segment": onto,
            "offset_m": np.where(met[ways] == 0, 0.0, network.segments["length_m"].to_numpy()[onto]),
            "share": np.repeat(1 / np.maximum(repeats, 1), repeats),
        }
    )


def _counting(repeats: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ... anew for each run of the given lengths."""
    starts = np.cumsum(repeats) - repeats
    return np.arange(repeats.sum()) - np.repeat(starts, repeats)


def _offset(network: StreetNetwork, segment: NDArray[np.int64], points: NDArray[np.object_]) -> NDArray[np.float64]:
    """Metres from the ``u`` end at which each point meets its segment."""
    line = network.segments.geometry.to_numpy()[segment]
    length = network.segments["length_m"].to_numpy(dtype=np.float64)[segment]
    return np.asarray(np.clip(shapely.line_locate_point(line, points, normalized=True), 0, 1) * length)


def _names(network: StreetNetwork) -> list[tuple[str, ...]]:
    local = network.segments["name"].astype("str")
    english = network.segments["name_en"].astype("str") if "name_en" in network.segments else local
    return [tuple(dict.fromkeys(canonical_streets(a) + canonical_streets(b))) for a, b in zip(local, english)]


def _lost(network: StreetNetwork, at: NDArray[np.object_], spots: NDArray[np.int64], max_distance_m: float) -> pd.DataFrame:
    hull = shapely.convex_hull(shapely.union_all(network.nodes.geometry.to_numpy()))
    outside = shapely.distance(hull, at[spots]) > max_distance_m
    degrees = gpd.GeoSeries(at[spots], crs=network.segments.crs).to_crs(4326)
    return pd.DataFrame(
        {
            "spot": spots,
            "reason": np.where(outside, "outside the area of the streets", f"more than {max_distance_m:g} m from any street"),
            "value": [f"{x:.5f}, {y:.5f}" for x, y in zip(degrees.x, degrees.y)],
        }
    ).astype({"reason": "str", "value": "str"})


def _check_swapped(network: StreetNetwork, points: gpd.GeoSeries, *, lost: int, max_distance_m: float) -> None:
    degrees = points.to_crs(4326)
    sane = degrees.x.abs() <= 90
    if not sane.any():
        return
    turned = gpd.GeoSeries.from_xy(degrees.y[sane], degrees.x[sane], crs=4326)
    found = len(turned) - len(place_points(network, turned, max_distance_m=max_distance_m).lost)
    if found > 0.5 * len(points):
        raise InputError(
            f"latitude and longitude look swapped: {lost:,} of {len(points):,} records lie far from these streets, "
            f"but {found:,} lie on them with the two exchanged; exchange the columns lon and lat"
        )


def _middle(points: gpd.GeoSeries) -> str:
    return f"{points.x.median():.4f}, {points.y.median():.4f}"
