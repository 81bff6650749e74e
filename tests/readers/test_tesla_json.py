"""What a person meets who lands JSON of a battery site."""

import json

import pytest

from pipelines.campus.refusal import Refusal
from tests.readers.conftest import LONG


@pytest.fixture
def answering(reading):
    """Reads a document."""

    def run(document: object, **parts: object):
        return reading(json.dumps(document).encode(), **LONG, format="tesla_json", **parts)

    return run


def told(section: dict[str, object], name: str, stamp: str) -> list[tuple[object, ...]]:
    """The values of a section as (tag, time, value)."""
    return [(f"{name}{key}", section[stamp], value) for key, value in section.items() if key != stamp]


def test_every_cell_of_the_aggregates_is_that_of_the_json_module(sample, samples):
    text = (samples / "tesla_json" / "good.json").read_text(encoding="utf-8")
    document = json.loads(text, parse_float=str, parse_int=str)
    expected = [
        row for name, meter in document.items() for row in told(meter, f"{name}.", "last_communication_time")
    ]
    frame = sample("tesla_json", "good.json").frame
    assert frame.rows() == [(place, *row) for place, row in enumerate(expected, 1)]


def test_every_cell_of_a_history_is_that_of_the_json_module(sample, samples):
    text = (samples / "tesla_json" / "history.json").read_text(encoding="utf-8")
    series = json.loads(text, parse_float=str, parse_int=str)["response"]["time_series"]
    expected = [row for moment in series for row in told(moment, "", "timestamp")]
    frame = sample("tesla_json", "history.json").frame
    assert frame.rows() == [(place, *row) for place, row in enumerate(expected, 1)]


def test_every_defect_of_the_broken_sample_is_named_with_its_record(sample):
    table = sample("tesla_json", "broken.json")
    assert table.rejected.select("row_number", "rule", "raw").rows() == [
        (
            1,
            "nested_value",
            '{"tag": "site.instant_power", "time": "2025-11-02T08:33:19-06:00", "value": [27500, 27600]}',
        ),
        (4, "not_an_object", '{"load": null}'),
    ]
    assert table.frame.rows() == [
        (2, "site.energy_imported", "2025-11-02T08:33:19-06:00", "n/a"),
        (3, "battery.instant_power", None, "-990000"),
        (5, "solar.instant_power", "yesterday", "1840"),
    ]


def test_a_live_status_and_a_list_of_meters_and_vitals_are_read(answering):
    live = {"response": {"battery_power": -990, "timestamp": "2025-11-02T08:00:00-06:00", "on": True}}
    assert answering(live).frame.rows() == [
        (1, "battery_power", "2025-11-02T08:00:00-06:00", "-990"),
        (2, "on", "2025-11-02T08:00:00-06:00", "true"),
    ]
    meters = [{"location": "site", "Cached_readings": {"last_communication_time": "T", "instant_power": 5}}]
    assert answering([*meters, {"location": "load"}]).frame.rows() == [(1, "site.instant_power", "T", "5")]
    vitals = {"TEPOD--1": {"lastCommunicationTime": 1642742951, "POD_energy": 13000.0}}
    assert answering(vitals).frame.rows() == [(1, "TEPOD--1.POD_energy", "1642742951", "13000.0")]


def test_lists_among_the_values_are_left_out_where_the_contract_ignores_them(answering):
    vitals = {"TEPOD--1": {"lastCommunicationTime": 1, "alerts": ["POD_w1"], "POD_energy": 13000.0}}
    assert answering(vitals).rejected["rule"].to_list() == ["nested_value"]
    assert answering(vitals, ignore=[r".*\.alerts"]).rejected.height == 0


@pytest.mark.parametrize(
    "document",
    [
        {"percentage": 20.1},
        {"grid_status": "SystemGridConnected"},
        {"battery_blocks": [{"p_out": -1990}], "last_toggle_timestamp": "2023-10-13T04:08:05-07:00"},
        [],
        [{"serial": "A", "connected": True}],
        {},
    ],
)
def test_a_document_that_says_not_when_it_is_is_refused(answering, document):
    with pytest.raises(Refusal, match="no_time: the document does not say when its values are"):
        answering(document)


def test_a_history_of_no_moments_is_empty(answering):
    assert answering({"response": {"time_series": []}}).frame.height == 0


def test_a_meter_whose_name_is_no_text_is_refused_value_by_value_and_the_others_are_read(answering):
    moment = {"last_communication_time": "2025-11-02T00:00:00Z", "instant_power": 1}
    nameless = {"location": ["site"], "Cached_readings": moment}
    table = answering([nameless, {"location": "load", "Cached_readings": moment}])
    assert table.frame.select("tag", "value").rows() == [("load.instant_power", "1")]
    assert set(table.rejected["rule"]) == {"nested_value"}
