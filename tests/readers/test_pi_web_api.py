"""What a person meets who lands answers of a PI Web API."""

import json

import pytest

from pipelines.campus.refusal import Refusal
from tests.readers.conftest import LONG


@pytest.fixture
def asking(reading):
    return lambda document, **parts: reading(
        json.dumps(document).encode(), **(LONG | {"format": "pi_web_api"} | parts)
    )


def test_every_cell_of_the_sample_is_that_of_the_json_module(sample, samples):
    text = (samples / "pi_web_api" / "good.json").read_text(encoding="utf-8")
    streams = json.loads(text, parse_float=str, parse_int=str)["Items"]
    expected = []
    for stream in streams:
        for item in stream.get("Items") or [stream["Value"]]:
            value = item["Value"]["Name"] if isinstance(item["Value"], dict) else item["Value"]
            names = (stream["Name"], stream["Path"], stream["WebId"])
            expected.append((len(expected) + 1, *names, item["Timestamp"], value))
    table = sample("pi_web_api", "good.json")
    assert table.frame.drop("unit", "quality").rows() == expected
    assert table.frame["quality"].to_list() == ["Good", "Bad", "Questionable", "Substituted"]
    assert table.frame["unit"].to_list() == ["kW", "kW", "kW", "kWh"]
    assert (table.rejected.height, table.remarks) == (0, ())


def test_every_defect_of_the_broken_sample_is_named_with_its_record(sample):
    table = sample("pi_web_api", "broken.json")
    assert table.rejected.select("row_number", "rule").rows() == [
        (2, "nested_value"),
        (3, "bad_flag"),
        (4, "not_an_object"),
        (5, "source_error"),
    ]
    assert "no access" in table.rejected["reason"][3]
    assert table.frame.select("row_number", "time", "value", "quality").rows() == [
        (1, "2025-11-02T00:00:00Z", "148210", "Good"),
        (6, "2025-11-02T00:05:00Z", "Bad Input", "Bad"),
        (7, None, "148100", "Good"),
    ]
    assert table.remarks == ("partial_answer",)


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        ({}, None),
        ({"Good": True}, "Good"),
        ({"Good": True, "Questionable": True}, "Questionable"),
        ({"Good": True, "Substituted": True}, "Substituted"),
        ({"Good": True, "Questionable": True, "Substituted": True}, "Questionable"),
        ({"Good": False, "Questionable": True, "Substituted": True}, "Bad"),
    ],
)
def test_quality_is_the_worst_that_is_said(asking, flags, word):
    item = {"Timestamp": "2025-11-02T00:00:00Z", "Value": 1, **flags}
    assert asking({"Items": [{"Name": "A", "Items": [item]}]}).frame["quality"].to_list() == [word]


@pytest.mark.parametrize(
    "document", [{"Items": [{"Timestamp": "T", "Value": 1}]}, {"Timestamp": "T", "Value": 1}]
)
def test_a_stream_without_a_name_is_the_one_tag_of_the_contract(asking, document):
    assert asking(document).frame.select("tag", "time", "value").rows() == [("kw", "T", "1")]
    tag = {"device": "m1-pack-001", "column": "battery_mw", "unit": "kW"}
    for tags in ([tag | {"tag": "a"}, tag | {"tag": "b"}], [tag | {"pattern": ".*"}]):
        with pytest.raises(Refusal, match="unnamed_stream"):
            asking(document, tags=tags)


def test_a_contract_may_go_by_the_path(asking):
    layout = {"kind": "long", "tag": "path", "value": "value"}
    stream = {"Name": "Power", "Path": r"\\AF\M1|Power", "Items": [{"Timestamp": "T", "Value": 1}]}
    frame = asking({"Items": [stream]}, layout=layout).frame
    assert frame.select("tag", "path").rows() == [("Power", r"\\AF\M1|Power")]


def test_a_message_of_the_source_is_refused_with_its_words(asking):
    with pytest.raises(Refusal, match=r"'Items' is not a list.*Authorization has been denied"):
        asking({"Message": "Authorization has been denied for this request."})
