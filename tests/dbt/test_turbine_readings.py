"""Turbines from readings to hours, starts and tons: two feeds a unit, gaps, standstill, delivered figures."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.cleaning import Delivered, Scope, clean_feed
from pipelines.readers import read
from tests.dbt.small_campus import SmallCampus
from tests.house.feeds import documented

DAY, NOON, NEXT = "2025-06-02 00:00:00", "2025-06-02 12:00:00", "2025-06-03 00:00:00"


def fuel(condition, scfh=170400):
    """Fuel flow while a condition on `ts` holds."""
    return f"case when {condition} then {scfh} else 0 end"


@pytest.fixture(scope="module")
def turbines(module_warehouse, tmp_path_factory):
    campus = SmallCampus(module_warehouse, "2025-06-02", "2025-06-02")
    campus.site("m1", zone="UTC")
    campus.factors()
    for unit in ("o6", "o34", "gap", "campd", "quiet", "undated", "m1-gt-01"):
        campus.meter("m1", unit, "turbine", 16)
    module_warehouse.put(
        "reference.monitoring_plan",
        [
            *(
                {
                    "unit_id": unit,
                    "parameter": "heat_input",
                    "formula": "D-gas",
                    "fuel_id": "gas",
                    "flow_base": "68F 29.92inHg",
                }
                for unit in ("o6", "m1-gt-01")
            ),
            {
                "unit_id": "o34",
                "parameter": "heat_input",
                "formula": "D-gas",
                "fuel_id": "gas",
                "flow_base": "60F 14.73psia",
            },
        ],
    )
    module_warehouse.put(
        "reference.fuel_analysis",
        [
            {
                "fuel_id": "gas",
                "sampled_at": "2025-01-01 00:00:00",
                "gcv_btu_scf": 1032,
                "base_temperature": "68F",
                "base_pressure": "29.92inHg",
            }
        ],
    )
    campus.feed("m1", "cems", priority=200)
    write_o6(campus)
    write_o34(campus)
    write_gap(campus)
    write_others(campus)
    write_logger(module_warehouse, tmp_path_factory.mktemp("logger"))
    write_wobble(campus)
    write_monitored(campus)
    marts = ("+emissions_monthly", "+turbine_starts", "+coverage_hourly", "+data_quality_daily")
    module_warehouse.dbt("run", "--select", *marts)
    return module_warehouse


def write_o6(campus):
    """Fires at 01:15, at half load from 01:35, off at 03:00; fuel from one feed, power from another."""
    runs = "ts >= timestamp '2025-06-02 01:15:00' and ts < timestamp '2025-06-02 03:00:00'"
    loaded = "ts >= timestamp '2025-06-02 01:35:00' and ts < timestamp '2025-06-02 02:50:00'"
    campus.steady("m1", "o6", "turbine", f"case when {loaded} then 12 else 0 end", DAY, NEXT, interval_s=60)
    emissions = {
        "nox_ppm": f"case when {runs} then 2.1 else 0 end",
        "o2_pct": f"case when {runs} then 15.2 else 20.9 end",
    }
    campus.steady(
        "m1", "o6", "turbine", "null", DAY, NEXT, 60, "cems", fuel_flow_scfh=fuel(runs), **emissions
    )


def write_o34(campus):
    """20 minutes at 40 ppm and 19.8 % O2, then 2.1 ppm and 15.2 %; the flow's base is not that of the GCV."""
    early = "minute(ts) < 20"
    campus.steady(
        *("m1", "o34", "turbine", "null", DAY, NOON, 60, "cems"),
        fuel_flow_scfh="170400",
        nox_ppm=f"case when {early} then 40 else 2.1 end",
        o2_pct=f"case when {early} then 19.8 else 15.2 end",
    )


