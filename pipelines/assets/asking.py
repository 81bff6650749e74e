"""Questions to the published warehouse, through the same hardened door as `headroom sql`.

Here must not live: the questions.
"""

import json
from io import BytesIO
from typing import Any

from pipelines.campus.paths import DataFolder

Rows = list[tuple[Any, ...]]


def ask(folder: DataFolder, sql: str) -> Rows:
    """All rows of a read-only query on the published version; days and instants are texts.

    Raises:
        QueryRefused: Nothing is published yet, or the query is wrong.
    """
    from pipelines.warehouse import door

    answer = BytesIO()
    door.ask(folder, sql, answer, form="json")
    return [tuple(row.values()) for row in json.loads(answer.getvalue())]
