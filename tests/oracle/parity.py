"""Whether the masses of a file in EPA's form are rate × heat-input rate × operating time: `epa_parity`.

Written from docs/methods/turbines_and_nox.md; of two files of an hour the one counts that can be recomputed,
then the one of the preferred feed. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.exact import ZERO, amount, quotient
from tests.oracle.monitors import standard_month
from tests.oracle.power import Key
from tests.oracle.site import Row, Site, value

TENTH, THOUSANDTH = Decimal("0.1"), Decimal("0.001")


def epa_parity(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    for unit in sorted(name for name, row in site.devices.items() if row["kind"] == "unit"):
        stated: dict[datetime, list[Row]] = defaultdict(list)
        for row in site.readings[unit]:
            if row["nox_lb"] is not None and row["operating_time_h"] != 0:
                stated[row["interval_start_utc"]].append(row)
        months: dict[date, list[Row]] = defaultdict(list)
        for hour, rows in stated.items():
            row = min(rows, key=lambda row: (_recomputed_lb(row) is None, site.feed_ranks[row["feed_id"]]))
            months[standard_month(site, hour)].append(row)
        for month, rows in months.items():
            yield (site.site_id, unit, month), _month(site, rows)


def _month(site: Site, rows: list[Row]) -> Row:
    pairs = []
    within = 0
    for row in rows:
        recomputed, stated, time = _recomputed_lb(row), value(row, "nox_lb"), value(row, "operating_time_h")
        if recomputed is not None:
            pairs.append((stated, recomputed))
            within += abs(recomputed - stated) <= site.parameters["epa_nox_tolerance_lb_h"] * time
    delivered = sum((stated for stated, _ in pairs), ZERO)
    recomputed = sum((again for _, again in pairs), ZERO)
    return {
        "hours": len(pairs),
        "within_tolerance_hours": within if pairs else None,
        "within_tolerance_pct": amount(quotient(Decimal(100 * within), Decimal(len(pairs)))),
        "max_abs_difference_lb": max((abs(again - stated) for stated, again in pairs), default=None),
        "delivered_lb": delivered if pairs else None,
        "recomputed_lb": recomputed if pairs else None,
        "difference_pct": amount(quotient(100 * (recomputed - delivered), delivered)) if pairs else None,
        "data_coverage_pct": amount(Decimal(100 * len(pairs)) / len(rows)),
        "reason": None if pairs else "inputs_missing",
    }


def _recomputed_lb(row: Row) -> Decimal | None:
    """Rate to three decimals, heat-input rate and lb/h to one, then the operating time."""
    rate, heat = value(row, "nox_lb_per_mmbtu"), value(row, "heat_input_mmbtu_h")
    time = value(row, "operating_time_h")
    if rate is None or heat is None or not time:
        return None
    per_hour = amount(amount(heat / time, TENTH) * amount(rate, THOUSANDTH), TENTH)
    return amount(per_hour * time)
