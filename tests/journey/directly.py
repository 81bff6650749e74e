"""A file through readers and cleaning alone: what a run would make of it, without a campus around it."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from pipelines.campus.contract import Contract
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning import Cleaned, Delivered, Extent, Scope, clean_feed, survey
from pipelines.readers import read

RECEIVED = datetime(2026, 1, 1)


def contract_in(path: Path) -> Contract:
    return Contract.model_validate(read_yaml(path.read_text(encoding="utf-8")))


def clean_file(path: Path, contract: Contract, kinds: Mapping[str, str]) -> tuple[Extent, Cleaned]:
    """All days of one file; the site starts in 2000."""
    table = read(path, contract)
    file = Delivered("a" * 64, path.name, RECEIVED, 1, table.frame, table.rejected, table.remarks)
    scope = Scope(date(2000, 1, 1), kinds)
    extent = survey(file, contract, scope)
    return extent, clean_feed([file], contract, scope, extent.dates) if extent.days else Cleaned()
