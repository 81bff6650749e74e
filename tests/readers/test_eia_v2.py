"""What a person meets who lands answers of the EIA's API."""

import json

import pytest

from pipelines.campus.refusal import Refusal
from tests.readers.conftest import LONG


@pytest.fixture
def asking(reading):
    """Reads an answer with these records."""

    def run(records: object, **response: object):
        document = {"response": {"data": records, **response}}
        return reading(json.dumps(document).encode(), **LONG, format="eia_v2")

    return run


def demand(**changes: object) -> dict[str, object]:
    record = {"period": "2025-11-02T01", "respondent": "TVA", "type": "D", "value": "15180"}
    return record | {"value-units": "megawatthours"} | changes


def test_every_cell_of_the_sample_is_that_of_the_json_module(sample, samples):
    table = sample("eia_v2", "good.json")
    text = (samples / "eia_v2" / "good.json").read_text(encoding="utf-8")
    records = json.loads(text, parse_float=str, parse_int=str)["response"]["data"]
    expected = [
        (place, record["period"], record["value"], record["value-units"])
        for place, record in enumerate(records, 1)
    ]
    assert table.frame.select("row_number", "time", "value", "unit").rows() == expected
    assert table.frame["tag"].to_list() == ["TVA.D", "TVA.D", "TVA.D", "TVA.fueltype.NG"]
    assert (table.rejected.height, table.skipped, table.remarks) == (0, 0, ())


def test_every_defect_of_the_broken_sample_is_named_with_its_record(sample):
    table = sample("eia_v2", "broken.json")
    assert table.rejected.select("row_number", "rule").rows() == [
        (2, "no_tag"),
        (3, "not_an_object"),
        (4, "nested_value"),
    ]
    assert json.loads(table.rejected["raw"][0])["period"] == "2025-11-02T02"
    assert table.frame.select("row_number", "time", "value").rows() == [
        (1, "2025-11-02T01", "15180"),
        (5, "2025-11-02T25", "14011"),
        (6, "2025-11-02T06", "n/a"),
        (7, "2025-11-02T07", "NaN"),
        (8, "2025-11-02T08", "14005000"),
    ]
    assert table.remarks == ("partial_answer",)


@pytest.mark.parametrize(
    ("record", "tag"),
    [
        (demand(type="NG"), "TVA.NG"),
        (demand(type=None, fueltype="NG"), "TVA.fueltype.NG"),
        ({"fromba": "FPC", "toba": "FPL"}, "FPC.toba.FPL"),
        ({"parent": "CISO", "subba": "PGAE"}, "CISO.subba.PGAE"),
    ],
)
def test_net_generation_and_natural_gas_have_different_tags(asking, record, tag):
    assert asking([record]).frame["tag"].to_list() == [tag]


def test_null_absent_and_text_values_stay_what_they_are(asking):
    absent = demand()
    del absent["value"]
    table = asking([demand(value=None), absent, demand(value=""), demand(value=6215)])
    assert table.frame["value"].to_list() == [None, None, "", "6215"]


@pytest.mark.parametrize(
    ("total", "remarks"),
    [("1", ()), (1, ()), (5001, ("partial_answer",)), ("0", ("partial_answer",)), ({}, ("partial_answer",))],
)
def test_a_page_of_more_records_says_so(asking, total, remarks):
    assert asking([demand()], total=total).remarks == remarks


def test_an_answer_without_records_is_empty_and_one_that_lost_them_is_refused(asking):
    table = asking([], total=0)
    assert (table.frame.height, table.rejected.height) == (0, 0)
    with pytest.raises(Refusal, match=r"says 3 records and `response.data` has none"):
        asking([], total=3)


def test_an_error_of_the_source_is_refused_with_its_words(reading):
    with pytest.raises(Refusal, match=r"wrong_shape: 'response.data' is not a list.*API_KEY_MISSING"):
        reading(b'{"error": {"code": "API_KEY_MISSING"}}', **LONG, format="eia_v2")


def test_a_contract_for_other_columns_is_refused(reading):
    time = {"time": {"columns": ["period"], "interval": "1h"}}
    with pytest.raises(Refusal, match="missing: 'period'; unexpected: 'time', 'unit'"):
        reading(b'{"response": {"data": []}}', **(LONG | time), format="eia_v2")
