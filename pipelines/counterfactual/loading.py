"""What each committed unit supplies: every unit at the same place between its limits.

Here must not live: which units run (`commitment`), fuel and emissions of an output (dbt).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from pipelines.counterfactual.commitment import Commitment
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import Counts, Mask, Watts

BINS = 10
"""Load bins: tenths of the nameplate."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Output of the units and what they leave over.

    Attributes:
        unit_w: Output of each unit [W], shape (runs, units, steps). More than the residual in sum where
            the minimum loads are.
        unserved_w: Residual beyond the units that run [W], shape (runs, steps): load that would have been
            shed, never extra hours.
    """

    unit_w: Watts
    unserved_w: Watts

    @property
    def supplied_w(self) -> Watts:
        """Output of all units [W], shape (runs, steps)."""
        supplied: Watts = self.unit_w.sum(axis=1)
        return supplied


def load(committed: Commitment, residual_w: Watts, fleet: Fleet, known: Mask | None = None) -> Loading:
    """Shares the residual among the units that run, to the watt.

    Args:
        committed: Which units run.
        residual_w: What they must supply [W], shape (runs, steps).
        fleet: Their limits.
        known: Steps whose residual is known, shape (steps,); in the others nothing is supplied.
    """
    is_there = committed.on if known is None else committed.on & known
    wanted = residual_w if known is None else np.where(known, residual_w, 0)
    capability = fleet.over(residual_w.shape[1])
    unit_w = np.stack(
        [
            share(runs, needed, capability, fleet.min_load_w)
            for runs, needed in zip(is_there, wanted, strict=True)
        ]
    )
    most = np.where(is_there, capability, 0).sum(axis=1)
    return Loading(unit_w, np.maximum(0, wanted - most))


def _share_in_python(runs: Mask, residual_w: Watts, capability_w: Watts, min_load_w: Watts) -> Watts:
    """Output of each unit in one run [W], shape (units, steps), of those that run. Compiled.

    The shares of the first n units together are rounded, so that all of them add up exactly.
    """
    units, steps = runs.shape
    unit_w = np.zeros((units, steps), dtype=np.int64)
    for step in range(steps):
        least = most = 0
        for unit in range(units):
            if runs[unit, step]:
                most += capability_w[unit, step]
                least += min(min_load_w[unit], capability_w[unit, step])
        above = min(max(residual_w[step], least), most) - least
        room = filled = 0
        for unit in range(units):
            if runs[unit, step]:
                low = min(min_load_w[unit], capability_w[unit, step])
                room += capability_w[unit, step] - low
                before, filled = filled, room * above // max(most - least, 1)
                unit_w[unit, step] = low + filled - before
    return unit_w


share = njit(cache=True)(_share_in_python)


def load_bins(unit_w: Watts, nameplate_w: Watts) -> Counts:
    """Load bin in which each output lies, 1 to `BINS`.

    Args:
        unit_w: Output of each unit [W], shape (runs, units, steps).
        nameplate_w: Nameplates [W], shape (units,).
    """
    bins: Counts = np.minimum(BINS, 1 + BINS * unit_w // np.maximum(1, nameplate_w)[:, None])
    return bins
