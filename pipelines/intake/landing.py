"""The landing folder: takes in what has landed, refuses what cannot be taken, leaves what is not ready.

The order for each file: bytes durable in the vault, one line durable in the delivery log, then the
landing file is removed. A crash in between is mended by looking again: the same bytes of the same feed
are one delivery. Here must not live: how a name is opened (`opening`), how bytes are kept (`vault`).
"""

import os
import stat
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.campus.identifiers import is_identifier
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake import durable, opening, refused
from pipelines.intake.delivery import Delivery, Intake, Left, RefusedFile, Repeat
from pipelines.intake.log import Appender, standing
from pipelines.intake.opening import Found, Source
from pipelines.intake.vault import Vault, utc_now

MAX_BYTES = 8 << 30
STILL_BEING_WRITTEN = "still_being_written: it changed while it was looked at; the next run takes it"
PASSING = "its name is hidden or ends in .part or .tmp; rename it when it is complete"


def take_in(
    folder: DataFolder,
    feeds: Collection[str],
    settle_s: float = 2.0,
    now: Callable[[], datetime] = utc_now,
    max_bytes: int = MAX_BYTES,
) -> Intake:
    """Takes in everything that lies in the landing folder. Call it under the writer lock.

    Args:
        folder: The data folder.
        feeds: Ids of all feeds that have a contract, valid or not.
        settle_s: Where a file was written to within the last so many seconds, all wait so long once [s].
        now: Gives `received_at`, UTC.
        max_bytes: Larger files are refused.

    Raises:
        DiskFull: No room in the vault or the refused folder; what was taken before stays taken.
        Refusal: The delivery log is damaged.
    """
    durable.clear_scratch(Vault(folder).incoming)
    refused.clear_half_written(folder)
    found = opening.find(folder.landing)
    if not found:
        return Intake()
    _settle(found, settle_s)
    with Vault(folder).log.appending() as log:
        look = _Look(folder, frozenset(feeds), now, max_bytes, log)
        for each in found:
            look.at(each)
    return look.intake


def _settle(found: list[Found], settle_s: float) -> None:
    """Waits once for all, if any file may still be being written."""
    young = time.time() - settle_s
    if any(stat.S_ISREG(each.status.st_mode) and each.status.st_mtime > young for each in found):
        time.sleep(settle_s)


@dataclass(slots=True)
class _Look:
    """One look into the landing folder."""

    folder: DataFolder
    feeds: frozenset[str]
    now: Callable[[], datetime]
    max_bytes: int
    log: Appender
    intake: Intake = field(default_factory=Intake)
    vault: Vault = field(init=False)
    known: dict[tuple[str, str], Delivery] = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(self.folder)
        self.known = standing(self.log.events)

    def at(self, found: Found) -> None:
        """Takes, refuses or leaves one file."""
        if opening.is_passing(found.name):
            return self._leave(found, PASSING)
        if stat.S_ISDIR(found.status.st_mode):
            return self._leave(found, "this folder cannot be entered, or lies too deep")
        try:
            where = opening.open_folder(self.folder.landing, found)
        except OSError as error:
            return self._leave(found, _cannot("its folder cannot be opened", error))
        try:
            return self._open(where, found)
        finally:
            os.close(where)

    def _open(self, where: int, found: Found) -> None:
        try:
            source = opening.open_source(where, found.name, self.max_bytes)
        except Refusal as refusal:
            return self._move_aside(where, found, refusal)
        except OSError as error:
            return self._leave(found, _cannot("it cannot be opened", error))
        with source:
            return self._take(source, found)

    def _take(self, source: Source, found: Found) -> None:
        if not opening.same(found.status, source.status):
            return self._leave(found, STILL_BEING_WRITTEN)
        copied = self.vault.copy_in(source.descriptor, source.status.st_size)
        if copied.size != source.status.st_size or not source.is_unchanged():
            copied.path.unlink()
            return self._leave(found, STILL_BEING_WRITTEN)
        refusal = self._misplaced(found)
        self._keep(copied, found, refusal)
        if refusal is not None:
            file = _refused(found, copied.sha256, refusal)
            refused.lay_down(self.folder, file, self.now())
            self.intake.refused.append(file)
        if not source.remove():
            self._leave(found, STILL_BEING_WRITTEN)
        return None

    def _keep(self, copied: durable.Temporary, found: Found, refusal: Refusal | None) -> None:
        """Makes the bytes and, where the folder can be a feed, their delivery durable."""
        feed_id, file_id = found.folder, copied.sha256
        is_known = (feed_id, file_id) in self.known
        if is_known and self.vault.has(copied):
            copied.path.unlink()
        else:
            self.vault.keep(copied)
        if is_known and refusal is None:
            self.intake.repeated.append(Repeat(feed_id, found.name, file_id))
        if is_known or not is_identifier(feed_id):
            return
        delivery = self.log.receive(feed_id, file_id, found.name, copied.size, self.now())
        self.known[feed_id, file_id] = delivery
        if refusal is None:
            self.intake.taken.append(delivery)

    def _misplaced(self, found: Found) -> Refusal | None:
        """Why a file's folder is none of a feed, if so."""
        if not found.folder:
            return Refusal(
                "no_feed_folder",
                "it lay directly in landing, so that nothing says which feed it belongs to",
                "Put it into landing/<feed>/",
            )
        if not is_identifier(found.folder):
            return Refusal(
                "unknown_feed",
                f"landing/{opening.shown(found.folder)} cannot be a feed: an id has lower-case letters, "
                "digits, _ and - only, at most 63",
                "Move the file into the landing folder of its feed",
            )
        if found.folder not in self.feeds:
            return Refusal(
                "unknown_feed",
                f"there is no feed {found.folder!r}",
                f"Write reference/feeds/{found.folder}.yaml and run again, or move the file into the landing "
                "folder of its feed",
            )
        return None

    def _move_aside(self, where: int, found: Found, refusal: Refusal) -> None:
        file = _refused(found, None, refusal)
        self.intake.refused.append(file)
        try:
            with durable.room_for(self.folder.refused, 0):
                refused.move_aside(self.folder, file, self.now(), where, found.name)
        except OSError as error:
            self._leave(found, _cannot(f"{refusal.rule}; it cannot be moved to refused", error))

    def _leave(self, found: Found, reason: str) -> None:
        feed_id = found.folder if is_identifier(found.folder) else ""
        self.intake.left.append(Left(feed_id, opening.shown(found.name), reason))


def _refused(found: Found, file_id: str | None, refusal: Refusal) -> RefusedFile:
    feed_id = found.folder if is_identifier(found.folder) else ""
    name = opening.shown(found.name)
    return RefusedFile(feed_id, name, file_id, refusal.rule, refusal.reason, refusal.remedy)


def _cannot(what: str, error: OSError) -> str:
    return f"{what}: {error.strerror} (user id {os.geteuid()})"
