"""A back-test of need in words for people, and as plain values for machines."""

from __future__ import annotations

from typing import Any

from patrolplan.evaluate.measures import PERCENTAGES, Interval
from patrolplan.evaluate.need_figures import MAIN_PERCENT, OURS, ModelScore, NeedTrial

BESIDE = ("counts_hours", "counts", "recent90", "long_recent", "kde50", "no_hours", "uniform")
"""Baselines in the order in which people read them."""
GATE = ("counts_hours", "counts", "recent90", "long_recent", "kde50", "uniform")


def need_lines(trial: NeedTrial) -> list[str]:
    """What people read: figures, baselines beside them, and what may not be claimed."""
    lines = [
        f"{trial.n_test:,} street offences of {trial.weeks} weeks tested from {len(trial.origins)} origins "
        f"({trial.origins[0]} to {trial.origins[-1]}, {trial.horizon_days} days each); "
        f"{trial.n_train:,} records before the first",
        "share of offences caught on the best 1 / 2 / 5 / 10 % of street; log score (nats); PEI at 5 %:",
    ]
    lines += [f"  {_model(name, trial.models[name])}" for name in (OURS, *BESIDE)]
    lines.append(
        f"expected {trial.expected_per_week:,.1f} street offences a week, came {trial.observed_per_week:,.1f}"
    )
    return lines + verdicts(trial)


def verdicts(trial: NeedTrial) -> list[str]:
    """What may be claimed against each baseline, and what may not."""
    if trial.too_little:
        return [f"too little to claim any skill: {trial.too_little}; the figures above may be chance"]
    return [_verdict(trial, name) for name in GATE]


def not_better_than(trial: NeedTrial) -> dict[str, list[str]]:
    """Baselines that ours doesn't surely beat -> the measures of which that holds."""
    out = {}
    for name, difference in trial.differences.items():
        measures = []
        if not difference.share_caught[MAIN_PERCENT].low > 0:
            measures.append(f"share_caught at {MAIN_PERCENT} %")
        if not difference.log_score.low > 0:
            measures.append("log_score")
        if measures:
            out[name] = measures
    return out


def need_summary(trial: NeedTrial) -> dict[str, Any]:
    """All figures as plain values."""
    return {
        "models": {name: _figures(model) for name, model in trial.models.items()},
        "differences": {
            name: {
                "share_caught": _by_percent(gap.share_caught),
                "log_score": gap.log_score.as_dict(),
            }
            for name, gap in trial.differences.items()
        },
        "origins": [day.isoformat() for day in trial.origins],
        "horizon_days": trial.horizon_days,
        "n_train": trial.n_train,
        "n_test": trial.n_test,
        "weeks": trial.weeks,
        "too_little": trial.too_little or None,
        "claims_skill": not trial.too_little,
        "no_better_than": not_better_than(trial),
        "expected_per_week": trial.expected_per_week,
        "observed_per_week": trial.observed_per_week,
        "calibration": trial.calibration.to_dict("records"),
        "by_kind": trial.by_kind.to_dict("records"),
    }


def _figures(model: ModelScore) -> dict[str, Any]:
    return {
        "share_caught": _by_percent(model.share_caught),
        "pai": _by_percent(model.pai),
        "pei": model.pei[MAIN_PERCENT].as_dict() | {"percent": MAIN_PERCENT},
        "pei_at": _by_percent(model.pei),
        "share_of_harm": _by_percent(model.share_of_harm),
        "log_score": model.log_score.as_dict(),
    }


def _by_percent(figures: Any) -> dict[str, Any]:
    return {str(percent): figures[percent].as_dict() for percent in PERCENTAGES}


def _model(name: str, model: ModelScore) -> str:
    shares = " / ".join(f"{100 * model.share_caught[percent].value:.1f}" for percent in PERCENTAGES)
    pei = model.pei[MAIN_PERCENT].value
    return f"{name:<13} {shares:<26} {model.log_score.value:8.3f}   {pei:.2f}"


def _verdict(trial: NeedTrial, name: str) -> str:
    gap = trial.differences[name]
    share, logs = gap.share_caught[MAIN_PERCENT], gap.log_score
    told = f"{_points(share)} points of share at {MAIN_PERCENT} %, {_nats(logs)} nats"
    failed = not_better_than(trial).get(name)
    if failed is None:
        return f"better than {name}: {told}"
    if len(failed) == 1:
        where = "the share caught" if failed[0] != "log_score" else "the log score"
        return f"no better than {name} in {where}: {told}"
    return f"no better than {name}: {told}"


def _points(at: Interval) -> str:
    return f"{100 * at.value:+.1f} [{100 * at.low:+.1f}, {100 * at.high:+.1f}]"


def _nats(at: Interval) -> str:
    return f"{at.value:+.3f} [{at.low:+.3f}, {at.high:+.3f}]"
