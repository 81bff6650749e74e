"""EIA-930 BALANCE: hour ending, thousands separators, raw beside adjusted, one authority, the seam."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.contract import Contract
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Cleaned, Delivered, Scope, clean_feed, survey
from pipelines.readers import read

HERE = Path(__file__).parent
SAMPLES = HERE.parents[2] / "samples" / "eia930"
SCOPE = Scope(date(2020, 1, 1), {"aec": "system_demand"})
HALVES = ("EIA930_BALANCE_2025_Jan_Jun.csv", "EIA930_BALANCE_2025_Jul_Dec.csv")


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.model_validate(read_yaml((HERE / "reference/feeds/aec_balance.yaml").read_text("utf-8")))


def cleaned(contract: Contract, *paths: Path) -> Cleaned:
    """Files in the order of their receipt, cleaned together."""
    files = []
    for seq, path in enumerate(paths, 1):
        table = read(path, contract)
        received = datetime(2026, 1, seq)
        files.append(Delivered(str(seq), path.name, received, seq, table.frame, table.rejected))
    days = sorted({day for file in files for day in survey(file, contract, SCOPE).dates})
    return clean_feed(files, contract, SCOPE, days)


def rows(result: Cleaned) -> list[tuple[object, ...]]:
    columns = ("interval_start_utc", "demand_mw", "demand_imputed_mw", "demand_adjusted_mw")
    return result.readings["system_demand"].sort("interval_start_utc").select(columns).rows()


def test_the_head_of_a_real_file_is_read_hour_by_hour(exports, contract):
    path = exports / "gridemissions_eia930" / "balance_file.csv"
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))

    def number(text: str) -> float | None:
        return float(Decimal(text.replace(",", ""))) if text else None

    stamp = "%m/%d/%Y %I:%M:%S %p"
    assert rows(cleaned(contract, path)) == [
        (
            datetime.strptime(record["UTC Time at End of Hour"], stamp) - timedelta(hours=1),  # noqa: DTZ007
            *(number(record[f"Demand (MW){kind}"]) for kind in ("", " (Imputed)", " (Adjusted)")),
        )
        for record in records
    ]
    assert len(records) == 9


def test_an_hour_in_two_half_years_counts_once_and_the_later_file_restates_it(contract):
    """Until 04:00 both say 1,004 MW: a duplicate. Until 05:00 there was no demand, then 985."""
    result = cleaned(contract, *(SAMPLES / name for name in HALVES))
    assert rows(result) == [
        (datetime(2025, 7, 1, 2), 990, None, 990),
        (datetime(2025, 7, 1, 3), 1004, None, 1004),
        (datetime(2025, 7, 1, 4), 985, 970, 985),
        (datetime(2025, 7, 1, 5), 466, None, 466),
        (datetime(2025, 7, 1, 17), 1569, None, 1569),
    ]
    assert result.findings.select("rule", "column_name", "raw_value", "used_value").rows() == [
        ("conflict", "demand_adjusted_mw", "970.0", "985.0")
    ]
    counts = ("rows_in", "rows_loaded", "rows_duplicate", "rows_rejected")
    assert result.accounts.select(counts).sum().row(0) == (7, 6, 1, 0)


def test_every_defect_of_the_broken_sample_is_named_at_its_row(contract):
    path = SAMPLES / "broken.csv"
    table = read(path, contract)
    assert table.rejected.select("row_number", "rule").rows() == [(4, "ragged_row")]
    file = Delivered("b" * 64, path.name, datetime(2026, 1, 1), 1, table.frame, table.rejected)
    assert survey(file, contract, SCOPE).unstamped.select("row_number", "rule").rows() == [
        (3, "bad_timestamp"),
        (4, "ragged_row"),
    ]
    result = cleaned(contract, path)
    assert result.findings.select("row_number", "rule", "raw_value").rows() == [(2, "not_a_number", "1,06")]
    assert result.rejected.select("row_number", "rule").rows() == [(5, "unknown_device")]
