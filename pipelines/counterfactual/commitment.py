"""Method A: which units run for a residual, by a forward pass with minimum up times.

In each step: keep every unit inside its minimum up time; then keep running units whose minimum up time
has passed, as far as still needed (they are not locked again); then start units, each locked for its
minimum up time. A residual of 0 needs no unit and no reserve.
Here must not live: where a residual comes from (`residual`), differences between models (`avoided`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.quantities import Counts, Mask, Watts


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a model ran.

    Attributes:
        on: Whether each unit runs, shape (units, steps).
        starts: Units that went from off to on, shape (steps,).
        supplied_w: Output of the units [W], shape (steps,).
        unserved_w: Residual beyond the whole available fleet [W], shape (steps,): load that would have
            been shed, never extra hours.
        state: What the next window must start from.
    """

    on: Mask
    starts: Counts
    supplied_w: Watts
    unserved_w: Watts
    state: UnitState

    @property
    def unit_steps(self) -> Counts:
        """Units running in each step, shape (steps,); their sum is `h_cf_in_horizon` in steps."""
        running: Counts = self.on.sum(axis=0, dtype=np.int64)
        return running

    @property
    def unit_steps_in_horizon(self) -> int:
        """Unit-steps inside the window."""
        return int(self.on.sum())

    @property
    def unit_steps_total(self) -> int:
        """Unit-steps with those for which units stay locked after the window (`h_cf_total`)."""
        return self.unit_steps_in_horizon + int(self.state.locked_steps.sum())


def commit(
    residual_w: Watts,
    reserve: Counts,
    fleet: Fleet,
    state: UnitState | None = None,
    known: Mask | None = None,
) -> Commitment:
    """Commits units step by step.

    Args:
        residual_w: What the turbines must supply [W], shape (steps,).
        reserve: Spare units beyond those the residual needs, shape (steps,).
        fleet: Units in merit order.
        state: What the window before left; every unit off by default.
        known: Steps whose residual is known, shape (steps,); in the others the units stay as they are.

    Returns:
        The commitment; where the fleet is too small all of it runs and the rest is unserved.
    """
    steps = len(residual_w)
    capability = fleet.over(steps)
    is_known = np.ones(steps, dtype=np.bool_) if known is None else known
    begun = state or fleet.off()
    on, locked, final = _pass(residual_w, reserve, capability, fleet.min_up_steps, begun, is_known)
    before = np.concatenate([begun.on[:, None], on[:, :-1]], axis=1)
    residual = np.where(is_known, residual_w, 0)
    running_w = np.where(on, capability, 0).sum(axis=0)
    available_w = capability.sum(axis=0)
    return Commitment(
        on=on,
        starts=(on & ~before).sum(axis=0, dtype=np.int64),
        supplied_w=np.minimum(residual, running_w),
        unserved_w=np.maximum(0, residual - available_w),
        state=UnitState(final, locked),
    )


def _pass(
    residual_w: Watts,
    reserve: Counts,
    capability_w: Watts,
    min_up: Counts,
    begun: UnitState,
    known: Mask,
) -> tuple[Mask, Counts, Mask]:
    """The forward pass: on (units, steps), steps still locked after it (units,), on at its end (units,)."""
    steps = len(residual_w)
    rows = np.zeros((steps, len(min_up)), dtype=np.bool_)
    running: list[bool] = begun.on.tolist()
    locked: list[int] = begun.locked_steps.tolist()
    most: list[int] = min_up.tolist()
    wanted = zip(residual_w.tolist(), reserve.tolist(), capability_w.T.tolist(), known.tolist(), strict=True)
    for step, (residual, spare, capability, is_known) in enumerate(wanted):
        chosen = _choose(residual, spare, capability, running, locked) if is_known else running
        for unit, is_on in enumerate(chosen):
            if is_on and not running[unit]:
                locked[unit] = most[unit]
            locked[unit] = locked[unit] - 1 if is_on and locked[unit] else 0
        running = chosen
        rows[step] = running
    return rows.T, np.array(locked, dtype=np.int64), np.array(running, dtype=np.bool_)


def _choose(
    residual: int, spare: int, capability: Sequence[int], running: Sequence[bool], locked: Sequence[int]
) -> list[bool]:
    """Units that run in one step; a unit that is unavailable runs under no rule."""
    chosen = [bool(steps) and power > 0 for steps, power in zip(locked, capability, strict=True)]
    if residual == 0:
        return chosen
    for unit in _candidates(capability, running, locked):
        if _is_enough(residual, spare, capability, chosen):
            break
        chosen[unit] = True
    return chosen


def _candidates(capability: Sequence[int], running: Sequence[bool], locked: Sequence[int]) -> Iterable[int]:
    """Units that may still be added: those that run first, then the others, each in merit order."""
    free = [unit for unit, power in enumerate(capability) if power > 0 and not locked[unit]]
    yield from (unit for unit in free if running[unit])
    yield from (unit for unit in free if not running[unit])


def _is_enough(residual: int, spare: int, capability: Sequence[int], chosen: Sequence[bool]) -> bool:
    """Whether the first units chosen carry the residual and `spare` further ones run beside them."""
    carried = beside = 0
    for power, is_on in zip(capability, chosen, strict=True):
        if is_on and carried < residual:
            carried += power
        elif is_on:
            beside += 1
    return carried >= residual and beside >= spare
