"""What is fetched: rows of connections.csv, narrowed or replaced by options."""

from datetime import date

import pytest

from pipelines.campus.campus import load_campus
from pipelines.campus.refusal import CampusError, Refusal
from pipelines.connectors import EIA930, SERVICES, WEATHER
from pipelines.connectors.service import months, years
from pipelines.connectors.tasks import Task, Wanted, tasks

TODAY = date(2025, 11, 20)
HEADER = "service,subject,feed_id,starts_on,look_back_days,valid_from,valid_to,source"


@pytest.fixture
def campus(folder):
    """The sample campus with the given rows of connections.csv."""

    def write(*rows):
        (folder.reference / "connections.csv").write_text("\n".join([HEADER, *rows]) + "\n")
        return load_campus(folder)

    return write


ROWS = (
    "eia930,TVA,tva_demand,,,,,test",
    "eia930,MISO,m1_scada,2025-06-01,3,,,test",
    "weather,MEM,memphis_weather,,,,,test",
)


def test_every_row_of_the_service_is_a_task(campus):
    assert tasks(campus(*ROWS), EIA930, Wanted(), TODAY) == [
        # The first day of the site of the feed, and the look-back of the service.
        Task("TVA", "tva_demand", date(2025, 5, 1), TODAY, 60),
        Task("MISO", "m1_scada", date(2025, 6, 1), TODAY, 3),
    ]


def test_options_narrow_the_rows(campus):
    wanted = Wanted(subject="MISO", first=date(2025, 10, 1), last=date(2025, 10, 31))
    assert tasks(campus(*ROWS), EIA930, wanted, TODAY) == [
        Task("MISO", "m1_scada", date(2025, 10, 1), date(2025, 10, 31), 3)
    ]


def test_a_subject_with_a_feed_needs_no_row(campus):
    assert tasks(campus(), WEATHER, Wanted("MEM", "memphis_weather"), TODAY) == [
        Task("MEM", "memphis_weather", date(2025, 5, 1), TODAY, 7)
    ]


def test_rows_that_do_not_hold_today_are_left_out(campus):
    ended = "eia930,TVA,tva_demand,,,2025-01-01,2025-11-20,test"
    with pytest.raises(Refusal, match="no row for eia930"):
        tasks(campus(ended), EIA930, Wanted(), TODAY)
    assert len(tasks(campus(ended), EIA930, Wanted(), date(2025, 11, 19))) == 1


def test_nothing_after_today_is_asked_for(campus):
    [task] = tasks(campus(), WEATHER, Wanted("MEM", "memphis_weather", last=date(2030, 1, 1)), TODAY)
    assert task.last == TODAY


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(), "no row for eia930. Add one (docs/connectors.md), or give --respondent and --feed"),
        (Wanted("TVA"), "no row for eia930 respondent TVA."),
        (
            Wanted("TVA", "tva"),
            "there is no feed 'tva' to take what eia930 gives. Write reference/feeds/tva.yaml",
        ),
        (Wanted("../x", "tva_demand"), "'../x' cannot be a respondent of EIA-930"),
    ],
)
def test_what_cannot_be_fetched_is_said_with_its_remedy(campus, wanted, said):
    with pytest.raises(Refusal) as refused:
        tasks(campus(), EIA930, wanted, TODAY)
    assert said in str(refused.value)


def test_a_feed_with_a_broken_contract_is_fetched_for_if_the_first_day_is_given(campus, folder):
    contract = folder.feeds / "tva_demand.yaml"
    contract.write_text(contract.read_text().replace("1h", "soon"))
    with pytest.raises(Refusal, match=r"Mend reference/feeds/tva_demand.yaml .* or give --from"):
        tasks(campus(), EIA930, Wanted("TVA", "tva_demand"), TODAY)
    wanted = Wanted("TVA", "tva_demand", date(2025, 10, 1))
    assert tasks(campus(), EIA930, wanted, TODAY)[0].first == date(2025, 10, 1)


def test_a_row_of_an_unknown_service_is_a_mistake_of_the_table(campus):
    with pytest.raises(
        CampusError, match=r"connections.csv, line 2, service: .*'eia930', 'campd' or 'weather'"
    ):
        campus("enron,TVA,tva_demand,,,,,test")


def test_the_table_knows_the_services(campus):
    rows = [f"{name},TVA,tva_demand,,,,,test" for name in SERVICES]
    assert [row.service for row in campus(*rows).tables["connections"]] == list(SERVICES)


def test_windows_hold_every_day_once():
    spans = [(w.name, w.start, w.end) for w in months(date(2024, 12, 31), date(2025, 2, 1))]
    assert spans == [
        ("2024-12", date(2024, 12, 1), date(2025, 1, 1)),
        ("2025-01", date(2025, 1, 1), date(2025, 2, 1)),
        ("2025-02", date(2025, 2, 1), date(2025, 3, 1)),
    ]
    assert [w.name for w in years(date(2024, 12, 31), date(2025, 1, 1))] == ["2024", "2025"]
    assert list(months(date(2025, 2, 1), date(2025, 1, 1))) == []
