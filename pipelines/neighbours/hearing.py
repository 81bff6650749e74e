"""Every test of a day: what the devices' own witnesses say, and what the balance says.

Here must not live: which of two that contradict each other is wrong (`suspects`).
"""

from dataclasses import dataclass
from math import nan

import numpy as np

from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.gates import Gates
from pipelines.neighbours.mending import Comparison, Mending, compare
from pipelines.neighbours.quantities import Array, Range, square_sum
from pipelines.neighbours.units import unit_witnesses
from pipelines.neighbours.witnesses import LIKE_BLOCKS, Witness, witnesses

BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Effect:
    """What undoing a fault does to the residual of the balance; NaN where the balance says nothing.

    Attributes:
        stretch: Share of the residual's square that goes, over the fault's stretch; negative if it grows.
        day: The same over the whole day.
    """

    stretch: float
    day: float


@dataclass(frozen=True, slots=True)
class Testimony:
    """One test of one column of a device.

    Attributes:
        device: The device.
        witness: Who says what.
        comparison: Whether the reading agrees.
        effect: What undoing the fault would do to the balance.
    """

    device: Device
    witness: Witness
    comparison: Comparison
    effect: Effect

    @property
    def is_of_power(self) -> bool:
        """Whether the column enters the balance."""
        return self.witness.column == self.device.column

    def is_own_of(self, device: Device) -> bool:
        """Whether a witness of this device's own speaks of its power."""
        return self.device is device and self.is_of_power and self.witness.test != BALANCE

    @property
    def difference(self) -> float:
        """Mean |reading − witness| in the column's unit; NaN where both are never known."""
        return _mean(np.abs(self.witness.should.off(self.witness.reading)))

    @property
    def band(self) -> float:
        """Mean band in the column's unit."""
        return _mean(self.witness.should.band)


def hear(day: Day, gates: Gates) -> list[Testimony]:
    """All tests of a day, ordered by device, column and test."""
    spoken = [
        (device, witness)
        for device in day.devices
        for witness in (*witnesses(device, day, gates), *_balance(device, day))
    ]
    found = []
    for device, witness in (*spoken, *unit_witnesses(day, gates)):
        comparison = compare(witness.reading, witness.should, gates, witness.kinds)
        mending = comparison.mending if witness.column == device.column else None
        found.append(Testimony(device, witness, comparison, effect(device, mending, day)))
    found.sort(
        key=lambda row: (row.device.device_id, row.witness.column, row.witness.test, row.witness.against)
    )
    return _without_unlike_blocks(found)


def _order(row: Testimony) -> tuple[str, ...]:
    return row.device.device_id, row.witness.column, row.witness.test, row.witness.against


def open_steps(day: Day) -> int:
    """Steps at which the residual is more than the meters' accuracy explains."""
    return int((np.abs(day.residual_mw) > day.band_mw).sum())


def effect(device: Device, mending: Mending | None, day: Day) -> Effect:
    """What undoing a fault of the device's power does to the residual."""
    if mending is None or not device.sign:
        return Effect(nan, nan)
    inside = np.zeros(day.residual_mw.shape, dtype=np.bool_)
    inside[mending.start : mending.stop] = True
    after = day.residual_mw + device.sign * (mending.undone(device.power_mw) - device.power_mw)
    inside &= np.isfinite(after)
    before = square_sum(day.residual_mw[inside])
    gone = before - square_sum(after[inside])
    whole = square_sum(day.residual_mw)
    return Effect(gone / before if before else nan, gone / whole if whole else nan)


def _balance(device: Device, day: Day) -> list[Witness]:
    """With all others right, a device should read this."""
    if not device.sign:
        return []
    says = device.power_mw - device.sign * day.residual_mw
    return [Witness(BALANCE, device.column, "all others", device.power_mw, Range(says, says, day.band_mw))]


def _without_unlike_blocks(found: list[Testimony]) -> list[Testimony]:
    """Blocks of which half or more differ from the others have no common command to judge them by."""
    of_blocks = [row.comparison.verdict for row in found if row.witness.test == LIKE_BLOCKS]
    if 2 * of_blocks.count("agrees") > len(of_blocks):
        return found
    return [row for row in found if row.witness.test != LIKE_BLOCKS]


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else nan
