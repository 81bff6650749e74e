"""What a person meets who lands the emissions that were submitted to ECMPS."""

import json

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.readers import read
from tests.house.feeds import documented

CONTRACT = documented("m1_ecmps_example")


@pytest.fixture
def reading_ecmps(tmp_path):
    def run(document, columns=None):
        path = tmp_path / "blob"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return read(path, CONTRACT, columns)

    return run


def hour(number, operating_time, *derived):
    return {
        "unitId": "CT-01",
        "date": "2025-12-01",
        "hour": number,
        "operatingTime": operating_time,
        "hourLoad": None,
        "derivedHourlyValueData": list(derived),
    }


def test_each_parameter_of_an_hour_is_a_column_with_the_digits_it_was_written_with(samples):
    frame = read(samples / "ecmps" / "good.json", CONTRACT).frame
    columns = ["row_number", "unit", "date", "hour", "operatingTime", "NOXR.adjustedHourlyValue"]
    assert frame.select(columns).rows() == [
        (1, "99001/CT-01", "2025-12-01", "0", "1.00", "0.0320"),
        (2, "99001/CT-01", "2025-12-01", "1", "0.50", "0.040"),
        (3, "99001/CT-01", "2025-12-01", "2", "0.00", None),
        (4, "99001/CS1", "2025-12-01", "0", "1.00", "0.0330000000000000001"),
    ]
    columns = [
        "NOXR.modcCode",
        "NOXC.moistureBasis",
        "PNG.volumetricFlowRate",
        "PNG.GCV.parameterValueForFuel",
    ]
    assert frame.select(columns).row(0) == ("01", "D", "1700.5", "1029.0")


def test_records_that_cannot_be_laid_side_by_side_are_kept_aside(samples):
    table = read(samples / "ecmps" / "broken.json", CONTRACT)
    assert table.rejected.select("row_number", "rule").rows() == [
        (2, "repeated_parameter"),
        (3, "no_code"),
        (4, "not_a_record"),
        (5, "nested_value"),
    ]
    assert table.rejected.item(2, "raw") == '"hour 3 was lost"'
    assert '"adjustedHourlyValue": 0.038' in table.rejected.item(0, "raw")
    assert table.frame.get_column("row_number").to_list() == [1, 6, 7]


def test_a_quarter_without_operation_has_no_parameters_and_is_read(reading_ecmps):
    table = reading_ecmps({"orisCode": 99001, "hourlyOperatingData": [hour(0, 0), hour(1, 0.00)]})
    assert table.frame.get_column("operatingTime").to_list() == ["0", "0.0"]
    assert table.frame.get_column("NOXR.adjustedHourlyValue").to_list() == [None, None]


def test_a_parameter_that_no_operating_hour_has_is_missing(reading_ecmps):
    with pytest.raises(Refusal) as refusal:
        reading_ecmps({"orisCode": 99001, "hourlyOperatingData": [hour(0, 0.5)]})
    assert refusal.value.rule == "missing_column"
    assert "'NOXR.adjustedHourlyValue'" in str(refusal.value)


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        ({"hourlyOperatingData": [hour(0, 0)]}, "not_ecmps"),
        ({"orisCode": 99001, "hourlyOperatingData": []}, "not_ecmps"),
        ({"orisCode": 99001, "hourlyOperatingData": {"unitId": "CT-01"}}, "not_ecmps"),
        ([], "not_ecmps"),
        ('{"orisCode": 1, "orisCode": 2, "hourlyOperatingData": []}', "duplicate_key"),
        ('{"orisCode": 1, "hourlyOperatingData": [', "invalid_json"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested_value"),
    ],
)
def test_a_document_that_is_none_of_ecmps_is_refused(reading_ecmps, document, rule):
    with pytest.raises(Refusal) as refusal:
        reading_ecmps(document)
    assert refusal.value.rule == rule


def test_only_the_columns_asked_for_come_back(samples):
    table = read(samples / "ecmps" / "good.json", CONTRACT, ["unit", "date", "hour"])
    assert table.frame.columns == ["row_number", "unit", "date", "hour"]
