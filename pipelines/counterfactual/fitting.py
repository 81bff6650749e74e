"""Fits how a site is run, reserve and release time, on days without batteries.

Here must not live: which days those are (reference.dispatch_parameters), the calibration of other days.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.counterfactual.avoided import Window
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.residual import residual_without_battery


@dataclass(frozen=True, slots=True)
class Fitted:
    """How a site was run.

    Attributes:
        k: Units held in reserve.
        release_steps: Steps a unit stays on from the last one that needed it, that one included.
    """

    k: int
    release_steps: int


def fit(
    window: Window,
    fleet: Fleet,
    observed_unit_steps: float,
    observed_starts: float,
    most: int = 5,
    longest: int = 12,
) -> Fitted:
    """The reserve and release time with which M0 comes nearest to what ran and how often it started.

    Nearest: the relative misses of unit-steps and starts together; of two that are as near, the smaller
    reserve, then the shorter release.

    Args:
        window: Days without batteries.
        fleet: Units in merit order.
        observed_unit_steps: What ran on those days.
        observed_starts: How often a unit started on them.
        most: Largest reserve looked at.
        longest: Longest release time looked at.
    """
    choices = [Fitted(k, release) for k in range(most + 1) for release in range(1, longest + 1)]
    residual = residual_without_battery(window.load_w, window.grid_cap_w)
    reserves = np.repeat([[choice.k] for choice in choices], len(residual), axis=1)
    releases = np.array([choice.release_steps for choice in choices])
    tried = replace(fleet, release_steps=releases)
    found = commit(np.tile(residual, (len(choices), 1)), reserves, tried, known=window.known)
    misses = [
        np.abs(modelled - observed) / max(observed, 1)
        for modelled, observed in (
            (found.in_horizon, observed_unit_steps),
            (found.starts.sum(axis=1), observed_starts),
        )
    ]
    return choices[int(np.sum(misses, axis=0).argmin())]
