"""A register becomes increments; resets, rollovers and jumps never become energy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cleaning.samples import cleaned, contract, hours, rules, values

HEAD = "tag,time,value\n"


def register(label: str = "end", **counter: float):
    """A feed with one energy register in kWh that can rise by at most 1000 kWh an hour."""
    tag = {
        "tag": "E",
        "device": "grid-a",
        "column": "energy_mwh",
        "unit": "kWh",
        "counter": {"max_increment": 1000, **counter},
    }
    return contract(tags=[tag], time=hours(label=label))


def read(feed, *registers: float):
    """Hourly registers from 01:00 on."""
    lines = [f"E,2025-06-01 {hour:02d}:00,{value}" for hour, value in enumerate(registers, 1)]
    return cleaned(feed, HEAD + "\n".join(lines))


def test_a_register_at_the_end_of_the_interval_needs_the_one_before():
    assert values(read(register(), 5000, 5100, 5350), "grid", "energy_mwh") == {"01:00": 0.1, "02:00": 0.25}


def test_a_register_at_the_start_of_the_interval_needs_the_one_after():
    result = read(register(label="start"), 5000, 5100, 5350)
    assert values(result, "grid", "energy_mwh") == {"01:00": 0.1, "02:00": 0.25}


def test_a_reset_is_not_negative_energy():
    result = read(register(), 5000, 5100, 50, 150)
    assert values(result, "grid", "energy_mwh") == {"01:00": 0.1, "03:00": 0.1}
    assert (4, "counter_reset") in rules(result)


def test_a_rollover_counts_on():
    result = read(register(rollover=65536), 65500, 36)
    assert values(result, "grid", "energy_mwh") == {"01:00": 0.072}


def test_a_transient_zero_rebases_nothing():
    result = read(register(), 5000, 5100, 0, 5300, 5400)
    assert values(result, "grid", "energy_mwh") == {"01:00": 0.1, "04:00": 0.1}
    assert [rule for _, rule in rules(result)] == ["counter_gap", "counter_reset", "counter_jump"]


def test_an_increment_across_a_gap_is_not_located():
    text = HEAD + "E,2025-06-01 01:00,100\nE,2025-06-01 02:00,200\nE,2025-06-01 05:00,500"
    assert values(cleaned(register(), text), "grid", "energy_mwh") == {"01:00": 0.1}


@pytest.mark.parametrize("label", ["start", "end"])
@given(rises=st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_increments_add_up_to_the_rise_of_the_register(label, rises):
    total, registers = 0, [0]
    for rise in rises:
        total += rise
        registers.append(total)
    found = values(read(register(label), *registers), "grid", "energy_mwh")
    assert len(found) == len(rises)
    assert sum(found.values()) == pytest.approx(total / 1000)


def registers(*tags: dict[str, object]):
    """A feed of registers whose stamps name the end of the hour."""
    counter = {"column": "energy_mwh", "counter": {"max_increment": 5000}}
    return contract(tags=[counter | tag for tag in tags], time=hours(label="end"))


def test_each_register_is_converted_by_its_own_unit_sign_and_scale():
    feed = registers(
        {"tag": "A", "device": "grid-a", "unit": "kWh"},
        {"tag": "B", "device": "grid-b", "unit": "MWh", "counter": {"max_increment": 5}},
        {"tag": "C", "device": "grid-c", "unit": "kWh", "sign": -1},
        {"tag": "D", "device": "grid-d", "unit": "kWh", "scale": 10},
    )
    lines = [f"{tag},2025-06-01 0{hour}:00,{100 * hour}" for tag in "ACD" for hour in (1, 2)]
    lines += ["B,2025-06-01 01:00,10", "B,2025-06-01 02:00,12"]
    readings = cleaned(feed, HEAD + "\n".join(lines)).readings["grid"]
    assert readings.sort("device_id").select("device_id", "energy_mwh").rows() == [
        ("grid-a", 0.1),
        ("grid-b", 2.0),
        ("grid-c", -0.1),
        ("grid-d", 1.0),
    ]


@pytest.mark.parametrize("label", ["start", "end"])
def test_a_register_counts_on_when_the_unit_of_its_tag_changes(label):
    tag = {"tag": "E", "device": "grid-a", "column": "energy_mwh"}
    tags = [
        tag | {"unit": "kWh", "valid_to": "2025-06-02", "counter": {"max_increment": 5000}},
        tag | {"unit": "MWh", "valid_from": "2025-06-02", "counter": {"max_increment": 5}},
    ]
    text = (
        HEAD + "E,2025-06-01 23:00,5000\nE,2025-06-02 00:00,6000\nE,2025-06-02 01:00,8\nE,2025-06-02 02:00,11"
    )
    text = text if label == "end" else text.replace("6000", "6")
    found = values(cleaned(contract(tags=tags, time=hours(label=label)), text), "grid", "energy_mwh")
    assert list(found.values()) == [1.0, 2.0, 3.0]


def test_a_meter_that_takes_the_place_of_another_under_its_tag_does_not_count_on():
    """The new meter stands at 5150 when the old one left at 5100: those 50 kWh never were."""
    tag = {"tag": "E", "device": "grid-a", "column": "energy_mwh", "unit": "kWh"}
    tags = [
        tag | {"valid_to": "2025-06-02", "counter": {"max_increment": 1000, "meter": "4711"}},
        tag | {"valid_from": "2025-06-02", "counter": {"max_increment": 1000, "meter": "4712"}},
    ]
    text = HEAD + "\n".join(
        f"E,{stamp},{value}"
        for stamp, value in (
            ("2025-06-01 23:00", 5000),
            ("2025-06-02 00:00", 5100),
            ("2025-06-02 01:00", 5150),
            ("2025-06-02 02:00", 5350),
        )
    )
    result = cleaned(contract(tags=tags, time=hours(label="end")), text)
    assert values(result, "grid", "energy_mwh") == {"01 23:00": 0.1, "02 01:00": 0.2}
    assert [rule for _, rule in rules(result)] == ["counter_gap", "counter_gap"]


def test_two_registers_of_one_device_have_no_common_increment():
    feed = registers(
        {"tag": "MAIN", "device": "grid-a", "unit": "kWh", "priority": 1},
        {"tag": "CHECK", "device": "grid-a", "unit": "kWh"},
    )
    main = [f"MAIN,2025-06-01 0{hour}:00,{1000 + 100 * hour}" for hour in (1, 2, 4, 5)]
    check = [f"CHECK,2025-06-01 0{hour}:00,{900 + 100 * hour}" for hour in range(1, 6)]
    result = cleaned(feed, HEAD + "\n".join(main + check))
    assert values(result, "grid", "energy_mwh") == {"01:00": 0.1, "04:00": 0.1}


def test_idle_noise_of_a_gauge_is_no_matter_of_a_register():
    tag = {
        "tag": "E",
        "device": "grid-a",
        "column": "energy_mwh",
        "unit": "MWh",
        "counter": {"max_increment": 5},
    }
    feed = contract(tags=[tag], time=hours(label="end"), checks={"energy_mwh": {"off_below": 2}})
    assert values(read(feed, 1, 4), "grid", "energy_mwh") == {"01:00": 3.0}
