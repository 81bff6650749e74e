"""The account books of the lake: what every file, row and doubted value came to.

One definition each for the tables `findings`, `rejected_rows`, `accounts`, `files` and `days`, from
which polars and Delta schemas, DuckDB comments and docs/columns.md derive.
"""

from pipelines.kinds.dictionary import TableColumn as C

FINDINGS = (
    C("site_id", "text", "", "site of the feed"),
    C("utc_date", "date", "", "UTC day of the interval"),
    C("device_id", "text", "", "device of the doubted value; NULL for a finding about a whole file", False),
    C("interval_start_utc", "timestamp", "", "start of the interval, UTC"),
    C("column_name", "text", "", "column of the doubted value; NULL for a finding about a whole file", False),
    C("rule", "text", "", "cleaning rule that doubted it"),
    C("action", "text", "", "kept, changed, nulled, rejected or superseded"),
    C("raw_value", "text", "", "the value as delivered", False),
    C("used_value", "text", "", "the value that was used instead; NULL where none was", False),
    C("feed_id", "text", "", "feed"),
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("row_number", "integer", "", "physical record in the file"),
)

CORRECTIONS = (
    C("site_id", "text", "", "site of the feed"),
    C("utc_date", "date", "", "UTC day of the interval"),
    C("device_id", "text", "", "device of the corrected value"),
    C("interval_start_utc", "timestamp", "", "start of the interval, UTC"),
    C("column_name", "text", "", "column of the corrected value"),
    C("old_value", "text", "", "the value as cleaned; NULL where there was none", False),
    C("new_value", "text", "", "the value that took its place; NULL where the reading was taken back", False),
    C("reason", "text", "", "why, as the person wrote it"),
    C("person", "text", "", "who corrected it, as written in the file"),
    C("target_feed_id", "text", "", "feed whose reading was corrected"),
    C("feed_id", "text", "", "feed of the correction"),
    C("file_id", "text", "", "sha256 of the file with the correction"),
    C("row_number", "integer", "", "physical record in that file"),
)

REJECTED_ROWS = (
    C("site_id", "text", "", "site of the feed"),
    C("utc_date", "date", "", "UTC day of the record; NULL where the record has no readable time", False),
    C("feed_id", "text", "", "feed"),
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("row_number", "integer", "", "physical record in the file"),
    C("rule", "text", "", "rule that refused the record"),
    C("reason", "text", "", "the same in words, with the remedy"),
    C("raw", "text", "", "the record as delivered"),
)

ACCOUNTS = (
    C("site_id", "text", "", "site of the feed"),
    C("utc_date", "date", "", "UTC day of the records; NULL for records without a readable time", False),
    C("feed_id", "text", "", "feed"),
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("rows_in", "integer", "", "records"),
    C("rows_loaded", "integer", "", "records with at least one value in the lake"),
    C("rows_rejected", "integer", "", "records with no value in the lake that are not duplicates"),
    C("rows_duplicate", "integer", "", "records whose every value was already delivered"),
    C("values_in", "integer", "", "values, empty ones included"),
    C("values_loaded", "integer", "", "values in the lake"),
    C("values_null", "integer", "", "values the source left empty"),
    C("values_nulled", "integer", "", "values set to NULL by a rule"),
    C("values_duplicate", "integer", "", "values already delivered"),
    C("values_rejected", "integer", "", "values refused"),
    C("first_interval_utc", "timestamp", "", "first interval of the records", False),
    C("last_interval_utc", "timestamp", "", "last interval of the records", False),
)

FILES = (
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("feed_id", "text", "", "feed it was delivered to"),
    C("file_name", "text", "", "name under which it landed"),
    C("bytes", "integer", "B", "size as it arrived"),
    C("received_at", "timestamp", "", "when it was taken in, UTC"),
    C("received_seq", "integer", "", "receive sequence over all feeds"),
    C("rows_in", "integer", "", "records", False),
    C("rows_loaded", "integer", "", "records with at least one value in the lake", False),
    C("rows_rejected", "integer", "", "records with no value in the lake that are not duplicates", False),
    C("rows_duplicate", "integer", "", "records whose every value was already delivered", False),
    C("values_in", "integer", "", "values, empty ones included", False),
    C("values_loaded", "integer", "", "values in the lake", False),
    C("values_null", "integer", "", "values the source left empty", False),
    C("values_nulled", "integer", "", "values set to NULL by a rule", False),
    C("values_duplicate", "integer", "", "values already delivered", False),
    C("values_rejected", "integer", "", "values refused", False),
    C("first_interval_utc", "timestamp", "", "first interval of its records", False),
    C("last_interval_utc", "timestamp", "", "last interval of its records", False),
    C("state", "text", "", "what became of the file"),
    C("reason", "text", "", "why, where it could not be taken", False),
)

DAYS = (
    C("site_id", "text", "", "site"),
    C("utc_date", "date", "", "UTC day"),
    C("fingerprint", "text", "", "sha256 over everything the day is a function of"),
    C("files", "integer", "", "files that touch the day or its context"),
    C("failed", "text", "", "feeds that could not be cleaned and keep what they last gave, by blanks"),
)

UNSTAMPED_ROWS = (
    C("site_id", "text", "", "site of the feed"),
    C("feed_id", "text", "", "feed"),
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("fingerprint", "text", "", "survey that the rows belong to; those of earlier ones do not count"),
    C("row_number", "integer", "", "physical record in the file"),
    C("rule", "text", "", "rule that refused the record"),
    C("reason", "text", "", "the same in words"),
    C("raw", "text", "", "the record as delivered"),
)

SURVEYS = (
    C("feed_id", "text", "", "feed"),
    C("file_id", "text", "", "sha256 of the delivered file"),
    C("fingerprint", "text", "", "sha256 over everything the survey is a function of; empty: ask again"),
    C("state", "text", "", "read or refused"),
    C("rule", "text", "", "rule that refused the file", False),
    C("reason", "text", "", "what is wrong with it", False),
    C("remedy", "text", "", "what to do about it", False),
    C("days", "text", "", "first/last interval of each UTC day with records, ISO, separated by blanks"),
    C("rows_in", "integer", "", "records"),
    C("rows_unstamped", "integer", "", "records without a readable time"),
    C("values_unstamped", "integer", "", "values in records without a readable time"),
    C("first_interval_utc", "timestamp", "", "first interval", False),
    C("last_interval_utc", "timestamp", "", "last interval", False),
    C("is_in_order", "boolean", "", "its records are sound and rise evenly: days are read without the rest"),
)
