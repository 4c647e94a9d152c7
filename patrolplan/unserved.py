"""Why a hot spot is not served, and what would serve it: trial insertions into the finished routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patrolplan.solver.problem import NEVER, NO_CAP, PatrolProblem, at_pace
from patrolplan.solver.score import score_tables, visit_value, visit_values
from patrolplan.solver.solution import Solution

Ints = NDArray[np.int64]

FAR = 2**40
SWAP_PERCENT = 1.0
"""A swap that loses at most this share of the score is a cheaper change than minutes of duty."""
FAIR_PERCENT = 10.0
"""A swap that loses more of the score is not told beside the minutes that lack."""


@dataclass(frozen=True, kw_only=True)
class Unserved:
    """Why one stop has no visit, as data; :func:`why_line` and :func:`change_line` put it into words.

    Attributes
    ----------
    stop
        Index.
    cause
        "forbidden" (no crew may go there), "closed" (no hours on any shift), "no_walk" (no walk leads
        there), "far" (out, stay and back exceed every shift), "cap" (a group has all its visits), "walk"
        (crews may walk no farther), "hours" (its hours are taken), "minutes" (time lacks) or "less" (a
        visit fits, but adds less than the visits it delays).
    crew
        The crew that comes nearest to serving it, ``NEVER`` where none does.
    minutes
        Minutes that lack there ("far", "walk", "hours", "minutes"), else 0.
    other
        Stops visited in its hours ("hours"), or the group ("cap").
    hours_s
        The window that is taken, seconds of the horizon; (0, 0) for none.
    change
        The cheapest change that would serve it: "allow", "open" (hours on a shift), "walk" (a way there),
        "longer" (the crew's shift by ``minutes``), "raise" (the group's cap by one), "farther" (the crew's
        longest walk by ``minutes``), "wider" (its hours), "swap" (in place of ``swap``, at
        ``loss_percent`` of the score) or "none".
    swap, loss_percent
        The visit it could take the place of at least loss: its stop, ``NEVER`` for none, and what the plan
        would lose, in percent of its score.
    """

    stop: int
    cause: str
    crew: int = NEVER
    minutes: int = 0
    other: tuple[str, ...] = ()
    hours_s: tuple[int, int] = (0, 0)
    change: str = "none"
    swap: int = NEVER
    loss_percent: float = 0.0


def unserved_stops(problem: PatrolProblem, solution: Solution) -> tuple[Unserved, ...]:
    """Why each stop without a visit has none, by trial insertion into every gap of every route.

    Later visits of a route are pushed as far as their windows and the shift allow. What a swap would lose
    is reckoned by the visits' own values; passes on the way are left out.
    """
    served = np.bincount([v.stop for v in solution.visits], minlength=problem.n_stops)
    stops = np.flatnonzero(served == 0).astype(np.int64)
    if not len(stops):
        return ()
    gaps = _Gaps(problem, solution)
    within, ready = gaps.shortage(stops, windows=True)
    anytime, _ = gaps.shortage(stops, windows=False)
    swaps = _Swaps(problem, solution, gaps, stops)
    found = _Found(problem, solution, gaps, within, anytime, ready, swaps)
    return tuple(found.of(row, int(stop)) for row, stop in enumerate(stops))


class _Gaps:
    """Every gap of every route: who, where from and to, from when to when."""

    def __init__(self, problem: PatrolProblem, solution: Solution) -> None:
        self.problem = problem
        rows = [row for times in solution.crews for row in _gaps_of(problem, times.crew, solution)]
        columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
        self.crew, self.start_at, self.end_at, self.leave, self.due, self.rest = columns

    def walks(self, stops: Ints) -> tuple[Ints, Ints]:
        """[gaps, stops] seconds there and on, FAR where no walk leads."""
        out = np.empty((len(self.crew), len(stops)), dtype=np.int64)
        on = np.empty_like(out)
        for crew in range(self.problem.n_crews):
            mine, pace = self.crew == crew, float(self.problem.crew_pace[crew])
            out[mine] = at_pace(self.problem.travel_s[np.ix_(self.start_at[mine], stops)], pace)
            on[mine] = at_pace(self.problem.travel_s[np.ix_(stops, self.end_at[mine])], pace).T
        out[out < 0] = FAR
        on[on < 0] = FAR
        return out, on

    def shortage(self, stops: Ints, *, windows: bool) -> tuple[Ints, Ints]:
        """[gaps, stops] seconds that lack for a visit in each gap (0 or less: it fits), and its start."""
        out, on = self.walks(stops)
        begin = self.leave[:, None] + out + self.rest[:, None]
        if windows:
            begin = opening(self.problem, stops, begin)
        short = begin + self.problem.dwell_s[stops][None, :] + on - self.due[:, None]
        barred = ~self.problem.allowed[self.crew][:, stops]
        same = (self.start_at[:, None] == stops) | (self.end_at[:, None] == stops)
        return np.where(barred | same | (short >= FAR // 2), FAR, short), begin


def _gaps_of(problem: PatrolProblem, crew: int, solution: Solution) -> list[tuple[int, ...]]:
    """(crew, from, to, leaving time, latest time to be at the next place, rest in between)."""
    times = solution.crews[crew]
    ends = int(problem.crew_start_at[crew]), int(problem.crew_end_at[crew])
    places = [ends[0], *(v.stop for v in times.visits), ends[1]]
    leaves = [int(problem.crew_start_s[crew]), *(v.leave_s for v in times.visits)]
    rests = [0] * len(leaves)
    if times.rest_before >= 0:
        rests[times.rest_before] = int(problem.break_s[crew, 2])
    pins = {(int(s), int(stop)) for c, s, stop in problem.pinned.tolist() if c == crew}
    dues = [int(problem.crew_end_s[crew])]
    legs = [*(v.walk_s for v in times.visits), times.back_walk_s]
    for k in range(len(times.visits) - 1, -1, -1):
        visit = times.visits[k]
        latest = dues[0] - max(0, legs[k + 1]) - rests[k + 1] - int(problem.dwell_s[visit.stop])
        windows = [(a, b) for a, b in problem.windows_s[visit.stop].tolist() if a != NEVER]
        closes = [min(latest, b - int(problem.dwell_s[visit.stop])) for a, b in windows if a <= latest]
        latest = max([visit.start_s, *closes]) if windows else latest
        dues.insert(0, visit.start_s if (visit.start_s, visit.stop) in pins else max(latest, visit.start_s))
    return [
        (crew, a, b, leave, due, rest)
        for (a, b), leave, due, rest in zip(pairwise(places), leaves, dues, rests)
    ]


def opening(problem: PatrolProblem, stops: Ints, begin: Ints) -> Ints:
    """[gaps, stops] the earliest start from ``begin`` on that the stops' windows allow, FAR for none."""
    windows = problem.windows_s[stops].astype(np.int64)
    dwell = problem.dwell_s[stops].astype(np.int64)
    free = (windows[:, :, 0] == NEVER).all(axis=1)
    found = np.full(begin.shape, FAR, dtype=np.int64)
    for w in range(windows.shape[1]):
        opens, closes = windows[:, w, 0], windows[:, w, 1]
        start = np.maximum(begin, opens[None, :])
        fits = (opens != NEVER)[None, :] & (start + dwell[None, :] <= closes[None, :])
        found = np.where(fits, np.minimum(found, start), found)
    return np.where(free[None, :], begin, found)


