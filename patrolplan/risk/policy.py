"""How need is shared among offences, footfall and named problems: policy, not statistics."""

from __future__ import annotations

from collections.abc import Mapping

from patrolplan.errors import InputError

MOST_OFFENCES, HALF_TRUST = 0.9, 25
"""Offences get ``0.9 n / (n + 25)`` of what problems leave for n usable records: policy, not statistics.
Footfall is far more concentrated than offences: in three towns, need with four tenths of footfall in it
held a third fewer of the later records on its best 5 % of street than the offence part alone, need with
one tenth as many (docs/need.md)."""
LEAST_PROBLEMS, MOST_PROBLEMS, HALF_PROBLEMS = 0.25, 0.5, 3
"""Named problems get a quarter of need (half, where no record is known) times ``m / (m + 3)`` for m of
them, however many records there are: policy."""
SHARES = ("a_off", "a_foot", "a_prob")


def default_policy(offences: int, places: int, problems: int) -> dict[str, float]:
    """The shares of the three parts where none are given: policy, not statistics.

    Examples
    --------
    >>> default_policy(offences=25, places=10, problems=0)
    {'a_off': 0.45, 'a_foot': 0.55, 'a_prob': 0.0}
    >>> default_policy(offences=0, places=10, problems=3)
    {'a_off': 0.0, 'a_foot': 0.75, 'a_prob': 0.25}
    """
    trust = offences / (offences + HALF_TRUST)
    most = MOST_PROBLEMS - (MOST_PROBLEMS - LEAST_PROBLEMS) * trust
    a_prob = most * problems / (problems + HALF_PROBLEMS)
    a_off = (1 - a_prob) * MOST_OFFENCES * trust
    if not places:
        a_off = a_off if problems else float(offences > 0)
        a_prob = 1 - a_off if problems else 0.0
    a_foot = 1 - a_off - a_prob if places else 0.0
    return {"a_off": a_off, "a_foot": a_foot, "a_prob": a_prob}


def chosen_policy(
    policy: Mapping[str, float] | None, *, offences: int, places: int, problems: int
) -> dict[str, float]:
    """The given shares, or the default ones; a share needs something to rest on.

    Raises
    ------
    InputError
        A share above 0 of a part without any record, place or problem, while others have some.
    """
    if policy is None:
        return default_policy(offences, places, problems)
    shares = {name: float(policy.get(name, 0.0)) for name in SHARES}
    counts = {"a_off": offences, "a_foot": places, "a_prob": problems}
    what = {"a_off": "offences", "a_foot": "places people visit", "a_prob": "named problems"}
    empty = [
        f"policy gives {name}={shares[name]:g}, but there are no usable {what[name]} to rest it on"
        for name in SHARES
        if shares[name] > 0 and not counts[name]
    ]
    if empty and any(counts.values()):
        raise InputError(empty)
    return shares


def policy_faults(policy: Mapping[str, float]) -> list[str]:
    """What is wrong with given shares.

    Examples
    --------
    >>> policy_faults({"a_off": 0.5, "a_foot": 0.5})
    []
    >>> policy_faults({"a_off": 0.5})
    ['the shares of policy must be 0 or more and sum to 1; given: a_off=0.5']
    """
    told = ", ".join(f"{name}={value}" for name, value in policy.items())
    if set(policy) - set(SHARES):
        return [f"policy takes {', '.join(SHARES)}; given: {told}"]
    if any(not value >= 0 for value in policy.values()) or abs(sum(policy.values()) - 1) > 1e-6:
        return [f"the shares of policy must be 0 or more and sum to 1; given: {told}"]
    return []
