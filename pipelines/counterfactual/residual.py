"""What the turbines must supply: the load that the grid cap leaves over.

Here must not live: how many units that takes (`commitment`).
"""

import numpy as np

from pipelines.counterfactual.quantities import Watts


def residual_without_battery(load_w: Watts, grid_cap_w: Watts) -> Watts:
    """Residual of M0, max(0, L − G) [W], shape (steps,).

    Args:
        load_w: Load delivered, with auxiliaries and losses [W].
        grid_cap_w: Import that was available, outages and demand response taken off [W].
    """
    residual: Watts = np.maximum(0, load_w - grid_cap_w)
    return residual


def residual_as_observed(load_w: Watts, battery_w: Watts, grid_cap_w: Watts) -> Watts:
    """Residual of M1, max(0, L − B − G) [W], shape (steps,).

    Args:
        load_w: Load delivered, with auxiliaries and losses [W].
        battery_w: Power of the batteries as observed, discharge + [W]; charging adds to the residual.
        grid_cap_w: Import that was available [W].
    """
    residual: Watts = np.maximum(0, load_w - battery_w - grid_cap_w)
    return residual
