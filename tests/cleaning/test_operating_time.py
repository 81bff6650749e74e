"""Values that a source states over operating time only, or marks one by one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract, hours, rules, values

HOURLY_UNITS = """
feed: units
site: m1
description: hourly load of units
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: per_device, device: unit}
devices: [{pattern: 'GT(\\d\\d)', device: 'gt-\\1'}]
tags:
  - {tag: op, column: operating_time_h, unit: h}
  - {tag: load, column: gross_mw, unit: MW, over: op}
  - {tag: nox, column: nox_lb, unit: lb, quality: nox_flag}
  - {tag: co2, column: co2_short_tons, unit: short_ton, quality: co2_flag}
quality: {M: good, C: calculated, S: substituted, X: rejected, N: missing}
"""
COLUMNS = "time,unit,op,load,nox,nox_flag,co2,co2_flag\n"


def hourly(*records, **changes):
    """An hour a record, from midnight; cells by blanks, `-` for an empty one."""
    lines = [
        ",".join([f"2025-06-01 {hour:02d}:00", "GT01", *("" if c == "-" else c for c in record.split())])
        for hour, record in enumerate(records)
    ]
    return cleaned(contract(HOURLY_UNITS, **changes), COLUMNS + "\n".join(lines))


def test_a_load_over_half_an_hour_is_half_of_it_over_the_hour():
    result = hourly("1 12 - - - -", "0.5 12 - - - -", "0 12 - - - -")
    assert values(result, "turbines", "gross_mw") == {"00:00": 12.0, "01:00": 6.0, "02:00": 0.0}
    assert values(result, "turbines", "operating_time_h") == {"00:00": 1.0, "01:00": 0.5, "02:00": 0.0}


def test_without_operation_an_empty_load_is_zero_and_otherwise_it_is_missing():
    result = hourly("0 - - - - -", "0.5 - - - - -", "- - - - - -")
    assert values(result, "turbines", "gross_mw") == {"00:00": 0.0}
    assert rules(result) == [(4, "no_value")]
    assert result.accounts.select("values_in", "values_loaded", "values_null").row(0) == (12, 3, 9)


def test_an_amount_within_operating_time_is_not_multiplied_and_is_zero_without_operation():
    tags = [
        {"tag": "op", "column": "operating_time_h", "unit": "h"},
        {"tag": "nox", "column": "nox_lb", "unit": "lb", "within": "op"},
    ]
    result = hourly("0.5 - 5 - - -", "0 - - - - -", "0.5 - - - - -", "- - 5 - - -", tags=tags)
    assert values(result, "turbines", "nox_lb") == {"00:00": 5.0, "01:00": 0.0, "03:00": 5.0}
    assert {rule for _, rule in rules(result)} == {"unknown_column"}


@pytest.mark.parametrize("time", ["-", "1.01", "-9", "-0.1", "NaN", "inf", "n/a"])
def test_a_load_over_an_unknown_time_is_null(time):
    result = hourly(f"{time} 12 - - - -", "1 12 - - - -", column_nulls={"op": ["-9"]})
    assert values(result, "turbines", "gross_mw") == {"01:00": 12.0}
    assert (2, "operating_time_unknown") in rules(result)


def test_units_of_the_time_and_of_the_value_are_their_own():
    """7.5 of 15 minutes at 12 MW and 10 lb/h: 6 MW in the mean, 10 lb/h · 0.25 h · 0.5 = 1.25 lb."""
    feed = contract(
        HOURLY_UNITS,
        time=hours(interval="15min"),
        tags=[
            {"tag": "op", "column": "operating_time_h", "unit": "min"},
            {"tag": "load", "column": "gross_mw", "unit": "kW", "over": "op"},
            {"tag": "nox", "column": "nox_lb", "unit": "lb/h", "over": "op"},
            {"tag": "heat", "column": "heat_input_mmbtu_h", "unit": "mmBtu"},
        ],
    )
    result = cleaned(feed, "time,unit,op,load,nox,heat\n2025-06-01 00:15,GT01,7.5,12000,10,20")
    [reading] = result.readings["turbines"].to_dicts()
    assert reading["operating_time_h"] == 0.125
    assert (reading["gross_mw"], reading["nox_lb"], reading["heat_input_mmbtu_h"]) == (6.0, 1.25, 80.0)


def test_in_a_wide_file_each_unit_has_its_own_time_and_status():
    feed = contract(
        HOURLY_UNITS,
        layout={"kind": "wide"},
        devices=[],
        tags=[
            {"pattern": r"(\d\d) op", "device": r"gt-\1", "column": "operating_time_h", "unit": "h"},
            {
                "pattern": r"(\d\d) load",
                "device": r"gt-\1",
                "column": "gross_mw",
                "unit": "MW",
                "over": r"\1 op",
                "quality": r"\1 flag",
            },
        ],
    )
    header = "time,01 op,01 load,01 flag,02 op,02 load,02 flag\n"
    result = cleaned(feed, header + "2025-06-01 00:00,0.5,12,M,0.25,16,S\n2025-06-01 01:00,1,12,X,1,16,N")
    found = result.readings["turbines"].sort("device_id", "interval_start_utc")
    assert found.select("device_id", "gross_mw", "operating_time_h", "method").rows() == [
        ("gt-01", 6.0, 0.5, "measured"),
        ("gt-01", None, 1.0, "measured"),
        ("gt-02", 4.0, 0.25, "substituted"),
        ("gt-02", None, 1.0, "measured"),
    ]
    assert rules(result) == [(3, "bad_quality")]


def test_units_with_and_without_a_time_stand_in_one_wide_file():
    """On days on which the time means nothing an amount within it is an amount like any other."""
    nox = {"column": "nox_lb", "unit": "lb"}
    time = {
        "tag": "op",
        "device": "gt-01",
        "column": "operating_time_h",
        "unit": "h",
        "valid_to": "2025-06-01",
    }
    tags = [
        time,
        nox | {"tag": "a", "device": "gt-01", "within": "op"},
        nox | {"tag": "b", "device": "gt-02"},
    ]
    feed = contract(HOURLY_UNITS, layout={"kind": "wide"}, devices=[], tags=tags)
    result = cleaned(feed, "time,op,a,b\n2025-06-01 00:00,0,,7\n2025-06-01 01:00,0.5,5,7")
    found = result.readings["turbines"].sort("device_id", "interval_start_utc")
    assert found.select("device_id", "nox_lb").rows() == [("gt-01", 5.0), ("gt-02", 7.0), ("gt-02", 7.0)]


def test_on_days_without_a_tag_of_the_time_the_load_is_refused():
    tags = [
        {"tag": "op", "column": "operating_time_h", "unit": "h", "valid_from": "2025-06-02"},
        {"tag": "load", "column": "gross_mw", "unit": "MW", "over": "op"},
    ]
    feed = contract(HOURLY_UNITS, tags=tags)
    result = cleaned(feed, "time,unit,op,load\n2025-06-01 00:00,GT01,,12\n2025-06-02 00:00,GT01,0.5,12")
    assert values(result, "turbines", "gross_mw") == {"00:00": 6.0}
    assert (2, "not_valid_here") in rules(result)


@given(st.decimals(0, 900, places=2), st.integers(0, 100))
def test_load_and_time_make_the_energy_of_the_hour(load, hundredths):
    time = Fraction(hundredths, 100)
    result = hourly(f"{float(time)} {load} - - - -")
    [found] = result.readings["turbines"].get_column("gross_mw").to_list()
    assert found == pytest.approx(float(Fraction(load) * time), rel=1e-15, abs=1e-12)


def test_each_value_has_its_own_mark_and_the_worst_of_the_loaded_ones_is_the_method():
    records = ("M C", "C M", "M S", "X S", "S X", "N C", "? M", "m s")
    result = hourly(*(f"1 1 5 {nox} 7 {co2}" for nox, co2 in map(str.split, records)))
    found = result.readings["turbines"].sort("interval_start_utc")
    columns = ("nox_lb", "nox_lb_method", "co2_short_tons_method", "method")
    assert found.select(columns).rows() == [
        (5.0, "measured", "calculated", "calculated"),
        (5.0, "calculated", "measured", "calculated"),
        (5.0, "measured", "substituted", "substituted"),
        (None, None, "substituted", "substituted"),
        (5.0, "substituted", None, "substituted"),
        (None, None, "calculated", "calculated"),
        (None, None, "measured", "measured"),
        (5.0, "measured", "substituted", "substituted"),
    ]
    assert rules(result) == [(5, "bad_quality"), (6, "bad_quality"), (8, "unknown_quality")]


def test_an_empty_mark_means_what_the_contract_says():
    marks = {"": "good", "S": "substituted"}
    result = hourly("1 1 5 - 7 S", quality=marks)
    assert result.readings["turbines"].select("nox_lb", "method").rows() == [(5.0, "substituted")]
    refused = hourly("1 1 5 - 7 S", quality={"S": "substituted"})
    assert rules(refused) == [(2, "unknown_quality")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"over": "uptime"}, "'uptime' is no tag of operating_time_h"),
        ({"over": "op", "within": "op"}, "`over` and `within` exclude each other"),
        ({"within": "op", "column": "operating_time_h", "unit": "h"}, "are for means and amounts"),
        ({"over": "op", "column": "nox_ppm", "unit": "ppm"}, "are for means and amounts"),
        (
            {"over": "op", "column": "nox_lb", "unit": "lb", "counter": {"max_increment": 9.0}},
            "are for means and amounts",
        ),
        ({"over": r"\1"}, None),
    ],
)
def test_a_time_that_cannot_be_meant_breaks_the_contract(changes, message):
    tag = {"tag": "load", "column": "gross_mw", "unit": "MW"} | changes
    with pytest.raises(ValueError, match=message):
        contract(HOURLY_UNITS, tags=[{"tag": "op", "column": "operating_time_h", "unit": "h"}, tag])


def test_nothing_stands_beside_a_value_in_a_long_file():
    tag = {"tag": "MW", "device": "gt-01", "column": "gross_mw", "unit": "MW", "quality": "flag"}
    with pytest.raises(ValueError, match="in layout long nothing stands beside a value"):
        contract(tags=[tag])
