"""Tons of a month, by unit and by site, against the limit: `emissions_monthly`.

Written from docs/methods/emissions.md, for the one 12-month limit of these campuses, which counts both
units and does not say how hours are filled: the best estimate makes the tons. A figure of the site is the
sum of its units' figures as they are stored. Here must not live: SQL.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import reduce

from tests.oracle.clock import HOUR
from tests.oracle.exact import ZERO, amount, quotient
from tests.oracle.filling import POLLUTANTS, pollutant_hours
from tests.oracle.power import Key
from tests.oracle.site import Row, Site

LIMIT_ID, LIMIT, LIMITED = "TONS-12", Decimal(24), "nox"


@dataclass
class Month:
    """A unit's pollutant in a local month, or what several units add up to; hours count, `_h` is time.

    `filled` hours have a mass of their own or a substitute; of `unknown` ones nobody knows whether it ran.
    """

    hours: int
    unknown: int
    measured: int
    filled: int
    measured_tons: Decimal | None
    best_tons: Decimal | None
    part75_tons: Decimal | None
    most_tons: Decimal | None
    operating_h: Decimal
    covered_h: Decimal
    substituted_h: Decimal
    heat_mmbtu: Decimal | None

    def __add__(self, other: "Month") -> "Month":
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Month(*(b if a is None else a if b is None else a + b for a, b in pairs))

    def whole(self, tons: Decimal | None) -> Decimal | None:
        """Tons in which no hour is missing."""
        return tons if self.filled == self.hours else None


def emissions_monthly(site: Site) -> Iterator[tuple[Key, Row]]:
    """Key → row, of each unit and of the site."""
    rows: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
    for (_, unit, hour, pollutant), row in pollutant_hours(site).items():
        rows[unit, pollutant, month_of(site, hour)].append(row)
    units = sorted({unit for unit, _, _ in rows})
    for group in (None, *units):
        for pollutant in POLLUTANTS:
            months = {
                month: reduce(
                    Month.__add__,
                    (
                        _month(rows[unit, pollutant, month], unknown_hours(site, month))
                        for unit in (units if group is None else [group])
                    ),
                )
                for month in sorted({month for _, _, month in rows})
            }
            yield from _rows(site, group, pollutant, months)


def month_of(site: Site, hour: datetime) -> date:
    """First day of the local month."""
    return site.clock.day(hour).replace(day=1)


def month_end(site: Site, month: date) -> datetime:
    """The instant at which the next local month begins."""
    year, after = divmod(month.year * 12 + month.month, 12)
    return site.clock.midnight(date(year, after + 1, 1))


def unknown_hours(site: Site, month: date) -> int:
    """Hours of the site's first local day before anything was read, where they lie in the month."""
    begins = site.clock.midnight(site.reference["sites"][0]["starts_on"])
    return sum(month_of(site, begins + n * HOUR) == month for n in range((site.hours[0] - begins) // HOUR))


def _month(rows: list[Row], unknown: int) -> Month:
    def tons(column: str) -> Decimal | None:
        known = [row[column] for row in rows if row[column] is not None]
        return amount(sum(known, ZERO) / 2000) if known else None

    return Month(
        hours=len(rows) + unknown,
        unknown=unknown,
        measured=sum(row["lb"] is not None for row in rows),
        filled=sum(row["lb_best_estimate"] is not None for row in rows),
        measured_tons=tons("lb"),
        best_tons=tons("lb_best_estimate"),
        part75_tons=tons("lb_part75"),
        most_tons=tons("lb_maximum_potential"),
        operating_h=sum((row["operating_time_h"] for row in rows), ZERO),
        covered_h=sum((_covered_h(row) for row in rows), ZERO),
        substituted_h=sum((row["operating_time_h"] for row in rows if row["is_substituted"]), ZERO),
        heat_mmbtu=sum((row["heat_input_mmbtu_best_estimate"] for row in rows), ZERO),
    )


def _covered_h(row: Row) -> Decimal:
    return amount(row["operating_time_h"] * row["data_coverage_pct"] / 100) or ZERO


def _rows(
    site: Site, group: str | None, pollutant: str, months: dict[date, Month]
) -> Iterator[tuple[Key, Row]]:
    limit = LIMIT if pollutant == LIMITED and group is None else None
    so_far: list[Decimal | None] = []
    for month, of in months.items():
        tons = of.whole(of.best_tons)
        so_far.append(tons)
        rolling = None if None in so_far else sum(so_far, ZERO)
        left = None if limit is None or rolling is None else limit - rolling
        is_over = month_end(site, month) <= site.hours[-1] + HOUR
        yield (
            (site.site_id, group, month, pollutant),
            {
                "short_tons": tons,
                "short_tons_measured": of.measured_tons,
                "short_tons_best_estimate": tons,
                "short_tons_part75": of.whole(of.part75_tons),
                "short_tons_maximum_potential": of.whole(of.most_tons),
                "short_tons_low": of.best_tons if of.filled + of.unknown == of.hours else None,
                "short_tons_high": tons,
                "counted_short_tons": tons,
                "missing_data_penalty_short_tons": of.part75_tons - of.best_tons if of.filled else None,
                "missing_rule": None,
                "operating_h": of.operating_h,
                "heat_input_mmbtu": of.heat_mmbtu,
                "substituted_pct": amount(quotient(100 * of.substituted_h, of.operating_h)) or ZERO,
                "implied_ppm": _implied_ppm(site, pollutant, tons, of.heat_mmbtu),
                "limit_id": LIMIT_ID if limit else None,
                "limit_short_tons": limit,
                "limit_is_verified": False if limit else None,
                "rolling_12m_short_tons": rolling,
                "headroom_short_tons": left,
                "headroom_pct": None if left is None else amount(100 * left / LIMIT),
                "is_partial_window": True,
                "rolling_reason": _rolling_reason(tons, rolling),
                "time_basis": "recorded",
                "is_bound": of.measured < of.hours or not is_over,
                "data_coverage_pct": _coverage(of),
                "reason": None if tons is not None else "op_time_unknown" if of.unknown else "no_factor",
            },
        )


def _coverage(of: Month) -> Decimal | None:
    time = of.operating_h + of.unknown
    return amount(100 * of.covered_h / time) if time else Decimal(100)


def _rolling_reason(tons: Decimal | None, rolling: Decimal | None) -> str | None:
    if rolling is not None:
        return None
    return "month_has_gaps" if tons is None else "window_has_gaps"


def _implied_ppm(site: Site, pollutant: str, tons: Decimal | None, heat: Decimal | None) -> Decimal | None:
    """The concentration at 15 % O2 that would have made these tons of this heat."""
    if pollutant not in ("nox", "co") or tons is None or not heat:
        return None
    air = site.factors["o2_air"]
    k = site.factors[f"k_{pollutant}"]
    of_one = quotient(k * site.factors["fd_gas"] * air, air - site.factors["o2_reference"]) or ZERO
    return amount(quotient(tons * 2000, heat * of_one))
