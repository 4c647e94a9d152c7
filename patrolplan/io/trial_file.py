"""The files of a trial of patrols: the draw for machines, the calendar for the duty desk."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from patrolplan.errors import InputError
from patrolplan.evaluate.crossover import FORTNIGHT, CrossoverCalendar, PlaceTrial, TrialPlace
from patrolplan.io.atomic import already_there, atomic_folder
from patrolplan.io.text import one_line

NAMES = ("trial.json", "calendar.csv")
FORMAT = "patrolplan trial 1"


def write_trial(drawn: PlaceTrial, folder: Path) -> None:
    """Write ``trial.json`` and ``calendar.csv``; a trial that is there is never drawn over.

    Raises
    ------
    InputError
        The folder holds a trial already: drawing again until a calendar pleases is no lot.
    """
    there = already_there(folder, NAMES)
    if there:
        raise InputError(
            f"{folder}: holds {', '.join(there)} already; a calendar drawn anew would no longer be a lot, "
            "so name another folder or take the old files away yourself"
        )
    with atomic_folder(folder) as scratch:
        (scratch / "trial.json").write_text(_json(drawn), encoding="utf-8")
        (scratch / "calendar.csv").write_text(_calendar(drawn), encoding="utf-8")


def read_trial(path: Path) -> PlaceTrial:
    """Read a ``trial.json``.

    Raises
    ------
    InputError
        No such file, or not one that `write_trial` wrote.
    """
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']!r}")
        patrol = np.array([[mark == "P" for mark in row] for row in told["patrol"]], dtype=np.bool_)
        places = tuple(TrialPlace(**place) for place in told["places"])
        if patrol.shape != (len(patrol), len(places)) or len(patrol) % FORTNIGHT:
            raise ValueError("its days and places don't fit together")
        return PlaceTrial(
            community=str(told["community"]),
            calendar=CrossoverCalendar(
                first=date.fromisoformat(told["first"]), patrol=patrol, seed=int(told["seed"])
            ),
            places=places,
            hours=(int(told["hours"][0]), int(told["hours"][1])),
            radius_m=float(told["radius_m"]),
            ring_m=float(told["ring_m"]),
            per_place_day=float(told["per_place_day"]),
            ring_share=float(told["ring_share"]),
            power={float(fall): float(chance) for fall, chance in told["power"].items()},
        )
    except OSError as trouble:
        raise InputError(
            f"{path}: can't be read ({trouble.strerror}); give the trial.json that was drawn"
        ) from None
    except (ValueError, KeyError, TypeError, IndexError) as trouble:
        raise InputError(f"{path}: is no trial drawn by patrolplan ({one_line(str(trouble))})") from None


def _json(drawn: PlaceTrial) -> str:
    told = {
        "format": FORMAT,
        "community": drawn.community,
        "first": drawn.calendar.first.isoformat(),
        "seed": drawn.calendar.seed,
        "hours": list(drawn.hours),
        "radius_m": drawn.radius_m,
        "ring_m": drawn.ring_m,
        "per_place_day": drawn.per_place_day,
        "ring_share": drawn.ring_share,
        "power": {str(fall): chance for fall, chance in drawn.power.items()},
        "places": [vars(place) for place in drawn.places],
        "patrol": ["".join("P" if on else "-" for on in row) for row in drawn.calendar.patrol.tolist()],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _calendar(drawn: PlaceTrial) -> str:
    """One row a day: the places to patrol, and those to leave alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["date", "weekday", "patrol", "leave"])
    # A label begins with its number, so no spreadsheet takes it for a formula.
    labels = [one_line(f"{k}. {place.label}") for k, place in enumerate(drawn.places, start=1)]
    for day, row in zip(drawn.calendar.days, drawn.calendar.patrol.tolist(), strict=True):
        on = [label for label, here in zip(labels, row, strict=True) if here]
        off = [label for label, here in zip(labels, row, strict=True) if not here]
        writer.writerow([day.isoformat(), day.strftime("%a"), "; ".join(on), "; ".join(off)])
    return text.getvalue()
