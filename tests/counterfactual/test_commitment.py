"""Which units run: merit order, minimum up time, a fleet that is too small, steps nobody knows."""

import numpy as np

from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.quantities import megawatt_hours, watts

MW = 1_000_000


def spare(steps, k=0):
    return np.full(steps, k, dtype=np.int64)


def test_unequal_units_start_in_merit_order():
    fleet = Fleet(watts([30, 16, 5]), np.array([1, 1, 1]))
    committed = commit(watts([10, 31, 47]), spare(3), fleet)
    assert committed.on.T.tolist() == [[True, False, False], [True, True, False], [True, True, True]]


def test_a_reserve_unit_stands_beside_those_that_carry_the_residual():
    fleet = Fleet(watts([30, 16, 5]), np.array([1, 1, 1]))
    assert commit(watts([10]), spare(1, k=1), fleet).on[:, 0].tolist() == [True, True, False]


def test_units_whose_minimum_has_passed_stay_while_needed_and_are_not_locked_again():
    fleet = equal_fleet(3, 16 * MW, 2)
    committed = commit(watts([16, 16, 16, 0, 0]), spare(5), fleet)
    assert committed.unit_steps.tolist() == [1, 1, 1, 0, 0]
    assert committed.starts.tolist() == [1, 0, 0, 0, 0]


def test_a_locked_unit_counts_before_another_is_started():
    fleet = Fleet(watts([16, 16]), np.array([3, 3]))
    committed = commit(watts([32, 0, 16]), spare(3), fleet)
    assert committed.unit_steps.tolist() == [2, 2, 2]
    assert int(committed.starts.sum()) == 2


def test_a_fleet_that_is_too_small_leaves_load_unserved_and_adds_no_hours():
    committed = commit(watts([50, 20]), spare(2), equal_fleet(2, 16 * MW, 1))
    assert committed.unit_steps.tolist() == [2, 2]
    assert megawatt_hours(int(committed.unserved_w.sum()), 3600) == 18
    assert megawatt_hours(int(committed.supplied_w.sum()), 3600) == 52


def test_an_unavailable_unit_does_not_run_even_inside_its_minimum():
    capability = np.array([[16, 0, 16], [16, 16, 16]]) * MW
    committed = commit(watts([10, 10, 10]), spare(3), Fleet(capability, np.array([3, 3])))
    assert committed.on.T.tolist() == [[True, False], [False, True], [False, True]]


def test_units_stay_as_they_are_while_nothing_is_known():
    known = np.array([True, False, False, True])
    committed = commit(watts([20, 0, 99, 0]), spare(4), equal_fleet(9, 16 * MW, 1), known=known)
    assert committed.unit_steps.tolist() == [2, 2, 2, 0]
    assert committed.supplied_w.tolist() == [20 * MW, 0, 0, 0]
    assert committed.unserved_w.tolist() == [0, 0, 0, 0]


def test_a_state_carried_in_is_no_start():
    first = commit(watts([16]), spare(1), equal_fleet(2, 16 * MW, 1))
    assert commit(watts([16]), spare(1), equal_fleet(2, 16 * MW, 1), first.state).starts.tolist() == [0]
    assert commit(watts([16]), spare(1), equal_fleet(2, 16 * MW, 1)).starts.tolist() == [1]
