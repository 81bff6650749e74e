"""Exact quantities: powers in whole watts, durations in whole steps.

A mart's DECIMAL(18,6) megawatt is a whole number of watts, so nothing is lost on the way in.
Here must not live: anything about units or batteries.
"""

import numpy as np
import numpy.typing as npt

Watts = npt.NDArray[np.int64]
"""Means over a step [W], shape (steps,) or (units, steps)."""
Counts = npt.NDArray[np.int64]
"""Whole numbers: units or steps."""
Amounts = npt.NDArray[np.float64]
"""What is no whole number: hours, MWh, mmBtu, lb; NaN where it is not known."""
Mask = npt.NDArray[np.bool_]

WATTS_PER_MW = 1_000_000
SECONDS_PER_HOUR = 3600


def watts(mw: npt.ArrayLike) -> Watts:
    """Megawatts to the nearest watt.

    Args:
        mw: Powers [MW], any shape, finite.

    Raises:
        ValueError: A value is missing or infinite: what is unknown must be said apart.
    """
    values = np.asarray(mw, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a power is missing or infinite; say in `known` which steps are unknown")
    return np.rint(values * WATTS_PER_MW).astype(np.int64)


def hours(steps: int, step_s: int) -> float:
    """Hours of a number of steps [h]."""
    return steps * step_s / SECONDS_PER_HOUR


def megawatt_hours(watt_steps: int, step_s: int) -> float:
    """Energy of a sum of watts over steps [MWh]."""
    return watt_steps * step_s / (SECONDS_PER_HOUR * WATTS_PER_MW)


def whole_steps(duration_s: float, step_s: int) -> int:
    """Steps that a duration fills, a begun one included; at least one."""
    return max(1, -int(-duration_s // step_s))
