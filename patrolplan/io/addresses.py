"""Places of street-and-house addresses, found offline by the names and numbers of the street file itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from patrolplan.io.address_grid import Grid, fit_grid
from patrolplan.io.address_names import NameBook
from patrolplan.io.address_words import crossing, house_key, parted, street_key
from patrolplan.io.osm_addresses import OsmNames, read_names

APART_M = 600.0
"""Ways of one name farther apart than this are streets of two settlements."""
SHORT_M = 400.0
"""A street no longer than this is place enough without a house."""
CROSSING_M = 60.0
BRACKET_M = 400.0
NEAR_NUMBERS = 12
"""A house so many numbers away stands for its neighbour."""
SETTLEMENT_M = 6_000.0
SURE = {"house": 1.0, "crossing": 1.0, "near house": 0.85, "number": 0.75, "street": 0.6}
"""How much of the name's own score is left by the way in which the house was found."""
NO_STREET, NO_HOUSE, MANY = (
    "address: no such street in the street file",
    "address: street found, house not",
    "address: several streets of that name",
)


@dataclass(frozen=True, kw_only=True)
class Street:
    """A street: its line in local metres, and its houses by number, sorted."""

    line: BaseGeometry
    numbers: NDArray[np.int64]
    xy: NDArray[np.float64]
    keys: dict[str, int]


class Addresses(Protocol):
    """What can be asked where addresses lie."""

    def place(
        self, street: pd.Series, *, house: pd.Series | None = None, settlement: pd.Series | None = None
    ) -> pd.DataFrame:
        """As `AddressBook.place`."""


