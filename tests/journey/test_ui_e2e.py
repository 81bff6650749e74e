"""The real thing: `headroom ui` with its daemon, a file that lands, a browser that looks.

The only tests that start servers. They need Debian's chromium for a part.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.assets.days import RANGE_END, RANGE_START
from pipelines.assets.schedule import CRON_VARIABLE
from pipelines.campus.campus import load_campus
from pipelines.campus.paths import PROJECT, DataFolder
from pipelines.cli.demo import copy_sample
from pipelines.simulator.simulate import simulate

CHROMIUM = "/usr/bin/chromium"
START_S, RUN_S = 240, 600

INSTIGATORS = """
query($selector: InstigationSelector!) {
  instigationStateOrError(instigationSelector: $selector) {
    ... on InstigationState { status ticks(limit: 5) { status timestamp } }
    ... on PythonError { message }
  }
}"""
RUNS = "{ runsOrError { ... on Runs { results { jobName status tags { key value } } } } }"


class Ui:
    """A running `headroom ui`."""

    def __init__(self, folder: DataFolder, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder, self.url, self.process = folder, f"http://127.0.0.1:{port}", process

    def ask(self, query: str, **variables: object) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.url}/graphql", body, {"Content-Type": "application/json", "Origin": self.url}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def state(self, name: str) -> Any:
        selector = {"name": name, "repositoryName": "__repository__", "repositoryLocationName": "headroom"}
        return self.ask(INSTIGATORS, selector=selector)["instigationStateOrError"]

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(RUNS)["runsOrError"]["results"]
        return found


def eventually(what: str, within_s: float, found: Callable[[], Any]) -> Any:
    """The first result that is true."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if result := found():
                return result
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError(f"not within {within_s:g} s: {what}")


@contextmanager
def running(folder: DataFolder, **environment: str) -> Iterator[Ui]:
    """`headroom ui` on the sample campus, until it is interrupted; it must end by itself then."""
    copy_sample(DataFolder(PROJECT / "data"), folder)
    gates = folder.reference / "parameters.csv"
    gates.write_text(gates.read_text().replace("publish_every_min,15,", "publish_every_min,0,"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder.root / "ui.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", "from pipelines.cli import main; main()", "ui", "--port", str(port)],
            cwd=folder.root,
            env=os.environ | {"HEADROOM_DATA": str(folder.root)} | environment,
            stdout=out,
            stderr=out,
        )
    started = Ui(folder, port, process)
    try:
        eventually("the UI answers", START_S, lambda: started.ask("{ version }"))
        yield started
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(60)
        sys.stdout.write(log.read_text())
    assert code == 0


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    with running(DataFolder(tmp_path_factory.mktemp("ui") / "data")) as started:
        yield started


@pytest.mark.long
def test_the_daily_schedule_cleans_yesterday(tmp_path: Path) -> None:
    with running(DataFolder(tmp_path / "data"), **{CRON_VARIABLE: "* * * * *"}) as ui:
        eventually("a tick of the schedule", START_S, lambda: ui.state("daily_schedule")["ticks"])
        yesterday = str(datetime.now(UTC).date() - timedelta(days=1))

        def done() -> bool:
            ended = [run for run in ui.runs() if run["status"] == "SUCCESS"]
            return any({"key": RANGE_END, "value": yesterday} in run["tags"] for run in ended)

        eventually("readings of yesterday", RUN_S, done)


@pytest.mark.browser
def test_a_landed_file_becomes_a_published_version_and_shows_in_the_asset_graph(
    ui: Ui, tmp_path: Path
) -> None:
    assert ui.state("daily_schedule")["status"] == "RUNNING"
    campus = load_campus(ui.folder)
    away = DataFolder(tmp_path / "elsewhere")
    simulate(away, campus, start=date(2025, 10, 29), days=1, sites=["m1"], interval_s=60)
    shutil.copytree(away.landing, ui.folder.landing, dirs_exist_ok=True)

    def done() -> bool:
        ended = [run for run in ui.runs() if run["status"] == "SUCCESS"]
        tags = [{tag["key"]: tag["value"] for tag in run["tags"]} for run in ended]
        ranges = [(tag.get(RANGE_START), tag.get(RANGE_END)) for tag in tags]
        jobs = {run["jobName"] for run in ended}
        return ("2025-10-29", "2025-10-30") in ranges and jobs >= {"intake_job", "publish_job"}

    eventually("a tick of the sensor", START_S, lambda: ui.state("landing_sensor")["ticks"])
    eventually("intake, readings of the landed days, and publish", RUN_S, done)
    eventually("a published version", RUN_S, ui.folder.published.is_file)
    look_at_the_graph(ui, tmp_path / "asset_graph.png")


def look_at_the_graph(ui: Ui, picture: Path) -> None:
    """Opens the asset graph as a person would and takes a picture of it."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed, so nobody looked at the asset graph; the rest passed")
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 1800, "height": 1000})
        page.goto(f"{ui.url}/asset-groups", wait_until="domcontentloaded")
        graph = page.locator("svg")
        for group in ("intake", "readings", "staging", "operations", "publication"):
            graph.get_by_text(group, exact=True).first.wait_for(timeout=90_000)
        page.screenshot(path=str(picture))
        page.goto(f"{ui.url}/assets/readings/turbines?view=checks", wait_until="domcontentloaded")
        page.get_by_text("rejected_share").first.wait_for(timeout=90_000)
        browser.close()
    assert picture.stat().st_size > 20_000


@pytest.mark.browser
def test_the_running_ui_refuses_what_is_not_its_own(ui: Ui) -> None:
    def status(path: str, **headers: str) -> int:
        request = urllib.request.Request(ui.url + path, b"{}", headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    json_type = {"Content-Type": "application/json"}
    assert status("/graphql", **json_type, Origin="http://evil.example") == 403
    assert status("/graphql", **{"Content-Type": "text/plain"}) == 415
    assert status("/graphql", **json_type, Host="evil.example") == 421
    assert status("/report_asset_materialization/intake", **json_type) == 403
