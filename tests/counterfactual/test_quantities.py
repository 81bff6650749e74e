"""Whole watts and steps, reserve credit, calibration."""

import numpy as np
import pytest

from pipelines.counterfactual.avoided import calibration_residual
from pipelines.counterfactual.quantities import hours, megawatt_hours, watts, whole_steps
from pipelines.counterfactual.reserve import effective_reserve


def test_megawatts_of_six_decimals_are_whole_watts():
    assert watts([150.000001, 0.1 + 0.2, -3]).tolist() == [150_000_001, 300_000, -3_000_000]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_missing_power_is_no_power(value):
    with pytest.raises(ValueError, match="missing"):
        watts([1.0, value])


def test_a_begun_step_counts_as_minimum_up_time():
    assert [whole_steps(s, 300) for s in (0, 300, 301, 7200)] == [1, 1, 2, 24]


def test_steps_and_watt_steps_become_hours_and_energy():
    assert hours(18, 300) == 1.5
    assert megawatt_hours(12 * 150_000_000, 300) == 150


def test_reserve_is_credited_only_where_the_battery_carries_a_cold_start():
    can_bridge = np.array([True, False])
    assert effective_reserve(2, 1, can_bridge).tolist() == [1, 2]
    assert effective_reserve(1, 3, can_bridge).tolist() == [0, 1]


def test_calibration_is_unknown_where_nothing_ran():
    assert calibration_residual(110, 100) == pytest.approx(0.10)
    assert calibration_residual(0, 0) is None