def write_gap(campus):
    """Runs by its power alone; the monitor calibrates, then fails, and minutes are lost."""
    campus.steady("m1", "gap", "turbine", 10, DAY, "2025-06-02 03:00:00", 60, heat_input_mmbtu_h=100)
    campus.steady(
        "m1", "gap", "turbine", 10, "2025-06-02 03:02:00", "2025-06-02 04:00:00", 60, heat_input_mmbtu_h=100
    )
    campus.steady(
        "m1", "gap", "turbine", 10, "2025-06-02 04:00:00", "2025-06-02 04:30:00", 60, heat_input_mmbtu_h=100
    )
    campus.steady(
        *("m1", "gap", "turbine", "null", DAY, "2025-06-02 04:30:00", 60, "cems"),
        nox_ppm="2.1",
        o2_pct="15.2",
        monitor_status="""
            case
                when hour(ts) = 1 and minute(ts) < 30 then 'calibration'
                when hour(ts) = 2 and minute(ts) < 45 then 'fault'
                else 'valid'
            end
        """,
    )


def write_others(campus):
    """Hourly figures as an agency publishes them; a unit that never runs; one without stamps."""
    campus.steady(
        *("m1", "campd", "turbine", 8, DAY, NEXT, 3600),
        operating_time_h="case when hour(ts) < 2 then 0.5 else 0 end",
        heat_input_mmbtu_h="case when hour(ts) < 2 then 80 else 0 end",
        nox_lb_per_mmbtu="case when hour(ts) = 0 then 0.009 end",
        nox_lb="case when hour(ts) = 1 then 0.7 end",
    )
    campus.steady("m1", "quiet", "turbine", 0, DAY, NEXT, 300)
    campus.warehouse.run(
        """
        insert into reference.feeds (feed_id, site_id, priority, is_time_declared)
        values ('old', 'm1', 1, true)
        """
    )
    campus.steady("m1", "undated", "turbine", 8, DAY, NEXT, 3600, "old")


def write_wobble(campus):
    """Two hours of minutes just above and just below the threshold of running."""
    campus.meter("m1", "wobble", "turbine", 16)
    on, off = "2025-06-02 01:00:00", "2025-06-02 03:00:00"
    around = "case when minute(ts) % 2 = 0 then 0.50 else 0.46 end"
    for mw, first, last in ((0, DAY, on), (around, on, off), (0.1, off, NEXT)):
        campus.steady("m1", "wobble", "turbine", mw, first, last, interval_s=60)


def write_monitored(campus):
    """A unit at a site of its own, whose monitor calls itself out of control from 10 to 11."""
    campus.site("m2", zone="UTC")
    campus.meter("m2", "monitored", "turbine", 16)
    feed = {"feed_id": "m2_turbines", "site_id": "m2", "device_id": "monitored", "kind": "turbines"}
    campus.warehouse.put(
        "reference.feed_columns", [feed | {"column_name": name} for name in ("nox_ppm", "o2_pct")]
    )
    status = "case when hour(ts) = 10 then 'out_of_control' else 'valid' end"
    more = {"fuel_flow_scfh": 150000, "nox_ppm": 2, "o2_pct": 15, "monitor_status": status}
    campus.steady("m2", "monitored", "turbine", 10, DAY, NEXT, interval_s=60, **more)


LOGGER = Path(__file__).parents[1] / "samples" / "cems_logger" / "good.csv"
LOGGER_DAY = date(2025, 6, 2)


def write_logger(warehouse, folder):
    """The sample of a logger on the day of the other units, read by the contract of docs/feeds.md."""
    contract = documented("m1_cems_logger_example")
    path = folder / "logger.csv"
    path.write_text(
        LOGGER.read_text(encoding="utf-8").replace("2025-12-01", str(LOGGER_DAY)), encoding="utf-8"
    )
    text = read(path, contract)
    file = Delivered("a" * 64, path.name, datetime(2025, 6, 3), 1, text.frame, text.rejected)
    scope = Scope(date(2025, 5, 1), {"m1-gt-01": "turbines"})
    readings = clean_feed([file], contract, scope, [LOGGER_DAY]).readings["turbines"]
    given = [column for column in readings.columns if readings[column].null_count() < readings.height]
    rows = readings.with_columns(pl.lit("cems").alias("feed_id")).select(given)
    warehouse.put("affected.turbines", rows.to_dicts())


