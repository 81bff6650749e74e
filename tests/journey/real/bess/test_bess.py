"""A real workbook of a battery management system: tags in the header, registers, states of charge."""

import re
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipelines.campus.contract import Contract
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Delivered, Scope, clean_feed
from pipelines.readers import read

HERE = Path(__file__).parent
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAYS_FROM = datetime(1899, 12, 30)
NODES = {
    "2-1": "BMS.1.A.2.1.1.N1",
    "2-2": "BMS.1.A.2.2.1.N1",
    "3-1": "BMS.1.A.3.1.1.N1",
    "3-2": "BMS.1.A.3.2.1.N1",
}


@pytest.fixture(scope="module")
def workbook(exports) -> Path:
    return exports / "bess_scada_sample" / "sample_input.xlsx"


@pytest.fixture(scope="module")
def sheet(workbook) -> dict[str, list[Decimal]]:
    """Name of a column → its numbers, from the XML of the sheet alone."""
    with zipfile.ZipFile(workbook) as archive:
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        cells = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}c")
    names = ["".join(item.itertext()) for item in strings]
    columns: dict[str, list[str]] = {}
    for cell in cells:
        letters = re.sub(r"\d", "", cell.attrib["r"])
        columns.setdefault(letters, []).append(cell.findtext(f"{MAIN}v") or "")
    return {names[int(head)]: [Decimal(text) for text in texts] for head, *texts in columns.values()}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.model_validate(read_yaml((HERE / "reference/feeds/bms_export.yaml").read_text("utf-8")))


def stamps(sheet: dict[str, list[Decimal]]) -> list[datetime]:
    """Days since the end of 1899, to the second."""
    seconds = [round(day * 86400) for day in sheet["Timestamp"]]
    return [DAYS_FROM + timedelta(seconds=count) for count in seconds]


def test_every_cell_is_the_number_of_the_sheet(workbook, contract, sheet):
    table = read(workbook, contract)
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 1, ())
    assert table.frame["row_number"].to_list() == list(range(2, 52))
    assert [datetime.fromisoformat(text) for text in table.frame["Timestamp"]] == stamps(sheet)
    for name in sheet.keys() - {"Timestamp"}:
        assert [float(text) for text in table.frame[name]] == [float(number) for number in sheet[name]]


def test_registers_become_increments_and_shares_stay(workbook, contract, sheet):
    table = read(workbook, contract)
    file = Delivered("a" * 64, workbook.name, datetime(2025, 1, 1), 1, table.frame, table.rejected)
    scope = Scope(date(2024, 1, 1), {f"node-{node}": "batteries" for node in NODES})
    result = clean_feed([file], contract, scope, [date(2024, 1, 1)])
    assert result.accounts.select("rows_in", "rows_loaded", "values_in").rows() == [(50, 50, 50 * 16)]
    for node, name in NODES.items():
        rows = result.readings["batteries"].filter(device_id=f"node-{node}").sort("interval_start_utc")
        assert rows["interval_start_utc"].to_list() == stamps(sheet)
        assert rows["soc_pct"].to_list() == [float(share) for share in sheet[f"{name} SOC (%)"]]
        steps = [after - before for before, after in pairwise(sheet[f"{name} Charge Amount of Energy (kWh)"])]
        assert rows["energy_charged_mwh"].drop_nulls().to_list() == pytest.approx(
            [float(s) / 1000 for s in steps]
        )
