"""One reading against one witness, on arrays that can be followed by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.neighbours.mending import best_stretch, compare
from pipelines.neighbours.quantities import Range, middle, smooth, steps_since
from tests.neighbours.simulated import GATES

SHORT = replace(GATES, least_min=10, lag_min=30)
"""Two steps outside the band are enough, clocks are at most six steps off."""

TRUTH = np.array([10, 12, 14, 20, 26, 30, 28, 22, 16, 12, 11, 10.0])


def against(reading, truth=TRUTH, gates=SHORT, band=0.5):
    truth = np.asarray(truth, dtype=float)
    return compare(np.asarray(reading, dtype=float), Range(truth, truth, np.full(truth.shape, band)), gates)


def test_a_reading_inside_its_band_agrees():
    found = against(TRUTH + 0.4)
    assert (found.verdict, found.steps, found.outside, found.mending) == ("agrees", 12, 0, None)


def test_one_step_outside_is_no_contradiction_yet():
    assert against(np.where(np.arange(12) == 3, 99, TRUTH)).verdict == "agrees"


def test_what_is_known_too_rarely_is_not_tested():
    assert against(np.where(np.arange(12) < 1, TRUTH, np.nan)).verdict == "untested"


def test_a_wrong_sign_is_named():
    found = against(-TRUTH)
    assert (found.verdict, found.mending.factor, found.mending.explained) == ("sign", -1.0, 1.0)
    assert found.mending.mended.tolist() == TRUTH.tolist()


def test_a_wrong_factor_is_named_with_the_factor():
    found = against(0.9 * TRUTH)
    assert found.verdict == "scale"
    assert found.mending.factor == pytest.approx(0.9)


def test_a_late_clock_is_named_with_its_lag():
    late = np.concatenate([[np.nan, np.nan], TRUTH[:-2]])
    found = against(late)
    assert (found.verdict, found.mending.lag_steps, found.mending.factor) == ("lag", 2, 1.0)


def test_an_early_clock_has_a_negative_lag():
    assert against(np.concatenate([TRUTH[1:], [np.nan]])).mending.lag_steps == -1


def test_a_clock_is_not_wrong_by_more_than_it_is_wrong_for():
    """Two wrong values happen to be explained by what the truth is four steps later."""
    truth = np.array([10, 14, 28, 11, 25, 17, 30, 12, 22, 15, 27, 13, 22, 15, 16, 24.0])
    reading = truth + np.where(np.isin(np.arange(16), [8, 9]), [9, 5] * 8, 0)
    should = Range(truth, truth, np.full(16, 0.5))
    assert compare(reading, should, SHORT, ("lag",)).verdict == "differs"


@pytest.mark.parametrize("level", [0.0, 12.0])
def test_a_reading_that_stands_still_while_its_witness_moves_is_dead(level):
    found = against(np.full(12, level))
    assert (found.verdict, found.mending.factor) == ("dead", 0.0)


def test_a_fault_that_begins_within_the_day_is_mended_only_from_then_on():
    found = against(np.where(np.arange(12) >= 5, -TRUTH, TRUTH))
    assert (found.verdict, found.mending.start, found.mending.stop) == ("sign", 5, 12)
    assert found.mending.mended.tolist() == TRUTH.tolist()


def test_a_factor_is_fitted_to_the_part_of_the_day_that_is_wrong():
    found = against(np.where(np.arange(12) >= 6, 2 * TRUTH, TRUTH))
    assert (found.verdict, found.mending.start, found.mending.stop) == ("scale", 6, 12)
    assert found.mending.factor == pytest.approx(2)


def test_what_no_single_fault_explains_only_differs():
    other = np.array([25, 3, 30, 5, 28, 8, 31, 2, 27, 6, 24, 9.0])
    assert against(other).verdict == "differs"


def test_anything_between_the_edges_of_a_range_agrees():
    should = Range(np.full(12, 5.0), np.full(12, 40.0), np.full(12, 0.5))
    assert compare(TRUTH, should, SHORT).verdict == "agrees"
    assert compare(TRUTH + 30, should, SHORT).outside == 10


@given(st.floats(1e-4, 1e4).filter(lambda factor: abs(factor - 1) > 0.2), st.integers(0, 2**32 - 1))
def test_a_reading_scaled_by_any_factor_is_named_as_scaled_by_it(factor, seed):
    truth = 20 + 5 * np.random.default_rng(seed).standard_normal(288)
    found = against(factor * truth, truth, GATES, band=1.0)
    assert found.verdict == "scale"
    assert found.mending.factor == pytest.approx(factor, rel=1e-9)


@given(st.integers(-24, 24).filter(bool), st.integers(0, 2**32 - 1))
def test_a_clock_that_is_off_by_any_time_is_named_with_it(lag, seed):
    truth = 20 + np.random.default_rng(seed).standard_normal(288).cumsum()
    late = np.roll(truth, lag)
    late[:lag] = late[len(late) + min(lag, 0) :] = np.nan
    found = against(late, truth, GATES, band=0.5)
    assert found.mending is None or (found.verdict, found.mending.lag_steps) == ("lag", lag)
    assert found.verdict != "agrees"


def test_the_best_stretch_of_gains():
    start, stop = best_stretch(np.array([[-1, 3, -1, 4, -9, 5, np.nan], [-1, -1, -1, -1, -1, -1, -1.0]]))
    assert (start.tolist(), stop.tolist()) == ([1, 0], [4, 0])


def test_one_liar_among_three_is_not_believed():
    assert middle(np.array([[1.0], [1000.0], [2.0]])).tolist() == [[2.0], [2.0]]


def test_two_that_disagree_leave_a_range_and_the_silent_do_not_count():
    assert middle(np.array([[1.0], [5.0], [np.nan]])).tolist() == [[1.0], [5.0]]
    assert np.isnan(middle(np.array([[np.nan], [np.nan]]))).all()


def test_smoothing_needs_every_step_of_its_window():
    means = smooth(np.array([1.0, 2.0, 3.0, np.nan, 5.0, 6.0, 7.0]), 3)
    assert np.nan_to_num(means, nan=-1).tolist() == [-1, 2, -1, -1, -1, 6, -1]


def test_steps_since_something_began():
    began = np.array([True, True, False, True, True])
    assert steps_since(began).tolist() == [np.inf, np.inf, 0, 1, 2]
