"""What a person sees who drops files into landing/."""

import json
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake.delivery import Delivery, Left, Repeat
from pipelines.intake.landing import take_in
from pipelines.intake.refused import clear_refusal, record_refusal
from pipelines.intake.vault import Vault

Land = Callable[..., Path]

CONTENT = b"a,b\n1,2\n"
FILE_ID = sha256(CONTENT).hexdigest()
NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_landed_file_goes_to_the_vault_and_is_recorded(folder: DataFolder, land: Land) -> None:
    land("m1-grid/october.csv", CONTENT)
    intake = take_in(folder, ["m1-grid"], now=lambda: NOON)
    assert intake.taken == [Delivery("m1-grid", FILE_ID, "october.csv", 8, NOON, 1)]
    assert Vault(folder).deliveries() == intake.taken
    blob = Vault(folder).blob(FILE_ID)
    assert blob == folder.vault / "blobs" / FILE_ID[:2] / FILE_ID
    assert blob.read_bytes() == CONTENT
    assert blob.stat().st_mode & 0o777 == 0o440
    assert names(folder.root) == ["vault/blobs/" + FILE_ID[:2] + "/" + FILE_ID, "vault/deliveries.jsonl"]


def test_the_delivery_log_is_one_json_line_for_each_delivery(folder: DataFolder, land: Land) -> None:
    land("m1-grid/october.csv", CONTENT)
    take_in(folder, ["m1-grid"], now=lambda: NOON)
    lines = (folder.vault / "deliveries.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "seq": 1,
            "event": "received",
            "feed_id": "m1-grid",
            "file_id": FILE_ID,
            "file_name": "october.csv",
            "size": 8,
            "at": "2025-11-03T12:00:00+00:00",
        }
    ]


def test_nothing_landed_and_no_landing_folder_is_nothing_to_do(tmp_path: Path) -> None:
    intake = take_in(DataFolder(tmp_path), ["m1-grid"])
    assert (intake.taken, intake.repeated, intake.refused, intake.left) == ([], [], [], [])
    assert names(tmp_path) == []


def test_an_empty_file_is_a_delivery(folder: DataFolder, land: Land) -> None:
    land("m1-grid/empty.csv", b"")
    assert take_in(folder, ["m1-grid"]).taken[0].size == 0


def test_files_in_sub_folders_are_taken_in_the_order_of_their_paths(folder: DataFolder, land: Land) -> None:
    land("m1-grid/b.csv", b"3")
    land("m1-grid/2025/11/a.csv", b"1")
    land("m1-grid/a folder named x.csv/a.csv", b"2")
    taken = take_in(folder, ["m1-grid"]).taken
    assert [(each.received_seq, each.file_name, each.size) for each in taken] == [
        (1, "a.csv", 1),
        (2, "a.csv", 1),
        (3, "b.csv", 1),
    ]
    assert Vault(folder).blob(taken[2].file_id).read_bytes() == b"3"


