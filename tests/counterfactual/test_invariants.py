"""I3, I4, I5 and I7 of the KPI reference as properties."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.counterfactual.avoided import Policy, Window, model
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.residual import residual_without_battery

MW = 1_000_000
STEPS = 24


def powers(low, high, steps=STEPS):
    return arrays(np.int64, steps, elements=st.integers(low * MW, high * MW))


masks = arrays(np.bool_, STEPS)
fleets = st.integers(1, 5).flatmap(
    lambda units: st.builds(
        Fleet,
        arrays(np.int64, units, elements=st.integers(1 * MW, 40 * MW)),
        arrays(np.int64, units, elements=st.integers(1, 6)),
    )
)
policies = st.builds(Policy, st.integers(0, 3), st.integers(0, 3))
windows = st.builds(Window, powers(0, 200), powers(-60, 60), powers(0, 200), masks, masks)


@given(windows, policies, fleets)
def test_i3_no_battery_activity_and_no_credit_avoid_nothing(window, policy, fleet):
    idle = Window(
        window.load_w,
        np.zeros_like(window.load_w),
        window.grid_cap_w,
        np.zeros(STEPS, dtype=bool),
        window.known,
    )
    models = model(idle, policy, fleet)
    assert models.avoided_unit_steps == 0
    assert (models.modelled.on == models.without_battery.on).all()


@given(windows, policies, fleets)
def test_i4_no_more_hours_are_avoided_than_there_were(window, policy, fleet):
    models = model(window, policy, fleet)
    assert models.avoided_unit_steps <= models.without_battery.unit_steps_in_horizon


def test_i4_turbines_that_charge_the_battery_avoid_less_than_nothing():
    load, cap, charging = np.array([140 * MW]), np.array([150 * MW]), np.array([-30 * MW])
    known = np.array([True])
    window = Window(load, charging, cap, ~known, known)
    assert model(window, Policy(0, 0), equal_fleet(5, 16 * MW, 1)).avoided_unit_steps == -2


@given(powers(0, 200), powers(0, 200), st.integers(0, 50), st.integers(1, 20))
def test_i5_a_higher_cap_never_adds_hours(load, cap, more, units):
    fleet, none = equal_fleet(units, 16 * MW, 1), np.zeros(STEPS, dtype=np.int64)
    lower = commit(residual_without_battery(load, cap), none, fleet)
    higher = commit(residual_without_battery(load, cap + more * MW), none, fleet)
    assert higher.unit_steps_in_horizon <= lower.unit_steps_in_horizon


@given(windows, policies, fleets, st.integers(0, STEPS))
def test_i7_windows_add_up_when_the_state_is_handed_on(window, policy, fleet, cut):
    whole = model(window, policy, fleet)
    first = model(part(window, slice(None, cut)), policy, fleet)
    states = first.without_battery.state, first.modelled.state
    second = model(part(window, slice(cut, None)), policy, fleet, states)
    for name in ("without_battery", "modelled"):
        parts = [getattr(first, name), getattr(second, name)]
        assert (np.concatenate([p.on for p in parts], axis=1) == getattr(whole, name).on).all()
        assert sum(int(p.starts.sum()) for p in parts) == int(getattr(whole, name).starts.sum())
        assert (parts[1].state.locked_steps == getattr(whole, name).state.locked_steps).all()


@given(windows, policies, fleets)
def test_units_inside_their_minimum_are_never_stopped(window, policy, fleet):
    for committed in (model(window, policy, fleet).without_battery, model(window, policy, fleet).modelled):
        for on, least in zip(committed.on, fleet.min_up_steps, strict=True):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
            runs = edges[1::2] - edges[::2]
            ends_inside = edges[1::2] < STEPS
            assert (runs[ends_inside] >= least).all()


def part(window, piece):
    return Window(
        window.load_w[piece],
        window.battery_w[piece],
        window.grid_cap_w[piece],
        window.can_bridge[piece],
        window.known[piece],
    )
