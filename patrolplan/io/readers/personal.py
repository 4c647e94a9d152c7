# ruff: noqa: E501 - a table reads better with one sort a line
"""Which columns hold personal data, by their names (English and Ukrainian) and their contents."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pandas as pd

FREE_TEXT_WORDS = 7
"""Cells of more words than this on average, hardly ever twice the same, are somebody's own words."""

ID, NAME, PHONE, BIRTH, HOME, DOCUMENT, TRAIT, TEXT, PLATE, MAIL = (
    "id of the record", "name of a person", "telephone", "birth date", "home address", "document or case number",
    "trait of a person", "free text", "number plate", "mail address",
)  # fmt: skip

_PERSON = r"vic|victim|susp|suspect|offender|perp|perpetrator|arrestee|complainant|caller|witness|applicant|reporter|officer|owner|driver|defendant"
_OSOBA = r"потерпіл\w*|підозрюван\w*|обвинувачен\w*|правопорушник\w*|порушник\w*|злочин(?:ець|ця)|заявник\w*|свід(?:ок|ка|ки)|громадян\w*|особ[аи]|дільничн\w*|інспектор\w*|слідч\w*|власник\w*|водій|водія"
SORTS: tuple[tuple[str, str], ...] = (
    (BIRTH, r".*birth.*|dob|(.*_)?d_o_b|.*народж.*"),
    (PHONE, r"(.*_)?(phone|telephone|mobile|cell|tel|phones?_?(no|number)?|contacts?)(_(no|num|number))?|(.*_)?(тел|телефони?|моб|мобільний|контакт(и|ний.*)?)(_.*)?"),
    (MAIL, r"(.*_)?e?_?mail(_.*)?|.*пошта|(.*_)?емейл"),
    (HOME, r"(home|residen\w*|private|" + _PERSON + r")_addr\w*|адреса_(проживання|реєстрації|прописки|" + _OSOBA + r").*|місце_(проживання|реєстрації|роботи).*|прописка"),
    (TRAIT, r"(" + _PERSON + r")_(age|race|sex|gender|ethnicity|nationality|occupation)(_.*)?|age|sex|gender|race|ethnicity|age_group|perp_.*|вік|стать|національність|громадянство|рід_занять|місце_праці"),
    (NAME, r"(first|last|middle|full|sur|maiden|given|family|christian)_?names?|surname|patronymic|fio|pib|п_?і_?б(_.*)?|прізвище.*|ім_?я(_.*)?|по_батькові|(" + _PERSON + r")(s|_names?|_\d+|_full_name)?|((" + _OSOBA + r")(_.*)?)|(.*_)?(піб|прізвище|ф_і_о|фио)"),
    (PLATE, r"(.*_)?(licen[cs]e_plate|plate|plate_(no|number)|vin|tag_number)|.*(номерний_знак|держ\w*_номер|номер_(авто|тз)).*"),
    (DOCUMENT, r"(.*_)?(passport|ssn|social_security|tax|tax_id|driver_licen[cs]e|docket|warrant)(_(no|num|number|id|code))?|(case|document|doc|report|file|complaint|protocol|cad|dc|incident|inc|offense|cmplnt|arrest|citation)_?(no|num|number|key)|incident_id|dc_?key|ibrs_?number|.*(паспорт|протокол|кримінальн\w*_провадж|провадження).*|.*(іпн|рнокпп|єдрпоу|єрдр|жєо|^єо).*|(номер|№)_(справи|документа|кп|жєо|єо|заяви|матеріалу).*|єо|жєо|кп"),
    (ID, r"id|ид|ід|(.*_)?(objectid|object_id|globalid|global_id|rowid|row_id|uuid|guid|fid|crime_id|record_id|event_id|case_id|report_id|cartodb_id|unique_key)|n|no|nr|num|number|номер|номер_п_п|з_п|п_п|№|реєстраційний_номер"),
    (TEXT, r"(.*_)?(narratives?|summary|comments?|remarks|notes?|synopsis|free_text|details|statement|modus_operandi|mo)|.*(фабула|обставини|примітк|коментар|зауваженн|короткий_зміст|суть|викладен).*|зміст|пояснення"),
)  # fmt: skip
"""Sort and the pattern of column names (lower case, other signs as "_") that tell it."""

