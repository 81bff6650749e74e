"""The headline KPIs of the published version, one row a KPI and one column a site, and the verdicts.

Only sums, means and extremes of mart columns over the published days; a KPI that a mart refuses stays
missing here too. Here must not live: any other KPI (dbt/).
"""

from pipelines.campus.paths import DataFolder
from pipelines.cli.printing import print_table

HEADLINES = (
    ("load", "MWh", "sum(load_mwh)", "marts.energy_balance_daily", "true"),
    ("grid import", "MWh", "sum(grid_import_mwh)", "marts.energy_balance_daily", "true"),
    ("turbine generation", "MWh", "sum(turbine_mwh)", "marts.energy_balance_daily", "true"),
    ("balance closure, mean", "%", "avg(closure_pct)", "marts.energy_balance_daily", "true"),
    ("largest import", "MW", "max(import_max_mw)", "marts.grid_limits_daily", "true"),
    ("energy above the grid cap", "MWh", "sum(excess_mwh)", "marts.grid_limits_daily", "true"),
    (
        "share of the utility's peak",
        "%",
        "max(share_pct)",
        "marts.peak_grid_share",
        "definition = 'coincident_inclusive'",
    ),
    ("battery discharge", "MWh", "sum(discharged_mwh)", "marts.battery_daily", "device_id is null"),
    ("battery round-trip efficiency", "%", "avg(rte_pct)", "marts.battery_daily", "device_id is null"),
    (
        "battery autonomy, worst 5 %",
        "min",
        "min(autonomy_min_p05)",
        "marts.battery_daily",
        "device_id is null",
    ),
    ("turbine hours", "h", "sum(operating_time_h)", "marts.turbine_hourly", "true"),
    (
        "turbine hours avoided",
        "h",
        "sum(avoided_h)",
        "marts.turbine_hours_avoided_daily",
        "scenario = 'base'",
    ),
    ("turbine starts", "", "count(*)", "marts.turbine_starts", "kind = 'start'"),
    ("NOx of the turbines", "lb", "sum(nox_lb)", "marts.turbine_hourly", "true"),
    ("data coverage, mean", "%", "avg(coverage_pct)", "marts.data_quality_daily", "true"),
)
"""Name, unit, aggregate, mart, condition."""


def headline_sql() -> str:
    """One query: number of the headline, site, value."""
    parts = [
        f"select {number} as number, site_id, cast({value} as double) as value "
        f"from {mart} where {condition} group by site_id"
        for number, (_, _, value, mart, condition) in enumerate(HEADLINES)
    ]
    campuses = "select site_id from reference.sites where kind = 'campus'"
    return (
        f"select * from ({' union all '.join(parts)}) where site_id in ({campuses}) order by number, site_id"
    )


def headlines(folder: DataFolder) -> list[dict[str, object]]:
    """One record a headline: KPI, unit and a value a site (None where there is none)."""
    from pipelines.assets.asking import ask

    values = {(int(number), str(site)): value for number, site, value in ask(folder, headline_sql())}
    sites = sorted({site for _, site in values})
    return [
        {"kpi": name, "unit": unit, **{site: values.get((number, site)) for site in sites}}
        for number, (name, unit, *_) in enumerate(HEADLINES)
    ]


def print_headlines(folder: DataFolder) -> None:
    """The table for a terminal."""
    records = headlines(folder)
    print_table(tuple(records[0]), [tuple(record.values()) for record in records], "\nHeadline KPIs")


VERDICTS = """
select claim_id, part, boundary, period, verdict, why
from marts.claim_check
order by length(claim_id), claim_id, boundary, part, period
"""


def print_verdicts(folder: DataFolder) -> None:
    """What the data say to the public claims, for a terminal; nothing where there are none."""
    from pipelines.assets.asking import ask

    header = ("claim", "part", "boundary", "period", "verdict", "why")
    if verdicts := ask(folder, VERDICTS):
        print_table(header, verdicts, "\nPublic claims")
