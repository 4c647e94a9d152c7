"""What one crew's route holds for those who walk it: stops, ways, whom to meet, what to mind."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from patrolplan.duty import Crew
from patrolplan.i18n import ENGLISH, Words, words_of
from patrolplan.io import card_words as texts
from patrolplan.io.called import called_streets
from patrolplan.io.card_around import ShelterFacts, closed_lines, shelters_near
from patrolplan.io.day_words import shift_lines, shift_notices
from patrolplan.io.json_text import json_text
from patrolplan.io.ride_words import return_words, set_out_words
from patrolplan.io.sun import is_dark
from patrolplan.io.text import one_line, slug
from patrolplan.io.times import clock
from patrolplan.io.words import why_line
from patrolplan.io.write_json import plan_document
from patrolplan.plan import PatrolPlan

LANDMARK_KINDS = (
    "station", "townhall", "school", "market", "worship", "hospital", "university", "theatre", "library",
    "post_office", "mall", "supermarket", "pharmacy", "bank", "hotel", "park", "restaurant", "bar", "cafe",
    "shop", "bus_stop",
)  # fmt: skip
"""Kinds of place that tell an officer where he is, the best first."""
MOST_TO_MEET = 6
HASH_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class StopFacts:
    """One line of the timetable, told.

    Attributes
    ----------
    kind
        "start", "visit", "break" or "end".
    order
        1.. for visits, 0 otherwise.
    arrive, start, leave, minutes
        As in the plan.
    label, street, landmark
        Where; "" for what is unknown or already said by the label.
    why, whys
        One plain line; the same with ever fewer reasons, for narrow places.
    acts
        Two or three things to do.
    walks
        How it is reached, told fully, then ever shorter; empty where no walk is needed.
    lon, lat
        Degrees.
    point
        In the network's metric system.
    hot_spot
        Index of the hot spot, -1 if none.
    told
        What happens where a patrol sets out from a vehicle or a bus stop and comes back to it, "" elsewhere.
    """

    kind: str
    order: int
    arrive: Any
    start: Any
    leave: Any
    minutes: float
    label: str
    street: str
    landmark: str
    why: str
    whys: tuple[str, ...]
    acts: tuple[str, ...]
    walks: tuple[str, ...]
    lon: float
    lat: float
    point: tuple[float, float]
    hot_spot: int
    told: str = ""

    @property
    def walk(self) -> str:
        """How it is reached, told fully; "" where no walk is needed."""
        return self.walks[0] if self.walks else ""


@dataclass(frozen=True, kw_only=True)
class RouteFacts:
    """One crew's route, told.

    Attributes
    ----------
    number
        1.., the crew's place in the plan.
    crew
        As planned.
    name, officers
        Cleaned of what could harm a file.
    stops
        Every event of the route in order: start, visits, break, end.
    meet
        Lines on whom to meet.
    hazards
        Lines on what to mind, streets that are closed that day first.
    shelters
        The nearest shelters of the map, where there are any.
    days
        What is unusual about the day: market, bells, events, streets that are shut.
    shut
        Segments that are shut in the shift.
    lacks
        One sentence on what the plan does not keep, where it could not keep everything.
    digits
        The plan's hash, as :func:`plan_hash` gives it.
    words
        Of the plan's language.
    """

    number: int
    crew: Crew
    name: str
    officers: tuple[str, ...]
    stops: tuple[StopFacts, ...]
    meet: tuple[str, ...]
    hazards: tuple[str, ...]
    shelters: tuple[ShelterFacts, ...]
    digits: str
    words: Words = ENGLISH
    days: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    shut: frozenset[int] = frozenset()

    @property
    def visits(self) -> tuple[StopFacts, ...]:
        """The stops proper."""
        return tuple(stop for stop in self.stops if stop.kind == "visit")


def plan_hash(plan: PatrolPlan) -> str:
    """The first ten digits of the SHA-256 of the plan's plan.json: the same plan, the same digits."""
    return hashlib.sha256(json_text(plan_document(plan)).encode()).hexdigest()[:HASH_DIGITS]


def all_routes(plan: PatrolPlan) -> tuple[RouteFacts, ...]:
    """Every crew's route in the order of the crews."""
    degrees = plan.events.geometry.to_crs("EPSG:4326")
    digits, places = plan_hash(plan), _places(plan)
    walked = {segment for ids in plan.legs["segments"] for segment in ids}
    called = called_streets(plan.network, words_of(plan.language), only=walked)
    return tuple(_route(plan, crew, degrees, places, digits, called) for crew in range(len(plan.crews)))


