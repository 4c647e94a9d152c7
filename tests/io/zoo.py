# ruff: noqa: E501 - one animal a line
"""A zoo of tables: one true table in the many shapes registers give it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

ZONE = "Europe/Kyiv"
TODAY = dt.date(2026, 11, 22)
BOUNDS = (24.00, 49.80, 24.06, 49.88)
"""Where the streets of the zoo's town lie."""

TRUE = [
    (24.0297, 49.8397, "Крадіжка", dt.datetime(2026, 10, 21, 18, 30)),
    (24.0301, 49.8402, "Грабіж", dt.datetime(2026, 10, 3, 23, 5)),
    (24.0310, 49.8410, "Хуліганство", dt.datetime(2026, 9, 14, 7, 45)),
    (24.0322, 49.8421, "Крадіжка", dt.datetime(2026, 8, 30, 12, 0)),
    (24.0333, 49.8433, "Вандалізм", dt.datetime(2026, 7, 5, 1, 15)),
    (24.0345, 49.8444, "Грабіж", dt.datetime(2026, 6, 28, 16, 20)),
]
UK = ("Довгота", "Широта", "Вид злочину", "Дата вчинення")
EN = ("Longitude", "Latitude", "Category", "Occurred at")
RU = ("Долгота lon", "Широта lat", "Kind", "Date")
ZOO: dict[str, tuple[str, Callable[[Path], Path], dict, str]] = {}
"""Name -> what is odd about it, writer, options of reading, "" or a word of the reason for refusing it."""


def animal(name, odd, *, refused="", **options):
    def add(write):
        ZOO[name] = (odd, write, options, refused)
        return write

    return add


def iso(when):
    return when.strftime("%Y-%m-%d %H:%M")


def text(
    folder, *, name="t.csv", head=EN, sep=",", encoding="utf-8", time=iso, number=str, before="", after="", end="\n", swap=False,
):  # fmt: skip
    lines = [sep.join(head)]
    for lon, lat, kind, when in TRUE:
        x, y = (lat, lon) if swap else (lon, lat)
        lines.append(sep.join([number(x), number(y), kind, time(when)]))
    path = folder / name
    path.write_bytes((before + end.join(lines) + end + after).encode(encoding))
    return path


def comma(value):
    return str(value).replace(".", ",")


def plain(name, odd, *, options=None, refused="", **shape):
    ZOO[name] = (odd, lambda folder: text(folder, **shape), options or {}, refused)


for code in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-u", "cp1125", "mac-cyrillic"):
    plain(f"encoding {code}", f"text in {code}", head=UK, sep=";", encoding=code, number=comma)
