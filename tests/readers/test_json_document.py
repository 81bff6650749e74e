"""What a person meets who lands a JSON document."""

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import json_document
from pipelines.readers.json_document import MAX_DEPTH, Number, load, written


@pytest.fixture
def loading(tmp_path):
    def run(content: bytes):
        path = tmp_path / "document.json"
        path.write_bytes(content)
        return load(path)

    return run


def test_a_number_and_a_text_of_the_same_digits_can_be_told_apart(loading):
    number, text = loading(b'[1.50, "1.50"]')
    assert number == text == "1.50"
    assert isinstance(number, Number)
    assert not isinstance(text, Number)


def test_a_number_is_the_text_it_was_written_as(loading):
    digits = "1" * 5_000
    document = loading(f"[0.10000000000000000001, -0, 1E+3, {digits}, NaN, -Infinity]".encode())
    assert document == ["0.10000000000000000001", "-0", "1E+3", digits, "NaN", "-Infinity"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_every_encoding_of_unicode_is_read(loading, encoding):
    assert loading('{"name": "Zürich"}'.encode(encoding)) == {"name": "Zürich"}


@pytest.mark.parametrize(
    ("content", "rule", "reason"),
    [
        (b"", "empty_file", "the file has no text"),
        (b" \r\n\t", "empty_file", "the file has no text"),
        (b"\xef\xbb\xbf", "empty_file", "the file has no text"),
        (
            b"TIMEOUT!",
            "invalid_json",
            "the file is not JSON: Expecting value at character 1; the file begins with 'TIMEOUT!'",
        ),
        (b"null", "no_records", "the whole document is 'null': the source had nothing to say"),
        (b"12", "no_records", "the whole document is '12': the source had nothing to say"),
        (b'{"a": 1,\n "b": ', "invalid_json", "Expecting value at line 2, character 7"),
        (b'{"a": 1} {"a": 2}', "invalid_json", "Extra data at character 10"),
        (b'{"a": 1, "b": {"c": 2, "c": 3}}', "duplicate_key", "has the key 'c' twice"),
        (b"[" * 100_000, "nested_value", "the file is nested too deeply"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested_value", "more than 64 deep"),
        (b'["\xe9"]', "invalid_encoding", "not utf-8: invalid continuation byte at byte 3"),
    ],
)
def test_what_is_no_sound_document_is_refused(loading, content, rule, reason):
    with pytest.raises(Refusal) as refusal:
        loading(content)
    assert refusal.value.rule == rule
    assert reason in refusal.value.reason
    assert refusal.value.remedy


def test_the_deepest_document_is_read(loading):
    assert loading(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@pytest.mark.parametrize("bound", ["MAX_BYTES", "MAX_PARTS"])
def test_a_document_beyond_the_bounds_is_refused_before_it_is_parsed(loading, monkeypatch, bound):
    monkeypatch.setattr(json_document, bound, 9)
    assert loading(b"[1,2]") == ["1", "2"]
    with pytest.raises(Refusal, match="document_too_large"):
        loading(b"[1,2,3,4,5,6,7,8,9,10]")


def test_a_rejected_record_is_shown_as_it_was_written():
    raw = '{"at": "2025-11-22T00:00Z", "mw": 1.50, "ok": [true, null, NaN], "site": "Zürich"}'
    assert written(json_document.parse(raw, "line")) == raw
    assert written("\ud800") == '"\\ud800"'
