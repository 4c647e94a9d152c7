"""The crews' side of the bound: for each kind of crew the routes that collect most at given prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrolplan.solver.bound_chains import NONE, Shorts, Singles
from patrolplan.solver.bound_model import FAR, Chains, CrewKind, Walks, home_walk, make_walks, start_walk
from patrolplan.solver.bound_passes import PassPrices
from patrolplan.solver.bound_routes import best_onward, trace_route, window_top
from patrolplan.solver.problem import NEVER, PatrolProblem
from patrolplan.solver.score import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Route:
    """A best route of the relaxed problem.

    Attributes
    ----------
    crews
        How many crews take it.
    stops, slots
        Its visits; slots of the chains' grid.
    legs
        Every walk, the first and the last too, as row * locations + column.
    """

    crews: int
    stops: Ints
    slots: Ints
    legs: Ints


class _Onward:
    """Tables of ``best_onward``: the best, the best with another next stop, the next stop."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.best, self.second = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.following = np.empty(shape, np.int32)

    def beside(self, apart: Ints, top_price: Singles) -> tuple[Ints, Singles, Singles, Singles, Shorts]:
        """As the kernels take them, after what the least gap needs."""
        return apart, top_price, self.best, self.second, self.following


class CrewSide:
    """The routes of all crews on a grid of ``step_s`` seconds."""

    def __init__(
        self,
        problem: PatrolProblem,
        kinds: tuple[CrewKind, ...],
        chains: Chains,
        passes: PassPrices,
        step_s: int,
    ) -> None:
        self.problem, self.kinds, self.passes, self.step_s = problem, kinds, passes, step_s
        self.parts = chains.slot_s // step_s
        self.walks = [make_walks(problem, kind, chains, step_s) for kind in kinds]
        shape = (problem.n_stops, chains.slots * self.parts)
        self.slots = shape[1]
        self.best, self.unrested = _Onward(shape), _Onward(shape)
        self.top_price = np.empty(shape, np.float32)
        self.none = np.empty((0, shape[1]), np.float32)
        self.hold = (passes.passes.hold * step_s).astype(np.float32)
        self.room = np.zeros((shape[1] + 2, 3), dtype=np.int64)

    def best_routes(self, price: Singles) -> tuple[float, list[Route]]:
        """Sum of what all crews collect at most, and routes that do."""
        n = self.problem.n_stops
        # Once ready at a stop, less than one more step may pass than the grid tells.
        legs = self.passes.legs.copy()
        legs[:, :n] += self.hold
        inner = np.ascontiguousarray(legs[:n, :n].astype(np.float32))
        fine = np.repeat(price, self.parts, axis=1)
        total, routes = 0.0, []
        for kind, walks in zip(self.kinds, self.walks):
            paid = np.where(walks.open_at, fine, NONE)
            window_top(paid, int(walks.apart.max(initial=0)), self.top_price)
            home = self._home(legs, kind)
            table, other = self._tables(kind, walks, paid, inner, home)
            for (start_at, start_s), crews in kind.starts.items():
                value, route = self._from(
                    kind, walks, paid, inner, home, legs, table, other, start_at, start_s, crews
                )
                total += crews * value
                routes.append(route)
        return total, routes

    def _home(self, legs: Floats, kind: CrewKind) -> Singles:
        ends = np.unique(self.problem.crew_end_at) if kind.end_at == NEVER else np.array([kind.end_at])
        return np.ascontiguousarray(legs[: self.problem.n_stops][:, ends].max(axis=1).astype(np.float32))

    def _tables(
        self, kind: CrewKind, walks: Walks, paid: Singles, inner: Singles, home: Singles
    ) -> tuple[Singles, Singles]:
        """Best values of a crew yet to rest (or that need not), and of turning to rest at a stop."""
        steps, hold, least, order = walks.steps, self.hold, walks.least, walks.order
        tables = self.best.beside(walks.apart, self.top_price)
        best_onward(paid, steps, inner, hold, walks.last, home, least, order, self.none, *tables)
        if kind.rest[2] == 0:
            return self.best.best, self.none
        other, home = self._resting(kind), home + np.float32(self.passes.passes.rest)
        tables = self.unrested.beside(walks.apart, self.top_price)
        best_onward(paid, steps, inner, hold, walks.last_resting, home, least, order, other, *tables)
        return self.unrested.best, other

    def _rest_end(self, kind: CrewKind) -> Ints:
        """[slots] the slot in which a crew that arrives in a slot and rests is ready again."""
        earliest, _, length = kind.rest
        at = np.arange(self.slots)
        ready = np.maximum(at + length // self.step_s, (earliest + length) // self.step_s)
        return np.minimum(ready, len(at))

    def _resting(self, kind: CrewKind) -> Singles:
        """[stops, slots] value of arriving, resting and going on from there."""
        slots, ready = self.slots, self._rest_end(kind)
        longest = self.problem.travel_s.max(initial=0) / kind.pace
        late = np.arange(slots) * self.step_s > kind.rest[1] + longest + 1
        waited = (ready - np.arange(slots) + 1) * self.hold[:, None]
        on = np.concatenate([self.best.best, np.full((len(waited), 1), NONE)], axis=1)[:, ready]
        other = on + waited + self.passes.passes.rest
        return np.ascontiguousarray(np.where(late, NONE, other).astype(np.float32))

    def _from(
        self, kind: CrewKind, walks: Walks, paid: Singles, inner: Singles, home: Singles, legs: Floats,
        table: Singles, other: Singles, start_at: int, start_s: int, crews: int,
    ) -> tuple[float, Route]:  # fmt: skip
        """The best route from one start."""
        n, slots = self.problem.n_stops, self.slots
        walk = start_walk(self.problem, kind, start_at)
        slot = (start_s + walk) // self.step_s
        reached = (walk < FAR) & (slot < slots)
        worth = np.where(reached, table[np.arange(n), np.minimum(slot, slots - 1)] + legs[start_at, :n], -1.0)
        stays = self._stays(kind, legs[start_at])
        if n == 0 or worth.max() <= stays:
            return stays, _route(crews, np.zeros((0, 3), np.int64), [0], self.parts, 1)
        stop = int(worth.argmax())
        rows = self._trace(kind, walks, paid, inner, home, other, stop, int(slot[stop]))
        ends = kind.end_at if kind.end_at != NEVER else int(self.problem.crew_end_at[0])
        places = [start_at, *rows[:, 0].tolist(), ends]
        return float(worth[stop]), _route(crews, rows, places, self.parts, len(self.problem.travel_s))

    def _stays(self, kind: CrewKind, row: Floats) -> float:
        """What a crew without visits collects on its walk from start to end."""
        ends = np.unique(self.problem.crew_end_at) if kind.end_at == NEVER else np.array([kind.end_at])
        return float(max(0.0, row[ends].max()))

    def _trace(
        self,
        kind: CrewKind,
        walks: Walks,
        paid: Singles,
        inner: Singles,
        home: Singles,
        other: Singles,
        stop: int,
        slot: int,
    ) -> Ints:
        room, none, steps, hold = self.room, self.none, walks.steps, self.hold
        rested = self.best.beside(walks.apart, self.top_price)
        tables = (paid, steps, inner, hold, walks.last, home, none, *rested)
        if kind.rest[2] == 0:
            return room[: trace_route(*tables, stop, slot, room)].copy()
        yet = self.unrested.beside(walks.apart, self.top_price)
        before = (paid, steps, inner, hold, walks.last_resting, home, other, *yet)
        rows = room[: trace_route(*before, stop, slot, room)].copy()
        if len(rows) and rows[-1, 2] == 1:
            stop, at = int(rows[-1, 0]), int(self._rest_end(kind)[rows[-1, 1]])
            rows = np.concatenate([rows[:-1], room[: trace_route(*tables, stop, at, room)]])
        return rows


def _route(crews: int, rows: Ints, places: list[int], parts: int, locations: int) -> Route:
    at = np.array(places, dtype=np.int64)
    return Route(
        crews=crews, stops=rows[:, 0], slots=rows[:, 1] // parts,
        legs=at[:-1] * locations + at[1:],
    )  # fmt: skip


__all__ = ["CrewSide", "Route", "home_walk"]
