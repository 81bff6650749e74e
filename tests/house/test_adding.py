"""The recipes of docs/adding.md work as they are written, one after the other, in a copy of the checkout."""

import pytest

from tests.house.pages import DOCS, Reader, checkout, printed

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """Each console command of the page, what the page says it prints, and what it prints."""
    folder = checkout(tmp_path_factory.mktemp("checkout"))
    environment = {"PYTHONPATH": str(folder), "HEADROOM_DATA": str(folder / "data")}
    return list(printed(DOCS / "adding.md", Reader(folder, environment)))


def test_a_site_and_a_feed_need_no_code(added):
    command, said, prints = added[0]
    assert "marts.energy_balance_daily" in command
    assert prints == said


def test_a_format_a_kpi_and_a_kind_come_out_at_the_other_end(added):
    assert {command: prints for command, said, prints in added[1:] if prints != said} == {}
    assert {word for command, _, _ in added for word in ("cooling", "grid_share_daily") if word in command}
