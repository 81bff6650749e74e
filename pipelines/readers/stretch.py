"""A stretch of delimited text that is known to be regular and in order, without reading the rest of it.

Where it begins and ends is found by bisection: a few records are asked whether they lie before or behind
it. Here must not live: what a stamp means, the proof that a text is regular (`regular`).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.campus.contract import Contract, Dialect
from pipelines.readers.decompression import decompressed
from pipelines.readers.fields import counted, numbered, parse_lines, split_record
from pipelines.readers.regular import NEWLINE, PIECE, behind_header, column_names
from pipelines.readers.table import REJECTED, TextTable
from pipelines.readers.text import Text, open_text

NEAR = 1024 * 1024
"""Bytes up to which the ends of a stretch are sought: so much is read sooner than looked at further."""

Tells = Callable[[pl.DataFrame], bool]
"""What is to be told of a record, a frame of one row of text."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is wanted of a text whose records are in order.

    Attributes:
        is_before: Whether a record lies before the stretch; then so do all before it.
        is_behind: Whether a record lies behind it; then so do all behind it.
    """

    is_before: Tells
    is_behind: Tells


def read_stretch(path: Path, contract: Contract, stretch: Stretch) -> TextTable:
    """Read the wanted records and a few around them, at least one of them before if there is any.

    Args:
        path: A delivered file that was read before, and found to be regular.
        contract: The contract it was read with.
        stretch: What is wanted.
    """
    with decompressed(path) as plain, open_text(plain, contract.dialect.encoding) as text:
        return _read(text, contract, stretch)


def _read(text: Text, contract: Contract, stretch: Stretch) -> TextTable:
    dialect = contract.dialect
    start, header = behind_header(text, dialect)
    names = column_names(header, contract)
    if start is None or names is None:
        raise AssertionError(f"{text.path} is not the regular text that it was")
    begin, end = _ends(text, start, stretch, partial(_tells, text, names, dialect))
    skipped = dialect.records_above
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(_lines, text, start, begin)
        if (begin, end) == (start, len(text.data)):
            frame = parse_lines(text.path, names, dialect, None, skip_lines=skipped)
        else:
            frame = parse_lines(text.data[begin:end], names, dialect, None)
        before = counting.result()
    text.let_go()
    numbers = counted(skipped + before + 1, frame.height)
    return TextTable(numbered(frame, numbers), REJECTED.to_frame(), skipped, text.remarks)


def _ends(text: Text, begin: int, stretch: Stretch, tells: Callable[[Tells, int], bool]) -> tuple[int, int]:
    """Where the stretch begins and ends, as near as it is looked at; often that is where the text does."""
    end = len(text.data)
    if end - begin <= NEAR:
        return begin, end
    if tells(stretch.is_before, begin):
        begin, _ = _bisected(text, begin, end, lambda at: tells(stretch.is_before, at))
    if tells(stretch.is_behind, max(begin, text.data.rfind(b"\n", begin, end - 1) + 1)):
        _, end = _bisected(text, begin, end, lambda at: not tells(stretch.is_behind, at))
    return begin, end


def _bisected(text: Text, begin: int, end: int, holds: Callable[[int], bool]) -> tuple[int, int]:
    """Two starts of lines, at most `NEAR` bytes or a line apart, between which a condition ceases to hold.

    The first is `begin` or a line where it holds, the second a line where it does not, or `end`.
    """
    while end - begin > NEAR:
        line = text.data.find(b"\n", (begin + end) // 2, end) + 1
        if not begin < line < end:
            break
        begin, end = (line, end) if holds(line) else (begin, line)
    return begin, end


def _tells(text: Text, names: Sequence[str], dialect: Dialect, tells: Tells, at: int) -> bool:
    end = text.data.find(b"\n", at)
    line = text.data[at : end if end >= 0 else len(text.data)].decode().removesuffix("\r")
    return tells(pl.DataFrame([split_record(line, dialect)], dict.fromkeys(names, pl.String), orient="row"))


def _lines(text: Text, begin: int, end: int) -> int:
    """Number of lines from one place up to another."""
    view = np.frombuffer(text.data, dtype=np.uint8)[begin:end]
    pieces = (view[at : at + PIECE] for at in range(0, len(view), PIECE))
    return sum(int(np.count_nonzero(piece == NEWLINE)) for piece in pieces)
