"""Plain, gzip, zstd or a zip of one member: one way to the bytes of a delivered file.

Compression is told by the first bytes. Decompression streams into a temporary file under a cap on
size and on ratio, so that an archive bomb costs constant memory; checksums are verified to the end.
Here must not live: formats and encodings of the content.
"""

import gzip
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import zstandard

from pipelines.campus.refusal import Refusal

MAX_BYTES = 4 * 1024**3
"""Largest content of one file [bytes]; a quarter of hourly emissions of a whole country is 0.8 GB."""
MAX_RATIO = 200
"""Largest content per byte of archive. Real exports stay below 60; a gzip bomb has up to 1,030."""
FREE_BYTES = 16 * 1024**2
"""Content below this size is never a bomb [bytes]."""
CHUNK = 1024**2
ZSTD_SLICE = 512
"""Compressed bytes given to zstd at once: four of them can become 128 KiB."""
HEAD = 512

MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (257, b"ustar", "tar"),
    (4, b"1AY&SY", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x1f\x9d", "compress"),
)
"""(offset, bytes, what it is)"""

PARTS = "[Content_Types].xml"
BAD_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError, ValueError)
"""How zipfile tells a damaged archive."""
UNPACK = "Send the file as it is, or as .gz, .zst or a .zip with one member"
RESEND = "Send the file again"


def archive_kind(head: bytes) -> str | None:
    """Which archive begins with these bytes; None for none."""
    return next((kind for at, magic, kind in MAGIC if head[at : at + len(magic)] == magic), None)


@contextmanager
def decompressed(path: Path, *, of_packages: bool = False) -> Iterator[Path]:
    """The file itself where it is plain, else a temporary file with its content.

    Args:
        path: The file.
        of_packages: Whether the format is itself a zip archive (`is_package`), which stays packed.

    Raises:
        Refusal: Truncated, corrupted, nested, several members, an unknown archive, or a bomb.
    """
    with path.open("rb") as file:
        kind = archive_kind(file.read(HEAD))
        if kind is None or (of_packages and is_package(path)):
            yield path
            return
        if kind not in STREAMS:
            raise Refusal("unsupported_archive", f"the file is a {kind} archive", UNPACK)
        file.seek(0)
        with tempfile.NamedTemporaryFile(prefix="headroom-") as spool:
            _spool(STREAMS[kind](file), path.stat().st_size, spool)
            _check_inner(Path(spool.name), of_packages=of_packages)
            yield Path(spool.name)


def is_package(path: Path) -> bool:
    """Whether a file is a zip archive that lists the types of its parts, as workbooks do."""
    try:
        with zipfile.ZipFile(path) as archive:
            return PARTS in archive.namelist()
    except BAD_ZIP:
        return False


def _check_inner(content: Path, *, of_packages: bool) -> None:
    with content.open("rb") as file:
        inner = archive_kind(file.read(HEAD))
    if inner is not None and not (of_packages and is_package(content)):
        raise Refusal("nested_archive", f"the archive holds a {inner} archive", UNPACK)


def _spool(chunks: Iterator[bytes], packed: int, spool: "tempfile._TemporaryFileWrapper[bytes]") -> None:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES or (size > FREE_BYTES and size > MAX_RATIO * packed):
            raise Refusal(
                "archive_bomb",
                f"the content exceeds {MAX_BYTES} bytes or {MAX_RATIO} times the archive of {packed} bytes",
                "If the file is genuine, send it in parts or uncompressed",
            )
        spool.write(chunk)
    spool.flush()


def _truncated(kind: str) -> Refusal:
    return Refusal(f"{kind}_truncated", f"the {kind} archive ends in the middle", RESEND)


def _unreadable(kind: str, error: Exception) -> Refusal:
    return Refusal("archive_unreadable", f"the {kind} archive is corrupted ({error})", RESEND)


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    """Checks length and CRC of every member; trailing zeros are padding, trailing bytes are not."""
    try:
        with gzip.GzipFile(fileobj=file) as archive:
            while chunk := archive.read(CHUNK):
                yield chunk
    except EOFError as error:
        raise _truncated("gzip") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _unreadable("gzip", error) from error


def _zstd(file: BinaryIO) -> Iterator[bytes]:
    """Frame by frame: zstandard's stream reader takes a truncated archive for a complete one.

    Damage shows by the checksum that the zstd tool writes; a frame written without one is trusted.
    """
    frame = zstandard.ZstdDecompressor().decompressobj()
    pending = b""
    try:
        while packed := pending or file.read(ZSTD_SLICE):
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(packed)
            pending = frame.unused_data if frame.eof else b""
    except zstandard.ZstdError as error:
        raise _unreadable("zstd", error) from error
    if not frame.eof:
        raise _truncated("zstd")


def _zip(file: BinaryIO) -> Iterator[bytes]:
    """The one member, CRC checked."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive)) as member:
            while chunk := member.read(CHUNK):
                yield chunk
    except EOFError as error:
        raise _truncated("zip") from error
    except BAD_ZIP as error:
        raise _unreadable("zip", error) from error


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        raise Refusal("several_members", f"the zip archive has {len(members)} members, not one", UNPACK)
    if members[0].flag_bits & 0x1:
        raise Refusal("archive_encrypted", "the zip archive is encrypted", UNPACK)
    if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("unsupported_archive", "the zip archive is neither stored nor deflated", UNPACK)
    return members[0]


STREAMS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {"gzip": _gzip, "zstd": _zstd, "zip": _zip}
