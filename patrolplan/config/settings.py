"""The settings of a community's plan, validated: what a plan file may say, independent of files."""

from __future__ import annotations

import datetime as dt
from typing import cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from patrolplan.config.asked import AppointmentSettings, AreaSettings, appointment_faults
from patrolplan.config.crews import (
    CrewSettings,
    Fault,
    OfficerSettings,
    Section,
    StationSettings,
    name_faults,
)
from patrolplan.config.dates import CalendarSettings, EventSettings
from patrolplan.config.people import people_faults, shifts_of
from patrolplan.config.streets import StreetSettings
from patrolplan.config.tables import (
    CameraSettings,
    OffenceSettings,
    PlaceSettings,
    ProblemSettings,
    RosterSettings,
    StaffSettings,
)
from patrolplan.config.values import FilePath, KindOfWay, Language, Pace, Share, Timezone
from patrolplan.config.week import WeekSettings


class CommunitySettings(Section):
    """Whose plan it is."""

    name: str = Field(min_length=1, description="Name for titles.")
    timezone: Timezone = Field(
        description='IANA time zone of every clock time here and in the tables, such as "Europe/Kyiv".'
    )
    language: Language = Field(
        default="en",
        description='Language of what people read: "en" or "uk"; `--lang` overrides it.',
    )


class NeedSettings(Section):
    """How offences, busy places and named problems make up the need for patrol."""

    a_off: Share | None = Field(
        default=None,
        examples=[0.5],
        description="Share of need given to offences: policy. Without the three shares: "
        "0.9 n / (n + 25) for n usable offences, the rest by what is at hand.",
    )
    a_foot: Share | None = Field(
        default=None, examples=[0.3], description="Share of need given to busy places: policy."
    )
    a_prob: Share | None = Field(
        default=None, examples=[0.2], description="Share of need given to named problems: policy."
    )
    bandwidth_m: float = Field(
        default=600.0, gt=0, le=2000, description="How far along the streets an offence is felt, in metres."
    )
    half_life_days: float = Field(
        default=365.0, gt=0, le=36500, description="Days after which an offence counts half."
    )
    factors_file: FilePath | None = Field(
        default=None,
        examples=["factors.csv"],
        description="Table with your own factors of need: factor, and street, osm_id, settlement or an area.",
    )
    areas_file: FilePath | None = Field(
        default=None,
        examples=["areas.gpkg"],
        description="Shares of need that settlements or areas get: least, most, and name or an area.",
    )
    unlit_factor: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Need on streets mapped as unlit is multiplied by this after dark; 1 leaves it as it is.",
    )

    @model_validator(mode="after")
    def _shares_sum_to_one(self) -> NeedSettings:
        shares = (self.a_off, self.a_foot, self.a_prob)
        given = [share for share in shares if share is not None]
        if given and (len(given) < 3 or abs(sum(given) - 1) > 1e-6):
            told = " + ".join("(not given)" if share is None else f"{share:g}" for share in shares)
            raise ValueError(f"give a_off, a_foot and a_prob together, with sum 1, or none (here: {told})")
        return self