ROLES_OF_TABLE = {
    "places": r"name|title|назва|найменування|id",
    "cameras": r"name|title|label|camera(_name|_no|_number)?|назва|найменування|камера|номер_камери|id",
    **dict.fromkeys(
        ("calendar", "events"),
        r"name|title|who|crew|officers?|notes?|remarks?|comments?|назва|найменування|хто|примітк[аи]|коментар",
    ),
    "problems": r"text|problem|description|what|note|notes|comment|проблема|опис|текст|суть|примітка|зміст",
}
"""Names that mean something else in tables that are not about persons."""

OF_DUTY = ("officers", "roster")
"""Tables that are about officers: the column that names them is read, all others of persons are not."""

_CALL_SIGN = r"call_?sign|позивний"
_OFFICER = (
    r"(officer_?|full_?|last_?)?(name|surname)s?|officer|who|employee|піб|прізвище.*|п_?і_?б(_.*)?|"
    r"(поліцейськ|дільничн|інспектор|офіцер|працівник)\w*|хто"
)
_GIVEN = r"(first|given)_name|ім_я(_та_по_батькові|_по_батькові)?"

_PHONE = (
    r"\+\d[\d\s().-]{8,16}|\(?0\d{2}\)?[\s.-]?\d{3}[\s.-]?\d{2}[\s.-]?\d{2}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}"
)
_MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_PATRONYMIC = (
    r"[А-ЯІЇЄҐ][\w'’ʼ-]+ [А-ЯІЇЄҐ][\w'’ʼ-]+ [А-ЯІЇЄҐ][\w'’ʼ-]*(?:ович|евич|йович|івна|ївна|овна|евна|ич)"
)
_INITIALS = r"[А-ЯІЇЄҐ][\w'’ʼ-]+ [А-ЯІЇЄҐ]\. ?[А-ЯІЇЄҐ]\."
_PASSPORT = r"[А-ЯІЇЄҐ]{2} ?\d{6}"
_CONTENTS: tuple[tuple[str, str, float], ...] = (
    (PHONE, _PHONE, 0.3),
    (MAIL, _MAIL, 0.2),
    (NAME, f"{_PATRONYMIC}|{_INITIALS}", 0.2),
    (DOCUMENT, _PASSPORT, 0.3),
)
_FLAT = re.compile(
    r"[,;]?\s*(?:\b(?:кв|квартира|кім|кімната|оф|під['’ʼ]?їзд|apt|apartment|unit|flat|suite|ste|room|rm)\b\.?\s*№?#?\s*|#\s*)[\w-]*\d[\w-]*",
    re.IGNORECASE,
)
_INSIDE = re.compile(f"{_PHONE}|{_MAIL}|{_PATRONYMIC}|{_INITIALS}")


@dataclass(frozen=True, kw_only=True)
class Personal:
    """A column that holds what must not travel: its name, what it holds, and how that is known."""

    column: str
    sort: str
    known_by: str


def personal_columns(
    frame: pd.DataFrame, *, table: str = "", wanted: Collection[str] = ()
) -> tuple[Personal, ...]:
    """The columns that hold personal data.

    Parameters
    ----------
    frame
        Some rows of the table, cells as text.
    table
        "offences", "places", "problems" or "": a name is a shop's in one and a person's in another.
    wanted
        Columns the user named; they are passed over.

    Examples
    --------
    >>> frame = pd.DataFrame({"ПІБ": ["x"], "Вид": ["крадіжка"], "Хто": ["Коваль Олена Іванівна"]})
    >>> [(found.column, found.sort, found.known_by) for found in personal_columns(frame)]
    [('ПІБ', 'name of a person', 'its name'), ('Хто', 'name of a person', 'its contents')]
    """
    found = []
    named = names_of_officers(frame) if table in OF_DUTY else ()
    for name in frame.columns:
        if name in wanted or name in named:
            continue
        sort = sort_by_name(str(name), table=table)
        if sort:
            found.append(Personal(column=str(name), sort=sort, known_by="its name"))
        elif sort := _sort_by_contents(frame[name], text=table != "problems"):
            found.append(Personal(column=str(name), sort=sort, known_by="its contents"))
    return tuple(found)


