"""The ledger saves requests; nothing is lost without it."""

from datetime import date
from functools import partial

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.connectors.ledger import open_ledger
from tests.connectors.local_service import demand, eia_answer


@pytest.fixture
def october(fetch, service):
    """Three pages of one record each."""
    rows = [demand(f"2025-10-01T0{hour}", 15_000 + hour) for hour in range(3)]
    service.usual = partial(eia_answer, rows, most=1)
    return partial(fetch, "eia930", "TVA", "tva_demand", first=date(2025, 10, 1), last=date(2025, 10, 31))


@pytest.fixture
def ledger(folder):
    return folder.connect / "eia930" / "ledger.jsonl"


def offsets(service):
    return [asked.query["offset"][0] for asked in service.asked]


def test_a_line_that_a_crash_cut_off_is_asked_for_again(october, service, ledger, landed):
    october()
    before = landed("tva_demand")
    ledger.write_bytes(ledger.read_bytes()[:-20])
    service.asked.clear()
    october()
    assert offsets(service) == ["2"]
    assert landed("tva_demand") == before
    assert len(ledger.read_bytes().splitlines()) == 3


def test_without_the_ledger_everything_is_asked_again_and_lands_under_the_same_name(
    october, service, ledger, landed
):
    october()
    before = landed("tva_demand")
    ledger.unlink()
    service.asked.clear()
    october()
    assert offsets(service) == ["0", "1", "2"]
    assert landed("tva_demand") == before


def test_a_damaged_ledger_is_named_with_line_and_remedy(october, ledger):
    october()
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(lines[0] + b"{}\n" + lines[2])
    with pytest.raises(Refusal, match=r"ledger.jsonl, line 2 cannot be read.*Remove the file"):
        october()


def test_two_at_a_time_do_not_fetch_from_one_service(october, service, folder):
    with open_ledger(folder.connect / "eia930"), pytest.raises(Refusal, match="another process is fetching"):
        october()
    assert service.asked == []


def test_each_feed_gets_what_it_has_not_had(october, service, fetch, landed):
    october()
    report = fetch("eia930", "TVA", "m1_scada", first=date(2025, 10, 1), last=date(2025, 10, 31))
    assert len(report.landed) == 3
    assert list(landed("m1_scada")) == list(landed("tva_demand"))
