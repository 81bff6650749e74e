"""The grid cap of a site over time, from the rows of grid_caps.

Outages strike without warning; demand-response calls are known when the notice comes.
Here must not live: how the site reacts.
"""

from collections.abc import Iterable
from typing import cast

import numpy as np

from pipelines.campus.campus import Campus
from pipelines.campus.tables import GridCap
from pipelines.simulator.span import Array, Span

NOTICE_S = 1800
"""How long before a demand-response call the operators hear of it [s]."""


def contract_cap_mw(campus: Campus, site_id: str) -> float:
    """The largest cap that ever held [MW], summed over the site's connections; 0 without any."""
    largest: dict[str, float] = {}
    for row in _rows(campus, site_id):
        largest[row.connection_id] = max(largest.get(row.connection_id, 0.0), float(row.cap_mw))
    return sum(largest.values())


def caps(campus: Campus, site_id: str, span: Span) -> Array:
    """What may be imported in each interval [MW], shape (steps,).

    A cap that changes inside an interval holds there with its smaller value.
    """
    return _caps(_rows(campus, site_id), span)


def foreseen_caps(campus: Campus, site_id: str, span: Span) -> Array:
    """The cap that operators plan with: today's, or that of a call within the notice [MW]."""
    now = _caps(_rows(campus, site_id), span)
    announced = now.copy()
    for row in _rows(campus, site_id):
        start = span.index(row.from_utc)
        if row.reason == "demand_response" and 0 < start < span.steps:
            first = max(0, start - span.steps_of(NOTICE_S))
            announced[first:start] = np.minimum(announced[first:start], now[start])
    return announced


def _rows(campus: Campus, site_id: str) -> list[GridCap]:
    rows = cast("Iterable[GridCap]", campus.tables["grid_caps"])
    return sorted((row for row in rows if row.site_id == site_id), key=lambda row: row.from_utc)


def _caps(rows: list[GridCap], span: Span) -> Array:
    total = np.zeros(span.steps)
    for connection in dict.fromkeys(row.connection_id for row in rows):
        held = np.zeros(span.steps)
        for row in rows:
            if row.connection_id != connection or row.from_utc >= span.end:
                continue
            start, cap = span.index(row.from_utc), float(row.cap_mw)
            inside = (row.from_utc - span.start).total_seconds() % span.interval_s
            partly = min(held[start], cap) if inside and row.from_utc > span.start else cap
            held[start:] = cap
            held[start] = partly
        total += held
    return total
