"""A long table as it is gathered from a JSON document: one row a record, with the same few columns each.

Record n is the nth in the order of the document, whether it becomes a row or is rejected.
Here must not live: where a document has its records.
"""

from collections.abc import Collection, Sequence

import polars as pl

from pipelines.campus.contract import Contract
from pipelines.readers.header import check_names
from pipelines.readers.json_document import Number, is_clean, text_of, written
from pipelines.readers.table import ROW_NUMBER, RejectedRow, TextTable, Unfit, rejected_frame

PLAIN = {str, Number, type(None)}
"""Types of values that are the text of a cell as they are."""


class Gathered:
    """Records of a document in its order.

    Attributes:
        names: Columns of the table.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        self._numbers: list[int] = []
        self._cells: list[Sequence[object]] = []
        self._records: list[object] = []
        self._rejected: list[RejectedRow] = []

    def take(self, cells: Sequence[object], record: object = None) -> None:
        """The next record: a value for each column, and the record itself where they are not all of it."""
        self._numbers.append(len(self._numbers) + len(self._rejected) + 1)
        self._cells.append(cells)
        self._records.append(record)

    def reject(self, unfit: Unfit, record: object) -> None:
        """The next record, which cannot be a row."""
        number = len(self._numbers) + len(self._rejected) + 1
        self._rejected.append(RejectedRow(number, unfit.rule, unfit.reason, written(record)))

    def table(
        self, contract: Contract, columns: Collection[str] | None, remarks: tuple[str, ...] = ()
    ) -> TextTable:
        """All records as text; those with a value that has none are rejected.

        Raises:
            Refusal: The contract names columns that this format does not have.
        """
        check_names(self.names, contract)
        unfit: dict[int, Unfit] = {}
        values = list(zip(*self._cells, strict=True)) or [()] * len(self.names)
        texts = {name: _texts(name, column, unfit) for name, column in zip(self.names, values, strict=True)}
        wanted = [name for name in self.names if columns is None or name in columns]
        cells = {name: pl.Series(name, texts[name], dtype=pl.String) for name in wanted}
        frame = pl.DataFrame({ROW_NUMBER: pl.Series(self._numbers, dtype=pl.Int64), **cells})
        frame = frame.filter(~pl.int_range(pl.len()).is_in(sorted(unfit))) if unfit else frame
        rejected = rejected_frame([*self._rejected, *(self._unfit_row(at, why) for at, why in unfit.items())])
        return TextTable(frame, rejected.sort(ROW_NUMBER), 0, remarks)

    def _unfit_row(self, at: int, why: Unfit) -> RejectedRow:
        record = self._records[at] or dict(zip(self.names, self._cells[at], strict=True))
        return RejectedRow(self._numbers[at], why.rule, why.reason, written(record))


def _texts(name: str, values: Sequence[object], unfit: dict[int, Unfit]) -> Sequence[str | None]:
    """The values as texts; places of values that have none go to `unfit`, and become null."""
    if PLAIN.issuperset(map(type, values)) and is_clean("".join(filter(None, values))):  # type: ignore[arg-type]
        return values  # type: ignore[return-value]
    texts: list[str | None] = []
    for at, value in enumerate(values):
        try:
            texts.append(text_of(name, value))
        except Unfit as why:
            texts.append(None)
            unfit.setdefault(at, why)
    return texts
