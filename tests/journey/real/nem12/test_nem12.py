"""The public NEM12 examples: what is in each file is read, or refused for the reason that a reader sees."""

import csv
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import read

FEEDS = Path(__file__).parent / "reference" / "feeds"
MARKET_TIME = timedelta(hours=10)
CUT = ("no_final_newline",)
TWO_BLOCKS = (*CUT, "missing_header_record", "several_end_records")

READ: dict[str, tuple[int, dict[int, str], tuple[str, ...]]] = {
    "Example_NEM12_15min_200_30min_300.csv": (15, {3: "value_count"}, ()),
    "Example_NEM12_15min_200_30min_400.csv": (15, {3: "quality_ranges"}, ()),
    "Example_NEM12_30min_200_15min_300.csv": (30, {3: "value_count"}, ()),
    "Example_NEM12_30min_200_15min_400.csv": (30, {3: "value_count"}, ()),
    "Example_NEM12_ManyNMIs.zip": (5, {}, ()),
    "Example_NEM12_actual_interval.csv": (30, {}, ()),
    "Example_NEM12_different_interval_length.csv": (30, {7: "unit_missing"}, ()),
    "Example_NEM12_empty.csv": (30, {}, ()),
    "Example_NEM12_incomplete_interval.csv": (30, {3: "value_count"}, ()),
    "Example_NEM12_missing_header.csv": (30, {}, ("missing_header_record",)),
    "Example_NEM12_month_solar.csv": (5, {}, ()),
    "Example_NEM12_multiple_meters.csv": (15, {}, CUT),
    "Example_NEM12_multiple_quality.csv": (30, {}, ()),
    "Example_NEM12_no_scheduled_read.csv": (15, {}, CUT),
    "Example_NEM12_partialchannel.csv": (5, {}, ()),
    "Example_NEM12_powercor.csv": (30, {}, TWO_BLOCKS),
    "Example_NEM12_powercor.csv.zip": (30, {}, TWO_BLOCKS),
    "Example_NEM12_powercor_missing_fields.csv": (30, {}, TWO_BLOCKS),
    "Example_NEM12_substituted_interval.csv": (30, {}, ()),
    "Example_NEM12_upper_case_units.csv": (30, {}, ()),
    "Example_WesternPower.csv": (30, {}, CUT),
    "Example_different_intervals.zip": (30, {7: "unit_missing"}, ()),
    "NEM12#000000000000002#CNRGYMDP#NEMMCO.zip": (30, {}, ()),
    "NEM12#000000000000003#CNRGYMDP#NEMMCO.zip": (30, {}, ()),
    "NEM12#000000000000005#CNRGYMDP#NEMMCO.zip": (30, {3: "other_interval", 5: "other_interval"}, ()),
    "NEM12#000000000000009#CNRGYMDP#NEMMCO.zip": (30, {}, ()),
    "NEM12#02030_05030501#WBAYM#NEMMCO.zip": (30, {}, ()),
    "NEM12#NEM1202025Scenario2#GLOBALM#NEMMCO.ZIP": (15, {}, ()),
    "NEM12#NEM1208145Scenario8#GLOBALM#NEMMCO.ZIP": (15, {}, ()),
    "NEM12#NEM1210185Scenario10v4#GLOBALM#NEMMCO.ZIP": (15, {}, ()),
    "NEM12#SCENARIO305032701#ENERGEXM#NEMMCO.zip": (15, {}, ()),
    "NEM12#Scenario10#ETSAMDP#NEMMCO.zip": (30, {}, ()),
    "NEM12#mdffl0000000004#ACTEWM#NEMMCO.zip": (15, {}, ()),
    "nem12#S02#INTEGM#NEMMCO.zip": (15, {}, ()),
}
"""File → interval of the feed [min], lines that are refused and why, what is said about the file."""

REFUSED = {
    "Example_empty_file.csv": "empty_file",
    "Example_NEM13_consumption_data.csv": "accumulated_reads",
    "Example_NEM13_forward_estimate.csv": "accumulated_reads",
    "NEM13#000000000000015#CNRGYMDP#NEMMCO.zip": "accumulated_reads",
    "NEM13#Scenario18#ETSAMDP#NEMMCO.zip": "accumulated_reads",
    "nem13#12#INTEGM#NEMMCO.zip": "accumulated_reads",
}


def contract_of(minutes: int, **changes: object) -> Contract:
    """The contract of the 30-minute feed, for another interval and without what it ignores."""
    feed = read_yaml((FEEDS / "nem12_30min.yaml").read_text(encoding="utf-8"))
    feed["time"]["interval"] = f"{minutes}min"
    return Contract.model_validate(feed | {"ignore": []} | changes)


