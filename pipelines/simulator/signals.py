"""What every instrument shows: one series for each device and column of the kinds.

Here must not live: how a feed writes it down (`records`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.campus.campus import Campus
from pipelines.simulator.inventory import devices_of
from pipelines.simulator.meters import Meters
from pipelines.simulator.site_run import SiteRun
from pipelines.simulator.span import HOUR_S, Array, Span, generator
from pipelines.simulator.system import system_demand
from pipelines.simulator.weather import air

_QUARTER_S = 900
_UNREPORTED_PER_WEEK = 2


@dataclass(frozen=True, slots=True)
class Signal:
    """A series.

    Attributes:
        values: Numbers in canonical units, NaN where missing, or words of Headroom's vocabulary.
        interval_s: Length of its intervals.
        is_register: Whether it is read at edges: one value more than intervals.
    """

    values: npt.NDArray[Any]
    interval_s: int
    is_register: bool = False


Signals = dict[tuple[str, str], Signal]
"""(device id, column) → series."""


def site_signals(campus: Campus, run: SiteRun, span: Span, meters: Meters) -> Signals:
    """Everything that is measured on a site."""
    return (
        _power_signals(campus, run, span, meters)
        | _turbine_signals(run, span, meters)
        | _battery_signals(run, span, meters)
        | _pack_signals(run, span, meters)
    )


def area_signals(campus: Campus, runs: list[SiteRun], span: Span, meters: Meters) -> Signals:
    """Demand of the utility systems and weather of the stations, hour by hour."""
    hourly = Span(span.start, span.steps * span.interval_s // HOUR_S, HOUR_S)
    found: Signals = {}
    for device in campus.devices.values():
        if device.kind == "system":
            demand = system_demand(campus, device.device_id, runs, span, meters.seed)
            found |= _published(device.device_id, demand, meters.seed)
        elif device.kind == "station":
            weather = air(device.device_id, hourly, meters.seed)
            for column in ("ambient_c", "pressure_kpa", "relative_humidity_pct"):
                found[device.device_id, column] = Signal(getattr(weather, column), HOUR_S)
    return found


def _published(system_id: str, demand: Array, seed: int) -> Signals:
    """A few hours were not reported at first: imputed, and complete in the adjusted series."""
    rng = generator(seed, "unreported", system_id)
    count = _UNREPORTED_PER_WEEK * max(1, demand.size // 168)
    gaps = np.isin(np.arange(demand.size), rng.choice(demand.size, count, replace=False))
    return {
        (system_id, "demand_mw"): Signal(np.where(gaps, np.nan, demand), HOUR_S),
        (system_id, "demand_imputed_mw"): Signal(np.where(gaps, demand, np.nan), HOUR_S),
        (system_id, "demand_adjusted_mw"): Signal(demand, HOUR_S),
    }


def _power_signals(campus: Campus, run: SiteRun, span: Span, meters: Meters) -> Signals:
    found: Signals = {}
    grid = run.operation.grid_mw
    for device in devices_of(campus, run.site_id, "meter", span):
        name = device.device_id
        found[name, "grid_mw"] = Signal(meters.seen(name, "grid_mw", grid), span.interval_s)
        register = meters.register(name, "energy_mwh", grid * span.hours)
        found[name, "energy_mwh"] = Signal(register, span.interval_s, is_register=True)
    for hall, load in zip(run.hall_ids, run.hall_mw, strict=True):
        found[hall, "load_mw"] = Signal(meters.seen(hall, "load_mw", load), span.interval_s)
    return found


def _turbine_signals(run: SiteRun, span: Span, meters: Meters) -> Signals:
    found: Signals = {}
    for row, unit in enumerate(run.fleet.ids):
        fired = run.operation.fired[row]
        flow = run.heat_mmbtu_h[row] * 1e6 / run.fleet.gcv_btu_scf[row]
        numbers = {
            "gross_mw": run.operation.gross_mw[row],
            "fuel_flow_scfh": flow,
            "nox_ppm": run.stack.nox_ppm[row],
        }
        for column, values in numbers.items():
            found[unit, column] = Signal(meters.seen(unit, column, values), span.interval_s)
        found[unit, "o2_pct"] = Signal(_o2(unit, run.stack.o2_pct[row], meters), span.interval_s)
        words = np.where(fired, "valid", "off")
        found[unit, "monitor_status"] = Signal(words, span.interval_s)
    return found


def _o2(unit: str, o2_pct: Array, meters: Meters) -> Array:
    """Oxygen analysers err by a fixed part of the range, not of the reading."""
    if meters.error_free:
        return o2_pct
    rng = generator(meters.seed, "noise", unit, "o2_pct")
    error = rng.uniform(-0.05, 0.05) + 0.01 * rng.standard_normal(o2_pct.shape)
    shown: Array = np.minimum(o2_pct + error, 20.9)
    return shown


def _battery_signals(run: SiteRun, span: Span, meters: Meters) -> Signals:
    found: Signals = {}
    op = run.operation
    for row, block in enumerate(run.blocks.ids):
        power = op.battery_mw[row]
        soc = 100 * op.energy_mwh[row, :-1] / run.blocks.energy_mwh[row]
        numbers = {
            "battery_mw": meters.seen(block, "battery_mw", power),
            "soc_pct": soc,
            "available_charge_mw": op.charge_mw[row],
            "available_discharge_mw": op.discharge_mw[row],
        }
        found |= {(block, name): Signal(values, span.interval_s) for name, values in numbers.items()}
        for column, part in (("energy_charged_mwh", -power), ("energy_discharged_mwh", power)):
            register = meters.register(block, column, np.maximum(part, 0.0) * span.hours)
            found[block, column] = Signal(register, span.interval_s, is_register=True)
    return found


def _pack_signals(run: SiteRun, span: Span, meters: Meters) -> Signals:
    """Packs report every quarter of an hour; their charge is that of their block."""
    found: Signals = {}
    each = max(1, _QUARTER_S // span.interval_s)
    interval = each * span.interval_s
    soc_pct = 100 * run.operation.energy_mwh / run.blocks.energy_mwh[:, None]
    soc_of = dict(zip(run.blocks.ids, soc_pct, strict=True))
    outages = run.blocks.outages
    for row, pack in enumerate(outages.ids):
        out = outages.out[row, ::each]
        soc = soc_of[outages.parents[row]][:-1:each]
        noise = generator(meters.seed, "temperature", pack).standard_normal(out.size)
        power = np.where(out, 0.0, outages.rated_mw[row])
        found[pack, "status"] = Signal(np.where(out, "unavailable", "available"), interval)
        found[pack, "soc_pct"] = Signal(soc, interval)
        found[pack, "available_charge_mw"] = Signal(power, interval)
        found[pack, "available_discharge_mw"] = Signal(power, interval)
        found[pack, "temperature_c"] = Signal(np.where(out, 22.0, 29.0) + noise, interval)
    return found
