"""The units a feed may declare, and how each becomes the canonical unit of a column.

A closed registry, no free text: an unknown unit refuses the contract. Every factor is checked
against pint in the tests. What needs the length of the interval (power from energy, an amount from
a rate) is applied by `cleaning.values`.
"""

from dataclasses import dataclass
from fractions import Fraction as Ratio


@dataclass(frozen=True, slots=True)
class Unit:
    """`canonical = value · factor + offset`, within one dimension.

    The factor is exact: it is applied as one multiplication by its numerator and one division by
    its denominator, so that 12345 kW becomes the float nearest to 12.345 MW.
    """

    dimension: str
    factor: Ratio
    offset: Ratio = Ratio(0)


UNITS: dict[str, Unit] = {
    "MW": Unit("power", Ratio(1)),
    "kW": Unit("power", Ratio(1, 1000)),
    "W": Unit("power", Ratio(1, 10**6)),
    "MWh": Unit("energy", Ratio(1)),
    "kWh": Unit("energy", Ratio(1, 1000)),
    "Wh": Unit("energy", Ratio(1, 10**6)),
    "mJ": Unit("energy", Ratio(1, 36 * 10**11)),
    "Mvar": Unit("reactive_power", Ratio(1)),
    "kvar": Unit("reactive_power", Ratio(1, 1000)),
    "Hz": Unit("frequency", Ratio(1)),
    "%": Unit("share", Ratio(1)),
    "fraction": Unit("share", Ratio(100)),
    "ppm": Unit("concentration", Ratio(1)),
    "ppb": Unit("concentration", Ratio(1, 1000)),
    "scf/h": Unit("gas_flow", Ratio(1)),
    "kscf/h": Unit("gas_flow", Ratio(1000)),
    "MMscf/h": Unit("gas_flow", Ratio(10**6)),
    "mmBtu": Unit("heat", Ratio(1)),
    "mmBtu/h": Unit("heat_flow", Ratio(1)),
    "Btu/scf": Unit("calorific_value", Ratio(1)),
    "lb/mmBtu": Unit("emission_rate", Ratio(1)),
    "lb": Unit("mass", Ratio(1)),
    "kg": Unit("mass", Ratio(10**8, 45359237)),
    "lb/h": Unit("mass_flow", Ratio(1)),
    "kg/h": Unit("mass_flow", Ratio(10**8, 45359237)),
    "short_ton": Unit("tonnage", Ratio(1)),
    "t": Unit("tonnage", Ratio(10**8, 90718474)),
    "short_ton/h": Unit("tonnage_flow", Ratio(1)),
    "°C": Unit("temperature", Ratio(1)),
    "°F": Unit("temperature", Ratio(5, 9), Ratio(-160, 9)),
    "K": Unit("temperature", Ratio(1), Ratio(-27315, 100)),
    "kPa": Unit("pressure", Ratio(1)),
    "hPa": Unit("pressure", Ratio(1, 10)),
    "mbar": Unit("pressure", Ratio(1, 10)),
    "h": Unit("time", Ratio(1)),
    "min": Unit("time", Ratio(1, 60)),
    "s": Unit("time", Ratio(1, 3600)),
    "": Unit("code", Ratio(1)),
}

INTERVAL_POWERS: dict[tuple[str, str], int] = {
    ("power", "energy"): -1,
    ("heat_flow", "heat"): -1,
    ("mass", "mass_flow"): 1,
    ("tonnage", "tonnage_flow"): 1,
}
"""(canonical, source) → power of the interval [h] that converts across these dimensions: an amount of the
interval becomes a mean rate, a mean rate an amount."""


def convertible(source: str, canonical: str) -> bool:
    """Whether values in `source` can become `canonical`, with the length of the interval where needed."""
    if source not in UNITS:
        return False
    pair = (UNITS[canonical].dimension, UNITS[source].dimension)
    return pair[0] == pair[1] or pair in INTERVAL_POWERS


def interval_power(source: str, canonical: str) -> int:
    """Power of the interval [h] in the factor from `source` to `canonical`: 0, 1 or -1."""
    return INTERVAL_POWERS.get((UNITS[canonical].dimension, UNITS[source].dimension), 0)


def conversion(source: str, canonical: str) -> tuple[Ratio, Ratio]:
    """(factor, offset) from `source` to `canonical`; for an interval of one hour.

    Raises:
        KeyError: Unknown unit. Check with `convertible` first.
    """
    a, b = UNITS[source], UNITS[canonical]
    return a.factor / b.factor, (a.offset - b.offset) / b.factor
