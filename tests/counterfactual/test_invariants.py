"""I1, I3, I4, I5 and I7 of the KPI reference as properties; I2 and I6 are tests of the mart (dbt)."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.counterfactual.avoided import AS_OBSERVED, WITHOUT_BATTERY, Policy, Window, model
from pipelines.counterfactual.commitment import commit
from pipelines.counterfactual.fleet import Fleet, equal_fleet
from pipelines.counterfactual.loading import load
from pipelines.counterfactual.quantities import megawatt_hours
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
        arrays(np.int64, units, elements=st.integers(1, 4)),
        arrays(np.int64, units, elements=st.integers(0, 20 * MW)),
        st.integers(1, 6),
    )
)
policies = st.builds(Policy, st.integers(0, 3), st.integers(0, 3), st.none() | st.integers(0, 200 * MW))
windows = st.builds(Window, powers(0, 200), powers(-60, 60), powers(0, 200), masks, masks)


@given(windows, policies, fleets)
def test_i1_energy_that_turbines_do_not_give_comes_from_grid_and_batteries(window, policy, fleet):
    """T_M0 − T_M1 = (Gr_M1 − Gr_M0) + B, with B = discharge − charge = −losses − ΔSOC; sheds apart."""
    models = model(window, policy, fleet)
    loading = load(models.committed, models.residual_w, fleet, window.known)
    battery = np.stack([np.zeros_like(window.battery_w), window.battery_w] * (len(loading.unit_w) // 2))
    supplied, shed = loading.supplied_w, loading.unserved_w
    grid = np.where(window.known, window.load_w - battery - supplied - shed, 0)
    assert (grid <= window.grid_cap_w).all()
    t, g, s = (sums.sum(axis=1) for sums in (supplied, grid, shed))
    given_mwh = window.battery_w[window.known].sum()
    assert t[0] - t[1] == (g[1] - g[0]) + given_mwh - (s[0] - s[1])


@given(windows, policies, fleets)
def test_i3_no_battery_activity_and_no_credit_avoid_nothing(window, policy, fleet):
    nothing = np.zeros_like(window.load_w)
    idle = Window(window.load_w, nothing, window.grid_cap_w, np.zeros(STEPS, dtype=bool), window.known)
    models = model(idle, policy, fleet)
    assert models.avoided_unit_steps == 0
    assert (models.committed.on[AS_OBSERVED] == models.committed.on[WITHOUT_BATTERY]).all()


@given(windows, policies, fleets)
def test_i4_no_more_hours_are_avoided_than_there_were(window, policy, fleet):
    models = model(window, policy, fleet)
    assert models.avoided_unit_steps <= models.committed.in_horizon[WITHOUT_BATTERY]


def test_i4_turbines_that_charge_the_battery_avoid_less_than_nothing():
    load_w, cap, charging = np.array([140 * MW]), np.array([150 * MW]), np.array([-30 * MW])
    known = np.array([True])
    window = Window(load_w, charging, cap, ~known, known)
    assert model(window, Policy(0, 0), equal_fleet(5, 16 * MW, 1)).avoided_unit_steps == -2


@given(powers(0, 200), powers(0, 200), st.integers(0, 50), st.integers(1, 20))
def test_i5_a_higher_cap_never_adds_hours(load_w, cap, more, units):
    residual = np.stack([residual_without_battery(load_w, c) for c in (cap, cap + more * MW)])
    committed = commit(residual, np.zeros((2, STEPS), dtype=np.int64), equal_fleet(units, 16 * MW, 1))
    lower, higher = committed.in_horizon
    assert higher <= lower


@given(windows, policies, fleets, st.integers(0, STEPS))
def test_i7_windows_add_up_when_the_state_is_handed_on(window, policy, fleet, cut):
    whole = model(window, policy, fleet).committed
    first = model(window.part(slice(None, cut)), policy, fleet).committed
    second = model(window.part(slice(cut, None)), policy, fleet, first.state).committed
    assert (np.concatenate([first.on, second.on], axis=2) == whole.on).all()
    assert (first.starts.sum(axis=1) + second.starts.sum(axis=1) == whole.starts.sum(axis=1)).all()
    assert (second.state.held_steps == whole.state.held_steps).all()


@given(windows, policies, fleets)
def test_units_inside_their_minimum_up_or_down_time_are_left_alone(window, policy, fleet):
    for on in model(window, policy, fleet).committed.on:
        for unit, ran in enumerate(on):
            changes = np.flatnonzero(np.diff(ran.astype(int)))
            for one, next_one in pairwise(changes):
                is_run = bool(ran[one + 1])
                least = fleet.min_up_steps[unit] if is_run else fleet.min_down_steps[unit]
                assert next_one - one >= least


@given(windows, policies, fleets)
def test_every_unit_that_runs_stands_between_its_limits_and_the_residual_is_met_or_shed(
    window, policy, fleet
):
    models = model(window, policy, fleet)
    loading = load(models.committed, models.residual_w, fleet, window.known)
    low = np.minimum(fleet.min_load_w, fleet.capability_w)[:, None]
    is_loaded = models.committed.on & window.known
    assert (loading.unit_w >= low * is_loaded).all()
    assert (loading.unit_w <= fleet.capability_w[:, None] * is_loaded).all()
    assert (loading.supplied_w + loading.unserved_w >= models.residual_w * window.known).all()
    assert megawatt_hours(int(loading.unserved_w.sum()), 3600) >= 0
