"""The two ways to open a DuckDB file: a private build to write, a whole version to read.

Both fix the clock to UTC, print no progress bar (DuckDB 2 prints it to stdout) and load no extension.
The analysts' door has a third, narrower way of its own (`answering`). Here must not live: queries.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

STORAGE_VERSION = "v1.2.0"
"""Storage format of a new file, so that clients of 1.2 and later open it too."""

WITHOUT_EXTENSIONS: Mapping[str, str] = {
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
GIB = 1 << 30
NO_SPACE = os.strerror(errno.ENOSPC)


@contextmanager
def open_build(
    path: Path, *, threads: int | None = None, memory_bytes: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens a private build to write; the file is made if there is none.

    Args:
        path: The build's file. Nobody else may know it.
        threads: DuckDB threads, one a core by default.
        memory_bytes: Limit of DuckDB's buffers [B]; half the machine's memory, at most 8 GiB, by default.

    Yields:
        A connection; afterwards the file is free for dbt.

    Raises:
        OSError: The disk is full; DuckDB says so in an error of its own.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        **WITHOUT_EXTENSIONS,
        "storage_compatibility_version": STORAGE_VERSION,
        "threads": str(threads or os.cpu_count() or 1),
        "memory_limit": f"{memory_bytes or _memory_limit()}B",
        "temp_directory": str(path.with_suffix(".tmp")),
    }
    try:
        with _plain(duckdb.connect(str(path), config=config)) as connection:
            yield connection
    except duckdb.Error as error:
        if NO_SPACE in str(error):
            raise OSError(errno.ENOSPC, NO_SPACE, str(path)) from error
        raise


def open_readonly(path: Path) -> duckdb.DuckDBPyConnection:
    """Opens a version, or a build at rest, to read; many may do so at once."""
    return _plain(duckdb.connect(str(path), read_only=True, config=dict(WITHOUT_EXTENSIONS)))


def _plain(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    return connection


def _memory_limit() -> int:
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(8 * GIB, physical // 2)
