"""The units that can be committed, and the state a window leaves them in.

Here must not live: which of them run (`commitment`), what each of them supplies (`loading`).
"""

from dataclasses import dataclass, replace

import numpy as np

from pipelines.counterfactual.quantities import Counts, Mask, Watts


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units in merit order: the first is started first and kept longest.

    Attributes:
        capability_w: Largest output of each unit [W], shape (units,) or (units, steps); 0 = unavailable.
        min_up_steps: Steps a unit stays on once started, the first included, shape (units,), or
            (runs, units) where runs differ.
        min_down_steps: Steps a unit stays off once stopped, the first included, shape (units,).
        min_load_w: Least output of a unit that runs [W], shape (units,).
        release_steps: Steps a unit stays on from the last one that needed it, that one included; or of
            shape (runs,) where runs differ.
    """

    capability_w: Watts
    min_up_steps: Counts
    min_down_steps: Counts
    min_load_w: Watts
    release_steps: int | Counts = 1

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.capability_w)

    def over(self, steps: int) -> Watts:
        """Capability in every step [W], shape (units, steps)."""
        if self.capability_w.ndim == 2:
            return self.capability_w
        return np.repeat(self.capability_w[:, None], steps, axis=1)

    def part(self, steps: slice) -> "Fleet":
        """The same units in some steps in a row."""
        capability = self.capability_w if self.capability_w.ndim == 1 else self.capability_w[:, steps]
        return replace(self, capability_w=capability)

    def off(self, runs: int) -> "UnitState":
        """The state in which no unit runs and every unit may start."""
        shape = (runs, self.units)
        return UnitState(np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class UnitState:
    """What a window hands to the next one; without it windows do not add up (I7).

    Attributes:
        on: Units that run at the end of the window, shape (runs, units).
        held_steps: Steps after the window for which a unit must stay as it is, shape (runs, units).
    """

    on: Mask
    held_steps: Counts


def equal_fleet(
    units: int, capability_w: int, min_up_steps: int, min_down_steps: int = 1, min_load_w: int = 0
) -> Fleet:
    """Units that are all alike."""
    values = (capability_w, min_up_steps, min_down_steps, min_load_w)
    return Fleet(*(np.full(units, value, dtype=np.int64) for value in values))