def test_calibration_and_maintenance_are_not_measurements_of_the_hour(turbines):
    """Start-up is one: its emissions leave the stack. By csv and Decimal from the logger's own minutes."""
    with LOGGER.open(encoding="utf-8", newline="") as lines:
        minutes = [row for row in csv.DictReader(lines) if row["CEM Status"] == "OK"]
    assert {row["Unit Status"] for row in minutes} == {"RUN", "SU"}
    nox = sum(Decimal(row["NOx ppmvd"]) for row in minutes) / len(minutes)
    o2 = sum(Decimal(row["O2 %"]) for row in minutes) / len(minutes)
    assert (len(minutes), nox, o2) == (50, Decimal("11.2"), Decimal("15.4"))
    columns = (
        "operating_time_h",
        "nox_ppm",
        "o2_pct",
        "valid_quadrants",
        "is_valid_nsps",
        "data_coverage_pct",
    )
    found = hour(turbines, "m1-gt-01", 6, *columns)
    assert found == (1, nox, o2, 4, True, pytest.approx(Decimal(50) / 60 * 100, abs=Decimal("1e-6")))


def hour(turbines, unit, number, *columns):
    [found] = turbines.rows(
        f"""
        select {", ".join(columns)} from marts.turbine_hourly
        where unit_id = '{unit}' and hour_start_utc = timestamp '{DAY}' + to_hours({number})
        """
    )
    return found


def test_o6_operating_time_is_taken_once(turbines):
    columns = ("operating_time_h", "op_time_basis", "heat_input_mmbtu", "nox_lb", "nox_lb_p75", "reason")
    assert hour(turbines, "o6", 1, *columns) == (
        Decimal("0.75"),
        "fuel_flow",
        Decimal("131.889600"),
        Decimal("1.056146"),
        Decimal("1.050000"),
        None,
    )
    assert hour(turbines, "o6", 1, "valid_quadrants", "is_valid_nsps", "data_coverage_pct", "is_bound") == (
        3,
        True,
        100,
        False,
    )


def test_off_is_an_explicit_zero_and_missing_is_not(turbines):
    columns = (
        "operating_time_h",
        "gross_mwh",
        "heat_input_mmbtu",
        "nox_lb",
        "co2_short_tons",
        "nox_lb_per_mmbtu",
        "reason",
    )
    assert hour(turbines, "quiet", 0, *columns) == (0, 0, 0, 0, 0, None, "not_operating")
    assert hour(turbines, "gap", 6, *columns) == (None, None, None, None, None, None, "op_time_unknown")


def test_o34_means_come_before_the_formula(turbines):
    assert hour(turbines, "o34", 3, "nox_ppm", "o2_pct", "nox_ppm_15o2", "nox_lb_per_mmbtu") == (
        Decimal("14.733333"),
        Decimal("16.733333"),
        Decimal("20.862400000"),
        Decimal("0.076856574538"),
    )


def test_flow_and_calorific_value_of_different_bases_give_no_heat(turbines):
    assert hour(turbines, "o34", 3, "heat_input_mmbtu", "nox_lb", "reason") == (
        None,
        None,
        "base_conditions_differ",
    )


def test_an_hour_with_calibration_needs_two_quarters(turbines):
    columns = ("op_time_basis", "valid_quadrants", "is_valid_nsps", "data_coverage_pct", "reason")
    assert hour(turbines, "gap", 1, *columns) == ("gross_mw", 2, True, 50, None)
    assert hour(turbines, "gap", 2, *columns) == ("gross_mw", 1, False, 25, "monitor_downtime")


