"""Whether the load stayed while the grid was away: `ride_through_events`.

Written from docs/methods/batteries.md; an outage is cut to the time in which the site was read. Here must
not live: SQL.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle.batteries import group_soc_pct
from tests.oracle.clock import FIVE_MINUTES, HOUR, floor
from tests.oracle.exact import ZERO, amount
from tests.oracle.outages import Outage, outages
from tests.oracle.power import Flow, Key, flows, mean_mw
from tests.oracle.site import Row, Site


def ride_through_events(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for outage in outages(site):
        yield (site.site_id, outage.event_id), _row(site, outage)


def _row(site: Site, outage: Outage) -> Row:
    known_until = site.hours[-1] + HOUR
    until = min(outage.ends or known_until, known_until)
    first = floor(outage.begins, 300)
    length = timedelta(minutes=int(site.parameters["ride_through_before_min"]))
    before = [_load_mw(site, at) for at in _intervals(first - length, first)]
    during = [_load_mw(site, at) for at in _intervals(first, until)]
    seen = [mw for mw in during if mw is not None]
    mean = None if None in before else sum(before, ZERO) / len(before)
    kept = 1 - site.parameters["ride_through_tolerance_pct"] / 100
    is_ok = None
    if mean is not None and seen:
        is_whole = len(_intervals(first, outage.ends or until)) == len(seen) and outage.ends is not None
        is_ok = False if min(seen) < mean * kept else True if is_whole else None
    flow = [found for at in _intervals(first, until) if (found := flows(site)["load"].get(at))]
    measured = sum((amount(100 * of.measured / of.expected) or ZERO for of in flow), ZERO)
    return {
        "started_at": outage.begins,
        "ended_at": outage.ends,
        "bridged_s": _bridged_s(site, outage.begins, until) if seen else None,
        "load_before_mw": amount(mean),
        "load_min_mw": min(seen, default=None),
        "load_needed_mw": None if mean is None else amount(mean * kept),
        "soc_start_pct": group_soc_pct(site, None).get(first),
        "is_success": is_ok,
        "resolution_s": max([300, *(of.source_interval_s or 0 for of in flow)]),
        "data_coverage_pct": amount(measured / len(_intervals(first, outage.ends or until))),
        "reason": None if is_ok is not None else "missing_source:load" if outage.ends else "not_over",
    }


def _intervals(begins: datetime, ends: datetime) -> list[datetime]:
    """Those that begin in a stretch of time which begins with one."""
    return [begins + n * FIVE_MINUTES for n in range(-((begins - ends) // FIVE_MINUTES))]


def _flow(site: Site, source: str, at: datetime) -> Flow | None:
    return flows(site)[source].get(at)


def _load_mw(site: Site, at: datetime) -> Decimal | None:
    flow = _flow(site, "load", at)
    return None if flow is None else mean_mw(site, flow)


def _bridged_s(site: Site, begins: datetime, until: datetime) -> int | None:
    """Until the batteries no longer give; None where that is not known."""
    for at in _intervals(floor(begins, 300), until):
        flow = _flow(site, "battery", at)
        power = None if flow is None else mean_mw(site, flow)
        if power is None:
            return None
        if power <= 0:
            return max(0, int((at - begins).total_seconds()))
    return int((until - begins).total_seconds())
