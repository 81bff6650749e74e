"""The refused folder: `refused/<feed>/<name>` and beside each file `<name>.reason.json`.

The files here are copies for people to look at; the bytes that count are in the vault, so mending a
contract and running again is enough. Only a name that could not be opened safely is moved here as it
is. A name becomes a path only after `safe_name`.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.campus.barrier import UNREADABLE
from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake import durable
from pipelines.intake.delivery import Delivery, RefusedFile
from pipelines.intake.opening import shown
from pipelines.intake.vault import Vault, utc_now

NO_FEED = "unknown"
"""Folder for files that lay in no folder that can be a feed."""
_LONGEST = 200
_REASON = ".reason.json"
_FIELDS = frozenset(RefusedFile.__slots__)


def record_refusal(
    folder: DataFolder, delivery: Delivery, refusal: Refusal, now: Callable[[], datetime] = utc_now
) -> RefusedFile:
    """Says why a delivered file cannot be read, beside a copy of it. Saying it again changes nothing.

    Raises:
        DiskFull: No room for the copy.
    """
    name = shown(delivery.file_name)
    file = RefusedFile(delivery.feed_id, name, delivery.file_id, refusal.rule, refusal.reason, refusal.remedy)
    lay_down(folder, file, now())
    return file


def clear_refusal(folder: DataFolder, delivery: Delivery) -> None:
    """Removes what `record_refusal` wrote, if it did: the file can be read now, or was withdrawn."""
    for path in _places(folder, delivery.feed_id, shown(delivery.file_name), delivery.file_id):
        if _recorded(path).get("file_id") == delivery.file_id:
            path.unlink(missing_ok=True)
            _reason_of(path).unlink()
            durable.sync_folder(path.parent)


def lay_down(folder: DataFolder, file: RefusedFile, at: datetime) -> None:
    """Writes the reason, then a copy of the vault's bytes, where the disk gives them.

    Raises:
        DiskFull: No room for the copy.
        ValueError: The file is not in the vault.
    """
    if file.file_id is None:
        raise ValueError(f"{file.file_name} was not read: it can only be moved")
    path = _free_place(folder, file.feed_id, file.file_name, file.file_id)
    _write_reason(folder, path, file, at)
    if path.exists() or file.rule == UNREADABLE:
        return
    blob = os.open(Vault(folder).blob(file.file_id), os.O_RDONLY)
    try:
        copied = durable.copy(blob, _scratch(folder), os.fstat(blob).st_size, 0o640)
    finally:
        os.close(blob)
    durable.place(copied.path, path)


def move_aside(folder: DataFolder, file: RefusedFile, at: datetime, source: int, name: str) -> None:
    """Moves a name that must not be read out of the landing folder, whatever it stands for.

    Args:
        folder: The data folder.
        file: What to write beside it.
        at: When it was refused, UTC.
        source: Descriptor of the folder that holds the name.
        name: The name.

    Raises:
        OSError: It cannot be moved, for example onto another file system.
    """
    status = os.stat(name, dir_fd=source, follow_symlinks=False)
    mark = sha256(f"{name!r} {status.st_dev} {status.st_ino} {status.st_ctime_ns}".encode()).hexdigest()
    path = _free_place(folder, file.feed_id, file.file_name, mark)
    _write_reason(folder, path, file, at)
    os.rename(name, path, src_dir_fd=source)
    durable.sync_folder(path.parent)


def clear_half_written(folder: DataFolder) -> None:
    """Removes what a crashed run left."""
    durable.clear_scratch(_scratch(folder))


def refusals(folder: DataFolder) -> list[tuple[str, RefusedFile]]:
    """Everything in the refused folder with the time of its refusal (ISO 8601, UTC), newest first."""
    found = []
    for path in folder.refused.rglob(f"*{_REASON}"):
        content = _content(path)
        if content.keys() >= _FIELDS:
            file = RefusedFile(**{name: content[name] for name in _FIELDS})
            found.append((str(content.get("at")), file))
    return sorted(found, key=lambda each: each[0], reverse=True)


def safe_name(file_name: str) -> str:
    """A name of letters, digits and `._-` only, at most 200 bytes, neither hidden nor a reason's."""
    kept = "".join(character if character.isalnum() or character in "._-" else "_" for character in file_name)
    kept = kept.lstrip(".").encode("utf-8", "replace")[-_LONGEST:].decode("utf-8", "ignore")
    if kept.endswith(_REASON):
        kept = kept.removesuffix(_REASON) + "_reason.json"
    return kept.lstrip(".") or "file"


def _scratch(folder: DataFolder) -> Path:
    return folder.refused / ".incoming"


def _places(folder: DataFolder, feed_id: str, file_name: str, mark: str) -> tuple[Path, ...]:
    """Where a refused file may lie, best first: a name that is taken gets a mark."""
    plain = folder.refused / (feed_id or NO_FEED) / safe_name(file_name)
    return (
        plain,
        plain.with_name(f"{plain.stem}-{mark[:8]}{plain.suffix}"),
        plain.with_name(f"{mark}{plain.suffix[:16]}"),
    )


def _free_place(folder: DataFolder, feed_id: str, file_name: str, mark: str) -> Path:
    places = _places(folder, feed_id, file_name, mark)
    ours = [path for path in places if _recorded(path).get("file_id") == mark]
    free = [path for path in places if not os.path.lexists(path) and not _recorded(path).get("file_id")]
    return [*ours, *free, places[-1]][0]


def _reason_of(path: Path) -> Path:
    return path.with_name(path.name + _REASON)


def _recorded(path: Path) -> dict[str, Any]:
    """What was written beside a file, empty where nothing readable was."""
    return _content(_reason_of(path))


def _content(reason: Path) -> dict[str, Any]:
    try:
        content = json.loads(reason.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_reason(folder: DataFolder, path: Path, file: RefusedFile, at: datetime) -> None:
    before = _recorded(path)
    if {key: before.get(key) for key in asdict(file)} == asdict(file):
        return
    content = json.dumps(asdict(file) | {"at": at.isoformat()}, indent=2, ensure_ascii=False)
    durable.write(_reason_of(path), content.encode() + b"\n", _scratch(folder))
