"""A value is judged by its neighbourhood: what is injected is found by name, what is honest is left alone."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cleaning import Cleaned, Rating, clean_feed
from tests.cleaning.samples import SCOPE, contract, delivered, surveyed

START = datetime(2025, 6, 1)
MINUTES = {"columns": ["time"], "format": "%Y-%m-%d %H:%M:%S", "interval": "60s"}
GRID = {"tag": "GRID", "device": "grid-a", "column": "grid_mw", "unit": "MW"}
SOC = {"tag": "SOC", "device": "bat-01", "column": "soc_pct", "unit": "%"}
SIZED = replace(
    SCOPE, ratings={"grid-a": Rating(150.0), "bat-01": Rating(12.5, 50.7), "hall-1": Rating(None)}
)


def feed(column: str = "grid_mw", unit: str = "MW", device: str = "grid-a", **check: object):
    """A feed of one tag, a value a minute, with checks of its column."""
    tag = {"tag": "X", "device": device, "column": column, "unit": unit}
    return contract(tags=[tag], time=MINUTES, checks={column: check} if check else {})


def text(*numbers: object, tag: str = "X", seconds: int = 60) -> str:
    """A file of one tag; None leaves a minute out."""
    lines = [
        f"{tag},{START + n * timedelta(seconds=seconds)},{number}"
        for n, number in enumerate(numbers)
        if number is not None
    ]
    return "tag,time,value\n" + "\n".join(lines)


def clean(contract_, *files: str, days: list[date] | None = None) -> Cleaned:
    given_ = [delivered(file, str(place) * 64) for place, file in enumerate(files)]
    days = days or sorted({day for file in given_ for day in surveyed(file, contract_).dates})
    return clean_feed(given_, contract_, SIZED, days)


def found(result: Cleaned) -> list[tuple[str, int, str, str | None]]:
    """(rule, place of the value in the file, action, value used)."""
    rows = result.findings.select("rule", "row_number", "action", "used_value").rows()
    return sorted((rule, row - 2, action, used) for rule, row, action, used in rows)


def accused(result: Cleaned) -> dict[int, str]:
    return {place: rule for rule, place, *_ in found(result)}


def loaded(result: Cleaned, kind: str = "grid", column: str = "grid_mw") -> list[float | None]:
    return result.readings[kind].sort("interval_start_utc").get_column(column).to_list()


# Spikes

JUMP = {"spike": {"jump": 10}}


@pytest.mark.parametrize("spike", [200, -100, 32767, -32768, 31.5])
def test_a_spike_is_nulled_whichever_way_it_goes(spike):
    result = clean(feed(**JUMP), text(20, 21, spike, 20, 19, 20))
    assert found(result) == [("spike", 2, "nulled", None)] or accused(result) == {2: "out_of_range"}
    assert loaded(result) == [20, 21, 20, 19, 20]


def test_the_plausible_neighbour_of_a_spike_is_one_itself():
    assert accused(clean(feed(**JUMP), text(20, 21, 900, 45, 19, 20, 21))) == {2: "spike", 3: "spike"}


def test_a_load_that_steps_or_ramps_has_no_spike():
    assert accused(clean(feed(**JUMP), text(20, 20, 20, 90, 90, 90, 20, 20))) == {}
    assert accused(clean(feed(**JUMP), text(*range(0, 400, 40)))) == {}


def test_beside_a_hole_nothing_can_be_told():
    assert accused(clean(feed(**JUMP), text(20, 21, 90, None, None, None, None, None, 20, 20))) == {}


def test_a_share_is_of_the_neighbours():
    by_share = feed(spike={"share": 0.25, "jump": 10})
    assert accused(clean(by_share, text(100, 100, 124, 100, 100))) == {}
    assert accused(clean(by_share, text(100, 100, 126, 100, 100))) == {2: "spike"}
    assert accused(clean(by_share, text(2, 2, 9, 2, 2))) == {}


steps = st.lists(st.floats(-5, 5).map(lambda number: round(number, 3)), min_size=8, max_size=40)


def walk(steps_: list[float]) -> list[float]:
    level, values = 50.0, []
    for step in steps_:
        level += step
        values.append(round(level, 3))
    return values


@settings(max_examples=30, deadline=None)
@given(steps)
def test_a_signal_that_moves_by_half_the_jump_at_most_is_never_accused(steps_):
    assert accused(clean(feed(**JUMP), text(*walk(steps_)))) == {}


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_spike_of_three_jumps_on_a_calm_signal_is_always_found(data):
    values = walk([step / 5 for step in data.draw(steps)])
    place = data.draw(st.integers(1, len(values) - 2))
    values[place] += data.draw(st.sampled_from([-1, 1])) * data.draw(st.floats(30, 4000))
    rules = accused(clean(feed(**JUMP), text(*values)))
    assert rules.pop(place) in ("spike", "unit_suspect", "out_of_range")
    assert rules == {}


# Sentinels


@pytest.mark.parametrize(("unit", "sentinel"), [("kW", -9999), ("kW", 65535), ("MW", 99.999), ("MW", -99)])
def test_a_number_that_many_sources_write_for_missing_is_none_where_it_stands_out(unit, sentinel):
    """In kW -9999 would be an export of 10 MW; 99.999 and -99 MW are nobody's sentinels."""
    times = 1000 if unit == "kW" else 1
    result = clean(feed(unit=unit), text(20 * times, 21 * times, sentinel, 20 * times, 19 * times))
    assert accused(result) == ({2: "sentinel"} if unit == "kW" else {})


