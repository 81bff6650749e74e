"""A service that stumbles is asked again, politely; one that refuses is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.connectors import SERVICES
from pipelines.connectors.manners import Manners, asked_pause_s
from tests.connectors.conftest import KEY, QUICK
from tests.connectors.local_service import Reply, serving

CSV = b"station,valid,tmpf,relh\nMEM,2025-11-01 00:54,60.01,55.20\n"


@pytest.fixture
def november(fetch, service):
    """Fetches one month of weather."""
    service.usual = lambda asked: Reply(CSV)
    return lambda **more: fetch("weather", "MEM", "memphis_weather", first=date(2025, 11, 1), **more)


def test_an_answer_lands_byte_for_byte(november, landed):
    report = november()
    assert report.refusal is None
    assert landed("memphis_weather") == {report.landed[0]: CSV}
    assert report.size == len(CSV)


def test_two_errors_of_the_server_are_waited_out(november, service, clock, landed):
    service.first.extend([Reply(status=500), Reply(status=503)])
    november()
    # Half of 2 s and of 4 s, since the clock's chance is 0; each also keeps the gap of 1 s.
    assert clock.pauses == [1.0, 2.0]
    assert list(landed("memphis_weather").values()) == [CSV]


def test_a_busy_service_says_when_to_come_back(november, service, clock):
    service.first.append(Reply(status=429, headers={"Retry-After": "37"}))
    assert november().refusal is None
    assert clock.pauses == [37.0]


def test_a_busy_service_may_name_an_instant(november, service, clock):
    at = format_datetime(clock.at + timedelta(seconds=90), usegmt=True)
    service.first.append(Reply(status=503, headers={"Retry-After": at}))
    assert november().refusal is None
    assert clock.pauses == [90.0]


def test_nobody_waits_longer_than_the_question_may_take(november, service, clock):
    service.first.append(Reply(status=429, headers={"Retry-After": "86400"}))
    report = november()
    assert "it asks us to wait 86400 s" in str(report.refusal)
    assert "Run again later: it goes on where it stopped" in str(report.refusal)
    assert (clock.pauses, len(service.asked)) == ([], 1)


def test_a_broken_service_is_given_up(november, service, clock):
    service.usual = lambda asked: Reply(status=502)
    report = november()
    assert report.refusal.rule == "no_whole_answer"
    assert "answers 502 Bad Gateway, after 4 attempts at " in str(report.refusal)
    assert len(service.asked) == 4
    assert clock.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "broken",
    [
        Reply(CSV, sends=30),
        Reply(CSV, sends=30, how="chunked"),
        Reply(CSV, how="closing"),
        Reply(CSV, sends=30, stalls=True),
        Reply(CSV, sends=0, stalls=True),
        Reply(b"<html>maintenance</html>"),
        Reply(CSV, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["cut", "cut between chunks", "no length", "stalls", "never begins", "no CSV", "not as asked"],
)
def test_half_an_answer_never_lands(november, service, landed, folder, broken):
    heard = []
    service.first.append(broken)
    report = november(tell=heard.append, manners=replace(QUICK, stall_s=0.7))
    assert report.refusal is None
    assert list(landed("memphis_weather").values()) == [CSV]
    assert len(service.asked) == 2
    assert "trying again in 1 s" in heard[0]
    assert sorted(path.name for path in (folder.connect / "weather").iterdir()) == ["ledger.jsonl"]


def test_an_answer_in_chunks_is_whole_with_its_last_chunk(november, service, landed):
    service.usual = lambda asked: Reply(CSV, how="chunked")
    november()
    assert len(service.asked) == 1
    assert list(landed("memphis_weather").values()) == [CSV]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_final_and_says_what_to_do(november, service, status, landed):
    service.usual = lambda asked: Reply(b"no\x1b[31m such\nthing", status=status)
    report = november()
    assert len(service.asked) == 1
    said = str(report.refusal)
    assert f"Iowa Environmental Mesonet answers {status} " in said
    assert "(no [31m such thing)" in said
    assert f"to {service.url}/cgi-bin/request/asos.py?station=MEM" in said
    assert report.refusal.remedy
    assert landed("memphis_weather") == {}


def test_who_has_no_valid_key_is_told_where_to_get_one(fetch, service):
    service.usual = lambda asked: Reply(b'{"error":"API_KEY_INVALID"}', status=403)
    report = fetch("eia930", "TVA", "tva_demand", first=date(2025, 11, 1))
    assert "Set EIA_API_KEY to a key that is valid" in str(report.refusal)
    assert "https://www.eia.gov/opendata/register.php" in str(report.refusal)


def test_a_move_on_the_same_host_is_followed(november, service, landed):
    service.first.append(Reply(status=302, headers={"Location": "/new/place"}))
    november()
    assert service.asked[1].path == "/new/place"
    assert list(landed("memphis_weather").values()) == [CSV]


def test_a_move_to_another_host_is_not_followed(fetch, service, landed):
    with serving(lambda asked: Reply(CSV)) as stranger:
        service.usual = lambda asked: Reply(status=307, headers={"Location": stranger.url + "/x?" + KEY})
        report = fetch("eia930", "TVA", "tva_demand", first=date(2025, 11, 1))
        assert stranger.asked == []
    assert report.refusal.rule == "sent_elsewhere"
    assert stranger.url.removeprefix("http://") in str(report.refusal)
    assert KEY not in str(report.refusal)


def test_moves_without_end_are_given_up(november, service):
    service.usual = lambda asked: Reply(status=301, headers={"Location": "/again"})
    assert "sends us on more than 5 times" in str(november().refusal)


def test_a_service_that_is_not_there_is_given_up(fetch, service):
    service.end()
    report = fetch("weather", "MEM", "memphis_weather", first=date(2025, 11, 1))
    assert f"the connection to {service.url} failed, after 4 attempts" in str(report.refusal)


def test_questions_keep_their_distance(fetch, service, clock):
    service.usual = lambda asked: Reply(CSV)
    fetch("weather", "MEM", "memphis_weather", first=date(2025, 9, 1))
    assert len(service.asked) == 3
    assert clock.pauses == [1.0, 1.0]


def test_the_caller_says_who_it_is(november, service):
    november()
    headers = service.asked[0].headers
    assert headers["User-Agent"].startswith("headroom/")
    assert "connector weather" in headers["User-Agent"]
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Authorization", "Cookie", "X-Api-Key"} & set(headers)


def test_no_password_of_another_program_is_sent(november, service, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    november()
    assert "Authorization" not in service.asked[0].headers


def test_an_endless_answer_is_cut_off(november, landed, monkeypatch):
    monkeypatch.setitem(SERVICES, "weather", replace(SERVICES["weather"], max_bytes=len(CSV) - 1))
    report = november()
    assert report.refusal.rule == "too_much"
    assert landed("memphis_weather") == {}


def test_an_answer_that_drips_on_is_cut_off(november, landed):
    report = november(manners=replace(QUICK, total_s=-1))  # every byte comes too late
    assert "takes too long" in str(report.refusal)
    assert landed("memphis_weather") == {}


@given(failures=st.integers(1, 40), chance=st.floats(0, 1, exclude_max=True))
def test_a_pause_grows_up_to_a_limit_and_never_shrinks_below_half(failures, chance):
    manners = Manners(first_wait_s=2, longest_wait_s=120)
    whole = min(120, 2 * 2 ** (failures - 1))
    assert whole / 2 <= manners.wait_s(failures, chance) <= whole


NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "soon", "-3", "1.5"])
def test_a_pause_that_cannot_be_read_is_none(text):
    assert asked_pause_s(text, NOW) is None


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_an_instant_is_utc_whatever_the_zone_of_this_machine(zone):
    assert asked_pause_s(f"Thu, 20 Nov 2025 12:01:30 {zone}", NOW) == 90


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]+ [A-Z][a-z]{2} [0-9]+ [0-9:]+ [A-Z+-]*[0-9]*"))
def test_no_header_of_a_service_stops_a_run(text):
    pause = asked_pause_s(text, NOW)
    assert pause is None or pause >= 0


def test_an_instant_that_has_passed_is_no_pause():
    assert asked_pause_s(format_datetime(NOW - timedelta(hours=1), usegmt=True), NOW) == 0
