"""Every fault that can be asked for: what it is, how often, and which rules should name it.

The one place with names of rules, as the product publishes them. Beside the rules of cleaning and of
refusals it has outcomes: `same` (read as if nothing were wrong), `missing` (no reading, and no wrong one),
`duplicate` (counted in the account of its file), `empty` (state of a file without records),
`nothing_loaded`, and `suspect:…` (the day's balance names the meter and what is wrong with it).
Here must not live: how a fault is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

Seen = Literal["file", "judgement", "neighbours"]
"""Whether the file alone decides, an experienced eye is needed, or only other meters tell."""

Per = Literal["value", "record", "file", "series-day"]
"""What a rate is a share of; at least one is struck in each feed (of series: in all)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Attributes:
        name: Its name.
        classes: Classes of defects it belongs to, `defects.CLASSES`.
        inputs: Kinds of bad input it belongs to, `defects.INPUTS`.
        rate: Share that is struck if nothing else is asked for.
        per: What the rate is a share of.
        seen: How it can be seen at all.
        rules: Rules or outcomes of which one is expected.
        says: What is wrong.
    """

    name: str
    classes: tuple[int, ...]
    inputs: tuple[int, ...]
    rate: float
    per: Per
    seen: Seen
    rules: tuple[str, ...]
    says: str


# name | classes | inputs | rate per | seen | what it says; below it the rules of which one is expected
_TABLE = """
spike | 7 |  | 0.0001 value | file | an absurd value, of either sign or near a power of two
    out_of_range spike unit_suspect
plausible_spike | 7 |  | 5e-05 value | judgement | two to three times the truth in one interval
    spike out_of_range
idle_noise | 9 |  | 0.001 value | file | noise of a unit that is off
    off_noise
negative_nox | 7 | 59 | 0.0001 value | file | a concentration far below zero
    out_of_range
impossible_soc | 7 | 60 | 0.0001 value | file | a state of charge above 100 % or below 0
    out_of_range
soc_jump | 7 | 60 | 0.0001 value | judgement | a state of charge 40 points too high in one interval
    soc_jump spike
stuck | 6 | 56 | 0.02 series-day | judgement | one column repeats one value for six hours
    stuck
frozen_logger | 6 | 56 | 0.02 series-day | judgement | all columns of a device repeat values for six hours
    stuck
zero_run | 8 |  | 0.02 series-day | judgement | zeros for four hours where nothing was measured
    zero_run
interpolated | 22 |  | 0.02 series-day | judgement | a straight line for two hours
    interpolated
unit_step | 11 | 55 | 0.02 series-day | judgement | a thousand times too large or too small for six hours
    unit_suspect out_of_range zero_run suspect:scale
fuel_without_power | 25 | 61 | 0.02 series-day | judgement | fuel reads zero for three hours, the unit runs
    zero_run contradiction suspect:dead
sign_flip | 10 25 | 57 | 0.006 series-day | neighbours | the wrong sign for a day
    suspect:sign
scale_drift | 11 25 |  | 0.006 series-day | neighbours | 15 % too high for a day
    suspect:scale
lag | 19 25 |  | 0.006 series-day | neighbours | a quarter of an hour late for a day
    suspect:lag
dead_meter | 8 25 | 61 | 0.006 series-day | neighbours | zero for a day
    suspect:dead zero_run
counter_reset | 12 | 58 | 0.02 series-day | file | a register starts again at zero
    counter_reset counter_jump
counter_zero | 12 | 58 | 0.02 series-day | file | a register reads zero once
    counter_reset counter_jump
counter_rollover | 12 | 58 | 0.02 series-day | file | a register passes its modulus
    same
duplicate_rows | 5 | 33 | 0.001 record | file | a record delivered twice
    duplicate
conflicting_rows | 5 | 33 | 0.001 record | file | a record delivered twice, once 10 % higher
    conflict
null_and_value | 5 | 33 | 0.001 record | file | a record delivered twice, once empty
    same
restated_file | 21 | 34 | 0.1 file | file | some values 10 % too high, corrected by revision 2 of the file
    conflict
seam_overlap | 21 | 33 | 0.1 file | file | the last hour of the file before once more
    duplicate
both_ends | 20 | 33 | 0.1 file | file | the first interval of the next file as well
    duplicate
missing_rows | 4 | 39 62 | 0.1 file | file | an hour is not there
    missing
mixed_interval | 20 | 62 | 0.1 file | file | every fifth interval only, as the mean of five, for three hours
    missing
absent_when_off | 24 |  | 0.1 file | file | no records of units that are off
    missing
late_file | 4 | 35 | 0.1 file | file | the last third of a file comes later
    same
shuffled | 4 | 62 | 0.1 file | file | records in no order
    same
newest_first | 4 | 62 | 0.1 file | file | newest records first
    same
clock_jump | 19 |  | 0.1 file | judgement | stamps an hour late for three hours
    clock_jump
clock_drift | 19 |  | 0.1 file | judgement | stamps that run ahead, up to ten minutes within three hours
    clock_jump off_grid overlap
wrong_date | 19 | 54 | 0.001 record | file | a stamp decades off
    out_of_window
fold_once | 3 | 52 | 1 file | file | the repeated hour of autumn only once
    ambiguous_time
gap_stamps | 3 | 52 | 1 file | file | stamps within the hour that spring skips
    dst_gap
repeated_part | 23 |  | 0.1 file | file | a stream once more for each of its two parts
    duplicate
total_beside_parts | 23 |  | 0.1 file | file | the sum of all streams as one more stream
    unknown_tag unknown_column
reordered_columns | 16 | 40 | 0.1 file | file | columns in another order
    same
appended_column | 16 | 40 | 0.1 file | file | one more column
    unknown_column
