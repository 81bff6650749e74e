"""Spells of operating hours above a limit: `excess_emissions`.

Written from kpis §4.2 and docs/methods/compliance.md: hours off are skipped, hours that are invalid or have
no average neither end an event nor count in it. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from tests.oracle.clock import HOUR
from tests.oracle.exact import ZERO, amount
from tests.oracle.power import Key
from tests.oracle.rolling import LIMIT_ID, nox_rolling_hourly
from tests.oracle.site import Row, Site
from tests.oracle.turbines import NINE

Hours = list[tuple[datetime, Row]]
CAUSES = ("malfunction", "startup", "shutdown")


def excess_emissions(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row."""
    hours: dict[str, Hours] = defaultdict(list)
    for (_, unit, hour, _), row in nox_rolling_hourly(site):
        hours[unit].append((hour, row))
    for unit, every in hours.items():
        above = {
            place: row["is_exceedance"] for place, (_, row) in enumerate(every) if not _is_undecided(row)
        }
        for is_above, event in groupby(above, above.get):
            if is_above:
                yield _event(site, unit, every, list(event))


def _is_undecided(row: Row) -> bool:
    return row["anchor_invalid"] or row["is_exceedance"] is None


def _event(site: Site, unit: str, every: Hours, places: list[int]) -> tuple[Key, Row]:
    rows = [every[place][1] for place in places]
    begins, ends = every[places[0]][0], every[places[-1]][0] + HOUR
    beside = {place + step for place in places for step in (-1, 1)} & set(range(len(every)))
    explained = [row["ssm_kind"] for row in rows if row["is_explained_by_ssm"]]
    averages = [row["rolling_value"] for row in rows]
    plural = "" if len(rows) == 1 else "s"
    return (site.site_id, unit, f"{unit}:{LIMIT_ID}:{begins:%Y-%m-%dT%H:%M:%SZ}"), {
        "limit_id": LIMIT_ID,
        "pollutant": "nox",
        "started_at": begins,
        "ended_at": ends,
        "duration_h": Decimal(len(rows)),
        "limit_value": rows[averages.index(max(averages))]["limit_value"],
        "max_value": max(averages),
        "mean_value": amount(sum(averages, ZERO) / len(averages), NINE),
        "cause": max(CAUSES, key=explained.count) if explained else "unknown",
        "corrective_action": _actions(site, unit, begins, ends),
        "startup_shutdown_malfunction_pct": amount(Decimal(100 * len(explained)) / len(rows)),
        "limit_is_verified": False,
        "statement": f"{len(rows)} hour{plural} above an unverified limit",
        "is_bound": any(_is_undecided(every[place][1]) for place in beside),
        "data_coverage_pct": amount(
            Decimal(100 * sum(row["valid_hours"] for row in rows)) / sum(row["window_hours"] for row in rows)
        ),
        "reason": None,
    }


def _actions(site: Site, unit: str, begins: datetime, ends: datetime) -> str | None:
    """What was done about whatever was logged in an hour of the event."""
    found = {
        event["corrective_action"]
        for event in site.reference["events"]
        if event["unit_id"] in (None, unit)
        and event["start_at"] < ends
        and event["end_at"] > begins
        and event["corrective_action"]
    }
    return "; ".join(sorted(found)) or None
