"""The vault: every file's bytes as they arrived, for ever, and the log of who delivered them.

`vault/blobs/ab/<sha256>` (0440), `vault/deliveries.jsonl`, `vault/incoming/` for what is being copied.
Nothing here is ever changed or removed; a withdrawal is one more line of the log.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake import durable
from pipelines.intake.delivery import Delivery
from pipelines.intake.log import DeliveryLog, standing

FILE_ID = re.compile(r"[0-9a-f]{64}")


def utc_now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


class Vault:
    """The vault of a data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.root = folder.vault
        self.incoming = folder.vault / "incoming"
        self.log = DeliveryLog(folder.vault / "deliveries.jsonl")

    def deliveries(self) -> list[Delivery]:
        """Every delivery that stands, by `received_seq`.

        Raises:
            Refusal: The log is damaged.
        """
        return list(standing(self.log.events()).values())

    def blob(self, file_id: str) -> Path:
        """Where the bytes of a file lie (or would).

        Raises:
            ValueError: Not a sha256.
        """
        if not FILE_ID.fullmatch(file_id):
            raise ValueError(f"{file_id!r} is not a sha256 in hexadecimal digits")
        return self.root / "blobs" / file_id[:2] / file_id

    def withdraw(self, file_id: str, reason: str, now: Callable[[], datetime] = utc_now) -> list[Delivery]:
        """Takes a file out of every feed that delivered it; its bytes stay.

        Landed again afterwards it is a new delivery.

        Returns:
            The deliveries that stand no longer.

        Raises:
            Refusal: No delivery of such a file stands, or no reason is given.
            DiskFull: No room for a line of the log.
        """
        if not reason.strip():
            raise Refusal("no_reason", "a withdrawal needs a reason", "Say why the file is taken out")
        out = [delivery for delivery in self.deliveries() if delivery.file_id == file_id]
        if not out:
            raise Refusal(
                "unknown_file",
                f"no delivery of a file {file_id!r} stands",
                "Look the file_id (64 characters) up in quality.files; a file is withdrawn only once",
            )
        with self.log.appending() as log:
            log.withdraw(file_id, reason, now())
        return out

    def copy_in(self, source: int, size: int) -> durable.Temporary:
        """Copies an open file of `size` bytes into the vault, still without a name.

        Raises:
            DiskFull: No room.
        """
        return durable.copy(source, self.incoming, size, 0o440)

    def keep(self, copied: durable.Temporary) -> Path:
        """Gives copied bytes their name; a blob of that name, damaged perhaps, is replaced."""
        blob = self.blob(copied.sha256)
        with durable.room_for(self.root, 0):
            durable.place(copied.path, blob)
        return blob

    def has(self, copied: durable.Temporary) -> bool:
        """Whether a blob of that name and size is there."""
        blob = self.blob(copied.sha256)
        return blob.is_file() and blob.stat().st_size == copied.size
