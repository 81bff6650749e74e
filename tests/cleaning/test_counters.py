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
