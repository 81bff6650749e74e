"""Arrival: what has landed is in the vault, and it is known which days each file touches.

Work is keyed by (feed, bytes, contract, code), so that a mended contract re-reads the vault without
anything landing anew. Here must not live: values.
"""

from dataclasses import dataclass, field

import polars as pl

from pipelines.campus.campus import Campus, contract_hash, load_campus
from pipelines.campus.contract import Contract, FoldColumn, Long, PerDevice
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.cleaning import Delivered, Extent, Scope, survey
from pipelines.intake.delivery import Delivery, Intake, RefusedFile
from pipelines.intake.landing import take_in
from pipelines.intake.refused import clear_refusal, record_refusal
from pipelines.intake.vault import Vault
from pipelines.kinds.quality import SURVEYS
from pipelines.kinds.schemas import polars_schema
from pipelines.lake import TABLES, append, read
from pipelines.readers import read as read_file
from pipelines.river.code import cleaning_hash
from pipelines.river.extents import written
from pipelines.river.lock import writer_lock


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in.

    Attributes:
        intake: Files taken, repeated, refused at the door, left.
        refused: Whole files that their contract cannot read, and files refused at the door.
        surveyed: Files whose days were looked up in this run.
    """

    intake: Intake
    refused: list[RefusedFile] = field(default_factory=list)
    surveyed: int = 0


def arrive(folder: DataFolder, settle_s: float = 2.0) -> Arrival:
    """Takes in everything that has landed and surveys every file not yet surveyed by its contract.

    Raises:
        CampusError: The reference tables do not describe a campus; nothing was taken in.
        Busy: Another run is writing.
    """
    campus = load_campus(folder)
    with writer_lock(folder):
        intake = take_in(folder, {*campus.contracts, *campus.broken}, settle_s)
        refused, surveyed = _survey_new(folder, campus)
    return Arrival(intake, [*intake.refused, *refused], surveyed)


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
    table = read_file(vault.blob(delivery.file_id), contract, columns)
    return Delivered(
        file_id=delivery.file_id,
        file_name=delivery.file_name,
        received_at=delivery.received_at.replace(tzinfo=None),
        received_seq=delivery.received_seq,
        rows=table.frame,
        unreadable=table.rejected,
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


def _survey_new(folder: DataFolder, campus: Campus) -> tuple[list[RefusedFile], int]:
    """Surveys what no survey of this contract and code covers; refusals of earlier runs stay silent."""
    vault = Vault(folder)
    known = _known(folder)
    refused: list[RefusedFile] = []
    surveys: list[dict[str, object]] = []
    unstamped: list[pl.DataFrame] = []
    for delivery in vault.deliveries():
        feed, file = delivery.feed_id, delivery.file_id
        if feed in campus.broken:
            mistakes = "; ".join(str(mistake) for mistake in campus.broken[feed])
            refusal = Refusal("broken_contract", mistakes, f"Mend reference/feeds/{feed}.yaml and run again")
            refused.append(_refuse(folder, delivery, refusal))
        elif feed in campus.contracts:
            contract = campus.contracts[feed]
            key = (feed, file, contract_hash(contract), cleaning_hash())
            if key not in known:
                row, rows = _survey(folder, vault, delivery, contract, campus, refused)
                surveys.append(dict(zip(_KEY, key, strict=True)) | row)
                unstamped += [_unstamped(rows, key)] if rows is not None else []
    if surveys:
        if unstamped:
            append(folder, TABLES["unstamped_rows"], pl.concat(unstamped))
        append(folder, TABLES["surveys"], pl.DataFrame(surveys, schema=polars_schema(SURVEYS)))
    return refused, len(surveys)


_KEY = ("feed_id", "file_id", "contract_hash", "code_hash")
_NOTHING: dict[str, object] = {
    "state": "refused",
    "days": "",
    "rows_in": 0,
    "rows_unstamped": 0,
    "values_unstamped": 0,
}


def _known(folder: DataFolder) -> set[tuple[str, ...]]:
    return set(read(folder, TABLES["surveys"]).select(_KEY).rows())


def _survey(
    folder: DataFolder,
    vault: Vault,
    delivery: Delivery,
    contract: Contract,
    campus: Campus,
    refused: list[RefusedFile],
) -> tuple[dict[str, object], pl.DataFrame | None]:
    """One survey: the row of the table and the records without a time."""
    try:
        _demand_own_time(vault, delivery, contract)
        text = as_text(vault, delivery, contract, only_clock=True)
        extent = survey(text, contract, scope_of(campus, contract.site))
        if extent.unstamped.height:
            text = as_text(vault, delivery, contract)
            extent = survey(text, contract, scope_of(campus, contract.site))
        _demand_time(extent)
    except Refusal as refusal:
        refused.append(_refuse(folder, delivery, refusal))
        return _NOTHING | {"rule": refusal.rule, "reason": refusal.reason, "remedy": refusal.remedy}, None
    clear_refusal(folder, delivery)
    row: dict[str, object] = {
        "state": "read",
        "days": written(extent.days),
        "rows_in": extent.rows_in,
        "rows_unstamped": extent.unstamped.height,
        "values_unstamped": extent.unstamped_values,
        "first_interval_utc": extent.days[0].first if extent.days else None,
        "last_interval_utc": extent.days[-1].last if extent.days else None,
    }
    return row, extent.unstamped


def _demand_own_time(vault: Vault, delivery: Delivery, contract: Contract) -> None:
    """Two files without stamps cannot both start at the declared time: the first received has it."""
    if contract.time.declared_start is None:
        return
    first = next(other for other in vault.deliveries() if other.feed_id == delivery.feed_id)
    if first.file_id != delivery.file_id:
        raise Refusal(
            "declared_time_taken",
            f"{first.file_name} of this feed already starts at {contract.time.declared_start}",
            "Give every file without stamps a feed of its own",
        )


def _demand_time(extent: Extent) -> None:
    """A file of which no record has a readable time is refused whole."""
    if extent.rows_in and not extent.days:
        worst = extent.unstamped.get_column("rule").mode().sort()[0]
        example = extent.unstamped.row(0, named=True)
        raise Refusal(
            "no_readable_record",
            f"none of {extent.rows_in} records has a readable time (mostly {worst}); "
            f"row {example['row_number']}: {example['reason']}",
            "Compare time, clock and format of the contract with the file, mend it and run again",
        )


def _refuse(folder: DataFolder, delivery: Delivery, refusal: Refusal) -> RefusedFile:
    record_refusal(folder, delivery, refusal)
    return RefusedFile(
        delivery.feed_id, delivery.file_name, delivery.file_id, refusal.rule, refusal.reason, refusal.remedy
    )


def _unstamped(rows: pl.DataFrame, key: tuple[str, str, str, str]) -> pl.DataFrame:
    named = rows.with_columns(
        pl.lit(key[0]).alias("feed_id"),
        pl.lit(key[1]).alias("file_id"),
        pl.lit(key[2]).alias("contract_hash"),
    )
    return named.select(*TABLES["unstamped_rows"].schema)