def names_of_officers(frame: pd.DataFrame) -> tuple[str, ...]:
    """The columns by which a table of officers names them: one, or surname and first name."""
    plain = {plain_name(str(name)): str(name) for name in frame.columns}
    for pattern in (_CALL_SIGN, _OFFICER):
        first = next((name for key, name in plain.items() if re.fullmatch(pattern, key)), None)
        if first is not None:
            given = (name for key, name in plain.items() if re.fullmatch(_GIVEN, key) and name != first)
            return (first, *given) if pattern == _OFFICER else (first,)
    return ()


def sort_by_name(name: str, *, table: str = "") -> str:
    """What a column of that name holds of persons, "" for nothing.

    Examples
    --------
    >>> sort_by_name("Дата народження"), sort_by_name("Case Number"), sort_by_name("Вид злочину")
    ('birth date', 'document or case number', '')
    """
    plain = plain_name(name)
    if table in ROLES_OF_TABLE and re.fullmatch(ROLES_OF_TABLE[table], plain):
        return ""
    return next((sort for sort, pattern in SORTS if re.fullmatch(pattern, plain)), "")


def plain_name(name: str) -> str:
    """A column's name in lower case, with all other signs as "_".

    Examples
    --------
    >>> plain_name("OccurredFromDate"), plain_name("Ім'я  особи")
    ('occurred_from_date', 'ім_я_особи')
    """
    parted = re.sub(r"(?<=[a-zа-яіїєґ])(?=[A-ZА-ЯІЇЄҐ])", "_", str(name))
    return re.sub(r"[^\w№]+|_+", "_", parted).strip("_").casefold()


def without_persons(cells: pd.Series) -> pd.Series:
    """Addresses without flat numbers, and without telephones, mail addresses and full names.

    Examples
    --------
    >>> without_persons(pd.Series(["вул. Шевченка, 5, кв. 12", "1200 Main St Apt 4B"])).tolist()
    ['вул. Шевченка, 5', '1200 Main St']
    """
    distinct = pd.Series(cells.unique(), dtype="str")
    clean = distinct.str.replace(_INSIDE, "", regex=True).str.replace(_FLAT, "", regex=True).str.strip(" ,;")
    return cells.map(dict(zip(distinct, clean, strict=True))).astype("str")


def hashed(cells: pd.Series, *, key: bytes | None = None) -> pd.Series:
    """Ids as keyed 64-bit hashes (SipHash); "" becomes 0. Without a key one is drawn anew, so no hash can be looked up.

    Parameters
    ----------
    cells
        Ids as text.
    key
        Of the community, at most 64 bytes, where hashes of two runs shall be compared.

    Examples
    --------
    >>> one, same, other, none = hashed(pd.Series(["a1", "a1", "b2", ""]))
    >>> one == same, one == other, int(none)
    (True, False, 0)
    """
    secret = blake2b(key or secrets.token_bytes(32), digest_size=8).hexdigest()
    distinct = pd.factorize(cells)[1].to_numpy(dtype="object") if len(cells) else np.zeros(0, dtype="object")
    told = pd.util.hash_array(distinct, hash_key=secret, categorize=False)
    known = pd.Series(told, index=pd.Index(distinct, dtype="object"))
    numbers = cells.astype("object").map(known).astype("uint64")
    return numbers.where(cells != "", np.uint64(0))


def _sort_by_contents(cells: pd.Series, *, text: bool) -> str:
    filled = cells[cells != ""].head(500).astype("str")
    if filled.empty:
        return ""
    for sort, pattern, least in _CONTENTS:
        like = filled.str.fullmatch(pattern) if sort != NAME else filled.str.contains(pattern, regex=True)
        if float(like.mean()) > least:
            return sort
    words = filled.str.count(r"\S+")
    long = len(filled) >= 5 and words.mean() > FREE_TEXT_WORDS and filled.nunique() > 0.8 * len(filled)
    return TEXT if text and long else ""


def held_inside(frame: pd.DataFrame) -> tuple[Personal, ...]:
    """Columns in which some cells hold a telephone, a mail address or a full name."""
    found = []
    for name in frame.columns:
        cells = frame[name][frame[name] != ""].head(20_000)
        for sort, pattern in ((PHONE, _PHONE), (MAIL, _MAIL), (NAME, f"{_PATRONYMIC}|{_INITIALS}")):
            if len(cells) and cells.str.contains(rf"(?<![\d.,-])(?:{pattern})(?![\d.,])", regex=True).any():
                found.append(Personal(column=str(name), sort=sort, known_by="some of its cells"))
                break
    return tuple(found)
