"""The set of deliveries does not depend on the order of arrival, on repeats or on how often one looks."""

import tempfile
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipelines.campus.paths import DataFolder
from pipelines.campus.refusal import Refusal
from pipelines.intake.landing import take_in
from pipelines.intake.vault import Vault

FEEDS = ("m1-grid", "m2-grid")
NAMES = st.sampled_from(["a.csv", "b.csv", "sub/a.csv"])
CONTENTS = st.sampled_from([b"", b"one", b"two"])
ARRIVALS = st.lists(st.tuples(st.sampled_from(FEEDS), NAMES, CONTENTS), min_size=1, max_size=8)


def land(folder: DataFolder, feed: str, name: str, content: bytes) -> None:
    path = folder.landing / feed / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def keys(folder: DataFolder) -> set[tuple[str, str]]:
    deliveries = Vault(folder).deliveries()
    found = {(each.feed_id, each.file_id) for each in deliveries}
    assert len(found) == len(deliveries)
    return found


@settings(max_examples=40, deadline=None)
@given(arrivals=ARRIVALS, data=st.data())
def test_any_order_and_any_repetition_gives_the_same_deliveries(
    arrivals: list[tuple[str, str, bytes]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(arrivals + arrivals[: data.draw(st.integers(0, len(arrivals)))]))
    sets = []
    for order in (arrivals, shuffled):
        with tempfile.TemporaryDirectory() as root:
            folder = DataFolder(Path(root))
            for feed, name, content in order:
                land(folder, feed, name, content)
                take_in(folder, FEEDS, settle_s=0)
            sets.append(keys(folder))
    assert sets[0] == sets[1] == {(feed, sha256(content).hexdigest()) for feed, _, content in arrivals}


class Landing(RuleBasedStateMachine):
    """Lands, looks and withdraws in any order, beside a model of two sets."""

    def __init__(self) -> None:
        super().__init__()
        self.root = tempfile.TemporaryDirectory()
        self.folder = DataFolder(Path(self.root.name))
        self.waiting: dict[tuple[str, str], bytes] = {}
        self.standing: set[tuple[str, str]] = set()

    @rule(feed=st.sampled_from(FEEDS), name=NAMES, content=CONTENTS)
    def land(self, feed: str, name: str, content: bytes) -> None:
        land(self.folder, feed, name, content)
        self.waiting[feed, name] = content

    @rule()
    def look(self) -> None:
        intake = take_in(self.folder, FEEDS, settle_s=0)
        arrived = {(feed, sha256(content).hexdigest()) for (feed, _), content in self.waiting.items()}
        assert {(each.feed_id, each.file_id) for each in intake.taken} == arrived - self.standing
        assert len(intake.taken) + len(intake.repeated) == len(self.waiting)
        self.standing |= arrived
        self.waiting = {}

    @rule(content=CONTENTS)
    def withdraw(self, content: bytes) -> None:
        file_id = sha256(content).hexdigest()
        out = {key for key in self.standing if key[1] == file_id}
        try:
            withdrawn = Vault(self.folder).withdraw(file_id, "a test")
        except Refusal:
            withdrawn = []
        assert {(each.feed_id, each.file_id) for each in withdrawn} == out
        self.standing -= out

    @invariant()
    def deliveries_are_those_of_the_model(self) -> None:
        assert keys(self.folder) == self.standing
        numbers = [each.received_seq for each in Vault(self.folder).deliveries()]
        assert numbers == sorted(set(numbers))

    def teardown(self) -> None:
        self.root.cleanup()


Landing.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestLanding = Landing.TestCase
