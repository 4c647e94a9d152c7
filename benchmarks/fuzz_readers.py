"""Throw mutated and invented tables at every reader: no crash, no hang, no hunger for memory.

    python benchmarks/fuzz_readers.py --seconds 300 [--reader csv]

Each reader is fed true files with bytes changed, cut, doubled and spliced (and, for text, tables drawn by
hypothesis). What is neither read nor refused with a plain `InputError`, takes longer than 10 s of processor
time, or brings the process above 1 GB, is told with the seed that makes it again, and kept in --keep.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "io"))

from zoo import BOUNDS, TODAY, ZONE, ZOO

from patrolplan.errors import InputError
from patrolplan.io.osm import read_osm
from patrolplan.io.osm_addresses import read_names
from patrolplan.io.tables import (
    read_cameras,
    read_offences,
    read_officers,
    read_places,
    read_problems,
    read_roster,
)

MOST_S, MOST_MB = 10.0, 1000.0
SHOWN = 5
SEEDS = {
    "csv": ["header ukrainian", "title rows", "encoding cp1251", "quoted lines", "clock apart", "pair wkt"],
    "xlsx": ["xlsx", "xlsx titles", "xlsx serial"],
    "ods": ["ods"],
    "gpkg": ["gpkg"],
    "geojson": ["geojson"],
    "shp": ["shapefile"],
    "kml": ["kml"],
    "sqlite": ["sqlite"],
}
CELLS = st.one_of(
    st.text(max_size=20),
    st.floats().map(str),
    st.datetimes().map(lambda at: at.strftime("%d.%m.%Y %H:%M")),
    st.sampled_from(
        [
            "",
            "24,03",
            "49.84",
            "0",
            "-",
            "16-20",
            "22:00-2",
            "вих",
            "Mo-Fr",
            "25:99",
            '"',
            "POINT (1 2)",
            "вул. Шевченка, 5",
            "1e309",
            "٣",
            "NaN",
        ]
    ),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=12)
HEADS = st.lists(
    st.sampled_from(
        [
            *(
                "lon",
                "lat",
                "kind",
                "date",
                "Широта",
                "Довгота",
                "Дата",
                "point",
                "time",
                "end",
                "street",
                "",
            ),
            *(
                "officer",
                "name",
                "ПІБ",
                "hours",
                "days",
                "start",
                "shift",
                "range",
                "23.11.2026",
                "2026-11-24",
            ),
        ]
    ),
    min_size=1,
    max_size=6,
)


READERS: tuple[Callable[[Path], object], ...] = (
    lambda path: read_offences(path, timezone=ZONE, today=TODAY, bounds=BOUNDS),
    lambda path: read_places(path, bounds=BOUNDS),
    lambda path: read_problems(path, timezone=ZONE, bounds=BOUNDS),
    lambda path: read_cameras(path, timezone=ZONE, bounds=BOUNDS),
    read_officers,
    lambda path: read_roster(path, timezone=ZONE),
)
"""Every sort of table may be any file; offences first, as most files are theirs."""


def read(path: Path, turn: int = 0) -> str:
    """Whether it is "read" or "refused"; anything else is raised."""
    try:
        READERS[0 if turn % 2 else turn // 2 % len(READERS)](path)
    except InputError:
        return "refused"
    return "read"


def mutated_inside(data: bytes, chance: random.Random) -> bytes:
    """A packed file with one member changed and packed anew, so that the damage gets past the checksums."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as anew:
        names = packed.namelist()
        hit = chance.choice([name for name in names if name.endswith(".xml")] or names)
        for name in names:
            member = packed.read(name)
            anew.writestr(name, mutated(member, chance, member) if name == hit else member)
    return out.getvalue()


def mutated(data: bytes, chance: random.Random, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(out)) if out else 0
        match chance.randrange(7):
            case 0 if out:
                out[at] = chance.randrange(256)
            case 1:
                del out[at : at + chance.choice((1, 4, 100, 1000))]
            case 2:
                out[at:at] = chance.choice(
                    (b"\0", b"\xff" * 8, b'"', b";", b"\n", b"9" * 40, b"<", b"\x7f\xff\xff\xff")
                )
            case 3:
                out[at:at] = out[at : at + 200]
            case 4:
                cut = chance.randrange(len(other)) if other else 0
                out[at:at] = other[cut : cut + chance.choice((8, 64, 512))]
            case 5 if len(out) > at + 4:
                out[at : at + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\1\0")
                )
            case _:
                out = out[: max(1, at)] if chance.random() < 0.1 else out
    return bytes(out)


