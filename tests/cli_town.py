"""A little town in files: streets of a lattice, a police station, shops, and a table of offences."""

from pathlib import Path

ROWS = 7
LON, LAT, STEP_LON, STEP_LAT = 32.0, 49.0, 0.00155, 0.001
MIDDLE = (LON + 3 * STEP_LON, LAT + 3 * STEP_LAT)


def place(column, row):
    return LON + column * STEP_LON, LAT + row * STEP_LAT


def write_streets(path, *, highway="residential", police=True):
    """OSM XML of ROWS x ROWS junctions about 112 m apart."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
    for row in range(ROWS):
        for column in range(ROWS):
            lon, lat = place(column, row)
            lines.append(f'<node id="{row * ROWS + column + 1}" lon="{lon:.6f}" lat="{lat:.6f}"/>')
    lon, lat = MIDDLE
    tags = [("amenity", "school", 0.0002, "School"), ("shop", "supermarket", 0.0018, "Market")]
    if police:
        tags.append(("amenity", "police", -0.0012, "Police House"))
    for k, (key, value, shift, name) in enumerate(tags):
        lines.append(f'<node id="{900 + k}" lon="{lon + shift:.6f}" lat="{lat + 0.0001:.6f}">')
        lines.append(f'<tag k="{key}" v="{value}"/><tag k="name" v="{name}"/></node>')
    for k in range(ROWS):
        across = [k * ROWS + column + 1 for column in range(ROWS)]
        along = [row * ROWS + k + 1 for row in range(ROWS)]
        for number, (name, refs) in enumerate(((f"Row {k}", across), (f"Column {k}", along))):
            lines.append(f'<way id="{100 + 2 * k + number}">')
            lines += [f'<nd ref="{ref}"/>' for ref in refs]
            lines.append(f'<tag k="highway" v="{highway}"/><tag k="name" v="{name}"/></way>')
    Path(path).write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return Path(path)


def offence_rows(count=60):
    """Offences along two streets, in the evening: lon, lat, kind, time."""
    rows = []
    for k in range(count):
        lon, lat = place((k * 7 % 50) / 10 + 0.5, 2 if k % 3 else 4)
        day, hour = 1 + k % 28, 16 + k % 5
        rows.append(
            (
                f"{lon:.6f}",
                f"{lat:.6f}",
                ("theft", "robbery")[k % 2],
                f"2026-{1 + k % 9:02d}-{day:02d}T{hour}:{k % 60:02d}",
            )
        )
    return rows


def write_offences(path, rows=None, header="lon,lat,kind,time"):
    lines = [header, *(",".join(row) for row in (offence_rows() if rows is None else rows))]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(path)


PLAN = """\
[community]
name = "Little Town"
timezone = "Europe/Kyiv"
[streets]
file = "streets.osm"
[offences]
file = "offences.csv"
[offences.columns]
lon = "lon"
lat = "lat"
kind = "kind"
start = "time"
[plan]
date = 2026-11-23
seconds = 1
[[stations]]
name = "Police House"
lon = {lon}
lat = {lat}
[[officers]]
name = "Olena"
[[officers]]
name = "Petro"
pace = 0.9
[[crews]]
name = "Evening"
officers = ["Olena"]
shift = "16:00-20:00"
start = "Police House"
break = {{ earliest = "17:30", latest = "18:30", minutes = 20 }}
[[crews]]
name = "Late"
officers = ["Petro"]
shift = "18:00-22:00"
start = "Police House"
"""


def write_town(folder, *, plan=None):
    """Streets, offences and plan.toml in ``folder``; returns the plan file."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_streets(folder / "streets.osm")
    write_offences(folder / "offences.csv")
    text = plan if plan is not None else plan_text()
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder / "plan.toml"


def plan_text(*changes):
    """The plan file's text with (old, new) changes; each old must be there."""
    text = PLAN.format(lon=MIDDLE[0], lat=MIDDLE[1])
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def write_week_town(folder, *, hours=4):
    """A town whose week is planned quickly: one officer, one patrol."""
    text = plan_text(('[[officers]]\nname = "Petro"\npace = 0.9\n', "")).split("[[crews]]")[0]
    week = f"[week]\nhours = {hours}\nmost_gap_days = 7\ntop_places = 3\n"
    return write_town(folder, plan=text + week)
