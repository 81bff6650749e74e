"""What a meter shows of the truth: a gain within its class, noise, nothing while nothing flows.

The class of a meter is `accuracy_pct` of reference.meters. Here must not live: units, rounding and
stamps of files (`records`).
"""

from dataclasses import dataclass
from typing import cast

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.campus.tables import Meter
from pipelines.simulator.span import Array, generator

_DEFAULT_CLASS_PCT = 1.0
_NOISE_SHARE_OF_CLASS = 0.1


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters of a campus.

    Attributes:
        campus: Reference tables with the meters' classes.
        seed: Seed of the run.
        error_free: Whether every meter shows the truth.
    """

    campus: Campus
    seed: int
    error_free: bool = False

    def gain(self, device_id: str) -> float:
        """Factor between the truth and what the device's meter shows on average."""
        if self.error_free:
            return 1.0
        half_class = self._class_pct(device_id) / 200
        return 1 + float(generator(self.seed, "gain", device_id).uniform(-half_class, half_class))

    def seen(self, device_id: str, column: str, values: Array) -> Array:
        """Means of the interval as the meter shows them; zero stays zero."""
        if self.error_free:
            return values
        noise = _NOISE_SHARE_OF_CLASS * self._class_pct(device_id) / 100
        rng = generator(self.seed, "noise", device_id, column)
        shown: Array = values * (self.gain(device_id) + noise * rng.standard_normal(values.shape))
        return shown

    def register(self, device_id: str, column: str, energy_mwh: Array) -> Array:
        """A register that counts up, read at the edges of the intervals.

        Args:
            device_id: Device of the register; its gain is that of the device's meter.
            column: Column, for the reading at the start.
            energy_mwh: True energy of each interval, not negative.

        Returns:
            Readings at steps + 1 edges [MWh].
        """
        first = float(generator(self.seed, "register", device_id, column).integers(1_000, 90_000))
        counted = np.concatenate([[0.0], np.cumsum(energy_mwh * self.gain(device_id))])
        readings: Array = first + counted
        return readings

    def _class_pct(self, device_id: str) -> float:
        rows = cast("list[Meter]", self.campus.tables["meters"])
        named = (row.accuracy_pct for row in rows if row.meter_id == device_id)
        return float(next(named, None) or _DEFAULT_CLASS_PCT)
