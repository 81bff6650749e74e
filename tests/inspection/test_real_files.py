"""Nothing that a real export does not prove is called sure."""

import pytest

from pipelines.campus.refusal import Refusal
from pipelines.inspection.recognise import recognise
from pipelines.inspection.report import inspect
from pipelines.inspection.sample import encoding_of, sampled
from pipelines.readers import FORMATS
from tests.inspection.agreement import BUG, PAGE, page, report_of, verdicts
from tests.inspection.expected import EXPORTS, real_cases

pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"no real exports at {EXPORTS}")
CASES = list(real_cases())
FORMATS_BY_FOLDER = {
    "nem12_examples": {"nem12", None},
    "electricitymaps_mocks": {"eia_v2", None},
    "bess_scada_sample": {"xlsx"},
    "tesla_powerwall_samples": {"tesla_json", "json", None},
    "sunspec_models": {None},
    "opennem_bess": {None},
    "aemo_nem_scada": {"delimited", "aemo"},
    "epa_campd_bowen_excerpt": {"delimited", "epa_hourly"},
}
"""What the files of a folder may surely be; elsewhere delimited text."""
NOT_DATA = ("LICENSE", "LICENSE.md", "LICENSE_MIT.txt", "README.md", "SHA256SUMS")
FILES = sorted(
    path
    for path in EXPORTS.rglob("*")
    if path.is_file() and path.stat().st_size and path.name not in NOT_DATA
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_wrong_statement_is_never_called_sure(case):
    assert case.files, "the export is not where it was"
    told = verdicts(case, report_of(case))
    assert [key for key, word in told.items() if word == BUG] == []


def test_most_of_what_people_wrote_is_found():
    told = [word for case in CASES for word in verdicts(case, report_of(case)).values()]
    assert sum("right" in word for word in told) / len(told) > 0.85


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_every_file_has_the_right_format_or_none(path):
    with sampled(path) as sample:
        form = recognise(sample, encoding_of(sample.head)[1], FORMATS)
    assert not form.is_sure or form.value in FORMATS_BY_FOLDER.get(path.parent.name, {"delimited"})


def test_a_file_of_no_bytes_is_refused_as_such():
    [path] = EXPORTS.rglob("Example_empty_file.csv")
    with pytest.raises(Refusal, match="empty_file"):
        inspect([path])


def test_the_table_of_agreement_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.inspection.agreement"
