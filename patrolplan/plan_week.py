"""A whole week: when to patrol, where and by whom, then the routes of every day; values in, values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from patrolplan.build import horizon_of
from patrolplan.config import Settings
from patrolplan.config_crews import BreakSettings, CrewSettings
from patrolplan.crews import clock_notes, crews_of
from patrolplan.duty import Crew
from patrolplan.errors import NoPlanError
from patrolplan.i18n import words_of
from patrolplan.io.changes_sheet import edit_points
from patrolplan.load import Loaded, load
from patrolplan.make import make_plan
from patrolplan.pipeline import problem_of, spots_in_reach, stop_of, walks_of, weigh_loaded
from patrolplan.plan import PatrolPlan
from patrolplan.provenance import provenance_of
from patrolplan.risk.calendar import HOLIDAY, NO_SCHOOL, calendar_words
from patrolplan.risk.hot_spots import HotSpot
from patrolplan.risk.weights import SegmentWeights
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.solution import Solution
from patrolplan.solver.solve import Progress, Result
from patrolplan.solver.stop import Stop
from patrolplan.week.difference import WeekDifference
from patrolplan.week.edits import Edit, fixed_by, nearest_stops, plain_edits, with_edits
from patrolplan.week.figures import WeekGuess, gap_table, load_table, week_guess
from patrolplan.week.grid import WeekGrid
from patrolplan.week.past import Past
from patrolplan.week.roster import SEARCH_EFFORT, Block, Roster, make_roster
from patrolplan.week.routes import DayResult, DayTask, Rotation, plan_days
from patrolplan.week.seen import memory_of
from patrolplan.week.setting_up import covers_of, fixed_of, officers_of, rules_of_work
from patrolplan.week.what_if import hour_more_or_less
from patrolplan.week_ground import Ground, ground_of

FAR_PART_M = 1_000.0
"""With rides, parts of the streets from this many metres on are patrolled, joined on foot or not."""

SPOTS_AN_AREA = 60
"""Most hot spots of a settlement where there are several."""

EFFORT_A_SOLUTION = 0.25

RESTS_ON = ("inputs_sha256", "settings", "versions", "seed", "osm_timestamp", "edits")
"""What the plan's provenance says the week rests on."""

ROSTER_LOSS_SHARE = 1 / 3
"""Share of the loss allowed that goes to the hours; the rest goes to the routes."""


