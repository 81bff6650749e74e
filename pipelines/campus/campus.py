"""The campus as a whole: reference tables and feed contracts that fit together.

A mistake in a reference table stops the run, since every KPI rests on them. A mistake in one feed's
contract stops that feed alone.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import cast

import yaml
from pydantic import ValidationError

from pipelines.campus.barrier import confined
from pipelines.campus.claims import misfit_claims
from pipelines.campus.contract import Contract
from pipelines.campus.identifiers import is_identifier
from pipelines.campus.paths import DataFolder
from pipelines.campus.reference import read_tables
from pipelines.campus.refusal import CampusError, Mistake, Refusal
from pipelines.campus.tables import Device, Parameter, Row, Site
from pipelines.campus.undecided import undecided
from pipelines.campus.yaml_text import read_yaml
from pipelines.kinds import KINDS

KIND_OF_DEVICE = {
    "meter": "grid",
    "feeder": "campus_load",
    "unit": "turbines",
    "block": "batteries",
    "pack": "batteries",
    "station": "weather",
    "system": "system_demand",
}
"""Kind of device → kind of its readings."""

REMEDIES = {"string_type": "Put the text in quotes: YAML reads on, off, yes, no, 1:30 and digits otherwise"}
"""Mistake of a contract, as pydantic calls it → remedy that is better than the documentation."""
STILL_TODO = "it is still TODO: the draft could not know it from the file"
FILL_IN = "Write what it is; the comment beside it says what was found"


@dataclass(frozen=True)
class Campus:
    """Everything that is known before a file is read.

    Attributes:
        tables: Table name → rows.
        contracts: Feed id → contract, the valid ones.
        broken: Feed id → mistakes of its contract.
    """

    tables: dict[str, list[Row]]
    contracts: dict[str, Contract]
    broken: dict[str, list[Mistake]] = field(default_factory=dict)

    @cached_property
    def devices(self) -> dict[str, Device]:
        """Device id → device (its first row, where a device has several)."""
        rows = cast("list[Device]", self.tables["devices"])
        return {row.device_id: row for row in reversed(rows)}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """Site id → site."""
        return {row.site_id: row for row in reversed(cast("list[Site]", self.tables["sites"]))}

    @cached_property
    def contract_hashes(self) -> dict[str, str]:
        """Feed id → hash of its contract, the valid ones."""
        return {feed: contract_hash(contract) for feed, contract in self.contracts.items()}

    def parameter(self, parameter_id: str, default: float) -> float:
        """The row of `reference.parameters` that holds today, `default` where the campus has none."""
        rows = cast("list[Parameter]", self.tables["parameters"])
        held = [row.value for row in rows if row.parameter_id == parameter_id and row.valid_to is None]
        return float(held[-1]) if held else default

    def kind_of(self, device_id: str) -> str:
        """The kind of readings of a device."""
        return KIND_OF_DEVICE[self.devices[device_id].kind]


def load_campus(folder: DataFolder) -> Campus:
    """Reads and validates the reference folder.

    A run asks for it many times; it is read again only where a byte of it has changed. Do not change it.

    Raises:
        CampusError: Mistakes in reference tables; all of them, with file, row, column and remedy.
    """
    if not folder.reference.is_dir():
        place = Mistake("reference", "folder", "", "there is no reference folder", "Run `headroom init DIR`")
        raise CampusError([place])
    files = [*folder.reference.glob("*.csv"), *_contract_files(folder)]
    return _campus(folder, tuple((path, _bytes_of(path)) for path in sorted(files)))


def _contract_files(folder: DataFolder) -> list[Path]:
    return sorted(path for path in folder.feeds.glob("*.y*ml") if not path.name.startswith("."))


def _bytes_of(path: Path) -> bytes | None:
    """The content of a file, None where it cannot be read: reading it in earnest says why."""
    try:
        return path.read_bytes()
    except OSError:
        return None


@lru_cache(maxsize=1)
def _campus(folder: DataFolder, content: tuple[tuple[Path, bytes | None], ...]) -> Campus:
    """The campus that the files' content makes."""
    tables, mistakes = read_tables(folder.reference)
    if not mistakes:
        mistakes = [*_dangling(tables), *misfit_claims(tables)]
    if mistakes:
        raise CampusError(mistakes)
    campus = Campus(tables, {}, {})
    for path in _contract_files(folder):
        contract, found = read_contract(path, campus)
        if contract is None:
            campus.broken[path.stem] = found
        else:
            campus.contracts[contract.feed] = contract
    return campus


def read_contract(path: Path, campus: Campus) -> tuple[Contract | None, list[Mistake]]:
    """One feed contract, or its mistakes; whatever goes wrong in reading it is one of them."""
    try:
        with confined("contract_failed", "This is a defect of Headroom: report it, with the contract"):
            return _read_contract(path, campus)
    except Refusal as refusal:
        return None, [Mistake(f"feeds/{path.name}", "file", "", refusal.reason, refusal.remedy)]


