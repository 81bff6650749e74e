"""Turbine hours avoided: the site without batteries (M0) against the site with them as observed (M1).

The key figure is a difference in models, so that what both misjudge cancels. Two more models repeat
both at the grid connection of before its upgrade; the split between grid and batteries rests on them.
Here must not live: days and sites (dbt: int_dispatch_5min), gates (reference.parameters).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.commitment import Commitment, commit
from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.quantities import Counts, Mask, Watts
from pipelines.counterfactual.reserve import effective_reserve
from pipelines.counterfactual.residual import residual_as_observed, residual_without_battery

WITHOUT_BATTERY, AS_OBSERVED, BEFORE_UPGRADE, BEFORE_UPGRADE_AS_OBSERVED = range(4)
"""Runs of `model`: M0, M1, and both at the grid connection of before."""


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

    def part(self, steps: slice) -> "Window":
        """Some steps in a row."""
        return Window(
            self.load_w[steps],
            self.battery_w[steps],
            self.grid_cap_w[steps],
            self.can_bridge[steps],
            self.known[steps],
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """How the site is run in a scenario.

    Attributes:
        k: Units held in reserve without batteries.
        k_batt: Reserve units that the batteries replace.
        grid_before_w: Import that the connection allowed before its upgrade [W]; None where nobody says.
    """

    k: int
    k_batt: int
    grid_before_w: int | None = None


@dataclass(frozen=True, slots=True)
class Models:
    """All models over one window; the first axes are the runs named above.

    Attributes:
        residual_w: What the turbines must supply [W], shape (runs, steps).
        committed: Which units run.
    """

    residual_w: Watts
    committed: Commitment

    @property
    def avoided_unit_steps(self) -> int:
        """THA of the difference in models; negative where turbines charged the batteries."""
        unit_steps = self.committed.in_horizon
        return int(unit_steps[WITHOUT_BATTERY] - unit_steps[AS_OBSERVED])


def model(window: Window, policy: Policy, fleet: Fleet, state: UnitState | None = None) -> Models:
    """Runs M0 and M1, and both before the upgrade where the policy knows of one.

    Args:
        window: What was observed.
        policy: The scenario's reserve and old grid connection.
        fleet: Units in merit order.
        state: What the models left at the end of the window before.
    """
    caps = [window.grid_cap_w]
    if policy.grid_before_w is not None:
        caps.append(np.minimum(window.grid_cap_w, policy.grid_before_w))
    residual_w = np.stack([residual for cap in caps for residual in _residuals(window, cap)])
    reserve = np.tile(_reserves(window, policy), (len(caps), 1))
    return Models(residual_w, commit(residual_w, reserve, fleet, state, window.known))


def _residuals(window: Window, grid_cap_w: Watts) -> tuple[Watts, Watts]:
    return (
        residual_without_battery(window.load_w, grid_cap_w),
        residual_as_observed(window.load_w, window.battery_w, grid_cap_w),
    )


def _reserves(window: Window, policy: Policy) -> Counts:
    """Units in reserve without batteries and with them, shape (2, steps)."""
    alone = np.full(len(window.load_w), policy.k, dtype=np.int64)
    return np.stack([alone, effective_reserve(policy.k, policy.k_batt, window.can_bridge)])


def calibration_residual(modelled_h: float, observed_h: float) -> float | None:
    """Calibration e = (H(M1) − H_obs) / H_obs over a whole period [fraction].

    Returns:
        The residual; None where nothing was observed to run (judge the absolute difference then).
    """
    return (modelled_h - observed_h) / observed_h if observed_h else None
