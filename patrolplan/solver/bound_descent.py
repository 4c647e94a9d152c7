"""Prices of the upper bound under way: averaged subgradients towards the best known score."""

from __future__ import annotations

import numpy as np

from patrolplan.solver.bound_chains import Singles, best_chains, trace_chains
from patrolplan.solver.bound_crews import CrewSide, Route
from patrolplan.solver.bound_idle import count_passes
from patrolplan.solver.bound_model import CrewKind, crew_kinds, grid_of, kinds_whatever_the_end, make_chains
from patrolplan.solver.bound_passes import MOST_PASSES, PassPrices, make_passes
from patrolplan.solver.problem import PatrolProblem
from patrolplan.solver.score import Floats
from patrolplan.solver.solution import Solution, pass_events

STEP, SHRINK, PATIENCE, FRESH = 1.2, 0.7, 8, 0.3
"""Polyak's factor at first, what it is multiplied with after so many steps without gain, and the weight of
the newest slope in the running mean. Half and twice of each cost 0.2 to 2 points of the gap."""

PASS_STEP = 0.06
"""How much more slowly the prices of passes move."""

PASSES_EVERY = 3
"""Prices of passes move at every third step: their tables cost as much as a step."""


class Descent:
    """Prices under way: averaged subgradients with Polyak's steps towards the known score."""

    def __init__(self, problem: PatrolProblem, best: Solution) -> None:
        self.problem, self.target = problem, best.score
        self.chains = make_chains(problem)
        self.passes = make_passes(problem, self.chains.always)
        self.prices = PassPrices(problem, self.chains, self.passes)
        self.kinds: tuple[CrewKind, ...] = crew_kinds(problem)
        shape = self.chains.alone.shape
        self.onward, self.later = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.first = np.zeros(shape[0], dtype=np.int64)
        self.leg_ends = np.arange(len(problem.travel_s) ** 2 + 1)
        self.leg_rows = np.searchsorted(self.passes.leg, self.leg_ends)
        # Crews' time is worth about two thirds of what its visits give; lesser stops are priced out.
        usual = 0.65 * best.score / max(1, len(best.visits)) if best.score > 0 else np.inf
        self.price: Singles = np.where(
            self.chains.always[:, None], 0.0, np.minimum(self.chains.alone, usual)
        ).astype(np.float32)
        piece_s, street = self._first_pass_prices(best)
        self.piece_s, self.street = piece_s, street
        scale = max(float(self.chains.alone.mean()) if self.chains.alone.size else 0.0, 1e-300)
        self.piece_scale = PASS_STEP * np.minimum(1.0, self.passes.piece_worth * 1800 / scale)
        self.street_scale = PASS_STEP * np.minimum(1.0, self.passes.counts[:, 1] / scale)
        self.factor, self.steps, self.stalled = STEP, 0, 0
        self.trace: list[tuple[int, float]] = []
        self.side: CrewSide | None = None
        self.value = self._whole()
        self.trace.append((0, self.value))
        self.kept = (self.price, self.piece_s, self.street)

    def _whole(self) -> float:
        """The bound without any work: every street under full effect throughout."""
        need = (self.problem.segment_rate * np.diff(self.problem.knots_s)).sum()
        return float(need + self.problem.prize.sum())

    def _first_pass_prices(self, best: Solution) -> tuple[Floats, Floats]:
        problem, counts = self.problem, self.passes.counts
        passed, _ = pass_events(problem, best.crews)
        many = np.minimum(np.bincount(passed, minlength=len(counts)), MOST_PASSES - 1)
        row = np.arange(len(counts))
        mean = 0.5 * (counts[row, many + 1] - counts[row, np.maximum(many - 1, 0)])
        street = np.where(many > 0, mean, counts[:, 1])
        often = many[self.passes.held]
        fade = float(problem.fade_s)
        each = np.minimum(problem.horizon_s / np.maximum(often, 1), fade)
        piece_s = np.where(often == 0, 0.5 * fade, each * each / (2 * fade))
        return piece_s, street

    def begin(self, width: int, step_s: int, *, nearest_end: bool = False) -> bool:
        """Go on from the best prices, now shared by ``width`` slots; False if no grid of time will do."""
        kinds = kinds_whatever_the_end(self.kinds) if nearest_end else self.kinds
        step_s = grid_of(self.problem, kinds, step_s, self.chains.slot_s)
        if step_s == 0 or self.problem.n_stops == 0:
            return False
        self.width, (self.price, self.piece_s, self.street) = width, self.kept
        self.side = CrewSide(self.problem, kinds, self.chains, self.prices, step_s)
        self.prices.set(self.piece_s, self.street)
        self.mean: tuple[Floats, Floats, Floats] | None = None
        self.stalled, self.factor = 0, max(self.factor, 0.3 * STEP)
        return True

    def step(self) -> None:
        """Look at the present prices, keep the bound if it is better, and move them."""
        assert self.side is not None
        value, slopes = self.look(self.side)
        self.steps += 1
        self.stalled += 1
        if value < self.value:
            self.stalled = 0 if value < self.value * (1 - 1e-4) else self.stalled
            self.value, self.kept = value, (self.price, self.piece_s, self.street)
            self.trace.append((self.steps, value))
        if self.stalled > PATIENCE:
            self.factor, self.stalled = self.factor * SHRINK, 0
        self._move(value, slopes)

    def look(self, side: CrewSide) -> tuple[float, tuple[Floats, Floats, Floats]]:
        """The bound at the present prices, and its slope by price of visits, of stops passed, of streets."""
        c, p = self.chains, self.prices
        slope = np.zeros(c.alone.shape, dtype=np.float32)
        paid = np.where(c.open_at, self.price, np.float32(1e30))
        best_chains(paid, c.follow, c.alone, c.least, c.most, p.idle, self.onward, self.later)
        # Stops that count as always served are outside: no chain, no price.
        bonus = np.where(c.always, -np.inf, self.problem.prize)
        chains = trace_chains(
            c.follow, c.alone, c.least, c.most, p.idle, p.before, bonus, self.onward, self.later,
            slope, self.first,
        )  # fmt: skip
        piece_slope, street_slope = self._pass_slopes()
        routes, found = side.best_routes(self.price)
        for route in found:
            np.add.at(slope, (route.stops, route.slots), route.crews)
            self._add_legs(route, piece_slope, street_slope)
        # Sums in single precision: at most half a unit in the last place for each slot and visit.
        slack = 1.2e-7 * (c.slots * side.parts + 200) * routes + 1e-5 * chains
        return chains + routes + p.streets_value + c.constant + slack, (
            slope.astype(np.float64),
            piece_slope,
            street_slope,
        )

    def _pass_slopes(self) -> tuple[Floats, Floats]:
        """Less the passes that the stops' and the streets' side would pay for."""
        p, c = self.prices, self.chains
        pieces = np.zeros(len(p.piece_s))
        fade = float(self.problem.fade_s)
        count_passes(p.piece_s, p.passes.piece_stop, fade, c.slot_s, c.slots, self.first, pieces)
        return pieces, -p.street_count.astype(np.float64)

    def _add_legs(self, route: Route, piece_slope: Floats, street_slope: Floats) -> None:
        p = self.passes
        for leg in route.legs.tolist():
            passed = p.street[self.leg_rows[leg] : self.leg_rows[leg + 1]]
            pieces = p.piece[passed]
            np.add.at(piece_slope, pieces[pieces >= 0], float(route.crews))
            np.add.at(street_slope, passed[pieces < 0], float(route.crews))

    def _move(self, value: float, slopes: tuple[Floats, Floats, Floats]) -> None:
        shared = _shared(slopes[0], self.width)
        newest = (shared, slopes[1], slopes[2])
        before = self.mean or newest
        mean = [FRESH * a + (1 - FRESH) * b for a, b in zip(newest, before)]
        self.mean = (mean[0], mean[1], mean[2])
        length = (
            (shared**2).sum()
            + (self.piece_scale * slopes[1] ** 2).sum()
            + (self.street_scale * slopes[2] ** 2).sum()
        )
        if length <= 0.0:
            return
        by = self.factor * (value - self.target) / length
        a, b, c = self.mean
        wide = np.repeat(by * a, self.width, axis=1)[:, : self.price.shape[1]]
        self.price = np.where(self.chains.always[:, None], 0.0, np.maximum(0.0, self.price - wide)).astype(
            np.float32
        )
        if self.steps % PASSES_EVERY == 0:
            worth = np.maximum(self.passes.piece_worth, 1e-300)
            self.piece_s = np.clip(
                self.piece_s - by * self.piece_scale / worth * b, 0.0, 0.5 * self.problem.fade_s
            )
            self.street = np.clip(self.street - by * self.street_scale * c, 0.0, self.passes.counts[:, 1])
            self.prices.set(self.piece_s, self.street)


def _shared(slope: Floats, width: int) -> Floats:
    """Sums over ``width`` slots."""
    n, slots = slope.shape
    wide = np.zeros((n, -(-slots // width) * width))
    wide[:, :slots] = slope
    shared: Floats = wide.reshape(n, -1, width).sum(axis=2)
    return shared
