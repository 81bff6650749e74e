"""Faults of a delivery: bytes cut or flipped, archives, links, another feed's file.

Each lands beside the good file. Here must not live: text (`lines`, `copies`).
"""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pipelines.campus.contract import Contract
from pipelines.simulator.faults.feed import Feed
from pipelines.simulator.faults.strike import OnFiles, Strike

_BOMB = 64 * 1024**2
_MEMBER_TIME = (2025, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it lands.

    Attributes:
        name: Its name.
        data: Its bytes, as they land.
        plain: The same before compression.
        link_to: Where it points, if it is a symbolic link.
    """

    name: str
    data: bytes
    plain: bytes = b""
    link_to: str = ""


Broken = Callable[[Strike, Content], tuple[str, bytes]]
"""Ending of the copy's name, and its bytes."""


def _beside(broken: Broken) -> Callable[[Strike, Feed, list[Content]], list[Content]]:
    """A strike that gives what lands beside the fault's share of the files."""

    def strike(hit: Strike, feed: Feed, files: list[Content]) -> list[Content]:
        copies = []
        for at in hit.choose_files([True] * len(files)):
            ending, data = broken(hit, files[at])
            copies.append(Content(f"{hit.name}_{at}{ending}", data))
            hit.note_file(feed, copies[-1].name)
        return copies

    return strike


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _truncated(hit: Strike, file: Content) -> tuple[str, bytes]:
    packed = _gzip(file.plain)
    return ".gz", packed[: int(hit.rng.integers(20, len(packed) - 8))]


def _flipped(hit: Strike, file: Content) -> tuple[str, bytes]:
    packed = bytearray(_gzip(file.plain))
    packed[int(hit.rng.integers(20, len(packed)))] ^= 1 << int(hit.rng.integers(8))
    return ".gz", bytes(packed)


def _two_members(hit: Strike, file: Content) -> tuple[str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(zipfile.ZipInfo(name, _MEMBER_TIME), file.plain)
    return ".zip", out.getvalue()


def _nested(hit: Strike, file: Content) -> tuple[str, bytes]:
    return ".gz.gz", _gzip(_gzip(file.plain))


def _tar(hit: Strike, file: Content) -> tuple[str, bytes]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(file.plain)
        archive.addfile(member, io.BytesIO(file.plain))
    return ".tar", out.getvalue()


@cache
def _nothing() -> bytes:
    return _gzip(bytes(_BOMB))


def _bomb(hit: Strike, file: Content) -> tuple[str, bytes]:
    return ".csv.gz", _nothing()


def _without_end(hit: Strike, file: Content) -> tuple[str, bytes]:
    return ".parquet", file.data[: 2 * len(file.data) // 3]


def _again(hit: Strike, file: Content) -> tuple[str, bytes]:
    return file.name[file.name.index(".") :], file.data


def _any(contract: Contract) -> bool:
    return True


FILES: dict[str, OnFiles[Content]] = {
    "empty_file": OnFiles(_any, _beside(lambda hit, file: (".csv", b""))),
    "truncated_gzip": OnFiles(_any, _beside(_truncated)),
    "damaged_gzip": OnFiles(_any, _beside(_flipped)),
    "damaged_parquet": OnFiles(lambda contract: contract.format == "parquet", _beside(_without_end)),
    "same_again": OnFiles(_any, _beside(_again)),
    "compression_bomb": OnFiles(_any, _beside(_bomb)),
    "nested_archive": OnFiles(_any, _beside(_nested)),
    "two_members": OnFiles(_any, _beside(_two_members)),
    "tar_archive": OnFiles(_any, _beside(_tar)),
}
"""Fault → which feeds it fits and what it lands."""


def link(hit: Strike, feed: Feed, target: str) -> Content:
    """A symbolic link to a file elsewhere."""
    hit.note_file(feed, f"{hit.name}.csv")
    return Content(f"{hit.name}.csv", b"", link_to=target)


def of_another_feed(hit: Strike, feed: Feed, file: Content) -> Content:
    """A file of another feed, under a name that does not tell."""
    name = f"{hit.name}{file.name[file.name.index('.') :]}"
    hit.note_file(feed, name)
    return Content(name, file.data)
