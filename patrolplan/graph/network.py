"""StreetNetwork: the walkable streets of a community, one street one segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd

if TYPE_CHECKING:
    import networkx as nx


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
        (OSM highway value), ``name`` (local name, "" if none), ``name_en``, ``name_uk``, ``lit``
        ("yes", "no" or ""), ``surface``, ``steps`` (bool), ``osm_ids`` (sorted tuple of way ids),
        ``geometry`` (LineString running from ``u`` to ``v``); read from OpenStreetMap also ``sides``
        (on how many sides of the road one can walk: "both", "one", "no" or "").
    nodes
        One row a node, ``RangeIndex`` named ``node``: ``osm_id``, ``geometry`` (Point).
    report
        What was kept and dropped, and why.
    """

    segments: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    report: NetworkReport

    def __post_init__(self) -> None:
        # a frame of its own: what a caller does to his later never reaches the network
        object.__setattr__(self, "segments", self.segments.copy())
        object.__setattr__(self, "nodes", self.nodes.copy())

    @property
    def crs(self) -> Any:
        """The metric coordinate system of segments and nodes."""
        return self.segments.crs

    @property
    def street_km(self) -> float:
        """Length of all segments in kilometres."""
        return float(self.segments["length_m"].sum()) / 1000

    @property
    def median_length_m(self) -> float:
        """Median length of a segment in metres."""
        return float(self.segments["length_m"].median())

    @classmethod
    def from_networkx(cls, graph: nx.Graph[Any]) -> StreetNetwork:
        """Take a street graph in the form OSMnx makes, as it is (no cleaning).

        Parameters
        ----------
        graph
            (Multi)(Di)Graph with ``graph["crs"]``, nodes with ``x`` and ``y``, edges with ``osmid``,
            ``highway``, ``name``, ``geometry`` where known (a straight line where not). The two
            directions of a street become one segment. Degrees are projected to metres (UTM).

        Raises
        ------
        InputError
            No coordinate system, nodes without ``x`` and ``y``, or no edges.
        """
        from patrolplan.graph.networkx_form import network_from_networkx

        return network_from_networkx(graph)

    def to_networkx(self) -> nx.MultiDiGraph[Any]:
        """A new MultiDiGraph in the form OSMnx makes, both directions of every segment.

        Nodes are labelled by their OSM ids and carry ``x`` and ``y``; edges carry ``osmid``,
        ``highway``, ``name``, ``length`` (metres), ``geometry``, ``oneway``, ``reversed`` and the
        network's own ``segment``, ``speed_factor``, ``name_en``, ``name_uk``, ``lit``, ``surface``,
        ``steps``.
        """
        from patrolplan.graph.networkx_form import network_to_networkx

        return network_to_networkx(self)
