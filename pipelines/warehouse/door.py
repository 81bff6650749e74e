"""The read-only door of `headroom sql`: one SELECT on the published version, in a process of its own.

The child (`answering`) opens the version with the hardened profile and sees no file but those the
version's views name; it has no environment, a limit of memory and a limit of time. The parent writes
the answer. Defence in depth, not a sandbox. Here must not live: formats, SQL of our own.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, BinaryIO, Literal, cast, get_args

import pyarrow as pa

from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.warehouse.formats import WRITERS
from pipelines.warehouse.readings import exactly
from pipelines.warehouse.versions import DATABASE, Manifest, as_of, current, lake_files, version_folder

Format = Literal["table", "csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)


class QueryRefused(Exception):
    """A query that is not answered; the message is one line for the person who asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use.

    Attributes:
        wall_s: Time until it is stopped, answer written [s].
        memory_mib: DuckDB's buffers [MiB]; the process may have 4 GiB of address space more.
        threads: DuckDB threads.
    """

    wall_s: float = 60.0
    memory_mib: int = 2048
    threads: int = 2


def ask(
    folder: DataFolder,
    sql: str,
    stream: BinaryIO,
    *,
    form: Format = "table",
    limits: Limits = Limits(),
    version: int | date | None = None,
) -> int:
    """Answers one SELECT (also DESCRIBE, SHOW, SUMMARIZE) from the published version, or an older one.

    Args:
        folder: The data folder.
        sql: One statement.
        stream: Where the answer goes. What was written before an error stays there.
        form: Format of the answer.
        limits: Time, memory, threads.
        version: Number of a kept version, or a UTC day for the one that was published at its end; the
            published version by default.

    Returns:
        How many rows were written.

    Raises:
        QueryRefused: No such version, not a SELECT, an error of the query, or a limit reached.
    """
    manifest = _asked_version(folder, version)
    question = {
        "database": str(version_folder(folder, manifest.version_id) / DATABASE),
        "allowed_paths": [
            spelt for path in lake_files(folder, manifest.version_id) for spelt in {str(path), exactly(path)}
        ],
        "sql": sql,
        "memory_mib": limits.memory_mib,
        "threads": limits.threads,
        "cpu_s": int(limits.wall_s * limits.threads) + 5,
    }
    with _child(question, limits) as answer:
        return WRITERS[form](answer, stream)


def _asked_version(folder: DataFolder, version: int | date | None) -> Manifest:
    try:
        manifest = current(folder) if version is None else as_of(folder, version)
    except LookupError as error:
        raise QueryRefused(str(error)) from error
    if manifest is None:
        raise QueryRefused("nothing has been published yet: run `headroom run`")
    return manifest


@contextmanager
def _child(question: dict[str, object], limits: Limits) -> Iterator[pa.RecordBatchReader]:
    """The child's answer while it runs; its error, or the limit it met, as an exception."""
    process = subprocess.Popen(
        [sys.executable, "-s", "-X", "utf8", "-m", "pipelines.warehouse.answering"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PROJECT,
        env={"TZ": "UTC"},
    )
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        process.kill()

    timer = threading.Timer(limits.wall_s, stop)
    timer.start()
    try:
        _put(process, question)
        try:
            answer = pa.ipc.open_stream(process.stdout)
        except pa.ArrowInvalid as error:
            raise QueryRefused(_why(process, limits, is_stopped=stopped.is_set())) from error
        try:
            yield answer
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise QueryRefused(_why(process, limits, is_stopped=stopped.is_set())) from error
        is_at_end = not cast("IO[bytes]", process.stdout).read(1)
        if is_at_end and process.wait() != 0:
            raise QueryRefused(_why(process, limits, is_stopped=stopped.is_set()))
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            cast("IO[bytes]", pipe).close()


def _put(process: "subprocess.Popen[bytes]", question: dict[str, object]) -> None:
    with cast("IO[bytes]", process.stdin) as pipe:
        pipe.write(json.dumps(question).encode())


def _why(process: "subprocess.Popen[bytes]", limits: Limits, *, is_stopped: bool) -> str:
    """Why the child gave no whole answer, in one line."""
    if is_stopped:
        return f"stopped after {limits.wall_s:g} s: ask for less, or for a shorter time"
    said = cast("IO[bytes]", process.stderr).read().decode(errors="replace").splitlines()
    return said[-1] if said else f"the query's process ended with status {process.wait()}"
