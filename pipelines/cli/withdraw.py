"""`headroom withdraw`: takes a wrongly landed file out.

Here must not live: how a withdrawal is recorded (`pipelines.river.withdrawal`).
"""

from typing import Annotated

import typer

from pipelines.cli.printing import tell
from pipelines.cli.run import finish, print_accounts


def withdraw(
    file_id: Annotated[str, typer.Argument(help="sha256 of the file, see quality.files.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever in the delivery log.")],
) -> None:
    """Takes a file out: the vault keeps its bytes, its days are rebuilt without it.

    Example: headroom withdraw 3f9a… --reason "meter under test"
    """
    from pipelines import river
    from pipelines.assets.launch import Wanted, bring_up_to_date
    from pipelines.campus.paths import DataFolder

    folder = DataFolder.from_environment()
    for delivery in river.withdraw(folder, file_id, reason):
        tell(f"Withdrawn: {delivery.feed_id}/{delivery.file_name}")
    journal = bring_up_to_date(folder, Wanted(), tell)
    print_accounts(folder, journal)
    finish(journal)