def test_sentinels_that_follow_each_other_are_found_by_the_values_around_them():
    watts = feed(unit="kW")
    assert accused(clean(watts, text(20_000, 21_000, -9999, -9999, 65535, 20_000, 19_000))) == dict.fromkeys(
        (2, 3, 4), "sentinel"
    )


def test_a_true_value_that_is_such_a_number_lies_among_its_neighbours():
    watts = feed(unit="kW")
    assert accused(clean(watts, text(9000, 9900, 9999, 10_300, 9999, 9999, 9999, 9999, 9000))) == {}
    assert accused(clean(watts, text(2000, 6000, 9999, 13_000, 17_000))) == {}


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_sentinel_on_a_signal_far_from_it_is_always_found(data):
    values: list[float] = [1000 * value for value in walk(data.draw(steps))]
    place = data.draw(st.integers(0, len(values) - 1))
    near = [values[at] for at in range(max(0, place - 2), min(len(values), place + 3)) if at != place]
    values[place] = data.draw(st.sampled_from([-32768, -9999, 32767, 65535]))
    stands_out = values[place] < min(near) - 3300 or values[place] > max(near) + 6600
    assert (accused(clean(feed(unit="kW"), text(*values))).get(place) == "sentinel") >= stands_out


# Units


def test_a_run_in_kilowatts_is_refused_and_not_mended():
    result = clean(feed(), text(100, 101, 99_000, 98_500, 99_900, 101))
    assert {place: rule for rule, place, *_ in found(result)} == dict.fromkeys((2, 3, 4), "unit_suspect")
    assert loaded(result) == [100, 101, 101]
    assert result.accounts["values_rejected"].to_list() == [3]


def test_a_file_that_changes_its_unit_in_the_middle_is_refused_from_there_to_its_end():
    values = [100.0] * 500 + [100_000.0] * 900
    assert accused(clean(feed(), text(*values))) == dict.fromkeys(range(500, 1400), "unit_suspect")


def test_a_single_value_a_thousand_times_too_high_is_a_spike():
    result = clean(feed(), text(100, 101, 100_000, 98))
    assert found(result) == [("spike", 2, "nulled", None)]
    assert result.accounts["values_nulled"].to_list() == [1]
    twice = clean(feed(), text(100, 101, 100_000, 98), text(100, 101, 100_000, 98, 97))
    assert found(twice) == [("spike", 2, "nulled", None)] * 2


