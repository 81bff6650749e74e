"""What every part of a contract is made of: strict models, numbers, patterns.

Here must not live: a key of a contract.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_regex), Field(json_schema_extra={"format": "regex"})]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]


class Strict(BaseModel):
    """No unknown keys, no silent coercion of text into numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
