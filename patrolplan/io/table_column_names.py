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
        "cameras": ("lon", "lat", "point", "range_m", "street", "house", "name", "since", "until"),
        "officers": ("name", "first_name", "hours", "pace", "station", "days", "earliest", "latest", "away"),
        "roster": ("officer", "first_name", "date", "start", "end", "shift", "station"),
        "calendar": (
            "lon", "lat", "point", "date", "until", "what", "name", "place", "start", "end", "days", "crowd", "cover",
            "joint", "stay", "who", "closes", "note",
        ),
        "events": (
            "lon", "lat", "point", "date", "until", "name", "place", "start", "end", "crowd", "cover", "joint", "stay",
            "who", "closes", "note",
        ),
    }
)  # fmt: skip
"""Roles of each sort of table."""

SORT_OF_SECTION: Mapping[str, str] = MappingProxyType(
    {name: "officers" if name == "staff" else name for name in
     ("offences", "places", "problems", "cameras", "staff", "roster", "calendar", "events")}
)  # fmt: skip
"""Section of the plan file -> sort of its table."""

ONLY_WITHOUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "point": ("lon", "lat"),
        "shift": ("start", "end"),
        **dict.fromkeys(("year", "month", "day", "hour", "minute"), ("start",)),
    }
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
        "officers.name": ((r"(officer_?|full_?|last_?)?(name|surname)s?|officer|who|employee|call_?sign|badge(_(no|number))?|піб|прізвище.*|п_?і_?б(_.*)?|поліцейськ\w*|дільничн\w*|інспектор\w*|офіцер\w*|працівник\w*|хто|позивний|жетон", 1.0),),
        "officers.hours": ((r"(patrol_|foot_|weekly_)?hours(_(a|per)_week|_week|_weekly|_of_patrol)?|год(ин(и)?)?(_на_тиждень|_тиждень|_патрулювання)?|норма(_годин)?", 1.0),),
        "cameras.name": ((r"name|title|label|camera(_name|_no|_number)?|назва|найменування|камера|номер_камери", 1.0),),
        "range_m": ((r"range(_m|_metres|_meters)?|reach(_m)?|radius(_m)?|view_?m|дальність.*|радіус.*|огляд_м", 1.0),),
        "first_name": ((r"(first|given)_name|ім_я|ім_я_(та_|і_)?по_батькові", 1.0),),
        "pace": ((r"pace|speed_factor|темп|хода", 1.0),),
        "station": ((r"station|starts?_(at|from)|base|post|department|precinct|відділ\w*|дільниця|станція|пост|місце_(початку|заступання)", 1.0), (r"unit|location|місце", 0.6)),
        "earliest": ((r"earliest|not_before|available_from|from|найраніше|не_раніше|з|від", 1.0),),
        "latest": ((r"latest|not_after|available_(to|until)|to|until|найпізніше|не_пізніше|до|по", 1.0),),
        "away": ((r"away|leave|absen(t|ce|ces)|holidays?|vacations?|days_off|відсутн\w*|відпустк\w*|вихідні(_дні)?", 1.0),),
        "officer": ((r"officer|officer_name|name|who|employee|call_?sign|піб|прізвище.*|п_?і_?б|поліцейськ\w*|дільничн\w*|інспектор\w*|офіцер\w*|працівник\w*|хто|позивний", 1.0),),
        "date": ((r"date|day|shift_date|дата|день|дата_(зміни|чергування|патрулювання|наряду)", 1.0),),
        "shift": ((r"shift|hours|time|times|зміна|години|час|час_(зміни|чергування|роботи)", 1.0),),
        "roster.start": ((r"from|start|start_time|begin|begins|starts|time_from|з|від|початок.*|час_з|час_початку", 1.0),),
        "roster.end": ((r"to|until|till|end|end_time|ends|finish|time_to|по|до|кінець.*|закінчення.*|час_(до|по|кінця|закінчення)", 1.0),),
        "calendar.date": ((r"date|day|since|first_day|first|begins_on|дата|день|з_дня|перший_день|дата_початку", 1.0),),
        "events.date": ((r"date|day|since|first_day|first|begins_on|дата|день|з_дня|перший_день|дата_початку", 1.0),),
        "calendar.until": ((r"until|last_day|last|through|date_to|to_date|end_date|по|по_день|останній_день|дата_кінця|дата_закінчення|дата_по", 1.0),),
        "events.until": ((r"until|last_day|last|through|date_to|to_date|end_date|по|по_день|останній_день|дата_кінця|дата_закінчення|дата_по", 1.0),),
        "what": ((r"what|kind|type|sort|що|вид|тип", 1.0),),
        "calendar.name": ((r"name|title|event|назва|подія|захід|найменування", 1.0),),
        "events.name": ((r"name|title|event|назва|подія|захід|найменування", 1.0),),
        "calendar.place": ((r"place|where|venue|location|school|street|settlement|area|місце|де|місце_проведення|школа|заклад|вулиця|село|район", 1.0),),
        "events.place": ((r"place|where|venue|location|school|street|settlement|area|місце|де|місце_проведення|школа|заклад|вулиця|село|район", 1.0),),
        "calendar.start": ((r"from|start|starts|start_time|begins?|begin_time|time_from|time|at|hours_from|з|від|початок.*|час|час_з|час_початку|година|о", 1.0),),
        "events.start": ((r"from|start|starts|start_time|begins?|begin_time|time_from|time|at|hours_from|з|від|початок.*|час|час_з|час_початку|година|о", 1.0),),
        "calendar.end": ((r"to|till|end|ends|end_time|finish|time_to|hours_to|до|кінець.*|закінчення.*|час_до|час_закінчення", 1.0),),
        "events.end": ((r"to|till|end|ends|end_time|finish|time_to|hours_to|до|кінець.*|закінчення.*|час_до|час_закінчення", 1.0),),
        "crowd": ((r"crowd|people|expected|people_expected|visitors|attendance|pupils|participants|людей|очікується|учасників|учасники|відвідувачів|кількість_(людей|учасників|осіб)|учнів", 1.0),),
        "cover": ((r"cover|crews|officers|crews_wanted|officers_wanted|patrols|наряди|нарядів|поліцейських|прикриття|екіпажів", 1.0),),
        "joint": ((r"joint|together|разом|спільно|спільний_наряд", 1.0),),
        "stay": ((r"stay|minutes|stay_min|stay_minutes|хвилин|хв|хвилини", 1.0),),
        "who": ((r"who|crew|crew_names|officer_names|хто|наряд|хто_саме", 1.0),),
        "closes": ((r"closes|closed|closures?|closed_streets|streets_closed|shut|перекриття|перекрито|закрито|закриті_вулиці|перекриті_вулиці", 1.0),),
        "note": ((r"notes?|remarks?|comments?|internal|примітк[аи]|нотатк[аи]|коментар|для_службового_користування", 1.0),),
        "named_by": ((r"named_by|source|who|raised_by|ким_названо|хто|джерело", 1.0),),
    }
)  # fmt: skip
"""Per role (or table.role, where a table's own names differ): patterns of column names (normalised: lower case, other
signs as "_") and how sure each is."""
