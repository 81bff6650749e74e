"""A key is sent to its service and told to nobody else."""

import logging
from datetime import date
from functools import partial

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.connectors import EIA930, WEATHER
from pipelines.connectors.address import address_of
from tests.connectors.conftest import KEY
from tests.connectors.local_service import Reply, demand, eia_answer


@pytest.fixture
def october(fetch):
    days = {"first": date(2025, 10, 1), "last": date(2025, 10, 31)}
    return partial(fetch, "eia930", "TVA", "tva_demand", **days)


def everything_written(folder):
    """Names and bytes of every file of the data folder."""
    files = [path for path in folder.root.rglob("*") if path.is_file()]
    return "\n".join(f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in files)


def test_the_key_reaches_its_service_and_nothing_else(october, service, folder, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    heard = []
    echo = Reply(KEY.encode() + b" is not welcome", status=403)
    service.usual = partial(eia_answer, [demand("2025-10-01T05", 15_000)])
    service.first.extend([Reply(status=500), Reply(b"{}", sends=1), echo])
    refused = october(tell=heard.append)
    fetched = october(tell=heard.append)

    assert all(asked.headers["X-Api-Key"] == KEY for asked in service.asked)
    assert not any(KEY in str(asked.query) + asked.path for asked in service.asked)
    assert "*** is not welcome" in str(refused.refusal)
    assert len(fetched.landed) == 1
    out, err = capfd.readouterr()
    told = [*heard, repr(refused), repr(fetched), caplog.text, out, err, everything_written(folder)]
    assert caplog.text
    assert not any(KEY in text for text in told)


def test_a_long_error_page_does_not_show_half_a_key(october, service):
    service.usual = lambda asked: Reply(b"x" * 190 + b" " + KEY.encode(), status=403)
    assert KEY[:6] not in str(october().refusal)


@pytest.mark.parametrize("before", [0, (1 << 16) - 5], ids=["in one block", "over two blocks"])
def test_an_answer_that_repeats_the_key_is_not_kept(october, service, folder, before):
    service.usual = lambda asked: Reply(b" " * before + KEY.encode())
    report = october()
    assert report.refusal.rule == "key_in_answer"
    assert KEY not in str(report.refusal) + everything_written(folder)


def test_without_a_key_nothing_is_asked(october, service, monkeypatch):
    monkeypatch.delenv("EIA_API_KEY")
    with pytest.raises(Refusal, match=r"Get a key at https://www.eia.gov/opendata/register.php"):
        october()
    assert service.asked == []


@pytest.mark.parametrize(
    "broken", ["short", "two words of it", "line\nX-Other: header", "schlüssel-mit-umlaut"]
)
def test_a_broken_key_is_neither_sent_nor_shown(october, service, monkeypatch, broken):
    monkeypatch.setenv("EIA_API_KEY", broken)
    with pytest.raises(Refusal, match="EIA_API_KEY does not hold a key") as refused:
        october()
    assert broken not in str(refused.value)
    assert service.asked == []


def test_a_key_never_travels_openly(folder):
    with pytest.raises(Refusal, match="is not https"):
        address_of(EIA930, "http://mirror.example")
    assert address_of(EIA930, "https://mirror.example/eia/").base == "https://mirror.example/eia"
    assert address_of(WEATHER, "http://mirror.example").key is None


@pytest.mark.parametrize(
    "address",
    [
        "mirror.example",
        "ftp://mirror.example",
        "https://",
        "https://u:hidden-word@m.example",
        "https://m.example?k=hidden-word",
        "https://m.example:x",
    ],
)
def test_an_address_that_is_none_or_holds_a_secret_is_refused(folder, address):
    with pytest.raises(Refusal, match="keys belong into the environment") as refused:
        address_of(EIA930, address)
    assert "hidden-word" not in str(refused.value)


def test_the_environment_may_name_a_mirror_and_the_command_line_another(folder, monkeypatch):
    assert address_of(EIA930).base == "https://api.eia.gov"
    monkeypatch.setenv("HEADROOM_EIA930_URL", "https://mirror.example")
    assert address_of(EIA930).base == "https://mirror.example"
    assert address_of(EIA930, "https://other.example").base == "https://other.example"