def route_file(what: str, route: RouteFacts, crews: int) -> str:
    """A crew's file name without its ending: ``card_01_night``, Cyrillic names in Latin letters."""
    number = f"{route.number:0{len(str(crews))}d}"
    return "_".join(filter(None, [what, number, slug(route.crew.name)]))


def _route(
    plan: PatrolPlan,
    crew: int,
    degrees: gpd.GeoSeries,
    places: pd.DataFrame,
    digits: str,
    called: pd.Series,
) -> RouteFacts:
    who = plan.crews[crew]
    events = plan.events[plan.events["crew"] == crew]
    legs = plan.legs[plan.legs["crew"] == crew]
    stops = tuple(_stops(plan, events, legs, degrees, places, called))
    return RouteFacts(
        number=crew + 1,
        crew=who,
        name=one_line(who.name),
        officers=tuple(one_line(officer.name) for officer in who.officers),
        stops=stops,
        meet=tuple(_meet(plan, stops, places)),
        hazards=(*closed_lines(plan, who, legs), *_hazards(plan, legs, stops, called)),
        shelters=shelters_near(plan, stops),
        digits=digits,
        words=words_of(plan.language),
        days=shift_lines(plan, crew, words_of(plan.language)),
        lacks=tuple(one_line(note) for note in plan.notes[: bool(plan.lacks)]),
        shut=frozenset(s for notice in shift_notices(plan, crew) for s in notice.segments),
    )


def _places(plan: PatrolPlan) -> pd.DataFrame:
    """Named places people visit with the segment they lie on, the weightiest first."""
    sources = plan.weights.sources
    if "part" not in sources.columns:
        return pd.DataFrame({"kind": [], "segment": [], "label": []})
    named = sources[
        (sources["part"] == "footfall") & (sources["label"] != "") & ~sources["sensitive"].astype(bool)
    ]
    return named.sort_values("weight", ascending=False, kind="stable")[["kind", "segment", "label"]]


def _stops(
    plan: PatrolPlan,
    events: gpd.GeoDataFrame,
    legs: gpd.GeoDataFrame,
    degrees: gpd.GeoSeries,
    places: pd.DataFrame,
    called: pd.Series,
) -> Iterator[StopFacts]:
    turns: Counter[int] = Counter()
    words = words_of(plan.language)
    walks = list(legs[legs["kind"] == "walk"].itertuples())
    for event in events.itertuples():
        spot = int(event.hot_spot)
        label, street = one_line(event.label), one_line(event.street)
        own_walks = [leg for leg in walks if leg.end <= event.arrive and event.kind != "start"]
        walks = [leg for leg in walks if leg not in own_walks]
        here = places[places["segment"].isin(plan.hot_spots[spot].segments)] if spot >= 0 else places.iloc[:0]
        yield StopFacts(
            kind=event.kind,
            order=int(event.order),
            arrive=event.arrive,
            start=event.start,
            leave=event.leave,
            minutes=float(event.minutes),
            label=label,
            street="" if street.casefold() in label.casefold() else street,
            landmark=_landmark(here, label),
            why=one_line(event.why),
            whys=_whys(event, words),
            acts=texts.acts_for(event.reasons, words, turn=turns[spot]) if spot >= 0 else (),
            walks=_walks(plan, own_walks, called),
            lon=float(degrees[event.Index].x),
            lat=float(degrees[event.Index].y),
            point=(float(event.geometry.x), float(event.geometry.y)),
            hot_spot=spot,
            told=_ridden(plan.crews[int(event.crew)], event.kind, words),
        )
        turns[spot] += 1


def _ridden(crew: Crew, kind: str, words: Words) -> str:
    if crew.ride is None or kind not in ("start", "end"):
        return ""
    return set_out_words(crew.ride, words) if kind == "start" else return_words(crew.ride, words)


def _landmark(here: pd.DataFrame, label: str) -> str:
    """The place that tells best where a stop is, unless the label names it."""
    rank = {kind: place for place, kind in enumerate(LANDMARK_KINDS)}
    known = [
        (rank[kind], place, one_line(name))
        for place, (kind, name) in enumerate(zip(here["kind"], here["label"], strict=True))
        if kind in rank
    ]
    best = [name for _, _, name in sorted(known) if name]
    if not best or any(name.casefold() in label.casefold() for name in best[:1]):
        return ""
    return best[0]


