"""Rules of a single value, one after the other; then every violation injected into a clean file is caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.cleaning.verdicts import RECORD_RULES, VERDICTS
from tests.cleaning.samples import cleaned, contract, rules, values


def one(value: str, **changes: object) -> tuple[dict[str, float | None], list[tuple[int, str]]]:
    """What becomes of one value of the grid meter, in kW."""
    result = cleaned(contract(**changes), f"tag,time,value\nGRID,2025-06-01 00:00,{value}")
    readings = values(result, "grid", "grid_mw") if "grid" in result.readings else {}
    return readings, rules(result)


def test_kilowatts_become_the_nearest_megawatts():
    assert one("12345") == ({"00:00": 12.345}, [])


def test_energy_of_a_quarter_hour_becomes_mean_power():
    text = "tag,time,value\nGRID,2025-06-01 00:00,2.5"
    feed = contract(
        time={"columns": ["time"], "format": "%Y-%m-%d %H:%M", "interval": "15min"},
        tags=[{"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MWh"}],
    )
    assert values(cleaned(feed, text), "grid", "grid_mw") == {"00:00": 10.0}


def test_a_declared_sign_and_scale_are_applied():
    tag = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MW", "sign": -1, "scale": 0.5}
    assert one("10", tags=[tag])[0] == {"00:00": -5.0}


def test_fahrenheit_becomes_celsius():
    tag = {"tag": "GRID", "device": "bat-01", "column": "temperature_c", "unit": "°F"}
    result = cleaned(contract(tags=[tag]), "tag,time,value\nGRID,2025-06-01 00:00,212")
    assert values(result, "batteries", "temperature_c") == {"00:00": 100.0}


@pytest.mark.parametrize("text", ["abc", "1_000", "0x10", "1 000", "12.3.4", "--5", "1.000.5"])
def test_text_that_is_no_number_is_refused(text):
    assert one(text) == ({}, [(2, "not_a_number")])


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e400"])
def test_what_is_not_finite_is_refused(text):
    assert one(text) == ({}, [(2, "not_finite")])


def test_null_tokens_are_empty_not_zero():
    result = cleaned(contract(nulls=["MISSING"]), "tag,time,value\nGRID,2025-06-01 00:00,MISSING")
    assert result.accounts.select("values_null", "values_rejected", "rows_rejected").row(0) == (1, 0, 1)


def test_blanks_around_a_null_token_do_not_count():
    result = cleaned(contract(nulls=[" - "]), "tag,time,value\nGRID,2025-06-01 00:00,  -")
    assert result.accounts["values_null"].to_list() == [1]


GRID = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "kW"}
NULLS_OF_ONE_COLUMN = {
    "long": ({}, "tag,time,value\nGRID,2025-06-01 00:00,{}", "GT01.MW", "nox_ppm"),
    "wide": ({"layout": {"kind": "wide"}}, "time,GRID\n2025-06-01 00:00,{}", "GT01.MW", "nox_ppm"),
    "per_device": (
        {
            "layout": {"kind": "per_device", "device": "id"},
            "devices": [{"name": "A", "device": "grid-a"}],
            "tags": [
                {"pattern": "G(RI)D", "column": "grid_mw", "unit": "kW"},
                {"tag": "HZ", "column": "frequency_hz", "unit": "Hz"},
            ],
        },
        "time,id,GRID\n2025-06-01 00:00,A,{}",
        "HZ",
        "frequency_hz",
    ),
}


@pytest.mark.parametrize("layout", NULLS_OF_ONE_COLUMN)
@pytest.mark.parametrize("token", ["-9999", "---"])
def test_null_tokens_of_one_column_hold_there_and_nowhere_else(layout, token):
    changes, text, other_tag, other_column = NULLS_OF_ONE_COLUMN[layout]
    for name in ("GRID", "grid_mw"):
        here = cleaned(contract(**changes, column_nulls={name: [f" {token}"]}), text.format(token))
        assert here.accounts.select("values_null", "values_loaded").row(0) == (1, 0)
    for name in (other_tag, other_column):
        elsewhere = cleaned(contract(**changes, column_nulls={name: [token]}), text.format(token))
        assert elsewhere.accounts["values_null"].to_list() == [0]


def test_null_tokens_of_a_pattern_tag_may_be_given_for_one_of_its_names():
    feed = contract(column_nulls={"GT01.MW": ["-5"]})
    result = cleaned(feed, "tag,time,value\nGT01.MW,2025-06-01 00:00,-5\nGT02.MW,2025-06-01 00:00,-5")
    assert result.readings["turbines"].select("device_id", "gross_mw").rows() == [("gt-02", -5.0)]


def test_zero_has_no_sign():
    for text, tag in (("-0", GRID), ("0", GRID | {"sign": -1}), ("-0.0", GRID | {"unit": "MW"})):
        assert str(one(text, tags=[tag])[0]["00:00"]) == "0.0"


def test_a_number_that_means_missing_is_empty():
    feed = contract(checks={"grid_mw": {"null_numbers": [-9999]}})
    result = cleaned(feed, "tag,time,value\nGRID,2025-06-01 00:00,-9999.0")
    assert result.accounts["values_null"].to_list() == [1]


def test_a_digital_state_is_empty_where_the_contract_says_so():
    feed = contract(states={"I/O Timeout": "missing"})
    assert cleaned(feed, "tag,time,value\nGRID,2025-06-01 00:00,i/o timeout").accounts[
        "values_null"
    ].to_list() == [1]


@pytest.mark.parametrize(
    ("text", "number"), [("1.234;5", None), ("1234", 1.234), ("1.234", 1.234), ("1.23", None)]
)
def test_decimal_comma_and_thousands_are_read_as_declared(text, number):
    dialect = {"delimiter": ";", "decimal": ",", "thousands": "."}
    assert one(text, dialect=dialect)[0].get("00:00") == number


@pytest.mark.parametrize(("text", "number"), [("1060", 1.06), ("1'060", 1.06), ("990", 0.99)])
def test_thousands_separators_in_some_cells_only(text, number):
    assert one(text, dialect={"thousands": "'"})[0] == {"00:00": number}


def test_a_separator_in_the_wrong_place_is_refused():
    assert one("10'60", dialect={"thousands": "'"}) == ({}, [(2, "not_a_number")])


def test_a_value_outside_the_plausible_range_is_nulled():
    assert one("-99913317") == ({}, [(2, "out_of_range")])


def test_the_feed_narrows_the_plausible_range():
    assert one("200000", checks={"grid_mw": {"high": 150}}) == ({}, [(2, "out_of_range")])


def test_idle_noise_becomes_zero_with_both_values_in_the_finding():
    result = cleaned(
        contract(checks={"grid_mw": {"off_below": 0.5}}), "tag,time,value\nGRID,2025-06-01 00:00,-312"
    )
    assert values(result, "grid", "grid_mw") == {"00:00": 0.0}
    assert result.findings.select("rule", "action", "raw_value", "used_value").rows() == [
        ("off_noise", "changed", "-312", "0.0")
    ]


QUALITY = {
    "layout": {"kind": "long", "tag": "tag", "value": "value", "quality": "q", "unit": "unit"},
    "quality": {"GOOD": "good", "SUBST": "substituted", "BAD": "rejected", "NODATA": "missing"},
}


@pytest.mark.parametrize(
    ("quality", "unit", "expected"),
    [
        ("good", "kW", []),
        ("BAD", "kW", [(2, "bad_quality")]),
        ("FUNNY", "kW", [(2, "unknown_quality")]),
        ("NODATA", "kW", [(2, "no_value")]),
        ("GOOD", "MW", [(2, "unit_mismatch")]),
    ],
)
def test_the_sources_own_quality_and_unit_are_heard(quality, unit, expected):
    text = f"tag,time,value,q,unit\nGRID,2025-06-01 00:00,1000,{quality},{unit}"
    assert rules(cleaned(contract(**QUALITY), text)) == expected


def test_words_for_units_that_differ_by_case_only_mean_one_unit():
    layout = QUALITY["layout"] | {"unit_words": {"mw": "MW", "MW": "W"}}
    with pytest.raises(ValidationError, match="two words that differ by case only mean different units"):
        contract(**QUALITY | {"layout": layout})


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("KW", []),
        (" kilowatt ", []),
        ("kW", []),
        ("kilo", [(2, "unit_mismatch")]),
        ("Megawatt", [(2, "unit_mismatch")]),
        ("", [(2, "unit_mismatch")]),
    ],
)
def test_the_contract_says_what_the_sources_words_for_units_mean(unit, expected):
    """The feed's tag is in kW; Megawatt is a unit too, another one."""
    words = {"kw": "kW", "Kilowatt": "kW", "MEGAWATT": "MW"}
    text = f"tag,time,value,q,unit\nGRID,2025-06-01 00:00,1000,GOOD,{unit}"
    layout = QUALITY["layout"] | {"unit_words": words}
    assert rules(cleaned(contract(**QUALITY | {"layout": layout}), text)) == expected


