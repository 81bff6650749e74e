"""What a person meets who lands Excel workbooks."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook
from pydantic import ValidationError

from pipelines.campus.refusal import Refusal
from pipelines.readers import read

FEED = {"format": "xlsx", "dialect": {"skip_records": 1}}


@pytest.fixture
def reading_book(reading):
    return lambda content, **parts: reading(content, **{"format": "xlsx"} | parts)


def book(*sheets: list[list[object]]) -> bytes:
    """A workbook of some sheets."""
    made = Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def with_part(content: bytes, part: str, pattern: bytes, new: bytes) -> bytes:
    """The workbook with a pattern replaced in one of its parts."""
    old, changed = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            text = old.read(name)
            archive.writestr(name, re.sub(pattern, lambda _: new, text) if name == part else text)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SOUND = [["t", "kw"], ["a", 1]]


def test_the_good_sample(samples, contract):
    """A formula with its stored value, a hidden row, dates, a truth value, a blank row, a title."""
    table = read(samples / "xlsx" / "good.xlsx", contract(**FEED))
    assert table.frame.columns == ["row_number", "t", "kw", "mode"]
    assert table.frame.rows() == [
        (3, "2025-11-01T00:00:00", "961.5", "island"),
        (4, "2025-11-01T00:15:00", "-962", "true"),
        (6, "2025-11-01T00:30:00", "1,5", None),
        (7, "2025-11-01T00:45:00", "-0.5", "2025-11-01T00:00:00"),
        (8, "2025-11-01T01:00:00", "0.1", "06:30:00"),
    ]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 3, ("hidden_rows",))


def test_every_defect_of_the_broken_sample_is_left_to_be_seen(samples, contract):
    """An error, a formula without a value, a cell beyond the header, a date beyond all dates, no stamp."""
    table = read(samples / "xlsx" / "broken.xlsx", contract(format="xlsx"))
    assert table.frame.rows() == [
        (2, "2025-11-01T00:00:00", "#DIV/0!"),
        (3, "2025-11-01T00:15:00", "=B9+1"),
        (5, "#VALUE!", "2"),
        (6, None, "3"),
        (7, "2025-11-01T01:00:00", None),
    ]
    assert table.rejected.rows() == [
        (4, "ragged_row", "the row has 4 cells, the header 2", "2025-11-01T00:30:00,1,,see remark")
    ]
    assert table.skipped == 1


def test_whole_numbers_have_no_point_and_others_keep_their_digits(reading_book):
    numbers = [5.0, 5, 0.1, 1e20, -0.0, 123456789.123456, 1e-7]
    table = reading_book(book([["t", "kw"], *([datetime(2025, 1, 1), number] for number in numbers)]))
    texts = ["5", "5", "0.1", "100000000000000000000", "0", "123456789.123456", "1e-07"]
    assert table.frame["kw"].to_list() == texts


def test_the_sheet_is_named_unless_there_is_only_one(reading_book):
    two = book(SOUND, [["t", "kw"], ["b", 2]])
    assert reading_book(two, dialect={"sheet": "Sheet1"}).frame.rows() == [(2, "b", "2")]
    for named in (None, "Sheet9"):
        with pytest.raises(Refusal, match="unknown_sheet: the workbook has the sheets 'Sheet', 'Sheet1'"):
            reading_book(two, dialect={"sheet": named})


def test_names_of_the_contract_replace_those_of_the_sheet(reading_book):
    content = book([["Zeit", "Leistung"], ["a", 1]])
    assert reading_book(content, dialect={"names": ["t", "kw"]}).frame.rows() == [(2, "a", "1")]
    assert reading_book(content, dialect={"names": ["t", "kw"], "header": False}).frame.height == 2
    with pytest.raises(Refusal, match="header_width"):
        reading_book(content, dialect={"names": ["t", "kw", "mode"]})


@pytest.mark.parametrize("rows", [[], [[None]], [["title"]]])
def test_a_sheet_without_a_header_is_refused(reading_book, rows):
    with pytest.raises(Refusal, match="missing_header"):
        reading_book(book(rows), dialect={"skip_records": 1})


def test_more_rows_than_a_batch_keep_their_numbers(reading_book):
    frame = reading_book(book([["t", "kw"], *(["a", number] for number in range(20_003))])).frame
    assert frame["row_number"].to_list() == list(range(2, 20_005))
    assert frame["kw"].to_list() == [str(number) for number in range(20_003)]


def test_a_size_that_the_sheet_declares_of_itself_is_not_trusted(reading_book):
    lying = with_part(book(SOUND), SHEET, b'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"')
    assert reading_book(lying).frame.rows() == [(2, "a", "1")]


def test_a_workbook_is_read_out_of_an_archive_too(reading_book):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("export.xlsx", book(SOUND))
    assert reading_book(content.getvalue()).frame.rows() == [(2, "a", "1")]


def test_a_workbook_in_a_feed_of_text_is_refused(reading):
    with pytest.raises(Refusal, match="several_members"):
        reading(book(SOUND))


ENTITY = b'<!DOCTYPE a [<!ENTITY e "1">]><worksheet'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "workbook_unreadable: the file is no .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "workbook_unreadable: the file is no .xlsx"),
        (b"t,kw\n", "workbook_unreadable: the file is no .xlsx"),
        (book(SOUND)[:-200], "archive_unreadable"),
        (with_part(book(SOUND), SHEET, b"<worksheet", ENTITY), "workbook_unreadable: .* EntitiesForbidden"),
        (with_part(book(SOUND), SHEET, b"<row ", b"<row <"), "workbook_unreadable: the workbook is damaged"),
        (with_part(book(SOUND), SHEET, b'<row r="2"', b'<row r="2000000"'), "too_large"),
        (with_part(book(SOUND), SHEET, b"<sheetData>", b"<sheetData>" + b" " * 17 * 2**20), "archive_bomb"),
        (book([["t", "kw", "kw"], ["a", 1, 2]]), "duplicate_column"),
    ],
)
def test_a_workbook_is_refused_by_name(reading_book, content, said):
    with pytest.raises(Refusal, match=said):
        reading_book(content)


def test_only_this_format_has_sheets(contract):
    with pytest.raises(ValidationError, match=r"`dialect.sheet` belongs to format xlsx"):
        contract(dialect={"sheet": "Export"})
