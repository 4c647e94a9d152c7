"""Settings of need chosen inside the training part, by forward folds, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from patrolplan.errors import InputError
from patrolplan.evaluate.estimates import NeedOptions, our_estimate
from patrolplan.evaluate.trial import Trial, cells_of, day_number

BANDWIDTHS_M = (200.0, 300.0, 400.0, 600.0, 800.0)
HALF_LIVES_DAYS = (90.0, 180.0, 365.0, 730.0)
FOLDS = 4
FIRST_SHARE = 0.5
LEAST_RECORDS = 50
SURE = 2.0
"""A setting is changed only if it gains this many standard errors over the folds' records."""


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """Settings chosen, and the evidence.

    Attributes
    ----------
    bandwidth_m, half_life_days
        Chosen: the usual ones unless others are surely better.
    gain
        Nats a record over the usual settings.
    evidence
        One row a setting tried: ``bandwidth_m``, ``half_life_days``, ``gain``, ``error`` (standard error).
    records
        Records scored.
    before
        No record of this day or later was used.
    """

    bandwidth_m: float
    half_life_days: float
    gain: float
    evidence: pd.DataFrame
    records: int
    before: date


def tune_need(trial: Trial, *, before: date, options: NeedOptions | None = None) -> Tuned:
    """Choose bandwidth and half-life on the records before a day alone.

    The second half of these records is cut into folds of equal number; each is scored by what is
    fitted to the records before it.

    Raises
    ------
    InputError
        Too few records to choose by.
    """
    use = options or NeedOptions()
    known = trial.before(day_number(before))
    if len(known) < LEAST_RECORDS:
        raise InputError(
            f"{len(known)} usable records before {before}: too few to choose settings by "
            f"(at least {LEAST_RECORDS}); the usual ones stand"
        )
    days = np.sort(trial.last[known])
    cuts = np.unique(days[(np.linspace(FIRST_SHARE, 1, FOLDS + 1)[:-1] * len(days)).astype(np.int64)])
    bounds = [*cuts.tolist(), day_number(before)]
    start = int(trial.first.min())
    tried = {(use.space.bandwidth_m, use.recency.half_life_days): use}
    for bandwidth_m in BANDWIDTHS_M:
        for half_life_days in HALF_LIVES_DAYS:
            tried[bandwidth_m, half_life_days] = replace(
                use,
                space=replace(use.space, bandwidth_m=bandwidth_m),
                recency=replace(use.recency, half_life_days=half_life_days),
            )
    logs: dict[tuple[float, float], list[np.ndarray]] = {key: [] for key in tried}
    for day, until in pairwise(bounds):
        train = known[trial.last[known] < day]
        test = np.intersect1d(trial.between(day, until), known)
        if not len(train) or not len(test):
            continue
        cells = cells_of(trial, test)
        for key, settings in tried.items():
            made = our_estimate(trial, train, day=day, since=start, options=settings)
            logs[key].append(made.log_of(cells))
    scores = {key: np.concatenate(parts) for key, parts in logs.items() if parts}
    if not scores:
        raise InputError(f"the records before {before} fall on too few days to choose settings by")
    usual = next(iter(scores.values()))
    rows = [
        {
            "bandwidth_m": bandwidth_m,
            "half_life_days": half_life_days,
            "gain": float((score - usual).mean()),
            "error": float((score - usual).std() / np.sqrt(len(usual))),
        }
        for (bandwidth_m, half_life_days), score in scores.items()
    ]
    evidence = pd.DataFrame(rows)
    best = evidence.sort_values("gain", ascending=False, kind="stable").iloc[0]
    chosen = best if best["gain"] > SURE * best["error"] else evidence.iloc[0]
    return Tuned(
        bandwidth_m=float(chosen["bandwidth_m"]),
        half_life_days=float(chosen["half_life_days"]),
        gain=float(chosen["gain"]),
        evidence=evidence,
        records=len(usual),
        before=before,
    )


def tuned_text(tuned: Tuned, text: str) -> str:
    r"""The text of a plan file with the settings chosen, and the evidence in a comment.

    Examples
    --------
    >>> found = Tuned(bandwidth_m=400.0, half_life_days=365.0, gain=0.01, evidence=pd.DataFrame(),
    ...     records=90, before=date(2026, 1, 1))
    >>> print(tuned_text(found, "[need]\nbandwidth_m = 600\na_off = 0.5\n"))
    [need]
    # chosen on 90 records before 2026-01-01: +0.0100 nats a record over the settings before
    bandwidth_m = 400
    half_life_days = 365
    a_off = 0.5
    <BLANKLINE>
    """
    told = [
        f"# chosen on {tuned.records:,} records before {tuned.before}: {tuned.gain:+.4f} nats a record over "
        "the settings before",
        f"bandwidth_m = {tuned.bandwidth_m:g}",
        f"half_life_days = {tuned.half_life_days:g}",
    ]
    lines, out, inside, done = text.splitlines(), [], False, False
    for line in lines:
        bare = line.strip()
        if bare.startswith("["):
            inside = bare.split("#")[0].strip() == "[need]"
        stale = bare.startswith(("bandwidth_m", "half_life_days", "# chosen on "))
        if not (inside and stale):
            out.append(line)
        if inside and not done:
            out += told
            done = True
    if not done:
        out += ["", "[need]", *told]
    return "\n".join(out) + "\n"


def tune_lines(tuned: Tuned) -> list[str]:
    """What was chosen and why, in words."""
    best = tuned.evidence.sort_values("gain", ascending=False, kind="stable").head(3)
    lines = [
        f"chosen on {tuned.records:,} records before {tuned.before}: bandwidth_m = {tuned.bandwidth_m:g}, "
        f"half_life_days = {tuned.half_life_days:g} ({tuned.gain:+.4f} nats a record over those before)"
    ]
    lines += [
        f"  {row['bandwidth_m']:g} m, {row['half_life_days']:g} days: {row['gain']:+.4f} "
        f"(standard error {row['error']:.4f})"
        for row in best.to_dict("records")
    ]
    return lines
