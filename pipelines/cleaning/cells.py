"""Which records and which cells of a file are the feed's: one definition for every count of values.

Here must not live: what a cell means.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.campus.contract import Contract, Corrections, Long, PerDevice
from pipelines.cleaning.tags import absent_devices, is_asked_for, is_ignored


def value_columns(names: list[str], contract: Contract) -> list[str]:
    """Columns of a file whose cells are values: one definition for every count of values.

    In layout long it is the column of values, of corrections the new value, otherwise every column that
    some tag asks for.
    """
    layout = contract.layout
    if isinstance(layout, Long):
        return [layout.value]
    if isinstance(layout, Corrections):
        return ["new_value"]
    unwanted = set(contract.key_columns)
    if layout.kind == "wide":
        unwanted |= {name for name in names if is_ignored(name, contract)}
    return [name for name in names if name not in unwanted and is_asked_for(name, contract)]


def unknown_columns(names: list[str], contract: Contract) -> list[str]:
    """Columns of a file that the contract neither names nor ignores (layouts wide and per_device)."""
    if isinstance(contract.layout, Long):
        return []
    known = {*contract.key_columns, *value_columns(names, contract), *contract.columns_beside(names)}
    return [name for name in names if name not in known and not is_ignored(name, contract)]


def columns_of_absent_devices(
    names: list[str], contract: Contract, kinds: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Columns of a wide file whose tag stands for a device that does not exist, with that device."""
    if contract.layout.kind != "wide":
        return []
    return [
        (name, device)
        for name in value_columns(names, contract)
        for device in absent_devices(name, contract, kinds)
    ]


def drop_ignored(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Leaves out records that the contract knows and does not want."""
    layout = contract.layout
    if not contract.ignore or not isinstance(layout, Long | PerDevice):
        return rows
    column = layout.tag if isinstance(layout, Long) else layout.device
    names = rows.get_column(column).unique().to_list()
    unwanted = [name for name in names if name is not None and is_ignored(name, contract)]
    return rows.filter(~pl.col(column).is_in(unwanted).fill_null(False)) if unwanted else rows