def test_what_a_thousandth_does_not_explain_is_out_of_range():
    assert accused(clean(feed(), text(100, 900_000, 900_000, 100))) == {1: "out_of_range", 2: "out_of_range"}


def test_a_device_of_unknown_size_is_not_compared_with_it():
    halls = feed("load_mw", device="hall-1")
    assert accused(clean(halls, text(4, 4000, 4000, 4))) == {}


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_short_run_is_compared_with_its_neighbourhood_where_the_feed_asks_for_it(factor):
    halls = feed("load_mw", device="hall-1", unit_suspect={"within": "30min"})
    values = [4.0 + n % 3 / 10 for n in range(120)]
    for place in range(45, 74):
        values[place] = round(values[place] * factor, 6)
    assert accused(clean(halls, text(*values))) == dict.fromkeys(range(45, 74), "unit_suspect")


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_at_the_end_of_what_is_known_no_unit_is_told_from_the_other(factor):
    halls = feed("load_mw", device="hall-1", unit_suspect={"within": "30min"})
    values = [4.0 + n % 3 / 10 for n in range(10)]
    assert accused(clean(halls, text(*values, *(round(value * factor, 6) for value in values * 2)))) == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 149), min_size=1, max_size=20))
def test_powers_up_to_ten_times_the_nameplate_are_never_suspected(values):
    assert accused(clean(feed(), text(*(10 * value for value in values)))) == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(1.51, 150), min_size=2, max_size=20))
def test_kilowatts_of_more_than_a_hundredth_of_the_nameplate_are_always_suspected(values):
    assert set(accused(clean(feed(), text(*(1000 * value for value in values)))).values()) == {"unit_suspect"}


def registered(power: list[float], charged: list[float], discharged: list[float]) -> str:
    """A block whose registers stand at `charged` and `discharged` [MWh] at the end of each minute."""
    records = zip(power, charged, discharged, strict=True)
    lines = [
        f"{START + n * timedelta(minutes=1)},B1,{mw},{into},{out}"
        for n, (mw, into, out) in enumerate(records)
    ]
    return "time,id,p,in,out\n" + "\n".join(lines)


BLOCK = contract(
    time={**MINUTES, "label": "end"},
    layout={"kind": "per_device", "device": "id"},
    devices=[{"name": "B1", "device": "bat-01"}],
    tags=[
        {"tag": "p", "column": "battery_mw", "unit": "MW"},
        {"tag": "in", "column": "energy_charged_mwh", "unit": "MWh", "counter": {"max_increment": 1}},
        {"tag": "out", "column": "energy_discharged_mwh", "unit": "MWh", "counter": {"max_increment": 1}},
    ],
)


def unit_suspects(power: list[float], shown: list[float]) -> list[int]:
    """Places at which a block that gives `power` [MW] and shows `shown` is suspected."""
    charged = [100 + sum(max(-mw, 0) for mw in power[: n + 1]) / 60 for n in range(len(power))]
    discharged = [50 + sum(max(mw, 0) for mw in power[: n + 1]) / 60 for n in range(len(power))]
    result = clean(BLOCK, registered(shown, charged, discharged))
    return [place for place, rule in accused(result).items() if rule == "unit_suspect"]


def test_a_power_that_its_own_registers_contradict_by_a_thousand_is_in_another_unit():
    power = [6.0, 6.2, -5.0, -4.8, 3.0, 0.0, 7.0]
    shown = [6.0, 6.2, -0.005, -0.0048, 0.003, 0.0, 7.0]
    assert unit_suspects(power, shown) == [2, 3, 4]
    small, large = [0.03, 0.02, 0.1, -0.09, 0.03], [0.03, 20.0, 100.0, -90.0, 0.03]
    assert unit_suspects(small, large) == [1, 2, 3]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-12.5, 12.5).map(lambda mw: round(mw, 4)), min_size=3, max_size=20))
