"""Method A: which units run for a residual, by a forward pass with minimum up and down times.

In each step every unit inside its minimum up time stays on and every unit inside its minimum down time
stays off. The others are called in an order: those that stay, then those that run (they are not locked
again), then those that are started (each is locked), each group in merit order. The first units that
carry the residual run, and as many further ones as are held in reserve. A residual of 0 calls nobody.
Units that were needed, to carry or in reserve, stay for the release time after it.
Here must not live: where a residual comes from (`residual`), what each unit supplies (`loading`).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.quantities import Counts, Mask, Watts

_STAYS, _RUNS, _MAY_START, _IS_OUT = range(4)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What runs of the model committed; a run is a scenario, a model or a set of parameters.

    Attributes:
        on: Whether each unit runs, shape (runs, units, steps).
        begun: What the window before left.
        state: What the next window must start from.
    """

    on: Mask
    begun: UnitState
    state: UnitState

    @property
    def unit_starts(self) -> Mask:
        """Whether each unit went from off to on, shape (runs, units, steps)."""
        before = np.concatenate([self.begun.on[:, :, None], self.on[:, :, :-1]], axis=2)
        started: Mask = self.on & ~before
        return started

    @property
    def starts(self) -> Counts:
        """Units that went from off to on, shape (runs, steps)."""
        started: Counts = self.unit_starts.sum(axis=1, dtype=np.int64)
        return started

    @property
    def unit_steps(self) -> Counts:
        """Units running in each step, shape (runs, steps)."""
        running: Counts = self.on.sum(axis=1, dtype=np.int64)
        return running

    @property
    def in_horizon(self) -> Counts:
        """Unit-steps inside the window (`h_cf_in_horizon`), shape (runs,)."""
        inside: Counts = self.unit_steps.sum(axis=1)
        return inside

    @property
    def total(self) -> Counts:
        """Unit-steps with those for which units stay on after the window (`h_cf_total`), shape (runs,)."""
        after: Counts = (self.state.held_steps * self.state.on).sum(axis=1)
        return self.in_horizon + after


def commit(
    residual_w: Watts,
    reserve: Counts,
    fleet: Fleet,
    state: UnitState | None = None,
    known: Mask | None = None,
) -> Commitment:
    """Commits units step by step.

    Args:
        residual_w: What the turbines must supply [W], shape (runs, steps).
        reserve: Units beyond those that carry the residual, shape (runs, steps).
        fleet: Units in merit order.
        state: What the window before left; every unit off by default.
        known: Steps whose residual is known, shape (steps,); in the others the units stay as they are.

    Returns:
        The commitment; where the fleet is too small all of it runs.
    """
    runs, steps = residual_w.shape
    begun = state or fleet.off(runs)
    after = UnitState(begun.on.copy(), begun.held_steps.copy())
    on = np.empty((runs, fleet.units, steps), dtype=np.bool_)
    _move(
        np.ascontiguousarray(residual_w),
        np.ascontiguousarray(reserve),
        np.ascontiguousarray(fleet.over(steps).T),
        np.ascontiguousarray(np.broadcast_to(fleet.min_up_steps, after.on.shape)),
        fleet.min_down_steps,
        np.ascontiguousarray(np.broadcast_to(fleet.release_steps, runs)),
        np.ones(steps, dtype=np.bool_) if known is None else known,
        after.on,
        after.held_steps,
        on,
    )
    return Commitment(on, begun, after)


def _move_in_python(
    residual_w: Watts,
    reserve: Counts,
    capability_w: Watts,
    min_up: Counts,
    min_down: Counts,
    release: Counts,
    known: Mask,
    is_on: Mask,
    held: Counts,
    on: Mask,
) -> None:
    """Moves `is_on` and `held`, shape (runs, units), through all steps and writes every step to `on`.

    Compiled; `capability_w` has shape (steps, units) here.
    """
    runs, units, steps = on.shape
    group = np.empty(units, dtype=np.int64)
    for run in range(runs):
        for step in range(steps):
            if known[step]:
                _call(
                    residual_w[run, step],
                    reserve[run, step],
                    capability_w[step],
                    min_up[run],
                    min_down,
                    release[run],
                    group,
                    is_on[run],
                    held[run],
                )
            for unit in range(units):
                held[run, unit] = max(0, held[run, unit] - 1)
                on[run, unit, step] = is_on[run, unit]


def _call_in_python(
    residual_w: int,
    reserve: int,
    capability_w: Watts,
    min_up: Counts,
    min_down: Counts,
    release: int,
    group: Counts,
    is_on: Mask,
    held: Counts,
) -> None:
    """Chooses the units of one step; `group` is scratch of shape (units,)."""
    _sort(capability_w, group, is_on, held)
    carried, spare = 0, reserve if residual_w > 0 else 0
    for wanted in range(_IS_OUT + 1):
        for unit in range(len(is_on)):
            if group[unit] != wanted:
                continue
            is_needed = True
            if wanted < _IS_OUT and carried < residual_w:
                carried += capability_w[unit]
            elif wanted < _IS_OUT and spare > 0:
                spare -= 1
            else:
                is_needed = False
            runs = is_needed or wanted == _STAYS
            if runs != is_on[unit]:
                is_on[unit], held[unit] = runs, min_up[unit] if runs else min_down[unit]
            if is_needed:
                held[unit] = max(held[unit], release)


def _sort_in_python(capability_w: Watts, group: Counts, is_on: Mask, held: Counts) -> None:
    """Says of each unit whether it must stay, runs, may start, or is out."""
    for unit in range(len(is_on)):
        if capability_w[unit] == 0 or (held[unit] > 0 and not is_on[unit]):
            group[unit] = _IS_OUT
        elif held[unit] > 0:
            group[unit] = _STAYS
        else:
            group[unit] = _RUNS if is_on[unit] else _MAY_START


_sort = njit(cache=True)(_sort_in_python)
_call = njit(cache=True)(_call_in_python)
_move = njit(cache=True)(_move_in_python)
