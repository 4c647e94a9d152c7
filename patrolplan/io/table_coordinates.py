# ruff: noqa: E501 - patterns stand whole
"""Coordinates in the many ways people write them: commas, degrees-minutes-seconds, pairs in one cell."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

_HALF = r"(?P<{0}>[NSEW]|пн\.?|пд\.?|сх\.?|зх\.?|[пс]\.?\s?ш\.?|[сз]\.?\s?д\.?)?"
_DMS = re.compile(
    rf"\s*{_HALF.format('before')}\s*(?P<sign>[-−])?(?P<d>\d{{1,3}})\s*(?:[°º˚]|d|deg|гр\.?|:|\s)\s*"
    rf"(?P<m>\d{{1,2}}(?:[.,]\d+)?)\s*(?:['′ʹ’]|m|:|\s|$)\s*(?:(?P<s>\d{{1,2}}(?:[.,]\d+)?)\s*(?:[\"″ʺ”]|''|′′|s)?)?"
    rf"\s*{_HALF.format('after')}\s*",
    re.IGNORECASE,
)
_DEGREES_ONLY = re.compile(
    rf"\s*{_HALF.format('before')}\s*(?P<sign>[-−])?(?P<d>\d{{1,3}}(?:[.,]\d+)?)\s*[°º˚]?\s*{_HALF.format('after')}\s*",
    re.IGNORECASE,
)
_SOUTH_WEST = ("s", "w", "пд", "зх", "з", "п.ш")
_NUMBER = r"[-−+]?\d{1,9}(?:\.\d+)?"
_COMMA_NUMBER = r"[-−+]?\d{1,9}(?:,\d+)?"
_WKT = rf"\s*(?:SRID=\d+;)?\s*POINT\s*(?:Z\s*)?\(\s*(?P<x>{_NUMBER}(?:[eE][-+]?\d+)?)\s+(?P<y>{_NUMBER}(?:[eE][-+]?\d+)?)(?:\s+\S+)?\s*\)\s*"
_NAMED = rf".*latitude\W+(?P<y>{_NUMBER}).*longitude\W+(?P<x>{_NUMBER}).*"
_GEOJSON = rf".*coordinates\W+(?P<x>{_NUMBER})\s*,\s*(?P<y>{_NUMBER})\W*.*"
_PLAIN = rf"[\s\[(]*(?P<y>{_NUMBER})\s*[,;|/\s]\s*(?P<x>{_NUMBER})[\s\])]*"
_COMMAS = rf"[\s\[(]*(?P<y>{_COMMA_NUMBER})\s*[;|/\s]\s*(?P<x>{_COMMA_NUMBER})[\s\])]*"


def numbers(cells: pd.Series) -> pd.Series:
    """Numbers of text cells; a decimal comma counts as a point; NaN where it is none.

    Examples
    --------
    >>> numbers(pd.Series(["24,03", "-75.1", "north"])).tolist()
    [24.03, -75.1, nan]
    """
    values = pd.to_numeric(cells.astype("str"), errors="coerce").astype("float64")
    rest = values.isna() & (cells != "")
    if rest.any():
        text = cells[rest].astype("str").str.replace("[\\u00a0\\u202f ]", "", regex=True)
        text = text.str.replace("−", "-").str.replace(",", ".")
        values.loc[rest] = pd.to_numeric(text, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))


def degrees(cells: pd.Series) -> pd.Series:
    r"""Coordinates of text cells: numbers, or degrees with minutes, seconds and the side of the globe.

    Examples
    --------
    >>> degrees(pd.Series(["49,5", "49°30'36\"N", "75 09 36 W", "24.03° E", "Main St"])).round(4).tolist()
    [49.5, 49.51, -75.16, 24.03, nan]
    """
    values = numbers(cells)
    rest = values.isna() & (cells.astype("str").str.strip() != "")
    if rest.any():
        values = values.where(
            ~rest, cells[rest].astype("str").map(_one_angle).astype("float64").reindex(cells.index)
        )
    return values


def pairs(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The two numbers of cells that hold a point: (x, y), i.e. longitude and latitude in degrees.

    Two bare numbers are latitude, then longitude, as people and portals write them; well-known
    text and GeoJSON put x first.

    Examples
    --------
    >>> x, y = pairs(pd.Series(["(41.88, -87.62)", "POINT (-87.62 41.88)", "49,84; 24,03", "51.5 N", "x"]))
    >>> x.tolist(), y.tolist()
    ([-87.62, -87.62, 24.03, nan, nan], [41.88, 41.88, 49.84, nan, nan])
    """
    text = cells.astype("str").str.replace("−", "-").str.replace("\n", " ")
    x = pd.Series(np.nan, index=cells.index, dtype="float64")
    y = x.copy()
    for pattern in (_WKT, _PLAIN, _COMMAS, _NAMED, _GEOJSON):
        rest = x.isna()
        if not rest.any():
            break
        found = text[rest].str.extract(f"^{pattern}$", flags=re.IGNORECASE)[["x", "y"]]
        found = found.apply(lambda part: pd.to_numeric(part.str.replace(",", "."), errors="coerce"))
        x, y = x.fillna(found["x"]), y.fillna(found["y"])
    rest = x.isna() & (text != "")
    if rest.any():
        halves = text[rest].map(_two_angles)
        x = x.fillna(halves.map(lambda both: both[0]).astype("float64"))
        y = y.fillna(halves.map(lambda both: both[1]).astype("float64"))
    return x, y


def _one_angle(text: str) -> float:
    match = _DMS.fullmatch(text) or _DEGREES_ONLY.fullmatch(text)
    if match is None:
        return float("nan")
    part = match.groupdict()
    degree, minute, second = (float((part.get(key) or "0").replace(",", ".")) for key in ("d", "m", "s"))
    if minute >= 60 or second >= 60:
        return float("nan")
    side = (part["before"] or part["after"] or "").casefold().replace(" ", "")
    negative = part["sign"] is not None or (
        side.startswith(_SOUTH_WEST[:4]) or side.rstrip(".") in _SOUTH_WEST[4:]
    )
    return (-1 if negative else 1) * (degree + minute / 60 + second / 3600)


def _two_angles(text: str) -> tuple[float, float]:
    """Longitude and latitude of a pair of angles such as 49°50'N, 24°01'E."""
    nothing = (float("nan"), float("nan"))
    if "°" not in text and "º" not in text and "'" not in text and not re.search(r"\d\s*[NSEWnsew]\b", text):
        return nothing
    parts = re.split(r"[,;]\s+|\s{2,}|;|(?<=[NSns])\s+", text.strip(), maxsplit=1)
    if len(parts) != 2:
        return nothing
    first, second = _one_angle(parts[0]), _one_angle(parts[1])
    east_first = re.search(r"[EWew]", parts[0]) is not None
    return (first, second) if east_first else (second, first)