def test_a_power_that_its_registers_confirm_is_never_suspected_and_one_in_gigawatts_always(power):
    assert unit_suspects(power, power) == []
    found = unit_suspects(power, [round(mw / 1000, 8) for mw in power])
    certain = [place for place, mw in enumerate(power) if place and abs(mw) > 0.126]
    assert found == [place for place in certain if any(abs(place - other) in (1, 2) for other in certain)]


# Zeros, stuck values


def test_zeros_that_last_are_missing_and_short_ones_are_not():
    zeros = feed(zeros_are_missing={"after": "5min"})
    assert accused(clean(zeros, text(9, 0, 0, 0, 0, 9))) == {}
    assert accused(clean(zeros, text(9, 0, 0, 0, 0, 0, 9))) == dict.fromkeys(range(1, 6), "zero_run")


def test_the_demand_of_a_system_is_watched_without_asking():
    tag = {"tag": "X", "device": "tva", "column": "demand_mw", "unit": "MW"}
    demand = contract(tags=[tag], time={**MINUTES, "interval": "1h"})
    scope = replace(SIZED, kinds={"tva": "system_demand"})

    def of(*numbers: float, feed_=demand) -> dict[int, str]:
        file = delivered(text(*numbers, seconds=3600))
        return accused(clean_feed([file], feed_, scope, list(surveyed(file, feed_).dates)))

    hours = [16000 + 100 * n for n in range(12)]
    assert of(*hours) == {}
    assert of(*hours[:5], 1243, *hours[6:]) == {5: "spike"}
    assert of(*hours[:5], 0, 0, *hours[7:]) == {5: "zero_run", 6: "zero_run"}
    assert of(*hours[:3], *[16300] * 6, *hours[9:]) == dict.fromkeys(range(4, 9), "stuck")
    megawatts = [hours[0], *(hour / 1000 for hour in hours[1:5]), *hours[5:]]
    assert of(*megawatts) == dict.fromkeys(range(1, 5), "unit_suspect")
    without = contract(
        tags=[tag],
        time={**MINUTES, "interval": "1h"},
        checks={"demand_mw": {"without": ["spike", "stuck", "zeros_are_missing", "unit_suspect"]}},
    )
    assert of(0, 0, 1243, 16.3, *[16300] * 9, feed_=without) == {}


def test_what_is_off_stays_0_and_is_not_stuck():
    assert accused(clean(feed(stuck={"after": "5min"}), text(*[0] * 30))) == {}


def test_a_logger_of_which_all_columns_freeze_is_found_by_the_one_that_always_moves():
    """NOx alone would look like a steady turbine: its companion does not move either."""
    tags = [
        {"tag": "NOX", "device": "gt-01", "column": "nox_ppm", "unit": "ppm"},
        {"tag": "O2", "device": "gt-01", "column": "o2_pct", "unit": "%"},
    ]
    nox = {"stuck": {"after": "5min", "companion": "o2_pct", "companion_moves": 0.5}}
    frozen = text(2.1, 2.2, *[2.3] * 8, 2.2, tag="NOX") + text(
        15.1, 15.2, *[15.3] * 8, 15.1, tag="O2"
    ).removeprefix("tag,time,value")
    alone = contract(tags=tags, time=MINUTES, checks={"nox_ppm": nox})
    assert accused(clean(alone, frozen)) == {}
    both = contract(tags=tags, time=MINUTES, checks={"nox_ppm": nox, "o2_pct": {"stuck": {"after": "5min"}}})
    assert len(accused(clean(both, frozen))) == 14


