"""The last gate before the lake: pandera on an eager frame.

What fails here is a defect of Headroom: every rule of a value has already spoken. On a LazyFrame
pandera would check names and types but no data. Here must not live: rules about a source.
"""

import polars as pl

from pipelines.kinds import Kind
from pipelines.kinds.schemas import reading_contract


def pass_gate(kind: Kind, readings: pl.DataFrame) -> pl.DataFrame:
    """The readings themselves, proven.

    Raises:
        pandera.errors.SchemaError: A type, a key, a number or a range is not what the kind says.
        TypeError: The frame is lazy, so nothing would be proven.
    """
    if not isinstance(readings, pl.DataFrame):
        raise TypeError("the gate proves eager frames only")
    validated = reading_contract(kind).validate(readings)
    assert isinstance(validated, pl.DataFrame)
    return validated
