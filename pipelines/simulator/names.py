"""From a device back to the name a source gives it: the contract's maps, read the other way.

Here must not live: values.
"""

import re
from collections.abc import Iterator, Sequence

from pipelines.campus.contract import Contract, DeviceName, PerDevice, Tag

_GROUP = re.compile(r"\((?:\?P<\w+>)?((?:[^()\\]|\\.)*)\)")


def written(pattern: str, groups: tuple[str, ...]) -> str:
    r"""The text a simple pattern matches when its groups hold `groups`, in their order.

    Patterns of literals and groups only: `CT-(\d\d)` and ("07",) → `CT-07`.
    """
    left = iter(groups)
    filled = _GROUP.sub(lambda _: re.escape(next(left)), pattern)
    return re.sub(r"\\(.)", r"\1", filled)


def device_name(row: DeviceName, device_id: str) -> str | None:
    """What the source calls a device, or None if the row is about others."""
    if row.name is not None:
        return row.name if row.device == device_id else None
    return _inverted(row.pattern or "", row.device, device_id)


def tag_name(row: Tag, device_id: str) -> str | None:
    """The tag of a device's column, or None if the row is about others."""
    if row.tag is not None:
        return row.tag if row.device == device_id else None
    return _inverted(row.pattern or "", row.device or "", device_id)


def tags_of(contract: Contract, device_ids: Sequence[str]) -> Iterator[tuple[str, str, Tag]]:
    """(name in the file, device, tag) of what a feed gives of some devices, in the contract's order."""
    per_device = isinstance(contract.layout, PerDevice)
    named = [d for d in device_ids if any(device_name(row, d) for row in contract.devices)]
    for tag in contract.tags:
        for device in named if per_device else device_ids:
            if name := tag.tag if per_device else tag_name(tag, device):
                yield name, device, tag


def _inverted(pattern: str, template: str, device_id: str) -> str | None:
    wanted = re.sub(r"\\\\\d", "(.+)", re.escape(template))
    match = re.fullmatch(wanted, device_id)
    if match is None:
        return None
    name = written(pattern, match.groups())
    return name if re.fullmatch(pattern, name) else None
