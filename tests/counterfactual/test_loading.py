"""What each unit supplies: shares of the room above the minimum loads, to the watt."""

import numpy as np

from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.loading import load
from pipelines.counterfactual.quantities import megawatt_hours, watts


def loaded(residual_mw, fleet, known=None, k=0):
    residual = watts([residual_mw])
    return load(commit(residual, np.full(residual.shape, k), fleet, known=known), residual, fleet, known)


def unlike():
    return Fleet(watts([30, 16]), np.array([1, 1]), np.array([1, 1]), watts([10, 8]))


def test_units_stand_at_the_same_place_between_their_limits():
    assert loaded([32], unlike()).unit_w[0].T.tolist() == [watts([20, 12]).tolist()]


def test_shares_that_are_no_whole_watts_still_add_up():
    shares = loaded([50], equal_fleet(7, 16_000_001, 1)).unit_w[0, :, 0]
    assert shares.sum() == 50_000_000
    assert set(shares[:4].tolist()) <= {12_500_000}
    odd = load(
        commit(watts([[20]]), np.array([[1]]), equal_fleet(3, 16_000_000, 1)),
        watts([[20.000001]]),
        equal_fleet(3, 16_000_000, 1),
    )
    assert odd.unit_w.sum() == 20_000_001


def test_minimum_loads_supply_more_than_the_residual_asks_for():
    supplied = loaded([9], unlike(), k=1)
    assert supplied.supplied_w.tolist() == [[18_000_000]]
    assert supplied.unserved_w.tolist() == [[0]]


def test_a_fleet_that_is_too_small_leaves_load_unserved():
    supplied = loaded([50, 20], equal_fleet(2, 16_000_000, 1))
    assert megawatt_hours(int(supplied.unserved_w.sum()), 3600) == 18
    assert megawatt_hours(int(supplied.supplied_w.sum()), 3600) == 52


def test_units_that_may_not_start_yet_leave_load_unserved_too():
    supplied = loaded([16, 0, 16], equal_fleet(1, 16_000_000, 1, min_down_steps=2))
    assert supplied.unserved_w.tolist() == [[0, 0, 16_000_000]]


def test_nothing_is_supplied_where_nothing_is_known():
    known = np.array([True, False, False, True])
    supplied = loaded([20, 0, 99, 0], equal_fleet(9, 16_000_000, 1), known)
    assert supplied.supplied_w.tolist() == [[20_000_000, 0, 0, 0]]
    assert supplied.unserved_w.tolist() == [[0, 0, 0, 0]]
