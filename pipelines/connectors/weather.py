"""Weather: routine hourly reports of an airport station, from the Iowa Environmental Mesonet, CSV.

The reports are measured (ASOS, AWOS), not modelled; stamps are UTC, some minutes before the full hour.
Why this service: docs/decisions/weather_service.md. Here must not live: what a record means
(`pipelines.readers`).
"""

from pathlib import Path

from pipelines.connectors.manners import Manners
from pipelines.connectors.service import Content, Question, Service, Window, look_at_csv, months

ROUTINE = "3"
"""Report type: the hourly report, without special ones in between."""


def question(subject: str, window: Window, offset: int) -> Question:
    """Temperature [°F] and relative humidity [%] of a month; `offset` is always 0."""
    start, end = window.start, window.end
    return Question(
        "/cgi-bin/request/asos.py",
        (
            ("station", subject),
            ("data", "tmpf"),
            ("data", "relh"),
            ("year1", str(start.year)),
            ("month1", str(start.month)),
            ("day1", str(start.day)),
            ("year2", str(end.year)),
            ("month2", str(end.month)),
            ("day2", str(end.day)),
            ("tz", "Etc/UTC"),
            ("format", "onlycomma"),
            ("latlon", "no"),
            ("elev", "no"),
            ("missing", "M"),
            ("trace", "T"),
            ("direct", "no"),
            ("report_type", ROUTINE),
        ),
    )


def look(path: Path) -> Content:
    """Records of the answer."""
    return look_at_csv(path, b"station,valid,tmpf,relh")


WEATHER = Service(
    name="weather",
    title="Iowa Environmental Mesonet",
    address="https://mesonet.agron.iastate.edu",
    address_variable="HEADROOM_WEATHER_URL",
    key_variable=None,
    needs_key=False,
    key_page="",
    subject="station",
    subject_pattern=r"[A-Z0-9]{3,4}",
    ending=".csv",
    look_back_days=7,
    published_after_days=None,
    max_bytes=64 << 20,
    manners=Manners(gap_s=3.0),
    windows=months,
    question=question,
    look=look,
)
