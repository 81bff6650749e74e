"""What a person sees who writes a feed contract: a valid feed, or mistakes that stop that feed alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipelines.campus.campus import contract_hash, load_campus
from pipelines.campus.contract import Contract
from pipelines.campus.paths import DataFolder
from tests.campus.conftest import CONTRACT

Replace = Callable[[str, str, str], None]
FEED = "feeds/m1-grid.yaml"


def mistakes(folder: DataFolder, feed: str = "m1-grid") -> list[str]:
    campus = load_campus(folder)
    assert feed not in campus.contracts
    return [str(mistake) for mistake in campus.broken[feed]]


def test_a_contract_is_read(folder: DataFolder) -> None:
    contract = load_campus(folder).contracts["m1-grid"]
    assert (contract.time.interval, contract.lateness, contract.cadence) == (900, 86400, None)
    assert contract.context_s == 1800
    assert contract.quality_column is None
    assert str(contract.time.zone) == "America/Chicago"
    assert contract.dialect.delimiter == ","


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit: kW", "unit: furlong", "tags.0.unit: unknown unit 'furlong'; known are MW, kW, W, MWh, kWh"),
        ("unit: kW", "unit: ppm", "tags.0: 'ppm' cannot become MW of grid_mw"),
        ("grid_mw", "grid_kw", "tags.0: 'grid_kw' is not a column of any kind; see docs/columns.md"),
        ("grid_mw", "gross_mw", "tags.0: gross_mw is not a column of a meter"),
        ("grid_mw, unit: kW", "status, unit: ''", "tags.0: status is not a column of a meter"),
        ("grid_mw", "status", "tags.0: status is a code (unit ''), it has no unit 'kW'"),
        ("m1-grid-a", "m1-grid-z", "tags.0: 'm1-grid-z' is no device of m1. Add a row to devices.csv"),
        ("site: m1", "site: m9", "site: unknown site 'm9'. Add a row to sites.csv"),
        ("feed: m1-grid", "feed: m1_grid", "feed: 'm1_grid' is not the file's name. Name the file m1_grid"),
        ("15min", "15 minutes", "time.interval: '15 minutes' is not a duration; write for example 60s, 5min"),
        ("15min", "900", "time.interval: 900 is not a duration"),
        ("columns: [time], ", "", "time: no time column: name `columns`, or declare `declared_start`"),
        (
            "columns: [time]",
            "columns: [t], declared_start: 2025-01-01 00:00",
            "time: `columns` and `declared",
        ),
        ("America/Chicago", "Chicago", "time.clock: 'Chicago' is not UTC, in_value, a fixed offset such as"),
        ("America/Chicago", "localtime", "time.clock: 'localtime' is not UTC"),
        ("America/Chicago", "+10:00", "time.clock: put the offset in quotes: YAML reads +10:00 as a number"),
        ("America/Chicago", "UTC, fold: file_order", "file: `fold` other than reject needs a clock that is"),
        ("kind: wide", "kind: tall", "layout: Input tag 'tall' found using 'kind' does not match any of the"),
        (
            "kind: wide",
            "kind: per_device, device: d",
            "file: tags[0] must not name a device in layout per_de",
        ),
        ("device: m1-grid-a, ", "", "file: tags[0] must name a device in layout wide"),
        ("tag: kW, ", "", "tags.0: give either `tag` or `pattern`"),
        ("tag: kW, ", "pattern: '(kW', ", "tags.0.pattern: '(kW' is not a regular expression: missing ), un"),
        ("unit: kW", "unit: kW, scale: '1.5'", "tags.0.scale: Input should be a valid number"),
        (
            "unit: kW",
            "unit: kW, scale: 0",
            "tags.0.scale: a scale of 0 makes every value 0; leave the tag out",
        ),
        ("15min", "999999999999d", "time.interval: '999999999999d' is longer than 366d"),
        (
            "unit: kW}",
            "unit: kW}\n  - {tag: kW, device: m1-grid-a, column: grid_mw, unit: W, valid_from: 2025-06-02}",
            "file: tags[0] and tags[1] both say what 'kW' means on the same days; give them validity that",
        ),
        ("unit: kW", "unit: kW, scale: .inf", "tags.0.scale: Input should be a finite number"),
        ("unit: kW", "unit: kW, valid_from: 2025-02-01, valid_to: 2025-01-01", "tags.0: `valid_from` is not"),
        ("format: delimited", "format: xlsx", "format: Input should be 'delimited', 'parquet', 'jsonl'"),
        ("format: delimited", "format: delimited\nformat: jsonl", "file: not YAML: 'format' is named twice"),
        ("format: delimited", "fromat: delimited", "format: Field required"),
        ("format: delimited", "format: [", "file: not YAML: while parsing a flow sequence"),
    ],
)
def test_a_mistake_names_the_file_and_the_field(
    folder: DataFolder, replace: Replace, old: str, new: str, said: str
) -> None:
    replace(FEED, old, new)
    assert mistakes(folder)[0].startswith(f"feeds/m1-grid.yaml, {said}")


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("ignore: ['(']", "ignore.0: '(' is not a regular expression"),
        ("dialect: {skip: ['(']}", "dialect.skip.0: '(' is not a regular expression"),
        ("dialect: {header: false}", "dialect: a file without a header needs `names`"),
        ("dialect: {decimal: ',', thousands: ','}", "dialect: `thousands` and `decimal` are the same chara"),
        ("dialect: {verify_rows: true}", "dialect: `verify_rows` needs a footer pattern with a group named"),
        ("dialect: {delimiter: ';;'}", "dialect.delimiter: String should have at most 1 character"),
        ("checks: {grid_kw: {low: 0}}", "file: checks: 'grid_kw' is not a column of any kind"),
        ("checks: {modc: {low: 0}}", "file: checks: modc is a code; it has no range"),
        ("checks: {grid_mw: {low: 9, high: 1}}", "checks.grid_mw: `low` is above `high`"),
        ("checks: {grid_mw: {low: .nan}}", "checks.grid_mw.low: Input should be a finite number"),
        ("checks: {grid_mw: {high: 9000}}", "file: checks: grid_mw: high is above 5000, the largest"),
        ("checks: {grid_mw: {stuck: {after: 1h, companion: soc_pct}}}", "file: checks: grid_mw: the compan"),
        ("vocabulary: {grid_mw: {a: b}}", "file: vocabulary: 'grid_mw' is not a column of codes"),
        ("revision: {by: column}", "revision: `by: column` needs `column`"),
        ("revision: {by: file_name, pattern: '_(\\d+)'}", "revision: `by: file_name` needs a `pattern` wit"),
        (
            "checks: {grid_mw: {stuck: {after: 99999999d}}}",
            "checks.grid_mw.stuck.after: '99999999d' is longer",
        ),
        ("lateness: 367d", "lateness: '367d' is longer than 366d, the longest duration there is"),
        ("column_nulls: {MW: ['-9999']}", "file: column_nulls: 'MW' is no tag, no column of values and no c"),
        ("column_nulls: {time: ['-9999']}", "file: column_nulls: 'time' is no tag"),
        ("valid_from: 2025-02-01\nvalid_to: 2025-02-01", "file: `valid_from` is not before `valid_to`"),
        ("priority: '1'", "priority: Input should be a valid integer"),
        ("unknown: 1", "unknown: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_meant_is_a_mistake(folder: DataFolder, added: str, said: str) -> None:
    path = folder.feeds / "m1-grid.yaml"
    path.write_text(path.read_text() + added + "\n")
    assert mistakes(folder)[0].startswith(f"feeds/m1-grid.yaml, {said}")


def test_a_word_that_yaml_takes_for_something_else_is_to_be_quoted(folder: DataFolder) -> None:
    path = folder.feeds / "m1-grid.yaml"
    path.write_text(path.read_text() + "nulls: [off, 9999]\n")
    remedy = "Put the text in quotes: YAML reads on, off, yes, no, 1:30 and digits otherwise"
    assert mistakes(folder) == [
        f"feeds/m1-grid.yaml, nulls.{index}: Input should be a valid string. {remedy}" for index in (0, 1)
    ]


def test_one_mistake_in_a_list_is_one_mistake(folder: DataFolder, replace: Replace) -> None:
    replace(FEED, "unit: kW", "unit: furlong")
    assert len(mistakes(folder)) == 1


def test_a_broken_contract_stops_its_own_feed_only(folder: DataFolder) -> None:
    (folder.feeds / "broken.yaml").write_text("feed: [\n")
    (folder.feeds / "empty.yaml").write_text("")
    (folder.feeds / "a folder.yaml").mkdir()
    (folder.feeds / "latin.yaml").write_bytes(b"feed: \xff")
    (folder.feeds / "other.yml").write_text("feed: other")
    (folder.feeds / ".#m1-grid.yaml").symlink_to("nowhere")
    campus = load_campus(folder)
    assert list(campus.contracts) == ["m1-grid"]
    assert sorted(campus.broken) == ["a folder", "broken", "empty", "latin", "other"]
    assert str(campus.broken["other"][0]).endswith("its name does not end in .yaml. Name it other.yaml")
    assert "cannot be read: Is a directory" in str(campus.broken["a folder"][0])


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("valid_to: 2025-06-31", "'2025-06-31': day is out of range for month"),
        ("valid_from: 2025-13-01 00:00:00", "month must be in 1..12"),
        ("lateness: " + "[" * 3000, "too deep inside each other"),
    ],
)
def test_what_python_itself_cannot_read_is_a_mistake_of_its_feed_only(
    folder: DataFolder, added: str, said: str
) -> None:
    (folder.feeds / "other.yaml").write_text(CONTRACT.replace("m1-grid\n", "other\n") + added + "\n")
    campus = load_campus(folder)
    assert set(campus.contracts) == {"m1-grid"}
    [mistake] = campus.broken["other"]
    assert mistake.file == "feeds/other.yaml"
    assert said in mistake.reason


def test_a_contract_that_nobody_foresaw_is_a_mistake_of_its_feed_only(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.feeds / "other.yaml").write_text(CONTRACT.replace("m1-grid\n", "other\n"))
    validate = Contract.model_validate

    def fail(content: dict[str, object]) -> Contract:
        if content["feed"] == "other":
            raise OverflowError("too large to convert")
        return validate(content)

    monkeypatch.setattr(Contract, "model_validate", fail)
    campus = load_campus(folder)
    assert set(campus.contracts) == {"m1-grid"}
    assert [mistake.reason for mistake in campus.broken["other"]] == ["OverflowError: too large to convert"]


def test_a_device_that_a_source_names_must_exist(folder: DataFolder) -> None:
    (folder.feeds / "blocks.yaml").write_text(
        "feed: blocks\nsite: m1\ndescription: d\nformat: jsonl\n"
        "time: {columns: [t], interval: 60s}\n"
        "layout: {kind: per_device, device: name}\n"
        "devices: [{name: A, device: m1-bat-01}, {name: B, device: m1-bat-99}]\n"
        "tags: [{tag: soc, column: soc_pct, unit: fraction}]\n"
    )
    assert mistakes(folder, "blocks") == [
        "feeds/blocks.yaml, devices.1: 'm1-bat-99' is no device of m1. Add a row to devices.csv"
    ]


def test_a_pattern_may_name_its_column_by_a_group(folder: DataFolder, replace: Replace) -> None:
    replace(
        FEED,
        "tag: kW, device: m1-grid-a, column: grid_mw",
        r"pattern: '(\w+)\.(\w+)', device: '\1', column: '\2'",
    )
    assert list(load_campus(folder).contracts) == ["m1-grid"]
    replace(FEED, r"column: '\2'", "column: grid_kw")
    assert "'grid_kw' is not a column of any kind" in mistakes(folder)[0]


@pytest.mark.parametrize("name", ["kW", "grid_mw"])
def test_null_tokens_may_be_given_for_a_tag_or_for_a_column_of_readings(
    folder: DataFolder, name: str
) -> None:
    path = folder.feeds / "m1-grid.yaml"
    path.write_text(path.read_text() + f"column_nulls: {{{name}: ['-9999']}}\n")
    assert list(load_campus(folder).contracts) == ["m1-grid"]


def test_a_name_may_mean_one_thing_after_the_other(folder: DataFolder, replace: Replace) -> None:
    replace(
        FEED,
        "unit: kW}",
        "unit: kW, valid_to: 2025-06-02}\n"
        "  - {tag: kW, device: m1-grid-a, column: grid_mw, unit: MW, valid_from: 2025-06-02}",
    )
    assert list(load_campus(folder).contracts) == ["m1-grid"]


def test_a_name_of_a_device_means_one_device_at_a_time(folder: DataFolder) -> None:
    (folder.feeds / "blocks.yaml").write_text(
        "feed: blocks\nsite: m1\ndescription: d\nformat: jsonl\n"
        "time: {columns: [t], interval: 60s}\n"
        "layout: {kind: per_device, device: name}\n"
        "devices: [{name: A, device: m1-bat-01}, {name: A, device: m1-gt-01, valid_to: 2025-06-02}]\n"
        "tags: [{tag: soc, column: soc_pct, unit: fraction}]\n"
    )
    assert "devices[0] and devices[1] both say what 'A' means" in mistakes(folder, "blocks")[0]


def hash_of(text: str) -> str:
    return contract_hash(Contract.model_validate(yaml.safe_load(text)))


def test_the_hash_of_a_contract_is_that_of_its_meaning(folder: DataFolder) -> None:
    text = (folder.feeds / "m1-grid.yaml").read_text()
    lines = text.splitlines(keepends=True)
    assert hash_of("# a comment\n" + lines[3] + "".join(lines[:3] + lines[4:])) == hash_of(text)
    assert hash_of(text.replace("Revenue meter", "Meter of the utility")) == hash_of(text)
    assert hash_of(text.replace("15min", "900s")) == hash_of(text)
    assert hash_of(text.replace("label: end", "label: start")) != hash_of(text)
    assert hash_of(text.replace("unit: kW", "unit: MW")) != hash_of(text)


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEADROOM_DATA", str(tmp_path))
    assert DataFolder.from_environment().landing == tmp_path / "landing"
    monkeypatch.setenv("HEADROOM_DATA", "")
    assert DataFolder.from_environment().root.name == "data"
