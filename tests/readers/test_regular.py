"""The fast way, the careful way and Python's csv module agree on any table."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from pipelines.campus.refusal import Refusal
from pipelines.readers import read_again
from pipelines.readers.delimited import read, read_any
from pipelines.readers.regular import read_regular
from pipelines.readers.text import open_text

plain_cells = st.text(st.sampled_from("ab0.5 -é€'#"), max_size=6)
any_cells = st.text(st.sampled_from('ab0,.;" \n\té'), max_size=6)


def tables(cells):
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12)
    )


def written(table, delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL):
    width = len(table[0]) if table else 2
    names = ["t", "kw", "x", "y", "z"][:width]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([names, *table])
    return buffer.getvalue().encode()


def by_csv_module(content, delimiter=","):
    """(number of the record, cells) of every record behind the header."""
    records = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter)
    return [(number, *cells) for number, cells in enumerate(records, 1) if number > 1]


def both_ways(content, contract, columns=None):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blob"
        path.write_bytes(content)
        with open_text(path, "utf-8") as text:
            return read_regular(text, contract, columns), read_any(text, contract, columns)


@settings(max_examples=150, deadline=None)
@given(table=tables(plain_cells), end=st.sampled_from(["\n", "\r\n"]), delimiter=st.sampled_from(",;\t|"))
def test_regular_tables_take_the_fast_way_and_agree(contract, table, end, delimiter):
    content = written(table, delimiter, end)
    fast, careful = both_ways(content, contract(dialect={"delimiter": delimiter}))
    assert fast is not None
    assert fast.frame.equals(careful.frame)
    assert fast.frame.rows() == by_csv_module(content, delimiter)
    assert (fast.skipped, careful.skipped, careful.rejected.height) == (1, 1, 0)


@settings(max_examples=150, deadline=None)
@given(
    table=tables(any_cells),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_quoted_tables_agree_with_the_csv_module(contract, table, end, quoting):
    content = written(table, ",", end, quoting)
    fast, careful = both_ways(content, contract())
    assert careful.frame.rows() == by_csv_module(content)
    assert (careful.skipped, careful.rejected.height) == (1, 0)
    if fast is not None:
        assert fast.frame.equals(careful.frame)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a1,"\n\r\0é '), max_size=40).map(str.encode), st.binary(max_size=3))
def test_any_bytes_are_accounted_for_the_same_way(contract, content, tail):
    """Every record is a row, rejected or skipped, once; the fast way only ever agrees."""
    dialect = {"header": False, "names": ["t", "kw"]}
    try:
        fast, careful = both_ways(b"1,2\n" + content + tail, contract(dialect=dialect))
    except Refusal:
        event("refused")
        return
    numbers = sorted(careful.frame["row_number"].to_list() + careful.rejected["row_number"].to_list())
    assert len(set(numbers)) == len(numbers)
    assert careful.frame.height + careful.rejected.height + careful.skipped >= max(numbers)
    if fast is not None:
        assert fast.frame.equals(careful.frame)
        assert careful.rejected.is_empty()


@settings(max_examples=50, deadline=None)
@given(table=tables(any_cells), columns=st.sets(st.sampled_from(["t", "kw", "x", "y"])))
def test_a_projection_is_the_columns_of_the_whole(contract, table, columns):
    content = written(table)
    for part, whole in zip(
        both_ways(content, contract(), columns), both_ways(content, contract()), strict=True
    ):
        if whole is not None and part is not None:
            kept = [name for name in whole.frame.columns if name in columns]
            assert part.frame.equals(whole.frame.select("row_number", *kept))


@settings(max_examples=50, deadline=None)
@given(table=tables(any_cells), data=st.data())
def test_records_read_again_are_those_of_the_whole(contract, table, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blob"
        path.write_bytes(written(table))
        whole = read(path, contract()).frame
        assume(whole.height)
        numbers = sorted(data.draw(st.sets(st.sampled_from(whole["row_number"].to_list()), min_size=1)))
        again = read_again(path, contract(), numbers)
    assert again.equals(whole.filter(pl.col("row_number").is_in(numbers)))


@pytest.mark.parametrize(
    "line", [b"1\n", b"1,2,3\n", b"\n", b'"1,2"\n', b"1,\xff\n", b"1,\0\n", b"1,2\r\r\n"]
)
@pytest.mark.parametrize("before", [1, 30_000])
def test_one_odd_line_anywhere_is_never_taken_for_regular(contract, tmp_path, line, before):
    (tmp_path / "blob").write_bytes(b"t,kw\n" + b"2025-11-02,1.25\n" * before + line + b"3,4\n" * before)
    with open_text(tmp_path / "blob", "utf-8") as text:
        assert read_regular(text, contract(), None) is None
    table = read(tmp_path / "blob", contract())
    assert table.frame.height == 2 * before
    assert table.rejected.height + table.skipped == 2


def test_a_large_table_keeps_its_order_and_numbers(contract, tmp_path):
    rows = 200_000
    pl.select(t=pl.int_range(rows), kw=pl.int_range(rows) * 7).write_csv(tmp_path / "blob")
    frame = read(tmp_path / "blob", contract()).frame
    assert frame["row_number"].to_list() == list(range(2, rows + 2))
    assert frame["kw"].to_list() == [str(7 * row) for row in range(rows)]
