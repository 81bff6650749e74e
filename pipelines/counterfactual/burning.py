"""What the units of many runs run, supply, burn and emit: sums over the units in one compiled pass.

The curves are those of dbt (int_heat_input_curves, int_nox_by_load_bin, int_start_nox). The output of the
units of one run is let go before the next: that of 162 runs of a year is too large. Here must not live:
which units run (`commitment`), what each supplies (`loading`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from pipelines.counterfactual.commitment import Commitment
from pipelines.counterfactual.fleet import Fleet
from pipelines.counterfactual.loading import BINS, share
from pipelines.counterfactual.quantities import WATTS_PER_MW, Amounts, Counts, Mask, Watts

PPM = 1_000_000


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


class Burnt(NamedTuple):
    """Sums over the units, shape (runs, steps).

    Attributes:
        unit_h: Operating hours [h].
        supplied_mwh: Output [MWh].
        fuel_mmbtu: Heat burnt [mmBtu].
        nox_lb: NOx, starts included [lb].
    """

    unit_h: Amounts
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
    burnt = np.zeros((4, *residual_w.shape))
    for run, on in enumerate(committed.on):
        capability_w = fleet.over(len(known)) * capability_ppm[run] // PPM
        power_w = share(on & known, residual_w[run], capability_w, fleet.min_load_w)
        _burn(
            on,
            committed.begun.on[run],
            power_w,
            curves.nameplate_w,
            curves.no_load_mmbtu_h,
            curves.mmbtu_per_mwh,
            curves.nox_lb_per_mmbtu,
            curves.start_nox_lb,
            step_s / 3600,
            burnt[:, run],
        )
    return Burnt(*burnt)


def _burn_in_python(
    on: Mask,
    was_on: Mask,
    power_w: Watts,
    nameplate_w: Watts,
    no_load_mmbtu_h: Amounts,
    mmbtu_per_mwh: Amounts,
    nox_lb_per_mmbtu: Amounts,
    start_nox_lb: Amounts,
    step_h: float,
    burnt: Amounts,
) -> None:
    """Adds hours, MWh, heat and NOx of the units to `burnt`, shape (4, steps). Compiled."""
    units, steps = on.shape
    for unit in range(units):
        before = was_on[unit]
        for step in range(steps):
            if on[unit, step]:
                mwh = power_w[unit, step] * step_h / WATTS_PER_MW
                place = min(BINS - 1, BINS * power_w[unit, step] // max(nameplate_w[unit], 1))
                heat = no_load_mmbtu_h[unit] * step_h + mmbtu_per_mwh[unit] * mwh
                burnt[0, step] += step_h
                burnt[1, step] += mwh
                burnt[2, step] += heat
                burnt[3, step] += heat * nox_lb_per_mmbtu[unit, place]
                if not before:
                    burnt[3, step] += start_nox_lb[unit]
            before = on[unit, step]


_burn = njit(cache=True)(_burn_in_python)
