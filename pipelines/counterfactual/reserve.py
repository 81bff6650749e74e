"""Units held in reserve, and how many of them a battery replaces.

Here must not live: how autonomy is computed (dbt: int_autonomy_5min).
"""

import numpy as np

from pipelines.counterfactual.quantities import Counts, Mask


def effective_reserve(k: int, k_batt: int, can_bridge: Mask) -> Counts:
    """Reserve of M1, k_eff = k − k_batt where the battery carries a cold start [units], shape (steps,).

    Args:
        k: Units held in reserve without batteries.
        k_batt: Reserve units that the batteries replace; no more than k count.
        can_bridge: Whether the autonomy is known and no shorter than a cold start. Missing is False.
    """
    credit = min(k_batt, k)
    return np.where(can_bridge, k - credit, k).astype(np.int64)


def substitution_share(needed_units: int, k_before: int, k_after: int) -> float | None:
    """Share of turbine hours that replacing reserve units avoids [fraction].

    (k_before − k_after) / (n + k_before): a half is reached only where n ≤ k.

    Args:
        needed_units: n, units that the residual needs.
        k_before: Reserve units without the battery.
        k_after: Reserve units with it.

    Returns:
        The share; None where the residual is 0, since nothing is committed then.
    """
    return (k_before - k_after) / (needed_units + k_before) if needed_units else None
