"""Outages of battery packs: when each fails or is serviced, in quarters of an hour.

Here must not live: the log of a pack's power (`pack_day`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.simulator.span import Array, Mask, Span, generator

_QUARTER_S = 900
_BETWEEN_FAILURES_H = 40 * 24
_OUTAGE_H = (1.0, 30.0)


@dataclass(frozen=True, slots=True)
class PackOutages:
    """Packs of a site.

    Attributes:
        ids: Device ids.
        parents: Block of each pack.
        rated_mw: Nameplate of each pack, shape (packs,).
        out: Whether the pack is out, shape (packs, steps); edges lie on quarters of an hour.
    """

    ids: tuple[str, ...]
    parents: tuple[str, ...]
    rated_mw: Array
    out: Mask

    def share_of(self, block_ids: tuple[str, ...]) -> Array:
        """Share of each block's packs that are available, shape (blocks, steps); 1 without packs."""
        share = np.ones((len(block_ids), self.out.shape[1]))
        parents = np.array(self.parents)
        for row, block in enumerate(block_ids):
            members = parents == block
            if members.any():
                share[row] = 1 - self.out[members].mean(axis=0)
        return share


def pack_outages(campus: Campus, block_ids: tuple[str, ...], span: Span, seed: int) -> PackOutages:
    """Draws the outages of all packs that stand in the blocks."""
    packs = [d for d in campus.devices.values() if d.kind == "pack" and d.parent_id in block_ids]
    packs.sort(key=lambda device: device.device_id)
    out = np.zeros((len(packs), span.steps), dtype=np.bool_)
    quarter = max(1, _QUARTER_S // span.interval_s)
    total_h = span.steps * span.hours
    for row, pack in enumerate(packs):
        rng = generator(seed, "outages", pack.device_id)
        at_h = float(rng.exponential(_BETWEEN_FAILURES_H))
        while at_h < total_h:
            length_h = float(rng.uniform(*_OUTAGE_H))
            first, last = (round(h / span.hours / quarter) * quarter for h in (at_h, at_h + length_h))
            out[row, first:last] = True
            at_h += length_h + float(rng.exponential(_BETWEEN_FAILURES_H))
    return PackOutages(
        ids=tuple(pack.device_id for pack in packs),
        parents=tuple(pack.parent_id or "" for pack in packs),
        rated_mw=np.array([float(pack.nameplate_mw or 0) for pack in packs]),
        out=out,
    )
