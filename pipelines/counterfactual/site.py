"""A site's tables as the arrays of the models, and counts of steps as tables of local days.

Tables are those of dbt (int_counterfactual_intervals, _units, _outages; reference.dispatch_parameters).
Here must not live: the models, hours and megawatt-hours (the mart divides once).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipelines.counterfactual.avoided import Models, Policy, Window, model
from pipelines.counterfactual.burning import Burnt, Curves
from pipelines.counterfactual.envelope import Spread, burnt_by_set, envelope
from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.loading import BINS
from pipelines.counterfactual.quantities import Amounts, Mask, Watts, whole_steps

STEP_S = 300
_PART = 4032
"""Steps computed at once (two weeks), so that years fit into memory."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site in one scenario.

    Attributes:
        scenario: The row of reference.dispatch_parameters.
        intervals: Its steps in order: site_id, local_date, interval_start_utc, …
        unit_ids: Units in merit order.
        nameplate_w: Their nameplates [W].
        window: What was observed.
        policy: The scenario's reserve.
        fleet: The units.
    """

    scenario: Mapping[str, Any]
    intervals: pl.DataFrame
    unit_ids: tuple[str, ...]
    nameplate_w: Watts
    window: Window
    policy: Policy
    fleet: Fleet

    def parts(self) -> Iterator[tuple[pl.DataFrame, Models, Fleet]]:
        """Intervals, models and fleet, a part of the time after the other, state handed on."""
        state: UnitState | None = None
        for start in range(0, self.intervals.height, _PART):
            steps = slice(start, start + _PART)
            fleet = self.fleet.part(steps)
            models = model(self.window.part(steps), self.policy, fleet, state)
            state = models.committed.state
            yield self.intervals[steps], models, fleet

    def parts_by_set(self, spread: Spread, curves: Curves) -> Iterator[tuple[pl.DataFrame, Burnt]]:
        """Intervals and M0 and M1 with every set of parameters, shapes (2, sets, steps)."""
        state: UnitState | None = None
        sets = envelope(self.policy, spread)
        for start in range(0, self.intervals.height, _PART):
            steps = slice(start, start + _PART)
            window, fleet = self.window.part(steps), self.fleet.part(steps)
            burnt, state = burnt_by_set(window, self.policy, fleet, sets, curves, STEP_S, state)
            yield self.intervals[steps], burnt

    def curves(self, curves: pl.DataFrame, bins: pl.DataFrame, starts: pl.DataFrame) -> Curves:
        """What the units burn and emit.

        Args:
            curves: device_id, no_load_mmbtu_h, slope (int_heat_input_curves).
            bins: device_id, load_bin, nox_lb_per_mmbtu (int_nox_by_load_bin).
            starts: device_id, start_nox_lb (int_start_nox).
        """
        units = pl.DataFrame({"device_id": self.unit_ids})

        def column(table: pl.DataFrame, name: str) -> Amounts:
            found = units.join(table, on="device_id", how="left", maintain_order="left").get_column(name)
            return found.cast(pl.Float64).fill_null(float("nan")).to_numpy()

        rates = [
            column(bins.filter(pl.col("load_bin") == place), "nox_lb_per_mmbtu")
            for place in range(1, BINS + 1)
        ]
        return Curves(
            self.nameplate_w,
            column(curves, "no_load_mmbtu_h"),
            column(curves, "slope"),
            np.stack(rates, axis=1),
            column(starts, "start_nox_lb"),
        )


def sites(
    intervals: pl.DataFrame, units: pl.DataFrame, outages: pl.DataFrame, scenarios: pl.DataFrame
) -> Iterator[tuple[str, Site]]:
    """Every scenario that holds today, with its site; sites without intervals are left out."""
    holds = scenarios.filter(pl.col("valid_to").is_null()).sort("site_id", "scenario")
    for scenario in holds.iter_rows(named=True):
        of_site = pl.col("site_id") == scenario["site_id"]
        steps = intervals.filter(of_site).sort("interval_start_utc")
        if steps.height:
            fleet = units.filter(of_site).sort("merit")
            yield scenario["scenario"], site(steps, fleet, outages.filter(of_site), scenario)


def site(
    intervals: pl.DataFrame, units: pl.DataFrame, outages: pl.DataFrame, scenario: Mapping[str, Any]
) -> Site:
    """Arrays of one site in one scenario."""
    least = [max(float(own or 0), float(scenario["min_up_h"])) for own in units["min_up_h"]]
    before_mw = scenario["grid_before_mw"]
    return Site(
        scenario=scenario,
        intervals=intervals,
        unit_ids=tuple(units["device_id"]),
        nameplate_w=units["capability_w"].to_numpy(),
        window=Window(
            load_w=intervals["need_w"].to_numpy(),
            battery_w=intervals["battery_w"].to_numpy(),
            grid_cap_w=intervals["cap_w"].to_numpy(),
            can_bridge=intervals["autonomy_min"].to_numpy() >= float(scenario["start_min"]),
            known=intervals["is_known"].to_numpy(),
        ),
        policy=Policy(
            int(scenario["k"]),
            int(scenario["k_batt"]),
            None if before_mw is None else round(float(before_mw) * 1e6),
        ),
        fleet=Fleet(
            capability_w=_capability(intervals["interval_start_utc"].to_numpy(), units, outages),
            min_up_steps=np.array([whole_steps(3600 * h, STEP_S) for h in least], dtype=np.int64),
            min_down_steps=np.full(
                units.height, whole_steps(3600 * float(scenario["min_down_h"]), STEP_S), dtype=np.int64
            ),
            min_load_w=units["min_load_w"].to_numpy(),
            release_steps=whole_steps(60 * float(scenario["release_min"]), STEP_S),
        ),
    )


def _capability(instants: Any, units: pl.DataFrame, outages: pl.DataFrame) -> Watts:
    """Capability of each unit in each step [W], 0 before it is commissioned, when retired or left out."""
    powers = np.zeros((units.height, len(instants)), dtype=np.int64)
    for row, unit in enumerate(units.iter_rows(named=True)):
        is_there = _during(instants, unit)
        for outage in outages.filter(pl.col("device_id") == unit["device_id"]).iter_rows(named=True):
            is_there &= ~_during(instants, outage)
        powers[row, is_there] = unit["capability_w"]
    return powers


def _during(instants: Any, span: Mapping[str, Any]) -> Mask:
    during: Mask = (instants >= np.datetime64(span["from_utc"])) & (instants < np.datetime64(span["to_utc"]))
    return during
