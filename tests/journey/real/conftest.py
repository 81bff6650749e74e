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
def landed(new_campus: Callable[..., Any]) -> Callable[..., Any]:
    """A campus with files in its landing folders."""

    def land(
        reference: Path, feeds: Mapping[str, list[Path]], parameters: Mapping[str, str] | None = None
    ) -> Any:
        campus = new_campus(reference, parameters)
        for feed, files in feeds.items():
            for file in files:
                campus.land(feed, file.name, file.read_bytes())
        return campus

    return land


@pytest.fixture(scope="session")
def publish(landed: Callable[..., Any]) -> Callable[..., Any]:
    """Lands files, runs the river once, gives the campus and the finished command."""

    def run(*what: Any) -> tuple[Any, Any]:
        campus = landed(*what)
        done = campus.run()
        assert done.returncode in (0, 3), done.stderr
        return campus, done

    return run


@pytest.fixture(scope="session")
def flowed(landed: Callable[..., Any]) -> Callable[..., Any]:
    """Lands files and goes the whole way without Dagster, whose events of years take most of a run."""

    def run(*what: Any) -> Any:
        campus = landed(*what)
        flow(DataFolder(campus.root))
        return campus

    return run