def readings_of(path: Path, minutes: int, refused: dict[int, str]) -> list[tuple[object, ...]]:
    """(line, stream, start by market time, value, unit, quality letter) by csv alone.

    A line that begins with no record number goes on where the one above ended.
    """
    content = path.read_bytes()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            content = archive.read(archive.namelist()[0])
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(content.decode("ascii").splitlines(), 1):
        goes_on = line and not re.match("[1-9]00(,|$)", line)
        lines.append((lines[-1][0], lines.pop()[1] + line) if goes_on else (number, line))
    days: list[tuple[int, list[str], list[str], list[str]]] = []
    for number, line in lines:
        record = next(csv.reader(io.StringIO(line)), [""])
        if record[0] == "200":
            stream = record
        elif record[0] == "300":
            letters = [record[2 + 1440 // minutes][0]] * (1440 // minutes) if number not in refused else []
            days.append((number, stream, record, letters))
        elif record[0] == "400" and days[-1][0] not in refused:
            first, last = int(record[1]), int(record[2])
            days[-1][3][first - 1 : last] = [record[3][0]] * (last - first + 1)
    return [
        (
            number,
            f"{stream[1]}.{stream[4]}",
            datetime.fromisoformat(record[1]) + place * timedelta(minutes=minutes),
            Decimal(record[2 + place]),
            stream[7],
            letter,
        )
        for number, stream, record, letters in days
        for place, letter in enumerate(letters)
    ]


@pytest.mark.parametrize("name", READ)
def test_an_example_is_read_value_for_value_but_for_the_lines_refused(name, exports):
    minutes, refused, remarks = READ[name]
    path = exports / "nem12_examples" / name
    table = read(path, contract_of(minutes))
    assert dict(table.rejected.select("row_number", "rule").rows()) == refused
    assert table.remarks == remarks
    rows = table.frame.select("row_number", "stream", "stamp", "value", "unit", "quality").rows()
    assert [
        (number, stream, datetime.fromisoformat(stamp), Decimal(value), unit, quality)
        for number, stream, stamp, value, unit, quality in rows
    ] == readings_of(path, minutes, refused)


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_without_interval_data_is_refused_by_name(name, exports):
    with pytest.raises(Refusal) as refusal:
        read(exports / "nem12_examples" / name, contract_of(30))
    assert refusal.value.rule == REFUSED[name]


def test_every_example_is_in_one_of_the_two_tables(exports):
    files = {path.name for path in (exports / "nem12_examples").iterdir()} - {"LICENSE"}
    assert files == {*READ, *REFUSED}
    assert len(files) == 40


SCOPE = Scope(date(2003, 12, 1), {"cccc123456": "grid", "nem1205082": "grid"})


def cleaned(path: Path, contract: Contract):
    """A file cleaned whole, and what its survey counted."""
    table = read(path, contract)
    received = datetime(2023, 1, 1)
    file = Delivered("a" * 64, path.name, received, 1, table.frame, table.rejected, table.remarks)
    extent = survey(file, contract, SCOPE)
    return clean_feed([file], contract, SCOPE, extent.dates), extent


def test_energy_of_half_hours_becomes_power_with_the_quality_of_its_range(exports):
    """Energy [kWh] of half an hour, times two, is kW. A and F14 and S14 alternate by the 400 records."""
    path = exports / "nem12_examples" / "Example_NEM12_multiple_quality.csv"
    result, extent = cleaned(path, contract_of(30))
    methods = {"A": "measured", "F": "substituted", "S": "substituted"}
    assert result.readings["grid"].select("interval_start_utc", "grid_mw", "method", "row_number").rows() == [
        (start - MARKET_TIME, float(value) / 500, methods[letter], number)
        for number, _, start, value, _, letter in readings_of(path, 30, {})
    ]
    assert extent.rows_in == result.accounts["rows_in"].sum() == result.accounts["rows_loaded"].sum() == 48
    assert result.accounts["utc_date"].to_list() == [date(2004, 4, 16), date(2004, 4, 17)]


def test_a_meter_whose_interval_changes_is_read_by_two_feeds_without_a_refusal(exports):
    path = exports / "nem12_examples" / "NEM12#000000000000005#CNRGYMDP#NEMMCO.zip"
    found = {}
    for minutes in (15, 30):
        feed = Contract.model_validate(read_yaml((FEEDS / f"nem12_{minutes}min.yaml").read_text("utf-8")))
        result, _ = cleaned(path, feed)
        assert result.rejected.is_empty()
        found[minutes] = result.readings["grid"]
    assert {minutes: frame.height for minutes, frame in found.items()} == {15: 2 * 96, 30: 2 * 48}
    assert found[15]["interval_start_utc"].max() < found[30]["interval_start_utc"].min()
    assert [frame["interval_s"].unique().to_list() for frame in found.values()] == [[900], [1800]]


def test_streams_that_no_tag_wants_are_counted_value_by_value(exports):
    path = exports / "nem12_examples" / "Example_NEM12_actual_interval.csv"
    result, extent = cleaned(path, contract_of(30))
    assert extent.rows_in == result.accounts["rows_rejected"].sum() == 96
    assert result.rejected["rule"].unique().to_list() == ["unknown_tag"]
    raw = "VABD000163.E1,2004-02-01T00:00:00,1.111,kWh,A,,20040202120025"
    assert result.rejected["raw"].to_list()[0] == raw
    assert result.rejected.height == 96
