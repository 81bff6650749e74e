"""Each fault does what its labels say, and nothing else: clean and faulty are compared, fault by fault.

Files are compared as bytes and lines, series value by value; nothing of the product reads them.
"""

import csv
import gzip
import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.contract import Contract
from pipelines.simulator.faults import CATALOGUE, CLASSES, INPUTS, Faults, wanted_faults
from pipelines.simulator.faults.files import FILES, Content
from pipelines.simulator.faults.injection import (
    COPIES,
    LINES,
    OF_INSTRUMENTS,
    OF_RECORDS,
    OF_TEXT,
    OF_THE_FOLDER,
)
from pipelines.simulator.faults.labels import Label
from pipelines.simulator.landing import Delivery, deliveries
from pipelines.simulator.meters import Meters
from pipelines.simulator.records import records
from pipelines.simulator.signals import Signals, area_signals, site_signals
from pipelines.simulator.site_run import run_site
from pipelines.simulator.span import Span, span_of
from tests.torture.campus import torture_campus

MANY = "0.01"


@dataclass(frozen=True)
class Small:
    """Site 1 of the torture campus for some days: what its instruments show, and its records by feed."""

    campus: Campus
    span: Span
    signals: Signals
    files: dict[str, list[Delivery]]

    def strike(self, contract: Contract, *wanted: str, seed: int = 7) -> tuple[dict[str, bytes], list[Label]]:
        """Content by name before compression, and labels, of a feed with faults."""
        faults = Faults(wanted_faults(wanted), seed, self.campus)
        landed = {"other": [Content("other.csv", b"a,b\n1,2\n", b"a,b\n1,2\n")]}
        contents = faults.on_files(contract, self.files[contract.feed], landed)
        return {file.name: file.plain or file.data for file in contents}, faults.labels.found


def _small(folder: Path, start: date, days: int) -> Small:
    campus = load_campus(torture_campus(folder))
    span = span_of(start, days, ["America/Chicago"], 60)
    run = run_site(campus, "m1", span, 7)
    meters = Meters(campus, 7)
    signals = area_signals(campus, [run], span, meters) | site_signals(campus, run, span, meters)
    frames = {feed: records(contract, campus, signals, span) for feed, contract in campus.contracts.items()}
    files = {
        feed: list(deliveries(campus.contracts[feed], frame, "America/Chicago"))
        for feed, frame in frames.items()
        if not frame.is_empty()
    }
    return Small(campus, span, signals, files)


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return _small(tmp_path_factory.mktemp("autumn"), date(2025, 11, 1), 2)


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return _small(tmp_path_factory.mktemp("spring"), date(2026, 3, 8), 1)


def _fitting(small: Small, name: str) -> list[Contract]:
    """The feeds that a fault fits."""
    tables = (OF_RECORDS, OF_TEXT, LINES, COPIES, FILES)
    fits = next((table[name].fits for table in tables if name in table), lambda contract: True)
    text_only = name in LINES or name in COPIES
    contracts = [small.campus.contracts[feed] for feed in small.files]
    return [c for c in contracts if fits(c) and (c.format == "delimited" or not text_only)]


def test_every_fault_of_the_catalogue_is_made_somewhere() -> None:
    made = [*OF_INSTRUMENTS, *OF_RECORDS, *OF_TEXT, *LINES, *COPIES, *FILES, *OF_THE_FOLDER]
    assert sorted(made) == sorted(CATALOGUE)


def test_every_class_of_defects_and_kind_of_input_has_a_fault() -> None:
    assert {number for fault in CATALOGUE.values() for number in fault.classes} == CLASSES.keys()
    assert {number for fault in CATALOGUE.values() for number in fault.inputs} == INPUTS.keys()


def test_every_fault_has_a_rate_a_way_of_being_seen_and_an_expected_rule() -> None:
    for fault in CATALOGUE.values():
        assert 0 < fault.rate <= 1
        assert fault.per in ("value", "record", "file", "series-day")
        assert fault.seen in ("file", "judgement", "neighbours")
        assert fault.rules
        assert fault.says


