"""Reasons told in plain English."""

from __future__ import annotations

import pytest

from patrolplan.io.words import why_line
from patrolplan.reasons import Reason


def offence(kind, count=3, share=0.5, hours=None):
    return Reason(part="offences", share=share, kind=kind, count=count, hours=hours)


CASES = [
    ([], "No single reason stands out: need is spread evenly here"),
    ([offence("theft")], "3 thefts on record here"),
    ([offence("theft", 1, hours=(22, 2))], "1 theft on record here, mostly 22:00–02:00"),
    (
        [offence("theft", hours=(10, 14)), offence("robbery", 2, 0.2, (21, 1))],
        "3 thefts (mostly 10:00–14:00) and 2 robberies (mostly 21:00–01:00) on record here",
    ),
    ([offence("VANDALISM", 5)], "5 cases of vandalism on record here"),
    ([offence("Крадіжка", 5)], "5 cases of Крадіжка on record here"),
    ([offence("", 4)], "4 offences (kind not named) on record here"),
    ([offence("", 0)], "Offences of a kind not named here nearby"),
    ([offence("theft"), offence("", 4, 0.9)], "3 thefts and 4 other offences on record here"),
    ([offence("theft", 0)], "Theft on record nearby"),
    ([Reason(part="footfall", share=1, kind="bus_stop")], "Near a bus stop"),
    ([Reason(part="footfall", share=1, kind="school", label="Ліцей № 5")], "Near Ліцей № 5 (school)"),
    (
        [
            offence("theft", share=0.2),
            Reason(part="problems", share=0.8, kind="litter", label="broken\nlamps", hours=(18, 23)),
        ],
        "Named as a problem: broken lamps (18:00–23:00); 3 thefts on record here",
    ),
]


@pytest.mark.parametrize(
    ("reasons", "line"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_why_line(reasons, line):
    assert why_line(reasons) == line
    assert why_line(reasons[::-1]) == line


def test_many_kinds_are_counted_together():
    kinds = ["theft", "robbery", "burglary", "assault", "arson"]
    line = why_line([offence(kind, 10 - k, 0.3 - 0.05 * k) for k, kind in enumerate(kinds)])
    assert line == "10 thefts, 9 robberies, 8 burglaries and 13 other offences on record here"
