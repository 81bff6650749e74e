"""What each committed unit supplies: every unit at the same place between its limits.

Here must not live: which units run (`commitment`), fuel and emissions of an output (dbt).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.commitment import Commitment
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import Counts, Mask, Watts


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
    steps = residual_w.shape[1]
    is_there = committed.on if known is None else committed.on & known
    wanted = residual_w if known is None else np.where(known, residual_w, 0)
    capability = fleet.over(steps)
    low = np.where(is_there, np.minimum(fleet.min_load_w[:, None], capability), 0)
    room = np.where(is_there, capability, 0) - low
    least, most = low.sum(axis=1), (low + room).sum(axis=1)
    above = np.clip(wanted, least, most) - least
    # The shares of the first n units together are rounded, so that all of them add up exactly.
    filled = np.cumsum(room, axis=1) * above[:, None, :] // np.maximum(most - least, 1)[:, None, :]
    return Loading(low + np.diff(filled, axis=1, prepend=0), np.maximum(0, wanted - most))


def load_bins(unit_w: Watts, nameplate_w: Watts) -> Counts:
    """Tenth of the nameplate in which each output lies, 1 to 10.

    Args:
        unit_w: Output of each unit [W], shape (runs, units, steps).
        nameplate_w: Nameplates [W], shape (units,).
    """
    bins: Counts = np.minimum(10, 1 + 10 * unit_w // np.maximum(1, nameplate_w)[:, None])
    return bins
