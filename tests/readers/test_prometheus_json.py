"""What a person meets who lands answers of a Prometheus server."""

import json

import pytest

from pipelines.campus.refusal import Refusal
from tests.readers.conftest import LONG


@pytest.fixture
def answering(reading):
    return lambda document: reading(json.dumps(document).encode(), **LONG, format="prometheus_json")


def test_every_cell_of_the_sample_is_that_of_the_json_module(sample, samples):
    text = (samples / "prometheus_json" / "good.json").read_text(encoding="utf-8")
    result = json.loads(text, parse_float=str, parse_int=str)["data"]["result"]
    expected = [tuple(pair) for series in result for pair in series["values"]]
    table = sample("prometheus_json", "good.json", without_labels=["GPU_I_ID"])
    assert table.frame.select("time", "value").rows() == expected
    assert table.frame["row_number"].to_list() == [1, 2, 3, 4, 5]
    power = 'DCGM_FI_DEV_POWER_USAGE{Hostname="hall-1",gpu="0"}'
    assert table.frame["tag"].to_list() == [power, power, power, '{hall="2"}', '{hall="2"}']


def test_every_defect_of_the_broken_sample_is_named_with_its_record(sample):
    table = sample("prometheus_json", "broken.json")
    assert table.frame.rows() == [(1, 'power{gpu="0"}', "1762041600", "412.250")]
    assert table.rejected.select("row_number", "rule").rows() == [
        (2, "bad_sample"),
        (3, "bad_sample"),
        (4, "bad_sample"),
        (5, "nested_value"),
        (6, "no_tag"),
        (7, "bad_sample"),
        (8, "nested_value"),
        (9, "nested_value"),
        (10, "no_tag"),
    ]


def test_a_vector_has_one_sample_a_series(answering):
    result = [{"metric": {"__name__": "power"}, "value": [1762041600.781, "412"]}]
    table = answering({"status": "success", "data": {"resultType": "vector", "result": result}})
    assert table.frame.rows() == [(1, "power", "1762041600.781", "412")]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            {"status": "error", "error": "query timed out"},
            "source_error: the source answered: query timed out",
        ),
        ({"data": {"resultType": "scalar", "result": [1, "2"]}}, "wrong_shape: `data.resultType` is neither"),
        ({"data": {"resultType": "matrix"}}, "wrong_shape: 'data.result' is not a list"),
        ([], "wrong_shape: 'data' is not an object"),
    ],
)
def test_what_is_no_answer_with_series_is_refused(answering, document, reason):
    with pytest.raises(Refusal, match=reason):
        answering(document)
