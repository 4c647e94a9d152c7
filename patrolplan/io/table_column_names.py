# ruff: noqa: E501 - a table reads better with one role a line
"""Roles of the columns of each sort of table, and the names they go by: English, Ukrainian, open-data portals."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "offences": (
            "lon", "lat", "point", "kind", "start", "end", "time", "end_time", "year", "month", "day", "hour", "minute",
            "precision", "street", "house", "settlement",
        ),
        "places": ("lon", "lat", "point", "kind", "name", "weight", "opening_hours"),
        "problems": ("lon", "lat", "point", "street", "hours", "days", "since", "until", "seriousness", "text", "named_by"),
    }
)  # fmt: skip
"""Roles of each sort of table."""

ONLY_WITHOUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"point": ("lon", "lat"), **dict.fromkeys(("year", "month", "day", "hour", "minute"), ("start",))}
)
"""Roles that are guessed only where none of the others is there."""

NAMES: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "lon": ((r"lon|lng|long|longitude|point_x|довгота|довг|довгота_.*", 1.0), (r"x|x_?coord.*|.*longitude|lon_.*|.*_lon|.*_lng|.*довгота|easting|координата_(x|х)|(x|х)_координата", 0.8)),
        "lat": ((r"lat|latitude|point_y|широта|шир|широта_.*", 1.0), (r"y|y_?coord.*|.*latitude|lat_(?!lon).*|.*_lat|.*широта|northing|координата_(y|у)|(y|у)_координата", 0.8)),
        "point": (
            (r"coordinates?|coords?|координати|point|the_geom|geo_?location|lat_?lon|lat_?lng|latitude_longitude|широта_довгота|gps|wkt|georeference.*|new_georeferenced_column|geo_?point.*|shape|geometry|геокоординати|gps_координати", 1.0),
            (r"location|location_1|місце|map|.*coordinates|.*координати", 0.7),
        ),
        "kind": (
            (r"kind|category|crime_type|offen[cs]e|offen[cs]e_type|primary_type|text_general_code|incident_category|ofns_desc|ucr_literal|nibrs_offen[cs]e|вид|категорія|вид_(злочину|правопорушення|події|кримінального.*|порушення)", 1.0),
            (r"type|crime|crime_?code|offen[cs]e_.*|event_type|incident_type|call_type|nibrs_.*name|класифікація.*|кваліфікація.*|правопорушення|подія|злочин|стаття.*|тип|тип_.*|характер_події", 0.8),
            (r"description|desc|опис|pd_desc|incident_subcategory|назва_(злочину|правопорушення)", 0.6),
        ),
        "start": (
            (r"occurred_at|occurred|occurred_(on|from|date.*)|occur_date|occurred_from_date.*|cmplnt_fr_dt|incident_date_?time|start|start_time|start_date|time_from|date_from|from_date|дата_(вчинення|події|скоєння|правопорушення|злочину).*|дата_(та|і|й)_час_.*|початок|дата_початку|коли|дата_з|вчинено", 1.0),
            (r"date|date_?time|timestamp|crime_?date(_?time)?|from|month|date_of_.*|incident_date|event_date|dispatch_?date_?time|дата|дата_(та|і|й)_час|дата_час|місяць|від", 0.9),
            (r"dispatch_?date|report_?ed.*|report_date.*|.*_date|.*date_?time.*|дата_.*|зареєстровано|rpt_dt", 0.6),
        ),
        "end": ((r"end|end_time|ended|end_date|time_to|date_to|to_date|to|until|occurred_(to|until).*|cmplnt_to_dt|possible_date|кінець|дата_кінця|дата_закінчення|закінчення|до|дата_по", 1.0),),
        "time": ((r"time|time_of_day|crime_?time|occurred_time|occur_time|incident_time|event_time|dispatch_time|cmplnt_fr_tm|time_occ|час|година|час_(вчинення|події|скоєння|правопорушення)|час_з", 1.0),),
        "end_time": ((r"cmplnt_to_tm|possible_time|time_until|end_clock|час_(закінчення|по|до)", 1.0),),
        "year": ((r"year|рік", 1.0),),
        "month": ((r"month|місяць", 1.0),),
        "day": ((r"day|день|число", 1.0),),
        "hour": ((r"hour|hour_|година|hr", 1.0),),
        "minute": ((r"minute|min|хвилина", 1.0),),
        "precision": ((r"precision|time_precision|точність", 1.0),),
        "street": (
            (r"location_block|block|hundred_block|street|street_name|street_address|intersection|вулиця.*|назва_вулиці", 1.0),
            (r"location|address|incident_address|адреса|місце|місце_(вчинення|події|скоєння).*|адреса_(події|вчинення|місця.*)", 0.8),
        ),
        "house": ((r"house|house_?(no|num|number)|building|building_?(no|number)|будинок|буд|номер_будинку|№_буд(инку)?", 1.0),),
        "settlement": ((r"settlement|city|town|village|locality|населений_пункт|місто|село|нас_пункт|місто_село", 1.0),),
        "name": ((r"name|title|назва|найменування", 1.0), (r"name_.*|place|місце|об_єкт", 0.7)),
        "weight": ((r"weight|footfall|visitors|вага|відвідувачі", 1.0),),
        "opening_hours": ((r"opening_hours|opening|графік|години_роботи|режим_роботи", 1.0), (r"hours|години", 0.7)),
        "hours": ((r"hours|time|times|години|час|коли", 1.0),),
        "days": ((r"days|weekdays|дні|дні_тижня", 1.0),),
        "since": ((r"since|from|first_seen|date|з|від|дата|з_якого_часу", 1.0),),
        "until": ((r"until|to|till|ended|по|до", 1.0),),
        "seriousness": ((r"seriousness|serious|severity|priority|серйозність|важливість|пріоритет", 1.0),),
        "text": ((r"text|problem|description|what|note|проблема|опис|текст|суть", 1.0),),
        "named_by": ((r"named_by|source|who|raised_by|ким_названо|хто|джерело", 1.0),),
    }
)  # fmt: skip
"""Per role: patterns of column names (normalised: lower case, other signs as "_") and how sure each is."""
