"""The routes of a week, day after day: as good as can be, unlike the days before, places in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from patrolplan.errors import NoPlanError
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.refine import refine
from patrolplan.solver.solution import Solution, Visit
from patrolplan.solver.solve import ITERATIONS_PER_SOLUTION, Progress, Result, solve
from patrolplan.solver.stop import Stop
from patrolplan.solver.vary import ITERATIONS, SLOT_S, presence, vary
from patrolplan.week.days import DayPart, part_of

Floats = NDArray[np.float64]
NEVER_SEEN = 10_000
STRENGTHS = (1.0, 0.5, 0.25, 0.0)
"""How much of the turn towards places unseen is tried, until the loss is within its bound."""
SLOTS_A_DAY, SLOTS_A_WEEK = 48, 336
TURN_SHARE = 0.5
"""Most of a day's loss that turns may take, so that some is left for variation."""
PRIZE_SHARE = 0.4
"""Prize of a place that is due, in shares of the need in the day's shifts: more than visits elsewhere add."""
MOST_SHARES = 2.0
"""No day loses more than so many times its own share, whatever the days before it left."""


@dataclass(frozen=True, kw_only=True)
class DayTask:
    """A day of the week to be planned.

    Attributes
    ----------
    day
        Its date.
    crews
        Rows of its crews in the week's problem.
    first_slot
        Half hour of the day (0: 00:00) at which its first shift begins, as it may lie within one.
    into_slot_s
        Seconds from that half hour's start to the first shift's.
    """

    day: date
    crews: tuple[int, ...]
    first_slot: int
    into_slot_s: int


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """How places are taken in turn.

    Attributes
    ----------
    top
        Rows of the stops that are seen at least every ``most_gap_days``.
    most_gap_days, run_days, carry_over
        As in the plan file's [week].
    loss
        Share of the week's score that turns and variation may cost; what a day leaves, later days may use.
    """

    top: tuple[int, ...]
    most_gap_days: int
    run_days: int
    carry_over: float
    loss: float


@dataclass(frozen=True, kw_only=True)
class DayResult:
    """A day as planned.

    Attributes
    ----------
    day
        Its date.
    visits
        On the week's clock.
    greedy
        The greedy baseline's visits.
    best_score, score
        Of the best plan known and of the one planned, by the untilted need.
    musts
        Stops that had to be seen this day lest the gap grow too long.
    given_up
        Those of them that no crew could reach in time.
    result
        Of the search.
    """

    day: date
    visits: tuple[Visit, ...]
    greedy: tuple[Visit, ...]
    best_score: float
    score: float
    musts: tuple[int, ...]
    given_up: tuple[int, ...]
    result: Result


class Memory:
    """What has been seen where, as the days of a week are planned one after the other.

    Parameters
    ----------
    last_seen
        [stops] ordinal of the day on which each stop was last visited, negative where never.
    runs
        [stops] days running it was visited until then.
    in_week
        [stops, 336] how often officers were there in each half hour of the week, lately.
    """

    def __init__(self, last_seen: NDArray[np.int64], runs: NDArray[np.int64], in_week: Floats) -> None:
        self.last_seen, self.runs, self.in_week = last_seen.copy(), runs.copy(), in_week.copy()

    def copy(self) -> Memory:
        """The same, to be added to by itself."""
        return Memory(self.last_seen, self.runs, self.in_week)

    def unseen_days(self, day: date) -> NDArray[np.int64]:
        """[stops] days since each was seen; NEVER_SEEN where never."""
        return np.where(self.last_seen < 0, NEVER_SEEN, day.toordinal() - self.last_seen)

    def add(self, task: DayTask, part: DayPart, visits: Sequence[Visit], *, before: date | None) -> None:
        """Remember a day's visits (on the part's clock)."""
        stops = np.unique([visit.stop for visit in visits]).astype(np.int64)
        yesterday = -1 if before is None else before.toordinal()
        on = self.last_seen[stops] == yesterday
        self.runs[stops] = np.where(on, self.runs[stops] + 1, 1)
        self.last_seen[stops] = task.day.toordinal()
        there = presence(part.problem, visits, slot_start_s=-task.into_slot_s)
        for column, slot in enumerate(_slots_of(task, there.shape[1]).tolist()):
            self.in_week[:, slot] += there[:, column]

    def seen(self, task: DayTask, slots: int) -> Floats:
        """[stops, slots] how often officers were there in the half hours of a day's horizon.

        Weekdays first: who watches knows what a Tuesday is like. Where he knows nothing of the weekday, the
        same half hour of other days tells him something.
        """
        at = _slots_of(task, slots)
        any_day = self.in_week.reshape(len(self.in_week), -1, SLOTS_A_DAY).sum(axis=1)
        return np.asarray(
            self.in_week[:, at] + any_day[:, at % SLOTS_A_DAY] / (1.0 + any_day.max(initial=0.0))
        )


