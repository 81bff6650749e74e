"""Whether a file's names are those of a feed: tags, or devices.

Here must not live: which other feed a file may belong to (`river`).
"""

from pipelines.campus.contract import Contract, Corrections, Long, PerDevice, Wide
from pipelines.cleaning.clock import text_columns
from pipelines.cleaning.delivered import Delivered
from pipelines.cleaning.tags import is_ignored


def names_of(file: Delivered, contract: Contract) -> list[str]:
    """Distinct tags or devices, in the order of the file; in layout wide the columns that were read.

    Corrections have no names of their own: they name other feeds' readings.
    """
    layout = contract.layout
    if isinstance(layout, Corrections):
        return []
    if isinstance(layout, Wide):
        return [name for name in text_columns(file.rows) if name not in contract.key_columns]
    column = layout.tag if isinstance(layout, Long) else layout.device
    return file.rows.get_column(column).drop_nulls().unique(maintain_order=True).to_list()


def is_known(name: str, contract: Contract) -> bool:
    """Whether the contract says on any day what a tag or device is."""
    rows = contract.devices if isinstance(contract.layout, PerDevice) else contract.tags
    return is_ignored(name, contract) or any(row.matches(name) for row in rows)
