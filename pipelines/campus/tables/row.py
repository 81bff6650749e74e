"""What every reference table has: a source, the days a row holds, and how days and instants are written.

Here must not live: a table.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)", re.ASCII)


def _written_day(value: object) -> object:
    """Without this, pydantic would read `0` or `86400` as seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write the day as 2025-12-31")
    return value


def _written_instant(value: object) -> object:
    if isinstance(value, str) and not _INSTANT.fullmatch(value):
        raise ValueError("write the instant in UTC, as 2025-12-31T18:00:00Z")
    return value


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None or value.utcoffset():
        raise ValueError("write the instant in UTC with a trailing Z")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
Instant = Annotated[datetime, BeforeValidator(_written_instant), AfterValidator(_utc)]
Positive = Annotated[Decimal, Field(gt=0)]
NotNegative = Annotated[Decimal, Field(ge=0)]


class Row(BaseModel):
    """A row that holds from `valid_from` (inclusive) to `valid_to` (exclusive)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    key: ClassVar[tuple[str, ...]] = ()

    valid_from: Day | None = Field(None, description="first day the row holds; empty: always has")
    valid_to: Day | None = Field(None, description="first day it no longer holds; empty: still does")
    source: str = Field(description="where the row was taken from")

    @model_validator(mode="after")
    def _holds_some_day(self) -> "Row":
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_from is not before valid_to: the row never holds")
        return self


class Verified(Row):
    """A row that a person must have checked before anybody relies on it."""

    verified_by: str | None = Field(None, description="who checked the row against its source")
    verified_on: Day | None = Field(None, description="when")
