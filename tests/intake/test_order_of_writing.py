"""Nothing is removed from landing/ before its bytes and its line in the log are durable."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.intake.landing import take_in

Land = Callable[..., Path]
FILE_ID = sha256(b"one").hexdigest()


@pytest.fixture
def steps(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the disk, in order; the name of a temporary file is written as `*`."""
    found: list[str] = []

    def told(place: object) -> str:
        path = Path(f"/proc/self/fd/{place}").readlink() if isinstance(place, int) else Path(str(place))
        name = str(path.relative_to(folder.root)) if path.is_absolute() else path.name
        return "vault/incoming/*" if name.startswith("vault/incoming/") else name

    def watch(name: str) -> None:
        call = getattr(os, name)

        def watched(*args: object, **kwargs: object) -> object:
            found.append(
                " ".join([name, *(told(place) for place in args if not isinstance(place, memoryview))])
            )
            return call(*args, **kwargs)

        monkeypatch.setattr(os, name, watched)

    for name in ("write", "fsync", "rename", "unlink"):
        watch(name)
    return found


def test_bytes_then_log_then_landing(folder: DataFolder, land: Land, steps: list[str]) -> None:
    for name, content in (("a.csv", b"zero"), ("b.csv", b"one")):
        land(f"m1-grid/{name}", content)
        steps.clear()
        take_in(folder, ["m1-grid"])
    blobs = f"vault/blobs/{FILE_ID[:2]}"
    assert [step for step in steps if step not in ("fsync vault", "fsync vault/blobs")] == [
        "write vault/incoming/*",
        "fsync vault/incoming/*",
        f"rename vault/incoming/* {blobs}/{FILE_ID}",
        f"fsync {blobs}",
        "write vault/deliveries.jsonl",
        "fsync vault/deliveries.jsonl",
        "unlink b.csv",
    ]


def test_a_folder_that_is_made_is_made_durable(folder: DataFolder, land: Land, steps: list[str]) -> None:
    land("m1-grid/b.csv", b"one")
    steps.clear()
    take_in(folder, ["m1-grid"])
    renamed = next(number for number, step in enumerate(steps) if step.startswith("rename"))
    assert {"fsync .", "fsync vault", "fsync vault/blobs"} <= set(steps[:renamed])
