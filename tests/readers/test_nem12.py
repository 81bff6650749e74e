"""What a person meets who lands interval meter data of the Australian market."""

import pytest
from pydantic import ValidationError

from pipelines.campus.refusal import Refusal
from pipelines.readers import read

FEED = {
    "format": "nem12",
    "time": {"columns": ["stamp"], "clock": "+10:00", "interval": "6h"},
    "layout": {"kind": "long", "tag": "stream", "value": "value", "unit": "unit", "quality": "quality"},
    "quality": {"A": "good"},
}
HEAD = b"100,NEM12,202511030012,A,B\n"
STREAM = b"200,NX1,E1,1,E1,N1,M1,kWh,360,\n"


@pytest.fixture
def reading_days(reading):
    return lambda content, **parts: reading(content, **FEED | parts)


def test_the_good_sample(samples, contract):
    table = read(samples / "nem12" / "good.csv", contract(**FEED))
    first, second, third = "2025-11-01T00:00:00", "2025-11-01T06:00:00", "2025-11-01T12:00:00"
    assert table.frame.rows() == [
        (3, "NX00000001.E1", first, "1.250", "kWh", "A", None, "20251102010203"),
        (3, "NX00000001.E1", second, "0", "kWh", "A", None, "20251102010203"),
        (3, "NX00000001.E1", third, "12.5", "kWh", "A", None, "20251102010203"),
        (3, "NX00000001.E1", "2025-11-01T18:00:00", "3", "kWh", "A", None, "20251102010203"),
        (4, "NX00000001.E1", "2025-11-02T00:00:00", "1", "kWh", "A", None, "20251103010203"),
        (4, "NX00000001.E1", "2025-11-02T06:00:00", "2", "kWh", "A", None, "20251103010203"),
        (4, "NX00000001.E1", "2025-11-02T12:00:00", "3", "kWh", "S", "14", "20251103010203"),
        (4, "NX00000001.E1", "2025-11-02T18:00:00", "4", "kWh", "N", None, "20251103010203"),
        (9, "NX00000001.B1", first, "0", "KWH", "F", "55", None),
        (9, "NX00000001.B1", second, "", "KWH", "F", "55", None),
        (9, "NX00000001.B1", third, "0.5", "KWH", "F", "55", None),
        (9, "NX00000001.B1", "2025-11-01T18:00:00", "0", "KWH", "F", "55", None),
        (12, "NX00000002.Q1", first, "7", "kvarh", "E", "52", "20251102010203"),
        (12, "NX00000002.Q1", second, "8", "kvarh", "E", "52", "20251102010203"),
        (12, "NX00000002.Q1", third, "9", "kvarh", "E", "52", "20251102010203"),
        (12, "NX00000002.Q1", "2025-11-01T18:00:00", "10", "kvarh", "E", "52", "20251102010203"),
    ]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 11, ())


def test_every_defect_of_the_broken_sample_is_named_at_its_line(samples, contract):
    table = read(samples / "nem12" / "broken.csv", contract(**FEED))
    assert table.rejected.select("row_number", "rule", "reason").rows() == [
        (3, "value_count", "the record has 3 values; intervals of 360 min make 4"),
        (4, "value_count", "no quality flag stands behind the values: the record may have been cut"),
        (6, "unit_missing", "the 200 record in line 5 names no unit for NX00000001.V1"),
        (
            8,
            "bad_interval",
            "the 200 record in line 7 has the interval '7': no minutes that divide a day",
        ),
        (
            10,
            "other_interval",
            "stream NX00000001.E1 has intervals of 720 min, the feed 21600 s: land the file also in a feed "
            "with `interval: 720min`, and ignore 'NX00000001.E1@720min' here",
        ),
        (12, "bad_timestamp", "the day '20251131' does not exist"),
        (13, "quality_ranges", "the 400 record in line 15 says 4 to 4 where 3 to at most 4 is due"),
        (16, "quality_ranges", "400 records follow though the quality is A, not V"),
        (18, "unknown_record", "a record 'Meter data of NX0000' has no place here"),
        (19, "no_stream", "no sound 200 record above says which stream the values are of"),
    ]
    assert table.frame["row_number"].to_list() == [21] * 4
    assert table.frame["value"].to_list() == ["1", "x", "3", "4"], "whether x is a number is not asked here"
    assert table.skipped == 22 - 1 - 10


