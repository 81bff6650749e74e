"""What is to be fetched: the rows of `connections.csv`, or what a person asks for by hand.

Here must not live: fetching (`fetching`).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import cast

from pipelines.campus.campus import Campus
from pipelines.campus.refusal import Refusal
from pipelines.campus.tables import Connection
from pipelines.connectors.service import Service


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for; what is None comes from `connections.csv`."""

    subject: str | None = None
    feed: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A subject of a service for a feed, from the first day to the last [UTC days]."""

    subject: str
    feed: str
    first: date
    last: date
    look_back_days: int


def tasks(campus: Campus, service: Service, wanted: Wanted, today: date) -> list[Task]:
    """What is to be fetched from a service.

    Args:
        campus: Its rows of `connections` and its feeds.
        service: The service.
        wanted: Narrows the rows; a subject with a feed needs no row.
        today: UTC day; nothing after it is asked for.

    Raises:
        Refusal: Nothing is configured, a feed does not exist, a subject cannot be one.
    """
    rows = [row for row in _rows(campus, service, today) if _fits(row, wanted)]
    if not rows and wanted.subject and wanted.feed:
        by_hand = {"service": service.name, "subject": wanted.subject, "feed_id": wanted.feed}
        rows = [Connection.model_validate(by_hand | {"source": "command line"})]
    if not rows:
        raise Refusal(
            "nothing_configured",
            f"reference/connections.csv has no row for {_described(service, wanted)}",
            f"Add one (docs/connectors.md), or give --{service.subject} and --feed",
        )
    return [_task(campus, service, row, wanted, today) for row in rows]


def _rows(campus: Campus, service: Service, today: date) -> list[Connection]:
    """Rows of the service that hold today."""
    return [
        row
        for row in cast("list[Connection]", campus.tables["connections"])
        if row.service == service.name and (row.valid_from or date.min) <= today < (row.valid_to or date.max)
    ]


def _fits(row: Connection, wanted: Wanted) -> bool:
    return wanted.subject in (None, row.subject) and wanted.feed in (None, row.feed_id)


def _described(service: Service, wanted: Wanted) -> str:
    named = [f"{service.subject} {wanted.subject}" if wanted.subject else "", wanted.feed or ""]
    return " ".join([service.name, *filter(None, named)])


def _task(campus: Campus, service: Service, row: Connection, wanted: Wanted, today: date) -> Task:
    if not re.fullmatch(service.subject_pattern, row.subject):
        raise Refusal(
            "no_such_subject",
            f"{row.subject!r} cannot be a {service.subject} of {service.title}: none has this form "
            f"({service.subject_pattern})",
            "Write it as the service does",
        )
    if row.feed_id not in campus.contracts and row.feed_id not in campus.broken:
        raise Refusal(
            "unknown_feed",
            f"there is no feed {row.feed_id!r} to take what {service.name} gives",
            f"Write reference/feeds/{row.feed_id}.yaml; docs/connectors.md has one for {service.name}",
        )
    first = wanted.first or row.starts_on or _start_of_site(campus, row.feed_id)
    look_back = service.look_back_days if row.look_back_days is None else row.look_back_days
    return Task(row.subject, row.feed_id, first, min(wanted.last or today, today), look_back)


def _start_of_site(campus: Campus, feed: str) -> date:
    contract = campus.contracts.get(feed)
    if contract is None:
        raise Refusal(
            "no_first_day",
            f"the contract of feed {feed} has mistakes, so that nothing says from which day it is wanted",
            f"Mend reference/feeds/{feed}.yaml (`headroom run` names the mistakes), or give --from",
        )
    return campus.sites[contract.site].starts_on
