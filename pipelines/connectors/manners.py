"""How a service is asked: how often, how patiently, and after which pause once more.

Here must not live: HTTP (`client`), what is asked (`eia930`, `campd`, `weather`).
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Manners:
    """How often and how patiently a service is asked.

    Attributes:
        gap_s: Least time between two requests [s].
        attempts: A question is asked so many times at most.
        total_s: A question takes so long at most, pauses included [s].
        connect_s: A connection that is not there after so long is given up [s].
        stall_s: An answer of which no byte comes for so long is given up [s].
        first_wait_s: Pause before the second attempt, doubled before each further one [s].
        longest_wait_s: No pause of ours is longer [s].
    """

    gap_s: float = 1.0
    attempts: int = 6
    total_s: float = 3600.0
    connect_s: float = 10.0
    stall_s: float = 60.0
    first_wait_s: float = 2.0
    longest_wait_s: float = 120.0

    def wait_s(self, failures: int, chance: float) -> float:
        """Pause after so many failed attempts [s].

        Args:
            failures: How many attempts have failed, from 1.
            chance: In [0, 1): spreads clients that failed together over the upper half of the pause.
        """
        longest = min(self.longest_wait_s, self.first_wait_s * float(2 ** (failures - 1)))
        return longest * (1 + chance) / 2


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Time and chance, as the connectors meet them.

    Attributes:
        now: The instant, UTC.
        seconds: A clock that only runs forward [s].
        sleep: Lets so many seconds pass.
        chance: A number in [0, 1).
    """

    now: Callable[[], datetime] = _now
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def asked_pause_s(text: str | None, now: datetime) -> float | None:
    """What a header `Retry-After` asks for [s]: seconds, or an instant; None where it is neither."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # A zone of -0000 means UTC, but is read as none.
    return max(0.0, (instant.replace(tzinfo=instant.tzinfo or UTC) - now).total_seconds())
