"""Every factor of the unit registry against pint, which was written by others."""

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.units import UNITS, conversion, convertible, interval_power
from pipelines.kinds import KINDS

REGISTRY = pint.UnitRegistry()
REGISTRY.define("scf = foot ** 3")
REGISTRY.define("mmBtu = 1e6 * Btu_it")
REGISTRY.define("ppb = 1e-9")
PINT = {
    "Mvar": "1e6 * volt * ampere",
    "kvar": "1e3 * volt * ampere",
    "%": "percent",
    "fraction": "dimensionless",
    "scf/h": "scf / hour",
    "kscf/h": "1000 * scf / hour",
    "MMscf/h": "1e6 * scf / hour",
    "mmBtu/h": "mmBtu / hour",
    "short_ton/h": "short_ton / hour",
    "Btu/scf": "Btu_it / scf",
    "lb/mmBtu": "pound / mmBtu",
    "lb": "pound",
    "lb/h": "pound / hour",
    "kg/h": "kilogram / hour",
    "t": "metric_ton",
    "°C": "degC",
    "°F": "degF",
    "K": "kelvin",
    "h": "hour",
    "min": "minute",
    "s": "second",
}
PAIRS = [
    (source, canonical)
    for source in UNITS
    for canonical in UNITS
    if source and UNITS[source].dimension == UNITS[canonical].dimension
]


TEMPERATURES = ("°C", "°F", "K")


def by_pint(value: float, source: str, canonical: str) -> float:
    """The value in the canonical unit, as pint computes it."""
    if source in TEMPERATURES:
        return float(REGISTRY.Quantity(value, PINT[source]).to(PINT[canonical]).magnitude)
    share = REGISTRY(PINT.get(source, source)) / REGISTRY(PINT.get(canonical, canonical))
    return float(value * share.to("dimensionless").magnitude)


@pytest.mark.parametrize(("source", "canonical"), PAIRS)
@pytest.mark.parametrize("value", [1.0, -40.0, 1234.5])
def test_every_conversion_is_that_of_pint(source: str, canonical: str, value: float) -> None:
    factor, offset = conversion(source, canonical)
    ours = value * float(factor) + float(offset)
    assert ours == pytest.approx(by_pint(value, source, canonical), rel=1e-12, abs=1e-9)


def test_energy_of_an_interval_becomes_mean_power_by_the_hour() -> None:
    assert convertible("kWh", "MW")
    assert float(conversion("kWh", "MW")[0]) == 0.001
    assert not convertible("kW", "MWh")


@pytest.mark.parametrize(
    ("source", "canonical", "power"),
    [("kWh", "MW", -1), ("mmBtu", "mmBtu/h", -1), ("kg/h", "lb", 1), ("short_ton/h", "short_ton", 1)],
)
def test_rates_and_amounts_of_an_interval_become_each_other(source, canonical, power) -> None:
    ours = float(conversion(source, canonical)[0]) * 0.25 ** interval_power(source, canonical)
    amount = f"1 {PINT.get(source, source)} * (0.25 hour) ** {power}"
    assert ours == pytest.approx(REGISTRY(amount).to(PINT.get(canonical, canonical)).magnitude, rel=1e-12)
    assert interval_power(canonical, canonical) == 0


@pytest.mark.parametrize("unit", ["", "mw", "MW ", "Mscf/h", "furlong", "'; drop table"])
def test_a_unit_that_is_not_in_the_registry_converts_to_nothing(unit: str) -> None:
    assert not convertible(unit, "MW")


def test_every_unit_of_the_dictionary_is_in_the_registry_as_its_own_canonical_unit() -> None:
    used = {column.unit for kind in KINDS.values() for column in kind.columns}
    assert used <= set(UNITS)
    assert all(conversion(unit, unit) == (1, 0) for unit in used)


@given(st.sampled_from(PAIRS), st.integers(-(10**9), 10**9))
def test_there_and_back_is_where_one_was(pair: tuple[str, str], value: int) -> None:
    there, back = conversion(*pair), conversion(*reversed(pair))
    assert (value * there[0] + there[1]) * back[0] + back[1] == value
