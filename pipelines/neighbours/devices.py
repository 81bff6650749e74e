"""What is known of a site on one day: its devices, their columns, what the balance leaves over.

Here must not live: any judgement.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.neighbours.gates import Gates
from pipelines.neighbours.quantities import Array

SIGNS = {"grid": 1, "turbine": 1, "other_generation": 1, "battery": 1, "load": -1, "aux": -1, "xfmr_loss": -1}
"""Sources add to the residual, sinks take from it."""

POWER_COLUMNS = {
    "grid": "grid_mw",
    "turbine": "gross_mw",
    "other_generation": "gross_mw",
    "battery": "battery_mw",
    "load": "load_mw",
    "aux": "load_mw",
    "xfmr_loss": "load_mw",
}
"""Quantity of reference.meters → the column a power comes from."""


_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Device:
    """A device and what its columns say; series of shape (steps,), NaN where unknown.

    Attributes:
        device_id: The device.
        source: What it is in the balance, a key of `SIGNS`.
        is_counted: Whether it enters the sums; a check meter does not.
        flow_id: Devices of one flow measure the same.
        nameplate_mw: Rated power [MW].
        full_scale_mw: Full scale of its meter [MW].
        accuracy: Accuracy class of its meter [fraction].
        power_mw: Power in the signs of the marts [MW].
        energy_mwh: Rated energy of a battery [MWh].
        register_mw: Mean power by the increments of its registers [MW].
        soc_pct: State of charge at the start of the step [%].
        heat_input_mmbtu_h: Heat input [mmBtu/h].
        nox_ppm: NOx, dry, as measured [ppm].
        o2_pct: Oxygen in the stack [%].
    """

    device_id: str
    source: str
    is_counted: bool
    flow_id: str
    nameplate_mw: float
    full_scale_mw: float
    accuracy: float
    power_mw: Array
    energy_mwh: float = 0.0
    register_mw: Array | None = None
    soc_pct: Array | None = None
    heat_input_mmbtu_h: Array | None = None
    nox_ppm: Array | None = None
    o2_pct: Array | None = None

    @property
    def sign(self) -> int:
        """+1 where its power adds to the residual, −1 where it takes from it, 0 where it is not counted."""
        return SIGNS[self.source] if self.is_counted else 0

    @property
    def column(self) -> str:
        """Column its power comes from."""
        return POWER_COLUMNS[self.source]

    def is_possible(self, power_mw: Array, slack_mw: Array, gates: Gates) -> bool:
        """Whether it could have had a power [MW], to within `slack_mw` [MW], at nine steps in ten."""
        high = gates.overload * max(self.nameplate_mw, self.full_scale_mw)
        low = -high if self.source in ("grid", "battery") else 0.0
        known = np.isfinite(power_mw)
        fits = (power_mw >= low - slack_mw) & (power_mw <= high + slack_mw)
        return bool(fits.sum() >= _NEARLY_ALL * known.sum())


@dataclass(frozen=True, slots=True)
class Day:
    """A site on one local day.

    Attributes:
        devices: Its devices, in any order.
        residual_mw: Sources less sinks [MW], shape (steps,); NaN where one of them is missing.
        band_mw: Residual that the meters' accuracy explains [MW].
        noise_mw: The part of it that changes from step to step [MW].
    """

    devices: tuple[Device, ...]
    residual_mw: Array
    band_mw: Array
    noise_mw: Array

    def __post_init__(self) -> None:
        ordered = sorted(self.devices, key=lambda device: device.device_id)
        object.__setattr__(self, "devices", tuple(ordered))
