"""Where a service is and with which key it is asked: from the environment, checked before anything is sent.

A key travels in a header only, never in an address: so it cannot get into logs, ledgers, file names or
messages. Here must not live: sending (`client`).
"""

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipelines.campus.refusal import Refusal
from pipelines.connectors.service import Service

KEY_HEADER = "X-Api-Key"
"""EIA and EPA both take the key in this header."""

_VISIBLE = re.compile(r"[\x21-\x7e]{8,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """A service's address and the key for it.

    Attributes:
        base: `https://host[:port][/path]`, without a final slash.
        key: Never shown, not even by `repr`; None where none is sent.
    """

    base: str
    key: str | None = field(default=None, repr=False)

    def without_key(self, text: str) -> str:
        """A text in which the key, should it be there, is hidden."""
        return text.replace(self.key, "***") if self.key else text


def address_of(service: Service, base: str | None = None) -> Address:
    """The address to ask, and the key from the environment.

    Args:
        service: Its variables are looked up.
        base: Another address than the environment's and the service's own: a mirror.

    Raises:
        Refusal: The address is none, there is no key where one is needed, or the key would travel openly.
    """
    given = base or os.environ.get(service.address_variable) or service.address
    _check(given, service)
    key = _key(service)
    if key is not None and not _is_private(given):
        raise Refusal(
            "key_in_the_open",
            f"the address {given} is not https, so that anybody on the way could read {service.key_variable}",
            f"Use an https address, or unset {service.key_variable}",
        )
    return Address(given.rstrip("/"), key)


def _check(given: str, service: Service) -> None:
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.username or parts.password or parts.query or parts.fragment:
        raise Refusal(
            "not_an_address",
            f"the address for {service.title} is not http(s)://host[:port][/path], or holds a name, a "
            "password or a query",
            f"Correct --url or {service.address_variable}; keys belong into the environment",
        )


def _key(service: Service) -> str | None:
    """The key of the environment; a broken one is not repeated in the message."""
    if service.key_variable is None:
        return None
    key = os.environ.get(service.key_variable, "").strip()
    if key and not _VISIBLE.fullmatch(key):
        raise Refusal(
            "not_a_key",
            f"{service.key_variable} does not hold a key: fewer than 8 characters, or some that no key has",
            f"Copy it again; keys are to be had at {service.key_page}",
        )
    if not key and service.needs_key:
        raise Refusal(
            "no_key",
            f"{service.title} answers nobody without a key, and {service.key_variable} is not set",
            f"Get a key at {service.key_page} and `export {service.key_variable}=…`",
        )
    return key or None


def _is_private(given: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    parts = urlsplit(given)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
