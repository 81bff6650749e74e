"""What a person meets who lands Parquet."""

import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.campus.refusal import Refusal
from pipelines.readers import read
from pipelines.readers.parquet import _as_text


def packed(**columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, write_page_checksum=True)
    return buffer.getvalue()


@pytest.fixture
def reading_parquet(reading):
    return lambda content, **parts: reading(content, format="parquet", **parts)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (
            pa.array([1.5, 0.1, 1e-7, None, float("nan"), float("inf")]),
            ["1.5", "0.1", "1e-7", None, "NaN", "inf"],
        ),
        (pa.array([0.1, 16777216.0], pa.float32()), ["0.1", "16777216.0"]),
        (pa.array([2**63 - 1, -1]), ["9223372036854775807", "-1"]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (
            pa.array([Decimal("0.0000005"), Decimal("-12345678901.1234567")]),
            ["0.0000005", "-12345678901.1234567"],
        ),
        (pa.array(["", None, " x "]), ["", None, " x "]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([True, None, False]), ["true", None, "false"]),
        (pa.array([date(2025, 11, 2)]), ["2025-11-02"]),
        (pa.array([1], pa.timestamp("ns")), ["1970-01-01T00:00:00.000000001"]),
        (pa.array([1_762_063_200_000], pa.timestamp("ms")), ["2025-11-02T06:00:00"]),
        (pa.array([datetime(2025, 11, 2, 6, tzinfo=UTC)]), ["2025-11-02T06:00:00+00:00"]),
        (pa.array([1_762_063_200_000], pa.timestamp("ms", "America/Chicago")), ["2025-11-02T01:00:00-05:00"]),
        (pa.array([None, None], pa.null()), [None, None]),
        (pa.array([1_748_736_000_000], pa.timestamp("ms", "+05:30")), ["2025-06-01T05:30:00+05:30"]),
        (pa.array([1_748_736_000_000], pa.timestamp("ms", "-0800")), ["2025-05-31T16:00:00-08:00"]),
        (pa.array([5, None], pa.time64("us")), ["00:00:00.000005", None]),
    ],
)
def test_values_become_their_exact_text(reading_parquet, values, texts):
    table = reading_parquet(packed(t=pa.array(["x"] * len(values)), kw=values))
    assert table.frame.schema == {"row_number": pl.Int64, "t": pl.String, "kw": pl.String}
    assert table.frame["kw"].to_list() == texts
    assert table.frame["row_number"].to_list() == list(range(1, len(texts) + 1))


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([2**63 - 1, None, 0], pa.timestamp("us")), [str(2**63 - 1), None, "1970-01-01T00:00:00"]),
        (pa.array([2**60, -(2**62)], pa.timestamp("ms")), [str(2**60), str(-(2**62))]),
        (pa.array([2**63 - 1], pa.timestamp("us", "America/Chicago")), [str(2**63 - 1)]),
        (pa.array([2**63 - 1], pa.timestamp("us", "+05:30")), [str(2**63 - 1)]),
        (pa.array([2**31 - 1, 0], pa.int32()).cast(pa.date32()), [str(2**31 - 1), "1970-01-01"]),
    ],
)
def test_a_stamp_that_no_calendar_has_becomes_the_integer_that_the_file_holds(reading_parquet, values, texts):
    """So that cleaning rejects the one record, with its raw text."""
    assert reading_parquet(packed(t=values, kw=pa.array([1.0] * len(values)))).frame["t"].to_list() == texts


def test_a_zone_that_nobody_knows_refuses_the_file_and_names_the_column(reading_parquet):
    content = packed(t=pa.array([0], pa.timestamp("us", "Mars/Base")), kw=pa.array([1.0]))
    with pytest.raises(Refusal, match=r"column_without_text: the column 't' holds .*Mars/Base"):
        reading_parquet(content)


@given(st.lists(st.floats(allow_nan=False)))
def test_the_text_of_a_float_reads_back_as_the_same_float(values):
    assert [float(text) for text in _as_text(pl.Series(values, dtype=pl.Float64))] == values


def test_columns_gives_only_these(reading_parquet):
    content = packed(t=pa.array(["a", "b"]), kw=pa.array([1, 2]))
    assert reading_parquet(content, columns=["kw"]).frame.rows() == [(1, "1"), (2, "2")]
    assert reading_parquet(content, columns=[]).frame.rows() == [(1,), (2,)]


def test_a_file_without_rows_is_allowed(reading_parquet):
    assert reading_parquet(packed(t=pa.array([], pa.string()), kw=pa.array([], pa.int64()))).frame.height == 0


def test_missing_and_duplicated_columns_refuse_the_file(reading_parquet):
    with pytest.raises(Refusal, match="missing: 'kw'; unexpected: 'power'"):
        reading_parquet(packed(t=pa.array(["a"]), power=pa.array([1])))
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array([1])] * 3, names=["t", "kw", "kw"]), buffer)
    with pytest.raises(Refusal, match="duplicate_column"):
        reading_parquet(buffer.getvalue())


def test_nested_columns_refuse_the_file_unless_ignored(reading_parquet):
    content = packed(t=pa.array(["a"]), kw=pa.array([1]), cells=pa.array([[1, 2]]))
    with pytest.raises(Refusal, match="column_without_text: the column 'cells'"):
        reading_parquet(content)
    with pytest.raises(Refusal, match="column_without_text: the column 'kw' holds binary"):
        reading_parquet(packed(t=pa.array(["a"]), kw=pa.array([b"1"])))
    assert reading_parquet(content, ignore=["cells"]).frame.columns == ["row_number", "t", "kw"]


def test_a_file_with_too_many_values_is_refused(reading_parquet, monkeypatch):
    monkeypatch.setattr("pipelines.readers.parquet.MAX_CELLS", 3)
    with pytest.raises(Refusal, match="archive_bomb: the file has 2 rows"):
        reading_parquet(packed(t=pa.array(["a", "b"]), kw=pa.array([1, 2])))


@pytest.mark.parametrize("content", [b"t,kw\n1,2\n", b"PAR1", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused(reading_parquet, content):
    with pytest.raises(Refusal, match="parquet_unreadable"):
        reading_parquet(content)


def test_an_empty_file_is_refused(reading_parquet):
    with pytest.raises(Refusal, match="empty_file"):
        reading_parquet(b"")


def test_a_damaged_file_is_refused_or_reads_the_same(reading_parquet):
    content = packed(t=pa.array([str(i) for i in range(500)]), kw=pa.array([i / 7 for i in range(500)]))
    whole, chance, refused = reading_parquet(content).frame, random.Random(3), 0
    end = len(content) - int.from_bytes(content[-8:-4], "little") - 8
    for _ in range(40):
        damaged = bytearray(content)
        damaged[chance.randrange(4, end)] ^= 1 << chance.randrange(8)
        try:
            assert reading_parquet(bytes(damaged)).frame.equals(whole)
        except Refusal:
            refused += 1
    assert refused > 35


def test_the_samples(samples, contract):
    good = read(samples / "parquet" / "good.parquet", contract(format="parquet"))
    assert good.frame.rows() == [
        (1, "2025-11-02T00:00:00+00:00", "-961.5"),
        (2, "2025-11-02T00:00:05+00:00", None),
        (3, "2025-11-02T00:00:10+00:00", "0.1"),
    ]
    with pytest.raises(Refusal, match="parquet_unreadable"):
        read(samples / "parquet" / "broken.parquet", contract(format="parquet"))
