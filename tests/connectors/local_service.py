"""A real HTTP server on 127.0.0.1 that answers as a public service does, or fails as one does.

Here must not live: what a test expects.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

LONGEST_STALL_S = 5.0


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the server sends.

    Attributes:
        sends: So many bytes of the body; all of it where None.
        how: `length` (announced), `chunked`, or `closing` (only the end of the connection ends it).
        stalls: Nothing more is sent after `sends`, but the connection stays open.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    sends: int | None = None
    how: str = "length"
    stalls: bool = False


class Handler(BaseHTTPRequestHandler):
    """Takes one request and sends one reply."""

    protocol_version = "HTTP/1.1"
    server: "LocalService"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(parts.path, parse_qs(parts.query, keep_blank_values=True), dict(self.headers))
        self.close_connection = True
        # A client may have gone by then.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send(self.server.reply_to(asked))

    def send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        length = {
            "length": {"Content-Length": str(len(reply.body))},
            "chunked": {"Transfer-Encoding": "chunked"},
        }
        for name, value in {**reply.headers, **length.get(reply.how, {}), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        sent = reply.body[: reply.sends]
        if reply.how == "chunked":
            last = b"0\r\n\r\n" if reply.sends is None else b""
            sent = b"%x\r\n%s\r\n" % (len(sent), sent) + last
        self.wfile.write(sent)
        self.wfile.flush()
        if reply.stalls:
            self.server.ending.wait(LONGEST_STALL_S)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class LocalService(ThreadingHTTPServer):
    """The server: `first` are sent before `usual` is asked for a reply; `asked` is what has arrived."""

    daemon_threads = False

    def __init__(self, usual: Callable[[Asked], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.usual = usual
        self.first: deque[Reply] = deque()
        self.asked: list[Asked] = []
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply_to(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.first.popleft() if self.first else self.usual(asked)

    def end(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


@contextmanager
def serving(usual: Callable[[Asked], Reply]) -> Iterator[LocalService]:
    """A server for as long as the block lasts; no proxy of this machine stands in between."""
    service = LocalService(usual)
    with pytest.MonkeyPatch.context() as environment:
        for name in ("NO_PROXY", "no_proxy"):
            environment.setenv(name, "127.0.0.1")
        try:
            yield service
        finally:
            service.end()


def eia_answer(rows: list[dict[str, object]], asked: Asked, most: int = 5000) -> Reply:
    """As the EIA answers: the records of the time asked for, from `offset` on, at most so many."""
    start, end = asked.query["start"][0], asked.query["end"][0]
    inside = [row for row in rows if start <= str(row["period"]) <= end]
    offset, length = int(asked.query["offset"][0]), int(asked.query["length"][0])
    page = inside[offset : offset + min(length, most)]
    # The time it took differs from answer to answer.
    response = {"query execution": len(asked.headers) + offset, "total": str(len(inside)), "data": page}
    return Reply(json.dumps({"response": response, "apiVersion": "2.1.8"}).encode())


def demand(period: str, value: int) -> dict[str, object]:
    """One record of the EIA."""
    return {
        "period": period,
        "respondent": "TVA",
        "respondent-name": "Tennessee Valley Authority",
        "type": "D",
        "type-name": "Demand",
        "value": str(value),
        "value-units": "megawatthours",
    }
