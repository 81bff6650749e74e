"""The columns that every reading has, whatever its kind.

Here must not live: value columns (one module per kind).
"""

from pipelines.kinds.dictionary import TableColumn

METHODS = ("measured", "calculated", "substituted")
"""How a value came about, from best to worst; a row carries its worst."""

BASE_COLUMNS = (
    TableColumn("site_id", "text", "", "site (or area, for system_demand and weather) of the device"),
    TableColumn("device_id", "text", "", "device the reading is about"),
    TableColumn("feed_id", "text", "", "feed whose contract the reading was read by"),
    TableColumn("interval_start_utc", "timestamp", "", "start of the interval, UTC"),
    TableColumn("interval_s", "integer", "s", "length of the interval"),
    TableColumn("file_id", "text", "", "sha256 of the delivered file"),
    TableColumn("row_number", "integer", "", "physical record in the file, the first record is 1"),
    TableColumn("method", "text", "", "measured, calculated or substituted: the worst of the row's values"),
)

KEY = ("site_id", "device_id", "feed_id", "interval_start_utc")
"""A reading is unique by device, interval and feed."""
