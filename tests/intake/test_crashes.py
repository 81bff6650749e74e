"""Whatever step a run dies at, the next one converges: nothing lost, nothing doubled."""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake.landing import take_in
from pipelines.intake.vault import Vault

Land = Callable[..., Path]
DYING = Path(__file__).with_name("dying.py")
MOST_STEPS = 150

LANDED = {
    ("m1-grid", "a.csv"): b"one",
    ("m1-grid", "b.csv"): b"two",
    ("m9-grid", "c.csv"): b"no such feed",
}


def die(root: Path, when: str) -> int:
    """How many runs died, the n-th in root/n."""
    ended = subprocess.run(
        [sys.executable, str(DYING), str(root), when],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return int(ended.stdout)


def fill(folder: DataFolder) -> None:
    for (feed, name), content in LANDED.items():
        path = folder.landing / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder.landing / "m1-grid/link.csv").symlink_to("/etc/hostname")


def blobs(folder: DataFolder) -> list[bytes]:
    return sorted(path.read_bytes() for path in (folder.vault / "blobs").rglob("*") if path.is_file())


def check_converged(folder: DataFolder) -> None:
    vault = Vault(folder)
    deliveries = vault.deliveries()
    assert {(each.feed_id, each.file_name): vault.blob(each.file_id).read_bytes() for each in deliveries} == (
        LANDED
    )
    assert len(deliveries) == 3
    numbers = [each.received_seq for each in deliveries]
    assert numbers == sorted(set(numbers))
    assert blobs(folder) == sorted(LANDED.values())
    assert [path for path in folder.landing.rglob("*") if not path.is_dir()] == []
    assert list((folder.vault / "incoming").iterdir()) == []
    assert (folder.refused / "m9-grid/c.csv").read_bytes() == b"no such feed"
    assert (folder.refused / "m1-grid/link.csv").is_symlink()
    assert list((folder.refused / ".incoming").iterdir()) == []


@pytest.mark.parametrize("when", ["before", "after", "half"])
def test_a_run_killed_at_any_step_is_mended_by_the_next(tmp_path: Path, when: str) -> None:
    for number in range(1, MOST_STEPS):
        fill(DataFolder(tmp_path / str(number)))
    died = die(tmp_path, when)
    assert 40 < died < MOST_STEPS
    for number in range(1, died + 1):
        folder = DataFolder(tmp_path / str(number))
        take_in(folder, ["m1-grid"], settle_s=0)
        check_converged(folder)


# A torn last line


def deliver(folder: DataFolder, land: Land) -> Path:
    land("m1-grid/a.csv", b"one")
    take_in(folder, ["m1-grid"])
    return folder.vault / "deliveries.jsonl"


@pytest.mark.parametrize("torn", [b'{"seq": 2, "event": "rec', b"\0" * 80, b"\0" * 80 + b'": 2}\n', b"\n"])
def test_a_torn_last_line_does_not_count_and_is_set_aside(
    folder: DataFolder, land: Land, torn: bytes
) -> None:
    log = deliver(folder, land)
    whole = log.read_bytes()
    log.write_bytes(whole + torn)
    assert [each.file_name for each in Vault(folder).deliveries()] == ["a.csv"]
    assert log.read_bytes() == whole + torn
    land("m1-grid/b.csv", b"two")
    take_in(folder, ["m1-grid"])
    assert [(each.file_name, each.received_seq) for each in Vault(folder).deliveries()] == [
        ("a.csv", 1),
        ("b.csv", 2),
    ]
    aside = folder.vault / f"deliveries.torn-{sha256(torn).hexdigest()[:16]}"
    assert aside.read_bytes() == torn


def test_a_whole_line_without_its_end_was_never_acknowledged(folder: DataFolder, land: Land) -> None:
    log = deliver(folder, land)
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    assert Vault(folder).deliveries() == []
    land("m1-grid/a.csv", b"one")
    assert [each.received_seq for each in take_in(folder, ["m1-grid"]).taken] == [1]


def test_a_damaged_line_further_up_stops_the_run_and_names_it(folder: DataFolder, land: Land) -> None:
    log = deliver(folder, land)
    land("m1-grid/b.csv", b"two")
    take_in(folder, ["m1-grid"])
    content = log.read_bytes()
    log.write_bytes(b"X" + content[1:])
    path = land("m1-grid/c.csv", b"three")
    with pytest.raises(Refusal, match=r"delivery_log_damaged: .*deliveries\.jsonl, line 1 cannot be read"):
        take_in(folder, ["m1-grid"])
    assert path.exists()


def test_lines_in_another_order_are_damage(folder: DataFolder, land: Land) -> None:
    log = deliver(folder, land)
    for content in (b"two", b"three"):
        land("m1-grid/b.csv", content)
        take_in(folder, ["m1-grid"])
    one, two, three = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(two + one + three)
    with pytest.raises(Refusal, match="line 2 cannot be read: `seq` does not rise"):
        Vault(folder).deliveries()
