"""O23, O24 and O25 of the KPI reference, with their literal expectations."""

import numpy as np
import pytest

from pipelines.counterfactual.avoided import Policy, Window, avoided_observed_h, model, starts_delta
from pipelines.counterfactual.charge import (
    borrowed_by_soc_mwh,
    borrowed_mwh,
    neutral_by_grid,
    neutral_by_turbines_h,
    recharge_need_mwh,
)
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import equal_fleet
from pipelines.counterfactual.quantities import hours, megawatt_hours, watts
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
    assert models.without_battery.unit_steps.tolist() == [0, 0, 1, 2, 1, 0]
    assert hours(models.without_battery.unit_steps_in_horizon, HOUR) == 4
    assert hours(models.avoided_unit_steps, HOUR) == 4
    assert avoided_observed_h(4, observed_h=0) == 4


def test_o23_the_charge_borrowed_is_what_headroom_cannot_repay():
    discharged = megawatt_hours(int(residual_without_battery(LOAD, CAP).sum()), HOUR)
    headroom = megawatt_hours(int(np.maximum(0, CAP - LOAD).sum()), HOUR)
    assert (discharged, headroom) == (35, 15)
    assert recharge_need_mwh(discharged, 0.875) == 40
    assert borrowed_mwh(40, headroom) == 25


def test_o23_the_state_of_charge_tells_the_same_debt():
    rated = 608.4
    stored = 35 / 0.875**0.5 - 15 * 0.875**0.5
    assert borrowed_by_soc_mwh(0.8, 0.8 - stored / rated, rated, 0.875) == pytest.approx(25)


def test_o23_repaid_by_turbines_or_by_the_grid():
    assert neutral_by_turbines_h(4, 25, 16) == 2.4375
    assert neutral_by_grid(4, 25) == (4, 25)


def test_o24_minimum_up_time_keeps_units_beyond_need_and_beyond_the_window():
    models = battery_serves_the_residual(min_up_h=4)
    assert models.without_battery.unit_steps_in_horizon == 7
    assert models.without_battery.unit_steps_total == 8
    assert int(models.without_battery.starts.sum()) == 2
    assert starts_delta(0, 2) == -2


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
    residual, one, none = watts([residual_mw]), np.array([1]), np.array([0])
    big = equal_fleet(12, 16_000_000, 1)
    assert commit(residual, one, big).unit_steps.tolist() == [units + 1]
    assert commit(residual, none, big).unit_steps.tolist() == [units]
    assert substitution_share(units, 1, 0) == pytest.approx(share, abs=5e-9)


def test_o25_without_a_residual_there_is_no_share_and_no_reserve_runs():
    assert substitution_share(0, 1, 0) is None
    assert commit(watts([0]), np.array([1]), fleet()).unit_steps.tolist() == [0]


def test_the_same_day_in_five_minute_steps_gives_the_same_hours():
    residual = np.repeat(residual_without_battery(LOAD, CAP), 12)
    committed = commit(residual, np.zeros(72, dtype=np.int64), equal_fleet(10, 16_000_000, 48))
    assert hours(committed.unit_steps_in_horizon, 300) == 7
    assert hours(committed.unit_steps_total, 300) == 8
    assert int(committed.starts.sum()) == 2
