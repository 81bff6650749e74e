"""Faults of writing: lines of delimited text that are cut, glued, damaged, or of another kind.

Here must not live: copies of whole files (`copies`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.campus.contract import Contract
from pipelines.simulator.faults.feed import Feed
from pipelines.simulator.faults.labels import Label
from pipelines.simulator.faults.strike import OnFiles, Strike
from pipelines.simulator.span import HOUR_S

_LEAST_CELL = 8
"""Bytes that a first cell must have, so that it shows when half of it stands before another one."""


@dataclass(slots=True)
class Line:
    """A line of a file.

    Attributes:
        text: Its bytes without the line end.
        newline: Its line end.
        start: Interval start of its record [s since 1970 UTC]; None for headers, footers, foreign lines.
        device: Device of its record, empty where it concerns several.
        label: Place of the label that struck it.
    """

    text: bytes
    newline: bytes
    start: int | None = None
    device: str = ""
    label: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether it is a record that nothing has struck."""
        return self.start is not None and self.label is None


@dataclass(slots=True)
class Text:
    """A delimited file before it is compressed."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return b"".join(line.text + line.newline for line in self.lines)


LineStrike = Callable[[Strike, Feed, list[Text]], list[Text]]


def _note(hit: Strike, feed: Feed, text: Text, line: Line, count: int = 1) -> int:
    label = Label(hit.name, line.start, line.start, line.device, count=count)
    return hit.note_file(feed, text.name, label)


def _drawn(hit: Strike, texts: Sequence[Text], fits: Callable[[Text, int], bool]) -> list[list[int]]:
    masks = [
        np.array([line.is_free and fits(text, at) for at, line in enumerate(text.lines)], dtype=np.bool_)
        for text in texts
    ]
    return [rows.tolist() for rows in hit.choose(masks)]


def _each(false: Callable[[Strike, bytes, bytes], bytes], fits: Callable[[bytes], bool] = bool) -> LineStrike:
    """A strike on single lines: `false(hit, text, delimiter)` stands there instead."""

    def strike(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
        delimiter = delimiter_of(feed)
        drawn = _drawn(hit, texts, lambda text, at: fits(text.lines[at].text))
        for text, rows in zip(texts, drawn, strict=True):
            for line in (text.lines[row] for row in rows):
                line.label = _note(hit, feed, text, line)
                line.text = false(hit, line.text, delimiter)
        return texts

    return strike


def _glued(join: Callable[[bytes, bytes, bytes], bytes]) -> LineStrike:
    """A strike on pairs of neighbours that become one line."""

    def strike(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
        def has_neighbour(text: Text, at: int) -> bool:
            if at % 2 or at + 1 >= len(text.lines) or not text.lines[at + 1].is_free:
                return False
            cell = text.lines[at].text.partition(delimiter_of(feed))[0]
            if len(cell) < _LEAST_CELL or cell.startswith(b'"'):
                return False
            return abs((text.lines[at + 1].start or 0) - (text.lines[at].start or 0)) <= HOUR_S

        for text, rows in zip(texts, _drawn(hit, texts, has_neighbour), strict=True):
            for row in reversed(rows):
                first, second = text.lines[row], text.lines.pop(row + 1)
                first.label = _note(hit, feed, text, first, count=2)
                first.text = join(first.text, second.text, delimiter_of(feed))
                label = hit.labels.found[first.label]
                label.from_s, label.to_s = sorted((first.start or 0, second.start or 0))
                label.device_id = first.device if first.device == second.device else ""
        return texts

    return strike


def _inserted(content: bytes, *, with_labels: bool) -> LineStrike:
    """A strike that puts a line of another kind behind some records; blank ones shift no record."""

    def strike(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
        for text, rows in zip(texts, _drawn(hit, texts, lambda text, at: True), strict=True):
            for row in reversed(rows):
                before = text.lines[row]
                label = _note(hit, feed, text, before)
                line = Line(content, before.newline, label=label if with_labels else None)
                before.label = None if with_labels else label
                text.lines.insert(row + 1, line)
        return texts

    return strike


def _crlf(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
    for text, rows in zip(texts, _drawn(hit, texts, lambda text, at: True), strict=True):
        for line in (text.lines[row] for row in rows):
            line.label = _note(hit, feed, text, line)
            line.newline = b"\r\n" if line.newline == b"\n" else b"\n"
    return texts


def _mark(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
    for at in hit.choose_files([True] * len(texts)):
        note_all(hit, feed, texts[at])
        first = texts[at].lines[0]
        first.text = b"\xef\xbb\xbf" + first.text
    return texts


def _footer(hit: Strike, feed: Feed, texts: list[Text]) -> list[Text]:
    for at in hit.choose_files([True] * len(texts)):
        text = texts[at]
        last = text.lines[-1]
        for words in (f"({len(text.lines) - 1} rows affected)", "Completion time: 2025-11-03T01:00:00"):
            text.lines.append(Line(words.encode(), last.newline, label=_note(hit, feed, text, last)))
    return texts


def delimiter_of(feed: Feed) -> bytes:
    """The delimiter of a feed's cells."""
    return feed.contract.dialect.delimiter.encode()


