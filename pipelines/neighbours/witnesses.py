"""Who can say what a power should be: registers, a second meter, the state of charge, like blocks.

Each witness is a series in the unit of the reading, with the band that accuracy explains. A witness
made of several neighbours says a range; what lies in it agrees.
Here must not live: turbines (`units`), what a disagreement means.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.gates import Gates
from pipelines.neighbours.mending import KINDS, Kind
from pipelines.neighbours.quantities import Array, Range, middle, smooth

LIKE_BLOCKS = "like_blocks"

_SMOOTH_MIN = 60


@dataclass(frozen=True, slots=True)
class Witness:
    """What a witness says of one column of a device.

    Attributes:
        test: register, second_meter, charge, like_blocks, fuel, like_oxygen, like_nox.
        column: Column that is tested.
        against: Column of the same device, or other devices, that speak against it.
        reading: What is tested, shape (steps,).
        should: What it should be.
        kinds: Faults it could show.
        clears: Kinds of fault that its agreement rules out.
        counter: The other way round, the witness's own reading and what it should be; None where the
            witness has a row of its own or is no single meter.
    """

    test: str
    column: str
    against: str
    reading: Array
    should: Range
    kinds: tuple[Kind, ...] = KINDS
    clears: tuple[Kind, ...] = ()
    counter: tuple[Array, Range] | None = None


_SAME_CLOCK: tuple[Kind, ...] = ("sign", "scale", "dead")
"""What a witness of the same device, stamped by the same clock, can tell."""


def witnesses(device: Device, day: Day, gates: Gates) -> Iterator[Witness]:
    """All that can be said of a device's power without balance and fuel."""
    if device.register_mw is not None:
        yield _register(device, device.register_mw, gates)
    for other in day.devices:
        if other is not device and other.flow_id == device.flow_id:
            yield _second_meter(device, other, gates)
    if device.soc_pct is not None and device.energy_mwh:
        yield _charge(device, device.soc_pct, gates)
    if device.source == "battery":
        yield from _like_blocks(device, day, gates)


def _as_another(device: Device, power_mw: Array, gates: Gates) -> Range:
    """As another meter of the same flow has it."""
    band = gates.witness * np.abs(power_mw) + gates.floor * device.full_scale_mw
    return Range(power_mw, power_mw, band)


def _register(device: Device, register_mw: Array, gates: Gates) -> Witness:
    column = "energy_mwh" if device.source == "grid" else "energy_charged_mwh, energy_discharged_mwh"
    power, should = device.power_mw, _as_another(device, register_mw, gates)
    counter = (register_mw, _as_another(device, power, gates))
    return Witness("register", device.column, column, power, should, clears=_SAME_CLOCK, counter=counter)


def _second_meter(device: Device, other: Device, gates: Gates) -> Witness:
    should = _as_another(device, other.power_mw, gates)
    return Witness("second_meter", device.column, other.device_id, device.power_mw, should, clears=KINDS)


def _charge(device: Device, soc_pct: Array, gates: Gates) -> Witness:
    """Power from the change of charge; both as hourly means, since charge is shown in coarse steps."""
    change_mw = np.diff(soc_pct, append=np.nan) / 100 * device.energy_mwh * 60 / gates.step_min
    one_way = sqrt(gates.round_trip)
    says = np.where(change_mw > 0, -change_mw / one_way, -change_mw * one_way)
    steps = gates.steps(_SMOOTH_MIN)
    moved = np.abs(change_mw[np.nan_to_num(change_mw) != 0])
    coarseness = float(moved.min()) / steps if moved.size else 0.0
    band = gates.charge * smooth(np.abs(says), steps) + gates.floor * device.full_scale_mw + coarseness
    power, says = smooth(device.power_mw, steps), smooth(says, steps)
    counter = (says, Range(power, power, band))
    should = Range(says, says, band)
    return Witness("charge", device.column, "soc_pct", power, should, _SAME_CLOCK, ("sign", "dead"), counter)


def _like_blocks(device: Device, day: Day, gates: Gates) -> Iterator[Witness]:
    """Blocks that work alike share one command; where they do not, this says nothing."""
    others = [
        other.power_mw / other.nameplate_mw
        for other in day.devices
        if other is not device and other.source == "battery" and other.is_counted and other.nameplate_mw
    ]
    if others and device.nameplate_mw:
        low, high = middle(np.stack(others)) * device.nameplate_mw
        band = (
            gates.blocks * np.maximum(np.abs(low), np.abs(high)) + gates.blocks_floor * device.full_scale_mw
        )
        yield Witness(LIKE_BLOCKS, device.column, "other blocks", device.power_mw, Range(low, high, band))
