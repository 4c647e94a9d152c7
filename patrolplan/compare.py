"""Two plans side by side: what changes in score, stops and streets, as frames and in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from patrolplan.errors import InputError
from patrolplan.i18n import Words, words_of

FIGURES = ("share_on_shift", "score", "stops", "hot_spots_unserved", "crews", "walk_km", "patrol_km")
"""Figures that are set against each other, where both plans hold them."""
COUNTS = ("visits_a", "visits_b", "minutes_a", "minutes_b")
NEED_DIFFERS = 0.02
"""More of the need lies elsewhere or at other hours, and shares of it are not set side by side unsaid."""
SAME_PLACE_M = 60.0
"""Two stops whose entries are closer are one place, whatever they are called."""


@dataclass(frozen=True, kw_only=True)
class PlanSide:
    """What comparing needs of a plan: from a plan in memory or from a folder it was written to.

    Attributes
    ----------
    name
        What it is called in words: a folder's name or "A".
    figures
        Figures of the plan by name.
    stops
        One row a visit: ``label``, ``minutes``, ``geometry`` (Point, metric).
    streets
        One row a segment: ``key`` (of the same street in another plan), ``name``, ``minutes``
        (walked or patrolled), ``need`` (in the shifts), ``geometry``.
    language
        Of the plan's words.
    """

    name: str
    figures: Mapping[str, float]
    stops: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class PlanComparison:
    """Two plans, difference by difference; "more" is what the second has over the first.

    Attributes
    ----------
    names
        What the two are called.
    figures
        One row a figure: ``figure``, ``a``, ``b``, ``difference``.
    stops
        One row a place that either plan stops at, GeoDataFrame (Point): ``label``, ``visits_a``,
        ``visits_b``, ``minutes_a``, ``minutes_b``, ``difference`` (minutes), most changed first.
    segments
        One row a street segment of either, GeoDataFrame: ``name``, ``minutes_a``, ``minutes_b``,
        ``difference`` (minutes of presence), ``need_a``, ``need_b``.
    sentence
        What it comes to, in one plain sentence.
    language
        Of the sentence, and of the page made of it.
    """

    names: tuple[str, str]
    figures: pd.DataFrame
    stops: gpd.GeoDataFrame
    segments: gpd.GeoDataFrame
    sentence: str
    language: str = "en"


def compare_sides(first: PlanSide, second: PlanSide, *, language: str | None = None) -> PlanComparison:
    """Set what is known of two plans of one place against each other.

    Shifts, crews, weights and streets may differ: streets are matched by their OpenStreetMap ways
    and place, stops by place.

    Parameters
    ----------
    first, second
        The plans.
    language
        To tell it in; None: the second plan's.

    Raises
    ------
    InputError
        The plans are of different places.
    """
    if first.streets.crs != second.streets.crs or not _overlap(first.streets, second.streets):
        raise InputError(
            f"{first.name} and {second.name} are plans of different places; compare plans of one"
        )
    figures = _figures(first.figures, second.figures)
    stops = _stops(first.stops, second.stops)
    segments = _segments(first.streets, second.streets)
    names, words = (first.name, second.name), words_of(language or second.language)
    return PlanComparison(
        names=names,
        figures=figures,
        stops=stops,
        segments=segments,
        sentence=_sentence(names, figures, stops, segments, words),
        language=words.language,
    )


def street_keys(osm_ids: list[str], streets: gpd.GeoDataFrame) -> list[str]:
    """A key of each street that stays the same while the street does: its ways and its middle."""
    middle = shapely.get_coordinates(shapely.centroid(streets.geometry.to_numpy())).round().astype(int)
    return [f"{ids}@{x},{y}" for ids, (x, y) in zip(osm_ids, middle, strict=True)]


def minutes_by_segment(
    paths: Sequence[Sequence[int]], minutes: NDArray[np.float64], length_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Minutes of presence on each segment: a leg's time, spread over its segments by their length.

    Examples
    --------
    >>> minutes_by_segment([[0, 1], [1]], np.array([6.0, 1.0]), np.array([100.0, 200.0])).tolist()
    [2.0, 5.0]
    """
    counts = np.array([len(path) for path in paths], dtype=np.int64)
    at = np.array([segment for path in paths for segment in path], dtype=np.int64)
    leg = np.repeat(np.arange(len(counts)), counts)
    whole = np.bincount(leg, weights=length_m[at], minlength=len(counts))
    share = length_m[at] / whole[leg] if len(at) else np.empty(0)
    spread = np.bincount(at, weights=share * np.asarray(minutes)[leg], minlength=len(length_m))
    return np.asarray(spread, dtype=np.float64)


