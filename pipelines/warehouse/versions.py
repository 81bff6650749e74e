"""Published versions on disk: their folders, manifests and the pointer.

A version is complete once its folder stands in `versions/`: it gets there by one rename, with
everything in it. The pointer `headroom.duckdb` names the newest. Here must not live: making a version.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.warehouse.durable import point

DATABASE = "headroom.duckdb"
MANIFEST = "manifest.json"
LAKE_FILES = "lake_files.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a published version is, where it came from, and how to check it.

    Attributes:
        version_id: Its number; ascending.
        published_at: When it was published [UTC].
        code_version: Version of the whole code, as handed in.
        inputs_hash: sha256 of everything it is a function of.
        code_hash: sha256 of the code that shapes its tables.
        reference_hash: sha256 of the reference data.
        accounts_hash: sha256 of the rows of `quality.files`.
        lake_versions: Table of the lake → Delta version.
        lake_files_sha256: sha256 of `lake_files.json` beside it, which names every file with its hash.
        database_sha256: sha256 of `headroom.duckdb` beside it.
        export_sha256: sha256 of the canonical export of its marts.
        affected_days: How many days it brought up to date.
        is_full: Whether that was every day.
        duckdb_version: DuckDB that built it.
        previous_version_id: The version before it, if any.
        previous_manifest_sha256: sha256 of that version's manifest: the chain.
    """

    version_id: int
    published_at: datetime
    code_version: str
    inputs_hash: str
    code_hash: str
    reference_hash: str
    accounts_hash: str
    lake_versions: dict[str, int]
    lake_files_sha256: str
    database_sha256: str
    export_sha256: str
    affected_days: int
    is_full: bool
    duckdb_version: str
    previous_version_id: int | None
    previous_manifest_sha256: str | None

    def to_json(self) -> bytes:
        """The text of `manifest.json`."""
        content = asdict(self) | {"published_at": self.published_at.isoformat()}
        return (json.dumps(content, indent=2, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """Reads `manifest.json`; keys of later versions of Headroom are left out."""
        read = json.loads(content)
        known = {field.name: read[field.name] for field in fields(cls)}
        return cls(**known | {"published_at": datetime.fromisoformat(read["published_at"])})


def versions_folder(folder: DataFolder) -> Path:
    """`warehouse/versions`."""
    return folder.warehouse / "versions"


def builds_folder(folder: DataFolder) -> Path:
    """`warehouse/build`: nothing in it outlives the next build."""
    return folder.warehouse / "build"


def version_folder(folder: DataFolder, number: int) -> Path:
    """`warehouse/versions/NNNNNN`."""
    return versions_folder(folder) / f"{number:06d}"


def manifests(folder: DataFolder) -> dict[int, Manifest]:
    """Complete versions, ascending."""
    return {number: read_manifest(folder, number) for number in _numbers(folder)}


def read_manifest(folder: DataFolder, number: int) -> Manifest:
    """The manifest of a complete version."""
    return Manifest.from_json((version_folder(folder, number) / MANIFEST).read_bytes())


def manifest_sha256(folder: DataFolder, number: int) -> str:
    """sha256 of a version's manifest, the link of the chain."""
    return hashlib.sha256((version_folder(folder, number) / MANIFEST).read_bytes()).hexdigest()


def lake_files(folder: DataFolder, number: int) -> dict[Path, str]:
    """Every file of the lake that a version names → its sha256."""
    content = json.loads((version_folder(folder, number) / LAKE_FILES).read_bytes())
    return {folder.lake / name: found for name, found in content.items()}


def current(folder: DataFolder) -> Manifest | None:
    """The published version: the one the pointer names, else the newest complete one; None before the first.

    Takes no lock and writes nothing.
    """
    number = pointed(folder)
    if number is None:
        number = max(_numbers(folder), default=None)
    return None if number is None else read_manifest(folder, number)


def as_of(folder: DataFolder, asked: int | date) -> Manifest:
    """A kept version by its number, or the one that was the published version at the end of a UTC day.

    Raises:
        LookupError: It is not kept, or nothing was published by then; the message names what is kept.
    """
    kept = manifests(folder)
    if isinstance(asked, int):
        found = kept.get(asked)
    else:
        until = [m for m in kept.values() if m.published_at.astimezone(UTC).date() <= asked]
        found = until[-1] if until else None
    if found is None:
        listed = ", ".join(f"{number} ({m.published_at:%Y-%m-%d})" for number, m in kept.items()) or "none"
        what = f"version {asked}" if isinstance(asked, int) else f"version of {asked}"
        raise LookupError(f"there is no {what}; kept are {listed}")
    return found


def current_database(folder: DataFolder) -> Path | None:
    """The file of the published version, its symlink resolved."""
    manifest = current(folder)
    return None if manifest is None else version_folder(folder, manifest.version_id) / DATABASE


def pointed(folder: DataFolder) -> int | None:
    """Number of the complete version the pointer names; None if it is missing or leads nowhere."""
    if not folder.published.is_symlink():
        return None
    name = folder.published.readlink().parent.name
    return int(name) if name.isdigit() and int(name) in _numbers(folder) else None


def mend_pointer(folder: DataFolder) -> int | None:
    """Points at the newest complete version, and returns its number.

    A crash between the two steps of a publication leaves a complete, tested version that nobody sees:
    this finishes the publication. It also mends a pointer that is missing or leads nowhere. Only under
    the writer lock.
    """
    newest = max(_numbers(folder), default=None)
    if newest is not None and pointed(folder) != newest:
        point(folder.published, version_folder(folder, newest) / DATABASE)
    return newest


def next_number(folder: DataFolder) -> int:
    """The number of the next version: above everything that ever stood in `versions/` and still does."""
    names = [path.name for path in versions_folder(folder).glob("*")]
    return max((int(name) for name in names if name.isdigit()), default=0) + 1


def _numbers(folder: DataFolder) -> list[int]:
    """Numbers of the complete versions, ascending."""
    if not versions_folder(folder).is_dir():
        return []
    return sorted(
        int(path.name)
        for path in versions_folder(folder).iterdir()
        if re.fullmatch(r"\d{6,}", path.name) and (path / MANIFEST).is_file() and (path / DATABASE).is_file()
    )
