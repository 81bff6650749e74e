"""Real exports. They lie beside the repository and are never copied into it.

Every expected figure is computed in the tests from the raw file with csv and Decimal, by none of the
code under test.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.campus.paths import PROJECT, DataFolder
from tests.journey.whole_way import flow

EXPORTS = PROJECT.parent / "shared" / "real"


@pytest.fixture(scope="session")
def exports() -> Path:
    if not EXPORTS.is_dir():
        pytest.skip(f"no real exports at {EXPORTS}")
    return EXPORTS


@pytest.fixture(scope="session")
def publish(new_campus: Callable[..., Any]) -> Callable[..., Any]:
    """Lands files, runs the river once, gives the campus and the finished command."""

    def run(
        reference: Path, landed: Mapping[str, list[Path]], parameters: Mapping[str, str] | None = None
    ) -> tuple[Any, Any]:
        campus = new_campus(reference, parameters)
        for feed, files in landed.items():
            for file in files:
                campus.land(feed, file.name, file.read_bytes())
        done = campus.run()
        assert done.returncode in (0, 3), done.stderr
        return campus, done

    return run


@pytest.fixture(scope="session")
def flowed(new_campus: Callable[..., Any]) -> Callable[..., Any]:
    """Lands files and goes the whole way without Dagster, whose events of years take most of a run."""

    def run(
        reference: Path, landed: Mapping[str, list[Path]], parameters: Mapping[str, str] | None = None
    ) -> Any:
        campus = new_campus(reference, parameters)
        for feed, files in landed.items():
            for file in files:
                campus.land(feed, file.name, file.read_bytes())
        flow(DataFolder(campus.root))
        return campus

    return run
