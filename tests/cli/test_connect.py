"""`headroom connect`: what a person types and gets back; the service is one on this machine."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.campus.paths import DataFolder
from pipelines.cli.commands import run_command
from pipelines.connectors import SERVICES
from tests.connectors.local_service import LocalService, Reply, serving

CSV = b"station,valid,tmpf,relh\nMEM,2025-11-01 00:54,60.01,55.20\n"
BY_HAND = ["connect", "weather", "--station", "MEM", "--feed", "memphis_weather"]
NOVEMBER = ["--from", "2025-11-01", "--to", "2025-11-30"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch):
    weather = SERVICES["weather"]
    hurried = replace(weather, manners=replace(weather.manners, gap_s=0))
    monkeypatch.setitem(SERVICES, "weather", hurried)
    with serving(lambda asked: Reply(CSV)) as local:
        monkeypatch.setenv("HEADROOM_WEATHER_URL", local.url)
        yield local


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_command_with_help_and_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["connect", name, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Example: headroom connect {name} --{SERVICES[name].subject} " in said


def test_what_was_fetched_is_data_and_how_far_it_is_is_not(
    folder: DataFolder, service: LocalService, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*BY_HAND, *NOVEMBER, "--json"]) == 0
    said = capsys.readouterr()
    [connection] = json.loads(said.out)["connections"]
    [name] = connection.pop("files")
    assert (folder.landing / "memphis_weather" / name).read_bytes() == CSV
    assert connection == {
        "subject": "MEM",
        "feed": "memphis_weather",
        "from": "2025-11-01",
        "to": "2025-11-30",
        "bytes": len(CSV),
        "answers_without_news": 0,
        "windows_final": 0,
        "windows_unpublished": [],
        "failed": None,
    }
    assert said.err == f"weather MEM 2025-11: records 1–1 to landing/memphis_weather/{name}\n"


def test_without_options_everything_configured_is_fetched(
    folder: DataFolder, service: LocalService, capsys: pytest.CaptureFixture[str]
) -> None:
    today = datetime.now(UTC).date()
    with (folder.reference / "connections.csv").open("a") as table:
        table.write(f"weather,MEM,memphis_weather,{today},,,,test\n")
    assert run_command(["connect", "weather"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Fetched from weather",
        "subject  feed             files landed  bytes  nothing new  final  not yet published",
        "───────  ───────────────  ────────────  ─────  ───────────  ─────  ─────────────────",
        "MEM      memphis_weather             1     57            0      0                  0",
    ]


def test_a_connection_that_fails_keeps_no_other_from_being_fetched(
    folder: DataFolder, service: LocalService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.usual = lambda asked: Reply(CSV, status=400 if asked.query["station"] == ["OLV"] else 200)
    with (folder.reference / "connections.csv").open("a") as table:
        table.write("weather,OLV,memphis_weather,,,,,test\nweather,MEM,memphis_weather,,,,,test\n")
    assert run_command(["connect", "weather", *NOVEMBER, "--json"]) == 1
    failed, fetched = json.loads(capsys.readouterr().out)["connections"]
    assert "answers 400" in failed["failed"]
    assert (failed["files"], fetched["failed"], len(fetched["files"])) == ([], None, 1)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--station", "../../x"], 2, "'../../x' is no station of Iowa Environmental Mesonet"),
        (["--from", "2025-11-02", "--to", "2025-11-01"], 2, "2025-11-01 is before --from 2025-11-02"),
        (["--from", "November"], 2, "'November' is not a day"),
        ([], 1, "reference/connections.csv has no row for weather"),
        (["--station", "MEM", "--feed", "nothing"], 1, "there is no feed 'nothing'"),
        (["--station", "MEM", "--feed", "memphis_weather", "--url", "mesonet"], 1, "is not http(s)://host"),
    ],
)
def test_a_mistake_is_answered_with_its_remedy_and_asks_nobody(
    folder: DataFolder,
    service: LocalService,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    said: str,
) -> None:
    assert run_command(["connect", "weather", *options]) == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""
    assert service.asked == []


def test_without_its_key_a_service_is_not_asked(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("EIA_API_KEY", raising=False)
    assert run_command(["connect", "eia930", "--respondent", "TVA", "--feed", "tva_demand"]) == 1
    assert "`export EIA_API_KEY=…`" in capsys.readouterr().err
