"""Files of streets, boundaries, closures and tables that GDAL must not open are refused alike everywhere."""

import zipfile

import geopandas as gpd
import pytest
import shapely

from patrolplan.errors import InputError
from patrolplan.io.boundary import read_boundary
from patrolplan.io.closures_file import read_closures
from patrolplan.io.streets import read_network
from patrolplan.io.table_read import read_table


def bomb(folder):
    with (
        zipfile.ZipFile(folder / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(zipfile.ZipInfo("t.geojson"), "w", force_zip64=True) as file,
    ):
        for _ in range(60):
            file.write(b" " * (1 << 20))
    return folder / "t.zip"


def outside(folder):
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("../../t.geojson", "{}")
    return folder / "t.zip"


def nested(folder):
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("t.vrt", "<OGRVRTDataSource/>")
    return folder / "t.zip"


def instructions(folder):
    (folder / "t.geojson").write_text("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", encoding="utf-8")
    return folder / "t.geojson"


def entities(folder):
    (folder / "t.kml").write_text(
        "<!DOCTYPE k [<!ENTITY a 'aa'>]><kml><Document>&a;</Document></kml>", encoding="utf-8"
    )
    return folder / "t.kml"


def torn(folder):
    shapes = gpd.GeoDataFrame({"name": ["a"] * 50}, geometry=[shapely.box(24, 49, 25, 50)] * 50, crs=4326)
    shapes.to_file(folder / "t.fgb", driver="FlatGeobuf")
    data = bytearray((folder / "t.fgb").read_bytes())
    data[-300:-200] = b"\xff" * 100
    data[60:64] = b"\xff\xff\xff\x7f"
    (folder / "t.fgb").write_bytes(bytes(data))
    return folder / "t.fgb"


READERS = [read_boundary, read_closures, read_network, read_table]
MADE = [bomb, outside, nested, instructions, entities]
CASES = [(make, read) for make in MADE for read in READERS] + [(torn, read_network), (torn, read_table)]
"""The torn file is tried in a process of its own, which takes a second each time."""


@pytest.mark.parametrize(
    ("make", "read"), CASES, ids=[f"{make.__name__}-{read.__name__}" for make, read in CASES]
)
def test_it_is_refused_by_every_reader(make, read, tmp_path):
    path = make(tmp_path)
    with pytest.raises(InputError) as error:
        read(path)
    assert "t." in str(error.value)
    assert len(str(error.value)) < 500
