"""What stands at a site and what it has shown.

`delivery_funnel`, `gpu_intensity`, `battery_capability`, `ramp_smoothing`, written from
docs/methods/batteries.md. Here must not live: SQL.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.batteries import battery_daily, discharges, group_net_mw_s
from tests.oracle.clock import FIVE_MINUTES
from tests.oracle.emissions import month_end
from tests.oracle.exact import ZERO, amount, exact, quotient, total
from tests.oracle.power import Key, day_flow, flows, is_present, mean_mw
from tests.oracle.site import Row, Site

QUARTER = 3
"""Intervals of five minutes in fifteen."""


def months(site: Site) -> dict[date, list[date]]:
    """Local month → its known local days."""
    found: dict[date, list[date]] = {}
    for day in site.days:
        found.setdefault(day.replace(day=1), []).append(day)
    return found


def month_s(site: Site, month: date) -> int:
    """Length of a local month."""
    return int((month_end(site, month) - site.clock.midnight(month)).total_seconds())


# --- devices ------------------------------------------------------------------------------------


def delivery_funnel(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for month, days in months(site).items():
        for kind in ("unit", "block", "pack"):
            devices = [row for row in site.devices.values() if row["kind"] == kind]
            yield (site.site_id, kind, month), _funnel(site, month, days, devices)


def _funnel(site: Site, month: date, days: list[date], devices: list[Row]) -> Row:
    stages = ("commissioned_on", "installed_on", "delivered_on")
    commissioned, installed, delivered = (
        sum(_has_reached(row, stages[:place], days[-1]) for row in devices) for place in (1, 2, 3)
    )
    known = sum(_status_s(site, row["device_id"], days) for row in devices)
    time = len(devices) * month_s(site, month)
    return {
        "delivered": delivered,
        "installed": installed,
        "commissioned": commissioned,
        "available": None,
        "mw": total(exact(row["nameplate_mw"]) for row in devices),
        "mwh": total(exact(row["energy_mwh"]) for row in devices) or ZERO,
        "data_coverage_pct": amount(Decimal(100 * known) / time),
        "reason": "no_status" if devices[0]["kind"] == "unit" else "missing_source:status",
    }


def _has_reached(row: Row, stages: tuple[str, ...], day: date) -> bool:
    """Whether a device has the first of the stages, or one of the later ones."""
    return any(row[stage] is not None and row[stage] <= day for stage in stages)


def _status_s(site: Site, device: str, days: list[date]) -> int:
    buckets = site.buckets(device, 300, lambda row: row.get("status") is not None)
    return sum(s for at, pieces in buckets.items() if site.clock.day(at) in days for s, _ in pieces)


# --- load ---------------------------------------------------------------------------------------


def gpu_intensity(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row; no month of these campuses is known whole, so that none has power for each GPU."""
    (count,) = site.reference["gpu_counts"]
    for month, days in months(site).items():
        known = {day: flow for day in days if is_present(site, flow := day_flow(site, "load", day))}
        mwh = [amount(flow.power / 3600) or ZERO for flow in known.values()]
        hours = sum(site.clock.seconds(day) for day in known) / Decimal(3600)
        boundaries = {meter["boundary"] for meter in site.counted["load"]}
        yield (
            (site.site_id, month),
            {
                "gpus": Decimal(count["gpus"]) if known else None,
                "load_mean_mw": amount(quotient(sum(mwh, ZERO), hours)),
                "kw_per_gpu": None,
                "boundary": "; ".join(sorted(boundaries)),
                "data_coverage_pct": _measured_pct(site, ("load",), days, month_s(site, month)),
                "reason": "incomplete_month" if known else "missing_source:load",
            },
        )


def ramp_smoothing(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row; five minutes are too coarse for any ramp, and a source that is silent has none."""
    for day in site.days:
        now = [flows(site)[source][at] for source in ("grid", "load") for at in site.intervals(day)]
        known = [
            any(mean_mw(site, flows(site)[source][at]) is not None for at in site.intervals(day))
            for source in ("grid", "load")
        ]
        for ramp_s in ("ramp_short_s", "ramp_long_s"):
            yield (
                (site.site_id, day, int(site.parameters[ramp_s])),
                {
                    "resolution_s": max(
                        (flow.source_interval_s for flow in now if flow.source_interval_s), default=None
                    ),
                    **dict.fromkeys(("load_p99_mw", "grid_p99_mw", "smoothing")),
                    **dict.fromkeys(("load_max_mw", "grid_max_mw", "smoothing_of_max")),
                    "data_coverage_pct": _measured_pct(
                        site, ("grid", "load"), [day], site.clock.seconds(day)
                    ),
                    "reason": "resolution_too_coarse" if all(known) else "missing_source",
                },
            )


def _measured_pct(site: Site, sources: tuple[str, ...], days: list[date], of_s: int) -> Decimal | None:
    """Share of the time in which the sources, the worst of them, are measured and good."""
    found = ZERO
    for day in days:
        for at in site.intervals(day):
            now = [flows(site)[source][at] for source in sources]
            found += min(amount(100 * flow.measured / flow.expected) or ZERO for flow in now) * 300
    return amount(found / of_s)


# --- batteries ----------------------------------------------------------------------------------


def battery_capability(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of each block and of the site."""
    blocks = [meter["meter_id"] for meter in site.counted["battery"]]
    coverage = {key[1:]: row["data_coverage_pct"] for key, row in battery_daily(site)}
    for group in (None, *blocks):
        members = [site.devices[block] for block in (blocks if group is None else [group])]
        quarters = dict(_quarters(site, group))
        for month, days in months(site).items():
            ended = {
                at: mw
                for at, mw in quarters.items()
                if site.clock.day(at + (QUARTER - 1) * FIVE_MINUTES) in days
            }
            best = max(ended, key=lambda at: (ended[at], -at.timestamp()), default=None)
            energies = [run.discharged_mwh for run in discharges(site, group) if run.ended_on in days]
            covered = sum((coverage[group, day] * site.clock.seconds(day) for day in days), ZERO)
            yield (
                (site.site_id, group, month),
                {
                    "nameplate_mw": total(exact(row["nameplate_mw"]) for row in members),
                    "max_discharge_15min_mw": None if best is None else max(ended[best], ZERO),
                    "max_discharge_at_utc": None if best is None or ended[best] <= 0 else best,
                    "test_event_id": None,
                    "demonstrated_mwh": max(energies, default=None),
                    "nameplate_mwh": total(exact(row["energy_mwh"]) for row in members),
                    "is_bound": True,
                    "data_coverage_pct": amount(covered / month_s(site, month)),
                    "reason": "missing_source:battery" if best is None else None,
                },
            )


def _quarters(site: Site, group: str | None) -> Iterator[tuple[datetime, Decimal]]:
    """Start of 15 minutes that follow each other → mean discharge less charge [MW]."""
    net = group_net_mw_s(site, group)
    for at in net:
        three = [net.get(at + n * FIVE_MINUTES) for n in range(QUARTER)]
        if None not in three:
            yield at, amount(sum(three, ZERO) / (300 * QUARTER)) or ZERO
