"""Excel workbooks: one sheet, its rows numbered as the sheet shows them.

A cell becomes the text of its value: whole numbers without a point, others as the shortest text that
reads back as the same float, dates and times in ISO 8601, an error as its word (`#DIV/0!`); an empty cell
is null. Of a formula the value is read that was stored with it; where none was, the formula itself is the
text, so that cleaning refuses it. Hidden rows are read and said. Nothing is calculated.
Here must not live: the XML of a sheet, what a contract expects.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.readers.decompression import FREE_BYTES, MAX_RATIO, is_package
from pipelines.readers.header import check_names
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, rejected_frame

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_BYTES = 512 * 1024**2
"""Most bytes of a workbook unpacked."""
MAX_ROWS, MAX_CELLS = 1_048_576, 64 * 1024**2
BATCH = 20_000
PIECE, LONGEST_TAG = 1024**2, 1024
SIGNS = (
    re.compile(rb"<(?:\w+:)?f[\s>/]"),
    re.compile(rb"<(?:\w+:)?row\s[^>]*?\bhidden=[\"'](?:1|true)[\"']"),
)
"""A formula, a hidden row."""
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""How openpyxl tells a damaged workbook, beside its own errors: by whatever its code meets."""

Row = tuple[object, ...]


def read(path: Path, contract: Contract, columns: Collection[str] | None = None) -> TextTable:
    """Read a sheet of a workbook as text; see `pipelines.readers.read`.

    Raises:
        Refusal: It is no sound workbook, too large, lacks the sheet, or the header does not fit.
    """
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    _check_package(path)
    try:
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            return _read(file, contract, columns)
    except (*DAMAGE, CellCoordinatesException, InvalidFileException) as error:
        raise Refusal(
            "workbook_unreadable",
            f"the workbook is damaged ({_origin(error)})",
            "Open it in a spreadsheet program, save it as .xlsx, and send it again",
        ) from error


