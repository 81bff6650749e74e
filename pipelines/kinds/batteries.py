"""Readings of battery packs and blocks."""

from pipelines.kinds.dictionary import Column, Kind, Meaning, code

_MEAN, _AMOUNT, _LEVEL = Meaning.MEAN, Meaning.AMOUNT, Meaning.LEVEL

BATTERIES = Kind(
    name="batteries",
    device="pack or block",
    description="Power, energy and state of battery packs or blocks, one row per device and interval.",
    columns=(
        Column("battery_mw", "MW", _MEAN, -2000, 2000, "power at the AC point of connection, discharge +"),
        Column("soc_pct", "%", _LEVEL, 0, 100, "state of charge at the start of the interval"),
        Column("available_charge_mw", "MW", _MEAN, 0, 2000, "charging power that was available"),
        Column("available_discharge_mw", "MW", _MEAN, 0, 2000, "discharging power that was available"),
        Column("energy_capacity_mwh", "MWh", _LEVEL, 0, 20000, "energy capacity the system reports"),
        Column("energy_charged_mwh", "MWh", _AMOUNT, 0, 2000, "increment of the charge register"),
        Column("energy_discharged_mwh", "MWh", _AMOUNT, 0, 2000, "increment of the discharge register"),
        Column("soh_pct", "%", _LEVEL, 0, 110, "state of health the system reports"),
        Column("temperature_c", "°C", _MEAN, -60, 120, "temperature of the device"),
        code("status", "available, unavailable or the word mapped by the feed contract"),
    ),
)