def test_an_analyser_that_shows_0_of_a_unit_that_burns_is_dead_and_of_one_that_is_off_is_right():
    tags = [
        {"tag": "NOX", "device": "gt-01", "column": "nox_ppm", "unit": "ppm"},
        {"tag": "FUEL", "device": "gt-01", "column": "fuel_flow_scfh", "unit": "scf/h"},
    ]
    zeros = {"zeros_are_missing": {"after": "5min", "companion": "fuel_flow_scfh"}}
    dead = contract(tags=tags, time=MINUTES, checks={"nox_ppm": zeros})
    nox = text(*[0] * 12, tag="NOX")
    fuel = text(*[0] * 6, *[160_000] * 5, tag="FUEL").removeprefix("tag,time,value")
    assert accused(clean(dead, nox + fuel)) == dict.fromkeys(range(6, 11), "zero_run")
    missing = text(*[0] * 8, 65535, *[0] * 3, tag="FUEL").removeprefix("tag,time,value")
    assert accused(clean(dead, nox + missing)) == {12 + 8: "sentinel"}, "nothing burns"


@pytest.mark.parametrize(
    "check",
    [
        {"stuck": {"after": "3min", "companion": "frequency_hz"}},
        {"zeros_are_missing": {"after": "3min", "companion": "frequency_hz"}},
        {"needs": {"column": "frequency_hz"}},
    ],
)
def test_where_the_companion_is_not_delivered_nothing_is_told(check):
    assert accused(clean(feed(**check), text(5, 5, 5, 5, 5, 0, 0, 0, 0, 0))) == {}


# State of charge, contradictions, lines


def test_charge_cannot_move_faster_than_the_batterys_power():
    """12.5 MW into 50.7 MWh is 0.41 % a minute; half as much again, and 1 % of rounding, may be."""
    soc = feed("soc_pct", "%", "bat-01")
    assert accused(clean(soc, text(50, 50.4, 50.8, 51.2, 52.8))) == {}
    result = clean(soc, text(50, 50.4, 90, 90.4, 10))
    assert found(result) == [("soc_jump", 2, "kept", "90.0"), ("soc_jump", 4, "kept", "10.0")]
    assert loaded(result, "batteries", "soc_pct") == [50, 50.4, 90, 90.4, 10]


def test_nox_without_fuel_is_kept_with_a_finding():
    per_device = contract(
        time=MINUTES,
        layout={"kind": "per_device", "device": "id"},
        devices=[{"name": "T1", "device": "gt-01"}],
        tags=[
            {"tag": "nox", "column": "nox_ppm", "unit": "ppm"},
            {"tag": "fuel", "column": "fuel_flow_scfh", "unit": "scf/h"},
        ],
        checks={"nox_ppm": {"needs": {"column": "fuel_flow_scfh", "above": 5}}},
    )
    records = ["2,160000", "3,0", "12,0", "12,160000", "12,"]
    lines = [f"{START + n * timedelta(minutes=1)},T1,{values}" for n, values in enumerate(records)]
    result = clean(per_device, "time,id,nox,fuel\n" + "\n".join(lines))
    assert found(result) == [("contradiction", 2, "kept", "12.0")]
    assert loaded(result, "turbines", "nox_ppm") == [2, 3, 12, 12, 12]


LINE = {"interpolated": {"records": 4}}


def test_values_on_an_exact_line_count_as_substituted():
    honest = [20.17, 20.91, 20.36]
    drawn = [20.36 + (n + 1) * (27.8137 - 20.36) / 6 for n in range(5)]
    result = clean(feed(**LINE), text(*honest, *drawn, 27.8137, 27.2))
    assert accused(result) == dict.fromkeys(range(3, 8), "interpolated")
    methods = result.readings["grid"].sort("interval_start_utc").get_column("method").to_list()
    assert methods == ["measured"] * 3 + ["substituted"] * 5 + ["measured"] * 2


def test_whole_numbers_that_climb_by_one_are_no_line():
    assert accused(clean(feed(**LINE), text(8, 8, 9, 10, 11, 12, 13, 14, 14))) == {}


