"""Which coordinate systems put unknown coordinates onto the streets."""

from __future__ import annotations

import math

MOST_TOLD = 3
_FAMILIAR = ("WGS 84 / UTM", "NAD83(HARN)", "NAD83 /", "ETRS89", "UCS-2000", "Pulkovo 1942", "OSGB36")


def suggested_systems(
    x: float, y: float, bounds: tuple[float, float, float, float]
) -> tuple[tuple[str, str], ...]:
    """EPSG codes and names of projected systems in which a point lies on or near the streets.

    Parameters
    ----------
    x, y
        The middle of the coordinates in question.
    bounds
        West, south, east and north of the streets, degrees.

    Returns
    -------
    At most three (code, name), the one that brings the point nearest to the middle first; the
    better known where they agree.

    Examples
    --------
    >>> suggested_systems(491000, 5459000, (-123.2, 49.2, -123.0, 49.3))[0]
    ('EPSG:32610', 'WGS 84 / UTM zone 10N')
    """
    from pyproj import CRS, Transformer
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType
    from pyproj.exceptions import ProjError

    west, south, east, north = bounds
    middle = ((west + east) / 2, (south + north) / 2)
    around = AreaOfInterest(west, south, east, north)
    found = []
    infos = query_crs_info(
        auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=around, contains=True
    )
    for info in infos:
        if info.deprecated:
            continue
        try:
            mover = Transformer.from_crs(CRS.from_epsg(int(info.code)), "EPSG:4326", always_xy=True)
            lon, lat = mover.transform(x, y)
        except ProjError:
            continue
        if math.isfinite(lon) and west - 0.1 <= lon <= east + 0.1 and south - 0.1 <= lat <= north + 0.1:
            off = round(math.dist((lon, lat), middle), 3)
            fame = next(
                (k for k, start in enumerate(_FAMILIAR) if info.name.startswith(start)), len(_FAMILIAR)
            )
            found.append((off, fame, int(info.code), info.name))
    return tuple((f"EPSG:{code}", name) for _, _, code, name in sorted(found)[:MOST_TOLD])
