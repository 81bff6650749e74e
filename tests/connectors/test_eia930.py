"""Demand of a balancing authority comes whole, once, and again where it was restated."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.connectors.local_service import Asked, Reply, demand, eia_answer, serving

HEADROOM = Path(sys.executable).with_name("headroom")


def hours(first: date, days: int) -> list[dict[str, object]]:
    """Hourly records from the first hour of a day on; each value tells its place."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return [demand(f"{start + timedelta(hours=n):%Y-%m-%dT%H}", 15_000 + n) for n in range(24 * days)]


@pytest.fixture
def rows(service):
    """October and the first 19 days of November; a test may change them."""
    rows = hours(date(2025, 10, 1), 50)
    service.usual = partial(eia_answer, rows)
    return rows


@pytest.fixture
def autumn(fetch):
    return partial(fetch, "eia930", "TVA", "tva_demand", first=date(2025, 10, 1))


def periods(files: dict[str, bytes]) -> list[str]:
    """Periods in the files, in the order of their names."""
    return [row["period"] for body in files.values() for row in json.loads(body)["response"]["data"]]


def offsets(service) -> list[tuple[str, int]]:
    return [(asked.query["start"][0][:7], int(asked.query["offset"][0])) for asked in service.asked]


def test_every_hour_comes_exactly_once_by_months(rows, autumn, service, landed):
    report = autumn()
    assert periods(landed("tva_demand")) == [row["period"] for row in rows]
    assert [name[:19] for name in report.landed] == ["eia930_TVA_2025-10_", "eia930_TVA_2025-11_"]
    assert all(name.endswith(".json") for name in report.landed)
    assert offsets(service) == [("2025-10", 0), ("2025-11", 0)]


def test_the_question_is_the_one_the_eia_documents(rows, autumn, service):
    autumn()
    asked = service.asked[0]
    assert asked.path == "/v2/electricity/rto/region-data/data/"
    assert asked.query == {
        "frequency": ["hourly"],
        "data[0]": ["value"],
        "facets[respondent][]": ["TVA"],
        "facets[type][]": ["D"],
        "start": ["2025-10-01T00"],
        "end": ["2025-10-31T23"],
        "sort[0][column]": ["period"],
        "sort[0][direction]": ["asc"],
        "offset": ["0"],
        "length": ["5000"],
    }


def test_a_month_of_several_pages_is_turned_to_its_last(rows, autumn, service, landed):
    service.usual = partial(eia_answer, rows, most=300)
    report = autumn(last=date(2025, 10, 31))
    assert offsets(service) == [("2025-10", 0), ("2025-10", 300), ("2025-10", 600)]
    assert sorted(periods(landed("tva_demand"))) == [row["period"] for row in rows[:744]]
    assert len(report.landed) == 3


def test_what_has_not_changed_does_not_land_again(rows, autumn, service, landed):
    autumn()
    before = landed("tva_demand")
    report = autumn()
    # The second answer has another time of computing in it, so other bytes; the data are the same.
    assert (report.landed, report.unchanged) == ([], 2)
    assert landed("tva_demand") == before


def test_restated_hours_land_beside_the_earlier_ones(rows, autumn, service, landed):
    autumn()
    rows[5] = demand(str(rows[5]["period"]), 14_000)
    report = autumn()
    [name] = report.landed
    assert name.startswith("eia930_TVA_2025-10_")
    assert len(landed("tva_demand")) == 3
    assert json.loads(landed("tva_demand")[name])["response"]["data"][5]["value"] == "14000"


def test_a_month_is_final_once_it_was_asked_for_after_its_look_back(rows, autumn, service, clock):
    autumn()
    clock.at = datetime(2025, 12, 30, tzinfo=UTC)  # the 60th day after October
    autumn(last=date(2025, 10, 31))
    clock.at = datetime(2025, 12, 31, tzinfo=UTC)
    rows[0] = demand(str(rows[0]["period"]), 1)
    assert len(autumn(last=date(2025, 10, 31)).landed) == 1
    asked = len(service.asked)
    report = autumn(last=date(2025, 10, 31))
    assert (len(service.asked), report.settled) == (asked, 1)