def test_a_substituted_value_is_loaded_as_substituted():
    text = "tag,time,value,q,unit\nGRID,2025-06-01 00:00,1000,SUBST,kW"
    assert cleaned(contract(**QUALITY), text).readings["grid"]["method"].to_list() == ["substituted"]


def test_words_are_translated_and_unknown_words_nulled():
    tag = {"tag": "S", "device": "gt-01", "column": "status", "unit": ""}
    feed = contract(tags=[tag], vocabulary={"status": {"RUN": "running"}})
    result = cleaned(feed, "tag,time,value\nS,2025-06-01 00:00,run\nS,2025-06-01 01:00,??")
    assert values(result, "turbines", "status") == {"00:00": "running"}
    assert rules(result) == [(3, "unknown_word")]


def test_a_tag_means_another_device_from_a_day_on():
    tags = [
        {"tag": "G", "device": "gt-01", "column": "gross_mw", "unit": "MW", "valid_to": "2025-06-02"},
        {"tag": "G", "device": "gt-02", "column": "gross_mw", "unit": "MW", "valid_from": "2025-06-02"},
    ]
    result = cleaned(contract(tags=tags), "tag,time,value\nG,2025-06-01 23:00,5\nG,2025-06-02 00:00,6")
    assert result.readings["turbines"].sort("gross_mw").select("device_id", "gross_mw").rows() == [
        ("gt-01", 5.0),
        ("gt-02", 6.0),
    ]


