"""Which units run: merit order, minimum up and down times, a fleet that is too small, unknown steps."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.counterfactual import commitment
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.quantities import watts

MW = 1_000_000


def fleet(capability_mw, min_up, min_down=1, min_load_mw=0):
    units = len(np.atleast_1d(min_up))
    return Fleet(
        watts(capability_mw),
        np.atleast_1d(np.array(min_up)),
        np.full(units, min_down),
        np.full(units, min_load_mw * MW),
    )


def commit_one(residual_mw, fleet, k=0, **more):
    """One run; the units that run, step by step."""
    residual = watts([residual_mw])
    return commit(residual, np.full(residual.shape, k), fleet, **more)


def on(committed):
    return committed.on[0].T.astype(int).tolist()


def test_unequal_units_start_in_merit_order():
    assert on(commit_one([10, 31, 47], fleet([30, 16, 5], [1, 1, 1]))) == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_reserve_unit_stands_beside_those_that_carry_the_residual():
    assert on(commit_one([10], fleet([30, 16, 5], [1, 1, 1]), k=1)) == [[1, 1, 0]]


def test_units_whose_minimum_has_passed_stay_while_needed_and_are_not_locked_again():
    committed = commit_one([16, 16, 16, 0, 0], equal_fleet(3, 16 * MW, 2))
    assert committed.unit_steps.tolist() == [[1, 1, 1, 0, 0]]
    assert committed.starts.tolist() == [[1, 0, 0, 0, 0]]


def test_a_locked_unit_counts_before_another_is_started():
    committed = commit_one([32, 0, 16], equal_fleet(2, 16 * MW, 3))
    assert committed.unit_steps.tolist() == [[2, 2, 2]]
    assert committed.starts.sum() == 2


def test_a_unit_that_runs_is_kept_before_a_better_one_is_started():
    out = np.array([[0, 0, 16], [16, 16, 16]]) * MW
    assert on(commit_one([10, 10, 10], Fleet(out, np.array([1, 1]), np.array([1, 1]), np.array([0, 0])))) == [
        [0, 1],
        [0, 1],
        [0, 1],
    ]


def test_a_unit_that_stopped_stays_off_for_its_minimum_and_another_is_started():
    assert on(commit_one([16, 0, 16, 16, 16], equal_fleet(2, 16 * MW, 1, min_down_steps=3))) == [
        [1, 0],
        [0, 0],
        [0, 1],
        [0, 1],
        [0, 1],
    ]


def test_a_minimum_down_time_of_one_step_holds_nobody_back():
    assert on(commit_one([16, 0, 16], equal_fleet(1, 16 * MW, 1))) == [[1], [0], [1]]


def test_a_fleet_that_is_too_small_adds_no_hours():
    assert commit_one([50, 20], equal_fleet(2, 16 * MW, 1)).unit_steps.tolist() == [[2, 2]]


def test_an_unavailable_unit_does_not_run_even_inside_its_minimum():
    out = np.array([[16, 0, 16], [16, 16, 16]]) * MW
    committed = commit_one([10, 10, 10], Fleet(out, np.array([3, 3]), np.array([1, 1]), np.array([0, 0])))
    assert on(committed) == [[1, 0], [0, 1], [0, 1]]


def test_units_stay_as_they_are_while_nothing_is_known():
    known = np.array([True, False, False, True])
    assert commit_one([20, 0, 99, 0], equal_fleet(9, 16 * MW, 1), known=known).unit_steps.tolist() == [
        [2, 2, 2, 0]
    ]


def test_a_state_carried_in_is_no_start():
    first = commit_one([16], equal_fleet(2, 16 * MW, 1))
    assert commit_one([16], equal_fleet(2, 16 * MW, 1), state=first.state).starts.tolist() == [[0]]
    assert commit_one([16], equal_fleet(2, 16 * MW, 1)).starts.tolist() == [[1]]


def test_runs_go_through_the_time_side_by_side():
    unlike = Fleet(watts([16, 16]), np.array([[1, 1], [2, 2]]), np.array([1, 1]), np.array([0, 0]))
    both = commit(watts([[20, 0, 0], [20, 0, 0]]), np.zeros((2, 3), dtype=int), unlike)
    assert both.unit_steps.tolist() == [[2, 0, 0], [2, 2, 0]]


def test_the_compiled_pass_is_the_one_that_can_be_read(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(7)
    many = fleet(rng.integers(5, 20, 5), rng.integers(1, 5, 5), min_down=2)
    residual, reserve = rng.integers(0, 60, (3, 60)) * MW, rng.integers(0, 3, (3, 60))
    known = rng.random(60) < 0.9
    compiled = commit(residual, reserve, many, known=known)
    monkeypatch.setattr(commitment, "_sort", commitment._sort_in_python)
    monkeypatch.setattr(commitment, "_call", commitment._call_in_python)
    monkeypatch.setattr(commitment, "_move", commitment._move_in_python)
    assert (commit(residual, reserve, many, known=known).on == compiled.on).all()


def test_a_unit_stays_for_the_release_time_after_the_last_step_that_needed_it():
    kept = replace(equal_fleet(3, 16 * MW, 1), release_steps=3)
    committed = commit_one([32, 16, 0, 0, 0, 32], kept)
    assert committed.unit_steps.tolist() == [[2, 2, 2, 1, 0, 2]]
    assert committed.starts.tolist() == [[2, 0, 0, 0, 0, 2]]


def test_a_short_fall_within_the_release_time_starts_nobody_again():
    kept = replace(equal_fleet(2, 16 * MW, 1), release_steps=2)
    assert commit_one([32, 10, 32, 10, 32], kept, k=0).starts.tolist() == [[2, 0, 0, 0, 0]]
    assert commit_one([32, 10, 32, 10, 32], equal_fleet(2, 16 * MW, 1)).starts.sum() == 4


def test_units_in_reserve_are_needed_too():
    kept = replace(equal_fleet(3, 16 * MW, 1), release_steps=2)
    assert commit_one([16, 0, 0], kept, k=1).unit_steps.tolist() == [[2, 2, 0]]
