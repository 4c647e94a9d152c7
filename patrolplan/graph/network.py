"""StreetNetwork: the walkable streets of a community, one street one segment."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Streets left out of the network, and why.

    Attributes
    ----------
    what
        Short name of the rule ("private", "not connected", "motorway", ...).
    count
        Number of ways or segments it took out.
    length_m
        Their length in metres.
    why
        One plain sentence for the analyst.
    """

    what: str
    count: int
    length_m: float
    why: str


@dataclass(frozen=True, kw_only=True)
class NetworkReport:
    """How the network came about: what was read, kept, folded and dropped.

    Attributes
    ----------
    ways_in
        Ways (or edges) that carried a street or path in the source.
    main_part_share
        Share of the walkable length that lies in the connected part that was kept, 0..1.
    dropped
        What was left out, with the reason, most length first.
    notes
        Plain sentences on repairs made (clipped ways mended, sidewalks folded, ...).
    """

    ways_in: int
    main_part_share: float
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StreetNetwork:
    """Walkable streets in a metric coordinate system; the segment table is the truth.

    Attributes
    ----------
    segments
        One row a street segment, ``RangeIndex`` named ``segment``. Columns: ``u``, ``v`` (rows
        of ``nodes``), ``length_m``, ``speed_factor`` (1 on level ground, less on steps), ``kind``
        (OSM highway value), ``name`` (local name, "" if none), ``name_en``, ``lit`` ("yes", "no"
        or ""), ``surface``, ``steps`` (bool), ``osm_ids`` (sorted tuple of way ids), ``geometry``
        (LineString running from ``u`` to ``v``).
    nodes
        One row a node, ``RangeIndex`` named ``node``: ``osm_id``, ``geometry`` (Point).
    report
        What was kept and dropped, and why.
    """

    segments: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    report: NetworkReport
