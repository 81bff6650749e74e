"""The child process of the door: `python -m pipelines.warehouse.answering`.

Reads a question as JSON from stdin, answers with an Arrow stream on stdout, or with one line on stderr
and status 1. Runs with no environment and its own limits: it cannot write one byte to any file, so a
query that does not fit its memory fails instead of spilling. Here must not live: paths of our own.
"""

import json
import resource
import sys
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import WITHOUT_EXTENSIONS

ADDRESS_SPACE_BEYOND = 4 << 30
"""Address space besides DuckDB's buffers [B]: libraries, stacks, results."""

BATCH_ROWS = 10_000


class NotAnswered(Exception):
    """A statement that the door does not run."""


def open_hardened(question: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Opens a version so that a query can read it and its files, and nothing else.

    Args:
        question: `database`, `allowed_paths` (the files that the version's views name), `memory_mib`,
            `threads`.
    """
    config: dict[str, Any] = {
        **WITHOUT_EXTENSIONS,
        "memory_limit": f"{question['memory_mib']}MiB",
        "threads": str(question["threads"]),
        "temp_directory": "",
    }
    connection = duckdb.connect(question["database"], read_only=True, config=config)
    connection.execute("set enable_progress_bar = false")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set allowed_paths = ?", [question["allowed_paths"]])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.RecordBatchReader:
    """The rows of one SELECT.

    Raises:
        NotAnswered: Not one statement, or not a SELECT by DuckDB's own parser.
        duckdb.Error: The query's own mistake.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise NotAnswered(f"one statement at a time, not {len(statements)}")
    if statements[0].type != duckdb.StatementType.SELECT:
        kind = statements[0].type.name
        raise NotAnswered(f"only SELECT (also DESCRIBE, SHOW, SUMMARIZE) is answered here, not {kind}")
    return connection.sql(statements[0]).to_arrow_reader(BATCH_ROWS)


def main() -> int:
    """Answers the question on stdin."""
    question = json.load(sys.stdin)
    _limit(resource.RLIMIT_AS, (question["memory_mib"] << 20) + ADDRESS_SPACE_BEYOND)
    _limit(resource.RLIMIT_CPU, question["cpu_s"])
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        with open_hardened(question) as connection:
            reader = answer(connection, question["sql"])
            with pa.ipc.new_stream(sys.stdout.buffer, reader.schema) as stream:
                for batch in reader:
                    stream.write_batch(batch)
    except (duckdb.Error, NotAnswered, pa.ArrowException, MemoryError) as error:
        sys.stderr.write(" ".join(str(error).split()) or type(error).__name__)
        return 1
    return 0


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


if __name__ == "__main__":
    sys.exit(main())
