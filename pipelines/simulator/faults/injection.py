"""The faults of one run, each at its place on the way from an instrument to a landed file.

Here must not live: what a fault does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.contract import Contract
from pipelines.simulator.faults.cells import CELLS
from pipelines.simulator.faults.columns import COLUMNS_OF_A_FILE
from pipelines.simulator.faults.copies import COPIES
from pipelines.simulator.faults.feed import TAKEN, Feed, feed_of
from pipelines.simulator.faults.files import FILES, Content, link, of_another_feed
from pipelines.simulator.faults.instruments import Instruments
from pipelines.simulator.faults.labels import Labels
from pipelines.simulator.faults.lines import LINES, Line, Text
from pipelines.simulator.faults.records import RECORDS
from pipelines.simulator.faults.registers import REGISTERS
from pipelines.simulator.faults.signals import SIGNALS
from pipelines.simulator.faults.stamps import CLOCKS, STAMPS, is_repeated
from pipelines.simulator.faults.strike import File, OnFiles, Strike
from pipelines.simulator.faults.wanted import Wanted
from pipelines.simulator.landing import Delivery, compressed, encoded, text_frame
from pipelines.simulator.records import DEVICE, LABEL, START
from pipelines.simulator.signals import Signals
from pipelines.simulator.span import Span, generator

OF_INSTRUMENTS = SIGNALS | REGISTERS
OF_RECORDS = CLOCKS | RECORDS | STAMPS
OF_TEXT = CELLS | COLUMNS_OF_A_FILE
OF_THE_FOLDER = (LINK, STRANGER) = ("symbolic_link", "wrong_site")
"""Faults that need more than the feed's own files."""


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one run.

    Attributes:
        wanted: What is asked for.
        seed: Seed of the run.
        campus: The campus whose feeds deliver.
        labels: What was struck so far.
    """

    wanted: tuple[Wanted, ...]
    seed: int
    campus: Campus
    labels: Labels = field(default_factory=Labels)

    def on_signals(self, signals: Signals, span: Span) -> Signals:
        """Signals with the faults of the instruments."""
        feeds = [feed_of(contract, self.campus) for contract in self.campus.contracts.values()]
        tags = {(device, tag.column): tag for feed in feeds for _, device, tag in feed.tags}
        sites = {device.device_id: device.site_id for device in self.campus.devices.values()}
        for name, strike in OF_INSTRUMENTS.items():
            for wanted in self._asked(name):
                shown = Instruments(signals, tags, sites, span)
                signals = signals | strike(self._strike(wanted, "instruments"), shown)
        return signals

    def on_files(
        self, contract: Contract, files: Iterable[Delivery], landed: Mapping[str, list[Content]]
    ) -> list[Content]:
        """What a feed lands: its files with the faults of records, text and delivery.

        Args:
            contract: The feed's contract.
            files: Its files, their numbers still numbers.
            landed: Files of the feeds before it.
        """
        feed = feed_of(contract, self.campus)
        records = self._struck(OF_RECORDS, feed, [self._labelled(feed, file) for file in files])
        texts = [replace(file, frame=text_frame(contract, file.frame)) for file in records]
        contents = self._written(feed, self._struck(OF_TEXT, feed, texts))
        good = contents[: len(texts)]
        return contents + self._beside(FILES, feed, good) + self._strays(feed, landed)

    def _struck(self, faults: Mapping[str, OnFiles[File]], feed: Feed, files: list[File]) -> list[File]:
        """The files of a feed with all faults of one stage that are asked for, one after the other."""
        for wanted in self._among(faults, feed):
            files = faults[wanted.fault.name].strike(self._strike(wanted, feed.contract.feed), feed, files)
        return files

    def _beside(self, faults: Mapping[str, OnFiles[File]], feed: Feed, files: list[File]) -> list[File]:
        """What lands beside good files."""
        hits = (
            (wanted.fault.name, self._strike(wanted, feed.contract.feed))
            for wanted in self._among(faults, feed)
        )
        return [copy for name, hit in hits for copy in faults[name].strike(hit, feed, files)]

    def _asked(self, name: str) -> list[Wanted]:
        return [wanted for wanted in self.wanted if wanted.fault.name == name]

    def _among(self, faults: Mapping[str, OnFiles[File]], feed: Feed) -> list[Wanted]:
        """What is asked for among some faults and fits a feed, in the order of the faults."""
        return [
            wanted
            for name, fault in faults.items()
            for wanted in self._asked(name)
            if wanted.concerns(feed.contract.feed) and fault.fits(feed.contract)
        ]

    def _strike(self, wanted: Wanted, place: str) -> Strike:
        return Strike(wanted, self.labels, generator(self.seed, "fault", wanted.fault.name, place))

    def _labelled(self, feed: Feed, file: Delivery) -> Delivery:
        """A file whose records tell which of them may be struck.

        Not those of an instrument that was struck before, and not a repeated hour, in which one record
        more or less changes what all others mean.
        """
        starts, devices = file.frame.get_column(START), file.frame.get_column(DEVICE)
        taken = pl.repeat(False, file.frame.height, eager=True)
        if feed.contract.time.zone is not None:
            taken |= is_repeated(feed.contract, starts)
        ours = {device for _, device, _ in feed.tags}
        for label in self.labels.found:
            if not label.feed_id and label.device_id in ours:
                struck = starts.is_between(label.from_s, label.to_s)
                taken |= struck & ((devices == label.device_id) | (devices == ""))
        marks = pl.when(pl.lit(taken)).then(pl.lit(TAKEN, pl.Int64)).alias(LABEL)
        return replace(file, frame=file.frame.with_columns(marks))

    def _written(self, feed: Feed, files: list[Delivery]) -> list[Content]:
        """The files as bytes, good ones first; labels learn the number of their record."""
        contract = feed.contract
        if contract.format != "delimited" or not self._among(LINES | COPIES, feed):
            above = [None] * int(contract.format == "delimited" and contract.dialect.header)
            for file in files:
                self._number(file.name, [*above, *file.frame.get_column(LABEL)])
            return [_content(file.name, encoded(contract, file.frame)) for file in files]
        texts = self._struck(LINES, feed, [_text(contract, file) for file in files])
        for text in texts:
            self._number(text.name, [line.label for line in text.lines])
        copies = self._beside(COPIES, feed, texts)
        return [_content(text.name, text.content) for text in texts + copies]

    def _number(self, name: str, labels: list[int | None]) -> None:
        """Labels that struck a single record of the file learn its number."""
        rows: dict[int, list[int]] = {}
        for row, place in enumerate(labels, 1):
            if place is not None and place != TAKEN:
                rows.setdefault(place, []).append(row)
        for place, numbers in rows.items():
            label = self.labels.found[place]
            label.file_name = name
            label.row_number = numbers[0] if len(numbers) == 1 else None

    def _strays(self, feed: Feed, landed: Mapping[str, list[Content]]) -> list[Content]:
        """Faults that need more than the feed's own files."""
        name = feed.contract.feed
        links = [
            link(self._strike(wanted, name), feed, "../../reference/sites.csv")
            for wanted in self._here(LINK, name)
        ]
        others = [files[0] for files in landed.values() if files][-1:]
        strangers = [
            of_another_feed(self._strike(wanted, name), feed, other)
            for wanted in self._here(STRANGER, name)
            for other in others
        ]
        return links + strangers

    def _here(self, fault: str, feed: str) -> list[Wanted]:
        return [wanted for wanted in self._asked(fault) if wanted.concerns(feed)]


def _content(name: str, plain: bytes) -> Content:
    return Content(name, compressed(plain, name), plain)


def _text(contract: Contract, file: Delivery) -> Text:
    """The lines of a delimited file, each with what its record is about."""
    content = encoded(contract, file.frame)
    newline = b"\r\n" if content.endswith(b"\r\n") else b"\n"
    texts = content.removesuffix(newline).split(newline)
    first = int(contract.dialect.header)
    records = file.frame.select(START, DEVICE, LABEL).rows()
    about = [(None, "", None)] * first + records
    about += [(None, "", None)] * (len(texts) - len(about))
    return Text(file.name, [Line(text, newline, *row) for text, row in zip(texts, about, strict=True)])
