"""What a person meets who lands Prometheus' text exposition."""

import pytest

from pipelines.campus.refusal import Refusal
from tests.readers.conftest import LONG

SLICE = ["GPU_I_ID", "GPU_I_PROFILE"]


@pytest.fixture
def scraping(reading):
    return lambda text, **parts: reading(text.encode(), **LONG, format="prometheus_text", **parts)


def test_every_cell_of_the_sample_is_what_the_line_says(sample, samples):
    lines = (samples / "prometheus_text" / "good.prom").read_text(encoding="utf-8").splitlines()
    said = [
        (number, *reversed(line.replace("\t", " ").rsplit(" ", 2)[1:]))
        for number, line in enumerate(lines, 1)
        if line and not line.startswith("#")
    ]
    table = sample("prometheus_text", "good.prom", without_labels=SLICE)
    assert table.frame.select("row_number", "time", "value").rows() == said
    assert (table.skipped, table.rejected.height) == (4, 0)
    assert table.frame["tag"].to_list() == [
        'DCGM_FI_DEV_POWER_USAGE{Hostname="hall-1",UUID="GPU-a",gpu="1"}',
        'DCGM_FI_DEV_POWER_USAGE{Hostname="hall-1",UUID="GPU-a",gpu="1"}',
        'DCGM_FI_DEV_POWER_USAGE{Hostname="hall-1",UUID="GPU-b",gpu="2"}',
        'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{Hostname="hall-1",UUID="GPU-b",gpu="2"}',
        r'up{path="C:\\dcgm",say="\"on\"\n"}',
        "load1",
    ]


def test_every_defect_of_the_broken_sample_is_named_with_its_line(sample, samples):
    table = sample("prometheus_text", "broken.prom")
    assert table.rejected.select("row_number", "rule").rows() == [
        (3, "no_time"),
        (4, "bad_line"),
        (5, "bad_line"),
        (6, "duplicate_key"),
        (7, "bad_line"),
        (8, "no_tag"),
        (9, "bad_line"),
        (11, "bad_line"),
    ]
    lines = (samples / "prometheus_text" / "broken.prom").read_text(encoding="utf-8").splitlines()
    assert table.rejected["raw"].to_list() == [lines[number - 1] for number in table.rejected["row_number"]]
    assert table.frame.rows() == [
        (2, 'power{gpu="0"}', "1762041600000", "412"),
        (10, "power", "1762041600000", "1,5"),
    ]


def test_slices_keep_their_names_unless_the_contract_leaves_their_labels_out(sample):
    tags = sample("prometheus_text", "good.prom").frame["tag"].to_list()[:2]
    assert [tag.count("GPU_I_ID") for tag in tags] == [1, 1]
    assert tags[0] != tags[1]


def test_a_scrape_without_times_is_refused_with_a_way_out(scraping):
    with pytest.raises(Refusal, match=r"none of the 2 samples has a time.*query_range"):
        scraping('power{gpu="0"} 412\npower{gpu="1"} 413\n')


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ('{"power.usage",gpu="0"} 1 5', 'power.usage{gpu="0"}'),
        ('{"power.usage", "gpu.id" = "0"} 1 5', 'power.usage{gpu.id="0"}'),
        ('\tpower { a = "x" , } 1 5 ', 'power{a="x"}'),
        ('power{a="}"} 1 5', 'power{a="}"}'),
        ('power{a="x"}1 5', 'power{a="x"}'),
        ("power{} 1 5", "power"),
    ],
)
def test_the_spellings_of_a_series(scraping, line, tag):
    assert scraping(line + "\n").frame.rows() == [(1, tag, "5", "1")]


@pytest.mark.parametrize(
    "line",
    ['power{"other"} 1 5', 'power{a="x",,} 1 5', 'power{a="x"b="y"} 1 5', 'power{a="x" 1 5', "1 5", "{} 1 5"],
)
def test_what_is_no_series_is_rejected(scraping, line):
    table = scraping(line + "\npower 1 5\n")
    assert (table.rejected["row_number"].to_list(), table.frame["row_number"].to_list()) == ([1], [2])


def test_openmetrics_seconds_and_its_end_are_taken(scraping):
    table = scraping("# TYPE power gauge\npower 412.5 1762041600.250\n# EOF\n")
    assert table.frame.rows() == [(2, "power", "1762041600.250", "412.5")]
