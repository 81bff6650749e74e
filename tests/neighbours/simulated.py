"""A simulated local day as its meters show it, by 5 minutes, sound or with one instrument at fault.

Nothing of the product reads it: the simulator's signals become arrays here. Must not live here: tests.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.gates import Gates
from pipelines.simulator.meters import Meters
from pipelines.simulator.signals import Signals, site_signals
from pipelines.simulator.site_run import run_site
from pipelines.simulator.span import span_of

REFERENCE = PROJECT / "data" / "reference"
STEP_MIN = 5
MINUTES = 5
DAY = slice(288, 576)
"""The second of three local days, none of which changes its clock."""

GCV_BTU_SCF = 1030
SERIES = ("power_mw", "register_mw", "soc_pct", "heat_input_mmbtu_h", "nox_ppm", "o2_pct")
SOURCES = {"meter": "grid", "feeder": "load", "unit": "turbine", "block": "battery"}
POWERS = {"meter": "grid_mw", "feeder": "load_mw", "unit": "gross_mw", "block": "battery_mw"}


def parameters() -> dict[str, float]:
    """Gates of the sample campus."""
    text = (REFERENCE / "parameters.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in text if not line.startswith("#"))
    return {row["parameter_id"]: float(row["value"]) for row in rows}


PARAMETERS = parameters()
GATES = Gates.of(PARAMETERS, STEP_MIN)


def sample_campus() -> Campus:
    return load_campus(DataFolder(PROJECT / "data"))


def three_days(campus: Campus, site_id: str, start: date, seed: int) -> tuple[Device, ...]:
    """What the devices of a site show over three local days."""
    span = span_of(start, 3, [campus.sites[site_id].time_zone], 60)
    signals = site_signals(campus, run_site(campus, site_id, span, seed), span, Meters(campus, seed))
    return tuple(_devices(campus, site_id, signals))


def _devices(campus: Campus, site_id: str, signals: Signals) -> Iterator[Device]:
    meters = {row.meter_id: row for row in campus.tables["meters"]}
    for device_id, device in campus.devices.items():
        power = signals.get((device_id, POWERS.get(device.kind, "")))
        if device.site_id == site_id and power is not None and device_id in meters:
            meter = meters[device_id]
            yield Device(
                device_id=device_id,
                source=SOURCES[device.kind],
                is_counted=meter.counts_in_balance,
                flow_id=site_id if device.kind == "meter" else device_id,
                nameplate_mw=float(device.nameplate_mw),
                full_scale_mw=float(meter.full_scale_mw),
                accuracy=float(meter.accuracy_pct) / 100,
                energy_mwh=float(device.energy_mwh or 0),
                power_mw=_means(power.values),
                **_own_witnesses(device.kind, device_id, signals),
            )


def _own_witnesses(kind: str, device_id: str, signals: Signals) -> dict[str, np.ndarray]:
    def shown(column: str) -> np.ndarray:
        return signals[device_id, column].values

    if kind == "meter" and not device_id.endswith("check"):
        return {"register_mw": _by_register(shown("energy_mwh"))}
    if kind == "block":
        net = _by_register(shown("energy_discharged_mwh")) - _by_register(shown("energy_charged_mwh"))
        return {"register_mw": net, "soc_pct": np.round(shown("soc_pct")[::MINUTES], 3)}
    if kind == "unit":
        heat = _means(shown("fuel_flow_scfh")) * GCV_BTU_SCF / 1e6
        burning = np.where(heat > 0, 1.0, np.nan)
        stack = {column: burning * _means(shown(column)) for column in ("nox_ppm", "o2_pct")}
        return {"heat_input_mmbtu_h": heat, **stack}
    return {}


def _means(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, MINUTES).mean(axis=1)


def _by_register(readings: np.ndarray) -> np.ndarray:
    """Mean power [MW] between readings at the edges, written with five decimals."""
    return np.diff(np.round(readings[::MINUTES], 5)) * 60 / STEP_MIN


def day_of(devices: tuple[Device, ...]) -> Day:
    """The devices with what the balance leaves over and what accuracy explains of it."""
    counted = [device for device in devices if device.sign]
    residual = sum(device.sign * device.power_mw for device in counted)
    floor = PARAMETERS["full_scale_floor_pct"] / 100
    variance = sum(
        (device.accuracy * np.maximum(np.abs(device.power_mw), floor * device.full_scale_mw)) ** 2 / 3
        for device in counted
    )
    sinks = sum(device.power_mw for device in counted if device.sign < 0)
    uncertainty = np.sqrt(variance)
    green = sinks * PARAMETERS["closure_green_pct"] / 100
    band = np.maximum(PARAMETERS["balance_z_incident"] * uncertainty, green)
    return Day(devices, residual, band, PARAMETERS["balance_noise_pct"] / 100 * uncertainty)


def cut(device: Device, where: slice = DAY) -> Device:
    """One day of a device."""
    series = {name: getattr(device, name) for name in SERIES}
    return replace(device, **{name: v[where] for name, v in series.items() if v is not None})


class Fault(NamedTuple):
    """What happens to a series over three days, and what the reason must say."""

    strike: Callable[[np.ndarray], np.ndarray]
    reason: str
    factor: float = 1.0


def shifted(values: np.ndarray, steps: int) -> np.ndarray:
    """Stamped so many steps too late; the edges are far from the day that is judged."""
    return np.roll(values, steps)


FAULTS = {
    "sign": Fault(lambda v: -v, "sign", -1.0),
    "scale ×1000": Fault(lambda v: v * 1000, "scale", 1000.0),
    "scale ÷1000": Fault(lambda v: v / 1000, "scale", 0.001),
    "scale ×0.9": Fault(lambda v: v * 0.9, "scale", 0.9),
    "lag +1 h": Fault(lambda v: shifted(v, 12), "lag +60 min"),
    "lag −15 min": Fault(lambda v: shifted(v, -3), "lag -15 min"),
    "dead": Fault(np.zeros_like, "dead", 0.0),
}


def struck(device: Device, columns: tuple[str, ...], fault: Fault) -> Device:
    """One day of a device whose instrument was at fault over all three."""
    return cut(replace(device, **{name: fault.strike(getattr(device, name)) for name in columns}))
