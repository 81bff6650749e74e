"""A day of pack controllers' logs at high resolution: the large file of `make bench`.

Every pack of a site, every few seconds, as contract `m1_packs_5s` reads it. The packs take part in a
made-up day of their own; here must not live: the campus' dispatch.
"""

from collections.abc import Sequence
from datetime import date
from math import pi, sqrt
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.campus.tables import Device
from pipelines.simulator.batteries import FIRST_SOC, ROUND_TRIP
from pipelines.simulator.span import Array, Instants, Span, generator, span_of

_CHUNK_S = 3600


def write_pack_day(
    path: Path,
    packs: Sequence[Device],
    day: date,
    interval_s: int = 5,
    seed: int = 1,
    zone: str = "America/Chicago",
) -> int:
    """Writes one local day of packs as CSV, hour by hour.

    Args:
        path: File to write; its folder exists.
        packs: Packs, each with nameplate and energy; named `P1-001` … in their order.
        day: Local day.
        interval_s: Seconds between records of one pack; divides an hour.
        seed: The same seed gives the same bytes.
        zone: Prevailing time of the site.

    Returns:
        Number of records.
    """
    span = span_of(day, 1, [zone], interval_s)
    rng = generator(seed, "pack day")
    rated = np.array([float(pack.nameplate_mw or 0) for pack in packs])
    energy = np.array([float(pack.energy_mwh or 1) for pack in packs])
    spread = rng.uniform(0.9, 1.0, len(packs))
    stored = FIRST_SOC * energy * rng.uniform(0.95, 1.05, len(packs))
    registers = rng.integers(500, 5000, (2, len(packs))).astype(np.float64)
    names = [f"P1-{number:03}" for number in range(1, len(packs) + 1)]
    rows = 0
    with path.open("wb") as out:
        for first in range(0, span.steps, _CHUNK_S // interval_s):
            hour = Span(span.start, span.steps, interval_s).epochs[first : first + _CHUNK_S // interval_s]
            power = _power(hour, span, rated * spread, rng)
            moved = np.cumsum(_stored(power), axis=0) * span.hours
            soc = 100 * np.clip((stored - np.vstack([np.zeros(len(packs)), moved[:-1]])) / energy, 0, 100)
            counted = [
                registers[row] + np.cumsum(np.maximum(sign * power, 0.0), axis=0) * span.hours
                for row, sign in enumerate((-1, 1))
            ]
            frame = _frame(hour + interval_s, names, power, soc, rated, counted, rng)
            frame.write_csv(out, include_header=first == 0)
            stored, registers = stored - moved[-1], np.stack([reading[-1] for reading in counted])
            rows += frame.height
    return rows


def _power(starts: Instants, span: Span, rated: Array, rng: np.random.Generator) -> Array:
    """Power of each pack [MW], shape (steps, packs): a daily cycle that is about neutral, and swings."""
    hour = (starts - span.epochs[0])[:, None] / 3600
    cycle = 0.35 * np.sin(2 * pi * hour / 6)
    swing = 0.2 * np.sin(2 * pi * hour * 60 / 7) + 0.03 * rng.standard_normal((starts.size, rated.size))
    power: Array = np.clip(cycle + swing, -1.0, 1.0) * rated
    return power


def _stored(power_mw: Array) -> Array:
    """Power drawn from the storage side [MW]."""
    one_way = sqrt(ROUND_TRIP)
    return np.where(power_mw > 0, power_mw / one_way, power_mw * one_way)


def _frame(
    stamps: Instants,
    names: list[str],
    power: Array,
    soc: Array,
    rated: Array,
    registers: list[Array],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """The records of some intervals, all packs of one stamp together; power arrays are (steps, packs)."""
    steps, packs = power.shape
    text = pl.Series(stamps * 1_000_000).cast(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    everywhere = np.broadcast_to(rated, power.shape)
    temperature = 27 + 4 * np.abs(power) / np.maximum(rated, 1e-9) + 0.2 * rng.standard_normal(power.shape)
    numbers = {
        "battery_mw": (power, 5),
        "soc_pct": (soc, 3),
        "available_charge_mw": (np.where(soc < 99.5, everywhere, 0.0), 4),
        "available_discharge_mw": (np.where(soc > 0.5, everywhere, 0.0), 4),
        "energy_charged_mwh": (registers[0], 6),
        "energy_discharged_mwh": (registers[1], 6),
        "temperature_c": (temperature, 1),
    }
    return pl.DataFrame(
        {
            "timestamp": text.gather(np.repeat(np.arange(steps), packs)),
            "pack": names * steps,
            **{name: np.round(values, places).ravel() for name, (values, places) in numbers.items()},
        }
    )