class AddressBook:
    """Streets and houses of a street file, ready to be asked."""

    def __init__(self, names: OsmNames) -> None:
        everything = [points for _, points in names.streets] + [
            np.array([[lon, lat] for _, _, lon, lat in names.houses]).reshape(-1, 2)
        ]
        points = np.concatenate(everything) if everything else np.zeros((0, 2))
        self._origin = points.mean(axis=0) if len(points) else np.zeros(2)
        self._scale = np.array([111_320.0 * np.cos(np.radians(self._origin[1])), 110_540.0])
        self.streets, keys = self._gathered(names)
        self._names = NameBook(keys)
        self._grid: Grid | None = fit_grid([(s.line, s.numbers, s.xy) for s in self.streets])
        self._settlements = {
            street_key(name)[0]: self._metres(np.array([[lon, lat]]))[0]
            for spelt, lon, lat in names.settlements
            for name in spelt
        }

    def __len__(self) -> int:
        """Count of streets."""
        return len(self.streets)

    @property
    def n_houses(self) -> int:
        """Count of houses."""
        return sum(len(street.numbers) for street in self.streets)

    def place(
        self, street: pd.Series, *, house: pd.Series | None = None, settlement: pd.Series | None = None
    ) -> pd.DataFrame:
        """Where each address lies, and how surely.

        Parameters
        ----------
        street
            Street, or street and house in one.
        house, settlement
            On the same index; "" where unknown.

        Returns
        -------
        DataFrame on the same index: ``lon``, ``lat`` (NaN where it was not placed), ``score`` (0..1)
        and ``how``: "house", "near house", "number" (by the numbering of the town), "crossing",
        "street", or the reason why it was not placed.
        """
        nothing = pd.Series("", index=street.index, dtype="str")
        asked = pd.DataFrame(
            {"street": street, "house": nothing if house is None else house,
             "settlement": nothing if settlement is None else settlement}
        )  # fmt: skip
        codes = asked.groupby(list(asked.columns), sort=False).ngroup().to_numpy()
        distinct = asked.drop_duplicates()
        found = [self._one(*row) for row in distinct.itertuples(index=False, name=None)]
        table = pd.DataFrame(found, columns=["x", "y", "score", "how"])
        lonlat = table[["x", "y"]].to_numpy(float) / self._scale + self._origin
        told = pd.DataFrame(
            {"lon": lonlat[:, 0], "lat": lonlat[:, 1], "score": table["score"], "how": table["how"]}
        )
        return told.iloc[codes].set_index(street.index)

    def _one(self, text: str, house: str, settlement: str) -> tuple[float, float, float, str]:
        both = crossing(text)
        if both is not None:
            return self._crossing(*both)
        name, number = (text, house_key(house)) if house else parted(text)
        candidates = self._candidates(name, settlement)
        if not candidates and number and not house:
            candidates = self._candidates(text, settlement)
        if not candidates:
            return _missed(NO_STREET)
        tries = [(self._at(self.streets[k], number), score) for k, score in candidates]
        hits = [(at, how, score * SURE[how]) for (at, how), score in tries if at is not None]
        if not hits:
            return _missed(NO_HOUSE)
        best = max(hit[2] for hit in hits)
        level = [hit for hit in hits if hit[2] > best - 0.02]
        spread = max(float(np.hypot(*(hit[0] - level[0][0]))) for hit in level)
        if spread > APART_M:
            return _missed(MANY)
        at, how, score = level[0]
        return float(at[0]), float(at[1]), round(score, 3), how

    def _candidates(self, name: str, settlement: str) -> list[tuple[int, float]]:
        found = self._names.find(name)
        where = self._settlements.get(street_key(settlement)[0]) if settlement else None
        if where is None or len(found) < 2:
            return found
        point = shapely.Point(where)
        off = [self.streets[k].line.distance(point) for k, _ in found]
        near = [
            pair
            for pair, metres in zip(found, off, strict=True)
            if metres < min(off) + 1 and metres < SETTLEMENT_M
        ]
        return near or found

    def _at(self, street: Street, number: str) -> tuple[NDArray[np.float64] | None, str]:
        """Where a house number of a street is, and how it is known."""
        if number in street.keys:
            return street.xy[street.keys[number]], "house"
        digits = re.match(r"\d+", number)
        if digits:
            at = self._near(street, int(digits[0]))
            if at is not None:
                return at, "near house"
            if self._grid is not None and (at := self._grid.find(street.line, int(digits[0]))) is not None:
                return at, "number"
        if street.line.length <= SHORT_M:
            return _middle(street.line), "street"
        return None, ""

    @staticmethod
    def _near(street: Street, number: int) -> NDArray[np.float64] | None:
        """Between the two houses whose numbers enclose it, else at a close neighbour."""
        if not len(street.numbers):
            return None
        after = int(np.searchsorted(street.numbers, number))
        exact = street.numbers[min(after, len(street.numbers) - 1)] == number
        if not exact and 0 < after < len(street.numbers):
            low, high = street.xy[after - 1], street.xy[after]
            if float(np.hypot(*(high - low))) <= BRACKET_M:
                share = (number - street.numbers[after - 1]) / (
                    street.numbers[after] - street.numbers[after - 1]
                )
                between: NDArray[np.float64] = low + share * (high - low)
                return between
        nearest = int(np.abs(street.numbers - number).argmin())
        close = abs(int(street.numbers[nearest]) - number) <= NEAR_NUMBERS
        return street.xy[nearest] if close else None

    def _crossing(self, one: str, other: str) -> tuple[float, float, float, str]:
        firsts, seconds = self._names.find(parted(one)[0]), self._names.find(parted(other)[0])
        if not firsts or not seconds:
            return _missed(NO_STREET)
        best: tuple[float, float, float, float] | None = None
        for k, score in firsts:
            for m, second in seconds:
                line = shapely.shortest_line(self.streets[k].line, self.streets[m].line)
                if k != m and line.length <= CROSSING_M:
                    middle = line.interpolate(0.5, normalized=True)
                    hit = (score * second, -line.length, middle.x, middle.y)
                    best = hit if best is None else max(best, hit)
        if best is None:
            return _missed("address: the two streets do not cross")
        return best[2], best[3], round(best[0], 3), "crossing"

    def _metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        metres: NDArray[np.float64] = (lonlat - self._origin) * self._scale
        return metres

    def _gathered(self, names: OsmNames) -> tuple[list[Street], list[tuple[tuple[str, ...], int]]]:
        """Ways of one name joined to streets, houses given to them; spellings of each street."""
        ways: dict[tuple[str, str], list[tuple[tuple[str, ...], shapely.LineString]]] = defaultdict(list)
        for spelt, points in names.streets:
            ways[street_key(spelt[0])].append((spelt, shapely.LineString(self._metres(points))))
        houses: dict[tuple[str, str], list[tuple[str, str, NDArray[np.float64]]]] = defaultdict(list)
        alias = {street_key(name): key for key, found in ways.items() for spelt, _ in found for name in spelt}
        for street, number, lon, lat in names.houses:
            key = street_key(street)
            at = self._metres(np.array([[lon, lat]]))[0]
            houses[key if key in ways else alias.get(key, key)].append((street, number, at))
        streets: list[Street] = []
        keys: list[tuple[tuple[str, ...], int]] = []
        for key in sorted({*ways, *houses}):
            for spelt, line, own in _parted_streets(ways.get(key, []), houses.get(key, [])):
                keys.append((spelt, len(streets)))
                streets.append(_street(line, own))
        return streets, keys


