"""Streets as people call them: their name in a language, or the named streets that a nameless one joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from patrolplan.graph.network import StreetNetwork

FARTHEST_M = 400.0
"""A named street farther along nameless ones says nothing about where a path lies."""


def street_names(network: StreetNetwork, language: str) -> pd.Series:
    """The name of each segment as it is called in a language, [segments] of str.

    ``name:uk``, say, of the map where the network holds it (a column ``name_uk``), else the local
    name, which stands on the signs, else the English one. English readers get local names too:
    they stand in those streets.
    """
    segments = network.segments
    local = segments["name"].fillna("").astype(str)
    own = f"name_{language}"
    wanted = segments[own].fillna("").astype(str) if own in segments and language != "en" else local
    names: pd.Series = wanted.where(wanted != "", local)
    english = segments["name_en"].fillna("").astype(str)
    return pd.Series(names.where(names != "", english))


def street_called(
    network: StreetNetwork,
    language: str,
    *,
    between: str,
    near: str,
    kind: Callable[[str], str],
    only: Iterable[int] | None = None,
) -> pd.Series:
    """What each segment is called, nameless ones after what they join, [segments] of str.

    Parameters
    ----------
    network, language
        Streets, and the language of their names.
    between, near
        Texts with ``{what}`` and ``{first}``, ``{second}`` or ``{street}``.
    kind
        What a kind of street (OSM highway value) is called.
    only
        Segments that are asked for; nameless ones elsewhere stay "".

    Returns
    -------
    "" only for nameless streets with no named one near.
    """
    names = street_names(network, language)
    known = np.unique(names.to_numpy(dtype=object).astype(str))
    at, ends = joined_names(network, names, known)
    if only is not None:
        asked = np.isin(at, np.fromiter(only, dtype=np.int64))
        at, ends = at[asked], ends[asked]
    kinds = network.segments["kind"].to_numpy(dtype=object)
    called = names.to_numpy(dtype=object).copy()
    for segment, (first, second) in zip(at.tolist(), ends.tolist(), strict=True):
        what, one, other = kind(str(kinds[segment])), str(known[first]), str(known[second])
        called[segment] = (
            near.format(what=what, street=one)
            if one == other
            else between.format(what=what, first=one, second=other)
        )
    return pd.Series(called, index=names.index)


def joined_names(
    network: StreetNetwork, names: pd.Series, known: NDArray[np.str_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What the nameless streets join: the nearest named street from each of their two ends.

    Parameters
    ----------
    network
        The streets.
    names
        [segments] names, "" where there is none.
    known
        The distinct names, sorted, to number them by.

    Returns
    -------
    segments, ends
        [n] segments without a name that some named street is near, and [n, 2] numbers of the
        names from their ``u`` and ``v`` end, the smaller number first; both the same where all ways
        lead to one street.
    """
    number = np.searchsorted(known, names.to_numpy(dtype=object).astype(str))
    nameless = (names == "").to_numpy()
    nothing = np.empty(0, dtype=np.int64)
    if not nameless.any() or nameless.all():
        return nothing, nothing.reshape(0, 2)
    u, v = (network.segments[end].to_numpy(dtype=np.int64) for end in ("u", "v"))
    nearest = _nearest_name(network, u, v, number, nameless)
    ends = np.column_stack([nearest[u[nameless]], nearest[v[nameless]]])
    ends = np.where(ends < 0, ends[:, ::-1], ends)
    found = ends[:, 0] >= 0
    return np.flatnonzero(nameless)[found].astype(np.int64), np.sort(ends[found], axis=1)


def _nearest_name(
    network: StreetNetwork,
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    number: NDArray[np.int64],
    nameless: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """[nodes] number of the nearest name along nameless streets, -1 if none is near.

    Where several named streets meet at a node, the longest of them there names it.
    """
    nodes, length = len(network.nodes), network.segments["length_m"].to_numpy(dtype=np.float64)
    named = ~nameless
    at = np.concatenate([u[named], v[named]])
    order = np.lexsort([np.tile(number[named], 2), -np.tile(length[named], 2), at])
    first_at, first = np.unique(at[order], return_index=True)
    name_of = np.full(nodes, -1, dtype=np.int64)
    name_of[first_at] = np.tile(number[named], 2)[order][first]
    ways = coo_array((length[nameless], (u[nameless], v[nameless])), shape=(nodes, nodes)).tocsr()
    _, _, source = dijkstra(
        ways, directed=False, indices=first_at, limit=FARTHEST_M, min_only=True, return_predecessors=True
    )
    return np.where(source >= 0, name_of[np.maximum(source, 0)], -1)
