"""A link that opens a route's stops in a phone's map, short enough for a QR code."""

from __future__ import annotations

from collections.abc import Sequence

from patrolplan.io.route_facts import StopFacts

DECIMALS = 5
"""Of degrees: about a metre."""


def stops_link(visits: Sequence[StopFacts]) -> str:
    """A link that shows the stops by number in Organic Maps, without a network.

    The link holds the stops itself: nothing is looked up, and nobody else learns of the route.
    A stop visited more than once stands there once, with all its numbers.

    Examples
    --------
    >>> from types import SimpleNamespace as Stop
    >>> stops_link([Stop(order=1, lon=28.5, lat=49.2), Stop(order=2, lon=28.5, lat=49.2)])
    'om://map?v=1&ll=49.20000,28.50000&n=1,2'
    """
    numbers: dict[str, list[str]] = {}
    for stop in visits:
        place = f"{stop.lat:.{DECIMALS}f},{stop.lon:.{DECIMALS}f}"
        numbers.setdefault(place, []).append(str(stop.order))
    points = "".join(f"&ll={place}&n={','.join(orders)}" for place, orders in numbers.items())
    return f"om://map?v=1{points}" if points else ""