def plan_days(
    week: PatrolProblem,
    tasks: Sequence[DayTask],
    rotation: Rotation,
    memory: Memory,
    *,
    stop: Stop,
    seed: int,
    day_before: date | None = None,
    after_week: date | None = None,
    refined: bool = True,
    on_progress: Callable[[Progress], None] | None = None,
    on_day: Callable[[date], None] | None = None,
) -> tuple[DayResult, ...]:
    """The routes of every day, each planned with what the days before it saw.

    Parameters
    ----------
    week
        Problem of all crews of the week; appointments and pinned visits in it are kept.
    tasks
        The days, in order.
    rotation
        How places are taken in turn.
    memory
        What was seen before the week; it is added to.
    stop
        When to end the search of each day.
    seed
        Starts all chance.
    day_before
        The last patrol day before the week.
    after_week
        Day by which a top place must have been seen again after the week's last day.
    refined
        Whether to refine after OR-Tools.
    on_progress, on_day
        Told how far it is.
    """
    found = []
    before, spare = day_before, 0.0
    for number, task in enumerate(tasks):
        if on_day is not None:
            on_day(task.day)
        later = tasks[number + 1].day if number + 1 < len(tasks) else after_week
        day = _Day(week, task, rotation, memory, next_day=later, before=before, spare=spare)
        one = day.planned(stop=stop, seed=_seed(seed, task.day), refined=refined, on_progress=on_progress)
        memory.add(task, day.part, day.visits, before=before)
        found.append(one)
        spare += one.score - (1.0 - rotation.loss) * one.best_score
        before = task.day
    return tuple(found)


