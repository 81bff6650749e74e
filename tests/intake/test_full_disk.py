"""A full disk: one clear message, nothing lost, and it goes on once there is room."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.intake.durable import DiskFull
from pipelines.intake.landing import take_in
from pipelines.intake.vault import Vault

Land = Callable[..., Path]

LIMITED = """
import resource, sys
from pathlib import Path
from pipelines.campus.paths import DataFolder
from pipelines.intake.durable import DiskFull
from pipelines.intake.landing import take_in
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    take_in(DataFolder(Path(sys.argv[1])), ["m1-grid"])
except DiskFull as full:
    print(full)
    sys.exit(3)
"""

TMPFS = f"""
mount -t tmpfs -o size=256k tmpfs "$1/vault" || exit 77
{sys.executable} - "$1" <<'PYTHON'
import sys
from pathlib import Path
from pipelines.campus.paths import DataFolder
from pipelines.intake import durable
from pipelines.intake.landing import take_in
durable._free = lambda place: None
try:
    take_in(DataFolder(Path(sys.argv[1])), ["m1-grid"])
except durable.DiskFull as full:
    print(full)
print(sorted(str(path) for path in Path(sys.argv[1], "vault").rglob("*") if path.is_file()))
PYTHON
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_file_beyond_the_size_limit_stays_in_landing(folder: DataFolder, land: Land) -> None:
    path = land("m1-grid/b.csv", b"x" * 100_000)
    land("m1-grid/a.csv", b"small")
    ended = python(sys.executable, "-c", LIMITED, str(folder.root), "4096")
    assert ended.returncode == 3, ended.stderr
    said = (
        f"file too large: {folder.vault / 'incoming'} needs 100000 bytes: no file of this process may exceed"
    )
    assert f"{said} 4096 bytes. Raise the limit" in ended.stdout
    assert "disk full" not in ended.stdout
    assert path.stat().st_size == 100_000
    assert [each.file_name for each in Vault(folder).deliveries()] == ["a.csv"]
    assert len([blob for blob in (folder.vault / "blobs").rglob("*") if blob.is_file()]) == 1
    assert list((folder.vault / "incoming").iterdir()) == []
    assert [each.size for each in take_in(folder, ["m1-grid"]).taken] == [100_000]


def test_a_log_without_room_for_a_line_leaves_the_file_in_landing(folder: DataFolder, land: Land) -> None:
    for number in range(4):
        land(f"m1-grid/{number}.csv", bytes([number]))
    ended = python(sys.executable, "-c", LIMITED, str(folder.root), "500")
    assert ended.returncode == 3, ended.stderr
    assert "deliveries.jsonl needs" in ended.stdout
    assert (folder.vault / "deliveries.jsonl").stat().st_size == 500
    assert [each.received_seq for each in Vault(folder).deliveries()] == [1, 2]
    assert [path.name for path in sorted((folder.landing / "m1-grid").iterdir())] == ["2.csv", "3.csv"]
    take_in(folder, ["m1-grid"])
    assert [each.file_name for each in Vault(folder).deliveries()] == ["0.csv", "1.csv", "2.csv", "3.csv"]


class Small(NamedTuple):
    f_bavail: int = 7
    f_frsize: int = 1
    f_blocks: int = 100


def test_a_file_larger_than_the_free_space_is_not_begun(
    folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = land("m1-grid/a.csv", b"12345678")
    monkeypatch.setattr(os, "statvfs", lambda _: Small())
    with pytest.raises(DiskFull, match="needs 8 bytes, 7 are free") as caught:
        take_in(folder, ["m1-grid"])
    assert (caught.value.need, caught.value.have) == (8, 7)
    assert path.read_bytes() == b"12345678"
    assert Vault(folder).deliveries() == []


def test_a_full_file_system_leaves_no_partial_blob(folder: DataFolder, land: Land) -> None:
    path = land("m1-grid/b.csv", b"x" * 1_000_000)
    land("m1-grid/a.csv", b"small")
    folder.vault.mkdir()
    ended = python("unshare", "-Urm", "sh", "-c", TMPFS, "sh", str(folder.root))
    if ended.returncode in (1, 77):
        pytest.skip("this machine lets nobody mount a tmpfs in a name space of their own")
    said, files = ended.stdout.splitlines()
    assert "needs 1000000 bytes" in said
    assert "(No space left on device)" in said
    assert files.count("/blobs/") == 1
    assert "incoming" not in files
    assert path.exists()
