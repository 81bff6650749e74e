"""The names of a file's columns against those its contract needs.

A file whose header does not fit is refused with the difference, so that a person sees at once what was
renamed, left out, or split by the wrong delimiter. Here must not live: bytes and records.
"""

import re
from collections.abc import Sequence

from pipelines.campus.contract import RESERVED, Contract, Long, Tag
from pipelines.campus.refusal import Refusal
from pipelines.readers.table import ROW_NUMBER

DELIMITERS = (",", ";", "\t", "|")
MOST_NAMES = 20
"""Longest list of names in a message."""


def missing_columns(names: Sequence[str], contract: Contract) -> tuple[str, ...]:
    """What the contract needs and the file does not have, in the order of the contract.

    A tag with validity dates may be absent where the file has another tag of the same device's column:
    a renamed column has one name at a time.
    """
    missing = [name for name in contract.key_columns if name not in names]
    if not isinstance(contract.layout, Long):
        missing += [
            tag.tag
            for tag in contract.tags
            if tag.tag is not None and tag.tag not in names and not _covered(tag, names, contract)
        ]
        missing += [name for name in contract.columns_beside([*names, *missing]) if name not in names]
    return tuple(dict.fromkeys(missing))


def _covered(tag: Tag, names: Sequence[str], contract: Contract) -> bool:
    if tag.valid_from is None and tag.valid_to is None:
        return False
    others = (o for o in contract.tags if (o.device, o.column) == (tag.device, tag.column) and o is not tag)
    return any(other.matches(name) for other in others for name in names)


def _unexpected(names: Sequence[str], contract: Contract) -> list[str]:
    needed = (*contract.key_columns, *contract.columns_beside(names))
    tags = () if isinstance(contract.layout, Long) else contract.tags
    return [
        name
        for name in names
        if name not in needed
        and not any(tag.matches(name) for tag in tags)
        and not any(re.fullmatch(pattern, name) for pattern in contract.ignore)
    ]


def check_names(names: Sequence[str], contract: Contract) -> None:
    """Refuse a file whose column names are not unique, reserved, or lack one that is needed.

    Raises:
        Refusal: `duplicate_column`, `reserved_column` or `missing_column`.
    """
    twice = list(dict.fromkeys(name for name in names if names.count(name) > 1))
    if twice:
        raise Refusal(
            "duplicate_column",
            f"the header names {_listed(twice)} more than once",
            "Give unique names with `dialect.names` in the feed contract, or have the source name them apart",
        )
    reserved = [name for name in names if name == ROW_NUMBER or name.startswith(RESERVED)]
    if reserved:
        raise Refusal(
            "reserved_column",
            f"the file has {_listed(reserved)}: {ROW_NUMBER!r} and names that begin with {RESERVED!r} are "
            "Headroom's own columns",
            "Give the columns other names with `dialect.names` in the feed contract, or at the source",
        )
    missing = missing_columns(names, contract)
    if missing:
        raise Refusal(
            "missing_column",
            f"missing: {_listed(missing)}; unexpected: {_listed(_unexpected(names, contract))}",
            "Correct the names in the feed contract (a renamed column: a second tag with `valid_from`), "
            "or send the file with these columns",
        )


def check_delimiter(record: str, contract: Contract) -> None:
    """Refuse a file whose first record only makes sense with another delimiter.

    Args:
        record: The header as it stands in the file; without a header, the first data record.
        contract: The feed's contract.

    Raises:
        Refusal: `wrong_delimiter`.
    """
    dialect = contract.dialect
    signs = dict.fromkeys((dialect.delimiter, *DELIMITERS))
    splits = {sign: [name.strip(dialect.quote or "") for name in record.split(sign)] for sign in signs}
    if dialect.header and not dialect.names:
        scores = {sign: -len(missing_columns(names, contract)) for sign, names in splits.items()}
    else:
        scores = {sign: int(len(names) == len(dialect.names)) for sign, names in splits.items()}
        scores[dialect.delimiter] = int(len(splits[dialect.delimiter]) > 1)
    best = max(signs, key=lambda sign: scores[sign])
    if best == dialect.delimiter:
        return
    fields = record.count(dialect.delimiter) + 1
    raise Refusal(
        "wrong_delimiter",
        f"split by {dialect.delimiter!r} the first record has {fields} column{'s' * (fields > 1)}: "
        f"the delimiter looks like {best!r}",
        f"Set `dialect.delimiter` to {best!r} in the feed contract",
    )


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "none"
    shown = ", ".join(repr(name) for name in names[:MOST_NAMES])
    return shown + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")
