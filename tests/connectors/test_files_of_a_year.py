"""Files that a service publishes whole: hourly emissions of a state and year."""

from datetime import UTC, date, datetime
from functools import partial

import pytest

from tests.connectors.local_service import Reply

HEADER = (
    b'"State","Facility Name","Facility ID","Unit ID","Associated Stacks","Date","Hour","Operating Time"\n'
)
ROW = b'"TN","Sample Plant","99001","CT-01",,"2024-01-01","0","0.50"\n'
STAMPED = {"Last-Modified": "Tue, 04 Nov 2025 10:00:00 GMT"}


@pytest.fixture
def tennessee(fetch):
    return partial(fetch, "campd", "TN", "m1_cems", first=date(2024, 1, 1))


def published(asked):
    """2024 and 2025 are there; who has the version of November gets nothing new."""
    if asked.headers.get("If-Modified-Since") == STAMPED["Last-Modified"]:
        return Reply(status=304)
    return Reply(HEADER + ROW, headers=STAMPED)


def test_a_state_comes_by_years(tennessee, service, landed):
    service.usual = published
    report = tennessee()
    folder = "/bulk-files/emissions/hourly/state/"
    assert [asked.path for asked in service.asked] == [
        f"{folder}emissions-hourly-2024-tn.csv",
        f"{folder}emissions-hourly-2025-tn.csv",
    ]
    assert [name[:14] for name in report.landed] == ["campd_TN_2024_", "campd_TN_2025_"]
    assert set(landed("m1_cems").values()) == {HEADER + ROW}


def test_a_file_that_has_not_changed_is_not_sent(tennessee, service):
    service.usual = published
    tennessee()
    report = tennessee()
    assert (report.landed, report.unchanged) == ([], 2)


def test_a_year_that_is_not_out_yet_is_no_failure(tennessee, service):
    heard = []
    service.usual = lambda asked: published(asked) if "2024" in asked.path else Reply(status=404)
    report = tennessee(tell=heard.append)
    assert (len(report.landed), report.unpublished, report.refusal) == (1, ["2025"], None)
    assert heard[-1] == "campd TN 2025: not published yet"


def test_a_year_that_should_be_out_is_a_failure(tennessee, service, clock):
    service.usual = lambda asked: Reply(status=404)
    clock.at = datetime(2025, 5, 1, 12, tzinfo=UTC)  # the 120th day after 2024
    report = tennessee(last=date(2024, 12, 31))
    assert "Is there such a state, and such a time?" in str(report.refusal)


def test_a_key_is_not_needed_but_sent_where_there_is_one(tennessee, service, monkeypatch):
    service.usual = published
    tennessee(last=date(2024, 12, 31))
    monkeypatch.setenv("CAMPD_API_KEY", "campd-canary-1")
    tennessee(first=date(2025, 1, 1))
    assert "X-Api-Key" not in service.asked[0].headers
    assert service.asked[1].headers["X-Api-Key"] == "campd-canary-1"


def test_a_table_of_another_kind_is_refused(tennessee, service, landed):
    service.usual = lambda asked: Reply(b"State,Year,NOx\nTN,2024,1\n")
    report = tennessee()
    assert "does not begin with the header 'State,Facility Name,Facility ID,Unit ID,'" in str(report.refusal)
    assert landed("m1_cems") == {}