def test_two_lost_minutes_leave_a_bound_and_half_an_hour_leaves_nothing(turbines):
    columns = ("operating_time_h", "gross_mwh", "heat_input_mmbtu", "is_bound", "reason")
    assert hour(turbines, "gap", 3, *columns) == (
        Decimal("0.966667"),
        Decimal("9.666667"),
        Decimal("96.666667"),
        True,
        None,
    )
    assert hour(turbines, "gap", 4, *columns) == (None, None, None, True, "op_time_unknown")


def test_delivered_figures_are_used_where_there_are_no_concentrations(turbines):
    columns = (
        "operating_time_h",
        "op_time_basis",
        "heat_input_mmbtu",
        "nox_lb_per_mmbtu",
        "nox_lb",
        "load_pct",
    )
    assert hour(turbines, "campd", 0, *columns) == (
        Decimal("0.5"),
        "operating_time",
        80,
        Decimal("0.009"),
        Decimal("0.72"),
        100,
    )
    columns = ("nox_lb_per_mmbtu", "nox_lb", "reason")
    assert hour(turbines, "campd", 1, *columns) == (None, Decimal("0.7"), "rate_missing")


def test_figures_of_files_without_stamps_say_so(turbines):
    assert turbines.rows(
        "select distinct time_basis from marts.turbine_hourly where unit_id = 'undated'"
    ) == [("declared",)]
    assert turbines.rows(
        "select distinct time_basis from marts.emissions_monthly where unit_id = 'undated'"
    ) == [("declared",)]


def test_a_start_ends_at_half_load_and_a_stop_begins_where_half_load_ends(turbines):
    found = turbines.rows(
        """
        select kind, started_at, ended_at, duration_min, end_rule, is_aborted, event_id
        from marts.turbine_starts where unit_id = 'o6' order by 2
        """
    )
    assert found == [
        ("start", at(1, 15), at(1, 35), 20, "load", False, "o6:start:2025-06-02T01:15:00Z"),
        ("stop", at(2, 50), at(3, 0), 10, "load", False, "o6:stop:2025-06-02T03:00:00Z"),
    ]
    assert hour(turbines, "o6", 1, "is_startup", "is_shutdown") == (True, False)
    assert hour(turbines, "o6", 2, "is_startup", "is_shutdown") == (False, True)


def test_without_a_rule_starts_are_not_counted(turbines):
    assert turbines.rows("select distinct counted_ytd, counter_reason from marts.turbine_starts") == [
        (None, "count_rule_unknown")
    ]


def test_a_month_without_rules_for_missing_hours_has_only_what_was_measured(turbines):
    columns = "short_tons, short_tons_measured, is_bound, reason"
    sql = f"select {columns} from marts.emissions_monthly where pollutant = 'nox' and month = ? and unit_id "
    june = date(2025, 6, 1)
    [(tons, measured, is_bound, reason)] = turbines.rows((sql + "= 'gap'").replace("?", f"date '{june}'"))
    assert (tons, is_bound, reason) == (None, True, "op_time_unknown")
    assert measured > 0


def at(hour_, minute):
    return datetime(2025, 6, 2, hour_, minute)


def test_output_that_wobbles_around_the_threshold_is_one_start(turbines):
    assert turbines.rows(
        "select kind, count(*) from marts.turbine_starts where unit_id = 'wobble' group by kind order by kind"
    ) == [("start", 1), ("stop", 1)]
    assert turbines.rows(
        "select sum(operating_time_h) from marts.turbine_hourly where unit_id = 'wobble'"
    ) == [(2,)]


def test_an_hour_that_the_monitor_calls_out_of_control_is_not_good(turbines):
    assert turbines.rows(
        "select column_name, good_s, missing_s from quality.coverage_hourly "
        "where device_id = 'monitored' and hour(hour_start_utc) = 10 order by 1"
    ) == [("gross_mw", 3600, 0), ("nox_ppm", 0, 3600), ("o2_pct", 0, 3600)]
    assert turbines.rows(
        "select gaps from marts.data_quality_daily where site_id = 'm2' and local_date = '2025-06-02'"
    ) == [(2,)]
