"""Cheapest pairing of a few places: which crossings a closed walk must join by streets walked twice."""

from __future__ import annotations

from collections.abc import Sequence

EXACT_BY_TABLE = 12
"""Up to this many places all pairings are tabled; beyond, the blossom algorithm finds the cheapest."""

Memo = dict[int, tuple[int, int]]


def cheapest_pairing(places: int, apart: Sequence[Sequence[int]], memo: Memo) -> tuple[int, int]:
    """Least total distance of a perfect pairing of the places in a bit set, and the first one's partner.

    Parameters
    ----------
    places
        Bit set of an even number of rows of ``apart``.
    apart
        Symmetric whole distances.
    memo
        Filled as a side effect; hand the same one in while ``apart`` stays the same.

    Examples
    --------
    Four places in a row, one metre apart: neighbours are paired.

    >>> apart = [[abs(a - b) for b in range(4)] for a in range(4)]
    >>> cheapest_pairing(0b1111, apart, {})
    (2, 1)
    """
    if not places:
        return 0, -1
    if places in memo:
        return memo[places]
    if places.bit_count() > EXACT_BY_TABLE:
        return _by_blossom(places, apart, memo)
    first = (places & -places).bit_length() - 1
    others = places ^ (1 << first)
    best, partner, left = -1, -1, others
    while left:
        other = (left & -left).bit_length() - 1
        left ^= 1 << other
        total = apart[first][other] + cheapest_pairing(others ^ (1 << other), apart, memo)[0]
        if best < 0 or total < best:
            best, partner = total, other
    memo[places] = (best, partner)
    return best, partner


def pairs_of(places: int, apart: Sequence[Sequence[int]], memo: Memo) -> list[tuple[int, int]]:
    """The pairs of the cheapest pairing."""
    pairs = []
    while places:
        first = (places & -places).bit_length() - 1
        partner = cheapest_pairing(places, apart, memo)[1]
        pairs.append((first, partner))
        places ^= (1 << first) | (1 << partner)
    return pairs


def _by_blossom(places: int, apart: Sequence[Sequence[int]], memo: Memo) -> tuple[int, int]:
    """Cheapest pairing by networkx; the rest of the same pairing is remembered with it."""
    import networkx as nx

    rows = [row for row in range(places.bit_length()) if places >> row & 1]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from((a, b, apart[a][b]) for a in rows for b in rows if a < b)
    pairs = sorted(sorted(pair) for pair in nx.min_weight_matching(graph))
    total, seen = 0, 0
    for a, b in reversed(pairs):
        total, seen = total + apart[a][b], seen | 1 << a | 1 << b
        memo[seen] = (total, b)
    return memo[places]
