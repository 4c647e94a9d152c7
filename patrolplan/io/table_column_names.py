# ruff: noqa: E501 - a table reads better with one role a line
"""Roles of the columns of each sort of table, and the names they go by in English and Ukrainian."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "offences": ("lon", "lat", "kind", "start", "end", "time", "precision", "street"),
        "places": ("lon", "lat", "kind", "name", "weight", "opening_hours"),
        "problems": ("lon", "lat", "street", "hours", "days", "since", "until", "seriousness", "text", "named_by"),
    }
)  # fmt: skip
"""Roles of each sort of table."""

NAMES: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "lon": ((r"lon|lng|long|longitude|point_x|довгота|довг", 1.0), (r"x|x_coord.*|.*longitude|lon_.*|.*_lon|.*довгота", 0.8)),
        "lat": ((r"lat|latitude|point_y|широта|шир", 1.0), (r"y|y_coord.*|.*latitude|lat_.*|.*_lat|.*широта", 0.8)),
        "kind": (
            (r"kind|category|crime_type|offen[cs]e|offen[cs]e_type|primary_type|text_general_code|вид|категорія|вид_(злочину|правопорушення|події)", 1.0),
            (r"type|crime|crime_?code|offen[cs]e_.*|event_type|класифікація|кваліфікація|правопорушення|подія|злочин|стаття|тип", 0.8),
            (r"description|desc|опис|зміст", 0.6),
        ),
        "start": (
            (r"occurred_at|occurred|occurred_(on|from|date.*)|start|start_time|time_from|date_from|дата_(вчинення|події|скоєння)|початок|дата_початку|коли", 1.0),
            (r"date|datetime|date_time|timestamp|crime_?date(_?time)?|from|month|date_of_.*|дата|дата_(та|і)_час|дата_час|місяць|від", 0.9),
            (r"reported.*|dispatch_?(date|date_time)?|.*_date|.*date_?time.*|дата_.*|зареєстровано", 0.6),
        ),
        "end": ((r"end|end_time|ended|time_to|date_to|to|until|occurred_(to|until)|кінець|дата_кінця|закінчення|до", 1.0),),
        "time": ((r"time|time_of_day|crime_?time|occurred_time|час|година|час_(вчинення|події)", 1.0),),
        "precision": ((r"precision|time_precision|точність", 1.0),),
        "street": (
            (r"location_block|block|street|street_name|вулиця", 1.0),
            (r"location|address|адреса|місце|місце_(вчинення|події)", 0.8),
        ),
        "name": ((r"name|title|назва|найменування", 1.0), (r"name_.*|place|місце|об_єкт", 0.7)),
        "weight": ((r"weight|footfall|visitors|вага|відвідувачі", 1.0),),
        "opening_hours": ((r"opening_hours|opening|графік|години_роботи|режим_роботи", 1.0), (r"hours|години", 0.7)),
        "hours": ((r"hours|time|times|години|час|коли", 1.0),),
        "days": ((r"days|weekdays|дні|дні_тижня", 1.0),),
        "since": ((r"since|from|first_seen|date|з|від|дата|з_якого_часу", 1.0),),
        "until": ((r"until|to|till|ended|по|до", 1.0),),
        "seriousness": ((r"seriousness|serious|severity|priority|серйозність|важливість|пріоритет", 1.0),),
        "text": ((r"text|problem|description|what|note|проблема|опис|текст", 1.0),),
        "named_by": ((r"named_by|source|who|raised_by|ким_названо|хто|джерело", 1.0),),
    }
)  # fmt: skip
"""Per role: patterns of column names (normalised: lower case, other signs as "_") and how sure each is."""
