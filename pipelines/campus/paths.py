"""Where things lie below the data folder. The only module that knows a path."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: it holds `dbt/`, `data/` and `workspace.yaml`."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder named by HEADROOM_DATA, `data/` of the checkout by default."""

    root: Path

    @classmethod
    def from_environment(cls) -> "DataFolder":
        """HEADROOM_DATA, or `data/` of the checkout."""
        return cls(Path(os.environ.get("HEADROOM_DATA") or PROJECT / "data").expanduser().absolute())

    @property
    def reference(self) -> Path:
        """CSV tables of the campus, and `feeds/` with one YAML a feed."""
        return self.root / "reference"

    @property
    def feeds(self) -> Path:
        """Feed contracts, one YAML a feed."""
        return self.reference / "feeds"

    @property
    def landing(self) -> Path:
        """`landing/<feed>/…`: where files are dropped."""
        return self.root / "landing"

    @property
    def connect(self) -> Path:
        """`connect/<service>/`: what was fetched from public services, and answers under way."""
        return self.root / "connect"

    @property
    def refused(self) -> Path:
        """Whole files that could not be taken, each with `.reason.json`."""
        return self.root / "refused"

    @property
    def vault(self) -> Path:
        """Every file's bytes as they arrived, and the delivery log."""
        return self.root / "vault"

    @property
    def lake(self) -> Path:
        """Delta tables."""
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        """`versions/NNNNNN/headroom.duckdb`, the private `build/` and the published symlink."""
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        """The published warehouse: a symlink to the newest version."""
        return self.warehouse / "headroom.duckdb"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def reports(self) -> Path:
        """Reports for people."""
        return self.root / "reports"

    @property
    def writer_lock(self) -> Path:
        """The lock file that every writer holds."""
        return self.root / "state" / "writer.lock"

    @property
    def truth(self) -> Path:
        """What the simulator knows to be true about the files it wrote."""
        return self.root / "truth"


DBT_PROJECT = PROJECT / "dbt"
CODE = PROJECT / "pipelines"
