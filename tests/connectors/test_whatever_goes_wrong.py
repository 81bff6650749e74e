"""Whatever goes wrong and wherever a run stops: in the end every record has landed exactly once."""

import json
import tempfile
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.campus.paths import DataFolder
from pipelines.connectors import EIA930
from pipelines.connectors.fetching import connect
from pipelines.connectors.tasks import Task
from tests.connectors.conftest import KEY, QUICK, Clock
from tests.connectors.local_service import Reply, demand, eia_answer, serving

ROWS = [demand(f"2025-10-01T{hour:02}", 15_000 + hour) for hour in range(10)]
OCTOBER = Task("TVA", "tva_demand", date(2025, 10, 1), date(2025, 10, 31), 60)
TROUBLES = st.sampled_from(
    [
        Reply(status=500),
        Reply(status=429, headers={"Retry-After": "5"}),
        Reply(status=429, headers={"Retry-After": "100000"}),
        Reply(status=400),
        Reply(b'{"response": ' * 9, sends=30),
        Reply(b'{"response": {"total": 10, "data": []}}'),
        Reply(b"{}", how="closing"),
    ]
)
"""What may come in place of an answer: some of it passes, some of it ends the run."""


@given(st.lists(TROUBLES, max_size=12), st.integers(2, 11))
@settings(max_examples=15, deadline=None)
def test_every_record_lands_exactly_once(troubles, most):
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving(partial(eia_answer, ROWS, most=most)) as service,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("EIA_API_KEY", KEY)
        folder = DataFolder(Path(scratch))
        # The troubles come between the pages, in whatever order.
        usual, waiting = service.usual, list(troubles)
        turns = iter(range(1000))
        service.usual = lambda asked: waiting.pop() if waiting and next(turns) % 3 else usual(asked)
        for _ in range(len(troubles) + 1):
            where = {"base": service.url, "manners": QUICK, "clockwork": Clock().work}
            [report] = connect(folder, EIA930, [OCTOBER], lambda _: None, **where)
            if report.refusal is None:
                break
        files = sorted((folder.landing / "tva_demand").iterdir())
        landed = [row for file in files for row in json.loads(file.read_bytes())["response"]["data"]]
    assert report.refusal is None
    assert sorted(landed, key=lambda row: row["period"]) == ROWS
