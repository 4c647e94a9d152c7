"""The text of a new plan file: what was given and guessed, and all other settings as comments."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patrolplan.config import settings as config
from patrolplan.config import tables as config_tables
from patrolplan.config.crews import span_minutes
from patrolplan.config.week import WeekSettings
from patrolplan.io.init_stations import Station
from patrolplan.io.plan_file_text import HEAD, defaults_text, table_text, toml_value

if TYPE_CHECKING:
    from patrolplan.io.table_columns import ColumnGuess


def plan_file_text(
    folder: Path,
    given: Mapping[str, Path],
    *,
    timezone: tuple[str, str],
    columns: Mapping[str, ColumnGuess],
    stations: tuple[Sequence[Station], str],
    officers: int,
    shift: str,
    date: tuple[dt.date, str],
) -> str:
    """The plan file of a new community.

    Parameters
    ----------
    folder
        Where it will stand; files are named as seen from there.
    given
        Input files: "streets", and any of "offences", "places", "problems", "cameras", "staff", "roster".
    timezone, stations, date
        Each with the words to say how it was guessed, "" where it was given.
    columns
        Section -> its columns, as guessed.
    officers, shift
        How many walk, each alone from the stations in turn, and when.
    """
    crews = _crews(officers, stations[0], shift)
    about = {"name": _name_of(folder), "timezone": timezone[0]}
    day = table_text("[plan]", {"date": date[0]}, {"date": date[1]})
    sections = [
        HEAD,
        table_text("[community]", about, {"timezone": timezone[1]}),
        table_text("[streets]", {"file": _seen_from(folder, given["streets"])}),
        *_table_sections(folder, given, columns),
        *_stations_text(*stations),
        *(table_text("[[officers]]", {"name": name}) for name in crews),
        *_crews_text(crews),
        day + "\n" + defaults_text("", config.PlanSettings, skip={"date"}),
        *_knobs(),
        _dates_text(),
    ]
    return "\n\n".join(sections) + "\n"


def _table_sections(folder: Path, given: Mapping[str, Path], columns: Mapping[str, ColumnGuess]) -> list[str]:
    skip = {"file", "columns"}
    sections = []
    for name, section in (
        ("offences", config_tables.OffenceSettings),
        ("places", config_tables.PlaceSettings),
        ("problems", config_tables.ProblemSettings),
    ):
        if name in given:
            body = table_text(f"[{name}]", {"file": _seen_from(folder, given[name])})
            sections.append(body + "\n" + defaults_text("", section, skip=skip))
            sections.append(_columns_text(name, columns[name]))
        elif name == "places":
            sections.append(defaults_text("[places]", section, skip={"columns", "crs", "encoding"}))
    return sections


def _columns_text(name: str, guess: ColumnGuess) -> str:
    """Guessed columns, each with how sure that is."""
    told = {role: f"{sure:.0%} sure" for role, sure in guess.confidence.items()}
    return table_text(f"[{name}.columns]", guess.columns, {"": "guessed; please check", **told})


def _crews(officers: int, stations: Sequence[Station], shift: str) -> dict[str, dict[str, Any]]:
    """Officer's name -> settings of the crew of that one officer."""
    return {
        f"Officer {k + 1}": {
            "name": f"Crew {k + 1}",
            "officers": [f"Officer {k + 1}"],
            "shift": shift,
            "start": stations[k % len(stations)].name,
        }
        for k in range(officers)
    }


def _stations_text(stations: Sequence[Station], told: str) -> list[str]:
    return [
        table_text("[[stations]]", vars(station), {"": told if k == 0 else ""})
        for k, station in enumerate(stations)
    ]


def _crews_text(crews: Mapping[str, Mapping[str, Any]]) -> list[str]:
    texts = [table_text("[[crews]]", crew) for crew in crews.values()]
    first = next(iter(crews.values()))
    hints = [
        f"break = {toml_value(_break_within(str(first['shift'])))}  # a rest, if there is one",
        f"end = {toml_value(first['start'])}  # where it comes back, if elsewhere",
    ]
    return [texts[0] + "".join(f"\n# {hint}" for hint in hints), *texts[1:]]


def _break_within(shift: str) -> dict[str, Any]:
    """A break in the middle of the shift, as an example."""
    start, end = span_minutes(shift)
    middle = (start + end) // 2
    spare = min(30, (end - start) // 8)
    clock = [f"{minute // 60 % 24:02d}:{minute % 60:02d}" for minute in (middle - spare, middle + spare)]
    return {"earliest": clock[0], "latest": clock[1], "minutes": min(20, max(1, (end - start) // 4))}


def _knobs() -> list[str]:
    """The sections nobody has to touch, as comments that show what holds."""
    return [
        defaults_text("[need]", config.NeedSettings),
        defaults_text("[hot_spots]", config.HotSpotSettings),
        defaults_text("[effect]", config.EffectSettings),
        defaults_text("[walking]", config.WalkingSettings),
        defaults_text("[rules]", config.RuleSettings),
        defaults_text("[week]", WeekSettings, skip={"cover", "parking"}),
    ]


def _dates_text() -> str:
    """The calendar and the events, as comments with a row each."""
    lines = [
        "# Days that are not usual: holidays, school terms and bells, market days, curfews, streets shut.",
        "#   [calendar]",
        '#   file = "calendar.csv"',
        "# Its rows, for example:",
        "#   date,until,what,place,from,to",
        "#   2026-12-28,2027-01-08,no school,,,",
        "#   2026-12-05,,market,Market Square,08:00,14:00",
        "#   2026-12-07,2026-12-09,closed,Mill Lane,09:00,17:00",
        "",
        "# Events: crowds, streets that are shut meanwhile, and crews that shall be there together.",
        "#   [events]",
        '#   file = "events.csv"',
        "# Its rows, for example:",
        "#   name,place,date,from,to,crowd,closures,cover,joint",
        "#   City run,Market Square,2026-12-06,10:00,13:00,1500,Mill Lane,2,yes",
    ]
    return "\n".join(lines)


def _seen_from(folder: Path, file: Path) -> str:
    """The file as the plan file names it: relative where there is a way, with forward slashes."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return file.resolve().as_posix()


def _name_of(folder: Path) -> str:
    return folder.resolve().name.replace("_", " ").replace("-", " ").strip() or "Community"
