"""The guard in front of Dagster's web app, which has no authentication of its own.

Any web page could otherwise send it a mutation, even on 127.0.0.1. The guard answers before the app sees
anything, for HTTP and websockets alike; the first check that fails answers. Knows ASGI, not Dagster.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, unquote

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLOSE_CODE = 4403
HTTP_PORT = 80
READING = ("GET", "HEAD")
DENIED_PREFIX = "/report_asset"
"""Paths that write asset events without a run."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is not let through."""

    status: int
    reason: str


def loopback_hosts(host: str, port: int) -> frozenset[str]:
    """Every way a browser on this machine writes the address that is bound; port 80 goes without saying."""
    names = {"127.0.0.1", "localhost", "[::1]", in_url(host)}
    return frozenset(f"{name}:{port}" for name in names) | (names if port == HTTP_PORT else frozenset())


def in_url(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether binding to `host` keeps the UI on this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """An ASGI app that lets through only what a browser at an allowed address sends by itself."""

    def __init__(self, app: App, hosts: frozenset[str], scheme: str = "http") -> None:
        """Puts the guard in front of an app.

        Args:
            app: The app behind.
            hosts: Allowed values of `Host`, each `host:port`.
            scheme: How browsers reach it; `https` behind a proxy that ends TLS.
        """
        self._app = app
        self._hosts = hosts
        self._origins = frozenset(f"{scheme}://{host}" for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself or hands on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        denial = self.check(scope)
        if denial is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": CLOSE_CODE, "reason": denial.reason})
        else:
            await _answer(denial, send)

    def check(self, scope: Scope) -> Denial | None:
        """The first check that fails, None if all hold."""
        headers = _Headers(scope)
        if headers.only("host") not in self._hosts:
            return Denial(421, "This address is not served here.")
        if headers.has("origin") and headers.only("origin") not in self._origins:
            return Denial(403, "Requests from other origins are refused.")
        if headers.has("sec-fetch-site") and headers.only("sec-fetch-site") not in ("same-origin", "none"):
            return Denial(403, "Requests from other sites are refused.")
        if unquote(scope["path"]).lower().startswith(DENIED_PREFIX):
            return Denial(403, "Asset events are written by runs only.")
        return _check_write(scope, headers)


def _check_write(scope: Scope, headers: "_Headers") -> Denial | None:
    """Checks of requests that may write: every method but GET and HEAD, and GraphQL by any method.

    The app executes even `GET /graphql?query=mutation…`, which any image on any page can send.
    """
    is_reading = scope.get("method", "GET") in READING
    if not is_reading and not (headers.only("content-type") or "").lower().startswith("application/json"):
        return Denial(415, "Only application/json is accepted.")
    asks_in_url = "query" in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if asks_in_url and (not is_reading or unquote(scope["path"]).rstrip("/").endswith("/graphql")):
        return Denial(400, "A query belongs into the body.")
    return None


class _Headers:
    """The headers of a scope; a header sent twice counts as malformed."""

    def __init__(self, scope: Scope) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self._values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    def has(self, name: str) -> bool:
        return name in self._values

    def only(self, name: str) -> str | None:
        values = self._values.get(name, [])
        return values[0] if len(values) == 1 else None


async def _answer(denial: Denial, send: Send) -> None:
    body = denial.reason.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": denial.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
