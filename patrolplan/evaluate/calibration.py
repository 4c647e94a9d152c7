"""Whether as many offences come as were expected, by how many were expected."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CLASSES = 10


def calibration_bins(expected: NDArray[np.float64], observed: NDArray[np.float64]) -> pd.DataFrame:
    """Expected and observed offences by class of segments; classes hold the same expected number.

    Parameters
    ----------
    expected, observed
        [segments] offences in the days tested.

    Returns
    -------
    ``class`` (1: the segments that expect fewest), ``segments``, ``expected``, ``observed``.

    Examples
    --------
    >>> calibration_bins(np.array([1.0, 1.0]), np.array([0.0, 3.0]))["observed"].tolist()
    [0.0, 3.0]
    """
    order = np.lexsort((np.arange(len(expected)), expected))
    upto = np.cumsum(expected[order]) / expected.sum()
    number = np.empty(len(expected), dtype=np.int64)
    number[order] = np.clip(np.ceil(upto * CLASSES - 1e-9), 1, CLASSES).astype(np.int64)
    table = pd.DataFrame({"class": number, "segments": 1, "expected": expected, "observed": observed})
    return table.groupby("class", sort=True).sum().reset_index()
