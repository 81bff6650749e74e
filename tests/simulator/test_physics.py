"""What must hold on any campus, whatever the numbers."""

import numpy as np
import pytest

from pipelines.campus.campus import Campus
from pipelines.simulator.batteries import ONE_WAY
from pipelines.simulator.simulate import Simulation
from pipelines.simulator.site_run import SiteRun, run_site
from pipelines.simulator.span import Mask, Span


@pytest.fixture(params=["m1", "m2"])
def run(request: pytest.FixtureRequest, simulation: Simulation) -> SiteRun:
    return next(run for run in simulation.runs if run.site_id == request.param)


@pytest.fixture
def span(simulation: Simulation) -> Span:
    return simulation.span


def test_supply_meets_load_in_every_interval(run: SiteRun) -> None:
    op = run.operation
    supply = op.grid_mw + op.gross_mw.sum(axis=0) + op.battery_mw.sum(axis=0)
    np.testing.assert_allclose(supply, run.hall_mw.sum(axis=0), atol=1e-9)


def test_import_stays_within_the_cap_of_the_moment(run: SiteRun) -> None:
    assert (run.operation.grid_mw <= run.cap_mw + 1e-9).all()
    assert (run.without_batteries.grid_mw <= run.cap_mw + 1e-9).all()
    assert (run.operation.grid_mw >= 0).all()


def test_an_outage_and_a_demand_response_call_lower_the_cap(simulation: Simulation) -> None:
    m1 = next(run for run in simulation.runs if run.site_id == "m1")
    assert set(np.unique(m1.cap_mw)) == {0.0, 100.0, 150.0}


def test_state_of_charge_stays_between_empty_and_full(run: SiteRun) -> None:
    assert (run.operation.energy_mwh >= 0).all()
    assert (run.operation.energy_mwh <= run.blocks.energy_mwh[:, None]).all()


def test_charging_and_discharging_lose_energy(run: SiteRun, span: Span) -> None:
    op = run.operation
    charged = np.maximum(-op.battery_mw, 0).sum() * span.hours
    discharged = np.maximum(op.battery_mw, 0).sum() * span.hours
    change = op.energy_mwh[:, -1].sum() - op.energy_mwh[:, 0].sum()
    assert change == pytest.approx(charged * ONE_WAY - discharged / ONE_WAY)


def test_batteries_stay_within_the_power_that_is_available(run: SiteRun) -> None:
    op = run.operation
    assert (op.battery_mw <= op.discharge_mw + 1e-9).all()
    assert (-op.battery_mw <= op.charge_mw + 1e-9).all()


def test_a_started_unit_burns_for_at_least_its_minimum_time(run: SiteRun, span: Span) -> None:
    for row in range(len(run.fleet.ids)):
        for length in _whole_runs(run.operation.fired[row]):
            assert length * span.interval_s >= run.fleet.min_up_s[row]


def test_running_units_stay_between_minimum_load_and_nameplate(run: SiteRun) -> None:
    op = run.operation
    assert (op.gross_mw <= run.fleet.nameplate_mw[:, None] + 1e-9).all()
    assert (op.gross_mw[~op.fired] == 0).all()


def test_a_start_emits_far_more_than_steady_operation(run: SiteRun) -> None:
    fired = run.operation.fired
    lit = fired[:, 1:] & ~fired[:, :-1]
    ppm_15 = run.stack.nox_ppm * 5.9 / (20.9 - np.minimum(run.stack.o2_pct, 20.8))
    assert np.median(ppm_15[:, 1:][lit]) > 10 * np.median(ppm_15[fired])
    assert np.median(ppm_15[fired]) < 2


def test_without_batteries_more_units_run(run: SiteRun) -> None:
    assert run.without_batteries.fired.sum() > 1.1 * run.operation.fired.sum()
    assert not run.without_batteries.battery_mw.any()


def test_batteries_smooth_what_the_grid_sees(run: SiteRun) -> None:
    steady = np.diff(run.cap_mw) == 0
    assert np.percentile(np.abs(np.diff(run.operation.grid_mw))[steady], 99) < np.percentile(
        np.abs(np.diff(run.hall_mw.sum(axis=0)))[steady], 99
    )


def test_a_site_does_not_depend_on_the_others(campus: Campus, run: SiteRun, span: Span) -> None:
    alone = run_site(campus, run.site_id, span, seed=1)
    np.testing.assert_array_equal(alone.operation.grid_mw, run.operation.grid_mw)


def _whole_runs(fired: Mask) -> list[int]:
    """Lengths of the runs that begin and end inside the record."""
    edges = np.flatnonzero(np.diff(fired.astype(np.int8)))
    starts = [edge for edge in edges if not fired[edge]]
    ends = [edge for edge in edges if fired[edge]]
    return [
        min(end for end in ends if end > start) - start for start in starts if any(e > start for e in ends)
    ]