@pytest.mark.parametrize("text", ["speik", "spike=2", "spike=a lot", "spike=0"])
def test_a_fault_or_rate_that_cannot_be_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"spike|speik"):
        wanted_faults([text])


def test_a_fault_asked_for_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice: spike"):
        wanted_faults(["spike=0.1", "all"])


def test_a_fault_may_be_asked_for_somewhere_and_at_a_rate() -> None:
    (wanted,) = wanted_faults(["spike@m1-grid-*.grid_mw=0.002"])
    assert (wanted.fault.name, wanted.rate) == ("spike", 0.002)
    assert wanted.concerns("m1-grid-a.grid_mw")
    assert not wanted.concerns("m1-hall-1.load_mw")


def test_all_means_every_fault_at_its_own_rate() -> None:
    assert {w.fault.name: w.rate for w in wanted_faults(["all"])} == {
        f.name: f.rate for f in CATALOGUE.values()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(autumn: Small) -> None:
    for feed in ("m1_turbines", "memphis_weather", "m1_packs"):
        contract = autumn.campus.contracts[feed]
        once, twice, other = (autumn.strike(contract, "all", seed=seed) for seed in (1, 1, 2))
        assert once == twice
        assert once != other


def test_faults_of_instruments_depend_on_the_seed_alone(autumn: Small) -> None:
    labels = []
    for seed in (1, 1, 2):
        faults = Faults(wanted_faults(["spike", "stuck", "lag"]), seed, autumn.campus)
        faults.on_signals(autumn.signals, autumn.span)
        labels.append(faults.labels.found)
    assert labels[0] == labels[1] != labels[2]


def test_a_total_adds_its_parts_from_left_to_right(autumn: Small) -> None:
    """In another order the last digit would depend on how busy the machine is."""
    faulty, labels = autumn.strike(autumn.campus.contracts["m1_turbines"], "total_beside_parts=1")
    assert labels
    for label in labels:
        rows = [
            {name: float(cell.replace(",", ".") or 0) for name, cell in row.items() if name.endswith("MW")}
            | {"TOTAL": float(row["TOTAL"].replace(",", "."))}
            for row in _rows(faulty[label.file_name], ";")
        ]
        totals = pl.Series(row.pop("TOTAL") for row in rows)
        assert totals.to_list() == pl.Series(sum(row.values()) for row in rows).round(3).to_list()


TOUCHING_LATER = {"counter_reset", "counter_rollover"}
"""A register that was put back stays so."""


@pytest.mark.parametrize("name", sorted(OF_INSTRUMENTS))
def test_an_instrument_is_wrong_where_its_labels_say_and_nowhere_else(autumn: Small, name: str) -> None:
    faults = Faults(wanted_faults([f"{name}={MANY}"]), 7, autumn.campus)
    shown = faults.on_signals(autumn.signals, autumn.span)
    assert faults.labels.found
    struck = {
        (label.device_id, start)
        for label in faults.labels.found
        for start in range(label.from_s or 0, (label.to_s or 0) + 1, 60)
    }
    columns = {(label.device_id, label.column_name) for label in faults.labels.found}
    for key, signal in autumn.signals.items():
        now = shown[key].values
        if now is signal.values or np.array_equal(now, signal.values, equal_nan=now.dtype.kind == "f"):
            continue
        assert key in columns or (key[0], "") in columns
        edges = int(signal.is_register)
        differ = now != signal.values
        if now.dtype.kind == "f":
            differ &= ~(np.isnan(now) & np.isnan(signal.values))
        at = np.flatnonzero(differ) - edges
        starts = {(key[0], int(autumn.span.start.timestamp()) + int(n) * signal.interval_s) for n in at}
        if name not in TOUCHING_LATER:
            assert starts <= struck


ONE_RECORD = [
    name
    for name, fault in CATALOGUE.items()
    if fault.per == "record" and name not in ("blank_lines", "null_and_value")
]


@pytest.mark.parametrize("name", ONE_RECORD)
def test_a_struck_record_stands_where_its_label_says_and_all_others_are_clean(
    autumn: Small, name: str
) -> None:
    """Of formats that have lines; a record that came twice stands there once more than in the clean file."""
    struck = 0
    for contract in [c for c in _fitting(autumn, name) if c.format != "parquet"]:
        clean, _ = autumn.strike(contract)
        faulty, labels = autumn.strike(contract, f"{name}=0.002")
        struck += len(labels)
        numbered: dict[str, set[int]] = {file: set() for file in faulty}
        for label in labels:
            assert label.row_number is not None
            numbered[label.file_name].add(label.row_number)
        for file, data in faulty.items():
            lines = data.split(b"\n")
            others = Counter(line for n, line in enumerate(lines, 1) if n not in numbered[file])
            known = Counter(clean[file].split(b"\n"))
            footer = {line for line in others if line not in known}
            assert len(footer) <= 1, "only a footer's count may change"
            surplus = others - known
            assert surplus.keys() <= footer
            for n in numbered[file]:
                assert lines[n - 1] not in known or name == "duplicate_rows"
    assert struck


IN_FILES = [
    name
    for name, fault in CATALOGUE.items()
    if fault.per == "file" and name not in (*COPIES, *FILES, *OF_THE_FOLDER, "gap_stamps")
]


@pytest.mark.parametrize("name", IN_FILES)
def test_files_that_no_label_names_are_as_clean_ones(autumn: Small, name: str) -> None:
    for contract in _fitting(autumn, name):
        clean, _ = autumn.strike(contract)
        faulty, labels = autumn.strike(contract, f"{name}=0.4")
        struck = {label.file_name for label in labels}
        assert struck <= faulty.keys()
        changed = {file for file in clean if faulty[file] != clean[file]}
        late = {file.removeprefix("late_") for file in struck}
        assert changed <= struck | late
        assert changed or not labels or name in ("late_file", "newest_first")


@pytest.mark.parametrize("name", [*COPIES, *FILES, *OF_THE_FOLDER])
def test_a_broken_file_lands_beside_the_good_one(autumn: Small, name: str) -> None:
    for contract in _fitting(autumn, name):
        clean, _ = autumn.strike(contract)
        faulty, labels = autumn.strike(contract, f"{name}=0.5")
        assert {file: faulty[file] for file in clean} == clean
        assert {label.file_name for label in labels} == faulty.keys() - clean.keys() != set()


def _rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode()), delimiter=delimiter))


