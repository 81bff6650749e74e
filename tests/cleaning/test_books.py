"""Every record and every value ends in exactly one pile, and the piles add up."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaError

from pipelines.cleaning import books
from pipelines.cleaning.gate import pass_gate
from pipelines.kinds import KINDS
from tests.cleaning.samples import cleaned, contract, delivered, surveyed

WIDE = """
feed: scada
site: m1
description: wide
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: wide}
ignore: [comment]
tags:
  - {tag: GRID, device: grid-a, column: grid_mw, unit: kW}
  - {tag: G1, device: gt-01, column: gross_mw, unit: MW}
  - {tag: G2, device: gt-02, column: gross_mw, unit: MW}
"""


def account(result) -> dict[str, int]:
    """The one line of the account book, without keys."""
    return {
        name: value for name, value in result.accounts.row(0, named=True).items() if isinstance(value, int)
    }


def test_a_wide_record_is_loaded_if_any_of_its_values_is():
    records = ("2025-06-01 00:00,1000,x,,hello", "2025-06-01 01:00,y,x,,", "2025-06-01 00:00,1000,,,")
    text = "\n".join(["time,GRID,G1,G2,comment", *records])
    assert account(cleaned(contract(WIDE), text)) == {
        "rows_in": 3,
        "rows_loaded": 1,
        "rows_rejected": 1,
        "rows_duplicate": 1,
        "values_in": 9,
        "values_loaded": 1,
        "values_null": 4,
        "values_nulled": 0,
        "values_duplicate": 1,
        "values_rejected": 3,
    }


def test_in_layout_long_every_value_is_a_record_also_where_a_line_holds_many():
    """A line with a value of each of three hours: one good, one refused, one of the next UTC day."""
    text = "tag,time,value\nGRID,2025-06-01 22:00,1000\nGRID,2025-06-01 23:00,x\nGRID,2025-06-02 00:00,2000"
    file = delivered(text)
    line = replace(file, rows=file.rows.with_columns(pl.lit(7, pl.Int64).alias("row_number")))
    result = cleaned(contract(), line)
    assert surveyed(line, contract()).rows_in == 3
    columns = ("utc_date", "rows_in", "rows_loaded", "rows_rejected")
    assert result.accounts.select(columns).rows() == [
        (date(2025, 6, 1), 2, 1, 1),
        (date(2025, 6, 2), 1, 1, 0),
    ]
    assert result.rejected.select("row_number", "rule", "raw").rows() == [
        (7, "not_a_number", "GRID,2025-06-01 23:00,x")
    ]
    by_day = [cleaned(contract(), line, days=[day]).accounts for day in surveyed(line, contract()).dates]
    assert pl.concat(by_day).equals(result.accounts)


def test_a_column_that_the_contract_does_not_name_is_said_once():
    text = "time,GRID,G1,G2,NEW\n2025-06-01 00:00,1,2,3,4\n2025-06-01 01:00,1,2,3,4"
    found = cleaned(contract(WIDE), text).findings
    assert found.select("rule", "action", "raw_value").rows() == [("unknown_column", "kept", "NEW")]


def test_what_the_reader_noticed_about_a_file_is_said_once():
    file = replace(delivered("tag,time,value\nGRID,2025-06-01 00:00,1"), remarks=("no_final_newline",))
    found = cleaned(contract(), file).findings
    assert found.select("rule", "action", "utc_date").rows() == [
        ("no_final_newline", "kept", date(2025, 6, 1))
    ]


def test_an_unknown_tag_is_refused_as_delivered():
    result = cleaned(contract(), "tag,time,value\nGRID,2025-06-01 00:00,1\nGIRD,2025-06-01 00:00,1")
    assert result.rejected.select("rule", "raw").rows() == [("unknown_tag", "GIRD,2025-06-01 00:00,1")]


def test_an_ignored_tag_is_no_record_of_the_feed():
    feed = contract(ignore=["WIND.*"])
    file = delivered("tag,time,value\nGRID,2025-06-01 00:00,1\nWIND1,2025-06-01 00:00,1")
    assert surveyed(file, feed).rows_in == 1
    assert account(cleaned(feed, file))["rows_in"] == 1


def test_books_that_do_not_add_up_stop_the_run():
    book = cleaned(contract(), "tag,time,value\nGRID,2025-06-01 00:00,1").accounts
    with pytest.raises(books.AccountsDoNotAddUp):
        books.check(book.with_columns(pl.col("rows_loaded") + 1))
    with pytest.raises(books.AccountsDoNotAddUp):
        books.check(book.with_columns(pl.col("values_null") + 1))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e9])
def test_the_gate_refuses_what_no_rule_should_let_pass(bad):
    readings = (
        cleaned(contract(), "tag,time,value\nGRID,2025-06-01 00:00,1").readings["grid"].drop("utc_date")
    )
    with pytest.raises(SchemaError):
        pass_gate(KINDS["grid"], readings.with_columns(pl.lit(bad).alias("grid_mw")))


def test_the_gate_refuses_doubled_keys_and_lazy_frames():
    readings = (
        cleaned(contract(), "tag,time,value\nGRID,2025-06-01 00:00,1").readings["grid"].drop("utc_date")
    )
    with pytest.raises(SchemaError):
        pass_gate(KINDS["grid"], pl.concat([readings, readings]))
    with pytest.raises(TypeError):
        pass_gate(KINDS["grid"], readings.lazy())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GRID", "GT01.MW", "GT02.NOX", "??"]),
            st.integers(0, 4),
            st.sampled_from(["1", "2", "", "x", "nan", "1e12", "-7"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_a_file_holds_its_accounts_add_up(records):
    lines = [f"{tag},2025-06-01 0{hour}:00,{value}" for tag, hour, value in records]
    result = cleaned(contract(), "tag,time,value\n" + "\n".join(lines))
    counts = account(result)
    assert counts["rows_in"] == len(records)
    assert counts["rows_loaded"] + counts["rows_rejected"] + counts["rows_duplicate"] == len(records)
    assert counts["rows_rejected"] == result.rejected.height
    loaded = sum(
        frame.select(pl.col(column.name).count()).item()
        for kind, frame in result.readings.items()
        for column in KINDS[kind].columns
    )
    assert counts["values_loaded"] == loaded
