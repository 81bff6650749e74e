"""Receives an answer into a file: as long as was announced, or not at all.

Here must not live: what an answer must hold (`service`), what is done about one that is not whole (`client`).
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from urllib3.exceptions import ReadTimeoutError

from pipelines.campus.refusal import Refusal
from pipelines.connectors.service import Passing

BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What no answer may do.

    Attributes:
        max_bytes: Be longer.
        secret: Hold these bytes; empty where there is no key.
        is_late: Come after this says so.
        what: The answer, for messages.
    """

    max_bytes: int
    secret: bytes = field(repr=False)
    is_late: Callable[[], bool]
    what: str


def receive(response: requests.Response, target: Path, limits: Limits) -> tuple[str, int]:
    """Writes an answer durably; gives its sha256 and its size [bytes].

    Raises:
        Passing: It is shorter or longer than announced, or its end cannot be told.
        Refusal: It goes beyond the limits.
        OSError: It cannot be written.
    """
    announced = _announced(response)
    digest, size, tail = hashlib.sha256(), 0, b""
    with target.open("wb") as file:
        for block in response.iter_content(BLOCK):
            size += len(block)
            tail = _checked(tail + block, size, limits)
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if announced is not None and size != announced:
        raise Passing(f"the answer has {size} bytes instead of the {announced} announced")
    return digest.hexdigest(), size


def _checked(recent: bytes, size: int, limits: Limits) -> bytes:
    """The end of what was received, in which the next block may complete a secret."""
    if size > limits.max_bytes or limits.is_late():
        reason = (
            f"{limits.what} has more than {limits.max_bytes} bytes, or takes too long ({size} bytes so far)"
        )
        raise Refusal("too_much", reason, "Ask again later, or for another time")
    if limits.secret and limits.secret in recent:
        raise Refusal(
            "key_in_answer",
            f"{limits.what} repeats the key: not kept, since the vault keeps every file for ever",
            "Use another key, and report it to the service",
        )
    return recent[-len(limits.secret) :] if limits.secret else b""


def _announced(response: requests.Response) -> int | None:
    """Length as announced [bytes]; None where the answer comes in chunks, of which the last says so."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Passing("the answer is packed, although it was asked for as it is")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal():
        return int(length)
    if response.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise Passing("the answer does not say how long it is")
    return None


@contextmanager
def translated(base: str, stall_s: float) -> Iterator[None]:
    """Says in our words what goes wrong on the way to a service and back.

    Args:
        base: The service's address.
        stall_s: After so long without a byte it was given up [s].

    Raises:
        Passing: It may come next time.
        Refusal: Who answers there cannot be trusted.
    """
    stalled = f"no byte came for {stall_s:g} s"
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Refusal(
            "not_to_be_trusted",
            f"the certificate of {base} cannot be verified",
            "Look at the address; behind a proxy of your own set REQUESTS_CA_BUNDLE",
        ) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise Passing("the answer broke off") from error
    except requests.exceptions.Timeout as error:
        raise Passing(stalled) from error
    except requests.exceptions.ConnectionError as error:
        is_stall = any(isinstance(cause, ReadTimeoutError) for cause in error.args)
        raise Passing(stalled if is_stall else f"the connection to {base} failed") from error
    except requests.exceptions.RequestException as error:
        raise Passing(f"the answer cannot be read ({type(error).__name__})") from error


def printable(text: str) -> str:
    """A text from outside as one line that a terminal can show."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
