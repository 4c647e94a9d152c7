import numpy as np
import pandas as pd
import pytest
from lattice_town import TOWN, weights_on

from patrolplan.reasons import reasons_for, usual_hours
from patrolplan.risk.weights import SegmentWeights


def two_terms(*, sensitive: bool) -> SegmentWeights:
    plain = weights_on(TOWN, {0: 0.5, 1: 0.5})
    extra = plain.sources.assign(kind="assault", sensitive=sensitive, hour=[22, 23], row=[3, 4])
    return SegmentWeights(
        terms=pd.concat(
            [
                plain.terms.assign(share=0.75),
                plain.terms.assign(kind="assault", share=0.25, sensitive=sensitive),
            ],
            ignore_index=True,
        ),
        space=np.vstack([plain.space, plain.space]),
        time=np.vstack([plain.time, plain.time]),
        policy=plain.policy,
        expected_per_week=1.0,
        sources=pd.concat([plain.sources, extra], ignore_index=True),
        set_aside=plain.set_aside,
    )


def test_reasons_share_out_the_need_and_count_the_records():
    reasons = reasons_for(two_terms(sensitive=False), [0, 1], np.array([17]))
    assert [(r.kind, r.count) for r in reasons] == [("theft", 2), ("assault", 2)]
    assert [r.share for r in reasons] == pytest.approx([0.75, 0.25])


def test_a_sensitive_kind_is_counted_but_never_named():
    reasons = reasons_for(two_terms(sensitive=True), [0], np.array([17]))
    assert [(r.kind, r.count, r.hours) for r in reasons] == [("theft", 1, None), ("", 1, None)]
    assert "assault" not in repr(reasons)


def test_streets_without_need_have_no_reason():
    assert reasons_for(weights_on(TOWN, {0: 1.0}), [5, 6], np.array([17])) == ()


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([20, 21, 21, 22, 9], (20, 22)),
        ([23, 23, 0, 0, 12], (23, 1)),
        ([8, 8, 8, 8, 20, 20, 20, 20, 2, 14], None),
        ([17, 17, 17, 17], None),
    ],
)
def test_usual_hours(hours, expected):
    assert usual_hours(np.array(hours)) == expected