def _whys(event: Any, words: Words) -> tuple[str, ...]:
    """The line on why, and shorter ones that tell the greatest reasons alone."""
    told = [one_line(event.why)]
    if event.kind == "visit" and told[0] == one_line(why_line(event.reasons, words)):
        told += [why_line(event.reasons[:most], words) for most in range(len(event.reasons) - 1, 0, -1)]
    return tuple(dict.fromkeys(filter(None, told)))


def _walks(plan: PatrolPlan, walks: Sequence[Any], called: pd.Series) -> tuple[str, ...]:
    """The way told by all its streets, by those with a name, by ever fewer, and by none."""
    lengths, names = plan.network.segments["length_m"], plan.network.segments["name"]
    by_street: dict[str, float] = defaultdict(float)
    nameless = set()
    for leg in walks:
        for segment in leg.segments:
            by_street[called[segment]] += float(lengths[segment])
            nameless |= set() if names[segment] else {called[segment]}
    metres = sum(float(leg.length_m) for leg in walks)
    streets = [name for name, walked in by_street.items() if name and walked >= 0.15 * metres]
    named = [name for name in streets if name not in nameless]
    choices = [streets[:3], named[:3], named[:2], named[:1], streets[:1], []]
    seconds = sum((leg.end - leg.start).total_seconds() for leg in walks)
    words = words_of(plan.language)
    told = (texts.walk_words(metres, seconds, chosen, words) for chosen in choices)
    return tuple(sorted(dict.fromkeys(filter(None, told)), key=len, reverse=True))


def _meet(plan: PatrolPlan, stops: Sequence[StopFacts], places: pd.DataFrame) -> Iterator[str]:
    """One place of each kind in turn, until there are enough to meet in a shift."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for stop in stops:
        if stop.kind == "visit":
            numbers[stop.hot_spot].append(stop.order)
    spot_of = {segment: spot for spot in numbers for segment in plan.hot_spots[spot].segments}
    near = places[places["segment"].isin(spot_of) & places["kind"].isin(texts.KEEPERS)]
    near = near.drop_duplicates(["kind", "label"])
    nth = near.groupby("kind").cumcount().to_numpy()
    rank = near["kind"].map({kind: place for place, kind in enumerate(texts.KEEPERS)}).to_numpy()
    chosen = near.iloc[np.lexsort((rank, nth))[:MOST_TO_MEET]]
    columns = (chosen[name].tolist() for name in ("segment", "label", "kind"))
    told = [(numbers[spot_of[segment]], one_line(label), kind) for segment, label, kind in zip(*columns)]
    for orders, label, kind in sorted(told, key=lambda line: line[0]):
        yield texts.keeper_words(label, kind, orders, words_of(plan.language))


def _hazards(
    plan: PatrolPlan, legs: gpd.GeoDataFrame, stops: Sequence[StopFacts], called: pd.Series
) -> Iterator[str]:
    segments = plan.network.segments
    if legs.empty or not stops:
        return
    lon, lat = stops[0].lon, stops[0].lat
    dark_legs = [leg for leg in legs.itertuples() if is_dark(leg.start, lon=lon, lat=lat)]
    in_dark = list(dict.fromkeys(segment for leg in dark_legs for segment in leg.segments))
    walked = list(dict.fromkeys(segment for ids in legs["segments"] for segment in ids))
    names, words = called, words_of(plan.language)
    if in_dark:
        since = clock(dark_legs[0].start) if len(dark_legs) < len(legs) else clock(legs["start"].iloc[0])
        lit = segments.loc[in_dark, "lit"]
        unlit = [segment for segment in in_dark if lit[segment] == "no"]
        if unlit:
            yield texts.dark_words(names[unlit], since, words)
        if segments.loc[lit.index[lit == ""], "length_m"].sum() > segments.loc[in_dark, "length_m"].sum() / 2:
            yield texts.unknown_light_words(since, words)
    on_way = segments.loc[walked]
    steps = on_way.index[on_way["steps"].astype(bool)]
    if len(steps):
        yield texts.steps_words(len(steps), names[steps], words)
    unpaved = on_way.index[on_way["surface"].isin(texts.UNPAVED)]
    if len(unpaved):
        yield texts.unpaved_words(names[unpaved], words)
