"""Files of the warehouse that are whole, and still there, after a crash.

Here must not live: what the files hold.
"""

import hashlib
import os
from pathlib import Path

BLOCK = 1 << 22


def sha256_of(path: Path) -> str:
    """sha256 of a file's bytes.

    Never of a DuckDB file that this process has open: closing the handle would drop DuckDB's lock on it.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a file that nobody writes, and returns the sha256 of what was copied."""
    found = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while block := reader.read(BLOCK):
            found.update(block)
            writer.write(block)
    return found.hexdigest()


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Writes a new file, fsynced, with its permissions; its name is durable once its folder is synced."""
    path.write_bytes(content)
    path.chmod(mode)
    sync(path)


def sync(path: Path) -> None:
    """Makes a file's bytes, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def point(link: Path, target: Path) -> None:
    """Points a symlink at `target` (in or below the link's folder) in one atomic step, durably."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.relative_to(link.parent))
    fresh.replace(link)
    sync(link.parent)
