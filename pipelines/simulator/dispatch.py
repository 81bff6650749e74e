"""Who supplies the load: grid up to its cap, turbines for the rest, batteries for what moves fast.

The operators' rules, not an optimum. Without batteries a reserve of k units runs and follows the load.
With batteries the reserve units stay off while the charge can replace them, short excursions above
the cap are bridged, and the grid sees a smoothed load. A run without batteries repeats the same rules
with the batteries taken away. Here must not live: meters, KPIs.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from pipelines.simulator.batteries import Blocks, Store
from pipelines.simulator.commitment import Units
from pipelines.simulator.span import Array, Mask, Span
from pipelines.simulator.turbines import Fleet

_DECIDE_S = 300
_SMOOTH_S = 600
_BASE_S = 4 * 3600
_BRIDGE_H = 2.0
_KEEP_S = 1200
_SOC_TARGET, _SOC_BRIDGE, _SOC_LOW, _SOC_REFILLED, _SOC_RESERVE = 0.75, 0.35, 0.45, 0.65, 0.25
_CHARGE_SHARE = 0.2
_SET_POINT = 0.99
"""Share of the cap that the import is steered to, so that a meter's error does not break the cap."""

_TOLERATED_OVERHANG = 0.3
"""Share of a unit's capability that batteries with charge to spare carry rather than start a unit."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a dispatch starts from.

    Attributes:
        units: Turbines.
        capability_mw: Their largest output, shape (units, steps).
        blocks: Battery blocks; None for a run without batteries.
        demand_mw: Wanted load of the whole site, shape (steps,).
        cap_mw: What may be imported.
        foreseen_cap_mw: What operators plan with.
        reserve: Units held in reserve without batteries.
    """

    units: Fleet
    capability_mw: Array
    blocks: Blocks | None
    demand_mw: Array
    cap_mw: Array
    foreseen_cap_mw: Array
    reserve: int


@dataclass(frozen=True, slots=True)
class Operation:
    """What happened: means over the interval [MW], batteries discharge +.

    Attributes:
        grid_mw: Import, shape (steps,).
        gross_mw: Output of each unit, shape (units, steps).
        fired: Whether each unit combusted.
        battery_mw: Power of each block, shape (blocks, steps).
        energy_mwh: Energy of each block at the start of each interval, and at the end: steps + 1.
        charge_mw: Charging power that was available to each block.
        discharge_mw: Discharging power likewise.
        unserved_mw: Load that had to be shed, shape (steps,).
    """

    grid_mw: Array
    gross_mw: Array
    fired: Mask
    battery_mw: Array
    energy_mwh: Array
    charge_mw: Array
    discharge_mw: Array
    unserved_mw: Array


def dispatch(site: Site, span: Span) -> Operation:
    """Runs the site interval by interval."""
    run = _Run(site, span)
    every = span.steps_of(_DECIDE_S)
    for step in range(span.steps):
        if step % every == 0:
            run.decide(step)
        run.supply(step)
    return run.operation()


