"""timetable.csv: what each crew does when, for a spreadsheet or a roster."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from patrolplan.i18n import words_of
from patrolplan.io.atomic import write_text
from patrolplan.io.text import cell, one_line
from patrolplan.io.times import clock, iso
from patrolplan.plan import PatrolPlan
from patrolplan.units import OSM_CREDIT


def write_csv(plan: PatrolPlan, path: str | os.PathLike[str]) -> Path:
    """Write the timetable as CSV, one row an event, and return the path.

    UTF-8 with a byte order mark (without it Excel misreads Cyrillic), commas, CRLF line ends after
    RFC 4180. Texts that a spreadsheet would run as a formula are given a leading apostrophe. The
    map credit stands in the column ``source`` of every row, as CSV knows no comments.

    Parameters
    ----------
    plan
        The plan to write.
    path
        File to write, replaced whole or not at all.

    Raises
    ------
    InputError
        The folder is missing or not writable, or the disk is full.
    """
    table = timetable(plan)
    text = table.to_csv(index=False, lineterminator="\r\n")
    return write_text(path, text, encoding="utf-8-sig")


def timetable(plan: PatrolPlan) -> pd.DataFrame:
    """The events as plain columns: clock times to read, ISO times with offset to compute with."""
    events = plan.events
    where = events.geometry.to_crs("EPSG:4326")
    walked = _walked_to(plan)
    weekdays = words_of(plan.language).weekdays()
    return pd.DataFrame(
        {
            "crew": [cell(name) for name in events["crew_name"]],
            "date": [str(pd.Timestamp(at).date()) for at in events["arrive"]],
            "weekday": [weekdays[pd.Timestamp(at).weekday()] for at in events["arrive"]],
            "from": [clock(at) for at in events["start"]],
            "to": [clock(at) for at in events["leave"]],
            "event": events["kind"].to_numpy(),
            "stop": [str(order) if order else "" for order in events["order"]],
            "place": [cell(label) for label in events["label"]],
            "street": [cell(street) for street in events["street"]],
            "minutes": events["minutes"].astype(float).round(1).to_numpy(),
            "walk_m": walked,
            "why": [cell(why) for why in events["why"]],
            "latitude": where.y.round(6).to_numpy(),
            "longitude": where.x.round(6).to_numpy(),
            "arrive_at": [iso(at) for at in events["arrive"]],
            "start_at": [iso(at) for at in events["start"]],
            "leave_at": [iso(at) for at in events["leave"]],
            "source": "; ".join([*(one_line(note) for note in plan.notes[: bool(plan.lacks)]), OSM_CREDIT]),
        }
    )


def _walked_to(plan: PatrolPlan) -> list[int]:
    """Metres walked to reach each event: its crew's walks that end since the event before."""
    walks = plan.legs[plan.legs["kind"] == "walk"]
    walked: list[int] = []
    for crew, events in plan.events.groupby("crew", sort=False):
        own = walks[walks["crew"] == crew]
        since = pd.Timestamp(0, tz=plan.timezone)
        for event in events.itertuples():
            new = own[(own["end"] > since) & (own["end"] <= event.arrive)]
            walked.append(round(float(new["length_m"].sum())))
            since = event.arrive if new.empty else max(new["end"].max(), since)
    return walked
