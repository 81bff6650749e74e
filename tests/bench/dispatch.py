"""A year of 5-minute steps, 35 units and three scenarios through all models of turbine hours avoided.

Target: under 10 s on two cores. Four models a scenario, with the output of each unit; then the envelope of
81 parameter sets for the intervals of one scenario, with what units burn and emit. Compilation (once an
installation) is shown apart. Times are those of the processor: all of it runs on one thread, and
neighbours do not count.
"""

import time
from collections.abc import Callable

import numpy as np

from pipelines.counterfactual.avoided import Policy, Window, model
from pipelines.counterfactual.burning import Curves
from pipelines.counterfactual.envelope import Spread, burnt_by_set, envelope
from pipelines.counterfactual.fleet import Fleet, UnitState
from pipelines.counterfactual.loading import load
from pipelines.counterfactual.quantities import watts

STEPS, STEP_S, PART, UNITS, TARGET_S = 105_120, 300, 4032, 35, 10


def main() -> None:
    """Prints the times."""
    window, fleet = year()
    first_s = timed(lambda: model(window.part(slice(10)), Policy(1, 1), fleet))
    scenarios_s = timed(lambda: [scenario(window, fleet, k) for k in range(3)])
    envelope_s = timed(lambda: sets(window, fleet))
    print(f"{STEPS:,} steps × {UNITS} units; loading or compiling the pass {first_s:.2f} s")
    print(f"three scenarios, four models each, units loaded  {scenarios_s:6.2f} s  (target {TARGET_S} s)")
    print(f"envelope of one scenario, 81 parameter sets      {envelope_s:6.2f} s")


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    start = time.process_time()
    work()
    return time.process_time() - start


def scenario(window: Window, fleet: Fleet, k: int) -> None:
    """All models of a scenario, part by part."""
    state: UnitState | None = None
    for start in range(0, STEPS, PART):
        part = window.part(slice(start, start + PART))
        models = model(part, Policy(k, 1, 50_000_000), fleet, state)
        load(models.committed, models.residual_w, fleet, part.known)
        state = models.committed.state


def sets(window: Window, fleet: Fleet) -> None:
    """The envelope, part by part."""
    policy, state = Policy(1, 1), None
    chosen = envelope(policy, Spread(10_000, 50_000))
    alike = np.full(UNITS, 45.0)
    curves = Curves(fleet.capability_w, alike, alike / 5, np.full((UNITS, 10), 0.01), alike / 5)
    for start in range(0, STEPS, PART):
        part = window.part(slice(start, start + PART))
        _, state = burnt_by_set(part, policy, fleet, chosen, curves, STEP_S, state)


def year() -> tuple[Window, Fleet]:
    """A noisy load that swings by day and by run, and unequal units."""
    rng, steps = np.random.default_rng(1), np.arange(STEPS)
    load_mw = (
        400 + 60 * np.sin(steps / 46) + 80 * np.sign(np.sin(steps / 200)) + 3 * rng.standard_normal(STEPS)
    )
    everything = np.ones(STEPS, dtype=np.bool_)
    window = Window(
        watts(load_mw), watts(10 * np.sin(steps / 50)), watts(np.full(STEPS, 150.0)), everything, everything
    )
    fleet = Fleet(
        watts(rng.uniform(10, 20, UNITS)),
        np.full(UNITS, 24, dtype=np.int64),
        np.full(UNITS, 6, dtype=np.int64),
        watts(np.full(UNITS, 8.0)),
    )
    return window, fleet


if __name__ == "__main__":
    main()
