"""CAMPD: hourly emissions of the units of a state, the bulk CSV of a year.

One file a state and year, up to some hundred MB; EPA adds quarters to it and publishes it again when a
plant corrects its report. The files are given without a key; where there is one it is sent, since it
raises the limit. Here must not live: what a record means (`pipelines.readers`).
"""

from pathlib import Path

from pipelines.connectors.manners import Manners
from pipelines.connectors.service import Content, Question, Service, Window, look_at_csv, years


def question(subject: str, window: Window, offset: int) -> Question:
    """The file of a state and year; `offset` is always 0, an answer is the whole year."""
    name = f"emissions-hourly-{window.name}-{subject.lower()}.csv"
    return Question(f"/bulk-files/emissions/hourly/state/{name}")


def look(path: Path) -> Content:
    """Records of the file."""
    return look_at_csv(path, b"State,Facility Name,Facility ID,Unit ID,")


CAMPD = Service(
    name="campd",
    title="CAMPD (U.S. EPA Clean Air Markets)",
    address="https://api.epa.gov/easey",
    address_variable="HEADROOM_CAMPD_URL",
    key_variable="CAMPD_API_KEY",
    needs_key=False,
    key_page="https://www.epa.gov/power-sector/cam-api-portal",
    subject="state",
    subject_pattern=r"[A-Z]{2}",
    ending=".csv",
    look_back_days=730,
    published_after_days=120,
    max_bytes=2 << 30,
    manners=Manners(gap_s=4.0),
    windows=years,
    question=question,
    look=look,
)
