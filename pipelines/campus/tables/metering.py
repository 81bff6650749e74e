"""How readings enter a sum, and what may be imported.

Here must not live: devices (`inventory`).
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pipelines.campus.identifiers import Identifier
from pipelines.campus.tables.row import Instant, NotNegative, Positive, Row


class Meter(Row):
    """How a device's readings enter a sum."""

    key = ("meter_id", "quantity")
    meter_id: Identifier = Field(description="device whose readings it is about")
    site_id: Identifier
    quantity: Literal["grid", "load", "turbine", "battery", "aux", "xfmr_loss", "other_generation"]
    role: Literal["revenue", "check", "feeder"]
    boundary: str = Field(description="where it measures, in words")
    parent_id: Identifier | None = None
    counts_in_balance: bool = Field(description="whether its readings enter the site's sums")
    is_independent: bool = Field(True, description="false where the value is computed from other meters")
    loss_factor: NotNegative = Field(Decimal(1), description="factor to the point of connection")
    accuracy_pct: NotNegative | None = Field(None, description="accuracy class [% of reading]")
    full_scale_mw: Positive | None = None
    demand_interval_min: Annotated[int, Field(gt=0)] | None = Field(
        None, description="billing interval [min]"
    )


class GridCap(Row):
    """What may be imported over a connection, from an instant on."""

    key = ("site_id", "connection_id", "from_utc")
    site_id: Identifier
    connection_id: Identifier
    from_utc: Instant = Field(description="the cap holds from this instant until the next row's")
    cap_mw: NotNegative
    cap_mva: NotNegative | None = None
    reason: Literal["contract", "outage", "demand_response"]