CLEAN = "tag,time,value,q,unit\n" + "\n".join(
    f"{tag},2025-06-01 {hour:02d}:00,{500 + hour},GOOD,{unit}"
    for hour in range(6)
    for tag, unit in (("GRID", "kW"), ("GT01.MW", "MW"))
)
INJECTIONS = {
    "not_a_number": ("GRID,2025-06-01 02:00,502", "GRID,2025-06-01 02:00,x"),
    "not_finite": ("GRID,2025-06-01 02:00,502", "GRID,2025-06-01 02:00,nan"),
    "out_of_range": ("GRID,2025-06-01 02:00,502", "GRID,2025-06-01 02:00,1e12"),
    "bad_quality": ("02:00,502,GOOD,kW", "02:00,502,BAD,kW"),
    "unknown_quality": ("02:00,502,GOOD,kW", "02:00,502,EH,kW"),
    "unit_mismatch": ("02:00,502,GOOD,kW", "02:00,502,GOOD,W"),
    "no_value": ("02:00,502,GOOD,kW", "02:00,,GOOD,kW"),
    "unknown_tag": ("GRID,2025-06-01 02:00", "GIRD,2025-06-01 02:00"),
    "conflict": ("GRID,2025-06-01 02:00", "GRID,2025-06-01 01:00"),
    "off_noise": ("GRID,2025-06-01 02:00,502", "GRID,2025-06-01 02:00,3"),
}


def test_a_clean_file_has_nothing_to_say():
    assert rules(cleaned(injected_into(), CLEAN)) == []


def injected_into():
    return contract(**QUALITY, checks={"gross_mw": {"high": 900}, "grid_mw": {"off_below": 0.01}})


@pytest.mark.parametrize("rule", INJECTIONS)
def test_every_violation_injected_is_caught_by_name(rule):
    before, after = INJECTIONS[rule]
    assert before in CLEAN
    assert rule in {found for _, found in rules(cleaned(injected_into(), CLEAN.replace(before, after, 1)))}


def test_every_named_rule_has_words():
    assert all(verdict.says for verdict in VERDICTS.values())
    assert all(RECORD_RULES.values())


@given(st.decimals(min_value=-4000, max_value=4000, places=3))
def test_what_is_written_as_megawatts_is_read_to_the_last_digit(number):
    tag = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MW"}
    assert one(str(number), tags=[tag])[0] == {"00:00": float(number)}
