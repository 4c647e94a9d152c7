"""Why a segment needs patrol at an hour, in words for analysts."""

from __future__ import annotations

import pandas as pd

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COUNTED = {"offences": "record", "footfall": "place", "problems": "problem"}


def told_why(why: pd.DataFrame, *, observed: bool, hour: int, causes: int = 3) -> str:
    """The weightiest causes of a segment-hour's need, and how many records stand behind them.

    Parameters
    ----------
    why
        As ``SegmentWeights.why`` gives it.
    observed
        Whether offence records cover the segment.
    hour
        Hour of the week.
    causes
        How many causes are named.

    Examples
    --------
    >>> row = {"part": "offences", "kind": "Thefts", "need": 0.1, "share": 1.0, "records": 3, "labels": ""}
    >>> why = pd.DataFrame([row])
    >>> told_why(why, observed=True, hour=17)
    'Monday 17:00-18:00: 100 % from Thefts (3 records on this street)'
    """
    when = f"{DAYS[hour // 24]} {hour % 24:02d}:00-{(hour % 24 + 1) % 24:02d}:00"
    felt = why[why["share"] > 0]
    if felt.empty:
        return f"{when}: nothing known bears on this street"
    rows = felt[["share", "kind", "part", "records", "labels"]].head(causes).to_dict("records")
    told = ", ".join(
        f"{100 * row['share']:.0f} % from {row['kind']} "
        f"({_behind(row['part'], row['records'], row['labels'])})"
        for row in rows
    )
    rest = 1 - float(felt["share"].head(causes).sum())
    more = f", {rest * 100:.0f} % from {len(felt) - causes} other causes" if rest > 0.005 else ""
    unknown = "" if observed else "; no offence records cover this street, so its offences are unknown"
    return f"{when}: {told}{more}{unknown}"


def _behind(part: str, records: int, labels: str) -> str:
    if not records:
        return "none on this street, spread from nearby"
    what = COUNTED.get(part, "record")
    names = f": {labels}" if labels else ""
    return f"{records} {what}{'s' if records != 1 else ''} on this street{names}"
