"""The tables of a ledger: an SQLite file that QGIS opens as a GeoPackage."""

from __future__ import annotations

import sqlite3
import struct

import shapely

SCHEMA_VERSION = 1
_APPLICATION_ID, _USER_VERSION = 0x47504B47, 10300
"""GeoPackage 1.3, as its standard writes it into the file's head."""

WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)

VISITS = {
    "week": "TEXT NOT NULL", "day": "TEXT NOT NULL", "crew": "TEXT NOT NULL", "officers": "TEXT NOT NULL",
    "area": "TEXT NOT NULL", "visit": "INTEGER NOT NULL", "label": "TEXT NOT NULL", "start": "TEXT NOT NULL",
    "end": "TEXT NOT NULL", "planned_min": "DOUBLE NOT NULL", "walked_min": "DOUBLE",
    "need_share": "DOUBLE NOT NULL", "top": "BOOLEAN NOT NULL", "osm_ids": "TEXT NOT NULL",
}  # fmt: skip
SHIFTS = {
    "week": "TEXT NOT NULL", "crew": "TEXT NOT NULL", "officer": "TEXT NOT NULL", "area": "TEXT NOT NULL",
    "start": "TEXT NOT NULL", "end": "TEXT NOT NULL", "minutes": "DOUBLE NOT NULL",
    "night": "BOOLEAN NOT NULL",
}  # fmt: skip
WEEKS = {"week": "TEXT NOT NULL UNIQUE", "folder": "TEXT NOT NULL", "digest": "TEXT NOT NULL",
         "facts": "TEXT NOT NULL"}  # fmt: skip
WALKS = {
    "plan": "TEXT NOT NULL", "route": "INTEGER NOT NULL", "week": "TEXT NOT NULL", "day": "TEXT NOT NULL",
    "by": "TEXT NOT NULL", "visits": "INTEGER NOT NULL", "done": "INTEGER NOT NULL",
    "unknown": "INTEGER NOT NULL", "planned_min": "DOUBLE NOT NULL", "walked_min": "DOUBLE NOT NULL",
    "km": "DOUBLE", "stray_share": "DOUBLE", "reasons": "TEXT NOT NULL",
}  # fmt: skip
"""Patrols that were logged, without names: ``plan`` is the hash of its plan.json, ``reasons`` JSON."""
PENDING = {**WEEKS, "shifts": "TEXT NOT NULL", "visits": "TEXT NOT NULL"}

_GPKG = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL
  DEFAULT '2000-01-01T00:00:00.000Z', min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL PRIMARY KEY, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
"""


def make_tables(database: sqlite3.Connection) -> None:
    """Make an empty ledger's tables in one transaction."""
    database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {_USER_VERSION}")
    database.execute("BEGIN IMMEDIATE")
    for statement in filter(None, (text.strip() for text in _GPKG.split(";"))):
        database.execute(statement)
    references = [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinates"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
        ("WGS 84 geodetic", 4326, "EPSG", 4326, WGS84, "longitude and latitude in degrees"),
    ]
    database.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", references)
    tables = {"visits": VISITS, "shifts": SHIFTS, "weeks": WEEKS, "pending": PENDING}
    for name, columns in tables.items():
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        geometry = "geom BLOB, " if name == "visits" else ""
        database.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {geometry}{listed})")
        if name != "pending":
            kind = "features" if name == "visits" else "attributes"
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
                (name, kind, name, 4326 if name == "visits" else 0),
            )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES ('visits', 'geom', 'MULTILINESTRING', 4326, 0, 0)"
    )
    database.execute("CREATE INDEX visits_week ON visits (week)")
    database.execute("COMMIT")


def make_walks(database: sqlite3.Connection) -> None:
    """Make the table of logged patrols where a ledger has none yet."""
    listed = ", ".join(f'"{column}" {kind}' for column, kind in WALKS.items())
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "CREATE TABLE IF NOT EXISTS walks "
        f"(fid INTEGER PRIMARY KEY AUTOINCREMENT, {listed}, UNIQUE (plan, route))"
    )
    database.execute(
        "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
        "VALUES ('walks', 'attributes', 'walks', 0)"
    )
    database.execute("COMMIT")


def blob_of(geometry: shapely.Geometry) -> bytes:
    r"""A geometry as a GeoPackage keeps it: a head of eight bytes, then well-known binary.

    Examples
    --------
    >>> line = shapely.MultiLineString([[(30, 50), (31, 51)]])
    >>> geometry_of(blob_of(line)) == line, blob_of(line)[:4]
    (True, b'GP\x00\x01')
    """
    return b"GP\x00\x01" + struct.pack("<i", 4326) + bytes(shapely.to_wkb(geometry, byte_order=1))


def geometry_of(blob: bytes) -> shapely.Geometry:
    """The geometry in a GeoPackage's blob, whatever envelope it has."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[8 + envelope :])
