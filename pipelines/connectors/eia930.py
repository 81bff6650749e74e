"""EIA-930: hourly demand of US balancing authorities, API v2, JSON.

Asked for by calendar months, at most 5,000 records an answer; `total` counts those of the month, `offset`
goes on where the last answer ended. Values are restated for months. The answer repeats how long it took,
so that only its `data` tell whether anything changed. Here must not live: what a record means
(`pipelines.readers`).
"""

import hashlib
import json
from pathlib import Path

from pipelines.connectors.manners import Manners
from pipelines.connectors.service import Content, Passing, Question, Service, Window, months

PAGE = 5000
"""The service gives no more records in an answer."""


def question(subject: str, window: Window, offset: int) -> Question:
    """Hourly demand (type D) of a balancing authority, oldest first; `period` is the end of the hour, UTC."""
    return Question(
        "/v2/electricity/rto/region-data/data/",
        (
            ("frequency", "hourly"),
            ("data[0]", "value"),
            ("facets[respondent][]", subject),
            ("facets[type][]", "D"),
            ("start", f"{window.start}T00"),
            ("end", f"{window.last}T23"),
            ("sort[0][column]", "period"),
            ("sort[0][direction]", "asc"),
            ("offset", str(offset)),
            ("length", str(PAGE)),
        ),
    )


def look(path: Path) -> Content:
    """Records of an answer and of its window.

    Raises:
        Passing: Not JSON, or not an answer of this service.
    """
    try:
        response = json.loads(path.read_bytes())["response"]
        rows, total = list(response["data"]), int(response["total"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"the answer is not JSON with response.data and response.total ({type(error).__name__})"
        raise Passing(reason) from None
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return Content(len(rows), total, hashlib.sha256(canonical.encode()).hexdigest())


EIA930 = Service(
    name="eia930",
    title="EIA-930 (U.S. Energy Information Administration)",
    address="https://api.eia.gov",
    address_variable="HEADROOM_EIA930_URL",
    key_variable="EIA_API_KEY",
    needs_key=True,
    key_page="https://www.eia.gov/opendata/register.php",
    subject="respondent",
    subject_pattern=r"[A-Z0-9]{2,8}",
    ending=".json",
    look_back_days=60,
    published_after_days=None,
    max_bytes=64 << 20,
    manners=Manners(gap_s=1.0),
    windows=months,
    question=question,
    look=look,
)
