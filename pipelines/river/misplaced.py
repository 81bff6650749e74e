"""Files that landed in the wrong feed's folder: none of their names is of the feed, all are of another.

Here must not live: a file that fits its feed, whatever is wrong with it.
"""

from collections.abc import Sequence

from pipelines.campus.barrier import confined
from pipelines.campus.campus import Campus
from pipelines.campus.contract import Contract
from pipelines.campus.refusal import Refusal
from pipelines.cleaning import is_known, names_of, survey
from pipelines.intake.delivery import Delivery
from pipelines.intake.vault import Vault
from pipelines.river.text import as_text, scope_of

SITE_MISMATCH = "site_mismatch"
OF_THE_NAMES = frozenset({"missing_column", "missing_header", "wrong_delimiter"})
"""Refusals by a reader that say that a file is not of this feed."""
_SHOWN = 3


def demand_own_names(vault: Vault, delivery: Delivery, names: Sequence[str], campus: Campus) -> None:
    """A file whose every name is strange to its feed and known to another is refused whole.

    Args:
        vault: Where its bytes are.
        delivery: The file.
        names: Its tags or devices.
        campus: The campus.

    Raises:
        Refusal: `site_mismatch`, with the other feed.
    """
    if not names or any(is_known(name, campus.contracts[delivery.feed_id]) for name in names):
        return
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    refuse_misplaced(vault, delivery, f"none of its {len(names)} names ({shown}) is of this feed", campus)


def refuse_misplaced(vault: Vault, delivery: Delivery, reason: str, campus: Campus) -> None:
    """Refuses a file that does not fit its feed, where it fits another.

    Raises:
        Refusal: `site_mismatch`, with the other feed.
    """
    for feed, contract in sorted(campus.contracts.items()):
        if feed != delivery.feed_id and _fits(vault, delivery, contract, campus):
            raise Refusal(
                SITE_MISMATCH,
                f"{reason}; it reads as a file of feed {feed}, site {contract.site}",
                f"Land it in landing/{feed}/ if it belongs there",
            )


def _fits(vault: Vault, delivery: Delivery, contract: Contract, campus: Campus) -> bool:
    """Whether a contract reads the file, knows all its names and the time of some record."""
    try:
        with confined("unreadable_here", ""):
            text = as_text(vault, delivery, contract, only_clock=True)
            is_ours = all(is_known(name, contract) for name in names_of(text, contract))
            return is_ours and bool(survey(text, contract, scope_of(campus, contract.site)).days)
    except Refusal:
        return False
