"""The fast way for delimited text that is regular throughout.

Every record is one line with the same number of fields, quotes pair, no odd characters, no blank
line, nothing to leave out but records above the header: then the text is parsed in place. A text that
is not proven regular is left to `delimited`; the two ways give the same table. Here must not live: repair.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.readers.fields import counted, numbered, parse_lines, sound_record, split_record
from pipelines.readers.header import check_delimiter, check_names
from pipelines.readers.records import line_bounds
from pipelines.readers.table import REJECTED, TextTable
from pipelines.readers.text import MAX_LINE, Text

NEWLINE, RETURN, ASCII_END = 10, 13, 128
PIECE = 256 * 1024
"""Bytes looked at together: they stay in the processor's cache."""

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Positions = np.ndarray[tuple[int], np.dtype[np.int64]]


class _Signs(NamedTuple):
    """Bytes with a meaning, no quote where the text has none, and the other ones of ASCII."""

    delimiter: int
    quote: int | None
    plain: bytes


def read_regular(
    text: Text, contract: Contract, columns: Collection[str] | None, wanted: Sequence[int] | None = None
) -> TextTable | None:
    """Read a regular text, or the records of wanted row numbers; None where it is not proven regular.

    Raises:
        Refusal: The header does not fit the contract.
    """
    dialect = contract.dialect
    if dialect.keep or dialect.skip or dialect.footer or not dialect.delimiter.isascii():
        return None
    if dialect.final_newline == "required" and not text.is_ended:
        return None
    start, header = behind_header(text, dialect)
    if start is None or text.data.find(b"\0", text.start) >= 0:
        return None
    names = column_names(header, contract)
    if names is None:
        return None
    pieces = _rows_by_piece(text, start, dialect, len(names))
    first = next(pieces, 0)
    if first is None:
        return None
    with ThreadPoolExecutor(1) as beside:
        # Parsed while the rest is proven: if it is not, nothing of this counts, whatever came of it.
        parsing = beside.submit(_parsed, text, start, names, dialect, columns, wanted)
        rest = _sum(pieces)
    text.let_go()
    if rest is None:
        return None
    check_names(names, contract)
    above = dialect.records_above
    numbers = counted(above + 1, first + rest) if wanted is None else pl.Series(wanted, dtype=pl.Int64)
    frame = numbered(parsing.result(), numbers)
    return TextTable(frame, REJECTED.to_frame(), above, text.remarks, is_regular=True)


def _parsed(
    text: Text,
    start: int,
    names: Sequence[str],
    dialect: Dialect,
    columns: Collection[str] | None,
    wanted: Sequence[int] | None,
) -> pl.DataFrame:
    if wanted is None:
        return parse_lines(text.path, names, dialect, columns, skip_lines=dialect.records_above)
    bounds = line_bounds(text.data, start)
    places = (number - dialect.records_above - 1 for number in wanted)
    lines = (text.data[bounds[place] : bounds[place + 1]] for place in places)
    return parse_lines(b"".join(lines), names, dialect, columns)


def column_names(header: str | None, contract: Contract) -> tuple[str, ...] | None:
    """Names of the columns; None where header and contract differ in number."""
    if header is None:
        return contract.dialect.names
    check_delimiter(header, contract)
    fields = tuple(split_record(header, contract.dialect))
    names = contract.dialect.names or fields
    return names if len(names) == len(fields) else None


def behind_header(text: Text, dialect: Dialect) -> tuple[int | None, str | None]:
    """Where the data begin, None where that takes a closer look; and the header record."""
    at, header = text.start, None
    for index in range(dialect.records_above):
        end = text.data.find(b"\n", at, at + MAX_LINE)
        if end < 0:
            return None, None
        if index == dialect.skip_records:
            header = _sound_header(text.data[at:end].removesuffix(b"\r"), dialect)
            if header is None:
                return None, None
        at = end + 1
    return at, header


def _sound_header(line: bytes, dialect: Dialect) -> str | None:
    try:
        header = line.decode()
    except UnicodeDecodeError:
        return None
    is_sound = header.strip() and "\r" not in header and re.search(sound_record(dialect), header)
    return header if is_sound else None


