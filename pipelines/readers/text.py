"""A decompressed file as UTF-8 bytes in memory-mapped form, whatever its encoding.

A byte order mark is always accepted and wins over the contract. UTF-8 is mapped as it is, invalid
bytes included (the records decide); other encodings are transcoded in pieces into a temporary file.
Here must not live: records, delimiters, quotes.
"""

import codecs
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.campus.refusal import Refusal

MAX_LINE = 16 * 64 * 1024
"""Longest line or record [bytes]."""
PIECE = 1024**2
BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text in a file and mapped.

    Attributes:
        path: A file with exactly these bytes.
        data: The same bytes. Never closed by hand: frames may still look into it.
        start: Where the text begins, behind a byte order mark.
        is_native: Whether offsets in `data` are offsets in the delivered content.
    """

    path: Path
    data: mmap.mmap
    start: int
    is_native: bool

    @property
    def is_ended(self) -> bool:
        """Whether a line break ends the last line."""
        return self.data[-1:] == b"\n"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said about the text as a whole."""
        return () if self.is_ended else ("no_final_newline",)

    def let_go(self) -> None:
        """Unmaps the pages that were looked at; they come back when they are looked at again."""
        self.data.madvise(mmap.MADV_DONTNEED)


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[Text]:
    """Map a file as UTF-8 text.

    Args:
        path: A decompressed file.
        encoding: The contract's encoding: `utf-8`, `latin-1` or `utf-16`.

    Raises:
        Refusal: `empty_file`, `wrong_line_ends`, or `invalid_encoding` where UTF-16 cannot be decoded.
    """
    with path.open("rb") as file:
        head = file.read(4)
    mark, told = next(((m, e) for m, e in BYTE_ORDER_MARKS if head.startswith(m)), (b"", encoding))
    if told == "utf-16":
        told = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    if len(head) == len(mark):
        raise Refusal("empty_file", "the file has no bytes", "Send the file again, with its records")
    if told == "utf-8":
        yield _with_lines(Text(path, _mapped(path), len(mark), is_native=True))
        return
    with tempfile.NamedTemporaryFile(prefix="headroom-") as spool:
        for piece in _transcoded(path, told, len(mark)):
            spool.write(piece)
        spool.flush()
        yield _with_lines(Text(Path(spool.name), _mapped(Path(spool.name)), 0, is_native=False))


def _with_lines(text: Text) -> Text:
    """The text, unless its lines end as they did on old Macs: no reader here splits those."""
    if text.data.find(b"\n", text.start) < 0 <= text.data.find(b"\r", text.start):
        raise Refusal(
            "wrong_line_ends",
            "every line ends in a carriage return alone, so the whole file is one line",
            "Convert the line ends to LF or CR LF (on Unix: tr '\\r' '\\n') and send the file again",
        )
    return text


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _transcoded(path: Path, encoding: str, start: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        file.seek(start)
        try:
            while piece := file.read(PIECE):
                yield decoder.decode(piece).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeDecodeError as error:
            raise Refusal(
                "invalid_encoding",
                f"the file is not {encoding} ({error.reason})",
                "Check `dialect.encoding` of the feed contract, or send the file again",
            ) from error
