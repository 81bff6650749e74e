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


# name | classes | inputs | rate per | seen | rules, and below it what it says
_TABLE = """
spike              | 7     |       | 0.0001 value      | file       | out_of_range
    an absurd value, of either sign or near a power of two
plausible_spike    | 7     |       | 5e-05  value      | judgement  | spike out_of_range
    two to three times the truth in one interval
idle_noise         | 9     |       | 0.001  value      | file       | off_noise
    noise of a unit that is off
negative_nox       | 7     | 59    | 0.0001 value      | file       | out_of_range
    a concentration far below zero
impossible_soc     | 7     | 60    | 0.0001 value      | file       | out_of_range
    a state of charge above 100 % or below 0
soc_jump           | 7     | 60    | 0.0001 value      | judgement  | spike
    a state of charge 40 points too high in one interval
stuck              | 6     | 56    | 0.02   series-day | judgement  | stuck
    one column repeats one value for six hours
frozen_logger      | 6     | 56    | 0.02   series-day | judgement  | stuck
    all columns of a device repeat their values for six hours
zero_run           | 8     |       | 0.02   series-day | judgement  | zero_run
    zeros for four hours where nothing was measured
interpolated       | 22    |       | 0.02   series-day | judgement  | interpolated
    a straight line for two hours
unit_step          | 11    | 55    | 0.02   series-day | judgement  | unit_suspect out_of_range
    a thousand times too large or too small for six hours
fuel_without_power | 25    | 61    | 0.02   series-day | judgement  | zero_run suspect:dead
    fuel reads zero for three hours while the unit delivers
sign_flip          | 10 25 | 57    | 0.006  series-day | neighbours | suspect:sign
    the wrong sign for a day
scale_drift        | 11 25 |       | 0.006  series-day | neighbours | suspect:scale
    15 % too high for a day
lag                | 19 25 |       | 0.006  series-day | neighbours | suspect:lag
    a quarter of an hour late for a day
dead_meter         | 8 25  | 61    | 0.006  series-day | neighbours | suspect:dead zero_run
    zero for a day
counter_reset      | 12    | 58    | 0.02   series-day | file       | counter_reset counter_jump
    a register starts again at zero
counter_zero       | 12    | 58    | 0.02   series-day | file       | counter_reset counter_jump
    a register reads zero once
counter_rollover   | 12    | 58    | 0.02   series-day | file       | same
    a register passes its modulus
duplicate_rows     | 5     | 33    | 0.001  record     | file       | duplicate
    a record delivered twice
conflicting_rows   | 5     | 33    | 0.001  record     | file       | conflict
    a record delivered twice, once 10 % higher
null_and_value     | 5     | 33    | 0.001  record     | file       | same
    a record delivered twice, once empty
restated_file      | 21    | 34    | 0.1    file       | file       | conflict
    some values 10 % too high, corrected by revision 2 of the file
seam_overlap       | 21    | 33    | 0.1    file       | file       | duplicate
    the last hour of the file before once more
both_ends          | 20    | 33    | 0.1    file       | file       | duplicate
    the first interval of the next file as well
missing_rows       | 4     | 39 62 | 0.1    file       | file       | missing
    an hour is not there
mixed_interval     | 20    | 62    | 0.1    file       | file       | missing
    every fifth interval only, as the mean of five, for three hours
absent_when_off    | 24    |       | 0.1    file       | file       | missing
    no records of units that are off
late_file          | 4     | 35    | 0.1    file       | file       | same
    the last third of a file comes later
shuffled           | 4     | 62    | 0.1    file       | file       | same
    records in no order
newest_first       | 4     | 62    | 0.1    file       | file       | same
    newest records first
clock_jump         | 19    |       | 0.1    file       | judgement  | clock_jump
    stamps an hour late for three hours
clock_drift        | 19    |       | 0.1    file       | judgement  | clock_jump
    stamps that run ahead, up to ten minutes within three hours
wrong_date         | 19    | 54    | 0.001  record     | file       | out_of_window
    a stamp decades off
fold_once          | 3     | 52    | 1      file       | file       | ambiguous_time
    the repeated hour of autumn only once
gap_stamps         | 3     | 52    | 1      file       | file       | dst_gap
    stamps within the hour that spring skips
repeated_part      | 23    |       | 0.1    file       | file       | duplicate
    a stream once more for each of its two parts
total_beside_parts | 23    |       | 0.1    file       | file       | unknown_tag unknown_column
    the sum of all streams as one more stream
reordered_columns  | 16    | 40    | 0.1    file       | file       | same
    columns in another order
appended_column    | 16    | 40    | 0.1    file       | file       | unknown_column
    one more column
text_tokens        | 13    | 41    | 0.001  record     | file       | no_value not_a_number
    words a historian stores for numbers
foreign_words      | 13    | 41    | 0.001  record     | file       | not_a_number
    words the contract does not know
late_text          | 13    | 41    | 0.001  record     | file       | not_a_number
    text for numbers in the last tenth of a file only
null_tokens        | 2     |       | 0.001  record     | file       | missing
    the source's own words and numbers for missing
sentinels          | 2     |       | 0.001  record     | file       | out_of_range not_a_number
    the largest number of a type for missing
small_sentinels    | 2     |       | 0.0005 record     | judgement  | out_of_range spike
    -9999 or 65535 for missing, which the contract does not say
thousands          | 1     | 42    | 0.001  record     | file       | not_a_number
    separators of thousands that are not declared
decimal_comma      | 14    | 42    | 0.001  record     | file       | not_a_number
    a decimal comma among decimal points
odd_numbers        | 14    | 42    | 0.001  record     | file       | not_a_number
    hexadecimal, underscores, units behind the number, two points
other_spelling     | 14    | 42    | 0.001  record     | file       | same
    exponents, leading zeros, plus signs, blanks around
not_finite         | 7     | 51    | 0.001  record     | file       | not_finite not_a_number
    NaN, infinity, 1e400
bad_quality        | 13    |       | 0.001  record     | file       | bad_quality
    a quality word that means bad
unknown_quality    | 13    |       | 0.001  record     | file       | unknown_quality
    a quality word that is not declared
unit_label         | 11    | 55    | 0.001  record     | file       | unit_mismatch
    a unit column that names another unit
hostile_names      | 16    | 49    | 0.001  record     | file       | unknown_tag unknown_device
    SQL, formulas, paths and markup for a tag or device
bad_stamps         | 19    | 53    | 0.001  record     | file       | bad_timestamp
    dates that do not exist, second 60, words for a stamp
no_stamps          | 26    |       | 0.001  record     | file       | bad_timestamp
    no stamp
ragged_rows        | 18    | 44    | 0.001  record     | file       | ragged_row
    the last cell is not there
glued_rows         | 18    | 44    | 0.0005 record     | file       | ragged_row stray_quote
    two records in one line
glued_same_width   | 18    | 44    | 0.0005 record     | file       | bad_timestamp unknown_tag not_a_number counter_jump
    half a cell and the next record: the right number of cells
bare_comma         | 14    | 44    | 0.001  record     | file       | ragged_row
    a decimal comma without quotes in a comma file
stray_quotes       | 18    | 44    | 0.0005 record     | file       | stray_quote
    quotes within a cell
invalid_encoding   | 15    | 43    | 0.0005 record     | file       | invalid_encoding
    a byte that is no UTF-8
control_characters | 15    | 43    | 0.0005 record     | file       | control_character
    a NUL within a record
blank_lines        | 15    | 44    | 0.001  record     | file       | same
    lines without anything
mixed_line_ends    | 15    | 44    | 0.001  record     | file       | same
    CRLF in some lines
byte_order_mark    | 15    | 43    | 0.1    file       | file       | same
    a byte order mark
undeclared_footer  | 15    |       | 0.1    file       | file       | ragged_row
    a count and a time below the last record
foreign_records    | 17    |       | 0.001  record     | file       | ragged_row
    records of another type among the others
wrong_count        | 17    |       | 0.1    file       | file       | row_count
    the footer counts one record too many
cut_file           | 18    | 37    | 0.1    file       | file       | no_final_newline footer_missing
    a copy that ends within a record
renamed_column     | 16    | 40    | 0.1    file       | file       | missing_column
    a copy with another name for a column
doubled_column     | 16    | 40    | 0.1    file       | file       | duplicate_column
    a copy that names a column twice
short_header       | 18    | 40    | 0.1    file       | file       | missing_column no_readable_record
    a copy whose header lacks the last column
open_quote         | 18    | 44    | 0.1    file       | file       | unclosed_quote
    a copy with a quote that never closes
endless_line       | 18    | 45    | 0.1    file       | file       | line_too_long
    a copy that is one line of 2 MB
header_only        | 18    | 38    | 0.1    file       | file       | empty footer_missing
    a header and nothing else
empty_file         | 18    | 38    | 0.1    file       | file       | empty_file
    no bytes
truncated_gzip     | 18    | 24    | 0.1    file       | file       | gzip_truncated
    a compressed copy that ends in the middle
damaged_gzip       | 18    | 25    | 0.1    file       | file       | archive_unreadable gzip_truncated
    a compressed copy with one bit flipped
damaged_parquet    | 18    | 29    | 0.1    file       | file       | parquet_unreadable
    a copy whose end is missing
same_again         | 21    | 32    | 0.1    file       | file       | same
    the same bytes under another name
compression_bomb   | 18    | 46    | 0.02   file       | file       | archive_bomb
    64 MB of nothing in 64 kB
nested_archive     | 18    | 46    | 0.02   file       | file       | nested_archive
    compressed twice
two_members        | 18    | 46    | 0.02   file       | file       | several_members
    an archive with two files
tar_archive        | 18    | 46    | 0.02   file       | file       | unsupported_archive
    a tar archive
symbolic_link      | 18    | 47    | 0.02   file       | file       | unsafe_path
    a link to a file elsewhere
wrong_site         | 16    | 63    | 0.1    file       | file       | site_mismatch nothing_loaded
    a file of another feed
"""


def _faults(table: str) -> Iterator[Fault]:
    lines = table.strip().splitlines()
    for facts, says in zip(lines[::2], lines[1::2], strict=True):
        name, classes, inputs, rate, seen, rules = (cell.strip() for cell in facts.split("|"))
        share, per = rate.split()
        yield Fault(
            name,
            tuple(map(int, classes.split())),
            tuple(map(int, inputs.split())),
            float(share),
            cast("Per", per),
            cast("Seen", seen),
            tuple(rules.split()),
            says.strip(),
        )


CATALOGUE = {fault.name: fault for fault in _faults(_TABLE)}
"""Name → fault."""