class _Run:
    """One pass over the time: the state and what is recorded of it."""

    def __init__(self, site: Site, span: Span) -> None:
        self.site, self.span = site, span
        self.units = Units(site.units, span)
        blocks = len(site.blocks.ids) if site.blocks else 0
        self.store = Store(site.blocks, span.hours) if site.blocks and blocks else None
        self.unit_mw = float(site.capability_mw.mean()) if site.capability_mw.size else 1.0
        self.slow = _lagged(site.demand_mw, span.steps_of(_SMOOTH_S))
        self.base = _lagged(
            np.maximum(0.0, self.slow - _SET_POINT * site.foreseen_cap_mw), span.steps_of(_BASE_S)
        )
        self.kept = span.steps_of(_KEEP_S) // span.steps_of(_DECIDE_S)
        self.recent: list[int] = []
        self.refills = False
        self.grid = np.zeros(span.steps)
        self.unserved = np.zeros(span.steps)
        self.gross = np.zeros((len(site.units.ids), span.steps))
        self.fired = np.zeros(self.gross.shape, dtype=np.bool_)
        self.battery, self.charge, self.discharge = (np.zeros((blocks, span.steps)) for _ in range(3))
        self.energy = np.zeros((blocks, span.steps + 1))

    def decide(self, step: int) -> None:
        """Sets the number of units; fewer only when fewer were wanted for a while."""
        wanted = self._wanted_with_store(step) if self.store else self._wanted_alone(step)
        self.recent = [*self.recent, wanted][-max(1, self.kept) :]
        available = self.site.units.available[:, step]
        if step == 0:
            self.units.warm(wanted, available)
        self.units.commit(max(self.recent), available)

    def _wanted_alone(self, step: int) -> int:
        need = float(self.slow[step] - _SET_POINT * self.site.foreseen_cap_mw[step])
        return ceil(need / self.unit_mw) + self.site.reserve if need > 0 else 0

    def _wanted_with_store(self, step: int) -> int:
        assert self.store is not None
        assert self.site.blocks is not None
        soc = self.store.soc()
        need = float(self.slow[step] - _SET_POINT * self.site.foreseen_cap_mw[step])
        power = float(self.site.blocks.power_mw[:, step].sum())
        stock = max(0.0, soc - _SOC_BRIDGE) * float(self.site.blocks.energy_mwh.sum())
        bridge = min(power, stock / _BRIDGE_H)
        planned = max(min(need, float(self.base[step])), need - bridge)
        self.refills = soc < (_SOC_REFILLED if self.refills else _SOC_LOW)
        if self.refills:
            planned += _CHARGE_SHARE / 3 * power
        if planned <= 0:
            return 0
        overhang = 0.0 if self.refills else _TOLERATED_OVERHANG
        reserve = 0 if soc > _SOC_RESERVE else self.site.reserve
        return max(0, ceil(planned / self.unit_mw - overhang)) + reserve

    def supply(self, step: int) -> None:
        """Balances one interval and moves the state on."""
        low, high = self.units.limits(self.site.capability_mw[:, step])
        load, cap = float(self.site.demand_mw[step]), float(self.site.cap_mw[step])
        if self.store:
            turbines, battery = self._with_store(step, load, cap, low, high)
        else:
            turbines, battery = float(np.clip(load - _SET_POINT * cap, low.sum(), high.sum())), 0.0
        missing = load - turbines - battery
        self.grid[step] = min(max(missing, 0.0), cap)
        self.unserved[step] = max(missing - cap, 0.0)
        self.gross[:, step] = _shared(turbines, low, high)
        self.fired[:, step] = self.units.fired
        self.units.advance()

    def _with_store(self, step: int, load: float, cap: float, low: Array, high: Array) -> tuple[float, float]:
        """Turbine and battery power of the interval [MW]; records and moves the store."""
        assert self.store is not None
        assert self.site.blocks is not None
        can_charge, can_discharge = self.store.available(self.site.blocks.power_mw[:, step])
        most_in, most_out = float(can_charge.sum()), float(can_discharge.sum())
        slow = float(self.slow[step])
        wish = _CHARGE_SHARE * most_in * min(1.0, 20 * max(0.0, _SOC_TARGET - self.store.soc()))
        least, largest = float(low.sum()), float(high.sum())
        aim = _SET_POINT * cap
        turbines = min(max(slow - aim + wish, least), largest)
        grid = min(max(slow + wish - turbines, 0.0), aim)
        battery = min(max(load - turbines - grid, -most_in), most_out)
        powers = battery * (can_discharge / most_out if battery > 0 else can_charge / max(most_in, 1e-9))
        self.battery[:, step], self.energy[:, step] = powers, self.store.energy_mwh
        self.charge[:, step], self.discharge[:, step] = can_charge, can_discharge
        self.store.move(powers)
        return turbines, battery

    def operation(self) -> Operation:
        """Everything that was recorded."""
        if self.store:
            self.energy[:, -1] = self.store.energy_mwh
        return Operation(
            self.grid,
            self.gross,
            self.fired,
            self.battery,
            self.energy,
            self.charge,
            self.discharge,
            self.unserved,
        )


def _shared(total: float, low: Array, high: Array) -> Array:
    """Every unit at the same place between its limits."""
    room = float((high - low).sum())
    place = (total - float(low.sum())) / room if room > 0 else 0.0
    shared: Array = low + place * (high - low)
    return shared


def _lagged(values: Array, steps: int) -> Array:
    """Exponential mean of what was seen so far, starting in balance."""
    weight = 1 - np.exp(-1 / steps)
    lagged = np.empty_like(values)
    state = float(values[0])
    for step, value in enumerate(values.tolist()):
        state += weight * (value - state)
        lagged[step] = state
    return lagged
