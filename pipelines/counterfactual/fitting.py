"""Fits how a site is run, reserve and release time, on days without batteries.

Here must not live: which days those are (reference.dispatch_parameters), the calibration of other days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.counterfactual.avoided import Window
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import Counts, Mask
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
    counted: Mask | None = None,
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
        counted: Steps in which that was observed, shape (steps,); all by default.
        most: Largest reserve looked at.
        longest: Longest release time looked at.
    """
    choices = [Fitted(k, release) for k in range(most + 1) for release in range(1, longest + 1)]
    ran, started = modelled(window, fleet, choices, counted)
    missed = np.abs(ran - observed_unit_steps) / max(observed_unit_steps, 1)
    missed += np.abs(started - observed_starts) / max(observed_starts, 1)
    return choices[int(missed.argmin())]


def modelled(
    window: Window, fleet: Fleet, choices: Sequence[Fitted], counted: Mask | None = None
) -> tuple[Counts, Counts]:
    """Unit-steps and starts of M0 by every choice, shape (choices,); arguments as for `fit`."""
    residual = residual_without_battery(window.load_w, window.grid_cap_w)
    reserves = np.repeat([[choice.k] for choice in choices], len(residual), axis=1)
    tried = replace(fleet, release_steps=np.array([choice.release_steps for choice in choices]))
    found = commit(np.tile(residual, (len(choices), 1)), reserves, tried, known=window.known)
    steps = slice(None) if counted is None else counted
    return found.unit_steps[:, steps].sum(axis=1), found.starts[:, steps].sum(axis=1)