def _overlap(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame) -> bool:
    return bool(shapely.box(*a.total_bounds).intersects(shapely.box(*b.total_bounds)))


def _figures(a: Mapping[str, float], b: Mapping[str, float]) -> pd.DataFrame:
    both = [name for name in FIGURES if name in a and name in b]
    frame = pd.DataFrame({"figure": both, "a": [a[name] for name in both], "b": [b[name] for name in both]})
    return frame.assign(difference=frame["b"] - frame["a"])


def _stops(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Visits of both by place: those of B belong to the nearest place of A within reach, or to their own."""
    points: list[shapely.Point] = []
    rows: list[dict[str, Any]] = []
    for side, stops in (("a", a), ("b", b)):
        for stop in stops.itertuples():
            away = [point.distance(stop.geometry) for point in points]
            at = int(np.argmin(away)) if away and min(away) <= SAME_PLACE_M else len(points)
            if at == len(points):
                points.append(stop.geometry)
                rows.append({"label": str(stop.label), **dict.fromkeys(COUNTS, 0)})
            rows[at][f"visits_{side}"] += 1
            rows[at][f"minutes_{side}"] += float(stop.minutes)
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=["label", *COUNTS]), geometry=points, crs=a.crs)
    frame["difference"] = frame["minutes_b"] - frame["minutes_a"]
    order = frame["difference"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _segments(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    left, right = (frame.drop_duplicates("key").set_index("key") for frame in (a, b))
    keys = left.index.union(right.index, sort=False)
    one, other = left.reindex(keys), right.reindex(keys)
    shapes = np.where(one.geometry.notna(), one.geometry.to_numpy(), other.geometry.to_numpy())
    columns = {
        "name": one["name"].fillna(other["name"]).fillna("").to_numpy(),
        **{
            f"{column}_{side}": frame[column].fillna(0.0).to_numpy(dtype=np.float64)
            for column in ("minutes", "need")
            for side, frame in (("a", one), ("b", other))
        },
    }
    made = gpd.GeoDataFrame(columns, geometry=shapes, crs=a.crs)
    made["difference"] = made["minutes_b"] - made["minutes_a"]
    return made


def _sentence(
    names: tuple[str, str],
    figures: pd.DataFrame,
    stops: gpd.GeoDataFrame,
    segments: gpd.GeoDataFrame,
    words: Words,
) -> str:
    """What changes, in words."""
    by_name = figures.set_index("figure")
    told = []
    if "share_on_shift" in by_name.index:
        share = {side: float(by_name[side]["share_on_shift"]) for side in ("a", "b")}
        told.append(
            words(
                "{b} puts {share_b} % of the need in its shifts under effect, {a} {share_a} %",
                a=names[0],
                b=names[1],
                share_a=words.number(100 * share["a"], 1),
                share_b=words.number(100 * share["b"], 1),
            )
        )
        if _needs_differ(segments):
            told.append(
                words(
                    "the need in the shifts is not the same (other hours or other weights), so that these "
                    "two shares are of different wholes"
                )
            )
    new, gone = int((stops["visits_a"] == 0).sum()), int((stops["visits_b"] == 0).sum())
    same = len(stops) - new - gone
    told.append(
        words("places visited: {same} the same, {new} new, {gone} given up", same=same, new=new, gone=gone)
    )
    moved = float(np.minimum(segments["minutes_a"], segments["minutes_b"]).sum())
    most = max(float(segments["minutes_a"].sum()), float(segments["minutes_b"].sum()), 1e-9)
    spent = words.number(100 * moved / most)
    told.append(words("{share} % of the minutes are spent on the same streets", share=spent))
    return "; ".join(told) + "."


def _needs_differ(segments: gpd.GeoDataFrame) -> bool:
    """Whether the plans were made for different needs: then their shares can't be set against each other."""
    a, b = (segments[name].to_numpy(dtype=np.float64) for name in ("need_a", "need_b"))
    return bool(np.nansum(np.abs(a - b)) > NEED_DIFFERS * max(np.nansum(a), np.nansum(b), 1e-12))
