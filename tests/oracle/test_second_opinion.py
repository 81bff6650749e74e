"""A mart computed again, in plain Python from the same readings, is the same to the last digit."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle import batteries, grid, power
from tests.oracle.campus import PLACES
from tests.oracle.conftest import Published
from tests.oracle.site import Row, Site, read_sites

LACKED_TWICE = ("grid.grid_mw", "turbines.gross_mw", "batteries.soc_pct")
Mart = Callable[[Site], Iterator[tuple[tuple[Any, ...], Row]]]

MARTS: dict[str, tuple[tuple[str, ...], Mart]] = {
    "site_power_5min": (("site_id", "interval_start_utc"), power.site_power_5min),
    "energy_balance_daily": (("site_id", "local_date"), power.energy_balance_daily),
    "battery_daily": (("site_id", "device_id", "local_date"), batteries.battery_daily),
    "battery_energy_by_purpose_daily": (
        ("site_id", "device_id", "local_date", "purpose"),
        batteries.battery_energy_by_purpose_daily,
    ),
    "grid_limits_daily": (("site_id", "local_date"), grid.grid_limits_daily),
}
"""Mart → its key and the second opinion."""

TWICE = {place.site_id for place in PLACES if place.lacks in (None, *LACKED_TWICE)}
"""Sites that are computed again."""

UNANSWERED = {
    "site_power_5min": {"soc_pct"},
    "energy_balance_daily": {
        "suspect_device_id",
        "suspect_reason",
        "suspect_column",
        "suspect_factor",
        "suspect_lag_min",
        "suspect_evidence",
    },
}
"""Columns without a second opinion: estimates, which are held to injected faults instead."""


@pytest.fixture(scope="module")
def sites(published: Published) -> dict[str, Site]:
    return {name: site for name, site in read_sites(published.rows).items() if name in TWICE}


@pytest.mark.parametrize("mart", MARTS)
def test_the_second_opinion_is_the_same_to_the_last_digit(
    published: Published, sites: dict[str, Site], mart: str
) -> None:
    keys, compute = MARTS[mart]
    rows = [row for row in published.rows(f"select * from marts.{mart}") if row["site_id"] in TWICE]
    found = {tuple(row[key] for key in keys): row for row in rows}
    second = {key: row for site in sites.values() for key, row in compute(site)}
    assert second.keys() == found.keys()
    named = set(next(iter(second.values())))
    columns = set(next(iter(found.values()))) - set(keys) - {"version_id"} - UNANSWERED.get(mart, set())
    assert named == columns
    differences = [
        f"{key} {column}: mart {found[key][column]}, second opinion {row[column]}"
        for key, row in second.items()
        for column in sorted(named)
        if _units(found[key][column]) != _units(row[column])
    ]
    assert not differences, f"{len(differences)} differences\n" + "\n".join(differences[:20])


def _units(value: object) -> object:
    """A number as a whole number of millionths."""
    if isinstance(value, Decimal):
        return int(value.scaleb(6))
    return value
