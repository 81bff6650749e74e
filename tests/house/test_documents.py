"""Documents that can be wrong are generated or tried: pages are current, examples valid, links lead on."""

import re
from pathlib import Path
from typing import get_args

import pytest

from pipelines.campus.campus import load_campus, read_contract
from pipelines.campus.contract import Contract
from pipelines.campus.formats import Format
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.campus.stamp_format import KNOWN
from pipelines.campus.yaml_text import read_yaml
from pipelines.cleaning.verdicts import CORRECTION_RULES, FILE_RULES, RECORD_RULES, VERDICTS
from pipelines.cli.commands import app
from pipelines.cli.handbook import pages
from pipelines.kinds import KINDS
from tests.house.pages import DOCS, blocks

PAGES = sorted([PROJECT / "README.md", PROJECT / "CHANGELOG.md", *DOCS.rglob("*.md")])
FEEDS = DOCS / "feeds.md"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
WRITTEN_BY_HAND = [page for page in PAGES if page.name not in ("columns.md", "kpis.md", "cli.md")]


def name(page: Path) -> str:
    return page.relative_to(PROJECT).as_posix()


MADE = pages()


@pytest.mark.parametrize("page", MADE)
def test_a_generated_page_is_current(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert text == MADE[page], "run: python -m pipelines.cli.handbook"


def test_every_command_has_help_and_an_example():
    without = [
        command.callback.__name__
        for command in app.registered_commands
        if "Example: headroom " not in (command.callback.__doc__ or "")
    ]
    assert without == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_that_are_there(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=name)
def test_prose_fits_into_120_characters(page):
    """Tables, pictures and what a command prints may be longer."""
    prose = FENCED.sub("", page.read_text(encoding="utf-8")).splitlines()
    assert [line for line in prose if len(line) > 120 and not line.startswith(("|", "!["))] == []


CONTRACTS = [block for block in blocks(FEEDS, "yaml") if "part" not in block.words]
PARTS = [block for block in blocks(FEEDS, "yaml") if "part" in block.words]


@pytest.mark.parametrize("block", CONTRACTS, ids=lambda block: f"line {block.line}")
def test_a_contract_of_the_page_about_feeds_fits_the_sample_campus(block, tmp_path):
    path = tmp_path / f"{read_yaml(block.text)['feed']}.yaml"
    path.write_text(block.text, encoding="utf-8")
    contract, mistakes = read_contract(path, load_campus(DataFolder(PROJECT / "data")))
    assert mistakes == []
    assert contract is not None


@pytest.mark.parametrize("block", PARTS, ids=lambda block: f"line {block.line}")
def test_a_part_of_a_contract_is_valid(block):
    part = read_yaml(block.text) or {}
    per_device = "devices" in part
    tag = {"tag": "a", "column": "grid_mw", "unit": "MW"} | ({} if per_device else {"device": "m1-grid-a"})
    whole = {
        "feed": "example",
        "site": "m1",
        "description": "example",
        "format": "delimited",
        "time": {"columns": ["t"], "interval": "60s"},
        "layout": {"kind": "per_device", "device": "d"} if per_device else {"kind": "wide"},
        "tags": [tag],
    }
    assert Contract.model_validate(whole | part)


def test_every_key_of_a_contract_is_explained():
    text = FEEDS.read_text(encoding="utf-8")
    assert [key for key in Contract.model_fields if not re.search(rf"\b{key}\b", text)] == []


def test_every_rule_that_a_page_names_exists():
    rules = {*VERDICTS, *RECORD_RULES, *FILE_RULES, *CORRECTION_RULES}
    words = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", FEEDS.read_text(encoding="utf-8")))
    columns = {column for kind in KINDS.values() for column in kind.by_name}
    columns |= {method.name for kind in KINDS.values() for method in kind.methods.values()}
    keys = set(re.findall(r'"(\w+)":', (DOCS / "feed-contract.schema.json").read_text(encoding="utf-8")))
    known = rules | columns | keys | {*get_args(Format), *KNOWN, "file_order", "row_number", "in_value"}
    assert words - known == set()
