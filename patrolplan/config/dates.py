"""Settings of the calendar and of the table of events."""

from __future__ import annotations

from pydantic import Field

from patrolplan.config.tables import ColumnNames, TimedTable
from patrolplan.config.values import Column, FilePath

_POINT = 'Both coordinates in one column, as "49.84, 24.03" or "POINT (24.03 49.84)".'


class EventColumns(ColumnNames):
    """Which column of the table of events holds what."""

    lon: Column | None = Field(default=None, description="Longitude, or x in the table's `crs`.")
    lat: Column | None = Field(default=None, description="Latitude, or y in the table's `crs`.")
    point: Column | None = Field(default=None, description=_POINT)
    date: Column | None = Field(default=None, description="Its day, or the first one.")
    until: Column | None = Field(default=None, description="Last day, where it has several.")
    name: Column | None = Field(default=None, description="What it is called on what people hold.")
    place: Column | None = Field(
        default=None,
        description="Name of a place, street or settlement, or POLYGON ((lon lat, ...)), where there is no "
        "point.",
    )
    start: Column | None = Field(
        default=None, description='Clock time at which it begins; a column called "from" is found.'
    )
    end: Column | None = Field(
        default=None, description="Clock time at which it ends; before `start`: the next day."
    )
    crowd: Column | None = Field(default=None, description="People expected.")
    cover: Column | None = Field(default=None, description="How many crews shall be there.")
    joint: Column | None = Field(
        default=None,
        description="yes: they stand together from the same minute; no: one after the other. "
        "Together where nothing is said.",
    )
    stay: Column | None = Field(
        default=None, description="Minutes that they stay; as long as it lasts where not given."
    )
    who: Column | None = Field(
        default=None, description="Names of crews or officers that shall go, parted by commas."
    )
    closes: Column | None = Field(
        default=None,
        description="Streets that are shut meanwhile, parted by semicolons, POLYGON ((lon lat, ...)), or "
        "`area`: the row's own.",
    )
    note: Column | None = Field(default=None, description="The planner's own; never on what people hold.")


class CalendarColumns(EventColumns):
    """Which column of the calendar holds what."""

    what: Column | None = Field(
        default=None,
        description="holiday, no school, market, no market, term, bell, event, curfew or closed.",
    )
    days: Column | None = Field(default=None, description='Days of the week, such as "Mo-Fr".')


class CalendarSettings(TimedTable):
    """Days that are not usual: they change need, rules and streets, and are named on what people hold."""

    file: FilePath = Field(description="The calendar: a row a day or span of days.")
    columns: CalendarColumns = Field(
        default=CalendarColumns(), description="Its columns; all guessed where none is named."
    )


class EventSettings(TimedTable):
    """Events: extra need, closed streets and crews to be there."""

    file: FilePath = Field(description="Table of events: a row a day, with place and hours.")
    columns: EventColumns = Field(
        default=EventColumns(), description="Its columns; all guessed where none is named."
    )
    reach_m: float = Field(
        default=200.0, gt=0, le=2000, description="How far along the streets a crowd is felt, in metres."
    )
    shop_person_hours: float = Field(
        default=150.0,
        gt=0,
        le=100000,
        description="Person-hours that one usual shop brings to its street in a week: turns a crowd into "
        "busy places; policy.",
    )
    past_records: bool = Field(
        default=False,
        description="Whether records from events of the past count for weeks without that event.",
    )