def test_records_in_another_order_are_the_same_records(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_scada"]
    clean, _ = autumn.strike(contract)
    for name in ("shuffled", "newest_first", "reordered_columns"):
        faulty, _ = autumn.strike(contract, f"{name}=1")
        for file, data in faulty.items():
            assert data != clean[file]
            cells = [
                Counter(tuple(sorted(row.items())) for row in _rows(each)) for each in (data, clean[file])
            ]
            assert cells[0] == cells[1]


def test_a_clock_that_jumps_still_does_so_where_other_stamps_are_struck_as_well(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_batteries"]
    clean, _ = autumn.strike(contract)
    faulty, labels = autumn.strike(contract, "clock_jump", "wrong_date=0.001")
    (jump,) = [label for label in labels if label.fault == "clock_jump"]
    shown = zip(_rows(faulty[jump.file_name]), _rows(clean[jump.file_name]), strict=True)
    late = [int(after["epoch"]) - int(before["epoch"]) for after, before in shown]
    assert late.count(3600) == jump.count == 180 * 12
    assert any(seconds not in (0, 3600) for seconds in late)


OF_ORDER = ("clock_jump", "clock_drift", "late_file", "shuffled", "newest_first")


@pytest.mark.parametrize("seed", range(5))
def test_a_file_carries_one_fault_of_its_clock_or_order_at_most(autumn: Small, seed: int) -> None:
    """The late part of a file is a part of it. Every second file is wanted for each: there are too few."""
    made = set()
    for feed in ("m1_scada", "memphis_weather", "m1_packs"):
        faults = Faults(wanted_faults(f"{name}=0.5" for name in OF_ORDER), seed, autumn.campus)
        faults.on_files(autumn.campus.contracts[feed], autumn.files[feed], {})
        labels = faults.labels.found
        struck = Counter(label.file_name.removeprefix("late_") for label in labels)
        assert struck == dict.fromkeys((file.name for file in autumn.files[feed]), 1)
        made |= {label.fault for label in labels}
    assert len(made) > 1


def test_a_sentinel_is_none_that_the_contract_declares(autumn: Small) -> None:
    """-9999 is declared in a column of m1_cems: there it would be no fault."""
    emissions, batteries = (autumn.campus.contracts[feed] for feed in ("m1_cems", "m1_batteries"))
    shown = [b"".join(autumn.strike(c, "small_sentinels=0.01")[0].values()) for c in (emissions, batteries)]
    assert [b"-9999" in data for data in shown] == [False, True]
    assert all(b"65535" in data for data in shown)


def test_a_late_file_completes_the_day(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_batteries"]
    clean, _ = autumn.strike(contract)
    faulty, labels = autumn.strike(contract, "late_file")
    (label,) = labels
    early, late = faulty[label.file_name.removeprefix("late_")], faulty[label.file_name]
    whole = clean[label.file_name.removeprefix("late_")]
    assert _rows(early) + _rows(late) == _rows(whole)
    assert len(_rows(late)) == label.count


def test_the_second_revision_carries_the_right_numbers(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_turbines"]
    clean, _ = autumn.strike(contract)
    faulty, labels = autumn.strike(contract, "restated_file")
    first = labels[0].file_name
    assert faulty[first.replace("_r1", "_r2")] == clean[first] != faulty[first]


def test_an_hour_that_is_not_there_is_an_hour_of_every_tag(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_scada"]
    clean, _ = autumn.strike(contract)
    faulty, (label,) = autumn.strike(contract, "missing_rows")
    assert len(_rows(clean[label.file_name])) - len(_rows(faulty[label.file_name])) == label.count == 60 * 7


def test_the_repeated_hour_stands_there_once(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_turbines"]
    clean, _ = autumn.strike(contract)
    faulty, (label,) = autumn.strike(contract, "fold_once")
    night = [
        sum(row["Time"].startswith("01:") for row in _rows(files[label.file_name], ";"))
        for files in (clean, faulty)
    ]
    assert night == [120, 60]


def test_stamps_lie_within_the_hour_that_spring_skips(spring: Small) -> None:
    contract = spring.campus.contracts["m1_turbines"]
    faulty, labels = spring.strike(contract, "gap_stamps")
    (data,) = faulty.values()
    skipped = [n for n, row in enumerate(_rows(data, ";"), 2) if row["Time"].startswith("02:")]
    assert skipped == [label.row_number for label in labels]
    assert len(skipped) == 60


def test_no_stamp_lies_in_a_skipped_hour_in_autumn(autumn: Small) -> None:
    """Records that come again at the end of a file step back across the repeated hour."""
    contract = autumn.campus.contracts["m1_turbines"]
    _, labels = autumn.strike(contract, "duplicate_rows=0.01", "gap_stamps")
    assert {label.fault for label in labels} == {"duplicate_rows"}


def test_a_register_rolls_over_at_its_modulus(autumn: Small) -> None:
    faults = Faults(wanted_faults(["counter_rollover@m1-grid-a.*"]), 7, autumn.campus)
    values = faults.on_signals(autumn.signals, autumn.span)["m1-grid-a", "energy_mwh"].values
    true = autumn.signals["m1-grid-a", "energy_mwh"].values
    (fall,) = np.flatnonzero(np.diff(values) < 0)
    assert faults.labels.found[0].from_s == int(autumn.span.epochs[fall])
    assert np.allclose(np.diff(values) % 1e7, np.diff(true), atol=1e-6)


def test_a_truncated_copy_cannot_be_unpacked(autumn: Small) -> None:
    contract = autumn.campus.contracts["m1_scada"]
    faults = Faults(wanted_faults(["truncated_gzip", "damaged_gzip"]), 7, autumn.campus)
    broken = [f for f in faults.on_files(contract, autumn.files["m1_scada"], {}) if not f.plain]
    assert len(broken) == 2
    for file in broken:
        with pytest.raises((EOFError, OSError, zipfile.BadZipFile, ValueError)):
            gzip.decompress(file.data)
