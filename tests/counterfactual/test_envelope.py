"""The parameter envelope, and the reserve as fitted."""

from dataclasses import replace

import numpy as np

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY, Policy, Window, model
from pipelines.counterfactual.burning import Curves
from pipelines.counterfactual.envelope import ParameterSet, Spread, burnt_by_set, envelope
from pipelines.counterfactual.fitting import Fitted, fit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.quantities import watts

SPREAD = Spread(grid_ppm=20_000, capability_ppm=50_000)
DEFAULT = ParameterSet(1_000_000, 1, 2, 1_000_000)


def window(steps=96):
    rng = np.random.default_rng(5)
    bridges, known = rng.random(steps) < 0.8, rng.random(steps) < 0.95
    load, battery = watts(rng.uniform(100, 260, steps)), watts(rng.uniform(-20, 30, steps))
    return Window(load, battery, watts(np.full(steps, 150.0)), bridges, known)


def hours_by_set(seen, policy, fleet, sets, state=None):
    """Steps of an hour, so that hours are unit-steps."""
    unknown = np.full(fleet.units, np.nan)
    curves = Curves(fleet.capability_w, unknown, unknown, np.full((fleet.units, 10), np.nan), unknown)
    burnt, after = burnt_by_set(seen, policy, fleet, sets, curves, 3600, state)
    return burnt.unit_h, after


def test_the_envelope_has_every_combination_and_the_default_among_them():
    sets = envelope(Policy(1, 1), SPREAD)
    assert len(set(sets)) == 81
    assert DEFAULT in sets
    assert {chosen.k for chosen in sets} == {0, 1, 2}
    assert {chosen.k for chosen in envelope(Policy(0, 0), SPREAD)} == {0, 1}


def test_the_default_set_is_what_the_models_say():
    units = equal_fleet(9, 16_000_000, 4, 2)
    unit_steps, _ = hours_by_set(window(), Policy(1, 1), units, (DEFAULT,))
    expected = model(window(), Policy(1, 1), units).committed.unit_steps
    assert (unit_steps[:, 0] == expected[[WITHOUT_BATTERY, AS_OBSERVED]]).all()


def test_a_smaller_capability_is_a_fleet_of_smaller_units():
    smaller = ParameterSet(1_000_000, 1, 2, 950_000)
    found, _ = hours_by_set(window(), Policy(1, 1), equal_fleet(30, 16_000_000, 4), (smaller,))
    small = model(window(), Policy(1, 1), equal_fleet(30, 15_200_000, 4)).committed.unit_steps
    assert (found[:, 0] == small[:2]).all()


def test_another_reserve_moves_m0_and_leaves_what_calibration_has_seen():
    more = ParameterSet(1_000_000, 2, 2, 1_000_000)
    bridged = Window(
        *(getattr(window(), name) for name in ("load_w", "battery_w", "grid_cap_w")),
        np.ones(96, dtype=bool),
        np.ones(96, dtype=bool),
    )
    found, _ = hours_by_set(bridged, Policy(1, 1), equal_fleet(30, 16_000_000, 1), (DEFAULT, more))
    assert (found[AS_OBSERVED, 0] == found[AS_OBSERVED, 1]).all()
    assert found[WITHOUT_BATTERY, 1].sum() > found[WITHOUT_BATTERY, 0].sum()


def test_parts_of_the_time_hand_their_state_on():
    units = Fleet(watts([30, 16, 16, 12, 9]), np.array([6, 4, 4, 2, 2]), np.full(5, 3), watts(np.zeros(5)))
    sets = envelope(Policy(1, 1), SPREAD)
    whole, _ = hours_by_set(window(), Policy(1, 1), units, sets)
    first, state = hours_by_set(window().part(slice(40)), Policy(1, 1), units, sets)
    second, _ = hours_by_set(window().part(slice(40, None)), Policy(1, 1), units, sets, state)
    assert (np.concatenate([first, second], axis=2) == whole).all()


def test_the_reserve_and_release_time_that_made_the_hours_and_starts_are_found_again():
    units = equal_fleet(30, 16_000_000, 4)
    for k, release in ((0, 1), (1, 6), (3, 4)):
        kept = replace(units, release_steps=release)
        ran = model(window(), Policy(k, 0), kept).committed
        steps, starts = ran.in_horizon[WITHOUT_BATTERY], ran.starts[WITHOUT_BATTERY].sum()
        assert fit(window(), units, float(steps), float(starts)) == Fitted(k, release)
