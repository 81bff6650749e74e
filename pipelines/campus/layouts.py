"""Where a record has its tag, its device and its values.

Here must not live: what the names mean (`naming`).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.campus.strict import Strict
from pipelines.campus.units import UNITS


class Long(Strict):
    """One value a record: tag, stamp, value."""

    kind: Literal["long"]
    """Layout: one value a record."""
    tag: str
    """Column that holds the tag."""
    value: str
    """Column that holds the value."""
    quality: str | None = None
    """Column with a quality word (`quality` says what each means)."""
    unit: str | None = None
    """A column with the unit of the value; it must equal the unit of the tag, else the value is refused."""
    unit_words: dict[str, str] = Field(default={})
    """Words of that column → unit of the tag, where the source spells units otherwise; in any case."""

    @model_validator(mode="after")
    def _words_of_units(self) -> "Long":
        if self.unit_words and self.unit is None:
            raise ValueError("`unit_words` needs `unit`, the column that has them")
        if unknown := [unit for unit in self.unit_words.values() if unit not in UNITS]:
            raise ValueError(f"unit_words: unknown unit {unknown[0]!r}")
        meanings = {(word.strip().lower(), unit) for word, unit in self.unit_words.items()}
        if len(meanings) > len({word for word, _ in meanings}):
            raise ValueError("unit_words: two words that differ by case only mean different units")
        return self

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has."""
        return (self.tag, self.value, self.quality, self.unit)


class Wide(Strict):
    """One stamp a record and one column a tag; the header's names are the tags."""

    kind: Literal["wide"]
    """Layout: one column a tag."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has: none but those of tags."""
        return ()


class PerDevice(Strict):
    """One record a device and stamp: a column names the device, the header's names are quantities."""

    kind: Literal["per_device"]
    """Layout: one record a device."""
    device: str
    """Column that names the device."""
    quality: str | None = None
    """Column with a quality word (`quality` says what each means)."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has."""
        return (self.device, self.quality)


class Corrections(Strict):
    """One record an interval that a person corrects: which value of which feed, the new one, why, who.

    The columns are `feed_id, device_id, column_name, new_value, reason, person`; the stamp is the start of
    the feed's interval. Values are in canonical units; an empty one takes the reading back.
    """

    kind: Literal["corrections"]
    """Layout: one record a corrected value."""

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """Columns that every file of this layout has."""
        return ("feed_id", "device_id", "column_name", "new_value", "reason", "person")


Layout = Annotated[Long | Wide | PerDevice | Corrections, Field(discriminator="kind")]
