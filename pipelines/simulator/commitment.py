"""Which units run: light-off, start, run, stop, with minimum up and down times.

Here must not live: how many units are wanted (`dispatch`).
"""

import numpy as np

from pipelines.simulator.span import Array, Instants, Mask, Span
from pipelines.simulator.turbines import Fleet

OFF, STARTING, RUNNING, STOPPING = range(4)
_STOP_S = 300
_MIN_DOWN_S = 1800


class Units:
    """The state of a site's units, moved on one interval at a time.

    Attributes:
        phase: OFF, STARTING, RUNNING or STOPPING, shape (units,).
        age: Intervals in that phase.
        lit: Intervals since light-off.
        worked: Intervals with fuel combusted so far: units that worked least start first.
    """

    def __init__(self, fleet: Fleet, span: Span) -> None:
        count = len(fleet.ids)
        self._min_load = fleet.min_load_mw
        self._start = np.array([span.steps_of(s) for s in fleet.start_s], dtype=np.int64)
        self._min_up = np.array([span.steps_of(s) for s in fleet.min_up_s], dtype=np.int64)
        self._stop = span.steps_of(_STOP_S)
        self._min_down = span.steps_of(_MIN_DOWN_S)
        self.phase: Instants = np.full(count, OFF)
        self.age: Instants = np.full(count, 10**6)
        self.lit: Instants = np.zeros(count, dtype=np.int64)
        self.worked: Instants = np.zeros(count, dtype=np.int64)

    def warm(self, wanted: int, available: Mask) -> None:
        """Lets the first units run for long already, as the campus did before it was simulated."""
        chosen = np.flatnonzero(available)[:wanted]
        self.phase[chosen], self.age[chosen], self.lit[chosen] = RUNNING, 10**6, 10**6

    def commit(self, wanted: int, available: Mask) -> None:
        """Starts units until `wanted` are on, or stops those that may stop."""
        broken = ~available & ((self.phase == STARTING) | (self.phase == RUNNING))
        self._enter(np.flatnonzero(broken), STOPPING)
        active = int(np.count_nonzero((self.phase == STARTING) | (self.phase == RUNNING)))
        if wanted > active:
            ready = np.flatnonzero((self.phase == OFF) & (self.age >= self._min_down) & available)
            chosen = ready[np.argsort(self.worked[ready], kind="stable")][: wanted - active]
            self._enter(chosen, STARTING)
            self.lit[chosen] = 0
        elif wanted < active:
            free = np.flatnonzero((self.phase == RUNNING) & (self.lit >= self._min_up))
            chosen = free[np.argsort(-self.worked[free], kind="stable")][: active - wanted]
            self._enter(chosen, STOPPING)

    def _enter(self, units: Instants, phase: int) -> None:
        self.phase[units], self.age[units] = phase, 0

    def limits(self, capability_mw: Array) -> tuple[Array, Array]:
        """Least and largest output of each unit in this interval [MW]."""
        up = self._min_load * np.minimum(1.0, (self.age + 0.5) / self._start)
        down = self._min_load * np.maximum(0.0, 1 - (self.age + 0.5) / self._stop)
        forced = np.where(self.phase == STARTING, up, np.where(self.phase == STOPPING, down, 0.0))
        runs = self.phase == RUNNING
        return np.where(runs, self._min_load, forced), np.where(runs, capability_mw, forced)

    @property
    def fired(self) -> Mask:
        """Units with fuel combusted."""
        fired: Mask = self.phase != OFF
        return fired

    def advance(self) -> None:
        """Ends the interval."""
        fired = self.fired
        self.age += 1
        self.lit += fired
        self.worked += fired
        started = (self.phase == STARTING) & (self.age >= self._start)
        if started.any():
            self._enter(np.flatnonzero(started), RUNNING)
        stopped = (self.phase == STOPPING) & (self.age >= self._stop)
        if stopped.any():
            self._enter(np.flatnonzero(stopped), OFF)