def test_three_records_on_a_line_are_chance():
    assert accused(clean(feed(**LINE), text(1.117, 2.234, 3.351, 4.468, 5.585, 3.1))) == {}


COARSE = {"interpolated": {"records": 4, "tolerance": 0.01, "coarse": 30}}


@pytest.mark.parametrize("rise", [0.0011, 0.0005])
def test_a_staircase_that_only_rounding_takes_off_a_line_was_drawn_where_the_signal_is_restless(rise):
    restless = [1.70 + (7 * n % 5) / 50 for n in range(20)]
    drawn = [round(1.72 + rise * n, 2) for n in range(40)]
    assert sorted(accused(clean(feed(**COARSE), text(*restless, *drawn, *restless)))) == list(range(20, 60))
    assert accused(clean(feed(**LINE), text(*restless, *drawn, *restless))) == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([0.01, 0.02, 0.03]), min_size=60, max_size=60))
def test_noise_of_a_last_digit_around_a_slow_rise_is_never_a_coarse_line(noise):
    values = [round(1.7 + 0.001 * n + off * (-1) ** n, 2) for n, off in enumerate(noise)]
    assert "interpolated" not in accused(clean(feed(**COARSE), text(*values))).values()


# Crowded records, a day alone


def test_ten_records_an_interval_do_not_count_ten_times():
    result = clean(feed(), text(*[100 + n / 10 for n in range(30)], seconds=6))
    assert loaded(result) == [100.0]
    assert {rule for rule, *_ in found(result)} == {"overlap", "off_grid"}


def test_a_clock_that_drifts_by_seconds_loses_nothing():
    lines = [f"X,{START + timedelta(minutes=n, seconds=-2 * (n // 3))},100" for n in range(9)]
    result = clean(feed(), "tag,time,value\n" + "\n".join(lines))
    assert len(loaded(result)) == 9
    assert [rule for rule, *_ in found(result)] == ["off_grid"]


EVERY = {
    "grid_mw": {
        "spike": {"jump": 10},
        "stuck": {"after": "2h"},
        "zeros_are_missing": {"after": "2h"},
        "unit_suspect": {"within": "2h"},
        "interpolated": {"records": 3, "tolerance": 0.2, "coarse": 20},
    },
    "soc_pct": {"spike": {"jump": 5}, "stuck": {"after": "1h", "companion": "battery_mw"}},
    "battery_mw": {"stuck": {"after": "1h"}, "needs": {"column": "soc_pct", "above": 1}},
}


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from([0, 0, 20, 20, 20.117, 20.234, 20.351, 95, 20_000, 20_000, None]),
        min_size=96,
        max_size=96,
    ),
    st.lists(st.sampled_from([0, 2, 2, 2, 3, 60, None]), min_size=96, max_size=96),
)
def test_a_day_cleaned_alone_equals_the_day_cleaned_with_its_neighbours(power, charge):
    tags = [GRID, SOC, {"tag": "P", "device": "bat-01", "column": "battery_mw", "unit": "MW"}]
    every = contract(tags=tags, time={**MINUTES, "interval": "30min"}, checks=EVERY)
    body = [
        text(*numbers, tag=tag, seconds=1800).removeprefix("tag,time,value\n")
        for numbers, tag in ((power, "GRID"), (charge, "SOC"), (charge, "P"))
    ]
    file = "tag,time,value\n" + "\n".join(part for part in body if part)
    days = [START.date(), START.date() + timedelta(days=1)]
    together = clean(every, file, days=days)
    for day in days:
        alone = clean(every, file, days=[day])
        for name in ("findings", "rejected", "accounts"):
            mine = getattr(together, name).filter(pl.col("utc_date") == day)
            assert getattr(alone, name).equals(mine)
        for kind, readings in together.readings.items():
            mine = readings.filter(pl.col("utc_date") == day)
            assert alone.readings.get(kind, mine.clear()).equals(mine)
