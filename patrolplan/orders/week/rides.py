"""The rides of a roster's patrols: when, from where, to where, and by which bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from patrolplan.config.settings import Settings
from patrolplan.crews import instant_of
from patrolplan.duty import Crew, Ride, RideLeg
from patrolplan.orders.week.ground import Ground
from patrolplan.week.roster import Block, Roster


def with_rides(crews: Sequence[Crew], roster: Roster, ground: Ground, settings: Settings) -> tuple[Crew, ...]:
    """The crews with the rides to where they set out on foot.

    Parameters
    ----------
    crews
        One a patrol of the roster, in its order.
    roster, ground
        Who patrols when, and how one gets there.
    settings
        Of the plan file: its stations and its time zone.
    """
    return tuple(
        replace(crew, ride=ride_of(block, roster, ground, settings))
        for crew, block in zip(crews, roster.blocks, strict=True)
    )


def ride_of(block: Block, roster: Roster, ground: Ground, settings: Settings) -> Ride | None:
    """The rides of one patrol; None where it sets out from its station on foot."""
    row = roster.officers[block.officer].station
    start, station = ground.starts[row][block.area], settings.stations[row]
    if start.name == station.name:
        return None
    there, back = _legs(block, roster, ground, row, settings)
    line = ground.lines.get((row, block.area), shapely.LineString())
    on_road = shapely.get_coordinates(line).round(6).tolist()
    ends = (station.lon, station.lat), (start.lon, start.lat)
    return Ride(
        by=ground.by,
        station=station.name,
        place=there.alight or ground.places[block.area],
        there=there,
        back=back,
        path=(ends[0], *((float(x), float(y)) for x, y in on_road), ends[1]),
    )


def _legs(
    block: Block, roster: Roster, ground: Ground, row: int, settings: Settings
) -> tuple[RideLeg, RideLeg]:
    """A car leaves when the patrol begins and is back when it ends; a bus goes by its timetable."""
    zone = ZoneInfo(settings.community.timezone)

    def at(minute: int) -> datetime:
        return instant_of(roster.grid.monday, minute, zone)

    if ground.by != "bus":
        return (
            RideLeg(leave=at(block.start_min), arrive=at(block.foot_from)),
            RideLeg(leave=at(block.foot_to), arrive=at(block.end_min)),
        )
    out, home = ground.buses[row, block.area]
    there = out[(out["arrive_min"] == block.foot_from) & (out["depart_min"] >= block.start_min)]
    back = home[(home["depart_min"] == block.foot_to) & (home["arrive_min"] <= block.end_min)]
    # Of buses that arrive at once the one that leaves last; of those that leave at once the first to arrive.
    last, first = there.sort_values("depart_min").iloc[-1], back.sort_values("arrive_min").iloc[0]
    return _bus(last, at), _bus(first, at)


def _bus(row: Any, at: Callable[[int], datetime]) -> RideLeg:
    return RideLeg(
        leave=at(int(row["depart_min"])),
        arrive=at(int(row["arrive_min"])),
        line=str(row["line"]),
        board=str(row["from_stop"] or row["from"]),
        alight=str(row["to_stop"] or row["to"]),
    )
