"""When the grid connection, or a part of it, was away.

Written from docs/methods/batteries.md. Here must not live: SQL.
"""

from datetime import datetime
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from tests.oracle.clock import FIVE_MINUTES
from tests.oracle.site import Site


class Outage(NamedTuple):
    """One that is not over has no end."""

    event_id: str
    begins: datetime
    ends: datetime | None

    def touches(self, begins: datetime, ends: datetime) -> bool:
        """Whether some of it lies in a stretch of time."""
        return self.begins < ends and (self.ends is None or begins < self.ends)


@lru_cache
def outages(site: Site) -> list[Outage]:
    """What a person logged of the site; and caps for the reason outage, each until the next row.

    On these sites no such cap overlaps a logged outage.
    """
    logged = [
        Outage(row["event_id"], row["start_at"], row["end_at"])
        for row in site.reference["events"]
        if row["kind"] == "outage" and row["unit_id"] is None
    ]
    caps = sorted(site.reference["grid_caps"], key=lambda row: row["from_utc"])
    for row, after in zip_longest(caps, caps[1:]):
        if row["reason"] == "outage":
            name = f"{row['connection_id']}@{row['from_utc']:%Y-%m-%dT%H:%M:%SZ}"
            logged.append(Outage(name, row["from_utc"], after and after["from_utc"]))
    return logged


def is_outage(site: Site, at: datetime) -> bool:
    """Whether one lies in a part of the 5 minutes."""
    return any(outage.touches(at, at + FIVE_MINUTES) for outage in outages(site))
