"""Faults of an instrument: what it shows is not what happens.

Here must not live: how a feed writes it down.
"""

from collections.abc import Callable, Sequence

import numpy as np

from pipelines.simulator.faults.instruments import (
    DAY_S,
    Instruments,
    SignalStrike,
    points,
    stretches,
    with_part,
)
from pipelines.simulator.faults.strike import Strike
from pipelines.simulator.signals import Signals
from pipelines.simulator.span import Array, Mask

_POWER = ("grid_mw", "load_mw", "gross_mw", "battery_mw")
_SHOWN = (*_POWER, "nox_ppm", "fuel_flow_scfh", "demand_mw", "demand_adjusted_mw")
_CLEARLY_LIVELY = 0.75
"""Share of different values from which a stretch counts as moving."""


def _is_not_zero(values: Array) -> Mask:
    differs: Mask = np.nan_to_num(values) != 0
    return differs


def _absurd(hit: Strike, values: Array, series: Array) -> Array:
    largest = 1000 * np.nanmax(np.abs(series)) * hit.rng.uniform(1, 3, values.size)
    absurd: Array = np.where(hit.rng.random(values.size) < 0.7, largest, 2.0**47) * hit.rng.choice(
        [-1, 1], values.size
    )
    return absurd


def _spike(hit: Strike, shown: Instruments) -> Signals:
    return points(hit, shown, (*_SHOWN, "soc_pct", "o2_pct"), _is_not_zero, _absurd)


def _plausible_spike(hit: Strike, shown: Instruments) -> Signals:
    def higher(hit: Strike, values: Array, series: Array) -> Array:
        multiple: Array = values * hit.rng.uniform(2, 3, values.size)
        return multiple

    columns = ("grid_mw", "load_mw", "nox_ppm", "demand_mw")
    return points(hit, shown, columns, lambda v: np.nan_to_num(v) > 0.5 * np.nanmax(v), higher)


def _idle_noise(hit: Strike, shown: Instruments) -> Signals:
    def noise(hit: Strike, values: Array, series: Array) -> Array:
        shown: Array = hit.rng.uniform(0.005, 0.04, values.size) * hit.rng.choice([-1, 1], values.size)
        return shown

    return points(hit, shown, ("gross_mw",), lambda values: values == 0, noise)


def _negative_nox(hit: Strike, shown: Instruments) -> Signals:
    def negative(hit: Strike, values: Array, series: Array) -> Array:
        return -hit.rng.uniform(6, 40, values.size)

    return points(hit, shown, ("nox_ppm",), _is_not_zero, negative)


def _impossible_soc(hit: Strike, shown: Instruments) -> Signals:
    def impossible(hit: Strike, values: Array, series: Array) -> Array:
        return hit.rng.choice([-3.0, 104.0, 127.5], values.size)

    return points(hit, shown, ("soc_pct",), np.isfinite, impossible)


def _soc_jump(hit: Strike, shown: Instruments) -> Signals:
    return points(hit, shown, ("soc_pct",), lambda v: v < 55, lambda hit, values, series: values + 40)


def _for_a_while(
    columns: Sequence[str],
    seconds: int,
    fits: Callable[[Array], bool],
    false: Callable[[Array, np.random.Generator], Array],
    each_s: int = 0,
) -> SignalStrike:
    """A strike on stretches of single series."""

    def strike(hit: Strike, shown: Instruments) -> Signals:
        changed = dict(shown.signals)
        for key, part in stretches(hit, shown, columns, seconds, fits, each_s):
            changed[key] = with_part(changed[key], part, false(changed[key].values[part], hit.rng))
        return changed

    return strike


def _is_lively(values: Array) -> bool:
    is_full = bool(np.isfinite(values).all() and (values != 0).all())
    return is_full and np.unique(values).size > _CLEARLY_LIVELY * values.size


def _is_positive(values: Array) -> bool:
    return bool((np.nan_to_num(values) > 0).all())


def _line(values: Array, rng: np.random.Generator) -> Array:
    return np.linspace(values[0], values[-1], values.size)


def _thousand(values: Array, rng: np.random.Generator) -> Array:
    scaled: Array = values * rng.choice([1000.0, 0.001])
    return scaled


def _later(values: Array, rng: np.random.Generator) -> Array:
    """A quarter of an hour later; the stretch is a day, so that its length tells the interval."""
    steps = max(1, round(900 * values.size / DAY_S))
    return np.concatenate([np.full(steps, values[0]), values[:-steps]])


def _moves(values: Array) -> bool:
    """Whether a day of a meter says enough for its neighbours to judge it."""
    return bool(np.isfinite(values).all()) and float(np.mean(np.abs(values) > 0)) > 0.5


def _frozen_logger(hit: Strike, shown: Instruments) -> Signals:
    changed = dict(shown.signals)
    leading = ("load_mw", "nox_ppm", "soc_pct")
    for (device, _), part in stretches(hit, shown, leading, 6 * 3600, _is_lively):
        for key in shown.of(hit, [name for owner, name in shown.signals if owner == device]):
            signal = changed[key]
            if key[0] == device and not signal.is_register and signal.values.dtype.kind == "f":
                changed[key] = with_part(signal, part, signal.values[part.start])
    for label in hit.labels.found:
        label.column_name = "" if label.fault == hit.name else label.column_name
    return changed


def _for_a_day(columns: Sequence[str], false: Callable[[Array, np.random.Generator], Array]) -> SignalStrike:
    """A strike on whole days of single meters of the balance."""
    return _for_a_while(columns, DAY_S, _moves, false, each_s=DAY_S)


def _flat(values: Array, rng: np.random.Generator) -> Array:
    return np.full_like(values, values[0])


def _zero(values: Array, rng: np.random.Generator) -> Array:
    return np.zeros_like(values)


SIGNALS: dict[str, SignalStrike] = {
    "sign_flip": _for_a_day(("grid_mw", "battery_mw"), lambda values, rng: -values),
    "scale_drift": _for_a_day(_POWER, lambda values, rng: 1.15 * values),
    "lag": _for_a_day(_POWER, _later),
    "dead_meter": _for_a_day(_POWER, _zero),
    "stuck": _for_a_while(_SHOWN, 6 * 3600, _is_lively, _flat),
    "frozen_logger": _frozen_logger,
    "zero_run": _for_a_while(("load_mw", "grid_mw", "demand_mw"), 4 * 3600, _is_positive, _zero),
    "interpolated": _for_a_while(_SHOWN, 2 * 3600, _is_lively, _line),
    "unit_step": _for_a_while(_SHOWN, 6 * 3600, _is_lively, _thousand),
    "fuel_without_power": _for_a_while(("fuel_flow_scfh",), 3 * 3600, _is_positive, _zero),
    "spike": _spike,
    "plausible_spike": _plausible_spike,
    "idle_noise": _idle_noise,
    "negative_nox": _negative_nox,
    "impossible_soc": _impossible_soc,
    "soc_jump": _soc_jump,
}
"""Fault → its strike: what lasts a day first, single values last, each where nothing else has struck."""