def test_a_day_goes_on_only_where_its_line_breaks_at_a_comma(reading_days):
    def values(*lines: bytes) -> tuple[list[str], list[str]]:
        table = reading_days(HEAD + STREAM + b"\n".join(lines) + b"\n900\n")
        return table.frame["value"].to_list(), table.rejected["rule"].to_list()

    assert values(b"300,20251101,1,", b"2,3,", b"4,A,,,") == (["1", "2", "3", "4"], [])
    assert values(b"300,20251101,1,2", b",3,4,A,,,") == ([], ["value_count", "unknown_record"])
    assert values(b"300,20251101,1,2,", b",3,4,A,,,") == ([], ["value_count", "unknown_record"])
    assert values(b"300,A") == values(b"300,20251101,A") == ([], ["value_count"])
    assert values(b"300,20251101,1,2,", b"3,A,,,") == ([], ["value_count"])
    assert values(b"300,20251101,1,2,3,4,A,,,", b"5,6,7,8,A,,,")[1] == ["unknown_record"]
    assert values(b"300,20251101,1,2,", b"300,4,A,,,")[1] == ["value_count", "value_count"]


def test_a_line_that_is_no_text_leaves_the_stream_unknown(reading_days):
    day = b"300,20251101,1,2,3,4,A,,,\n"
    table = reading_days(
        HEAD + STREAM + b"20\xff,NX2,E1,1,E1,N1,M1,kWh,360,\n" + day + STREAM + day + b"900\n"
    )
    assert table.rejected.select("row_number", "rule").rows() == [(3, "invalid_encoding"), (4, "no_stream")]
    assert table.frame["row_number"].to_list() == [6] * 4


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (HEAD + STREAM + b"300,20251101,1,2,3,4,A,,,\n", "missing_end_record"),
        (HEAD + b"900\n" + STREAM, "missing_end_record"),
        (b"time,kw\n2025-11-01,4\n", "missing_end_record"),
        (b"100,NEM13,202511030012,A,B\n900\n", "accumulated_reads"),
        (b"250,NX1,1141,1,11,11,M1,E,000888\n900\n", "accumulated_reads"),
        (b"100,MTRD,202511030012,A,B\n900\n", "other_format"),
    ],
)
def test_a_file_is_refused_by_name(reading_days, content, rule):
    with pytest.raises(Refusal) as refusal:
        reading_days(content)
    assert refusal.value.rule == rule


def test_what_lacks_a_first_record_or_has_two_last_ones_is_read_and_said(reading_days):
    block = b"\n" + STREAM + b"300,20251101,1,2,3,4,A,,,\n900\n"
    table = reading_days(block + block)
    assert table.remarks == ("missing_header_record", "several_end_records")
    assert table.frame["row_number"].to_list() == [3] * 4 + [7] * 4


def test_a_file_without_days_is_empty_not_wrong(reading_days):
    table = reading_days(HEAD + b"900\n")
    assert (table.frame.height, table.rejected.height, table.skipped) == (0, 0, 2)


@pytest.mark.parametrize("pattern", [r"NX1\.E1", r"NX1\.E1@12h", r".*@720min"])
def test_a_stream_is_ignored_by_its_name_or_with_its_interval(reading_days, pattern):
    other = STREAM.replace(b"360", b"720")
    table = reading_days(
        HEAD + STREAM + b"300,20251101,1,2,3,4,A,,,\n" + other + b"300,20251102,5,6,A,,,\n900\n",
        ignore=[pattern],
    )
    kept = {r"NX1\.E1": ([], []), r"NX1\.E1@12h": ([3], [5]), r".*@720min": ([3], [])}[pattern]
    assert (sorted({*table.frame["row_number"]}), table.rejected["row_number"].to_list()) == kept
    assert table.skipped == 6 - sum(map(len, kept))


def test_columns_gives_only_these(reading_days):
    table = reading_days(HEAD + STREAM + b"300,20251101,1,2,3,4,A,,,\n900\n", columns=["value", "absent"])
    assert table.frame.columns == ["row_number", "value"]


def test_a_start_is_not_declared_where_every_day_has_its_date(contract):
    time = {"declared_start": "2025-11-01T00:00:00", "clock": "+10:00", "interval": "6h"}
    with pytest.raises(ValidationError, match="every record of nem12 has its time: name `columns`"):
        contract(**FEED | {"time": time})


@pytest.mark.parametrize("clock", ["UTC", "Australia/Sydney"])
def test_the_clock_of_the_market_is_never_left_to_a_default(contract, clock):
    with pytest.raises(ValidationError, match="format nem12 is in market time without daylight saving"):
        contract(**FEED | {"time": {"columns": ["stamp"], "clock": clock, "interval": "6h"}})


def test_a_contract_that_asks_for_other_columns_is_told_which_there_are(reading_days):
    with pytest.raises(Refusal, match="missing: 'time'; unexpected: 'stamp'"):
        reading_days(HEAD + b"900\n", time={"columns": ["time"], "clock": "+10:00", "interval": "6h"})
