"""What the units of many runs supply, burn and emit: sums over the units in one compiled pass.

The same as `loading` with the curves of dbt (int_heat_input_curves, int_nox_by_load_bin, int_start_nox),
which is too large for 162 runs of a year. Here must not live: which units run (`commitment`).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from pipelines.counterfactual.commitment import Commitment
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.quantities import Amounts, Counts, Mask, Watts

PPM = 1_000_000
BINS = 10
"""Load bins: tenths of the nameplate."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What units burn and emit; NaN where nobody knows.

    Attributes:
        nameplate_w: Nameplates [W], shape (units,).
        no_load_mmbtu_h: Heat at no load [mmBtu/h], shape (units,).
        mmbtu_per_mwh: Heat of each further MWh, shape (units,).
        nox_lb_per_mmbtu: NOx of the heat in each load bin, shape (units, 10).
        start_nox_lb: NOx of a start [lb], shape (units,).
    """

    nameplate_w: Watts
    no_load_mmbtu_h: Amounts
    mmbtu_per_mwh: Amounts
    nox_lb_per_mmbtu: Amounts
    start_nox_lb: Amounts


@dataclass(frozen=True, slots=True)
class Burnt:
    """Sums over the units, shape (runs, steps).

    Attributes:
        supplied_mwh: Output [MWh].
        fuel_mmbtu: Heat burnt [mmBtu].
        nox_lb: NOx, starts included [lb].
    """

    supplied_mwh: Amounts
    fuel_mmbtu: Amounts
    nox_lb: Amounts


def burn(
    committed: Commitment,
    residual_w: Watts,
    capability_ppm: Counts,
    fleet: Fleet,
    curves: Curves,
    known: Mask,
    step_s: int,
) -> Burnt:
    """Supplies the residual as `loading` does, and burns what that takes.

    Args:
        committed: Which units run.
        residual_w: What they must supply [W], shape (runs, steps).
        capability_ppm: Their capability in each run, in millionths of the fleet's, shape (runs,).
        fleet: Their limits.
        curves: What they burn and emit.
        known: Steps whose residual is known, shape (steps,); in the others nothing is supplied.
        step_s: Length of a step [s].
    """
    supplied_w, fuel, nox = (np.zeros(residual_w.shape) for _ in range(3))
    _burn(
        committed.on,
        committed.begun.on,
        np.ascontiguousarray(residual_w),
        capability_ppm,
        np.ascontiguousarray(fleet.over(residual_w.shape[1])),
        fleet.min_load_w,
        curves.nameplate_w,
        curves.no_load_mmbtu_h,
        curves.mmbtu_per_mwh,
        curves.nox_lb_per_mmbtu,
        curves.start_nox_lb,
        known,
        step_s / 3600,
        supplied_w,
        fuel,
        nox,
    )
    return Burnt(supplied_w * step_s / 3600 / PPM, fuel, nox)


def _burn_in_python(
    on: Mask,
    begun_on: Mask,
    residual_w: Watts,
    capability_ppm: Counts,
    capability_w: Watts,
    min_load_w: Watts,
    nameplate_w: Watts,
    no_load_mmbtu_h: Amounts,
    mmbtu_per_mwh: Amounts,
    nox_lb_per_mmbtu: Amounts,
    start_nox_lb: Amounts,
    known: Mask,
    step_h: float,
    supplied_w: Amounts,
    fuel: Amounts,
    nox: Amounts,
) -> None:
    """Adds to the last three, shape (runs, steps). Compiled; `capability_w` has shape (units, steps)."""
    runs, units, steps = on.shape
    for run in range(runs):
        least, most = np.zeros(steps, dtype=np.int64), np.zeros(steps, dtype=np.int64)
        for unit in range(units):
            for step in range(steps):
                if on[run, unit, step] and known[step]:
                    high = capability_w[unit, step] * capability_ppm[run] // PPM
                    most[step] += high
                    least[step] += min(min_load_w[unit], high)
        for step in range(steps):
            supplied_w[run, step] = min(max(residual_w[run, step], least[step]), most[step]) * known[step]
        for unit in range(units):
            was_on = begun_on[run, unit]
            for step in range(steps):
                is_on = on[run, unit, step]
                if is_on:
                    power_w = 0.0
                    if known[step]:
                        high = capability_w[unit, step] * capability_ppm[run] // PPM
                        low = min(min_load_w[unit], high)
                        share = (supplied_w[run, step] - least[step]) / max(most[step] - least[step], 1)
                        power_w = low + (high - low) * share
                    place = min(BINS - 1, int(BINS * power_w / max(nameplate_w[unit], 1)))
                    heat = (no_load_mmbtu_h[unit] + mmbtu_per_mwh[unit] * power_w / PPM) * step_h
                    fuel[run, step] += heat
                    nox[run, step] += heat * nox_lb_per_mmbtu[unit, place]
                    if not was_on:
                        nox[run, step] += start_nox_lb[unit]
                was_on = is_on


_burn = njit(cache=True)(_burn_in_python)