for sep, word in ((",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
    plain(f"separator {word}", f"fields parted by {word}", sep=sep)
plain("separator caret", "fields parted by ^, told", sep="^", options={"separator": "^"})
plain("separator hint", "Excel's first line sep=;", sep=";", before="sep=;\n")
plain("crlf", "lines end as on Windows", end="\r\n")
plain("cr only", "lines end as on an old Mac", end="\r")
plain("header english", "English names")
plain("header ukrainian", "Ukrainian names", head=UK)
plain("header mixed", "names in two languages", head=RU)
plain("header shouting", "names in capitals with dots", head=("LON.", "LAT.", "OFFENSE", "DATE"))
plain("title rows", "two rows of title above", before="Реєстр подій за 2026 рік\n\n")
plain(
    "trailing separators",
    "a separator ends each line",
    head=(*EN[:3], "Occurred at;"),
    sep=";",
    time=lambda t: iso(t) + ";",
)
plain("blank rows", "blank lines at the end", after="\n\n\n")
plain("no-break spaces", "no-break spaces in numbers", number=lambda v: f"\u00a0{v}\u00a0")
for form, word in (
    ("%d.%m.%Y %H:%M", "dd.mm.yyyy"),
    ("%d/%m/%Y %H:%M", "dd/mm/yyyy proved by days above 12"),
    ("%m/%d/%Y %I:%M:%S %p", "mm/dd/yyyy with AM and PM"),
    ("%Y-%m-%dT%H:%M:%S.000", "ISO with T and thousandths"),
    ("%Y/%m/%d %H:%M", "yyyy/mm/dd"),
    ("%d-%m-%Y %H.%M", "dd-mm-yyyy and a clock with a point"),
    ("%d.%m.%y %H:%M", "two-digit years"),
    ("%Y%m%dT%H%M", "compact ISO"),
    ("%d.%m.%Y р. о %H:%M", "Ukrainian words between"),
):
    plain(
        f"time {word}",
        f"times as {word}",
        head=UK,
        sep=";",
        number=comma,
        time=lambda t, form=form: t.strftime(form),
    )
EN_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
UK_MONTHS = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
]
plain(
    "time english months",
    "months in English",
    sep=";",
    time=lambda t: f"{EN_MONTHS[t.month - 1]} {t.day}, {t.year} {t:%H:%M}",
)
plain(
    "time ukrainian months",
    "months in Ukrainian",
    head=UK,
    time=lambda t: f"{t.day} {UK_MONTHS[t.month - 1]} {t.year} {t:%H:%M}",
)
plain(
    "time utc",
    "times in UTC with a Z",
    time=lambda t: (pd.Timestamp(t, tz=ZONE).tz_convert("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ"),
)
plain("time offset", "times with an offset", time=lambda t: pd.Timestamp(t, tz=ZONE).isoformat())
plain(
    "time excel serial",
    "days of a spreadsheet",
    time=lambda t: f"{(t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1):.6f}",
)
plain(
    "time epoch",
    "milliseconds since 1970",
    time=lambda t: str(int(pd.Timestamp(t, tz=ZONE).timestamp() * 1000)),
)
plain("coordinates commas", "decimal commas", sep=";", number=comma)


def dms(value):
    minutes = round(value * 3600, 2)
    return f"{int(minutes // 3600)}°{int(minutes % 3600 // 60)}'{minutes % 60:.2f}\""


plain("coordinates dms", "degrees, minutes, seconds", sep=";", number=dms)
plain(
    "coordinates swapped",
    "names of columns swapped",
    swap=True,
    options={"bounds": BOUNDS},
    refused="swapped",
)
plain("coordinates swapped but named", "swapped, mended in the plan file", swap=True,
      options={"columns": {"lon": "Latitude", "lat": "Longitude", "kind": "Category", "start": "Occurred at"}})  # fmt: skip
plain(
    "ambiguous dates",
    "nothing tells day from month",
    time=lambda t: t.strftime("%m/%m/%Y %H:%M"),
    refused="day_first",
)
plain(
    "no coordinates",
    "no column of places",
    head=("a", "b", "Category", "Date"),
    number=lambda _: "x",
    refused="no columns of longitude",
)


def joined(name, odd, told, head="Координати", sep=";"):
    def write(folder):
        rows = [sep.join([told(lon, lat), kind, iso(when)]) for lon, lat, kind, when in TRUE]
        path = folder / "pairs.csv"
        path.write_text("\n".join([sep.join([head, "Вид", "Дата"]), *rows]) + "\n", encoding="utf-8")
        return path

    ZOO[name] = (odd, write, {"bounds": BOUNDS}, "")


joined("pair lat lon", "latitude, longitude in one cell", lambda x, y: f"{y}, {x}")
joined(
    "pair brackets", "the pair in brackets, as Socrata writes it", lambda x, y: f"({y}, {x})", head="Location"
)
joined("pair lon lat", "longitude first, proved by the streets", lambda x, y: f"{x} {y}")
joined("pair wkt", "well-known text", lambda x, y: f"POINT ({x} {y})", head="the_geom")
joined("pair commas", "decimal commas, parted by a blank", lambda x, y: f"{comma(y)} {comma(x)}", sep="\t")
joined(
    "pair json",
    "a dictionary in a cell",
    lambda x, y: f"{{'latitude': '{y}', 'longitude': '{x}'}}",
    head="Location",
)


def projected(code):
    mover = pyproj.Transformer.from_crs("EPSG:4326", code, always_xy=True)
    return [(*mover.transform(lon, lat), kind, when) for lon, lat, kind, when in TRUE]


def _projected_csv(folder, code):
    path = folder / "metres.csv"
    rows = [f"{x:.3f},{y:.3f},{kind},{iso(when)}" for x, y, kind, when in projected(code)]
    path.write_text("\n".join(["X,Y,Kind,Date", *rows]), encoding="utf-8")
    return path


@animal("utm", "UTM metres, crs told", crs="EPSG:32635")
def _utm(folder):
    return _projected_csv(folder, "EPSG:32635")


@animal("utm untold", "UTM metres, crs not told", bounds=BOUNDS, refused="EPSG:32635")
def _utm_untold(folder):
    return _projected_csv(folder, "EPSG:32635")


@animal("ucs-2000", "the Ukrainian system, crs told", crs="EPSG:6384")
def _ucs(folder):
    return _projected_csv(folder, "EPSG:6384")


def frame(head=UK, time=lambda t: t):
    return pd.DataFrame([(lon, lat, kind, time(when)) for lon, lat, kind, when in TRUE], columns=list(head))


def _xlsx(folder, table, *, top=(), sheets=(), name="t.xlsx", header=True, total=False):
    import openpyxl

    book = openpyxl.Workbook()
    for sheet, rows in sheets:
        page = (
            book.active
            if book.active.title == "Sheet" and not book.active.max_row > 1
            else book.create_sheet()
        )
        page.title = sheet
        for row in rows:
            page.append(row)
    page = book.create_sheet("Дані") if sheets else book.active
    for k, line in enumerate(top):
        page.append([line])
        page.merge_cells(start_row=k + 1, end_row=k + 1, start_column=1, end_column=4)
    if header:
        page.append(list(table.columns))
    for row in table.itertuples(index=False):
        page.append([cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row])
    if total:
        page.append(["Всього", None, len(table), None])
    path = folder / name
    book.save(path)
    return path


@animal("xlsx", "a workbook")
def _xlsx_plain(folder):
    return _xlsx(folder, frame())


@animal("xlsx titles", "merged title rows above the header")
def _xlsx_titles(folder):
    return _xlsx(folder, frame(), top=("Реєстр кримінальних правопорушень", "станом на 22.11.2026"))


@animal("xlsx second sheet", "the table on the second sheet")
def _xlsx_second(folder):
    return _xlsx(folder, frame(), sheets=[("Опис", [["Цей файл містить реєстр"]])])


@animal("xlsx text dates", "dates as text in cells")
def _xlsx_text(folder):
    return _xlsx(folder, frame(time=lambda t: t.strftime("%d.%m.%Y %H:%M")))


@animal("xlsx serial", "dates as bare numbers")
def _xlsx_serial(folder):
    return _xlsx(folder, frame(time=lambda t: (t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)))


@animal("xlsx numbered columns", "a row 1 2 3 4 under the header")
def _xlsx_numbered(folder):
    table = frame(time=iso).astype("object")
    return _xlsx(folder, pd.concat([pd.DataFrame([["1", "2", "3", "4"]], columns=table.columns), table]))


@animal("xlsx total row", "a row of totals at the end")
def _xlsx_total(folder):
    return _xlsx(folder, frame(), total=True)


@animal("xlsx chosen sheet", "one of two tables, named", sheet="Дані")
def _xlsx_chosen(folder):
    return _xlsx(folder, frame(), sheets=[("Інше", [["a", "b"], ["x", "y"], ["z", "w"]])])


@animal("ods", "an OpenDocument sheet")
def _ods(folder):
    path = folder / "t.ods"
    import pyogrio

    pyogrio.write_dataframe(frame(time=iso), path, driver="ODS")
    return path


def layer(code="EPSG:4326", time=lambda t: t):
    table = frame(time=time)
    points = gpd.points_from_xy(table["Довгота"], table["Широта"], crs="EPSG:4326").to_crs(code)
    return gpd.GeoDataFrame(table[["Вид злочину", "Дата вчинення"]], geometry=points)


@animal("gpkg", "a GeoPackage in UTM")
def _gpkg(folder):
    layer("EPSG:32635").to_file(folder / "t.gpkg")
    return folder / "t.gpkg"


@animal("geojson", "GeoJSON")
def _geojson(folder):
    layer(time=iso).to_file(folder / "t.geojson", driver="GeoJSON")
    return folder / "t.geojson"


@animal("shapefile", "a Shapefile with cut names", columns={"kind": "kind", "start": "start"})
def _shp(folder):
    layer(time=iso).set_axis(["kind", "start", "geometry"], axis=1).set_geometry("geometry").to_file(
        folder / "t.shp", encoding="utf-8"
    )
    return folder / "t.shp"


@animal("fgb", "FlatGeobuf")
def _fgb(folder):
    layer(time=iso).to_file(folder / "t.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return folder / "t.fgb"


@animal("kml", "KML with extended data")
def _kml(folder):
    marks = "".join(
        f"<Placemark><ExtendedData><Data name='kind'><value>{kind}</value></Data><Data name='date'>"
        f"<value>{iso(when)}</value></Data></ExtendedData><Point><coordinates>{lon},{lat}</coordinates></Point></Placemark>"
        for lon, lat, kind, when in TRUE
    )
    path = folder / "t.kml"
    path.write_text(
        f"<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>{marks}</Document></kml>",
        encoding="utf-8",
    )
    return path


@animal("sqlite", "a table of an SQLite file")
def _sqlite(folder):
    path = folder / "t.sqlite"
    with sqlite3.connect(path) as base:
        frame(time=iso).to_sql("events", base, index=False)
        base.execute("CREATE TABLE notes (x TEXT)")
    base.close()
    return path


@animal("parted dates", "year, month, day, hour and minute in columns")
def _parted(folder):
    path = folder / "parts.csv"
    rows = [
        f"{lon},{lat},{kind},{t.year},{t.month},{t.day},{t.hour},{t.minute}" for lon, lat, kind, t in TRUE
    ]
    path.write_text("\n".join(["X,Y,TYPE,YEAR,MONTH,DAY,HOUR,MINUTE", *rows]), encoding="utf-8")
    return path


@animal("clock apart", "bare clock times (1830) beside dates with a midnight")
def _clock(folder):
    path = folder / "clock.csv"
    rows = [
        f"{lon},{lat},{kind},{t:%m/%d/%Y} 12:00:00 AM,{t.hour * 100 + t.minute}" for lon, lat, kind, t in TRUE
    ]
    path.write_text(
        "\n".join(["Longitude,Latitude,UCR Literal,Occur Date,Occur Time", *rows]), encoding="utf-8"
    )
    return path


@animal("broken rows", "rows with too many fields, blank and of zeros between")
def _broken(folder):
    path = text(folder)
    path.write_text(
        path.read_text(encoding="utf-8") + "1,2,3,4,5,6\n,,,\n0,0,x,2026-01-01\n,,x,2026-01-01\n",
        encoding="utf-8",
    )
    return path


@animal("quoted lines", "line breaks and quotes inside cells")
def _quoted(folder):
    path = folder / "q.csv"
    rows = [f'{lon},{lat},{kind},{iso(t)},"said ""stop""\nand ran"' for lon, lat, kind, t in TRUE]
    path.write_text("\n".join(["lon,lat,kind,date,extra", *rows]) + "\n", encoding="utf-8")
    return path


@animal("personal columns", "names, telephones and numbers of cases beside")
def _personal(folder):
    path = folder / "p.csv"
    rows = [
        f"{k},{lon},{lat},{kind},{iso(t)},Коваль Іван Петрович,0671234567"
        for k, (lon, lat, kind, t) in enumerate(TRUE)
    ]
    path.write_text(
        "\n".join(["№ справи,Довгота,Широта,Вид,Дата,ПІБ заявника,Телефон", *rows]), encoding="utf-8"
    )
    return path


def raw(name, odd, file, content, refused):
    def write(folder):
        (folder / file).write_bytes(content)
        return folder / file

    ZOO[name] = (odd, write, {}, refused)


raw("empty", "an empty file", "t.csv", b"", "empty")
raw(
    "no header",
    "data without names above",
    "t.csv",
    b"24.03,49.84,1,2026-01-02\n24.03,49.85,2,2026-01-03\n",
    "no row of column names",
)
raw("header only", "names without data", "t.csv", b"lon,lat,kind,date\n", "no data rows")
raw(
    "xlsx called csv",
    "a packed file with the ending .csv",
    "t.csv",
    b"PK\x03\x04" + b"\0" * 60,
    "not a text table",
)
raw(
    "html called xls",
    "a web page with the ending .xls",
    "t.xls",
    b"<html><table><tr><td>x</td></tr></table></html>",
    "web page",
)
raw("binary", "bytes that are no text", "t.csv", bytes(range(256)) * 40, "not a t")
raw("pdf called xlsx", "a PDF with the ending .xlsx", "t.xlsx", b"%PDF-1.7 x", "PDF")
raw(
    "vrt called geojson",
    "instructions to open another file",
    "t.geojson",
    b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>",
    "GeoJSON",
)
raw(
    "pipeline called geojson",
    "instructions to run a pipeline",
    "t.json",
    json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}).encode(),
    "other files",
)
raw(
    "kml bomb",
    "XML with entities of its own",
    "t.kml",
    b"<?xml version='1.0'?><!DOCTYPE kml [<!ENTITY a 'aaaa'>]><kml>&a;</kml>",
    "declarations",
)
raw("zip", "an archive", "t.zip", b"PK\x03\x04", "unpack it")


def same(records) -> str:
    """ "" where the records are the true ones, else the first difference."""
    if len(records) != len(TRUE):
        return f"{len(records)} records"
    for (lon, lat, kind, when), (_, row) in zip(TRUE, records.iterrows()):
        off = shapely.Point(lon, lat).distance(row.geometry)
        if off > 2e-5:
            return f"{off} degrees off"
        if row["kind"] != kind:
            return f"kind {row['kind']}"
        if (
            abs(row["start"] - pd.Timestamp(when, tz=ZONE)) > pd.Timedelta(seconds=60)
            or row["precision"] != "minute"
        ):
            return f"time {row['start']} {row['precision']}"
    return ""
