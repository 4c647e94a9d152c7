"""Addresses placed by a street file's own names and numbers: share placed, and how far from the truth.

    python benchmarks/addresses.py [--data ../shared/data]

Philadelphia's records by their hundred block or crossing, against the coordinates the register gives them;
Minsk's and Philadelphia's houses as spelled in the file, in other spellings, and each in turn left out of it.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.io.addresses import AddressBook, read_addresses
from patrolplan.io.osm_addresses import OsmNames, read_names

LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        re.split(
            " ", "a b v h d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g"
        ),
        strict=True,
    )
)


def latin(name: str) -> str:
    """The name as somebody writes it who has no Cyrillic keys."""
    out = "".join(LATIN.get(letter, letter) for letter in name.lower())
    return out.replace("_", "").title()


def slipped(name: str) -> str:
    """The name with two letters exchanged."""
    chance = random.Random(name)
    at = chance.randrange(1, max(2, len(name) - 2))
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def told(what: str, metres: NDArray[np.float64]) -> str:
    """A row of the table: share placed, median and 90 % of the errors."""
    placed = np.isfinite(metres)
    near = metres[placed]
    figures = f"{np.median(near):.0f} m | {np.quantile(near, 0.9):.0f} m" if len(near) else "- | -"
    return f"| {what} | {len(metres):,} | {placed.mean():.1%} | {figures} |"


def away(found: pd.DataFrame, lon: pd.Series, lat: pd.Series) -> NDArray[np.float64]:
    """Metres between where addresses were placed and where they are; NaN where not placed."""
    across = 111_320 * np.cos(np.radians(float(lat.mean())))
    return np.hypot(
        (found["lon"].to_numpy() - lon.to_numpy()) * across,
        (found["lat"].to_numpy() - lat.to_numpy()) * 110_540,
    )


def of_houses(names: OsmNames, spell: Callable[[str], str]) -> NDArray[np.float64]:
    """Errors of the file's own houses, their streets spelled in some way."""
    houses = pd.DataFrame(names.houses, columns=["street", "number", "lon", "lat"])
    found = AddressBook(names).place(houses["street"].map(spell) + ", " + houses["number"])
    return away(found, houses["lon"], houses["lat"])


def left_out(names: OsmNames) -> NDArray[np.float64]:
    """Errors of the file's own houses, each looked for in a file that lacks it."""
    errors = []
    for street, number, lon, lat in names.houses:
        rest = [house for house in names.houses if (house[0], house[1]) != (street, number)]
        book = AddressBook(OsmNames(streets=names.streets, houses=rest, settlements=names.settlements))
        errors.append(
            away(book.place(pd.Series([f"{street}, {number}"])), pd.Series([lon]), pd.Series([lat]))[0]
        )
    return np.array(errors)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    data = parser.parse_args().data
    print("| Input | Asked | Placed | Median error | 90 % within |\n| --- | --- | --- | --- | --- |")
    records = pd.read_csv(data / "philadelphia" / "offences_2018.csv")
    found = read_addresses(data / "philadelphia" / "streets.osm").place(records["location_block"].fillna(""))
    print(told("Philadelphia, records by block or crossing", away(found, records["lon"], records["lat"])))
    minsk = read_names(data / "osm" / "minsk_centre.osm")
    print(told("Minsk, houses as written", of_houses(minsk, str)), flush=True)
    print(told("Minsk, Latin letters", of_houses(minsk, latin)))
    print(told("Minsk, two letters exchanged", of_houses(minsk, slipped)))
    print(told("Minsk, each house left out", left_out(minsk)), flush=True)
    town = read_names(data / "philadelphia" / "streets.osm")
    print(told("Philadelphia, each house left out", left_out(town)))


if __name__ == "__main__":
    main()
