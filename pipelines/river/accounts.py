"""The account of every delivered file: what came in, what it came to, and whether it adds up.

A file that does not add up is a defect of Headroom: it is `unaccounted`, said loudly by every run, and
stops neither another file nor the publication. Here must not live: the accounts of single days, which
cleaning makes.
"""

from collections.abc import Mapping

import polars as pl

from pipelines.campus.campus import Campus
from pipelines.campus.paths import DataFolder
from pipelines.cleaning.books import FATES
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.kinds.quality import FILES
from pipelines.kinds.schemas import polars_schema
from pipelines.lake import TABLES, read
from pipelines.river.plan import Plan, plan
from pipelines.river.surveys import Key, Survey, is_current, key_of, last_surveys

ROWS = ("rows_loaded", "rows_rejected", "rows_duplicate")
VALUES = tuple(f"values_{fate}" for fate in FATES)
COUNTS = ("rows_in", *ROWS, "values_in", *VALUES)

State = tuple[str, str | None]
"""What became of a file, and why."""


def file_accounts(folder: DataFolder) -> pl.DataFrame:
    """The rows of `quality.files`, in the order of receipt; counts are NULL for a file that was not read.

    Raises:
        CampusError: The reference tables do not describe a campus.
    """
    todo, surveys, sums = plan(folder), last_surveys(folder), _sums(folder)
    rows = [
        _account(delivery, surveys.get(key_of(delivery)), sums.get(key_of(delivery), {}), todo)
        for delivery in Vault(folder).deliveries()
    ]
    return pl.DataFrame(rows, schema=polars_schema(FILES))


def unaccounted(accounts: pl.DataFrame) -> list[str]:
    """One sentence for each file that does not add up, from the rows of `quality.files`."""
    wrong = accounts.filter(pl.col("state") == "unaccounted")
    return [": ".join(row) for row in wrong.select("feed_id", "file_name", "reason").rows()]


def _sums(folder: DataFolder) -> dict[Key, dict[str, int]]:
    """Counts of each file over its cleaned days."""
    sums = read(folder, TABLES["accounts"]).group_by("feed_id", "file_id").agg(pl.col(*COUNTS).sum())
    return {(row["feed_id"], row["file_id"]): row for row in sums.iter_rows(named=True)}


def _account(
    delivery: Delivery, survey: Survey | None, sums: Mapping[str, int], todo: Plan
) -> dict[str, object]:
    head: dict[str, object] = {
        "file_id": delivery.file_id,
        "feed_id": delivery.feed_id,
        "file_name": delivery.file_name,
        "bytes": delivery.size,
        "received_at": delivery.received_at.replace(tzinfo=None),
        "received_seq": delivery.received_seq,
    }
    why = _why_refused(delivery, survey, sums, todo.campus)
    if why is not None:
        return head | {"state": "refused", "reason": why}
    if survey is None:
        return head | {"state": "waiting", "reason": "it is in the vault and not read yet"}
    counts = {name: sums.get(name, 0) for name in COUNTS}
    for name in ("rows_in", "rows_rejected"):
        counts[name] += survey.rows_unstamped
    for name in ("values_in", "values_rejected"):
        counts[name] += survey.values_unstamped
    state, reason = _state(delivery, survey, counts, todo)
    times = {name: getattr(survey, name) for name in ("first_interval_utc", "last_interval_utc")}
    return head | counts | times | {"state": state, "reason": reason}


def _why_refused(
    delivery: Delivery, survey: Survey | None, sums: Mapping[str, int], campus: Campus
) -> str | None:
    """Why nothing of a file can be in the lake, None where something may be."""
    if delivery.feed_id in campus.broken:
        return None if survey is not None and survey.is_read and sums else _broken(delivery, campus)
    if delivery.feed_id not in campus.contracts:
        return f"unknown_feed: there is no contract {delivery.feed_id}.yaml"
    return None if survey is None or survey.is_read else f"{survey.rule}: {survey.reason}"


def _broken(delivery: Delivery, campus: Campus) -> str:
    return f"broken_contract: {campus.broken[delivery.feed_id][0]}"


def _state(delivery: Delivery, survey: Survey, counts: Mapping[str, int], todo: Plan) -> State:
    """The state of a file that was read once at least."""
    if delivery.feed_id in todo.campus.broken:
        return _fate(survey, counts)[0], f"kept as last cleaned; {_broken(delivery, todo.campus)}"
    if not is_current(survey, delivery, todo.campus):
        return "waiting", "it is to be read again: its contract, its site or the code has changed"
    site = todo.campus.contracts[delivery.feed_id].site
    days = [(site, reach.day) for reach in survey.reaches]
    if any(todo.is_tried(day) and delivery.feed_id in todo.done[day].failed for day in days):
        return "waiting", "its feed could not be cleaned and keeps what it last gave; every run tries again"
    if not all(todo.is_tried(day) for day in days):
        return "waiting", "not all of its days are cleaned yet"
    if counts["rows_in"] != survey.rows_in:
        return "unaccounted", (
            f"{survey.rows_in} records came in, {counts['rows_in']} are accounted for: "
            "this is a defect of Headroom, report it"
        )
    return _fate(survey, counts)


def _fate(survey: Survey, counts: Mapping[str, int]) -> State:
    """What the records of a file came to."""
    if not survey.rows_in:
        return "empty", "the file has a header and no records"
    if counts["rows_loaded"]:
        return "loaded", None
    duplicate, rejected = counts["rows_duplicate"], counts["rows_rejected"]
    if not duplicate:
        return "rejected", "every record was refused, see quality.rejected_rows"
    if not rejected:
        return "duplicate", "every value was delivered before"
    return "duplicate", (
        f"no value is new: {duplicate} of its records were delivered before, {rejected} were refused, "
        "see quality.rejected_rows"
    )
