"""Bad input, end to end: one clear message or a row in quality.*, nothing lost, the rest goes on.

One run meets everything that can be wrong with a file at once, beside two good files. A second run,
after the contracts are mended and the same bytes have landed again, needs nothing delivered anew.
"""

import gzip
import io
import os
import struct
import subprocess
import sys
import threading
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.paths import DataFolder

pytestmark = pytest.mark.long

REFERENCE = Path(__file__).parent / "tiny" / "reference"
MIDNIGHT = datetime(2025, 6, 2)
HEADER = "time,import_mw\n"


def wide(day: int, lines: int = 24, mw: int = 100, header: str = HEADER) -> bytes:
    """A day of the meter, day 0 being 2 June 2025."""
    start = MIDNIGHT + timedelta(days=day)
    hours = (start + timedelta(hours=n) for n in range(lines))
    return (header + "".join(f"{hour:%Y-%m-%d %H:%M},{mw}\n" for hour in hours)).encode()


def long(tag: str = "HALL.MW") -> bytes:
    hours = (MIDNIGHT + timedelta(hours=n) for n in range(24))
    return ("tag,time,value\n" + "".join(f"{tag},{hour:%Y-%m-%d %H:%M},90\n" for hour in hours)).encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def stored(energy: list[object], *, is_damaged: bool = False) -> bytes:
    """A Parquet file; damaged ones have zeros in the middle of the values."""
    buffer = io.BytesIO()
    times = [MIDNIGHT + timedelta(hours=n) for n in range(len(energy))]
    pl.DataFrame({"time": times, "energy": energy}).write_parquet(buffer, compression="uncompressed")
    content = buffer.getvalue()
    if not is_damaged:
        return content
    value = content.index(struct.pack("<d", energy[1]))
    return content[: value - 40] + bytes(30) + content[value - 10 :]


GOOD = {"meter": wide(0), "hall": long()}
REFUSED = {
    ("meter", "truncated.csv.gz"): (gzip.compress(wide(1))[:-12], "gzip_truncated"),
    ("meter", "corrupted.zip"): (
        zipped(("a.csv", wide(1))).replace(b"a.csv", b"b.csv", 1),
        "archive_unreadable",
    ),
    ("meter", "two_members.zip"): (zipped(("a.csv", wide(1)), ("b.csv", wide(2))), "several_members"),
    ("meter", "empty.csv"): (b"", "empty_file"),
    ("meter", "missing_column.csv"): (b"time\n2025-06-03 00:00\n", "missing_column"),
    ("meter", "renamed_column.csv"): (wide(1, header="time,import_kw\n"), "missing_column"),
    ("meter", "duplicated_column.csv"): (
        b"time,import_mw,import_mw\n2025-06-03 00:00,1,2\n",
        "duplicate_column",
    ),
    ("meter", "semicolons.csv"): (wide(1).replace(b",", b";"), "wrong_delimiter"),
    ("meter", "other_clock.csv"): (HEADER.encode() + b"yesterday,1\n31/06/2025,2\n", "no_readable_record"),
    ("store", "nested.parquet"): (stored([[1.0]] * 24), "column_without_text"),
    ("store", "damaged.parquet"): (
        stored([1.37 * n for n in range(24)], is_damaged=True),
        "parquet_unreadable",
    ),
}
DOUBTED = {
    "header_only.csv": HEADER.encode(),
    "ragged.csv": wide(3, 3) + b"2025-06-05 03:00\n2025-06-05 04:00,1,2\n",
    "not_utf8.csv": wide(4, 2) + b"2025-06-06 02:00,\xff\xfe\n",
    "all_refused.csv": HEADER.encode() + b"2025-06-07 00:00,a lot\n2025-06-07 01:00,more\n",
}


@pytest.fixture(scope="module")
def campus(new_campus):
    return new_campus(REFERENCE)


@pytest.fixture(scope="module")
def secret(campus):
    outside = campus.root / "secret.txt"
    outside.write_bytes(wide(7))
    return outside


