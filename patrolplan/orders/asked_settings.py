"""Settings changed by words such as ``officers=+1`` or ``hot_spots.dwell_min=15``, for comparing plans."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from patrolplan.config.crews import MINUTES_PER_DAY, minute_of_day
from patrolplan.config.settings import Settings
from patrolplan.errors import InputError
from patrolplan.orders.overrides import checked, plain, with_duty

SHARES = ("a_off", "a_foot", "a_prob")


def asked_settings(settings: Settings, changes: Sequence[str]) -> Settings:
    """The settings with every change applied, in order.

    Parameters
    ----------
    settings
        As read.
    changes
        ``officers=+1`` (one crew of one officer more, who takes the crews' shifts and stations in turn; all
        else stays), ``officers=-1`` (without the last crew), ``officers=4`` (crews of one officer
        each), ``shift=18:00-22:00`` (of every
        crew), ``shift=+2h`` or ``shift=-1h30`` (every crew's shift and break so much later or earlier), or
        any key of the plan file, ``section.key=value``, with its value as in TOML (quotes
        around text may be left out). One of the shares of need alone leaves the others in their ratio.

    Raises
    ------
    InputError
        No such key, or a value it can't take.
    """
    for change in changes:
        key, sign, text = (part.strip() for part in change.partition("="))
        if not sign or not text:
            raise InputError(f"{change!r}: give a change as key=value, such as officers=+1")
        if key == "officers":
            settings = _with_officers(settings, text)
        elif key == "shift" and text[0] in "+-":
            settings = _with_shifts_moved(settings, text)
        elif key == "shift":
            settings = with_duty(settings, shift=text)
        else:
            settings = _with_key(settings, key, text)
    return settings


def _with_officers(settings: Settings, text: str) -> Settings:
    try:
        number = int(text)
    except ValueError:
        raise InputError(f"officers={text}: give a number such as 4, or +1 for one more") from None
    data = plain(settings)
    crews, people = list(data["crews"]), list(data["officers"])
    count = number + (len(crews) if text[0] in "+-" else 0)
    if not 1 <= count <= 500 or not crews:
        raise InputError(f"officers={text}: that makes {count} crews; there must be 1 to 500")
    if text[0] not in "+-":
        return with_duty(settings, officers=count)
    for k in range(max(0, number)):
        like, name = crews[k % len(data["crews"])], f"One more {k + 1}"
        people.append({"name": name})
        crews.append(like | {"name": f"{like['name']}, {name}", "officers": [name]})
    return checked(data | {"officers": people, "crews": crews[:count]})


def _with_shifts_moved(settings: Settings, text: str) -> Settings:
    match = re.fullmatch(r"([+-])(\d{1,2})h(\d{2})?", text)
    if match is None:
        raise InputError(f"shift={text}: give hours such as +2h or -1h30, or a span such as 18:00-22:00")
    minutes = int(f"{match[1]}1") * (60 * int(match[2]) + int(match[3] or 0))
    data = plain(settings)
    return checked(data | {"crews": [_moved(crew, minutes, text) for crew in data["crews"]]})


def _moved(crew: dict[str, Any], minutes: int, text: str) -> dict[str, Any]:
    """A crew whose clock times all lie so many minutes later, on the same day."""

    def later(clock: str) -> str:
        hours, rest = divmod((minute_of_day(clock) + minutes) % MINUTES_PER_DAY, 60)
        return f"{hours:02d}:{rest:02d}"

    start, end = crew["shift"].split("-")
    if not 0 <= minute_of_day(start) + minutes < MINUTES_PER_DAY:
        raise InputError(f"shift={text}: {crew['name']} would begin on another day; give its span")
    moved: dict[str, Any] = {"shift": f"{later(start)}-{later(end)}"}
    if crew["latest_start"] is not None:
        moved["latest_start"] = later(crew["latest_start"])
    if crew["break"] is not None:
        moved["break"] = crew["break"] | {k: later(crew["break"][k]) for k in ("earliest", "latest")}
    return crew | moved


def _with_key(settings: Settings, dotted: str, text: str) -> Settings:
    section, dot, key = dotted.partition(".")
    data = plain(settings)
    if not dot or not isinstance(data.get(section), dict) or key not in data[section]:
        told = "officers, shift, or a key of the plan file such as need.a_prob"
        raise InputError(f"{dotted}: no such setting; change {told}")
    change: dict[str, Any] = {key: _value(text)}
    if section == "need" and key in SHARES:
        change = _shares(data["need"], key, change[key])
    return checked(data | {section: data[section] | change})


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _shares(need: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """All three shares, the others in the ratio they have, so that they sum to 1."""
    others = [name for name in SHARES if name != key]
    given = [need[name] for name in others]
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError(f"need.{key}={value}: must be a share from 0 to 1")
    if any(share is None for share in given) or sum(given) <= 0:
        raise InputError(
            f"need.{key}: the plan file leaves the shares of need to the records; set need.a_off, a_foot and "
            "a_prob there (`weigh` prints those in use) before changing one of them"
        )
    return {key: value} | {
        name: (1 - value) * share / sum(given) for name, share in zip(others, given, strict=True)
    }
