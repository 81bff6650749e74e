"""Hourly emissions and minutes of monitors, read with the contracts of docs/feeds.md."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import read
from tests.house.feeds import documented

SAMPLES = Path(__file__).parents[1] / "samples"
SCOPE = Scope(date(2025, 5, 1), {f"m1-gt-{number:02d}": "turbines" for number in range(1, 16)})
UNIT_FILES = ("bulk.csv", "custom.csv", "legacy.csv")


def delivered(path, contract):
    text = read(path, contract)
    return Delivered("a" * 64, path.name, datetime(2026, 1, 1), 1, text.frame, text.rejected, text.remarks)


def clean(path, feed):
    contract = documented(feed)
    file = delivered(path, contract)
    return clean_feed([file], contract, SCOPE, survey(file, contract, SCOPE).dates)


def readings(result, *columns):
    """(device, UTC stamp, values), in order."""
    frame = result.readings["turbines"].sort("device_id", "interval_start_utc")
    stamp = pl.col("interval_start_utc").dt.strftime("%d %H:%M")
    return frame.select("device_id", stamp, *columns).rows()


def rules(path, feed):
    """Row → rules that refused the record or doubted a value of it."""
    contract, result = documented(feed), clean(path, feed)
    unstamped = survey(delivered(path, contract), contract, SCOPE).unstamped
    rows = pl.concat(
        frame.select("row_number", "rule") for frame in (unstamped, result.rejected, result.findings)
    )
    found = {}
    for row, rule in sorted(set(rows.rows())):
        found.setdefault(row, []).append(rule)
    return found


@pytest.mark.parametrize("name", UNIT_FILES)
def test_load_over_operating_time_becomes_the_mean_of_the_hour(name):
    """Standard time is UTC-6 all year; an hour without operation has amounts of 0 and no rate."""
    result = clean(SAMPLES / "epa_hourly" / name, "m1_campd_example")
    columns = ("operating_time_h", "gross_mw", "heat_input_mmbtu_h", "nox_lb", "nox_lb_per_mmbtu")
    assert readings(result, *columns) == [
        ("m1-gt-01", "01 06:00", 1.0, 16.0, 175.0, 5.6, 0.032),
        ("m1-gt-01", "01 07:00", 0.5, 6.0, 70.0, 2.8, 0.04),
        ("m1-gt-01", "01 08:00", 0.0, 0.0, 0.0, 0.0, None),
        ("m1-gt-01", "02 05:00", 0.25, 1.0, 15.0, 1.2, 0.08),
        ("m1-gt-02", "01 06:00", 0.75, 6.0, 90.0, 2.7, 0.03),
    ]
    assert rules(SAMPLES / "epa_hourly" / name, "m1_campd_example") == {}


@pytest.mark.parametrize("name", UNIT_FILES)
def test_the_worst_indicator_of_a_record_is_its_method(name):
    result = clean(SAMPLES / "epa_hourly" / name, "m1_campd_example")
    assert readings(result, "method", "measure_indicator") == [
        ("m1-gt-01", "01 06:00", "measured", "Measured"),
        ("m1-gt-01", "01 07:00", "substituted", "Measured and Substitute"),
        ("m1-gt-01", "01 08:00", "measured", None),
        ("m1-gt-01", "02 05:00", "calculated", "Calculated"),
        ("m1-gt-02", "01 06:00", "measured", "Measured"),
    ]


def test_energy_of_the_sample_is_load_times_operating_time():
    """By csv and Decimal from the file, by none of the code under test."""
    with (SAMPLES / "epa_hourly" / "bulk.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    energy = sum(Decimal(r["Gross Load (MW)"] or 0) * Decimal(r["Operating Time"]) for r in records)
    result = clean(SAMPLES / "epa_hourly" / "bulk.csv", "m1_campd_example")
    assert energy == 29
    assert result.readings["turbines"].get_column("gross_mw").sum() == float(energy)


def test_what_is_wrong_with_hourly_emissions_is_said_by_row():
    broken = SAMPLES / "epa_hourly" / "broken.csv"
    assert rules(broken, "m1_campd_example") == {
        3: ["operating_time_unknown"],
        4: ["operating_time_unknown", "out_of_range"],
        5: ["unknown_quality"],
        6: ["bad_timestamp"],
        7: ["bad_timestamp"],
        8: ["unknown_device_id"],
        9: ["not_a_number"],
        10: ["ragged_row"],
    }
    assert readings(clean(broken, "m1_campd_example"), "gross_mw") == [
        ("m1-gt-01", "01 06:00", 16.0),
        ("m1-gt-01", "01 07:00", None),
        ("m1-gt-01", "01 08:00", None),
        ("m1-gt-01", "01 09:00", 16.0),
        ("m1-gt-01", "01 13:00", None),
        ("m1-gt-01", "01 15:00", 0.0),
    ]


def test_facility_totals_say_that_absent_hours_cannot_be_told_from_missing_ones():
    result = clean(SAMPLES / "epa_hourly" / "facility.csv", "m1_campd_facility_example")
    assert rules(SAMPLES / "epa_hourly" / "facility.csv", "m1_campd_facility_example") == {
        1: ["no_operating_time"]
    }
    assert readings(result, "gross_mw", "nox_lb", "operating_time_h") == [
        ("m1-gt-01", "01 06:00", 24.0, 8.3, None),
        ("m1-gt-01", "01 07:00", 12.0, 2.8, None),
        ("m1-gt-01", "02 05:00", 4.0, 1.2, None),
    ]


def test_rates_of_a_submission_become_amounts_of_the_hour():
    result = clean(SAMPLES / "ecmps" / "good.json", "m1_ecmps_example")
    columns = ("gross_mw", "heat_input_mmbtu_h", "nox_lb", "nox_lb_per_mmbtu", "modc", "method")
    assert readings(result, *columns) == [
        ("m1-gt-01", "01 06:00", 16.0, 175.0, 5.6, 0.032, "01", "measured"),
        ("m1-gt-01", "01 07:00", 6.0, 70.0, 2.8, 0.04, "06", "substituted"),
        ("m1-gt-01", "01 08:00", 0.0, 0.0, 0.0, None, None, "measured"),
    ]
    assert readings(result, "nox_ppm", "o2_pct")[0][2:] == (8.7, 15.2)
    assert rules(SAMPLES / "ecmps" / "good.json", "m1_ecmps_example") == {}


def test_what_is_wrong_with_a_submission_is_said_by_record():
    assert rules(SAMPLES / "ecmps" / "broken.json", "m1_ecmps_example") == {
        2: ["repeated_parameter"],
        3: ["no_code"],
        4: ["not_a_record"],
        5: ["nested_value"],
        6: ["unknown_quality"],
        7: ["unknown_device"],
    }


def test_a_logger_keeps_what_the_monitor_was_doing_beside_its_values():
    result = clean(SAMPLES / "cems_logger" / "good.csv", "m1_cems_logger_example")
    rows = readings(result, "nox_ppm", "status", "monitor_status")
    assert [rows[minute][2:] for minute in (0, 12, 20, 32)] == [
        (20.0, "starting", "valid"),
        (49.8, "running", "calibration"),
        (9.0, "running", "valid"),
        (None, "running", "maintenance"),
    ]
    assert rules(SAMPLES / "cems_logger" / "good.csv", "m1_cems_logger_example") == {}


def test_what_is_wrong_with_a_logger_is_said_by_row():
    """A status that nobody has explained measures nothing; it may be calibration gas."""
    assert rules(SAMPLES / "cems_logger" / "broken.csv", "m1_cems_logger_example") == {
        3: ["unknown_quality", "unknown_word"],
        4: ["unknown_quality"],
        5: ["not_a_number"],
        6: ["ragged_row"],
        7: ["unknown_device"],
        8: ["out_of_range"],
        9: ["not_finite"],
        10: ["unknown_word"],
        11: ["bad_timestamp"],
        12: ["conflict"],
    }
