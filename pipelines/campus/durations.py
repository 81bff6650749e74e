"""Durations as people write them: `60s`, `5min`, `1h`, `2d`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
LONGEST = 366 * 86400
"""Longest duration of a contract [s]: a year."""
_PATTERN = re.compile(r"(\d+)\s*(s|min|h|d)", re.ASCII)


def parse_duration(value: object) -> int:
    """`"5min"` → 300 [s].

    Raises:
        ValueError: Not a whole number with one of s, min, h, d, or longer than 366 days.
    """
    match = _PATTERN.fullmatch(str(value).strip())
    if not match or int(match[1]) == 0:
        raise ValueError(f"{value!r} is not a duration; write for example 60s, 5min, 1h or 2d")
    seconds = int(match[1]) * SECONDS[match[2]]
    if seconds > LONGEST:
        raise ValueError(f"{value!r} is longer than {write_duration(LONGEST)}, the longest duration there is")
    return seconds


def write_duration(seconds: int) -> str:
    """300 [s] → `"5min"`: the largest unit that divides it."""
    unit, size = max(
        ((unit, size) for unit, size in SECONDS.items() if seconds % size == 0), key=lambda pair: pair[1]
    )
    return f"{seconds // size}{unit}"


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(
        json_schema_extra={"type": "string", "pattern": r"^\d+\s*(s|min|h|d)$", "examples": ["60s", "5min"]}
    ),
]
"""Seconds, written as a duration."""
