"""Battery blocks: what power is available, and how charging and discharging move their energy.

The one-way efficiency is the square root of the round trip. Energy is kept on the storage side.
Here must not live: when the batteries work (`dispatch`).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.simulator.inventory import devices_of
from pipelines.simulator.packs import PackOutages, pack_outages
from pipelines.simulator.span import Array, Span

ROUND_TRIP = 0.875
ONE_WAY = sqrt(ROUND_TRIP)
FIRST_SOC = 0.75


@dataclass(frozen=True, slots=True)
class Blocks:
    """Battery blocks of a site.

    Attributes:
        ids: Device ids.
        energy_mwh: Rated energy, storage side, shape (blocks,).
        power_mw: Power of the packs that are available, shape (blocks, steps).
        outages: Outages of the packs behind it.
    """

    ids: tuple[str, ...]
    energy_mwh: Array
    power_mw: Array
    outages: PackOutages


def blocks(campus: Campus, site_id: str, span: Span, seed: int) -> Blocks:
    """The blocks of a site that are in commission, with the outages of their packs."""
    found = devices_of(campus, site_id, "block", span)
    ids = tuple(device.device_id for device in found)
    outages = pack_outages(campus, ids, span, seed)
    rated = np.array([float(device.nameplate_mw or 0) for device in found])
    return Blocks(
        ids=ids,
        energy_mwh=np.array([float(device.energy_mwh or 0) for device in found]),
        power_mw=rated[:, None] * outages.share_of(ids),
        outages=outages,
    )


class Store:
    """The energy in the blocks, moved on one interval at a time."""

    def __init__(self, fleet: Blocks, hours: float) -> None:
        self._rated = fleet.energy_mwh
        self._hours = hours
        self.energy_mwh: Array = FIRST_SOC * fleet.energy_mwh

    def available(self, power_mw: Array) -> tuple[Array, Array]:
        """What each block could charge and discharge over the coming interval [MW].

        Args:
            power_mw: Power of the available packs, shape (blocks,).
        """
        room = (self._rated - self.energy_mwh) / (ONE_WAY * self._hours)
        stock = self.energy_mwh * ONE_WAY / self._hours
        return np.minimum(power_mw, room), np.minimum(power_mw, stock)

    def move(self, battery_mw: Array) -> None:
        """Charges (−) or discharges (+) each block for one interval."""
        drawn = np.where(battery_mw > 0, battery_mw / ONE_WAY, battery_mw * ONE_WAY)
        self.energy_mwh = np.clip(self.energy_mwh - drawn * self._hours, 0.0, self._rated)

    def soc(self) -> float:
        """State of charge of all blocks together, 0 … 1."""
        total = float(self._rated.sum())
        return float(self.energy_mwh.sum()) / total if total else 0.0
