"""Somebody who watches the street: which places he names, knowing how often officers were where and when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEAR_SLOT, ANY_SLOT = 1e-3, 1e-6
"""Weights that break ties between places: seen there a half hour off, seen there at all."""


def named(often: Floats, count: int) -> Floats:
    """Chance that each place is among the ``count`` that he names in a half hour, [places, slots].

    He names the places where he saw officers most often in that half hour; among equals those where he
    saw them in the half hours before or after, then those where he saw them at all; among places still
    equal he draws.

    Parameters
    ----------
    often
        [places, slots] how often officers were there, counts or shares.
    count
        Places that he names in each half hour, at most all.

    Examples
    --------
    Two of three places were seen equally often:

    >>> named(np.array([[2.0], [2.0], [1.0]]), 1).T.tolist()
    [[0.5, 0.5, 0.0]]
    """
    near = np.zeros_like(often)
    near[:, 1:] += often[:, :-1]
    near[:, :-1] += often[:, 1:]
    rank = (often + NEAR_SLOT * near + ANY_SLOT * often.mean(axis=1, keepdims=True)).round(12)
    bar = -np.sort(-rank, axis=0)[count - 1]
    above, level = rank > bar, rank == bar
    left = count - above.sum(axis=0)
    return np.asarray(above + level * (left / level.sum(axis=0)), dtype=np.float64)