@dataclass(frozen=True, kw_only=True)
class PlannedWeek:
    """A week as planned.

    Attributes
    ----------
    name
        "2026-W48".
    roster
        Who patrols when.
    plan
        All patrols of the week as one plan, for the writers.
    days
        One row a day: ``day``, ``crews``, ``visits``, ``best_score``, ``score``, ``loss``, ``due``,
        ``given_up``.
    gaps
        As `gap_table`: the longest time unseen of each top place.
    load
        As `load_table`: what each officer walks.
    what_if
        As `hour_more_or_less`.
    guess
        How guessable the week is, None without weeks before it.
    delivered
        As `Delivered.facts`: how many of the planned minutes to expect, and by what.
    calendar
        Days of the week that are not usual, in words.
    differences
        What changed against the week before and against the week as issued.
    warnings
        Plain sentences on what could not be kept.
    """

    name: str
    roster: Roster
    plan: PatrolPlan
    days: pd.DataFrame
    gaps: pd.DataFrame
    load: pd.DataFrame
    what_if: pd.DataFrame
    guess: WeekGuess | None
    delivered: dict[str, Any] = field(default_factory=dict)
    calendar: tuple[str, ...] = ()
    differences: tuple[WeekDifference, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def summary(self) -> dict[str, Any]:
        """The week in figures, for scripts."""
        best, score = self.days["best_score"].sum(), self.days["score"].sum()
        return {
            "week": self.name,
            **self.plan.summary(),
            "patrol_days": len(self.days),
            "officer_hours": round(sum(b.end_min - b.start_min for b in self.roster.blocks) / 60, 2),
            "loss": round(float(1 - score / best), 6) if best else 0.0,
            "roster_worth": self.roster.worth,
            "roster_best": self.roster.best_worth,
            "roster_bound": self.roster.bound,
            "longest_gap_days": int(self.gaps["longest_gap_days"].max()) if len(self.gaps) else 0,
            "guessability": _guess_facts(self.guess),
            "delivered": self.delivered,
            "roster": roster_rows(self.roster),
            "load": _rows(self.load),
            "days": _rows(self.days),
            "gaps": _rows(self.gaps),
            "calendar": list(self.calendar),
            "differences": [
                {"against": d.against, "lines": list(d.lines), "table": _rows(d.table)}
                for d in self.differences
            ],
            **{key: self.plan.provenance[key] for key in RESTS_ON if key in self.plan.provenance},
            "hour_more_or_less": [
                {**row, "start": _clock(row.pop("start_min")), "end": _clock(row.pop("end_min"))}
                for row in _rows(self.what_if)
            ],
        }


def plan_week(
    settings: Settings,
    monday: dt.date,
    *,
    past: Past | None = None,
    edits: Sequence[Edit] = (),
    stop: Stop | None = None,
    on_progress: Callable[[str], None] | None = None,
    on_search: Callable[[Progress], None] | None = None,
) -> PlannedWeek:
    """Plan a week: the roster by the need of its hours, then the routes of each day.

    Parameters
    ----------
    settings
        Of the plan file; its ``[[crews]]`` are not asked, its ``[week]`` is.
    monday
        First day of the week.
    past
        What the ledger holds of the weeks before.
    edits
        What a planner changed in the week as it was planned before.
    stop
        When to end the search of each day; default: as the settings say.
    on_progress, on_search
        Told a few words at each new step, and how far a search is.

    Raises
    ------
    InputError, NoPlanError
    """
    tell = on_progress or (lambda _: None)
    past = past or Past()
    base = _of_week(settings, monday)
    loaded = load(base, on_progress=on_progress)
    tell("weighing streets")
    weights = weigh_loaded(loaded, week=monday)
    tell("choosing hours")
    ending = stop or stop_of(settings)
    roster, ground = roster_of_week(
        loaded, weights, monday, past=past, edits=edits, effort=roster_effort(ending)
    )
    crewed = base.model_copy(update=crew_settings(roster, base, ground))
    return _routes(
        replace(loaded, settings=crewed),
        weights,
        roster,
        ground,
        past,
        edits=edits,
        stop=ending,
        tell=tell,
        on_search=on_search,
    )


def roster_of_week(
    loaded: Loaded,
    weights: SegmentWeights,
    monday: dt.date,
    *,
    past: Past,
    edits: Sequence[Edit] = (),
    effort: float = SEARCH_EFFORT,
) -> tuple[Roster, Ground]:
    """Who patrols when and where one can, by the settings and what was patrolled before."""
    settings = loaded.settings
    grid = WeekGrid(monday=monday, step_min=settings.week.step_min)
    closed = grid.touched(settings.week.curfew)
    officers = officers_of(settings, grid, staff=loaded.staff, past=past, closed=closed)
    ground = ground_of(loaded, weights, grid, past, crews=min(3, len(officers)))
    areas = ground.areas
    cover = covers_of(settings, grid, [area.name for area in areas], _no_school(loaded))
    fixed = fixed_of(loaded.roster, grid, officers)
    if loaded.roster is None:
        fixed = fixed_by(edits, grid, officers, areas)
    roster = make_roster(
        grid,
        officers,
        areas,
        rules_of_work(settings, grid, cover),
        fixed=fixed,
        only_fixed=loaded.roster is not None,
        fade_min=settings.effect.fade_min,
        loss=settings.week.loss_percent / 100 * ROSTER_LOSS_SHARE,
        seed=settings.plan.seed,
        effort=effort,
    )
    return roster, ground


def roster_effort(stop: Stop) -> float:
    """Work for choosing the hours, by CP-SAT's count: less where few solutions of the routes are asked for.

    Examples
    --------
    >>> roster_effort(Stop(seconds=30)), roster_effort(Stop(solutions=4))
    (5.0, 1.0)
    """
    return SEARCH_EFFORT if stop.solutions is None else min(SEARCH_EFFORT, EFFORT_A_SOLUTION * stop.solutions)


def crew_settings(roster: Roster, settings: Settings, ground: Ground) -> dict[str, Any]:
    """The roster's patrols as ``crews`` and ``stations`` of a plan file: dates, shifts, breaks."""
    words = words_of(settings.community.language)
    made, taken = [], set()
    stations = {station.name: station for station in settings.stations}
    for block in roster.blocks:
        officer = roster.officers[block.officer]
        day = roster.grid.day(block.foot_from // 1440)
        where = roster.areas[block.area].name
        start = ground.starts[officer.station][block.area]
        stations[start.name] = start
        name = " ".join(
            filter(None, [words.weekdays()[day.weekday()], f"{day.day:02d}", officer.name, where])
        )
        name = name if name not in taken else f"{name} {_clock(block.foot_from)}"
        taken.add(name)
        made.append(
            CrewSettings(
                name=name,
                officers=(officer.name,),
                shift=f"{_clock(block.foot_from)}-{_clock(block.foot_to)}",
                date=day,
                start=start.name,
                rest=_rest(block, settings),  # type: ignore[call-arg]
            )
        )
    return {"crews": tuple(made), "stations": tuple(stations.values())}


def roster_rows(roster: Roster) -> list[dict[str, Any]]:
    """The roster in plain rows, for scripts."""
    return [
        {
            "officer": roster.officers[block.officer].name,
            "area": roster.areas[block.area].name,
            "date": roster.grid.day(block.start_min // 1440).isoformat(),
            "start": _clock(block.start_min),
            "end": _clock(block.end_min),
            "minutes": block.end_min - block.start_min,
            "fixed": block.fixed,
        }
        for block in roster.blocks
    ]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as JSON holds them."""
    rows: Any = frame.to_dict("records")
    return [
        {
            key: value.isoformat()
            if isinstance(value, dt.date)
            else None
            if isinstance(value, float) and np.isnan(value)
            else value
            for key, value in row.items()
        }
        for row in rows
    ]


def _guess_facts(guess: WeekGuess | None) -> dict[str, Any] | None:
    if guess is None:
        return None
    told = guess.guess
    return {
        "hit_rate": round(told.hit_rate, 4),
        "if_repeated": round(told.repeated, 4),
        "by_chance": round(told.chance, 4),
        "weeks_known": guess.weeks,
    }


def _of_week(settings: Settings, monday: dt.date) -> Settings:
    """The settings without crews, for the week's first day; with rides, far parts of the streets stay."""
    streets = settings.streets
    if settings.week.ride != "none" and streets.part_m is None:
        streets = streets.model_copy(update={"part_m": FAR_PART_M})
    plan = settings.plan.model_copy(update={"date": monday})
    return settings.model_copy(update={"crews": (), "plan": plan, "streets": streets})


def _no_school(loaded: Loaded) -> list[dt.date]:
    if loaded.calendar is None:
        return []
    rows = loaded.calendar["what"].isin([HOLIDAY, NO_SCHOOL])
    return list(loaded.calendar.loc[rows, "date"])


def _rest(block: Block, settings: Settings) -> BreakSettings | None:
    week = settings.week
    length = block.foot_to - block.foot_from
    if not week.break_min or length < week.break_after_h * 60:
        return None
    middle = (block.foot_from + block.foot_to - week.break_min) // 2
    spare = min(30, length // 8)
    return BreakSettings(
        earliest=_clock(middle - spare), latest=_clock(middle + spare), minutes=week.break_min
    )


def _clock(minute: int) -> str:
    minute %= 1440
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _routes(
    loaded: Loaded,
    weights: SegmentWeights,
    roster: Roster,
    ground: Ground,
    past: Past,
    *,
    edits: Sequence[Edit],
    stop: Stop,
    tell: Callable[[str], None],
    on_search: Callable[[Progress], None] | None,
) -> PlannedWeek:
    settings = loaded.settings
    if not settings.crews:
        raise NoPlanError(
            "no patrol in this week: no officer has hours, or the roster names none of its days"
        )
    crews = crews_of(settings)
    tell("finding hot spots")
    hot_spots, cover = _spots(loaded, weights, crews, roster, ground)
    tell("timing walks")
    walks = walks_of(loaded, weights, hot_spots, crews)
    problem = problem_of(loaded, weights, hot_spots, crews, walks)
    problem = replace(problem, allowed=problem.allowed & _allowed(hot_spots, roster, ground))
    problem, lost = _edited(problem, edits, loaded, hot_spots, crews)
    tasks = day_tasks(crews, settings.community.timezone)
    week = settings.week
    top = np.argsort([-spot.need for spot in hot_spots], kind="stable")[: week.top_places]
    memory, day_before = memory_of(
        loaded.network, hot_spots, past, monday=roster.grid.monday, top=top.tolist()
    )
    last_seen = memory.last_seen.copy()
    days = plan_days(
        problem,
        tasks,
        Rotation(
            top=tuple(top.tolist()),
            most_gap_days=week.most_gap_days,
            run_days=week.run_days,
            carry_over=week.carry_over,
            loss=week.loss_percent / 100 * (1 - ROSTER_LOSS_SHARE),
        ),
        memory,
        day_before=day_before,
        stop=stop,
        seed=settings.plan.seed,
        refined=settings.plan.refine,
        after_week=roster.grid.day(8),
        on_progress=on_search,
        on_day=lambda day: tell(f"searching routes of {words_of('en').day(day)}"),
    )
    result = _result(problem, days)
    tell("telling the plan")
    plan = make_plan(
        result,
        problem=problem,
        network=loaded.network,
        weights=weights,
        hot_spots=hot_spots,
        crews=crews,
        timezone=settings.community.timezone,
        walks=walks,
        community=settings.community.name,
        around=loaded.around,
        provenance=provenance_of(loaded)
        | {
            "week": roster.grid.name,
            "areas": {c.name: roster.areas[b.area].name for c, b in zip(crews, roster.blocks, strict=True)},
            "edits": plain_edits(edits),
        },
        notes=(*clock_notes(settings), *cover, *(loaded.offences.notes if loaded.offences else ())),
    )
    return PlannedWeek(
        name=roster.grid.name,
        roster=roster,
        plan=plan,
        days=_day_table(days, tasks, hot_spots),
        gaps=gap_table(
            hot_spots,
            top.tolist(),
            last_seen=last_seen,
            visits=[(day.day, visit.stop) for day in days for visit in day.visits],
            sunday=roster.grid.day(6),
        ),
        load=load_table(roster),
        what_if=hour_more_or_less(roster, fade_min=settings.effect.fade_min),
        calendar=calendar_words(loaded.calendar, roster.grid.monday),
        guess=week_guess(loaded.network, hot_spots, _clocked(plan), past),
        delivered=past.delivered.facts(float(plan.stops["minutes"].sum()), week.delivered),
        warnings=(*lost, *_given_up(days, hot_spots)),
    )


def _spots(
    loaded: Loaded, weights: SegmentWeights, crews: Sequence[Crew], roster: Roster, ground: Ground
) -> tuple[tuple[HotSpot, ...], tuple[str, ...]]:
    """The hot spots of every area that is patrolled, neediest first within each."""
    # Streets that records can't tell apart take turns from week to week.
    turn = roster.grid.monday.toordinal() // 7
    if len(ground.areas) == 1:
        return spots_in_reach(loaded, weights, crews, turn=turn)
    found: list[HotSpot] = []
    notes: list[str] = []
    spots = loaded.settings.hot_spots
    capped = spots.model_copy(update={"max_count": spots.max_count or SPOTS_AN_AREA})
    fewer = replace(loaded, settings=loaded.settings.model_copy(update={"hot_spots": capped}))
    for number in sorted({block.area for block in roster.blocks}):
        own = [crew for crew, block in zip(crews, roster.blocks, strict=True) if block.area == number]
        mask = ground.of_segment == number
        here, told = spots_in_reach(fewer, weights, own, turn=turn, within=mask)
        found += here
        notes += [f"{ground.areas[number].name}: {note}" for note in told]
    return tuple(found), tuple(notes)


def _allowed(hot_spots: Sequence[HotSpot], roster: Roster, ground: Ground) -> NDArray[np.bool_]:
    """[crews, stops] whether a stop lies in the area that a crew patrols."""
    area = np.array([ground.of_segment[spot.segments[0]] for spot in hot_spots], dtype=np.int64)
    own = np.array([block.area for block in roster.blocks], dtype=np.int64)
    return np.asarray(own[:, None] == area[None, :])


def _edited(
    problem: PatrolProblem,
    edits: Sequence[Edit],
    loaded: Loaded,
    hot_spots: Sequence[HotSpot],
    crews: Sequence[Crew],
) -> tuple[PatrolProblem, list[str]]:
    """The problem with a planner's changes, and plain sentences on those that bear on nothing any more."""
    if not edits:
        return problem, []
    zone = ZoneInfo(loaded.settings.community.timezone)
    horizon = horizon_of(crews, timezone_name=zone.key)
    whose = {
        (crew.officers[0].name, crew.shift.start.astimezone(zone).replace(tzinfo=None)): number
        for number, crew in enumerate(crews)
    }
    rows = [whose.get((edit.officer, edit.shift_start), -1) for edit in edits]
    entries = loaded.network.nodes.geometry.iloc[[spot.entry for spot in hot_spots]]
    where = edit_points(edits, loaded.network.crs)
    stops = nearest_stops(edits, where, entries.get_coordinates().to_numpy())
    starts = [0 if e.start is None else horizon.seconds(e.start.replace(tzinfo=zone)) for e in edits]
    lost = [
        f"sheet of changes, row {edit.row}: {edit.label} is no stop of this week any more; "
        f"the {edit.what} is left out"
        for edit, stop, row in zip(edits, stops, rows, strict=True)
        if stop < 0 or row < 0
    ]
    return with_edits(problem, edits, crews=rows, stops=stops, starts_s=starts), lost


def _clocked(plan: PatrolPlan) -> list[tuple[pd.Timestamp, pd.Timestamp, int]]:
    """(start, end, stop) of each visit, local wall clock."""
    stops = plan.stops
    return [
        (pd.Timestamp(start).tz_localize(None), pd.Timestamp(end).tz_localize(None), int(stop))
        for start, end, stop in zip(stops["start"], stops["leave"], stops["hot_spot"], strict=True)
    ]


def day_tasks(crews: Sequence[Crew], timezone: str) -> tuple[DayTask, ...]:
    """The days on which crews set out, in order."""
    zone = ZoneInfo(timezone)
    by_day: dict[dt.date, list[int]] = {}
    for number, crew in enumerate(crews):
        by_day.setdefault(crew.shift.start.astimezone(zone).date(), []).append(number)
    made = []
    for day in sorted(by_day):
        first = min(crews[k].shift.start for k in by_day[day]).astimezone(zone)
        minute = first.hour * 60 + first.minute
        made.append(
            DayTask(day=day, crews=tuple(by_day[day]), first_slot=minute // 30, into_slot_s=minute % 30 * 60)
        )
    return tuple(made)


def _result(problem: Any, days: Sequence[DayResult]) -> Result:
    """The days' results as one of the whole week."""
    first = days[0].result
    return Result(
        best=Solution.from_visits(problem, [visit for day in days for visit in day.visits]),
        greedy=Solution.from_visits(problem, [visit for day in days for visit in day.greedy]),
        routing=None,
        stopped_by=first.stopped_by,
        seed=first.seed,
        seconds=sum(day.result.seconds for day in days),
        iterations=sum(day.result.iterations for day in days),
        trials_per_second=first.trials_per_second,
        trace=(),
        versions=first.versions,
    )


def _day_table(days: Sequence[DayResult], tasks: Sequence[DayTask], hot_spots: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "day": day.day,
                "crews": len(task.crews),
                "visits": len(day.visits),
                "best_score": day.best_score,
                "score": day.score,
                "loss": 1 - day.score / day.best_score if day.best_score else 0.0,
                "due": [hot_spots[stop].label for stop in day.musts],
                "given_up": [hot_spots[stop].label for stop in day.given_up],
            }
            for day, task in zip(days, tasks, strict=True)
        ]
    )


def _given_up(days: Sequence[DayResult], hot_spots: Sequence[Any]) -> list[str]:
    return [
        f"{day.day}: {hot_spots[stop].label} stays unseen for longer than most_gap_days; no crew reaches it"
        for day in days
        for stop in day.given_up
    ]
