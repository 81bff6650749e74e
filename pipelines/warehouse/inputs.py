"""What a version is a function of: days of the lake, reference data, code.

Equal hashes mean an equal canonical export; a changed one says how much has to be computed again.
Here must not live: writing anything.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.campus.campus import Campus, contract_hash
from pipelines.campus.paths import CODE, DBT_PROJECT
from pipelines.campus.snapshot import Snapshot

SHAPING = (CODE / "counterfactual", CODE / "kinds", CODE / "neighbours", CODE / "warehouse")
"""Rooms besides dbt/ whose code shapes the tables of a version."""

NOT_CODE = {"target", "logs", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hashes of everything a version is made of.

    Attributes:
        code: dbt/ and the rooms of `SHAPING`. A change rebuilds every day.
        reference: Reference rows and feed contracts. A change rebuilds every day.
        days: Days of the lake and their fingerprints.
        accounts: Rows of `quality.files`, with their times of receipt.
    """

    code: str
    reference: str
    days: str
    accounts: str

    @property
    def whole(self) -> str:
        """`inputs_hash` of `quality.versions`: what the marts are a function of."""
        return digest([self.code, self.reference, self.days])


def inputs_of(campus: Campus, snapshot: Snapshot, files: pl.DataFrame) -> Inputs:
    """Hashes of what a version built now would be made of.

    Args:
        campus: The validated campus.
        snapshot: The lake.
        files: Rows of `quality.files`.
    """
    days = sorted((site, str(day), found) for (site, day), found in snapshot.fingerprints.items())
    ordered = files.select(sorted(files.columns))
    return Inputs(
        code=code_hash((DBT_PROJECT, *SHAPING)),
        reference=reference_hash(campus),
        days=digest(days),
        accounts=hashlib.sha256(ordered.sort(ordered.columns).write_csv().encode()).hexdigest(),
    )


def reference_hash(campus: Campus) -> str:
    """sha256 over all reference rows and contracts."""
    return digest(
        {
            "tables": {
                name: [row.model_dump(mode="json") for row in rows] for name, rows in campus.tables.items()
            },
            "contracts": {feed: contract_hash(contract) for feed, contract in campus.contracts.items()},
        }
    )


def code_hash(folders: tuple[Path, ...]) -> str:
    """sha256 over the names and bytes of all files in the folders, made ones left out."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            below = path.relative_to(folder)
            is_made = NOT_CODE & set(below.parts) or any(part.startswith(".") for part in below.parts)
            if path.is_file() and not is_made:
                found.append([f"{folder.name}/{below}", hashlib.sha256(path.read_bytes()).hexdigest()])
    return digest(found)


def digest(content: object) -> str:
    """sha256 of the canonical JSON of plain data."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
