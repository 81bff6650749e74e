"""What works in a checkout that nobody has used yet, by the tools' own commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.pages import checkout

pytestmark = pytest.mark.long
DBT = Path(sys.executable).with_name("dbt")


def test_plain_dbt_build_works(tmp_path: Path) -> None:
    command = [DBT, "build", "--project-dir", "dbt", "--exclude-resource-type", "unit_test"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    folder = checkout(tmp_path)
    built = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout
    assert "ERROR=0" in built.stdout