def _rows_by_piece(text: Text, start: int, dialect: Dialect, width: int) -> Iterator[int | None]:
    """Number of lines of each piece from `start`, all with exactly `width` fields; None where one has not."""
    view = np.frombuffer(text.data, dtype=np.uint8)
    quote = dialect.quote if dialect.quote and text.data.find(dialect.quote.encode(), start) >= 0 else None
    signs = _signs(dialect.delimiter, quote)
    for piece in _pieces(text, view, start):
        yield _rows_of_piece(piece, signs, width) if width > 1 else None


def _sum(counts: Iterable[int | None]) -> int | None:
    """The sum, None as soon as one is None."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _signs(delimiter: str, quote: str | None) -> _Signs:
    meaning = {ord(delimiter), ord(quote) if quote else None, NEWLINE, RETURN}
    plain = bytes(byte for byte in range(ASCII_END) if byte not in meaning)
    return _Signs(ord(delimiter), ord(quote) if quote else None, plain)


def _pieces(text: Text, view: Bytes, start: int) -> Iterator[Bytes | None]:
    """Whole lines of about `PIECE` bytes; None in place of a line that is longer."""
    while start < len(view):
        end = text.data.rfind(b"\n", start, start + PIECE) + 1 or min(start + PIECE, len(view))
        is_whole = end == len(view) or view[end - 1] == NEWLINE
        yield view[start:end] if is_whole else None
        start = end


def _rows_of_piece(piece: Bytes | None, signs: _Signs, width: int) -> int | None:
    if piece is None:
        return None
    rows = _rows_at_a_glance(piece.tobytes(), signs, width)
    return rows if rows is not None else _rows_looked_at(piece, signs, width)


def _rows_at_a_glance(piece: bytes, signs: _Signs, width: int) -> int | None:
    """Number of lines where what is left without plain bytes is the same line after line; None elsewhere."""
    end = b"\r\n" if piece.endswith(b"\r\n") else b"\n"
    line = bytes([signs.delimiter]) * (width - 1) + end
    left = piece.translate(None, signs.plain)
    rows = len(left) // len(line)
    is_even = piece.endswith(end) and left == line * rows
    is_whole = len(end) == 1 or piece.count(end) == rows  # No plain byte between a return and its newline.
    return rows if is_even and is_whole else None


def _rows_looked_at(piece: Bytes, signs: _Signs, width: int) -> int | None:
    if piece.max() >= ASCII_END and not _is_utf8(piece):
        return None
    ends = piece == NEWLINE
    separators = _line_ends_of_separators(piece, ends, signs)
    if separators is None or not _returns_end_lines(piece, ends):
        return None
    if piece[-1] != NEWLINE:
        separators = np.append(separators, np.True_)
    rows, rest = divmod(len(separators), width)
    is_even = rest == 0 and np.count_nonzero(separators) == rows and separators[width - 1 :: width].all()
    return rows if is_even else None


def _line_ends_of_separators(piece: Bytes, ends: Flags, signs: _Signs) -> Flags | None:
    """For each delimiter and line end outside quotes whether it is a line end; None for stray quotes."""
    separator = (piece == signs.delimiter) | ends
    if signs.quote is None:
        return ends[np.flatnonzero(separator)]
    at = np.flatnonzero(separator | (piece == signs.quote))
    is_quote = piece[at] == signs.quote
    is_inside = np.cumsum(is_quote, dtype=np.uint8) % 2 == 1
    is_end = ends[at]
    if (is_inside & is_end).any() or is_inside[-1:].any():
        return None
    quotes = at[is_quote]
    neighbours = (signs.delimiter, NEWLINE, signs.quote)
    return is_end[~is_quote & ~is_inside] if _quotes_enclose_fields(piece, quotes, neighbours) else None


def _quotes_enclose_fields(piece: Bytes, quotes: Positions, neighbours: Sequence[int]) -> bool:
    """Whether a field begins at each opening quote and ends at each closing one, doubled quotes apart."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = piece[opening[opening > 0] - 1]
    behind = piece[closing[closing < len(piece) - 1] + 1]
    return bool(np.isin(before, neighbours).all() and np.isin(behind, [*neighbours, RETURN]).all())


def _is_utf8(piece: Bytes) -> bool:
    try:
        piece.tobytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def _returns_end_lines(piece: Bytes, ends: Flags) -> bool:
    """Whether every carriage return stands before a newline."""
    returns = piece == RETURN
    return not returns.any() or bool((ends[1:] | ~returns[:-1]).all() and not returns[-1])