class _Swaps:
    """For each stop the visit it could take the place of at least loss."""

    def __init__(self, problem: PatrolProblem, solution: Solution, gaps: _Gaps, stops: Ints) -> None:
        tables = score_tables(problem)
        minutes = np.arange(0, problem.horizon_s + 60, 60, dtype=np.float64)
        worth = visit_values(tables, minutes)[stops]
        visits = [(c.crew, k, v) for c in solution.crews for k, v in enumerate(c.visits)]
        self.visits = [visit.stop for _, _, visit in visits]
        self.net = np.full((len(visits), len(stops)), -np.inf)
        if not visits:
            return
        first = {crew: int(np.flatnonzero(gaps.crew == crew)[0]) for crew, _, _ in visits}
        before = np.array([first[crew] + k for crew, k, _ in visits], dtype=np.int64)
        out, _ = gaps.walks(stops)
        _, on = gaps.walks(stops)
        rest = gaps.rest[before] + gaps.rest[before + 1]
        begin = opening(problem, stops, gaps.leave[before, None] + out[before] + rest[:, None])
        reach = begin + problem.dwell_s[stops][None, :] + on[before + 1]
        same = (gaps.start_at[before, None] == stops) | (gaps.end_at[before + 1, None] == stops)
        fits = (reach <= gaps.due[before + 1, None]) & problem.allowed[gaps.crew[before]][:, stops] & ~same
        pins = {tuple(row) for row in problem.pinned.tolist()}
        fits &= np.array([(v.crew, v.start_s, v.stop) not in pins for _, _, v in visits])[:, None]
        at = np.minimum(np.where(fits, begin, 0) // 60, len(minutes) - 1)
        gain = worth[np.arange(len(stops))[None, :], at] + problem.prize[stops][None, :]
        loss = _losses(problem, solution, [visit for _, _, visit in visits])
        self.net = np.where(fits, gain - loss[:, None], -np.inf)

    def best(self, row: int) -> tuple[int, float]:
        """(stop given up, change of the score), (NEVER, 0) for none."""
        if not len(self.net) or not np.isfinite(self.net[:, row].max()):
            return NEVER, 0.0
        k = int(np.argmax(self.net[:, row]))
        return self.visits[k], float(self.net[k, row])


def _losses(problem: PatrolProblem, solution: Solution, visits: list[Any]) -> NDArray[np.float64]:
    """What each visit's own value is: what is lost if it alone is taken out."""
    tables = score_tables(problem)
    by_stop: dict[int, list[int]] = {}
    for visit in sorted(solution.visits, key=lambda v: v.start_s):
        by_stop.setdefault(visit.stop, []).append(visit.start_s)
    for _, start, stop in problem.carried.tolist():
        by_stop.setdefault(stop, []).append(start)
    losses = []
    for visit in visits:
        times = sorted(by_stop[visit.stop])
        k = times.index(visit.start_s)
        after = float(times[k + 1]) if k + 1 < len(times) else 1e15
        loss = visit_value(tables, visit.stop, float(visit.start_s), after)
        if k > 0:
            before = float(times[k - 1])
            loss += visit_value(tables, visit.stop, before, float(visit.start_s))
            loss -= visit_value(tables, visit.stop, before, after)
        losses.append(loss + (float(problem.prize[visit.stop]) if len(times) == 1 else 0.0))
    return np.array(losses)


class _Found:
    """Everything the trials found, asked stop by stop."""

    def __init__(
        self, problem: PatrolProblem, solution: Solution, gaps: _Gaps, within: Ints, anytime: Ints,
        ready: Ints, swaps: _Swaps,
    ) -> None:  # fmt: skip
        self.problem, self.solution, self.gaps, self.swaps = problem, solution, gaps, swaps
        self.within, self.anytime, self.ready = within, anytime, ready
        counts = [
            sum(problem.in_group[g, v.stop] for v in solution.visits)
            for g in range(len(problem.group_labels))
        ]
        self.full = np.array(counts, dtype=np.int64) >= problem.group_bounds[:, 1]

    def of(self, row: int, stop: int) -> Unserved:
        """Why this stop has no visit: the first cause that holds."""
        swap, net = self.swaps.best(row)
        loss = 100.0 * max(0.0, -net) / self.solution.score if self.solution.score > 0 else 0.0
        told = self._cause(row, stop)
        change, worth = told.change, {"swap": swap, "loss_percent": round(loss, 2)}
        cheap = swap != NEVER and loss <= SWAP_PERCENT
        if swap != NEVER and (change == "none" or (cheap and change in ("longer", "wider"))):
            change = "swap"
        return Unserved(**{**vars(told), **worth, "change": change})

    def _cause(self, row: int, stop: int) -> Unserved:
        problem = self.problem
        crews = np.flatnonzero(problem.allowed[:, stop])
        if not len(crews) or problem.most_visits[stop] == 0:
            return Unserved(stop=stop, cause="forbidden", change="allow")
        if not open_on_shift(problem, stop):
            return Unserved(stop=stop, cause="closed", change="open")
        alone = {int(c): self._alone_s(int(c), stop) for c in crews}
        crew = min(alone, key=lambda c: (alone[c], c))
        if alone[crew] >= FAR:
            return Unserved(stop=stop, cause="no_walk", change="walk")
        if alone[crew] > 0:
            return Unserved(stop=stop, cause="far", crew=crew, minutes=_up(alone[crew]), change="longer")
        for group in np.flatnonzero(problem.in_group[:, stop] & self.full).tolist():
            return Unserved(stop=stop, cause="cap", other=(problem.group_labels[group],), change="raise")
        return self._of_time(row, stop)

    def _of_time(self, row: int, stop: int) -> Unserved:
        """What the trials in the gaps say: hours taken, minutes lacking, walk used up, or worth less."""
        k, loose = int(np.argmin(self.within[:, row])), int(np.argmin(self.anytime[:, row]))
        short, free = int(self.within[k, row]), int(self.anytime[loose, row])
        crew = int(self.gaps.crew[k])
        if short > 0 and free <= 0:
            crew = int(self.gaps.crew[loose])
            hours, others = self._taken(stop)
            begin = int(self.gaps.leave[loose])
            minutes = _up(max(0, hours[0] - begin, begin + int(self.problem.dwell_s[stop]) - hours[1]))
            return Unserved(
                stop=stop, cause="hours", crew=crew, minutes=minutes, other=others, hours_s=hours,
                change="wider",
            )  # fmt: skip
        if short >= FAR // 2:
            k, short, crew = loose, free, int(self.gaps.crew[loose])
        if 0 < short < FAR // 2:
            return Unserved(stop=stop, cause="minutes", crew=crew, minutes=_up(short), change="longer")
        if short <= 0 and (far := self._walk_short(k, stop)) > 0:
            return Unserved(stop=stop, cause="walk", crew=crew, minutes=_up(far), change="farther")
        return Unserved(stop=stop, cause="less", crew=crew if short <= 0 else NEVER)

    def _alone_s(self, crew: int, stop: int) -> int:
        """Seconds that lack if the crew does nothing else; FAR where no walk leads."""
        problem = self.problem
        out = problem.walk_s(crew, int(problem.crew_start_at[crew]), stop)
        back = problem.walk_s(crew, stop, int(problem.crew_end_at[crew]))
        if min(out, back) < 0:
            return FAR
        spent = out + int(problem.dwell_s[stop]) + back + int(problem.break_s[crew, 2])
        return spent - int(problem.crew_end_s[crew] - problem.crew_start_s[crew])

    def _walk_short(self, k: int, stop: int) -> int:
        """Seconds that the crew would walk beyond its longest walk."""
        crew = int(self.gaps.crew[k])
        if self.problem.most_walk_s[crew] >= NO_CAP:
            return 0
        places = int(self.gaps.start_at[k]), int(self.gaps.end_at[k])
        legs = self.problem.walk_s(crew, places[0], stop), self.problem.walk_s(crew, stop, places[1])
        direct = self.problem.walk_s(crew, *places) if places[0] != places[1] else 0
        walked = self.solution.crews[crew].walk_s + sum(legs) - max(0, direct)
        return walked - int(self.problem.most_walk_s[crew])

    def _taken(self, stop: int) -> tuple[tuple[int, int], tuple[str, ...]]:
        """The window on shift, and the stops that crews visit in it."""
        spans = [(a, b) for a, b in self.problem.windows_s[stop].tolist() if a != NEVER]
        begin, end = int(self.problem.crew_start_s.min()), int(self.problem.crew_end_s.max())
        opens, closes = max(spans, key=lambda span: min(span[1], end) - max(span[0], begin))
        there = [
            visit.stop
            for times in self.solution.crews
            for visit in times.visits
            if visit.start_s < closes and visit.leave_s > opens and self.problem.allowed[times.crew, stop]
        ]
        return (opens, closes), tuple(self.problem.stop_labels[s] for s in dict.fromkeys(there))


def _up(seconds: int) -> int:
    """Whole minutes, rounded up."""
    return -(-seconds // 60)


def open_on_shift(problem: PatrolProblem, stop: int) -> bool:
    """Whether some window of the stop holds a visit during some crew's shift."""
    windows = problem.windows_s[stop]
    windows = windows[windows[:, 0] != NEVER]
    if not len(windows):
        return True
    begin = np.maximum(windows[:, None, 0], problem.crew_start_s[None, :])
    end = np.minimum(windows[:, None, 1], problem.crew_end_s[None, :])
    return bool(np.any(end - begin >= problem.dwell_s[stop]))


def why_line(problem: PatrolProblem, why: Unserved, *, clock: Callable[[int], str]) -> str:
    """The cause in one plain line; ``clock`` tells a second of the horizon as people do."""
    crew = problem.crew_labels[why.crew] if why.crew != NEVER else ""
    hours = f"{clock(why.hours_s[0])}-{clock(why.hours_s[1])}" if why.hours_s[1] else ""
    others = ", ".join(why.other[:2])
    lines = {
        "forbidden": "no crew may go there",
        "closed": "not open while any crew is on shift",
        "no_walk": "no walk leads there and back from any crew's station",
        "far": "too far: no crew can walk there, stay and be back within its shift",
        "cap": f"{others} has all the visits it may get",
        "walk": f"{crew} would walk {why.minutes} more minutes than it may",
        "hours": f"its hours {hours} are taken by {others}" if others else f"no crew is free in {hours}",
        "minutes": f"{crew} would need {why.minutes} more minutes; its time goes to visits that add more",
        "less": "a visit would fit only where it adds less than the visits it would displace",
    }
    return lines[why.cause]


def change_line(problem: PatrolProblem, why: Unserved, *, clock: Callable[[int], str]) -> str:
    """The cheapest change that would serve it, in one plain line; "" where none is known."""
    crew = problem.crew_labels[why.crew] if why.crew != NEVER else ""
    swap = problem.stop_labels[why.swap] if why.swap != NEVER else ""
    loss, fair = f"{why.loss_percent:.1f}", why.loss_percent <= FAIR_PERCENT
    lines = {
        "allow": "let a crew go there",
        "open": "plan a shift in its hours",
        "walk": "set longer walks between stops, or a station nearer by",
        "longer": f"{why.minutes} more minutes for {crew}"
        + (f", or the place of a visit to {swap}: {loss} % less of the score" if swap and fair else ""),
        "raise": f"one visit more for {', '.join(why.other)}",
        "farther": f"{why.minutes} more minutes of walk for {crew}",
        "wider": f"hours wider than {clock(why.hours_s[0])}-{clock(why.hours_s[1])}",
        "swap": f"take the place of a visit to {swap}: {loss} % less of the score"
        if loss != "0.0"
        else f"take the place of a visit to {swap}, at next to no loss",
    }
    return lines.get(why.change, "")
