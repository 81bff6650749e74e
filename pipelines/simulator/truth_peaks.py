"""True shares of a site in the peaks of its utility system.

Here must not live: published peaks (reference tables).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.campus.campus import Campus
from pipelines.simulator.days import local_days
from pipelines.simulator.site_run import SiteRun
from pipelines.simulator.span import HOUR_S, Array, Span
from pipelines.simulator.system import hour_means, includes


def peak_shares(campus: Campus, system_id: str, demand: Array, run: SiteRun, span: Span) -> pl.DataFrame:
    """Site × system × period (each local day of the system, and the whole span).

    The site's import is its mean over the system's hour; ties go to the earliest hour.
    """
    hourly = Span(span.start, demand.size, HOUR_S)
    days = local_days(hourly, campus.sites[system_id].time_zone)
    site = hour_means(run.operation.grid_mw, span)
    periods: list[tuple[date, date, slice]] = [
        (day, day, slice(int(first), int(last)))
        for day, first, last in zip(days.dates, days.edges[:-1], days.edges[1:], strict=True)
    ]
    periods.append((days.dates[0], days.dates[-1], slice(0, demand.size)))
    inside = includes(campus, run.site_id, system_id)
    return pl.DataFrame(
        [_share(run.site_id, system_id, period, demand, site, inside, hourly) for period in periods]
    )


def _share(
    site_id: str,
    system_id: str,
    period: tuple[date, date, slice],
    demand: Array,
    site: Array,
    inside: bool,
    hourly: Span,
) -> dict[str, object]:
    first, last, hours = period
    at = hours.start + int(np.argmax(demand[hours]))
    with_site = float(demand[at]) if inside else float(demand[at] + site[at])
    return {
        "site_id": site_id,
        "system_id": system_id,
        "first_local_date": first,
        "last_local_date": last,
        "peak_at_utc": int(hourly.epochs[at]) * 1_000_000,
        "peak_ties": int(np.count_nonzero(demand[hours] == demand[at])),
        "site_mw": float(site[at]),
        "system_mw": float(demand[at]),
        "share_inclusive_pct": 100 * float(site[at]) / with_site,
        "share_exclusive_pct": 100 * float(site[at]) / (with_site - float(site[at])),
        "coincidence_factor": float(site[at]) / float(site[hours].max()) if site[hours].max() > 0 else None,
    }
