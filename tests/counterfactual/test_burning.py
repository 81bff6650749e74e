"""What many runs supply, burn and emit in one pass: the same as unit by unit."""

import numpy as np
import pytest

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY, Policy, Window, model
from pipelines.counterfactual.burning import Curves, burn
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.envelope import ParameterSet, burnt_by_set
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.loading import load, load_bins
from pipelines.counterfactual.quantities import watts

FLEET = Fleet(watts([30, 16, 16, 12, 9]), np.array([6, 4, 4, 2, 2]), np.full(5, 3), watts([15, 8, 8, 4, 3]))
HOUR_S = 3600


def curves(units=5, seed=2):
    rng = np.random.default_rng(seed)
    return Curves(
        nameplate_w=FLEET.capability_w[:units],
        no_load_mmbtu_h=rng.uniform(30, 60, units),
        mmbtu_per_mwh=rng.uniform(7, 9, units),
        nox_lb_per_mmbtu=rng.uniform(0.005, 0.3, (units, 10)),
        start_nox_lb=rng.uniform(5, 12, units),
    )


def window(steps=200):
    rng = np.random.default_rng(5)
    load_w, battery_w = watts(rng.uniform(100, 260, steps)), watts(rng.uniform(-20, 30, steps))
    return Window(
        load_w, battery_w, watts(np.full(steps, 180.0)), rng.random(steps) < 0.8, rng.random(steps) < 0.9
    )


def test_one_pass_over_all_units_is_what_each_unit_gives_burns_and_emits():
    of_units, seen = curves(), window()
    models = model(seen, Policy(1, 1), FLEET)
    burnt = burn(
        models.committed, models.residual_w, np.full(2, 1_000_000), FLEET, of_units, seen.known, HOUR_S
    )
    loading = load(models.committed, models.residual_w, FLEET, seen.known)
    assert burnt.supplied_mwh == pytest.approx(loading.supplied_w / 1e6)
    place = load_bins(loading.unit_w, FLEET.capability_w) - 1
    heat = of_units.no_load_mmbtu_h[:, None] + of_units.mmbtu_per_mwh[:, None] * loading.unit_w / 1e6
    heat = np.where(models.committed.on, heat, 0)
    assert burnt.fuel_mmbtu == pytest.approx(heat.sum(axis=1))
    rates = of_units.nox_lb_per_mmbtu[np.arange(5)[:, None], place]
    starts = models.committed.unit_starts * of_units.start_nox_lb[:, None]
    assert burnt.nox_lb == pytest.approx((heat * rates + starts).sum(axis=1))
    assert starts.any()
    assert (burnt.unit_h == models.committed.unit_steps).all()


def test_o29_a_reserve_unit_less_saves_its_no_load_fuel():
    """50 MW by five units of 10 MW or by four of 12.5: 45 mmBtu."""
    fleet = equal_fleet(5, 12_500_000, 1)
    alike = Curves(
        fleet.capability_w, np.full(5, 45.0), np.full(5, 8.2), np.full((5, 10), 0.007), np.full(5, 9.6)
    )
    residual_w, reserve = watts([[50.0], [50.0]]), np.array([[1], [0]])
    committed = commit(residual_w, reserve, fleet)
    five, four = burn(
        committed, residual_w, np.full(2, 1_000_000), fleet, alike, np.ones(1, dtype=bool), HOUR_S
    ).fuel_mmbtu[:, 0]
    assert (five, four) == (pytest.approx(635), pytest.approx(590))


def test_what_nobody_knows_of_a_unit_is_missing_only_where_it_runs():
    fleet = equal_fleet(2, 10_000_000, 1)
    known = Curves(
        fleet.capability_w,
        np.array([45.0, np.nan]),
        np.array([8.0, 8.0]),
        np.full((2, 10), 0.01),
        np.array([np.nan, 9.6]),
    )
    residual_w = watts([[5.0, 5.0, 15.0]])
    committed = commit(residual_w, np.zeros((1, 3), dtype=np.int64), fleet)
    burnt = burn(committed, residual_w, np.array([1_000_000]), fleet, known, np.ones(3, dtype=bool), HOUR_S)
    assert np.isnan(burnt.fuel_mmbtu).tolist() == [[False, False, True]]
    assert np.isnan(burnt.nox_lb).tolist() == [[True, False, True]]  # the first step is a start
    assert burnt.supplied_mwh.tolist() == [[5, 5, 15]]


def test_units_that_can_do_less_burn_as_smaller_ones_do():
    smaller = ParameterSet(1_000_000, 1, 2, 950_000)
    burnt, _ = burnt_by_set(window(), Policy(1, 1), FLEET, (smaller,), curves(), HOUR_S)
    little = Fleet(FLEET.capability_w * 95 // 100, FLEET.min_up_steps, FLEET.min_down_steps, FLEET.min_load_w)
    models = model(window(), Policy(1, 1), little)
    assert (burnt.unit_h[:, 0] == models.committed.unit_steps[[WITHOUT_BATTERY, AS_OBSERVED]]).all()
    expected = burn(
        models.committed,
        models.residual_w,
        np.full(2, 1_000_000),
        little,
        curves(),
        window().known,
        HOUR_S,
    )
    assert burnt.nox_lb[:, 0] == pytest.approx(expected.nox_lb)
    assert burnt.supplied_mwh[:, 0] == pytest.approx(expected.supplied_mwh)
