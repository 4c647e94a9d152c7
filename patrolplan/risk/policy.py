"""How need is shared among offences, footfall and named problems: policy, not statistics."""

from __future__ import annotations

from collections.abc import Mapping

from patrolplan.errors import InputError

MOST_OFFENCES, HALF_TRUST = 0.6, 50
"""Offences get ``0.6 n / (n + 50)`` of need for n usable records: policy, not statistics."""
HALF_PROBLEMS = 3
"""Named problems get half of what offences leave times ``m / (m + 3)`` for m problems: policy."""
SHARES = ("a_off", "a_foot", "a_prob")


def default_policy(offences: int, places: int, problems: int) -> dict[str, float]:
    """The shares of the three parts where none are given: policy, not statistics.

    Examples
    --------
    >>> default_policy(offences=50, places=10, problems=0)
    {'a_off': 0.3, 'a_foot': 0.7, 'a_prob': 0.0}
    >>> default_policy(offences=0, places=10, problems=3)
    {'a_off': 0.0, 'a_foot': 0.75, 'a_prob': 0.25}
    """
    a_off = MOST_OFFENCES * offences / (offences + HALF_TRUST)
    rest = 1 - a_off
    a_prob = rest * 0.5 * problems / (problems + HALF_PROBLEMS) if places else rest * (problems > 0)
    if not places and not problems:
        a_off, a_prob = float(offences > 0), 0.0
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
