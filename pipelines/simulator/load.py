"""What the halls want to draw: training jobs that start and stop together, checkpoints, swings.

A hall idles low and works high; a campus-wide run makes all halls work at once, so that the sum moves
in steps. Synchronous compute and communicate phases leave swings that all halls share.
Here must not live: who supplies the power.
"""

import numpy as np

from pipelines.simulator.span import Array, Span, generator, wander

_RAMP_S = 120
_CHECKPOINT_DEPTH = 0.35


def demand(site_id: str, halls: int, low_mw: float, high_mw: float, span: Span, seed: int) -> Array:
    """Wanted load of each hall.

    Args:
        site_id: Site, for the random numbers.
        halls: Number of halls.
        low_mw: Load of the whole site with every hall idle.
        high_mw: Load of the whole site with every hall at work.
        span: Simulated time.
        seed: Seed of the run.

    Returns:
        Means over the interval [MW], shape (halls, steps).
    """
    rng = generator(seed, "load", site_id)
    campus_run = _runs(span, rng, work_h=(16, 40), pause_h=(1.5, 4), pause_level=(0.1, 0.3))
    checkpoints = _checkpoints(span, rng)
    swing = 0.012 * wander(span, rng, 1, 2 * span.interval_s)[0]
    activity = np.empty((halls, span.steps))
    for hall in range(halls):
        own = _runs(span, rng, work_h=(4, 18), pause_h=(0.5, 3), pause_level=(0.3, 0.7))
        noise = 0.008 * rng.standard_normal(span.steps)
        activity[hall] = own * campus_run * (1 - _CHECKPOINT_DEPTH * checkpoints) * (1 + swing + noise)
    share = rng.uniform(0.85, 1.15, halls)
    share /= share.sum()
    wanted: Array = share[:, None] * (low_mw + (high_mw - low_mw) * np.clip(activity, 0.0, 1.05))
    return wanted


def _runs(
    span: Span,
    rng: np.random.Generator,
    work_h: tuple[float, float],
    pause_h: tuple[float, float],
    pause_level: tuple[float, float],
) -> Array:
    """Level of work 0 … 1: runs and pauses of random length, with short ramps between."""
    level = np.empty(span.steps)
    at, working = 0, True
    first = True
    while at < span.steps:
        length_h = rng.uniform(*(work_h if working else pause_h))
        if first:
            length_h, first = length_h * rng.uniform(0.3, 1.0), False
        end = at + span.steps_of(length_h * 3600)
        level[at:end] = rng.uniform(0.86, 1.0) if working else rng.uniform(*pause_level)
        at, working = end, not working
    ramp = span.steps_of(_RAMP_S)
    padded = np.concatenate([np.full(ramp - 1, level[0]), level])
    smooth: Array = np.convolve(padded, np.full(ramp, 1 / ramp), mode="valid")
    return smooth


def _checkpoints(span: Span, rng: np.random.Generator) -> Array:
    """Share of each interval spent writing checkpoints: a few minutes about every hour."""
    share = np.zeros(span.steps)
    at = rng.uniform(0, 3600)
    while at < span.steps * span.interval_s:
        end = at + rng.uniform(60, 180)
        first = int(at // span.interval_s)
        last = min(int(end // span.interval_s) + 1, span.steps)
        edges = np.clip(span.interval_s * np.arange(first, last + 1), at, end)
        share[first:last] += np.diff(edges) / span.interval_s
        at += rng.uniform(2700, 4500)
    return share