text_tokens | 13 | 41 | 0.001 record | file | words a historian stores for numbers
    no_value not_a_number
foreign_words | 13 | 41 | 0.001 record | file | words the contract does not know
    not_a_number
late_text | 13 | 41 | 0.001 record | file | text for numbers in the last tenth of a file only
    not_a_number
null_tokens | 2 |  | 0.001 record | file | the source's own words and numbers for missing
    missing
sentinels | 2 |  | 0.001 record | file | the largest number of a type for missing
    out_of_range not_a_number
small_sentinels | 2 |  | 0.0005 record | judgement | -9999 or 65535 for missing, not declared
    sentinel out_of_range spike
thousands | 1 | 42 | 0.001 record | file | separators of thousands that are not declared
    not_a_number
decimal_comma | 14 | 42 | 0.001 record | file | a decimal comma among decimal points
    not_a_number
odd_numbers | 14 | 42 | 0.001 record | file | hexadecimal, underscores, units behind the number, two points
    not_a_number
other_spelling | 14 | 42 | 0.001 record | file | exponents, leading zeros, plus signs, blanks around
    same
not_finite | 7 | 51 | 0.001 record | file | NaN, infinity, 1e400
    not_finite not_a_number
bad_quality | 13 |  | 0.001 record | file | a quality word that means bad
    bad_quality
unknown_quality | 13 |  | 0.001 record | file | a quality word that is not declared
    unknown_quality
unit_label | 11 | 55 | 0.001 record | file | a unit column that names another unit
    unit_mismatch
hostile_names | 16 | 49 | 0.001 record | file | SQL, formulas, paths and markup for a tag or device
    unknown_tag unknown_device
bad_stamps | 19 | 53 | 0.001 record | file | dates that do not exist, second 60, words for a stamp
    bad_timestamp
no_stamps | 26 |  | 0.001 record | file | no stamp
    bad_timestamp
ragged_rows | 18 | 44 | 0.001 record | file | the last cell is not there
    ragged_row
glued_rows | 18 | 44 | 0.0005 record | file | two records in one line
    ragged_row stray_quote
glued_same_width | 18 | 44 | 0.0005 record | file | half a cell and the next record: the right number of cells
    bad_timestamp out_of_window unknown_tag not_a_number out_of_range counter_jump
bare_comma | 14 | 44 | 0.001 record | file | a decimal comma without quotes in a comma file
    ragged_row
stray_quotes | 18 | 44 | 0.0005 record | file | quotes within a cell
    stray_quote
invalid_encoding | 15 | 43 | 0.0005 record | file | a byte that is no UTF-8
    invalid_encoding
control_characters | 15 | 43 | 0.0005 record | file | a NUL within a record
    control_character
blank_lines | 15 | 44 | 0.001 record | file | lines without anything
    same
mixed_line_ends | 15 | 44 | 0.001 record | file | CRLF in some lines
    same
byte_order_mark | 15 | 43 | 0.1 file | file | a byte order mark
    same
undeclared_footer | 15 |  | 0.1 file | file | a count and a time below the last record
    ragged_row
foreign_records | 17 |  | 0.001 record | file | records of another type among the others
    ragged_row
wrong_count | 17 |  | 0.1 file | file | the footer counts one record too many
    row_count
cut_file | 18 | 37 | 0.1 file | file | a copy that ends within a record
    no_final_newline footer_missing
renamed_column | 16 | 40 | 0.1 file | file | a copy with another name for a column
    missing_column
doubled_column | 16 | 40 | 0.1 file | file | a copy that names a column twice
    duplicate_column
short_header | 18 | 40 | 0.1 file | file | a copy whose header lacks the last column
    missing_column no_readable_record ragged_row
open_quote | 18 | 44 | 0.1 file | file | a copy with a quote that never closes
    unclosed_quote
endless_line | 18 | 45 | 0.1 file | file | a copy that is one line of 2 MB
    line_too_long
header_only | 18 | 38 | 0.1 file | file | a header and nothing else
    empty footer_missing
empty_file | 18 | 38 | 0.1 file | file | no bytes
    empty_file
truncated_gzip | 18 | 24 | 0.1 file | file | a compressed copy that ends in the middle
    gzip_truncated
damaged_gzip | 18 | 25 | 0.1 file | file | a compressed copy with one bit flipped
    archive_unreadable gzip_truncated
damaged_parquet | 18 | 29 | 0.1 file | file | a copy whose end is missing
    parquet_unreadable
same_again | 21 | 32 | 0.1 file | file | the same bytes under another name
    same
compression_bomb | 18 | 46 | 0.02 file | file | 64 MB of nothing in 64 kB
    archive_bomb
nested_archive | 18 | 46 | 0.02 file | file | compressed twice
    nested_archive
two_members | 18 | 46 | 0.02 file | file | an archive with two files
    several_members
tar_archive | 18 | 46 | 0.02 file | file | a tar archive
    unsupported_archive
symbolic_link | 18 | 47 | 0.02 file | file | a link to a file elsewhere
    unsafe_path
wrong_site | 16 | 63 | 0.1 file | file | a file of another feed
    site_mismatch nothing_loaded
"""


def _faults(table: str) -> Iterator[Fault]:
    lines = table.strip().splitlines()
    for facts, rules in zip(lines[::2], lines[1::2], strict=True):
        name, classes, inputs, rate, seen, says = (cell.strip() for cell in facts.split("|"))
        share, per = rate.split()
        yield Fault(
            name,
            tuple(map(int, classes.split())),
            tuple(map(int, inputs.split())),
            float(share),
            cast("Per", per),
            cast("Seen", seen),
            tuple(rules.split()),
            says,
        )


CATALOGUE = {fault.name: fault for fault in _faults(_TABLE)}
"""Name → fault."""
