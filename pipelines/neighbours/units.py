"""What the fuel of a turbine says of its output, and like units of its stack.

All units of a site are looked at together, one row a unit: those that burn now are each other's
witnesses. Here must not live: NOx masses, heat rates for people (dbt).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.gates import Gates
from pipelines.neighbours.mending import KINDS, Kind
from pipelines.neighbours.quantities import Array, Mask, Range, middle, steps_since
from pipelines.neighbours.witnesses import Witness

_LEAST_SHARE = 0.1
"""Share of the nameplate below which an output does not say that fuel must burn."""

_AIR_O2_PCT, _REFERENCE_O2_PCT = 20.9, 15.0
_STACK_KINDS: tuple[Kind, ...] = ("scale", "dead")


@dataclass(frozen=True, slots=True)
class _HeatLine:
    """Heat input over output, per nameplate: least and most [mmBtu/MWh], [mmBtu/h/MW]."""

    slope: tuple[float, float]
    no_load: tuple[float, float]

    def heat(self, power: Array) -> tuple[Array, Array]:
        """Least and most heat of an output, both per nameplate."""
        return self.slope[0] * power + self.no_load[0], self.slope[1] * power + self.no_load[1]

    def power(self, heat: Array) -> tuple[Array, Array]:
        """Least and most output from a heat input, both per nameplate."""
        least, most = (heat - self.no_load[1]) / self.slope[1], (heat - self.no_load[0]) / self.slope[0]
        return np.maximum(least, 0.0), np.maximum(most, 0.0)


def unit_witnesses(day: Day, gates: Gates) -> Iterator[tuple[Device, Witness]]:
    """What can be said of each unit's output, NOx and oxygen."""
    units = [unit for unit in day.devices if unit.heat_input_mmbtu_h is not None and unit.nameplate_mw]
    if not units:
        return
    scale = np.array([[unit.nameplate_mw] for unit in units])
    power = np.stack([unit.power_mw for unit in units]) / scale
    heat = (
        np.stack([unit.heat_input_mmbtu_h for unit in units if unit.heat_input_mmbtu_h is not None]) / scale
    )
    for row, witness in _fuel(units, power, heat, gates):
        yield units[row], witness
    for row, witness in _stacks(units, power, _settled(heat, gates, gates.stack_settle_min), gates):
        yield units[row], witness


def _fuel(units: list[Device], power: Array, heat: Array, gates: Gates) -> Iterator[tuple[int, Witness]]:
    """Output from heat input, by the straight line that the other units of the site burn by."""
    usual = _HeatLine(gates.heat_slope, gates.heat_no_load)
    settled = _settled(heat, gates, gates.fuel_settle_min)
    least, most = usual.heat(power)
    fits = settled & (power > _LEAST_SHARE) & (heat >= least) & (heat <= most)
    for row, unit in enumerate(units):
        line = _line_of_others(row, power, heat, fits, gates) or usual
        mine, burnt, scale = power[row], heat[row], unit.nameplate_mw
        edges = [
            np.where(burnt == 0, 0.0, np.where(settled[row], edge, np.nan)) for edge in line.power(burnt)
        ]
        band = np.full(mine.shape, gates.fuel * scale)
        should = Range(scale * edges[0], scale * edges[1], band)
        lowest, highest = line.heat(np.maximum(mine, 0.0))
        lowest = np.where(mine > _LEAST_SHARE, lowest, 0.0)
        counter = (scale * burnt, Range(scale * lowest, scale * highest, line.slope[1] * band))
        reading = unit.power_mw
        yield row, Witness("fuel", unit.column, "fuel_flow_scfh", reading, should, KINDS, KINDS, counter)


def _line_of_others(row: int, power: Array, heat: Array, fits: Mask, gates: Gates) -> _HeatLine | None:
    """One slope of all other units, and the no-load heat of the one in the middle; None if none moves."""
    others = fits.sum(axis=1) >= gates.least_steps
    others[row] = False
    if not others.any():
        return None
    mine = fits[others]
    power, heat = np.where(mine, power[others], np.nan), np.where(mine, heat[others], np.nan)
    away = power - np.nanmean(power, axis=1, keepdims=True)
    moves = float(np.nansum(away**2))
    if moves <= gates.fuel**2 * mine.sum():
        return None
    slope = float(np.nansum(away * heat)) / moves
    low, high = middle(np.nanmedian(heat - slope * power, axis=1, keepdims=True))
    return _HeatLine((slope, slope), (float(low[0]), float(high[0])))


def _stacks(units: list[Device], power: Array, settled: Mask, gates: Gates) -> Iterator[tuple[int, Witness]]:
    """NOx at 15 % oxygen, and oxygen, against units at a like load."""
    unknown = np.full(power.shape[1], np.nan)
    nox = np.stack([unknown if unit.nox_ppm is None else unit.nox_ppm for unit in units])
    o2 = np.stack([unknown if unit.o2_pct is None else unit.o2_pct for unit in units])
    room = np.where(o2 < _AIR_O2_PCT, _AIR_O2_PCT - o2, np.nan)
    to_reference = (_AIR_O2_PCT - _REFERENCE_O2_PCT) / room
    at_reference = nox * to_reference
    burning = np.flatnonzero(settled.any(axis=1))
    for row in burning.tolist():
        others = burning[burning != row]
        alike = settled[row] & settled[others] & (np.abs(power[others] - power[row]) <= gates.like_load)
        if not alike.any():
            continue
        low, high = middle(np.where(alike, at_reference[others], np.nan)) / to_reference[row]
        should = Range(low, high, gates.nox * high)
        yield row, Witness("like_nox", "nox_ppm", "other units", nox[row], should, _STACK_KINDS)
        low, high = middle(np.where(alike, o2[others], np.nan))
        should = Range(low, high, np.full(low.shape, gates.oxygen_pct))
        yield row, Witness("like_oxygen", "o2_pct", "other units", o2[row], should, _STACK_KINDS)


def _settled(heat: Array, gates: Gates, minutes: float) -> Mask:
    """Whether a unit has burnt for so long, and goes on burning, shape of `heat`."""
    burning = heat > 0
    goes_on = np.concatenate([burning[:, 1:], burning[:, -1:]], axis=1)
    settled: Mask = burning & goes_on & (steps_since(burning) > gates.steps(minutes))
    return settled
