"""What a person sees who takes a wrongly landed file out."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake.landing import take_in
from pipelines.intake.vault import Vault

Land = Callable[..., Path]

FILE_ID = sha256(b"wrong").hexdigest()


def test_a_withdrawn_file_is_in_no_feed_and_still_in_the_vault(folder: DataFolder, land: Land) -> None:
    for place in ("m1-grid/a.csv", "m2-grid/a.csv"):
        land(place, b"wrong")
    land("m1-grid/b.csv", b"right")
    take_in(folder, ["m1-grid", "m2-grid"])
    out = Vault(folder).withdraw(FILE_ID, "meter swapped")
    assert [(each.feed_id, each.file_name) for each in out] == [("m1-grid", "a.csv"), ("m2-grid", "a.csv")]
    assert [each.file_name for each in Vault(folder).deliveries()] == ["b.csv"]
    assert Vault(folder).blob(FILE_ID).read_bytes() == b"wrong"
    last = json.loads((folder.vault / "deliveries.jsonl").read_text().splitlines()[-1])
    assert (last["event"], last["reason"], last["seq"]) == ("withdrawn", "meter swapped", 4)


def test_landed_again_after_withdrawal_it_is_a_new_delivery(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv", b"wrong")
    take_in(folder, ["m1-grid"])
    Vault(folder).withdraw(FILE_ID, "by mistake")
    land("m1-grid/a.csv", b"wrong")
    (delivery,) = take_in(folder, ["m1-grid"]).taken
    assert delivery.received_seq == 3
    assert Vault(folder).deliveries() == [delivery]


@pytest.mark.parametrize("file_id", [FILE_ID, "0" * 64, "../../etc/passwd", ""])
def test_a_file_that_nobody_delivered_cannot_be_withdrawn(
    folder: DataFolder, land: Land, file_id: str
) -> None:
    land("m1-grid/a.csv", b"right")
    take_in(folder, ["m1-grid"])
    with pytest.raises(Refusal, match=r"unknown_file: no delivery .* stands.*quality\.files"):
        Vault(folder).withdraw(file_id, "typed wrongly")


def test_a_withdrawal_needs_a_reason(folder: DataFolder, land: Land) -> None:
    land("m1-grid/a.csv", b"wrong")
    take_in(folder, ["m1-grid"])
    with pytest.raises(Refusal, match="needs a reason"):
        Vault(folder).withdraw(FILE_ID, " ")


def test_a_path_is_no_file_id(folder: DataFolder) -> None:
    with pytest.raises(ValueError, match="is not a sha256"):
        Vault(folder).blob("../../../etc/passwd")
