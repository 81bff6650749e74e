"""Arrival: what has landed is in the vault, and it is known which days each file touches.

A file is read whenever its survey is not current, so that a mended contract re-reads the vault without
anything landing anew. Here must not live: values.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl

from pipelines.campus.barrier import UNREADABLE, confined
from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.contract import Contract
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.cleaning import Extent, names_of, survey
from pipelines.intake.delivery import Delivery, Intake, RefusedFile
from pipelines.intake.landing import take_in
from pipelines.intake.refused import clear_refusal, record_refusal
from pipelines.intake.vault import Vault
from pipelines.lake import TABLES
from pipelines.river.extents import around
from pipelines.river.lock import writer_lock
from pipelines.river.misplaced import OF_THE_NAMES, SITE_MISMATCH, demand_own_names, refuse_misplaced
from pipelines.river.surveys import (
    ASK_AGAIN,
    Key,
    Survey,
    fingerprint_of,
    is_current,
    key_of,
    last_surveys,
    read_survey,
    refused_survey,
    write_surveys,
)
from pipelines.river.text import as_text, scope_of

READER_FAILED = "reader_failed"
TIME_TAKEN = "declared_time_taken"
REPORT_IT = "This is a defect of Headroom: report it. The file stays in the vault; other files go on"


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
    """Takes in everything that has landed and surveys every file whose survey is not current.

    Raises:
        CampusError: The reference tables do not describe a campus; nothing was taken in.
        Busy: Another run is writing.
    """
    campus = load_campus(folder)
    with writer_lock(folder):
        intake = take_in(folder, {*campus.contracts, *campus.broken}, settle_s)
        refused, surveyed = survey_new(folder, campus)
    return Arrival(intake, [*intake.refused, *refused], surveyed)


def survey_new(folder: DataFolder, campus: Campus) -> tuple[list[RefusedFile], int]:
    """Surveys every file whose survey is not current. Call it under the writer lock.

    Returns:
        Files refused in this look, and how many files were surveyed. A refusal that was told before is
        not told again, but those of a broken contract are until it is mended.
    """
    deliveries = Vault(folder).deliveries()
    last = last_surveys(folder)
    known = {key: last[key] for key in map(key_of, deliveries) if key in last}
    look = _Look(folder, campus, deliveries, known)
    for delivery in deliveries:
        look.at(delivery)
    write_surveys(folder, look.known, look.unstamped)
    return look.refused, len(look.unstamped)


@dataclass(slots=True)
class _Look:
    """One look through the vault.

    Attributes:
        deliveries: Those that stand, in the order of receipt.
        known: Their last surveys; those of this look take their place.
        unstamped: Records without a time of the files surveyed in this look.
        refused: Files refused in this look.
    """

    folder: DataFolder
    campus: Campus
    deliveries: list[Delivery]
    known: dict[Key, Survey]
    unstamped: dict[Key, pl.DataFrame] = field(default_factory=dict)
    refused: list[RefusedFile] = field(default_factory=list)

    def at(self, delivery: Delivery) -> None:
        """Surveys one file, if that is to be done."""
        feed, key = delivery.feed_id, key_of(delivery)
        if feed in self.campus.broken:
            mistakes = "; ".join(str(mistake) for mistake in self.campus.broken[feed])
            remedy = f"Mend reference/feeds/{feed}.yaml and run again"
            self._refuse(delivery, Refusal("broken_contract", mistakes, remedy))
        elif feed in self.campus.contracts and not is_current(self.known.get(key), delivery, self.campus):
            self.known[key], self.unstamped[key] = self._survey(delivery, self.campus.contracts[feed])

    def _survey(self, delivery: Delivery, contract: Contract) -> tuple[Survey, pl.DataFrame]:
        """One survey and the records without a time."""
        fingerprint = fingerprint_of(delivery, self.campus)
        try:
            with confined(READER_FAILED, REPORT_IT):
                self._demand_own_time(delivery, contract)
                extent = self._extent(delivery, contract)
        except Refusal as refusal:
            is_passing = refusal.rule in (TIME_TAKEN, UNREADABLE, SITE_MISMATCH)
            found = refused_survey(delivery, ASK_AGAIN if is_passing else fingerprint, refusal)
            if not (is_passing and found == self.known.get(key_of(delivery))):
                self._refuse(delivery, refusal)
            return found, pl.DataFrame(schema=TABLES["unstamped_rows"].schema)
        clear_refusal(self.folder, delivery)
        found = read_survey(delivery, fingerprint, extent)
        return found, _unstamped(extent.unstamped, found, contract.site)

    def _extent(self, delivery: Delivery, contract: Contract) -> Extent:
        vault, scope = Vault(self.folder), scope_of(self.campus, contract.site)
        try:
            text = as_text(vault, delivery, contract, only_clock=True)
        except Refusal as refusal:
            if refusal.rule in OF_THE_NAMES:
                refuse_misplaced(vault, delivery, str(refusal), self.campus)
            raise
        demand_own_names(vault, delivery, names_of(text, contract), self.campus)
        extent = survey(text, contract, scope)
        if extent.unstamped.height:
            extent = survey(as_text(vault, delivery, contract), contract, scope)
        _demand_time(extent)
        # Tried here, since the plan does the same with the days of every feed together.
        around(extent.days, timedelta(seconds=contract.context_s))
        return extent

    def _demand_own_time(self, delivery: Delivery, contract: Contract) -> None:
        """Two files without stamps cannot both start at the declared time: the first one read has it."""
        if contract.time.declared_start is None:
            return
        for other in self.deliveries:
            found = self.known.get(key_of(other))
            is_other = other.feed_id == delivery.feed_id and other.file_id != delivery.file_id
            if is_other and found is not None and found.is_read and is_current(found, other, self.campus):
                raise Refusal(
                    TIME_TAKEN,
                    f"{other.file_name} of this feed already starts at {contract.time.declared_start}",
                    "Give every file without stamps a feed of its own, or withdraw the other",
                )

    def _refuse(self, delivery: Delivery, refusal: Refusal) -> None:
        self.refused.append(record_refusal(self.folder, delivery, refusal))


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


def _unstamped(rows: pl.DataFrame, found: Survey, site_id: str) -> pl.DataFrame:
    named = rows.with_columns(
        pl.lit(site_id).alias("site_id"),
        pl.lit(found.feed_id).alias("feed_id"),
        pl.lit(found.file_id).alias("file_id"),
        pl.lit(found.fingerprint).alias("fingerprint"),
    )
    return named.select(*TABLES["unstamped_rows"].schema)
