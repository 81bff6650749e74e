"""CAMPD custom download: hourly totals of a facility, sixteen hours of one winter day."""

import csv
import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.contract import Contract
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Delivered, Scope, clean_feed, survey
from pipelines.readers import read

HERE = Path(__file__).parent
NAME = "hourly-emissions-facility-aggregation.excerpt.csv"
COLUMNS = {
    "Gross Load (MW)": "gross_mw",
    "Heat Input (mmBtu)": "heat_input_mmbtu_h",
    "NOx Mass (lbs)": "nox_lb",
    "CO2 Mass (short tons)": "co2_short_tons",
}


@pytest.fixture(scope="module")
def export(exports):
    return exports / "epa_campd_bowen_excerpt" / NAME


@pytest.fixture(scope="module")
def cleaned(export):
    """The export through reader and cleaning, as a run would call them."""
    text = (HERE / "reference" / "feeds" / "campd_facility.yaml").read_text(encoding="utf-8")
    contract = Contract.model_validate(read_yaml(text))
    table = read(export, contract)
    file_id = hashlib.sha256(export.read_bytes()).hexdigest()
    file = Delivered(file_id, NAME, datetime(2017, 2, 1), 1, table.frame, table.rejected, table.remarks)
    scope = Scope(date(2017, 1, 1), {"bowen-all": "turbines"})
    return clean_feed([file], contract, scope, survey(file, contract, scope).dates)


def test_every_hour_is_standard_time_and_every_value_is_that_of_the_file(export, cleaned):
    with export.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    expected = {
        datetime.fromisoformat(row["Date"]) + timedelta(hours=int(row["Hour"]) + 5): tuple(
            float(Decimal(row[name])) for name in COLUMNS
        )
        for row in records
    }
    readings = cleaned.readings["turbines"].select("interval_start_utc", *COLUMNS.values())
    assert {row[0]: row[1:] for row in readings.rows()} == expected
    assert min(expected) == datetime(2017, 1, 3, 13)
    assert len(expected) == 16


def test_sums_are_those_of_the_file(cleaned):
    sums = cleaned.readings["turbines"].select(*COLUMNS.values()).sum().row(0)
    anchors = ("27343", "262800.9", "34944.2", "26963.2")
    assert [round(Decimal(total), 4) for total in sums] == [Decimal(anchor) for anchor in anchors]


def test_the_file_says_that_its_absent_hours_may_be_missing_or_not(cleaned):
    assert cleaned.findings.select("rule", "action", "column_name").rows() == [
        ("no_operating_time", "kept", None)
    ]
    assert cleaned.readings["turbines"].get_column("operating_time_h").null_count() == 16
    assert cleaned.rejected.is_empty()
