"""The units a feed may declare, and how each becomes the canonical unit of a column.

A closed registry, no free text: an unknown unit refuses the contract. Every factor is checked
against pint in the tests. Power from energy needs the interval and is done by `cleaning.units`.
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
    "mmBtu/h": Unit("heat_flow", Ratio(1)),
    "Btu/scf": Unit("calorific_value", Ratio(1)),
    "lb/mmBtu": Unit("emission_rate", Ratio(1)),
    "lb": Unit("mass", Ratio(1)),
    "kg": Unit("mass", Ratio(10**8, 45359237)),
    "lb/h": Unit("mass_flow", Ratio(1)),
    "kg/h": Unit("mass_flow", Ratio(10**8, 45359237)),
    "short_ton": Unit("tonnage", Ratio(1)),
    "t": Unit("tonnage", Ratio(10**8, 90718474)),
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

POWER_FROM_ENERGY = ("power", "energy")
"""The one conversion across dimensions: energy per interval into mean power."""


def convertible(source: str, canonical: str) -> bool:
    """Whether values in `source` can become `canonical`, energy into mean power included."""
    if source not in UNITS:
        return False
    pair = (UNITS[canonical].dimension, UNITS[source].dimension)
    return pair[0] == pair[1] or pair == POWER_FROM_ENERGY


def conversion(source: str, canonical: str) -> tuple[Ratio, Ratio]:
    """(factor, offset) from `source` to `canonical`; for energy into power the factor is per hour.

    Raises:
        KeyError: Unknown unit. Check with `convertible` first.
    """
    a, b = UNITS[source], UNITS[canonical]
    return a.factor / b.factor, (a.offset - b.offset) / b.factor
