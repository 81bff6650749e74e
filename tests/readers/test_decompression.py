"""Compressed deliveries: what opens, and that nothing damaged ever passes for whole."""

import gzip
import io
import random
import subprocess
import sys
import tarfile
import zipfile

import pytest
import zstandard

from pipelines.campus.refusal import Refusal

PLAIN = b"t,kw\n" + b"".join(b"2025-11-02T%02d:00:00Z,%d\n" % (i % 24, i * i) for i in range(2000))


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def gzipped(content: bytes) -> bytes:
    """Without the time of packing, so that test ids stay the same."""
    return gzip.compress(content, mtime=0)


def zstd(content):
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        gzipped(PLAIN),
        gzipped(PLAIN[:100]) + gzipped(PLAIN[100:]),
        zstd(PLAIN),
        zstd(PLAIN[:100]) + zstd(PLAIN[100:]),
        zipped({"a.csv": PLAIN}),
        zipped({"day/": b"", "day/a.csv": PLAIN}, zipfile.ZIP_STORED),
    ],
)
def test_plain_gzip_zstd_and_zip_give_the_same_rows(reading, content):
    table = reading(content)
    assert table.frame.height == 2000
    assert table.frame.row(-1) == (2001, "2025-11-02T07:00:00Z", "3996001")


def test_a_gzip_cut_anywhere_is_refused(reading):
    packed, chance = gzipped(PLAIN), random.Random(24)
    for _ in range(40):
        with pytest.raises(Refusal, match="gzip_truncated"):
            reading(packed[: chance.randrange(2, len(packed))])


def test_a_flipped_bit_in_a_gzip_is_refused(reading):
    packed, chance = gzipped(PLAIN), random.Random(25)
    for at in [chance.randrange(10, len(packed) - 8) for _ in range(32)] + list(range(-8, 0)):
        damaged = bytearray(packed)
        damaged[at] ^= 1 << chance.randrange(8)
        with pytest.raises(Refusal, match=r"archive_unreadable|gzip_truncated"):
            reading(bytes(damaged))


def test_a_cut_zstd_is_refused(reading):
    packed, chance = zstd(PLAIN), random.Random(26)
    for _ in range(40):
        with pytest.raises(Refusal, match="zstd_truncated"):
            reading(packed[: chance.randrange(4, len(packed))])


def test_a_flipped_bit_in_a_zstd_never_changes_a_row(reading):
    """Some bits of a frame are padding; the checksum tells every other."""
    packed, chance, whole, refused = zstd(PLAIN), random.Random(27), reading(PLAIN).frame, 0
    for _ in range(40):
        damaged = bytearray(packed)
        damaged[chance.randrange(4, len(packed))] ^= 1 << chance.randrange(8)
        try:
            assert reading(bytes(damaged)).frame.equals(whole)
        except Refusal:
            refused += 1
    assert refused > 35


def test_a_cut_or_flipped_zip_is_refused(reading):
    packed = zipped({"a.csv": PLAIN})
    with pytest.raises(Refusal, match="archive_unreadable"):
        reading(packed[: len(packed) // 2])
    for at in (1000, packed.rindex(b"PK\x01\x02"), packed.rindex(b"a.csv")):
        damaged = bytearray(packed)
        damaged[at] = 0xFF
        with pytest.raises(Refusal, match="archive_unreadable"):
            reading(bytes(damaged))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (zipped({"a.csv": PLAIN, "b.csv": PLAIN}), "several_members: the zip archive has 2 members"),
        (zipped({}), "several_members: the zip archive has 0 members"),
        (gzipped(gzipped(PLAIN)), "nested_archive: the archive holds a gzip archive"),
        (zstd(zipped({"a.csv": PLAIN})), "nested_archive: the archive holds a zip archive"),
        (tarred(PLAIN), "unsupported_archive: the file is a tar archive"),
        (gzipped(tarred(PLAIN)), "nested_archive: the archive holds a tar archive"),
        (b"BZh91AY&SY", "unsupported_archive: the file is a bzip2 archive"),
        (gzipped(PLAIN) + b"more", "archive_unreadable"),
        (
            zipped({"a.csv": PLAIN}, zipfile.ZIP_LZMA),
            "unsupported_archive: the zip archive is neither stored",
        ),
        (gzipped(b""), "empty_file"),
    ],
)
def test_other_archives_are_refused_with_what_they_are(reading, content, refusal):
    with pytest.raises(Refusal, match=refusal):
        reading(content)


def test_an_encrypted_zip_is_refused(reading):
    packed = bytearray(zipped({"a.csv": PLAIN}))
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Refusal, match="archive_encrypted"):
        reading(bytes(packed))


def bomb(packer, size=64 * 1024**2):
    return packer(b"1,2\n" * (size // 4))


@pytest.mark.parametrize("packer", [gzipped, zstd, lambda content: zipped({"a.csv": content})])
def test_a_bomb_is_refused(reading, packer):
    with pytest.raises(Refusal, match="archive_bomb"):
        reading(bomb(packer))


def test_a_bomb_costs_constant_memory(tmp_path):
    """One gigabyte of one line in a megabyte, read in a process of its own; the imports take 100 MB."""
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(1024):
            file.write(bytes(1024**2))
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from pipelines.campus.refusal import Refusal\n"
        "from pipelines.readers.decompression import decompressed\n"
        "try:\n"
        "    with decompressed(Path(sys.argv[1])): pass\n"
        "except Refusal as refusal:\n"
        "    peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())[1]\n"
        "    print(refusal.rule, int(peak) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    rule, megabytes = done.stdout.split()
    assert rule == "archive_bomb"
    assert int(megabytes) < 300
