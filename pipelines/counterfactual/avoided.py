"""Turbine hours avoided: M0 without batteries against M1 with the batteries as observed.

The key figure is a difference in models, so that what both misjudge cancels; the difference to the
observed hours stands beside it, and the calibration residual says how far M1 is from what was observed.
Here must not live: days and sites (dbt: int_counterfactual_daily), gates (reference.parameters).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.commitment import Commitment, commit
from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.quantities import Mask, Watts
from pipelines.counterfactual.reserve import effective_reserve
from pipelines.counterfactual.residual import residual_as_observed, residual_without_battery


@dataclass(frozen=True, slots=True)
class Window:
    """What was observed; all shapes (steps,).

    Attributes:
        load_w: Load delivered, with auxiliaries and losses [W].
        battery_w: Power of the batteries, discharge + [W].
        grid_cap_w: Import that was available [W].
        can_bridge: Whether the batteries' autonomy is known and no shorter than a cold start.
        known: Whether the step's values are known; those of the others are not looked at.
    """

    load_w: Watts
    battery_w: Watts
    grid_cap_w: Watts
    can_bridge: Mask
    known: Mask


@dataclass(frozen=True, slots=True)
class Policy:
    """How the site is run in a scenario.

    Attributes:
        k: Units held in reserve without batteries.
        k_batt: Reserve units that the batteries replace.
    """

    k: int
    k_batt: int


@dataclass(frozen=True, slots=True)
class Models:
    """Both models over one window.

    Attributes:
        without_battery: M0.
        modelled: M1.
    """

    without_battery: Commitment
    modelled: Commitment

    @property
    def avoided_unit_steps(self) -> int:
        """THA of the difference in models; negative where turbines charged the batteries."""
        return self.without_battery.unit_steps_in_horizon - self.modelled.unit_steps_in_horizon


def model(
    window: Window, policy: Policy, fleet: Fleet, states: tuple[UnitState, UnitState] | None = None
) -> Models:
    """Runs M0 and M1.

    Args:
        window: What was observed.
        policy: The scenario's reserve.
        fleet: Units in merit order.
        states: What M0 and M1 left at the end of the window before.
    """
    before, with_battery = states or (None, None)
    steps = len(window.load_w)
    return Models(
        without_battery=commit(
            residual_without_battery(window.load_w, window.grid_cap_w),
            np.full(steps, policy.k, dtype=np.int64),
            fleet,
            before,
            window.known,
        ),
        modelled=commit(
            residual_as_observed(window.load_w, window.battery_w, window.grid_cap_w),
            effective_reserve(policy.k, policy.k_batt, window.can_bridge),
            fleet,
            with_battery,
            window.known,
        ),
    )


def avoided_observed_h(without_battery_h: float, observed_h: float) -> float:
    """THA_obs = H(M0) − H_obs [h]: carries M0's own error, unlike the difference in models."""
    return without_battery_h - observed_h


def starts_delta(observed_starts: int, counterfactual_starts: int) -> int:
    """Observed starts less those of M0: positive = the batteries cost extra starts."""
    return observed_starts - counterfactual_starts


def calibration_residual(modelled_h: float, observed_h: float) -> float | None:
    """Calibration e = (H(M1) − H_obs) / H_obs over a whole period [fraction].

    Returns:
        The residual; None where nothing was observed to run (judge the absolute difference then).
    """
    return (modelled_h - observed_h) / observed_h if observed_h else None
