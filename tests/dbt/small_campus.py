"""Sites, meters and steady readings by the line, for tests that need a campus on one screen.

Here must not live: expectations.
"""

from datetime import date, timedelta

from tests.dbt.conftest import SmallWarehouse

KIND_OF = {
    "grid": ("grid", "grid_mw", "meter"),
    "load": ("campus_load", "load_mw", "feeder"),
    "turbine": ("turbines", "gross_mw", "unit"),
    "battery": ("batteries", "battery_mw", "block"),
    "demand": ("system_demand", "demand_mw", None),
}
"""Quantity → kind, column, kind of device; the demand of a system has none."""


FACTORS = {
    "k_nox": 1.194e-7,
    "fd_gas": 8710,
    "fc_gas": 1040,
    "fw_gas": 10610,
    "o2_air": 20.9,
    "o2_reference": 15,
    "bwa_default": 0.027,
    "co2_kg_per_mmbtu": 53.06,
    "lb_per_kg": 2.2046226218487757,
    "lb_per_short_ton": 2000,
}
"""What makes tons of ppm and pounds, by the ids and in the units of reference.factors."""


class SmallCampus:
    """Writes reference rows and affected readings into a small warehouse."""

    def __init__(self, warehouse: SmallWarehouse, first_day: str, last_day: str) -> None:
        self.warehouse = warehouse
        self.first_day, self.last_day = first_day, last_day

    def site(self, site_id: str, zone: str = "America/Chicago") -> None:
        """A site, its civil hours, and its days, all of them affected."""
        local = f"cast(hour as timestamp) at time zone 'UTC' at time zone '{zone}'"
        start = f"cast(date_trunc('{{0}}', {local}) as timestamp)"
        end = f"({start} + interval 1 {{0}})"
        hours_of = f"date_diff('hour', {start} at time zone '{zone}', {end} at time zone '{zone}')"
        self.warehouse.run(
            f"""
            insert into reference.calendar_hours
            select
                hour, '{site_id}', cast(hour as date), cast({local} as date), date_trunc('month', {local}),
                {hours_of.format("month")}, {hours_of.format("year")},
                cast(hour - interval 6 hour as date), date_trunc('month', hour - interval 6 hour)
            from range(
                timestamp '{self.first_day}' - interval 1 day,
                timestamp '{self.last_day}' + interval 2 day,
                interval 1 hour
            ) as hours (hour)
            """
        )
        for table, columns in (("affected.days", "'{0}', day"), ("quality.days", "'{0}', day, 'x'")):
            self.warehouse.run(
                f"""
                insert into {table} select {columns.format(site_id)}
                from range(date '{self.first_day}', date '{self.last_day}' + 1, interval 1 day) as days (day)
                """
            )

    def meter(
        self,
        site_id: str,
        device_id: str,
        quantity: str,
        nameplate_mw: float = 100,
        energy_mwh: float | None = None,
        commissioned_on: str = "2025-01-01",
        **more: object,
    ) -> None:
        """A device with its meters row; `more` are further columns of reference.meters."""
        kind, column, device_kind = KIND_OF[quantity]
        self.warehouse.put(
            "reference.devices",
            [
                {
                    "device_id": device_id,
                    "site_id": site_id,
                    "kind": device_kind,
                    "nameplate_mw": nameplate_mw,
                    "energy_mwh": energy_mwh,
                    "energy_basis": "dc" if energy_mwh else None,
                    "commissioned_on": commissioned_on,
                }
            ],
        )
        row = {
            "meter_id": device_id,
            "site_id": site_id,
            "quantity": quantity,
            "role": "feeder",
            "counts_in_balance": True,
            "is_independent": True,
            "loss_factor": 1,
            "accuracy_pct": 0.5,
        }
        self.warehouse.put("reference.meters", [row | more])
        self.feed(site_id, f"{site_id}_{kind}")
        self.warehouse.put(
            "reference.feed_columns",
            [
                {
                    "feed_id": f"{site_id}_{kind}",
                    "site_id": site_id,
                    "device_id": device_id,
                    "kind": kind,
                    "column_name": column,
                }
            ],
        )

    def factors(self) -> None:
        """What makes tons of ppm and pounds, once for all sites."""
        units = dict.fromkeys(FACTORS, "1") | {"co2_kg_per_mmbtu": "kg/mmBtu"}
        rows = [
            {"factor_id": factor_id, "value": value, "unit": units[factor_id]}
            for factor_id, value in FACTORS.items()
        ]
        self.warehouse.put("reference.factors", rows)

    def feed(self, site_id: str, feed_id: str, priority: int = 100) -> None:
        """A feed, once."""
        self.warehouse.run(
            f"""
            insert into reference.feeds (feed_id, site_id, priority, lateness_s)
            select '{feed_id}', '{site_id}', {priority}, 3600
            where '{feed_id}' not in (select feed_id from reference.feeds)
            """
        )

    def system(self, site_id: str, demand_mw: str, *member_ids: str) -> None:
        """A system, its demand of each hour as an expression of `ts`, and the sites within it."""
        self.site(site_id)
        self.feed(site_id, f"{site_id}_system_demand")
        end = f"{date.fromisoformat(self.last_day) + timedelta(days=1)}"
        self.steady(site_id, site_id, "demand", demand_mw, self.first_day, end, interval_s=3600)
        for member_id in member_ids:
            self.warehouse.put(
                "reference.site_systems",
                [{"site_id": member_id, "system_id": site_id, "includes_campus": True}],
            )

    def steady(
        self,
        site_id: str,
        device_id: str,
        quantity: str,
        mw: object,
        start: str,
        end: str,
        interval_s: int = 300,
        feed_id: str | None = None,
        method: str = "measured",
        **more: object,
    ) -> None:
        """Readings on [start, end); `mw` and `more` are SQL expressions of the instant `ts`."""
        kind, column, _ = KIND_OF[quantity]
        values = {column: mw} | more
        self.warehouse.run(
            f"""
            insert into affected.{kind}
                (site_id, device_id, feed_id, interval_start_utc, interval_s, file_id, row_number, method,
                utc_date, {", ".join(values)})
            select '{site_id}', '{device_id}', '{feed_id or f"{site_id}_{kind}"}', ts, {interval_s}, 'file',
                1, '{method}', cast(ts as date), {", ".join(map(str, values.values()))}
            from range(timestamp '{start}', timestamp '{end}', to_seconds({interval_s})) as instants (ts)
            """
        )
