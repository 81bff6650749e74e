"""The reference tables: one class a table, one CSV a table, one DuckDB table `reference.<name>`.

A row that is not a fact of its own carries the source it was taken from and the days it holds for.
Facts, limits and gates are rows here, never constants in code. Here must not live: reading CSV files
(`reference`), readings.
"""

from pipelines.campus.tables.inventory import Connection, Device, GpuCount, Site, SiteStation, SiteSystem
from pipelines.campus.tables.judgement import Claim, Parameter
from pipelines.campus.tables.metering import GridCap, Meter
from pipelines.campus.tables.operation import (
    Contingency,
    DispatchParameter,
    DrEvent,
    DrProgramme,
    Event,
    Holiday,
    SystemPeak,
)
from pipelines.campus.tables.permit import (
    Chain,
    Factor,
    FuelAnalysis,
    LimitCondition,
    LimitUnit,
    Monitoring,
    PermitLimit,
    SubstitutionRule,
)
from pipelines.campus.tables.row import Day, Instant, NotNegative, Positive, Row, Verified

__all__ = [
    "REQUIRED",
    "TABLES",
    "Chain",
    "Claim",
    "Connection",
    "Contingency",
    "Day",
    "Device",
    "DispatchParameter",
    "DrEvent",
    "DrProgramme",
    "Event",
    "Factor",
    "FuelAnalysis",
    "GpuCount",
    "GridCap",
    "Holiday",
    "Instant",
    "LimitCondition",
    "LimitUnit",
    "Meter",
    "Monitoring",
    "NotNegative",
    "Parameter",
    "PermitLimit",
    "Positive",
    "Row",
    "Site",
    "SiteStation",
    "SiteSystem",
    "SubstitutionRule",
    "SystemPeak",
    "Verified",
]

TABLES: dict[str, type[Row]] = {
    "sites": Site,
    "site_systems": SiteSystem,
    "site_stations": SiteStation,
    "devices": Device,
    "meters": Meter,
    "grid_caps": GridCap,
    "permit_limits": PermitLimit,
    "limit_units": LimitUnit,
    "limit_conditions": LimitCondition,
    "monitoring_plan": Monitoring,
    "substitution_rules": SubstitutionRule,
    "fuel_analysis": FuelAnalysis,
    "factors": Factor,
    "system_peaks": SystemPeak,
    "contingencies": Contingency,
    "dispatch_parameters": DispatchParameter,
    "dr_programmes": DrProgramme,
    "holidays": Holiday,
    "dr_events": DrEvent,
    "events": Event,
    "claims": Claim,
    "gpu_counts": GpuCount,
    "connections": Connection,
    "parameters": Parameter,
}
"""Table name → row class, in the order of docs/columns.md."""

REQUIRED = ("sites", "devices", "meters", "parameters", "factors")
"""Tables without which there is no campus; the others may be absent and are then empty."""
