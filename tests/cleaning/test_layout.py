"""Whose a value is and what it means on its day, however a file is laid out."""

from datetime import datetime
from itertools import permutations

import polars as pl
import pytest

from pipelines.campus.contract import Contract
from pipelines.cleaning import Cleaned
from tests.cleaning.samples import cleaned, contract, delivered, hours, objects, rules, surveyed, values

BLOCKS = """
feed: blocks
site: m1
description: one record a block and hour
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: per_device, device: id}
devices: [{name: B1, device: bat-01}, {name: T1, device: gt-01}, {pattern: 'X(\\d\\d)', device: 'bat-\\1'}]
tags:
  - {tag: p, column: battery_mw, unit: kW}
  - {tag: soc, column: soc_pct, unit: '%'}
"""
WIDE = """
feed: scada
site: m1
description: one column a point
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: wide}
tags:
  - {tag: GRID, device: grid-a, column: grid_mw, unit: kW}
"""
GRID = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "kW"}
POWER = {"tag": "p", "column": "battery_mw", "unit": "kW"}
SOC = {"tag": "soc", "column": "soc_pct", "unit": "%"}


def blocks(**changes: object) -> Contract:
    return contract(BLOCKS, **changes)


def wide(*tags: dict[str, object], **changes: object) -> Contract:
    return contract(WIDE, **({"tags": list(tags)} if tags else {}), **changes)


def told(result: Cleaned) -> list[tuple[object, ...]]:
    """The findings: device, column, rule and value as delivered."""
    return result.findings.select("device_id", "column_name", "rule", "raw_value").rows()


def counts(result: Cleaned) -> dict[str, int]:
    """Values by fate, those of no fate left out."""
    sums = result.accounts.select(pl.col("^values_.*$").sum()).row(0, named=True)
    return {name.removeprefix("values_"): count for name, count in sums.items() if count}


# --- files that write the same columns in another order


@pytest.mark.parametrize(
    "second", ["time,id,p,soc\n2025-06-01 00:00,B1,2000,60", "soc,p,id,time\n60,2000,B1,2025-06-01 00:00"]
)
def test_a_later_delivery_wins_whatever_the_order_of_its_columns(second):
    feed = blocks(revision={"by": "received"})
    first = delivered("time,id,p,soc\n2025-06-01 00:00,B1,1000,50", "f" * 64, seq=1)
    result = cleaned(feed, first, delivered(second, "0" * 64, seq=2))
    assert values(result, "batteries", "battery_mw") == {"00:00": 2.0}
    assert values(result, "batteries", "soc_pct") == {"00:00": 60.0}
    assert [rule for _, _, rule, _ in told(result)] == ["conflict", "conflict"]


def test_the_same_record_with_other_columns_around_it_is_a_duplicate():
    one = objects({"time": "2025-06-01 00:00", "id": "B1", "p": "1000", "soc": "50"}, file_id="1" * 64)
    other = objects({"id": "B1", "soc": "50", "time": "2025-06-01 00:00"}, file_id="2" * 64)
    result = cleaned(blocks(format="jsonl"), one, other)
    assert counts(result) == {"in": 3, "loaded": 2, "duplicate": 1}
    assert result.accounts.sort("file_id")["rows_duplicate"].to_list() == [0, 1]


def test_a_register_counts_on_over_files_with_columns_in_another_order():
    register = {"tag": "in", "column": "energy_charged_mwh", "unit": "kWh", "counter": {"max_increment": 500}}
    feed = blocks(tags=[POWER, register], time=hours(label="end"))
    result = cleaned(
        feed,
        delivered("time,id,p,in\n2025-06-01 23:00,B1,1,1000\n2025-06-02 00:00,B1,1,1100", "1" * 64),
        delivered("time,in,p,id\n2025-06-02 01:00,1250,1,B1", "2" * 64),
    )
    assert values(result, "batteries", "energy_charged_mwh") == {"01 23:00": 0.1, "02 00:00": 0.15}


# --- names whose meaning changes


@pytest.mark.parametrize("order", list(permutations(["p", "pn"])))
def test_a_renamed_column_is_read_by_the_name_of_its_day(order):
    tags = [POWER | {"valid_to": "2025-06-02"}, POWER | {"tag": "pn", "valid_from": "2025-06-02"}, SOC]
    text = (
        f"time,id,{order[0]},{order[1]},soc\n2025-06-01 23:00,B1,{{}},{{}},5\n2025-06-02 00:00,B1,{{}},{{}},6"
    )
    cells = {"p": ("1000", ""), "pn": ("", "2000")}
    before, after = ([cells[name][day] for name in order] for day in (0, 1))
    result = cleaned(blocks(tags=tags), text.format(*before, *after))
    assert values(result, "batteries", "battery_mw") == {"01 23:00": 1.0, "02 00:00": 2.0}
    assert counts(result) == {"in": 6, "loaded": 4, "null": 2}
    assert result.accounts["rows_in"].to_list() == [1, 1]
    assert told(result) == []


