"""The account of every delivered file: what came in, what it came to, and that it adds up.

Here must not live: the accounts of single days, which cleaning makes.
"""

import polars as pl

from pipelines.campus.campus import Campus, load_campus
from pipelines.campus.paths import DataFolder
from pipelines.cleaning.books import FATES, AccountsDoNotAddUp
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.kinds.quality import FILES
from pipelines.kinds.schemas import polars_schema
from pipelines.lake import TABLES, read
from pipelines.river.plan import current_surveys

ROWS = ("rows_loaded", "rows_rejected", "rows_duplicate")
VALUES = tuple(f"values_{fate}" for fate in FATES)


def file_accounts(folder: DataFolder) -> pl.DataFrame:
    """The rows of `quality.files`, in the order of receipt; counts are NULL for a file that was not read.

    Raises:
        AccountsDoNotAddUp: A file whose days are all cleaned has unaccounted records.
    """
    campus = load_campus(folder)
    surveys = current_surveys(folder, campus)
    sums = _sums(folder)
    rows = [
        _account(delivery, surveys.get((delivery.feed_id, delivery.file_id)), sums, campus)
        for delivery in Vault(folder).deliveries()
    ]
    return pl.DataFrame(rows, schema=polars_schema(FILES))


def _sums(folder: DataFolder) -> dict[tuple[str, str], dict[str, int]]:
    """(feed id, file id) → counts over its cleaned days."""
    book = read(folder, TABLES["accounts"]).group_by("feed_id", "file_id")
    sums = book.agg(
        pl.col("rows_in", *ROWS, "values_in", *VALUES).sum(), pl.col("utc_date").len().alias("days")
    )
    return {(row["feed_id"], row["file_id"]): row for row in sums.iter_rows(named=True)}


def _account(
    delivery: Delivery,
    survey: dict[str, object] | None,
    sums: dict[tuple[str, str], dict[str, int]],
    campus: Campus,
) -> dict[str, object]:
    head: dict[str, object] = {
        "file_id": delivery.file_id,
        "feed_id": delivery.feed_id,
        "file_name": delivery.file_name,
        "bytes": delivery.size,
        "received_at": delivery.received_at.replace(tzinfo=None),
        "received_seq": delivery.received_seq,
    }
    if survey is None or survey["state"] == "refused":
        return head | {"state": "refused", "reason": _why_refused(delivery, survey, campus)}
    unstamped, values = int(str(survey["rows_unstamped"])), int(str(survey["values_unstamped"]))
    sums_here = sums.get((delivery.feed_id, delivery.file_id), {})
    counts = {name: sums_here.get(name, 0) for name in ("rows_in", *ROWS, "values_in", *VALUES)}
    for name, more in (("rows_in", unstamped), ("rows_rejected", unstamped)):
        counts[name] += more
    for name in ("values_in", "values_rejected"):
        counts[name] += values
    state, reason = _state(counts, survey, sums_here.get("days", 0))
    if state != "waiting" and counts["rows_in"] != survey["rows_in"]:
        raise AccountsDoNotAddUp(
            f"{delivery.file_name}: {survey['rows_in']} records in, {counts} accounted for"
        )
    times = {name: survey[name] for name in ("first_interval_utc", "last_interval_utc")}
    return head | counts | times | {"state": state, "reason": reason}


def _why_refused(delivery: Delivery, survey: dict[str, object] | None, campus: Campus) -> str:
    if survey is not None:
        return f"{survey['rule']}: {survey['reason']}"
    if delivery.feed_id in campus.broken:
        return f"broken_contract: {campus.broken[delivery.feed_id][0]}"
    return f"unknown_feed: there is no contract {delivery.feed_id}.yaml"


def _state(counts: dict[str, int], survey: dict[str, object], days_done: int) -> tuple[str, str | None]:
    if not survey["rows_in"]:
        return "empty", "the file has a header and no records"
    if days_done < len(str(survey["days"]).split()):
        return "waiting", "not all of its days are cleaned yet"
    if counts["rows_loaded"]:
        return "loaded", None
    if counts["rows_duplicate"]:
        return "duplicate", "every value was delivered before"
    return "rejected", "every record was refused, see quality.rejected_rows"
