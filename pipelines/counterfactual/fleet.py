"""The units that can be committed, and the state a window leaves them in.

Here must not live: which of them run (`commitment`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.quantities import Counts, Mask, Watts


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units in merit order: the first is started first and kept longest.

    Attributes:
        capability_w: Largest output of each unit [W], shape (units,) or (units, steps); 0 = unavailable.
        min_up_steps: Steps a unit stays on once started, the first included, shape (units,).
    """

    capability_w: Watts
    min_up_steps: Counts

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.min_up_steps)

    def over(self, steps: int) -> Watts:
        """Capability in every step [W], shape (units, steps)."""
        if self.capability_w.ndim == 2:
            return self.capability_w
        return np.repeat(self.capability_w[:, None], steps, axis=1)

    def off(self) -> "UnitState":
        """The state in which no unit runs."""
        return UnitState(np.zeros(self.units, dtype=np.bool_), np.zeros(self.units, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class UnitState:
    """What a window hands to the next one; without it windows do not add up (I7).

    Attributes:
        on: Units that run at the end of the window, shape (units,).
        locked_steps: Steps after the window for which a unit must still run, shape (units,).
    """

    on: Mask
    locked_steps: Counts


def equal_fleet(units: int, capability_w: int, min_up_steps: int) -> Fleet:
    """Units that are all alike."""
    return Fleet(np.full(units, capability_w, dtype=np.int64), np.full(units, min_up_steps, dtype=np.int64))
