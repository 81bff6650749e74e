"""Which code made a number: hashes of the rooms, part of every fingerprint.

Here must not live: hashes of data.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from pipelines.campus.paths import CODE, DBT_PROJECT

CLEANING_ROOMS = ("kinds", "campus", "readers", "cleaning")
"""Rooms whose code decides what a reading is."""


@lru_cache
def cleaning_hash() -> str:
    """sha256 over the rooms that clean."""
    files = [path for room in CLEANING_ROOMS for path in (CODE / room).rglob("*.py")]
    return _digest(files, CODE)


@lru_cache
def code_version() -> str:
    """Release and hash of everything that decides what a KPI is: the rooms and the dbt project."""
    files = [*CODE.rglob("*.py")]
    for part in ("models", "macros", "tests"):
        files += [path for path in (DBT_PROJECT / part).rglob("*") if path.suffix in (".sql", ".yml", ".py")]
    return f"{version('headroom')}+{_digest(files, CODE.parent)[:16]}"


def _digest(files: list[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
