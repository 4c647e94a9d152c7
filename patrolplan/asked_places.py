"""What names in a plan file mean: hot spots, places, named problems, streets, settlements and areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.graph.settlements import Settlements, find_settlements
from patrolplan.graph.snap import snap
from patrolplan.io.boundary import read_boundary
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.placing import segments_named

if TYPE_CHECKING:
    from patrolplan.load import Loaded

Bools = NDArray[np.bool_]
FAR_M = 300.0
"""A place farther than this from any street is taken for a mistake."""


class Named:
    """Finds what names of a community mean.

    Parameters
    ----------
    loaded
        Everything that was read.
    hot_spots
        The stops that can be named.
    """

    def __init__(self, loaded: Loaded, hot_spots: Sequence[HotSpot] = ()) -> None:
        self.loaded, self.hot_spots, self.network = loaded, hot_spots, loaded.network

    def place(self, name: str) -> tuple[str, shapely.Point] | None:
        """Kind ("place" or "problem") and point in degrees of what is called so, None if nothing is."""
        for kind, table, column in (
            ("place", self.loaded.places, "name"),
            ("problem", self.loaded.problems, "text"),
        ):
            if table is None or column not in table:
                continue
            here = table[(table[column].fillna("") == name) & ~table.geometry.is_empty]
            if len(here):
                return kind, here.geometry.to_crs("EPSG:4326").representative_point().iloc[0]
        return None

    def stops(self, wanted: str | Path, *, whole: bool) -> Bools:
        """The hot spots that lie in what is named, [hot spots]: by all their streets, or by any.

        Raises
        ------
        InputError
            Nothing is called so, or the file holds no area.
        """
        labelled = np.array([spot.label == wanted for spot in self.hot_spots], dtype=np.bool_)
        if labelled.any():
            return labelled
        inside = self.segments(wanted)
        test = np.all if whole else np.any
        return np.array([bool(test(inside[list(spot.segments)])) for spot in self.hot_spots], dtype=np.bool_)

    def segments(self, wanted: str | Path) -> Bools:
        """The streets in an area, settlement, of a name, or of the hot spots at a place, [segments]."""
        out = np.zeros(len(self.network.segments), dtype=np.bool_)
        if isinstance(wanted, Path):
            return self.in_area(read_boundary(wanted))
        table = self.network.segments
        exact = ((table["name"] == wanted) | (table["name_en"] == wanted)).to_numpy(dtype=np.bool_)
        if wanted in self.settlement_names:
            out[self.settlements.segments_of(wanted)] = True
        elif exact.any():
            out |= exact
        elif len(streets := segments_named(self.network, pd.Series([wanted]))):
            out[streets["segment"].to_numpy()] = True
        elif (found := self.place(wanted)) is not None:
            segment, _ = self.nearest(found[1])
            out[segment] = True
            for spot in self.hot_spots:
                if segment in spot.segments:
                    out[list(spot.segments)] = True
        else:
            raise InputError(self.unknown(wanted))
        return out

    def in_area(self, area: Any) -> Bools:
        """The streets whose middle lies in an area given in degrees."""
        lines = self.network.segments.geometry.to_numpy()
        middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        metric = gpd.GeoSeries([area], crs="EPSG:4326").to_crs(self.network.crs).iloc[0]
        return np.asarray(shapely.intersects(metric, middles), dtype=np.bool_)

    def nearest(self, point: shapely.Point) -> tuple[int, float]:
        """Street nearest to a point in degrees, and metres from its beginning; -1 if none is near."""
        found = snap(self.network, gpd.GeoSeries([point], crs="EPSG:4326"), max_distance_m=FAR_M)
        return int(found["segment"].iloc[0]), float(found["offset_m"].iloc[0])

    def unknown(self, name: str) -> str:
        """That nothing is called so, and what might be meant."""
        known = [*(spot.label for spot in self.hot_spots), *self.settlement_names, *self._listed()]
        close = get_close_matches(name, list(dict.fromkeys(known)), n=1, cutoff=0.6)
        hint = (
            f'did you mean "{close[0]}"?' if close else "give the name as it stands in the map or the table"
        )
        return f'nothing is called "{name}" (hot spots, settlements, streets, places, problems); {hint}'

    def _listed(self) -> list[str]:
        places, streets = self.loaded.places, self.network.segments["name"]
        names = [] if places is None or "name" not in places else places["name"].dropna().astype(str).tolist()
        return [name for name in [*names, *streets.unique().tolist()] if name]

    @cached_property
    def settlement_names(self) -> frozenset[str]:
        """Names of settlements on the map."""
        table = self.loaded.settlements
        if table is None or not len(table):
            return frozenset()
        columns = [table[column].fillna("").tolist() for column in ("name", "name_en") if column in table]
        return frozenset(name for names in columns for name in names if name)

    @cached_property
    def settlements(self) -> Settlements:
        """The settlements, found when first asked for."""
        assert self.loaded.settlements is not None
        find: Callable[[], Settlements] = partial(find_settlements, self.network, self.loaded.settlements)
        return find()
