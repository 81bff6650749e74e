"""How badly a residual fits the campus: what small errors of every meter together cannot explain.

Each meter may err by a factor within its accuracy class all day long. What is left after the best such
factors is noise if the rest is right, and has the shape of a load if it is not.
Here must not live: faults.
"""

import numpy as np

from pipelines.neighbours.devices import Day, Device
from pipelines.neighbours.quantities import Array


def misfit(day: Day, device: Device | None = None, mended: Array | None = None) -> float:
    """Root mean square of what is left of the residual, in units of its noise; infinite where none is known.

    Args:
        day: The day; its residual must be known for some steps.
        device: A counted device whose power is taken as `mended`.
        mended: Its power [MW]; steps where it is NaN are left out.
    """
    counted = [other for other in day.devices if other.sign and other.accuracy]
    powers = [other.power_mw if other is not device or mended is None else mended for other in counted]
    residual = day.residual_mw
    if device is not None and mended is not None:
        residual = residual + device.sign * (mended - device.power_mw)
    signed = [other.sign * power for other, power in zip(counted, powers, strict=True)]
    flows = np.array(signed).reshape(len(counted), residual.size).T
    known = np.isfinite(residual) & np.isfinite(flows).all(axis=1) & (day.noise_mw > 0)
    if not known.any():
        return float("inf")
    noise = day.noise_mw[known]
    left, shapes = residual[known] / noise, flows[known] / noise[:, None]
    spread = np.array([other.accuracy for other in counted]) / np.sqrt(3)
    weights = shapes * spread
    factors = np.linalg.solve(weights.T @ weights + np.eye(len(counted)), weights.T @ left)
    return float(np.sqrt(np.mean((left - weights @ factors) ** 2)))
