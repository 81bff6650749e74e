"""The guard lets a browser of this machine in and nobody else."""

import asyncio
from typing import Any

import pytest

from pipelines.cli.guard import Guard, is_loopback, loopback_hosts


def request(
    method: str = "GET",
    path: str = "/graphql",
    query: str = "",
    kind: str = "http",
    host: str | None = "127.0.0.1:3000",
    **headers: str,
) -> list[dict[str, Any]]:
    """What the guarded app sends for a request."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "the app answered"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if host is not None:
        named["host"] = host
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    if kind == "http":
        scope["method"] = method
    asyncio.run(Guard(app, loopback_hosts("127.0.0.1", 3000))(scope, receive, send))
    return sent


def status(**given: Any) -> int | str:
    """The status of the answer, `let in` where the app answered."""
    first = request(**given)[0]
    if first["type"] == "the app answered":
        return "let in"
    return int(first.get("status") or first["code"])


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000", "[::1]:3000"])
def test_a_browser_of_this_machine_is_let_in(host: str) -> None:
    assert status(host=host, origin=f"http://{host}", sec_fetch_site="same-origin") == "let in"


def test_the_ui_may_send_its_own_mutation() -> None:
    assert (
        status(method="POST", content_type="application/json; charset=utf-8", origin="http://localhost:3000")
        == "let in"
    )


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1", "127.0.0.1:80", "", None])
def test_a_foreign_host_is_misdirected(host: str | None) -> None:
    assert status(host=host) == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:3000", "null", ""])
def test_another_origin_is_refused(origin: str) -> None:
    assert status(origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_request_made_by_another_site_is_refused(site: str) -> None:
    assert status(sec_fetch_site=site) == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_typed_address_is_let_in(site: str) -> None:
    assert status(sec_fetch_site=site) == "let in"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_cannot_write(content_type: str) -> None:
    assert status(method="POST", content_type=content_type) == 415


def test_an_empty_post_cannot_write() -> None:
    assert status(method="POST") == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_every_method_but_reading_needs_json(method: str) -> None:
    assert status(method=method) == 415


@pytest.mark.parametrize("query", ["query=mutation{x}", "a=1&query=", "%71uery=mutation{x}"])
def test_a_mutation_in_the_url_is_refused(query: str) -> None:
    assert status(method="POST", query=query, content_type="application/json") == 400
    assert status(method="GET", query=query) == 400


def test_other_pages_may_have_a_query_of_their_own() -> None:
    assert status(path="/runs", query="query=turbines") == "let in"


@pytest.mark.parametrize(
    "path",
    [
        "/report_asset_materialization/x",
        "/report_asset_check/x",
        "/REPORT_asset_observation",
        "/%72eport_asset_x",
    ],
)
def test_nobody_forges_asset_events(path: str) -> None:
    assert status(method="POST", path=path, content_type="application/json") == 403
    assert status(path=path) == 403


def test_checks_come_in_order() -> None:
    assert status(host="evil.example", origin="http://evil.example", method="POST") == 421
    assert status(origin="http://evil.example", method="POST") == 403


@pytest.mark.parametrize(
    "wrong", [{"host": "evil.example"}, {"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}]
)
def test_a_foreign_websocket_is_closed_before_it_opens(wrong: dict[str, str]) -> None:
    assert request(kind="websocket", **wrong)[0]["type"] == "websocket.close"
    assert status(kind="websocket", **wrong) == 4403


def test_a_websocket_of_the_ui_opens() -> None:
    assert status(kind="websocket", origin="http://127.0.0.1:3000") == "let in"


def test_a_header_sent_twice_counts_as_foreign() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:3000"), (b"host", b"evil.example")],
    }
    assert Guard(lambda *_: None, loopback_hosts("127.0.0.1", 3000)).check(scope).status == 421  # type: ignore[arg-type,union-attr]


def test_answers_tell_nothing_of_the_inside() -> None:
    start, body = request(host="evil.example")
    assert body["body"] == b"This address is not served here."
    assert dict(start["headers"])[b"cache-control"] == b"no-store"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("campus.example", False)],
)
def test_loopback_addresses_are_known(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_every_loopback_address_is_served_under_its_own_name() -> None:
    assert "127.0.0.5:3000" in loopback_hosts("127.0.0.5", 3000)
    assert "[::1]:3000" in loopback_hosts("::1", 3000)


def test_port_80_goes_without_saying() -> None:
    assert {"localhost", "localhost:80"} <= loopback_hosts("127.0.0.1", 80)
    assert "localhost" not in loopback_hosts("127.0.0.1", 3000)
