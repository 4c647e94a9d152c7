"""How much street a crew is answerable for in a shift, and when that is more than one beat."""

from __future__ import annotations

import pandas as pd

from patrolplan.plan import PatrolPlan

LONGEST_BEAT_M = 2_000.0
"""Distinct street that one crew can hold. Philadelphia's trial of 2009 had beats of 1.3 miles (2.1 km)
on average and found fewer violent offences (CrimeSolutions, programme 234); beats of about 3 miles in 2010
showed no effect (CrimeSolutions, programme 450)."""


def beats_m(plan: PatrolPlan) -> pd.Series:
    """Metres of distinct street each crew stays on in its shift, by the crew's number.

    The streets of its stops count, each once however often it is visited; walks from stop to stop don't,
    since a crew passes them without staying.
    """
    length = plan.network.segments["length_m"]
    spots = {
        crew: set(plan.stops.loc[plan.stops["crew"] == crew, "hot_spot"]) for crew in range(len(plan.crews))
    }
    return pd.Series(
        {
            crew: float(
                length.loc[sorted({s for spot in own for s in plan.hot_spots[int(spot)].segments})].sum()
            )
            for crew, own in spots.items()
        },
        dtype="float64",
    )


def beat_warnings(plan: PatrolPlan, *, longest_m: float = LONGEST_BEAT_M) -> tuple[str, ...]:
    """A sentence on the crews whose stops hold more street than one beat, with the source."""
    found = beats_m(plan)
    long = [(crew, metres) for crew, metres in enumerate(found.tolist()) if metres > longest_m]
    if not long:
        return ()
    told = ", ".join(f'"{plan.crews[crew].name}" {metres / 1000:.1f} km' for crew, metres in long)
    return (
        f"beats of more than {longest_m / 1000:g} km of distinct street (that of the stops; walks between "
        f"them not counted): {told}. In Philadelphia beats of 1.3 miles (2.1 km) showed fewer offences in "
        "2009; beats of 3 miles showed no effect in 2010. Let fewer places be visited more often "
        "(hot_spots.max_count), or send more crews.",
    )
