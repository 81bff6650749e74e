"""Which device and column a tag means, on which days.

Tags are resolved once per distinct name of a file, never per record. Here must not live: values.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pipelines.campus.contract import Contract, DeviceName, Tag, Validity
from pipelines.kinds import KINDS

Row = TypeVar("Row", Tag, DeviceName)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the texts of a column are to be read; equal manners are read together."""

    kind: str
    column: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means from `valid_from` (inclusive) to `valid_to` (exclusive).

    `device_id` is None for the columns of layout per_device, `manner` is None for device names.
    """

    name: str
    device_id: str | None
    manner: Manner | None
    valid_from: date | None
    valid_to: date | None


def is_ignored(name: str, contract: Contract) -> bool:
    """Whether the contract knows the name and does not want it."""
    return any(re.fullmatch(pattern, name) for pattern in contract.ignore)


def tag_meanings(names: Iterable[str], contract: Contract, kinds: Mapping[str, str]) -> list[Meaning]:
    """Meanings of tags (layouts long and wide), exact tags before patterns, in the contract's order.

    Args:
        names: Tags as the file writes them.
        contract: The feed's contract.
        kinds: Device id → kind of its readings, for the devices of the feed's site.
    """
    found = []
    for name in names:
        for tag, match in _matches(name, contract.tags):
            device = _filled(match, tag.device or "")
            column = _filled(match, tag.column)
            kind = kinds.get(device)
            if kind is not None and column in KINDS[kind].by_name:
                found.append(_meaning(name, device, Manner(kind, column, _manner(tag)), tag))
    return found


def column_meanings(names: Iterable[str], contract: Contract) -> list[tuple[str, str, Tag]]:
    """(name in the file, column, tag) of layout per_device."""
    return [
        (name, _filled(match, tag.column), tag)
        for name in names
        for tag, match in _matches(name, contract.tags)[:1]
    ]


def device_meanings(names: Iterable[str], contract: Contract, kinds: Mapping[str, str]) -> list[Meaning]:
    """Meanings of device names (layout per_device)."""
    found = []
    for name in names:
        for row, match in _matches(name, contract.devices):
            device = _filled(match, row.device)
            if device in kinds:
                found.append(_meaning(name, device, None, row))
    return found


def _matches(name: str, rows: Iterable[Row]) -> list[tuple[Row, re.Match[str] | None]]:
    exact: list[tuple[Row, re.Match[str] | None]] = [(row, None) for row in rows if name == _exact(row)]
    if exact:
        return exact
    return [(row, match) for row in rows if row.pattern and (match := re.fullmatch(row.pattern, name))]


def _exact(row: Tag | DeviceName) -> str | None:
    return row.tag if isinstance(row, Tag) else row.name


def _filled(match: re.Match[str] | None, template: str) -> str:
    return match.expand(template) if match else template


def _manner(tag: Tag) -> Tag:
    """The part of a tag that says how its text is read; equal for all tags read alike."""
    return tag.model_copy(
        update={
            "tag": "",
            "pattern": None,
            "device": None,
            "column": "",
            "valid_from": None,
            "valid_to": None,
        }
    )


def _meaning(name: str, device: str | None, manner: Manner | None, row: Validity) -> Meaning:
    return Meaning(name, device, manner, row.valid_from, row.valid_to)
