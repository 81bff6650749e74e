"""Several files of one feed as one table of text, read by the readers every run uses.

The contract they are read by splits records and says nothing about them. Here must not live: guesses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.inspection.given import given
from pipelines.inspection.sample import Sample
from pipelines.readers import FORMATS
from pipelines.readers.table import ROW_NUMBER

FILE = "headroom:file"
"""Which file a record is from; its place in the list of files."""


@dataclass(frozen=True, slots=True)
class Table:
    """The records of all files as text.

    Attributes:
        frame: `FILE`, `row_number` and the columns of the files, in the order of the files.
        files: Names of the files.
        rejected: Records that cannot be split: file, row number, reason.
    """

    frame: pl.DataFrame
    files: tuple[str, ...]
    rejected: tuple[tuple[str, int, str], ...]

    @property
    def names(self) -> list[str]:
        """The columns of the files."""
        return [name for name in self.frame.columns if name not in (FILE, ROW_NUMBER)]

    def place(self, at: int) -> str:
        """`file, row n` of a record of the frame; only `row n` where there is one file."""
        file, number = self.frame.select(FILE, ROW_NUMBER).row(at)
        return f"row {number}" if len(self.files) == 1 else f"{self.files[file]}, row {number}"


def splitting_contract(form: str, dialect: Mapping[str, object], text: str = "") -> Contract:
    """A contract by which a file of a format can be split: it asks for no column that the format has not.

    Args:
        form: The format.
        dialect: How it is written.
        text: The text of a sample, for formats that have to be told what it names.
    """
    return Contract.model_validate(
        {
            "feed": "inspected",
            "site": "inspected",
            "description": "splits records, says nothing about them",
            "format": form,
            "dialect": dialect,
            **given(form, text),
            "tags": [{"pattern": ".*", "device": "inspected", "column": "grid_mw", "unit": "MW"}],
        }
    )


def read_table(samples: list[Sample], form: str, dialect: Mapping[str, object], text: str = "") -> Table:
    """The records of the samples, `text` being that of the first.

    Raises:
        Refusal: A file that the readers refuse.
    """
    contract = splitting_contract(form, dialect, text)
    frames: list[pl.DataFrame] = []
    rejected: list[tuple[str, int, str]] = []
    for at, sample in enumerate(samples):
        try:
            records = FORMATS[form](sample.path, contract, None)
        except Refusal as refusal:
            raise Refusal(refusal.rule, f"{sample.name}: {refusal.reason}", refusal.remedy) from refusal
        frames.append(records.frame.select(pl.lit(at, pl.Int32).alias(FILE), pl.all()))
        rejected += [(sample.name, number, reason) for number, _, reason, _ in records.rejected.iter_rows()]
    frame = pl.concat(frames, how="diagonal")
    return Table(frame, tuple(sample.name for sample in samples), tuple(rejected))
