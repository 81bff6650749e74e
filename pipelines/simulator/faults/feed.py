"""A feed as faults see it: what its records, columns and tags are about.

Here must not live: the faults.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.contract import COLUMNS, Contract, Long, PerDevice, Tag, Wide
from pipelines.simulator.landing import Delivery
from pipelines.simulator.names import tags_of
from pipelines.simulator.records import DEVICE, LABEL, START
from pipelines.simulator.span import Mask

TAKEN = -1
"""In `LABEL`: something else forbids to strike the record."""


@dataclass(frozen=True)
class Feed:
    """A feed whose files are struck.

    Attributes:
        contract: Its contract.
        zone: Prevailing time of its site.
        tags: (name in the file, device, tag) of everything it delivers.
    """

    contract: Contract
    zone: str
    tags: tuple[tuple[str, str, Tag], ...]

    @cached_property
    def gauges(self) -> tuple[str, ...]:
        """Columns of a file that hold numbers which are no registers."""
        layout = self.contract.layout
        if isinstance(layout, Long):
            return (layout.value,)
        return tuple(dict.fromkeys(name for name, _, tag in self.tags if _is_gauge(tag)))

    @cached_property
    def source(self) -> str | None:
        """The column that names the tag or the device of a record, if any."""
        layout = self.contract.layout
        if isinstance(layout, Long):
            return layout.tag
        return layout.device if isinstance(layout, PerDevice) else None

    def about(self, row: dict[str, object], name: str) -> tuple[str, str]:
        """(device, column of the readings) of a record's cell."""
        layout = self.contract.layout
        wanted = row[layout.tag] if isinstance(layout, Long) else name
        device, tag = next((device, tag) for given, device, tag in self.tags if given == wanted)
        return (device if isinstance(layout, Wide) else str(row[DEVICE])), tag.column

    def is_gauge(self, frame: pl.DataFrame) -> Mask:
        """Which records hold gauges at all: in long layouts some are registers."""
        layout = self.contract.layout
        if not isinstance(layout, Long):
            return np.ones(frame.height, dtype=np.bool_)
        names = [name for name, _, tag in self.tags if _is_gauge(tag)]
        return frame.get_column(layout.tag).is_in(names).to_numpy()


def feed_of(contract: Contract, campus: Campus) -> Feed:
    """A feed of the campus."""
    devices = sorted(d.device_id for d in campus.devices.values() if d.site_id == contract.site)
    return Feed(contract, campus.sites[contract.site].time_zone, tuple(tags_of(contract, devices)))


def _is_gauge(tag: Tag) -> bool:
    """Whether a tag is a number and no register; words (`status` among them) are neither."""
    return tag.counter is None and tag.column in COLUMNS and COLUMNS[tag.column][1].is_number


def free(file: Delivery) -> Mask:
    """Which records nothing has struck."""
    return file.frame.get_column(LABEL).is_null().to_numpy()


def start_of(file: Delivery) -> pl.Series:
    """Interval starts of the records [s since 1970 UTC]."""
    return file.frame.get_column(START)
