"""The part of a delivered file that is looked at: all of it up to a cap, in whole lines.

Decompression has the caps and refusals of every other read (`pipelines.readers.decompression`).
Here must not live: what the bytes mean.
"""

import codecs
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.campus.refusal import Refusal
from pipelines.inspection.guess import Guess, sure, unsure
from pipelines.readers.decompression import archive_kind, decompressed
from pipelines.readers.text import BYTE_ORDER_MARKS

CAP = 32 * 1024**2
"""Most bytes of one file that are looked at; longer ones are judged by their beginning."""
DIRECTORY = 64 * 1024
"""Bytes at the end of an archive in which its directory names the members."""
PARQUET, WORKBOOK = b"PAR1", b"xl/workbook"


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at of one file.

    Attributes:
        name: Name of the delivered file.
        path: A plain file that readers can take: the file itself, or its beginning, cut behind a line.
        head: Its bytes.
        size: Bytes of the file, decompressed.
        packed: How it was compressed, None if it was not.
    """

    name: str
    path: Path
    head: bytes
    size: int
    packed: str | None

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning is looked at."""
        return len(self.head) < self.size


@contextmanager
def sampled(path: Path) -> Iterator[Sample]:
    """A sample of a file.

    Raises:
        Refusal: `empty_file`, or an archive that intake would refuse.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if WORKBOOK in start or (start[:2] == b"PK" and WORKBOOK in _end(path)):
        size = path.stat().st_size
        yield Sample(path.name, path, start, size, None)
        return
    with decompressed(path) as plain, tempfile.TemporaryDirectory(prefix="headroom-") as folder:
        size = plain.stat().st_size
        if size == 0:
            raise Refusal("empty_file", f"{path.name} has no bytes", "Ask for the file again")
        with plain.open("rb") as file:
            head = file.read(CAP)
        whole = plain
        if size > CAP and not head.startswith(PARQUET):
            head = head[: head.rfind(b"\n") + 1] or head
            whole = Path(folder) / "head"
            whole.write_bytes(head)
        yield Sample(path.name, whole, head, size, archive_kind(start))


def _end(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - DIRECTORY))
        return file.read()


def encoding_of(head: bytes) -> tuple[Guess, str]:
    """How text is encoded, and the text itself without a byte order mark.

    Bytes that are no text in any of the encodings of a contract are read as latin-1, which takes all.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(name, errors="replace")
            return sure(name.removesuffix("-le").removesuffix("-be"), "a byte order mark says so"), text
    if head[:2000].count(b"\0") > len(head[:2000]) / 4:
        name = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
        return unsure("utf-16", "every other byte is zero"), head.decode(name, errors="replace")
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError as error:
        why = f"byte 0x{head[error.start]:02x} at {error.start} is not UTF-8"
        return unsure("latin-1", f"{why}; check how accents and degree signs come out"), head.decode(
            "latin-1"
        )
    if text.isascii():
        return sure("utf-8", "plain ASCII"), text
    return sure("utf-8", "every character is valid UTF-8"), text
