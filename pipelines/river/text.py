"""A delivered file as text, out of the vault, and what cleaning knows of its site.

Here must not live: which files, which days.
"""

from pipelines.campus.campus import Campus
from pipelines.campus.contract import Contract, FoldColumn, Long, PerDevice
from pipelines.cleaning import Delivered, Scope
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.readers import read


def scope_of(campus: Campus, site_id: str) -> Scope:
    """What cleaning knows of a site."""
    kinds = {
        device.device_id: campus.kind_of(device.device_id)
        for device in campus.devices.values()
        if device.site_id == site_id
    }
    return Scope(campus.sites[site_id].starts_on, kinds)


def as_text(vault: Vault, delivery: Delivery, contract: Contract, *, only_clock: bool = False) -> Delivered:
    """A delivered file as text, all of it or only what tells time.

    Raises:
        Refusal: The contract cannot read it.
    """
    columns = _clock_columns(contract) if only_clock else None
    table = read(vault.blob(delivery.file_id), contract, columns)
    return Delivered(
        file_id=delivery.file_id,
        file_name=delivery.file_name,
        received_at=delivery.received_at.replace(tzinfo=None),
        received_seq=delivery.received_seq,
        rows=table.frame,
        unreadable=table.rejected,
        remarks=table.remarks,
    )


def _clock_columns(contract: Contract) -> list[str] | None:
    """Columns that tell when a record is and whether it is wanted; None where all are read.

    All are read of formats that can be damaged in one column only: a file is refused here or never.
    """
    columns = list(contract.time.columns)
    if isinstance(contract.time.fold, FoldColumn):
        columns.append(contract.time.fold.column)
    if isinstance(contract.layout, Long):
        columns.append(contract.layout.tag)
    if isinstance(contract.layout, PerDevice):
        columns.append(contract.layout.device)
    return columns if contract.time.columns and contract.format == "delimited" else None
