"""O23 to O26 and O36 of the KPI reference, with their literal expectations."""

import numpy as np
import pytest

from pipelines.counterfactual.avoided import (
    AS_OBSERVED,
    BEFORE_UPGRADE,
    BEFORE_UPGRADE_AS_OBSERVED,
    WITHOUT_BATTERY,
    Policy,
    Window,
    model,
)
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import equal_fleet
from pipelines.counterfactual.quantities import hours, watts
from pipelines.counterfactual.reserve import substitution_share
from pipelines.counterfactual.residual import residual_without_battery

HOUR = 3600
LOAD = watts([140, 150, 160, 170, 155, 145])
CAP = watts([150] * 6)
UNITS_OF_16_MW = 10


def fleet(min_up_h: int = 1):
    return equal_fleet(UNITS_OF_16_MW, 16_000_000, min_up_h)


def battery_serves_the_residual(min_up_h: int = 1):
    residual = residual_without_battery(LOAD, CAP)
    everything = np.ones(6, dtype=bool)
    return model(
        Window(LOAD, residual, CAP, can_bridge=everything, known=everything), Policy(0, 0), fleet(min_up_h)
    )


def test_o23_units_follow_the_residual_and_the_battery_avoids_all_of_them():
    models = battery_serves_the_residual()
    assert models.committed.unit_steps[WITHOUT_BATTERY].tolist() == [0, 0, 1, 2, 1, 0]
    assert hours(int(models.committed.in_horizon[WITHOUT_BATTERY]), HOUR) == 4
    assert hours(models.avoided_unit_steps, HOUR) == 4


def test_o24_minimum_up_time_keeps_units_beyond_need_and_beyond_the_window():
    committed = battery_serves_the_residual(min_up_h=4).committed
    assert committed.in_horizon.tolist() == [7, 0]
    assert committed.total.tolist() == [8, 0]
    assert committed.starts.sum(axis=1).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("residual_mw", "units", "share"),
    [
        (10, 1, 0.5),
        (16, 1, 0.5),
        (17, 2, 0.33333333),
        (32, 2, 0.33333333),
        (50, 4, 0.2),
        (96, 6, 0.14285714),
        (150, 10, 0.09090909),
    ],
)
def test_o25_replacing_one_reserve_unit(residual_mw, units, share):
    residual, reserves = watts([[residual_mw]] * 2), np.array([[1], [0]])
    committed = commit(residual, reserves, equal_fleet(12, 16_000_000, 1))
    assert committed.unit_steps.tolist() == [[units + 1], [units]]
    assert substitution_share(units, 1, 0) == pytest.approx(share, abs=5e-9)


def test_o25_without_a_residual_there_is_no_share_and_no_reserve_runs():
    assert substitution_share(0, 1, 0) is None
    assert commit(watts([[0]]), np.array([[1]]), fleet()).unit_steps.tolist() == [[0]]


def test_the_same_day_in_five_minute_steps_gives_the_same_hours():
    residual = np.repeat(residual_without_battery(LOAD, CAP), 12)[None]
    committed = commit(residual, np.zeros((1, 72), dtype=np.int64), equal_fleet(10, 16_000_000, 48))
    assert hours(int(committed.in_horizon[0]), 300) == 7
    assert hours(int(committed.total[0]), 300) == 8
    assert int(committed.starts.sum()) == 2


def four_models_h(load_mw, battery_mw, before_mw, cap_mw):
    """Hours of M0, M1 and of both before the upgrade; one reserve unit, which the batteries replace."""
    steps = len(load_mw)
    everything = np.ones(steps, dtype=bool)
    window = Window(watts(load_mw), watts(battery_mw), watts([cap_mw] * steps), everything, everything)
    models = model(window, Policy(1, 1, before_mw * 1_000_000), equal_fleet(20, 16_000_000, 1))
    unit_steps = models.committed.in_horizon
    return {name: hours(int(unit_steps[run]), HOUR) for name, run in RUNS.items()}


RUNS = {
    "old, no": BEFORE_UPGRADE,
    "old, b": BEFORE_UPGRADE_AS_OBSERVED,
    "new, no": WITHOUT_BATTERY,
    "new, b": AS_OBSERVED,
}


def test_o26_hours_of_the_four_models():
    assert four_models_h([200] * 24, [0] * 24, 50, 150) == {
        "old, no": 264,
        "old, b": 240,
        "new, no": 120,
        "new, b": 96,
    }


def test_o36_hours_of_the_four_models():
    recharge = -60 / 0.875 / 18
    assert four_models_h([190] * 18 + [210] * 6, [recharge] * 18 + [10] * 6, 150, 200) == {
        "old, no": 102,
        "old, b": 78,
        "new, no": 12,
        "new, b": 0,
    }
