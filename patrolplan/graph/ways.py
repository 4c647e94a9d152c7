"""Ways: walkable lines as they came from a source, before any cleaning, on arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WAY_COLUMNS = (
    "osm_id",
    "rank",
    "kind",
    "name",
    "name_en",
    "name_uk",
    "lit",
    "surface",
    "steps",
    "layer",
    "oneway",
    "ring",
    "sides",
)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Lines of numbered nodes with what is known about each, in metres.

    Attributes
    ----------
    table
        One row a line, sorted by ``osm_id``; columns `WAY_COLUMNS`: ``rank`` says how street-like
        it is (0 = main road), ``oneway`` marks a carriageway of one direction, ``ring`` a roundabout,
        ``sides`` on how many sides of a road one can walk ("both", "one", "no" or "").
    offsets
        Row ``w`` owns the nodes ``offsets[w]:offsets[w + 1]``.
    refs
        Node ids, shared by lines that meet.
    xy
        Coordinates in metres, one row a reference.
    """

    table: pd.DataFrame
    offsets: Ints
    refs: Ints
    xy: Floats


def ragged_range(starts: Ints, counts: Ints) -> Ints:
    """The indices ``starts[i] ... starts[i] + counts[i] - 1`` for each ``i``, one after another.

    Examples
    --------
    >>> ragged_range(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    counts = np.asarray(counts, dtype=np.int64)
    total = int(counts.sum())
    begin = np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.asarray(starts, dtype=np.int64), counts) + np.arange(total) - begin


def offsets_of(counts: Ints) -> Ints:
    """Where each of several stretches of the given lengths begins, and the end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def way_lengths(offsets: Ints, xy: Floats) -> Floats:
    """Length of each line in metres."""
    if len(xy) < 2:
        return np.zeros(len(offsets) - 1)
    step = np.hypot(*np.diff(xy, axis=0).T)
    last = offsets[1:-1] - 1
    step[last[(last >= 0) & (last < len(step))]] = 0.0
    along = np.concatenate([[0.0], np.cumsum(step)])
    return np.asarray(along[offsets[1:] - 1] - along[offsets[:-1]])
