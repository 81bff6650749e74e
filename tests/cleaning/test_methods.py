"""How each value came about stands beside it, and the row has the worst: `<column>_method` and `method`."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.campus import abreast
from pipelines.kinds import METHODS
from tests.cleaning.samples import cleaned, contract, delivered

MARKS = {"GOOD": "good", "CALC": "calculated", "EST": "substituted"}
WORDS = dict(zip(MARKS, METHODS, strict=True))
COLUMNS = {"GT01.MW": "gross_mw", "GT01.FUEL": "fuel_flow_scfh", "GT01.NOX": "nox_ppm"}
UNITS = {"gross_mw": "MW", "fuel_flow_scfh": "scf/h", "nox_ppm": "ppm"}
LONG = contract(
    layout={"kind": "long", "tag": "tag", "value": "value", "quality": "quality"},
    tags=[
        {"tag": tag, "device": "gt-01", "column": name, "unit": UNITS[name]} for tag, name in COLUMNS.items()
    ],
    quality=MARKS,
)
WIDE = contract(
    layout={"kind": "wide"},
    tags=[{"tag": name, "device": "gt-01", "column": name, "unit": unit} for name, unit in UNITS.items()],
)


def methods(result, *columns):
    """`method` and the methods of some columns, in order of time."""
    names = ["method", *(f"{column}_method" for column in columns)]
    return result.readings["turbines"].sort("interval_start_utc").select(names).rows()


def test_an_estimated_fuel_flow_leaves_the_nox_of_its_row_measured():
    lines = [
        "tag,time,value,quality",
        "GT01.FUEL,2025-06-01 00:00,160000,EST",
        "GT01.NOX,2025-06-01 00:00,2.1,GOOD",
        "GT01.NOX,2025-06-01 01:00,2.2,CALC",
    ]
    found = methods(cleaned(LONG, "\n".join(lines)), "nox_ppm", "fuel_flow_scfh", "gross_mw")
    assert found == [
        ("substituted", "measured", "substituted", None),
        ("calculated", "calculated", None, None),
    ]


def test_where_nothing_is_marked_every_value_is_measured():
    result = cleaned(WIDE, "time,gross_mw,nox_ppm\n2025-06-01 00:00,9,2\n2025-06-01 01:00,,2")
    assert methods(result, "gross_mw", "nox_ppm", "fuel_flow_scfh") == [
        ("measured", "measured", "measured", None),
        ("measured", None, "measured", None),
    ]


def test_of_two_deliveries_the_winner_brings_its_own_method():
    good, estimated = (
        "tag,time,value,quality\nGT01.NOX,2025-06-01 00:00," + end for end in ("2,GOOD", "3,EST")
    )
    for first, second, method in ((good, estimated, "measured"), (estimated, good, "substituted")):
        result = cleaned(LONG, delivered(second, "2" * 64), delivered(first, "1" * 64))
        assert methods(result, "nox_ppm") == [(method, method)]


@pytest.mark.parametrize("rows_of_a_part", [abreast.WORTH, 1])
def test_values_on_an_exact_line_are_substituted_and_those_beside_them_are_not(rows_of_a_part, monkeypatch):
    monkeypatch.setattr(abreast, "WORTH", rows_of_a_part)
    feed = contract(
        layout={"kind": "per_device", "device": "id"},
        devices=[{"name": "T1", "device": "gt-01"}, {"name": "T2", "device": "gt-02"}],
        tags=[{"tag": name, "column": name, "unit": unit} for name, unit in UNITS.items()],
        checks={"fuel_flow_scfh": {"interpolated": {"records": 4}}},
    )
    flows = [
        160017.31,
        160914.77,
        159312.96,
        *(159312.96 + step * 1211.127 for step in range(1, 7)),
        161333.13,
    ]
    lines = [f"2025-06-01 0{hour}:00,T1,2.{hour},{flow:.3f}" for hour, flow in enumerate(flows)]
    lines += [f"2025-06-01 0{hour}:00,T2,2,{160_000 + hour**3}" for hour in range(9)]
    result = cleaned(feed, "time,id,nox_ppm,fuel_flow_scfh\n" + "\n".join(lines))
    found = methods(result, "nox_ppm", "fuel_flow_scfh")
    assert result.readings["turbines"].filter(device_id="gt-02")["method"].unique().to_list() == ["measured"]
    assert [fuel for _, _, fuel in found].count("substituted") >= 4
    assert {nox for _, nox, _ in found} == {"measured"}
    assert all(row == fuel for row, _, fuel in found)


def test_packs_have_only_the_method_of_the_row():
    tags = [
        {"tag": "mw", "device": "bat-01", "column": "battery_mw", "unit": "MW", "quality": "q"},
        {"tag": "soc", "device": "bat-01", "column": "soc_pct", "unit": "%"},
    ]
    feed = contract(layout={"kind": "wide"}, tags=tags, quality=MARKS)
    result = cleaned(feed, "time,mw,q,soc\n2025-06-01 00:00,5,EST,50\n2025-06-01 01:00,,EST,51")
    assert result.readings["batteries"].get_column("method").to_list() == ["substituted", "measured"]


records = st.lists(
    st.tuples(st.sampled_from([*COLUMNS]), st.integers(0, 2), st.integers(1, 3), st.sampled_from([*WORDS])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=12)
@given(st.lists(records, min_size=1, max_size=3))
def test_each_value_has_the_method_it_was_delivered_with_and_the_row_the_worst_of_them(files):
    expected: dict[int, dict[str, str]] = {}
    texts = []
    for place, lines in enumerate(files):
        told = [
            f"{tag},{datetime(2025, 6, 1) + timedelta(hours=hour):%Y-%m-%d %H:%M},{value},{word}"
            for tag, hour, value, word in lines
        ]
        texts.append(delivered("\n".join(["tag,time,value,quality", *told]), str(place) * 64))
        for tag, hour, _, word in lines:
            expected.setdefault(hour, {}).setdefault(COLUMNS[tag], WORDS[word])
    rows = [
        (max(row.values(), key=METHODS.index), *(row.get(column) for column in COLUMNS.values()))
        for _, row in sorted(expected.items())
    ]
    for order in (texts, texts[::-1]):
        assert methods(cleaned(LONG, *order), *COLUMNS.values()) == rows
