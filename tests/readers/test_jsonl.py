"""What a person meets who lands JSON Lines."""

import polars as pl
import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read


@pytest.fixture
def reading_lines(reading):
    return lambda content, **parts: reading(content, format="jsonl", **parts)


def test_numbers_keep_the_digits_they_were_written_with(reading_lines):
    table = reading_lines(
        b'{"t": 1, "kw": 0.10000000000000000001}\n{"t": 1e3, "kw": -0}\n{"t": "x", "kw": NaN}\n'
    )
    assert table.frame.schema == {"row_number": pl.Int64, "t": pl.String, "kw": pl.String}
    assert table.frame.rows() == [(1, "1", "0.10000000000000000001"), (2, "1e3", "-0"), (3, "x", "NaN")]


def test_null_absent_and_empty_stay_apart(reading_lines):
    table = reading_lines(b'{"t": "a", "kw": null}\n{"t": "b"}\n\n{"t": "c", "kw": "", "on": true}')
    assert table.frame.rows() == [(1, "a", None, None), (2, "b", None, None), (4, "c", "", "true")]
    assert table.skipped == 1


@pytest.mark.parametrize(
    ("line", "rule", "reason"),
    [
        (b'{"t": 1, "kw": ', "invalid_json", "the line is not JSON: Expecting value at character 16"),
        (b"[1, 2]", "invalid_json", "the line is not an object"),
        (b"12", "invalid_json", "the line is not an object"),
        (b'{"t": {"a": 1}}', "nested_value", "the value of 't' is an object or a list"),
        (b'{"t": []}', "nested_value", "the value of 't' is an object or a list"),
        (b'{"t":' + b"[" * 100_000, "nested_value", "the line is nested too deeply"),
        (b'{"t": 1, "t": 2}', "duplicate_key", "an object has the key 't' twice"),
        (b'{"t": "\\u0000"}', "control_character", "the value of 't' holds a NUL"),
        (
            b'{"t": "\\ud800"}',
            "invalid_encoding",
            "the value of 't' holds half a character (a lone surrogate)",
        ),
    ],
)
def test_a_line_that_is_no_flat_object_is_rejected(reading_lines, line, rule, reason):
    table = reading_lines(b'{"t": 0, "kw": 0}\n' + line + b'\n{"t": 9, "kw": 9}\n')
    assert table.frame["row_number"].to_list() == [1, 3]
    assert table.rejected.rows() == [(2, rule, reason, line.decode())]


def test_a_key_without_a_name_is_a_column(reading_lines):
    assert reading_lines(b'{"t": 1, "kw": 2, "": 3}\n').frame.rows() == [(1, "1", "2", "3")]


def test_invalid_utf8_is_rejected(reading_lines):
    table = reading_lines(b'{"t": 0, "kw": 0}\n{"t": "\xe9"}\n')
    assert table.rejected.select("row_number", "rule").rows() == [(2, "invalid_encoding")]


def test_columns_gives_only_these(reading_lines):
    table = reading_lines(b'{"t": 0, "kw": 1}\n{"x": 2}\n', columns=["t"])
    assert table.frame.rows() == [(1, "0"), (2, None)]


def test_keys_that_no_line_has_refuse_the_file(reading_lines):
    with pytest.raises(Refusal, match="missing: 'kw'; unexpected: 'power'"):
        reading_lines(b'{"t": 1, "power": 2}\n')


def test_a_file_whose_every_line_is_rejected_still_has_its_columns(reading_lines):
    table = reading_lines(b"not json\n")
    assert (table.frame.columns, table.frame.height) == (["row_number", "t", "kw"], 0)
    assert table.rejected.height == 1


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_refused(reading_lines, content):
    with pytest.raises(Refusal, match="empty_file"):
        reading_lines(content)


def test_more_lines_than_a_batch_keep_their_numbers(reading_lines):
    content = b"".join(b'{"t": %d, "kw": 0%s}\n' % (i, b', "late": 1' * (i > 41_000)) for i in range(42_000))
    frame = reading_lines(content).frame
    assert (frame["row_number"] == pl.int_range(1, 42_001, eager=True)).all()
    assert frame["late"].null_count() == 41_001


def test_the_samples(samples, contract):
    good = read(samples / "jsonl" / "good.jsonl", contract(format="jsonl"))
    assert good.frame.rows() == [
        (1, "2025-11-02T00:00:00Z", "-961.50", None),
        (2, "2025-11-02T00:00:05Z", None, None),
        (3, "2025-11-02T00:00:10Z", "1.2E+3", "island"),
    ]
    broken = read(samples / "jsonl" / "broken.jsonl", contract(format="jsonl"))
    assert broken.frame["row_number"].to_list() == [1]
    assert broken.rejected.select("row_number", "rule").rows() == [(2, "nested_value"), (3, "invalid_json")]
