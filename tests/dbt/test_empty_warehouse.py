"""The worked examples of the KPI reference, as unit tests beside the models, and the project on nothing."""

import pytest


@pytest.fixture(scope="module")
def built(module_warehouse):
    module_warehouse.dbt("build")
    return module_warehouse


def test_an_empty_warehouse_builds(built):
    assert built.rows("select count(*) from marts.site_power_5min") == [(0,)]


def test_every_worked_example_holds(built):
    statuses = built.dbt("test", "--select", "test_type:unit")

    examples = {name: status for name, status in statuses.items() if not name.startswith("headroom-on-run")}
    assert set(examples.values()) == {"pass"}
    assert {"o15", "o16", "o17", "o18", "o19", "o21", "o31"} <= {name.split("_")[0] for name in examples}
