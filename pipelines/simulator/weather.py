"""Air at a station: temperature, pressure, humidity.

Here must not live: what the air does to turbines or to demand.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulator.span import HOUR_S, Array, Span, generator, wander

_DAY_S = 86_400
_WARMEST_S = 21 * HOUR_S
"""Time of the warmest air, UTC: three in the afternoon at 90° west."""


@dataclass(frozen=True, slots=True)
class Air:
    """Air at the start of each interval, each shape (steps,)."""

    ambient_c: Array
    pressure_kpa: Array
    relative_humidity_pct: Array


def air(station_id: str, span: Span, seed: int) -> Air:
    """Seasonal and daily cycles with slow weather on top."""
    rng = generator(seed, "air", station_id)
    slow, pressure, humidity = wander(span, rng, 3, 18 * HOUR_S)
    year = np.cos(2 * np.pi * (span.epochs / (365.25 * _DAY_S) - 0.55))
    day = np.cos(2 * np.pi * (span.epochs % _DAY_S - _WARMEST_S) / _DAY_S)
    ambient = 17.0 + 11.0 * year + 5.5 * day + 3.0 * slow
    return Air(
        ambient_c=ambient,
        pressure_kpa=100.8 + 0.5 * pressure,
        relative_humidity_pct=np.clip(65.0 - 16.0 * day + 8.0 * humidity, 15.0, 100.0),
    )