def note_all(hit: Strike, feed: Feed, text: Text) -> int:
    """Writes down that all records of a file are struck as one fault."""
    starts = [line.start for line in text.lines if line.start is not None]
    label = Label(hit.name, min(starts), max(starts), count=len(starts))
    return hit.note_file(feed, text.name, label)


def _without_last(hit: Strike, text: bytes, delimiter: bytes) -> bytes:
    return text.rpartition(delimiter)[0]


def _quoted(hit: Strike, text: bytes, delimiter: bytes) -> bytes:
    head, sign, last = text.rpartition(delimiter)
    return head + sign + b'1"2"' + last


def _in_the_middle(content: bytes) -> Callable[[Strike, bytes, bytes], bytes]:
    return lambda hit, text, delimiter: text[: len(text) // 2] + content + text[len(text) // 2 :]


def _half_and_next(first: bytes, second: bytes, delimiter: bytes) -> bytes:
    cell = first.partition(delimiter)[0]
    return cell[: len(cell) // 2] + second


def _is_delimited(contract: Contract) -> bool:
    return contract.format == "delimited"


def _is_uncounted(contract: Contract) -> bool:
    return contract.format == "delimited" and not contract.dialect.verify_rows


def _is_comma(contract: Contract) -> bool:
    dialect = contract.dialect
    return _is_uncounted(contract) and (dialect.delimiter, dialect.decimal, dialect.thousands) == (
        ",",
        ".",
        None,
    )


LINES: dict[str, OnFiles[Text]] = {
    "ragged_rows": OnFiles(_is_delimited, _each(_without_last)),
    "glued_rows": OnFiles(_is_uncounted, _glued(lambda first, second, _: first + second)),
    "glued_same_width": OnFiles(_is_uncounted, _glued(_half_and_next)),
    "bare_comma": OnFiles(
        _is_comma, _each(lambda hit, text, _: text.replace(b".", b",", 1), lambda text: b"." in text)
    ),
    "stray_quotes": OnFiles(_is_delimited, _each(_quoted)),
    "invalid_encoding": OnFiles(_is_delimited, _each(_in_the_middle(b"\xff"))),
    "control_characters": OnFiles(_is_delimited, _each(_in_the_middle(b"\0"))),
    "blank_lines": OnFiles(_is_delimited, _inserted(b"", with_labels=False)),
    "mixed_line_ends": OnFiles(_is_delimited, _crlf),
    "foreign_records": OnFiles(_is_uncounted, _inserted(b"C|heartbeat|0042", with_labels=True)),
    "byte_order_mark": OnFiles(_is_delimited, _mark),
    "undeclared_footer": OnFiles(_is_uncounted, _footer),
}
"""Fault → which feeds it fits and its strike."""
