"""The named rules of cleaning and what becomes of a value that a rule has judged.

Every value of every record ends with exactly one verdict; the accounts are sums over verdicts.
Here must not live: how a rule finds its values (one module per rule).
"""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["null", "loaded", "nulled", "duplicate", "rejected"]
Action = Literal["", "kept", "changed", "nulled", "superseded", "rejected"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says about a value.

    Attributes:
        code: Small integer that stands for it in a frame.
        rule: Name of the rule.
        fate: What the value counts as in the accounts.
        action: What `quality.findings` says was done; empty where no finding is due.
        says: The rule in words, for people.
    """

    code: int
    rule: str
    fate: Fate
    action: Action
    says: str


_CATALOGUE: tuple[tuple[str, Fate, Action, str], ...] = (
    ("empty", "null", "", "the source left the value empty"),
    ("good", "loaded", "", "nothing to say"),
    ("off_noise", "loaded", "changed", "noise of a device that is off became 0"),
    ("fold_merged", "loaded", "kept", "the repeated hour has one row only, taken as the second hour"),
    ("not_operating", "loaded", "", "empty in a record that says that there was no operation: it is 0"),
    ("not_a_number", "rejected", "rejected", "the text is not a number in the declared format"),
    ("not_finite", "rejected", "rejected", "NaN or infinity"),
    ("bad_quality", "rejected", "rejected", "the source itself marks the value as bad"),
    ("unknown_quality", "rejected", "rejected", "the quality word is not in the contract's vocabulary"),
    ("unknown_word", "nulled", "nulled", "the word is not in the contract's vocabulary for this column"),
    ("unit_mismatch", "rejected", "rejected", "the record names another unit than the contract"),
    (
        "not_valid_here",
        "rejected",
        "rejected",
        "the contract does not give this device this column on this day",
    ),
    ("out_of_range", "nulled", "nulled", "outside the plausible range of the column"),
    (
        "operating_time_unknown",
        "nulled",
        "nulled",
        "stated over operating time, which is missing or longer than the interval",
    ),
    ("duplicate", "duplicate", "", "the same value of the same interval was delivered before"),
    (
        "conflict",
        "rejected",
        "superseded",
        "another delivery of the same interval has another value and wins",
    ),
    ("counter_gap", "nulled", "nulled", "a register without its neighbour reading gives no increment"),
    ("counter_reset", "nulled", "nulled", "the register fell: a reset, the increment is unknown"),
    ("counter_jump", "nulled", "nulled", "the increment is larger than can be true in one interval"),
    ("stuck", "nulled", "nulled", "the value stays the same for too long"),
    (
        "unit_suspect",
        "rejected",
        "rejected",
        "a thousand times beyond the nameplate or the neighbourhood: another unit than declared",
    ),
    ("overlap", "nulled", "nulled", "its interval begins less than half an interval after the one before"),
    ("zero_run", "nulled", "nulled", "zeros of a quantity that cannot be 0 for so long"),
    ("spike", "nulled", "nulled", "far from the records before and after it, which agree with each other"),
    ("sentinel", "nulled", "nulled", "a number that sources write for missing, beyond all its neighbours"),
    ("interpolated", "loaded", "kept", "on an exact line over several records: counts as substituted"),
    ("soc_jump", "loaded", "kept", "the state of charge moves faster than the battery's power can move it"),
    ("contradiction", "loaded", "kept", "cannot be while another column of the same record is 0"),
)

VERDICTS: dict[str, Verdict] = {
    rule: Verdict(code, rule, fate, action, says)
    for code, (rule, fate, action, says) in enumerate(_CATALOGUE)
}
"""Rule → verdict on one value, in the order of their codes."""

RECORD_RULES: dict[str, str] = {
    "ragged_row": "the record has another number of fields than the header",
    "invalid_json": "the line is not a JSON object",
    "not_an_object": "a record of the document is not an object",
    "nested_value": "a value is an object or a list",
    "duplicate_key": "a key, a label or a tag stands twice",
    "bad_line": "the line is not written as its format says",
    "bad_sample": "a sample of a series is not a time and a value",
    "bad_value": "a field is neither number, truth value nor quoted text",
    "bad_flag": "a flag of quality is neither true nor false",
    "no_tag": "the record does not say what it is about",
    "no_time": "the record does not say when it is",
    "source_error": "the source reports an error in place of the value",
    "incomplete_record": "no line break ends the last record, and the contract requires one",
    "unknown_record": "the line is no record that the format has at this place",
    "no_stream": "no sound record above says which stream the values are of",
    "bad_interval": "the source names no interval that divides a day",
    "other_interval": "the values are of another interval than the feed's",
    "unit_missing": "the source names no unit for the values",
    "value_count": "the record has another number of values than intervals make a day",
    "quality_ranges": "the records about quality do not name each interval of the day once",
    "incomplete_reading": "the reading lacks its start, its duration or its value, or has them twice",
    "no_reading_type": "nothing in the file says which unit and which power of ten the reading has",
    "bad_timestamp": "the stamp is not of the declared format",
    "dst_gap": "the stamp does not exist on the declared clock: it falls into the hour that spring skips",
    "ambiguous_time": "the stamp occurs twice on the declared clock and nothing tells which one it is",
    "clock_jump": "the stamp runs ahead or behind between two opposite jumps of the file's clock",
    "out_of_window": "the interval lies before the site or the feed starts, or in the future",
    "unknown_tag": "no tag of the contract matches on this day",
    "unknown_device": "no device of the contract matches on this day",
    "unknown_device_id": "the name stands for a device that devices.csv does not have for this site",
    "no_value": "every value of the record is empty",
    "unknown_target": "the feed, the device or the column that a correction names is unknown",
    "no_reason": "a correction needs a reason and a person",
    "off_interval": "the stamp is no start of an interval of the corrected feed",
    "superseded": "a later correction of the same value wins",
}
"""Rule → words, for records that never get as far as a verdict on a value."""

FILE_RULES: dict[str, str] = {
    "no_final_newline": "no line break ends the file: its last record may have been cut",
    "partial_answer": "the file says that there are more records, or another number: a page of several",
    "missing_header_record": "the file lacks the record that names its format",
    "several_end_records": "the file has several records that end one: several files in one",
    "declared_count": "the end record declares another number of records than the file has",
    "hidden_rows": "the sheet has hidden rows; they are read like the others",
    "off_grid": "stamps do not lie on the boundaries of intervals; they are taken as they are",
    "declared_time": "the file has no stamps; time is what the contract declares",
    "no_operating_time": "the file has no operating time: whether an hour that is absent was one without "
    "operation, or is missing, cannot be told",
    "mass_contradicts_rate": "NOx mass is not NOx rate × heat input: the file includes operating time "
    "otherwise than the contract's `over` says",
    "unknown_column": "the file has a column that the contract does not name",
    "unknown_device_id": "a column's device is not in devices.csv for this site; its values are refused",
}
"""Rule → words, for findings about a whole file."""


CORRECTION_RULES: dict[str, str] = {"corrected": "a person corrected it, see quality.corrections"}
"""Rule → words, for findings about values that were changed after every other rule."""


def codes(*fates: Fate) -> list[int]:
    """Codes of the verdicts with one of these fates."""
    return [verdict.code for verdict in VERDICTS.values() if verdict.fate in fates]


EMPTY, GOOD = VERDICTS["empty"].code, VERDICTS["good"].code
LOADED = codes("loaded")
