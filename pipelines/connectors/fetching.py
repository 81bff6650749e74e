"""Fetches: window by window, answer by answer, each landed whole and then written down.

A window is asked for until it was answered once after its look-back had passed; then never again. A run
that was interrupted goes on behind the last answer it wrote down. Here must not live: HTTP (`client`),
which subjects there are (`tasks`).
"""

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.connectors.address import address_of
from pipelines.connectors.client import NOTHING_THERE, Client
from pipelines.connectors.ledger import Entry, Ledger, open_ledger
from pipelines.connectors.manners import Clockwork, Manners
from pipelines.connectors.service import Answer, Content, Passing, Service, Stamp, Window
from pipelines.connectors.tasks import Task

Tell = Callable[[str], None]

_HASH_IN_NAME = 12


@dataclass(slots=True)
class Report:
    """What became of a task.

    Attributes:
        task: The task.
        landed: Names of the files that landed, in order.
        size: Bytes of them.
        unchanged: Answers that brought nothing new.
        settled: Windows that were not asked for, since they are final.
        unpublished: Windows that the service has not published yet.
        refusal: Why the task ended early, None where it did not.
    """

    task: Task
    landed: list[str] = field(default_factory=list)
    size: int = 0
    unchanged: int = 0
    settled: int = 0
    unpublished: list[str] = field(default_factory=list)
    refusal: Refusal | None = None


def connect(
    folder: DataFolder,
    service: Service,
    tasks: Iterable[Task],
    tell: Tell,
    *,
    base: str | None = None,
    manners: Manners | None = None,
    clockwork: Clockwork | None = None,
) -> list[Report]:
    """Fetches what is not here yet; a task that fails does not keep the others from being done.

    Args:
        folder: Its landing folder and ledger.
        service: The service to ask.
        tasks: What to fetch.
        tell: Hears how far it is.
        base: Another address than the service's own.
        manners: Other manners than the service's own.
        clockwork: Time and chance.

    Raises:
        Refusal: No valid address or key, another process is fetching, the ledger is damaged.
        OSError: An answer cannot be written.
    """
    address = address_of(service, base)
    clock = clockwork or Clockwork()
    with (
        open_ledger(folder.connect / service.name) as ledger,
        closing(Client(service, address, manners or service.manners, clock, tell)) as client,
    ):
        return [_Fetch(folder, service, ledger, client, clock, tell, Report(task)).run() for task in tasks]


@dataclass(frozen=True, slots=True)
class _Fetch:
    """One task under way."""

    folder: DataFolder
    service: Service
    ledger: Ledger
    client: Client
    clock: Clockwork
    tell: Tell
    report: Report

    def run(self) -> Report:
        """Fetches window by window until the end or a refusal."""
        task = self.report.task
        try:
            for window in self.service.windows(task.first, task.last):
                self._window(window)
        except Refusal as refusal:
            self.report.refusal = refusal
            self.tell(f"{self.service.name} {task.subject}: {refusal}")
        return self.report

    def _window(self, window: Window) -> None:
        task = self.report.task
        past = self.ledger.past((task.feed, task.subject, window.name))
        final = window.end + timedelta(days=task.look_back_days)
        if not past.resume_at and past.complete_since and past.complete_since.date() >= final:
            self.report.settled += 1
            return
        offset: int | None = past.resume_at
        while offset is not None:
            try:
                offset = self._answer(window, offset, past.answers.get(offset)).next_offset
            except Refusal as refusal:
                if refusal.rule != NOTHING_THERE or not self._may_come(window):
                    raise
                self.report.unpublished.append(window.name)
                self._say(window, "not published yet")
                return

    def _may_come(self, window: Window) -> bool:
        after_days = self.service.published_after_days
        return after_days is not None and self.clock.now().date() < window.end + timedelta(days=after_days)

    def _answer(self, window: Window, offset: int, known: Entry | None) -> Entry:
        """Asks for what is behind `offset`; lands it where it is new, then writes it down."""
        question = self.service.question(self.report.task.subject, window, offset)
        url = self.client.url(question)
        under_way = self.folder.connect / self.service.name / "answer.part"
        stamp = known.stamp if known and known.url == url else Stamp()
        at = self.clock.now()
        try:
            answer = self.client.ask(question, under_way, stamp, partial(self._look, offset))
            if answer is None:
                # Only an answer that is here already can be unchanged.
                assert known is not None
                entry = replace(known, fetched_at=at, file=None)
            else:
                entry = self._entry(window, offset, url, at, answer)
                if entry.rows and (known is None or known.digest != entry.digest):
                    entry = replace(entry, file=self._land(under_way, entry))
        finally:
            under_way.unlink(missing_ok=True)
        self.ledger.record(entry)
        self._count(window, entry)
        return entry

    def _look(self, offset: int, path: Path) -> Content:
        """What an answer holds; none that leaves out what it announces."""
        content = self.service.look(path)
        if content.total is not None and not content.rows and offset < content.total:
            raise Passing(f"{content.total} records are announced, but none came from {offset} on")
        return content

    def _entry(self, window: Window, offset: int, url: str, at: datetime, answer: Answer) -> Entry:
        task = self.report.task
        return Entry(
            feed=task.feed,
            subject=task.subject,
            window=window.name,
            offset=offset,
            url=url,
            fetched_at=at,
            etag=answer.stamp.etag,
            last_modified=answer.stamp.last_modified,
            sha256=answer.sha256,
            size=answer.size,
            rows=answer.content.rows,
            total=answer.content.total,
            digest=answer.content.digest,
            file=None,
        )

    def _land(self, answer: Path, entry: Entry) -> str:
        """Gives an answer its name in the landing folder, in one step; the hash keeps versions apart."""
        parts = [self.service.name, entry.subject, entry.window]
        parts += [str(entry.offset)] if entry.offset else []
        name = "_".join([*parts, entry.sha256[:_HASH_IN_NAME]]) + self.service.ending
        landing = self.folder.landing / entry.feed
        landing.mkdir(parents=True, exist_ok=True)
        answer.rename(landing / name)
        for place in (landing, landing.parent):
            _sync(place)
        return name

    def _count(self, window: Window, entry: Entry) -> None:
        if entry.file is None:
            self.report.unchanged += 1
            self._say(window, "nothing new")
            return
        self.report.landed.append(entry.file)
        self.report.size += entry.size
        of_total = f" of {entry.total}" if entry.total is not None else ""
        records = f"records {entry.offset + 1}–{entry.offset + entry.rows}{of_total}"
        self._say(window, f"{records} to landing/{entry.feed}/{entry.file}")

    def _say(self, window: Window, what: str) -> None:
        self.tell(f"{self.service.name} {self.report.task.subject} {window.name}: {what}")


def _sync(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
