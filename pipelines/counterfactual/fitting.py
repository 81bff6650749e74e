"""Fits the reserve on days without batteries.

Here must not live: which days those are (reference.dispatch_parameters), the calibration of other days.
"""

import numpy as np

from pipelines.counterfactual.avoided import Window
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.residual import residual_without_battery


def fit_reserve(window: Window, fleet: Fleet, observed_unit_steps: float, most: int = 5) -> int:
    """The reserve with which M0 comes nearest to the observed unit-steps; of two, the smaller.

    Args:
        window: Days without batteries.
        fleet: Units in merit order.
        observed_unit_steps: What ran on those days.
        most: Largest reserve looked at.
    """
    residual = residual_without_battery(window.load_w, window.grid_cap_w)
    steps = len(residual)
    reserves = np.repeat(np.arange(most + 1)[:, None], steps, axis=1)
    found = commit(np.tile(residual, (most + 1, 1)), reserves, fleet, known=window.known).in_horizon
    return int(np.abs(found - observed_unit_steps).argmin())