@pytest.fixture(scope="module")
def bad_day(campus, secret):
    """Everything lands at once; one file is still being written while the run looks."""
    for feed, content in GOOD.items():
        campus.land(feed, "good.csv", content)
    for (feed, name), (content, _) in REFUSED.items():
        campus.land(feed, name, content)
    for name, content in DOUBTED.items():
        campus.land("meter", name, content)
    campus.land("meter", "good_again.csv", GOOD["meter"])
    campus.land("hall", "unknown_tag.csv", long("HALL.KW"))
    campus.land("nobody", "stray.csv", wide(5))
    campus.land("wrong_unit", "reactive.csv", wide(0, header="time,reactive\n", mw=20))
    campus.land("wrong_name", "frequency.csv", wide(0, header="time,frequency_hz\n", mw=60))
    (campus.root / "landing" / "meter" / "link.csv").symlink_to(secret)
    growing, written = campus.land("meter", "growing.csv", wide(6, 1)), threading.Event()
    writer = threading.Thread(target=_keep_writing, args=(growing, written))
    writer.start()
    try:
        return campus.run()
    finally:
        written.set()
        writer.join()


def _keep_writing(path: Path, enough: threading.Event) -> None:
    while path.exists() and not enough.wait(0.05):
        with path.open("ab") as file:
            file.write(b"2025-06-08 01:00,100\n")


@pytest.fixture(scope="module")
def accounts(campus, bad_day):
    """(feed, file) → rows in, loaded, rejected, duplicate, state."""
    found = campus.rows(
        "select feed_id, file_name, rows_in, rows_loaded, rows_rejected, rows_duplicate, state "
        "from quality.files"
    )
    return {(feed, name): tuple(rest) for feed, name, *rest in found}


def test_a_run_with_refused_files_ends_with_3_and_no_stack_trace(bad_day):
    assert bad_day.returncode == 3, bad_day.stderr
    assert "Traceback" not in bad_day.stdout + bad_day.stderr


def test_a_bad_feed_never_stops_another(campus, bad_day):
    assert campus.rows("select count(*), sum(load_mw) from readings.campus_load") == [(24, 24 * 90)]
    sql = "select count(*) from readings.grid where interval_start_utc < ?"
    assert campus.rows(sql, MIDNIGHT + timedelta(days=1)) == [(24,)]
    [(days,)] = campus.rows("select count(*) from marts.energy_balance_daily")
    assert days > 0