def fuzz(name: str, seconds: float, keep: Path) -> dict[str, object]:
    """Mutants of the seeds of a reader for so many seconds."""
    counts: dict[str, int] = {}
    faults: list[str] = []
    slowest, n = 0.0, 0
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        origins = []
        for k, animal in enumerate(SEEDS[name]):
            (home / f"o{k}").mkdir()
            origins.append(ZOO[animal][1](home / f"o{k}"))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            chance = random.Random(n)
            origin = chance.choice(origins)
            parts = (
                [part for part in origin.parent.iterdir() if part.suffix in (".shp", ".shx", ".dbf")]
                if name == "shp"
                else [origin]
            )
            for part in (origin.with_suffix(".prj"), origin.with_suffix(".cpg")):
                if part.exists():
                    (home / f"m{part.suffix}").write_bytes(part.read_bytes())
            for part in parts:
                inside = name in ("xlsx", "ods") and chance.random() < 0.8
                data = part.read_bytes()
                changed = (
                    mutated_inside(data, chance)
                    if inside
                    else mutated(data, chance, chance.choice(origins).read_bytes())
                )
                (home / f"m{part.suffix}").write_bytes(changed)
            path = home / f"m{origin.suffix}"
            begun = time.process_time()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    told = read(path, n)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                told = "crashed"
                faults.append(f"{name} {n}: {type(error).__name__}: {error}")
                if len(faults) <= SHOWN:
                    traceback.print_exc()
                    (keep / f"{name}-{n}{path.suffix}").write_bytes(path.read_bytes())
            took = time.process_time() - begun
            slowest = max(slowest, took)
            if took > MOST_S:
                faults.append(f"{name} {n}: {took:.1f} s")
            counts[told] = counts.get(told, 0) + 1
            n += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if peak > MOST_MB:
        faults.append(f"{name}: {peak:,.0f} MB")
    return {
        "reader": name,
        "files": n,
        **counts,
        "slowest_s": round(slowest, 2),
        "peak_mb": round(peak),
        "faults": faults,
    }


def invented(seconds: float) -> dict[str, object]:
    """Tables drawn by hypothesis, as CSV."""
    state = {"n": 0, "slowest": 0.0}
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "t.csv"

        @settings(
            max_examples=10**6,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @seed(0)
        @given(HEADS, ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "cp1251", "utf-16"]))
        def one(head: list[str], rows: list[list[str]], sep: str, encoding: str) -> None:
            if time.monotonic() > until:
                return
            path.write_bytes("\n".join(sep.join(row) for row in [head, *rows]).encode(encoding, "replace"))
            begun = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                read(path, state["n"])
            state["n"] += 1
            state["slowest"] = max(state["slowest"], time.process_time() - begun)
            if time.monotonic() > until:
                raise KeyboardInterrupt

        faults = []
        try:
            one()
        except KeyboardInterrupt:
            pass
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")
            traceback.print_exc()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "reader": "invented csv",
        "files": state["n"],
        "slowest_s": round(state["slowest"], 2),
        "peak_mb": round(peak),
        "faults": faults,
    }


def fuzz_osm(seconds: float, source: Path, keep: Path) -> dict[str, object]:
    """Mutants of an OpenStreetMap file."""
    data = source.read_bytes()
    ending = "".join(source.suffixes)
    n, counts, faults, slowest = 0, {"read": 0, "refused": 0}, [], 0.0
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"m{ending}"
        while time.monotonic() < until:
            path.write_bytes(mutated(data, random.Random(n), data))
            begun = time.process_time()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    (read_osm if n % 3 else read_names)(path)
                counts["read"] += 1
            except InputError:
                counts["refused"] += 1
            except Exception as error:
                (keep / f"osm-{n}{ending}").write_bytes(path.read_bytes())
                faults.append(f"osm {n}: {type(error).__name__}: {error}")
                traceback.print_exc()
            took = time.process_time() - begun
            if took > MOST_S:
                faults.append(f"osm {n}: {took:.1f} s")
                (keep / f"osm-slow-{n}{ending}").write_bytes(path.read_bytes())
            slowest = max(slowest, took)
            n += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "reader": source.name,
        "files": n,
        **counts,
        "slowest_s": round(slowest, 2),
        "peak_mb": round(peak),
        "faults": faults,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each reader")
    parser.add_argument("--reader", choices=[*SEEDS, "invented"], help="only this one")
    parser.add_argument(
        "--osm", type=Path, action="append", default=[], help="also mutants of this street file"
    )
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()), help="folder for what crashed"
    )
    given_args = parser.parse_args()
    for name in [given_args.reader] if given_args.reader else [*SEEDS, "invented"]:
        result = (
            invented(given_args.seconds)
            if name == "invented"
            else fuzz(name, given_args.seconds, given_args.keep)
        )
        print(result, flush=True)
    for source in given_args.osm:
        print(fuzz_osm(given_args.seconds, source, given_args.keep), flush=True)


if __name__ == "__main__":
    main()