class HotSpotSettings(Section):
    """The stops of the patrol: clusters of streets that an officer walks in one stay."""

    dwell_min: int = Field(default=12, ge=5, le=60, description="Minutes of a stay.")
    max_dwell_min: int = Field(default=15, ge=5, le=60, description="Longest stay in minutes.")
    radius_m: float = Field(
        default=150.0, ge=30, le=500, description="A hot spot stays within this of its centre, in metres."
    )
    watched_dwell_min: int = Field(
        default=8,
        ge=3,
        le=60,
        description="Minutes of a stay where cameras show most of the need: an assumption.",
    )
    apart_m: float = Field(
        default=100.0, ge=0, le=2000, description="Least walk between two hot spots, in metres."
    )
    max_count: int | None = Field(
        default=None,
        ge=1,
        le=2000,
        examples=[120],
        description="Most hot spots to choose from; 40 for each crew where not given, 300 at the most.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> HotSpotSettings:
        if self.max_dwell_min < self.dwell_min:
            raise ValueError(
                f"max_dwell_min ({self.max_dwell_min:g}) is less than dwell_min ({self.dwell_min:g})"
            )
        return self


class EffectSettings(Section):
    """What a visit does, and for how long."""

    fade_min: float = Field(
        default=120.0, gt=0, le=1440, description="Minutes until the effect of a visit is gone."
    )
    full_dwell_min: float = Field(
        default=12.0, gt=0, le=120, description="Minutes of stay that give the full effect."
    )
    pass_quality: Share = Field(default=0.3, description="Effect of walking past without a stop, 0 to 1.")


class WalkingSettings(Section):
    """How fast and how far crews walk."""

    transfer_km_h: float = Field(default=4.5, ge=1, le=8, description="Speed from stop to stop.")
    patrol_km_h: float = Field(default=3.0, ge=0.5, le=8, description="Speed inside a hot spot.")
    kind_pace: dict[KindOfWay, Pace] = Field(
        default={},
        examples=[{"steps": 0.4, "path": 0.8}],
        description="Pace on kinds of way (OpenStreetMap's words) as a share of the speed, 0.1 to 2; "
        "steps are 0.5 and all others 1 where not named.",
    )
    longest_leg_min: float = Field(
        default=45.0, ge=1, le=240, description="Longest walk between two stops, in minutes."
    )
    detour_percent: float = Field(
        default=0.0,
        ge=0,
        le=50,
        description="How much longer than the quickest a walk between stops may take, to pass more need.",
    )


class RuleSettings(Section):
    """Rules that keep plans sensible."""

    min_gap_min: float = Field(
        default=30.0, ge=0, le=1440, description="Least minutes between two visits to one hot spot."
    )
    crowd_m: float = Field(
        default=150.0,
        ge=0,
        le=2000,
        description="Crews that stay within this of each other at once, in metres of walk, are too close.",
    )
    crowd_price: float = Field(
        default=0.2,
        ge=0,
        le=10,
        description="What the search pays for a visit made too close to another crew, in good visits; the "
        "score does not know it. 0 allows it.",
    )
    longest_walk_min: float | None = Field(
        default=None,
        gt=0,
        le=1440,
        examples=[80],
        description="Most minutes that a crew walks in a shift between stops and to and from its station.",
    )
    most_visits: int | None = Field(
        default=None, ge=1, le=100, examples=[4], description="Most visits to one hot spot."
    )
    problem_share: Share = Field(
        default=0.0, description="Least share of the crews' time on duty to be spent at named problems."
    )
    problem_gap_min: float | None = Field(
        default=None,
        gt=0,
        le=1440,
        examples=[150],
        description="Longest minutes that a named problem is left without a visit during the shifts.",
    )
    rest_h: float | None = Field(
        default=None,
        gt=0,
        le=48,
        examples=[11],
        description="Least hours that an officer rests between shifts of `[[crews]]` that begin on different "
        "days; `week.rest_h` says it for `week`.",
    )
    shelter_min: float | None = Field(
        default=None,
        gt=0,
        le=60,
        examples=[5],
        description="Longest minutes of walk to a shelter from any street that is walked or visited; "
        "shelters come from the street file and the table of places (kind shelter).",
    )

    @model_validator(mode="after")
    def _gaps_in_order(self) -> RuleSettings:
        if self.problem_gap_min is not None and self.problem_gap_min <= self.min_gap_min:
            raise ValueError(
                f"problem_gap_min ({self.problem_gap_min:g}) must exceed min_gap_min ({self.min_gap_min:g})"
            )
        return self


class CardSettings(Section):
    """What officers' cards tell beside the plan."""

    contacts: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["Duty desk: 102"]],
        description="Whom to reach, a line each; without any, cards have blanks to fill in.",
    )
    shelters: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["School 3, cellar, from the yard"]],
        description="Where to go in an alarm, a line each, before the shelters that the street file and "
        "the table of places (kind shelter) hold near the stops.",
    )
    closed: tuple[str, ...] = Field(
        default=(),
        strict=False,
        examples=[["Bridge by the mill, until Friday"]],
        description="Closed roads and other things to mind, a line each.",
    )


class ReportSettings(Section):
    """What the community's report is made from, beside the ledger."""

    people_file: FilePath | None = Field(
        default=None,
        examples=["people.csv"],
        description="Table of settlements with the columns name and people; without it, by the map "
        "(population), else people are left out.",
    )


class PlanSettings(Section):
    """What to plan, and how long to search."""

    date: dt.date | None = Field(
        default=None, description="Day of the plan, for crews that name no day of their own."
    )
    seconds: float = Field(default=30.0, gt=0, le=86400, description="Seconds of search.")
    solutions: int | None = Field(
        default=None,
        examples=[50],
        ge=1,
        le=100000,
        description="Search a fixed amount instead of a time, for plans that repeat exactly.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seed of all chance.")
    refine: bool = Field(
        default=True, description="Improve the routes on the true score after the first search."
    )
    partial: bool = Field(
        default=False,
        description="Where demands contradict each other: plan without those that can't be kept, and say on "
        "every file which. Otherwise no plan is made.",
    )
    vary: Share | None = Field(
        default=None,
        examples=[0.03],
        description="Draw the plan at random among those that lose at most this share of the best one's "
        "score, so that routes can't be learnt by heart; a new seed gives a new plan.",
    )