def test_a_column_whose_unit_changes_on_a_day_is_read_in_the_unit_of_the_day():
    tags = [POWER | {"valid_to": "2025-06-02"}, POWER | {"unit": "MW", "valid_from": "2025-06-02"}]
    result = cleaned(blocks(tags=tags), "time,id,p\n2025-06-01 23:00,B1,3000\n2025-06-02 00:00,B1,4")
    assert values(result, "batteries", "battery_mw") == {"01 23:00": 3.0, "02 00:00": 4.0}


def test_a_value_on_a_day_without_a_tag_is_refused_and_said_not_taken_for_empty():
    tags = [POWER | {"valid_from": "2025-06-02"}, SOC]
    result = cleaned(blocks(tags=tags), "time,id,p,soc\n2025-06-01 00:00,B1,7000,5\n2025-06-01 01:00,B1,,5")
    assert told(result) == [("bat-01", "battery_mw", "not_valid_here", "7000")]
    assert counts(result) == {"in": 4, "loaded": 2, "null": 1, "rejected": 1}


def test_a_cell_of_a_wide_file_outside_the_validity_of_its_tag_is_counted_and_said():
    check = GRID | {"tag": "CHECK", "column": "frequency_hz", "unit": "Hz", "valid_from": "2025-06-02"}
    result = cleaned(wide(GRID, check), "time,GRID,CHECK\n2025-06-01 23:00,1000,50\n2025-06-02 00:00,2000,50")
    assert told(result) == [("grid-a", "frequency_hz", "not_valid_here", "50")]
    assert counts(result) == {"in": 4, "loaded": 3, "rejected": 1}


def test_a_column_that_a_kind_of_device_does_not_have_is_no_value_of_its_records():
    tags = [POWER, {"tag": "mw", "column": "gross_mw", "unit": "MW"}]
    text = "time,id,p,mw\n2025-06-01 00:00,B1,1000,\n2025-06-01 00:00,T1,,5\n2025-06-01 01:00,T1,77,6"
    result = cleaned(blocks(tags=tags), text)
    assert values(result, "batteries", "battery_mw") == {"00:00": 1.0}
    assert values(result, "turbines", "gross_mw") == {"00:00": 5.0, "01:00": 6.0}
    assert told(result) == [("gt-01", "battery_mw", "not_valid_here", "77")]
    assert counts(result) == {"in": 6, "loaded": 3, "null": 2, "rejected": 1}


def test_of_two_columns_for_one_quantity_the_higher_priority_wins():
    tags = [POWER, POWER | {"tag": "main", "priority": 1}, SOC]
    text = "time,id,p,main,soc\n2025-06-01 00:00,B1,1000,2000,5\n2025-06-01 01:00,B1,1000,,5"
    result = cleaned(blocks(tags=tags), text)
    assert values(result, "batteries", "battery_mw") == {"00:00": 2.0, "01:00": 1.0}
    assert result.accounts.select("rows_in", "rows_loaded").row(0) == (2, 2)
    assert counts(result) == {"in": 6, "loaded": 4, "null": 1, "rejected": 1}


@pytest.mark.parametrize("name", ["GT01", "GT02"])
def test_an_exact_tag_goes_before_a_pattern_and_the_first_pattern_before_the_second(name):
    tags = [
        {"pattern": "GT(\\d\\d)", "device": "gt-\\1", "column": "gross_mw", "unit": "MW"},
        {"pattern": "GT.*", "device": "gt-01", "column": "gross_mw", "unit": "kW"},
        {"tag": "GT01", "device": "gt-01", "column": "gross_mw", "unit": "W"},
    ]
    expected = {"GT01": 5e-6, "GT02": 5.0}[name]
    columns = cleaned(wide(*tags), f"time,{name}\n2025-06-01 00:00,5")
    records = cleaned(contract(tags=tags), f"tag,time,value\n{name},2025-06-01 00:00,5")
    for result in (columns, records):
        assert list(values(result, "turbines", "gross_mw").values()) == [expected]


def test_a_pattern_holds_where_the_exact_tag_does_not():
    exact = {"tag": "GT01", "device": "gt-02", "column": "gross_mw", "unit": "MW", "valid_from": "2025-06-02"}
    pattern = {"pattern": "GT(\\d\\d)", "device": "gt-\\1", "column": "gross_mw", "unit": "MW"}
    text = "tag,time,value\nGT01,2025-06-01 00:00,5\nGT01,2025-06-02 00:00,6"
    readings = cleaned(contract(tags=[exact, pattern]), text).readings["turbines"]
    assert readings.sort("gross_mw").select("device_id", "gross_mw").rows() == [
        ("gt-01", 5.0),
        ("gt-02", 6.0),
    ]


# --- names that mean nothing


def test_a_record_without_a_tag_is_refused_not_ignored():
    feed = contract(format="jsonl", ignore=["WIND.*"])
    file = objects(
        {"tag": "GRID", "time": "2025-06-01 00:00", "value": "1"},
        {"time": "2025-06-01 01:00", "value": "2"},
        {"tag": "WIND1", "time": "2025-06-01 01:00", "value": "3"},
    )
    assert surveyed(file, feed).rows_in == 2
    assert rules(cleaned(feed, file)) == [(2, "unknown_tag")]


