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
    from patrolplan.orders.load import Loaded

Bools = NDArray[np.bool_]
FAR_M = 300.0
"""A place farther than this from any street is taken for a mistake."""

SAME_PLACE_M = 100.0
"""Places of one name no farther apart than this are one place, mapped twice."""

PARTS_APART_M = 800.0
"""Pieces of one street's name farther apart than this are streets of two places."""


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in quotes as a sentence has them.

    Examples
    --------
    >>> listed(["A", "B", "C"]), listed(["A"])
    ('"A", "B" and "C"', '"A"')
    """
    quoted = [f'"{name}"' for name in names]
    return f" {last} ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]])) if quoted else ""


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
        """Kind ("place" or "problem") and point in degrees of what is called so, None if nothing is.

        Raises
        ------
        InputError
            Several places far from each other are called so.
        """
        for kind, table, column in (
            ("place", self.loaded.places, "name"),
            ("problem", self.loaded.problems, "text"),
        ):
            if table is None or column not in table:
                continue
            here = table[(table[column].fillna("") == name) & ~table.geometry.is_empty]
            if not len(here):
                continue
            metric = here.geometry.to_crs(self.network.crs).representative_point()
            if metric.distance(metric.iloc[0]).max() > SAME_PLACE_M:
                raise InputError(
                    f'{len(here)} places are called "{name}"; give lon and lat, a street, or a file of areas'
                )
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
        if wanted in self.settlement_names:
            out[self.settlements.segments_of(wanted)] = True
            return out
        street, found = self._street(wanted), self.place(wanted)
        if street is not None:
            if found is not None and not street[self.nearest(found[1])[0]]:
                raise InputError(
                    f'"{wanted}" is a street and, elsewhere, a place; give a file with an area, or the name '
                    "of a hot spot"
                )
            return street
        if found is None:
            raise InputError(self.unknown(wanted))
        segment, _ = self.nearest(found[1])
        out[segment] = True
        for spot in self.hot_spots:
            if segment in spot.segments:
                out[list(spot.segments)] = True
        return out

    def _street(self, wanted: str) -> Bools | None:
        """[segments] those of the one street of that name, None if no street is called so.

        The name as it stands on the map goes before others that differ in case, in the word for street or in
        directions. "Main Street, Riverside" is the one in that settlement.

        Raises
        ------
        InputError
            Several streets may be meant.
        """
        street, comma, where = (part.strip() for part in wanted.rpartition(","))
        if comma and where in self.settlement_names:
            found = self._of_name(street)
            inside = np.zeros(len(self.network.segments), dtype=np.bool_)
            inside[self.settlements.segments_of(where)] = True
            return found & inside if found is not None and (found & inside).any() else None
        found = self._of_name(wanted)
        homes = sorted({self._home(part) for part in self._parts(found)} - {""}) if found is not None else []
        if len(homes) > 1:
            raise InputError(
                f'"{wanted}" runs in {listed(homes)}; write which, as in "{wanted}, {homes[0]}", or give a '
                "file with an area"
            )
        return found

    def _of_name(self, wanted: str) -> Bools | None:
        table = self.network.segments
        names = np.stack([table["name"].to_numpy(dtype=str), table["name_en"].to_numpy(dtype=str)])
        for test in (names == wanted, np.char.lower(names) == wanted.lower()):
            if (exact := test.any(axis=0)).any():
                return np.asarray(exact, dtype=np.bool_)
        near = segments_named(self.network, pd.Series([wanted]))["segment"].to_numpy()
        alike = sorted({str(table["name"].iloc[segment]) for segment in near})
        if len(alike) > 1:
            raise InputError(f'"{wanted}" may be {listed(alike[:5], "or")}; write the one that is meant')
        return np.asarray(names[0] == alike[0], dtype=np.bool_) if alike else None

    def _parts(self, street: Bools) -> list[Bools]:
        """A street's pieces that lie far from each other, [segments] each."""
        rows = np.flatnonzero(street)
        lines = self.network.segments.geometry.to_numpy()[rows]
        grown = shapely.union_all(shapely.buffer(lines, PARTS_APART_M / 2))
        areas = list(grown.geoms) if isinstance(grown, shapely.MultiPolygon) else [grown]
        found = []
        for area in areas:
            part = np.zeros(len(street), dtype=np.bool_)
            part[rows[shapely.intersects(area, lines)]] = True
            found.append(part)
        return found

    def _home(self, part: Bools) -> str:
        """The settlement that most of a piece of street lies in, "" where none is known."""
        if not self.settlement_names:
            return ""
        rows = self.settlements.of_segment[part]
        rows = rows[rows >= 0]
        return str(self.settlements.table["name"].iloc[np.bincount(rows).argmax()]) if len(rows) else ""

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
        by_lower = {other.lower(): other for other in known}
        close = [by_lower[found] for found in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)]
        hint = (
            f"did you mean {listed(close, 'or')}?"
            if close
            else "give the name as it stands in the map or the table"
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
