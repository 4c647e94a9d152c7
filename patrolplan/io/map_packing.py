"""Numbers and lines packed small for the map page; ``page/data.js`` reads them back."""

from __future__ import annotations

import base64

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

SCALE = 1_000_000
"""Parts of a degree: coordinates are whole numbers of about 0.1 m."""


def varints(values: NDArray[np.int64]) -> bytes:
    """Whole numbers within ±2^34 as variable-length bytes: zigzag, seven bits a byte, low bits first.

    Examples
    --------
    >>> list(varints(np.array([0, -1, 1, 64, -300])))
    [0, 1, 2, 128, 1, 215, 4]
    """
    folded = np.where(values < 0, -2 * values - 1, 2 * values)
    groups = (folded[:, None] >> np.arange(0, 35, 7)) & 127
    beyond = folded[:, None] >> np.arange(7, 42, 7) > 0
    kept = np.column_stack([np.full(len(folded), True), beyond[:, :-1]])
    packed = (groups | np.where(beyond, 128, 0))[kept].astype(np.uint8)
    return bytes(packed.tobytes())


def unsigned(shares: NDArray[np.float64], *, width: int) -> bytes:
    """Shares of the peak as little-endian unsigned integers of one or two bytes."""
    top = 256**width - 1
    return bytes((shares * top).round().astype(f"<u{width}").tobytes())


def packed_lines(lines: gpd.GeoSeries) -> dict[str, str]:
    """Lines in WGS 84: number of points of each, and each point's steps from the one before."""
    shapes = lines.to_crs("EPSG:4326").to_numpy()
    points = np.rint(shapely.get_coordinates(shapes)[:, ::-1] * SCALE).astype(np.int64)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    counts = shapely.get_num_coordinates(shapes).astype(np.int64)
    return {"counts": base64_of(varints(counts)), "steps": base64_of(varints(steps.ravel()))}


def base64_of(data: bytes) -> str:
    """Bytes as text that JSON can hold."""
    return base64.b64encode(data).decode("ascii")