@pytest.mark.parametrize(("feed", "name"), REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_with_reason_and_remedy(campus, bad_day, feed, name):
    content, rule = REFUSED[feed, name]
    reason = campus.refusals(feed)[f"{name}.reason.json"]
    assert reason["rule"] == rule
    assert reason["reason"]
    assert reason["remedy"]
    assert (campus.root / "refused" / feed / name).read_bytes() == content
    assert rule in bad_day.stdout + bad_day.stderr
    blob = campus.root / "vault" / "blobs" / reason["file_id"][:2] / reason["file_id"]
    assert blob.read_bytes() == content


@pytest.mark.parametrize(("feed", "name"), REFUSED)
def test_a_refused_file_is_in_the_accounts_without_counts(accounts, feed, name):
    assert accounts[feed, name] == (None, None, None, None, "refused")


def test_a_renamed_column_is_named_with_what_is_there_instead(campus, bad_day):
    reason = campus.refusals("meter")["renamed_column.csv.reason.json"]["reason"]
    assert "'import_mw'" in reason
    assert "'import_kw'" in reason


def test_a_file_in_a_folder_that_is_no_feed_is_refused_but_kept(campus, bad_day):
    reason = campus.refusals("nobody")["stray.csv.reason.json"]
    assert reason["rule"] == "unknown_feed"
    assert "nobody" in bad_day.stdout + bad_day.stderr
    assert (campus.root / "refused" / "nobody" / "stray.csv").read_bytes() == wide(5)


def test_a_header_without_records_is_an_account_of_nothing(accounts):
    assert accounts["meter", "header_only.csv"] == (0, 0, 0, 0, "empty")


def test_ragged_records_are_rejected_and_the_others_loaded(campus, accounts):
    assert accounts["meter", "ragged.csv"][:4] == (5, 3, 2, 0)
    sql = "select row_number, raw from quality.rejected_rows where rule = 'ragged_row' order by 1"
    assert campus.rows(sql) == [(5, "2025-06-05 03:00"), (6, "2025-06-05 04:00,1,2")]


def test_a_record_that_is_not_utf8_is_rejected_and_the_others_loaded(campus, accounts):
    assert accounts["meter", "not_utf8.csv"][:4] == (3, 2, 1, 0)
    sql = "select row_number, raw from quality.rejected_rows where rule = 'invalid_encoding'"
    assert campus.rows(sql) == [(4, r"2025-06-06 02:00,\xff\xfe")]


def test_a_file_of_which_every_record_is_refused_says_so(campus, accounts):
    assert accounts["meter", "all_refused.csv"] == (2, 0, 2, 0, "rejected")
    sql = "select raw from quality.rejected_rows where rule = 'not_a_number' order by row_number"
    assert campus.rows(sql) == [("2025-06-07 00:00,a lot",), ("2025-06-07 01:00,more",)]


def test_records_of_an_unknown_tag_are_rejected_by_name(campus, accounts):
    assert accounts["hall", "unknown_tag.csv"] == (24, 0, 24, 0, "rejected")
    sql = "select count(*) from quality.rejected_rows where rule = 'unknown_tag' and raw like 'HALL.KW,%'"
    assert campus.rows(sql) == [(24,)]


def test_the_same_bytes_under_another_name_are_one_delivery(campus, accounts):
    """Files are taken in order of their names: good.csv before good_again.csv."""
    assert accounts["meter", "good.csv"][:4] == (24, 24, 0, 0)
    assert ("meter", "good_again.csv") not in accounts
    assert not (campus.root / "landing" / "meter" / "good_again.csv").exists()


def test_a_link_is_moved_aside_and_what_it_points_to_is_neither_read_nor_touched(campus, bad_day, secret):
    reason = campus.refusals("meter")["link.csv.reason.json"]
    assert (reason["rule"], reason["file_id"]) == ("unsafe_path", None)
    assert secret.read_bytes() == wide(7)
    day = MIDNIGHT + timedelta(days=7)
    assert campus.rows("select count(*) from readings.grid where interval_start_utc >= ?", day) == [(0,)]


def test_a_file_still_being_written_is_left_and_named(campus, bad_day):
    assert "growing.csv" in bad_day.stdout + bad_day.stderr
    assert (campus.root / "landing" / "meter" / "growing.csv").exists()
    assert not (campus.root / "refused" / "meter" / "growing.csv").exists()


def test_a_contract_with_an_unknown_unit_refuses_its_files_and_names_the_unit(campus, bad_day):
    [reason] = campus.refusals("wrong_unit").values()
    assert "megavars" in reason["reason"]
    assert "megavars" in bad_day.stdout + bad_day.stderr


def test_a_contract_with_half_a_clock_is_broken_before_any_file_is_read(campus):
    [mistake] = load_campus(DataFolder(campus.root)).broken["wrong_format"]
    assert "%Y-%m-%d %I:%M" in mistake.reason
    assert "meridiem" in mistake.reason


def test_accounts_of_every_file_add_up(campus, bad_day):
    wrong = """
        select file_name from quality.files
        where rows_in <> rows_loaded + rows_rejected + rows_duplicate
            or values_in <> values_loaded + values_null + values_nulled + values_duplicate + values_rejected
    """
    assert campus.rows(wrong) == []


@pytest.fixture(scope="module")
def mended(campus, accounts):
    """The contracts are corrected, the same bytes land again, the growing file has come to rest."""
    feeds = campus.root / "reference" / "feeds"
    for feed, wrong, right in (("wrong_unit", "megavars", "Mvar"), ("wrong_name", "freq,", "frequency_hz,")):
        contract = feeds / f"{feed}.yaml"
        text = contract.read_text(encoding="utf-8")
        assert wrong in text
        contract.write_text(text.replace(wrong, right), encoding="utf-8")
    campus.land("meter", "good_once_more.csv", GOOD["meter"])
    return campus.run()


def test_what_was_refused_before_is_not_refused_again(mended):
    assert mended.returncode == 0, mended.stderr
    assert "truncated.csv.gz" not in mended.stdout + mended.stderr


def test_after_mending_a_contract_running_again_is_enough(campus, mended):
    assert campus.rows(
        "select count(*), sum(reactive_mvar) from readings.grid where feed_id = 'wrong_unit'"
    ) == [(24, 24 * 20)]
    assert campus.rows(
        "select count(*), sum(frequency_hz) from readings.grid where feed_id = 'wrong_name'"
    ) == [(24, 24 * 60)]


def test_a_file_that_can_be_read_now_is_no_longer_refused(campus, mended):
    assert campus.refusals("wrong_unit") == {}
    assert campus.refusals("wrong_name") == {}
    assert "truncated.csv.gz.reason.json" in campus.refusals("meter")


def test_delivering_the_same_bytes_later_changes_nothing(campus, accounts, mended):
    assert campus.files("rows_in", "rows_loaded")["good.csv"] == (24, 24)
    sql = "select count(*) from readings.grid where feed_id = 'meter' and interval_start_utc < ?"
    assert campus.rows(sql, MIDNIGHT + timedelta(days=1)) == [(24,)]
    assert not list((campus.root / "landing").rglob("good*.csv"))


def test_a_file_that_has_come_to_rest_is_taken(campus, mended):
    assert not (campus.root / "landing" / "meter" / "growing.csv").exists()
    rows_in, loaded, rejected, duplicate = campus.files(
        "rows_in", "rows_loaded", "rows_rejected", "rows_duplicate"
    )["growing.csv"]
    assert loaded == 2
    assert rows_in == loaded + rejected + duplicate


FULL_DISK = """
set -e
mount -t tmpfs -o size=100m none "$DISK"
cp -r "$CAMPUS"/. "$DISK"
used=$(du -sk "$DISK" | cut -f 1)
for room in $ROOMS; do
    mount -o remount,size=$((used + room))k "$DISK"
    set +e
    "$HEADROOM" run > "$OUT/$room.txt" 2>&1
    echo $? > "$OUT/$room.code"
    set -e
    used=$(du -sk "$DISK" | cut -f 1)
done
mkdir "$OUT/data"
cp -r "$DISK"/. "$OUT/data"
"""
ROOMS = (8, 200, 1500, 8000, 90_000)
"""Room on the disk [KiB]: too little for the vault, for the lake, for the warehouse, for dbt; enough."""


@pytest.fixture(scope="module")
def full_disk(new_campus, tmp_path_factory):
    """The same campus on a disk that is full three times and then has room."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mount namespaces, so no small disk can be made")
    campus = new_campus(REFERENCE)
    for feed, content in GOOD.items():
        campus.land(feed, "good.csv", content)
    out, disk = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("disk")
    environment = os.environ | {
        "HEADROOM_DATA": str(disk),
        "DISK": str(disk),
        "CAMPUS": str(campus.root),
        "OUT": str(out),
        "ROOMS": " ".join(map(str, ROOMS)),
        "HEADROOM": str(Path(sys.executable).with_name("headroom")),
    }
    subprocess.run(["unshare", "-Urm", "sh", "-c", FULL_DISK], env=environment, check=True, timeout=600)
    return out


@pytest.mark.parametrize("room", ROOMS[:-1])
def test_a_full_disk_is_one_message_and_not_a_stack_trace(full_disk, room):
    said = (full_disk / f"{room}.txt").read_text(encoding="utf-8")
    assert (full_disk / f"{room}.code").read_text().strip() == "1", said
    [message] = [line for line in said.splitlines() if not line.endswith("…")]
    assert message.startswith("headroom: ")
    assert "space" in message or "disk" in message.lower()


def test_with_room_again_the_next_run_finishes_what_had_landed(full_disk, campus):
    assert (full_disk / f"{ROOMS[-1]}.code").read_text().strip() == "0"
    recovered = type(campus)(full_disk / "data")
    assert recovered.files("rows_in", "rows_loaded") == {"good.csv": (24, 24)}
    assert recovered.rows("select feed_id, file_name from quality.files order by 1") == [
        ("hall", "good.csv"),
        ("meter", "good.csv"),
    ]
