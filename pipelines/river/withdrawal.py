"""Withdrawal: a wrongly landed file is left out from now on; the vault keeps its bytes.

Its days become dirty by themselves, since they are no longer a function of it.
"""

from pipelines.campus.paths import DataFolder
from pipelines.intake.delivery import Delivery
from pipelines.intake.refused import clear_refusal
from pipelines.intake.vault import Vault
from pipelines.river.lock import writer_lock


def withdraw(folder: DataFolder, file_id: str, reason: str) -> list[Delivery]:
    """Leaves a file out of every feed it was delivered to.

    Returns:
        The deliveries that no longer stand.

    Raises:
        Refusal: No such file stands, or the reason is empty.
        Busy: Another run is writing.
    """
    with writer_lock(folder):
        withdrawn = Vault(folder).withdraw(file_id, reason)
        for delivery in withdrawn:
            clear_refusal(folder, delivery)
    return withdrawn