def _origin(error: BaseException) -> str:
    """What an error began with: openpyxl wraps it in words about files and paths of its own."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _check_package(path: Path) -> None:
    """The file is a zip archive with the parts of a workbook, not encrypted, and does not swell."""
    if not is_package(path):
        raise Refusal(
            "workbook_unreadable",
            "the file is no .xlsx workbook: an older .xls, one with a password, or damaged",
            "Open it in a spreadsheet program, save it as .xlsx without a password, and send it again",
        )
    with zipfile.ZipFile(path) as archive:
        size, packed = sum(part.file_size for part in archive.infolist()), path.stat().st_size
    if size > MAX_BYTES or (size > FREE_BYTES and size > MAX_RATIO * packed):
        raise Refusal(
            "archive_bomb",
            f"unpacked the workbook has {size} bytes; at most {MAX_BYTES}, and {MAX_RATIO} times {packed}, "
            "are read",
            "If the workbook is genuine, send it in parts",
        )


def _read(file: BinaryIO, contract: Contract, columns: Collection[str] | None) -> TextTable:
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    name = _sheet_name(book, contract)
    has_formulas, has_hidden_rows = _looked_through(book, name)
    rows = _rows(book, name)
    if has_formulas:
        rows = _with_formulas(rows, _rows(load_workbook(file, read_only=True, keep_links=False), name))
    texts = ((number, [_text(cell) for cell in row]) for number, row in _bounded(rows))
    return _table(texts, contract, columns, ("hidden_rows",) if has_hidden_rows else ())


def _sheet_name(book: "Workbook", contract: Contract) -> str:
    names = [str(sheet.title) for sheet in book.worksheets]
    wanted = contract.dialect.sheet
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None or wanted not in names:
        raise Refusal(
            "unknown_sheet",
            f"the workbook has the sheets {', '.join(map(repr, names)) or 'none'}; "
            f"the contract names {repr(wanted) if wanted else 'none'}",
            "Name the sheet in `dialect.sheet` of the feed contract",
        )
    return wanted


def _looked_through(book: "Workbook", name: str) -> tuple[bool, bool]:
    """Whether a sheet has formulas, and hidden rows: its text is searched for them."""
    found, tail = [False] * len(SIGNS), b""
    with book[name]._get_source() as source:  # type: ignore[attr-defined]
        while piece := source.read(PIECE):
            text = tail + piece
            found = [known or bool(sign.search(text)) for known, sign in zip(found, SIGNS, strict=True)]
            tail = text[-LONGEST_TAG:]
    return found[0], found[1]


def _rows(book: "Workbook", name: str) -> Iterator[Row]:
    """The rows of a sheet from the first; the size that a sheet declares of itself is not trusted."""
    sheet = book[name]
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def _with_formulas(rows: Iterator[Row], formulas: Iterator[Row]) -> Iterator[Row]:
    """The rows, with the formula in place of a value that was not stored with it."""
    for row, others in zip(rows, formulas, strict=True):
        pairs = zip(row, others, strict=True)
        yield tuple(getattr(other, "text", other) if cell is None else cell for cell, other in pairs)


def _bounded(rows: Iterator[Row]) -> Iterator[tuple[int, Row]]:
    """The rows with their numbers, while there are no more than a sheet can have."""
    cells = 0
    for number, row in enumerate(rows, 1):
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise Refusal(
                "too_large", f"the sheet has over {MAX_ROWS} rows or {MAX_CELLS} cells", "Send it in parts"
            )
        yield number, row


def _text(cell: object) -> str | None:
    """The exact text of a value."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _table(
    rows: Iterator[tuple[int, list[str | None]]],
    contract: Contract,
    columns: Collection[str] | None,
    remarks: tuple[str, ...],
) -> TextTable:
    """Header, records, and the rows that are wider than the header."""
    dialect = contract.dialect
    last, names = _header(rows, contract) if dialect.header else (0, dialect.names)
    check_names(names, contract)
    rejected: list[RejectedRow] = []
    parts: list[pl.DataFrame] = [_frame([], names)]
    batch: list[list[str | int | None]] = []
    for last, row in rows:
        cells = _trimmed(row)
        if len(cells) > len(names):
            reason = f"the row has {len(cells)} cells, the header {len(names)}"
            raw = dialect.delimiter.join(cell or "" for cell in cells)
            rejected.append(RejectedRow(last, "ragged_row", reason, raw))
        elif cells and last > dialect.skip_records:
            batch.append([last, *cells, *[None] * (len(names) - len(cells))])
        if len(batch) == BATCH:
            parts.append(_frame(batch, names))
            batch = []
    frame = pl.concat([*parts, _frame(batch, names)])
    wanted = [name for name in names if columns is None or name in columns]
    skipped = last - frame.height - len(rejected)
    return TextTable(frame.select(ROW_NUMBER, *wanted), rejected_frame(rejected), skipped, remarks)


def _header(rows: Iterator[tuple[int, list[str | None]]], contract: Contract) -> tuple[int, Sequence[str]]:
    """The first row below those to skip that is not empty: its number, and the names of the columns."""
    dialect = contract.dialect
    for number, row in rows:
        cells = _trimmed(row)
        if number <= dialect.skip_records or not cells:
            continue
        if dialect.names and len(dialect.names) != len(cells):
            raise Refusal(
                "header_width",
                f"the header has {len(cells)} columns, `dialect.names` of the contract {len(dialect.names)}",
                "Give one name for each column of the sheet",
            )
        return number, dialect.names or tuple(cell or "" for cell in cells)
    raise Refusal(
        "missing_header",
        "the sheet has no row that can be a header",
        "Check `sheet` and `skip_records` of the dialect",
    )


def _trimmed(row: list[str | None]) -> list[str | None]:
    """The cells up to the last that is not empty."""
    width = next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)
    return row[:width]


def _frame(rows: list[list[str | int | None]], names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, {ROW_NUMBER: pl.Int64, **dict.fromkeys(names, pl.String)}, orient="row")
