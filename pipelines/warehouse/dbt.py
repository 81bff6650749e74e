"""Runs dbt in this process on a private build, with a manifest that was parsed before.

dbt is not safe for two invocations at once in one process; the writer lock keeps them apart.
Here must not live: SQL, which tests block (severity in dbt/ says so), publishing.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from logging import FileHandler
from pathlib import Path
from typing import Any, cast

from pipelines.campus.paths import DBT_PROJECT
from pipelines.warehouse.inputs import code_hash, digest

BUILD_DB = "HEADROOM_BUILD_DB"
"""Environment variable from which the target `build` of profiles.yml takes the file."""

FAILED = frozenset({"error", "fail", "runtime error"})


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What became of a model or a test.

    Attributes:
        unique_id: dbt's name of it: `model.headroom.battery_daily`.
        status: success, pass, warn, fail, error or skipped.
        message: What dbt or DuckDB said.
        execution_time: [s].
        failures: Failing rows of a test, None for a model.
    """

    unique_id: str
    status: str
    message: str | None
    execution_time: float
    failures: int | None


@dataclass(frozen=True, slots=True)
class DbtReport:
    """What became of a dbt run.

    Attributes:
        success: Whether dbt ran to its end and nothing that blocks failed.
        nodes: One result a node, in the order they ended.
        is_whole: Whether it was a `build` of everything: only such a run is published.
        error: Why dbt did not run at all, None if it did.
    """

    success: bool
    nodes: list[NodeResult]
    is_whole: bool
    error: str | None = None

    @property
    def failed(self) -> list[NodeResult]:
        """Models and blocking tests that failed."""
        return [node for node in self.nodes if node.status in FAILED]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A parsed project: `manifest.json` for people and Dagster, a faster twin for dbt itself."""

    manifest: Path
    packed: Path


def run_dbt(
    database: Path,
    command: Sequence[str] = ("build",),
    *,
    select: str | None = None,
    vars: Mapping[str, object],
    project: Path = DBT_PROJECT,
    threads: int | None = None,
) -> DbtReport:
    """Runs dbt on a private build; it prints and logs nothing, results say what happened.

    Args:
        database: The build's file; nobody may have it open, nobody has afterwards.
        command: dbt's command and further arguments; `build` runs models and data tests, no unit tests.
        select: dbt's node selection; a run with one is never published.
        vars: At least `version_id`.
        project: Folder of the dbt project.
        threads: dbt threads; those of the profile by default.

    Returns:
        The results; a failed test is a result, not an exception.
    """
    from dbt.cli.main import dbtRunner

    arguments = [*command, *_options(database, project), "--vars", json.dumps(dict(vars))]
    if command[0] == "build":
        arguments += ["--exclude-resource-type", "unit_test"]
    if select is not None:
        arguments += ["--select", select]
    if threads is not None:
        arguments += ["--threads", str(threads)]
    manifest = _load(prepare_manifest(project))
    with _environment(database):
        try:
            outcome = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            let_go()
    return _report(outcome, is_whole=tuple(command) == ("build",) and select is None)


def prepare_manifest(project: Path = DBT_PROJECT) -> Prepared:
    """The parsed project; parses it once when it is missing or stale by the hash of its files.

    Raises:
        RuntimeError: dbt cannot parse the project.
    """
    key = digest([code_hash((project,)), version("dbt-core"), version("dbt-duckdb")])[:16]
    kept = project / "target" / "prepared"
    prepared = Prepared(kept / key / "manifest.json", kept / key / "manifest.msgpack")
    if not prepared.packed.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept, prefix=".parsing-") as scratch:
            _parse(project, Path(scratch))
            _place(Path(scratch) / "parsed", kept / key)
        for stale in kept.iterdir():
            if stale.name != key and not stale.name.startswith("."):
                shutil.rmtree(stale, ignore_errors=True)
    return prepared


def _parse(project: Path, scratch: Path) -> None:
    """Writes both manifests into `scratch/parsed`."""
    from dbt.cli.main import dbtRunner
    from dbt.parser.manifest import extended_mashumaro_encoder

    database = scratch / "headroom.duckdb"
    with _environment(database):
        try:
            outcome = dbtRunner().invoke(["parse", *_options(database, project), "--no-partial-parse"])
        finally:
            let_go()
    if not outcome.success:
        _raise_interrupt(outcome.exception)
        raise RuntimeError(f"dbt cannot parse {project}: {outcome.exception}")
    folder = scratch / "parsed"
    folder.mkdir()
    cast("Any", outcome.result).write(str(folder / "manifest.json"))
    packed = cast("Any", outcome.result).to_msgpack(extended_mashumaro_encoder)
    (folder / "manifest.msgpack").write_bytes(packed)


def _place(parsed: Path, kept: Path) -> None:
    """Gives a parsed project its name, unless another process was faster."""
    try:
        parsed.rename(kept)
    except OSError:
        if not (kept / "manifest.msgpack").is_file():
            raise


def _load(prepared: Prepared) -> Any:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    packed = prepared.packed.read_bytes()
    return cast("Any", Manifest).from_msgpack(packed, decoder=extended_mashumuro_decoder)


def _options(database: Path, project: Path) -> list[str]:
    """Options that every invocation has. A log would take an eighth of its time, its files a sixth."""
    logs = database.parent / "dbt"
    return [
        *("--project-dir", str(project.absolute()), "--profiles-dir", str(project.absolute())),
        *("--target", "build", "--target-path", str(logs / "target"), "--log-path", str(logs)),
        *(
            "--log-level",
            "none",
            "--log-level-file",
            "none",
            "--no-print",
            "--no-use-colors",
            "--no-write-json",
        ),
        "--no-send-anonymous-usage-stats",
    ]


@contextmanager
def _environment(database: Path) -> Iterator[None]:
    before = os.environ.get(BUILD_DB)
    os.environ[BUILD_DB] = str(database.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ[BUILD_DB]
        else:
            os.environ[BUILD_DB] = before


def let_go() -> None:
    """Closes what dbt leaves open: connections, which lock the file to this process, and log files."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt_common.events.event_manager_client import cleanup_event_logger, get_event_manager

    for logger in cast("Any", get_event_manager()).loggers:
        for handler in getattr(logger._python_logger, "handlers", ()):
            if isinstance(handler, FileHandler):
                handler.close()
    cleanup_event_logger()

    cast("Any", DuckDBConnectionManager).close_all_connections()


def _raise_interrupt(exception: BaseException | None) -> None:
    """An interrupt is raised: dbt hands back even that as a result."""
    if isinstance(exception, KeyboardInterrupt | SystemExit):
        raise exception


def _report(outcome: Any, *, is_whole: bool) -> DbtReport:
    _raise_interrupt(outcome.exception)
    nodes = [
        NodeResult(
            unique_id=result.node.unique_id,
            status=str(getattr(result.status, "value", result.status)),
            message=result.message,
            execution_time=result.execution_time,
            failures=result.failures,
        )
        for result in getattr(outcome.result, "results", ())
    ]
    error = None if outcome.exception is None else " ".join(str(outcome.exception).split())
    return DbtReport(outcome.success, nodes, is_whole, error)