def test_a_device_that_is_not_in_the_reference_is_named_in_the_reason():
    reason = "'X77' stands for device 'bat-77', which devices.csv does not have for this site"
    result = cleaned(blocks(), "time,id,p,soc\n2025-06-01 00:00,X77,1,5\n2025-06-01 00:00,??,1,5")
    assert result.rejected.select("rule", "reason").rows() == [
        ("unknown_device_id", reason),
        ("unknown_device", "no device of the contract matches on this day"),
    ]
    assert counts(result) == {"in": 4, "rejected": 4}


def test_a_tag_of_a_device_that_is_not_in_the_reference_is_named_in_the_reason():
    result = cleaned(contract(), "tag,time,value\nGT77.MW,2025-06-01 00:00,1")
    assert result.rejected.select("rule", "reason").row(0) == (
        "unknown_device_id",
        "'GT77.MW' stands for device 'gt-77', which devices.csv does not have for this site",
    )


def test_a_column_of_a_device_that_is_not_in_the_reference_is_one_finding_and_its_values_are_refused():
    pattern = {"pattern": "GT(\\d\\d)", "device": "gt-\\1", "column": "gross_mw", "unit": "MW"}
    result = cleaned(wide(GRID, pattern), "time,GRID,GT77\n2025-06-01 00:00,1,2\n2025-06-01 01:00,,2")
    assert told(result) == [(None, None, "unknown_device_id", "GT77: gt-77")]
    assert counts(result) == {"in": 4, "loaded": 1, "null": 1, "rejected": 2}
    assert result.rejected.select("row_number", "rule").rows() == [(3, "unknown_device_id")]


# --- which cells are values


EVERY_KEY = {
    "time": hours(clock="America/Chicago", fold={"column": "season", "first": ["S"], "second": ["W"]}),
    "revision": {"by": "column", "column": "rev"},
}


def test_columns_that_the_contract_names_are_neither_unknown_nor_values():
    text = "time,GRID,season,rev,new\n2025-06-01 00:00,1000,S,1,x\nyesterday,1000,S,1,x"
    result = cleaned(wide(**EVERY_KEY), text)
    assert told(result) == [(None, None, "unknown_column", "new")]
    assert counts(result) == {"in": 1, "loaded": 1}
    assert surveyed(delivered(text), wide(**EVERY_KEY)).unstamped_values == 1


def test_a_record_has_as_many_values_whatever_becomes_of_it():
    """A known device, an unknown one, one that is not in the reference, no stamp: two values each."""
    lines = [
        "2025-06-01 00:00,B1,1,5,x",
        "2025-06-01 00:00,??,1,5,x",
        "2025-06-01 00:00,X77,1,,x",
        "?,B1,1,5,x",
    ]
    text = "time,id,p,soc,more\n" + "\n".join(lines)
    assert counts(cleaned(blocks(), text)) == {"in": 6, "loaded": 2, "rejected": 4}
    assert surveyed(delivered(text), blocks()).unstamped_values == 2


OWN_NAMES = [
    "interval_start_utc",
    "time_rule",
    "is_merged",
    "device_id",
    "file",
    "priority",
    "revision",
    "quality",
    "unit",
    "_wall",
    "_file",
    "_kW",
    "rule",
    "",
]


@pytest.mark.parametrize("name", OWN_NAMES)
def test_a_source_may_call_its_columns_as_it_likes(name):
    """A stamp, a tag, a device and a column nobody knows."""
    stamped = cleaned(wide(time=hours(columns=[name])), f"{name},GRID\n2025-06-01 00:00,1000")
    assert values(stamped, "grid", "grid_mw") == {"00:00": 1.0}
    tagged = cleaned(wide(GRID | {"tag": name}), f"time,{name}\n2025-06-01 00:00,1000")
    assert values(tagged, "grid", "grid_mw") == {"00:00": 1.0}
    feed = blocks(layout={"kind": "per_device", "device": name})
    owned = cleaned(feed, f"time,{name},p,soc\n2025-06-01 00:00,B1,1000,5")
    assert values(owned, "batteries", "battery_mw") == {"00:00": 1.0}
    beside = cleaned(wide(), f"time,GRID,{name}\n2025-06-01 00:00,1000,x\n2025-06-01 01:00,y,x")
    assert (None, None, "unknown_column", name) in told(beside)
    assert beside.rejected["raw"].to_list() == ["2025-06-01 01:00,y,x"]


def test_a_record_without_a_stamp_is_shown_as_delivered_whatever_its_columns_are_called():
    text = "interval_start_utc,_wall,GRID\nyesterday,x,1000\n2025-06-01 00:00,x,1000"
    extent = surveyed(delivered(text), wide(time=hours(columns=["interval_start_utc"])))
    assert extent.unstamped["raw"].to_list() == ["yesterday,x,1000"]
    assert extent.days[0].first == datetime(2025, 6, 1)