def test_the_same_bytes_again_are_no_new_delivery(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv", CONTENT)
    land("m1-grid/b.csv", CONTENT)
    first = take_in(folder, ["m1-grid"])
    assert [each.file_name for each in first.taken] == ["a.csv"]
    assert first.repeated == [Repeat("m1-grid", "b.csv", FILE_ID)]
    land("m1-grid/c.csv", CONTENT)
    again = take_in(folder, ["m1-grid"])
    assert (again.taken, again.repeated) == ([], [Repeat("m1-grid", "c.csv", FILE_ID)])
    assert Vault(folder).deliveries() == first.taken
    assert names(folder.landing) == []


def test_the_same_bytes_in_another_feed_are_another_delivery(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv", CONTENT)
    land("m2-grid/a.csv", CONTENT)
    take_in(folder, ["m1-grid", "m2-grid"])
    found = [(each.feed_id, each.file_id, each.received_seq) for each in Vault(folder).deliveries()]
    assert found == [("m1-grid", FILE_ID, 1), ("m2-grid", FILE_ID, 2)]


def test_a_corrected_file_of_the_same_name_is_another_delivery(folder: DataFolder, land: Land) -> None:
    for content in (b"first", b"corrected"):
        land("m1-grid/a.csv", content)
        take_in(folder, ["m1-grid"])
    assert [(each.file_name, each.size) for each in Vault(folder).deliveries()] == [
        ("a.csv", 5),
        ("a.csv", 9),
    ]


def test_a_blob_that_was_damaged_is_whole_again_when_its_file_is_landed_again(
    folder: DataFolder, land: Land
) -> None:
    land("m1-grid/a.csv", CONTENT)
    take_in(folder, ["m1-grid"])
    blob = Vault(folder).blob(FILE_ID)
    blob.unlink()
    land("m1-grid/a.csv", CONTENT)
    assert take_in(folder, ["m1-grid"]).repeated == [Repeat("m1-grid", "a.csv", FILE_ID)]
    assert blob.read_bytes() == CONTENT


# Unknown feeds


def test_a_file_of_an_unknown_feed_is_refused_and_kept(folder: DataFolder, land: Land) -> None:
    land("m9-grid/a.csv", CONTENT)
    intake = take_in(folder, ["m1-grid"], now=lambda: NOON)
    (refused,) = intake.refused
    assert (refused.feed_id, refused.file_name, refused.file_id) == ("m9-grid", "a.csv", FILE_ID)
    assert refused.rule == "unknown_feed"
    assert "reference/feeds/m9-grid.yaml" in refused.remedy
    assert intake.taken == []
    assert (folder.refused / "m9-grid/a.csv").read_bytes() == CONTENT
    reason = json.loads((folder.refused / "m9-grid/a.csv.reason.json").read_text())
    assert reason == {
        "rule": "unknown_feed",
        "reason": "there is no feed 'm9-grid'",
        "remedy": refused.remedy,
        "feed_id": "m9-grid",
        "file_name": "a.csv",
        "file_id": FILE_ID,
        "at": "2025-11-03T12:00:00+00:00",
    }
    assert names(folder.landing) == []


def test_once_the_contract_is_written_the_file_is_there_without_landing_it_again(
    folder: DataFolder, land: Land
) -> None:
    land("m9-grid/a.csv", CONTENT)
    take_in(folder, [])
    (delivery,) = Vault(folder).deliveries()
    assert (delivery.feed_id, delivery.file_id) == ("m9-grid", FILE_ID)
    clear_refusal(folder, delivery)
    assert names(folder.refused) == []


def test_a_file_of_an_unknown_feed_is_refused_each_time_it_lands_and_recorded_once(
    folder: DataFolder, land: Land
) -> None:
    for _ in range(2):
        land("m9-grid/a.csv", CONTENT)
        assert [each.rule for each in take_in(folder, []).refused] == ["unknown_feed"]
    assert len(Vault(folder).deliveries()) == 1
    assert names(folder.refused) == ["m9-grid/a.csv", "m9-grid/a.csv.reason.json"]


def test_a_refused_file_may_be_moved_back_into_another_feeds_folder(folder: DataFolder, land: Land) -> None:
    land("m9-grid/a.csv", CONTENT)
    take_in(folder, ["m1-grid"])
    (folder.landing / "m1-grid").mkdir()
    (folder.refused / "m9-grid/a.csv").rename(folder.landing / "m1-grid/a.csv")
    taken = take_in(folder, ["m1-grid"], settle_s=0).taken
    assert [(each.feed_id, each.file_id) for each in taken] == [("m1-grid", FILE_ID)]


def test_a_file_directly_in_landing_is_refused_and_kept(folder: DataFolder, land: Land) -> None:
    land("a.csv", CONTENT)
    (refused,) = take_in(folder, ["m1-grid"]).refused
    assert (refused.feed_id, refused.rule, refused.file_id) == ("", "no_feed_folder", FILE_ID)
    assert refused.remedy == "Put it into landing/<feed>/"
    assert (folder.refused / "unknown/a.csv").read_bytes() == CONTENT
    assert Vault(folder).blob(FILE_ID).read_bytes() == CONTENT
    assert Vault(folder).deliveries() == []


@pytest.mark.parametrize("name", ["My Feed", "..x", "feed;drop", "ä", "x" * 64, "a\nb"])
def test_a_folder_that_cannot_name_a_feed_never_becomes_a_path(
    folder: DataFolder, land: Land, name: str
) -> None:
    land(f"{name}/a.csv", CONTENT)
    intake = take_in(folder, [name])
    if name.startswith("."):
        assert [each.feed_id for each in intake.left] == [""]
        return
    assert [(each.feed_id, each.rule) for each in intake.refused] == [("", "unknown_feed")]
    assert "\n" not in intake.refused[0].reason
    assert names(folder.refused) == ["unknown/a.csv", "unknown/a.csv.reason.json"]
    assert Vault(folder).deliveries() == []


# Files that are not ready


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.csv.tmp", "A.CSV.PART", ".folder/a.csv"])
def test_hidden_and_unfinished_names_are_left_alone_and_said_so(
    folder: DataFolder, land: Land, name: str
) -> None:
    path = land(f"m1-grid/{name}")
    intake = take_in(folder, ["m1-grid"])
    reason = "its name is hidden or ends in .part or .tmp; rename it when it is complete"
    assert intake.left == [Left("m1-grid", name.split("/")[0], reason)]
    assert path.exists()
    assert intake.taken == []


def test_a_file_that_grows_is_left_and_taken_by_the_next_run(folder: DataFolder, land: Land) -> None:
    path = land("m1-grid/a.csv", b"1\n")
    land("m1-grid/old.csv", b"old")
    os.utime(path)

    def write_on() -> None:
        with path.open("ab") as file:
            file.write(b"2\n")

    writer = threading.Timer(0.1, write_on)
    writer.start()
    intake = take_in(folder, ["m1-grid"], settle_s=0.5)
    writer.join()
    assert [(each.file_name, each.reason.split(":")[0]) for each in intake.left] == [
        ("a.csv", "still_being_written")
    ]
    assert [each.file_name for each in intake.taken] == ["old.csv"]
    assert [each.size for each in take_in(folder, ["m1-grid"], settle_s=0).taken] == [4]


def test_old_files_do_not_wait(folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch) -> None:
    land("m1-grid/a.csv")
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    take_in(folder, ["m1-grid"], settle_s=2.0)
    assert waits == []


def test_young_files_wait_once_together(
    folder: DataFolder, land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        os.utime(land(f"m1-grid/{number}.csv", bytes([number])))
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    assert len(take_in(folder, ["m1-grid"], settle_s=2.0).taken) == 3
    assert waits == [2.0]


# What the river says about files that no contract can read

BROKEN = Refusal("schema_mismatch", "no column `MW`", "Mend `tags` in the contract")


def test_a_delivered_file_that_cannot_be_read_is_shown_in_refused_until_it_can(
    folder: DataFolder, land: Land
) -> None:
    land("m1-grid/a.csv", CONTENT)
    (delivery,) = take_in(folder, ["m1-grid"]).taken
    refused = record_refusal(folder, delivery, BROKEN, now=lambda: NOON)
    assert (refused.rule, refused.reason, refused.file_id) == ("schema_mismatch", "no column `MW`", FILE_ID)
    record_refusal(folder, delivery, BROKEN)
    reason = json.loads((folder.refused / "m1-grid/a.csv.reason.json").read_text())
    assert (reason["rule"], reason["at"]) == ("schema_mismatch", "2025-11-03T12:00:00+00:00")
    assert (folder.refused / "m1-grid/a.csv").read_bytes() == CONTENT
    clear_refusal(folder, delivery)
    clear_refusal(folder, delivery)
    assert names(folder.refused) == []


def test_two_refused_files_of_one_name_lie_side_by_side(folder: DataFolder, land: Land) -> None:
    for content in (b"one", b"two"):
        land("m1-grid/a.csv", content)
        take_in(folder, ["m1-grid"])
    first, second = Vault(folder).deliveries()
    for delivery in (first, second, first):
        record_refusal(folder, delivery, BROKEN)
    marked = f"m1-grid/a-{second.file_id[:8]}.csv"
    assert names(folder.refused) == sorted(
        ["m1-grid/a.csv", "m1-grid/a.csv.reason.json", marked, f"{marked}.reason.json"]
    )
    assert (folder.refused / marked).read_bytes() == b"two"
    clear_refusal(folder, first)
    assert names(folder.refused) == [marked, f"{marked}.reason.json"]


def test_a_reason_that_changes_is_written_again(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv")
    (delivery,) = take_in(folder, ["m1-grid"]).taken
    record_refusal(folder, delivery, BROKEN)
    record_refusal(folder, delivery, Refusal("unknown_unit", "GW", "Write MW"))
    reason = json.loads((folder.refused / "m1-grid/a.csv.reason.json").read_text())
    assert reason["rule"] == "unknown_unit"


def test_a_file_named_like_a_reason_does_not_hide_another(folder: DataFolder, land: Land) -> None:
    land("m9-grid/a.csv", b"one")
    land("m9-grid/a.csv.reason.json", b"two")
    take_in(folder, [])
    assert names(folder.refused) == [
        "m9-grid/a.csv",
        "m9-grid/a.csv.reason.json",
        "m9-grid/a.csv_reason.json",
        "m9-grid/a.csv_reason.json.reason.json",
    ]
