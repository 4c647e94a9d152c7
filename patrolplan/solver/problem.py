"""PatrolProblem: the routing problem as numbers with labels; it knows no map."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from patrolplan.units import frozen_columns

NEVER = -1
"""Travel time that stands for "no walk leads there", and clock value for "none"."""

NO_CAP = 2**31 - 1
"""Stands for "no limit" where a limit may be given."""


def _none(*shape: int) -> NDArray[np.int32]:
    return np.zeros(shape, dtype=np.int32)


@dataclass(frozen=True, kw_only=True)
class PatrolProblem:
    """Team orienteering with time windows, breaks, repeat visits and a score that fades.

    Locations are the stops (0..n-1) followed by the stations (n..n+stations-1). All clock values
    are whole seconds from the horizon's start, which lies on a whole minute.

    The score of a plan is the integral over the horizon, in continuous time, of need times effect
    (see ``patrolplan.solver.score``): need is constant between knots and effect is piecewise
    linear, so the integral has a closed form, and no search gains by shifting a visit by seconds
    against a grid of minutes.

    Attributes
    ----------
    stop_labels, crew_labels
        Names for messages; the search never reads them.
    travel_s
        [locations, locations] int32 walking seconds at pace 1, ``NEVER`` where no walk leads or
        where the leg is longer than allowed. A crew of pace f takes ``ceil(travel_s / f)``.
    dwell_s
        [stops] int32, length of a visit.
    quality
        [stops] float in 0..1: the effect a visit leaves behind, q(d) of the model.
    windows_s
        [stops, w, 2] int32: a visit must start and end inside one of its stop's windows; rows
        padded with (NEVER, NEVER). A stop with all rows padded is open throughout.
    min_gap_s
        [stops] int32: least seconds from the end of one visit to the start of the next at the
        stop, by whichever crew.
    crew_start_s, crew_end_s
        [crews] int32: shift.
    crew_start_at, crew_end_at
        [crews] int32: location (a station) where the shift begins and ends.
    crew_pace
        [crews] float: 1 usual, 0.8 slower by 20 %.
    break_s
        [crews, 3] int32: earliest start, latest start, length of the break; (NEVER, NEVER, 0) for none.
        A break is taken where the crew stands, between visits; never while walking or dwelling.
    allowed
        [crews, stops] bool.
    knots_s
        [bins + 1] int32, from 0 to the horizon's end: need is constant between knots. Knots lie on
        whole minutes.
    segment_rate
        [segments, bins] float: need of a segment per second, in shares of the week's need. Only
        the segments that some stop holds or some leg passes are in the table.
    stop_of_segment
        [segments] int32: the stop the segment belongs to, ``NEVER`` if none.
    pass_start, pass_segment, pass_offset_s
        Passes of the leg from location i to j (CSR): rows ``pass_start[i * locations + j]`` up to
        the next of ``pass_segment`` (int32) and of ``pass_offset_s`` (int32, seconds after the
        leg's beginning at pace 1 when the middle of the segment is reached). A crew of pace f
        reaches it ``floor(pass_offset_s / f)`` seconds after the leg's beginning.
    fade_s
        R of the model: seconds until the effect of a visit is gone.
    pass_quality
        q_pass of the model.
    horizon_rate
        [bins] float: need per second of the whole network, for shares.
    on_shift
        [bins] bool: whether any crew is on shift in the bin.
    prize
        [stops] float: a fixed value paid once if the stop is visited at all, beside the effect.
        Zeros where not given.
    most_visits
        [stops] int32: most visits to the stop in the horizon; ``NO_CAP`` where not given.
    most_walk_s
        [crews] int32: longest walk in the shift, between stops and to and from the stations;
        ``NO_CAP`` where not given.
    musts_s
        [m, 3] int32 rows (stop, earliest, latest): at least one visit to the stop must start in
        each period (fixed appointment: earliest = latest). Also the floor of a stop.
    pinned
        [p, 3] int32 rows (crew, start second, stop): visits that the plan must hold exactly so.
    most_gap_s
        [stops] int32: most seconds without a visit while crews are on shift, from the first shift's start
        to the last one's end; ``NO_CAP`` where not given.
    group_labels, in_group, group_bounds
        Groups of stops (a settlement, a district, the named problems): names, [groups, stops] bool, and
        [groups, 3] int32 (least visits, most visits, least seconds of stay); 0 and ``NO_CAP`` for none.
    carried
        [k, 3] int32 rows (crew, start second, stop): visits made already, which the plan does not hold but
        whose effect and gap count. They may begin before the horizon (below 0).
    crowd_s, crowd_price
        Crews that stay within ``crowd_s`` seconds of walk of each other at once are in each other's way:
        the search pays ``crowd_price`` times a good visit's worth for a visit's time so spent. 0: nothing.
    moment_price
        [stops, parts] float: what the search pays for a visit that begins in a part of the horizon (cut
        into equal parts), in the score's unit; may be below 0. Neither price is in the reported score.
    more_travel_s
        [ways, locations, locations] int32: walks of crews for whom other streets are shut, as on other
        days of a week. The passes of these ways follow those of ``travel_s``. Searches take one day with
        one way; see `patrolplan.week.days.part_of`.
    crew_way
        [crews] int32: 0 for ``travel_s``, ``k`` for ``more_travel_s[k - 1]``.
    clock_s
        [bins] int32: second of the local day at the beginning of each bin, for messages alone; empty where
        nobody knows.

    Raises
    ------
    InputError
        With every fault found, when shapes or values do not hold together.
    """

    stop_labels: tuple[str, ...]
    crew_labels: tuple[str, ...]
    travel_s: NDArray[np.int32]
    dwell_s: NDArray[np.int32]
    quality: NDArray[np.float64]
    windows_s: NDArray[np.int32]
    min_gap_s: NDArray[np.int32]
    crew_start_s: NDArray[np.int32]
    crew_end_s: NDArray[np.int32]
    crew_start_at: NDArray[np.int32]
    crew_end_at: NDArray[np.int32]
    crew_pace: NDArray[np.float64]
    break_s: NDArray[np.int32]
    allowed: NDArray[np.bool_]
    knots_s: NDArray[np.int32]
    segment_rate: NDArray[np.float64]
    stop_of_segment: NDArray[np.int32]
    pass_start: NDArray[np.int64]
    pass_segment: NDArray[np.int32]
    pass_offset_s: NDArray[np.int32]
    fade_s: int
    pass_quality: float
    horizon_rate: NDArray[np.float64]
    on_shift: NDArray[np.bool_]
    prize: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    most_visits: NDArray[np.int32] = field(default_factory=lambda: _none(0))
    most_walk_s: NDArray[np.int32] = field(default_factory=lambda: _none(0))
    musts_s: NDArray[np.int32] = field(default_factory=lambda: _none(0, 3))
    pinned: NDArray[np.int32] = field(default_factory=lambda: _none(0, 3))
    most_gap_s: NDArray[np.int32] = field(default_factory=lambda: _none(0))
    group_labels: tuple[str, ...] = ()
    in_group: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    group_bounds: NDArray[np.int32] = field(default_factory=lambda: _none(0, 3))
    carried: NDArray[np.int32] = field(default_factory=lambda: _none(0, 3))
    crowd_s: int = 0
    crowd_price: float = 0.0
    moment_price: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    more_travel_s: NDArray[np.int32] = field(default_factory=lambda: _none(0, 0, 0))
    crew_way: NDArray[np.int32] = field(default_factory=lambda: _none(0))
    clock_s: NDArray[np.int32] = field(default_factory=lambda: _none(0))

    def __post_init__(self) -> None:
        from patrolplan.solver.problem_check import check_problem

        n, m = self.n_stops, self.n_crews
        whole = {
            "prize": (n, 0.0),
            **dict.fromkeys(("most_visits", "most_gap_s"), (n, NO_CAP)),
            "most_walk_s": (m, NO_CAP),
            "crew_way": (m, 0),
        }
        for name, (size, value) in whole.items():
            given = getattr(self, name)
            if given.shape == (0,) and size:
                object.__setattr__(self, name, np.full(size, value, dtype=given.dtype))
        if self.more_travel_s.shape[0] == 0:
            places = self.travel_s.shape[0]
            object.__setattr__(self, "more_travel_s", _none(0, places, places))
        for name in ("in_group", "moment_price"):
            if getattr(self, name).size == 0:
                empty = np.zeros((0, n) if name == "in_group" else (n, 0), dtype=getattr(self, name).dtype)
                object.__setattr__(self, name, empty)
        check_problem(self)
        arrays = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        frozen_columns(self, **arrays)

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.stop_labels)

    @property
    def n_crews(self) -> int:
        """Number of crews."""
        return len(self.crew_labels)

    @property
    def horizon_s(self) -> int:
        """Length of the horizon in seconds."""
        return int(self.knots_s[-1])

    @property
    def need_on_shift(self) -> float:
        """Need of the whole network in the bins in which any crew is on shift."""
        return float((self.horizon_rate * np.diff(self.knots_s))[self.on_shift].sum())

    def when(self, seconds: int) -> str:
        """A time in words: by the local clock where it is known, else in seconds of the horizon."""
        if len(self.clock_s) == 0:
            return f"{seconds} s"
        at = int(np.clip(np.searchsorted(self.knots_s, seconds, side="right") - 1, 0, len(self.clock_s) - 1))
        local = int(self.clock_s[at]) + seconds - int(self.knots_s[at])
        hour, minute = divmod(local // 60 % 1440, 60)
        return f"{hour:02d}:{minute:02d}" + (f":{local % 60:02d}" if local % 60 else "")

    def travel_of(self, crew: int) -> NDArray[np.int32]:
        """[locations, locations] walking seconds of a crew at pace 1."""
        way = int(self.crew_way[crew])
        return self.more_travel_s[way - 1] if way else self.travel_s

    def walk_s(self, crew: int, start: int, end: int) -> int:
        """Seconds the crew takes from one location to another, ``NEVER`` where no walk leads."""
        travel = int(self.travel_of(crew)[start, end])
        return travel if travel < 0 else int(at_pace(np.array(travel), float(self.crew_pace[crew])))


def at_pace(travel_s: NDArray[np.int32], pace: float) -> NDArray[np.int32]:
    """Walking seconds at the given pace: ``ceil(travel_s / pace)``, ``NEVER`` kept.

    Examples
    --------
    >>> at_pace(np.array([100, -1, 90]), 0.8).tolist()
    [125, -1, 113]
    """
    slower = np.ceil(np.round(travel_s / pace, 6)).astype(np.int32)
    return np.where(travel_s < 0, np.int32(NEVER), slower)
