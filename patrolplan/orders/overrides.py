"""Settings changed for one run, as the command line asks: search, officers, shift; checked anew."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from patrolplan.config.settings import Settings, dotted
from patrolplan.errors import InputError
from patrolplan.io.plan_file_words import told_faults


def changed(
    settings: Settings,
    *,
    seconds: float | None = None,
    solutions: int | None = None,
    refine: str | None = None,
    seed: int | None = None,
    vary: float | None = None,
    partial: bool | None = None,
    officers: int | None = None,
    shift: str | None = None,
) -> Settings:
    """The settings with what the command line overrides."""
    if officers is not None or shift is not None:
        settings = with_duty(settings, officers=officers, shift=shift)
    refined = None if refine is None else refine == "true"
    return with_search(
        settings,
        seconds=seconds,
        solutions=solutions,
        refine=refined,
        seed=seed,
        vary=vary,
        partial=partial or None,
    )


def with_search(
    settings: Settings,
    *,
    seconds: float | None = None,
    solutions: int | None = None,
    refine: bool | None = None,
    seed: int | None = None,
    vary: float | None = None,
    partial: bool | None = None,
) -> Settings:
    """The settings with another search; what is None stays, and seconds and solutions exclude each other.

    Examples
    --------
    >>> settings = Settings(
    ...     community={"name": "Town", "timezone": "Europe/Kyiv"}, streets={"file": "town.osm"}
    ... )
    >>> with_search(settings, solutions=20, seed=3).plan.solutions
    20
    """
    changes: dict[str, Any] = {"refine": refine, "seed": seed, "vary": vary, "partial": partial}
    if solutions is not None:
        changes["solutions"] = solutions
    plan = settings.plan.model_dump() | {key: value for key, value in changes.items() if value is not None}
    if seconds is not None:
        plan |= {"seconds": seconds, "solutions": None}
    return checked(plain(settings) | {"plan": plan})


def with_duty(settings: Settings, *, officers: int | None = None, shift: str | None = None) -> Settings:
    """The settings with another number of officers, another shift, or both.

    Parameters
    ----------
    settings
        As read.
    officers
        That many crews of one officer each, who take the different shifts of the plan file in turn,
        and its stations in turn. The first ones keep the names and paces of the plan file.
    shift
        "HH:MM-HH:MM": the shift of every crew.

    Raises
    ------
    InputError
        The new duty breaks a rule: a break outside the shift, an officer on two shifts at once.
    """
    data = plain(settings)
    if shift is not None:
        data["crews"] = [crew | {"shift": shift} for crew in data["crews"]]
    if officers is not None:
        data |= _single_crews(data, officers, shift)
    return checked(data)


def _single_crews(data: dict[str, Any], count: int, shift: str | None) -> dict[str, Any]:
    if not data["stations"]:
        raise InputError("--officers needs a place to set out from: add [[stations]] to the plan file")
    duties = [{key: crew.get(key) for key in ("shift", "date", "break")} for crew in data["crews"]]
    duties = [duty for k, duty in enumerate(duties) if duty not in duties[:k]]
    if not duties and shift is not None:
        duties = [{"shift": shift, "date": None, "break": None}]
    if not duties:
        raise InputError("--officers needs a shift: add [[crews]] to the plan file, or use --shift")
    people = [person for person in data["officers"] if not person["volunteer"]][:count]
    names = {person["name"] for person in people}
    spare = (f"Officer {k}" for k in range(1, count + len(names) + 2) if f"Officer {k}" not in names)
    people += [{"name": next(spare)} for _ in range(count - len(people))]
    stations = [station["name"] for station in data["stations"]]
    crews = [
        duties[k % len(duties)]
        | {"name": f"Crew {k + 1}", "officers": [person["name"]], "start": stations[k % len(stations)]}
        for k, person in enumerate(people)
    ]
    return {"officers": people, "crews": crews}


def plain(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, to be changed and checked anew."""
    return settings.model_dump(by_alias=True)


def checked(data: dict[str, Any]) -> Settings:
    """Settings from plain values; faults are told as those of the command line."""
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        faults = [f"{dotted(fault.path)}: {fault.message}" for fault in told_faults(error)]
        raise InputError([f"with the changes of the command line, {fault}" for fault in faults]) from None
