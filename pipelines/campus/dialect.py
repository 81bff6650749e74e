"""How a file is written: delimiters, quotes, headers, footers, the signs of numbers; which part is wanted.

Here must not live: what the cells mean.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.campus.strict import Flag, Pattern, Strict, Whole


class Dialect(Strict):
    """How delimited text is written.

    Records are numbered from 1 in the order of the file before anything is left out.
    """

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """The character between two cells."""
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    """A byte order mark is always accepted."""
    quote: Literal['"', "'"] | None = '"'
    """The character around a cell that holds a delimiter; null where none is used."""
    header: Flag = True
    """Whether the first record that is kept names the columns."""
    names: tuple[str, ...] = ()
    """Column names where there is no header, or where the header's names are to be replaced."""
    skip_records: Annotated[Whole, Field(ge=0)] = 0
    """Records above the header that are not data."""
    keep: Pattern | None = None
    """Only records that match carry data (or the header): the rule for multi-record files."""
    skip: tuple[Pattern, ...] = ()
    """Records that match are not data: comments, record types of no interest."""
    footer: tuple[Pattern, ...] = ()
    """Records at the end of the file that are not data. A group named `rows` is the declared count."""
    verify_rows: Flag = False
    """Refuse the file unless the declared count of the footer equals the data records."""
    blank_lines: Literal["skip", "reject"] = "skip"
    """Whether a blank line is nothing, or a record that is refused."""
    decimal: Literal[".", ","] = "."
    """The decimal separator."""
    thousands: Literal[",", ".", " ", "'"] | None = None
    """The separator between groups of three digits."""
    table: str | None = None
    """Only for aemo: the table wanted, as the first two names of its records: `DISPATCH.UNIT_SCADA`."""
    sheet: str | None = None
    """Only for xlsx: the sheet wanted; not needed where the workbook has one only."""
    final_newline: Literal["optional", "required"] = "optional"
    """Whether a last record that no line break ends is taken, with the finding `no_final_newline`, or
    refused: it may have been cut in the middle of a number. Holds for every format of lines."""

    @property
    def records_above(self) -> int:
        """Records above the data: those left out, and the header."""
        return self.skip_records + self.header

    @model_validator(mode="after")
    def _consistent(self) -> "Dialect":
        if not self.header and not self.names:
            raise ValueError("a file without a header needs `names`")
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are the same character")
        if self.verify_rows and not any("(?P<rows>" in pattern for pattern in self.footer):
            raise ValueError("`verify_rows` needs a footer pattern with a group named `rows`")
        return self