def test_a_service_that_knows_versions_is_only_asked_for_news(rows, autumn, service, landed):
    def usual(asked):
        if asked.headers.get("If-None-Match") == '"v1"':
            return Reply(status=304)
        return Reply(eia_answer(rows, asked).body, headers={"ETag": '"v1"', "Last-Modified": "then"})

    service.usual = usual
    autumn(last=date(2025, 10, 31))
    report = autumn(last=date(2025, 10, 31))
    assert service.asked[1].headers["If-Modified-Since"] == "then"
    assert (report.landed, report.unchanged) == ([], 1)
    assert "If-None-Match" not in service.asked[0].headers


def test_a_version_is_not_told_to_another_address(rows, autumn, service):
    service.usual = lambda asked: Reply(eia_answer(rows, asked).body, headers={"ETag": '"v1"'})
    autumn(last=date(2025, 10, 31))
    with serving(service.usual) as mirror:
        report = autumn(last=date(2025, 10, 31), base=mirror.url)
    assert "If-None-Match" not in mirror.asked[0].headers
    assert (report.landed, report.unchanged) == ([], 1)


def test_a_failure_on_the_way_is_gone_on_from(rows, autumn, service, landed):
    service.usual = partial(eia_answer, rows, most=300)
    service.first.extend([eia_answer(rows, FIRST_OF_OCTOBER, most=300), Reply(status=400)])
    report = autumn(last=date(2025, 10, 31))
    assert report.refusal is not None
    assert len(report.landed) == 1
    autumn(last=date(2025, 10, 31))
    assert [offset for _, offset in offsets(service)] == [0, 300, 300, 600]
    assert sorted(periods(landed("tva_demand"))) == [row["period"] for row in rows[:744]]


FIRST_OF_OCTOBER = Asked(
    "", {"start": ["2025-10-01T00"], "end": ["2025-10-31T23"], "offset": ["0"], "length": ["5000"]}, {}
)


def test_a_killed_run_is_gone_on_from(rows, autumn, service, folder, landed):
    service.usual = partial(eia_answer, rows, most=300)
    service.first.append(eia_answer(rows, FIRST_OF_OCTOBER, most=300))
    service.first.append(Reply(b"x" * 100, sends=10, stalls=True))
    command = [HEADROOM, "connect", "eia930", "--respondent", "TVA", "--feed", "tva_demand"]
    days = ["--from", "2025-10-01", "--to", "2025-10-31"]
    environment = os.environ | {"HEADROOM_EIA930_URL": service.url}
    with subprocess.Popen([*command, *days], env=environment, stderr=subprocess.PIPE) as run:
        until = time.monotonic() + 60
        while len(service.asked) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    assert len(landed("tva_demand")) == 1
    assert autumn(last=date(2025, 10, 31)).refusal is None
    assert [offset for _, offset in offsets(service)] == [0, 300, 300, 600]
    assert sorted(periods(landed("tva_demand"))) == [row["period"] for row in rows[:744]]
    assert [path.name for path in (folder.connect / "eia930").iterdir()] == ["ledger.jsonl"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"response": {"total": "744", "data": []}}', "744 records are announced, but none came from 0 on"),
        (b'{"response": {"total": "744", "da', "is not JSON with response.data and response.total"),
        (b'{"error": "try later"}', "is not JSON with response.data and response.total"),
        (b"[" * 100_000, "is not JSON with response.data and response.total"),
        (b'{"response": {"total": "many", "data": []}}', "is not JSON with response.data"),
    ],
    ids=["none of those announced", "cut", "an error", "nested without end", "no number"],
)
def test_an_answer_that_is_none_is_asked_for_again_then_refused(autumn, service, landed, body, said):
    service.usual = lambda asked: Reply(body)
    report = autumn()
    assert said in str(report.refusal)
    assert len(service.asked) == 4
    assert landed("tva_demand") == {}


def test_a_month_without_data_does_not_land(autumn, service, landed):
    service.usual = partial(eia_answer, [])
    report = autumn()
    assert (report.landed, report.unchanged, report.refusal) == ([], 2, None)
