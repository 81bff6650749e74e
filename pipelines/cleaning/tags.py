"""What a name of a file means on a day: whose it is, which column it gives, how its texts are read.

Names are resolved once per distinct name of a file and stretch of days, never per record. Here must
not live: values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pipelines.campus.contract import OPERATING_TIME, Contract, Counter, DeviceName, Long, Tag
from pipelines.campus.naming import is_column
from pipelines.kinds import KINDS

Row = TypeVar("Row", Tag, DeviceName)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the texts under a name become values; texts of one manner are read together.

    Attributes:
        kind: Kind of the device's readings.
        column: Column of the readings.
        unit: Unit of the source.
        scale: Factor on a value before its unit is converted.
        sign: -1 where the source counts the other way round.
        priority: Where two names give one device's column, the higher wins.
        nulls: Texts that mean missing.
        has_own_quality: Whether a column of the record tells the quality of these values alone.
        operating: How the operating time of the values is read, where the source tells it.
        is_over: Whether the values are stated over that time only, and have to be multiplied by it.
        counter: Where the name is a register that counts up.
        register: The name and its meter, where it is a register: two registers have no common increments.
        holds: Whether the contract gives the device this column on this day; if not, no text is a value.
    """

    kind: str
    column: str
    unit: str
    scale: float
    sign: int
    priority: int
    nulls: tuple[str, ...]
    has_own_quality: bool
    operating: "Manner | None"
    is_over: bool
    counter: Counter | None
    register: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """A name that means a device's column."""

    device_id: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class Misfit:
    """A name that means nothing: the rule that refuses it, and the reason where the rule is not enough."""

    rule: str
    reason: str | None = None


def is_ignored(name: str, contract: Contract) -> bool:
    """Whether the contract knows the name and does not want it."""
    return any(re.fullmatch(pattern, name) for pattern in contract.ignore)


def is_asked_for(name: str, contract: Contract) -> bool:
    """Whether some tag of the contract, on whatever day, gives a column by this name."""
    return any(tag.matches(name) and is_column(tag.filled(tag.column, name)) for tag in contract.tags)


def turns(contract: Contract) -> list[date]:
    """UTC days on which a name begins or ceases to mean something."""
    rows = (*contract.tags, *contract.devices)
    return sorted({day for row in rows for day in (row.valid_from, row.valid_to) if day is not None})


def absent_devices(name: str, contract: Contract, kinds: Mapping[str, str]) -> list[str]:
    """Devices that a tag stands for on some day (layout wide) and that do not exist."""
    tags = [_closest(name, contract.tags, day) for day in (date.min, *turns(contract))]
    devices = dict.fromkeys(tag.filled(tag.device or "", name) for tag in tags if tag is not None)
    return [device for device in devices if device not in kinds]


def tag_meaning(name: str, contract: Contract, kinds: Mapping[str, str], day: date) -> Meaning | Misfit:
    """What a tag means on a day (layouts long and wide).

    Args:
        name: The tag as the file writes it.
        contract: The feed's contract.
        kinds: Device id → kind of its readings, for the devices of the feed's site.
        day: UTC day.
    """
    tag = _closest(name, contract.tags, day)
    if tag is None:
        return Misfit("unknown_tag")
    device = tag.filled(tag.device or "", name)
    if device not in kinds:
        return _absent(name, device)
    return Meaning(device, manner_of(name, tag, kinds[device], contract, day))


def column_manner(name: str, contract: Contract, kind: str, day: date) -> Manner:
    """How the texts of a column are read on a day for devices of a kind (layout per_device)."""
    tag = _closest(name, contract.tags, day)
    assert tag is not None, "only columns that are asked for"
    return manner_of(name, tag, kind, contract, day)


def beside(name: str, contract: Contract, day: date) -> tuple[str | None, str | None]:
    """Columns with the quality and with the operating time of the values under a name, None where none is."""
    tag = _closest(name, contract.tags, day)
    assert tag is not None, "only columns that are asked for"
    return (
        tag.filled(tag.quality, name) if tag.quality else None,
        tag.filled(tag.operating, name) if tag.operating else None,
    )


def device_of(name: str, contract: Contract, kinds: Mapping[str, str], day: date) -> str | Misfit:
    """The device that a name means on a day (layout per_device)."""
    row = _closest(name, contract.devices, day)
    if row is None or not row.holds(day):
        return Misfit("unknown_device")
    device = row.filled(row.device, name)
    return device if device in kinds else _absent(name, device)


def manner_of(name: str, tag: Tag, kind: str, contract: Contract, day: date) -> Manner:
    """How texts under a name are read for devices of a kind."""
    column = tag.filled(tag.column, name)
    holds = tag.holds(day) and column in KINDS[kind].by_name
    operating = None
    if tag.operating:
        operating = _operating_time(tag.filled(tag.operating, name), kind, contract, day)
        holds = holds and not (tag.over and operating is None)
    counter = tag.counter if holds else None
    return Manner(
        kind=kind,
        column=column,
        unit=tag.unit,
        scale=tag.scale,
        sign=tag.sign,
        priority=tag.priority,
        nulls=_nulls(name, column, contract),
        has_own_quality=tag.quality is not None,
        operating=operating,
        is_over=tag.over is not None,
        counter=counter,
        register="" if counter is None else name if counter.meter is None else f"{name} {counter.meter}",
        holds=holds,
    )


def _operating_time(name: str, kind: str, contract: Contract, day: date) -> Manner | None:
    """How the texts of an operating time are read; None where the name is none on this day."""
    tag = _closest(name, contract.tags, day)
    manner = manner_of(name, tag, kind, contract, day) if tag is not None else None
    return manner if manner is not None and manner.holds and manner.column == OPERATING_TIME else None


def _closest(name: str, rows: Sequence[Row], day: date) -> Row | None:
    """The row about a name: one that holds on the day first, then an exact one, then the first."""
    matching = [row for row in rows if row.matches(name)]
    return min(matching, key=lambda row: (not row.holds(day), row.exact is None), default=None)


def _nulls(name: str, column: str, contract: Contract) -> tuple[str, ...]:
    """Texts that mean missing under a name: everywhere, in its column of the file or of the readings."""
    layout = contract.layout
    places = (name, column, layout.value if isinstance(layout, Long) else name)
    own = [token for place in places for token in contract.column_nulls.get(place, ())]
    return tuple(sorted({token.strip() for token in (*contract.nulls, *own)}))


def _absent(name: str, device: str) -> Misfit:
    reason = f"{name!r} stands for device {device!r}, which devices.csv does not have for this site"
    return Misfit("unknown_device_id", reason)
