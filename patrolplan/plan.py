"""PatrolPlan: the solver's numbers turned back into streets and clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from patrolplan.around import Around
from patrolplan.duty import Crew
from patrolplan.graph.network import StreetNetwork
from patrolplan.reasons import Reason
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights

if TYPE_CHECKING:
    from patrolplan.views.figures import Drawing

__all__ = ["EVENT_COLUMNS", "LEG_COLUMNS", "UNSERVED_COLUMNS", "PatrolPlan", "Reason", "geo_rows"]

EVENT_COLUMNS = (
    "crew", "crew_name", "kind", "order", "hot_spot", "label", "street", "arrive", "start", "leave",
    "minutes", "need_share", "reasons", "why",
)  # fmt: skip
LEG_COLUMNS = (
    "crew", "crew_name", "leg", "kind", "hot_spot", "from_label", "to_label", "start", "end", "length_m",
    "segments", "steps",
)  # fmt: skip
UNSERVED_COLUMNS = ("hot_spot", "label", "need_share", "why", "cause", "minutes", "change")


@dataclass(frozen=True, kw_only=True)
class PatrolPlan:
    """Timed foot-patrol routes on real streets, with the reason for every stop.

    Attributes
    ----------
    community
        Name for titles.
    timezone
        IANA name; every time below is aware and in this zone.
    events
        The timetable: one row an event, GeoDataFrame (Point, network's CRS), ordered by crew and
        time. Columns: ``crew`` (index into ``crews``), ``crew_name``, ``kind`` ("start", "visit",
        "break", "end"), ``order`` (1.. for visits within the crew's route, 0 otherwise),
        ``hot_spot`` (index into ``hot_spots``, -1 if none), ``label``, ``street``, ``arrive``,
        ``start``, ``leave`` (aware datetimes; a visit may wait between arrive and start),
        ``minutes`` (of stay), ``need_share`` (of the need of all streets in the shifts' minutes, what
        lies on the visit's hot spot), ``reasons`` (tuple of Reason), ``why`` (one plain line).
    legs
        One row a stretch walked, GeoDataFrame (LineString, network's CRS), ordered by crew and
        time. Columns: ``crew``, ``crew_name``, ``leg`` (1.. within the crew's route), ``kind``
        ("walk" between places, "patrol" the closed walk inside a hot spot), ``hot_spot`` (-1 for
        walks), ``from_label``, ``to_label``, ``start``, ``end`` (aware datetimes), ``length_m``,
        ``segments`` (tuple of segment ids in walking order), ``steps`` (tuple of Step).
    hot_spots
        All candidates, served or not, in the order events refer to.
    visits
        Number of visits each hot spot gets, same order.
    unserved
        One row a hot spot without a visit, GeoDataFrame (Point): ``hot_spot``, ``label``,
        ``need_share`` (of the shift's need), ``why`` (one plain line), ``cause`` and ``minutes`` (the same
        as data, see :class:`patrolplan.unserved.Unserved`), ``change`` (the cheapest that would serve it).
    crews
        As planned.
    network, weights
        What the plan was made on.
    scores
        ``score`` (share of the week's need under effect), ``share_on_shift`` (the same over the
        need in the minutes of the shifts), ``greedy_score``, ``routing_score`` (of the best plan by
        OR-Tools alone, or None), ``upper_bound`` (no plan scores more; None where not known),
        ``of_best_possible`` (``score`` over it) and ``share_by_part`` (part -> share of its own need
        on shift).
    provenance
        Settings, seed, ``stopped_by``, versions, sha256 of every input; goes into plan.json.
    notes
        Plain sentences that must travel with the plan: what it rests on, what it does not say.
    audience
        For whom its words and facts are fit: "command" (all), "officer" or "volunteer"; see
        :func:`patrolplan.redacted`.
    language
        Language of its words; see :func:`patrolplan.in_language`.
    around
        Shelters and closures, for the cards.
    lacks
        Demands that contradict others and that it does not keep, by name; also its first note.
    """

    community: str
    timezone: str
    events: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame
    hot_spots: tuple[HotSpot, ...]
    visits: tuple[int, ...]
    unserved: gpd.GeoDataFrame
    crews: tuple[Crew, ...]
    network: StreetNetwork
    weights: SegmentWeights
    scores: Mapping[str, Any]
    provenance: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    audience: str = "command"
    language: str = "en"
    around: Around = field(default_factory=Around)
    lacks: tuple[str, ...] = ()

    @property
    def stops(self) -> gpd.GeoDataFrame:
        """The visits alone, one row each."""
        return self.events[self.events["kind"] == "visit"].reset_index(drop=True)

    def summary(self) -> dict[str, Any]:
        """The plan in a dozen figures, ready for JSON."""
        walked = self.legs.loc[self.legs["kind"] == "walk", "length_m"].sum()
        patrolled = self.legs.loc[self.legs["kind"] == "patrol", "length_m"].sum()
        return {
            **self.scores,
            "crews": len(self.crews),
            "stops": len(self.stops),
            "hot_spots": len(self.hot_spots),
            "hot_spots_unserved": len(self.unserved),
            "walk_km": round(float(walked) / 1000, 3),
            "patrol_km": round(float(patrolled) / 1000, 3),
            "segments": len(self.network.segments),
        }

    def _repr_html_(self) -> str:
        from patrolplan.views.small_map import plan_html

        return plan_html(self)

    def plot(self) -> Drawing:
        """The routes over the streets as a matplotlib figure, shown by a notebook as it is.

        Raises
        ------
        ModuleNotFoundError
            matplotlib is not installed.
        """
        from patrolplan.views.figures import plan_figure

        return plan_figure(self)

    def explore(self, *, tiles: str | None = None) -> Any:
        """The map page in a frame of the notebook, without any network.

        Parameters
        ----------
        tiles
            Name of a tile set of folium: gives a folium map instead, where that is installed.
            The tiles come over the network from whoever serves them.

        Raises
        ------
        ModuleNotFoundError
            ``tiles`` are wanted and folium is not installed.
        """
        from patrolplan.views.framed_page import explored

        return explored(self, tiles=tiles)


LACKS = "this plan does not keep: {rules}"
"""What is said of a plan that could not keep all demands, on everything that is written of it."""


def lacks_note(lacks: Sequence[str]) -> tuple[str, ...]:
    """One sentence on what a plan does not keep; none where it keeps everything.

    Examples
    --------
    >>> lacks_note(["the visit to School at 17:00"])
    ('this plan does not keep: the visit to School at 17:00',)
    """
    return (LACKS.format(rules="; ".join(lacks)),) if lacks else ()


def geo_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, crs: Any) -> gpd.GeoDataFrame:
    """A GeoDataFrame of the given rows, with all its columns even where there are no rows."""
    frame = pd.DataFrame([dict(row) for row in rows], columns=[*columns, "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
