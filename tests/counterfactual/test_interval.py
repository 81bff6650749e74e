"""The interval: which draws are possible, what a week lends to another, the same digits every time."""

import numpy as np
import pytest

from pipelines.counterfactual.interval import Errors, bounds, draws, draws_of_known

MONDAY = 20_241  # 2025-06-02


def days(count, first=MONDAY):
    return np.arange(first, first + count)


def test_without_errors_and_with_one_set_the_interval_is_a_point():
    errors = Errors(np.zeros((1, 28)), days(28))
    low, high = bounds(draws(np.full((1, 7), 30.0), np.full(7, 20.0), days(7), errors))
    assert (low == 10).all()
    assert (high == 10).all()


def test_a_day_takes_the_error_of_its_own_weekday_in_a_week_that_was_seen():
    missed = np.array([[1, 2, 3, 4, 5, 6, 7, 10, 20, 30, 40, 50, 60, 70.0]])
    drawn = draws(np.full((1, 7), 30.0), np.full(7, 30.0), days(7, MONDAY + 70), Errors(missed, days(14)))
    assert {tuple(row) for row in drawn.tolist()} == {(1, 2, 3, 4, 5, 6, 7), (10, 20, 30, 40, 50, 60, 70)}


def test_a_weekday_that_was_not_seen_takes_the_mean_of_its_week():
    errors = Errors(np.array([[2.0, 4.0]]), days(2))
    assert errors.by_week().tolist() == [[[2, 4, 3, 3, 3, 3, 3]]]
    assert errors.weeks == 1


def test_every_set_of_parameters_is_as_likely_as_any_other_and_errors_are_those_of_the_set():
    """Of M0 = 40 h and M0 = 60 h the errors 10 h and −10 h make the same 50 h."""
    without = np.array([[40.0], [60.0]])
    alike = draws(without, np.zeros(1), days(1), Errors(np.array([[10.0], [-10.0]]), days(1)))
    assert set(alike[:, 0].tolist()) == {50}
    unlike = draws(without, np.zeros(1), days(1), Errors(np.zeros((2, 1)), days(1)), count=4000)
    assert (unlike == 40).mean() == pytest.approx(0.5, abs=0.05)


def test_the_same_data_give_the_same_digits():
    rng = np.random.default_rng(3)
    errors = Errors(rng.normal(size=(5, 28)), days(28))
    arguments = (rng.normal(size=(5, 14)), rng.normal(size=14), days(14), errors)
    assert (draws(*arguments) == draws(*arguments)).all()


def test_the_sum_of_independent_weeks_is_known_better_than_the_sum_of_their_bounds():
    rng = np.random.default_rng(4)
    errors = Errors(np.repeat(rng.normal(size=(1, 8)), 7, axis=1), days(56))
    drawn = draws(np.full((1, 56), 30.0), np.full(56, 20.0), days(56), errors)
    low, high = bounds(drawn)
    low_of_sum, high_of_sum = bounds(drawn.sum(axis=1))
    assert low.sum() < low_of_sum < high_of_sum < high.sum()


FIT, AFTER = 28, 14
ALL = days(FIT + AFTER)
IS_FIT = np.arange(FIT + AFTER) < FIT


def modelled(without, with_batteries, sets=3):
    """The same from every set on every day, shape (2, sets, days)."""
    return np.stack([np.full((sets, FIT + AFTER), value) for value in (without, with_batteries)])


def seen(before, after):
    return np.where(IS_FIT, before, after).astype(float)


def test_what_m0_missed_on_days_without_batteries_is_given_back_on_the_others():
    """M0 says 20 where 30 ran without batteries; with them 18 ran: 12 were avoided."""
    drawn = draws_of_known(modelled(20.0, 18.0), seen(30, 18), ALL, IS_FIT, 4, errs_alike=True)
    assert (drawn[:, ~IS_FIT] == 12).all()


def test_without_such_days_m0_is_taken_to_err_as_m1_does_or_nothing_is_said():
    nobody = np.zeros(FIT + AFTER, dtype=bool)
    arguments = (modelled(20.0, 15.0), np.full(FIT + AFTER, 18.0), ALL, nobody, 4)
    assert (draws_of_known(*arguments, errs_alike=True) == 20 + (18 - 15) - 18).all()
    assert np.isnan(draws_of_known(*arguments, errs_alike=False)).all()


def test_a_day_that_is_not_known_has_no_draw_and_lends_none():
    observed = seen(30, 18)
    observed[[3, FIT + 1]] = np.nan
    unknown = modelled(20.0, 18.0)
    unknown[1, 2, FIT + 2] = np.nan
    drawn = draws_of_known(unknown, observed, ALL, IS_FIT, 4, errs_alike=False)
    assert np.isnan(drawn).all(axis=0).nonzero()[0].tolist() == [3, FIT + 1, FIT + 2]
    assert (drawn[:, FIT + 3 :] == 12).all()
    assert np.isnan(bounds(drawn)[0]).sum() == 3


def test_fewer_weeks_than_asked_for_draw_nothing():
    arguments = (modelled(20.0, 18.0), seen(30, 18), ALL, IS_FIT)
    assert np.isnan(draws_of_known(*arguments, 5, errs_alike=True)).all()
    nothing = np.full(FIT + AFTER, np.nan)
    assert np.isnan(draws_of_known(modelled(20.0, 18.0), nothing, ALL, IS_FIT, 0, errs_alike=True)).all()
