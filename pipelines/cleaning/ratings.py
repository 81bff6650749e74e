"""What cleaning knows of a device's size.

Here must not live: rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import polars as pl


@dataclass(frozen=True, slots=True)
class Rating:
    """Nameplate of a device.

    Attributes:
        mw: Power [MW], None where it is not known.
        mwh: Energy of a battery [MWh], None where it is not known or there is none.
    """

    mw: float | None
    mwh: float | None = None


def nameplates(ratings: Mapping[str, Rating]) -> dict[str, float]:
    """Device id → power [MW], of those whose power is known."""
    return {device: rating.mw for device, rating in ratings.items() if rating.mw}


def of_rows(frame: pl.DataFrame, numbers: Mapping[str, float]) -> pl.Series:
    """The number of each row's device, NULL where it has none; `device_id` is an enumeration."""
    devices = frame.get_column("device_id")
    by_place = [numbers.get(device) for device in cast("pl.Enum", devices.dtype).categories]
    return pl.Series(by_place, dtype=pl.Float64).gather(devices.to_physical())
