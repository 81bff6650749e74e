r"""Which feed is expected to give which device's column, and when: `reference.feeds`, `feed_columns`.

A contract may name many tags by one pattern, whose groups fill templates of device and column
(`m1-hall-\1`). The tags of a source are not known before a file comes, so the templates are read
backwards: every device of the feed's site and every column of its kind is tried, and expected if the
template can yield it with groups that the pattern's own groups would match. This never misses what
cleaning can yield (`cleaning.tags`); it may expect too much only where a pattern fits more tags than
the source has. Lifetimes of devices are not applied here: join `reference.devices`.
Here must not live: reading files, coverage.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby

from pipelines.campus.campus import KIND_OF_DEVICE, Campus, contract_hash
from pipelines.campus.contract import Contract, PerDevice, Tag, Validity
from pipelines.kinds import KINDS, TableColumn

FEEDS = (
    TableColumn("feed_id", "text", "", "feed"),
    TableColumn("site_id", "text", "", "site it tells about"),
    TableColumn("description", "text", "", "what it is, in the contract's words"),
    TableColumn("format", "text", "", "format of its files, in the contract's word"),
    TableColumn("clock", "text", "", "clock of its stamps"),
    TableColumn("label", "text", "", "what a stamp names: start, end or instant"),
    TableColumn("interval_s", "integer", "s", "length of an interval"),
    TableColumn("cadence_s", "integer", "s", "time between two records of a device"),
    TableColumn("lateness_s", "integer", "s", "after so long a record is late"),
    TableColumn("priority", "integer", "", "where two feeds give one column, the higher wins"),
    TableColumn("is_time_declared", "boolean", "", "whether the contract, not the file, says when"),
    TableColumn("contract_hash", "text", "", "sha256 of the contract's meaning"),
    TableColumn("valid_from", "date", "", "first UTC day expected; NULL: always was", False),
    TableColumn("valid_to", "date", "", "first UTC day no longer expected; NULL: still is", False),
    TableColumn("source", "text", "", "file of the contract"),
)

FEED_COLUMNS = (
    TableColumn("feed_id", "text", "", "feed"),
    TableColumn("site_id", "text", "", "site"),
    TableColumn("device_id", "text", "", "device"),
    TableColumn("kind", "text", "", "kind of its readings"),
    TableColumn("column_name", "text", "", "column the feed gives"),
    TableColumn("priority", "integer", "", "priority of the feed"),
    TableColumn("cadence_s", "integer", "s", "time between two records"),
    TableColumn("valid_from", "date", "", "first UTC day expected; NULL: always was", False),
    TableColumn("valid_to", "date", "", "first UTC day no longer expected; NULL: still is", False),
)

Days = tuple[date, date]
"""First day, first day no longer; `date.min` and `date.max` where open."""

_REFERENCE = re.compile(r"\\(?:(?P<number>\d)|g<(?P<name>\w+)>)")


def feeds(campus: Campus) -> Iterator[dict[str, object]]:
    """One row a valid contract, by feed."""
    for feed_id, contract in sorted(campus.contracts.items()):
        yield {
            "feed_id": feed_id,
            "site_id": contract.site,
            "description": contract.description,
            "format": contract.format,
            "clock": contract.time.clock,
            "label": contract.time.label,
            "interval_s": contract.time.interval,
            "cadence_s": contract.cadence or contract.time.interval,
            "lateness_s": contract.lateness,
            "priority": contract.priority,
            "is_time_declared": contract.time.declared_start is not None,
            "contract_hash": contract_hash(contract),
            "valid_from": contract.valid_from,
            "valid_to": contract.valid_to,
            "source": f"feeds/{feed_id}.yaml",
        }


def feed_columns(campus: Campus) -> Iterator[dict[str, object]]:
    """One row a feed, device, column and stretch of days; the stretches of one column are disjoint."""
    for feed_id, contract in sorted(campus.contracts.items()):
        kinds = {
            device_id: KIND_OF_DEVICE[device.kind]
            for device_id, device in campus.devices.items()
            if device.site_id == contract.site
        }
        found = sorted(_expected(contract, kinds))
        for (device_id, column), rows in groupby(found, key=lambda row: row[:2]):
            for start, end in joined([row[2] for row in rows]):
                yield {
                    "feed_id": feed_id,
                    "site_id": contract.site,
                    "device_id": device_id,
                    "kind": kinds[device_id],
                    "column_name": column,
                    "priority": contract.priority,
                    "cadence_s": contract.cadence or contract.time.interval,
                    "valid_from": None if start == date.min else start,
                    "valid_to": None if end == date.max else end,
                }


def joined(stretches: list[Days]) -> list[Days]:
    """Overlapping and touching stretches of days as one, ascending."""
    result: list[Days] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def can_yield(pattern: str | None, templates: tuple[str, ...], words: tuple[str, ...]) -> bool:
    r"""Whether some tag that matches `pattern` fills the templates with exactly these words.

    Args:
        pattern: Regular expression of a tag, None for an exact tag.
        templates: Texts with group references (`\1`, `\g<name>`), only used with a pattern.
        words: One a template.
    """
    if pattern is None:
        return templates == words
    return _backwards(pattern, "\n".join(templates)).fullmatch("\n".join(words)) is not None


def _expected(contract: Contract, kinds: dict[str, str]) -> Iterator[tuple[str, str, Days]]:
    """(device, column, days), one a tag; the same pair may come from several tags."""
    for device_id, kind in kinds.items():
        for column in KINDS[kind].by_name:
            for rows in _sources(contract, device_id, column):
                start = max(row.valid_from or date.min for row in rows)
                end = min(row.valid_to or date.max for row in rows)
                if start < end:
                    yield device_id, column, (start, end)


def _sources(contract: Contract, device_id: str, column: str) -> Iterator[tuple[Validity | Contract, ...]]:
    """The rows of the contract that together give a column of a device."""
    if not isinstance(contract.layout, PerDevice):
        for tag in contract.tags:
            if can_yield(tag.pattern, (tag.device or "", tag.column), (device_id, column)):
                yield contract, tag
        return
    tags: list[Tag] = [tag for tag in contract.tags if can_yield(tag.pattern, (tag.column,), (column,))]
    for name in contract.devices:
        if can_yield(name.pattern, (name.device,), (device_id,)):
            yield from ((contract, name, tag) for tag in tags)


@lru_cache(maxsize=1024)
def _backwards(pattern: str, template: str) -> re.Pattern[str]:
    """A regular expression for everything a template can become."""
    try:
        return re.compile(_reversed(template, _groups(pattern)))
    except re.error:
        return re.compile(_reversed(template, {}))


def _reversed(template: str, groups: dict[str, str]) -> str:
    parts, seen, position = [], set(), 0
    for reference in _REFERENCE.finditer(template):
        group = reference["number"] or reference["name"]
        parts.append(re.escape(template[position : reference.start()]))
        parts.append(f"(?P=g_{group})" if group in seen else f"(?P<g_{group}>{groups.get(group, '.*')})")
        seen.add(group)
        position = reference.end()
    return "".join([*parts, re.escape(template[position:])])


def _groups(pattern: str) -> dict[str, str]:
    """Number and name of each group of a pattern → what stands in its brackets.

    A group that refers to another one is left out, and so are all under flags such as `(?i)`: out of its
    place it would mean something else.
    """
    compiled = re.compile(pattern)
    if compiled.flags != re.UNICODE:
        return {}
    found: dict[str, str] = {}
    names = {number: name for name, number in compiled.groupindex.items()}
    for number, inside in _brackets(pattern):
        if not re.search(r"\\[1-9]|\(\?P=|\(\?P<|\(\?\(", inside):
            found[str(number)] = found[names.get(number, str(number))] = inside
    return found


def _brackets(pattern: str) -> Iterator[tuple[int, str]]:
    """(group number, text between its brackets) of the capturing groups."""
    tokens = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<\w+>|\(\?|\(|\)", re.DOTALL)
    opened: list[tuple[int, int]] = []
    number = 0
    for token in tokens.finditer(pattern):
        text = token[0]
        if text == "(" or text.startswith("(?P<"):
            number += 1
            opened.append((number, token.end()))
        elif text == "(?":
            opened.append((0, token.end()))
        elif text == ")":
            group, start = opened.pop()
            if group:
                yield group, pattern[start : token.start()]
