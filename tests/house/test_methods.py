"""The examples that the pages about methods work by hand."""

import re

import pytest

from pipelines.campus.contract import Contract
from pipelines.campus.paths import PROJECT
from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import read
from tests.house.pages import DOCS, Reader, blocks

WORKED = [
    (page, block)
    for page in sorted((DOCS / "methods").glob("*.md"))
    for block in blocks(page, "python")
    if "run" in block.words
]

ENDINGS = ("sql", "yml", "py", "csv")


@pytest.mark.parametrize(("page", "block"), WORKED, ids=[page.stem for page, _ in WORKED])
def test_an_example_worked_by_hand_is_right(page, block):
    Reader(PROJECT).follow(block)


def test_names_of_the_methods_exist():
    """Columns, reasons, rules and parameters that a page names are somewhere in the product."""
    rooms = [PROJECT / room for room in ("dbt/models", "dbt/macros", "pipelines", "data/reference")]
    files = [path for room in rooms for ending in ENDINGS for path in room.rglob(f"*.{ending}")]
    product = {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    named = {
        (page.name, word)
        for page in (DOCS / "methods").glob("*.md")
        for word in re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+)+)`", page.read_text(encoding="utf-8"))
    }
    assert {(page, word) for page, word in named if word not in product} == set()


THREE_RECORDS = "t,a,b\n2025-06-02 00:00,1.5,n/a\n2025-06-02 01:00,9e9,\n2025-06-02 00:00,1.5,n/a\n"


@pytest.fixture
def book(tmp_path):
    """The account of the file of docs/methods/accounting.md."""
    from datetime import date, datetime

    contract = Contract.model_validate(
        {
            "feed": "f",
            "site": "s",
            "description": "two meters",
            "format": "delimited",
            "time": {"columns": ["t"], "format": "%Y-%m-%d %H:%M", "interval": "1h"},
            "layout": {"kind": "wide"},
            "tags": [{"tag": tag, "device": tag, "column": "grid_mw", "unit": "MW"} for tag in "ab"],
        }
    )
    path = tmp_path / "blob"
    path.write_text(THREE_RECORDS, encoding="utf-8")
    text = read(path, contract)
    file = Delivered("0" * 64, "f.csv", datetime(2025, 6, 3), 1, text.frame, text.rejected)
    scope = Scope(date(2025, 1, 1), {"a": "grid", "b": "grid"})
    [line] = clean_feed([file], contract, scope, survey(file, contract, scope).dates).accounts.to_dicts()
    return line


def test_rows_and_values_of_the_accounting_page(book):
    names = ("rows_in", "rows_loaded", "rows_rejected", "rows_duplicate")
    assert [book[name] for name in names] == [3, 1, 2, 0]
    fates = ("loaded", "null", "nulled", "duplicate", "rejected")
    assert [book["values_in"], *(book[f"values_{fate}"] for fate in fates)] == [6, 1, 1, 1, 1, 2]
