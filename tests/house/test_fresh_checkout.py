"""What works in a checkout that nobody has used yet, by the tools' own commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.campus.paths import PROJECT

DBT = Path(sys.executable).with_name("dbt")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The tracked files, links as links."""
    if not (PROJECT / ".git").exists():
        pytest.skip("this is not a git checkout, so nobody knows which files a fresh one would have")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True).stdout
    for name in names.decode().rstrip("\0").split("\0"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name, follow_symlinks=False)
    return tmp_path


def test_plain_dbt_build_works(checkout: Path) -> None:
    command = [DBT, "build", "--project-dir", "dbt", "--exclude-resource-type", "unit_test"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(checkout)}
    built = subprocess.run(
        command, cwd=checkout, env=environment, check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout
    assert "ERROR=0" in built.stdout
