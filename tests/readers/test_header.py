"""A file whose columns do not fit its contract is refused with a difference a person understands."""

import pytest

from pipelines.campus.refusal import Refusal


def test_a_renamed_column_is_shown_with_its_new_name(reading):
    with pytest.raises(Refusal) as caught:
        reading(b"t,power_kw,x,spare\n1,2,3,4\n", ignore=["spare"])
    assert caught.value.rule == "missing_column"
    assert caught.value.reason == "missing: 'kw'; unexpected: 'power_kw', 'x'"


def test_a_blank_behind_a_name_is_seen(reading):
    with pytest.raises(Refusal, match="missing: 'kw'; unexpected: 'kw '"):
        reading(b"t,kw \n1,2\n")


@pytest.mark.parametrize("content", [b"t,kw,kw\n1,2,3\n", b't,"kw",kw\n1,2,3\n', b"t,kw,,\n1,2,,\n"])
def test_a_column_named_twice_is_refused(reading, content):
    with pytest.raises(Refusal, match=r"duplicate_column: the header names ('kw'|'') more than once"):
        reading(content)


@pytest.mark.parametrize("name", ["row_number", "headroom:start", "headroom:"])
def test_a_column_named_like_one_of_headrooms_own_is_refused(reading, name):
    with pytest.raises(
        Refusal, match=f"reserved_column: the file has '{name}': .* are Headroom's own columns"
    ):
        reading(f"{name},t,kw\n1,2,3\n".encode())


@pytest.mark.parametrize("name", ["_kw", "interval_start_utc", "headroom", "device_id"])
def test_any_other_name_is_the_sources_own_affair(reading, name):
    assert reading(f"t,kw,{name}\n1,2,3\n".encode()).frame.columns[-1] == name


@pytest.mark.parametrize(
    ("content", "sign"),
    [(b"t;kw\n1;2,5\n", "';'"), (b't\tkw\n1\t"2"\n', r"'\\t'"), (b"t|kw|x, y\n1|2|3\n", r"'\|'")],
)
def test_a_wrong_delimiter_is_told(reading, content, sign):
    with pytest.raises(Refusal, match=f"wrong_delimiter: .* the delimiter looks like {sign}"):
        reading(content)


@pytest.mark.parametrize("content", [b"1;2\n3;4\n", b'"1";2\n'])
def test_a_wrong_delimiter_is_told_without_a_header(reading, content):
    with pytest.raises(Refusal, match=r"split by ',' the first record has 1 column: .* looks like ';'"):
        reading(content, dialect={"header": False, "names": ["t", "kw"]})


def test_a_column_that_nothing_knows_comes_back_for_cleaning(reading):
    assert reading(b"t,kw,surprise\n1,2,3\n").frame.columns == ["row_number", "t", "kw", "surprise"]


TAG = {"device": "m1-pack-001", "column": "battery_mw", "unit": "kW"}
RENAMED = [
    TAG | {"tag": "kw", "valid_to": "2025-06-01"},
    TAG | {"tag": "power", "valid_from": "2025-06-01"},
]


@pytest.mark.parametrize("name", ["kw", "power"])
def test_of_two_names_of_one_column_either_is_enough(reading, name):
    assert reading(f"t,{name}\n1,2\n".encode(), tags=RENAMED).frame.columns == ["row_number", "t", name]


def test_one_of_the_two_names_must_be_there(reading):
    with pytest.raises(Refusal, match="missing: 'kw', 'power'; unexpected: 'x'"):
        reading(b"t,x\n1,2\n", tags=RENAMED)


def test_a_pattern_needs_no_column(reading):
    tags = [TAG | {"pattern": r"P(\d+)", "tag": None}]
    assert reading(b"t,x\n1,2\n", tags=tags).frame.height == 1


def test_one_record_a_device_needs_device_quality_and_quantities(reading):
    parts = {
        "layout": {"kind": "per_device", "device": "unit", "quality": "q"},
        "devices": [{"name": "P1", "device": "m1-pack-001"}],
        "tags": [{"tag": "kw", "column": "battery_mw", "unit": "kW"}],
    }
    assert reading(b"unit,t,kw,q\nP1,1,2,ok\n", **parts).frame.height == 1
    with pytest.raises(Refusal, match="missing: 'unit', 'q', 'kw'; unexpected: 'x'"):
        reading(b"t,x\n1,2\n", **parts)


def test_fold_and_revision_columns_must_be_there(reading):
    fold = {"column": "dst", "first": ["Y"], "second": ["N"]}
    parts = {
        "time": {"columns": ["t"], "interval": "1h", "clock": "America/Chicago", "fold": fold},
        "revision": {"by": "column", "column": "rev"},
    }
    with pytest.raises(Refusal, match="missing: 'dst', 'rev'"):
        reading(b"t,kw\n1,2\n", **parts)


def test_a_long_list_is_cut(reading):
    names = ",".join(f"c{i}" for i in range(25))
    with pytest.raises(Refusal, match="'c19' and 5 more"):
        reading(f"t,{names}\n".encode())


@pytest.mark.parametrize("beside", [{"quality": "flag"}, {"over": "op"}])
def test_a_column_that_a_tag_names_beside_its_values_must_be_there(reading, beside):
    tags = [
        TAG | {"tag": "kw"} | beside,
        {"pattern": "op", "device": "m1-pack-001", "column": "operating_time_h", "unit": "h"},
    ]
    [name] = beside.values()
    with pytest.raises(Refusal, match=f"missing: '{name}'; unexpected: 'x'"):
        reading(b"t,kw,x\n1,2,3\n", tags=tags)
    assert reading(f"t,kw,{name}\n1,2,3\n".encode(), tags=tags).frame.width == 4
