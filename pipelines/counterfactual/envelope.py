"""The parameter envelope: what the models would say with other, equally defensible parameters.

Grid cap ± its meter, one reserve unit less or more, half or twice the times for which units are held,
capability ± the air: 81 sets. Every set goes through the same time with the batteries and without.
Here must not live: how sets become an interval (`interval`).
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from pipelines.counterfactual.avoided import Policy, Window
from pipelines.counterfactual.burning import PPM, Burnt, Curves, burn
from pipelines.counterfactual.commitment import Commitment, commit
from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.quantities import Counts, Watts
from pipelines.counterfactual.reserve import effective_reserve
from pipelines.counterfactual.residual import residual_as_observed, residual_without_battery


@dataclass(frozen=True, slots=True)
class Spread:
    """How far parameters may be off.

    Attributes:
        grid_ppm: Grid cap, ± millionths.
        capability_ppm: Capability of the units, ± millionths.
    """

    grid_ppm: int
    capability_ppm: int


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One set of the envelope.

    Attributes:
        grid_ppm: Grid cap in millionths of the default.
        k: Units held in reserve without batteries.
        hold_halves: Minimum up time and release time in halves of the default.
        capability_ppm: Capability in millionths of the default.
    """

    grid_ppm: int
    k: int
    hold_halves: int
    capability_ppm: int


def envelope(policy: Policy, spread: Spread) -> tuple[ParameterSet, ...]:
    """All sets: 3 caps × reserves k − 1, k, k + 1 (not below 0) × 3 holding times × 3 capabilities."""
    return tuple(
        ParameterSet(*chosen)
        for chosen in product(
            (PPM - spread.grid_ppm, PPM, PPM + spread.grid_ppm),
            sorted({max(0, policy.k + more) for more in (-1, 0, 1)}),
            (1, 2, 4),
            (PPM - spread.capability_ppm, PPM, PPM + spread.capability_ppm),
        )
    )


def burnt_by_set(
    window: Window,
    policy: Policy,
    fleet: Fleet,
    sets: tuple[ParameterSet, ...],
    curves: Curves,
    step_s: int,
    state: UnitState | None = None,
) -> tuple[Burnt, UnitState]:
    """What runs, is supplied, burnt and emitted in M0 and M1 with every set of parameters.

    Args:
        window: What was observed.
        policy: The scenario; its k is replaced by that of the set.
        fleet: Units in merit order.
        sets: The envelope.
        curves: What the units burn and emit.
        step_s: Length of a step [s].
        state: What the window before left.

    Returns:
        Sums over the units, each of shape (2, sets, steps), and what the next window must start from.
    """
    committed = _committed(window, policy, fleet, sets, state)
    ppm = np.repeat([chosen.capability_ppm for chosen in sets], 2)
    residual_w = np.concatenate([_residuals(window, chosen) for chosen in sets])
    burnt = burn(committed, residual_w, ppm, fleet, curves, window.known, step_s)
    by_model = (runs.reshape(len(sets), 2, -1).swapaxes(0, 1) for runs in burnt)
    return Burnt(*by_model), committed.state


def _committed(
    window: Window, policy: Policy, fleet: Fleet, sets: tuple[ParameterSet, ...], state: UnitState | None
) -> Commitment:
    """Runs of all sets, M0 and M1 of each in turn; units that can do less meet a residual that is more."""
    scaled_w = [-(-_residuals(window, chosen) * PPM // chosen.capability_ppm) for chosen in sets]
    reserve = np.concatenate([_reserves(window, _moved(policy, chosen.k)) for chosen in sets])
    halves = np.repeat([chosen.hold_halves for chosen in sets], 2)
    flexible = replace(
        fleet,
        min_up_steps=np.maximum(1, fleet.min_up_steps * halves[:, None] // 2),
        release_steps=np.maximum(1, fleet.release_steps * halves // 2),
    )
    return commit(np.concatenate(scaled_w), reserve, flexible, state, window.known)


def _moved(policy: Policy, k: int) -> Policy:
    """Another reserve without batteries; that with them stays, since it is what calibration has seen."""
    return replace(policy, k=k, k_batt=max(0, policy.k_batt + k - policy.k))


def _residuals(window: Window, chosen: ParameterSet) -> Watts:
    """Residuals of M0 and M1, shape (2, steps)."""
    cap = window.grid_cap_w * chosen.grid_ppm // PPM
    return np.stack(
        [
            residual_without_battery(window.load_w, cap),
            residual_as_observed(window.load_w, window.battery_w, cap),
        ]
    )


def _reserves(window: Window, policy: Policy) -> Counts:
    """Units in reserve without batteries and with them, shape (2, steps)."""
    alone = np.full(len(window.load_w), policy.k, dtype=np.int64)
    return np.stack([alone, effective_reserve(policy.k, policy.k_batt, window.can_bridge)])