class _Day:
    """One day under way."""

    def __init__(
        self,
        week: PatrolProblem,
        task: DayTask,
        rotation: Rotation,
        memory: Memory,
        *,
        next_day: date | None,
        before: date | None,
        spare: float,
    ) -> None:
        self.task, self.rotation, self.memory, self.before = task, rotation, memory, before
        self.spare = spare
        self.part = part_of(week, task.crews)
        self.due = self._due(next_day)
        self.visits: tuple[Visit, ...] = ()

    def planned(
        self,
        *,
        stop: Stop,
        seed: int,
        refined: bool,
        on_progress: Callable[[Progress], None] | None,
    ) -> DayResult:
        """The day's routes."""
        plain, due = self.part.problem, _with_prizes(self.part.problem, self.due)
        try:
            result = solve(due, stop=stop, seed=seed, refine=refined, on_progress=on_progress)
        except NoPlanError as error:
            raise NoPlanError(f"{self.task.day}: {error}", conflict=error.conflict) from None
        best = Solution.from_visits(plain, result.best.visits)
        chosen = self._turned(best, stop=stop, seed=seed) if refined else best
        self.visits = chosen.visits
        seen = {visit.stop for visit in chosen.visits}
        return DayResult(
            day=self.task.day,
            visits=self.part.in_week(chosen.visits),
            greedy=self.part.in_week(result.greedy.visits),
            best_score=best.score,
            score=chosen.score,
            musts=tuple(self.due),
            given_up=tuple(stop for stop in self.due if stop not in seen),
            result=result,
        )

    def _due(self, next_day: date | None) -> list[int]:
        """Top stops that would be unseen too long if they were left to the next patrol day."""
        if next_day is None:
            return []
        ahead = (next_day - self.task.day).days
        unseen = self.memory.unseen_days(self.task.day)
        may: NDArray[np.bool_] = np.asarray(self.part.problem.allowed.any(axis=0))
        return [
            top for top in self.rotation.top if may[top] and unseen[top] + ahead > self.rotation.most_gap_days
        ]

    def _turned(self, best: Solution, *, stop: Stop, seed: int) -> Solution:
        """The plan turned towards places unseen and away from known hours, within the loss allowed."""
        plain, steps = self.part.problem, _steps(stop)
        own = self.rotation.loss * best.score
        may_lose = min(own + self.spare, MOST_SHARES * own)
        start_s = -self.task.into_slot_s
        seen = self.memory.seen(self.task, presence(plain, (), slot_start_s=start_s).shape[1])
        due = [stop for stop in self.due if any(visit.stop == stop for visit in best.visits)]
        for strength in STRENGTHS:
            turned = best.visits
            if strength:
                tilted = _with_prizes(self._tilted(plain, strength), due)
                turned = refine(tilted, turned, seed=seed, iterations=steps).visits
            prized = _with_prizes(plain, due)
            here = Solution.from_visits(prized, turned)
            lost = best.score - (here.score - here.score_prizes)
            most = may_lose * (TURN_SHARE if strength else 1.0)
            if here.breaches or lost > most or _missing(due, turned):
                continue
            spare = min((may_lose - lost) / here.score, 1.0) if here.score else 0.0
            # The loss is of the plain score; prizes stand above it so that no due place is lost.
            (drawn,) = vary(
                prized, here, loss=spare, seed=seed, seen=seen, slot_s=SLOT_S,
                slot_start_s=start_s, iterations=steps,
            )  # fmt: skip
            if not _missing(due, drawn.visits):
                return Solution.from_visits(plain, drawn.visits)
        return best

    def _tilted(self, problem: PatrolProblem, strength: float) -> PatrolProblem:
        """The problem with more need where nobody was for days, less where somebody was yesterday."""
        unseen = self.memory.unseen_days(self.task.day)
        gap = self.rotation.most_gap_days
        turn = np.clip((unseen - 2) / (2 * max(gap - 2, 1)), -0.5, 1.0)
        running = (unseen == self._since_before()) & (self.memory.runs < self.rotation.run_days)
        turn = np.where(running, 1.0, turn)
        factor = np.concatenate([1.0 + strength * self.rotation.carry_over * turn, [1.0]])
        rate = problem.segment_rate * factor[problem.stop_of_segment][:, None]
        return dataclasses.replace(problem, segment_rate=rate)

    def _since_before(self) -> int:
        return -1 if self.before is None else (self.task.day - self.before).days


def _with_prizes(problem: PatrolProblem, stops: Sequence[int]) -> PatrolProblem:
    """The problem with a prize on each of the stops that outweighs any detour to it."""
    if not stops:
        return problem
    prize = problem.prize.copy()
    prize[list(stops)] += PRIZE_SHARE * problem.need_on_shift
    return dataclasses.replace(problem, prize=prize)


def _missing(stops: Sequence[int], visits: Sequence[Visit]) -> bool:
    return not set(stops) <= {visit.stop for visit in visits}


def _steps(stop: Stop) -> int:
    """Steps of the search beside the main one: counted, so that a seed repeats the week."""
    return ITERATIONS if stop.solutions is None else min(ITERATIONS, ITERATIONS_PER_SOLUTION * stop.solutions)


def _slots_of(task: DayTask, slots: int) -> NDArray[np.int64]:
    """Half hours of the week that a day's horizon touches; a night after Sunday ends on Monday."""
    return np.asarray((task.day.weekday() * SLOTS_A_DAY + task.first_slot + np.arange(slots)) % SLOTS_A_WEEK)


def _seed(seed: int, day: date) -> int:
    """A seed of each day's own."""
    return int(np.random.default_rng([seed, day.toordinal()]).integers(2**31 - 1))
