"""Asks a service: one question at a time, politely, until the answer is whole or it makes no sense to go on.

What may pass (no connection, a stall, an answer that breaks off, 429, 5xx) is tried again after a pause;
anything else fails at once. Here must not live: what is asked, what makes an answer whole (`receiving`).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from pipelines.campus.refusal import Refusal
from pipelines.connectors.address import KEY_HEADER, Address
from pipelines.connectors.manners import Clockwork, Manners, asked_pause_s
from pipelines.connectors.receiving import BLOCK, Limits, printable, receive, translated
from pipelines.connectors.service import Answer, Content, Passing, Question, Service, Stamp

Tell = Callable[[str], None]
Look = Callable[[Path], Content]

NOTHING_THERE = "nothing_there"
"""Rule of a refusal: the service knows no such thing (404)."""

MOVED = (301, 302, 303, 307, 308)
NOT_MODIFIED, UNKNOWN_CALLER, FORBIDDEN, NOT_FOUND, TOO_MANY = 304, 401, 403, 404, 429
MOST_MOVES = 5
_LONGEST_SAID = 200


class Client:
    """Asks one service."""

    def __init__(
        self, service: Service, address: Address, manners: Manners, clockwork: Clockwork, tell: Tell
    ) -> None:
        """Opens nothing yet.

        Args:
            service: Looks at the answers and gives the messages their name.
            address: Where to ask.
            manners: How often and how patiently.
            clockwork: Time and chance.
            tell: Hears of every attempt that failed.
        """
        self._service, self._address, self._manners = service, address, manners
        self._clockwork, self._tell = clockwork, tell
        self._next_at = clockwork.seconds()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = (
            f"headroom/{version('headroom')} (energy and emissions warehouse; connector {service.name})"
        )
        # What lands is what was sent, byte for byte, and as long as it was announced.
        self._session.headers["Accept-Encoding"] = "identity"
        if address.key:
            self._session.headers[KEY_HEADER] = address.key
        # Without an `auth` of ours requests would take one from ~/.netrc.
        self._session.auth = _no_login

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def url(self, question: Question) -> str:
        """The whole address of a question; no key is in it."""
        whole = requests.Request("GET", self._address.base + question.path, params=question.query)
        return str(whole.prepare().url)

    def ask(self, question: Question, target: Path, known: Stamp, look: Look) -> Answer | None:
        """Asks until there is a whole answer.

        Args:
            question: What to ask.
            target: The answer is written there; nothing to be relied on before it is returned.
            known: Version of the answer that is here already.
            look: Says what the answer holds, or that it is not whole (`Passing`).

        Returns:
            The answer, None where it has not changed.

        Raises:
            Refusal: The service refuses, or gives no whole answer however often it is asked.
            OSError: The answer cannot be written.
        """
        url = self.url(question)
        deadline = self._clockwork.seconds() + self._manners.total_s
        failures = 0
        while True:
            try:
                return self._attempt(url, target, known, look, deadline)
            except Passing as trouble:
                failures += 1
                self._pause(url, trouble, failures, deadline)

    def _pause(self, url: str, trouble: Passing, failures: int, deadline: float) -> None:
        """Waits before the next attempt, or gives up."""
        wait_s = self._manners.wait_s(failures, self._clockwork.chance())
        wait_s = max(wait_s, trouble.wait_s or 0.0)
        said = self._address.without_key(str(trouble))
        if failures >= self._manners.attempts or self._clockwork.seconds() + wait_s > deadline:
            asks = f"; it asks us to wait {trouble.wait_s:.0f} s" if trouble.wait_s else ""
            raise Refusal(
                "no_whole_answer",
                f"{self._service.title}: {said}{asks}, after {failures} attempts at {url}",
                "Run again later: it goes on where it stopped",
            ) from trouble
        self._tell(f"{self._service.name}: {said}; trying again in {wait_s:.0f} s")
        self._clockwork.sleep(wait_s)

    def _attempt(self, url: str, target: Path, known: Stamp, look: Look, deadline: float) -> Answer | None:
        with self._open(url, known) as response:
            if response.status_code == NOT_MODIFIED and known.headers:
                return None
            self._judge(response, url)
            with self._translated():
                sha256, size = receive(response, target, self._limits(url, deadline))
        stamp = Stamp(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        return Answer(stamp, sha256, size, look(target))

    @contextmanager
    def _open(self, url: str, known: Stamp) -> Iterator[requests.Response]:
        """The first answer that sends nowhere else; moves are followed on the same host only."""
        here = url
        for _ in range(MOST_MOVES):
            self._keep_gap()
            with self._translated():
                response = self._session.get(
                    here,
                    headers=known.headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self._manners.connect_s, self._manners.stall_s),
                )
            with response:
                if response.status_code not in MOVED:
                    yield response
                    return
                here = self._moved(here, response.headers.get("Location", ""))
        raise Passing(f"it sends us on more than {MOST_MOVES} times")

    def _moved(self, here: str, location: str) -> str:
        there = urljoin(here, location)
        if urlsplit(there)[:2] != urlsplit(here)[:2]:
            host = printable(urlsplit(there).netloc)
            raise Refusal(
                "sent_elsewhere",
                f"{self._service.title} sends us from {here} to another place, {host}: not followed, since "
                "nobody here has chosen it",
                f"If it is to be trusted, give its address with --url or {self._service.address_variable}",
            )
        return there

    def _limits(self, url: str, deadline: float) -> Limits:
        return Limits(
            self._service.max_bytes,
            (self._address.key or "").encode(),
            lambda: self._clockwork.seconds() > deadline,
            f"{self._service.title}: the answer to {url}",
        )

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._address.base, self._manners.stall_s)

    def _keep_gap(self) -> None:
        wait_s = self._next_at - self._clockwork.seconds()
        if wait_s > 0:
            self._clockwork.sleep(wait_s)
        self._next_at = self._clockwork.seconds() + self._manners.gap_s

    def _judge(self, response: requests.Response, url: str) -> None:
        """Lets 200 through."""
        status = response.status_code
        if status == requests.codes.ok:
            return
        if status == TOO_MANY or status >= requests.codes.server_error:
            asked = asked_pause_s(response.headers.get("Retry-After"), self._clockwork.now())
            raise Passing(f"it answers {status} {printable(response.reason)}", asked)
        key = self._service.key_variable
        rule, remedy = "refused_by_service", "Look at the options of this connection"
        if status in (UNKNOWN_CALLER, FORBIDDEN) and key:
            remedy = f"Set {key} to a key that is valid; keys are to be had at {self._service.key_page}"
        elif status == NOT_FOUND:
            rule, remedy = NOTHING_THERE, f"Is there such a {self._service.subject}, and such a time?"
        said = self._address.without_key(f"{status} {printable(response.reason)}{self._said(response)}")
        raise Refusal(rule, f"{self._service.title} answers {said} to {url}", remedy)

    def _said(self, response: requests.Response) -> str:
        """The beginning of an error page, as far as it can be printed."""
        try:
            begins = next(response.iter_content(BLOCK), b"").decode("utf-8", "replace")
        except requests.RequestException:
            return ""
        # Cut after hiding: half a key would not be found.
        words = self._address.without_key(printable(begins))[:_LONGEST_SAID]
        return f" ({words})" if words else ""


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
