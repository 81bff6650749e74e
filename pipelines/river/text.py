"""A delivered file as text, out of the vault, and what cleaning knows of its site.

Here must not live: which files, which days.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from pipelines.campus.campus import Campus
from pipelines.campus.contract import Contract, FoldColumn, Long, PerDevice, Wide
from pipelines.campus.tables import Device
from pipelines.cleaning import Delivered, Rating, Scope, plain_starts, reach
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.readers import Stretch, TextTable, read, read_again, read_stretch
from pipelines.river.plan import Touch


def scope_of(campus: Campus, site_id: str) -> Scope:
    """What cleaning knows of a site."""
    devices = [device for device in campus.devices.values() if device.site_id == site_id]
    kinds = {device.device_id: campus.kind_of(device.device_id) for device in devices}
    ratings = {device.device_id: _rating(device) for device in devices}
    return Scope(campus.sites[site_id].starts_on, kinds, ratings)


def _rating(device: Device) -> Rating:
    mw, mwh = device.nameplate_mw, device.energy_mwh
    return Rating(None if mw is None else float(mw), None if mwh is None else float(mwh))


def as_text(vault: Vault, delivery: Delivery, contract: Contract, *, only_clock: bool = False) -> Delivered:
    """A delivered file as text, all of it or only what tells time.

    Raises:
        Refusal: The contract cannot read it.
    """
    columns = _clock_columns(contract) if only_clock else None
    return _delivered(vault, delivery, contract, read(vault.blob(delivery.file_id), contract, columns))


def days_as_text(vault: Vault, touch: Touch, days: Sequence[date]) -> Delivered:
    """What cleaning some days looks at of a delivered file as text, and what is read with it of the rest.

    Raises:
        Refusal: The contract cannot read it.
    """
    if not touch.is_in_order:
        return as_text(vault, touch.delivery, touch.contract)
    contract = touch.contract
    first, behind = reach(days, contract)
    stretch = Stretch(
        is_before=lambda record: plain_starts(record, contract).item() < first,
        is_behind=lambda record: plain_starts(record, contract).item() >= behind,
    )
    table = read_stretch(vault.blob(touch.delivery.file_id), contract, stretch)
    return _delivered(vault, touch.delivery, contract, table)


def _delivered(vault: Vault, delivery: Delivery, contract: Contract, table: TextTable) -> Delivered:
    path = vault.blob(delivery.file_id)
    return Delivered(
        file_id=delivery.file_id,
        file_name=delivery.file_name,
        received_at=delivery.received_at.replace(tzinfo=None),
        received_seq=delivery.received_seq,
        rows=table.frame,
        unreadable=table.rejected,
        remarks=table.remarks,
        again=partial(read_again, path, contract) if contract.format == "delimited" else None,
        is_regular=table.is_regular,
    )


def _clock_columns(contract: Contract) -> list[str] | None:
    """Columns that tell when a record is and whether it is wanted; None where all are read.

    All are read of formats that can be damaged in one column only: a file is refused here or never. So
    are those of a wide file that needs none of them by name: only they tell whose file it is.
    """
    columns = list(contract.time.columns)
    if isinstance(contract.time.fold, FoldColumn):
        columns.append(contract.time.fold.column)
    if isinstance(contract.layout, Long):
        columns.append(contract.layout.tag)
    if isinstance(contract.layout, PerDevice):
        columns.append(contract.layout.device)
    is_told = not isinstance(contract.layout, Wide) or any(tag.exact is not None for tag in contract.tags)
    return columns if contract.time.columns and contract.format == "delimited" and is_told else None