def _read_contract(path: Path, campus: Campus) -> tuple[Contract | None, list[Mistake]]:
    file = f"feeds/{path.name}"
    if path.suffix != ".yaml":
        return None, [
            Mistake(file, "file", "", "its name does not end in .yaml", f"Name it {path.stem}.yaml")
        ]
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [Mistake(file, "file", "", f"not YAML: {error}", "Compare with docs/feeds.md")]
    except OSError as error:
        return None, [Mistake(file, "file", "", f"cannot be read: {error.strerror}", "Look at the file")]
    if left := [Mistake(file, place, "", STILL_TODO, FILL_IN) for place in undecided(content)]:
        return None, left
    try:
        contract = Contract.model_validate(content)
    except ValidationError as error:
        return None, list(_contract_mistakes(file, error))
    mistakes = [
        Mistake(file, place, "", reason, remedy)
        for place, reason, remedy in _misfits(contract, path.stem, campus)
    ]
    return (None, mistakes) if mistakes else (contract, [])


def contract_hash(contract: Contract) -> str:
    """sha256 of a contract's meaning: comments, key order and the description do not matter."""
    canonical = json.dumps(
        contract.model_dump(mode="json", exclude={"description"}), sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def reference_hash(campus: Campus, site_id: str) -> str:
    """sha256 of the reference rows that cleaning a site uses: the site and its devices."""
    used = [
        row.model_dump(mode="json")
        for table in ("sites", "devices")
        for row in campus.tables[table]
        if getattr(row, "site_id", None) == site_id
    ]
    return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()


def _misfits(contract: Contract, stem: str, campus: Campus) -> list[tuple[str, str, str]]:
    """What a contract says that the reference tables contradict."""
    found = []
    if contract.feed != stem or not is_identifier(stem):
        found.append(
            ("feed", f"{contract.feed!r} is not the file's name", f"Name the file {contract.feed}.yaml")
        )
    if contract.site not in campus.sites:
        found.append(("site", f"unknown site {contract.site!r}", "Add a row to sites.csv"))
    return found + _misfit_tags(contract, campus) + _misfit_names(contract, campus)


def _misfit_tags(contract: Contract, campus: Campus) -> list[tuple[str, str, str]]:
    found = []
    for index, tag in enumerate(contract.tags):
        place = f"tags.{index}"
        if tag.device is None or tag.pattern is not None:
            continue
        device = campus.devices.get(tag.device)
        if device is None or device.site_id != contract.site:
            found.append(
                (place, f"{tag.device!r} is no device of {contract.site}", "Add a row to devices.csv")
            )
        elif tag.column not in KINDS[KIND_OF_DEVICE[device.kind]].by_name:
            found.append((place, f"{tag.column} is not a column of a {device.kind}", "See docs/columns.md"))
    return found


def _misfit_names(contract: Contract, campus: Campus) -> list[tuple[str, str, str]]:
    ours = {device.device_id for device in campus.devices.values() if device.site_id == contract.site}
    return [
        (
            f"devices.{index}",
            f"{name.device!r} is no device of {contract.site}",
            "Add a row to devices.csv",
        )
        for index, name in enumerate(contract.devices)
        if name.pattern is None and name.device not in ours
    ]


def _contract_mistakes(file: str, error: ValidationError) -> Iterator[Mistake]:
    """The mistakes of a contract; a list counts as short only where none of its items is refused."""
    details = error.errors(include_url=False)
    for detail in details:
        place = detail["loc"]
        inner = any(
            other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in details
        )
        if detail["type"] == "too_short" and inner:
            continue
        yield Mistake(
            file,
            ".".join(str(part) for part in place) or "file",
            "",
            detail["msg"].removeprefix("Value error, "),
            REMEDIES.get(detail["type"], "Compare with docs/feeds.md"),
        )


def _dangling(tables: dict[str, list[Row]]) -> list[Mistake]:
    """Rows that name a site, a device, a limit, a factor or a programme that does not exist."""
    sites = {row.site_id for row in cast("list[Site]", tables["sites"])}
    devices = {row.device_id for row in cast("list[Device]", tables["devices"])}
    known: dict[str, set[str]] = {
        "site_id": sites,
        "system_id": sites,
        "parent_id": devices | sites,
        "unit_id": devices,
        "meter_id": devices,
        "station_id": devices,
        "limit_id": {str(getattr(row, "limit_id", "")) for row in tables["permit_limits"]},
        "factor_id": {str(getattr(row, "factor_id", "")) for row in tables["factors"]},
        "programme_id": {str(getattr(row, "programme_id", "")) for row in tables["dr_programmes"]},
    }
    return [
        Mistake(
            f"{table}.csv",
            f"row {number} ({_key(row)})",
            column,
            f"{value!r} is not known",
            "Add it, or correct the cell",
        )
        for table, rows in tables.items()
        for number, row in enumerate(rows, 1)
        for column, values in known.items()
        if (value := getattr(row, column, None)) is not None and value not in values
    ]


def _key(row: Row) -> str:
    return ", ".join(str(getattr(row, name)) for name in row.key)
