"""A mart computed again, in plain Python from the same readings, is the same to the last digit.

The same campus shows what a gap does to every mart and whether days and months are as long as the
site's clock makes them. One file, since the campus is built once for it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.oracle import (
    avoided,
    avoided_emissions,
    batteries,
    claims,
    coverage,
    emissions,
    excess,
    filling,
    gates,
    grid,
    headroom,
    holdings,
    monitors,
    parity,
    peaks,
    power,
    quality,
    resort,
    response,
    ride_through,
    rolling,
    starts,
)
from tests.oracle.campus import LACKING, PLACES
from tests.oracle.clock import Clock
from tests.oracle.conftest import Published
from tests.oracle.needs import needs
from tests.oracle.site import Row, Site, read_sites

Mart = Callable[[Site], Iterator[tuple[tuple[Any, ...], Row]]]

MARTS: dict[str, tuple[tuple[str, ...], Mart]] = {
    "site_power_5min": (("site_id", "interval_start_utc"), batteries.site_power_5min),
    "energy_balance_daily": (("site_id", "local_date"), power.energy_balance_daily),
    "battery_daily": (("site_id", "device_id", "local_date"), batteries.battery_daily),
    "battery_energy_by_purpose_daily": (
        ("site_id", "device_id", "local_date", "purpose"),
        batteries.battery_energy_by_purpose_daily,
    ),
    "battery_capability": (("site_id", "device_id", "month"), holdings.battery_capability),
    "delivery_funnel": (("site_id", "kind", "month"), holdings.delivery_funnel),
    "gpu_intensity": (("site_id", "month"), holdings.gpu_intensity),
    "ramp_smoothing": (("site_id", "local_date", "ramp_interval_s"), holdings.ramp_smoothing),
    "demand_response": (("site_id", "event_id", "interval_start_utc"), response.demand_response),
    "dr_performance": (("site_id", "event_id"), response.dr_performance),
    "grid_limits_daily": (("site_id", "local_date"), grid.grid_limits_daily),
    "claim_check": (("claim_id", "period", "boundary", "part"), claims.claim_check),
    "last_resort_daily": (("site_id", "local_date"), resort.last_resort_daily),
    "ride_through_events": (("site_id", "event_id"), ride_through.ride_through_events),
    "peak_grid_share": (
        ("site_id", "system_id", "period", "definition", "n", "denominator_id"),
        peaks.peak_grid_share,
    ),
    "turbine_hourly": (("site_id", "unit_id", "hour_start_utc"), filling.turbine_hourly),
    "turbine_starts": (("site_id", "unit_id", "event_id"), starts.turbine_starts),
    "turbine_pollutant_hourly": (
        ("site_id", "unit_id", "hour_start_utc", "pollutant"),
        filling.turbine_pollutant_hourly,
    ),
    "emissions_monthly": (("site_id", "unit_id", "month", "pollutant"), emissions.emissions_monthly),
    "nox_rolling_hourly": (
        ("site_id", "unit_id", "hour_start_utc", "limit_id"),
        rolling.nox_rolling_hourly,
    ),
    "excess_emissions": (("site_id", "unit_id", "event_id"), excess.excess_emissions),
    "monitor_downtime": (("site_id", "unit_id", "event_id"), monitors.monitor_downtime),
    "monitor_availability": (("site_id", "unit_id", "parameter", "month"), monitors.monitor_availability),
    "permit_headroom_daily": (
        ("site_id", "unit_id", "limit_id", "local_date"),
        headroom.permit_headroom_daily,
    ),
    "epa_parity": (("site_id", "unit_id", "month"), parity.epa_parity),
    "data_quality_daily": (("site_id", "kind", "local_date"), quality.data_quality_daily),
    "turbine_hours_avoided_daily": (
        ("site_id", "local_date", "method_id", "scenario"),
        avoided.turbine_hours_avoided_daily,
    ),
    "emissions_avoided_daily": (
        ("site_id", "local_date", "method_id", "scenario"),
        avoided_emissions.emissions_avoided_daily,
    ),
    "quality.coverage_hourly": (
        ("site_id", "device_id", "column_name", "hour_start_utc"),
        coverage.coverage_hourly,
    ),
    "quality.coverage_daily": (("site_id", "device_id", "column_name", "date_utc"), coverage.coverage_daily),
}
"""Mart → its key and the second opinion."""

LACKED_TWICE = ("grid.grid_mw", "turbines.gross_mw", "batteries.soc_pct")
TWICE = {place.site_id for place in PLACES if place.lacks in (None, *LACKED_TWICE)}
"""Sites that are computed again."""

BLIND = {"dark", "no-turbines-fuel_flow_scfh", "no-turbines-nox_ppm"}
MORE = {
    "monitor_downtime": BLIND,
    "monitor_availability": BLIND,
    "excess_emissions": BLIND,
    "nox_rolling_hourly": {"dark"},
    "emissions_avoided_daily": {"no-turbines-fuel_flow_scfh", "no-turbines-nox_ppm"},
    "epa_parity": {"epa"},
    "last_resort_daily": {place.site_id for place in PLACES},
    "data_quality_daily": {"dark"},
    "ride_through_events": {"dark", "no-campus_load-load_mw", "no-batteries-battery_mw"},
}
"""Mart → sites where it is computed again besides."""

UNANSWERED = {
    "claim_check": {
        "statement",
        "source",
        "unit",
        "threshold",
        "why",
        "evidence",
        "data_coverage_pct",
    },
    "energy_balance_daily": {
        "suspect_device_id",
        "suspect_reason",
        "suspect_column",
        "suspect_factor",
        "suspect_lag_min",
        "suspect_evidence",
    },
    "turbine_hours_avoided_daily": {"params_hash"},
}
"""Columns without a second opinion: estimates, held to injected faults; words."""

EMPTY = {
    "site_power_5min": {"other_generation_mw", "xfmr_loss_mw"},
    "energy_balance_daily": {"other_generation_mwh", "loss_mwh"},
    "battery_daily": {"rte_net_aux_pct", "auxiliary_mwh"},
    "battery_capability": {"test_event_id", "reason"},
    "delivery_funnel": {"available"},
    "gpu_intensity": {"kw_per_gpu"},
    "ramp_smoothing": {f"{source}_{of}_mw" for source in ("load", "grid") for of in ("p99", "max")}
    | {"smoothing", "smoothing_of_max"},
    "demand_response": {"adjustment_value"},
    "dr_performance": {"adjustment_value", "response_limit_min", "is_in_time"},
    "turbine_starts": {*starts.UNCOUNTED, "nox_reason"},
    "turbine_pollutant_hourly": {"lb_possible"},
    "emissions_monthly": {"missing_rule"},
    "excess_emissions": {"reason"},
    "permit_headroom_daily": {"counter"},
    "data_quality_daily": {"reason"},
    "turbine_hours_avoided_daily": {
        *("battery_h", "grid_h", "interaction_h", "before_upgrade_h"),
        *("avoided_turbine_mwh_low", "avoided_turbine_mwh_high"),
    },
    "emissions_avoided_daily": set(avoided_emissions.INTERVALS),
}
"""Columns that nothing on this campus fills, so that only their emptiness is compared."""

FEWEST_ROWS = 4
"""Of a mart: a comparison of nothing proves nothing."""


@pytest.fixture(scope="module")
def sites(published: Published) -> dict[str, Site]:
    return read_sites(published.rows)


@pytest.mark.parametrize("mart", MARTS)
def test_the_second_opinion_is_the_same_to_the_last_digit(
    published: Published, sites: dict[str, Site], mart: str
) -> None:
    keys, compute = MARTS[mart]
    table = mart if "." in mart else f"marts.{mart}"
    names = TWICE | MORE.get(mart, set())
    rows = [row for row in published.rows(f"select * from {table}") if row["site_id"] in names]
    found = {tuple(row[key] for key in keys): row for row in rows}
    second = {key: row for name in names for key, row in compute(sites[name])}
    assert second.keys() == found.keys()
    named = set(next(iter(second.values())))
    columns = set(next(iter(found.values()))) - set(keys) - {"version_id"} - UNANSWERED.get(mart, set())
    assert named == columns
    assert len(second) >= FEWEST_ROWS
    filled = {column for row in second.values() for column in named if row[column] is not None}
    assert named - filled == EMPTY.get(mart, set())
    differences = [
        f"{key} {column}: mart {found[key][column]}, second opinion {row[column]}"
        for key, row in second.items()
        for column in sorted(named)
        if _units(found[key][column]) != _units(row[column])
    ]
    assert not differences, f"{len(differences)} differences\n" + "\n".join(differences[:20])


def test_the_second_opinion_of_the_campus_is_the_same_to_the_last_digit(
    published: Published, sites: dict[str, Site]
) -> None:
    rows = published.rows("select * from marts.last_resort_daily where site_id is null")
    second = resort.campus_daily([site for site in sites.values() if site.counted])
    found = {row["local_date"]: row for row in rows if row["local_date"] in second}
    assert second.keys() == found.keys()
    assert {None, "missing_source:turbine"} == {row["reason"] for row in second.values()}
    differences = [
        f"{day} {column}: mart {found[day][column]}, second opinion {row[column]}"
        for day, row in second.items()
        for column in row
        if _units(found[day][column]) != _units(row[column])
    ]
    assert not differences, "\n".join(differences)


def _units(value: object) -> object:
    """A number as a whole number of the smallest digit that any mart stores."""
    return int(value.scaleb(12)) if isinstance(value, Decimal) else value


# --- gaps ---------------------------------------------------------------------------------------


def test_a_day_without_a_column_has_no_smaller_numbers_and_marts_declare_what_they_need(
    published: Published,
) -> None:
    found = []
    for mart in _marts(published):
        rows = published.rows(f"select * from marts.{mart} where site_id = 'whole' or site_id like 'no-%'")
        whole = gates.by_key(rows, "whole")
        for column in LACKING if whole else ():
            lacking = gates.by_key(rows, f"no-{column.replace('.', '-')}")
            found += gates.complaints(mart, column, whole, lacking)
    assert not found, "\n".join(found)


def test_a_need_that_no_site_of_the_campus_can_lack_is_listed() -> None:
    declared = frozenset().union(*needs().values())
    assert declared - set(LACKING) == gates.UNDELIVERED


@pytest.mark.parametrize(
    ("column", "mart", "figure"),
    [
        ("grid.grid_mw", "energy_balance_daily", "closure_pct"),
        ("campus_load.load_mw", "energy_balance_daily", "closure_pct"),
        ("turbines.gross_mw", "energy_balance_daily", "closure_pct"),
        ("batteries.battery_mw", "energy_balance_daily", "closure_pct"),
        ("grid.grid_mw", "grid_limits_daily", "excess_mwh"),
        ("batteries.battery_mw", "battery_daily", "discharged_mwh"),
        ("batteries.soc_pct", "battery_daily", "rte_pct"),
        ("grid.grid_mw", "turbine_hours_avoided_daily", "avoided_h"),
        ("campus_load.load_mw", "turbine_hours_avoided_daily", "avoided_h"),
        ("turbines.gross_mw", "turbine_hours_avoided_daily", "avoided_h"),
        ("batteries.battery_mw", "emissions_avoided_daily", "fuel_mmbtu"),
        ("turbines.fuel_flow_scfh", "emissions_avoided_daily", "fuel_mmbtu"),
    ],
)
def test_a_day_without_a_needed_column_has_no_key_figure_and_says_why(
    published: Published, column: str, mart: str, figure: str
) -> None:
    site = f"no-{column.replace('.', '-')}"
    sql = f"select * from marts.{mart} where local_date = '2025-11-01' and site_id = '{{}}'"
    site_rows = [row for row in published.rows(sql.format("whole")) if row.get("device_id") is None]
    assert any(row[figure] is not None for row in site_rows)
    for row in published.rows(sql.format(site)):
        if row.get("device_id") is None:
            assert row[figure] is None
            assert row["reason"] is not None


@pytest.mark.parametrize("column", LACKING)
def test_the_quality_of_the_day_names_the_device_and_column_that_would_mend_it(
    published: Published, column: str
) -> None:
    kind, name = column.split(".")
    site = f"no-{column.replace('.', '-')}"
    (row,) = published.rows(
        "select missing_inputs from marts.data_quality_daily"
        f" where site_id = '{site}' and kind = '{kind}' and local_date = '2025-11-01'"
    )
    device = {"campus_load": "hall", "grid": "grid", "turbines": "gt-1"}.get(kind)
    device = device or ("pack-11" if name == "status" else "bat-1")
    assert f"{site}-{device}.{name}" in row["missing_inputs"].split(", ")


def _marts(published: Published) -> list[str]:
    """Every mart by site."""
    return [row["table_name"] for row in published.rows(COLUMNS.format("site_id"))]


# --- clocks -------------------------------------------------------------------------------------

STANDARD_TIME = {"epa_parity", "monitor_availability"}
"""Marts by local standard time without DST; all others keep prevailing local time."""

DAYS = {
    "odd": {date(2025, 10, 31): 24, date(2025, 11, 1): 24, date(2025, 11, 2): 25},
    "spring": {date(2025, 3, 30): 23, date(2025, 3, 31): 24},
    "leap": {date(2024, 2, 29): 24, date(2024, 3, 1): 24},
}
"""Site → local day → its hours."""


def test_the_calendar_is_that_of_the_time_zone_database(published: Published) -> None:
    places = {place.site_id: place for place in PLACES if place.site_id in DAYS}
    hours = published.rows(
        "select * from reference.calendar_hours where site_id in ('odd', 'spring', 'leap')"
    )
    for row in hours:
        place, at = places[row["site_id"]], row["hour_start_utc"]
        local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
        standard = (at + timedelta(hours=int(place.standard_offset[:3]))).date()
        assert (row["utc_date"], row["local_date"], row["month"]) == (at.date(), local, local.replace(day=1))
        assert row["local_standard_date"] == standard
        assert row["standard_month"] == standard.replace(day=1)
        assert row["month_hours"] == _hours(place.time_zone, row["month"], _next_month(row["month"]))
        year = local.replace(month=1, day=1)
        assert row["year_hours"] == _hours(place.time_zone, year, year.replace(year=year.year + 1))
    assert len(hours) == len({(row["site_id"], row["hour_start_utc"]) for row in hours})
    assert {8760, 8784} == {row["year_hours"] for row in hours}


def _hours(zone: str, first: date, after: date) -> int:
    clock = Clock(zone)
    return int((clock.midnight(after) - clock.midnight(first)).total_seconds()) // 3600


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def test_every_day_has_the_intervals_that_its_clock_gives_it(published: Published) -> None:
    for site, days in DAYS.items():
        clock = Clock(next(place.time_zone for place in PLACES if place.site_id == site))
        rows = published.rows(
            f"select interval_start_utc from marts.site_power_5min where site_id = '{site}'"
        )
        counted: dict[date, int] = dict.fromkeys(days, 0)
        for row in rows:
            counted[clock.day(row["interval_start_utc"])] += 1
        assert counted == {day: 12 * hours for day, hours in days.items()}


def test_every_daily_mart_has_exactly_the_local_days_that_were_read(published: Published) -> None:
    events = [row["table_name"] for row in published.rows(COLUMNS.format("event_id"))]
    for mart in _clocked(published, "local_date"):
        for site, days in DAYS.items():
            shown = _distinct(published, mart, "local_date", site)
            expected = _shown(mart, site, set(days))
            assert shown <= expected, f"{mart} {site}"
            if shown and mart not in events:
                assert shown == expected, f"{mart} {site}"


def test_every_monthly_mart_has_exactly_the_local_months_that_were_read(published: Published) -> None:
    for mart in _clocked(published, "month"):
        for site, days in DAYS.items():
            shown = _distinct(published, mart, "month", site)
            months = {day.replace(day=1) for day in _shown(mart, site, set(days))}
            assert shown in (set(), months), f"{mart} {site}"


@pytest.mark.parametrize("mart", ["energy_balance_daily", "battery_daily", "data_quality_daily"])
def test_a_day_that_was_read_whole_is_covered_whole_however_long_it_is(
    published: Published, mart: str
) -> None:
    rows = published.rows(
        f"select local_date, data_coverage_pct from marts.{mart} where site_id = 'spring'"
        + (" and kind = 'campus_load'" if mart == "data_quality_daily" else "")
    )
    assert {row["local_date"] for row in rows} == set(DAYS["spring"])
    assert {row["data_coverage_pct"] for row in rows} == {100}


def _shown(mart: str, site: str, days: set[date]) -> set[date]:
    """The days of a mart by its clock: an hour of standard time may lie on the day before."""
    if mart not in STANDARD_TIME:
        return days
    place = next(place for place in PLACES if place.site_id == site)
    offset = timedelta(hours=int(place.standard_offset[:3]))
    hours = (place.begins + timedelta(hours=n) + offset for n in range(place.hours))
    return {hour.date() for hour in hours}


def _distinct(published: Published, mart: str, column: str, site: str) -> set[date]:
    rows = published.rows(f"select distinct {column} from marts.{mart} where site_id = '{site}'")
    return {row[column] for row in rows}


COLUMNS = (
    "select table_name from information_schema.columns"
    " where table_schema = 'marts' and column_name = '{}' order by table_name"
)


def _clocked(published: Published, column: str) -> list[str]:
    """Marts with a column of that name."""
    rows = published.rows(COLUMNS.format(column))
    assert len(rows) >= 3
    return [row["table_name"] for row in rows]