class Settings(Section):
    """All that a plan file says.

    Examples
    --------
    >>> settings = Settings(
    ...     community={"name": "Town", "timezone": "Europe/Kyiv"}, streets={"file": "town.osm"}
    ... )
    >>> settings.effect.fade_min
    120.0
    """

    community: CommunitySettings = Field(description="Whose plan it is.")
    streets: StreetSettings = Field(description="The walkable streets.")
    offences: OffenceSettings | None = Field(default=None, description="The offence table.")
    places: PlaceSettings = Field(default=PlaceSettings(), description="Places people visit.")
    problems: ProblemSettings | None = Field(default=None, description="Problems residents named.")
    cameras: CameraSettings | None = Field(default=None, description="Cameras that watch streets.")
    calendar: CalendarSettings | None = Field(
        default=None, description="Days that are not usual: holidays, bells, curfews, closures."
    )
    events: EventSettings | None = Field(default=None, description="Events, and what they ask for.")
    staff: StaffSettings | None = Field(default=None, description="A table of officers.")
    roster: RosterSettings | None = Field(default=None, description="A roster that is settled.")
    need: NeedSettings = Field(default=NeedSettings(), description="How need is made up.")
    hot_spots: HotSpotSettings = Field(default=HotSpotSettings(), description="The stops of the patrol.")
    effect: EffectSettings = Field(default=EffectSettings(), description="What a visit does.")
    walking: WalkingSettings = Field(default=WalkingSettings(), description="How crews walk.")
    rules: RuleSettings = Field(default=RuleSettings(), description="Rules that keep plans sensible.")
    plan: PlanSettings = Field(default=PlanSettings(), description="What to plan.")
    # Made anew for each plan file, for the ledger stands beside it.
    week: WeekSettings = Field(
        default_factory=lambda: cast(WeekSettings, {}),
        validate_default=True,
        description="When to patrol, week by week.",
    )
    card: CardSettings = Field(default=CardSettings(), description="What cards tell beside the plan.")
    report: ReportSettings = Field(
        default=ReportSettings(), description="What the community's report is made from."
    )
    stations: tuple[StationSettings, ...] = Field(
        default=(), strict=False, description="Where shifts begin and end."
    )
    officers: tuple[OfficerSettings, ...] = Field(default=(), strict=False, description="Who walks.")
    crews: tuple[CrewSettings, ...] = Field(default=(), strict=False, description="Who walks when.")
    appointments: tuple[AppointmentSettings, ...] = Field(
        default=(), strict=False, description="Visits at set times."
    )
    areas: tuple[AreaSettings, ...] = Field(
        default=(), strict=False, description="Caps and floors of visits in areas."
    )

    @model_validator(mode="after")
    def _ties_hold(self) -> Settings:
        faults = cross_faults(self)
        if faults:
            told = "; ".join(f"{dotted(fault.path)}: {fault.message}" for fault in faults)
            raise PydanticCustomError("cross", "{told}", {"told": told, "faults": faults})
        return self


def cross_faults(settings: Settings) -> list[Fault]:
    """Faults between sections: names, dates and shifts that don't go together."""
    crews, day = settings.crews, settings.plan.date
    faults = name_faults(settings.model_dump(by_alias=True, include={"stations", "officers", "crews"}))
    faults += people_faults(settings)
    stay = settings.hot_spots.dwell_min
    faults += appointment_faults(settings.appointments, crews, shifts_of(settings), stay)
    for k, crew in enumerate(crews):
        start, end = crew.minutes
        needed = settings.hot_spots.dwell_min + (crew.rest.minutes if crew.rest else 0)
        if end - start < needed:
            told = (
                f"{crew.shift} is shorter than one stay (hot_spots.dwell_min) and the break: {needed:g} min"
            )
            faults.append(Fault(("crews", k, "shift"), told))
        if crew.date is None and day is None:
            faults.append(
                Fault(("crews", k), f'crew "{crew.name}" has no date; give it one, or set plan.date')
            )
    return faults


def dotted(path: tuple[str | int, ...]) -> str:
    """The path of a key as people write it; tables of a list are counted from 1.

    Examples
    --------
    >>> dotted(("crews", 0, "shift"))
    'crews[1].shift'
    """
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
