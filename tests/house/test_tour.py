"""The tour prints what it says: the reading of docs/tour.md is followed again."""

import pytest

from tests.house.pages import DOCS, campus_of_the_tour, printed

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    return list(printed(DOCS / "tour.md", campus_of_the_tour(tmp_path_factory.mktemp("tour") / "data")))


def test_every_command_of_the_tour_prints_what_the_page_says(tour):
    wrong = {command: prints for command, said, prints in tour if said != prints}
    assert wrong == {}, "python -m tests.house.pages writes down what they print now"


def test_the_tour_reaches_every_room(tour):
    followed = " ".join(command for command, _, _ in tour)
    rooms = ("landing/", "vault/", "quality.files", "lake/", "readings.", "marts.", "manifest.json")
    assert [room for room in rooms if room not in followed] == []
