"""Which devices of the campus a name sounds like, and whether the values fit their nameplates.

Devices are only ever suggested: a name proves nothing. Here must not live: contracts.
"""

import re
from collections.abc import Iterable, Mapping

from pipelines.campus.tables import Device
from pipelines.campus.units import conversion
from pipelines.inspection.columns import Column
from pipelines.inspection.guess import Guess, sure, unknown, unsure

TOO_MUCH = 300
"""A value of so many times the nameplate is in a wrong unit, not an overload."""
FITTING = (0.05, 2.0)
"""Largest value over nameplate that fits."""
POWERS = ("MW", "kW", "W")


def sounding_like(name: str, devices: Iterable[Device]) -> list[Device]:
    """Devices whose id, without its site, is in the name: `GT01 MW` sounds like m1-gt-01 and m2-gt-01."""
    said = _parts(name)
    found = [
        device for device in devices if _parts(device.device_id.removeprefix(f"{device.site_id}-")) <= said
    ]
    exact = [device for device in found if _parts(device.device_id) <= said]
    return sorted(exact or found, key=lambda device: device.device_id)


def _parts(name: str) -> set[str]:
    """Words and numbers of a name, small, without leading zeros."""
    return {part.lstrip("0") or "0" for part in re.findall(r"[a-z]+|\d+", name.lower())}


def size_of(column: Column, unit: str, scale: float, nameplate_mw: float) -> Guess | None:
    """Whether a unit of power fits the nameplate; None where nothing can be said."""
    if unit not in POWERS or column.low is None or column.high is None or nameplate_mw <= 0:
        return None
    factor, _ = conversion(unit, "MW")
    largest = max(abs(column.low), abs(column.high)) * abs(scale) * float(factor)
    why = f"values reach {largest:.4g} MW in {unit}, the nameplate is {nameplate_mw:g} MW"
    if largest > TOO_MUCH * nameplate_mw:
        return sure(None, why)
    fits = FITTING[0] * nameplate_mw <= largest <= FITTING[1] * nameplate_mw
    return unsure(unit, why) if fits else unknown(why)


def hint(column: Column, devices: Mapping[str, Device]) -> str:
    """A device that a column sounds like, and the unit in which its values fit the nameplate; "" for none."""
    found = sounding_like(column.name, devices.values())
    if not 0 < len(found) <= 2:
        return ""
    text = "device unsure: it sounds like " + " or ".join(device.device_id for device in found)
    nameplates = {float(device.nameplate_mw) for device in found if device.nameplate_mw is not None}
    if len(nameplates) != 1:
        return text
    [nameplate] = nameplates
    units = [str(column.unit.value)] if column.unit.value is not None else list(POWERS)
    told = [size for unit in units if (size := size_of(column, unit, 1.0, nameplate)) is not None]
    fitting = [size for size in told if size.confidence == "unsure"]
    return text + "".join(f"; {size.evidence}" for size in (fitting or told)[:1])
