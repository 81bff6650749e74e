"""Names in landing/ that would lead out of it are refused, moved aside and never read."""

import errno
import json
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.intake import opening
from pipelines.intake.landing import take_in
from pipelines.intake.refused import safe_name
from pipelines.intake.vault import Vault

Land = Callable[..., Path]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file outside the landing folder."""
    path = tmp_path / "outside" / "secret.csv"
    path.parent.mkdir()
    path.write_bytes(b"secret")
    return path


@pytest.fixture
def feed(folder: DataFolder) -> Path:
    path = folder.landing / "m1-grid"
    path.mkdir()
    return path


def refuse_one(folder: DataFolder) -> str:
    """Takes in, expects one unsafe name and nothing in the vault; gives the reason."""
    intake = take_in(folder, ["m1-grid"], settle_s=0)
    (refused,) = intake.refused
    assert (refused.rule, refused.file_id) == ("unsafe_path", None)
    assert (intake.taken, intake.left) == ([], [])
    assert Vault(folder).deliveries() == []
    assert not (folder.vault / "blobs").exists()
    return refused.reason


def test_a_symbolic_link_is_moved_and_not_followed(folder: DataFolder, feed: Path, secret: Path) -> None:
    (feed / "a.csv").symlink_to(secret)
    assert refuse_one(folder) == "it is a symbolic link"
    assert (folder.refused / "m1-grid/a.csv").readlink() == secret
    reason = json.loads((folder.refused / "m1-grid/a.csv.reason.json").read_text())
    assert (reason["rule"], reason["file_id"]) == ("unsafe_path", None)
    assert list(feed.iterdir()) == []
    assert secret.read_bytes() == b"secret"


def test_a_linked_folder_is_moved_and_not_entered(folder: DataFolder, feed: Path, secret: Path) -> None:
    (feed / "more").symlink_to(secret.parent)
    assert refuse_one(folder) == "it is a symbolic link"
    assert (folder.refused / "m1-grid/more").is_symlink()


def test_a_linked_feed_folder_is_not_entered(folder: DataFolder, secret: Path) -> None:
    (folder.landing / "m1-grid").symlink_to(secret.parent)
    assert refuse_one(folder) == "it is a symbolic link"


def test_a_dangling_link_is_refused(folder: DataFolder, feed: Path) -> None:
    (feed / "a.csv").symlink_to("nowhere")
    assert refuse_one(folder) == "it is a symbolic link"


def test_a_hard_link_is_moved_and_not_read(folder: DataFolder, feed: Path, secret: Path) -> None:
    (feed / "a.csv").hardlink_to(secret)
    assert refuse_one(folder) == "it is a hard link: the file has 2 names"
    assert (folder.refused / "m1-grid/a.csv").samefile(secret)


def test_a_pipe_does_not_hang_the_run(folder: DataFolder, feed: Path) -> None:
    os.mkfifo(feed / "a.csv")
    assert refuse_one(folder) == "it is a pipe, a socket or a device, not a regular file"
    assert stat.S_ISFIFO((folder.refused / "m1-grid/a.csv").stat().st_mode)


def test_a_socket_is_refused(folder: DataFolder, feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(feed)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.csv")
    assert refuse_one(folder) == "it is a pipe, a socket or a device, not a regular file"


def test_a_device_is_refused(folder: DataFolder, feed: Path) -> None:
    try:
        os.mknod(feed / "a.csv", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making a device node needs root")
    assert refuse_one(folder) == "it is a pipe, a socket or a device, not a regular file"


@pytest.mark.parametrize("name", [b"a\nb.csv", b"a\x1b[31m.csv", b"a\xff.csv", "a\u2028b.csv".encode()])
def test_a_name_that_is_no_plain_text_is_refused(folder: DataFolder, feed: Path, name: bytes) -> None:
    (feed / os.fsdecode(name)).write_bytes(b"1")
    assert refuse_one(folder) == "its name holds line breaks, control characters or bytes that are not UTF-8"
    for path in (folder.refused / "m1-grid").iterdir():
        assert path.name.isprintable()


def test_a_name_of_255_bytes_is_taken_and_may_be_refused(folder: DataFolder, land: Land) -> None:
    name = "x" * 251 + ".csv"
    land(f"m1-grid/{name}", b"1")
    land(f"m9-grid/{name}", b"2")
    intake = take_in(folder, ["m1-grid"])
    assert intake.taken[0].file_name == name
    assert intake.refused[0].rule == "unknown_feed"
    kept = "x" * 196 + ".csv"
    assert sorted(path.name for path in (folder.refused / "m9-grid").iterdir()) == [
        kept,
        f"{kept}.reason.json",
    ]


def test_a_file_beyond_the_cap_is_moved_and_not_read(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv", b"12345")
    (refused,) = take_in(folder, ["m1-grid"], max_bytes=4).refused
    assert (refused.rule, refused.reason, refused.file_id) == (
        "too_large",
        "5 bytes; at most 4 are taken",
        None,
    )
    assert (folder.refused / "m1-grid/a.csv").read_bytes() == b"12345"
    assert not (folder.vault / "blobs").exists()


def test_two_unsafe_files_of_one_name_lie_side_by_side(folder: DataFolder, feed: Path, secret: Path) -> None:
    for _ in range(2):
        (feed / "a.csv").symlink_to(secret)
        refuse_one(folder)
    assert len([path for path in (folder.refused / "m1-grid").iterdir() if path.is_symlink()]) == 2


def test_an_unsafe_file_does_not_stop_the_others(folder: DataFolder, land: Land, secret: Path) -> None:
    land("m1-grid/b.csv", b"good")
    (folder.landing / "m1-grid/a.csv").symlink_to(secret)
    intake = take_in(folder, ["m1-grid"])
    assert [each.file_name for each in intake.refused] == ["a.csv"]
    assert [each.file_name for each in intake.taken] == ["b.csv"]


def test_a_name_that_cannot_be_moved_stays_and_is_told(
    folder: DataFolder, feed: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (feed / "a.csv").symlink_to(secret)

    def other_file_system(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    rename = os.rename
    monkeypatch.setattr(
        os, "rename", lambda *a, **k: other_file_system() if "src_dir_fd" in k else rename(*a, **k)
    )
    intake = take_in(folder, ["m1-grid"])
    assert [each.rule for each in intake.refused] == ["unsafe_path"]
    assert [each.reason.split(":")[0] for each in intake.left] == [
        "unsafe_path; it cannot be moved to refused"
    ]
    assert (feed / "a.csv").is_symlink()


# Swapped while it is looked at


def test_a_file_swapped_for_a_link_after_the_look_is_not_followed(
    folder: DataFolder, land: Land, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = land("m1-grid/a.csv", b"good")
    look = os.stat

    def swap_after(name: object, *args: object, **kwargs: object) -> os.stat_result:
        status = look(name, *args, **kwargs)  # type: ignore[arg-type]
        if name == "a.csv" and not path.is_symlink():
            path.unlink()
            path.symlink_to(secret)
        return status

    monkeypatch.setattr(opening.os, "stat", swap_after)
    intake = take_in(folder, ["m1-grid"])
    assert intake.taken == []
    assert [each.reason.split(" (")[0] for each in intake.left] == [
        f"it cannot be opened: {os.strerror(errno.ELOOP)}"
    ]
    assert not (folder.vault / "blobs").exists()


def test_a_folder_swapped_for_a_link_after_the_look_is_not_entered(
    folder: DataFolder, land: Land, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land("m1-grid/more/secret.csv", b"good")
    find = opening.find

    def swap_after(landing: Path) -> list[opening.Found]:
        found = find(landing)
        (landing / "m1-grid/more").rename(landing / "m1-grid/gone")
        (landing / "m1-grid/more").symlink_to(secret.parent)
        return found

    monkeypatch.setattr(opening, "find", swap_after)
    intake = take_in(folder, ["m1-grid"])
    assert intake.taken == []
    assert intake.left[0].reason.startswith("its folder cannot be opened: ")


def test_a_file_replaced_while_it_is_copied_is_not_lost(
    folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = land("m1-grid/a.csv", b"first")
    read = os.read

    def replace_before(descriptor: int, size: int) -> bytes:
        if path.exists() and path.read_bytes() == b"first":
            other = path.with_name(".other")
            other.write_bytes(b"second")
            other.rename(path)
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", replace_before)
    intake = take_in(folder, ["m1-grid"])
    monkeypatch.undo()
    assert [each.size for each in intake.taken] == [5]
    assert [each.reason.split(":")[0] for each in intake.left] == ["still_being_written"]
    take_in(folder, ["m1-grid"], settle_s=0)
    blobs = [Vault(folder).blob(each.file_id).read_bytes() for each in Vault(folder).deliveries()]
    assert blobs == [b"first", b"second"]


@pytest.mark.parametrize("mode", ["ab", "wb"])
def test_a_file_written_to_while_it_is_copied_is_left(
    folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    path = land("m1-grid/a.csv", b"1")
    read = os.read

    def write_before(descriptor: int, size: int) -> bytes:
        with path.open(mode) as file:
            file.write(b"2")
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", write_before)
    intake = take_in(folder, ["m1-grid"])
    assert intake.taken == []
    assert [each.reason.split(":")[0] for each in intake.left] == ["still_being_written"]
    assert list((folder.vault / "incoming").iterdir()) == []


def test_a_file_that_may_not_be_read_is_left_and_told(
    folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    land("m1-grid/a.csv")
    land("m1-grid/b.csv")
    really_open = os.open

    def closed(name: object, *args: object, **kwargs: object) -> int:
        if name == "a.csv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", closed)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    intake = take_in(folder, ["m1-grid"])
    assert [each.reason for each in intake.left] == ["it cannot be opened: Permission denied (user id 1000)"]
    assert [each.file_name for each in intake.taken] == ["b.csv"]


def test_folders_too_deep_are_left_alone(folder: DataFolder, land: Land) -> None:
    land("m1-grid/" + "d/" * 40 + "a.csv")
    intake = take_in(folder, ["m1-grid"])
    assert [each.reason for each in intake.left] == ["this folder cannot be entered, or lies too deep"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("october.csv", "october.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("...", "file"),
        (".hidden", "hidden"),
        ("a b\n\x1b.csv", "a_b__.csv"),
        ("a.reason.json", "a_reason.json"),
        ("", "file"),
    ],
)
def test_a_name_becomes_a_path_only_in_letters_digits_and_dots(name: str, safe: str) -> None:
    assert safe_name(name) == safe