def read_addresses(path: str | Path) -> AddressBook:
    """The address book of an OpenStreetMap file.

    Raises
    ------
    InputError
        The file can't be read.
    """
    return AddressBook(read_names(path))


def _parted_streets(
    ways: Sequence[tuple[tuple[str, ...], shapely.LineString]],
    houses: Sequence[tuple[str, str, NDArray[np.float64]]],
) -> list[tuple[tuple[str, ...], BaseGeometry, list[tuple[str, NDArray[np.float64]]]]]:
    """Streets of one name: its ways and houses, parted where they lie far from each other."""
    shapes = [line for _, line in ways] + [shapely.Point(at) for _, _, at in houses]
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=APART_M)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(left)), (left, right)), shape=(len(shapes), len(shapes)))
    count, label = connected_components(joined, directed=False)
    parts: list[tuple[tuple[str, ...], BaseGeometry, list[tuple[str, NDArray[np.float64]]]]] = []
    for part in range(count):
        mine = np.flatnonzero(label == part).tolist()
        lines = [shapes[k] for k in mine if k < len(ways)]
        own = [(houses[k - len(ways)][1], houses[k - len(ways)][2]) for k in mine if k >= len(ways)]
        spelt = [name for k in mine if k < len(ways) for name in ways[k][0]]
        spelt += [houses[k - len(ways)][0] for k in mine if k >= len(ways)]
        line = (
            shapely.line_merge(shapely.union_all(lines))
            if lines
            else shapely.MultiPoint([at for _, at in own])
        )
        parts.append((tuple(dict.fromkeys(spelt)), line, own))
    return parts


def _street(line: BaseGeometry, houses: list[tuple[str, NDArray[np.float64]]]) -> Street:
    numbered = [(int(found[0]), number, at) for number, at in houses if (found := re.match(r"\d+", number))]
    numbered.sort(key=lambda item: (item[0], item[1]))
    return Street(
        line=line,
        numbers=np.array([item[0] for item in numbered], dtype=np.int64),
        xy=np.array([item[2] for item in numbered], dtype=np.float64).reshape(-1, 2),
        keys={house_key(item[1]): k for k, item in reversed(list(enumerate(numbered)))},
    )


def _middle(line: BaseGeometry) -> NDArray[np.float64]:
    """The middle of the longest piece of a street; of its houses where it has no line."""
    parts = shapely.get_parts(line)
    longest = parts[int(np.argmax(shapely.length(parts)))]
    middle = longest.interpolate(0.5, normalized=True) if longest.length > 0 else shapely.centroid(line)
    return np.array([middle.x, middle.y])


def _missed(why: str) -> tuple[float, float, float, str]:
    return float("nan"), float("nan"), 0.0, why
