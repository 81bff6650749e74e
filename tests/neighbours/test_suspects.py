"""Who is named on a site of one grid meter, two halls, a battery and a unit, all of it on one page."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.suspects import judge
from tests.neighbours.simulated import GATES, day_of

STEPS = 96
AT = np.arange(STEPS)
HALL_1 = 50 + 12 * np.sin(AT / 7)
HALL_2 = 60 + 9 * np.sign(np.sin(AT / 11)) + 2 * np.sin(AT / 3)
BATTERY = 6 * np.sin(AT / 5)
UNIT = np.where(AT < 60, 12 + 2 * np.sin(AT / 9), 0.0)
GRID = HALL_1 + HALL_2 - BATTERY - UNIT


def device(device_id, source, power, nameplate, **more):
    return Device(
        device_id=device_id,
        source=source,
        is_counted=more.pop("is_counted", True),
        flow_id=more.pop("flow_id", device_id),
        nameplate_mw=nameplate,
        full_scale_mw=nameplate,
        accuracy=0.005,
        power_mw=power,
        **more,
    )


SOUND = {
    "grid": device("grid", "grid", GRID, 150, register_mw=GRID),
    "hall-1": device("hall-1", "load", HALL_1, 100),
    "hall-2": device("hall-2", "load", HALL_2, 100),
    "battery": device("battery", "battery", BATTERY, 12, register_mw=BATTERY),
    "unit": device("unit", "turbine", UNIT, 16, heat_input_mmbtu_h=np.where(UNIT > 0, 45 + 8.2 * UNIT, 0.0)),
}


def named(site=SOUND, **changes):
    changed = {name.replace("_", "-"): more for name, more in changes.items()}
    devices = {name: replace(each, **changed.get(name, {})) for name, each in site.items()}
    return judge(day_of(tuple(devices.values())), GATES)[1]


def test_nobody_is_named_where_all_agree():
    assert named() == named(hall_1={"power_mw": HALL_1 * 1.002})
    assert (named().device_id, named().reason) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (-HALL_1, "sign"),
        (0.9 * HALL_1, "scale ×0.9"),
        (1.5 * HALL_1, "scale ×1.5"),
        (1000 * HALL_1, "scale ×1000"),
        (HALL_1 / 1000, "scale ×0.001"),
        (np.roll(HALL_1, 6), "lag +30 min"),
        (0 * HALL_1, "dead"),
    ],
)
def test_a_hall_without_any_witness_is_named_by_the_balance(wrong, reason):
    suspect = named(hall_1={"power_mw": wrong})
    assert (suspect.device_id, suspect.reason, suspect.column) == ("hall-1", reason, "load_mw")
    assert suspect.tests == ("balance",)


def test_halls_with_proportional_loads_cannot_be_told_apart():
    twins = SOUND | {"hall-2": replace(SOUND["hall-2"], power_mw=1.2 * HALL_1)}
    twins["grid"] = replace(SOUND["grid"], power_mw=GRID - HALL_2 + 1.2 * HALL_1, register_mw=None)
    suspect = named(twins, hall_1={"power_mw": 0.8 * HALL_1})
    assert (suspect.device_id, suspect.reason) == (None, "ambiguous: hall-1, hall-2")


def test_a_register_names_a_meter_that_is_too_small_for_the_balance():
    """A block with the wrong sign for 0.3 MW: closure stays green, its register says so."""
    small = {"battery": replace(SOUND["battery"], power_mw=BATTERY / 20, register_mw=BATTERY / 20)}
    small["grid"] = replace(SOUND["grid"], power_mw=GRID + BATTERY * 0.95, register_mw=GRID + BATTERY * 0.95)
    suspect = named(SOUND | small, battery={"power_mw": -BATTERY / 20})
    assert (suspect.device_id, suspect.reason, suspect.tests) == ("battery", "sign", ("register", "balance"))


def test_the_balance_says_whether_power_or_register_is_wrong():
    by_power = named(grid={"power_mw": 0.9 * GRID})
    by_register = named(grid={"register_mw": 0.9 * GRID})
    assert (by_power.reason, by_power.column) == ("scale ×0.9", "grid_mw")
    assert (by_register.reason, by_register.column) == ("scale ×0.9 of energy_mwh", "energy_mwh")


def test_without_a_balance_it_cannot_be_told_whether_power_or_register_is_wrong():
    """One hall is silent all day: no residual, but the two columns of the battery still disagree."""
    wrong = replace(SOUND["battery"], power_mw=-BATTERY)
    unknown = np.full(STEPS, np.nan)
    [_, suspect] = judge(Day((wrong,), unknown, unknown, unknown), GATES)
    assert suspect.device_id == "battery"
    assert suspect.column == "battery_mw or energy_charged_mwh, energy_discharged_mwh"
    assert suspect.reason == f"sign of {suspect.column}"


def test_a_check_meter_at_fault_is_named_instead_of_the_meter_it_checks():
    check = device("check", "grid", 0.9 * GRID, 150, is_counted=False, flow_id="grid")
    suspect = named(SOUND | {"check": check})
    assert (suspect.device_id, suspect.reason.split(" of ")[0]) == ("check", "scale ×0.9")


def test_two_meters_of_a_flow_are_told_apart_by_the_balance():
    check = device("check", "grid", GRID, 150, is_counted=False, flow_id="grid")
    suspect = named(SOUND | {"check": check}, grid={"power_mw": 0.9 * GRID, "register_mw": None})
    assert (suspect.device_id, suspect.reason) == ("grid", "scale ×0.9")
    assert suspect.tests == ("second_meter", "balance")


def test_fuel_that_burns_says_that_a_unit_at_zero_is_dead():
    suspect = named(unit={"power_mw": 0 * UNIT})
    assert (suspect.device_id, suspect.reason) == ("unit", "dead")
    assert suspect.tests == ("fuel", "balance")


def test_a_fuel_meter_at_zero_under_load_is_dead():
    suspect = named(unit={"heat_input_mmbtu_h": 0 * UNIT})
    assert (suspect.device_id, suspect.reason) == ("unit", "dead of fuel_flow_scfh")


def test_a_unit_that_is_off_is_not_blamed_for_what_a_hall_does_not_show():
    """The unit stands still at zero and could have given the missing power, but it burnt nothing."""
    off = {"unit": replace(SOUND["unit"], power_mw=0 * UNIT, heat_input_mmbtu_h=0 * UNIT)}
    off["grid"] = replace(SOUND["grid"], power_mw=GRID + UNIT, register_mw=GRID + UNIT)
    assert named(SOUND | off, hall_1={"power_mw": HALL_1 * 1.1}).device_id == "hall-1"


def test_two_faults_at_once_are_not_laid_on_one_meter():
    suspect = named(hall_1={"power_mw": np.roll(HALL_1, 20)}, hall_2={"power_mw": np.roll(HALL_2, -30)})
    assert (suspect.device_id, suspect.reason) == (None, "no_single_meter_explains_it")


def test_the_order_of_devices_changes_nothing():
    devices = tuple(replace(each) for each in SOUND.values())
    wrong = (*devices[1:], replace(devices[0], power_mw=0.9 * GRID))
    forward, backward = (judge(day_of(order), GATES)[1] for order in (wrong, wrong[::-1]))
    assert (forward.device_id, forward.reason, forward.tests) == (
        backward.device_id,
        backward.reason,
        backward.tests,
    )


def test_every_test_of_the_day_leaves_its_testimony():
    heard, _ = judge(day_of(tuple(SOUND.values())), GATES)
    assert [(row.device.device_id, row.witness.test, row.comparison.verdict) for row in heard] == [
        ("battery", "balance", "agrees"),
        ("battery", "register", "agrees"),
        ("grid", "balance", "agrees"),
        ("grid", "register", "agrees"),
        ("hall-1", "balance", "agrees"),
        ("hall-2", "balance", "agrees"),
        ("unit", "balance", "agrees"),
        ("unit", "fuel", "agrees"),
    ]


def test_where_no_meter_has_an_accuracy_a_dead_hall_is_still_named():
    unclassed = {name: replace(each, accuracy=0.0) for name, each in SOUND.items()}
    assert (named(unclassed).device_id, named(unclassed).reason) == (None, None)
    suspect = named(unclassed, hall_1={"power_mw": 0 * HALL_1})
    assert (suspect.device_id, suspect.reason) == ("hall-1", "dead")
