"""Who we are: sites, what stands there, what fetches for them.

Here must not live: how readings enter a sum (`metering`).
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pipelines.campus.identifiers import Identifier
from pipelines.campus.tables.row import Day, NotNegative, Positive, Row
from pipelines.campus.zones import is_zone, offsets, write_offset


def _iana(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"{name!r} is not an IANA time zone")
    return name


Zone = Annotated[str, AfterValidator(_iana)]


class Site(Row):
    """A campus site, or an area whose demand or weather is read."""

    key = ("site_id",)
    site_id: Identifier
    kind: Literal["campus", "system", "area"] = Field(description="campus, utility system or weather area")
    name: str
    time_zone: Zone = Field(description="prevailing local time: permit, utility and user days")
    standard_offset: Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$")] = Field(
        description="local standard time without DST (Part 75 hours)"
    )
    starts_on: Day = Field(description="first UTC day of interest; readings before it are out of window")

    @model_validator(mode="after")
    def _whole_hours(self) -> "Site":
        """A UTC hour must lie within one local hour: every mart by the hour rests on it."""
        seen = offsets(self.time_zone, self.starts_on)
        if any(offset.total_seconds() % 3600 for offset in seen):
            raise ValueError(
                f"{self.time_zone} has offsets that are not whole hours "
                f"({', '.join(sorted(write_offset(offset) for offset in seen))}); "
                "sites with half-hour offsets are not supported yet"
            )
        known = sorted(write_offset(offset) for offset in seen)
        if self.standard_offset not in known:
            raise ValueError(
                f"standard_offset {self.standard_offset} is none of {self.time_zone}: {', '.join(known)}"
            )
        return self


class SiteSystem(Row):
    """Which utility system a campus belongs to."""

    key = ("site_id", "system_id")
    site_id: Identifier
    system_id: Identifier
    includes_campus: bool = Field(description="whether the system's demand includes the campus")


class SiteStation(Row):
    """Which weather station stands for a campus."""

    key = ("site_id", "station_id")
    site_id: Identifier
    station_id: Identifier


class Device(Row):
    """A thing that is read: meter, feeder, unit, block, pack, station, system."""

    key = ("device_id",)
    device_id: Identifier
    site_id: Identifier
    parent_id: Identifier | None = Field(None, description="the device it is part of: site → block → pack")
    kind: Literal["meter", "feeder", "unit", "block", "pack", "station", "system"]
    name: str
    nameplate_mw: NotNegative | None = Field(None, description="rated power [MW]")
    delivered_on: Day | None = None
    installed_on: Day | None = None
    commissioned_on: Day | None = Field(None, description="from this day on its readings are expected")
    retired_on: Day | None = Field(None, description="from this day on they no longer are")
    energy_mwh: Positive | None = Field(None, description="packs and blocks: rated energy [MWh]")
    energy_basis: Literal["dc", "ac"] | None = Field(None, description="side on which energy_mwh is rated")
    nsps_subpart: str | None = Field(None, description="units: KKKK, KKKKa")
    commenced_on: Day | None = Field(None, description="units: construction commenced")
    cycle: Literal["simple", "heat_recovery"] | None = None
    min_load_mw: NotNegative | None = None
    min_up_h: NotNegative | None = None
    cold_start_min: NotNegative | None = None
    peak_heat_input_mmbtu_h: Positive | None = Field(
        None, description="units: heat input at peak load, higher heating value [mmBtu/h]"
    )


class GpuCount(Row):
    """How many GPUs a site runs, from a day on."""

    key = ("site_id", "model")
    site_id: Identifier
    gpus: Annotated[int, Field(ge=0)]
    model: str


class Connection(Row):
    """What `headroom connect` fetches from a public service, and for which feed."""

    key = ("service", "subject", "feed_id")
    service: Literal["eia930", "campd", "weather"]
    subject: str = Field(description="respondent, state or station, as the service writes it")
    feed_id: Identifier = Field(description="feed in whose landing folder the answers land")
    starts_on: Day | None = Field(None, description="first day to fetch; empty: first day of the feed's site")
    look_back_days: Annotated[int, Field(ge=0)] | None = Field(
        None, description="so long is asked again for restatements; empty: as the service restates"
    )
