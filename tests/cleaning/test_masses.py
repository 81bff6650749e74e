"""A file is held against its contract's setting of operating time: mass = rate × heat input."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract

FEED = """
feed: units
site: m1
description: hourly emissions
format: delimited
time: {columns: [time], format: "%Y-%m-%d %H:%M", interval: 1h}
layout: {kind: per_device, device: unit}
devices: [{name: GT01, device: gt-01}]
tags: []
"""
PARTS = [Decimal(n) / 100 for n in (25, 50, 75, 40, 10, 90, 60, 33, 5, 80)]
WHOLE = [Decimal(1)] * 10


def feed(mass_over=False, heat_over=False, mass_unit="lb"):
    over = {"over": "op"}
    tags = [
        {"tag": "op", "column": "operating_time_h", "unit": "h"},
        {"tag": "rate", "column": "nox_lb_per_mmbtu", "unit": "lb/mmBtu"},
        {"tag": "heat", "column": "heat_input_mmbtu_h", "unit": "mmBtu"} | (over if heat_over else {}),
        {"tag": "mass", "column": "nox_lb", "unit": mass_unit} | (over if mass_over else {}),
    ]
    return contract(FEED, tags=tags)


def rounded(number, places):
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def written(hours, mass_over=False, heat_over=False, rate=Decimal("0.0321"), heat=Decimal("171.37")):
    """A file of these operating times at one rate and one heat input per hour, rounded as EPA does.

    `mass_over`, `heat_over`: the column is stated over operating time, not as amount of the hour.
    """
    lines = ["time,unit,op,rate,heat,mass"]
    for number, op in enumerate(hours):
        mass = rate * heat * (1 if mass_over else op)
        burnt = heat * (1 if heat_over else op)
        cells = (op, rounded(rate, 3), rounded(burnt, 1), rounded(mass, 3))
        stamp = f"2025-06-{1 + number // 24:02d} {number % 24:02d}:00"
        lines.append(",".join([stamp, "GT01", *map(str, cells)]))
    return "\n".join(lines)


def said(result):
    found = result.findings.filter(pl.col("rule") == "mass_contradicts_rate")
    return found.select("action", "row_number", "raw_value").rows()


SETTINGS = [(mass, heat) for mass in (False, True) for heat in (False, True)]


@pytest.mark.parametrize(("mass_over", "heat_over"), SETTINGS)
def test_a_file_that_follows_its_contract_is_not_doubted(mass_over, heat_over):
    result = cleaned(feed(mass_over, heat_over), written(PARTS + WHOLE, mass_over, heat_over))
    assert said(result) == []


@pytest.mark.parametrize("over", [False, True])
def test_a_mass_stated_the_other_way_is_told_from_the_hours_operated_in_part(over):
    result = cleaned(feed(over, over), written(PARTS + WHOLE, not over, over))
    assert said(result) == [
        (
            "kept",
            1,
            "of 10 hours operated in part 0 % fit the contract, 100 % if `over` of nox_lb were the other "
            "way, 0 % if that of heat_input_mmbtu_h were; of 10 whole hours 100 % fit",
        )
    ]


@pytest.mark.parametrize("over", [False, True])
def test_a_heat_input_stated_the_other_way_is_told_too(over):
    [(_, _, text)] = said(cleaned(feed(over, over), written(PARTS, over, not over)))
    assert text == (
        "of 10 hours operated in part 0 % fit the contract, 0 % if `over` of nox_lb were the other way, "
        "100 % if that of heat_input_mmbtu_h were"
    )


@pytest.mark.parametrize("over", [False, True])
def test_where_the_contract_sets_them_apart_either_may_be_the_wrong_one(over):
    [(_, _, text)] = said(cleaned(feed(over, not over), written(PARTS, over, over)))
    assert text == (
        "of 10 hours operated in part 0 % fit the contract, 100 % if `over` of nox_lb were the other way, "
        "100 % if that of heat_input_mmbtu_h were"
    )


def test_nothing_is_changed_by_the_doubt():
    doubted = cleaned(feed(), written(PARTS, mass_over=True))
    assert doubted.readings["turbines"].get_column("nox_lb").to_list() == [5.501] * 10
    assert doubted.rejected.is_empty()


def test_whole_hours_alone_cannot_tell_and_mass_and_heat_alike_cannot_either():
    assert said(cleaned(feed(), written(WHOLE, mass_over=True))) == []
    assert said(cleaned(feed(), written(PARTS, mass_over=True, heat_over=True))) == []


def test_a_mass_in_another_unit_fits_in_no_hour():
    [(_, _, text)] = said(cleaned(feed(mass_unit="kg"), written(PARTS + WHOLE)))
    assert "hours operated in part 0 % fit the contract" in text
    assert text.endswith("of 10 whole hours 0 % fit")


@pytest.mark.parametrize(("odd", "is_said"), [(1, False), (2, True)])
def test_one_odd_hour_in_ten_is_no_contradiction_and_two_are(odd, is_said):
    header, *lines = written(PARTS).splitlines()
    lines = [f"{line.rsplit(',', 1)[0]},99.000" if n < odd else line for n, line in enumerate(lines)]
    assert bool(said(cleaned(feed(), "\n".join([header, *lines])))) is is_said


def test_a_file_says_it_once_on_its_first_day_whichever_days_are_cleaned():
    text = written(PARTS * 5, mass_over=True)
    whole = said(cleaned(feed(), text))
    assert len(whole) == 1
    assert said(cleaned(feed(), text, days=[date(2025, 6, 1)])) == whole
    assert said(cleaned(feed(), text, days=[date(2025, 6, 2)])) == []


def test_hours_without_all_four_values_tell_nothing():
    text = "time,unit,op,rate,heat,mass\n2025-06-01 00:00,GT01,0.5,,70,99\n2025-06-01 01:00,GT01,0,0.03,0,0"
    assert said(cleaned(feed(), text)) == []


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=12),
    st.decimals("0.002", "2", places=5),
    st.decimals("1", "4000", places=3),
    st.sampled_from(SETTINGS),
)
def test_rounding_alone_is_never_a_contradiction(hundredths, rate, heat, setting):
    hours = [Decimal(n) / 100 for n in hundredths]
    assert said(cleaned(feed(*setting), written(hours, *setting, rate=rate, heat=heat))) == []
