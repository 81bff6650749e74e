"""With several faults at once each of them is found and named, and what they do not touch stays the truth.

How far a number may be off, and why, stands in `story`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tests.journey.story import (
    DECIMAL,
    HALF_MW,
    LONGEST_DAY_H,
    Story,
    nox_error,
    off,
    register_error_mwh,
    simulated,
)
from tests.journey.whole_way import flow, mart, rows

FAULTS = (
    "spike@m1-grid-a.grid_mw=0.0011",
    "stuck@m1-gt-*.nox_ppm=0.001",
    "sign_flip@m1-bat-*=0.001",
    "duplicate_rows@m1_batteries=0.002",
    "restated_file@m1_turbines",
    "late_file@m1_packs",
    "text_tokens@m1_scada=0.003",
    "missing_rows@m1_scada",
)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """One site whose instruments and deliveries have these faults at once, and no other error."""
    told = simulated(tmp_path_factory.mktemp("faulty"), error_free=True, sites=["m1"], faults=FAULTS)
    flow(told.folder)
    return told


def _faults(story: Story, name: str) -> list[dict[str, Any]]:
    return story.simulation.faults.filter(pl.col("fault") == name).to_dicts()


def _fault(story: Story, name: str) -> dict[str, Any]:
    (fault,) = _faults(story, name)
    return fault


def _findings(story: Story, column: str, *rules: str) -> list[tuple[Any, ...]]:
    return rows(
        story.folder,
        "select device_id, interval_start_utc, action, used_value from quality.findings"
        " where column_name = ? and list_contains(?, rule) order by all",
        column,
        list(rules),
    )


def test_every_fault_was_injected(faulty: Story) -> None:
    assert {name for (name,) in faulty.truth("faults", "fault")} == {
        text.partition("@")[0] for text in FAULTS
    }


def test_a_spike_of_the_grid_meter_is_found_and_never_becomes_a_maximum(faulty: Story) -> None:
    spikes = _faults(faulty, "spike")
    found = _findings(faulty, "grid_mw", "spike", "out_of_range")
    assert [row[:2] for row in found] == sorted((row["device_id"], row["from_utc"]) for row in spikes)
    assert len(found) == 5
    days = mart(faulty.folder, "grid_limits_daily", ("site_id", "local_date"))
    for key, row in faulty.truth("grid_peaks", "site_id", "local_date").items():
        assert float(days[key]["import_max_mw"]) <= row["import_max_30min_mw"] + HALF_MW
        assert days[key]["is_bound"] is True
    largest = rows(faulty.folder, "select max(grid_mw) from marts.site_power_5min")
    assert float(largest[0][0]) <= 148.5 + HALF_MW


def test_a_frozen_analyser_never_gives_its_value_to_the_mass(faulty: Story) -> None:
    fault = _fault(faulty, "stuck")
    found = _findings(faulty, "nox_ppm", "stuck")
    assert {row[0] for row in found} == {fault["device_id"]}
    assert {row[2:] for row in found} == {("nulled", None)}
    assert fault["from_utc"] <= found[0][1] <= found[-1][1] <= fault["to_utc"]
    hours = mart(faulty.folder, "turbine_hourly", ("site_id", "unit_id", "hour_start_utc"))
    true = faulty.truth("nox_hourly", "site_id", "unit_id", "hour_start_utc")
    first = fault["from_utc"].replace(minute=0)
    frozen = {key for key in true if key[1] == fault["device_id"] and first <= key[2] <= fault["to_utc"]}
    assert len(frozen) == 7
    assert {(hours[key]["nox_lb"], hours[key]["reason"]) for key in frozen} == {(None, "monitor_downtime")}
    for key, error in off(hours, {key: true[key] for key in true.keys() - frozen}, "nox_lb").items():
        assert error <= true[key]["nox_lb"] * nox_error(true[key]) * 1.001 + DECIMAL


def test_a_block_with_the_wrong_sign_breaks_the_balance_by_twice_its_power(faulty: Story) -> None:
    """Its registers count on, so charge and discharge of the day stay right."""
    fault = _fault(faulty, "sign_flip")
    (run,), span = faulty.simulation.runs, faulty.simulation.span
    power = run.operation.battery_mw[run.blocks.ids.index(fault["device_id"])].reshape(-1, 5).mean(axis=1)
    true = {
        datetime.fromtimestamp(start, UTC).replace(tzinfo=None): mw
        for start, mw in zip(span.epochs[::5].tolist(), power.tolist(), strict=True)
    }
    residuals = rows(
        faulty.folder,
        "select interval_start_utc, balance_residual_mw from marts.site_power_5min"
        " where balance_residual_mw is not null and interval_start_utc between ? and ?",
        fault["from_utc"],
        fault["to_utc"] - timedelta(minutes=4),
    )
    assert len(residuals) > 200
    meters = 1 + 15 + 12 + 4
    for start, residual in residuals:
        assert float(residual) == pytest.approx(-2 * true[start], abs=HALF_MW * (meters + 2))


def test_a_block_with_the_wrong_sign_is_named_though_the_balance_of_the_day_is_green(faulty: Story) -> None:
    fault = _fault(faulty, "sign_flip")
    (named,) = rows(
        faulty.folder,
        "select suspect_device_id, suspect_reason, suspect_column, suspect_factor, status"
        " from marts.energy_balance_daily where suspect_reason is not null",
    )
    assert named == (fault["device_id"], "sign", fault["column_name"], -1.0, "green")
    (evidence,) = rows(
        faulty.folder,
        "select local_date, from_utc, to_utc from intermediate.int_meter_evidence"
        " where test = 'register' and verdict not in ('agrees', 'untested')",
    )
    end = fault["to_utc"] + timedelta(minutes=1)
    assert evidence == (fault["from_utc"].date(), fault["from_utc"], end)


def test_faults_of_delivery_that_lose_nothing_change_nothing(faulty: Story) -> None:
    """Rows delivered twice, a corrected revision, a late file: the days are the true ones."""
    keys = ("site_id", "device_id", "local_date")
    batteries, true = mart(faulty.folder, "battery_daily", keys), faulty.truth("battery_daily", *keys)
    for column in ("charged_mwh", "discharged_mwh"):
        for key, error in off(batteries, true, column).items():
            assert error <= register_error_mwh(key)
    days = mart(faulty.folder, "energy_balance_daily", ("site_id", "local_date"))
    for error in off(days, faulty.truth("energy_daily", "site_id", "local_date"), "turbine_mwh").values():
        assert error <= HALF_MW * LONGEST_DAY_H * 15 + DECIMAL


def test_faults_of_delivery_stand_in_the_account_of_their_file(faulty: Story) -> None:
    accounts = {
        name: tuple(rest)
        for name, *rest in rows(
            faulty.folder,
            "select file_name, rows_in, rows_loaded, rows_rejected, rows_duplicate from quality.files",
        )
    }
    twice = pl.DataFrame(_faults(faulty, "duplicate_rows")).group_by("file_name").len().rows()
    assert {name: accounts[name][3] for name, _ in twice} == dict(twice)
    late = _fault(faulty, "late_file")
    assert accounts[late["file_name"]] == (late["count"], late["count"], 0, 0)
    ((wrong, count),) = pl.DataFrame(_faults(faulty, "restated_file")).group_by("file_name").len().rows()
    rows_in = accounts[wrong][0]
    assert accounts[wrong] == (rows_in, 0, count, rows_in - count)
    assert accounts[wrong.replace("_r1", "_r2")] == (rows_in, rows_in, 0, 0)


def test_a_corrected_value_leaves_both_values_in_the_findings(faulty: Story) -> None:
    found = rows(
        faulty.folder,
        "select cast(replace(raw_value, ',', '.') as double) / cast(replace(used_value, ',', '.') as double)"
        " from quality.findings where rule = 'conflict' and used_value not in ('0', '0,0', '0.0')",
    )
    assert len(found) > 10
    assert all(1.05 < ratio < 1.2 for (ratio,) in found)


def test_words_of_a_historian_are_no_numbers_and_are_accounted_for(faulty: Story) -> None:
    struck = _faults(faulty, "text_tokens")
    refused = rows(
        faulty.folder,
        "select regexp_extract(raw, 'No Data|I/O Timeout|Bad Input') as word, rule, count(*)"
        " from quality.rejected_rows where word <> '' group by all order by all",
    )
    assert {(word, rule) for word, rule, _ in refused} == {
        ("Bad Input", "not_a_number"),
        ("I/O Timeout", "no_value"),
        ("No Data", "no_value"),
    }
    assert sum(count for *_, count in refused) == len(struck) == 91


def test_an_hour_that_was_not_delivered_is_missing_and_no_zero(faulty: Story) -> None:
    fault = _fault(faulty, "missing_rows")
    day = fault["from_utc"].replace(tzinfo=UTC).astimezone(ZoneInfo("America/Chicago")).date()
    missing = rows(
        faulty.folder,
        "select device_id, expected_s, good_s, missing_s from quality.coverage_hourly"
        " where hour_start_utc = ? and column_name in ('grid_mw', 'load_mw') order by all",
        fault["from_utc"],
    )
    devices = ["m1-grid-a", "m1-grid-check", "m1-hall-1", "m1-hall-2", "m1-hall-3", "m1-hall-4"]
    assert missing == [(device, 3600, 0, 3600) for device in devices]
    (row,) = rows(
        faulty.folder,
        "select grid_import_mwh, load_mwh, status, reason from marts.energy_balance_daily"
        " where local_date = ?",
        day,
    )
    assert row == (None, None, "missing_source", "missing_source:grid,load")
