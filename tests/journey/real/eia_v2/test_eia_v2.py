"""Answers of the EIA's API v2: nulls, newest first, pages, an answer that lost its records."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read
from tests.journey.directly import clean_file, contract_in

CONTRACT = contract_in(Path(__file__).with_name("eia_demand.yaml"))
KINDS = {"bpa": "system_demand", "pge-gas": "turbines"}
HOUR = timedelta(hours=1)
LOST = "US_NW_AVRN-other.json"


@pytest.fixture(scope="module")
def answers(exports) -> list[Path]:
    return sorted((exports / "electricitymaps_mocks").glob("US*.json"))


def response(path: Path) -> dict[str, object]:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)["response"]


def subject(record: dict[str, str]) -> str:
    if "fromba" in record:
        return f"{record['fromba']}.toba.{record['toba']}"
    kind = f"fueltype.{record['fueltype']}" if "fueltype" in record else record["type"]
    return f"{record['respondent']}.{kind}"


def test_every_cell_of_every_answer_is_that_of_the_json_module(answers):
    assert len(answers) == 17
    for path in answers:
        if path.name == LOST:
            continue
        expected = [
            (place, subject(record), record["period"], record["value"], record["value-units"])
            for place, record in enumerate(response(path)["data"], 1)
        ]
        table = read(path, CONTRACT)
        assert table.frame.rows() == expected, path.name
        assert (table.rejected.height, table.skipped) == (0, 0)
        is_page = int(response(path)["total"]) != len(expected)
        assert table.remarks == ("partial_answer",) * is_page, path.name


def test_an_answer_that_counts_records_and_has_none_is_refused(exports):
    with pytest.raises(Refusal, match=r"`response.total` says 3 records"):
        read(exports / "electricitymaps_mocks" / LOST, CONTRACT)


@pytest.mark.parametrize("name", ["ERCOT_demand.json", "ERCOT_generation.json"])
def test_another_publishers_json_is_refused(exports, name):
    with pytest.raises(Refusal, match=r"wrong_shape: 'response\.data' is not a list"):
        read(exports / "electricitymaps_mocks" / name, CONTRACT)


@pytest.mark.parametrize(
    ("name", "kind", "column", "loaded", "null"),
    [
        ("US_NW_BPAT-consumption.json", "system_demand", "demand_mw", 2, 0),
        ("US-NW-PGE-with-nulls.json", "turbines", "gross_mw", 1, 1),
    ],
)
def test_hours_and_megawatts_are_those_of_the_answer(exports, name, kind, column, loaded, null):
    path = exports / "electricitymaps_mocks" / name
    expected = sorted(
        (datetime.fromisoformat(record["period"]) - HOUR, float(Decimal(record["value"])))
        for record in response(path)["data"]
        if record["value"] is not None
    )
    _, cleaned = clean_file(path, CONTRACT, KINDS)
    readings = cleaned.readings[kind].select("interval_start_utc", column)
    assert sorted(readings.rows()) == expected
    [account] = cleaned.accounts.select("rows_in", "values_loaded", "values_null").rows()
    assert account == (loaded + null, loaded, null)
