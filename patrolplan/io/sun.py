"""Where the sun stands: whether it is dark, for streets without lamps."""

from __future__ import annotations

from datetime import datetime
from math import asin, atan2, cos, degrees, radians, sin

DARK_BELOW_DEG = -6.0
"""Civil twilight ends when the sun is six degrees below the horizon: faces can't be made out any more."""

J2000_S = 946_728_000
"""Seconds from 1970 to 1 January 2000, 12:00 UTC."""


def sun_height_deg(instant: datetime, *, lon: float, lat: float) -> float:
    """Height of the sun above the horizon in degrees, right to about 0.1 degree.

    Parameters
    ----------
    instant
        Aware time.
    lon, lat
        Degrees, east and north positive.

    Notes
    -----
    Low-precision formulas for the sun of the Astronomical Almanac (section C); refraction is left out.

    Examples
    --------
    At the equator on an equinox the sun stands overhead at noon:

    >>> from datetime import UTC
    >>> round(sun_height_deg(datetime(2026, 3, 20, 12, 7, tzinfo=UTC), lon=0, lat=0))
    90
    """
    days = (instant.timestamp() - J2000_S) / 86_400
    mean_longitude = 280.460 + 0.985_647_4 * days
    anomaly = radians(357.528 + 0.985_600_3 * days)
    ecliptic = radians(mean_longitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
    tilt = radians(23.439 - 0.000_000_4 * days)
    declination = asin(sin(tilt) * sin(ecliptic))
    right_ascension = degrees(atan2(cos(tilt) * sin(ecliptic), cos(ecliptic)))
    sidereal = 15 * ((18.697_374_558 + 24.065_709_824_419_08 * days) % 24)
    hour_angle = radians(sidereal + lon - right_ascension)
    north = radians(lat)
    return degrees(asin(sin(north) * sin(declination) + cos(north) * cos(declination) * cos(hour_angle)))


def is_dark(instant: datetime, *, lon: float, lat: float) -> bool:
    """Whether civil twilight is over (or not yet begun) at a place.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> kyiv = ZoneInfo("Europe/Kyiv")
    >>> [is_dark(datetime(2026, 11, 23, hour, tzinfo=kyiv), lon=30.5, lat=50.45) for hour in (15, 18)]
    [False, True]
    """
    return sun_height_deg(instant, lon=lon, lat=lat) < DARK_BELOW_DEG
